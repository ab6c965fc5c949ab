"""Pieces of code with what is known of each by hand.

A row: its name, the operation, the code, and for each name that it sets whether that is right
("proved") or wrong ("refuted") for all sizes; then the declared names.  Every row is also executed
by the tests, so that the labels themselves are checked.
"""

# ruff: noqa: E501
from __future__ import annotations

T, F = "proved", "refuted"

LINE = "y = conv1d(x[N], w[K])"
STRIDE = "y = conv1d(x[N], w[K], stride=2)"
PADDED = "y = conv1d(x[N], w[K], stride=2, padding=P)"
FREE = "y = conv1d(x[N], w[K], stride=S, padding=P)"
DILATED = "y = conv1d(x[N], w[K], dilation=2)"
IMAGE = "y = conv2d(x[N,C,H,W], w[F,C,A,B], b[F], stride=2, padding=P)"
PLAIN2 = "y = conv2d(x[N,C,H,W], w[F,C,A,B], b[F])"
LAYER = "y = conv2d(x[N,C,H,W], w[F,C,A,B], b[F], stride=S, padding=P)"
UP = "y = conv_transpose1d(x[N], w[K], stride=3)"
POOL = "y = avg_pool1d(x[N], 3, 3)"
OVER = "y = avg_pool1d(x[N], 3, 2)"
RELU = "y = relu(x[N,M])"
FLAT = "y = conv2d(x[H,W], w[A,B])"
ADD = "y = add(a[N], b[N])"

S2 = {"S": "2"}

FORWARD = """
N, C, H, W = x.shape
F, _, A, B = w.shape
x_pad = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)), mode='constant')
HO = 1 + (H + 2*P - A)//S
WO = 1 + (W + 2*P - B)//S
y = np.zeros((N, F, HO, WO))
for n in range(N):
    for f in range(F):
        for i in range(HO):
            for j in range(WO):
                y[n, f, i, j] = np.sum(x_pad[n, :, i*S:i*S+A, j*S:j*S+B] * w[f]) + b[f]
"""

BACKWARD = """
N, C, H, W = x.shape
F, _, A, B = w.shape
x_pad = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)), mode='constant')
HO = 1 + (H + 2*P - A)//S
WO = 1 + (W + 2*P - B)//S
dx_pad = np.zeros_like(x_pad)
dw = np.zeros_like(w)
db = np.zeros_like(b)
for n in range(N):
    for f in range(F):
        db[f] += np.sum(g[n, f])
        for i in range(HO):
            for j in range(WO):
                dw[f] += x_pad[n, :, i*S:i*S+A, j*S:j*S+B] * g[n, f, i, j]
                dx_pad[n, :, i*S:i*S+A, j*S:j*S+B] += w[f] * g[n, f, i, j]
dx = dx_pad[:, :, P:P+H, P:P+W]
"""

LOOPS = """
y = np.zeros(N - K + 1)
for o in range(N - K + 1):
    for k in range(K):
        y[o] += w[k] * x[o + k]
"""

IM2COL = """
N, C, H, W = x.shape
F, _, A, B = w.shape
HO, WO = H - A + 1, W - B + 1
cols = np.zeros((N, C, A, B, HO, WO))
for a in range(A):
    for c in range(B):
        cols[:, :, a, c] = x[:, :, a:a+HO, c:c+WO]
"""

ROWS: list[tuple] = [
    # the classical loops
    ("forward", LAYER, FORWARD, {"y": T}),
    ("backward", LAYER, BACKWARD, {"dx": T, "dw": T, "db": T}),
    ("forward stride forgotten", LAYER, FORWARD.replace("i*S:i*S+A", "i:i+A"), {"y": F}),
    (
        "backward stride forgotten",
        LAYER,
        BACKWARD.replace("dx_pad[n, :, i*S:i*S+A", "dx_pad[n, :, i:i+A"),
        {"dx": F, "dw": T, "db": T},
    ),
    ("no bias", LAYER, FORWARD.replace(" + b[f]", ""), {"y": F}),
    (
        "padding left in",
        LAYER,
        BACKWARD.replace("dx_pad[:, :, P:P+H, P:P+W]", "dx_pad"),
        {"dx": F, "dw": T, "db": T},
    ),
    (
        "crop with P:-P",
        IMAGE,
        BACKWARD.replace("P:P+H, P:P+W", "P:-P, P:-P"),
        {"dx": F, "dw": T, "db": T},
        S2,
    ),
    (
        "assigned where it overlaps",
        IMAGE,
        BACKWARD.replace("B] += w[f] *", "B] = w[f] *"),
        {"dx": F, "dw": T, "db": T},
        S2,
    ),
    (
        "dw assigned",
        IMAGE,
        BACKWARD.replace("dw[f] += x", "dw[f] = x"),
        {"dx": T, "dw": F, "db": T},
        S2,
    ),
    (
        "db assigned",
        IMAGE,
        BACKWARD.replace("db[f] += np", "db[f] = np"),
        {"dx": T, "dw": T, "db": F},
        S2,
    ),
    ("kernel flipped", IMAGE, FORWARD.replace("* w[f]", "* w[f, :, ::-1, ::-1]"), {"y": F}, S2),
    (
        "height for width",
        IMAGE,
        FORWARD.replace("j*S:j*S+B] * w[f])", "j*S:j*S+B] * w[f])").replace(
            "i*S:i*S+A", "j*S:j*S+A"
        ),
        {"y": F},
        S2,
    ),
    (
        "batch averaged",
        IMAGE,
        BACKWARD.replace("db[f] += np.sum(g[n, f])", "db[f] += np.sum(g[n, f]) / N"),
        {"dx": T, "dw": T, "db": F},
        S2,
    ),
    # one axis, element by element
    ("loops", LINE, LOOPS, {"y": T}),
    ("off by one", LINE, LOOPS.replace("range(K)", "range(1, K)"), {"y": F}),
    ("a flipped kernel", LINE, LOOPS.replace("w[k]", "w[K - 1 - k]"), {"y": F}),
    (
        "a kernel from behind",
        LINE,
        LOOPS.replace("w[k] * x[o + k]", "w[-1 - k] * x[o + K - 1 - k]"),
        {"y": T},
    ),
    ("assigned", LINE, LOOPS.replace("+=", "="), {"y": F}),
    (
        "a scalar",
        LINE,
        "y = np.empty(N - K + 1)\nfor o in range(N - K + 1):\n    s = 0\n    for k in range(K):\n        s += w[k] * x[o + k]\n    y[o] = s\n",
        {"y": T},
    ),
    (
        "a scalar set too early",
        LINE,
        "y = np.zeros(N - K + 1)\ns = 0\nfor o in range(N - K + 1):\n    for k in range(K):\n        s += w[k] * x[o + k]\n    y[o] = s\n",
        {"y": None},
    ),
    ("written out again", LINE, LOOPS.replace("y[o] += w", "y[o] = y[o] + w"), {"y": T}),
    (
        "a guard",
        PADDED,
        "O = (N + 2*P - K)//2 + 1\ny = np.zeros(O)\nfor o in range(O):\n    for k in range(K):\n        i = 2*o + k - P\n        if 0 <= i < N:\n            y[o] += w[k] * x[i]\n",
        {"y": T},
    ),
    (
        "a guard with continue",
        PADDED,
        "O = (N + 2*P - K)//2 + 1\ny = np.zeros(O)\nfor o in range(O):\n    for k in range(K):\n        i = 2*o + k - P\n        if i < 0 or i >= N:\n            continue\n        y[o] += w[k] * x[i]\n",
        {"y": T},
    ),
    (
        "half a guard",
        PADDED,
        "O = (N + 2*P - K)//2 + 1\ny = np.zeros(O)\nfor o in range(O):\n    for k in range(K):\n        i = 2*o + k - P\n        if i < N:\n            y[o] += w[k] * x[i]\n",
        {"y": F},
    ),
    (
        "a moving range",
        PADDED,
        "O = (N + 2*P - K)//2 + 1\ny = np.zeros(O)\nfor o in range(O):\n    for k in range(max(0, P - 2*o), min(K, N + P - 2*o)):\n        y[o] += w[k] * x[2*o + k - P]\n",
        {"y": T},
    ),
    (
        "a window of the gradient",
        LINE,
        "dx = np.zeros(N)\nO = N - K + 1\nfor i in range(N):\n    for o in range(max(0, i - K + 1), min(O, i + 1)):\n        dx[i] += g[o] * w[i - o]\n",
        {"dx": T},
    ),
    (
        "gather with a division",
        STRIDE,
        "O = (N - K)//2 + 1\ndx = np.zeros(N)\nfor i in range(N):\n    for k in range(K):\n        if (i - k) % 2 == 0 and 0 <= (i - k)//2 < O:\n            dx[i] += g[(i - k)//2] * w[k]\n",
        {"dx": T},
    ),
    (
        "gather without the test",
        STRIDE,
        "O = (N - K)//2 + 1\ndx = np.zeros(N)\nfor i in range(N):\n    for k in range(K):\n        if 0 <= (i - k)//2 < O:\n            dx[i] += g[(i - k)//2] * w[k]\n",
        {"dx": F},
    ),
    (
        "one loop of slices",
        STRIDE,
        "O = (N - K)//2 + 1\ny = np.zeros(O)\nfor k in range(K):\n    y += w[k] * x[k:k + 2*O - 1:2]\n",
        {"y": T},
    ),
    (
        "one loop of scattered slices",
        STRIDE,
        "O = (N - K)//2 + 1\ndx = np.zeros(N)\nfor k in range(K):\n    dx[k:k + 2*O - 1:2] += w[k] * g\n",
        {"dx": T},
    ),
    (
        "scattered and assigned",
        STRIDE,
        "O = (N - K)//2 + 1\ndx = np.zeros(N)\nfor k in range(K):\n    dx[k:k + 2*O - 1:2] = w[k] * g\n",
        {"dx": F},
    ),
    (
        "a slice too long",
        LINE,
        "O = N - K + 1\ny = np.zeros(O)\nfor k in range(K):\n    y += w[k] * x[k:k + O + 1]\n",
        {"y": F},
    ),
    (
        "dot of slices",
        PADDED,
        "O = (N + 2*P - K)//2 + 1\nxp = np.pad(x, P)\ny = np.zeros(O)\nfor o in range(O):\n    y[o] = np.dot(w, xp[2*o:2*o + K])\n",
        {"y": T},
    ),
    (
        "a comprehension",
        LINE,
        "y = np.array([np.sum(w * x[o:o + K]) for o in range(N - K + 1)])\n",
        {"y": T},
    ),
    (
        "a sum of products",
        LINE,
        "y = np.zeros(N - K + 1)\nfor o in range(len(y)):\n    y[o] = sum(w[k] * x[o + k] for k in range(K))\n",
        {"y": T},
    ),
    ("correlate", LINE, "y = np.correlate(x, w, mode='valid')\n", {"y": T}),
    ("convolve", LINE, "y = np.convolve(x, w, mode='valid')\n", {"y": F}),
    (
        "full convolution backwards",
        LINE,
        "dx = np.convolve(g, w)\ndw = np.correlate(x, g, 'valid')\n",
        {"dx": T, "dw": T},
    ),
    ("full correlation backwards", LINE, "dx = np.convolve(g, w[::-1])\n", {"dx": F}),
    (
        "dilated",
        DILATED,
        "O = N - 2*(K - 1)\ny = np.zeros(O)\nfor o in range(O):\n    for k in range(K):\n        y[o] += w[k] * x[o + 2*k]\n",
        {"y": T},
    ),
    (
        "dilation forgotten in the gradient",
        DILATED,
        "O = N - 2*(K - 1)\ndw = np.zeros(K)\nfor o in range(O):\n    for k in range(K):\n        dw[k] += g[o] * x[o + k]\n",
        {"dw": F},
    ),
    (
        "backwards",
        LINE,
        "y = np.zeros(N - K + 1)\nfor o in range(N - K, -1, -1):\n    for k in reversed(range(K)):\n        y[o] += w[k] * x[o + k]\n",
        {"y": T},
    ),
    (
        "a counter",
        LINE,
        "y = np.zeros(N - K + 1)\ni = 0\nfor o in range(N - K + 1):\n    y[o] = np.sum(x[i:i + K] * w)\n    i += 1\n",
        {"y": T},
    ),
    (
        "steps of a range",
        STRIDE,
        "O = (N - K)//2 + 1\ny = np.zeros(O)\nfor i in range(0, N - K + 1, 2):\n    y[i // 2] = np.sum(x[i:i + K] * w)\n",
        {"y": T},
    ),
    (
        "past the end",
        LINE,
        LOOPS.replace("range(N - K + 1):\n    for", "range(N - K + 2):\n    for"),
        {"y": F},
    ),
    # whole arrays
    (
        "einsum over columns",
        PLAIN2,
        IM2COL + "y = np.einsum('ncabhw,fcab->nfhw', cols, w) + b[None, :, None, None]\n",
        {"y": T},
    ),
    (
        "tensordot",
        PLAIN2,
        IM2COL
        + "y = np.tensordot(cols, w, axes=([1, 2, 3], [1, 2, 3])).transpose(0, 3, 1, 2) + b.reshape(1, -1, 1, 1)\n",
        {"y": T},
    ),
    (
        "matmul of reshaped columns",
        PLAIN2,
        IM2COL
        + "k = w.reshape(F, -1)\nm = cols.reshape(N, C*A*B, HO*WO)\ny = (k @ m).reshape(N, F, HO, WO) + b.reshape(1, F, 1, 1)\n",
        {"y": T},
    ),
    (
        "columns in another order",
        PLAIN2,
        IM2COL
        + "k = w.transpose(0, 2, 3, 1).reshape(F, -1)\nm = cols.reshape(N, C*A*B, HO*WO)\ny = (k @ m).reshape(N, F, HO, WO) + b.reshape(1, F, 1, 1)\n",
        {"y": F},
    ),
    (
        "einsum of the gradients",
        PLAIN2,
        IM2COL + "dw = np.einsum('ncabhw,nfhw->fcab', cols, g)\ndb = g.sum(axis=(0, 2, 3))\n",
        {"dw": T, "db": T},
    ),
    (
        "einsum with swapped axes",
        PLAIN2,
        IM2COL + "dw = np.einsum('ncbahw,nfhw->fcab', cols.transpose(0, 1, 2, 3, 4, 5), g)\n",
        {"dw": F},
    ),
    (
        "col2im",
        PLAIN2,
        IM2COL
        + "d = np.einsum('nfhw,fcab->ncabhw', g, w)\ndx = np.zeros(x.shape)\nfor a in range(A):\n    for c in range(B):\n        dx[:, :, a:a+HO, c:c+WO] += d[:, :, a, c]\n",
        {"dx": T},
    ),
    (
        "col2im assigned",
        PLAIN2,
        IM2COL
        + "d = np.einsum('nfhw,fcab->ncabhw', g, w)\ndx = np.zeros(x.shape)\nfor a in range(A):\n    for c in range(B):\n        dx[:, :, a:a+HO, c:c+WO] = d[:, :, a, c]\n",
        {"dx": F},
    ),
    ("the wrong axes summed", PLAIN2, "db = g.sum(axis=(0, 1, 2))\n", {"db": F}),
    (
        "index arrays",
        FLAT,
        "HO, WO = H - A + 1, W - B + 1\ni = np.arange(HO)[:, None, None, None] + np.arange(A)[None, None, :, None]\nj = np.arange(WO)[None, :, None, None] + np.arange(B)[None, None, None, :]\ny = (x[i, j] * w).sum(axis=(2, 3))\ndx = np.zeros((H, W))\nnp.add.at(dx, (i, j), g[:, :, None, None] * w)\n",
        {"y": T, "dx": T},
    ),
    (
        "rot90 and pad",
        FLAT,
        "p = np.pad(g, ((A - 1, A - 1), (B - 1, B - 1)))\nk = np.rot90(w, 2)\ndx = np.zeros((H, W))\nfor i in range(H):\n    for j in range(W):\n        dx[i, j] = np.sum(p[i:i+A, j:j+B] * k)\n",
        {"dx": T},
    ),
    (
        "not rotated",
        FLAT,
        "p = np.pad(g, ((A - 1, A - 1), (B - 1, B - 1)))\ndx = np.zeros((H, W))\nfor i in range(H):\n    for j in range(W):\n        dx[i, j] = np.sum(p[i:i+A, j:j+B] * w)\n",
        {"dx": F},
    ),
    (
        "flipped on one axis",
        FLAT,
        "p = np.pad(g, ((A - 1, A - 1), (B - 1, B - 1)))\nk = np.flip(w, 0)\ndx = np.zeros((H, W))\nfor i, j in np.ndindex(H, W):\n    dx[i, j] = np.sum(p[i:i+A, j:j+B] * k)\n",
        {"dx": F},
    ),
    # other operations
    (
        "transposed",
        UP,
        "y = np.zeros((N - 1)*3 + K)\nfor i in range(N):\n    y[3*i:3*i + K] += x[i] * w\n",
        {"y": T},
    ),
    (
        "transposed and assigned",
        UP,
        "y = np.zeros((N - 1)*3 + K)\nfor i in range(N):\n    y[3*i:3*i + K] = x[i] * w\n",
        {"y": F},
    ),
    (
        "transposed backwards",
        UP,
        "dx = np.zeros(N)\ndw = np.zeros(K)\nfor i in range(N):\n    dx[i] = g[3*i:3*i + K] @ w\n    dw += g[3*i:3*i + K] * x[i]\n",
        {"dx": T, "dw": T},
    ),
    (
        "pooling",
        POOL,
        "O = (N - 3)//3 + 1\ny = np.zeros(O)\ndx = np.zeros(N)\nfor o in range(O):\n    y[o] = x[3*o:3*o + 3].mean()\n    dx[3*o:3*o + 3] = g[o] / 3\n",
        {"y": T, "dx": T},
    ),
    (
        "pooling with overlap",
        OVER,
        "O = (N - 3)//2 + 1\ndx = np.zeros(N)\nfor o in range(O):\n    dx[2*o:2*o + 3] = g[o] / 3\n",
        {"dx": F},
    ),
    ("relu", RELU, "y = np.maximum(x, 0)\ndx = g * (x > 0)\n", {"y": T, "dx": T}),
    (
        "relu in place",
        RELU,
        "y = x.copy()\ny *= (x > 0)\ndx = np.where(x > 0, g, 0.0)\n",
        {"y": T, "dx": T},
    ),
    ("relu with the wrong mask", RELU, "dx = g * (x <= 0)\n", {"dx": F}),
    (
        "relu under an if",
        RELU,
        "dx = np.zeros(x.shape)\nfor n in range(N):\n    for m in range(M):\n        if x[n, m] > 0:\n            dx[n, m] = g[n, m]\n",
        {"dx": T},
    ),
    ("add", ADD, "y = a + b\nda, db = g, g\n", {"y": T, "da": T, "db": T}),
    ("an alias", ADD, "da = g\ndb = da\ndb += g\n", {"da": F, "db": F}),
    ("a copy", ADD, "da = g.copy()\ndb = da.copy()\ndb *= 1\n", {"da": T, "db": T}),
]
