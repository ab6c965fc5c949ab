"""What the open symbols of an own operation are: sizes, strides or paddings."""

from __future__ import annotations

from collections.abc import Iterable

from symconv.graph import Parameter
from symconv.index import FloorDiv, Index, Max, Min, Mod, Symbol, polynomial, symbols
from symconv.operations.options import open_parameters
from symconv.terms import Form, Shape, Term


def positions(term: Term) -> tuple[Index, ...]:
    """Where a term reads, and the sides of its conditions."""
    sides = [side for c in term.where for side in (c.left, c.right)]
    return (*(index for read in term.reads for index in read.at), *sides)


def parameters(form: Form, declared: Iterable[Shape]) -> tuple[Parameter, ...]:
    """Open symbols: sizes end a range or a shape, strides multiply an index, the rest is padding.

    A size and a stride are at least 1, a padding (a symbol that is only added) at least 0.
    """
    sizes = [n for shape in declared for n in shape]
    inside: list[Index] = []
    strides: set[str] = set()
    bound = {r.name for r in form.ranges} | {r.name for term in form.terms for r in term.sums}
    for item in (*form.ranges, *(r for term in form.terms for r in term.sums)):
        sizes += [item.start, item.stop]
    for term in form.terms:
        inside += positions(term)
    for index in inside:
        _walk(index, bound, strides, sizes)
    return open_parameters(
        size=sizes,
        stride=[Symbol(name) for name in sorted(strides)],
        padding=[Symbol(name) for name in sorted(symbols(*inside) - bound)],
    )


def _walk(index: Index, bound: set[str], strides: set[str], sizes: list[Index]) -> None:
    """Collect what multiplies an index, and what something is divided by."""
    for monomial in polynomial(index):
        if symbols(*monomial) & bound:
            strides |= {atom.name for atom in monomial if isinstance(atom, Symbol)} - bound
        for atom in monomial:
            match atom:
                case FloorDiv(top, bottom) | Mod(top, bottom):
                    sizes.append(bottom)
                    _walk(top, bound, strides, sizes)
                case Min(args) | Max(args):
                    for arg in args:
                        _walk(arg, bound, strides, sizes)
