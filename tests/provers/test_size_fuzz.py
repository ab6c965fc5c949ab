"""Random claims about sizes, with and without symbols for strides, against plain fractions."""

import os
import random
from fractions import Fraction
from itertools import product

import pytest

from symconv.claims import Scope, Size, SizeClaim
from symconv.graph import Parameter
from symconv.index import Condition, FloorDiv, Index, Max, Min, Mod, Symbol, evaluate
from symconv.provers import by_strides, decide

pytest.importorskip("islpy", reason="islpy is not installed: nothing is proved for all sizes")
COUNT = int(os.environ.get("SYMCONV_FUZZ", "150"))
N, K, P, S = (Symbol(name) for name in "NKPS")
PARAMETERS = (
    Parameter("N", "size", 1),
    Parameter("K", "size", 1),
    Parameter("P", "padding", 0),
    Parameter("S", "stride", 1),
)
SIGNS = {
    "=": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}  # fmt: skip


def top(source: random.Random, stride: Index) -> Index:
    """A numerator that people write, perhaps with something off."""
    parts = [N, 2 * P, -1 * K, P, K, stride, N * stride, -1 * stride, 1, -1, 2]
    chosen = source.sample(parts, source.randint(1, 4))
    total = chosen[0]
    for part in chosen[1:]:
        total = total + part
    return total


def side(source: random.Random, stride: Index) -> Size:
    inside, divisor = top(source, stride), source.choice((stride, 2, 3, stride))
    match source.randrange(6):
        case 0:
            return Size(inside, divisor)
        case 1 | 2:
            return Size(FloorDiv(inside, divisor) + source.choice((0, 1, -1)))
        case 3:
            return Size(Mod(inside, divisor))
        case 4:
            return Size(source.choice((Min, Max))((inside, top(source, stride))))
    return Size(inside)


def near(one: Size, source: random.Random, stride: Index) -> Size:
    """Often the same size in other words, or nearly so."""
    match source.randrange(5):
        case 0:
            return Size(one.top + stride - stride, one.bottom)
        case 1:
            return Size(one.top * stride, one.bottom * stride if one.bottom != 1 else stride)
        case 2 if isinstance(one.top, FloorDiv):
            inner = one.top
            return Size(FloorDiv(inner.top + inner.bottom, inner.bottom) - 1)
        case 3:
            return Size(one.top + source.choice((0, 0, 1)), one.bottom)
    return side(source, stride)


def drawn(source: random.Random) -> SizeClaim:
    stride = source.choice((S, S, 2, 3))
    one = side(source, stride)
    assumed = []
    if source.random() < 0.3:
        assumed.append(Condition(Mod(top(source, stride), stride), "==", 0))
    if source.random() < 0.2:
        assumed.append(Condition(N, source.choice((">=", ">")), source.choice((K, S))))
    relation = source.choice((*SIGNS, "=", "=", "="))
    scope = Scope(PARAMETERS, tuple(assumed))
    return SizeClaim(one, near(one, source, stride), scope, relation)


def points(subject: SizeClaim, reach: int):
    spans = [range(p.least, p.least + reach) for p in PARAMETERS]
    for point in product(*spans):
        sizes = dict(zip("NKPS", point, strict=True))
        pairs = (
            (evaluate(c.left, sizes), c.relation, evaluate(c.right, sizes))
            for c in subject.scope.assumptions
        )
        if all(SIGNS["=" if r == "==" else r](a, b) for a, r, b in pairs):
            yield sizes


def holds(subject: SizeClaim, sizes: dict[str, int]) -> bool:
    a, b = (
        Fraction(evaluate(s.top, sizes), evaluate(s.bottom, sizes))
        for s in (subject.left, subject.right)
    )
    return SIGNS[subject.relation](a, b)


def test_random_claims_about_sizes():
    source = random.Random(41)
    outcomes = dict.fromkeys(("proved", "refuted", "checked", "undecided"), 0)
    for _ in range(COUNT):
        subject = drawn(source)
        verdict = decide(subject)
        outcomes[verdict.outcome] += 1
        if verdict.outcome == "proved":
            assert all(holds(subject, sizes) for sizes in points(subject, 5)), (verdict, subject)
        elif verdict.outcome == "refuted":
            sizes = dict(verdict.counterexample.sizes)
            assert not holds(subject, sizes), (verdict, subject)
            smaller = (s for s in points(subject, 4) if sum(s.values()) < sum(sizes.values()))
            assert all(holds(subject, s) for s in smaller), (verdict, subject)
    assert outcomes["proved"] + outcomes["refuted"] >= 0.9 * COUNT, outcomes
    assert outcomes["proved"] >= 0.1 * COUNT


def test_strides_alone_prove_nothing_false():
    pytest.importorskip("z3", reason="z3 is not installed: strides are proved on a grid only")
    source = random.Random(42)
    proved = 0
    for _ in range(COUNT):
        subject = drawn(source)
        if by_strides(subject).outcome == "proved":
            proved += 1
            assert all(holds(subject, sizes) for sizes in points(subject, 5)), subject
    assert proved >= 0.1 * COUNT
