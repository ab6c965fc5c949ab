"""Operations of one's own, against the engine's convolutions and against differences."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv import engine
from symconv.engine import SumTerm, backward_sum, forward_sum
from symconv.errors import GeometryError

CONV = SumTerm(
    sizes=(3, 2, 3),  # c, k1, k2
    starts=(0, 0, 0),
    coefficient=1,
    reads=(
        # columns: n f o1 o2 | c k1 k2
        ("w", [[0, 1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 1, 0, 0], [0, 0, 0, 0, 0, 1, 0],
               [0, 0, 0, 0, 0, 0, 1]], [0, 0, 0, 0]),
        ("x", [[1, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 1, 0, 0], [0, 0, 2, 0, 0, 1, 0],
               [0, 0, 0, 3, 0, 0, 2]], [0, 0, -1, -2]),
    ),
)  # fmt: skip


def test_a_convolution_spelled_out():
    random = np.random.default_rng(0)
    x, w = random.integers(-9, 10, (2, 3, 5, 8)), random.integers(-9, 10, (4, 3, 2, 3))
    options = {"stride": (2, 3), "dilation": (1, 2), "padding": (1, 2)}
    y = engine.forward("conv2d", x, w, **options)
    assert np.array_equal(forward_sum(y.shape, [CONV], {"x": x, "w": w}), y)
    gradients = backward_sum(y, y.shape, [CONV], {"x": x, "w": w})
    gx, gw = engine.backward("conv2d", y, x, w, **options)
    assert np.array_equal(gradients["x"], gx)
    assert np.array_equal(gradients["w"], gw)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_gradients_by_differences(data):
    """Random affine reads, repeated reads of one array, several terms, generic numbers."""
    small = st.integers(-2, 2)
    arrays = {"a": (3, 4), "b": (5,)}
    out = (2, 3)
    terms = []
    for _ in range(data.draw(st.integers(1, 2))):
        sizes = tuple(data.draw(st.lists(st.integers(1, 3), max_size=2)))
        reads = []
        for name in data.draw(st.lists(st.sampled_from("ab"), min_size=1, max_size=3)):
            rank = len(arrays[name])
            matrix = [[data.draw(small) for _ in range(2 + len(sizes))] for _ in range(rank)]
            reads.append((name, matrix, [data.draw(small) for _ in range(rank)]))
        starts = tuple(data.draw(small) for _ in sizes)
        terms.append(SumTerm(sizes, starts, data.draw(small), tuple(reads)))
    random = np.random.default_rng(0)
    values = {name: random.standard_normal(shape) for name, shape in arrays.items()}
    g = random.standard_normal(out)

    def f(**tensors):
        return forward_sum(out, terms, tensors)

    assert np.allclose(f(**values), by_loops(out, terms, values), atol=1e-12)
    gradients = backward_sum(g, out, terms, values)
    for name, gradient in gradients.items():
        scale = max(1.0, np.abs(gradient).max())
        assert engine.deviation(f, values, g, name, gradient) < 1e-6 * scale


def by_loops(out_shape, terms, arrays):
    y = np.zeros(out_shape)
    for term in terms:
        for o in np.ndindex(out_shape):
            for b in np.ndindex(term.sizes):
                index = [*o, *(s + j for s, j in zip(term.starts, b, strict=True))]
                value = float(term.coefficient)
                for name, matrix, offset in term.reads:
                    i = np.array(matrix) @ index + np.array(offset)
                    inside = all(0 <= p < n for p, n in zip(i, arrays[name].shape, strict=True))
                    value *= arrays[name][tuple(i)] if inside else 0.0
                y[o] += value
    return y


def test_fractions_and_plain_dictionaries():
    term = {"sizes": (2,), "starts": (0,), "coefficient": Fraction(1, 2), "reads": (
        ("x", [[2, 1]], [0]), ("x", [[2, 1]], [0]))}  # fmt: skip
    x = np.array([1, 2, 3])
    y = forward_sum((2,), [term], {"x": x})
    assert y.tolist() == [Fraction(5, 2), Fraction(9, 2)]
    assert backward_sum([1, 10], (2,), [term], {"x": x})["x"].tolist() == [1, 2, 30]
    assert forward_sum((2,), [term], {"x": x.astype(float)}).tolist() == [2.5, 4.5]


def test_a_scalar_output_and_a_constant():
    read = ("x", [[1]], [0])
    terms = [SumTerm((4,), (0,), 1, (read,)), SumTerm((), (), 7, ())]
    assert forward_sum((), terms, {"x": np.array([1, 2, 3])}) == 13
    assert backward_sum(2, (), terms, {"x": np.array([1, 2, 3])})["x"].tolist() == [2, 2, 2]


@pytest.mark.parametrize(
    ("term", "text"),
    [
        (SumTerm((), (), 1, (("z", [[1]], [0]),)), "no array 'z'"),
        (SumTerm((), (), 1, (("x", [[1, 1]], [0]),)), "a read of 'x' does not fit"),
        (SumTerm((2,), (), 1, ()), "1 bound sizes but 0 starts"),
    ],
)
def test_misfits(term, text):
    with pytest.raises(GeometryError, match=text):
        forward_sum((2,), [term], {"x": np.array([1, 2])})


def test_upstream_shape():
    with pytest.raises(GeometryError, match="g does not fit"):
        backward_sum([1], (2,), [], {"x": np.array([1, 2])})
