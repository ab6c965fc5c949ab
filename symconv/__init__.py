"""symconv: derive, verify and print convolution and transposed-convolution gradients.

>>> import symconv
>>> op = symconv.operation("y = conv1d(x=[a,b,c,d], w=[x,y,z], padding=1)")
>>> op.output_shape
(4,)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symconv.api import Gradient, Operation, operation
    from symconv.api.checking import check, check_code
    from symconv.api.sweeping import sweep
    from symconv.claims import Verdict
    from symconv.engine import dottest
    from symconv.errors import GeometryError, NeedsSizes, NoteError, SpecError, SymconvError
    from symconv.sweeps import geometries

__version__ = "0.1.0"

_ROOMS = {
    "operation": "symconv.api",
    "Operation": "symconv.api",
    "Gradient": "symconv.api",
    "check": "symconv.api.checking",
    "check_code": "symconv.api.checking",
    "sweep": "symconv.api.sweeping",
    "geometries": "symconv.sweeps",
    "Verdict": "symconv.claims",
    "dottest": "symconv.engine",
    "SymconvError": "symconv.errors",
    "SpecError": "symconv.errors",
    "GeometryError": "symconv.errors",
    "NeedsSizes": "symconv.errors",
    "NoteError": "symconv.errors",
}

__all__ = [
    "GeometryError",
    "Gradient",
    "NeedsSizes",
    "NoteError",
    "Operation",
    "SpecError",
    "SymconvError",
    "Verdict",
    "__version__",
    "check",
    "check_code",
    "dottest",
    "geometries",
    "operation",
    "sweep",
]


def __getattr__(name: str) -> Any:
    """Load an exported name on first use (PEP 562), so that importing symconv costs nothing."""
    if name not in _ROOMS:
        raise AttributeError(f"module 'symconv' has no attribute {name!r}")
    return getattr(import_module(_ROOMS[name]), name)
