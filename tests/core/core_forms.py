"""Random small forms, and what a form means written down a second time.

`brute` reads the definition literally (loops, one number at a time) and shares nothing with the
rooms under test but the nodes; `slopes` differentiates it along one element after the other.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

from symconv.index import (
    Condition,
    FloorDiv,
    Index,
    Max,
    Min,
    Mod,
    Product,
    Sum,
    Symbol,
)
from symconv.terms import Form, Range, Read, Term

# --- the meaning --------------------------------------------------------------------------------


def number(index: Index, env: dict[str, int]) -> int:
    """An index in numbers."""
    match index:
        case int():
            return index
        case Symbol(name):
            return env[name]
        case Sum(parts):
            return sum(number(part, env) for part in parts)
        case Product(parts):
            total = 1
            for part in parts:
                total *= number(part, env)
            return total
        case FloorDiv(top, bottom):
            return number(top, env) // number(bottom, env)
        case Mod(top, bottom):
            return number(top, env) % number(bottom, env)
        case Min(parts):
            return min(number(part, env) for part in parts)
        case Max(parts):
            return max(number(part, env) for part in parts)
    raise AssertionError(index)


def holds(condition: Condition, env: dict[str, int]) -> bool:
    left, right = number(condition.left, env), number(condition.right, env)
    return {
        "==": left == right,
        "!=": left != right,
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
    }[condition.relation]


KINKED = {"": lambda v: v, "relu": lambda v: max(v, 0), "step": lambda v: int(v > 0)}


def points(ranges, env):
    spans = [range(number(r.start, env), number(r.stop, env)) for r in ranges]
    for point in itertools.product(*spans):
        yield env | {r.name: i for r, i in zip(ranges, point, strict=True)}


def brute(form: Form, arrays, sizes=None, functions=None, scalar=Fraction) -> Any:
    """The values of a form, straight from its definition; `scalar` makes its coefficients."""
    functions = functions or KINKED
    base = dict(sizes or {})
    shape = [number(r.stop, base) for r in form.ranges]
    result = np.zeros(shape, dtype=object)
    for env in points(form.ranges, base):
        total: Any = 0
        for term in form.terms:
            for here in points(term.sums, env):
                if all(holds(c, here) for c in term.where):
                    total = total + _product(term, arrays, here, functions, scalar)
        result[tuple(env[r.name] for r in form.ranges)] = total
    return result


def _product(term: Term, arrays, env, functions, scalar) -> Any:
    value: Any = scalar(term.coefficient)
    for divisor in term.divisors:
        value = value / number(divisor, env)
    for read in term.reads:
        at = tuple(number(index, env) for index in read.at)
        array = arrays[read.tensor]
        if any(not 0 <= i < n for i, n in zip(at, array.shape, strict=True)):
            return 0
        value = value * functions[read.function](array[at])
    return value


# --- derivatives --------------------------------------------------------------------------------

STEP = Fraction(1, 16)
STENCIL = ((-2, 1), (-1, -8), (1, 8), (2, -1))
"""(f(-2h) - 8 f(-h) + 8 f(h) - f(2h)) / 12h is the derivative of a polynomial of degree 4 or less,
exactly; a kink at 0 is not met, because the data are whole numbers other than 0."""


def along(function, step=STEP) -> Any:
    """The derivative of ``function(t)`` at 0."""
    total: Any = 0
    for place, weight in STENCIL:
        total = total + function(place * step) * weight
    return total / (12 * step)


def slopes(output, arrays, tensor: str) -> Any:
    """``∂output(arrays)[out] / ∂arrays[tensor][j]``, of shape ``out + j``, in fractions."""
    base = arrays[tensor]
    columns = []
    for at in np.ndindex(*base.shape):

        def moved(t, at=at):
            array = base.copy()
            array[at] = array[at] + t
            return output(arrays | {tensor: array})

        columns.append(along(moved))
    if not columns:
        raise AssertionError("a tensor without elements")
    table = np.empty((*np.shape(columns[0]), len(columns)), dtype=object)
    for place, column in enumerate(columns):
        table[..., place] = column
    return table.reshape(*np.shape(columns[0]), *base.shape)


def contracted(g, table) -> Any:
    """``Σ_out g[out] · table[out, j]``."""
    return np.tensordot(np.asarray(g, dtype=object), table, axes=np.ndim(g))


# --- random forms -------------------------------------------------------------------------------


@dataclass(frozen=True)
class FormCase:
    """A form, numbers for its open sizes, whole numbers other than 0 for its tensors."""

    form: Form
    sizes: dict[str, int]
    arrays: dict[str, Any]

    def values(self, form=None, extra=None):
        return brute(form or self.form, self.arrays | (extra or {}), self.sizes)


NAMES = ("N", "M", "S", "P")
SIZES = st.fixed_dictionaries(
    {
        "N": st.integers(2, 3),
        "M": st.integers(1, 3),
        "S": st.integers(1, 3),
        "P": st.integers(0, 2),
    }
)
DIMENSIONS = st.sampled_from(
    (Symbol("N"), Symbol("M"), 1, 2, 3, Sum((Symbol("M"), 1)), Sum((Symbol("N"), -1)))
)
FACTORS = (1, 1, 1, 2, -1, -2, 3, Symbol("S"))


@st.composite
def affine(draw, names):
    """``S·o + 2·k - P`` and the like."""
    inside = draw(st.lists(st.sampled_from(names), max_size=2, unique=True)) if names else []
    parts: list[Index] = []
    for name in inside:
        factor = draw(st.sampled_from(FACTORS))
        parts.append(Symbol(name) if factor == 1 else Product((factor, Symbol(name))))
    offset = draw(st.sampled_from((0, 0, 1, -1, 2, Product((-1, Symbol("P"))))))
    if offset != 0 or not parts:
        parts.append(offset)
    return parts[0] if len(parts) == 1 else Sum(tuple(parts))


@st.composite
def position(draw, names):
    """Mostly a bare index or an affine one; now and then a quotient, a remainder, an extreme."""
    kind = draw(st.sampled_from("bbbaaaqrm"))
    if kind == "b" and names:
        return Symbol(draw(st.sampled_from(names)))
    inner = draw(affine(names))
    if kind == "q":
        return FloorDiv(inner, draw(st.sampled_from((2, Symbol("S")))))
    if kind == "r":
        return Mod(inner, draw(st.sampled_from((2, Symbol("N")))))
    if kind == "m":
        return Max((Min((inner, 2)), 0))
    return inner


@st.composite
def condition(draw, names):
    inner = draw(affine(names))
    kind = draw(st.sampled_from("===%<!"))
    if kind == "%":
        return Condition(Mod(inner, draw(st.sampled_from((2, Symbol("S"))))), "==", 0)
    other = Symbol(draw(st.sampled_from(names))) if names else draw(affine(names))
    if kind == "=":
        sides = (inner, other) if draw(st.booleans()) else (other, inner)
        return Condition(sides[0], "==", sides[1])
    return Condition(inner, draw(st.sampled_from(("<", "<=", ">", ">=", "!="))), other)


@st.composite
def term(draw, outputs, ranks, functions, *, divided=True):
    bound = draw(st.sampled_from(((), ("k",), ("k",), ("k", "l"))))
    bound = bound[: 3 - len(outputs)]
    sums = []
    for name in bound:
        start = draw(st.sampled_from((0, 0, 0, 1, -1)))
        size = draw(DIMENSIONS)
        sums.append(Range(name, size if start == 0 else Sum((size, start)), start))
    names = (*outputs, *bound)
    reads = []
    for _ in range(draw(st.sampled_from((1, 2, 2, 3)))):
        tensor = draw(st.sampled_from(sorted(ranks)))
        at = tuple(draw(position(names)) for _ in range(ranks[tensor]))
        reads.append(Read(tensor, at, draw(st.sampled_from(functions))))
    where = draw(st.lists(condition(names), max_size=2)) if names else []
    divisors: tuple[Index, ...] = ()
    if divided:
        divisors = draw(st.sampled_from(((), (), (), (2,), (Symbol("S"), 3))))
        if names and draw(st.booleans()):
            divisors = (*divisors, Max((1, draw(affine(names)))))
    coefficient = draw(st.sampled_from((1, 1, -1, 2, Fraction(1, 2), Fraction(-2, 3))))
    return Term(tuple(reads), tuple(sums), tuple(where), Fraction(coefficient), divisors)


RANKS = {"a": 1, "b": 2, "c": 1}


@st.composite
def forms(draw, functions=("", "", "", "relu", "step"), *, divided=True, terms=3, ranks=None):
    """A form of up to three terms over tensors a, b and c, with numbers for its sizes."""
    ranks = ranks or RANKS
    sizes = draw(SIZES)
    outputs = tuple(
        Range(name, draw(DIMENSIONS)) for name in draw(st.sampled_from(((), ("o",), ("o", "p"))))
    )
    shapes = {name: tuple(draw(DIMENSIONS) for _ in range(ranks[name])) for name in ranks}
    names = tuple(r.name for r in outputs)
    made = tuple(
        draw(term(names, ranks, functions, divided=divided))
        for _ in range(draw(st.integers(1, terms)))
    )
    read = {r.tensor for t in made for r in t.reads}
    kept = tuple((name, shape) for name, shape in shapes.items() if name in read)
    arrays = {
        name: whole(tuple(number(n, sizes) for n in shape), 10 * place + draw(st.integers(0, 9)))
        for place, (name, shape) in enumerate(kept)
    }
    return FormCase(Form("y", outputs, made, kept), sizes, arrays)


def whole(shape, seed) -> Any:
    """Whole numbers other than 0, no two alike, as objects."""
    total = int(np.prod(shape, dtype=int))
    random = np.random.default_rng(seed)
    pool = [v for v in range(-total - 2, total + 3) if v]
    array = np.empty(total, dtype=object)
    array[:] = [int(v) for v in random.permutation(pool)[:total]]
    return array.reshape(shape)


def upstream(form: Form, sizes, seed=7) -> Any:
    """A generic upstream gradient."""
    return whole(tuple(number(r.stop, sizes) for r in form.ranges), seed)


def padded(array, before, after) -> Any:
    """Zeros around an object array."""
    return np.pad(array, list(zip(before, after, strict=True)), constant_values=0)


def equal(left, right) -> bool:
    """The same shape and exactly the same numbers."""
    left, right = np.asarray(left, dtype=object), np.asarray(right, dtype=object)
    return left.shape == right.shape and bool(np.all(left == right))


def renamed(form: Form, name: str) -> Form:
    return replace(form, name=name)
