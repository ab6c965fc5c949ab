r"""Sigmoid and tanh written out: ``\frac{1}{1 + e^{-z_i}}``, a quotient of ``e^z - e^{-z}``."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from fractions import Fraction
from typing import TypeAlias

from symconv.syntax.formula.trees import Add, Apply, Node, Number, Power, Ref, Times

Powers: TypeAlias = "list[tuple[int, int]]"
"""Exponents of e, as multiples of one element, each with its sign: ``e^z - e^{-z}``."""

ONE, UP, DOWN = [(0, 1)], [(1, 1)], [(-1, 1)]
CURVES: tuple[tuple[Powers, Powers, int, str], ...] = (
    (ONE, [(-1, 1), (0, 1)], 1, "s"),
    (UP, [(0, 1), (1, 1)], 1, "s"),
    (DOWN, [(-1, 1), (0, 1)], 1, "r"),
    (ONE, [(0, 1), (1, 1)], 1, "r"),
    (DOWN, [(-1, 1), (0, 1)], 2, "sr"),
    (UP, [(0, 1), (1, 1)], 2, "sr"),
    ([(-1, -1), (1, 1)], [(-1, 1), (1, 1)], 1, "t"),
)
"""What stands above and below, the power below, and what it is: s sigmoid, r = 1 - s, t tanh."""


def curve(top: Node, bottom: Node) -> Node | None:
    """What a quotient of exponentials of one element is in sigmoid or tanh, or None."""
    power = bottom.exponent if isinstance(bottom, Power) else 1
    bottom = bottom.base if isinstance(bottom, Power) else bottom
    refs: list[Ref] = []
    above, below = _powers(top, refs), _powers(bottom, refs)
    if not refs or any(_bare(ref) != _bare(refs[0]) for ref in refs):
        return None
    for up, down, times, word in CURVES:
        if (above, below, power) == (up, down, times):
            return Times(tuple(_factor(letter, refs[0], top.at) for letter in word), top.at)
    return None


def _factor(letter: str, ref: Ref, at: int) -> Node:
    applied = Apply("tanh" if letter == "t" else "sigmoid", (ref,), at)
    return Add(((1, Number(Fraction(1), at)), (-1, applied)), at) if letter == "r" else applied


def _powers(node: Node, refs: list[Ref]) -> Powers | None:
    """A sum of 1 and exponentials in order, and what they are taken of; None for anything else."""
    found: Powers = []
    for sign, term in node.terms if isinstance(node, Add) else ((1, node),):
        if isinstance(term, Number) and term.value == 1:
            found.append((0, sign))
            continue
        if not isinstance(term, Apply) or term.function != "exp":
            return None
        inner, turned = term.arguments[0], 1
        if isinstance(inner, Add) and len(inner.terms) == 1:
            turned, inner = inner.terms[0]
        if not isinstance(inner, Ref):
            return None
        refs.append(inner)
        found.append((turned, sign))
    return sorted(found)


def _bare(node: object) -> object:
    """A tree without its places."""
    if isinstance(node, tuple):
        return tuple(map(_bare, node))
    if not is_dataclass(node):
        return node
    return (type(node), *(_bare(getattr(node, f.name)) for f in fields(node) if f.name != "at"))
