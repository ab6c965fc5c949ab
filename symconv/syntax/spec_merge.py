"""Products of sums: which terms they have, and whether their letters can be told apart."""

from __future__ import annotations

from symconv.calls import Addend, Binder
from symconv.index import Condition, symbols
from symconv.syntax.spec_nodes import Node, start
from symconv.syntax.spec_ranges import two_things
from symconv.syntax.spec_text import Source
from symconv.syntax.spec_values import bounded

MOST_ADDENDS = 200
MOST_FACTORS = 50


def check_count(count: int, node: Node, source: Source) -> None:
    """Refuse an expression that grows too far when its products are multiplied out."""
    if count > MOST_ADDENDS:
        raise source.error(
            start(node),
            "the sum has too many terms once it is multiplied out",
            expected=f"at most {MOST_ADDENDS}",
            got=str(count),
        )


def multiplied(left: list[Addend], right: list[Addend], node: Node, source: Source) -> list[Addend]:
    """Every addend of one times every addend of the other."""
    check_count(len(left) * len(right), node, source)
    return [_merged(a, b, node, source) for a in left for b in right]


def _merged(a: Addend, b: Addend, node: Node, source: Source) -> Addend:
    for inner, outer in ((b, a), (a, b)):
        for binder in inner.sums:
            if binder.name in {item.name for item in outer.sums}:
                raise two_things(source, binder, "the indices of two sums in one product")
            if binder.name in _letters(outer):
                raise two_things(source, binder, "the index of a sum and something outside it")
    if len(a.factors) + len(b.factors) > MOST_FACTORS:
        raise source.error(
            start(node), "the product has too many factors", expected=f"at most {MOST_FACTORS}"
        )
    found = a.coefficient * b.coefficient
    bounded(found, node, source)
    return Addend(a.factors + b.factors, a.sums + b.sums, a.where + b.where, found)


def _letters(addend: Addend) -> set[str]:
    bounds = [side for binder in addend.sums for side in (binder.first, binder.last)]
    reads = [position for factor in addend.factors for position in factor.at]
    return symbols(*bounds, *reads, *addend.where)


def check_nested(
    addend: Addend, binders: tuple[Binder, ...], where: tuple[Condition, ...], source: Source
) -> None:
    """Refuse an inner sum whose letter the outer one uses, for its own or for its range."""
    outer = {binder.name for binder in binders}
    letters = symbols(*(side for b in binders for side in (b.first, b.last)), *where)
    for inner in addend.sums:
        if inner.name in outer:
            raise two_things(source, inner, "the indices of two sums, one inside the other")
        if inner.name in letters:
            raise two_things(source, inner, "the index of a sum and something outside it")
