"""Gradients as index arrays: those of the operation, with every product turned round.

    y[out] += c · t[at] · rest      gives      dt[at] += c · g[out] · rest

Nothing is derived: which products an element of the gradient adds up is a permutation of what the
operation adds up.  It is the same sum as the form that `gradients` derives.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symconv.expand import Expansion, Products
from symconv.functions import FUNCTIONS


def turned(consumers: Sequence[tuple[Expansion, str]], tensor: str, name: str) -> Expansion:
    """The gradient `name` of a tensor from the expansions of all forms that read it.

    Each comes with the name of the gradient of its outputs, empty where that is 1.
    """
    terms = tuple(
        made
        for expansion, upstream in consumers
        for term in expansion.terms
        for place, read in enumerate(term.tensors)
        if read == tensor
        for made in _turned(term, place, upstream)
    )
    shapes: dict[str, tuple[int, ...]] = {}
    for expansion, upstream in consumers:
        shapes |= {upstream: expansion.shape, **dict(expansion.shapes)}
    read = {one for term in terms for one in term.tensors}
    kept = tuple((one, shape) for one, shape in shapes.items() if one in read)
    return Expansion(name, shapes[tensor], kept, terms)


def _turned(term: Products, place: int, upstream: str) -> Iterator[Products]:
    """The derivative of one occurrence; one term for each row of its function's derivative."""
    before = [(upstream, "", term.out)] if upstream else []
    reads = list(zip(term.tensors, term.functions, term.reads, strict=True))
    tensor, function, at = reads.pop(place)
    for number, functions in FUNCTIONS[function].derivative:
        found = [*before, *((tensor, each, at) for each in functions), *reads]
        yield Products(
            tuple(one for one, _, _ in found),
            tuple(name for _, name, _ in found),
            at,
            tuple(places for _, _, places in found),
            term.coefficient * number if function else term.coefficient,
            term.divisors,
        )
