# ruff: noqa: E501
"""Several formulas, cases, ranges said beside them, assumptions, +=, sizes, and the account."""

import formula_fuzz
import formula_worlds as worlds
import numpy as np
import pytest

from symconv.claims import Claim, SizeClaim
from symconv.conventions import Conventions
from symconv.index import RELATIONS, evaluate
from symconv.meaning import evaluate_equation
from symconv.operations.build import build
from symconv.syntax.formula import (
    FormulaError,
    claim_of,
    read_assumptions,
    read_formula,
    read_formulas,
)
from symconv.syntax.formula import parser as parser_module
from symconv.syntax.formula.clauses import ClauseReader
from symconv.syntax.formula.cursor import Cursor
from symconv.syntax.spec import parse

LINE = "y = conv1d(x[N], w[K], stride=2, padding=P)"
FREE = "y = conv1d(x[N], w[K], stride=S, padding=P)"
GRAPH = build(parse(LINE))
Y = r"y_o = \sum_k w_k x_{2o+k-P}"
SIZES = {"N": 7, "K": 3, "P": 1}
DATA = {
    "x": np.array([3, -5, 7, 11, -13, 17, 19], dtype=object),
    "w": np.array([2, 23, -29], dtype=object),
    "g": np.array([31, -37, 41, 43], dtype=object),
}


def values(side):
    return list(evaluate_equation(side, {t: DATA[t] for t in side.tensors}, SIZES))


def y_at(o):
    return sum(DATA["w"][k] * DATA["x"][2 * o + k - 1] for k in range(3) if 0 <= 2 * o + k - 1 < 7)


# --- several formulas ---------------------------------------------------------------------------

SEVERAL = [
    (Y + r", \quad dw_k = \sum_o g_o x_{2o+k-P}", 2), (Y + r" \quad dw_k = \sum_o g_o x_{2o+k-P}", 2),
    (Y + r" \\ dw_k = \sum_o g_o x_{2o+k-P}", 2), (Y + r"; dw_k = \sum_o g_o x_{2o+k-P}.", 2),
    (Y + r" \text{ and } dw_k = \sum_o g_o x_{2o+k-P}", 2), (Y + r" \qquad (3)", 1), (Y + r" \tag{3}", 1),
    (r"\boxed{" + Y + "}", 1), (r"N = N, \quad K = K, \quad P = P", 3),
    (r"\begin{aligned} y_o &= \sum_k w_k x_{2o+k-P} \\ dw_k &= \sum_o g_o x_{2o+k-P} \\ &= \sum_j x_{2j+k-P} g_j \end{aligned}", 2),
]  # fmt: skip


@pytest.mark.parametrize(("text", "count"), SEVERAL, ids=[s[0] for s in SEVERAL])
def test_the_formulas_of_a_display(text, count):
    found = read_formulas(text, GRAPH)
    assert len(found) == count
    for reading in found:
        assert len(claim_of(reading, GRAPH)) == len(reading.sides) - 1
        assert reading.text in text
    if count > 1:
        with pytest.raises(FormulaError, match="several formulas"):
            read_formula(text, GRAPH)


def test_each_formula_knows_where_it_stood():
    first, second = read_formulas(Y + " \\\\\n  dw_k = \\sum_o g_o x_{2o+k-P}", GRAPH)
    assert (first.place.line, first.place.column) == (1, 1)
    assert (second.place.line, second.place.column) == (2, 3)
    assert claim_of(second, GRAPH)[0].place == second.place


# --- what is said beside a formula --------------------------------------------------------------

BESIDE = [
    (r", \quad o = 0, \ldots, \lfloor (N+2P-K)/2 \rfloor", [0, 1, 2, 3], 0),
    (r" \quad \forall o", [0, 1, 2, 3], 0),
    (r" \quad \text{for all } o", [0, 1, 2, 3], 0),
    (r" \text{ for } o = 0, 1, \dots, O-1", [0, 1, 2, 3], 0),
    (r" for o = 0..O-1", [0, 1, 2, 3], 0),
    (r" for o in range(O)", [0, 1, 2, 3], 0),
    (r", \quad o \in \{0, \dots, O-1\}", [0, 1, 2, 3], 0),
    (r", \forall o \in [0, O)", [0, 1, 2, 3], 0),
    (r", \quad o = 1, \ldots, O-1", [1, 2, 3], 1),
    (r", \quad o = 0, \ldots, K-1", [0, 1, 2], 1),
    (r" \text{ if } o \text{ is even}", [0, 2], 0),
    (r" \quad (1 \le o < 3)", [1, 2], 2),
    (r", \quad 0 \le o < K", [0, 1, 2], 1),
    (r", \quad 0 \le o < O", [0, 1, 2, 3], 0),
    (r", \forall o < K", [0, 1, 2], 1),
    (r" \text{ for } o < K", [0, 1, 2], 0),
    (r", 0 \le k < K", [0, 1, 2, 3], 0),
    (r" \text{ where } o \ge 2", [2, 3], 0),
    (r", \quad k = 0, \ldots, K-1", [0, 1, 2, 3], 0),
    (r", \quad \text{where } K = 3 \text{ and } P = 1", [0, 1, 2, 3], 0),
]  # fmt: skip


@pytest.mark.parametrize(("text", "where", "bounds"), BESIDE, ids=[b[0] for b in BESIDE])
def test_what_is_said_beside_a_formula(text, where, bounds):
    names = Conventions(names=(("O", "size(y)"),))
    reading = read_formula(Y + text, GRAPH, names)
    claims = claim_of(reading, GRAPH)
    assert sum(isinstance(c, SizeClaim) for c in claims) == bounds
    (claim,) = [c for c in claims if isinstance(c, Claim)]
    wanted = [y_at(o) if o in where else 0 for o in range(4)]
    assert values(claim.left) == wanted
    assert values(claim.right) == wanted


def test_a_stated_range_beyond_the_axis_is_a_claim_of_its_own():
    reading = read_formula(Y + r", \quad o = 0, \ldots, N-1", GRAPH)
    (size,) = [c for c in claim_of(reading, GRAPH) if isinstance(c, SizeClaim)]
    at = {"N": 7, "K": 3, "P": 1}
    said = (evaluate(size.left.top, at), size.relation, evaluate(size.right.top, at))
    assert said == (3, ">=", 6)
    assert (size.subject.kind, size.subject.name) == ("range", "o")


BESIDE_WRONG = [
    r", \quad o = 0, 2, \ldots, 6", r", \quad k = 0, \ldots, K-1, \quad k = 0, \ldots, K",
    r", \quad o = 0, \ldots", r" \text{ for }", r", \forall", r" \text{ if } o", r", \quad o \in \{1\}",
    r" for o in range(0, 9, 2)", r", q = 0, \dots, 5", r", 0 \le q < 5", r", \forall k < K",
]  # fmt: skip


@pytest.mark.parametrize("text", BESIDE_WRONG)
def test_what_is_said_beside_a_formula_and_not_understood(text):
    with pytest.raises(FormulaError):
        read_formulas(Y + text, GRAPH)


def test_conditions_on_sizes_are_assumptions():
    reading = read_formula(Y + r", \quad \text{where } P < K", GRAPH, Conventions(assume="N > K"))
    assert {str(c) for c in reading.assumptions} == {"N > K", "P < K"}
    (claim,) = claim_of(reading, GRAPH)
    assert {"N > K", "P < K"} <= {str(c) for c in claim.scope.assumptions}


# --- assumptions --------------------------------------------------------------------------------

ASSUMED = [
    ("N > K, P < K", lambda N, K, P, S: N > K and P < K), ("S | N", lambda N, K, P, S: N % S == 0),
    (r"S \mid N - K", lambda N, K, P, S: (N - K) % S == 0), ("K odd", lambda N, K, P, S: K % 2 == 1),
    (r"S \nmid N", lambda N, K, P, S: N % S != 0), ("N is even", lambda N, K, P, S: N % 2 == 0),
    (r"N \ge 3 \text{ and } K \text{ odd}", lambda N, K, P, S: N >= 3 and K % 2 == 1),
    ("1 <= P < K", lambda N, K, P, S: 1 <= P < K), (r"$K \leq N$", lambda N, K, P, S: K <= N),
    (r"N \equiv K \pmod{S}", lambda N, K, P, S: (N - K) % S == 0), ("P = (K-1)/2", lambda N, K, P, S: 2 * P == K - 1),
    ("N divisible by S", lambda N, K, P, S: N % S == 0), ("N % S == 0", lambda N, K, P, S: N % S == 0),
    (r"S \ge K, P \ne 0.", lambda N, K, P, S: S >= K and P != 0), (r"P = \lfloor K/2 \rfloor", lambda N, K, P, S: P == K // 2),
]  # fmt: skip


@pytest.mark.parametrize(("text", "meaning"), ASSUMED, ids=[a[0] for a in ASSUMED])
def test_assumptions_mean_what_they_say(text, meaning):
    conditions = read_assumptions(text, build(parse(FREE)))
    for point in np.ndindex(5, 5, 4, 4):
        sizes = dict(zip("NKPS", (p + (n != 2) for n, p in enumerate(point)), strict=True))
        holds = all(
            RELATIONS[c.relation](evaluate(c.left, sizes), evaluate(c.right, sizes))
            for c in conditions
        )
        assert holds == meaning(**sizes)


@pytest.mark.parametrize(
    "text", ["N", "N >", "q = 1", "x_0 = 1", "N > K )", "k < K", "N = = K", "odd"]
)
def test_what_is_no_assumption(text):
    with pytest.raises(FormulaError):
        read_assumptions(text, build(parse(FREE)))
    with pytest.raises(FormulaError):
        read_formula(Y, GRAPH, Conventions(assume=text))


# --- sizes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "relations"),
    [
        (r"1 \le K \le N", ["<=", "<="]), (r"O \geq 1", [">="]), (r"O < N + 2P = N + P + P", ["<", "="]),
        ("(5-3+2)/2+1 = 3", ["="]), ("O := (N+2*P-K)//2 + 1", ["="]), (r"N \neq K", ["!="]), ("7 > 3", [">"]),
    ],
)  # fmt: skip
def test_relations_of_sizes(text, relations):
    reading = read_formula(text, GRAPH, Conventions(names=(("O", "size(y)"),)))
    claims = claim_of(reading, GRAPH)
    assert [c.relation for c in claims] == relations
    assert all(isinstance(c, SizeClaim) for c in claims)


@pytest.mark.parametrize(("division", "value"), [("exact", "7/2"), ("true", "7/2"), ("floor", "3")])
def test_a_fraction_of_sizes(division, value):
    from fractions import Fraction

    names = (("O", "size(y)"),)
    reading = read_formula("O = N/2", GRAPH, Conventions(names=names, division=division))
    right = reading.sides[1]
    found = Fraction(evaluate(right.top, {"N": 7}), evaluate(right.bottom, {"N": 7}))
    assert found == Fraction(value)


def test_a_number_in_front_of_a_tensor_is_never_floored():
    reading = read_formula(
        r"dw_k = \frac{1}{2} x_k + x_k / 2", GRAPH, Conventions(division="floor")
    )
    assert [2 * v for v in values(reading.sides[1])] == [2 * v for v in DATA["x"][:3]]


def test_floors_toward_zero():
    reading = read_formula("int((K-8)/2) = -((8-K)//2)", GRAPH)
    for size in range(1, 13):
        at = {"K": size}
        assert evaluate(reading.sides[0].top, at) == int((size - 8) / 2)
        assert evaluate(reading.sides[1].top, at) == -((8 - size) // 2)


# --- implied sums, += ---------------------------------------------------------------------------


def test_an_index_that_stands_twice_is_summed_only_where_that_is_declared():
    with pytest.raises(FormulaError):
        read_formula("y_o = w_k x_{2o+k-P}", GRAPH)
    reading = read_formula("y_o = w_k x_{2o+k-P} + 0", GRAPH, Conventions(sums="implied"))
    assert values(reading.sides[1]) == [y_at(o) for o in range(4)]
    assert any("summed" in note for note in reading.notes)
    with pytest.raises(FormulaError):
        read_formula("y_o = w_k x_o", GRAPH, Conventions(sums="implied"))


@pytest.mark.parametrize(
    "text",
    ["dx_{2o+k-P} += g_o w_k", r"dx_{2o+k-P} \mathrel{+}= g_o w_k", "dx[2*o+k-P] += g[o]*w[k]"],
)
def test_what_is_added_at_a_position(text):
    wanted = [0] * 7
    for o in range(4):
        for k in range(3):
            if 0 <= 2 * o + k - 1 < 7:
                wanted[2 * o + k - 1] += DATA["g"][o] * DATA["w"][k]
    reading = read_formula(text, GRAPH)
    assert values(reading.sides[1]) == wanted
    assert reading.relations == ("=",)
    assert reading.notes


@pytest.mark.parametrize("text", ["y_o += w_o = x_o", "N += 1", "y += x", "x_o + y_o += 1"])
def test_what_cannot_be_added(text):
    with pytest.raises(FormulaError):
        read_formula(text, GRAPH)


def test_a_position_between_elements_is_noted():
    reading = read_formula(r"dx_i = \sum_k w_k g_{(i+P-k)/2}", GRAPH)
    assert any("between elements" in note for note in reading.notes)
    assert not read_formula(Y, GRAPH).notes


# --- case functions -----------------------------------------------------------------------------

CASES = [
    (r"y_o = \begin{cases} x_o & o < 2 \\ w_0 & \text{otherwise} \end{cases}", [3, -5, 2, 2]),
    (r"y_o = \begin{cases} x_o & o < 2 \\ w_0 & o < 3 \\ w_1 & \text{else} \end{cases}", [3, -5, 2, 23]),
    (r"y_o = \begin{cases} x_o, & \text{if } 1 \le o < 3, \\ w_0, & \text{if } o = 0, \\ 0, & \text{otherwise.} \end{cases}", [2, -5, 7, 0]),
    (r"y_o = 2 \begin{cases} 1 & o \text{ even} \\ x_o & \text{otherwise} \end{cases}", [2, -10, 2, 22]),
    (r"y_o = \left\{ \begin{array}{ll} x_o & \text{for } 1 \le o \le 2 \\ w_1 & \text{otherwise} \end{array} \right.", [23, -5, 7, 23]),
    (r"y_o = \begin{cases} 0 & 2 \mid o \\ x_o + w_0 & 2 \nmid o \end{cases}", [0, -3, 0, 13]),
    (r"y_o = \begin{cases} 1 & x_o > 0 \\ 0 & x_o \le 0 \end{cases}", [1, 0, 1, 1]),
    (r"y_o = \begin{cases} 0 & 0 < x_o \\ x_o & \text{otherwise} \end{cases}", [0, -5, 0, 0]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), CASES, ids=[c[0] for c in CASES])
def test_case_functions(text, wanted):
    assert values(read_formula(text, GRAPH).sides[1]) == wanted


CASES_WRONG = [
    r"\begin{cases} \end{cases}", r"\begin{cases} 1 & o < 1 \\ 0 & \text{otherwise} \\ 2 & o > 1 \end{cases}",
    r"\begin{cases} 1 & o \end{cases}", r"\begin{cases} 1 & o < 2", r"\begin{cases} 1 \\ 2 \end{cases}",
    r"\begin{cases} 1 & x_o \ge 1 \end{cases}", r"\begin{cases} 1 & o < 1 & o > 2 \end{cases}",
]  # fmt: skip


@pytest.mark.parametrize("text", CASES_WRONG)
def test_case_functions_that_are_not_understood(text):
    with pytest.raises(FormulaError):
        read_formula("y_o = " + text, GRAPH)


# --- the account --------------------------------------------------------------------------------

LONG = r"y_o = 2\sum_{k=0}^{K-1} w_{k} x_{2o + k - P} - \frac{1}{3} w_0 x_{\lfloor o/2 \rfloor} + [o \ge 1] w_1"


def test_every_sign_has_one_part():
    reading = read_formula(LONG, GRAPH)
    assert all(token.meaning and token.uses == 1 for token in reading.account)
    assert "".join(LONG[t.start : t.end] for t in reading.account) == LONG


def _drops_a_term(self):
    """A parser that forgets what is subtracted."""
    node = ORIGINAL_EXPRESSION(self)
    terms = getattr(node, "terms", ())
    kept = tuple((s, t) for s, t in terms if s > 0)
    return type(node)(kept, node.at) if kept and len(kept) < len(terms) else node


def _drops_a_factor(self):
    node = ORIGINAL_TERM(self)
    factors = getattr(node, "factors", ())
    return type(node)(factors[1:], node.at, node.signs[1:]) if len(factors) > 1 else node


def _skips_a_number(self):
    if self.kind() == "number" and self.kind(1) == "command":
        self.take("bracket")
    return ORIGINAL_TERM(self)


def _skips_silently(self):
    if self.kind() == "number" and self.kind(1) == "command":
        self.here += 1
    return ORIGINAL_TERM(self)


def _takes_twice(self):
    if self.kind() == "number":
        self.take("number")
        self.here -= 1
    return ORIGINAL_TERM(self)


def _turns_a_sign(self):
    node = ORIGINAL_EXPRESSION(self)
    terms = getattr(node, "terms", ())
    return type(node)(tuple((1, t) for _, t in terms), node.at) if terms else node


ORIGINAL_EXPRESSION = parser_module.Parser.expression
ORIGINAL_TERM = parser_module.Parser.term
PLANTED = [
    ("expression", _drops_a_term), ("term", _drops_a_factor), ("term", _skips_a_number),
    ("term", _skips_silently), ("term", _takes_twice), ("expression", _turns_a_sign),
]  # fmt: skip


@pytest.mark.parametrize(("method", "planted"), PLANTED, ids=[p[1].__name__ for p in PLANTED])
def test_a_parser_that_drops_a_sign_is_caught(monkeypatch, method, planted):
    read_formula(LONG, GRAPH)
    monkeypatch.setattr(parser_module.Parser, method, planted)
    with pytest.raises(FormulaError, match="not accounted for"):
        read_formula(LONG, GRAPH)


def test_a_sum_that_forgets_a_bound_is_caught(monkeypatch):
    from symconv.syntax.formula.binders import SumReader

    original = SumReader._limited

    def forgets(self, bounds, last, at):
        return [type(b)(b.letter, b.first, None, b.at) for b in original(self, bounds, last, at)]

    monkeypatch.setattr(SumReader, "_limited", forgets)
    with pytest.raises(FormulaError, match="not accounted for"):
        read_formula(LONG, GRAPH)
    assert issubclass(ClauseReader, Cursor)


# --- anything at all ----------------------------------------------------------------------------


def test_nothing_but_formula_errors():
    import os

    count = int(os.environ.get("SYMCONV_FUZZ", "1500"))
    found = formula_fuzz.run(count, 5, slow=20.0)
    assert found["count"] == count
    assert found["read"] > count // 10


def test_worlds_are_generic():
    for spec, sizes in worlds.WORLDS.items():
        graph = build(parse(spec))
        assert set(sizes) >= {p.name for p in graph.parameters}
