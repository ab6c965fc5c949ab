"""Functions as people write them, all of them right: loops, slices, einsum, im2col, scipy."""

import numpy as np


def conv1d_loops(x, w, stride, padding):
    size = (len(x) + 2 * padding - len(w)) // stride + 1
    y = [0] * size
    for o in range(size):
        for k in range(len(w)):
            i = o * stride + k - padding
            if 0 <= i < len(x):
                y[o] += x[i] * w[k]
    return y


def conv1d_backward_slices(x, w, g, stride, padding):
    xp = np.pad(x, padding)
    dxp = np.zeros_like(xp)
    dw = np.zeros_like(w)
    for o in range(len(g)):
        window = slice(o * stride, o * stride + len(w))
        dxp[window] += g[o] * w
        dw += g[o] * xp[window]
    return dxp[padding : padding + len(x)], dw


def conv1d_backward_zero_stuffed(x, w, g, S):
    stuffed = np.zeros((len(g) - 1) * S + 1)
    stuffed[::S] = g
    rest = (len(x) - len(w)) % S
    dx = np.append(np.convolve(stuffed, w), np.zeros(rest))
    dw = np.correlate(x[: len(x) - rest], stuffed, "valid")
    return {"dw": dw, "dx": dx}


def conv2d_forward_tutorial(x, w, b, stride, pad):
    N, _, H, W = x.shape
    F, _, Hf, Wf = w.shape
    Ho = (H + 2 * pad - Hf) // stride + 1
    Wo = (W + 2 * pad - Wf) // stride + 1
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    y = np.zeros((N, F, Ho, Wo))
    for n in range(N):
        for f in range(F):
            for i in range(Ho):
                for j in range(Wo):
                    part = xp[n, :, i * stride : i * stride + Hf, j * stride : j * stride + Wf]
                    y[n, f, i, j] = np.sum(part * w[f]) + b[f]
    return y


def conv2d_backward_tutorial(dout, cache):
    x, w, _, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, _, H, W = x.shape
    F, _, Hf, Wf = w.shape
    _, _, Ho, Wo = dout.shape
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for n in range(N):
        for f in range(F):
            for i in range(Ho):
                for j in range(Wo):
                    rows, cols = (
                        slice(i * stride, i * stride + Hf),
                        slice(j * stride, j * stride + Wf),
                    )
                    dw[f] += xp[n, :, rows, cols] * dout[n, f, i, j]
                    dxp[n, :, rows, cols] += w[f] * dout[n, f, i, j]
    return dxp[:, :, pad : pad + H, pad : pad + W], dw, dout.sum(axis=(0, 2, 3))


def conv2d_einsum(x, w, strides):
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    windows = windows[:, :, :: strides[0], :: strides[1]]
    return np.einsum("nchwkl,fckl->nfhw", windows, w)


def conv2d_dw_einsum(x, w, g, strides):
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    windows = windows[:, :, :: strides[0], :: strides[1]]
    return np.einsum("nchwkl,nfhw->fckl", windows, g)


def conv2d_im2col(x, w):
    N, C, H, W = x.shape
    F, _, K, L = w.shape
    Ho, Wo = H - K + 1, W - L + 1
    columns = np.empty((N, C * K * L, Ho * Wo))
    for o in range(Ho):
        for p in range(Wo):
            columns[:, :, o * Wo + p] = x[:, :, o : o + K, p : p + L].reshape(N, -1)
    return (w.reshape(F, -1) @ columns).reshape(N, F, Ho, Wo)


def conv2d_nhwc(image, kernel, s):
    N, H, W, _ = image.shape
    K, L, _, F = kernel.shape
    y = np.zeros((N, (H - K) // s + 1, (W - L) // s + 1, F))
    for i in range(y.shape[1]):
        for j in range(y.shape[2]):
            part = image[:, i * s : i * s + K, j * s : j * s + L, :]
            y[:, i, j, :] = np.tensordot(part, kernel, axes=3)
    return y


def conv2d_nhwc_backward(image, kernel, s, g):
    K, L, _, _ = kernel.shape
    d_image, d_kernel = np.zeros_like(image), np.zeros_like(kernel)
    for i in range(g.shape[1]):
        for j in range(g.shape[2]):
            rows, cols = slice(i * s, i * s + K), slice(j * s, j * s + L)
            d_image[:, rows, cols, :] += np.einsum("nf,klcf->nklc", g[:, i, j], kernel)
            d_kernel += np.einsum("nf,nklc->klcf", g[:, i, j], image[:, rows, cols, :])
    return d_image, d_kernel


def conv2d_rows_by_columns(x, K):
    """The kernel comes as K[k, l, c, f]."""
    return np.einsum(
        "nchwkl,klcf->nfhw",
        np.lib.stride_tricks.sliding_window_view(x, K.shape[:2], axis=(2, 3)),
        K,
    )


def conv2d_scipy(x, w):
    from scipy.signal import correlate2d

    return correlate2d(x, w, mode="valid")


def conv2d_scipy_fft_backward(x, w, g):
    from scipy.signal import fftconvolve

    return fftconvolve(g, w), fftconvolve(x, g[::-1, ::-1], mode="valid")


def transposed_scatter(x, w, stride, padding):
    y = np.zeros((len(x) - 1) * stride + len(w), dtype=x.dtype)
    for i in range(len(x)):
        y[i * stride : i * stride + len(w)] += x[i] * w
    return y[padding : len(y) - padding]


def transposed_backward(x, w, g, stride, padding):
    gp = np.pad(g, padding)
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for i in range(len(x)):
        dx[i] = gp[i * stride : i * stride + len(w)] @ w
        dw += x[i] * gp[i * stride : i * stride + len(w)]
    return dx, dw


def grouped_forward(x, w, groups):
    size = x.shape[1] // groups
    filters = w.shape[0] // groups
    y = np.zeros((x.shape[0], w.shape[0], x.shape[2] - w.shape[2] + 1))
    for f in range(w.shape[0]):
        part = x[:, (f // filters) * size : (f // filters + 1) * size]
        for o in range(y.shape[2]):
            y[:, f, o] = np.sum(part[:, :, o : o + w.shape[2]] * w[f], axis=(1, 2))
    return y


def dilated_backward(x, w, g, D):
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for k in range(len(w)):
        dw[k] = np.dot(g, x[D * k : D * k + len(g)])
        dx[D * k : D * k + len(g)] += w[k] * g
    return dx, dw


def max_pool(x, stride):
    N, C, H, W = x.shape
    y = np.empty((N, C, (H - 2) // stride + 1, (W - 3) // stride + 1))
    for i in range(y.shape[2]):
        for j in range(y.shape[3]):
            part = x[:, :, i * stride : i * stride + 2, j * stride : j * stride + 3]
            y[:, :, i, j] = part.max(axis=(2, 3))
    return y


def max_pool_backward(x, g, stride):
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*g.shape):
        part = x[n, c, i * stride : i * stride + 2, j * stride : j * stride + 3]
        a, b = np.unravel_index(np.argmax(part), part.shape)
        dx[n, c, i * stride + a, j * stride + b] += g[n, c, i, j]
    return dx


def avg_pool_backward(x, g, stride):
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(*g.shape):
        dx[i * stride : i * stride + 2, j * stride : j * stride + 3] += g[i, j] / 6
    return dx


def chain_backward(x, w, g):
    a = np.correlate(x, w, "valid")
    ga = np.where(a > 0, g, 0)
    return np.convolve(ga, w), np.correlate(x, ga, "valid")


def mse_backward(x, t):
    return 2 * (x - t) / x.size, 2 * (t - x) / x.size


def softmax_backward(z, t):
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    return (p * t.sum(axis=1, keepdims=True) - t) / len(z)


def difference_backward(g):
    return g, -g


def padded_input_dw(x_pad, w, g):
    return np.correlate(x_pad, g, "valid")
