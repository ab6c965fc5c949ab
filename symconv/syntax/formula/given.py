"""Elements that were given as numbers, or with one letter twice: a claim in numbers is about them.

``x=[1,2,3,4]`` says nothing to a claim written in x, which is about all values; one that writes
the numbers in its place, ``y_0 = 1·1 + 2·0 + 3·(-1)``, holds at them alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction

from symconv.calls import Element, Elements
from symconv.graph import Graph, Tensor, names_in
from symconv.index import Condition, Symbol
from symconv.terms import Equation, Form, Range, Read, Term, fresh

Place = tuple[int, ...]


def given(
    left: Form, right: Form, graph: Graph, before: Sequence[Equation], *, derived: bool
) -> tuple[Form, ...]:
    """The inputs whose given elements a claim is about, as sums over their positions.

    These are the ones that a side that somebody wrote reads nowhere, nor anything made of them, or
    only where a letter was given; a left side that is `derived` was written by nobody.
    """
    written = (right,) if derived else (left, right)
    found = []
    for tensor in filter(particular, graph.inputs):
        elements = dict(_placed(tensor.elements or ()))
        read = tensor.name in _behind(left, before) | _behind(right, before)
        if read and any(_apart(side, tensor, before) for side in written):
            found.append(_spelled(tensor, elements, names_in(graph)))
    return tuple(found)


def particular(tensor: Tensor) -> bool:
    """Whether elements were given as numbers, or one letter twice."""
    items = [item for _, item in _placed(tensor.elements or ())]
    letters = {item for item in items if isinstance(item, str)}
    return len(letters) < len(items)


def given_note(tensor: Tensor) -> str:
    """That a claim is about the elements as they were given."""
    return f"{tensor.name} is as given: {_listed(tensor.elements or ())}"


def _placed(elements: Elements, at: Place = ()) -> Iterator[tuple[Place, Element]]:
    """Every element with its position."""
    for place, item in enumerate(elements):
        if isinstance(item, tuple):
            yield from _placed(item, (*at, place))
        else:
            yield (*at, place), item


def _behind(form: Form, before: Sequence[Equation]) -> set[str]:
    """The tensors that a form reads, and those that they are made of."""
    found = set(form.tensors)
    for equation in reversed(before):
        if equation.name in found:
            found |= set(equation.tensors)
    return found


def _apart(side: Form, tensor: Tensor, before: Sequence[Equation]) -> bool:
    """Whether a side reads a tensor, if at all, only where a letter was given."""
    made = {e.name for e in before if tensor.name in {e.name, *_made_of(e, before)}}
    elements = dict(_placed(tensor.elements or ()))
    for read in itertools.chain.from_iterable(term.reads for term in side.terms):
        if read.tensor in made:
            return False
        if read.tensor == tensor.name:
            at = tuple(index for index in read.at if isinstance(index, int))
            if at != read.at or not isinstance(elements.get(at), str):
                return False
    return True


def _made_of(equation: Equation, before: Sequence[Equation]) -> set[str]:
    found = set(equation.tensors)
    for other in reversed(before[: before.index(equation)]):
        if other.name in found:
            found |= set(other.tensors)
    return found


def _spelled(tensor: Tensor, elements: dict[Place, Element], taken: set[str]) -> Form:
    """``x[i] = Σ [i = p] x_p`` over the positions, with a scalar for each letter."""
    letters = {item: fresh(item, taken) for item in elements.values() if isinstance(item, str)}
    ranges = tuple(Range(f"i_{n}", size) for n, size in enumerate(tensor.shape))
    terms = []
    for place, item in elements.items():
        where = tuple(
            Condition(Symbol(r.name), "==", at) for r, at in zip(ranges, place, strict=True)
        )
        if isinstance(item, str):
            terms.append(Term((Read(letters[item], ()),), where=where))
        elif item:
            terms.append(Term((), where=where, coefficient=Fraction(item)))
    return Form(tensor.name, ranges, tuple(terms), tuple((n, ()) for n in letters.values()))


def _listed(elements: Elements) -> str:
    inside = (_listed(e) if isinstance(e, tuple) else str(e) for e in elements)
    return f"({', '.join(inside)})"
