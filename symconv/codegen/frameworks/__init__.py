"""A graph in a framework's own calls: PyTorch, JAX, SciPy, MATLAB; and NumPy from its forms."""

from __future__ import annotations

from collections.abc import Callable

from symconv.codegen.frameworks import jaxlax, matlab, pytorch, scipysignal
from symconv.codegen.frameworks.module import Framework, module
from symconv.codegen.module import codegen
from symconv.errors import SymconvError
from symconv.graph import Graph

SPECIAL = "from scipy import special"
TORCH = Framework(
    "torch",
    pytorch.RULES,
    {"torch": "import torch", "F": "import torch.nn.functional as F"},
    "torch.zeros_like({0})",
    {},
    "leaves = [leaf.detach().requires_grad_() for leaf in ({leaves})]\n"
    "found = forward(*leaves{keywords})\n"
    "pull = torch.as_tensor({g}, dtype=found.dtype)\n"
    "found = torch.autograd.grad(found, leaves, pull, materialize_grads=True)\n"
    "return dict(zip(({names}), found))",
)
JAX = Framework(
    "jax",
    jaxlax.RULES,
    {"jax": "import jax", "jnp": "import jax.numpy as jnp", "lax": "from jax import lax"},
    "jnp.zeros_like({0})",
    jaxlax.HELPERS,
    "found, pull = jax.vjp(lambda *v: forward(*v{keywords}), {leaves})\n"
    "return dict(zip(({names}), pull(jnp.asarray({g}, found.dtype))))",
)
SCIPY = Framework(
    "scipy",
    scipysignal.RULES,
    {"np": "import numpy as np", "signal": "from scipy import signal", "special": SPECIAL},
    "np.zeros(np.shape({0}))",
    scipysignal.HELPERS,
)

WRITERS: dict[str, Callable[[Graph], str]] = {
    "numpy": codegen,
    "torch": lambda graph: module(graph, TORCH),
    "jax": lambda graph: module(graph, JAX),
    "scipy": lambda graph: module(graph, SCIPY),
    "matlab": matlab.function,
}


def code_for(graph: Graph, framework: str) -> str:
    """The graph's forward and backward pass in the calls of `framework`.

    Errors: `SymconvError` for a framework that is not known, and for an operation or an option
    that the framework cannot say.
    """
    if framework not in WRITERS:
        raise SymconvError(
            f"no code is written for {framework}",
            expected=" or ".join(WRITERS),
            got=framework,
        )
    return WRITERS[framework](graph)


__all__ = ["WRITERS", "code_for"]
