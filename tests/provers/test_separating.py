"""Claims that separate a real prover from a toy, true and false, with and without numbers."""

import random

import pytest
from fuzz_claims import agrees, small_sizes
from prover_cases import claim
from separating_cases import GROUPED, ROWS, stated

from symconv.claims import Claim, Scope, Size, SizeClaim
from symconv.index import Condition, Mod, Symbol
from symconv.operations.build import build
from symconv.provers import decide, sensible
from symconv.provers.exact import differ, meets
from symconv.syntax.spec import parse

pytest.importorskip("islpy", reason="islpy is not installed: nothing is proved for all sizes")

NUMBERS = ("2", "3", "2")
LETTERS = ("S", "T", "U")
CASES = [(name, NUMBERS) for name in (*ROWS, *GROUPED)] + [(name, LETTERS) for name in ROWS]
IDS = [f"{name}, stride {strides[0]}" for name, strides in CASES]


@pytest.mark.parametrize(("name", "strides"), CASES, ids=IDS)
def test_the_true_one_is_proved(name, strides):
    if strides == LETTERS:
        pytest.importorskip("z3", reason="z3 is not installed: strides are proved on a grid only")
    subject = stated(name, strides, true=True)
    verdict = decide(subject)
    assert verdict.outcome == "proved", verdict
    assert verdict.evidence.startswith("for all")
    if strides == LETTERS:
        assert "S ≥ 1" in verdict.evidence
        assert "also proved by integer sets at each of" in verdict.evidence
    source = random.Random(3)
    sizes = list(small_sizes(subject, 12, source))
    assert sizes
    assert all(agrees(subject, s, 5) for s in sizes)


@pytest.mark.parametrize(("name", "strides"), CASES, ids=IDS)
def test_the_false_one_is_refuted(name, strides):
    subject = stated(name, strides, true=False)
    verdict = decide(subject)
    assert verdict.outcome == "refuted", verdict
    found = verdict.counterexample
    assert found is not None
    assert meets(subject, found.sizes)
    assert not agrees(subject, dict(found.sizes), 5, draws=6)
    for name_ in found.sizes:
        smaller = {**found.sizes, name_: found.sizes[name_] - 1}
        assert not meets(subject, smaller) or differ(subject, smaller) is None


# --- groups as a symbol -------------------------------------------------------------------------

GROUPS = "y = conv1d(x[B,C,N], w[F,C//G,K], groups=G)"
WHOLE = tuple(Condition(Mod(Symbol(letter), Symbol("G")), "==", 0) for letter in "CF")


def flat(own: str, inner: str) -> Claim:
    """The input gradient with the group and the channel in it read off the flat channel."""
    right = (
        f"d[n,c,i] = sum(g[n,({own})*(F//G)+f,i-k]*w[({own})*(F//G)+f,{inner},k], "
        "f=0..F//G-1, k=0..K-1) for n=0..B-1, c=0..C-1, i=0..N-1 with g[B,F,N-K+1], w[F,C//G,K]"
    )
    return claim(GROUPS, "x", right, WHOLE)


def test_groups_of_any_number_and_size():
    pytest.importorskip("z3", reason="z3 is not installed: strides are proved on a grid only")
    verdict = decide(flat("c//(C//G)", "c%(C//G)"))
    assert verdict.outcome == "proved", verdict
    assert "G ≥ 1" in verdict.evidence
    assert "C % G == 0" in verdict.evidence


def test_group_and_channel_swapped_are_refuted():
    verdict = decide(flat("c%(C//G)", "c//(C//G)"))
    assert verdict.outcome == "refuted"


# --- the size of a transposed convolution -------------------------------------------------------


@pytest.mark.parametrize(("more", "outcome"), [(0, "proved"), (1, "refuted")])
@pytest.mark.parametrize("stride", ["2", "S"])
def test_the_size_of_a_transposed_convolution(more, outcome, stride):
    if stride == "S":
        pytest.importorskip("z3", reason="z3 is not installed: strides are proved on a grid only")
    graph = build(parse(f"y = conv_transpose1d(x[W], w[F], stride={stride}, padding=P)"))
    W, F, P = (Symbol(name) for name in "WFP")
    S = Symbol("S") if stride == "S" else 2
    scope = Scope(graph.parameters, sensible(graph))
    written = Size((W - 1) * S + F - 2 * P + more)
    verdict = decide(SizeClaim(Size(graph.shapes["y"][0]), written, scope))
    assert verdict.outcome == outcome
