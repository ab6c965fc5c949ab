"""True and false claims, written as own sums against derived gradients."""

# ruff: noqa: E501
from __future__ import annotations

from symconv.claims import Claim, Scope
from symconv.gradients import backward, upstream_names
from symconv.index import Condition, Symbol
from symconv.operations.build import build
from symconv.syntax.spec import parse


def claim(op: str, of: str, right: str, assume: tuple[Condition, ...] = ()) -> Claim:
    """The derived result (or the gradient of a tensor) equals a sum of one's own."""
    graph, own = build(parse(op)), build(parse(right))
    names = upstream_names(graph)
    forms = backward(graph, [of]) if of else ()
    left = forms[-1] if of else graph.equations[-1]
    assert not of or left.name == names[of]
    known = {p.name: p for p in (*own.parameters, *graph.parameters)}
    parameters = tuple(known[p.name] for p in (*graph.parameters, *own.parameters))
    before = tuple(e for e in (*graph.equations, *forms) if e is not left)
    read = {name for e in (left, own.equations[-1]) for name in e.tensors}
    needed = before if read & {e.name for e in before} else ()
    return Claim(left, own.equations[-1], Scope(tuple(dict.fromkeys(parameters)), assume), needed)


CONV = "y = conv1d(x[N], w[K], stride=2, padding=P)"
G = "with g[(N+2*P-K)//2 + 1]"
DILATED = "y = conv1d(x[N], w[K], stride=3, dilation=2, padding=P)"
GD = "g[(N+2*P-2*(K-1)-1)//3 + 1]"
BATCH = "y = conv2d(x[N,C,H,W], w[F,C,K,Q], b[F], stride=(2,3), padding=P)"
GB = "g[N,F,(H+2*P-K)//2 + 1,(W+2*P-Q)//3 + 1]"
ROWS, COLUMNS = "o=0..(H+2*P-K)//2", "p=0..(W+2*P-Q)//3"
FLIPPED = "y = convolve(x[N], w[K])"
UP = "y = conv_transpose1d(x[N], w[K], stride=2, padding=P)"
POOL = "y = avg_pool1d(x[N], 3, 2, padding=1)"
WIDE = "y = avg_pool1d(x[N], 4)"
ROUND = 'y = conv1d(x[N], w[K], padding=2, padding_mode="circular")'
MIRROR = 'y = conv1d(x[N], w[K], padding=1, padding_mode="reflect")'
GROUPED = "y = conv1d(x[B,6,N], w[4,3,K], groups=2)"
TRUE: tuple[tuple[str, str, str], ...] = (
    (CONV, "", "y[o] = sum(w[k]*x[2*o+k-P], k=0..K-1) for o=0..(N+2*P-K)//2 with x[N]"),
    (CONV, "", "y[o] = sum(w[K-1-k]*x[2*o+K-1-k-P], k=0..K-1) for o=0..(N+2*P-K)//2 with x[N],w[K]"),
    (CONV, "w", f"d[k] = sum(g[o]*x[2*o+k-P], o=0..(N+2*P-K)//2) for k=0..K-1 {G}, x[N]"),
    (CONV, "x", f"d[i] = sum(g[(i+P-k)//2]*w[k], k=0..K-1, (i+P-k)%2 == 0) for i=0..N-1 {G}, w[K]"),
    # polyphase: only the taps that fit the remainder of i + P
    (CONV, "x", f"d[i] = sum(g[(i+P)//2 - j]*w[2*j + (i+P)%2], j=0..K) for i=0..N-1 {G}, w[K]"),
    (CONV, "x", f"d[i] = sum(g[o]*w[i+P-2*o], o=0..(N+2*P-K)//2) for i=0..N-1 {G}, w[K]"),
    (DILATED, "w", f"d[k] = sum(g[o]*x[3*o+2*k-P], o=0..N+2*P) for k=0..K-1 with {GD}, x[N]"),
    (DILATED, "x", f"d[i] = sum(g[(i+P-2*k)//3]*w[k], k=0..K-1, (i+P-2*k)%3 == 0) for i=0..N-1 with {GD}, w[K]"),
    (BATCH, "b", f"d[f] = sum(g[n,f,o,p], n=0..N-1, {ROWS}, {COLUMNS}) for f=0..F-1 with {GB}"),
    (BATCH, "w", f"d[f,c,k,q] = sum(g[n,f,o,p]*x[n,c,2*o+k-P,3*p+q-P], n=0..N-1, {ROWS}, {COLUMNS}) for f=0..F-1, c=0..C-1, k=0..K-1, q=0..Q-1 with {GB}, x[N,C,H,W]"),
    (BATCH, "x", f"d[n,c,i,j] = sum(g[n,f,o,p]*w[f,c,i+P-2*o,j+P-3*p], f=0..F-1, {ROWS}, {COLUMNS}) for n=0..N-1, c=0..C-1, i=0..H-1, j=0..W-1 with {GB}, w[F,C,K,Q]"),
    (FLIPPED, "", "y[o] = sum(x[i]*w[o-i], i=0..N-1) for o=0..N+K-2 with w[K]"),
    (FLIPPED, "x", "d[i] = sum(g[i+k]*w[k], k=0..K-1) for i=0..N-1 with g[N+K-1]"),
    (UP, "", "y[o] = sum(x[i]*w[o+P-2*i], i=0..N-1) for o=0..2*(N-1)+K-2*P-1 with w[K]"),
    (UP, "x", "d[i] = sum(g[2*i+k-P]*w[k], k=0..K-1) for i=0..N-1 with g[2*(N-1)+K-2*P]"),
    (UP, "w", "d[k] = sum(g[2*i+k-P]*x[i], i=0..N-1) for k=0..K-1 with g[2*(N-1)+K-2*P]"),
    (POOL, "", "y[o] = sum(1/3*x[2*o-1+k], k=0..2) for o=0..(N-1)//2 with x[N]"),
    (POOL, "x", "d[i] = sum(1/3*g[o], o=0..(N-1)//2, 2*o <= i+1, i+1 <= 2*o+2) for i=0..N-1 with g[(N-1)//2+1]"),
    (WIDE, "x", "d[i] = 1/4*g[i//4] for i=0..N-1 with g[(N-4)//4+1]"),
    (ROUND, "", "y[o] = sum(w[k]*x[(o+k-2)%N], k=0..K-1) for o=0..N+4-K with x[N]"),
    (ROUND, "x", "d[i] = sum(g[o]*w[k], o=0..N+4-K, k=0..K-1, (o+k-2-i)%N == 0) for i=0..N-1 with g[N+5-K]"),
    (MIRROR, "x", "d[i] = sum(g[i+1-k]*w[k], k=0..K-1) + sum(g[0-k]*w[k], k=0..K-1, i == 1) + sum(g[N+1-k]*w[k], k=0..K-1, i == N-2) for i=0..N-1 with g[N+3-K], w[K]"),
    (GROUPED, "x", "d[n,c,i] = sum(g[n,2*(c//3)+f,i-k]*w[2*(c//3)+f,c%3,k], f=0..1, k=0..K-1) for n=0..B-1, c=0..5, i=0..N-1 with g[B,4,N-K+1], w[4,3,K]"),
    (GROUPED, "w", "d[f,c,k] = sum(g[n,f,o]*x[n,3*(f//2)+c,o+k], n=0..B-1, o=0..N-K) for f=0..3, c=0..2, k=0..K-1 with g[B,4,N-K+1], x[B,6,N]"),
    ("y = max_pool1d(x[N], 3, 2)", "x", "d[i] = sum(g[(i-k)//2]*M[(i-k)//2,k], k=0..2, (i-k)%2 == 0) for i=0..N-1 with g[(N-3)//2+1], M[(N-3)//2+1,3]"),
    # a sum that does not depend on its index, counted
    ("y[o] = sum(x[o], k=0..2) for o=0..N-1", "x", "d[i] = 3*g[i] for i=0..N-1 with g[N]"),
    ("y[o] = sum(x[o], k=0..K-1) for o=0..N-1", "x", "d[i] = sum(g[i], j=1..K) for i=0..N-1 with g[N]"),
    ("y[o] = sum(x[o+j+k], j=0..1, k=0..1) for o=0..N-3 with x[N]", "", "y[o] = x[o] + 2*x[o+1] + x[o+2] for o=0..N-3 with x[N]"),
    # a tensor read twice
    ("y[] = sum(x[i]*x[i+1], i=0..N-2) with x[N]", "x", "d[i] = x[i-1] + x[i+1] for i=0..N-1 with x[N]"),
    ("y[] = sum(x[i]*x[i+1], i=0..N-2) with x[N]", "", "y[] = sum(x[i+1]*x[i], i=0..N-2) with x[N]"),
    ("y[o] = sum(sigmoid(x[o+k]), k=0..2) for o=0..N-3 with x[N]", "x", "d[i] = sum(g[i-k]*sigmoid(x[i]) - g[i-k]*sigmoid(x[i])*sigmoid(x[i]), k=0..2) for i=0..N-1 with g[N-2], x[N]"),
)  # fmt: skip

FALSE: tuple[tuple[str, str, str], ...] = (
    ("y = max_pool1d(x[N], 3, 2)", "x", "d[i] = sum(g[(i-k)//2]*M[(i-k)//2,k], k=0..1, (i-k)%2 == 0) for i=0..N-1 with g[(N-3)//2+1], M[(N-3)//2+1,3]"),
    (CONV, "", "y[o] = sum(w[k]*x[2*o+k], k=0..K-1) for o=0..(N+2*P-K)//2 with x[N]"),
    (CONV, "", "y[o] = sum(w[K-1-k]*x[2*o+k-P], k=0..K-1) for o=0..(N+2*P-K)//2 with x[N],w[K]"),
    (CONV, "", "y[o] = sum(w[k]*x[2*o+k-P], k=0..K-1) for o=0..(N+2*P-K+1)//2 with x[N]"),
    (CONV, "w", f"d[k] = sum(g[o]*x[o+k-P], o=0..(N+2*P-K)//2) for k=0..K-1 {G}, x[N]"),
    (CONV, "x", f"d[i] = sum(g[(i+P-k)//2]*w[k], k=0..K-1) for i=0..N-1 {G}, w[K]"),
    (CONV, "x", f"d[i] = sum(g[(i+P)//2 - j]*w[2*j + i%2], j=0..K) for i=0..N-1 {G}, w[K]"),
    (CONV, "x", f"d[i] = sum(g[o]*w[i+P-2*o], o=0..(N-K)//2) for i=0..N-1 {G}, w[K]"),
    (DILATED, "w", f"d[k] = sum(g[o]*x[3*o+k-P], o=0..N+2*P) for k=0..K-1 with {GD}, x[N]"),
    (DILATED, "x", f"d[i] = sum(g[(i+P-2*k)//2]*w[k], k=0..K-1, (i+P-2*k)%2 == 0) for i=0..N-1 with {GD}, w[K]"),
    (BATCH, "b", f"d[f] = sum(g[n,f,o,p], n=0..N-1, {ROWS}, p=0..(H+2*P-K)//2) for f=0..F-1 with {GB}"),
    (BATCH, "b", f"d[f] = sum(g[n,f,o,p], n=0..0, {ROWS}, {COLUMNS}) for f=0..F-1 with {GB}"),
    (BATCH, "w", f"d[f,c,k,q] = sum(g[n,f,o,p]*x[n,c,3*o+k-P,2*p+q-P], n=0..N-1, {ROWS}, {COLUMNS}) for f=0..F-1, c=0..C-1, k=0..K-1, q=0..Q-1 with {GB}, x[N,C,H,W]"),
    (BATCH, "x", f"d[n,c,i,j] = sum(g[n,f,o,p]*w[f,c,i+P-2*o,j-P-3*p], f=0..F-1, {ROWS}, {COLUMNS}) for n=0..N-1, c=0..C-1, i=0..H-1, j=0..W-1 with {GB}, w[F,C,K,Q]"),
    (FLIPPED, "", "y[o] = sum(x[i]*w[i-o], i=0..N-1) for o=0..N+K-2 with w[K]"),
    (FLIPPED, "x", "d[i] = sum(g[i+k]*w[K-1-k], k=0..K-1) for i=0..N-1 with g[N+K-1], w[K]"),
    (UP, "", "y[o] = sum(x[i]*w[o+P-2*i], i=0..N-1) for o=0..2*(N-1)+K-2*P with w[K]"),
    (UP, "", "y[o] = sum(x[i]*w[o-2*i], i=0..N-1) for o=0..2*(N-1)+K-2*P-1 with w[K]"),
    (UP, "x", "d[i] = sum(g[2*i+k-P]*w[K-1-k], k=0..K-1) for i=0..N-1 with g[2*(N-1)+K-2*P], w[K]"),
    (POOL, "x", "d[i] = 1/3*g[(i+1)//2] for i=0..N-1 with g[(N-1)//2+1]"),
    (POOL, "x", "d[i] = sum(1/2*g[o], o=0..(N-1)//2, 2*o <= i+1, i+1 <= 2*o+2) for i=0..N-1 with g[(N-1)//2+1]"),
    (WIDE, "x", "d[i] = 1/4*g[(i+1)//4] for i=0..N-1 with g[(N-4)//4+1]"),
    (ROUND, "", "y[o] = sum(w[k]*x[(o+k-1)%N], k=0..K-1) for o=0..N+4-K with x[N]"),
    (ROUND, "x", "d[i] = sum(g[o]*w[k], o=0..N+4-K, k=0..K-1, o+k-2 == i) for i=0..N-1 with g[N+5-K]"),
    # the reflected edge counted twice
    (MIRROR, "x", "d[i] = sum(g[i+1-k]*w[k], k=0..K-1) + sum(g[0-k]*w[k], k=0..K-1, i == 0) + sum(g[N+1-k]*w[k], k=0..K-1, i == N-1) for i=0..N-1 with g[N+3-K], w[K]"),
    (GROUPED, "x", "d[n,c,i] = sum(g[n,2*(c%2)+f,i-k]*w[2*(c%2)+f,c//2,k], f=0..1, k=0..K-1) for n=0..B-1, c=0..5, i=0..N-1 with g[B,4,N-K+1], w[4,3,K]"),
    (GROUPED, "w", "d[f,c,k] = sum(g[n,f,o]*x[n,3*(f%2)+c,o+k], n=0..B-1, o=0..N-K) for f=0..3, c=0..2, k=0..K-1 with g[B,4,N-K+1], x[B,6,N]"),
    ("y[o] = sum(x[o], k=0..K-1) for o=0..N-1", "x", "d[i] = sum(g[i], j=1..K-1) for i=0..N-1 with g[N]"),
    ("y[o] = sum(x[o+j+k], j=0..1, k=0..1) for o=0..N-3 with x[N]", "", "y[o] = x[o] + x[o+1] + x[o+2] for o=0..N-3 with x[N]"),
    ("y[] = sum(x[i]*x[i+1], i=0..N-2) with x[N]", "x", "d[i] = 2*x[i+1] for i=0..N-1 with x[N]"),
    ("y[o] = sum(relu(x[o+k]), k=0..2) for o=0..N-3 with x[N]", "x", "d[i] = sum(g[i-k]*relu(x[i]), k=0..2) for i=0..N-1 with g[N-2], x[N]"),
)  # fmt: skip

NEEDS = {MIRROR: (Condition(Symbol("N"), ">=", 2),), ROUND: (Condition(Symbol("N"), ">=", 2),)}
"""A padding that mirrors or wraps needs something to do it with."""
