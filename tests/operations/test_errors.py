"""Impossible input: one line each, which says what clashes and what would fit."""

from __future__ import annotations

import pytest

from symconv.calls import Addend, Binder, Call, Definition, Factor, Spec, TensorArg
from symconv.errors import GeometryError, SpecError, SymconvError
from symconv.index import Symbol
from symconv.operations.build import build
from symconv.syntax.spec import parse

BAD = {
    # words and tensors
    "y = conv1(x[4], w[3])": (
        "line 1, column 5: there is no operation 'conv1'; expected one of conv1d, conv2d, "
        "conv3d, conv_transpose1d, conv_transpose2d, conv_transpose3d, convolve, correlate, "
        "avg_pool1d, avg_pool2d, avg_pool3d, max_pool1d, max_pool2d, max_pool3d, unfold, fold, "
        "relu, sigmoid, tanh, add, sub, scale, sum, mse, cross_entropy, got conv1; try conv1d"
    ),
    "y = conv1d(x[4])": (
        "line 1, column 5: conv1d needs 2 tensors; expected x, w, b (optional), got x"
    ),
    "y = relu(x[4], w[3])": "line 1, column 16: relu takes no tensor w; expected x, got 2 tensors",
    "y = relu(x[4], 3)": (
        "line 1, column 16: relu was given too many values; expected no value after the "
        "tensors, got 1"
    ),
    "y = conv1d(x[4], w[3], strid=2)": (
        "line 1, column 24: conv1d has no option 'strid'; expected stride or padding or "
        "dilation or groups or padding_mode, got strid; try stride"
    ),
    "y = conv1d(x[4], w[3], 1, stride=2)": (
        "line 1, column 27: stride is given twice; expected one value, got 1 and 2"
    ),
    "y = conv1d(x[4], w[3], stride=1.5)": (
        "conv1d: stride: stride must be a whole number or a symbol; expected for example 2 or "
        "P, got 3/2"
    ),
    "y = conv1d(x[4], w[3], stride=(1,2))": (
        "conv1d: stride: 2 values for 1 spatial axis; expected one number or 1, got (1, 2)"
    ),
    "y = conv1d(x, w[3])": (
        "conv1d: x has no sizes; expected x with its sizes, or the result of an earlier line, "
        "got x alone; try x[N] or x=[a,b,c]"
    ),
    "y = conv1d(x[4], w)": (
        "conv1d: w has no sizes; expected w with its sizes, or the result of an earlier line, "
        "got w alone; try w[N] or w=[a,b,c]"
    ),
    # names
    "y = conv1d(y[4], w[3])": (
        "line 1, column 5: y is made from itself; expected a result with a name of its own, "
        "got y; try y2 = …"
    ),
    "y = conv1d(x[4], x[3])": (
        "line 1, column 18: x is used for two things; expected one shape for one name, got 4 "
        "and 3; try another name"
    ),
    "y = conv1d(x[4], w[3])\ny = relu(y)": (
        "line 2, column 5: y is already in use; expected a new name for each result, got y; "
        "try y2 = …"
    ),
    "y = conv1d(x[4], w[3])\nx = relu(y)": (
        "line 2, column 5: x is already in use; expected a new name for each result, got x; "
        "try x2 = …"
    ),
    "y = conv1d(x[4], w[3])\nz = conv1d(x[5], u[3])": (
        "line 2, column 12: x is used for two things; expected x of shape (4,), as before, got "
        "shape (5,); try another name"
    ),
    "y = relu(h)\nh = relu(x[3])": (
        "line 1, column 10: h is used before it is made; expected its sizes, or the result of "
        "an earlier line, got h alone; try the line of h first"
    ),
    "y = conv1d(x[x], w[3])": (
        "line 1, column 12: x is used for two things, a tensor and a size; expected different "
        "names, got x"
    ),
    "y = conv1d(x[4], w[3], padding=w)": (
        "line 1, column 18: w is used for two things, a tensor and a size; expected different "
        "names, got w"
    ),
    "y = conv1d(x[4], w[3])\nz = relu(y=[1,2])": (
        "line 2, column 10: y is a result and cannot be given elements; expected y, got y=…"
    ),
    # shapes
    "y = conv2d(x[4], w[3,3])": (
        "conv2d: x has 1 axis; expected 2 (one channel), 3 (channels first) or 4 (batch, "
        "channels), got (4,)"
    ),
    "y = conv2d(x[4,4], w[1,1,3,3])": (
        "conv2d: w has 4 axes; expected 2 to go with x of shape (4, 4), got (1, 1, 3, 3)"
    ),
    "y = conv1d(x[4], w[7], padding=1)": (
        "conv1d: the kernel is larger than the padded input; expected at most 6 (input 4, "
        "padding 1 + 1), got 7 (kernel 7); try a smaller kernel, or padding of 1 more in all"
    ),
    "y = conv1d(x[5], w[3], dilation=3)": (
        "conv1d: the kernel is larger than the padded input; expected at most 5 (input 5), got "
        "7 (kernel 3, dilation 3); try a smaller kernel, or padding of 2 more in all"
    ),
    "y = conv1d(x[4], w[3], stride=0)": (
        "conv1d: stride: stride is too small; expected at least 1, got 0"
    ),
    "y = conv1d(x[4], w[3], padding=-1)": (
        "conv1d: padding: padding is too small; expected at least 0, got -1"
    ),
    "y = conv1d(x[4], w[3], padding='sme')": (
        "conv1d: padding: there is no padding 'sme'; expected valid or same or full or causal, "
        "got 'sme'; try 'same'"
    ),
    "y = conv1d(x[4], w[3], padding=5, padding_mode='reflect')": (
        "conv1d: padding: reflect padding cannot reach that far; expected at most 3 for an "
        "input of 4, got 5"
    ),
    "y = conv1d(x[4], w[3], padding_mode='mirror')": (
        "conv1d: padding_mode: there is no padding_mode 'mirror'; expected zeros or circular "
        "or reflect or replicate, got 'mirror'"
    ),
    "y = conv1d(x[5,9], w[6,2,3], groups=2)": (
        "conv1d: groups: 5 input channels cannot be divided into 2 groups; expected a divisor: "
        "1, 5, got 2"
    ),
    "y = conv1d(x[4,9], w[6,3,3], groups=2)": (
        "conv1d: w reads the wrong number of channels; expected 2, got 3; try w[6,2,…]"
    ),
    "y = conv1d(x[4,9], w[6,3,3])": (
        "conv1d: w reads the wrong number of channels; expected 4, got 3; try w[6,4,…]"
    ),
    "y = conv1d(x[9], w[3], groups=2)": (
        "conv1d: groups: there are no channels to divide; expected 1, or channels in front of "
        "the spatial axes, got 2"
    ),
    "y = conv1d(x[4,9], w[6,4,3], b[5])": (
        "conv1d: b needs one entry per output channel; expected 6, got 5"
    ),
    "y = conv1d(x[4], w[3], b[2])": "conv1d: b has the wrong shape; expected (1,), got (2,)",
    "y = conv2d(x[9,4], w[3,5], padding=((1,2,3),0))": (
        "conv2d: padding: a side's padding is a pair; expected (before, after), got 3 values"
    ),
    "y = conv2d(x[9,4], w[3,5])": (
        "conv2d: axis 1: the kernel is larger than the padded input; expected at most 4 (input "
        "4), got 5 (kernel 5); try a smaller kernel, or padding of 1 more in all"
    ),
    "y = conv2d(x[4,C,9,9], w[2,K,3,3])": (
        "conv2d: w reads the wrong number of channels; expected C, got K; try w[2,C,…]"
    ),
    "y = conv_transpose2d(x[4,9,9], w[4,3,3,3], groups=3)": (
        "conv_transpose2d: groups: 4 input channels cannot be divided into 3 groups; expected "
        "a divisor: 1, 2, 4, got 3"
    ),
    "y = conv_transpose1d(x[4], w[3], stride=2, output_padding=2)": (
        "conv_transpose1d: output_padding: output_padding is too large; expected less than the "
        "stride or the dilation (2 or 1), got 2; try 1"
    ),
    "y = conv_transpose1d(x[1], w[3], padding=2)": (
        "conv_transpose1d: padding: the padding takes the whole output away; expected an "
        "output of at least 1, got -1; try less padding"
    ),
    "y = conv_transpose1d(x[3,4], w[2,5,3])": (
        "conv_transpose1d: w's first axis is the input channel and must agree with x; expected "
        "3, got 2"
    ),
    # filters
    "y = convolve(x[4], w[2,2])": (
        "convolve: x and w do not have the same one or two axes; expected two signals (1-D) or "
        "two images (2-D), got (4,) and (2, 2)"
    ),
    "y = convolve(x[2,3,4], w[2,2,2])": (
        "convolve: x and w do not have the same one or two axes; expected two signals (1-D) or "
        "two images (2-D), got (2, 3, 4) and (2, 2, 2)"
    ),
    "y = convolve(x[4], w[2], 'ful')": (
        "convolve: mode: there is no mode 'ful'; expected full or same or valid or circular, "
        "got 'ful'; try 'full'"
    ),
    "y = correlate(x[2,5], w[3,4], 'valid')": (
        "correlate: mode: neither of x and w fits inside the other; expected one at least as "
        "large as the other on every axis, got (2, 5) and (3, 4); try mode='same' or "
        "mode='full'"
    ),
    # pooling
    "y = avg_pool1d(x[4])": (
        "avg_pool1d: kernel_size: kernel_size was not given; expected for example 3 or (3,3), "
        "got none"
    ),
    "y = avg_pool1d(x[4], 5)": (
        "avg_pool1d: the kernel is larger than the padded input; expected at most 4 (input 4), "
        "got 5 (kernel 5); try a smaller kernel, or padding of 1 more in all"
    ),
    "y = avg_pool1d(x[4], 3, padding=2)": (
        "avg_pool1d: padding: the padding is more than half of the kernel; expected at most 1 "
        "for a kernel of 3, got 2"
    ),
    "y = max_pool1d(x[4], 2, padding='same')": (
        "max_pool1d: padding: a pooling has no padding by name; expected a number, or one for "
        "each axis, got 'same'"
    ),
    "y = max_pool1d(x[4], 2, ceil_mode=1)": (
        "max_pool1d: ceil_mode: ceil_mode is a yes or no; expected True or False, got 1"
    ),
    "y = max_pool2d(x[4,4], (2,2,2))": (
        "max_pool2d: kernel_size: 3 values for 2 spatial axes; expected one number or 2, got "
        "(2, 2, 2)"
    ),
    "y = max_pool2d(x[4], 2)": (
        "max_pool2d: x has 1 axis; expected 2 (one channel), 3 (channels first) or 4 (batch, "
        "channels), got (4,)"
    ),
    "y = max_pool2d(x[6,6], (2,4), padding=(1,3))": (
        "max_pool2d: padding: axis 1: the padding is more than half of the kernel; expected at "
        "most 2 for a kernel of 4, got 3"
    ),
    "y = avg_pool2d(x[6,3], (2,2), count_include_pad='no')": (
        "avg_pool2d: count_include_pad: count_include_pad is a yes or no; expected True or "
        "False, got 'no'"
    ),
    "y = max_pool1d(x[3], 2, padding=1, dilation=4)": (
        "max_pool1d: window 0 holds nothing but padding; expected a position in 0..2, got -1, "
        "3; try less padding or a smaller dilation"
    ),
    # unfold
    "Y = unfold(x[1,2,4,4])": (
        "unfold: kernel_size: kernel_size was not given; expected for example 3 or (3,3), got none"
    ),
    "Y = unfold(x[4], (2,2))": (
        "unfold: x has 1 axis; expected 2 (one channel), 3 (channels first) or 4 (batch, "
        "channels), got (4,)"
    ),
    "Y = unfold(x[2,3,4,5,6,7], 2)": (
        "unfold: kernel_size: there cannot be 4 spatial axes; expected a kernel_size for one "
        "to three axes, got 2 with x of shape (2, 3, 4, 5, 6, 7)"
    ),
    "Y = unfold(x[4,4], (5,5))": (
        "unfold: axis 0: the kernel is larger than the padded input; expected at most 4 (input "
        "4), got 5 (kernel 5); try a smaller kernel, or padding of 1 more in all"
    ),
    "y = fold(Y[9,4], (4,4), (3,3), padding=1)": (
        "fold: Y does not have one column for each window; expected 16, got 4"
    ),
    "y = fold(Y[8,4], (4,4), (3,3))": (
        "fold: the rows of Y cannot be divided by the kernel; expected a multiple of 9, got 8"
    ),
    "y = fold(Y[9], (4,4), (3,3))": (
        "fold: Y has 1 axis; expected 2 (rows, columns) or 3 (batch, rows, columns), got (9,)"
    ),
    "y = fold(Y[9,4])": (
        "fold: output_size: output_size was not given; expected for example (4,4), got none"
    ),
    "y = fold(Y[9,L], (H,W), (3,3))": (
        "fold: Y does not have one column for each window; expected (H - 2)*(W - 2), got L"
    ),
    # pointwise and losses
    "y = add(a[3], b[4])": "add: a and b do not have the same shape; expected 3, got 4",
    "y = add(a[3], b[3,1])": "add: a and b do not have the same shape; expected (3,), got (3, 1)",
    "y = add(a, b)": (
        "add: a has no sizes; expected a with its sizes, or the result of an earlier line, got "
        "a alone; try a[N] or a=[a,b,c]"
    ),
    "L = cross_entropy(z[3,2], t[3])": (
        "cross_entropy: z and t do not have the same shape; expected (3, 2), got (3,)"
    ),
    "y = scale(x[3])": (
        "scale: factor: the factor was not given; expected for example 2 or 1/3, got none; try "
        "an operation of your own for a factor with a name, y[i] = s[0] * x[i] for i = 0..N-1"
    ),
    "y = scale(x[3], s)": (
        "scale: factor: the factor must be a number; expected for example 2 or 1/3, got s; try "
        "an operation of your own for a factor with a name, y[i] = s[0] * x[i] for i = 0..N-1"
    ),
    "y = scale(x[3], 'two')": (
        "scale: factor: factor must be a number; expected for example 2 or 1/3, got 'two'"
    ),
    "L = mse(y[3], t[3], reduction='none')": (
        "mse: reduction: there is no reduction 'none'; expected mean or sum, got 'none'"
    ),
    # sums of one's own
    "y[o] = x[o] for o = 1..3": (
        "y[o]: o runs from 1 to 3; expected an output index that counts from 0, got o = 1..3"
    ),
    "y[o] = x[o] + y[o] for o = 0..3": (
        "line 1, column 1: y is made from itself; expected a result with a name of its own, "
        "got y; try y2 = …"
    ),
    "y[o] = sum(x[k], k=0..o) for o = 0..3": (
        "y[o]: the range of k depends on o; expected ends that are numbers, sizes or "
        "parameters, got k = 0..o; try a fixed range and a condition in the sum, k <= o"
    ),
    "y[o] = x[o] + x[o,o] for o = 0..3": (
        "y[o]: x is read with 1 and 2 indices; expected the same number each time, got x"
    ),
    "y[x] = x[x] for x = 0..3": (
        "y[x]: x is used for two things, an index and a tensor; expected different names, got x"
    ),
    "y[o] = x[o*o] for o = 0..3": (
        "y[o]: the size of x cannot be worked out from o*o; expected a declared size, got x; "
        "try … with x[N]"
    ),
    "y[o] = x[o] for o = 0..3 with z[4]": (
        "line 1, column 31: z is declared but never read; expected one of x, got z"
    ),
    "h = relu(x[4])\ny[o] = h[o,o] for o = 0..3": (
        "y[o]: h is read with 2 indices; expected 1, got o, o"
    ),
}


@pytest.mark.parametrize(("text", "message"), BAD.items(), ids=range(len(BAD)))
def test_impossible_input(text, message):
    with pytest.raises(SymconvError) as caught:
        build(parse(text))
    assert str(caught.value) == message
    assert "\n" not in message


def test_the_place_of_a_word_is_known():
    with pytest.raises(SpecError) as caught:
        build(parse("h = relu(x[4])\ny = conv1d(h, w[3], strid=2)"))
    assert caught.value.caret() == "y = conv1d(h, w[3], strid=2)\n" + " " * 20 + "^"


def test_a_spec_without_statements():
    with pytest.raises(SpecError, match="no operation here"):
        build(Spec((), ""))


BINDER = Binder("k", 0, 2)
X = TensorArg("x", (3,))
READ = Addend((Factor("x", (Symbol("k"),)),))
OWN = {
    "the output indices and their ranges differ": Definition("y", ("o",), (READ,), ()),
    "k is used for two things, two indices": Definition(
        "y", (), (Addend((Factor("x", (Symbol("k"),)),), (BINDER, BINDER)),), ()
    ),
    "k is used outside its sum": Definition(
        "y", (), (Addend((Factor("x", (Symbol("k"),)),), (BINDER,)), READ), (), (X,)
    ),
    "there is no function rlu": Definition(
        "y", (), (Addend((Factor("x", (0,), "rlu"),)),), (), (X,)
    ),
    "k runs from 0 to -1": Definition("y", ("k",), (READ,), (Binder("k", 0, -1),)),
    "k is used for two things, an index and a size of x": Definition(
        "y", ("k",), (READ,), (BINDER,), (TensorArg("x", (Symbol("k"),)),)
    ),
}
"""What the grammar refuses already, built by hand: a graph refuses it too."""


@pytest.mark.parametrize(("message", "definition"), OWN.items(), ids=str)
def test_impossible_sums(message, definition):
    with pytest.raises(GeometryError) as caught:
        build(Spec((definition,), ""))
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("elements", "message"),
    [
        (((1, 2), (3,)), "x has rows of different lengths"),
        (((1, 2), 3), "x has rows of"),
        ((), "no"),
    ],
)
def test_ragged_elements(elements, message):
    call = Call("y", "relu", (TensorArg("x", None, elements),))
    with pytest.raises(SpecError, match=message):
        build(Spec((call,), ""))


def test_elements_and_sizes_that_differ():
    call = Call("y", "relu", (TensorArg("x", (3,), (1, 2)),))
    with pytest.raises(SpecError, match="as many elements as its sizes say"):
        build(Spec((call,), ""))
