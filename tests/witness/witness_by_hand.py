"""Answers without PyTorch: every product of numbers written out in plain loops, in whole numbers.

Filters are asked of NumPy and SciPy, basis vector by basis vector, and so are the functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import product
from math import prod
from typing import Any

import numpy as np
from scipy import signal, special
from witness_case import Answer, Array, Case, Shape
from witness_specs import per_axis, sides_of, window_sizes

Product = tuple[Shape, tuple[tuple[str, Shape], ...], "int | Fraction"]
"""An output, what is multiplied for it, and a number: ``y[o] += number * Π tensor[index]``."""


def answer(case: Case, arrays: Mapping[str, Array], g: Array) -> Answer:
    """Every output as the sum of its products, every gradient as what they pass back."""
    if case.keyword in CLOSED:
        return CLOSED[case.keyword](case, np.asarray(g), **arrays)
    shape, met = PRODUCTS[case.keyword](case, arrays)
    y = np.zeros(shape, dtype=object)
    gradients = {name: np.zeros(array.shape, dtype=object) for name, array in arrays.items()}
    data = {name: array.astype(object) for name, array in arrays.items()}
    upstream = np.asarray(g).astype(object)
    for out, reads, number in met:
        values = [data[name][at] for name, at in reads]
        y[out] += number * prod(values)
        for place, (name, at) in enumerate(reads):
            others = values[:place] + values[place + 1 :]
            gradients[name][at] += number * prod(others) * upstream[out]
    return Answer(y.astype(float), {n: v.astype(float) for n, v in gradients.items()})


def output_shape(case: Case, arrays: Mapping[str, Array]) -> Shape:
    """The output's shape."""
    if case.keyword in PRODUCTS:
        return PRODUCTS[case.keyword](case, arrays)[0]
    return arrays["x"].shape if "x" in arrays else ()


def every(sizes: Shape) -> Iterator[Shape]:
    """All positions of a shape."""
    return product(*map(range, sizes))


def _axes(case: Case, n: Shape, K: Shape) -> list[tuple[Any, ...]]:
    """Size, kernel, stride, dilation, padding before and after of each axis."""
    d = len(n)
    S = per_axis(case.options.get("stride", K if "pool" in case.keyword else 1), d)
    D = per_axis(case.options.get("dilation", 1), d)
    return list(zip(n, K, S, D, sides_of(case, n, K), strict=True))


def _sizes(case: Case, axes: list[tuple[Any, ...]]) -> Shape:
    up = case.options.get("ceil_mode", False)
    return window_sizes(*(tuple(part) for part in zip(*axes, strict=True)), up)


# --- convolutions -------------------------------------------------------------------------------


def _source(position: int, n: int, mode: str) -> int | None:
    """Which input stands at a padded position; None for a zero."""
    if 0 <= position < n:
        return position
    if mode == "zeros":
        return None
    if mode == "circular":
        return position + n if position < 0 else position - n
    if mode == "replicate":
        return 0 if position < 0 else n - 1
    return -position if position < 0 else n - 1 - (position - (n - 1))


def _tensors(case: Case, d: int) -> tuple[Shape, Shape, bool, bool]:
    """The spatial sizes of x and w, and whether x has channels and a batch."""
    x, w = case.shapes["x"], case.shapes["w"]
    return x[-d:], w[-d:], len(x) > d, len(x) == d + 2


def _lead(batch: bool, channels: bool, n: int, c: int) -> Shape:
    return ((n,) if batch else ()) + ((c,) if channels else ())


def conv(case: Case, arrays: Mapping[str, Array]) -> tuple[Shape, Iterator[Product]]:
    """``y[n,f,o] = b[f] + Σ w[f,c,k] x[n, first channel of f's group + c, where o and k read]``."""
    n_sizes, K, channels, batch = _tensors(case, case.rank)
    axes, mode = _axes(case, n_sizes, K), case.options.get("padding_mode", "zeros")
    o_sizes = _sizes(case, axes)
    filters, inputs = case.shapes["w"][:2] if channels else (1, 1)
    share = filters // case.options.get("groups", 1)
    count = case.shapes["x"][0] if batch else 1

    def met() -> Iterator[Product]:
        for n, f, o in product(range(count), range(filters), every(o_sizes)):
            out = _lead(batch, channels, n, f) + o
            if "b" in case.shapes:
                yield out, (("b", (f,) if channels else (0,) * len(case.shapes["b"])),), 1
            for c, k in product(range(inputs), every(K)):
                at = tuple(
                    _source(s * q + t * p - before, size, mode)
                    for q, p, (size, _, s, t, (before, _)) in zip(o, k, axes, strict=True)
                )
                if None not in at:
                    channel = f // share * inputs + c
                    x = (*_lead(batch, channels, n, channel), *at)
                    yield out, (("w", ((f, c) if channels else ()) + k), ("x", x)), 1  # type: ignore[misc]

    return (*_lead(batch, channels, count, filters), *o_sizes), met()


def transposed(case: Case, arrays: Mapping[str, Array]) -> tuple[Shape, Iterator[Product]]:
    """Every x[n,c,i] lays down w[c] from S·i - P on, at every D-th place."""
    n_sizes, K, channels, batch = _tensors(case, case.rank)
    axes = _axes(case, n_sizes, K)
    extras = per_axis(case.options.get("output_padding", 0), case.rank)
    o_sizes = tuple(
        s * (size - 1) + t * (k - 1) + 1 + extra - before - after
        for extra, (size, k, s, t, (before, after)) in zip(extras, axes, strict=True)
    )
    inputs, outputs = case.shapes["w"][:2] if channels else (1, 1)
    groups = case.options.get("groups", 1)
    count = case.shapes["x"][0] if batch else 1

    def met() -> Iterator[Product]:
        if "b" in case.shapes:
            for n, f, o in product(range(count), range(groups * outputs), every(o_sizes)):
                at = (f,) if channels else (0,) * len(case.shapes["b"])
                yield _lead(batch, channels, n, f) + o, (("b", at),), 1
        for n, c, i, f, k in product(
            range(count), range(inputs), every(n_sizes), range(outputs), every(K)
        ):
            o = tuple(
                s * place + t * p - before
                for place, p, (_, _, s, t, (before, _)) in zip(i, k, axes, strict=True)
            )
            if all(0 <= q < size for q, size in zip(o, o_sizes, strict=True)):
                group = c // (inputs // groups)
                out = _lead(batch, channels, n, group * outputs + f) + o
                w = ("w", ((c, f) if channels else ()) + k)
                yield out, (("x", _lead(batch, channels, n, c) + i), w), 1

    return (*_lead(batch, channels, count, groups * outputs), *o_sizes), met()


# --- filters ------------------------------------------------------------------------------------


def filters(case: Case, arrays: Mapping[str, Array]) -> tuple[Shape, Iterator[Product]]:
    """Which products fall on which output, as NumPy and SciPy say of basis vectors."""
    n, K, mode = case.shapes["x"], case.shapes["w"], case.options["mode"]
    turned = case.keyword == "convolve"
    names = {(1, True): np.convolve, (1, False): np.correlate}
    names |= {(2, True): signal.convolve2d, (2, False): signal.correlate2d}
    whole = names[len(n), turned]
    shape = n if mode == "circular" else whole(np.ones(n), np.ones(K), mode=mode).shape

    def met() -> Iterator[Product]:
        for i, k in product(every(n), every(K)):
            reads = (("x", i), ("w", k))
            if mode == "circular":
                sign = 1 if turned else -1
                yield tuple((a + sign * b) % m for a, b, m in zip(i, k, n, strict=True)), reads, 1
                continue
            one, other = np.zeros(n), np.zeros(K)
            one[i] = other[k] = 1
            for out in np.argwhere(whole(one, other, mode=mode)):
                yield tuple(map(int, out)), reads, 1

    return shape, met()


def filtered(case: Case, x: Array, w: Array) -> Array:
    """The filter itself, by NumPy or SciPy."""
    mode = case.options["mode"]
    if mode == "circular":
        folded = np.zeros(x.shape, complex)
        for k in every(w.shape):
            folded[tuple(a % n for a, n in zip(k, x.shape, strict=True))] += w[k]
        spectrum = np.fft.fftn(folded)
        if case.keyword == "correlate":
            spectrum = spectrum.conj()
        return np.fft.ifftn(np.fft.fftn(x) * spectrum).real.round(9)
    places = {"convolve": (np.convolve, signal.convolve2d)}
    places["correlate"] = (np.correlate, signal.correlate2d)
    return np.asarray(places[case.keyword][x.ndim - 1](x, w, mode=mode))


# --- windows ------------------------------------------------------------------------------------


def _windows(case: Case, n: Shape, K: Shape) -> Iterator[tuple[Shape, list[tuple[Shape, Shape]]]]:
    """Of every output the window's positions: (kernel position, where it reads)."""
    axes = _axes(case, n, K)
    for o in every(_sizes(case, axes)):
        cells = [
            [(p, s * q + t * p - before) for p in range(k)]
            for q, (_, k, s, t, (before, _)) in zip(o, axes, strict=True)
        ]
        yield o, [tuple(zip(*pairs, strict=True)) for pairs in product(*cells)]


def _inside(at: Shape, n: Shape) -> bool:
    return all(0 <= i < size for i, size in zip(at, n, strict=True))


def pool(case: Case, arrays: Mapping[str, Array]) -> tuple[Shape, Iterator[Product]]:
    """A mean, or the first of the largest, of each window."""
    d, x = case.rank, arrays["x"]
    n, front = x.shape[-d:], x.shape[:-d]
    K = per_axis(case.options["kernel_size"], d)
    include = case.options.get("count_include_pad", True)
    ends = [size + after for size, *_, (_, after) in _axes(case, n, K)]
    windows = list(_windows(case, n, K))

    def mean(window: list[Shape]) -> Iterator[tuple[Shape, Fraction]]:
        inside = [at for at in window if _inside(at, n)]
        counted = [at for at in window if all(i < end for i, end in zip(at, ends, strict=True))]
        for at in inside:
            yield at, Fraction(1, len(counted) if include else len(inside))

    def largest(window: list[Shape], head: Shape) -> Shape:
        return max((at for at in window if _inside(at, n)), key=lambda at: x[head + at])

    def met() -> Iterator[Product]:
        for head, (o, pairs) in product(every(front), windows):
            window = [at for _, at in pairs]
            if case.keyword.startswith("max"):
                yield head + o, (("x", head + largest(window, head)),), 1
            else:
                for at, share in mean(window):
                    yield head + o, (("x", head + at),), share

    return (*front, *_sizes(case, _axes(case, n, K))), met()


def _folded(case: Case, n: Shape, front: Shape, image: str, columns: str) -> Iterator[Any]:
    """Of every cell of the columns which cell of the image it holds."""
    K = case.options["kernel_size"]
    o_sizes = _sizes(case, _axes(case, n, K))
    batch, channels = (1, 1, *front)[-2:]
    for b, c, (column, (o, pairs)) in product(
        range(batch), range(channels), enumerate(_windows(case, n, K))
    ):
        assert np.ravel_multi_index(o, o_sizes) == column
        for k, at in pairs:
            if _inside(at, n):
                row = c * prod(K) + int(np.ravel_multi_index(k, K))
                head = ((b,) if len(front) == 2 else ()) + ((c,) if front else ())
                yield (head + at), ((b,) if len(front) == 2 else ()) + (row, column)


def unfold(case: Case, arrays: Mapping[str, Array]) -> tuple[Shape, Iterator[Product]]:
    """Y[n, c·|K| + k, o] is the cell that output o reads for kernel position k."""
    K = case.options["kernel_size"]
    x = case.shapes["x"]
    n, front = x[-len(K) :], x[: -len(K)]
    channels = front[-1] if front else 1
    shape = (*front[:-1], channels * prod(K), prod(_sizes(case, _axes(case, n, K))))
    return shape, ((at, (("x", i),), 1) for i, at in _folded(case, n, front, "x", "y"))


def fold(case: Case, arrays: Mapping[str, Array]) -> tuple[Shape, Iterator[Product]]:
    """The same the other way round, cells added up."""
    n, K = case.options["output_size"], case.options["kernel_size"]
    Y = case.shapes["Y"]
    front = (*Y[:-2], Y[-2] // prod(K))
    return (*front, *n), ((i, (("Y", at),), 1) for i, at in _folded(case, n, front, "y", "Y"))


# --- element by element, and losses -------------------------------------------------------------


def point(case: Case, arrays: Mapping[str, Array]) -> tuple[Shape, Iterator[Product]]:
    """relu, add, sub and scale: a number for each tensor."""
    numbers = {"add": (1, 1), "sub": (1, -1), "scale": (case.options.get("factor", 1),)}
    shape = next(iter(case.shapes.values()))

    def met() -> Iterator[Product]:
        for at in every(shape):
            if case.keyword == "relu":
                yield at, (("x", at),), int(arrays["x"][at] > 0)
                continue
            for name, number in zip(case.shapes, numbers[case.keyword], strict=True):
                yield at, ((name, at),), number

    return shape, met()


def total(case: Case, arrays: Mapping[str, Array]) -> tuple[Shape, Iterator[Product]]:
    """Every element once."""
    return (), (((), (("x", at),), 1) for at in every(case.shapes["x"]))


def mse(case: Case, arrays: Mapping[str, Array]) -> tuple[Shape, Iterator[Product]]:
    """``(y - t)² = y·y - y·t - t·y + t·t``, each over the number of elements."""
    shape = case.shapes["y"]
    mean = case.options.get("reduction", "mean") == "mean"
    share = Fraction(1, prod(shape) if mean else 1)
    pairs = (("y", "y", 1), ("y", "t", -1), ("t", "y", -1), ("t", "t", 1))
    return (), (
        ((), ((a, at), (b, at)), sign * share) for at in every(shape) for a, b, sign in pairs
    )


def sigmoid(case: Case, g: Array, x: Array) -> Answer:
    """SciPy's expit, with 1 - σ(x) = σ(-x)."""
    return Answer(special.expit(x), {"x": g * special.expit(x) * special.expit(-x)})


def tanh(case: Case, g: Array, x: Array) -> Answer:
    """1 - tanh² = 1/cosh²."""
    return Answer(np.tanh(x), {"x": g / np.cosh(x) ** 2})


def cross_entropy(case: Case, g: Array, z: Array, t: Array) -> Answer:
    """SciPy's log_softmax and softmax."""
    axis = min(z.ndim - 1, 1)
    mean = case.options.get("reduction", "mean") == "mean"
    share = g / (z.size // z.shape[axis] if mean else 1)
    logs = special.log_softmax(z, axis=axis)
    of_z = share * (special.softmax(z, axis=axis) * t.sum(axis=axis, keepdims=True) - t)
    y = -(t * logs).sum() / (z.size // z.shape[axis] if mean else 1)
    return Answer(np.asarray(y), {"z": of_z, "t": -share * logs})


def _ranks(kind: str) -> list[str]:
    return [f"{kind}{d}d" for d in (1, 2, 3)]


PRODUCTS: dict[str, Callable[..., tuple[Shape, Iterator[Product]]]] = {
    **dict.fromkeys(_ranks("conv"), conv),
    **dict.fromkeys(_ranks("conv_transpose"), transposed),
    **dict.fromkeys(("convolve", "correlate"), filters),
    **dict.fromkeys([*_ranks("avg_pool"), *_ranks("max_pool")], pool),
    "unfold": unfold,
    "fold": fold,
    **dict.fromkeys(("relu", "add", "sub", "scale"), point),
    "sum": total,
    "mse": mse,
}
CLOSED: dict[str, Callable[..., Answer]] = {
    "sigmoid": sigmoid,
    "tanh": tanh,
    "cross_entropy": cross_entropy,
}
