"""Indices, shapes and slices as Python source."""

from __future__ import annotations

from collections.abc import Sequence

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
    add,
    is_negative,
    minus,
    negated,
    same,
    simplify,
    tidy,
)

EXTREMES = {True: ("np.minimum", "np.maximum", "np.abs"), False: ("min", "max", "abs")}


def source(index: Index, *, arrays: bool = False) -> str:
    """An index as Python; `arrays` says that some of its symbols are arrays."""
    match index:
        case int():
            return str(index)
        case Symbol(name):
            return name
        case Sum(terms):
            return "".join(_signed(term, n == 0, arrays) for n, term in enumerate(terms))
        case Product((-1, *rest)) if rest:
            return "-" + _grouped(tidy(Product(tuple(rest))), arrays)
        case Product(factors):
            return " * ".join(_grouped(factor, arrays) for factor in factors)
        case FloorDiv(top, bottom):
            return f"{_grouped(top, arrays)} // {_grouped(bottom, arrays)}"
        case Mod(top, bottom):
            return f"{_grouped(top, arrays)} % {_grouped(bottom, arrays)}"
        case Min(args) | Max(args):
            return _extreme(index, args, arrays)
    raise TypeError(f"not an index expression: {index!r}")


def _extreme(index: Min | Max, args: Sequence[Index], arrays: bool) -> str:
    least, most, absolute = EXTREMES[arrays]
    if isinstance(index, Max) and len(args) == 2 and same(args[0], minus(args[1])):
        return f"{absolute}({source(args[0], arrays=arrays)})"
    name = least if isinstance(index, Min) else most
    shown = [source(arg, arrays=arrays) for arg in args]
    if not arrays:
        return f"{name}({', '.join(shown)})"
    nested = shown[0]
    for item in shown[1:]:
        nested = f"{name}({nested}, {item})"
    return nested


def _signed(term: Index, first: bool, arrays: bool) -> str:
    if is_negative(term):
        inside = negated(term)
        plain = isinstance(inside, Product | int | Symbol)
        shown = source(inside, arrays=arrays) if plain else _grouped(inside, arrays)
        return f"-{shown}" if first else f" - {shown}"
    return source(term, arrays=arrays) if first else f" + {source(term, arrays=arrays)}"


def _grouped(index: Index, arrays: bool) -> str:
    plain = isinstance(index, Symbol | Min | Max) or (isinstance(index, int) and index >= 0)
    shown = source(index, arrays=arrays)
    return shown if plain else f"({shown})"


def condition(item: Condition, *, arrays: bool = False) -> str:
    """A comparison as Python."""
    left, right = (source(side, arrays=arrays) for side in (item.left, item.right))
    return f"{left} {item.relation} {right}"


def shape(sizes: Sequence[Index]) -> str:
    """A shape as a Python tuple."""
    return listed([source(size) for size in sizes])


def listed(items: Sequence[str]) -> str:
    """A tuple of texts; one item keeps its comma."""
    return f"({', '.join(items)}{',' if len(items) == 1 else ''})"


def arange(start: Index, count: Index) -> str:
    """``np.arange(start, start + count)``."""
    if start == 0:
        return f"np.arange({source(count)})"
    return f"np.arange({source(start)}, {source(simplify(add(count, start)))})"


def colon(*parts: str) -> str:
    """A slice in a subscript, spaced as formatters space it."""
    loose = any(not part.replace("_", "").isalnum() for part in parts if part)
    if not loose:
        return ":".join(parts)
    return " : ".join(parts).replace("  ", " ").strip()
