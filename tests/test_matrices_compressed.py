"""The matrix row by row against the engine, and against SciPy's own way from coordinates."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from symconv import operation
from symconv.errors import SymconvError
from symconv.matrices import csr, linear_map

sparse = pytest.importorskip("scipy.sparse", reason="SciPy stores the matrix")

CASES = [
    ("y = conv2d(x[2,3,7,6], w[4,3,3,2], stride=(2,1), padding=(1,2))", "x"),
    ("y = conv2d(x[2,3,7,6], w[4,3,3,2], stride=(2,1), padding=(1,2))", "w"),
    ("y = conv2d(x[2,4,7,6], w[6,2,3,2], groups=2, dilation=(1,2))", "x"),
    ("y = conv2d(x[2,4,7,6], w[4,1,3,3], groups=4, padding=1)", "x"),
    ("y = conv_transpose2d(x[2,3,4,5], w[3,2,4,3], stride=(2,3), padding=1)", "x"),
    ("y = conv_transpose2d(x[2,3,4,5], w[3,2,4,3], stride=(2,3), padding=1)", "w"),
    ("y = conv1d(x[9], w[4], padding=2)", "x"),
    ("y = conv1d(x[2,3,9], w[5,3,4], b[5], padding=1)", "x"),
    ("y = conv1d(x[2,3,9], w[5,3,4], b[5], padding=1)", "b"),
    ("y = avg_pool2d(x[2,3,7,6], kernel_size=(3,2), stride=2, padding=1)", "x"),
    ("y = avg_pool2d(x[2,3,7,6], kernel_size=(3,2), padding=1, count_include_pad=False)", "x"),
    ("y = conv2d(x[1,2,5,6], w[3,2,3,3], padding=1, padding_mode='circular')", "x"),
    ("y = conv2d(x[1,2,5,6], w[3,2,3,3], padding=2, padding_mode='replicate')", "x"),
]


def arrays_of(op, of, kind=float):
    random = np.random.default_rng(3)
    shapes = {t.name: tuple(int(n) for n in t.shape) for t in op.program.inputs}
    return {
        name: random.integers(-9, 10, shape).astype(kind) for name, shape in shapes.items()
    }, shapes[of]


@pytest.mark.parametrize(("text", "of"), CASES)
def test_multiplies_as_the_engine_computes(text, of):
    op = operation(text)
    arrays, shape = arrays_of(op, of)
    others = {name: value for name, value in arrays.items() if name != of}
    matrix = sparse.csr_array(*op.csr(of, **others))
    zero = op.forward(**arrays | {of: np.zeros(shape)}).ravel()
    expected = op.forward(**arrays).ravel() - zero
    assert np.abs(matrix @ arrays[of].ravel() - expected).max() < 1e-12


@pytest.mark.parametrize(("text", "of"), CASES)
def test_stored_as_scipy_stores_it(text, of):
    op = operation(text)
    arrays, _ = arrays_of(op, of)
    others = {name: value for name, value in arrays.items() if name != of}
    (values, columns, starts), shape = op.csr(of, **others)
    expected = sparse.coo_array(op.coo(of, **others), shape=shape).tocsr()
    expected.sum_duplicates()
    assert np.array_equal(starts, expected.indptr)
    assert np.array_equal(columns, expected.indices)
    assert np.array_equal(values, expected.data)
    assert values.dtype == expected.data.dtype
    assert columns.dtype == starts.dtype == np.int32


def test_filters_and_samples_are_blocks_that_repeat():
    """Only one block is written out: for the filter (and the sample) all others are shifted."""
    seen = []
    plain = csr.read_off

    def noted(reading, form):
        seen.append(tuple(r.size for r in form.ranges))
        return plain(reading, form)

    patch = pytest.MonkeyPatch()
    with patch.context() as place:
        place.setattr(csr, "read_off", noted)
        arrays, _ = arrays_of(operation(CASES[0][0]), "x")
        operation(CASES[0][0]).csr("x", w=arrays["w"])
        operation("y = conv1d(x[9], w[4])").csr("x", w=np.ones(4))
    assert seen == [(1, 1, 4, 9), (6,)]


def test_products_that_share_a_cell_are_added():
    graph = operation("y = conv2d(x[1,2,5,6], w[3,2,3,3], padding=2, padding_mode='replicate')")
    w = np.arange(54.0).reshape(3, 2, 3, 3)
    (values, columns, starts), shape = graph.csr("x", w=w)
    assert len(values) < len(linear_map(graph.program, "x").rows)
    assert all(np.all(np.diff(columns[a:b]) > 0) for a, b in pairwise(starts))
    assert np.array_equal(
        sparse.csr_array((values, columns, starts), shape=shape).toarray(),
        graph.map("x").numpy(w=w),
    )


def test_exact_numbers_stay_exact():
    op = operation("y = conv1d(x[5], w=[1/3, -2/7, 4])")
    (values, _, _), shape = op.csr("x")
    assert shape == (3, 5)
    assert list(values[:3]) == [Fraction(1, 3), Fraction(-2, 7), 4]


def test_what_is_missing_is_said():
    with pytest.raises(SymconvError, match="the matrix needs numbers"):
        operation("y = conv1d(x[5], w[3])").csr("x")
