"""Closed forms: the numbers they report, put into a correlation written with NumPy, give the value.

The witness stuffs zeros, pads or crops, flips and dilates as it is told to; it sees no index.
"""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from core_forms import brute, equal, number, whole

import symconv
from symconv.closed import Correlation, closed, factored
from symconv.index import Condition, FloorDiv, Mod, Symbol
from symconv.reindex import eliminate
from symconv.steps import describe_closed, with_auxiliary
from symconv.terms import Form, Range, Read, Term, describe, with_sizes

o, k, i, m, K, P, D, S = map(Symbol, "okimKPDS")

# --- the witness --------------------------------------------------------------------------------


def correlated(found, arrays, sizes, shape):
    """What the description says: a correlation of stuffed, padded data with a flipped kernel."""
    c: Correlation = found.correlation
    (term,) = found.form.terms
    data_read = next(r for r in term.reads if r.tensor == c.data)
    kernel_read = next(r for r in term.reads if r is not data_read)
    if found.auxiliary:
        (source,) = found.auxiliary[0].tensors
        data = arrays[source]
        for w, stuffed in zip(c.windows, c.stuffed, strict=True):
            data = with_zeros(data, w.axis, number(stuffed, sizes))
    else:
        assert all(stuffed == 1 for stuffed in c.stuffed)
        data = arrays[c.data]
    kernel = arrays[c.kernel]
    names = []
    for axis, index in enumerate(kernel_read.at):
        bound = next((w.bound for w in c.windows if w.bound in str(index).split(" ")), None)
        names.append(bound or index.name)
        if bound in c.flipped:
            kernel = np.flip(kernel, axis)
    letters = [index.name if isinstance(index, Symbol) else None for index in data_read.at]
    for w in sorted(c.windows, key=lambda w: -w.axis):
        count = shape[found.form.indices.index(w.out)]
        reach = kernel.shape[names.index(w.bound)]
        numbers = [number(part, sizes) for part in (w.stride, w.dilation, w.padding)]
        data = windows(data, w.axis, count, reach, *numbers)
        letters[w.axis : w.axis + 1] = [w.out, w.bound]
    signs = {name: place for place, name in enumerate(dict.fromkeys([*letters, *names]))}
    return np.einsum(
        data,
        [signs[n] for n in letters],
        kernel,
        [signs[n] for n in names],
        [signs[n] for n in found.form.indices],
    )


def with_zeros(data, axis, stuffed):
    """``stuffed - 1`` zeros between the entries."""
    shape = list(data.shape)
    shape[axis] = (shape[axis] - 1) * stuffed + 1
    wide = np.zeros(shape, dtype=data.dtype)
    wide[(slice(None),) * axis + (slice(None, None, stuffed),)] = data
    return wide


def windows(data, axis, count, reach, stride, dilation, padding):
    """Every window along an axis, of the data padded (or cropped, where padding is negative)."""
    data = np.moveaxis(data, axis, 0)
    last = stride * (count - 1) + dilation * (reach - 1) - padding
    after = max(0, last + 1 - data.shape[0])
    wide = np.concatenate(
        [
            np.zeros((max(0, padding), *data.shape[1:]), data.dtype),
            data[max(0, -padding) :],
            np.zeros((after, *data.shape[1:]), data.dtype),
        ]
    )
    rows = [
        wide[stride * a : stride * a + dilation * reach : dilation][:reach] for a in range(count)
    ]
    made = np.array(rows).reshape(count, reach, *data.shape[1:])
    return np.moveaxis(np.moveaxis(made, 1, axis + 1) if axis else made, 0, axis)


def test_the_witness_itself():
    """Against a loop, on one example with everything in it."""
    data = np.arange(1, 31).reshape(2, 5, 3)
    made = windows(data, 1, 4, 2, 2, 3, 1)
    for a in range(4):
        for b in range(2):
            at = 2 * a + 3 * b - 1
            want = data[:, at] if 0 <= at < 5 else np.zeros((2, 3))
            assert np.array_equal(made[:, a, b], want)
    assert windows(np.arange(5), 0, 2, 2, 1, 1, -2).tolist() == [[2, 3], [3, 4]]
    assert with_zeros(np.array([[1, 2, 3]]), 1, 3).tolist() == [[1, 0, 0, 2, 0, 0, 3]]


# --- operations ---------------------------------------------------------------------------------

SPANS = {"S": (1, 3), "T": (1, 3), "D": (1, 3), "P": (0, 3), "R": (0, 2), "N": (1, 3)}
OPERATIONS = (
    ("y = conv1d(x[H], w[K], stride=S, padding=P, dilation=D)", "xw"),
    ("y = conv1d(x[N,C,H], w[F,C,K], stride=S, padding=(P,R), dilation=D)", "xw"),
    ("y = conv2d(x[H,W], w[K,L], stride=(S,T), padding=(P,R), dilation=(2,1))", "xw"),
    ("y = conv2d(x[N,C,H,W], w[F,C,K,L], b[F], stride=(S,T), padding=((P,1),(0,R)))", "xw"),
    ("y = conv3d(x[C,H,5,W], w[F,C,K,2,L], stride=(S,2,T), padding=(P,1,R))", "xw"),
    ("y = conv_transpose1d(x[H], w[K], stride=S, padding=P, dilation=D)", "xw"),
    ("y = conv_transpose1d(x[N,C,H], w[C,F,K], stride=S, padding=P, output_padding=R)", "xw"),
    ("y = conv_transpose2d(x[C,H,W], w[C,F,K,L], b[F], stride=(S,T), dilation=(1,2))", "xw"),
    ("y = conv_transpose3d(x[2,H,3], w[K,2,L], stride=(S,1,T), padding=(P,0,R))", "xw"),
    ('y = convolve(x[H], w[K], mode="full")', "xw"),
    ('y = convolve(x[H,W], w[K,L], mode="valid")', "xw"),
    ('y = correlate(x[H], w[K], mode="same")', "xw"),
    ("y[o] = sum(w[k]*x[S*o + D*k - P], k=0..K-1) for o=0..O-1 with x[H]", "xw"),
)


def draws(op, count, seed):
    """Numbers for the symbols that fit together."""
    source = random.Random(seed)
    found = 0
    while found < count:
        sizes = {n: source.randint(*SPANS.get(n, (1, 6))) for n in op.open_sizes}
        try:
            fixed = op.at(**sizes)
        except symconv.GeometryError:
            continue
        shape = op.program.shapes["y"]  # a kernel longer than its signal changes places with it
        if fixed.output_shape == tuple(number(n, sizes) for n in shape):
            found += 1
            yield sizes, fixed


@pytest.mark.parametrize(("text", "tensors"), OPERATIONS, ids=[t[:60] for t, _ in OPERATIONS])
def test_the_reported_numbers_make_the_gradient(text, tensors):
    """Stride, dilation, padding, flip and zeros in symbols, at random sizes; the engine judges."""
    op = symconv.operation(text)
    checked = 0
    for sizes, fixed in draws(op, 6, text):
        shapes = {t.name: tuple(number(n, {}) for n in t.shape) for t in fixed.program.inputs}
        arrays = {n: whole(sh, 3).astype(int) for n, sh in shapes.items()}
        g = whole(fixed.output_shape, 4).astype(int)
        wanted = fixed.backward(g, **arrays)
        for tensor in tensors:
            gradient = op.gradient(tensor)
            found = gradient.closed
            assert found is not None, tensor
            known = arrays | {"g": g}
            given = arrays | open_ones(sizes, op)
            value = gradient.evaluate(g, kind="closed", **given)
            assert np.array_equal(value, wanted[tensor]), (sizes, tensor)
            made = correlated(found, known, sizes, shapes[tensor])
            assert np.array_equal(made, wanted[tensor]), (sizes, tensor, found.correlation)
            checked += bool(np.any(wanted[tensor]))
    assert checked > 6


def open_ones(sizes, op):
    """The sizes that no array shows."""
    shown = {str(n) for t in op.program.inputs for n in t.shape}
    return {name: value for name, value in sizes.items() if name not in shown}


def test_a_concrete_spec_has_the_same_closed_form():
    op = symconv.operation("y = conv2d(x[2,3,7,6], w[4,3,3,2], stride=(2,3), padding=(2,0))")
    arrays = {"x": whole((2, 3, 7, 6), 1).astype(int), "w": whole((4, 3, 3, 2), 2).astype(int)}
    g = whole(op.output_shape, 3).astype(int)
    wanted = op.backward(g, **arrays)
    for tensor in "xw":
        found = op.gradient(tensor).closed
        made = correlated(found, arrays | {"g": g}, {}, arrays[tensor].shape)
        assert np.array_equal(made, wanted[tensor])


GROUPED = (
    "y = conv1d(x[2,6,9], w[4,3,3], groups=2, stride=2, padding=1)",
    "y = conv2d(x[4,5,6], w[6,2,2,3], groups=2, stride=(1,2), padding=(1,2))",
    "y = conv_transpose1d(x[2,6,4], w[6,2,3], groups=3, stride=2, padding=1)",
)


@pytest.mark.parametrize("text", GROUPED)
def test_groups(text):
    """Where a grouped gradient has a closed form, it has the value of the raw one."""
    op = symconv.operation(text)
    arrays = {t.name: whole(tuple(t.shape), 5).astype(int) for t in op.program.inputs}
    g = whole(op.output_shape, 6).astype(int)
    wanted = op.backward(g, **arrays)
    for tensor in op.inputs:
        gradient = op.gradient(tensor)
        kinds = ["raw", "gathered"] + ["closed"] * (gradient.closed is not None)
        for kind in kinds:
            assert np.array_equal(gradient.evaluate(g, kind=kind, **arrays), wanted[tensor]), kind


# --- the words ----------------------------------------------------------------------------------

WORDS = (
    (
        "y = conv1d(x[N], w[K], stride=S, padding=P, dilation=D)",
        "x",
        r"closed form: the cross-correlation of $\hat{g}$ with the flipped $w$, dilation $D$, "
        r"padding $D(K - 1) - P$, where $\hat{g}$ is the upstream gradient with $S - 1$ zeros "
        "between its entries",
    ),
    (
        "y = conv1d(x[N], w[K], stride=S, padding=P, dilation=D)",
        "w",
        "closed form: the cross-correlation of $x$ with $g$, stride $D$, dilation $S$, padding $P$",
    ),
    (
        "y = conv2d(x[N,C,H,W], w[F,C,K,L], stride=(2,1), padding=1)",
        "x",
        r"closed form: the cross-correlation of $\hat{g}$ with the flipped $w$, padding "
        r"$K - 2$ and $L - 2$, where $\hat{g}$ is the upstream gradient with $1$ and $0$ zero "
        "between its entries",
    ),
    (
        "y = conv_transpose1d(x[N], w[K], stride=2)",
        "x",
        "closed form: the cross-correlation of $g$ with $w$, stride $2$, padding $0$",
    ),
    (
        "y[o] = sum(w[k]*x[(o+k)//2], k=0..2, (o+k)%2==0) for o=0..5",
        "w",
        r"closed form: the cross-correlation of $\hat{x}$ with $g$, padding $0$, where $\hat{x}$ "
        "is $x$ with $1$ zero between its entries",
    ),
    (
        "y[o] = sum(w[K-1-k]*x[o+k], k=0..K-1) for o=0..O-1",
        "x",
        "closed form: the cross-correlation of $g$ with $w$, padding $K - 1$",
    ),
)


@pytest.mark.parametrize(("text", "tensor", "words"), WORDS)
def test_the_closed_form_in_words(text, tensor, words):
    op = symconv.operation(text)
    found = op.gradient(tensor).closed
    style = with_auxiliary(op.style, found)
    assert describe_closed(found, style, op.program.shapes) == words


# --- what is none -------------------------------------------------------------------------------

NONE = (
    "y = max_pool1d(x[9], 3, 2)",
    "y = avg_pool1d(x[9], 3, 2)",
    "y = avg_pool2d(x[5,6], (2,3), padding=1, count_include_pad=False)",
    "Y = unfold(x[1,2,4,4], (3,3), padding=1)",
    "y = relu(x[5])",
    "L = mse(x[4], t[4])",
    'y = convolve(x[7], w[3], mode="circular")',
    'y = conv1d(x[7], w[3], padding=1, padding_mode="reflect")',
    'y = conv1d(x[7], w[3], padding=1, padding_mode="replicate")',
    "y[o] = sum(w[2*k]*x[o+k], k=0..2) for o=0..5 with w[3]",
    "y[o] = sum(w[k,k]*x[o+k], k=0..2) for o=0..5",
    "y[o] = sum(w[k,o]*x[o+k], k=0..2) for o=0..5",
    "y[o,p] = sum(w[k]*x[o+k,p+k], k=0..2) for o=0..5, p=0..3",
    "y[o,p] = sum(w[k,l]*x[o+k,o+l+p], k=0..2, l=0..1) for o=0..5, p=0..3",
    "y[o] = sum(w[k]*x[o+k+l]*v[l], k=0..2, l=0..3) for o=0..5",
    "y[o] = sum(w[l]*x[o+k+l], k=0..2, l=0..3) for o=0..5",
    "y[o] = sum(w[k]*x[o+k]*x[o], k=0..2) for o=0..5",
)


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_correlation_has_no_closed_form(text):
    op = symconv.operation(text)
    for tensor in op.inputs:
        gradient = op.gradient(tensor)
        assert gradient.closed is None, describe(gradient.closed.form)
        with pytest.raises(symconv.SymconvError, match="not one convolution"):
            gradient.latex("closed")


CLAIMS = (
    ("y[f,o] = sum(b[f]*x[o+k], k=0..2) for f=0..3, o=0..5", "x", "the kernel lacks k"),
    ("y[o] = sum(w[2*k]*x[o+k], k=0..2) for o=0..5", "x", "every other weight"),
    ("y[o] = sum(w[k]*relu(x[o+k]), k=0..2) for o=0..5", "w", "x is seen through relu"),
    ("y[o] = sum(-1/2*w[k]*x[o+k], k=0..2) for o=0..5", "x", "half of it"),
    ("y[o] = sum(w[k]*x[o+k], k=1..2) for o=0..5", "x", "the first weight is left out"),
    ("y[o] = sum(w[k]*x[o+k], k=0..2) for o=0..5 with w[5]", "x", "the last ones are"),
    ("y[o] = sum(w[k]*x[o+k], k=0..2, l=0..3) for o=0..5", "x", "everything four times"),
)


@pytest.mark.parametrize(("text", "tensor", "why"), CLAIMS, ids=[c[2] for c in CLAIMS])
def test_a_sum_that_is_nearly_a_correlation_is_not_called_one(text, tensor, why):
    assert symconv.operation(text).gradient(tensor).closed is None, why


def test_the_same_tensor_as_data_and_as_kernel():
    """An autocorrelation: only the read that moves is rewritten."""
    term = Term((Read("x", (o + k,)), Read("x", (o,))), (Range("o", 5),))
    form = Form("r", (Range("k", 3),), (term,), (("x", (5,)),))
    found = closed(form, ["o"])
    x = whole((5,), 2)
    want = [sum(x[a + b] * x[a] for a in range(5) if a + b < 5) for b in range(3)]
    assert found is not None
    assert brute(found.form, {"x": x}).tolist() == want


def test_a_quotient_without_its_condition_is_not_stuffed():
    reads = (Read("g", (FloorDiv(i - k, 2),)), Read("w", (k,)))
    loose = Form(
        "d", (Range("i", 9),), (Term(reads, (Range("k", 3),)),), (("g", (4,)), ("w", (3,)))
    )
    assert closed(loose, ["k"]) is None
    tied = replace(
        loose, terms=(replace(loose.terms[0], where=(Condition(Mod(i - k, 2), "==", 0),)),)
    )
    found = closed(tied, ["k"])
    (wide,) = found.auxiliary
    g, w = whole((4,), 1), whole((3,), 2)
    stuffed = brute(wide, {"g": g})
    assert stuffed.tolist() == [g[0], 0, g[1], 0, g[2], 0, g[3]]
    assert equal(brute(found.form, {wide.name: stuffed, "w": w}), brute(tied, {"g": g, "w": w}))


def test_the_scatter_view_of_a_transposed_convolution_is_a_correlation():
    """The form itself, its condition solved: zero-stuffed input, flipped kernel."""
    op = symconv.operation(
        "y = conv_transpose1d(x[H], w[K], stride=S, padding=P, output_padding=Q)"
    )
    (form,) = op.program.equations
    found = closed(eliminate(form, ["i"]), ["k"])
    assert found.correlation.flipped == ("k",)
    assert str(found.correlation.windows[0].padding) == "K - 1 - P"
    sizes = {"H": 4, "K": 3, "S": 2, "P": 1, "Q": 1}
    x, w = whole((4,), 1).astype(int), whole((3,), 2).astype(int)
    fixed = op.at(**sizes)
    made = correlated(found, {"x": x, "w": w}, sizes, fixed.output_shape)
    assert np.array_equal(made, fixed.forward(x=x, w=w))
    wide = with_sizes(found.auxiliary[0], sizes)
    assert wide.shape == (7,)


def test_factored_padding():
    assert str(factored(D * K - D - P)) == "D*(K - 1) - P"
    assert str(factored(S * K - S + P)) == "S*(K - 1) + P"
    assert str(factored(m + 2)) == "m + 2"
