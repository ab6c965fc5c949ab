"""Which mistake explains a size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from symconv.claims import Diagnosis, Size, SizeClaim
from symconv.errors import SymconvError
from symconv.graph import Graph
from symconv.index import evaluate
from symconv.mistakes.model import Mistake, SizeContext, SizeVariant
from symconv.mistakes.settings import sizes_for
from symconv.mistakes.table import MISTAKES

Sizes = dict[str, int]


def explain_size(claim: SizeClaim, graph: Graph) -> Diagnosis | None:
    """The first row whose wrong size is the one that was written."""
    if claim.subject.kind == "range":
        return _beyond(claim)
    if claim.relation != "=":
        return None
    points = [dict(sizes) for sizes in sizes_for(graph, claim.scope)]
    right = [_value(claim.right, p) for p in points]
    left = [_value(claim.left, p) for p in points]
    if not points or None in right or left == right:
        return None
    for context in _contexts(claim, graph, left, points):
        for twofold in (False, True):
            for mistake, variant in _variants(context):
                if bool(variant.also) is twofold and _equal(variant.size, right, points):
                    return _said(mistake, variant)
    return None


def _beyond(claim: SizeClaim) -> Diagnosis:
    """A stated range that is no part of its axis."""
    letter, said, end = claim.subject.name, claim.right.top, claim.left.top
    if claim.relation == "<=":
        return Diagnosis("range wrong", f"{letter} starts at {end}, and {said} is said")
    return Diagnosis("range wrong", f"{letter} goes up to {end}, and here up to {said}")


def _variants(context: SizeContext) -> Iterator[tuple[Mistake, SizeVariant]]:
    for mistake in MISTAKES:
        for variant in mistake.sizes(context) if mistake.sizes else ():
            yield mistake, variant


def _said(mistake: Mistake, variant: SizeVariant) -> Diagnosis:
    usual = dict.fromkeys(("right", "wrong", "padding", "span", "read"), "it")
    said = mistake.says(usual | variant.facts)
    if not variant.also:
        return said
    return Diagnosis(f"{said.name} and {variant.also}", f"{said.text}; and {variant.also}")


def _contexts(
    claim: SizeClaim, graph: Graph, left: Sequence[Fraction | None], points: Sequence[Sizes]
) -> Iterator[SizeContext]:
    """The axes that have the size that the claim is about; a size of its own if there is none."""
    found = False
    for node in graph.nodes:
        if node.geometry is None:
            continue
        for axis, size in enumerate(node.geometry.output()):
            if _equal(Size(size), left, points):
                found = True
                yield SizeContext(graph, claim, node, axis)
    if not found:
        yield SizeContext(graph, claim)


def _equal(size: Size, values: Sequence[Fraction | None], points: Sequence[Sizes]) -> bool:
    return all(
        value is not None and _value(size, point) == value
        for value, point in zip(values, points, strict=True)
    )


def _value(size: Size, point: Sizes) -> Fraction | None:
    try:
        return Fraction(evaluate(size.top, point), evaluate(size.bottom, point))
    except (ZeroDivisionError, SymconvError):
        return None
