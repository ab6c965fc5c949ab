"""PyTorch's answers: outputs, gradients by autograd, and the size of the sums behind them.

What PyTorch lacks is made of what it has: paddings of unequal sides are laid on beforehand (or cut
off a transposed convolution), ranks without batch or channels get them, signal filters are
convolutions with the kernel turned round, windows of other ranks are slices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from math import prod
from typing import Any

import numpy as np
from witness_case import Answer, Array, Case, Shape
from witness_specs import per_axis, sides_of, window_sizes

try:
    import torch
except ImportError:  # the tests that need it say so
    torch = F = None  # type: ignore[assignment]
else:
    F = torch.nn.functional
    torch.set_num_threads(1)  # a second thread costs more than such small tensors do

Tensors = dict[str, Any]


def answer(case: Case, arrays: Mapping[str, Array], g: Array) -> Answer:
    """The output, and the gradients of ``sum(g * y)``, in float64."""
    leaves = {name: _leaf(array) for name, array in arrays.items()}
    y = run(case, leaves)
    y.backward(torch.tensor(np.asarray(g, dtype=np.float64)).reshape(y.shape))
    return Answer(y.detach().numpy(), {name: leaf.grad.numpy() for name, leaf in leaves.items()})


def _leaf(array: Array) -> Any:
    return torch.tensor(np.asarray(array, dtype=np.float64), requires_grad=True)


def run(case: Case, tensors: Tensors) -> Any:
    """The output as PyTorch computes it."""
    return WITNESSES[case.keyword](case, **tensors)


def values(case: Case, arrays: Mapping[str, Array]) -> Array:
    """The output alone."""
    with torch.no_grad():
        made = run(case, {n: torch.tensor(np.asarray(a, float)) for n, a in arrays.items()})
    return np.asarray(made.numpy())


# --- shapes -------------------------------------------------------------------------------------


def lifted(x: Any, rank: int) -> Any:
    """The tensor with batch and channels."""
    return x.reshape((1,) * (rank + 2 - x.dim()) + tuple(x.shape))


def lowered(y: Any, like: Any, rank: int) -> Any:
    """The result with as many axes in front as `like` had."""
    return y.reshape(y.shape[rank + 2 - like.dim() :])


def flat(sides: Any) -> list[int]:
    """Paddings in the order of `torch.nn.functional.pad`, the last axis first."""
    return [side for pair in reversed(sides) for side in pair]


def even(sides: Any) -> bool:
    """Whether every axis has as much padding before as after."""
    return all(before == after for before, after in sides)


# --- convolutions -------------------------------------------------------------------------------


def conv(case: Case, x: Any, w: Any, b: Any = None) -> Any:
    """A convolution; PyTorch pads where it can, which also goes for "same" and "valid"."""
    d, options = case.rank, case.options
    n, K = tuple(x.shape)[-d:], tuple(w.shape)[-d:]
    sides = sides_of(case, n, K)
    stride, given = options.get("stride", 1), options.get("padding", 0)
    mode = options.get("padding_mode", "zeros")
    images, kernel = lifted(x, d), lifted(w, d)
    native: Any = 0
    if mode != "zeros":
        images = F.pad(images, flat(sides), mode=mode)
    elif given == "valid" or (given == "same" and set(per_axis(stride, d)) == {1}):
        native = given
    elif even(sides):
        native = tuple(before for before, _ in sides)
    else:
        images = F.pad(images, flat(sides))
    y = getattr(F, f"conv{d}d")(
        images,
        kernel,
        None if b is None else b.reshape(-1),
        stride=stride,
        padding=native,
        dilation=options.get("dilation", 1),
        groups=options.get("groups", 1),
    )
    return lowered(y, x, d)


def transposed(case: Case, x: Any, w: Any, b: Any = None) -> Any:
    """A transposed convolution; unequal paddings are cut off what has none."""
    d, options = case.rank, case.options
    sides = sides_of(case, tuple(x.shape)[-d:], tuple(w.shape)[-d:])
    y = getattr(F, f"conv_transpose{d}d")(
        lifted(x, d),
        lifted(w, d),
        None if b is None else b.reshape(-1),
        stride=options.get("stride", 1),
        padding=tuple(before for before, _ in sides) if even(sides) else 0,
        output_padding=options.get("output_padding", 0),
        groups=options.get("groups", 1),
        dilation=options.get("dilation", 1),
    )
    if not even(sides):
        kept = zip(sides, y.shape[2:], strict=True)
        y = y[(..., *(slice(before, size - after) for (before, after), size in kept))]
    return lowered(y, x, d)


# --- filters ------------------------------------------------------------------------------------


def filters(case: Case, x: Any, w: Any) -> Any:
    """convolve and correlate, as the kept part of the full convolution with a turned kernel."""
    d, mode = x.dim(), case.options["mode"]
    n, K = tuple(x.shape), tuple(w.shape)
    turned = case.keyword == "convolve"
    kernel = w.flip(*range(d)) if turned else w
    if mode == "circular":
        return _circular(x, kernel, turned)
    reach = [(k - 1, k - 1) for k in K]
    images = F.pad(lifted(x, d), flat(reach))
    full = getattr(F, f"conv{d}d")(images, lifted(kernel, d))[0, 0]
    sizes = list(zip(n, K, strict=True))
    kept = {
        "full": [(0, a + k - 1) for a, k in sizes],
        "valid": [(min(a, k) - 1, abs(a - k) + 1) for a, k in sizes],
        "same": [_same(a, k, turned, d) for a, k in sizes],
    }[mode]
    return full[tuple(slice(start, start + count) for start, count in kept)]


def _same(n: int, k: int, turned: bool, d: int) -> tuple[int, int]:
    """The middle of the full output: NumPy's in 1-D, SciPy's in 2-D.

    An even kernel has two middles; `scipy.signal.correlate2d` takes the later one, and so does
    `numpy.correlate` of a kernel longer than the signal, which it exchanges.
    """
    count = max(n, k) if d == 1 else n
    surplus = n + k - 1 - count
    later = not turned and (d == 2 or k > n)
    return (surplus + 1) // 2 if later else surplus // 2, count


def _circular(x: Any, kernel: Any, turned: bool) -> Any:
    """Every position sees the signal repeated without end."""
    n, K = tuple(x.shape), tuple(kernel.shape)
    y = torch.zeros_like(x)
    for k in product(*map(range, K)):
        shift = [(size - 1 if turned else 0) - p for p, size in zip(k, K, strict=True)]
        y = y + kernel[k] * torch.roll(x, shift, tuple(range(len(n))))
    return y


# --- pooling ------------------------------------------------------------------------------------


def average(case: Case, x: Any) -> Any:
    """An average pooling, by PyTorch, or window by window where its sides are unequal.

    PyTorch's avg_pool3d also refuses a kernel larger than the plain input, however it is padded.
    """
    d, options = case.rank, case.options
    K, S, _, sides = windows_of(case, tuple(x.shape)[-d:])
    up, include = options.get("ceil_mode", False), options.get("count_include_pad", True)
    fits = d < 3 or all(size >= k for size, k in zip(x.shape[-d:], K, strict=True))
    if even(sides) and fits:
        padding = tuple(before for before, _ in sides)
        y = getattr(F, f"avg_pool{d}d")(lifted(x, d), K, S, padding, up, include)
        return lowered(y, x, d)
    n = tuple(x.shape)[-d:]
    o = window_sizes(n, K, S, (1,) * d, sides, up)
    means = [_mean(x, at, n, K, S, sides, include) for at in product(*map(range, o))]
    return torch.stack(means, dim=-1).reshape(*x.shape[:-d], *o)


def _mean(x: Any, at: Shape, n: Shape, K: Shape, S: Shape, sides: Any, include: bool) -> Any:
    """The mean of a window that ends with the padded input, or holds only the input itself."""
    count, inside = 1, []
    for o, size, k, s, (before, after) in zip(at, n, K, S, sides, strict=True):
        start = s * o - before
        cells = range(start, min(start + k, size + after))
        read = [i for i in cells if 0 <= i < size]
        count *= len(cells) if include else len(read)
        inside.append(slice(read[0], read[-1] + 1))
    return x[(..., *inside)].sum(dim=tuple(range(-len(n), 0))) / count


def windows_of(case: Case, n: Shape) -> tuple[Shape, Shape, Shape, Any]:
    """Kernel, stride, dilation and padding for each axis."""
    d, options = len(n), case.options
    K = per_axis(options["kernel_size"], d)
    S = per_axis(options.get("stride", K if "pool" in case.keyword else 1), d)
    return K, S, per_axis(options.get("dilation", 1), d), sides_of(case, n, K)


def maximum(case: Case, x: Any) -> Any:
    """A maximum pooling; unequal sides are laid on as minus infinity."""
    return _maximum(case, x)[0]


def _maximum(case: Case, x: Any) -> tuple[Any, Any, Any]:
    """Output, flat position of each maximum, and the shape of the image it is counted in."""
    d = case.rank
    K, S, D, sides = windows_of(case, tuple(x.shape)[-d:])
    images, padding = lifted(x, d), tuple(before for before, _ in sides)
    if not even(sides):
        images = F.pad(images, flat(sides), value=-float("inf"))
        padding = (0,) * d
    up = case.options.get("ceil_mode", False)
    y, where = getattr(F, f"max_pool{d}d")(
        images, K, S, padding, D, ceil_mode=up, return_indices=True
    )
    o = window_sizes(tuple(x.shape)[-d:], K, S, D, sides, up)
    kept = (..., *map(slice, o))  # the longer image may fit a window that starts behind the input
    return lowered(y[kept], x, d), lowered(where[kept], x, d), tuple(images.shape[-d:])


def mask(case: Case, x: Array) -> Array:
    """1 at the maximum of each window, axes (…, output, window position), as PyTorch chooses it."""
    d, n = case.rank, x.shape[-case.rank :]
    K, S, D, sides = windows_of(case, n)
    _, where, counted = _maximum(case, torch.tensor(np.asarray(x, float)))
    moved = [0 if counted == n else before for before, _ in sides]
    made = np.zeros((*where.shape, *K), dtype=np.int64)
    for at in np.ndindex(*where.shape):
        i = np.unravel_index(int(where[at]), counted)
        starts = zip(i, moved, at[-d:], S, D, sides, strict=True)
        k = tuple((p - m + before - s * o) // t for p, m, o, s, t, (before, _) in starts)
        made[at + k] = 1
    return made


# --- windows as columns -------------------------------------------------------------------------


def _slices(case: Case, n: Shape) -> Iterator[tuple[Shape, tuple[slice, ...]]]:
    """Of every window position which cells of the padded image the outputs read."""
    K, S, D, sides = windows_of(case, n)
    o = window_sizes(n, K, S, D, sides)
    for k in product(*map(range, K)):
        starts = [t * p for p, t in zip(k, D, strict=True)]
        ends = [a + s * (count - 1) + 1 for a, s, count in zip(starts, S, o, strict=True)]
        yield k, tuple(slice(a, e, s) for a, e, s in zip(starts, ends, S, strict=True))


def unfold(case: Case, x: Any) -> Any:
    """im2col, by PyTorch in 2-D with equal sides."""
    d = len(case.options["kernel_size"])
    n = tuple(x.shape)[-d:]
    K, S, D, sides = windows_of(case, n)
    images = lifted(x, d)
    if d == 2 and even(sides):
        columns = F.unfold(images, K, D, tuple(before for before, _ in sides), S)
    else:
        padded = F.pad(images, flat(sides))
        parts = [padded[(..., *cells)] for _, cells in _slices(case, n)]
        columns = torch.stack(parts, dim=2).reshape(images.shape[0], -1, parts[0][0, 0].numel())
    return columns if x.dim() == d + 2 else columns[0]


def fold(case: Case, Y: Any) -> Any:
    """col2im, by PyTorch in 2-D with equal sides."""
    n = case.options["output_size"]
    K, S, D, sides = windows_of(case, n)
    columns = Y if Y.dim() == 3 else Y[None]
    batch, channels = columns.shape[0], columns.shape[1] // prod(K)
    if len(n) == 2 and even(sides):
        image = F.fold(columns, n, K, D, tuple(before for before, _ in sides), S)
    else:
        o = window_sizes(n, K, S, D, sides)
        parts = columns.reshape(batch, channels, *K, *o)
        wide = [size + sum(pair) for size, pair in zip(n, sides, strict=True)]
        image = torch.zeros(batch, channels, *wide, dtype=Y.dtype)
        for k, cells in _slices(case, n):
            image[(..., *cells)] += parts[(slice(None), slice(None), *k)]
        pairs = zip(sides, n, strict=True)
        image = image[(..., *(slice(before, before + size) for (before, _), size in pairs))]
    return image if Y.dim() == 3 else image[0]


# --- element by element, and losses -------------------------------------------------------------


def cross_entropy(case: Case, z: Any, t: Any) -> Any:
    """Softmax cross-entropy with the targets as probabilities."""
    return F.cross_entropy(z, t, reduction=case.options.get("reduction", "mean"))


WITNESSES: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(("conv1d", "conv2d", "conv3d"), conv),
    **dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), transposed),
    **dict.fromkeys(("convolve", "correlate"), filters),
    **dict.fromkeys(("avg_pool1d", "avg_pool2d", "avg_pool3d"), average),
    **dict.fromkeys(("max_pool1d", "max_pool2d", "max_pool3d"), maximum),
    "unfold": unfold,
    "fold": fold,
    "relu": lambda case, x: torch.relu(x),
    "sigmoid": lambda case, x: torch.sigmoid(x),
    "tanh": lambda case, x: torch.tanh(x),
    "add": lambda case, a, b: a + b,
    "sub": lambda case, a, b: a - b,
    "scale": lambda case, x: case.options["factor"] * x,
    "sum": lambda case, x: x.sum(),
    "mse": lambda case, y, t: F.mse_loss(y, t, reduction=case.options.get("reduction", "mean")),
    "cross_entropy": cross_entropy,
}


# --- how large the sums are ---------------------------------------------------------------------


def terms(case: Case, arrays: Mapping[str, Array], g: Array) -> Answer:
    """Σ|terms| of the output and of every gradient: the sums with every term made positive.

    A sum of products is run once more on absolute values, a difference with its second tensor
    turned negative.  Where a function bends, its own terms are added up: σ and σ² of σ(1 - σ),
    1 and tanh² of 1 - tanh²; a maximum is one term.
    """
    size = np.abs(np.asarray(g, dtype=float))
    keyword = case.keyword
    if keyword in ("sub", "mse"):
        first, second = arrays
        bent = {first: np.abs(arrays[first]), second: -np.abs(arrays[second])}
        made = answer(case, bent, size)
        return Answer(np.abs(made.y), {n: np.abs(v) for n, v in made.gradients.items()})
    if keyword == "scale":
        factor = abs(case.options["factor"])
        return Answer(factor * np.abs(arrays["x"]), {"x": factor * size})
    if keyword in ("relu", *(f"max_pool{d}d" for d in (1, 2, 3))):
        made = answer(case, arrays, size)
        return Answer(np.abs(made.y), made.gradients)
    if keyword in ("sigmoid", "tanh"):
        y = values(case, arrays)
        slope = np.abs(y) + y**2 if keyword == "sigmoid" else 1 + y**2
        return Answer(np.abs(y), {"x": size * slope})
    if keyword == "cross_entropy":
        return cross_entropy_terms(case, arrays, size)
    return answer(case, {n: np.abs(a) for n, a in arrays.items()}, size)


def cross_entropy_terms(case: Case, arrays: Mapping[str, Array], g: Array) -> Answer:
    """``t·log s`` and ``t·z``; a logarithm near 0 is as uncertain as one of size 1."""
    z, t = np.asarray(arrays["z"], float), np.abs(arrays["t"])
    axis = min(z.ndim - 1, 1)
    s = np.exp(z).sum(axis=axis, keepdims=True)
    mean = case.options.get("reduction", "mean") == "mean"
    share = g / (s.size if mean else 1)
    logs = 1 + np.abs(np.log(s)) + np.abs(z)
    softmax = np.exp(z) / s
    of_z = share * (softmax * t.sum(axis=axis, keepdims=True) + t)
    y = (t * logs).sum() / (s.size if mean else 1)
    return Answer(np.asarray(y), {"z": of_z, "t": share * logs})
