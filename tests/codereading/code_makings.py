"""Programs put together at random out of what people and adversaries write.

Every program is about one of a few operations.  It computes the right thing in one of several
spellings, and around that, or within it, stand snippets that change nothing, that change an array
through a view, an alias or a function, or that bind names anew.  Whether the whole is right only
its execution tells.
"""

# ruff: noqa: E501
from __future__ import annotations

import random
import textwrap

LINE = "y = conv1d(x[N], w[K])"
STRIDE = "y = conv1d(x[N], w[K], stride=2)"
PADDED = "y = conv1d(x[N], w[K], stride=2, padding=P)"
FLAT = "y = conv2d(x[H,W], w[A,B])"
RELU = "y = relu(x[N,M])"
ADD = "y = add(a[N], b[N])"

SPELLINGS: dict[str, tuple[tuple[str, str], ...]] = {
    LINE: (
        ("y", "y = np.zeros(N - K + 1)\nfor o in range(N - K + 1):\n    y[o] = np.sum(w * x[o:o+K])"),
        ("y", "y = np.zeros(N - K + 1)\nfor o in range(N - K, -1, -1):\n    for k in range(-K, 0):\n"
              "        y[o] += w[k] * x[o + k + K]"),
        ("y", "y = np.array([np.dot(w, x[o:o+K]) for o in range(N - K + 1)])"),
        ("y", "y = np.zeros(N - K + 1)\nfor k in range(K):\n    y += w[k] * x[k:k + len(y)]"),
        ("y", "y = np.convolve(x, w[::-1], 'valid')"),
        ("y", "y = np.correlate(x, w)"),
        ("y", "i = np.arange(N - K + 1)[:, None] + np.arange(K)\ny = x[i] @ w"),
        ("y", "y = np.lib.stride_tricks.sliding_window_view(x, K) @ w"),
        ("y", "y = np.empty(N - K + 1)\nfor o, v in enumerate(y):\n    y[o] = sum(w[k] * x[o + k] "
              "for k in range(K))"),
        ("dw", "dw = np.zeros(K)\nfor k in range(K):\n    dw[k] = np.sum(g * x[k:k + N - K + 1])"),
        ("dw", "dw = np.zeros_like(w)\nfor o in range(N - K + 1):\n    dw += g[o] * x[o:o+K]"),
        ("dw", "dw = np.einsum('o,ok->k', g, np.stack([x[k:k+N-K+1] for k in range(K)], axis=1))"),
        ("dw", "dw = np.convolve(x, g[::-1], mode='valid')"),
        ("dx", "dx = np.zeros(N)\nfor o in range(N - K + 1):\n    dx[o:o+K] += g[o] * w"),
        ("dx", "dx = np.zeros(N)\nfor i in range(N):\n    for k in range(K):\n"
               "        if 0 <= i - k < N - K + 1:\n            dx[i] += w[k] * g[i - k]"),
        ("dx", "t = np.pad(g, K - 1)\ndx = np.zeros(N)\nfor i in range(N):\n"
               "    dx[i] = np.sum(t[i:i+K] * w[::-1])"),
        ("dx", "dx = np.convolve(g, w)"),
        ("dx", "dx = np.zeros(N)\nnp.add.at(dx, np.arange(N - K + 1)[:, None] + np.arange(K)[None], "
               "g[:, None] * w[None])"),
        ("dx", "dx = np.zeros(N)\nfor r in range(K):\n    dx[r:N - K + 1 + r] += w[r] * g"),
        ("dx", "dx = np.zeros(N)\nfor i in range(N):\n    for k in range(max(0, i - N + K), "
               "min(K, i + 1)):\n        dx[i] += w[k] * g[i - k]"),
    ),
    STRIDE: (
        ("y", "y = np.zeros((N - K) // 2 + 1)\nfor o in range(len(y)):\n"
              "    y[o] = np.sum(w * x[2*o:2*o+K])"),
        ("y", "y = np.zeros((N - K) // 2 + 1)\nfor o, i in enumerate(range(0, N - K + 1, 2)):\n"
              "    y[o] = w @ x[i:i+K]"),
        ("y", "y = np.zeros(int((N - K) / 2) + 1)\nfor i in range((N - K) // 2 * 2, -1, -2):\n"
              "    y[i // 2] += np.sum(x[i:i+K] * w)"),
        ("y", "y = np.convolve(x, w[::-1], 'valid')[::2]"),
        ("y", "y = np.zeros((N - K) // 2 + 1)\nfor k in range(K):\n    y += w[k] * x[k::2][:len(y)]"),
        ("dx", "dx = np.zeros(N)\nM = (N - K) // 2 + 1\nfor k in range(K):\n"
               "    dx[k:k + 2*M - 1:2] += w[k] * g"),
        ("dx", "dx = np.zeros(N)\nfor i in range(N):\n    for k in range(K):\n        o = (i - k) // 2\n"
               "        if (i - k) % 2 == 0 and 0 <= o < len(g):\n            dx[i] += w[k] * g[o]"),
        ("dx", "u = np.zeros(N - K + 1)\nu[::2] = g\ndx = np.convolve(u, w)"),
        ("dw", "dw = np.zeros(K)\nM = len(g)\nfor k in range(K):\n"
               "    dw[k] = np.sum(g * x[k:k + 2*M - 1:2])"),
    ),
    PADDED: (
        ("y", "t = np.pad(x, P)\ny = np.zeros((N + 2*P - K) // 2 + 1)\nfor o in range(len(y)):\n"
              "    y[o] = np.sum(w * t[2*o:2*o+K])"),
        ("y", "t = np.zeros(N + 2*P)\nt[P:P+N] = x\ny = np.zeros((N + 2*P - K) // 2 + 1)\n"
              "for o in range(len(y)):\n    y[o] = np.sum(w * t[2*o:2*o+K])"),
        ("y", "y = np.zeros((N + 2*P - K) // 2 + 1)\nfor o in range(len(y)):\n    for k in range(K):\n"
              "        i = 2*o + k - P\n        if i >= 0 and i < N:\n            y[o] += w[k] * x[i]"),
        ("dx", "t = np.zeros(N + 2*P)\nfor o in range(len(g)):\n    t[2*o:2*o+K] += g[o] * w\n"
               "dx = t[P:P+N]"),
        ("dw", "t = np.pad(x, (P, P))\ndw = np.zeros_like(w)\nfor o in range(len(g)):\n"
               "    dw += g[o] * t[2*o:2*o+K]"),
        ("dw", "dw = np.zeros(K)\nfor o in range(len(g)):\n    for k in range(K):\n"
               "        if not (2*o + k < P or 2*o + k >= N + P):\n"
               "            dw[k] += g[o] * x[2*o + k - P]"),
    ),
    FLAT: (
        ("y", "y = np.zeros((H - A + 1, W - B + 1))\nfor i in range(H - A + 1):\n"
              "    for j in range(W - B + 1):\n        y[i, j] = np.sum(x[i:i+A, j:j+B] * w)"),
        ("y", "v = np.lib.stride_tricks.sliding_window_view(x, (A, B))\n"
              "y = np.einsum('ijab,ab->ij', v, w)"),
        ("y", "y = np.zeros((H - A + 1, W - B + 1))\nfor i in range(A):\n    for j in range(B):\n"
              "        y += w[i, j] * x[i:i + H - A + 1, j:j + W - B + 1]"),
        ("y", "y = np.zeros((H - A + 1, W - B + 1))\nfor i, row in enumerate(y):\n"
              "    for j in range(len(row)):\n        row[j] = (x[i:i+A, j:j+B].T * w.T).sum()"),
        ("y", "y = np.zeros((H - A + 1, W - B + 1))\nfor i in range(H - A + 1):\n"
              "    for j in range(W - B + 1):\n"
              "        y[i, j] = x[i:i+A, j:j+B].reshape(-1) @ w.ravel()"),
        ("dw", "dw = np.zeros((A, B))\nfor i in range(A):\n    for j in range(B):\n"
               "        dw[i, j] = np.sum(g * x[i:i + H - A + 1, j:j + W - B + 1])"),
        ("dx", "dx = np.zeros((H, W))\nfor i in range(g.shape[0]):\n    for j in range(g.shape[1]):\n"
               "        dx[i:i+A, j:j+B] += g[i, j] * w"),
        ("dx", "t = np.pad(g, ((A - 1, A - 1), (B - 1, B - 1)))\ndx = np.zeros_like(x)\n"
               "for i in range(H):\n    for j in range(W):\n"
               "        dx[i, j] = np.sum(t[i:i+A, j:j+B] * np.rot90(w, 2))"),
    ),
    RELU: (
        ("y", "y = np.maximum(x, 0)"), ("y", "y = x * (x > 0)"), ("y", "y = np.where(x > 0, x, 0.0)"),
        ("y", "y = np.zeros((N, M))\nfor i in range(N):\n    for j in range(M):\n"
              "        if x[i, j] > 0:\n            y[i, j] = x[i, j]"),
        ("y", "y = x.copy()\ny[x <= 0] = 0"), ("dx", "dx = g * (x > 0)"),
        ("dx", "dx = g.copy()\ndx[x <= 0] = 0"), ("dx", "dx = np.where(x > 0, g, 0)"),
        ("y", "y = np.clip(x, 0, None)"),
    ),
    ADD: (
        ("y", "y = a + b"), ("y", "y = a.copy()\ny += b"), ("y", "y = np.add(b, a)"),
        ("y", "y = np.zeros(N)\nfor i in range(N):\n    y[i] = a[i] + b[i]"),
        ("y", "y = np.zeros(N)\nfor v in (a, b):\n    y += v"),
        ("y", "y = np.array([p + q for p, q in zip(a, b)])"),
        ("y", "y = np.stack([a, b]).sum(axis=0)"), ("da", "da = g.copy()"), ("db", "db = 1.0 * g"),
        ("y", "y = (a[:, None] + b[:, None])[:, 0]"), ("y", "y = (a[::-1] + b[::-1])[::-1]"),
        ("y", "y = a\ny = y + b"),
    ),
}  # fmt: skip
"""Ways that are right, for all sizes."""

BEHIND = (
    "q = {0}", "q = {0}[:]", "q = {0}[::-1]", "q = {0}.T", "q = {0}.copy()", "q = {0}.reshape(-1)",
    "q = {0}[None]", "q = np.asarray({0})", "q = np.ascontiguousarray({0})", "q = {0} * 1",
    "q = ({0},)", "q = [{0}]", "q = {0}\n{0} = q", "q = np.transpose({0})", "q = {0}[...]",
    "q = {0}.ravel()", "q = {0}.flatten()", "q = +{0}", "q = {0} + 0", "q, r = {0}, {0}",
    "for i in range(2):\n    q = {0}", "q = {0} if N > 2 else 1 * {0}", "q = 0 * {0}\nfor i in range(N):\n"
    "    if i == 1:\n        q = {0}", "q = np.squeeze({0}[None], axis=0)", "q = np.swapaxes({0}, 0, -1)",
    "for q in ({0},):\n    pass", "q = dict(t={0})", "q = {{'t': {0}}}", "q = np.pad({0}, 0)",
    "def r(t={0}):\n    return t\nq = r()", "def r():\n    return {0}\nq = r()", "q = lambda: {0}",
    "try:\n    q = {0}\nexcept ValueError:\n    pass", "with np.errstate():\n    q = {0}",
    "while True:\n    q = {0}\n    break", "class Q:\n    t = {0}\nq = Q.t", "q = iter([{0}])",
    "q = np.flip({0})", "q = np.atleast_1d({0})", "q = {0}.view()", "q = np.expand_dims({0}, 0)",
    "q = something({0})", "q = thing.f({0})", "q = np.arange(len({0}))", "q = np.arange(N)\nr = q",
    "something({0})\nq = {0}", "q = something(0)", "q = something({0}[0])",
    "q = list({0})", "q = tuple({0})", "q = [v for v in {0}]", "q = np.array({0})",
)  # fmt: skip
"""Ways to get at an array, or a copy of it, by another name."""

CHANGES = (
    "q[0] = 5.0", "q[...] = 0", "q += 1", "q *= 2", "q[0] += 1", "q[:1] = 3", "q[-1] = 7.0", "q = 3",
    "q.fill(0)", "q[0] -= q[0]", "def f(t):\n    t[0] = 9.0\nf(q)", "def f(t):\n    t = 9.0\nf(q)",
    "for i in range(1):\n    q[i] = 4.0", "for v in q:\n    v *= 2", "q[0][0] = 1.5", "q.sort()",
    "np.add.at(q, np.arange(1), 1.0)", "np.copyto(q, 1.0)", "np.add(q, 1.0, out=q)", "del q",
    "q = q + 1", "q, r = 1, 2", "q = q[0]", "r = q\nr[0] = 8.0", "r = q[:1]\nr += 2", "pass",
    "if N > 100:\n    q[0] = 1.0", "if N > 3:\n    q[0] = 1.0", "if K is None:\n    q[0] = 3.0",
    "def f():\n    q[0] = 9.0\nf()", "def f():\n    q[0] = 9.0", "f = lambda: q.fill(0)\nf()",
    "[q.fill(0) for i in range(2)]", "q.shape = (-1,)", "q = q.astype(int)", "q['t'][0] = 2.0",
    "assert q is not None", "print(q)", "print(q.fill(0))", "q.T[0] = 1.0", "q[[0]] = 2.0",
    "try:\n    q[0] = 4.0\nexcept Exception:\n    pass", "while q[0] != 1:\n    q[0] = 1",
    "q[0:0] = 3", "q[N + 5:] = 1.0", "for q[0] in range(2):\n    pass", "q[0] = q[-1]", "q *= 1",
    "exec('q[0] = 1.0')", "def f(t, n):\n    if n == 0:\n        t[0] = 1.0\n        return\n"
    "    f(t, n - 1)\nf(q, 2)", "v = next(q)\nv[0] = 1.0", "q()[0] = 3.0", "np.put(q, [0], [5.0])",
    "something(q)", "thing.f(t=q)", "something(3)", "something(lambda: q.fill(3))", "something([q])",
    "r = something(q)\nr[0] = 1.0", "print(something(q))", "assert something(q) is not None",
    "for i in range(2):\n    something(i)", "for i in range(2):\n    something(q)", "something({'t': q})",
    "r = something(1)\nr[0] = 2.0", "def f():\n    q[0] = 3\nsomething(f)", "t = something\nt(q)",
    "if q[0] > 0:\n    q[0] = 0.0", "q[q > 0] = 0", "q = np.flip(q)\nq[0] = 1.0", "q -= q",
)  # fmt: skip
"""What is then done to it: some of it reaches the array, some does not."""

FRAMES = (
    "{0}", "{0}", "{0}", "if True:\n{1}", "if N > 0:\n{1}", "if N > 3:\n{1}", "for z in range(1):\n{1}",
    "for z in (1,):\n{1}", "for z in range(2):\n{1}", "if N < 0:\n{1}", "for z in range(N - N):\n{1}",
    "try:\n{1}\nexcept ZeroDivisionError:\n    pass", "with np.errstate():\n{1}", "while False:\n{1}",
    "for z in range(N):\n    if z == 0:\n{2}", "def h():\n{1}\nh()", "def h():\n{1}",
    "for z in range(3):\n    if z == 1:\n        continue\n{1}", "for z in (0, 1):\n    if z:\n"
    "        break\n{1}", "if N == 4:\n    raise ValueError\n{0}", "assert N > 1\n{0}",
)  # fmt: skip
"""What stands around such a snippet."""


def made(source: random.Random) -> tuple[str, str]:
    """An operation and a program."""
    spec = source.choice([*SPELLINGS])
    name, right = source.choice(SPELLINGS[spec])
    parts = right.split("\n")
    text = right
    inputs = ("a", "b", "g") if spec == ADD else ("x", "g") if spec == RELU else ("x", "w", "g")
    for _ in range(source.choice((1, 1, 2))):
        goal = source.choice((name, name, *inputs))
        snippet = source.choice(BEHIND).format(goal) + "\n" + source.choice(CHANGES)
        frame = source.choice(FRAMES)
        whole = frame.format(
            snippet, textwrap.indent(snippet, " " * 4), textwrap.indent(snippet, " " * 8)
        )
        tops = [n for n in range(len(parts) + 1) if n == len(parts) or not parts[n].startswith(" ")]
        if goal == name:
            tops = tops[1:]
        if spec == FLAT:
            whole = whole.replace("N", "H")
        place = source.choice(tops)
        parts = [*parts[:place], whole, *parts[place:]]
        text = "\n".join(parts)
    if source.random() < 0.2 and "def h" not in text:
        text = (
            f"def main({', '.join(inputs)}):\n{textwrap.indent(text, '    ')}\n    return {name}\n"
        )
        text += f"{name} = main({', '.join(inputs)})"
    return spec, text
