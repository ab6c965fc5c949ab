"""The parts of a computation graph: nodes, edges, and the values that flow over them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, TypeAlias

from symconv.values import dataclass

KINDS = (
    "input",
    "constant",
    "product",
    "sum",
    "function",
    "select",
    "operation",
    "loss",
)
"""What a node does with what comes in; "loss" is the end of a graph whose end is one number.

A "select" node takes the first maximum; an "operation" node is a whole convolution or the like.
"""

Value: TypeAlias = "int | Fraction | float | str | Any | None"
"""An exact number, a float or a SymPy expression; among whole tensors a name, as LaTeX."""


@dataclass(frozen=True, slots=True)
class FlowNode:
    """One node.

    `symbol` (LaTeX) is the short sign drawn inside it, `latex` its name, `formula` what it
    computes from what comes in (empty for inputs, and where the name says it).  `forward` is its
    value and `gradient` the derivative of the end with respect to it; among whole tensors these
    are names, and `shape` holds the sizes as LaTeX.
    """

    id: str
    kind: str
    symbol: str
    latex: str
    formula: str = ""
    forward: Value = None
    gradient: Value = None
    shape: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"not a kind of node: {self.kind!r}")


@dataclass(frozen=True, slots=True)
class FlowEdge:
    """From `source` into `target`, with the local derivative ``∂target/∂source`` of this path.

    `local_latex` names the local derivative (``w_{0}``), `local` is its value.  `forward` is what
    the edge carries on, `backward` what comes back over it: ``local · gradient of the target``.
    """

    source: str
    target: str
    local_latex: str
    local: Value = None
    forward: Value = None
    backward: Value = None
