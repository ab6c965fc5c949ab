"""The NumPy engine against PyTorch's CPU kernels: ``python tests/benchmarks/bench_engine.py``.

Timed of PyTorch: ``aten::convolution`` without autograd, and one
``aten::convolution_backward`` that returns the gradients of x and w; of the engine:
`symconv.engine.forward` and `backward`, with all their checks; of the bare product: ``np.matmul``
of the same sizes (filters by channels times kernel positions by outputs, once per image and group)
into a ready array. One thread each: the thread pools of PyTorch and OpenBLAS disturb each other.
"""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import exp, log, prod
from typing import Any
from unittest import mock

for _pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_pool] = "1"  # read when NumPy and PyTorch are loaded

import numpy as np  # noqa: E402
from timing import Curve, Line, Times, in_turn  # noqa: E402

from symconv import engine  # noqa: E402
from symconv.engine import rows  # noqa: E402

CPU = time.process_time


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
    return in_turn(candidates, rounds=rounds, clock=CPU)


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


# --- where the time goes ------------------------------------------------------------------------


def profile() -> str:
    """The stages of the forward that stays furthest above its bare product."""
    layer = PLAIN[-1]
    x, w, g = layer.arrays("float64")
    forward = lambda: engine.forward(layer.keyword, x, w, **layer.options)  # noqa: E731
    product = layer.product("float64")
    staged, copied = staged_bytes(forward), np.empty_like(g)
    room, source = (np.ones(staged // 8) for _ in range(2))

    def copies() -> None:
        np.copyto(room, source)  # as much as is staged, in one piece
        np.copyto(copied, g)  # and as much as the output

    small = tuple(a[:1, :1, :4, :4].copy() for a in (x, w))
    call = lambda: engine.forward(layer.keyword, *small, **layer.options)  # noqa: E731
    floors = {"whole": forward, "product": product, "copies": copies, "call": call}
    cold = {name: t.median for name, t in in_turn(floors, rounds=41, clock=CPU).items()}
    warm = {name: at_once(f) for name, f in floors.items()}
    spent = stages(forward)
    spent["everything else"] = cold["whole"] - sum(spent.values())
    table = [f"### {F64}: forward, {layer.name}, float64", "", "| stage | ms | share |"]
    table += ["|---|---|---|"]
    table += [f"| {n} | {1000 * t:.2f} | {t / cold['whole']:.0%} |" for n, t in spent.items()]
    table += [f"| all of it | {1000 * cold['whole']:.2f} | 100% |", ""]
    ms = {name: f"{1000 * t:.2f} ms" for name, t in cold.items()}
    ratios = {name: t["whole"] / t["product"] for name, t in (("cold", cold), ("warm", warm))}
    return "\n".join([*table, ""]) + (
        f"The bare product takes {ms['product']}, so the forward is {ratios['cold']:.2f} times it. "
        f"The garbage collection before each call empties the caches; called again at once the "
        f"forward takes {1000 * warm['whole']:.2f} ms, {ratios['warm']:.2f} times the product's "
        f"{1000 * warm['product']:.2f} ms. "
        f"The same call on one image of 4×4 with one channel, which hardly multiplies, takes "
        f"{ms['call']}: this is the Python of one call, and it does not shrink with the work. "
        f"Copying the bytes that are staged ({staged / 1e6:.1f} MB) and those of the output "
        f"({g.nbytes / 1e6:.1f} MB) in one piece each takes {ms['copies']}; staged rows are "
        f"{8 * x.shape[-1]} bytes long, and of the output each phase writes every second number. "
        f"Product, call and copies together are "
        f"{(cold['product'] + cold['call'] + cold['copies']) / cold['product']:.2f} times the "
        f"product.\n"
    )


def at_once(f: Callable[[], Any], rounds: int = 101) -> float:
    """Seconds of a call that follows another one."""
    f()
    return statistics.median(seconds(f) for _ in range(rounds))


def seconds(f: Callable[[], Any]) -> float:
    """The CPU time of one call."""
    start = CPU()
    f()
    return CPU() - start


def staged_bytes(f: Callable[[], Any]) -> int:
    """How many bytes the engine gathers for its products in one call."""
    sizes: list[int] = []
    with mock.patch.object(rows, "_staged", watched(rows._staged, sizes)):
        f()
    return sum(sizes)


def watched(staged: Callable[..., Any], sizes: list[int]) -> Callable[..., Any]:
    """`staged`, noting the size of what it yields."""

    def watching(*a: Any, **k: Any) -> Iterator[Any]:
        for images, room in staged(*a, **k):
            sizes.append(room.nbytes)
            yield images, room

    return watching


def stages(f: Callable[[], Any], rounds: int = 41) -> dict[str, float]:
    """Seconds in the engine's stages, medians of calls with cold caches."""
    names = {"gather the rows": "_staged", "matrix products": "_multiply"}
    taken: dict[str, list[float]] = {name: [] for name in names}
    spent = dict.fromkeys(names, 0.0)

    def staged(*a: Any, **k: Any) -> Iterator[Any]:
        found, start = original(*a, **k), CPU()
        for one in found:
            spent["gather the rows"] += CPU() - start
            yield one
            start = CPU()

    def multiply(*a: Any) -> None:
        spent["matrix products"] += seconds(lambda: times(*a))

    original, times = rows._staged, rows._multiply
    with mock.patch.multiple(rows, _staged=staged, _multiply=multiply):
        for _ in range(rounds):
            gc.collect()
            spent.update(dict.fromkeys(names, 0.0))
            f()
            for name in names:
                taken[name].append(spent[name])
    return {name: statistics.median(found) for name, found in taken.items()}


def main() -> None:
    """Print the table."""
    for line in lines():
        mark = "" if line.met else "  (not met)"
        spent = ", ".join(f"{n} {1000 * t.median:.2f} ms" for n, t in line.times.items())
        print(f"{line.value:6.2f} {line.unit:15} {line.goal:7} {line.what}  {spent}{mark}")


if __name__ == "__main__":
    main()
