"""Conditions in words: short, exact, in the letters of the claim."""

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
    is_negative,
    negated,
)

RELATIONS = {"==": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}


def shown(index: Index) -> str:
    """``N + 2P − D(K − 1)``: as written, with products drawn together and a true minus."""
    match index:
        case int():
            return str(index).replace("-", "−")
        case Symbol(name):
            return name
        case Sum(terms):
            return "".join(_signed(term, first=n == 0) for n, term in enumerate(terms))
        case Product():
            return _product(index)
        case FloorDiv(top, bottom):
            return f"⌊{_part(top)}/{_part(bottom)}⌋"
        case Mod(top, bottom):
            return f"{_part(top)} mod {_part(bottom)}"
        case Min(args) | Max(args):
            name = "min" if isinstance(index, Min) else "max"
            return f"{name}({', '.join(map(shown, args))})"
    raise TypeError(f"not an index expression: {index!r}")


def _signed(term: Index, *, first: bool) -> str:
    if not is_negative(term):
        return shown(term) if first else f" + {shown(term)}"
    inside = negated(term)
    text = f"({shown(inside)})" if isinstance(inside, Sum) else shown(inside)
    return f"−{text}" if first else f" − {text}"


def _product(product: Product) -> str:
    """``2P``, ``D(K − 1)``, ``S·T``."""
    if is_negative(product):
        return _signed(product, first=True)
    text = ""
    for factor in product.factors:
        part = _part(factor)
        dot = text and not part.startswith(("(", "⌊")) and not text.isdigit()
        text += f"·{part}" if dot or (part.isdigit() and text) else part
    return text


def _part(index: Index) -> str:
    plain = isinstance(index, Symbol | FloorDiv | Min | Max) or (
        isinstance(index, int) and index >= 0
    )
    return shown(index) if plain else f"({shown(index)})"


def compared(condition: Condition) -> str:
    """``S ≥ K``."""
    return f"{shown(condition.left)} {RELATIONS[condition.relation]} {shown(condition.right)}"


def listed(parts: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``, each part once."""
    once = list(dict.fromkeys(parts))
    if len(once) < 2:
        return "".join(once)
    return f"{', '.join(once[:-1])} and {once[-1]}"
