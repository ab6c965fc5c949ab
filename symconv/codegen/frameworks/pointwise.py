"""relu to cross_entropy: one expression forward and one per gradient, in each array language."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from symconv.codegen.frameworks.parts import Piece, Scene, option
from symconv.graph import Node


@dataclass(frozen=True, slots=True)
class Row:
    """An operation in one language; ``{0}``, ``{1}`` are its tensors, ``{y}`` its result.

    ``{g}`` is the result's gradient, ``{axis}`` the axis of the classes, ``{count}`` what a mean
    divides by and ``{factor}`` a number; `{mean}` is that division, or nothing.
    """

    forward: str
    gradients: tuple[str, ...]


Language = dict[str, Row]


def spell(scene: Scene, node: Node, language: Language, first_axis: int = 0) -> Piece:
    """A node of the table as a piece."""
    row = language[node.keyword]
    shape = scene.graph.shapes[node.tensors[0]]
    place = min(len(shape) - 1, 1)
    sum_only = node.keyword in ("mse", "cross_entropy") and option(node, "reduction") == "sum"
    tensors = [scene.tensor(name) for name in node.tensors]
    facts = {
        "y": scene.tensor(node.target),
        "g": "{g}",
        "axis": str(place + first_axis),
        "reduction": "sum" if sum_only else "mean",
        "factor": _factor(node),
    }
    pieces = {name: text.format(*tensors, **facts) for name, text in MEANS[node.keyword].items()}
    chosen = {"mean": "" if sum_only else pieces.get("python", "")}
    chosen["mmean"] = "" if sum_only else pieces.get("matlab", "")
    forward = row.forward.format(*tensors, **facts, **chosen)
    gradients = [text.format(*tensors, **facts, **chosen) for text in row.gradients]
    return Piece([f"{facts['y']} = {forward}"], [], gradients)


def _factor(node: Node) -> str:
    if node.keyword != "scale":
        return ""
    factor = Fraction(str(option(node, "factor")))
    return f"({factor})" if factor.denominator != 1 or factor < 0 else str(factor)


_NONE: dict[str, str] = {}
MEANS: dict[str, dict[str, str]] = {
    **dict.fromkeys(("relu", "sigmoid", "tanh", "add", "sub", "scale", "sum"), _NONE),
    "mse": {"python": " / {0}.size", "matlab": " / numel({0})"},
    "cross_entropy": {
        "python": " / ({0}.size // {0}.shape[{axis}])",
        "matlab": " / (numel({0}) / size({0}, {axis}))",
    },
}
"""What a mean divides by."""

_PYTHON: Language = {
    "relu": Row("", ("{g} * ({0} > 0)",)),
    "sigmoid": Row("", ("{g} * {y} * (1 - {y})",)),
    "tanh": Row("", ("{g} * (1 - {y} * {y})",)),
    "add": Row("{0} + {1}", ("{g}", "{g}")),
    "sub": Row("{0} - {1}", ("{g}", "-{g}")),
    "scale": Row("{factor} * {0}", ("{g} * {factor}",)),
}


def _with(**forward: str) -> Language:
    """The formulas of Python's languages, with the framework's own calls forward."""
    return {
        name: Row(forward.get(name, row.forward), row.gradients) for name, row in _PYTHON.items()
    }


TORCH: Language = {
    **_with(relu="F.relu({0})", sigmoid="torch.sigmoid({0})", tanh="torch.tanh({0})"),
    "sum": Row("{0}.sum()", ("{g} * torch.ones_like({0})",)),
    "mse": Row(
        'F.mse_loss({0}, {1}, reduction="{reduction}")',
        ("{g} * 2 * ({0} - {1}){mean}", "{g} * 2 * ({1} - {0}){mean}"),
    ),
    "cross_entropy": Row(
        'F.cross_entropy({0}, {1}, reduction="{reduction}")',
        (
            "{g} * (F.softmax({0}, {axis}) * {1}.sum({axis}, keepdim=True) - {1}){mean}",
            "-{g} * F.log_softmax({0}, {axis}){mean}",
        ),
    ),
}
TORCH = {
    name: Row(
        row.forward, tuple(t.replace("{mean}", "{mean}") for t in row.gradients)
    )
    for name, row in TORCH.items()
}


def _arrays(np: str, softmax: str, **forward: str) -> Language:
    """NumPy's and JAX's table."""
    losses = {
        "sum": Row(f"{np}.sum({{0}})", (f"{{g}} * {np}.ones_like({{0}})",)),
        "mse": Row(
            f"{np}.sum(({{0}} - {{1}}) ** 2){{mean}}",
            ("{g} * 2 * ({0} - {1}){mean}", "{g} * 2 * ({1} - {0}){mean}"),
        ),
        "cross_entropy": Row(
            f"-{np}.sum({{1}} * {softmax}.log_softmax({{0}}, {{axis}})){{mean}}",
            (
                f"{{g}} * ({softmax}.softmax({{0}}, {{axis}}) * "
                "{1}.sum({axis}, keepdims=True) - {1}){mean}",
                f"-{{g}} * {softmax}.log_softmax({{0}}, {{axis}}){{mean}}",
            ),
        ),
    }
    return {**_with(**forward), **losses}


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
        "sum(({0}(:) - {1}(:)) .^ 2){mmean}",
        ("{g} * 2 * ({0} - {1}){mmean}", "{g} * 2 * ({1} - {0}){mmean}"),
    ),
    "cross_entropy": Row(
        "-sum(reshape({1} .* log_softmax({0}, {axis}), [], 1)){mmean}",
        (
            "{g} * (exp(log_softmax({0}, {axis})) .* sum({1}, {axis}) - {1}){mmean}",
            "-{g} * log_softmax({0}, {axis}){mmean}",
        ),
    ),
}
