"""The NumPy engine against PyTorch's CPU kernels: ``python tests/benchmarks/bench_engine.py``.

Timed of PyTorch: ``aten::convolution`` without autograd, and one
``aten::convolution_backward`` that returns the gradients of x and w; of the engine:
`symconv.engine.forward` and `backward`, with all their checks; of the bare product: ``np.matmul``
of the same sizes (filters by channels times kernel positions by outputs, once per image and group)
into a ready array. One thread each: the thread pools of PyTorch and OpenBLAS disturb each other.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import exp, log, prod
from typing import Any

for _pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_pool] = "1"  # read when NumPy and PyTorch are loaded

import numpy as np  # noqa: E402
from timing import Curve, Line, Times, in_turn  # noqa: E402

from symconv import engine  # noqa: E402


@dataclass(frozen=True)
class Layer:
    """One workload: x (N, C, *n), w (F, C/groups, *K), or (C, F/groups, *K) if transposed."""

    name: str
    x: tuple[int, ...]
    w: tuple[int, ...]
    options: dict[str, Any] = field(default_factory=dict)
    keyword: str = "conv2d"

    @property
    def transposed(self) -> bool:
        """Whether it is a transposed convolution."""
        return "transpose" in self.keyword

    @property
    def groups(self) -> int:
        """How many groups its channels fall into."""
        return int(self.options.get("groups", 1))

    def arrays(self, dtype: str) -> tuple[Any, Any, Any]:
        """Random x, w and g."""
        random = np.random.default_rng(0)
        y = engine.output_shape(self.keyword, self.x, self.w, **self.options)
        return tuple(random.standard_normal(shape).astype(dtype) for shape in (self.x, self.w, y))

    def product(self, dtype: str) -> Callable[[], Any]:
        """The bare matrix products of the forward direction: as many multiplications, no more."""
        y = engine.output_shape(self.keyword, self.x, self.w, **self.options)
        G, rows = self.groups, self.w[0] // self.groups
        inner, cells = prod(self.w[1:]), prod(y[2:])
        if self.transposed:  # each x meets all kernel positions
            rows, inner, cells = inner, rows, prod(self.x[2:])
        left = np.ones((G, rows, inner), dtype)
        right = np.ones((self.x[0], G, inner, cells), dtype)
        out = np.empty((self.x[0], G, rows, cells), dtype)
        return lambda: np.matmul(left, right, out=out)


PLAIN = (
    Layer("N=8 16→32 32² 3×3", (8, 16, 32, 32), (32, 16, 3, 3), {"padding": 1}),
    Layer("N=4 64→64 56² 3×3", (4, 64, 56, 56), (64, 64, 3, 3), {"padding": 1}),
    Layer("N=1 3→64 224² 7×7 stride 2", (1, 3, 224, 224), (64, 3, 7, 7),
          {"stride": 2, "padding": 3}),
    Layer("N=8 16→32 32² 3×3 dilation 2", (8, 16, 32, 32), (32, 16, 3, 3),
          {"padding": 2, "dilation": 2}),
    Layer("N=8 transposed 32→16 16² 4×4 stride 2", (8, 32, 16, 16), (32, 16, 4, 4),
          {"stride": 2, "padding": 1}, "conv_transpose2d"),
)  # fmt: skip
GROUPED = (
    Layer("N=8 16→32 32² 3×3, 4 groups", (8, 16, 32, 32), (32, 4, 3, 3),
          {"padding": 1, "groups": 4}),
    Layer("N=4 64→64 56² 3×3, 4 groups", (4, 64, 56, 56), (64, 16, 3, 3),
          {"padding": 1, "groups": 4}),
    Layer("N=8 16 channels 32² 3×3, depthwise", (8, 16, 32, 32), (16, 1, 3, 3),
          {"padding": 1, "groups": 16}),
    Layer("N=4 64 channels 56² 3×3, depthwise", (4, 64, 56, 56), (64, 1, 3, 3),
          {"padding": 1, "groups": 64}),
)  # fmt: skip


def peers(layer: Layer, x: Any, w: Any, g: Any) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """PyTorch's forward and its gradients of x and w."""
    import torch

    torch.set_num_threads(1)
    t, s, u = (torch.from_numpy(a) for a in (x, w, g))
    d = x.ndim - 2
    stride, padding, dilation = (
        [layer.options.get(name, default)] * d
        for name, default in (("stride", 1), ("padding", 0), ("dilation", 1))
    )
    rest = (stride, padding, dilation, layer.transposed, [0] * d, layer.groups)

    def forward() -> Any:
        with torch.no_grad():
            return torch.ops.aten.convolution(t, s, None, *rest)

    def backward() -> Any:
        mask = (True, True, False)
        return torch.ops.aten.convolution_backward(u, t, s, None, *rest, mask)[:2]

    return forward, backward


def agree(ours: Any, theirs: Any) -> None:
    """Raise unless both computed the same numbers."""
    for a, b in zip(ours, theirs, strict=True):
        tolerance = 1e-3 if a.dtype == np.float32 else 1e-10
        if a.shape != tuple(b.shape) or np.abs(a - b.numpy()).max() > tolerance * np.abs(a).max():
            raise AssertionError("the two candidates compute different numbers")


def measure(layer: Layer, dtype: str, rounds: int) -> dict[str, Times]:
    """The candidates of one workload in turn."""
    x, w, g = layer.arrays(dtype)
    theirs, theirs_back = peers(layer, x, w, g)
    mine = lambda: engine.forward(layer.keyword, x, w, **layer.options)  # noqa: E731
    back = lambda: engine.backward(layer.keyword, g, x, w, **layer.options)  # noqa: E731
    agree((mine(), *back()), (theirs(), *theirs_back()))
    candidates = {
        "product": layer.product(dtype),
        "forward": mine,
        "PyTorch forward": theirs,
        "gradients": back,
        "PyTorch gradients": theirs_back,
    }
    return in_turn(candidates, rounds=rounds)


def ratio(times: dict[str, Times], one: str, other: str) -> float:
    """One median over the other."""
    return times[one].median / times[other].median


def mean(values: list[float]) -> float:
    """The geometric mean."""
    return exp(sum(map(log, values)) / len(values))


@dataclass(frozen=True)
class Goal:
    """What a part of the table is to reach: the geometric means, and the most of any workload."""

    row: str
    layers: tuple[Layer, ...]
    dtype: str
    forward: float
    gradients: float
    most: float | None = None
    product: float | None = None


F64, F32 = "engine float64", "engine float32; grouped, depthwise"
GOALS = (
    Goal(F64, PLAIN, "float64", 0.85, 1.0, 1.3, 1.4),
    Goal(F32, PLAIN, "float32", 1.35, 1.35),
    Goal(F32, GROUPED, "float64", 1.35, 1.35),
    Goal(F32, GROUPED, "float32", 1.35, 1.35),
)


def lines(quick: bool = False) -> Iterator[Line]:
    """Both rows, workload by workload, each part ending in its geometric means."""
    for goal in GOALS:
        found = []
        for layer in goal.layers:
            times = measure(layer, goal.dtype, 5 if quick else 21)
            found.append(times)
            yield from workload(goal, layer, times)
        for what, most in (("forward", goal.forward), ("gradients", goal.gradients)):
            value = mean([ratio(t, what, f"PyTorch {what}") for t in found])
            group = "grouped, depthwise, " if goal.layers is GROUPED else ""
            name = f"{what}, geometric mean, {group}{goal.dtype}"
            yield Line(goal.row, name, value, "× PyTorch", f"≤ {most}", value <= most, {})


def curves(quick: bool = False) -> Iterator[Curve]:
    """Milliseconds of N=4 16→32 3×3, padding 1, in float64, against the side of the picture."""
    sides = (8, 16) if quick else (8, 16, 32, 48, 64, 96)
    found = {}
    for side in sides:
        layer = Layer("", (4, 16, side, side), (32, 16, 3, 3), {"padding": 1})
        found[side] = measure(layer, "float64", 3 if quick else 7)
    for what in ("forward", "gradients"):
        points = {
            name: tuple((float(side), 1000 * times[key].median) for side, times in found.items())
            for name, key in (("symconv", what), ("PyTorch", f"PyTorch {what}"))
        }
        yield Curve(f"engine, {what}", "side of the picture", "ms", points)


def workload(goal: Goal, layer: Layer, times: dict[str, Times]) -> Iterator[Line]:
    """The lines of one workload."""
    for what in ("forward", "gradients"):
        value = ratio(times, what, f"PyTorch {what}")
        kept = {name: times[name] for name in (what, f"PyTorch {what}")}
        wanted = "" if goal.most is None else f"≤ {goal.most}"
        met = goal.most is None or value <= goal.most
        name = f"{what}, {layer.name}, {goal.dtype}"
        yield Line(goal.row, name, value, "× PyTorch", wanted, met, kept)
    if goal.product is not None:
        value = ratio(times, "forward", "product")
        kept = {name: times[name] for name in ("forward", "product")}
        name = f"forward, {layer.name}, {goal.dtype}"
        met = value <= goal.product
        yield Line(goal.row, name, value, "× bare product", f"≤ {goal.product}", met, kept)


def main() -> None:
    """Print the table."""
    for line in lines():
        mark = "" if line.met else "  (not met)"
        spent = ", ".join(f"{n} {1000 * t.median:.2f} ms" for n, t in line.times.items())
        print(f"{line.value:6.2f} {line.unit:15} {line.goal:7} {line.what}  {spent}{mark}")


if __name__ == "__main__":
    main()
