"""Specs with numbers for sizes, exact data for them, and the gradients that the forms give."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from symconv.expand import evaluate_arrays
from symconv.gradients import backward, upstream_names
from symconv.index import concrete
from symconv.operations.build import build
from symconv.syntax.spec import parse

EXACT = (
    "y = conv1d(x[6], w[3])",
    "y = conv1d(x[6], w[3], padding=1, stride=3)",
    "y = conv1d(x[2,3,5], w[2,3,2], b[2], dilation=2, padding=1)",
    'y = conv1d(x[5], w[3], padding=2, padding_mode="reflect")',
    'y = conv1d(x[5], w[3], padding=2, padding_mode="circular")',
    "y = conv2d(x[4,4], w[2,3], stride=(2,1), padding=(1,0))",
    "y = conv2d(x[1,2,3,4], w[4,1,2,2], b[4], groups=2)",
    "y = conv_transpose1d(x[3], w[3], stride=2, padding=1, output_padding=1)",
    "y = conv_transpose2d(x[2,2,2], w[2,1,3,3], b[1], stride=2)",
    "y = avg_pool2d(x[1,1,4,4], 2)",
    "y = max_pool1d(x[7], 3, stride=2)",
    "y = max_pool2d(x[1,1,5,5], 3, stride=2, padding=1)",
    "Y = unfold(x[1,1,3,3], (2,2), padding=1)",
    'y = convolve(x[5], w[3], mode="full")',
    'y = correlate(x[4,3], w[2,2], mode="same")',
    "y[o] = sum(w[k] * x[2*o + k - 1], k=0..2) for o = 0..2",
    "y[o] = sum(x[o+k] * x[k], k=0..1) for o = 0..2",
    "a = add(x[3], y[3])\nz = scale(a, 3)\nL = sum(z)",
    "h = conv1d(x[6], u[3], padding=1)\nr = relu(h)\ny = conv1d(r, w[2], stride=2)\nL = mse(y, t)",
    "h = conv2d(x[1,4,4], u[2,1,3,3])\nr = relu(h)\np = max_pool2d(r, 2)\nL = sum(p)",
)

FLOATS = (
    "h = tanh(x[3])\nL = mse(h, t)",
    "h = conv1d(x[5], u[2])\ns = sigmoid(h)\nL = cross_entropy(s, t)",
)


def graph(text):
    return build(parse(text))


def name(text):
    return text.replace("\n", "; ")


def data(made, seed=0, *, exact=True):
    random = np.random.default_rng(seed)
    found = {}
    for tensor in made.inputs:
        shape = [concrete(n) for n in tensor.shape]
        found[tensor.name] = random.integers(-5, 6, shape)
        if exact:
            whole = [Fraction(int(v)) for v in found[tensor.name].ravel()]
            found[tensor.name] = np.array(whole, dtype=object).reshape(shape)
        else:
            found[tensor.name] = found[tensor.name] / 5
    return found


def upstream(made, seed=1):
    shape = [concrete(n) for n in made.shapes[made.output]]
    if not shape:
        return None
    return np.random.default_rng(seed).integers(-3, 4, shape).astype(object)


def from_forms(made, arrays, back):
    """Every tensor's value and gradient by the forms."""
    values = dict(arrays)
    for equation in made.equations:
        values[equation.name] = evaluate_arrays(equation, values)
    names = upstream_names(made)
    if back is not None:
        values[names[made.output]] = back
    for form in backward(made):
        values[form.name] = evaluate_arrays(form, values)
    gradients = {tensor: values[key] for tensor, key in names.items() if key in values}
    return values, gradients


def element(tensor, at):
    return f"{tensor}[{','.join(map(str, at))}]" if at else tensor
