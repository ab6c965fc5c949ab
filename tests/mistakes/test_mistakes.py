"""False claims and the mistakes that were made in them; true claims, which have none."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache, partial

import pytest
from mistake_rows import FORMULAS, SIZES, SOFTMAXES, SUMS, TRUE, P

from symconv.claims import AnyClaim, Claim, Diagnosis, Scope, Subject
from symconv.conventions import Conventions
from symconv.gradients import backward, upstream_names
from symconv.graph import Graph
from symconv.mistakes import MISTAKES, explain
from symconv.mistakes import bench as bench_room
from symconv.mistakes.model import Mistake
from symconv.operations.build import build
from symconv.syntax.formula import claim_of, read_formula
from symconv.syntax.spec import parse

Names = tuple[tuple[str, str], ...]


def read(op: str, text: str, names: Names = ()) -> tuple[AnyClaim, Graph]:
    graph = build(parse(op))
    conventions = Conventions(names=names)
    return claim_of(read_formula(text, graph, conventions), graph)[0], graph


def summed(op: str, of: str, right: str) -> tuple[AnyClaim, Graph]:
    """The result (or the gradient of a tensor) equals a sum of one's own."""
    graph, own = build(parse(op)), build(parse(right))
    forms = backward(graph, [of]) if of else graph.equations
    wanted = upstream_names(graph)[of] if of else graph.output
    left = next(form for form in forms if form.name == wanted)
    written = own.equations[-1]
    known = {p.name: p for p in (*own.parameters, *graph.parameters)}
    before = tuple(e for e in (*graph.equations, *forms) if e is not left)
    needed = before if {e.name for e in before} & {*left.tensors, *written.tensors} else ()
    subject = Subject("gradient" if of else "result", of or graph.output)
    scope = Scope(tuple(known.values()))
    return Claim(left, written, scope, tuple(dict.fromkeys(needed)), subject=subject), graph


def name_of(given: tuple[AnyClaim, Graph]) -> str:
    found = explain(*given)
    return found.name if found else ""


@cache
def answer(number: int) -> tuple[str, frozenset[int]]:
    """The mistake that is named for a false claim, and the rows of the table that spoke."""
    spoke = set()
    says = Mistake.says

    def said(self, facts):
        spoke.add(next(place for place, row in enumerate(MISTAKES) if row is self))
        found = says(self, facts)
        assert "{" not in found.text
        assert found.text
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Mistake, "says", said)
        return name_of(FALSE[number]()), frozenset(spoke)


FALSE = [partial(read, op, text) for op, text, _ in FORMULAS]
FALSE += [partial(read, op, text, names) for op, text, _, names in SIZES]
FALSE += [partial(summed, op, of, right) for op, of, right, _ in SUMS]
FALSE += [partial(read, op, text, P) for op, text, _ in SOFTMAXES]
NAMES = [row[2] for row in FORMULAS] + [row[2] for row in SIZES] + [row[3] for row in SUMS]
NAMES += [row[2] for row in SOFTMAXES]
TEXTS = [row[1] for row in FORMULAS] + [row[1] for row in SIZES] + [row[2] for row in SUMS]
TEXTS += [row[1] for row in SOFTMAXES]


@pytest.mark.parametrize("number", range(len(FALSE)), ids=TEXTS)
def test_the_mistake_in_a_claim(number):
    assert answer(number)[0] == NAMES[number]


def test_every_row_explains_something():
    used = set().union(*(answer(number)[1] for number in range(len(FALSE))))
    silent = [f"{place} {row.name}" for place, row in enumerate(MISTAKES) if place not in used]
    assert silent == []


def test_every_name_is_given_to_two_claims():
    given = Counter(NAMES)
    pairs = {row.name for row in MISTAKES if " and " in row.name}
    assert {row.name for row in MISTAKES} <= set(given)
    assert [
        name for name in given if given[name] < 2 and name not in pairs and " and " not in name
    ] == [""]


@pytest.mark.parametrize(("op", "text"), TRUE, ids=[r[1] for r in TRUE])
def test_nothing_is_wrong_with_a_true_formula(op, text):
    assert explain(*read(op, text)) is None


def test_nothing_is_wrong_with_the_truth_itself():
    seen = set()
    for make in FALSE:
        given, graph = make()
        subject = (graph, given.subject.kind, given.subject.name)
        if subject not in seen:
            seen.add(subject)
            assert explain(replace(given, right=given.left), graph) is None
    assert len(seen) > 60


def test_what_is_no_known_mistake_has_no_name():
    op = "y = conv1d(x[N], w[K], stride=2, padding=P)"
    assert name_of(read(op, r"y_o = \sum_k w_k w_k x_{7o+5k-3P+2} x_o")) == ""
    assert name_of(read(op, r"O = N^2 + 17 K", (("O", "size(y)"),))) == ""


def test_sentences_are_about_the_claim():
    line = "y = conv1d(x[N], w[K], stride=2, padding=P)"
    found = explain(*read(line, r"dw_k = \sum_o g_o x_{o+k-P}"))
    assert found is not None
    said = "the stride is forgotten: as if x were read at o + k - P, not at 2o + k - P"
    assert found.text == said
    found = explain(*read(line, r"dx_i = \sum_k g_{(i+P-k)/2} w_{K-1-k}"))
    assert found is not None
    assert "K - 1 - k" in found.text
    found = explain(*read("L = mse(y[N], t[N])", r"dy_i = 2(y_i - t_i)"))
    assert found is not None
    assert "divided by N" in found.text
    found = explain(*read("y = conv1d(x[N], w[K])\nL = mse(y, t)", r"dy_i = y_i - t_i"))
    assert found is not None
    assert found.text.startswith("the factor 2/(N - K + 1) is missing")
    found = explain(*read("y = conv1d(x[N], w[K])", r"y_o = \sum_k w_{K-k} x_{o+k}"))
    assert found is not None
    assert found.text == "w is read at K - k: turned round, it is read at K - 1 - k"


def test_one_element_is_held_against_the_whole_formula():
    op = "y = conv1d(x[N], w[K], stride=2, padding=3)"
    assert name_of(read(op, r"dw_1 = \sum_o g_o x_{o-2}")) == "stride forgotten"
    assert name_of(read(op, r"dw_1 = \sum_o g_o x_{2o+1}")) == "padding forgotten"


def test_a_later_step_of_a_chain_is_held_against_the_step_before():
    graph = build(parse("y = conv1d(x[N], w[K])"))
    text = r"dw_k = \sum_o g_o x_{o+k} = -\sum_o g_o x_{o+k}"
    step = claim_of(read_formula(text, graph), graph)[1]
    assert name_of((step, graph)) == "sign wrong"


def test_a_wrong_formula_that_only_looks_alike_at_some_sizes_is_not_named():
    # at every setting used K is at most 7, so that only the prover tells K from min(K, 7)
    op = "y = conv1d(x[N], w[K])"
    right = "d[k] = sum(g[o]*x[o+k+max(0, K-9)], o=1..N-K) for k=0..K-1 with g[N-K+1], x[N]"
    assert name_of(summed(op, "w", right)) == ""


def test_names_and_sentences_are_of_one_kind():
    for row in MISTAKES:
        assert row.variants or row.sizes
        assert row.name == row.name.strip()
        assert not row.text.endswith(".")


EXCHANGED = [
    ("stride forgotten", "padding forgotten", 2),
    ("kernel flipped", "dilation forgotten", 2),
    ("sign wrong", "factor wrong", 1),
    ("sum over the batch missing", "sum over the filters missing", 2),
    ("+1 forgotten", "one too many", 1),
]


@pytest.mark.parametrize(("one", "other", "least"), EXCHANGED)
def test_exchanged_functions_are_noticed(monkeypatch, one, other, least):
    rows = list(MISTAKES)
    a = next(n for n, row in enumerate(rows) if row.name == one)
    b = next(n for n, row in enumerate(rows) if row.name == other)
    first, second = rows[a], rows[b]
    rows[a] = replace(first, variants=second.variants, sizes=second.sizes)
    rows[b] = replace(second, variants=first.variants, sizes=first.sizes)
    MISTAKES_NOW = tuple(rows)
    monkeypatch.setattr("symconv.mistakes.bench.MISTAKES", MISTAKES_NOW)
    monkeypatch.setattr("symconv.mistakes.sizing.MISTAKES", MISTAKES_NOW)
    monkeypatch.setattr(Mistake, "says", lambda self, facts: _plain(self, facts))
    bench_room.bench_for.cache_clear()
    asked = [(read(op, text), name) for op, text, name in FORMULAS if name in (one, other)]
    asked += [(read(op, text, n), name) for op, text, name, n in SIZES if name in (one, other)]
    wrong = [name for given, name in asked if name_of(given) != name]
    bench_room.bench_for.cache_clear()
    assert len(wrong) >= least


def _plain(row, facts):
    return Diagnosis(facts.get("name", row.name), "")


SUMMING = [
    (r"dz_{n,k} = \frac{1}{N} (t_{n,k} - p_{n,k})", "sign wrong"),
    (r"dz_{n,k} = p_{n,k} - t_{n,k}", "mean forgotten"),
    (r"dz_{n,k} = \frac{1}{K} (p_{n,k} - t_{n,k})", "mean over another count"),
    (r"dz_{n,k} = \frac{1}{N} (p_{n,k} + t_{n,k})", "term with the wrong sign"),
]


@pytest.mark.parametrize(("text", "name"), SUMMING)
def test_mistakes_are_looked_for_where_what_is_assumed_holds(text, name):
    graph = build(parse("L = cross_entropy(z[N,K], t[N,K])"))
    assumed = Conventions(names=P, assume="sum(t) = 1")
    (claim,) = claim_of(read_formula(text, graph, assumed), graph)
    assert name_of((claim, graph)) == name
    (loose,) = claim_of(read_formula(text, graph, Conventions(names=P)), graph)
    assert name_of((loose, graph)) == ""
