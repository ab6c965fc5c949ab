"""What stands behind ``symconv:``: taken apart, with a place for every mistake."""

from __future__ import annotations

import pytest

from symconv.conventions import Conventions
from symconv.errors import SpecError, SymconvError
from symconv.syntax.declaration import (
    conventions_from,
    parse_declaration,
    parse_options,
    split_names,
)

SPEC = "y = conv1d(x[N], w[K])"

GOOD = [
    (SPEC, ("operation", SPEC, {}, "")),
    (f"  {SPEC} ; ", ("operation", f"  {SPEC}", {}, "")),
    ('y = conv1d(x[N], w[K], padding="same"); star=convolution',
     ("operation", 'y = conv1d(x[N], w[K], padding="same")', {"star": "convolution"}, "")),
    ("h = conv1d(x[N], w[K]); y = relu(h); upstream=delta",
     ("operation", "h = conv1d(x[N], w[K]); y = relu(h)", {"upstream": "delta"}, "")),
    ("h = conv1d(x[N], w[K])\ny = relu(h)\nlayout=NHWC\noutside = zero",
     ("operation", "h = conv1d(x[N], w[K])\ny = relu(h)",
      {"layout": "NHWC", "outside": "zero"}, "")),
    ("y[o] = sum(w[k]*x[o + k], k=0..2) for o = 0..O-1; gives=dx",
     ("operation", "y[o] = sum(w[k]*x[o + k], k=0..2) for o = 0..O-1", {"gives": "dx"}, "")),
    ('assume="N > K; P < K"', ("options", "", {"assume": "N > K; P < K"}, "")),
    ("assume = N > max(K, 2), P < K", ("options", "", {"assume": "N > max(K, 2), P < K"}, "")),
    (r"names(\delta^{l+1}=g, K[m,n,c,f]=w[f,c,m,n], a'=y[0]); index_base=1",
     ("options", "", {"names": r"\delta^{l+1}=g, K[m,n,c,f]=w[f,c,m,n], a'=y[0]",
                      "index_base": "1"}, "")),
    (r"upstream=\frac{\partial L}{\partial y}",
     ("options", "", {"upstream": r"\frac{\partial L}{\partial y}"}, "")),
    ("claim shape(y) = (4,4)", ("claim", "", {}, "shape(y) = (4,4)")),
    (r"claim: a\;b = c; expect=refuted", ("claim", "", {"expect": "refuted"}, r"a\;b = c")),
    ("claim dw[k] = sum(g[o]*x[o+k], o=0..O-1)\n",
     ("claim", "", {}, "dw[k] = sum(g[o]*x[o+k], o=0..O-1)")),
    ("expect=refuted", ("options", "", {"expect": "refuted"}, "")),
    ("ignore", ("ignore", "", {}, "")),
    ("end", ("end", "", {}, "")),
    (" off; ", ("end", "", {}, "")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), GOOD, ids=[row[0] for row in GOOD])
def test_declarations(text, expected):
    said = parse_declaration(text)
    assert (said.kind, said.spec, dict(said.options), said.claim) == expected
    assert text[said.claim_at :].startswith(said.claim)


BAD = [
    ("", 1, 1, "nothing"),
    (f"{SPEC}; upsteam=delta", 1, 25, "try upstream"),
    (f"{SPEC}\n  upsteam=delta", 2, 3, "try upstream"),
    (f"{SPEC}; nmes(W=width(x))", 1, 25, "try names"),
    (f"{SPEC}; star=convolution; star=correlation", 1, 43, "twice"),
    (f"{SPEC}; star=convolution; relu(y)", 1, 43, "no option"),
    ("star=conv", 1, 1, "try star=convolution"),
    ("expect=wrong", 1, 1, "refuted"),
    ("index_base=2", 1, 1, "0 or 1"),
    ("index_base=one", 1, 1, "0 or 1"),
    ("upstream=", 1, 1, "no value"),
    ("names(W)", 1, 1, "meaning"),
    ("names(W=width(x)", 1, 1, "brackets"),
    ("names(W=width(x)))", 1, 1, "brackets"),
    ("ignor", 1, 1, "try ignore"),
    ("claim", 1, 6, "empty"),
    ("claim a = b; expct=refuted", 1, 14, "try expect"),
    ("x" * 30_000, 1, 1, "too long"),
    ("a=1;" * 1_000, 1, 1, "too many"),
]


@pytest.mark.parametrize(("text", "line", "column", "told"), BAD, ids=[row[0][:40] for row in BAD])
def test_mistakes_have_a_place(text, line, column, told):
    with pytest.raises(SpecError, match=told) as caught:
        parse_declaration(text)
    assert caught.value.line == line
    assert caught.value.column == column or told == "too many"


NAMES = [
    ("W=width(x), S = stride", (("W", "width(x)"), ("S", "stride"))),
    ("K[m,n]=w[n,m],", (("K[m,n]", "w[n,m]"),)),
    (r"\tilde{x}=pad(x, P), x^{(a=b)}=y", ((r"\tilde{x}", "pad(x, P)"), ("x^{(a=b)}", "y"))),
    ("", ()),
]


@pytest.mark.parametrize(("text", "pairs"), NAMES)
def test_names(text, pairs):
    assert split_names(text) == pairs
    assert conventions_from({"names": text}).names == pairs
    assert conventions_from({"names": dict(pairs)}).names == pairs


def test_options_add_to_what_holds():
    base = parse_options("names(W=width(x), S=stride); index_base=1; star=convolution")
    changed = parse_declaration("names(S=dilation, Q=width(w)); star=correlation").conventions(base)
    assert changed.names == (("W", "width(x)"), ("S", "dilation"), ("Q", "width(w)"))
    assert (changed.index_base, changed.star) == (1, "correlation")
    assert parse_declaration("expect=refuted").conventions(base) == base


def test_conventions_from_python():
    made = conventions_from({"index_base": 1, "expect": "refuted", "upstream": "delta"})
    assert made == Conventions(index_base=1, expect="refuted", upstream="delta")
    with pytest.raises(SymconvError, match="try upstream"):
        conventions_from({"upsteam": "delta"})
    with pytest.raises(SymconvError, match="'gives'"):
        conventions_from({"gives": "dx"})


PASSING = [("expect=refuted", True), ("claim a = b", True), ("ignore", True), ("end", False),
           (SPEC, False), ("expect=refuted; star=convolution", False)]  # fmt: skip


@pytest.mark.parametrize(("text", "passing"), PASSING)
def test_what_is_about_the_next_claim_alone(text, passing):
    assert parse_declaration(text).passing is passing


def test_what_a_function_gives():
    assert parse_declaration(f"{SPEC}; gives=dx, dw db").gives == ("dx", "dw", "db")
    assert parse_declaration(SPEC).gives == ()
