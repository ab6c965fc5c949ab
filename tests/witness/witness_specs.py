"""The table of geometries: twenty random ones for every keyword and number of axes.

Sizes differ from axis to axis, windows overlap and leave gaps, strides are unequal and do not
divide, paddings are given in every way, batch, channels and groups are above one.  The draws come
from `random.Random` with a text as seed, and so are the same everywhere.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import cache
from itertools import product
from math import ceil, lcm, prod
from typing import Any

from witness_case import Case, Shape

EACH = 20
"""Geometries for each keyword and number of axes."""
MOST = 700
"""Products of numbers in one geometry."""

Draw = Callable[[random.Random, int], "Case | None"]


def window_sizes(n: Shape, K: Shape, S: Shape, D: Shape, sides: Any, up: bool = False) -> Shape:
    """How often each window fits; `up` is PyTorch's ceil_mode."""
    found = []
    for size, k, s, t, (before, after) in zip(n, K, S, D, sides, strict=True):
        room = size + before + after - (t * (k - 1) + 1)
        if room < 0:
            return ()
        count = ceil(room / s) + 1 if up else room // s + 1
        if up and (count - 1) * s >= size + before:
            count -= 1
        found.append(count)
    return tuple(found)


def named_sides(name: str, n: int, k: int, s: int, t: int) -> tuple[int, int]:
    """Padding by name; "same" is TensorFlow's rule, which is PyTorch's where the stride is 1."""
    reach = t * (k - 1)
    total = max((ceil(n / s) - 1) * s + reach + 1 - n, 0)
    return {
        "valid": (0, 0),
        "full": (reach, reach),
        "causal": (reach, 0),
        "same": (total // 2, total - total // 2),
    }[name]


def per_axis(value: Any, d: int) -> tuple[Any, ...]:
    """One value for each axis."""
    return value if isinstance(value, tuple) else (value,) * d


def sides_of(case: Case, n: Shape, K: Shape) -> tuple[tuple[int, int], ...]:
    """The padding before and after each axis."""
    d, padding = len(n), case.options.get("padding", 0)
    S = per_axis(case.options.get("stride", 1), d)
    D = per_axis(case.options.get("dilation", 1), d)
    if isinstance(padding, str):
        return tuple(named_sides(padding, *sizes) for sizes in zip(n, K, S, D, strict=True))
    if d == 1 and isinstance(padding, tuple) and len(padding) == 2:
        return (padding,)
    return tuple(p if isinstance(p, tuple) else (p, p) for p in per_axis(padding, d))


# --- pieces of a draw ---------------------------------------------------------------------------


def different(source: random.Random, count: int, low: int, high: int) -> Shape:
    """Numbers between low and high that all differ."""
    return tuple(source.sample(range(low, high + 1), count))


def any_of(source: random.Random, count: int, low: int, high: int) -> Shape:
    """Numbers between low and high."""
    return tuple(source.randint(low, high) for _ in range(count))


def as_option(source: random.Random, values: Shape) -> Any:
    """The same number for all axes as one number, now and then as a tuple."""
    if len(set(values)) == 1 and source.random() < 0.7:
        return values[0]
    return values


PADDINGS = ("number", "axes", "sides", "none")
NAMES = ("same", "valid", "full", "causal")


def padding(source: random.Random, kind: str, d: int, most: int = 3) -> Any:
    """The option "padding" of a kind."""
    if kind in NAMES:
        return kind
    if kind == "number":
        return source.randint(1, most)
    if kind == "axes":
        return (*any_of(source, d - 1, 0, most), source.randint(1, most))
    pairs = tuple(different(source, 2, 0, most) for _ in range(d))
    if d == 1:
        return pairs[0] if source.random() < 0.5 else pairs
    return (pairs[0], *any_of(source, d - 1, 0, most)) if source.random() < 0.5 else pairs


def heads(source: random.Random, extra: int) -> tuple[int, int, int, int]:
    """Batch, groups, and channels in and out of a group, none of them alike where it can be."""
    if extra == 0:
        return 1, 1, 1, 1
    batch, inputs, outputs = source.sample((1, 2, 3), 3)
    groups = source.choice((1, 1, 2, 3))
    return (batch if extra == 2 else 1), groups, inputs, outputs


def lead(extra: int, batch: int, channels: int) -> Shape:
    """The axes in front of the spatial ones."""
    return (batch, channels)[2 - extra :]


# --- convolutions -------------------------------------------------------------------------------


def conv(d: int, extra: int, source: random.Random, j: int) -> Case | None:
    """A convolution: paddings of all kinds in turn, all the rest by chance."""
    kind = (*PADDINGS, *NAMES)[j % 8]
    mode = ("zeros", "circular", "zeros", "reflect", "replicate")[j % 5]
    K = different(source, d, 1, 4)
    S, D = any_of(source, d, 1, 3), any_of(source, d, 1, 2 if d == 3 else 3)
    n = different(source, d, 2, (9, 7, 5)[d - 1])
    batch, groups, inputs, outputs = heads(source, extra)
    options: dict[str, Any] = {"stride": as_option(source, S)}
    if kind != "none":
        options["padding"] = padding(source, kind, d)
    if max(D) > 1:
        options["dilation"] = as_option(source, D)
    if groups > 1:
        options["groups"] = groups
    if mode != "zeros":
        options["padding_mode"] = mode
    shapes: dict[str, Shape] = {"x": (*lead(extra, batch, groups * inputs), *n)}
    shapes["w"] = (groups * outputs, inputs, *K) if extra else K
    if source.random() < 0.5:
        shapes["b"] = (groups * outputs,) if extra else source.choice(((1,), ()))
    case = Case(f"conv{d}d", shapes, options)
    sides = sides_of(case, n, K)
    limit = {"circular": 0, "reflect": 1}.get(mode, -99)
    if any(max(pair) > size - limit for pair, size in zip(sides, n, strict=True)):
        return None
    o = window_sizes(n, K, S, D, sides)
    work = batch * groups * inputs * outputs * prod(K) * prod(o)
    return case if o and max(o) > 1 and work <= MOST else None


def transposed(d: int, extra: int, source: random.Random, j: int) -> Case | None:
    """A transposed convolution."""
    kind = PADDINGS[j % 4]
    K = different(source, d, 1, 4)
    S, D = any_of(source, d, 1, 3), any_of(source, d, 1, 3)
    n = different(source, d, 1, (6, 4, 3)[d - 1])
    batch, groups, inputs, outputs = heads(source, extra)
    extras = tuple(source.randint(0, max(s, t) - 1) for s, t in zip(S, D, strict=True))
    options: dict[str, Any] = {"stride": as_option(source, S)}
    if kind != "none":
        options["padding"] = padding(source, kind, d)
    if any(extras):
        options["output_padding"] = as_option(source, extras)
    if max(D) > 1:
        options["dilation"] = as_option(source, D)
    if groups > 1:
        options["groups"] = groups
    shapes: dict[str, Shape] = {"x": (*lead(extra, batch, groups * inputs), *n)}
    shapes["w"] = (groups * inputs, outputs, *K) if extra else K
    if source.random() < 0.5:
        shapes["b"] = (groups * outputs,) if extra else source.choice(((1,), ()))
    case = Case(f"conv_transpose{d}d", shapes, options)
    sizes = [
        (size - 1) * s + t * (k - 1) + 1 + e - sum(side)
        for size, k, s, t, e, side in zip(n, K, S, D, extras, sides_of(case, n, K), strict=True)
    ]
    work = batch * groups * inputs * outputs * prod(K) * prod(n)
    return case if min(sizes) >= 1 and max(sizes) > 1 and work <= MOST else None


# --- filters ------------------------------------------------------------------------------------


def filters(keyword: str, d: int, source: random.Random, j: int) -> Case | None:
    """A filter in each mode, the kernel even or odd, and sometimes longer than the signal."""
    mode = ("full", "same", "valid", "circular")[j % 4]
    most = 7 if d == 1 else 5
    n, K = any_of(source, d, 1, most), any_of(source, d, 1, most)
    if mode == "valid" and len({a > b for a, b in zip(n, K, strict=True) if a != b}) > 1:
        return None
    if (n[0] < K[0]) != (j % 8 >= 4) or K[0] % 2 != j // 8 % 2 or prod(n) * prod(K) > 250:
        return None
    return Case(keyword, {"x": n, "w": K}, {"mode": mode})


# --- pooling ------------------------------------------------------------------------------------


def pool(kind: str, d: int, extra: int, source: random.Random, j: int) -> Case | None:
    """A pooling; every other one rounds up, every third average leaves the padding out."""
    K = different(source, d, 1, 4)
    S = any_of(source, d, 1, 3)
    D = any_of(source, d, 1, 2) if kind == "max" else (1,) * d
    n = different(source, d, 2, (10, 8, 6)[d - 1])
    options: dict[str, Any] = {"kernel_size": K if len(set(K)) > 1 or j % 4 else K[0]}
    if j % 5:
        options["stride"] = as_option(source, S)
    else:
        S = K
    way = PADDINGS[j % 4]
    if way != "none":
        options["padding"] = padding(source, way, d, 2)
    if max(D) > 1:
        options["dilation"] = as_option(source, D)
    if j % 2:
        options["ceil_mode"] = True
    if kind == "avg" and j % 3 == 0:
        options["count_include_pad"] = False
    batch, channels = different(source, 2, 1, 3)
    case = Case(
        f"{kind}_pool{d}d",
        {"x": (*lead(extra, batch, channels), *n)},
        options,
        unit=prod(lcm(*range(1, k + 1)) for k in K) if kind == "avg" else 1,
        largest=2 if kind == "max" and j % 3 == 0 else 9,
    )
    sides = sides_of(case, n, K)
    if any(max(pair) > k // 2 for pair, k in zip(sides, K, strict=True)):
        return None
    o = window_sizes(n, K, S, D, sides, options.get("ceil_mode", False))
    empty = any(_empty(*sizes) for sizes in zip(o, n, K, S, D, sides, strict=False))
    work = batch * channels * prod(K) * prod(o)
    return case if o and max(o) > 1 and not empty and work <= MOST else None


def _empty(count: int, n: int, k: int, s: int, t: int, side: tuple[int, int]) -> bool:
    """Whether some window holds nothing but padding."""
    starts = (s * o - side[0] for o in range(count))
    return any(not any(0 <= a + t * p < n for p in range(k)) for a in starts)


# --- im2col and col2im --------------------------------------------------------------------------


def _windows(d: int, source: random.Random, j: int) -> tuple[Any, ...]:
    K = different(source, d, 1, 3)
    S, D = any_of(source, d, 1, 3), any_of(source, d, 1, 2)
    n = different(source, d, 2, (9, 7, 5)[d - 1])
    options: dict[str, Any] = {"kernel_size": K}
    if max(D) > 1:
        options["dilation"] = as_option(source, D)
    kind = PADDINGS[j % 4]
    if kind != "none":
        options["padding"] = padding(source, kind, d, 2)
    options["stride"] = as_option(source, S)
    sides = sides_of(Case("", {}, options), n, K)
    return n, K, options, window_sizes(n, K, S, D, sides)


def unfold(d: int, extra: int, source: random.Random, j: int) -> Case | None:
    """Windows as columns."""
    n, K, options, o = _windows(d, source, j)
    batch, channels = different(source, 2, 1, 3)
    case = Case("unfold", {"x": (*lead(extra, batch, channels), *n)}, options, "Y")
    work = batch * channels * prod(K) * prod(o)
    return case if o and max(o) > 1 and work <= MOST else None


def fold(d: int, extra: int, source: random.Random, j: int) -> Case | None:
    """Columns laid down as windows; `extra` is 2 with a batch axis, else 1."""
    n, K, options, o = _windows(d, source, j)
    batch, channels = different(source, 2, 1, 3)
    shape = ((batch,) if extra == 2 else ()) + (channels * prod(K), prod(o))
    case = Case("fold", {"Y": shape}, {"output_size": n, **options})
    return case if o and max(o) > 1 and prod(shape) <= MOST else None


# --- element by element, and losses -------------------------------------------------------------


def elements(source: random.Random, axes: int) -> Shape:
    """The shape of a tensor of that many axes, with about as many elements whatever they are."""
    return different(source, axes, 1, (40, 9, 6, 6)[axes - 1])


def point(keyword: str, axes: int, source: random.Random, j: int) -> Case:
    """A function, a sum, a difference or a multiple of tensors of some axes."""
    shape = elements(source, axes)
    if keyword in ("add", "sub"):
        return Case(keyword, {"a": shape, "b": shape})
    if keyword == "scale":
        return Case(keyword, {"x": shape}, {"factor": source.choice((-7, -3, -2, 2, 3, 5))})
    return Case(keyword, {"x": shape}, largest=3)


def loss(keyword: str, axes: int, source: random.Random, j: int) -> Case:
    """A loss, its mean or its sum."""
    shape = elements(source, axes)
    if keyword == "sum":
        return Case(keyword, {"x": shape}, target="L")
    names = ("z", "t") if keyword == "cross_entropy" else ("y", "t")
    options = [{}, {"reduction": "mean"}, {"reduction": "sum"}][j % 3]
    mean = keyword == "mse" and options.get("reduction") != "sum"
    shapes = dict.fromkeys(names, shape)
    return Case(keyword, shapes, options, "L", unit=prod(shape) if mean else 1)


# --- the table ----------------------------------------------------------------------------------


def _groups() -> Iterator[tuple[str, Draw]]:
    for d, extra in product((1, 2, 3), (0, 1, 2)):
        axes = f"{d + extra} axes"
        yield f"conv{d}d {axes}", lambda s, j, d=d, e=extra: conv(d, e, s, j)
        yield f"conv_transpose{d}d {axes}", lambda s, j, d=d, e=extra: transposed(d, e, s, j)
        for kind in ("avg", "max"):
            name = f"{kind}_pool{d}d {axes}"
            yield name, lambda s, j, k=kind, d=d, e=extra: pool(k, d, e, s, j)
        yield f"unfold {d}-D {axes}", lambda s, j, d=d, e=extra: unfold(d, e, s, j)
        if extra:
            name = f"fold {d}-D {extra + 1} axes"
            yield name, lambda s, j, d=d, e=extra: fold(d, e, s, j)
    for d, keyword in product((1, 2), ("convolve", "correlate")):
        yield f"{keyword} {d} axes", lambda s, j, k=keyword, d=d: filters(k, d, s, j)
    for axes, keyword in product((1, 2, 3, 4), ("relu", "sigmoid", "tanh", "add", "sub", "scale")):
        yield f"{keyword} {axes} axes", lambda s, j, k=keyword, a=axes: point(k, a, s, j)
    for axes, keyword in product((1, 2, 3, 4), ("sum", "mse", "cross_entropy")):
        yield f"{keyword} {axes} axes", lambda s, j, k=keyword, a=axes: loss(k, a, s, j)


GROUPS: dict[str, Draw] = dict(sorted(_groups()))
"""A draw for each keyword and number of axes."""


@cache
def cases(group: str) -> tuple[Case, ...]:
    """The geometries of a group, none of them twice."""
    source = random.Random(f"symconv {group}")
    found: dict[str, Case] = {}
    for j in range(EACH):
        drawn = (GROUPS[group](source, j) for _ in range(5000))
        case = next(c for c in drawn if c is not None and c.text not in found)
        found[case.text] = case
    return tuple(found.values())
