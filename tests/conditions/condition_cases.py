"""Claims that are false as stated, each with the sizes at which it holds as a plain predicate."""

# ruff: noqa: E501
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from symconv.claims import AnyClaim, Claim, Scope, Size, SizeClaim
from symconv.gradients import backward, upstream_names
from symconv.graph import Parameter
from symconv.index import Condition, Index, Max, Min, Symbol
from symconv.operations.build import build
from symconv.syntax.spec import parse
from symconv.terms import Form


@dataclass(frozen=True)
class Case:
    """A claim, the condition in words, where it holds, and whether it fails everywhere else."""

    name: str
    claim: AnyClaim
    words: str
    holds: Callable[..., bool]
    necessary: bool


def tensor(op: str, of: str, right: str, over: str = "") -> Claim:
    """The derived result (or the gradient of a tensor) equals a sum of one's own, over a size."""
    graph, own = build(parse(op)), build(parse(right))
    forms = backward(graph, [of]) if of else ()
    written = own.equations[-1]
    assert isinstance(written, Form)
    if over:
        terms = tuple(replace(term, divisors=(Symbol(over),)) for term in written.terms)
        written = replace(written, terms=terms)
    left = forms[-1] if of else graph.equations[-1]
    assert not of or left.name == upstream_names(graph)[of]
    parameters = {p.name: p for p in (*own.parameters, *graph.parameters)}
    scope = Scope(
        tuple(dict.fromkeys(parameters[p.name] for p in (*graph.parameters, *own.parameters)))
    )
    before = tuple(e for e in (*graph.equations, *forms) if e is not left)
    read = {name for e in (left, written) for name in e.tensors}
    needed = before if read & {e.name for e in before} else ()
    assert isinstance(left, Form)
    return Claim(left, written, scope, needed)


def length(
    op: str, top: Index, bottom: Index = 1, *, axis: int = 0, relation: str = "=", times: Index = 1
) -> SizeClaim:
    """The size of the result's axis, times a factor, is related to a fraction."""
    graph = build(parse(op))
    sizes = [n for shape in graph.shapes.values() for n in shape]
    kept = tuple(
        Condition(n, ">=", 1) for n in dict.fromkeys(sizes) if not isinstance(n, int | Symbol)
    )
    left = graph.shapes[graph.output][axis]
    return SizeClaim(
        Size(left if times == 1 else times * left),
        Size(top, bottom),
        Scope(graph.parameters, kept),
        relation,
    )


def free(left: Index, right: Index, *names: str) -> SizeClaim:
    """A claim about sizes alone, where the windows over the padded input are there."""
    kinds = {"P": ("padding", 0)}
    parameters = tuple(Parameter(n, *kinds.get(n, ("size", 1))) for n in names)
    there = (Condition(N + 2 * P - K + 1, ">=", 1),) if "P" in names else ()
    return SizeClaim(Size(left), Size(right), Scope(parameters, there))


A, B, D, H, K, N, P, Q, S, W = (Symbol(name) for name in "ABDHKNPQSW")
TWO = "y = conv1d(x[N], w[K], stride=2, padding=P)"
THREE = "y = conv1d(x[N], w[K], stride=3)"
ONE = "y = conv1d(x[N], w[K], padding=P)"
ANY = "y = conv1d(x[N], w[K], stride=S, padding=P)"
ALL = "y = conv1d(x[N], w[K], stride=S, padding=P, dilation=D)"
WIDE = "y = conv1d(x[N], w[K], stride=2, dilation=D)"
HALF = "y = conv1d(x[N], w[K], padding=(K-1)//2)"
IMAGE = "y = conv2d(x[H,W], w[A,B], stride=(2,3))"
FLAT = "y = conv2d(x[H,W], w[A,B])"
BIAS = "y = conv2d(x[H,W], w[A,B], b)"
BOTH = "y = conv2d(x[H,W], w[A,B], stride=(S,T))"
PADS = "y = conv2d(x[H,W], w[A,B], stride=(2,3), padding=(P,Q))"
UP = "y = conv_transpose1d(x[N], w[K], stride=2, padding=P)"
UPS = "y = conv_transpose1d(x[N], w[K], stride=S, padding=P)"
UPQ = "y = conv_transpose1d(x[N], w[K], stride=S, padding=P, output_padding=Q, dilation=D)"
TILE = "y = conv_transpose1d(x[N], w[K], stride=S)"
POOL = "y = avg_pool1d(x[N], K, S)"
POOL3 = "y = avg_pool1d(x[N], K, 3)"
AVG = "y = avg_pool1d(x[N], 3, S)"
MAX = "y = max_pool1d(x[N], K, 3)"
HALVES = "y = conv2d(x[H,W], w[A,B], padding=((A-1)//2,(B-1)//2))"
MAXES = "y = max_pool2d(x[H,W], (A,B), (3,4))"
SOLID = "y = conv3d(x[Z,H,W], w[A,B,E], stride=(S,T,U))"
LAYER = "y = conv1d(x[B,C,N], w[F,C,K], stride=S, padding=P)"
BACK = "y = conv1d(x[N], w[K], stride=2)\nz = conv_transpose1d(y, v[K], stride=2)"
G2, GP, GS, GH = (
    "g[(N+2*P-K)//2 + 1]",
    "g[N+2*P-K+1]",
    "g[(N+2*P-K)//S + 1]",
    "g[N+2*((K-1)//2)-K+1]",
)
GA = "g[(N+2*P-D*(K-1)-1)//S + 1]"
GI = "g[(H-A)//2 + 1,(W-B)//3 + 1]"
GU, GT = "g[2*(N-1)+K-2*P]", "g[S*(N-1)+K-2*P]"
LAST = "o=0..(N+2*P-K)//S"
SIDE = "windows side by side"
APART = "windows do not overlap"


def _odd(K: int, **_: int) -> bool:
    return K % 2 == 1


def _unpadded(P: int, **_: int) -> bool:
    return P == 0


def _one(S: int, **_: int) -> bool:
    return S == 1


def _tight(D: int, **_: int) -> bool:
    return D == 1


SIZES = [
    Case("fraction, any stride", length(ANY, N - K + 2 * P + S, S), "S divides N − K + 2P", lambda N, K, P, S: (N + 2 * P - K) % S == 0, True),
    Case("fraction, stride 2", length(TWO, N - K + 2 * P + 2, 2), "2 divides N − K + 2P", lambda N, K, P: (N - K) % 2 == 0, True),
    Case("fraction, stride 3", length(THREE, N - K + 3, 3), "3 divides N − K", lambda N, K: (N - K) % 3 == 0, True),
    Case("fraction, dilation", length(ALL, N + 2 * P - D * (K - 1) - 1 + S, S), "S divides N + 2P − D(K − 1) − 1", lambda N, K, P, S, D: (N + 2 * P - D * (K - 1) - 1) % S == 0, True),
    Case("ceiling for floor", length(TWO, (N + 2 * P - K + 1) // 2 + 1), "2 divides N + 2P − K", lambda N, K, P: (N - K) % 2 == 0, True),
    Case("plus one inside", length(ANY, (N + 2 * P - K + 1) // S), "S divides N + 2P − K + 1", lambda N, K, P, S: (N + 2 * P - K + 1) % S == 0, True),
    Case("plus one inside, stride 2", length(TWO, (N + 2 * P - K + 1) // 2), "2 divides N + 2P − K + 1", lambda N, K, P: (N - K + 1) % 2 == 0, True),
    Case("same, both ways", length(PADS, (W - B) // 3 + 1, axis=1), "without padding: Q = 0", lambda Q, **_: Q == 0, False),
    Case("half the kernel as padding", length(HALF, N), "K is odd", _odd, True),
    Case("the size stays", length(ONE, N), "2P = K − 1 (padding that keeps the size)", lambda N, K, P: 2 * P == K - 1, True),
    Case("stride forgotten", length(ANY, N - K + 2 * P + 1), "stride 1: S = 1", _one, False),
    Case("padding forgotten, stride 2", length(TWO, (N - K) // 2 + 1), "without padding: P = 0", _unpadded, True),
    Case("padding forgotten, any stride", length(ANY, (N - K) // S + 1), "without padding: P = 0", _unpadded, False),
    Case("dilation forgotten, stride 2", length(WIDE, (N - K) // 2 + 1), "without dilation: D = 1", _tight, False),
    Case("dilation forgotten", length(ALL, (N + 2 * P - K) // S + 1), "without dilation: D = 1", _tight, False),
    Case("everything forgotten", length(ALL, N - K + 1), "without padding, without dilation and stride 1: P = 0, D = 1 and S = 1", lambda N, K, P, S, D: (P, D, S) == (0, 1, 1), False),
    Case("pooling divides", length(POOL, N, S), f"S ≥ K and S divides N ({APART})", lambda N, K, S: S >= K and N % S == 0, True),
    Case("halving", length("y = max_pool1d(x[N], 2, 2)", N, 2), "N is even", lambda N: N % 2 == 0, True),
    Case("a third", length("y = max_pool1d(x[N], 3, 3)", N, 3), "3 divides N", lambda N: N % 3 == 0, True),
    Case("windows cover", length("y = avg_pool1d(x[N], 4)", N, times=4), "4 divides N", lambda N: N % 4 == 0, True),
    Case("height for width", length(IMAGE, (H - B) // 3 + 1, axis=1), "H = W", lambda H, W, A, B: H == W, False),
    Case("height and kernel for width", length(FLAT, H - A + 1, axis=1), "H = W and A = B", lambda H, W, A, B: H == W and A == B, False),
    Case("output padding forgotten", length(UPQ, S * (N - 1) + D * (K - 1) + 1 - 2 * P), "without output padding: Q = 0", lambda Q, **_: Q == 0, True),
    Case("dilation forgotten, transposed", length(UPQ, S * (N - 1) + K - 2 * P + Q), "without dilation: D = 1", _tight, False),
    Case("S times as long", length(TILE, S * N), f"S = K ({SIDE})", lambda N, K, S: S == K, True),
    Case("there and back", length(BACK, N), "2 divides N − K", lambda N, K: (N - K) % 2 == 0, True),
    Case("no longer than the input", length(ONE, N, relation="<="), "without padding: P = 0", _unpadded, False),
    Case("the kernel is the shorter one", free(Max((N, K)) - Min((N, K)) + 1, N - K + 1, "N", "K"), "N ≥ K", lambda N, K: N >= K, True),
    Case("padding that fits", free(N - K + 2 * P + 1 + 2 * Max((K - 1 - P, 0)) - K + 1, N, "N", "K", "P"), "P ≤ K − 1", lambda N, K, P: P <= K - 1, True),
]  # fmt: skip

FORMS = [
    Case("forward without P", tensor(TWO, "", "y[o] = sum(w[k]*x[2*o+k], k=0..K-1) for o=0..(N+2*P-K)//2 with x[N]"), "without padding: P = 0", _unpadded, True),
    Case("dw without P", tensor(TWO, "w", f"d[k] = sum(g[o]*x[2*o+k], o=0..(N+2*P-K)//2) for k=0..K-1 with {G2}, x[N]"), "without padding: P = 0", _unpadded, True),
    Case("dx without P", tensor(TWO, "x", f"d[i] = sum(g[(i-k)//2]*w[k], k=0..K-1, (i-k)%2 == 0) for i=0..N-1 with {G2}, w[K]"), "without padding: P = 0", _unpadded, True),
    Case("dx padded with K-1", tensor(ONE, "x", f"d[i] = sum(g[i+k-K+1]*w[K-1-k], k=0..K-1) for i=0..N-1 with {GP}, w[K]"), "without padding: P = 0", _unpadded, True),
    Case("dx, half the kernel as padding", tensor(HALF, "x", f"d[i] = sum(g[i+k-(K-1)//2]*w[K-1-k], k=0..K-1) for i=0..N-1 with {GH}, w[K]"), "K is odd", _odd, True),
    Case("centred at K//2", tensor(HALF, "", "y[o] = sum(w[k]*x[o+k-K//2], k=0..K-1) for o=0..N+2*((K-1)//2)-K with x[N]"), "K is odd", _odd, True),
    Case("forward without S", tensor(ANY, "", f"y[o] = sum(w[k]*x[o+k-P], k=0..K-1) for {LAST} with x[N]"), "stride 1: S = 1", _one, False),
    Case("dw without S", tensor(ANY, "w", f"d[k] = sum(g[o]*x[o+k-P], {LAST}) for k=0..K-1 with {GS}, x[N]"), "stride 1: S = 1", _one, False),
    Case("dx without S", tensor(ANY, "x", f"d[i] = sum(g[i+P-k]*w[k], k=0..K-1) for i=0..N-1 with {GS}, w[K]"), "stride 1: S = 1", _one, False),
    Case("dw without D", tensor(ALL, "w", f"d[k] = sum(g[o]*x[S*o+k-P], o=0..(N+2*P-D*(K-1)-1)//S) for k=0..K-1 with {GA}, x[N]"), "without dilation: D = 1", _tight, False),
    Case("dw without S and D", tensor(ALL, "w", f"d[k] = sum(g[o]*x[o+k-P], o=0..(N+2*P-D*(K-1)-1)//S) for k=0..K-1 with {GA}, x[N]"), "without dilation and stride 1: D = 1 and S = 1", lambda S, D, **_: S == D == 1, False),
    Case("transposed without P", tensor(UP, "", "y[o] = sum(x[i]*w[o-2*i], i=0..N-1) for o=0..2*(N-1)+K-2*P-1 with w[K]"), "without padding: P = 0", _unpadded, True),
    Case("transposed dx without P", tensor(UP, "x", f"d[i] = sum(g[2*i+k]*w[k], k=0..K-1) for i=0..N-1 with {GU}"), "without padding: P = 0", _unpadded, True),
    Case("transposed without S", tensor(UPS, "", "y[o] = sum(x[i]*w[o+P-i], i=0..N-1) for o=0..S*(N-1)+K-2*P-1 with w[K]"), "stride 1: S = 1", _one, False),
    Case("transposed dw without S", tensor(UPS, "w", f"d[k] = sum(g[i+k-P]*x[i], i=0..N-1) for k=0..K-1 with {GT}"), "stride 1: S = 1", _one, False),
    Case("pooling dx, one window each", tensor(POOL3, "x", "d[i] = sum(g[i//3], j=0..0, i%3 <= K-1) for i=0..N-1 with g[(N-K)//3 + 1]", "K"), f"K ≤ 3 ({APART})", lambda N, K: K <= 3, True),
    Case("pooling dx, any tile", tensor(POOL, "x", "d[i] = g[i//S] for i=0..N-1 with g[(N-K)//S + 1]", "K"), f"S = K ({SIDE})", lambda N, K, S: S == K, False),
    Case("pooling dx, tiles of 3", tensor(AVG, "x", "d[i] = 1/3*g[i//S] for i=0..N-1 with g[(N-3)//S + 1]"), f"S = 3 ({SIDE})", lambda N, S: S == 3, False),
    Case("max pooling, one window each", tensor(MAX, "x", "d[i] = g[i//3]*M[i//3,i%3] for i=0..N-1 with g[(N-K)//3+1], M[(N-K)//3+1,K]"), f"K ≤ 3 ({APART})", lambda N, K: K <= 3, False),
    Case("both strides forgotten", tensor(BOTH, "", "y[o,p] = sum(w[k,q]*x[o+k,p+q], k=0..A-1, q=0..B-1) for o=0..(H-A)//S, p=0..(W-B)//T with x[H,W]"), "stride 1: S = 1 and T = 1", lambda S, T, **_: S == T == 1, False),
    Case("both paddings forgotten", tensor(PADS, "", "y[o,p] = sum(w[k,q]*x[2*o+k,3*p+q], k=0..A-1, q=0..B-1) for o=0..(H+2*P-A)//2, p=0..(W+2*Q-B)//3 with x[H,W]"), "without padding: P = 0 and Q = 0", lambda P, Q, **_: P == Q == 0, True),
    Case("kernel height twice", tensor(FLAT, "", "y[o,p] = sum(w[k,q]*x[o+k,p+q], k=0..A-1, q=0..A-1) for o=0..H-A, p=0..W-B with x[H,W], w[A,B]"), "A = B", lambda A, B, **_: A == B, False),
    Case("bias over height twice", tensor(BIAS, "b", "d[] = sum(g[o,p], o=0..H-A, p=0..H-A) with g[H-A+1,W-B+1]"), "H = W and A = B", lambda H, W, A, B: H == W and A == B, False),
    Case("centred in both axes", tensor(HALVES, "", "y[o,p] = sum(w[k,q]*x[o+k-A//2,p+q-B//2], k=0..A-1, q=0..B-1) for o=0..H+2*((A-1)//2)-A, p=0..W+2*((B-1)//2)-B with x[H,W]"), "A is odd and B is odd", lambda A, B, **_: A % 2 == B % 2 == 1, True),
    Case("max pooling, no overlap in both axes", tensor(MAXES, "x", "d[i,j] = g[i//3,j//4]*M[i//3,j//4,i%3,j%4] for i=0..H-1, j=0..W-1 with g[(H-A)//3+1,(W-B)//4+1], M[(H-A)//3+1,(W-B)//4+1,A,B]"), f"A ≤ 3 and B ≤ 4 ({APART})", lambda A, B, **_: A <= 3 and B <= 4, False),
    Case("three strides forgotten", tensor(SOLID, "w", "d[a,b,e] = sum(g[r,s,t]*x[r+a,s+b,t+e], r=0..(Z-A)//S, s=0..(H-B)//T, t=0..(W-E)//U) for a=0..A-1, b=0..B-1, e=0..E-1 with g[(Z-A)//S+1,(H-B)//T+1,(W-E)//U+1], x[Z,H,W]"), "stride 1: S = 1, T = 1 and U = 1", lambda S, T, U, **_: S == T == U == 1, False),
    Case("layer, dx without S", tensor(LAYER, "x", "d[n,c,i] = sum(g[n,f,i+P-k]*w[f,c,k], f=0..F-1, k=0..K-1) for n=0..B-1, c=0..C-1, i=0..N-1 with g[B,F,(N+2*P-K)//S+1], w[F,C,K]"), "stride 1: S = 1", _one, False),
]  # fmt: skip

SOME = [*SIZES, *FORMS]

NONE: list[tuple[str, AnyClaim, str]] = [
    ("flipped", tensor(TWO, "w", f"d[k] = sum(g[o]*x[2*o+K-1-k-P], o=0..(N+2*P-K)//2) for k=0..K-1 with {G2}, x[N]"), "holds for K = 1"),
    ("a number as stride forgotten", tensor(TWO, "w", f"d[k] = sum(g[o]*x[o+k-P], o=0..(N+2*P-K)//2) for k=0..K-1 with {G2}, x[N]"), "holds only for one element along an axis"),
    ("floor without its condition", tensor(TWO, "x", f"d[i] = sum(g[(i+P-k)//2]*w[k], k=0..K-1) for i=0..N-1 with {G2}, w[K]"), ""),
    ("minus", tensor(TWO, "w", f"d[k] = sum(-g[o]*x[2*o+k-P], o=0..(N+2*P-K)//2) for k=0..K-1 with {G2}, x[N]"), ""),
    ("one too few", tensor(TWO, "", "y[o] = sum(w[k]*x[2*o+k-P], k=1..K-1) for o=0..(N+2*P-K)//2 with x[N]"), ""),
    ("bias counted", tensor(BIAS, "b", "d[] = sum(g[o,p], o=0..H-A, p=0..W-B, k=0..A-1) with g[H-A+1,W-B+1]"), "holds only for A = 1"),
    ("correlation for convolution", tensor("y = convolve(x[N], w[K])", "", "y[n] = sum(w[k]*x[n+k], k=0..K-1) for n=0..N+K-2 with x[N]"), "holds only for K = 1"),
    ("averaged by two", tensor("y = avg_pool1d(x[N], 3, 2)", "x", "d[i] = sum(1/2*g[(i-k)//2], k=0..2, (i-k)%2 == 0) for i=0..N-1 with g[(N-3)//2+1]"), ""),
    ("a tile of 2 alone", tensor("y = avg_pool1d(x[N], K, 2)", "x", "d[i] = g[i//2] for i=0..N-1 with g[(N-K)//2 + 1]", "K"), "holds "),
    ("batch dropped", tensor("y = conv1d(x[B,C,N], w[F,C,K], b[F])", "b", "d[f] = sum(g[0,f,o], o=0..N-K) for f=0..F-1 with g[B,F,N-K+1]"), "holds only for B = 1"),
    ("channels swapped", tensor("y = conv1d(x[B,C,N], w[F,C,K])", "w", "d[f,c,k] = sum(g[n,c,o]*x[n,f,o+k], n=0..B-1, o=0..N-K) for f=0..F-1, c=0..C-1, k=0..K-1 with g[B,F,N-K+1], x[B,C,N]"), "holds "),
    ("no plus one", length(TWO, (N + 2 * P - K) // 2), ""),
    ("one more, transposed", length(UPS, S * (N - 1) + K - 2 * P + 1), ""),
    ("S for S - 1, transposed", length(UP, 2 * N + K - 2 * P), ""),
    ("half of overlapping windows", length("y = max_pool1d(x[N], 3, 2)", N, 2), ""),
]  # fmt: skip
"""What no condition of the family saves, and how the note on it starts ("" where none matters)."""
