"""By hand: every line adds up, every name is the element it stands for; what is never read."""

from __future__ import annotations

import re
from fractions import Fraction

import numpy as np
import pytest
from core_forms import brute, equal, number, whole

import symconv
from symconv import witness
from symconv.errors import SymconvError
from symconv.gradients import backward
from symconv.index import Symbol
from symconv.operations.build import build
from symconv.sampling import generic_arrays
from symconv.syntax.spec import parse
from symconv.unread import never_read, output_padding_back
from symconv.worked import (
    WorkedOutput,
    factor_latex,
    joined_latex,
    labels_of,
    number_latex,
    partial_sums,
    sum_latex,
    worked_latex,
    worked_outputs,
    written_latex,
)

o, k = Symbol("o"), Symbol("k")


def graph(text):
    return build(parse(text))


def worth(latex, names=None):
    """A line as a person reads it: products, sums, fractions, relu, letters with numbers."""
    text = latex
    for name in sorted(names or {}, key=len, reverse=True):
        text = re.sub(rf"(?<![a-z\\]){re.escape(name)}(?![a-z])", f"({names[name]})", text)
    text = re.sub(r"\\frac\{(-?\d+)\}\{(\d+)\}", r"Fraction(\1,\2)", text)
    text = re.sub(r"\\operatorname\{relu\}(\(+[^()]*\)+)", r"max(0,\1)", text)
    text = re.sub(r"\[(.*?) > 0\]", r"int(\1 > 0)", text)
    text = text.replace(r"\cdot", "*").replace(r"\,", "*")
    assert "\\" not in text, text
    assert not re.search(r"[+-] *[-+]", text), f"two signs in a row: {latex}"
    return eval(text, {"Fraction": Fraction})


# --- worked lines -------------------------------------------------------------------------------

WORKED = (
    "y = conv1d(x[5], w[3], stride=2, padding=1)",
    "y = conv1d(x=[1,-2,3], w=[2,-1])",
    "y = conv1d(x[2,4], w[2,2,2], b[2])",
    "y = conv_transpose1d(x[3], w[2], stride=2)",
    "y = avg_pool1d(x=[3,4,-5,7], 3, 1)",
    "y = avg_pool1d(x[5], 3, stride=2, padding=1, count_include_pad=False)",
    "y = sub(a=[1,2,a], b=[-1,3,-2])",
    "y = scale(x=[3,-4], -1/2)",
    "y = relu(x=[-1,2,a])",
    "y[o] = sum(-2*w[k]*relu(x[o+k]), k=0..1) for o=0..1 with x=[-1,2,3], w=[-1,1/2]",
    "y[o] = sum(1/3*x[o+k]*x[o], k=0..1) - 4*x[o] for o=0..2 with x[4]",
)


def arrays_of(made, seed=3):
    """The spec's own numbers, else generic ones, exact."""
    arrays = generic_arrays(made, seed)
    for tensor in made.inputs:
        flat = list(tensor.elements or ())
        for place, item in enumerate(flat):
            if not isinstance(item, str):
                arrays[tensor.name][place] = Fraction(item)
    return arrays


@pytest.mark.parametrize("text", WORKED)
def test_every_side_of_a_worked_line_is_the_value(text):
    made = graph(text)
    (form,) = made.equations
    arrays = arrays_of(made)
    values = brute(form, arrays)
    labels = labels_of(made)
    names = {
        label: arrays[name].ravel()[place]
        for name in arrays
        for place, label in enumerate(labels[name])
        if not re.fullmatch(r"-?\d+|-?\\frac.*", label)
    }
    several = 0
    for row, want in zip(worked_outputs(form, arrays, labels), values.ravel(), strict=True):
        assert row.total == want
        assert [worth(side, names) for side in worked_latex(row)] == [want] * len(worked_latex(row))
        assert worked_latex(row, letters=False)[-1] == number_latex(want)
        several += len(worked_latex(row)) > 1
    assert several
    for (left, right), want in zip(written_latex(made, form), values.ravel(), strict=True):
        assert left.startswith("y_{")
        assert worth(right, names) == want


@pytest.mark.parametrize("text", WORKED)
def test_products_and_partial_sums(text):
    """What is multiplied, one after the other, from the definition read a second time."""
    made = graph(text)
    (form,) = made.equations
    arrays = arrays_of(made)
    rows = worked_outputs(form, arrays, labels_of(made))
    for row in rows:
        running = 0
        for front, factors, product, total in zip(
            row.numbers, row.factors, row.products, row.partial_sums, strict=True
        ):
            made_of = Fraction(front)
            for factor in factors:
                made_of *= factor
            assert product == made_of
            running += product
            assert total == running
    assert equal([row.total for row in rows], brute(form, arrays).ravel())


def test_a_convolution_by_hand():
    made = graph("y = conv1d(x=[1,-2,a], w=[2,-1], padding=1)")
    (form,) = made.equations
    arrays = {"x": np.array([1, -2, 5]), "w": np.array([2, -1])}
    rows = worked_outputs(form, arrays, labels_of(made))
    assert [row.name for row in rows] == ["y_{0}", "y_{1}", "y_{2}", "y_{3}"]
    assert worked_latex(rows[1]) == (r"2 \cdot 1 + (-1) \cdot (-2)", "2 + 2", "4")
    assert worked_latex(rows[2]) == (
        r"2 \cdot (-2) - 1 \, a",
        r"2 \cdot (-2) + (-1) \cdot 5",
        "-4 - 5",
        "-9",
    )
    assert worked_latex(rows[2], letters=False)[0] == r"2 \cdot (-2) + (-1) \cdot 5"
    assert rows[2].partial_sums == (-4, -9)
    assert worked_latex(WorkedOutput("y", (), (), (), ())) == ("0",)


def test_a_mean_by_hand():
    made = graph("y = avg_pool1d(x=[3,4,5], 3)")
    (row,) = worked_outputs(made.equations[0], {"x": np.array([3, 4, 5])}, labels_of(made))
    third = r"\frac{1}{3}"
    placed = rf"{third} \cdot 3 + {third} \cdot 4 + {third} \cdot 5"
    assert worked_latex(row) == (placed, r"1 + \frac{4}{3} + \frac{5}{3}", "4")


def test_gradients_by_hand():
    made = graph("h = conv1d(x[4], w[2])\ny = relu(h)")
    arrays = {"x": whole((4,), 1), "w": whole((2,), 2), "g": whole((3,), 3)}
    values = dict(arrays)
    for equation in (*made.equations, *backward(made, ["w"])):
        values[equation.name] = brute(equation, values)
    labels = labels_of(made)
    assert labels["g"] == ["g_{0}", "g_{1}", "g_{2}"]
    assert labels["dh"][1] == r"\frac{\partial L}{\partial h_{1}}"
    inner, outer = backward(made, ["w"])
    first = worked_outputs(inner, values, labels)[1]
    assert first.name == labels["dh"][1]
    assert worked_latex(first)[0] == r"g_{1} \, [h_{1} > 0]"
    rows = worked_outputs(outer, values, labels)
    assert [row.total for row in rows] == values["dw"].tolist()
    assert rows[1].names[0] == (labels["dh"][0], "x_{1}")


def test_labels_are_the_elements_that_were_given():
    labels = labels_of(graph("y = conv2d(x=[[a,2],[alpha,1/2]], w[1,2])"))
    assert labels["x"] == ["a", "2", r"\alpha", r"\frac{1}{2}"]
    assert labels["w"] == ["w_{0,0}", "w_{0,1}"]
    assert labels["y"] == ["y_{0,0}", "y_{1,0}"]
    assert labels["g"] == ["g_{0,0}", "g_{1,0}"]


def test_gradients_written_in_letters():
    made = graph("y = conv1d(x=[a,b,c], w=[2,-1])")
    written = written_latex(made, backward(made, ["x"])[-1])
    assert written == [
        (r"\frac{\partial L}{\partial x_{0}}", r"g_{0} \cdot 2"),
        (r"\frac{\partial L}{\partial x_{1}}", r"g_{0} \cdot (-1) + g_{1} \cdot 2"),
        (r"\frac{\partial L}{\partial x_{2}}", r"g_{1} \cdot (-1)"),
    ]


def test_sums_over_some_indices():
    """Per channel: a convolution of each channel alone, and together they are the output."""
    op = symconv.operation("y = conv2d(x[2,3,4,5], w[4,3,2,3], b[4], stride=(2,1))")
    arrays = {t.name: whole(tuple(t.shape), 4).astype(int) for t in op.program.inputs}
    (form,) = op.program.equations
    parts = partial_sums(form, arrays, ["c"])
    assert parts.shape == (*op.output_shape, 3)
    alone = symconv.operation("y = conv2d(x[2,1,4,5], w[4,1,2,3], stride=(2,1))")
    for c in range(3):
        want = alone.forward(x=arrays["x"][:, c : c + 1], w=arrays["w"][:, c : c + 1])
        assert np.array_equal(parts[..., c], want)
    total = parts.sum(axis=-1) + arrays["b"][:, None, None]
    assert np.array_equal(total, op.forward(**arrays))
    by_both = partial_sums(form, arrays, ["k_w", "c"])
    assert by_both.shape == (*op.output_shape, 3, 3)
    assert np.array_equal(by_both.sum(axis=-2), parts)
    with pytest.raises(SymconvError, match="no term sums over q"):
        partial_sums(form, arrays, ["q"])


def test_numbers_as_people_write_them():
    assert [number_latex(v) for v in (3, -2, 4.0, 0.5, Fraction(1, 3), 1234567.5, 1e-9)] == [
        "3",
        "-2",
        "4",
        "0.5",
        r"\frac{1}{3}",
        "1.23457e+06",
        "1e-09",
    ]
    assert factor_latex(-2) == "(-2)"
    assert sum_latex([2, -1, 0, Fraction(-1, 2)]) == r"2 - 1 + 0 - \frac{1}{2}"
    assert joined_latex([]) == "0"


# --- what is never read -------------------------------------------------------------------------

READS = (
    "y = conv1d(x[9], w[3], stride=4, padding=1)",
    "y = conv1d(x[8], w[2], stride=3, dilation=2)",
    "y = conv2d(x[2,7,6], w[3,2,2,3], b[3], stride=(3,2), padding=(1,0))",
    "y = conv_transpose1d(x[3], w[5], stride=1, padding=3)",
    "y = avg_pool2d(x[1,5,7], 2)",
    'y = convolve(x[3], w[6], mode="valid")',
    "y[o] = sum(w[2*k]*x[3*o+k], k=0..2) for o=0..1 with x[9]",
    "y[o] = sum(x[o+k]*w[k], k=0..3, k != 2) for o=0..2 with x[4]",
)


@pytest.mark.parametrize("text", READS)
def test_what_is_never_read_changes_nothing(text):
    """Every element is changed in turn, and the engine (or the definition) says whether y moves."""
    made = graph(text)
    arrays = {n: a.astype(float) for n, a in generic_arrays(made, 2).items()}
    (form,) = made.equations

    def output(values):
        try:
            return witness.forward(made, values)["y"]
        except SymconvError:
            return brute(form, {n: a.astype(object) for n, a in values.items()}).astype(float)

    still = output(arrays)
    for found in never_read(made):
        moved = []
        for at in np.ndindex(*arrays[found.tensor].shape):
            changed = arrays[found.tensor].copy()
            changed[at] += 17.25
            if np.array_equal(output(arrays | {found.tensor: changed}), still):
                moved.append(at)
        assert list(found.elements) == moved
        assert found.total == arrays[found.tensor].size


def test_something_is_left_over_in_most_of_these():
    counts = {text: [len(found.elements) for found in never_read(graph(text))] for text in READS}
    assert sum(any(numbers) for numbers in counts.values()) >= 6
    assert counts[READS[0]] == [2, 0]


def test_padding_alone_hides_a_weight():
    """One window, of which only the middle weight meets the input."""
    (x, w) = never_read(graph("y = conv1d(x[2], w[3], padding=2, dilation=2, stride=2)"))
    assert x.elements == ((1,),)
    assert w.elements == ((0,), (2,))


def test_reads_through_a_chain():
    """An input is read where any line reads it."""
    x, w, v = never_read(graph("h = conv1d(x[8], w[2], stride=4)\ny = conv1d(x, v[3], stride=5)"))
    assert x.elements == ((3,),)
    assert (w.total, v.total) == (2, 3)


@pytest.mark.parametrize("stride", [1, 2, 3, 4])
@pytest.mark.parametrize("padding", [0, 1])
@pytest.mark.parametrize("size", [5, 6, 7, 8])
def test_the_way_back_to_a_size(size, stride, padding):
    """With this output_padding the transposed convolution of y has the size of x."""
    made = graph(f"y = conv2d(x[{size},9], w[3,2], stride=({stride},2), padding=({padding},0))")
    extra = output_padding_back(made.nodes[0])
    (rows, columns) = (number(n, {}) for n in made.shapes["y"])
    back = symconv.operation(
        f"z = conv_transpose2d(y[{rows},{columns}], w[3,2], stride=({stride},2), "
        f"padding=({padding},0), output_padding=({extra[0]},{extra[1]}))"
    )
    assert back.output_shape == (size, 9)
    assert extra[0] < stride
