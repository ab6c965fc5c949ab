"""Calls that every check of the engine runs over: generic geometries, drawn once from a seed.

Sizes, strides and paddings differ from axis to axis, windows overlap and leave gaps, strides do
not divide, batch, channels and groups are more than one.
"""

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Call:
    keyword: str
    shapes: tuple
    options: dict = field(default_factory=dict)

    def __str__(self):
        sizes = " ".join("x".join(map(str, shape)) or "()" for shape in self.shapes)
        return f"{self.keyword} {sizes} {self.options}".replace("'", "")

    def integers(self, seed=0):
        """Tensors of small integers, no two alike calls of which cancel."""
        random = np.random.default_rng(seed)
        return [random.integers(-9, 10, shape) for shape in self.shapes]

    def floats(self, seed=0):
        random = np.random.default_rng(seed)
        return [random.standard_normal(shape) for shape in self.shapes]


def draw(random, d, low, high):
    return tuple(int(v) for v in random.integers(low, high, d))


def conv_calls(count, seed=1):
    """Convolutions of every rank, with PyTorch's symmetric paddings."""
    random = np.random.default_rng(seed)
    for j in range(count):
        d = 1 + j % 3
        top = 5 if d < 3 else 4
        K, S, D, P = (draw(random, d, *r) for r in ((1, top), (1, 4), (1, 4), (0, 4)))
        n = tuple(
            max(1, t * (k - 1) + 1 - 2 * p + int(random.integers(0, 7 - d)))
            for k, t, p in zip(K, D, P, strict=True)
        )
        G, C, F = draw(random, 3, 1, 4)
        shapes = ((2, G * C, *n), (G * F, C, *K), (G * F,))[: 2 + j % 2]
        yield Call(f"conv{d}d", shapes, {"stride": S, "padding": P, "dilation": D, "groups": G})


def transposed_calls(count, seed=2):
    random = np.random.default_rng(seed)
    for j in range(count):
        d = 1 + j % 3
        K, S, D, P = (draw(random, d, *r) for r in ((1, 5), (1, 4), (1, 4), (0, 3)))
        extra = tuple(int(random.integers(0, max(pair))) for pair in zip(S, D, strict=True))
        n = tuple(
            max(1 + (2 * p - t * (k - 1)) // s + 1, int(random.integers(1, 6 - d)))
            for k, s, t, p in zip(K, S, D, P, strict=True)
        )
        G, C, F = draw(random, 3, 1, 4)
        shapes = ((2, G * C, *n), (G * C, F, *K), (G * F,))[: 2 + j % 2]
        options = {"stride": S, "padding": P, "dilation": D, "groups": G}
        yield Call(f"conv_transpose{d}d", shapes, {**options, "output_padding": extra})


def depthwise_calls():
    """As many groups as channels and filters, and one channel with one filter."""
    yield Call("conv1d", ((2, 3, 11), (3, 1, 4), (3,)), {"groups": 3, "stride": 3, "padding": 2})
    yield Call(
        "conv2d",
        ((2, 4, 9, 8), (4, 1, 3, 2)),
        {"groups": 4, "stride": (2, 1), "padding": (2, 1), "dilation": (1, 3)},
    )
    yield Call("conv2d", ((3, 1, 6, 7), (1, 1, 3, 4)), {"stride": (3, 2), "dilation": (2, 1)})
    yield Call(
        "conv3d",
        ((2, 2, 5, 4, 6), (2, 1, 3, 2, 4)),
        {"groups": 2, "padding": (1, 2, 1), "stride": (2, 1, 3), "dilation": (1, 2, 1)},
    )
    yield Call(
        "conv_transpose2d",
        ((2, 3, 4, 5), (3, 1, 4, 3), (3,)),
        {"groups": 3, "stride": (3, 2), "padding": (1, 2), "output_padding": (2, 1)},
    )
    yield Call("conv2d", ((2, 3, 7, 6), (6, 1, 2, 3)), {"groups": 3, "padding": 1})


def mode_calls():
    """The other padding modes, at and below their limits."""
    for mode in ("circular", "reflect", "replicate"):
        less = mode == "reflect"
        yield Call(
            "conv1d",
            ((2, 4, 5), (6, 2, 3), (6,)),
            {"padding": 5 - less, "padding_mode": mode, "stride": 2, "groups": 2},
        )
        yield Call(
            "conv2d",
            ((2, 3, 5, 4), (2, 3, 2, 3)),
            {"padding": (2, 4 - less), "padding_mode": mode, "stride": (1, 3), "dilation": (3, 1)},
        )
    yield Call(
        "conv3d",
        ((1, 2, 3, 4, 5), (2, 2, 2, 3, 2)),
        {"padding": (3, 1, 2), "padding_mode": "circular", "stride": (1, 2, 1)},
    )


def side_calls():
    """Paddings per side or by name, and signals without batch or channels."""
    yield Call("conv1d", ((7,), (3,), ()), {"padding": (2, 1), "stride": 2})
    yield Call("conv1d", ((2, 3, 7), (4, 3, 3)), {"padding": ((0, 4),), "dilation": 2})
    yield Call(
        "conv2d", ((3, 6, 7), (4, 3, 3, 2), (4,)), {"padding": ((2, 0), 1), "stride": (3, 2)}
    )
    yield Call("conv2d", ((6, 7), (3, 4), ()), {"padding": ((0, 2), (3, 1)), "dilation": (2, 1)})
    yield Call("conv3d", ((3, 4, 5), (2, 3, 2)), {"padding": 1, "stride": 2})
    for name in ("same", "valid", "full", "causal"):
        yield Call("conv1d", ((2, 3, 9), (4, 3, 4)), {"padding": name, "stride": 2, "dilation": 2})
        yield Call("conv2d", ((2, 3, 9, 8), (4, 3, 4, 3)), {"padding": name, "stride": (3, 2)})
    yield Call("conv1d", ((4,), (1,)), {"padding": "same", "stride": 3})
    yield Call("conv_transpose1d", ((5,), (4,), ()), {"stride": 3, "padding": (2, 1)})
    yield Call("conv_transpose1d", ((2, 5), (2, 3, 4)), {"stride": 2, "output_padding": 1})
    yield Call("conv_transpose2d", ((3, 4), (3, 2)), {"stride": (2, 3), "padding": ((0, 2), 1)})
    yield Call("conv_transpose2d", ((4, 3, 2), (4, 2, 2, 3), (4,)), {"stride": 3, "groups": 2})


def filter_calls():
    for keyword in ("convolve", "correlate"):
        for mode in ("full", "same", "valid", "circular"):
            for n, K in ((7, 3), (6, 4), (3, 5), (2, 6), (4, 4), (1, 3), (5, 1)):
                yield Call(keyword, ((n,), (K,)), {"mode": mode})
            for n, K in (((5, 6), (3, 4)), ((3, 4), (4, 6)), ((4, 3), (4, 2)), ((2, 5), (2, 6))):
                yield Call(keyword, (n, K), {"mode": mode})
            if mode != "valid":
                yield Call(keyword, ((2, 6), (3, 4)), {"mode": mode})


def pool_calls(count, seed=3):
    random = np.random.default_rng(seed)
    for j in range(count):
        d, kind = 1 + j % 3, ("avg", "max")[j % 2]
        K, S = draw(random, d, 1, 5), draw(random, d, 1, 4)
        D = draw(random, d, 1, 3) if kind == "max" else (1,) * d
        P = tuple(int(random.integers(0, k // 2 + 1)) for k in K)
        n = tuple(
            t * (k - 1) + 1 + int(random.integers(0, 6 - d)) for k, t in zip(K, D, strict=True)
        )
        options = {"kernel_size": K, "stride": S, "padding": P, "ceil_mode": bool(j // 2 % 2)}
        if kind == "max":
            options["dilation"] = D
        else:
            options["count_include_pad"] = bool(j // 4 % 2)
        yield Call(f"{kind}_pool{d}d", (((2, 3, *n), (3, *n), n)[j // 3 % 3],), options)


def fold_calls(count, seed=4):
    random = np.random.default_rng(seed)
    for _ in range(count):
        K, S, D, P = (draw(random, 2, *r) for r in ((1, 5), (1, 4), (1, 4), (0, 3)))
        n = tuple(
            max(1, t * (k - 1) + 1 - 2 * p + int(random.integers(0, 5)))
            for k, t, p in zip(K, D, P, strict=True)
        )
        L = [
            (m + 2 * p - t * (k - 1) - 1) // s + 1
            for m, k, s, t, p in zip(n, K, S, D, P, strict=True)
        ]
        options = {"kernel_size": K, "stride": S, "dilation": D, "padding": P}
        yield Call("unfold", ((2, 3, *n),), options)
        columns = (2, 3 * K[0] * K[1], L[0] * L[1])
        yield Call("fold", (columns,), {**options, "output_size": n})


def plain_fold_calls():
    """Unfolds and folds of other ranks than PyTorch's."""
    yield Call("unfold", ((7,),), {"kernel_size": 3, "stride": 2, "padding": (1, 0)})
    yield Call("unfold", ((5, 6),), {"kernel_size": (2, 3), "padding": 1})
    yield Call("unfold", ((2, 3, 7),), {"kernel_size": 3, "dilation": 2})
    yield Call("unfold", ((2, 3, 4, 3, 5),), {"kernel_size": (2, 3, 2), "stride": (1, 1, 2)})
    yield Call("fold", ((6, 4),), {"output_size": (9,), "kernel_size": (3,), "stride": 2})
    yield Call("fold", ((2, 24, 6),), {"output_size": (4, 3, 3), "kernel_size": (2, 3, 2),
                                       "stride": (2, 1, 2), "padding": (1, 0, 1)})  # fmt: skip


def point_calls():
    for keyword in ("relu", "sigmoid", "tanh", "sum"):
        yield Call(keyword, ((2, 3, 4),))
    yield Call("add", ((3, 4), (3, 4)))
    yield Call("sub", ((3, 4), (3, 4)))
    yield Call("scale", ((3, 4),), {"factor": -3})
    for reduction in ("mean", "sum"):
        for shape in ((5,), (4, 5), (2, 3, 4), (2, 3, 4, 2)):
            yield Call("mse", (shape, shape), {"reduction": reduction})
            yield Call("cross_entropy", (shape, shape), {"reduction": reduction})


TORCH = [
    *conv_calls(45), *transposed_calls(45), *depthwise_calls(), *mode_calls(),
    *pool_calls(48), *fold_calls(15), *point_calls(),
]  # fmt: skip
NUMPY = list(filter_calls())
OURS = [*side_calls(), *plain_fold_calls()]
SMALL = [
    *conv_calls(9, 5), *transposed_calls(9, 6), *depthwise_calls(), *mode_calls(),
    *side_calls(), *filter_calls(), *pool_calls(24, 7), *fold_calls(3, 8),
    *plain_fold_calls(), *point_calls(),
]  # fmt: skip
LINEAR = [c for c in SMALL if c.keyword.startswith(("conv", "corr", "avg", "unf", "fold"))]
EXACT = [c for c in SMALL if c.keyword not in ("sigmoid", "tanh", "cross_entropy")]
