"""The thin views that people script: a spec in, its readings as methods.

Nothing is worked out here; each method asks the room whose reading it is.
"""

from symconv.api.gradient import Gradient
from symconv.api.view import Operation, operation

__all__ = ["Gradient", "Operation", "operation"]
