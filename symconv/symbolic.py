"""Index trees and forms as SymPy expressions, for people who go on from there.

Every integer symbol is made in one place with the same assumptions, and a read that may leave its
tensor is guarded by a `Piecewise`, so that expanding the sum gives the form's own value.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy

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
    same,
    simplify,
)
from symconv.terms import Form, Range, Read, Shape, Term

SCALAR_FUNCTIONS: dict[str, Any] = {
    "": lambda v: v,
    "relu": lambda v: sympy.Max(0, v),
    "step": lambda v: sympy.Heaviside(v, 0),
    "sigmoid": lambda v: 1 / (1 + sympy.exp(-v)),
    "tanh": sympy.tanh,
    "exp": sympy.exp,
    "log": sympy.log,
    "reciprocal": lambda v: 1 / v,
}
"""The functions of a read as SymPy functions."""


def integer(name: str) -> Any:
    """The SymPy symbol of an index, a size or a parameter: an integer, nothing more assumed."""
    return sympy.Symbol(name, integer=True)


def index_sympy(index: Index) -> Any:
    """An index as a SymPy expression; quotients become `floor`."""
    match index:
        case int():
            return sympy.Integer(index)
        case Symbol(name):
            return integer(name)
        case Sum(terms):
            return sympy.Add(*map(index_sympy, terms))
        case Product(factors):
            return sympy.Mul(*map(index_sympy, factors))
        case FloorDiv(top, bottom):
            return sympy.floor(index_sympy(top) / index_sympy(bottom))
        case Mod(top, bottom):
            return sympy.Mod(index_sympy(top), index_sympy(bottom))
        case Min(args):
            return sympy.Min(*map(index_sympy, args))
        case Max(args):
            return sympy.Max(*map(index_sympy, args))
    raise TypeError(f"not an index expression: {index!r}")


RELATIONS: dict[str, Any] = {
    "==": sympy.Eq,
    "!=": sympy.Ne,
    "<": sympy.Lt,
    "<=": sympy.Le,
    ">": sympy.Gt,
    ">=": sympy.Ge,
}


def condition_sympy(condition: Condition) -> Any:
    """A comparison as a SymPy relation."""
    relation = RELATIONS[condition.relation]
    return relation(index_sympy(condition.left), index_sympy(condition.right))


def form_sympy(form: Form) -> Any:
    """The right-hand side: `Sum` over `Indexed` reads, guarded where a read may fall outside."""
    return sympy.Add(*(_term(form, term) for term in form.terms))


def _term(form: Form, term: Term) -> Any:
    shapes = dict(form.shapes)
    ranges = {r.name: r for r in (*form.ranges, *term.sums)}
    body: Any = sympy.Rational(term.coefficient.numerator, term.coefficient.denominator)
    conditions = [condition_sympy(c) for c in term.where]
    for read in term.reads:
        body = body * SCALAR_FUNCTIONS[read.function](_indexed(read))
        for index, size in zip(read.at, shapes[read.tensor], strict=True):
            if not _inside(index, size, ranges):
                here = index_sympy(index)
                conditions += [sympy.Ge(here, 0), sympy.Lt(here, index_sympy(size))]
    for bound in term.sums:
        if not _has_a_size(bound, term, shapes, ranges):
            here = integer(bound.name)
            conditions += [here >= index_sympy(bound.start), here < index_sympy(bound.stop)]
    for divisor in term.divisors:
        body = body / index_sympy(divisor)
    if conditions:
        body = sympy.Piecewise((body, sympy.And(*conditions)), (0, True))
    limits = [
        (integer(r.name), index_sympy(r.start), index_sympy(r.last)) for r in reversed(term.sums)
    ]
    return sympy.Sum(body, *limits) if limits else body


def _has_a_size(
    bound: Range, term: Term, shapes: Mapping[str, Shape], ranges: dict[str, Range]
) -> bool:
    """Whether a range cannot run backwards: SymPy's sum from 3 to 0 is not empty (Karr's rule)."""
    size = simplify(bound.size)
    if isinstance(size, Symbol) or (isinstance(size, int) and size >= 0):
        return True
    return any(
        index == Symbol(bound.name) and _inside(index, axis, ranges)
        for read in term.reads
        for index, axis in zip(read.at, shapes[read.tensor], strict=True)
    )


def _indexed(read: Read) -> Any:
    if not read.at:
        return sympy.Symbol(read.tensor)
    return sympy.IndexedBase(read.tensor)[tuple(map(index_sympy, read.at))]


def _inside(index: Index, size: Index, ranges: dict[str, Range]) -> bool:
    """Whether a bare index runs over exactly the axis it reads."""
    if isinstance(index, int):
        return isinstance(size, int) and 0 <= index < size
    if not isinstance(index, Symbol) or index.name not in ranges:
        return False
    bound = ranges[index.name]
    return bound.start == 0 and same(bound.stop, size)
