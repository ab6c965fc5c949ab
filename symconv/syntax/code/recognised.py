"""Earlier results of the operation, known again in what the code computed.

A function of a sum (``relu(h)``) is read where the sum is, term by term, a result that the
operation has a name for; what the code made is then that result, and not only meant to be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symconv.graph import Graph
from symconv.index import Condition, Index, Symbol
from symconv.syntax.code.alike import alike
from symconv.syntax.code.arrays import Array, letter, letters, of_tensor
from symconv.syntax.code.facts import canonical, equal
from symconv.terms import Form, Shape, Term, in_range, substitute_term


def results_of(graph: Graph) -> tuple[tuple[str, Array], ...]:
    """Every result that is a sum of products, in the letters of its axes."""
    found = []
    for equation in graph.equations:
        if isinstance(equation, Form):
            names: dict[str, Index] = {
                name: Symbol(letter(n)) for n, name in enumerate(equation.indices)
            }
            terms = tuple(substitute_term(term, names) for term in equation.terms)
            shapes = dict(equation.shapes)
            plain = tuple(_plain(term, shapes) for term in terms)
            found.append((equation.name, Array(equation.shape, plain)))
    return tuple(found)


def known_again(
    array: Array, results: Sequence[tuple[str, Array]], shapes: dict[str, Shape]
) -> Array | None:
    """The array as a result of the operation, read by its name; None where it is none."""
    if any(read.tensor not in shapes for term in array.terms for read in term.reads):
        return None
    mine = [_plain(term, shapes) for term in array.terms]
    for name, result in results:
        fits = len(result.terms) == len(mine) and result.rank == array.rank
        if not fits or not all(map(equal, result.shape, array.shape)):
            continue
        left = list(mine)
        for term in result.terms:
            place = next((n for n, other in enumerate(left) if alike(term, other)), None)
            if place is None:
                break
            del left[place]
        else:
            return of_tensor(name, letters(array.rank), array.shape)
    return None


def _plain(term: Term, shapes: dict[str, Shape]) -> Term:
    """A term without the conditions that say no more than that its reads are inside."""
    inside = set()
    for read in term.reads:
        for index, size in zip(read.at, shapes[read.tensor], strict=True):
            inside |= {c for c in map(canonical, in_range(index, size)) if isinstance(c, Condition)}
    where = tuple(c for c in term.where if canonical(c) not in inside)
    return replace(term, where=where)
