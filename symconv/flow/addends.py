"""A form at concrete sizes, output by output: what is multiplied and what is added up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from symconv.errors import SymconvError
from symconv.expand import Products, expand
from symconv.terms import Form, Selection
from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a tensor (its row-major place), seen through a function ("": as it is)."""

    tensor: str
    at: tuple[int, ...]
    place: int
    function: str = ""


@dataclass(frozen=True, slots=True)
class Addend:
    """``number · Π reads``."""

    number: Fraction
    reads: tuple[Element, ...]

    @property
    def is_read(self) -> bool:
        """Whether it is an element (or a function of one) and no more."""
        return len(self.reads) == 1 and self.number == 1


def addends_of(
    form: Form, sizes: Mapping[str, int], check: Callable[[int], None]
) -> tuple[tuple[int, ...], list[list[Addend]]]:
    """The output's shape and, for each output in row-major order, its addends.

    `check` is told how many addends there are before they are made, and may refuse.
    """
    expansion = expand(form, sizes)
    check(sum(len(term.out) for term in expansion.terms))
    found: list[list[Addend]] = [[] for _ in range(expansion.size)]
    shapes = dict(expansion.shapes)
    for term in expansion.terms:
        for row, out in enumerate(term.out.tolist()):
            found[out].append(_addend(term, row, shapes))
    return expansion.shape, found


def _addend(term: Products, row: int, shapes: Mapping[str, tuple[int, ...]]) -> Addend:
    number = term.coefficient
    if term.divisors is not None:
        number /= int(term.divisors[row])
    reads = tuple(
        Element(tensor, _unravel(int(at[row]), shapes[tensor]), int(at[row]), function)
        for tensor, function, at in zip(term.tensors, term.functions, term.reads, strict=True)
    )
    return Addend(number, reads)


def _unravel(place: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    at = []
    for size in reversed(shape):
        place, index = divmod(place, size)
        at.append(index)
    return tuple(reversed(at))


def selected(
    parts: Sequence[Addend], masks: Mapping[str, Selection]
) -> list[tuple[Element, Element]] | None:
    """The (mask, element) pairs of an output that is the maximum of a window, in its order.

    None where no mask is read.  Errors: `SymconvError` for a mask in any other place.
    """
    pairs = []
    for part in parts:
        mask = [read for read in part.reads if read.tensor in masks]
        rest = [read for read in part.reads if read.tensor not in masks]
        if not mask:
            continue
        fits = len(mask) == 1 and len(rest) == 1 and part.number == 1 and not mask[0].function
        if not fits or rest[0].tensor != masks[mask[0].tensor].read.tensor:
            raise SymconvError(
                f"{mask[0].tensor} is read outside a maximum",
                expected="sums of mask times element",
                hint="the graph of whole operations (level operation)",
            )
        pairs.append((mask[0], rest[0]))
    if pairs and len(pairs) != len(parts):
        raise SymconvError(
            "a maximum and other terms are added up in one equation",
            hint="the graph of whole operations (level operation)",
        )
    return sorted(pairs, key=lambda pair: pair[0].place) or None
