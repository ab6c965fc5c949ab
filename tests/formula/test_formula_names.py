# ruff: noqa: E501
"""Declared names: labels, accents, permuted and fixed axes, padded copies, sizes, layouts."""

import re

import formula_worlds as worlds
import pytest

from symconv.conventions import Conventions
from symconv.index import text
from symconv.operations.build import build
from symconv.syntax.formula import FormulaError, claim_of, read_formula
from symconv.syntax.formula.keys import parse_key
from symconv.syntax.spec import parse
from symconv.terms import describe

LINE = "y = conv1d(x[N], w[K], stride=2, padding=P)"
SEED = "y = conv1d(x=[a,b,c,d], w=[x,y,z], padding=1)"


def read(spec, formula, names=(), **options):
    return read_formula(formula, build(parse(spec)), Conventions(names=names, **options))


KEYS = [
    (r"\delta^{l+1}", "delta", "l+1", ()), ("w^{(l)}", "w", "l", ()), ("x^[2]", "x", "2", ()),
    ("W_{out}", "W_out", "", ()), (r"W\_{output}", "W_output", "", ()), (r"W_\text{out}", "W_out", "", ()),
    ("x_pad", "x_pad", "", ()), (r"\tilde{x}", "tildex", "", ()), ("a^{'}", "a'", "", ()),
    ("a'", "a'", "", ()), (r"a^\prime", "a'", "", ()), (r"p\delta", "pdelta", "", ()), ("w0", "w0", "", ()),
    ("K[m,n,c,f]", "K", "", ("m", "n", "c", "f")), (r"\mathbf{w}", "w", "", ()),
    ("outputSize", "outputSize", "", ()), (r"\delta_{out}^{(l)}", "delta_out", "l", ()),
    ("w[f]", "w", "", ("f",)),
]  # fmt: skip


@pytest.mark.parametrize(("written", "name", "label", "indices"), KEYS, ids=[k[0] for k in KEYS])
def test_a_key_is_taken_apart(written, name, label, indices):
    key = parse_key(written)
    assert (key.name, key.label, key.indices) == (name, label, indices)


@pytest.mark.parametrize(
    "written", ["", "=", "a b^", "x[", "x^l^m", "_k", "3x", "x_{", "{", "^l", "x y]"]
)
def test_what_is_no_name_is_refused(written):
    with pytest.raises(ValueError, match=r"name|closed|hangs|labels"):
        parse_key(written)


LABELS = (
    (r"\delta^{l+1}", "g"),
    (r"\delta^{l}", "dx"),
    ("w^{l+1}", "w"),
    ("o^{l}", "x"),
    ("o^{l+1}", "y"),
)


def test_the_label_selects_the_tensor():
    found = read(LINE, r"\delta^{l}_i = \sum_k \delta^{l+1}_{(i+P-k)/2} w^{l+1}_k", LABELS)
    assert found.subject.kind == "gradient" and found.subject.name == "x"
    assert found.sides[1].tensors == ("g", "w")
    found = read(LINE, r"o_k^{l+1} = \sum_i w_i^{l+1} o_{2k+i-P}^{l}", LABELS)
    assert found.subject.kind == "result"
    assert found.sides[1].tensors == ("w", "x")


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        (r"o^{l+1}_k = \sum_i w_i^{l+2} o_{2k+i-P}^{l}", "label 'l+2' is not declared"),
        (r"o^{l+1}_k = o_k", "label '' is not declared"),
        (r"\delta^{l-1}_k = 1", "label 'l-1' is not declared"),
    ],
)
def test_a_label_that_is_not_declared_is_not_guessed(formula, words):
    with pytest.raises(FormulaError, match=re.escape(words)):
        read(LINE, formula, LABELS)


def test_without_declared_labels_two_labels_are_two_things():
    with pytest.raises(FormulaError, match="two layer labels"):
        read(LINE, "y_o = w^{l}_o w^{l+1}_o")


DECLARED = [
    (LINE, "y_o = \\sum_k w_k \\tilde{x}_{2o+k}", ((r"\tilde{x}", "pad(x, P)"),), "sum(w[k]*x[2*o + k - P], k=0..K - 1)"),
    (LINE, "y_o = \\sum_k w_k xp_{2o+k}", (("xp", "pad(x, P+1)"),), "sum(w[k]*x[2*o + k - P - 1], k=0..K - 1)"),
    (LINE, "dx_i = p\\delta_{i}", ((r"p\delta", "pad(g, K-1)"),), "g[i - K + 1]"),
    (LINE, "y_o = a", (("a", "x[0]"),), "x[0]"),
    (LINE, "y_o = v_o", (("v[k]", "w[K-1-k]"),), "w[K - 1 - o]"),
    (LINE, "y_o = x1_o", (("x1", "x"),), "x[o]"),
    (LINE, "y_o = W_o", (("W", "w"), ("F", "width(W)")), "w[o]"),
    (LINE, "y_o = \\sum_{k=0}^{F-1} w_k", (("F", "width(w)"),), "sum(w[k], k=0..K - 1)"),
    (LINE, "y_o = \\sum_{k=0}^{M} w_k", (("M", "size(x) + 2*padding"),), "sum(w[k], k=0..N + 2*P)"),
    (LINE, "y_o = x_{So+k_0}", (("S", "stride"), ("k_0", "3")), "x[2*o + 3]"),
    (worlds.LAYER, "b_f = \\sum_{m,l,c} K_{m,l,c,f}", (("K[m,n,c,f]", "w[f,c,m,n]"),), "sum(w[f, c, m, l], m=0..A - 1, l=0..B - 1, c=0..C - 1)"),
    (worlds.LAYER, "b_f = w_{f}", (("w_f", "w[f,0,1,0]"),), "w[f, 0, 1, 0]"),
    (worlds.LAYER, "b_f = \\tilde{x}_{0,0,f,f}", ((r"\tilde{x}", "pad(x, (P, 2))"),), "x[0, 0, f - P, f - 2]"),
    (worlds.LAYER, "b_f = q_{0,0,f,f}", (("q", "pad(x, ((1,2), (3,4)))"),), "x[0, 0, f - 1, f - 3]"),
    (worlds.PIXEL, "b = \\sum_{i,j,c} x_{i,j,c}", (("b", "y[0,0,1]"),), "sum(x[c, i, j], i=0..1, j=0..1, c=0..2)"),
    (LINE, "y_o = x_o w_{2o}", (("x", "w"), ("w", "x")), "w[o]*x[2*o]"),
    (LINE, "y_o = \\sum_{j=0}^{N} x_j", (("N", "K+1"), ("Q", "N")), "sum(x[j], j=0..K + 1)"),
    (LINE, "y_o = \\sum_{j=0}^{Q} x_j", (("N", "K+1"), ("Q", "N")), "sum(x[j], j=0..N)"),
    (SEED, "a' = by + x_2 z", (("a^{'}", "y[0]"),), "x[1]*w[1] + x[2]*w[2]"),
    (SEED, "\\frac{\\partial L}{\\partial a} = g_0 y + g_1 x", (), "g[0]*w[1] + g[1]*w[0]"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "formula", "names", "meaning"), DECLARED, ids=[d[1] for d in DECLARED]
)
def test_what_a_declared_name_reads(spec, formula, names, meaning):
    layout = "HWC" if spec == worlds.PIXEL else ""
    found = read(spec, formula, names, layout=layout)
    assert describe(found.sides[1]).split(" = ", 1)[1] == meaning


WRONG = [
    (LINE, "y_o = 1", (("w", "x"), ("w", "w")), "used for two things"),
    (LINE, "y_o = 1", (("S", "strid"),), "declare it"),
    (LINE, "y_o = 1", (("A[i,j]", "w[i]"),), "not the same letters"),
    (LINE, "y_o = 1", (("A[i]", "w[i,0]"),), "2 indices and has 1 axes"),
    (LINE, "y_o = 1", (("A[i]", "w"),), "has no indices"),
    (LINE, "y_o = 1", (("A[N]", "w[N]"),), "a size and an index"),
    (LINE, "y_o = 1", (("A", "pad(q, P)"),), "no tensor that can be padded"),
    (LINE, "y_o = 1", (("A", "pad(x)"),), "amount"),
    (LINE, "y_o = 1", (("A", "(N+1)/2"),), "not whole"),
    (LINE, "y_o = 1", (("A", "height(x)"),), "no such axis"),
    (LINE, "y_o = 1", (("A[i]", "w[2*i]"),), "how far i goes"),
    (worlds.LAYER, "b_f = 1", (("S", "stride"),), "differs from axis to axis"),
    (worlds.LAYER, "b_f = 1", (("S", "size(x)"),), "size\\(x, axis\\)"),
    (worlds.LAYER, "dq_{n,c,i,j} = 1", (("q", "pad(x, P)"),), "padded copy"),
    (worlds.LAYER, "y_{n,f,h,w} = \\sum_c w_{f,c,0,0} x_{n,c,h,w}", (), "w is used for two things"),
    (worlds.LAYER, "y_{N,f,i,j} = 1", (), "N is a size and an index"),
    (worlds.LAYER, "b_f = \\sum_N w_{f,N,0,0}", (), "N is a size"),
    (LINE, "W_{out} = N", (), r"W_\{out\} is not declared"),
    (LINE, "Hout = N", (), r"names\(Hout="),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "formula", "names", "words"), WRONG, ids=[w[3] for w in WRONG])
def test_a_wrong_declaration_says_what_is_wrong(spec, formula, names, words):
    with pytest.raises(FormulaError) as caught:
        read(spec, formula, names)
    assert re.search(words, str(caught.value))


SIZES = [
    ("width(x)", "W"), ("height(x)", "H"), ("channels(x)", "C"), ("batch(x)", "N"), ("width(w)", "B"),
    ("height(w)", "A"), ("filters(w)", "F"), ("channels(w)", "C"), ("channels(y)", "F"), ("size(w, 2)", "A"),
    ("stride(0)", "2"), ("stride(1)", "1"), ("padding", "P"), ("dilation", "1"), ("stride(y, 0)", "2"),
    ("width(x) + 2", "W + 2"), ("width(y)", "W + 2*P - B + 1"), ("groups", "1"), ("floor(N/2)", "N//2"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "meaning"), SIZES, ids=[s[0] for s in SIZES])
def test_sizes_by_word(value, meaning):
    found = read(worlds.LAYER, "Q = N", (("Q", value),))
    assert text(found.sides[0].top) == meaning
    assert found.sides[0].bottom == 1


def test_layouts_permute_what_is_written():
    plain = read(worlds.LAYER, r"dw_{f,c,a,k} = \sum_{n,i,j} g_{n,f,i,j} x_{n,c,2i+a-P,j+k-P}")
    other = read(
        worlds.LAYER,
        r"dw_{a,k,c,f} = \sum_{n,i,j} g_{n,i,j,f} x_{n,2i+a-P,j+k-P,c}",
        layout="NHWC",
        kernel_layout="HWIO",
    )
    assert plain.subject == other.subject
    assert plain.sides == other.sides
    up = "y = conv_transpose2d(x[N,C,H,W], w[C,F,A,B], stride=2)"
    found = read(up, "y_{n,f,i,j} = w_{f,c,i,j} x_{n,c,0,0}", kernel_layout="OIHW", sums="implied")
    assert "w[c, f, i, j]" in describe(found.sides[1])
    with pytest.raises(FormulaError, match="does not fit"):
        read(worlds.LAYER, "b_f = 1", layout="NHC")
    with pytest.raises(FormulaError, match="not understood"):
        read(worlds.LAYER, "b_f = 1", layout="NHXC")


@pytest.mark.parametrize(
    "upstream", [r"\delta", r"\delta^{l}", r"\bar{y}", "dY", r"\epsilon_{out}", "g^{(2)}"]
)
def test_the_upstream_gradient_has_any_name(upstream):
    found = read(LINE, rf"dw_k = \sum_o {upstream}{{}}"[:-2] + "_o x_{2o+k-P}"
                 if "_" not in upstream else rf"dw_k = \sum_o {upstream}[o] x_{{2o+k-P}}",
                 upstream=upstream)  # fmt: skip
    assert found.sides[1].tensors == ("g", "x")


def test_a_padded_copy_has_cells_of_its_own_where_reads_outside_are_errors():
    names = ((r"\tilde{x}", "pad(x, P)"),)
    found = read(LINE, r"y_o = \sum_k w_k \tilde{x}_{2o+k}", names, outside="error")
    (copy,) = found.before
    assert found.sides[1].tensors == ("w", copy.name)
    assert text(copy.shape[0]) == "N + 2*P"
    (claim,) = claim_of(found, build(parse(LINE)))
    assert copy in claim.before and claim.scope.outside == "error"


@pytest.mark.parametrize("outside", ["zero", "error"])
def test_a_copy_called_pad_needs_no_declaration(outside):
    found = read(LINE, r"y_o = \sum_k w_k x_{pad}[2o+k]", outside=outside)
    copies = [copy.name for copy in found.before]
    assert found.sides[1].tensors == ("w", *(copies or ["x"]))
    assert len(copies) == (outside == "error")


def test_positions_between_elements_are_errors_where_that_is_declared():
    with pytest.raises(FormulaError, match="between elements"):
        read(LINE, r"dx_i = \sum_k w_k g_{(i+P-k)/2}", outside="error")
    found = read(LINE, r"dx_i = \sum_{k : 2 \mid i+P-k} w_k g_{(i+P-k)/2}", outside="error")
    assert claim_of(found, build(parse(LINE)))[0].scope.outside == "error"
