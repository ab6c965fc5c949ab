"""The same with one mistake each, which easy tests do not show."""

import numpy as np


def stride_does_not_divide(x, w, g, S):
    """The end of x that no window reads is forgotten: the result is too short there."""
    stuffed = np.zeros((len(g) - 1) * S + 1)
    stuffed[::S] = g
    return np.convolve(stuffed, w)


def stride_forgotten(x, w, g, stride):
    dw = np.zeros_like(w)
    for k in range(len(w)):
        dw[k] = sum(g[o] * x[o + k] for o in range(len(g)))
    return dw


def axes_swapped(x, w, g, strides):
    """Height for width, in the upper bound of one slice."""
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    windows = windows[:, :, :: strides[1], :: strides[0]]
    windows = windows[:, :, : g.shape[2], : g.shape[3]]
    return np.einsum("nchwkl,nfhw->fckl", windows, g[:, :, : windows.shape[2], : windows.shape[3]])


def padding_shifts(x, w, g, padding):
    """dx is cut off at 0 and not at the padding."""
    full = np.convolve(g, w)
    return full[: len(x)]


def sums_no_batch(x, w, g):
    """The kernel's gradient of the first sample alone."""
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    return np.einsum("chwkl,fhw->fckl", windows[0], g[0])


def averages_batch(x, w, g):
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    return np.einsum("nchwkl,nfhw->fckl", windows, g) / len(x)


def last_writer_wins(x, w, g, stride):
    dx = np.zeros_like(x)
    for o in range(len(g)):
        dx[o * stride : o * stride + len(w)] = g[o] * w
    return dx


def kernel_not_flipped(x, w, g):
    return np.convolve(g, w[::-1]), np.correlate(x, g, "valid")


def every_maximum(x, g, stride):
    """All entries that are the maximum get the whole gradient."""
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*g.shape):
        rows, cols = slice(i * stride, i * stride + 2), slice(j * stride, j * stride + 3)
        part = x[n, c, rows, cols]
        dx[n, c, rows, cols] += (part == part.max()) * g[n, c, i, j]
    return dx


def max_pool_no_overlap(x, g, stride):
    """Right as long as no entry is the maximum of two windows."""
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*g.shape):
        part = x[n, c, i * stride : i * stride + 2, j * stride : j * stride + 3]
        a, b = np.unravel_index(np.argmax(part), part.shape)
        dx[n, c, i * stride + a, j * stride + b] = g[n, c, i, j]
    return dx


def groups_swapped(x, w, groups):
    """Channel f % groups for f // (filters of a group)."""
    size = x.shape[1] // groups
    y = np.zeros((x.shape[0], w.shape[0], x.shape[2] - w.shape[2] + 1))
    for f in range(w.shape[0]):
        part = x[:, (f % groups) * size : (f % groups + 1) * size]
        for o in range(y.shape[2]):
            y[:, f, o] = np.sum(part[:, :, o : o + w.shape[2]] * w[f], axis=(1, 2))
    return y


def dilation_forgotten(x, w, g, D):
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for k in range(len(w)):
        dw[k] = np.dot(g, x[k : k + len(g)])
        dx[k : k + len(g)] += w[k] * g
    return dx, dw


def transposed_not_cropped_at_end(x, w, stride, padding):
    y = np.zeros((len(x) - 1) * stride + len(w), dtype=x.dtype)
    for i in range(len(x)):
        y[i * stride : i * stride + len(w)] += x[i] * w
    return y[padding:] if padding else y


def bias_averaged(g, x, w, b):
    return g.mean(axis=0).sum(axis=(1, 2))


def mse_forgets_the_two(x, t):
    return (x - t) / x.size, (t - x) / x.size


def chain_forgets_the_mask(x, w, g):
    return np.convolve(g, w), np.correlate(x, g, "valid")


def flipped_forward(x, w, g):
    """A true convolution with its own true gradients, declared as a correlation."""
    y = np.convolve(x, w, "valid")
    return y, np.convolve(g, w[::-1]), np.convolve(x[::-1], g, "valid")


def gives_nan(x, w, g):
    dw = np.correlate(x, g, "valid")
    return dw / np.where(np.arange(len(dw)) == 1, np.nan, 1)


def wrong_shape(x, w, g):
    return np.correlate(x, g, "valid")[:, None]


def not_cropped(x, w, g, padding):
    return np.convolve(g, w)


def changes_its_input(x, w, g, stride):
    """Its second result is wrong because the first one was made in g itself."""
    dw = np.zeros_like(w)
    g *= 2
    for o in range(len(g)):
        dw += g[o] * x[o * stride : o * stride + len(w)]
    return dw
