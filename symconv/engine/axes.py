"""One axis of a sliding window, and how options become axes.

Everywhere ``n`` is the input size, ``k`` a kernel position of ``K``, ``o`` an output position,
``S`` the stride, ``D`` the dilation; output ``o`` reads input ``S*o + D*k - before``.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from symconv.errors import GeometryError

from .arrays import Shape

LETTERS = {1: "L", 2: "H, W", 3: "D, H, W"}


@dataclass(frozen=True)
class Axis:
    """One axis: input size, kernel size, stride, dilation, padding per side, output size.

    A padding may be negative: the input is then cropped.
    """

    n: int
    K: int
    S: int
    D: int
    before: int
    after: int
    out: int

    def reads(self, shift: int, count: int | None = None) -> tuple[slice, slice]:
        """Which ``o`` (below count) read inside at ``i = S*o + shift - before``, and which ``i``.

        Returns the two slices ``(o, i)``, equally long and possibly empty.
        """
        shift -= self.before
        count = self.out if count is None else count
        first = max(0, -(shift // self.S))
        last = min(count, (self.n - 1 - shift) // self.S + 1)
        if last <= first:
            return slice(0, 0), slice(0, 0)
        start = self.S * first + shift
        stop = self.S * (last - 1) + shift + 1
        return slice(first, last), slice(start, stop, self.S)


def whole(value: Any, what: str, least: int) -> int:
    """The value as an integer of at least `least`."""
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, bool):
        raise GeometryError(f"{what} must be an integer", got=repr(value))
    if number < least:
        raise GeometryError(
            f"{what} = {number} is too small", expected=f"at least {least}", got=str(number)
        )
    return number


def per_axis(value: Any, d: int, what: str, least: int) -> Shape:
    """One integer for each of the `d` axes, from one integer or a sequence of `d`."""
    if not is_sequence(value):
        return (whole(value, what, least),) * d
    if len(value) != d:
        raise GeometryError(
            f"{what} {tuple(value)} has {len(value)} entries for {d} axes",
            expected=f"one integer or {d} of them",
        )
    return tuple(whole(v, what, least) for v in value)


def is_sequence(value: Any) -> bool:
    """Whether an option was given per axis (a tuple, list or array) and not as one number."""
    if isinstance(value, np.ndarray):
        return value.ndim > 0
    return isinstance(value, Sequence) and not isinstance(value, str)


def pads(value: Any, d: int) -> tuple[tuple[int, int], ...]:
    """Padding ``(before, after)`` of each axis.

    An integer is for every side; a sequence has one entry per axis, each an integer or a pair.
    With a single axis a flat pair ``(2, 1)`` is that axis' two sides.
    """
    if d == 1 and is_sequence(value) and len(value) == 2:
        value = (value,)
    if not is_sequence(value):
        value = (value,) * d
    if len(value) != d:
        raise GeometryError(
            f"padding {tuple(value)} has {len(value)} entries for {d} axes",
            expected=f"one integer, or {d} entries, each an integer or a pair (before, after)",
        )
    return tuple(_sides(v) for v in value)


def _sides(value: Any) -> tuple[int, int]:
    if not is_sequence(value):
        value = (value, value)
    if len(value) != 2:
        raise GeometryError(
            f"padding {tuple(value)} of one axis is neither an integer nor a pair (before, after)"
        )
    return whole(value[0], "padding", 0), whole(value[1], "padding", 0)


def named_pads(name: str, n: int, K: int, S: int, D: int) -> tuple[int, int]:
    """Padding by name.

    valid ``(0, 0)``; full ``D(K-1)`` on both sides; causal ``(D(K-1), 0)``; same: what makes the
    output ``ceil(n/S)`` long, the odd one after.
    """
    reach = D * (K - 1)
    total = max((-(-n // S) - 1) * S + reach + 1 - n, 0)
    table = {
        "valid": (0, 0),
        "full": (reach, reach),
        "causal": (reach, 0),
        "same": (total // 2, total - total // 2),
    }
    if name not in table:
        raise GeometryError(f"unknown padding '{name}'", expected=", ".join(table))
    return table[name]


def output_size(
    n: int, K: int, S: int, D: int, before: int, after: int, *, ceil_mode: bool = False
) -> int:
    """How often the window fits: ``(n + before + after - D(K-1) - 1) // S + 1``.

    With `ceil_mode` the division rounds up, but the last window starts inside the input or the
    padding before it (PyTorch's rule).

    Raises
    ------
    GeometryError : the window is longer than the padded input.
    """
    room = n + before + after - D * (K - 1) - 1
    if room < 0:
        raise GeometryError(
            f"a window of {D * (K - 1) + 1} (kernel {K}, dilation {D}) is longer than the padded "
            f"input of {n + before + after} ({n} + {before} + {after})",
            hint=f"a padding of {-room} more in total, or a smaller kernel",
        )
    if not ceil_mode:
        return room // S + 1
    out = -(-room // S) + 1
    return out - 1 if (out - 1) * S >= n + before else out


def transposed_size(n: int, K: int, S: int, D: int, before: int, after: int, extra: int) -> int:
    """The transposed convolution's ``(n-1)S + D(K-1) + 1 - before - after + extra``.

    Raises
    ------
    GeometryError : nothing is left, or ``extra`` (output_padding) is not below max(S, D).
    """
    if extra >= max(S, D):
        raise GeometryError(
            f"output_padding {extra} is not below max(stride {S}, dilation {D})",
            expected=f"0 to {max(S, D) - 1}",
        )
    size = (n - 1) * S + D * (K - 1) + 1 - before - after + extra
    if size < 1:
        raise GeometryError(
            f"padding {before} + {after} leaves an output of {size} from an input of {n}",
            hint=f"a padding smaller by {1 - size} in total",
        )
    return size


def conv_axes(
    n: Shape, K: Shape, stride: Any, padding: Any, dilation: Any, *, ceil_mode: bool = False
) -> tuple[Axis, ...]:
    """The axes of a window of sizes `K` sliding over sizes `n`."""
    d = len(n)
    S = per_axis(stride, d, "stride", 1)
    D = per_axis(dilation, d, "dilation", 1)
    for size in (*n, *K):
        whole(size, "a spatial size", 1)
    if isinstance(padding, str):
        sides = tuple(named_pads(padding, *sizes) for sizes in zip(n, K, S, D, strict=True))
    else:
        sides = pads(padding, d)
    outs = [
        output_size(*sizes, *side, ceil_mode=ceil_mode)
        for sizes, side in zip(zip(n, K, S, D, strict=True), sides, strict=True)
    ]
    return tuple(
        Axis(*sizes, *side, out)
        for sizes, side, out in zip(zip(n, K, S, D, strict=True), sides, outs, strict=True)
    )
