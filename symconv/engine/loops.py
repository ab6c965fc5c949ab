"""The second witness: every operation once more, in plain nested loops over single numbers.

Slow and meant to be read. It shares with the vectorised engine only the plan, that is the
reading of the options and the sizes; which elements meet is written out anew in `meetings`, and
the rest is here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from . import conv, filters, loss, meetings, pointwise, pool, transposed, unfold
from .arrays import Array, Shape, as_float, over
from .meetings import Meeting, positions
from .operation import Operation, Registry

Pair: TypeAlias = tuple[Callable[..., Array], Callable[..., tuple[Array, ...]]]


def gather(met: Iterator[Meeting], shape: Shape, x: Array, w: Array) -> Array:
    """``y[o] += factor w[k] x[i]`` for every meeting."""
    y = np.zeros(shape, x.dtype)
    for o, i, k, factor in met:
        y[o] += _factor(factor, y) * w[k] * x[i]
    return y


def scatter(met: Iterator[Meeting], g: Array, x: Array, w: Array) -> tuple[Array, Array]:
    """``gx[i] += factor w[k] g[o]`` and ``gw[k] += factor x[i] g[o]`` for every meeting."""
    gx, gw = np.zeros(x.shape, g.dtype), np.zeros(w.shape, g.dtype)
    for o, i, k, factor in met:
        gx[i] += _factor(factor, gx) * w[k] * g[o]
        gw[k] += _factor(factor, gw) * x[i] * g[o]
    return gx, gw


def _factor(factor: Any, a: Array) -> Any:
    """The factor in the array's arithmetic: exact, or of its float type."""
    return factor if a.dtype == object or factor == 1 else a.dtype.type(factor)


def with_kernel(met: Callable[[conv.ConvPlan], Iterator[Meeting]]) -> Pair:
    """An operation of x and w, and perhaps b: ``y[n,f,o] = b[f] + what meets there``."""

    def forward(plan: conv.ConvPlan, x: Array, w: Array, *b: Array) -> Array:
        y = gather(met(plan), plan.y_shape, x.reshape(plan.x_shape), w.reshape(plan.w_shape))
        for o in positions(y.shape) if b else ():
            y[o] += b[0].reshape(-1)[o[1]]
        return y.reshape(plan.out_shape)

    def backward(plan: conv.ConvPlan, g: Array, x: Array, w: Array, *b: Array) -> Any:
        g = g.reshape(plan.y_shape)
        gx, gw = scatter(met(plan), g, x.reshape(plan.x_shape), w.reshape(plan.w_shape))
        gb = np.zeros(plan.y_shape[1], g.dtype)
        for o in positions(g.shape) if b else ():
            gb[o[1]] += g[o]
        return gx.reshape(x.shape), gw.reshape(w.shape), *(gb.reshape(one.shape) for one in b)

    return forward, backward


def _filter_forward(plan: filters.FilterPlan, x: Array, w: Array) -> Array:
    return gather(meetings.whole_filter(plan, x.shape, w.shape), plan.out_shape, x, w)


def _filter_backward(plan: filters.FilterPlan, g: Array, x: Array, w: Array) -> Any:
    return scatter(meetings.whole_filter(plan, x.shape, w.shape), g, x, w)


def _one(a: Array) -> Array:
    """A kernel of the single number 1, for operations without one."""
    return np.ones((), a.dtype)


def _exact_or_float(a: Array) -> Array:
    return a if a.dtype == object else as_float(a)


def _avg_forward(plan: pool.PoolPlan, x: Array) -> Array:
    x = _exact_or_float(x)
    return gather(meetings.average(plan), plan.out_shape, x, _one(x))


def _avg_backward(plan: pool.PoolPlan, g: Array, x: Array) -> Any:
    g = _exact_or_float(g)
    return scatter(meetings.average(plan), g, np.zeros(x.shape, g.dtype), _one(g))[:1]


def _winners(plan: pool.PoolPlan, x: Array) -> dict[Shape, Shape]:
    """Of every output position the input position of its first maximum."""
    best: dict[Shape, Shape] = {}
    for c in positions(x.shape[: x.ndim - len(plan.axes)]):
        for o, _, i in meetings.reads(plan.axes):
            if (*c, *o) not in best or x[(*c, *i)] > x[best[(*c, *o)]]:
                best[(*c, *o)] = (*c, *i)
    return best


def _max_forward(plan: pool.PoolPlan, x: Array) -> Array:
    y = np.zeros(plan.out_shape, x.dtype)
    for o, i in _winners(plan, x).items():
        y[o] = x[i]
    return y


def _max_backward(plan: pool.PoolPlan, g: Array, x: Array) -> Any:
    gx = np.zeros(x.shape, g.dtype)
    for o, i in _winners(plan, x).items():
        gx[i] += g[o]
    return (gx,)


def _columns(plan: unfold.UnfoldPlan, images: Array, shape: Shape) -> Array:
    images = images.reshape(plan.images)
    return gather(meetings.unfold(plan), plan.columns, images, _one(images)).reshape(shape)


def _images(plan: unfold.UnfoldPlan, columns: Array, shape: Shape) -> Array:
    g, x = columns.reshape(plan.columns), np.zeros(plan.images, columns.dtype)
    return scatter(meetings.unfold(plan), g, x, _one(g))[0].reshape(shape)


def pointwise_pair(
    f: Callable[[Any], Any], slope: Callable[[Any], Any], number: Callable[[Array], Array]
) -> Pair:
    """``y = f(x)`` and ``gx = slope(x) g``, number by number, after `number` has prepared x."""

    def forward(plan: pointwise.PointPlan, x: Array) -> Array:
        x = number(x)
        return _like([f(value) for value in x.ravel().tolist()], x)

    def backward(plan: pointwise.PointPlan, g: Array, x: Array) -> Any:
        x = number(x)
        pairs = zip(g.ravel().tolist(), x.ravel().tolist(), strict=True)
        return (_like([a * slope(b) for a, b in pairs], x),)

    return forward, backward


def _like(values: list[Any], x: Array) -> Array:
    return np.array(values, dtype=x.dtype).reshape(x.shape)


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else 1 - 1 / (1 + math.exp(x))


def _scale(plan: pointwise.PointPlan, x: Array) -> Array:
    values = [plan.factor * value for value in x.ravel().tolist()]
    return np.array(values, dtype=x.dtype if x.dtype.kind == "f" else None).reshape(x.shape)


def _sum(plan: loss.LossPlan, x: Array) -> Array:
    total = x.dtype.type(0) if x.dtype != object else 0
    for i in positions(x.shape):
        total = total + x[i]
    return np.array(total, x.dtype)


def _mean(total: Array, plan: loss.LossPlan) -> Array:
    return over(total, plan.count) if plan.count > 1 else total


def _mse(plan: loss.LossPlan, y: Array, t: Array) -> Array:
    squares = np.zeros(y.shape, y.dtype)
    for i in positions(y.shape):
        squares[i] = (y[i] - t[i]) * (y[i] - t[i])
    return _mean(_sum(plan, squares), plan)


def _mse_backward(plan: loss.LossPlan, g: Array, y: Array, t: Array) -> Any:
    gy = np.zeros(y.shape, y.dtype)
    for i in positions(y.shape):
        gy[i] = 2 * (y[i] - t[i]) * g[()]
    gy = _mean(gy, plan)
    return gy, -gy


def _samples(plan: loss.LossPlan, shape: Shape) -> Iterator[list[Shape]]:
    """Of every position but the class the positions of all its classes."""
    before, after = shape[: plan.axis], shape[plan.axis + 1 :]
    for n, i in product(positions(before), positions(after)):
        yield [(*n, c, *i) for c in range(shape[plan.axis])]


def _log_p(z: Array, sample: list[Shape]) -> list[float]:
    top = max(float(z[i]) for i in sample)
    return [
        float(z[i]) - top - math.log(math.fsum(math.exp(float(z[j]) - top) for j in sample))
        for i in sample
    ]


def _cross_entropy(plan: loss.LossPlan, z: Array, t: Array) -> Array:
    z, t = as_float(z), as_float(t)
    total = 0.0
    for sample in _samples(plan, z.shape):
        for i, log_p in zip(sample, _log_p(z, sample), strict=True):
            total -= float(t[i]) * log_p / plan.count
    return np.array(total, z.dtype)


def _cross_entropy_backward(plan: loss.LossPlan, g: Array, z: Array, t: Array) -> Any:
    z, t = as_float(z), as_float(t)
    gz, gt = np.zeros(z.shape, z.dtype), np.zeros(z.shape, z.dtype)
    for sample in _samples(plan, z.shape):
        mass = sum(float(t[i]) for i in sample)
        for i, log_p in zip(sample, _log_p(z, sample), strict=True):
            gz[i] = float(g) * (math.exp(log_p) * mass - float(t[i])) / plan.count
            gt[i] = -float(g) * log_p / plan.count
    return gz, gt


LOOPS: dict[str, Pair] = {
    **dict.fromkeys(conv.OPERATIONS, with_kernel(meetings.conv)),
    **dict.fromkeys(transposed.OPERATIONS, with_kernel(meetings.transposed)),
    **dict.fromkeys(filters.OPERATIONS, (_filter_forward, _filter_backward)),
    **dict.fromkeys([f"avg_pool{d}d" for d in (1, 2, 3)], (_avg_forward, _avg_backward)),
    **dict.fromkeys([f"max_pool{d}d" for d in (1, 2, 3)], (_max_forward, _max_backward)),
    "unfold": (
        lambda plan, x: _columns(plan, x, plan.out_shape),
        lambda plan, g, x: (_images(plan, g, plan.x_shape),),
    ),
    "fold": (
        lambda plan, x: _images(plan, x, plan.out_shape),
        lambda plan, g, x: (_columns(plan, g, plan.x_shape),),
    ),
    "relu": pointwise_pair(
        lambda x: x if x > 0 else 0 * x, lambda x: 1 if x > 0 else 0, np.asarray
    ),
    "sigmoid": pointwise_pair(_sigmoid, lambda x: _sigmoid(x) * _sigmoid(-x), as_float),
    "tanh": pointwise_pair(math.tanh, lambda x: 1 - math.tanh(x) ** 2, as_float),
    "add": (lambda plan, a, b: _add(a, b, 1), lambda plan, g, a, b: (g.copy(), g.copy())),
    "sub": (lambda plan, a, b: _add(a, b, -1), lambda plan, g, a, b: (g.copy(), -g)),
    "scale": (_scale, lambda plan, g, x: (_scale(plan, g),)),
    "sum": (_sum, lambda plan, g, x: (np.full(x.shape, g[()], x.dtype),)),
    "mse": (_mse, _mse_backward),
    "cross_entropy": (_cross_entropy, _cross_entropy_backward),
}


def _add(a: Array, b: Array, sign: int) -> Array:
    y = np.zeros(a.shape, a.dtype)
    for i in positions(a.shape):
        y[i] = a[i] + sign * b[i]
    return y


def _twins() -> Registry:
    """The engine's operations with the same plans and these loops."""
    families = (conv, transposed, filters, pool, unfold, pointwise, loss)
    twins = Registry()
    for family in families:
        for keyword, op in family.OPERATIONS.items():
            forward, backward = LOOPS[keyword]
            twins[keyword] = Operation(op.tensors, op.plan, forward, backward, op.optional)
    return twins


TWINS = _twins()


def forward(keyword: str, *tensors: ArrayLike, **options: Any) -> Array:
    """Compute the operation by loops; arguments and errors as `symconv.engine.forward`."""
    out: Array = TWINS.forward(keyword, tensors, options)
    return out


def backward(keyword: str, g: ArrayLike, *tensors: ArrayLike, **options: Any) -> tuple[Array, ...]:
    """Compute the gradients by loops; arguments and errors as `symconv.engine.backward`."""
    gradients: tuple[Array, ...] = TWINS.backward(keyword, g, tensors, options)
    return gradients
