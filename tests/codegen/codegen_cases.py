"""Specs with numbers for their open symbols: every operation, chains, operations of one's own."""

from __future__ import annotations

FIXED = (
    "y = conv1d(x[4], w[3], padding=1)",
    "y = conv1d(x[9], w[3], padding=(2,1), stride=3, dilation=2)",
    'y = conv1d(x[3,9], w[2,3,3], b[2], padding="same", stride=2)',
    'y = conv1d(x[2,3,9], w[2,3,3], b[2], padding="causal", dilation=2)',
    'y = conv1d(x[2,3,7], w[4,3,3], padding=2, padding_mode="circular")',
    'y = conv1d(x[7], w[3], padding=2, padding_mode="reflect", stride=2)',
    'y = conv2d(x[5,6], w[3,3], padding=(2,1), padding_mode="replicate", stride=2)',
    "y = conv2d(x[2,4,7,6], w[6,2,3,2], b[6], stride=2, padding=1, groups=2)",
    "y = conv2d(x[2,4,7,6], w[8,1,3,2], b[8], stride=(2,1), padding=(1,0), groups=4)",
    "y = conv2d(x[2,3,5,5], w[4,3,1,1], b[4])",
    "y = conv3d(x[4,4,5], w[2,3,2], padding=1)",
    "y = conv_transpose1d(x[2], w[3], stride=2)",
    "y = conv_transpose1d(x[4], w[3], stride=3, padding=1, output_padding=2, dilation=2)",
    "y = conv_transpose2d(x[2,2], w[3,3], stride=2, padding=1, output_padding=1)",
    "y = conv_transpose2d(x[2,4,3,3], w[4,3,3,2], b[6], stride=2, groups=2)",
    "y = conv_transpose3d(x[2,3,2], w[2,2,3], stride=2)",
    'y = convolve(x[5], w[3], mode="full")',
    'y = convolve(x[3], w[5], mode="valid")',
    'y = convolve(x[5], w[7], mode="circular")',
    'y = convolve(x[4,5], w[3,2], mode="circular")',
    'y = correlate(x[5], w[3], mode="circular")',
    'y = correlate(x[4,5], w[3,2], mode="same")',
    "y = avg_pool2d(x[1,1,4,4], 2)",
    "y = avg_pool2d(x[2,3,5,6], 3, stride=2, padding=1, count_include_pad=False)",
    "y = avg_pool1d(x[2,8], 3, stride=2, padding=1, ceil_mode=True)",
    "y = max_pool2d(x[1,1,4,4], 2)",
    "y = max_pool2d(x[2,2,5,5], 3, stride=2, padding=1)",
    "y = max_pool1d(x[9], 3, stride=2, dilation=2, ceil_mode=True)",
    "y = max_pool3d(x[4,4,4], 2)",
    "Y = unfold(x[1,2,4,4], (3,3), padding=1)",
    "Y = unfold(x[7], 3, padding=1, stride=2)",
    "y = fold(Y[1,18,16], output_size=(4,4), kernel_size=(3,3), padding=1)",
    "y = relu(x[2,3])",
    "y = sigmoid(x[2,3])",
    "y = tanh(x[4])",
    "y = add(a[3,4], b[3,4])",
    "y = sub(a[3,4], b[3,4])",
    "y = scale(x[3,4], 3)",
    "L = sum(x[3,4])",
    "L = mse(y[3,4], t)",
    "h = conv1d(x[9], u[3], padding=1)\nr = relu(h)\ny = conv1d(r, w[3], stride=2)\nL = mse(y, t)",
    "a = add(x[4], y[4])\nb = conv1d(a, w[2])\nc = tanh(b)\nd = add(c, c)\nL = sum(d)",
    "y[o] = x[o // 2] for o = 0..5 with x[3]",
    "y[o] = x[o // 2] for o = 0..4 with x[3]",
    "y[o] = x[(2*o*o + 1) % 5] for o = 0..4 with x[5]",
    "y[o] = sum(x[i], i=0..4, i <= o) for o = 0..4",
    "y[o,p] = sum(w[i] * x[o % 2,p], i=0..3, i <= o) - 2 * w[o] for o = 0..1, p = 0..1 "
    "with x[2,4], w[4]",
    "y[o] = sum(w[k] * x[k - o + 3], k=0..2) for o = 0..6 with x[5]",
    "y[i,j] = x[j,i] for i = 0..2, j = 0..3",
    "y[i] = x[i,i] for i = 0..2",
    "y[i] = sum(exp(x[i,j]) * w[j], j=0..2) for i = 0..2",
    "y[i] = sum(sigmoid(x[i + k]) * w[k], k=0..2) for i = 0..2 with x[4]",
    "y[i,j] = b[i] for i = 0..2, j = 0..3",
    "y[i] = sum(x[i], j=0..4) for i = 0..2",
    "y[o] = sum(w[k,j] * x[o + k - 2*j], k=0..2, j=0..1) for o = 0..4 with x[5]",
    "y[o] = sum(w[k] * x[o + k - 2] * x[o + k], k=0..2) for o = 0..4 with x[6]",
    "y[o] = sum(w[k] * x[(o*k) % 5], k=0..2) for o = 0..4 with x[5]",
)

OPEN: tuple[tuple[str, dict[str, int]], ...] = (
    (
        "y = conv1d(x[N], w[K], stride=S, padding=P, dilation=D)",
        {"N": 9, "K": 3, "S": 2, "P": 1, "D": 2},
    ),
    (
        "y = conv2d(x[N,C,H,W], w[F,C,K_h,K_w], b[F], stride=S, padding=P, dilation=D)",
        {"N": 2, "C": 3, "H": 7, "W": 6, "F": 4, "K_h": 3, "K_w": 2, "S": 2, "P": 1, "D": 2},
    ),
    (
        "y = conv2d(x[N,C,H,W], w[F,C//G,K,K], groups=G)",
        {"N": 2, "C": 4, "H": 5, "W": 5, "F": 6, "K": 2, "G": 2},
    ),
    (
        "y = conv_transpose2d(x[N,C,H,W], w[C,F,K_h,K_w], b[F], stride=S, padding=P)",
        {"N": 2, "C": 3, "H": 3, "W": 4, "F": 2, "K_h": 3, "K_w": 2, "S": 2, "P": 1},
    ),
    ('y = conv1d(x[N], w[K], padding=P, padding_mode="circular")', {"N": 7, "K": 3, "P": 2}),
    (
        'y = conv2d(x[H,W], w[K,K], padding=P, padding_mode="reflect")',
        {"H": 5, "W": 6, "K": 3, "P": 2},
    ),
    (
        'y = conv1d(x[N], w[K], padding=P, padding_mode="replicate", stride=S)',
        {"N": 7, "K": 3, "P": 2, "S": 2},
    ),
    ('y = convolve(x[N], w[K], mode="same")', {"N": 6, "K": 3}),
    ('y = convolve(x[N], w[K], mode="circular")', {"N": 6, "K": 3}),
    (
        "y = avg_pool2d(x[N,C,H,W], K, stride=S, padding=P)",
        {"N": 2, "C": 3, "H": 7, "W": 6, "K": 3, "S": 2, "P": 1},
    ),
    (
        "y = avg_pool1d(x[N], K, stride=S, padding=P, count_include_pad=False)",
        {"N": 8, "K": 3, "S": 2, "P": 1},
    ),
    ("y = avg_pool1d(x[N], K, stride=S, ceil_mode=True)", {"N": 8, "K": 3, "S": 2}),
    ("y = max_pool2d(x[N,C,H,W], K)", {"N": 2, "C": 3, "H": 7, "W": 6, "K": 2}),
    (
        "Y = unfold(x[N,C,H,W], (K_h,K_w), padding=P, stride=S, dilation=D)",
        {"N": 2, "C": 3, "H": 5, "W": 6, "K_h": 3, "K_w": 2, "P": 1, "S": 2, "D": 1},
    ),
    ("L = cross_entropy(z[N,C], t)", {"N": 3, "C": 4}),
    (
        "h = conv1d(x[N], u[A], padding=P)\nr = relu(h)\n"
        "y = conv1d(r, w[K], stride=2)\nL = mse(y, t)",
        {"N": 9, "A": 3, "P": 1, "K": 3},
    ),
    (
        "h = conv2d(x[N,C,H,W], w[F,C,3,3], b[F], padding=1)\ns = sigmoid(h)\n"
        "p = max_pool2d(s, 2)\nz = conv2d(p, v[M,F,1,1])\nL = cross_entropy(z, t)",
        {"N": 2, "C": 2, "H": 6, "W": 6, "F": 3, "M": 4},
    ),
    ("y[o] = sum(w[k] * x[2*o + k - P], k=0..K-1) for o = 0..O-1", {"O": 5, "K": 3, "P": 1}),
    (
        "y[o] = sum(w[k] * x[2*o + k - P], k=0..K-1) for o = 0..O-1 with x[N]",
        {"O": 5, "K": 3, "P": 1, "N": 7},
    ),
    ("y[o] = x[N - 1 - o] for o = 0..N-1 with x[N]", {"N": 5}),
    ("y[o] = x[o] * x[o] + 3 * x[o] - 2 * t[o] for o = 0..N-1", {"N": 5}),
    ("y[i,j] = sum(a[i,k] * b[k,j], k=0..N-1) for i = 0..N-1, j = 0..N-1", {"N": 4}),
)

CASES = (*((text, {}) for text in FIXED), *OPEN)

GOLDEN = {
    "conv1d": "y = conv1d(x[4], w[3], padding=1)",
    "conv2d": "y = conv2d(x[N,C,H,W], w[F,C,K_h,K_w], b[F], stride=S, padding=P)",
    "conv_transpose1d": "y = conv_transpose1d(x[N], w[K], stride=S, padding=P)",
}
"""The sources that are kept whole, so that every change in them is seen."""
