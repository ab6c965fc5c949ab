"""Convolutions forward and backward as courses and notes write them in NumPy, in our own words.

A row: its name, the operation, the code, what its function gives (nothing: the names say it), and
the declared names.
"""

# ruff: noqa: E501
from __future__ import annotations

PROVED: list[tuple[str, str, str, tuple[str, ...], dict[str, str]]] = [
    (
        "cs231n fwd",
        "y = conv2d(x[N,C,H,W], w[F,C,A,B], b[F], stride=S, padding=P)",
        """
def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param['stride'], conv_param['pad']
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    H_prime = 1 + (H + 2 * pad - HH) // stride
    W_prime = 1 + (W + 2 * pad - WW) // stride
    out = np.zeros((N, F, H_prime, W_prime))
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), 'constant')
    for n in range(N):
        for f in range(F):
            for i in range(H_prime):
                for j in range(W_prime):
                    h1 = i * stride
                    w1 = j * stride
                    window = x_pad[n, :, h1:h1 + HH, w1:w1 + WW]
                    out[n, f, i, j] = np.sum(window * w[f]) + b[f]
    cache = (x, w, b, conv_param)
    return out, cache
""",
        ("y", "_"),
        {"stride": "S", "pad": "P"},
    ),
    (
        "cs231n bwd",
        "y = conv2d(x[N,C,H,W], w[F,C,A,B], b[F], stride=S, padding=P)",
        """
def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param['stride'], conv_param['pad']
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    _, _, H_out, W_out = dout.shape
    x_pad = np.pad(x, ((0,), (0,), (pad,), (pad,)), mode='constant', constant_values=0)
    dx_pad = np.zeros_like(x_pad)
    dw = np.zeros_like(w)
    db = dout.sum(axis=(0, 2, 3))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    dw[f] += dout[n, f, i, j] * x_pad[n, :, i*stride:i*stride+HH, j*stride:j*stride+WW]
                    dx_pad[n, :, i*stride:i*stride+HH, j*stride:j*stride+WW] += dout[n, f, i, j] * w[f]
    dx = dx_pad[:, :, pad:-pad, pad:-pad] if pad > 0 else dx_pad
    return dx, dw, db
""",
        ("dx", "dw", "db"),
        {"stride": "S", "pad": "P"},
    ),
    (
        "cs231n bwd if pad",
        "y = conv2d(x[N,C,H,W], w[F,C,A,B], b[F], stride=S, padding=P)",
        """
def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param['stride'], conv_param['pad']
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    _, _, H_out, W_out = dout.shape
    x_pad = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    dx_pad = np.zeros_like(x_pad)
    dw = np.zeros_like(w)
    db = np.sum(dout, axis=(0, 2, 3))
    for i in range(H_out):
        for j in range(W_out):
            win = x_pad[:, :, i*stride:i*stride+HH, j*stride:j*stride+WW]
            for f in range(F):
                dw[f] += np.sum(win * (dout[:, f, i, j])[:, None, None, None], axis=0)
            for n in range(N):
                dx_pad[n, :, i*stride:i*stride+HH, j*stride:j*stride+WW] += np.sum(w * (dout[n, :, i, j])[:, None, None, None], axis=0)
    if pad > 0:
        dx = dx_pad[:, :, pad:-pad, pad:-pad]
    else:
        dx = dx_pad
    return dx, dw, db
""",
        ("dx", "dw", "db"),
        {"stride": "S", "pad": "P"},
    ),
    (
        "class cache",
        "y = conv2d(x[N,C,H,W], w[F,C,A,B], b[F], stride=S, padding=P)",
        """
class Conv2D:
    def __init__(self, w, b, stride=1, pad=0):
        self.w = w
        self.b = b
        self.stride = stride
        self.pad = pad
        self.cache = None

    def forward(self, x):
        N, C, H, W = x.shape
        F, _, A, B = self.w.shape
        HO = (H + 2 * self.pad - A) // self.stride + 1
        WO = (W + 2 * self.pad - B) // self.stride + 1
        xp = np.pad(x, ((0, 0), (0, 0), (self.pad, self.pad), (self.pad, self.pad)))
        y = np.zeros((N, F, HO, WO))
        for i in range(HO):
            for j in range(WO):
                hs, ws = i * self.stride, j * self.stride
                y[:, :, i, j] = np.tensordot(xp[:, :, hs:hs+A, ws:ws+B], self.w, axes=([1, 2, 3], [1, 2, 3])) + self.b
        self.cache = (x, xp)
        return y

    def backward(self, g):
        x, xp = self.cache
        N, C, H, W = x.shape
        F, _, A, B = self.w.shape
        dxp = np.zeros_like(xp)
        self.dw = np.zeros_like(self.w)
        self.db = g.sum(axis=(0, 2, 3))
        for i in range(g.shape[2]):
            for j in range(g.shape[3]):
                hs, ws = i * self.stride, j * self.stride
                self.dw += np.tensordot(g[:, :, i, j], xp[:, :, hs:hs+A, ws:ws+B], axes=([0], [0]))
                dxp[:, :, hs:hs+A, ws:ws+B] += np.tensordot(g[:, :, i, j], self.w, axes=([1], [0]))
        dx = dxp[:, :, self.pad:self.pad+H, self.pad:self.pad+W]
        return dx
""",
        (),
        {"stride": "S", "pad": "P"},
    ),
    (
        "sliding",
        "y = conv2d(x[N,C,H,W], w[F,C,A,B])",
        """
from numpy.lib.stride_tricks import sliding_window_view
def forward(x, w):
    A, B = w.shape[2:]
    v = sliding_window_view(x, (A, B), axis=(2, 3))
    return np.einsum('nchwab,fcab->nfhw', v, w)
""",
        ("y",),
        {},
    ),
    (
        "sliding stride",
        "y = conv2d(x[N,C,H,W], w[F,C,A,B], stride=S)",
        """
def forward(x, w):
    A, B = w.shape[2:]
    v = np.lib.stride_tricks.sliding_window_view(x, (A, B), axis=(2, 3))[:, :, ::S, ::S]
    return np.tensordot(v, w, axes=([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2)
""",
        ("y",),
        {},
    ),
    (
        "sliding dw",
        "y = conv2d(x[N,C,H,W], w[F,C,A,B])",
        """
def backward(g, x, w):
    A, B = w.shape[2:]
    v = np.lib.stride_tricks.sliding_window_view(x, (A, B), axis=(2, 3))
    dw = np.einsum('nchwab,nfhw->fcab', v, g)
    gp = np.pad(g, ((0, 0), (0, 0), (A-1, A-1), (B-1, B-1)))
    gv = np.lib.stride_tricks.sliding_window_view(gp, (A, B), axis=(2, 3))
    dx = np.einsum('nfhwab,fcab->nchw', gv, w[:, :, ::-1, ::-1])
    return dx, dw
""",
        ("dx", "dw"),
        {},
    ),
    (
        "scipy correlate2d",
        "y = conv2d(x[N,C,H,W], w[F,C,A,B], b[F])",
        """
from scipy import signal
def forward(x, w, b):
    N, C, H, W = x.shape
    F, _, A, B = w.shape
    y = np.zeros((N, F, H - A + 1, W - B + 1))
    for n in range(N):
        for f in range(F):
            y[n, f] = b[f]
            for c in range(C):
                y[n, f] += signal.correlate2d(x[n, c], w[f, c], 'valid')
    return y
""",
        ("y",),
        {},
    ),
    (
        "scipy bwd",
        "y = conv2d(x[N,C,H,W], w[F,C,A,B], b[F])",
        """
from scipy import signal
def backward(g, x, w):
    dw = np.zeros(w.shape)
    dx = np.zeros(x.shape)
    for n in range(x.shape[0]):
        for f in range(w.shape[0]):
            for c in range(w.shape[1]):
                dw[f, c] += signal.correlate2d(x[n, c], g[n, f], "valid")
                dx[n, c] += signal.convolve2d(g[n, f], w[f, c], "full")
    db = g.sum((0, 2, 3))
    return dx, dw, db
""",
        ("dx", "dw", "db"),
        {},
    ),
    (
        "enumerate zip",
        "y = conv2d(x[N,C,H,W], w[F,C,A,B], b[F])",
        """
def forward(x, w, b):
    N, C, H, W = x.shape
    F, _, A, B = w.shape
    y = np.empty((N, F, H - A + 1, W - B + 1))
    for n, image in enumerate(x):
        for f, (kernel, bias) in enumerate(zip(w, b)):
            for i in range(H - A + 1):
                for j in range(W - B + 1):
                    y[n, f, i, j] = (image[:, i:i+A, j:j+B] * kernel).sum() + bias
    return y
""",
        ("y",),
        {},
    ),
    (
        "helper single step",
        "y = conv2d(x[N,C,H,W], w[F,C,A,B], b[F], stride=S, padding=P)",
        """
def zero_pad(X, pad):
    return np.pad(X, ((0, 0), (0, 0), (pad, pad), (pad, pad)), 'constant', constant_values=(0, 0))

def conv_single_step(a_slice_prev, W, b):
    s = np.multiply(a_slice_prev, W)
    Z = np.sum(s)
    Z = Z + float(b)
    return Z

def conv_forward(x, w, b):
    (m, n_C_prev, n_H_prev, n_W_prev) = x.shape
    (n_C, n_C_prev, A, B) = w.shape
    n_H = int((n_H_prev - A + 2 * P) / S) + 1
    n_W = int((n_W_prev - B + 2 * P) / S) + 1
    Z = np.zeros((m, n_C, n_H, n_W))
    A_prev_pad = zero_pad(x, P)
    for i in range(m):
        a_prev_pad = A_prev_pad[i]
        for h in range(n_H):
            vert_start = h * S
            vert_end = vert_start + A
            for v in range(n_W):
                horiz_start = v * S
                horiz_end = horiz_start + B
                for c in range(n_C):
                    a_slice_prev = a_prev_pad[:, vert_start:vert_end, horiz_start:horiz_end]
                    Z[i, c, h, v] = conv_single_step(a_slice_prev, w[c], b[c])
    return Z
""",
        ("y",),
        {},
    ),
    (
        "isinstance stride",
        "y = conv2d(x[N,C,H,W], w[F,C,A,B], b[F], stride=S, padding=P)",
        """
def conv2d(x, w, b, stride=S, padding=P):
    if isinstance(stride, int):
        stride = (stride, stride)
    if isinstance(padding, int):
        padding = (padding, padding)
    if x.ndim != 4:
        raise ValueError('x must have 4 axes')
    assert x.shape[1] == w.shape[1], 'channels'
    n, c, h, wd = x.shape
    f, _, kh, kw = w.shape
    oh = (h + 2*padding[0] - kh)//stride[0] + 1
    ow = (wd + 2*padding[1] - kw)//stride[1] + 1
    xp = np.pad(x, ((0,0),(0,0),(padding[0],)*2,(padding[1],)*2))
    out = np.zeros((n, f, oh, ow))
    for i in range(oh):
        for j in range(ow):
            patch = xp[:, :, i*stride[0]:i*stride[0]+kh, j*stride[1]:j*stride[1]+kw]
            out[:, :, i, j] = patch.reshape(n, -1) @ w.reshape(f, -1).T + b
    return out
""",
        ("y",),
        {},
    ),
    (
        "fortran-like 7 loops",
        "y = conv2d(x[N,C,H,W], w[F,C,A,B], b[F], stride=S, padding=P)",
        """
y = np.zeros((N, F, (H+2*P-A)//S+1, (W+2*P-B)//S+1))
for n in range(N):
    for f in range(F):
        for i in range(y.shape[2]):
            for j in range(y.shape[3]):
                acc = b[f]
                for c in range(C):
                    for a in range(A):
                        for q in range(B):
                            r, s = i*S + a - P, j*S + q - P
                            if r < 0 or r >= H or s < 0 or s >= W:
                                continue
                            acc += x[n, c, r, s] * w[f, c, a, q]
                y[n, f, i, j] = acc
""",
        (),
        {},
    ),
    (
        "dict grads",
        "y = conv1d(x[N], w[K])",
        """
def backward(g, x, w):
    grads = {}
    grads['dw'] = np.zeros_like(w)
    for o in range(len(g)):
        grads['dw'] += g[o] * x[o:o+len(w)]
    dw = grads['dw']
    return dw
""",
        ("dw",),
        {},
    ),
    (
        "dict literal",
        "y = conv1d(x[N], w[K])",
        """
def backward(g, x, w):
    dw = np.zeros_like(w)
    for o in range(len(g)):
        dw += g[o] * x[o:o+len(w)]
    grads = {'dw': dw}
    return grads['dw']
""",
        ("dw",),
        {},
    ),
    (
        "nested comp",
        "y = conv2d(x[H,W], w[A,B])",
        """
y = np.array([[np.sum(x[i:i+A, j:j+B] * w) for j in range(W - B + 1)] for i in range(H - A + 1)])
""",
        (),
        {},
    ),
    (
        "np.vdot flat",
        "y = conv2d(x[H,W], w[A,B])",
        """
y = np.zeros((H-A+1, W-B+1))
for i, j in np.ndindex(*y.shape):
    y[i, j] = x[i:i+A, j:j+B].flatten().dot(w.flatten())
""",
        (),
        {},
    ),
    (
        "math.floor",
        "y = conv1d(x[N], w[K], stride=S)",
        """
import math
M = math.floor((N - K) / S + 1)
y = np.zeros(M)
for i in range(M):
    y[i] = np.sum(x[i*S : i*S + K] * w)
""",
        (),
        {},
    ),
    (
        "while",
        "y = conv1d(x[N], w[K])",
        """
y = np.zeros(N-K+1)
o = 0
while o < N-K+1:
    y[o] = np.sum(x[o:o+K] * w)
    o += 1
""",
        (),
        {},
    ),
    (
        "toeplitz",
        "y = conv1d(x[N], w[K])",
        """
M = N - K + 1
T = np.zeros((M, N))
for o in range(M):
    T[o, o:o+K] = w
y = T @ x
dx = T.T @ g
""",
        (),
        {},
    ),
    (
        "np.flip kernel",
        "y = conv1d(x[N], w[K])",
        """
dx = np.convolve(g, w, mode='full')
dw = np.correlate(x, g, mode='valid')
y = np.convolve(x, np.flip(w), mode='valid')
""",
        (),
        {},
    ),
    (
        "vectorised batch",
        "y = conv2d(x[N,C,H,W], w[F,C,A,B], b[F])",
        """
HO, WO = H - A + 1, W - B + 1
y = np.zeros((N, F, HO, WO)) + b[None, :, None, None]
for i in range(A):
    for j in range(B):
        y += np.einsum('nchw,fc->nfhw', x[..., i:i+HO, j:j+WO], w[..., i, j])
""",
        (),
        {},
    ),
    (
        "broadcast",
        "y = conv2d(x[N,C,H,W], w[F,C,A,B])",
        """
y = np.zeros((N, F, H-A+1, W-B+1))
for i in range(H-A+1):
    for j in range(W-B+1):
        y[:, :, i, j] = np.sum(x[:, None, :, i:i+A, j:j+B] * w[None], axis=(2, 3, 4))
""",
        (),
        {},
    ),
    (
        "np.newaxis",
        "y = conv2d(x[N,C,H,W], w[F,C,A,B])",
        """
y = np.zeros((N, F, H-A+1, W-B+1))
for i in range(H-A+1):
    for j in range(W-B+1):
        y[:, :, i, j] = (x[:, np.newaxis, :, i:i+A, j:j+B] * w[np.newaxis, ...]).sum(axis=(-3, -2, -1))
""",
        (),
        {},
    ),
    (
        "NHWC",
        "y = conv2d(x[N,C,H,W], w[F,C,A,B])",
        """
xt = x.transpose(0, 2, 3, 1)
wt = np.moveaxis(w, [0, 1], [3, 2])
y = np.zeros((N, H-A+1, W-B+1, F))
for i in range(H-A+1):
    for j in range(W-B+1):
        y[:, i, j, :] = np.tensordot(xt[:, i:i+A, j:j+B, :], wt, axes=([1, 2, 3], [0, 1, 2]))
y = y.transpose(0, 3, 1, 2)
""",
        (),
        {},
    ),
    (
        "avgpool",
        "y = avg_pool2d(x[N,C,H,W], 2, 2)",
        """
y = np.zeros((N, C, H//2, W//2))
for i in range(H//2):
    for j in range(W//2):
        y[:, :, i, j] = x[:, :, 2*i:2*i+2, 2*j:2*j+2].mean(axis=(2, 3))
dx = np.zeros_like(x)
for i in range(H//2):
    for j in range(W//2):
        dx[:, :, 2*i:2*i+2, 2*j:2*j+2] += g[:, :, i:i+1, j:j+1] / 4
""",
        (),
        {},
    ),
    (
        "avgpool repeat",
        "y = avg_pool2d(x[N,C,H,W], 2, 2)",
        """
dx = np.zeros((N, C, H, W))
dx[:, :, :H//2*2, :W//2*2] = g.repeat(2, axis=2).repeat(2, axis=3) / 4
""",
        (),
        {},
    ),
    (
        "depthwise",
        "y = conv2d(x[N,C,H,W], w[C,1,A,B], groups=C)",
        """
y = np.zeros((N, C, H-A+1, W-B+1))
for c in range(C):
    for i in range(H-A+1):
        for j in range(W-B+1):
            y[:, c, i, j] = np.sum(x[:, c, i:i+A, j:j+B] * w[c, 0], axis=(1, 2))
""",
        (),
        {},
    ),
    (
        "dilated",
        "y = conv1d(x[N], w[K], dilation=D)",
        """
y = np.zeros(N - D*(K-1))
for o in range(len(y)):
    y[o] = np.dot(x[o:o+D*(K-1)+1:D], w)
""",
        (),
        {},
    ),
    (
        "transposed",
        "y = conv_transpose1d(x[N], w[K], stride=S)",
        """
y = np.zeros((N-1)*S + K)
for i in range(N):
    y[i*S:i*S+K] += x[i] * w
""",
        (),
        {},
    ),
]

UNREAD: list[tuple[str, str, str, int, str]] = [
    (
        "generator regions",
        "y = conv2d(x[H,W], w[A,B])",
        """
def regions(image, A, B):
    h, w_ = image.shape
    for i in range(h - A + 1):
        for j in range(w_ - B + 1):
            yield image[i:i+A, j:j+B], i, j

y = np.zeros((H - A + 1, W - B + 1))
for patch, i, j in regions(x, A, B):
    y[i, j] = np.sum(patch * w)
""",
        2,
        "a generator is not read",
    ),
    (
        "list append",
        "y = conv1d(x[N], w[K])",
        """
y = []
for o in range(N - K + 1):
    y.append(np.sum(x[o:o+K] * w))
y = np.array(y)
""",
        4,
        "a list that grows is not read",
    ),
    (
        "list append 2",
        "y = conv2d(x[H,W], w[A,B])",
        """
out = []
for i in range(H - A + 1):
    row = []
    for j in range(W - B + 1):
        row.append((x[i:i+A, j:j+B] * w).sum())
    out.append(row)
y = np.array(out)
""",
        6,
        "a list that grows is not read",
    ),
    (
        "while stride",
        "y = conv1d(x[N], w[K], stride=S)",
        """
y = np.zeros((N-K)//S+1)
o = i = 0
while i + K <= N:
    y[o] = np.sum(x[i:i+K] * w)
    i += S
    o += 1
""",
        4,
        "a while loop is read where o alone changes",
    ),
    (
        "maxpool",
        "y = max_pool1d(x[N], 2, 2)",
        """y=np.zeros(N//2)
for o in range(N//2):
    y[o]=np.max(x[2*o:2*o+2])
""",
        3,
        "np.max is not read",
    ),
    (
        "matmul batch",
        "y = conv2d(x[N,C,H,W], w[F,C,A,B])",
        """
HO, WO = H - A + 1, W - B + 1
cols = np.stack([x[:, :, i:i+HO, j:j+WO] for i in range(A) for j in range(B)], axis=2)
""",
        3,
        "this comprehension is not read",
    ),
    (
        "as_strided",
        "y = conv2d(x[H,W], w[A,B])",
        """
s = x.strides
v = np.lib.stride_tricks.as_strided(x, (H-A+1, W-B+1, A, B), s + s)
y = np.einsum('ijab,ab->ij', v, w)
""",
        2,
        "strides in bytes are not read",
    ),
]
"""Code that is not read: the line, and the reason."""
