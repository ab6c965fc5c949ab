"""Claims that separate a real prover from a toy, each with a twin that is false.

Rows: a name, the operation, the tensor whose gradient is meant (or the result), the true sum and
the false one.
"""

# ruff: noqa: E501
from __future__ import annotations

from dataclasses import replace

from prover_cases import NEEDS, claim

from symconv.claims import Claim
from symconv.index import Symbol

THREE = "h = conv1d(x[N], u[A], stride={0})\nk = conv1d(h, v[B], stride={1})\ny = conv1d(k, w[C], stride={2})"
TWO = "h = conv1d(x[N], u[A], stride={0}, padding=P)\ny = conv1d(h, v[B], stride={1}, padding=Q)"
H = "((N-A)//{0}+1)"
HK = f"(({H}-B)//{{1}}+1)"
PADDED = "((N+2*P-A)//{0}+1)"
LAST = f"(({PADDED}+2*Q-B)//{{1}})"
O1 = "(N+2*P-K)//{0}"
WINDOW = "(N-K)//{0}"


def merged(stride: str) -> str:
    return (
        f"y[o] = sum(w[c]*v[b]*u[a]*x[{stride}*o + {{0}}*{{1}}*c + {{0}}*b + a], c=0..C-1, b=0..B-1, a=0..A-1) "
        f"for o=0..({HK}-C)//{{2}} with x[N], w[C], v[B], u[A]"
    )


def through(condition: str) -> str:
    return (
        f"d[i] = sum(g[o]*v[b]*u[a], o=0..{LAST}, b=0..B-1, a=0..A-1, "
        f"{{0}}*({{1}}*o+b-Q)+a-P == i{condition}) for i=0..N-1 with g[{LAST}+1], v[B], u[A]"
    )


INNER = f", 0 <= {{1}}*o+b-Q, {{1}}*o+b-Q <= {PADDED}-1"
CONV = "y = conv1d(x[N], w[K], stride={0}, padding=P)"
POOL = "y = avg_pool1d(x[N], K, {0})"
UP = "y = conv_transpose1d(x[N], w[K], stride={0}, padding=P)"
MIRROR = 'y = conv1d(x[N], w[K], padding=1, padding_mode="reflect")'

ROWS: dict[str, tuple[str, str, str, str]] = {
    "three strided convolutions merged": (THREE, "", merged("{0}*{1}*{2}"), merged("({0}*{1}+{2})")),
    "the gradient through two padded strided convolutions": (TWO, "x", through(INNER), through("")),
    "the polyphase input gradient": (
        CONV, "x",
        f"d[i] = sum(g[(i+P)//{{0}} - j]*w[{{0}}*j + (i+P)%{{0}}], j=0..K) for i=0..N-1 with g[{O1}+1], w[K]",
        f"d[i] = sum(g[(i+P)//{{0}} - j]*w[{{0}}*j + i%{{0}}], j=0..K) for i=0..N-1 with g[{O1}+1], w[K]",
    ),
    "the weight gradient as a dilated convolution": (
        CONV, "w",
        f"d[k] = sum(g[j//{{0}}]*x[k+j-P], j=0..{{0}}*({O1}), j%{{0}} == 0) for k=0..K-1 with g[{O1}+1], x[N]",
        f"d[k] = sum(g[j//{{0}}]*x[k+j-P], j=0..{{0}}*({O1})-1, j%{{0}} == 0) for k=0..K-1 with g[{O1}+1], x[N]",
    ),
    "overlapping average pooling": (
        POOL, "x",
        f"d[i] = sum(g[o], o=0..{WINDOW}, {{0}}*o <= i, i <= {{0}}*o+K-1) for i=0..N-1 with g[{WINDOW}+1]",
        f"d[i] = g[i//{{0}}] for i=0..N-1 with g[{WINDOW}+1]",
    ),
    "the input gradient of a transposed convolution": (
        UP, "x",
        "d[i] = sum(g[{0}*i+k-P]*w[k], k=0..K-1) for i=0..N-1 with g[{0}*(N-1)+K-2*P]",
        "d[i] = sum(g[{0}*i-k+P]*w[k], k=0..K-1) for i=0..N-1 with g[{0}*(N-1)+K-2*P]",
    ),
}  # fmt: skip
"""With {0}, {1}, {2} for the strides: numbers, or symbols."""

GROUPED: dict[str, tuple[str, str, str, str]] = {
    "groups of three channels, input": (
        "y = conv1d(x[B,6,N], w[4,3,K], groups=2)", "x",
        "d[n,c,i] = sum(g[n,2*(c//3)+f,i-k]*w[2*(c//3)+f,c%3,k], f=0..1, k=0..K-1) for n=0..B-1, c=0..5, i=0..N-1 with g[B,4,N-K+1], w[4,3,K]",
        "d[n,c,i] = sum(g[n,2*(c%2)+f,i-k]*w[2*(c%2)+f,c//2,k], f=0..1, k=0..K-1) for n=0..B-1, c=0..5, i=0..N-1 with g[B,4,N-K+1], w[4,3,K]",
    ),
    "groups of three channels, weights": (
        "y = conv1d(x[B,6,N], w[4,3,K], groups=2)", "w",
        "d[f,c,k] = sum(g[n,f,o]*x[n,3*(f//2)+c,o+k], n=0..B-1, o=0..N-K) for f=0..3, c=0..2, k=0..K-1 with g[B,4,N-K+1], x[B,6,N]",
        "d[f,c,k] = sum(g[n,f,o]*x[n,3*(f%2)+c,o+k], n=0..B-1, o=0..N-K) for f=0..3, c=0..2, k=0..K-1 with g[B,4,N-K+1], x[B,6,N]",
    ),
    "box * box = triangle": (
        "y[o] = sum(x[o+j+k], j=0..2, k=0..2) for o=0..N-5 with x[N]", "",
        "y[o] = x[o] + 2*x[o+1] + 3*x[o+2] + 2*x[o+3] + x[o+4] for o=0..N-5 with x[N]",
        "y[o] = x[o] + 2*x[o+1] + 2*x[o+2] + 2*x[o+3] + x[o+4] for o=0..N-5 with x[N]",
    ),
    "box * box = triangle, of any length": (
        "y[o] = sum(x[o+j+k], j=0..K-1, k=0..K-1) for o=0..N-2*K+1 with x[N]", "",
        "y[o] = sum(x[o+m], m=0..2*K-2, t=1..K, t <= m+1, t <= 2*K-1-m) for o=0..N-2*K+1 with x[N]",
        "y[o] = sum(x[o+m], m=0..2*K-2, t=1..K, t <= m, t <= 2*K-1-m) for o=0..N-2*K+1 with x[N]",
    ),
    "the reflected edge, once": (
        MIRROR, "x",
        "d[i] = sum(g[i+1-k]*w[k], k=0..K-1) + sum(g[0-k]*w[k], k=0..K-1, i == 1) + sum(g[N+1-k]*w[k], k=0..K-1, i == N-2) for i=0..N-1 with g[N+3-K], w[K]",
        "d[i] = sum(g[i+1-k]*w[k], k=0..K-1) + sum(g[0-k]*w[k], k=0..K-1, i == 0) + sum(g[N+1-k]*w[k], k=0..K-1, i == N-1) for i=0..N-1 with g[N+3-K], w[K]",
    ),
}  # fmt: skip
"""Claims without strides to fill in."""

OVER = {"overlapping average pooling": Symbol("K")}
"""What every term of the right side is divided by."""


def stated(name: str, strides: tuple[str, ...], *, true: bool) -> Claim:
    """A row as a claim, with strides filled in."""
    op, of, right, wrong = (text.format(*strides) for text in {**ROWS, **GROUPED}[name])
    found = claim(op, of, right if true else wrong, NEEDS.get(op, ()))
    if name not in OVER:
        return found
    terms = tuple(replace(term, divisors=(OVER[name],)) for term in found.right.terms)
    return replace(found, right=replace(found.right, terms=terms))
