"""Whole-array statements with what they mean, in NumPy and SciPy.

A row: the operation, the text, the conventions, the outcome, and the right side as a function of
the data.  "conditional" stands for a statement that holds at some sizes only.
"""

# ruff: noqa: E501
import numpy as np
from array_worlds import (
    BORDER,
    FULL,
    IMAGE,
    LAYER,
    LETTERS,
    LINE,
    PADDED,
    SMALL,
    STEPS,
    STRIDED,
    UP,
)
from scipy import signal

T, F, C = "proved", "refuted", "conditional"
CONV, CORR = {"star": "convolution"}, {"star": "correlation"}
A = {"names": {"A": "matrix(y, x)"}}
B = {"names": {"B": "matrix(y, w)"}}
DELTA = {"upstream": r"\delta"}


def whole(a):
    return np.array(a, dtype=np.int64)


def conv(a, b, mode):
    return signal.convolve(whole(a), whole(b), mode, method="direct")


def corr(a, b, mode):
    return signal.correlate(whole(a), whole(b), mode, method="direct")


def stuffed(a, step):
    """Zeros between the elements, on every axis."""
    a = whole(a)
    out = np.zeros([(n - 1) * step + 1 for n in a.shape], dtype=np.int64)
    out[tuple(slice(None, None, step) for _ in a.shape)] = a
    return out


def pairs(a, b, shape, where, rule):
    """A result for every pair of channels, added up where `where` says."""
    out = np.zeros(shape, dtype=np.int64)
    for key in np.ndindex(*where[0]):
        out[where[1](key)] += rule(whole(a)[where[2](key)], whole(b)[where[3](key)])
    return out


def layer_y(d):
    n, f, c = d["x"].shape[0], d["w"].shape[0], d["x"].shape[1]
    return pairs(d["x"], d["w"], d["y"].shape,
                 ((n, f, c), lambda k: (k[0], k[1]), lambda k: (k[0], k[2]), lambda k: (k[1], k[2])),
                 lambda a, b: corr(a, b, "valid"))  # fmt: skip


def layer_dw(d):
    n, f, c = d["x"].shape[0], d["w"].shape[0], d["x"].shape[1]
    return pairs(d["x"], d["g"], d["w"].shape,
                 ((n, f, c), lambda k: (k[1], k[2]), lambda k: (k[0], k[2]), lambda k: (k[0], k[1])),
                 lambda a, b: corr(a, b, "valid"))  # fmt: skip


def layer_dx(d, rule=conv):
    n, f, c = d["x"].shape[0], d["w"].shape[0], d["x"].shape[1]
    return pairs(d["g"], d["w"], d["x"].shape,
                 ((n, f, c), lambda k: (k[0], k[2]), lambda k: (k[0], k[1]), lambda k: (k[1], k[2])),
                 lambda a, b: rule(a, b, "full"))  # fmt: skip


def bias(d):
    return whole(d["b"])[None, :, None, None]


def rot(a):
    return np.flip(whole(a))


def bands(d, pad=0, step=1):
    """The matrix of a correlation of one axis."""
    x, w, y = d["x"], d["w"], d["y"]
    out = np.zeros((len(y), len(x)), dtype=np.int64)
    for o in range(len(y)):
        for k in range(len(w)):
            if 0 <= step * o + k - pad < len(x):
                out[o, step * o + k - pad] = w[k]
    return out


# fmt: off
CASES = [
    # --- one axis -------------------------------------------------------------------------------
    (LINE, "dw = valid(x, g)", {}, T, lambda d: corr(d["x"], d["g"], "valid")),
    (LINE, "dW = correlate(x, g, 'valid')", {}, T, lambda d: np.correlate(whole(d["x"]), whole(d["g"]), "valid")),
    (LINE, r"\frac{\partial L}{\partial w} = x \star \delta", {**CORR, **DELTA}, T, lambda d: corr(d["x"], d["g"], "valid")),
    (LINE, r"\frac{\partial L}{\partial w} = x * \delta", {**CONV, **DELTA}, F, lambda d: conv(d["x"], d["g"], "valid")),
    (LINE, "dw = valid(x, rot180(g))", {}, F, lambda d: corr(d["x"], rot(d["g"]), "valid")),
    (LINE, r"dw = \operatorname{rot180}(x *_{valid} g)", CONV, F, lambda d: rot(conv(d["x"], d["g"], "valid"))),
    (LINE, r"dw = x *_{\text{valid}} \text{rot180}(g)", CONV, T, lambda d: conv(d["x"], rot(d["g"]), "valid")),
    (LINE, "dx = full(g, rot180(w))", {}, T, lambda d: corr(d["g"], rot(d["w"]), "full")),
    (LINE, "dx = full(g, w)", {}, F, lambda d: corr(d["g"], d["w"], "full")),
    (LINE, "dx = full(g, w)", CONV, T, lambda d: np.convolve(whole(d["g"]), whole(d["w"]))),
    (LINE, "dx = full(g, rot180(w))", CONV, F, lambda d: conv(d["g"], rot(d["w"]), "full")),
    (LINE, "dx = g * w", CONV, T, lambda d: conv(d["g"], d["w"], "full")),
    (LINE, "dx = w * g", CONV, T, lambda d: conv(d["w"], d["g"], "full")),
    (LINE, "dx = g * w", CORR, F, lambda d: corr(d["g"], d["w"], "full")),
    (LINE, "dx = convolve(g, w)", {}, T, lambda d: np.convolve(whole(d["g"]), whole(d["w"]))),
    (LINE, r"dx = g \overset{full}{*} w", CONV, T, lambda d: conv(d["g"], d["w"], "full")),
    (LINE, r"dx = g \underset{\text{full}}{\ast} w^{\text{rot180}}", CORR, T, lambda d: corr(d["g"], rot(d["w"]), "full")),
    (LINE, r"dx = \delta *_{full} \mathrm{flip}(w)", {**CONV, **DELTA}, F, lambda d: conv(d["g"], rot(d["w"]), "full")),
    (LINE, r"dx = conv(g, rot_{180}(w), 'full')", {}, T, lambda d: corr(d["g"], rot(d["w"]), "full")),
    (LINE, r"dx = \text{conv\_full}(g, \text{reverse}(w))", {}, T, lambda d: corr(d["g"], rot(d["w"]), "full")),
    (LINE, "dx = valid(pad(g, K-1), rot180(w))", {}, T, lambda d: corr(np.pad(whole(d["g"]), 2), rot(d["w"]), "valid")),
    (LINE, "dx = valid(pad(g, K-1), w)", {}, F, lambda d: corr(np.pad(whole(d["g"]), 2), d["w"], "valid")),
    (LINE, r"y = x \star w", CORR, T, lambda d: corr(d["x"], d["w"], "valid")),
    (LINE, r"y = x \circledast w", CONV, F, lambda d: conv(d["x"], d["w"], "valid")),
    (LINE, r"y = x \otimes \text{flip}(w)", CONV, T, lambda d: conv(d["x"], rot(d["w"]), "valid")),
    (LINE, "y_i = (x * w)_i", CORR, T, lambda d: corr(d["x"], d["w"], "valid")),
    (LINE, r"(x * w)[n] = \sum_m x[m] w[n-m]", CONV, T, lambda d: np.convolve(whole(d["x"]), whole(d["w"]))),
    (LINE, r"(x * w)[n] = \sum_m x[m] w[n+m]", CONV, F, lambda d: [sum(d["x"][m] * d["w"][n + m] for m in range(7) if n + m < 3) for n in range(9)]),
    (LINE, "dx = g * w = w * g = full(w, rot180(g))", CONV, F, lambda d: conv(d["w"], rot(d["g"]), "full")),
    (LINE, "dx = full(g, rot180(w))", {"outside": "error"}, T, None),
    (LINE, r"(x * w)_i = \sum_k x_{i-k+1} w_k", {**CONV, "index_base": 1}, T, lambda d: np.convolve(whole(d["x"]), whole(d["w"]))),
    (LINE, r"(x * w)_i = \sum_k x_{i-k} w_k", {**CONV, "index_base": 1}, F, None),
    (LINE, "dx = 2 * g * w / 2", CONV, T, lambda d: conv(d["g"], d["w"], "full")),
    (LINE, r"dw = x \star g + 0 \cdot w", CORR, T, lambda d: corr(d["x"], d["g"], "valid")),
    (LINE, r"sum(y) = sum(x) \cdot sum(w)", {}, F, lambda d: whole(d["x"]).sum() * whole(d["w"]).sum()),
    # --- padding --------------------------------------------------------------------------------
    (PADDED, "dw = valid(x_{pad}, g)", {}, T, lambda d: corr(np.pad(whole(d["x"]), 2), d["g"], "valid")),
    (PADDED, "dw = valid(pad(x, P), g)", {}, T, lambda d: corr(np.pad(whole(d["x"]), 2), d["g"], "valid")),
    (PADDED, "dw = valid(x_pad, g)", {"outside": "error"}, T, None),
    (PADDED, "dw = valid(pad(x, P), g)", {"outside": "error"}, T, None),
    (PADDED, "dw = valid(pad(x, P+1), g)", {}, F, None),
    (PADDED, "dx = valid(pad(g, K-1-P), rot180(w))", {}, T, lambda d: corr(np.pad(whole(d["g"]), 1), rot(d["w"]), "valid")),
    (PADDED, "dx = crop(full(g, rot180(w)), P)", {}, T, lambda d: corr(d["g"], rot(d["w"]), "full")[2:-2]),
    (PADDED, "dx = full(g, rot180(w))", {}, C, None),
    (PADDED, "dx = valid(pad(g, P), rot180(w))", {}, C, None),
    (PADDED, r"y = x_{pad} \star w", CORR, T, lambda d: corr(np.pad(whole(d["x"]), 2), d["w"], "valid")),
    (PADDED, r"y = \tilde{x} \star w", {**CORR, "names": {r"\tilde{x}": "pad(x, P)"}}, T, lambda d: corr(np.pad(whole(d["x"]), 2), d["w"], "valid")),
    # --- strides --------------------------------------------------------------------------------
    (STRIDED, "dw = valid(x, dilate(g, 2))", {"assume": "N odd"}, T, lambda d: corr(d["x"], stuffed(d["g"], 2), "valid")),
    (STRIDED, "dx = full(dilate(g, 2), rot180(w))", {"assume": "N odd"}, T, lambda d: corr(stuffed(d["g"], 2), rot(d["w"]), "full")),
    (STRIDED, "dx = full(insert_zeros(g, 1), rot180(w))", {"assume": "N odd"}, T, lambda d: corr(stuffed(d["g"], 2), rot(d["w"]), "full")),
    (STRIDED, "dx = full(insert_zeros(g, 2), rot180(w))", {"assume": "N odd"}, F, None),
    (STRIDED, "dx = full(dilate(g, 2), rot180(w))", {}, C, lambda d: corr(stuffed(d["g"], 2), rot(d["w"]), "full")),
    (STRIDED, "dx = full(g, rot180(w))", {}, F, None),
    (STEPS, "dx = full(dilate(g, S), rot180(w))", {"assume": "S | N - K"}, T, lambda d: corr(stuffed(d["g"], 3), rot(d["w"]), "full")),
    (STEPS, "dx = full(upsample(g, S), w)", {"assume": "S | N - K"}, F, lambda d: corr(stuffed(d["g"], 3), d["w"], "full")),
    (STEPS, "dw = valid(x, dilate(g, S))", {"assume": "S | N - K"}, T, lambda d: corr(d["x"], stuffed(d["g"], 3), "valid")),
    (STEPS, "dw = valid(x, g)", {}, C, None),
    # --- images ---------------------------------------------------------------------------------
    (IMAGE, "dw = valid(x, g)", {}, T, lambda d: corr(d["x"], d["g"], "valid")),
    (IMAGE, "dx = full(g, rot180(w))", {}, T, lambda d: corr(d["g"], rot(d["w"]), "full")),
    (IMAGE, "dx = full(g, fliplr(w))", {}, F, lambda d: corr(d["g"], np.fliplr(whole(d["w"])), "full")),
    (IMAGE, "dx = full(g, flipud(fliplr(w)))", {}, T, lambda d: corr(d["g"], np.flipud(np.fliplr(whole(d["w"]))), "full")),
    (IMAGE, "dx = full(g, flip(w, axis=0))", {}, F, lambda d: corr(d["g"], np.flip(whole(d["w"]), 0), "full")),
    (IMAGE, "dx = g * w", CONV, T, lambda d: conv(d["g"], d["w"], "full")),
    (IMAGE, "dw = rot180(valid(x, g))", CONV, F, lambda d: rot(conv(d["x"], d["g"], "valid"))),
    (IMAGE, r"dw = \frac{x \star g}{2} + \frac{1}{2} x \star g", CORR, T, lambda d: corr(d["x"], d["g"], "valid")),
    (IMAGE, "dw = g", {}, F, None),
    (BORDER, "dw = valid(pad(x, (1, 2)), g)", {}, T, lambda d: corr(np.pad(whole(d["x"]), ((1, 1), (2, 2))), d["g"], "valid")),
    (BORDER, "dw = valid(pad(x, ((1,1),(2,2))), g)", {}, T, lambda d: corr(np.pad(whole(d["x"]), ((1, 1), (2, 2))), d["g"], "valid")),
    (BORDER, "dw = valid(pad(x, (2, 1)), g)", {}, F, None),
    (BORDER, "dx = crop(full(g, rot180(w)), (1, 2))", {}, T, lambda d: corr(d["g"], rot(d["w"]), "full")[1:-1, 2:-2]),
    (BORDER, "dx = crop(full(g, w), (1, 2))", {}, F, lambda d: corr(d["g"], d["w"], "full")[1:-1, 2:-2]),
    # --- batch and channels ---------------------------------------------------------------------
    (LAYER, r"\frac{\partial L}{\partial w_{f,c}} = \sum_n x_{n,c} \star \delta_{n,f}", {**CORR, **DELTA}, T, layer_dw),
    (LAYER, r"dw_{f,c} = \sum_n valid(x_{n,c}, g_{n,f})", {}, T, layer_dw),
    (LAYER, r"dw_{f,c} = \frac{1}{N} \sum_n valid(x_{n,c}, g_{n,f})", {}, C, lambda d: layer_dw(d) / 2),
    (LAYER, r"\frac{\partial L}{\partial x_{n,c}} = \sum_f \delta_{n,f} * w_{f,c}", {**CONV, **DELTA}, T, layer_dx),
    (LAYER, r"\frac{\partial L}{\partial x_{n,c}} = \sum_f \delta_{n,f} * w_{f,c}", {**CORR, **DELTA}, F, lambda d: layer_dx(d, corr)),
    (LAYER, r"y_{n,f} = \sum_c x_{n,c} \star w_{f,c} + b_f", CORR, T, lambda d: layer_y(d) + bias(d)),
    (LAYER, r"y_{n,f} = b_f + \sum_c x_{n,c} \star w_{f,c}", CORR, T, lambda d: layer_y(d) + bias(d)),
    (LAYER, r"y_{n,f} = b_f + \sum_c x_{n,c} * w_{f,c}", CONV, F, None),
    (LAYER, r"y = x \star w + b", CORR, T, lambda d: layer_y(d) + bias(d)),
    (LAYER, r"y = x \star w", CORR, F, layer_y),
    (LAYER, "dw = valid(x, g)", {}, T, layer_dw),
    (LAYER, "dx = full(g, rot180(w))", {}, T, layer_dx),
    (LAYER, "dx = full(g, w)", {}, F, lambda d: layer_dx(d, corr)),
    (LAYER, "db = sum(g, axis=(0, 2, 3))", {}, T, lambda d: whole(d["g"]).sum(axis=(0, 2, 3))),
    (LAYER, r"db_f = \sum_n sum(g_{n,f})", {}, T, lambda d: whole(d["g"]).sum(axis=(0, 2, 3))),
    (LAYER, r"db_f = \sum_n sum(g_{f,n})", {}, F, None),
    # --- other operations -----------------------------------------------------------------------
    (UP, "y = full(dilate(x, 3), rot180(w))", {}, T, lambda d: corr(stuffed(d["x"], 3), rot(d["w"]), "full")),
    (UP, "y = full(dilate(x, 3), w)", {}, F, lambda d: corr(stuffed(d["x"], 3), d["w"], "full")),
    (UP, "y = dilate(x, 3) * w", CONV, T, lambda d: conv(stuffed(d["x"], 3), d["w"], "full")),
    (UP, "dw = valid(g, dilate(x, 3))", {}, T, lambda d: corr(d["g"], stuffed(d["x"], 3), "valid")),
    (UP, "dw = valid(g, dilate(x, 2))", {}, F, None),
    (FULL, "y = x * w", CONV, T, lambda d: conv(d["x"], d["w"], "full")),
    (FULL, "y = x * w", CORR, F, lambda d: corr(d["x"], d["w"], "full")),
    (FULL, "y = x * rot180(w)", CORR, T, lambda d: corr(d["x"], rot(d["w"]), "full")),
    (FULL, "dx = valid(g, w)", {}, T, lambda d: corr(d["g"], d["w"], "valid")),
    (FULL, "dx = valid(g, rot180(w))", {}, F, lambda d: corr(d["g"], rot(d["w"]), "valid")),
    (FULL, "dx = convolve(g, rot180(w), mode='valid')", {}, T, lambda d: conv(d["g"], rot(d["w"]), "valid")),
    (FULL, "dw = correlate(g, x, 'valid')", {}, T, lambda d: corr(d["g"], d["x"], "valid")),
    # --- matrices by name -----------------------------------------------------------------------
    (LINE, "y = A x", A, T, lambda d: bands(d) @ whole(d["x"])),
    (LINE, "dx = A^T g", A, T, lambda d: bands(d).T @ whole(d["g"])),
    (LINE, r"\frac{\partial L}{\partial x} = A^\top \delta", {**A, **DELTA}, T, lambda d: bands(d).T @ whole(d["g"])),
    (LINE, "dx = A g", A, F, None),
    (LINE, "dx = A.T @ g", A, T, lambda d: bands(d).T @ whole(d["g"])),
    (LINE, r"dw = B^{\mathsf{T}} g", B, T, lambda d: [whole(d["x"])[k : k + 5] @ whole(d["g"]) for k in range(3)]),
    (LINE, r"A x = B w", {"names": {**A["names"], **B["names"]}}, T, lambda d: bands(d) @ whole(d["x"])),
    (LINE, r"\frac{\partial L}{\partial x} = \left(\frac{\partial y}{\partial x}\right)^T \frac{\partial L}{\partial y}", {}, T, lambda d: bands(d).T @ whole(d["g"])),
    (PADDED, "dx = A^T g", A, T, lambda d: bands(d, 2).T @ whole(d["g"])),
    (PADDED, "dx = 2 A^T g", A, F, lambda d: 2 * bands(d, 2).T @ whole(d["g"])),
    (STRIDED, "dx = A^T g", A, T, lambda d: bands(d, 0, 2).T @ whole(d["g"])),
    (UP, "dx = A^T g", A, T, lambda d: [sum(d["w"][k] * d["g"][3 * i + k] for k in range(5)) for i in range(4)]),
    (BORDER, "vec(dx) = A^T vec(g)", A, T, lambda d: corr(d["g"], rot(d["w"]), "full")[1:-1, 2:-2]),
    (BORDER, "y = A x", A, T, lambda d: corr(np.pad(whole(d["x"]), ((1, 1), (2, 2))), d["w"], "valid")),
    (SMALL, "x^T A^T g = g^T A x", A, T, lambda d: whole(d["g"]) @ bands(d, 1) @ whole(d["x"])),
    (SMALL, r"dx = \begin{bmatrix} w_1 & w_0 & 0 & 0 & 0 \\ w_2 & w_1 & w_0 & 0 & 0 \\ 0 & w_2 & w_1 & w_0 & 0 \\ 0 & 0 & w_2 & w_1 & w_0 \\ 0 & 0 & 0 & w_2 & w_1 \end{bmatrix} g", {}, T, lambda d: bands(d, 1).T @ whole(d["g"])),
    (SMALL, r"dx = \begin{bmatrix} w_1 & w_2 & 0 & 0 & 0 \\ w_0 & w_1 & w_2 & 0 & 0 \\ 0 & w_0 & w_1 & w_2 & 0 \\ 0 & 0 & w_0 & w_1 & w_2 \\ 0 & 0 & 0 & w_0 & w_1 \end{bmatrix} g", {}, F, lambda d: bands(d, 1) @ whole(d["g"])),
    (LETTERS, r"y = [bq+cr, aq]", {}, F, None),
    (LETTERS, r"y = (aq + br, ap + bq + cr, bp + cq + dr, cp + dq)^T", {}, T, lambda d: corr(np.pad(whole(d["x"]), 1), d["w"], "valid")),
    (LETTERS, r"y = \begin{pmatrix} aq + br \\ ap + bq + cr \\ bp + cq + dr \\ cp + dr \end{pmatrix}", {}, F, None),
    (LETTERS, r"dw = \begin{pmatrix} 0 & a & b & c \\ a & b & c & d \\ b & c & d & 0 \end{pmatrix} g", {}, T, lambda d: corr(np.pad(whole(d["x"]), 1), d["g"], "valid")),
    (LETTERS, r"dw = \begin{pmatrix} 0 & a & b & c \\ a & b & c & d \\ c & b & d & 0 \end{pmatrix} g", {}, F, None),
    # --- shapes ---------------------------------------------------------------------------------
    (IMAGE, "shape(y) = (H - R + 1, W - S + 1)", {}, T, None),
    (IMAGE, "shape(y) = (H - R, W - S)", {}, F, None),
    (IMAGE, "shape(dw) = shape(w)", {}, T, None),
    (BORDER, r"\operatorname{shape}(y) = (H, W + 3)", {}, T, None),
    (BORDER, "y.shape = (H, W)", {}, F, None),
    (STRIDED, "shape(y) = (N - 3)//2 + 1", {}, T, None),
    (PADDED, "shape(x_pad) = (N + 2P)", {}, T, None),
    (LAYER, "shape(y) = (N, F, H - R + 1, W - S + 1)", {}, T, None),
    (LAYER, "shape(y) = (N, C, H - R + 1, W - S + 1)", {}, F, None),
    (SMALL, "shape(full(g, w)) = 7", {}, T, None),
]
MALFORMED = [
    (LINE, "y = x * w", {}, "convolution or correlation"),
    (LINE, "dw = valid(g, x)", {}, "the kernel is larger"),
    (PADDED, "y = x * w", CORR, "none of these"),
    (LAYER, "dw = x \\star x", CORR, "which are summed over"),
    (LINE, "y = x w", {}, "which product"),
    (LINE, "y = correlate(x, w)", {}, "full, valid or same"),
    (LINE, "y = pad(x)", {}, "an amount"),
    (LINE, "y = \\begin{bmatrix} x_0 & x_1 \\\\ x_2 \\end{bmatrix}", {}, "not of one length"),
    (LINE, "y = \\begin{bmatrix} x_0 & \\\\ x_2 & x_1 \\end{bmatrix}", {}, "empty"),
    (LINE, "y = \\begin{bmatrix} x_0 \\\\ \\vdots \\\\ x_1 \\end{bmatrix}", {}, "open"),
    (SMALL, "y = \\begin{bmatrix} x_0 \\end{pmatrix}", {}, "ends otherwise"),
    (LINE, "y = rot90(x)", {}, "not"),
    (LINE, "y < full(x, w)", {}, "only ="),
    (LAYER, "y = w^T", {}, "transpose"),
    (LAYER, "db = sum(g)", {}, "axes"),
    (LINE, "shape(y) = (N, K)", {}, "2 sizes for 1 axes"),
    (LINE, "y_o = w_o^T", {}, "transpose of a number"),
]
# fmt: on
