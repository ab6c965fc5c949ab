"""Arithmetic as nested tuples, with a meaning of its own: the witness of the index trees.

A plain expression is a number, a name or ``(sign, part, …)``.  `value` says what it is worth in
Python's own arithmetic and `tree` builds the index under test; neither knows of the other.
"""

from __future__ import annotations

import math
import operator
from functools import reduce

from hypothesis import settings
from hypothesis import strategies as st

from symconv.index import FloorDiv, Max, Min, Mod, Product, Sum, Symbol

ANY = ("o", "k", "i")
POSITIVE = ("S", "D")

NODES = {"+": Sum, "*": Product, "min": Min, "max": Max}
"""The nodes of any number of parts."""

WORTH = {
    "+": sum,
    "*": math.prod,
    "min": min,
    "max": max,
    "-": lambda parts: -parts[0],
    "//": lambda parts: parts[0] // parts[1],
    "%": lambda parts: parts[0] % parts[1],
}


OPERATORS = {"+": operator.add, "*": operator.mul, "//": operator.floordiv, "%": operator.mod}


def value(plain, names):
    """What the expression is worth, a name at a time."""
    if isinstance(plain, int):
        return plain
    if isinstance(plain, str):
        return names[plain]
    sign, *parts = plain
    return WORTH[sign]([value(part, names) for part in parts])


def tree(plain):
    """The index, node by node."""
    if isinstance(plain, int):
        return plain
    if isinstance(plain, str):
        return Symbol(plain)
    sign, *parts = plain
    made = [tree(part) for part in parts]
    if sign == "-":
        return Product((-1, made[0]))
    if sign in NODES:
        return NODES[sign](tuple(made))
    return FloorDiv(*made) if sign == "//" else Mod(*made)


def by_operators(plain):
    """The index as Python's operators build it; minus and the extremes have none, or a node."""
    if isinstance(plain, int):
        return plain
    if isinstance(plain, str):
        return Symbol(plain)
    sign, *parts = plain
    made = [by_operators(part) for part in parts]
    if sign in ("min", "max"):
        return NODES[sign](tuple(made))
    if sign == "-":
        return -made[0]
    return reduce(OPERATORS[sign], made)


def shuffled(plain, source):
    """The same value in another order."""
    if not isinstance(plain, tuple):
        return plain
    sign, *parts = plain
    parts = [shuffled(part, source) for part in parts]
    if sign in NODES:
        source.shuffle(parts)
    return (sign, *parts)


def bent(plain, source):
    """The expression with one leaf changed, which mostly changes the value."""
    if isinstance(plain, int):
        return plain + source.choice((1, 2))
    if isinstance(plain, str):
        return source.choice(ANY if plain in ANY else POSITIVE)
    sign, *parts = plain
    place = source.randrange(1 if sign in ("//", "%") else len(parts))
    parts[place] = bent(parts[place], source)
    return (sign, *parts)


def bottoms(parts):
    """What something may be divided by: at least 1 wherever the names are in their ranges."""
    return st.one_of(
        st.integers(1, 4),
        st.sampled_from(POSITIVE),
        parts.map(lambda part: ("max", 1, part)),
        st.just(("*", "S", "D")),
    )


def _grow(parts):
    several = st.lists(parts, min_size=2, max_size=3)
    return st.one_of(
        st.tuples(st.sampled_from(("+", "*")), several).map(lambda p: (p[0], *p[1])),
        st.tuples(st.sampled_from(("+", "min", "max")), several).map(lambda p: (p[0], *p[1])),
        parts.map(lambda part: ("-", part)),
        st.tuples(st.sampled_from(("//", "%")), parts, bottoms(parts)),
    )


LEAVES = st.one_of(st.integers(-4, 5), st.sampled_from(ANY + POSITIVE))
PLAIN = st.recursive(LEAVES, _grow, max_leaves=6)
"""Sums, products, quotients, remainders, extremes and minus signs, mixed."""

SUMS_OF_PRODUCTS = st.recursive(
    LEAVES,
    lambda parts: st.tuples(st.sampled_from("+*"), st.lists(parts, min_size=2, max_size=3)).map(
        lambda p: (p[0], *p[1])
    ),
    max_leaves=8,
)

NUMBERS = st.fixed_dictionaries(
    {name: st.integers(-7, 7) for name in ANY} | {name: st.integers(1, 4) for name in POSITIVE}
)
"""A number for every name."""


def trials(count):
    """Settings of a property test: so many examples, the same ones each time."""
    return settings(max_examples=count, deadline=None, derandomize=True)
