"""The examples of the notes, worked out by hand and written down here, letter by letter."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy

import symconv
from symconv.unread import output_padding_back

PADDED = "y = conv1d(x=[a,b,c,d], w=[x,y,z], padding=1)"


def letters(text: str) -> Any:
    """``"x y; 0 z"`` as a matrix of letters, products and sums: ``ax+by``."""
    rows = [[_sum(entry) for entry in row.split()] for row in text.split(";")]
    return sympy.Matrix(rows)


def _sum(entry: str) -> Any:
    return sympy.Add(*(sympy.Mul(*map(_letter, product)) for product in entry.split("+")))


def _letter(sign: str) -> Any:
    return sympy.Integer(sign) if sign.isdigit() else sympy.Symbol(sign)


def as_matrix(outputs: Any) -> Any:
    """Written-out outputs as a matrix, one signal as a row."""
    return sympy.Matrix(np.atleast_2d(outputs).tolist())


# --- one dimension ------------------------------------------------------------------------------


def test_four_numbers_three_weights_one_zero_at_each_end() -> None:
    op = symconv.operation(PADDED)
    assert op.output_shape == (4,)
    assert as_matrix(op.outputs()) == letters("ay+bz ax+by+cz bx+cy+dz cx+dy")


def test_its_matrix_on_the_padded_signal() -> None:
    made = symconv.operation(PADDED).matrix("x", padded=True)
    assert made == letters("x y z 0 0 0; 0 x y z 0 0; 0 0 x y z 0; 0 0 0 x y z")


def test_its_matrix_on_the_plain_signal() -> None:
    made = symconv.operation(PADDED).matrix("x")
    assert made == letters("y z 0 0; x y z 0; 0 x y z; 0 0 x y")


def test_its_matrix_for_the_kernel() -> None:
    assert symconv.operation(PADDED).matrix("w") == letters("0 a b; a b c; b c d; c d 0")


def test_its_gradients() -> None:
    op = symconv.operation(PADDED)
    put = dict(zip(sympy.symbols("p q r s"), op.symbols["g"], strict=True))
    of_w = letters("aq+br+cs ap+bq+cr+ds bp+cq+dr").xreplace(put)
    of_x = letters("py+qx pz+qy+rx qz+ry+sx rz+sy").xreplace(put)
    assert as_matrix(op.gradient("w").outputs()) == of_w
    assert as_matrix(op.gradient("x").outputs()) == of_x


def test_transposed_it_gives_six_numbers() -> None:
    """The matrix is the transpose of the padded one, not an inverse."""
    op = symconv.operation("y = conv_transpose1d(x=[p,q,r,s], w=[x,y,z])")
    assert as_matrix(op.outputs()) == letters("px py+qx pz+qy+rx qz+ry+sx rz+sy sz")
    made = letters("x 0 0 0; y x 0 0; z y x 0; 0 z y x; 0 0 z y; 0 0 0 z")
    assert op.matrix("x") == made
    assert symconv.operation(PADDED).matrix("x", padded=True) == made.T


def test_transposed_with_stride_two() -> None:
    op = symconv.operation("y = conv_transpose1d(x=[a,b], w=[x,y,z], stride=2)")
    assert op.output_shape == (5,)
    assert as_matrix(op.outputs()) == letters("ax ay az+bx by bz")
    assert op.matrix("x") == letters("x 0; y 0; z x; 0 y; 0 z")
    assert op.matrix("w") == letters("a 0 0; 0 a 0; b 0 a; 0 b 0; 0 0 b")


@pytest.mark.parametrize(
    ("keyword", "mode", "outputs"),
    [
        ("convolve", "full", [0, 1, 1, 3, 5, 2, 8]),
        ("convolve", "same", [1, 1, 3, 5, 2]),
        ("convolve", "valid", [1, 3, 5]),
        ("convolve", "circular", [2, 9, 1, 3, 5]),
        ("correlate", "full", [0, 2, 3, 5, 7, -1, 4]),
        ("correlate", "same", [2, 3, 5, 7, -1]),
        ("correlate", "valid", [3, 5, 7]),
        ("correlate", "circular", [3, 5, 7, -1, 6]),
    ],
)
def test_two_signals_by_hand(keyword: str, mode: str, outputs: list[int]) -> None:
    op = symconv.operation(f'y = {keyword}(x=[0,1,2,3,4], w=[1,-1,2], mode="{mode}")')
    assert op.output_shape == (len(outputs),)
    assert list(op.outputs()) == outputs
    made = op.forward(x=[0, 1, 2, 3, 4], w=[1, -1, 2])
    assert made.tolist() == outputs


def test_a_convolution_commutes_and_a_correlation_does_not() -> None:
    x, w = "[0,1,2,3,4]", "[1,-1,2]"
    there = [0, 2, 3, 5, 7, -1, 4]
    for keyword, back in (("convolve", [0, 1, 1, 3, 5, 2, 8]), ("correlate", there[::-1])):
        op = symconv.operation(f"y = {keyword}(x={w}, w={x})")
        assert list(op.outputs()) == back


# --- sizes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("y = conv2d(x[3,32,32], w[1,3,5,5], padding=2)", (1, 32, 32)),
        ("y = conv2d(x[10,3,32,32], w[1,3,5,5], b[1], padding=2)", (10, 1, 32, 32)),
        ("y = conv2d(x[3,32,32], w[6,3,5,5])", (6, 28, 28)),
        ("y = conv2d(x[3,5,5], w[2,3,3,3], b[2], stride=2, padding=1)", (2, 3, 3)),
        ("y = conv2d(x[4,4], w[3,3], stride=2, padding=1)", (2, 2)),
        ("y = conv2d(x[4,4], w[3,3], padding=1)", (4, 4)),
        ("y = conv_transpose2d(x[2,2], w[3,3], stride=2, padding=1)", (3, 3)),
        ("y = conv_transpose2d(x[2,2], w[3,3], stride=2, padding=1, output_padding=1)", (4, 4)),
        ("y = conv_transpose2d(x[4,4], w[3,3], padding=1)", (4, 4)),
        ("y = conv_transpose2d(x[2,2], w[3,3], stride=2)", (5, 5)),
        ("y = max_pool2d(x[6,7], 2)", (3, 3)),
        ("y = max_pool2d(x[6,7], 2, ceil_mode=True)", (3, 4)),
        ("y = conv1d(x[5], w[3])", (3,)),
        ('y = conv1d(x[7], w[3], stride=2, padding="same")', (4,)),
        ('y = conv1d(x[7], w[3], dilation=2, padding="full")', (11,)),
    ],
)
def test_sizes(text: str, shape: tuple[int, ...]) -> None:
    assert symconv.operation(text).output_shape == shape


@pytest.mark.parametrize(("of_x", "back"), [(4, 1), (5, 0), (6, 1), (7, 0)])
def test_what_a_transposed_convolution_needs_to_return(of_x: int, back: int) -> None:
    op = symconv.operation(f"y = conv1d(x[{of_x}], w[3], stride=2, padding=1)")
    (node,) = op.program.nodes
    assert output_padding_back(node) == (back,)
    (small,) = op.output_shape
    again = symconv.operation(
        f"y = conv_transpose1d(x[{small}], w[3], stride=2, padding=1, output_padding={back})"
    )
    assert again.output_shape == (of_x,)


# --- two dimensions -----------------------------------------------------------------------------

KERNEL = "w=[[p,q,r],[s,t,u],[v,m,n]]"


def test_a_picture_of_four_by_four_as_a_doubly_block_toeplitz_matrix() -> None:
    made = symconv.operation(f"y = conv2d(x[4,4], {KERNEL})").matrix("x")
    assert made == letters(
        "p q r 0 s t u 0 v m n 0 0 0 0 0;"
        "0 p q r 0 s t u 0 v m n 0 0 0 0;"
        "0 0 0 0 p q r 0 s t u 0 v m n 0;"
        "0 0 0 0 0 p q r 0 s t u 0 v m n"
    )


def test_the_same_with_stride_two_and_padding() -> None:
    made = symconv.operation(f"y = conv2d(x[3,3], {KERNEL}, stride=2, padding=1)").matrix("x")
    assert made == letters(
        "t u 0 m n 0 0 0 0; 0 s t 0 v m 0 0 0; 0 0 0 q r 0 t u 0; 0 0 0 0 p q 0 s t"
    )


def test_transposed_two_by_two_to_three_by_three() -> None:
    spec = f"y = conv_transpose2d(x=[[a,b],[c,d]], {KERNEL}, stride=2, padding=1)"
    op = symconv.operation(spec)
    assert as_matrix(op.outputs()) == letters("at au+bs bt; am+cq an+bv+cr+dp bm+dq; ct cu+ds dt")


def test_transposed_two_by_two_to_four_by_four() -> None:
    spec = f"y = conv_transpose2d(x=[[a,b],[c,d]], {KERNEL}, stride=2, padding=1, output_padding=1)"
    op = symconv.operation(spec)
    assert as_matrix(op.outputs()) == letters(
        "at au+bs bt bu; am+cq an+bv+cr+dp bm+dq bn+dr; ct cu+ds dt du; cm cn+dv dm dn"
    )


def test_one_pixel_kernel_over_three_channels() -> None:
    spec = "y = conv2d(x=[[[a,b]],[[c,d]],[[e,f]]], w=[[[[p]],[[q]],[[r]]]])"
    op = symconv.operation(spec)
    assert op.output_shape == (1, 1, 2)
    assert as_matrix(op.outputs()[0]) == letters("ap+cq+er bp+dq+fr")
    put = dict(zip(sympy.symbols("g h"), np.ravel(op.symbols["g"]), strict=True))
    wanted = letters("ag+bh cg+dh eg+fh").xreplace(put)
    assert as_matrix(op.gradient("w").outputs().ravel()) == wanted
    assert list(op.gradient("x").outputs().ravel()) == list(
        letters("gp hp gq hq gr hr").xreplace(put)
    )


def test_five_by_five_with_two_filters() -> None:
    """One number of each filter by hand: the corner, where the padding hides a row and a column."""
    op = symconv.operation("y = conv2d(x[3,5,5], w[2,3,3,3], b[2], stride=2, padding=1)")
    x = np.arange(75).reshape(3, 5, 5)
    w = np.zeros((2, 3, 3, 3), dtype=int)
    w[0, 0] = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    w[1, 2, 0, 0] = 1
    y = op.forward(x=x, w=w, b=[100, -1])
    assert y.shape == (2, 3, 3)
    assert y[0, 0, 0] == 100 + 5 * 0 + 6 * 1 + 8 * 5 + 9 * 6
    assert y[1, 0, 0] == -1
    assert y[1, 1, 1] == -1 + 50 + 6
    assert y[0, 2, 2] == 100 + 1 * 18 + 2 * 19 + 4 * 23 + 5 * 24


def test_means_and_maxima_of_two_by_two() -> None:
    picture = [[1, 3, 2, 0], [5, 7, 2, 4], [0, 1, 9, 9], [2, 1, 6, 4]]
    assert symconv.operation("y = avg_pool2d(x[4,4], 2)").forward(x=picture).tolist() == [
        [4, 2],
        [1, 7],
    ]
    op = symconv.operation("y = max_pool2d(x[4,4], 2)")
    assert op.forward(x=picture).tolist() == [[7, 4], [2, 9]]
    assert op.backward([[1, 2], [3, 4]], x=picture)["x"].tolist() == [
        [0, 0, 0, 0],
        [0, 1, 0, 2],
        [0, 0, 4, 0],  # the first of the two nines
        [3, 0, 0, 0],
    ]


def test_windows_as_columns() -> None:
    op = symconv.operation("Y = unfold(x=[[a,b,c],[d,e,f],[g,h,i]], (2,2))")
    assert as_matrix(op.outputs()) == letters("a b d e; b c e f; d e g h; e f h i")
