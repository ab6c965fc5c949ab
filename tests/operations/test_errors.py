"""Impossible input: one line each, which says what clashes and what would fit."""

from __future__ import annotations

import pytest

from symconv.errors import SymconvError
from symconv.operations.build import build
from symconv.syntax.spec import parse

BAD = {
    # words and tensors
    "y = conv1(x[4], w[3])": "TODO",
    "y = conv1d(x[4])": "TODO",
    "y = relu(x[4], w[3])": "TODO",
    "y = relu(x[4], 3)": "TODO",
    "y = conv1d(x[4], w[3], strid=2)": "TODO",
    "y = conv1d(x[4], w[3], 1, stride=2)": "TODO",
    "y = conv1d(x[4], w[3], stride=1.5)": "TODO",
    "y = conv1d(x[4], w[3], stride=(1,2))": "TODO",
    "y = conv1d(x, w[3])": "TODO",
    "y = conv1d(x[4], w)": "TODO",
    # names
    "y = conv1d(y[4], w[3])": "TODO",
    "y = conv1d(x[4], x[3])": "TODO",
    "y = conv1d(x[4], w[3])\ny = relu(y)": "TODO",
    "y = conv1d(x[4], w[3])\nx = relu(y)": "TODO",
    "y = conv1d(x[4], w[3])\nz = conv1d(x[5], u[3])": "TODO",
    "y = relu(h)\nh = relu(x[3])": "TODO",
    "y = conv1d(x[x], w[3])": "TODO",
    "y = conv1d(x[4], w[3], padding=w)": "TODO",
    "y = conv1d(x[4], w[3])\nz = relu(y=[1,2])": "TODO",
    "y = conv1d(x=[[1,2],[3]], w[1])": "TODO",
    # shapes
    "y = conv2d(x[4], w[3,3])": "TODO",
    "y = conv2d(x[4,4], w[1,1,3,3])": "TODO",
    "y = conv1d(x[4], w[7], padding=1)": "TODO",
    "y = conv1d(x[5], w[3], dilation=3)": "TODO",
    "y = conv1d(x[4], w[3], stride=0)": "TODO",
    "y = conv1d(x[4], w[3], padding=-1)": "TODO",
    "y = conv1d(x[4], w[3], padding='sme')": "TODO",
    "y = conv1d(x[4], w[3], padding=5, padding_mode='reflect')": "TODO",
    "y = conv1d(x[4], w[3], padding_mode='mirror')": "TODO",
    "y = conv1d(x[5,9], w[6,2,3], groups=2)": "TODO",
    "y = conv1d(x[4,9], w[6,3,3], groups=2)": "TODO",
    "y = conv1d(x[4,9], w[6,3,3])": "TODO",
    "y = conv1d(x[9], w[3], groups=2)": "TODO",
    "y = conv1d(x[4,9], w[6,4,3], b[5])": "TODO",
    "y = conv1d(x[0], w[1])": "TODO",
    "y = conv_transpose1d(x[4], w[3], stride=2, output_padding=2)": "TODO",
    "y = conv_transpose1d(x[1], w[3], padding=2)": "TODO",
    "y = conv_transpose1d(x[3,4], w[2,5,3])": "TODO",
    # filters
    "y = convolve(x[4], w[2,2])": "TODO",
    "y = convolve(x[2,3,4], w[2,2,2])": "TODO",
    "y = convolve(x[4], w[2], 'ful')": "TODO",
    "y = correlate(x[2,5], w[3,4], 'valid')": "TODO",
    # pooling
    "y = avg_pool1d(x[4])": "TODO",
    "y = avg_pool1d(x[4], 5)": "TODO",
    "y = avg_pool1d(x[4], 3, padding=2)": "TODO",
    "y = max_pool1d(x[4], 2, padding='same')": "TODO",
    "y = max_pool1d(x[4], 2, ceil_mode=1)": "TODO",
    "y = max_pool2d(x[4,4], (2,2,2))": "TODO",
    "y = max_pool2d(x[4], 2)": "TODO",
    "y = max_pool1d(x[3], 2, padding=1, dilation=4)": "TODO",
    # unfold
    "Y = unfold(x[1,2,4,4])": "TODO",
    "Y = unfold(x[4], (2,2))": "TODO",
    "Y = unfold(x[2,3,4,5,6,7], 2)": "TODO",
    "Y = unfold(x[4,4], (5,5))": "TODO",
    "y = fold(Y[9,4], (4,4), (3,3), padding=1)": "TODO",
    "y = fold(Y[8,4], (4,4), (3,3))": "TODO",
    "y = fold(Y[9], (4,4), (3,3))": "TODO",
    "y = fold(Y[9,4])": "TODO",
    "y = fold(Y[9,L], (H,W), (3,3))": "TODO",
    # pointwise and losses
    "y = add(a[3], b[4])": "TODO",
    "y = add(a[3], b[3,1])": "TODO",
    "y = add(a, b)": "TODO",
    "y = scale(x[3])": "TODO",
    "y = scale(x[3], s)": "TODO",
    "y = scale(x[3], 'two')": "TODO",
    "L = mse(y[3], t[3], reduction='none')": "TODO",
    # sums of one's own
    "y[o] = sum(w[k]*x[o+k], k=0..2) for p = 0..3": "TODO",
    "y[o] = sum(w[k]*x[o+k], k=0..2)": "TODO",
    "y[o] = x[o] for o = 1..3": "TODO",
    "y[o] = x[o] for o = 0..-1": "TODO",
    "y[o] = x[o] + y[o] for o = 0..3": "TODO",
    "y[o] = sum(x[k], k=0..o) for o = 0..3": "TODO",
    "y[o] = sum(x[k], k=0..3) + x[k] for o = 0..3": "TODO",
    "y[o] = sum(x[o], o=0..3) for o = 0..3": "TODO",
    "y[o] = x[o] + x[o,o] for o = 0..3": "TODO",
    "y[x] = x[x] for x = 0..3": "TODO",
    "y[o] = x[o*o] for o = 0..3": "TODO",
    "y[o] = rlu(x[o]) for o = 0..3": "TODO",
    "y[o] = x[o] for o = 0..3 with z[4]": "TODO",
    "h = relu(x[4])\ny[o] = h[o,o] for o = 0..3": "TODO",
    "y[o] = x[o] for o = 0..3 with x[o]": "TODO",
}


@pytest.mark.parametrize(("text", "message"), BAD.items(), ids=range(len(BAD)))
def test_impossible_input(text, message):
    with pytest.raises(SymconvError) as caught:
        build(parse(text))
    assert str(caught.value) == message
    assert "\n" not in message
