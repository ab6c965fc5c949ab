"""Equations of matrices written out, with the entry that is wrong."""

# ruff: noqa: E501

FORWARD = "y = conv1d(x=[a,b,c,d], w=[x,y,z], padding=1)"
BACKWARD = "u = conv_transpose1d(h[4], w=[x,y,z])"
PRIMES = {"a'": "h[0]", "b'": "h[1]", "c'": "h[2]", "d'": "h[3]"}
PAIR = "y = conv1d(x[6], w=[p,q])"
FOUR = "y = conv1d(x[4], w[2])"
PICTURE = "y = conv2d(x[3,3], w[2,2])"


def matrix(*rows, kind="bmatrix", row=r" \\ "):
    """Rows of words as a matrix."""
    inside = row.join(" & ".join(line.split()) for line in rows)
    return rf"\begin{{{kind}}} {inside} \end{{{kind}}}"


def column(*entries, kind="bmatrix", row=r" \\ "):
    """A column of entries."""
    return rf"\begin{{{kind}}} {row.join(entries)} \end{{{kind}}}"


EATEN = {"kind": "vmatrix", "row": " \\ "}
BAND = matrix("x y z 0 0 0", "0 x y z 0 0", "0 0 x y z 0", "0 0 0 x y z", **EATEN)
STACK = column(*"0abcd0", **EATEN)
NAMED = column("a^{'}", "b^{'}", "c^{'}", "d^{'}", **EATEN)
FIRST = ("ay + bz", "ax + by + cz", "bx + cy + dz", "cx + dy")
TALL = matrix("x 0 0 0", "y x 0 0", "z y x 0", "0 z y x", "0 0 z y", "0 0 0 z", **EATEN)
SECOND = (
    "a^{'}x", "a^{'}y + b^{'}x", "a^{'}z + b^{'}y + c^{'}x", "b^{'}z + c^{'}y + d^{'}x",
    "c^{'}z + d^{'}y", "d^{'}z",
)  # fmt: skip


def forward(first=FIRST, band=BAND):
    """A padded convolution as a product, its entries, and names for them."""
    return rf"{band} \cdot {STACK} = {column(*first, **EATEN)} = {NAMED}"


def backward(second=SECOND, tall=TALL):
    """A transposed convolution as a product."""
    return rf"{tall} \cdot {NAMED} = {column(*second, **EATEN)}"


W4 = matrix("w_0 w_1 0 0", "0 w_0 w_1 0", "0 0 w_0 w_1")
X4 = column("x_0", "x_1", "x_2", "x_3")
NINE = matrix(
    "w_{00} w_{01} 0 w_{10} w_{11} 0 0 0 0",
    "0 w_{00} w_{01} 0 w_{10} w_{11} 0 0 0",
    "0 0 0 w_{00} w_{01} 0 w_{10} w_{11} 0",
    "0 0 0 0 w_{00} w_{01} 0 w_{10} w_{11}",
)
WRONG = NINE.replace("w_{10} & w_{11} & 0 \\", "w_{10} & w_{10} & 0 \\")
A = {"A": "matrix(y, x)"}

EQUATIONS = [
    # operation, text, names, the first wrong position of each claim (None: it holds)
    (FORWARD, forward(), {}, (None, None, None)),
    (FORWARD, forward(("ax + bz", *FIRST[1:])), {}, ((0, 0), None, None)),
    (FORWARD, forward((*FIRST[:2], "bx + cy + cz", FIRST[3])), {}, ((2, 0), None, None)),
    (FORWARD, forward(band=BAND.replace("0 & x & y & z & 0 & 0", "0 & x & z & y & 0 & 0")), {},
     ((1, 0), (1, 2), (1,))),
    (BACKWARD, backward(), PRIMES, (None, None, None)),
    (BACKWARD, backward((*SECOND[:4], "d^{'}z + d^{'}y", "d^{'}y")), PRIMES, ((4, 0), None, None)),
    (BACKWARD, backward((*SECOND[:5], "d^{'}y")), PRIMES, ((5, 0), None, None)),
    (BACKWARD, backward(tall=TALL.replace("0 & 0 & 0 & z", "0 & 0 & 0 & y")), PRIMES,
     ((5, 0), (5, 3), (5,))),
    (FOUR, rf"{W4} {X4} = y", {}, (None, None, None)),
    (FOUR, rf"{W4} \times x = y", {}, (None, None, None)),
    (FOUR, rf"y = {W4} x", {}, (None, None)),
    (FOUR, rf"{W4}^T g = dx", {}, (None,)),
    (FOUR, rf"{W4}^\top g = \frac{{\partial L}}{{\partial x}}", {}, (None,)),
    (FOUR, rf"{W4.replace('0 & 0 & w_0 & w_1', '0 & 0 & w_1 & w_0')} {X4} = y", {},
     ((2,), (2, 2), (2,))),
    (FOUR, rf"A = {W4}", A, (None,)),
    (FOUR, rf"A^T = {W4}", A, ((),)),
    (FOUR, rf"A^T = {W4}^{{\mathsf{{T}}}}", A, (None,)),
    (FOUR, rf"2A = A + {W4}", A, (None,)),
    (FOUR, r"A = \left[\begin{array}{cccc} w_0 & w_1 & 0 & 0 \\ 0 & w_0 & w_1 & 0 \\\ "
     r"0 & 0 & w_0 & w_1 \\ \end{array}\right]", A, (None,)),
    (FOUR, "A = [[w_0, w_1, 0, 0], [0, w_0, w_1, 0], [0, 0, w_0, w_1]]", A, (None,)),
    (FOUR, "A = [[w_0, w_1, 0, 0], [0, w_0, 0, w_1], [0, 0, w_0, w_1]]", A, ((1, 2),)),
    (PICTURE, rf"A = {NINE}", A, (None,)),
    (PICTURE, rf"{NINE} vec(x) = vec(y)", {}, (None, None, None)),
    (PICTURE, rf"A = {WRONG}", A, ((2, 7),)),
    (PICTURE, r"y = \begin{pmatrix} w_{00}x_{00}+w_{01}x_{01}+w_{10}x_{10}+w_{11}x_{11} & "
     r"w_{00}x_{01}+w_{01}x_{02}+w_{10}x_{11}+w_{11}x_{12} \\ "
     r"w_{00}x_{10}+w_{01}x_{11}+w_{10}x_{20}+w_{11}x_{21} & "
     r"w_{00}x_{11}+w_{01}x_{12}+w_{10}x_{21}+w_{11}x_{22} \end{pmatrix}", {}, (None,)),
    (PICTURE, r"dw = \begin{pmatrix} g_{00} x_{00} + g_{01} x_{01} + g_{10} x_{10} + g_{11} x_{11} & "
     r"g_{00} x_{01} + g_{01} x_{02} + g_{10} x_{11} + g_{11} x_{12} \\ "
     r"g_{00} x_{10} + g_{01} x_{11} + g_{10} x_{20} + g_{11} x_{21} & "
     r"g_{00} x_{11} + g_{01} x_{12} + g_{10} x_{12} + g_{11} x_{22} \end{pmatrix}", {}, ((1, 1),)),
    (FORWARD, r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix} \begin{pmatrix} 5 & 6 \\ 7 & 8 "
     r"\end{pmatrix} = \begin{pmatrix} 19 & 22 \\ 43 & 50 \end{pmatrix}", {}, (None,)),
    (FORWARD, r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix} \begin{pmatrix} 5 & 6 \\ 7 & 8 "
     r"\end{pmatrix} = \begin{pmatrix} 19 & 22 \\ 43 & 51 \end{pmatrix}", {}, ((1, 1),)),
    (FORWARD, r"\begin{pmatrix} 1 & 2 \end{pmatrix}^T \begin{pmatrix} a & b \end{pmatrix} = "
     r"\begin{pmatrix} a & b \\ 2a & 2b \end{pmatrix}", {}, (None,)),
]  # fmt: skip

DOTTED = [
    (PAIR, matrix(r"p q 0 \cdots 0", r"0 p q \cdots 0", r"\vdots \vdots \vdots \ddots \vdots",
                  r"0 \cdots 0 p q"), None, 12),
    (PAIR, matrix(r"p q 0 \cdots 0", r"0 p q \cdots 0", r"\vdots {} {} \ddots \vdots",
                  r"0 \cdots 0 q p").replace("{}", ""), (4, 4), 12),
    (PAIR, matrix(r"p q 0 0 0 0", r"\vdots \vdots \vdots \vdots \vdots \vdots",
                  r"0 0 0 0 p q"), None, 12),
]  # fmt: skip
