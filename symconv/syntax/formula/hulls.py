r"""The least and the greatest value of a limit with other indices in it: ``\max(0, i-K+1)``."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from symconv.index import FloorDiv, Index, Max, Min, Product, Sum, Symbol, add, symbols, tidy
from symconv.terms import Range

Ends = Callable[[Index], "Index | None"]


def least(value: Index, letters: set[str], known: Mapping[str, Range]) -> Index | None:
    """A lower end of `value` over all values of the letters in it (lower is harmless), or None."""
    return _end(value, letters, known, upper=False)


def greatest(value: Index, letters: set[str], known: Mapping[str, Range]) -> Index | None:
    """An upper end of `value` over all values of the letters in it (higher is harmless)."""
    return _end(value, letters, known, upper=True)


def _end(
    value: Index, letters: set[str], known: Mapping[str, Range], *, upper: bool
) -> Index | None:
    if not symbols(value) & letters:
        return value
    if isinstance(value, Symbol):
        found = known.get(value.name)
        return None if found is None else found.last if upper else found.start

    def end(part: Index) -> Index | None:
        return _end(part, letters, known, upper=upper)

    match value:
        case Sum():
            parts = _all(end, value.terms)
            return None if parts is None else tidy(add(*parts))
        case Product():
            return _product(value, letters, known, upper=upper)
        case FloorDiv() if not symbols(value.bottom) & letters:
            top = end(value.top)
            return None if top is None else tidy(FloorDiv(top, value.bottom))
        case Min() | Max():
            parts = _all(end, value.args)
            return None if parts is None else tidy(type(value)(tuple(parts)))
        case _:
            return None


def _product(
    value: Product, letters: set[str], known: Mapping[str, Range], *, upper: bool
) -> Index | None:
    """Sizes and a number times the rest: a negative number turns the ends round."""
    rest = [f for f in value.factors if symbols(f) & letters]
    front = [f for f in value.factors if not symbols(f) & letters]
    if len(rest) != 1 or not all(isinstance(f, int | Symbol) for f in front):
        return None
    turned = sum(isinstance(f, int) and f < 0 for f in front) % 2 == 1
    found = _end(rest[0], letters, known, upper=upper is not turned)
    return None if found is None else tidy(Product((*front, found)))


def _all(end: Ends, values: tuple[Index, ...]) -> list[Index] | None:
    found = [end(value) for value in values]
    return None if any(f is None for f in found) else [f for f in found if f is not None]
