"""Forms: a tensor as a sum over index ranges of products of tensors read at given positions.

    y[n,f,o] = b[f] + Σ_{c,k} w[f,c,k] · x[n,c, S·o + D·k - P]

A read outside a tensor contributes nothing, so padding with zeros needs no word of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

from symconv.index import (
    Condition,
    Index,
    Symbol,
    add,
    minus,
    substitute,
    substitute_condition,
    symbols,
    text,
    tidy,
)
from symconv.values import dataclass

Shape: TypeAlias = tuple[Index, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """An index and the half-open interval it runs over, ``start ≤ name < stop``."""

    name: str
    stop: Index
    start: Index = 0

    @property
    def size(self) -> Index:
        """How many values there are (negative counts as none)."""
        return tidy(self.stop if self.start == 0 else add(self.stop, minus(self.start)))

    @property
    def last(self) -> Index:
        """The last value, as sums print it."""
        return tidy(add(self.stop, -1))


@dataclass(frozen=True, slots=True)
class Read:
    """A tensor at a position, seen through a function of one variable (none: as it is)."""

    tensor: str
    at: tuple[Index, ...]
    function: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """``coefficient / divisors · Π reads``, summed over the ranges where all conditions hold."""

    reads: tuple[Read, ...]
    sums: tuple[Range, ...] = ()
    where: tuple[Condition, ...] = ()
    coefficient: Fraction = Fraction(1)
    divisors: tuple[Index, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """``name[ranges] = Σ terms``; `shapes` holds every tensor that is read."""

    name: str
    ranges: tuple[Range, ...]
    terms: tuple[Term, ...]
    shapes: tuple[tuple[str, Shape], ...]

    @property
    def shape(self) -> Shape:
        """The sizes of the outputs."""
        return tuple(r.size for r in self.ranges)

    @property
    def indices(self) -> tuple[str, ...]:
        """The names of the output indices."""
        return tuple(r.name for r in self.ranges)

    @property
    def tensors(self) -> tuple[str, ...]:
        """The tensors that are read, in the order of `shapes`."""
        return tuple(name for name, _ in self.shapes)

    def shape_of(self, tensor: str) -> Shape:
        """The sizes of a tensor that is read."""
        return dict(self.shapes)[tensor]


@dataclass(frozen=True, slots=True)
class Selection:
    """``name[ranges, window] = 1`` where the read is the first maximum of its window, else 0.

    "First" is in the order of the window's indices, the last one fastest; reads outside the tensor
    never win.  It is piecewise constant, so its derivative is taken as zero.
    """

    name: str
    ranges: tuple[Range, ...]
    window: tuple[Range, ...]
    read: Read
    shapes: tuple[tuple[str, Shape], ...]

    @property
    def shape(self) -> Shape:
        """The sizes of the outputs, then of the window."""
        return tuple(r.size for r in (*self.ranges, *self.window))

    @property
    def tensors(self) -> tuple[str, ...]:
        """The tensor that is read."""
        return (self.read.tensor,)


Equation: TypeAlias = "Form | Selection"


# --- substitution -------------------------------------------------------------------------------


def substitute_range(item: Range, names: Mapping[str, Index]) -> Range:
    """Replace symbols in both ends."""
    return Range(item.name, substitute(item.stop, names), substitute(item.start, names))


def substitute_read(read: Read, names: Mapping[str, Index]) -> Read:
    """Replace symbols in the position."""
    return replace(read, at=tuple(substitute(index, names) for index in read.at))


def substitute_term(term: Term, names: Mapping[str, Index]) -> Term:
    """Replace symbols everywhere but in the names that the term itself binds."""
    return Term(
        tuple(substitute_read(read, names) for read in term.reads),
        tuple(substitute_range(item, names) for item in term.sums),
        tuple(substitute_condition(condition, names) for condition in term.where),
        term.coefficient,
        tuple(substitute(index, names) for index in term.divisors),
    )


def _substitute_shapes(
    shapes: Iterable[tuple[str, Shape]], names: Mapping[str, Index]
) -> tuple[tuple[str, Shape], ...]:
    return tuple((name, tuple(substitute(n, names) for n in shape)) for name, shape in shapes)


def with_sizes(equation: Equation, sizes: Mapping[str, Index]) -> Equation:
    """The equation with sizes and parameters put in."""
    ranges = tuple(substitute_range(item, sizes) for item in equation.ranges)
    shapes = _substitute_shapes(equation.shapes, sizes)
    if isinstance(equation, Selection):
        window = tuple(substitute_range(item, sizes) for item in equation.window)
        return Selection(
            equation.name, ranges, window, substitute_read(equation.read, sizes), shapes
        )
    terms = tuple(substitute_term(term, sizes) for term in equation.terms)
    return Form(equation.name, ranges, terms, shapes)


def rename_tensors(form: Form, names: Mapping[str, str]) -> Form:
    """The form with tensors called otherwise."""
    terms = tuple(
        replace(
            term,
            reads=tuple(replace(r, tensor=names.get(r.tensor, r.tensor)) for r in term.reads),
        )
        for term in form.terms
    )
    shapes = tuple((names.get(name, name), shape) for name, shape in form.shapes)
    return Form(names.get(form.name, form.name), form.ranges, terms, shapes)


# --- questions ----------------------------------------------------------------------------------


def term_symbols(term: Term) -> set[str]:
    """Every index, size and parameter that a term names."""
    found = symbols(*term.where, *term.divisors, *(i for read in term.reads for i in read.at))
    for item in term.sums:
        found |= {item.name} | symbols(item.start, item.stop)
    return found


def free_symbols(equation: Equation) -> set[str]:
    """The sizes and parameters that an equation leaves open."""
    inner = equation.window if isinstance(equation, Selection) else ()
    outer = (*equation.ranges, *inner)
    found = symbols(
        *(end for item in outer for end in (item.start, item.stop)),
        *(size for _, shape in equation.shapes for size in shape),
    )
    bound = {item.name for item in outer}
    if isinstance(equation, Selection):
        return found | (symbols(*equation.read.at) - bound)
    for term in equation.terms:
        found |= term_symbols(term) - bound - {item.name for item in term.sums}
    return found


def fresh(name: str, taken: Iterable[str]) -> str:
    """`name`, or the first of ``name'``-like variants (``name_1``, ``name_2`` …) not taken."""
    used = set(taken)
    if name not in used:
        return name
    candidates = (f"{name}_{n}" for n in range(1, len(used) + 2))
    return next(candidate for candidate in candidates if candidate not in used)


def in_range(index: Index, size: Index) -> tuple[Condition, Condition]:
    """``0 ≤ index`` and ``index < size``."""
    return Condition(0, "<=", index), Condition(index, "<", size)


def describe(form: Form) -> str:
    """Plain text of a form, for messages and tests."""
    head = f"{form.name}[{', '.join(form.indices)}]"
    return f"{head} = {' + '.join(_describe_term(term) for term in form.terms) or '0'}"


def _describe_term(term: Term) -> str:
    reads = [
        (f"{r.function}({r.tensor}[{', '.join(map(text, r.at))}])" if r.function else "")
        or f"{r.tensor}[{', '.join(map(text, r.at))}]"
        for r in term.reads
    ]
    number = [str(term.coefficient)] if term.coefficient != 1 or not reads else []
    body = "*".join(number + reads) + "".join(f"/({text(d)})" for d in term.divisors)
    binders = [f"{r.name}={text(r.start)}..{text(r.last)}" for r in term.sums]
    inside = ", ".join([body, *binders, *map(str, term.where)])
    return f"sum({inside})" if binders or term.where else body


def symbol(name: str) -> Index:
    """Shorthand for a symbol, typed as an index."""
    return Symbol(name)
