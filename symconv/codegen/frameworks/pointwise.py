"""relu to cross_entropy: one expression forward and one per gradient, in each array language."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from symconv.codegen.frameworks.parts import Piece, Scene, option
from symconv.graph import Node
from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """An operation in one language.

    ``{0}``, ``{1}`` are its tensors, ``{y}`` its result and ``{g}`` the result's gradient;
    ``{axis}`` is the axis of the classes, ``{factor}`` a number and ``{mean}`` the division by
    `count`, which is left out for a sum.
    """

    forward: str
    gradients: tuple[str, ...]
    count: str = ""


Language = dict[str, Row]
LOSSES = ("mse", "cross_entropy")


def spell(scene: Scene, node: Node, g: str, language: Language, first_axis: int = 0) -> Piece:
    """A node of the table as a piece; `g` is the gradient of its result."""
    row = language[node.keyword]
    tensors = [scene.tensor(name) for name in node.tensors]
    place = min(len(scene.graph.shapes[node.tensors[0]]) - 1, 1) + first_axis
    reduction = str(option(node, "reduction")) if node.keyword in LOSSES else ""
    facts = {
        "y": scene.tensor(node.target),
        "g": g,
        "axis": str(place),
        "reduction": reduction,
        "factor": _factor(node),
    }
    mean = f" / {row.count.format(*tensors, **facts)}" if reduction == "mean" else ""
    forward = row.forward.format(*tensors, **facts, mean=mean)
    gradients = [text.format(*tensors, **facts, mean=mean) for text in row.gradients]
    return Piece([f"{facts['y']} = {forward}"], [], gradients)


def _factor(node: Node) -> str:
    if node.keyword != "scale":
        return ""
    factor = Fraction(str(option(node, "factor")))
    return f"({factor})" if factor.denominator != 1 or factor < 0 else str(factor)


_PYTHON: Language = {
    "relu": Row("", ("{g} * ({0} > 0)",)),
    "sigmoid": Row("", ("{g} * {y} * (1 - {y})",)),
    "tanh": Row("", ("{g} * (1 - {y} * {y})",)),
    "add": Row("{0} + {1}", ("{g}", "{g}")),
    "sub": Row("{0} - {1}", ("{g}", "-{g}")),
    "scale": Row("{factor} * {0}", ("{g} * {factor}",)),
    "mse": Row("", ("{g} * 2 * ({0} - {1}){mean}", "{g} * 2 * ({1} - {0}){mean}"), "{0}.size"),
}


def _with(**forward: str) -> Language:
    """The formulas that Python's languages share, with the framework's own calls forward."""
    return {
        name: replace(row, forward=forward.get(name, row.forward)) for name, row in _PYTHON.items()
    }


def _arrays(np: str, softmax: str, **forward: str) -> Language:
    """NumPy's and JAX's table."""
    shared = _with(mse=f"{np}.sum(({{0}} - {{1}}) ** 2){{mean}}", **forward)
    log_softmax = f"{softmax}.log_softmax({{0}}, {{axis}})"
    return shared | {
        "sum": Row(f"{np}.sum({{0}})", (f"{{g}} * {np}.ones_like({{0}})",)),
        "cross_entropy": Row(
            f"-{np}.sum({{1}} * {log_softmax}){{mean}}",
            (
                f"{{g}} * ({softmax}.softmax({{0}}, {{axis}})"
                " * {1}.sum({axis}, keepdims=True) - {1}){mean}",
                f"-{{g}} * {log_softmax}{{mean}}",
            ),
            "({0}.size // {0}.shape[{axis}])",
        ),
    }


_TORCH = _with(
    relu="F.relu({0})",
    sigmoid="torch.sigmoid({0})",
    tanh="torch.tanh({0})",
    mse='F.mse_loss({0}, {1}, reduction="{reduction}")',
)
TORCH: Language = _TORCH | {
    "mse": replace(_TORCH["mse"], count="{0}.numel()"),
    "sum": Row("{0}.sum()", ("{g} * torch.ones_like({0})",)),
    "cross_entropy": Row(
        'F.cross_entropy({0}, {1}, reduction="{reduction}")',
        (
            "{g} * (F.softmax({0}, {axis}) * {1}.sum({axis}, keepdim=True) - {1}){mean}",
            "-{g} * F.log_softmax({0}, {axis}){mean}",
        ),
        "({0}.numel() // {0}.shape[{axis}])",
    ),
}
SCIPY = _arrays(
    "np",
    "special",
    relu="np.maximum({0}, 0)",
    sigmoid="special.expit({0})",
    tanh="np.tanh({0})",
)
JAX = _arrays(
    "jnp",
    "jax.nn",
    relu="jax.nn.relu({0})",
    sigmoid="jax.nn.sigmoid({0})",
    tanh="jnp.tanh({0})",
)
MATLAB: Language = {
    "relu": Row("max({0}, 0)", ("{g} .* ({0} > 0)",)),
    "sigmoid": Row("1 ./ (1 + exp(-{0}))", ("{g} .* {y} .* (1 - {y})",)),
    "tanh": Row("tanh({0})", ("{g} .* (1 - {y} .^ 2)",)),
    "add": Row("{0} + {1}", ("{g}", "{g}")),
    "sub": Row("{0} - {1}", ("{g}", "-{g}")),
    "scale": Row("{factor} * {0}", ("{g} * {factor}",)),
    "sum": Row("sum({0}(:))", ("{g} * ones(size({0}))",)),
    "mse": Row(
        "sum(({0}(:) - {1}(:)) .^ 2){mean}",
        ("{g} * 2 * ({0} - {1}){mean}", "{g} * 2 * ({1} - {0}){mean}"),
        "numel({0})",
    ),
    "cross_entropy": Row(
        "-sum(reshape({1} .* log_softmax({0}, {axis}), [], 1)){mean}",
        (
            "{g} * (exp(log_softmax({0}, {axis})) .* sum({1}, {axis}) - {1}){mean}",
            "-{g} * log_softmax({0}, {axis}){mean}",
        ),
        "(numel({0}) / size({0}, {axis}))",
    ),
}
