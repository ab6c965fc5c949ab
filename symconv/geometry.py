"""Axes and windows: sizes, strides, paddings, numeric or symbolic, and what follows from them.

One immutable `Geometry` per convolution holds everything, so nobody passes six keywords around.
An output position `o` and a kernel position `k` meet at input position ``S·o + D·k - P``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from symconv.errors import GeometryError
from symconv.index import (
    FloorDiv,
    Index,
    Max,
    Min,
    Mod,
    Product,
    add,
    minus,
    simplify,
    symbols,
    tidy,
)
from symconv.values import dataclass

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Axis:
    """One spatial axis: input size, kernel size, and how the kernel moves over the input."""

    size: Index
    kernel: Index
    stride: Index = 1
    dilation: Index = 1
    before: Index = 0
    after: Index = 0
    output_padding: Index = 0
    ceil_mode: bool = False

    @property
    def span(self) -> Index:
        """How far a dilated kernel reaches, ``D(K - 1) + 1``."""
        return tidy(add(_reach(self.dilation, self.kernel), 1))

    @property
    def padding(self) -> Index:
        """Both paddings together."""
        if self.before == self.after:
            return tidy(Product((2, self.before)))
        return tidy(add(self.before, self.after))

    @property
    def padded(self) -> Index:
        """The size of the padded input."""
        return tidy(add(self.size, self.padding))

    def position(self, o: Index, k: Index) -> Index:
        """Where output `o` and kernel position `k` read: ``S·o + D·k - P``."""
        return tidy(add(_product(self.stride, o), _product(self.dilation, k), minus(self.before)))

    def output(self) -> Index:
        """The number of outputs, ``⌊(H + 2P - D(K - 1) - 1)/S⌋ + 1``.

        With `ceil_mode` the fraction is rounded up, but the last window must still start inside
        the input or the padding before it (PyTorch's rule).
        """
        room = tidy(add(self.size, self.padding, minus(_reach(self.dilation, self.kernel)), -1))
        if not self.ceil_mode:
            return tidy(add(FloorDiv(room, self.stride), 1))
        up = FloorDiv(add(room, self.stride, -1), self.stride)
        last_start = FloorDiv(add(self.size, self.before, -1), self.stride)
        return tidy(add(Min((up, last_start)), 1))

    def transposed_output(self) -> Index:
        """The transposed size, ``(H - 1)S - 2P + D(K - 1) + output_padding + 1``."""
        return tidy(
            add(
                _product(add(self.size, -1), self.stride),
                minus(self.padding),
                _reach(self.dilation, self.kernel),
                self.output_padding,
                1,
            )
        )

    def left_over(self) -> Index:
        """How many padded positions after the last window are never read (0 … S-1)."""
        room = add(self.size, self.padding, minus(_reach(self.dilation, self.kernel)), -1)
        return tidy(Mod(tidy(room), self.stride))

    def output_padding_for(self, size: Index) -> Index:
        """The output_padding with which the transposed convolution returns to `size`."""
        room = add(size, self.padding, minus(_reach(self.dilation, self.kernel)), -1)
        return tidy(Mod(tidy(room), self.stride))


def _product(a: Index, b: Index) -> Index:
    return tidy(Product((a, b)))


def _reach(dilation: Index, kernel: Index) -> Index:
    return _product(dilation, tidy(add(kernel, -1)))


# --- paddings by name ---------------------------------------------------------------------------


def _valid(axis: Axis) -> tuple[Index, Index]:
    return 0, 0


def _full(axis: Axis) -> tuple[Index, Index]:
    reach = _reach(axis.dilation, axis.kernel)
    return reach, reach


def _causal(axis: Axis) -> tuple[Index, Index]:
    return _reach(axis.dilation, axis.kernel), 0


def _same(axis: Axis) -> tuple[Index, Index]:
    """``⌈n/S⌉`` outputs, the odd cell of padding at the end (TensorFlow's and JAX's rule)."""
    if axis.stride == 1:
        total = _reach(axis.dilation, axis.kernel)
    else:
        outputs = FloorDiv(add(axis.size, axis.stride, -1), axis.stride)
        starts = _product(add(outputs, -1), axis.stride)
        total = Max((add(starts, axis.span, minus(axis.size)), 0))
    total = tidy(total)
    before = tidy(FloorDiv(total, 2))
    return before, simplify(add(total, minus(before)))


PADDINGS: dict[str, Callable[[Axis], tuple[Index, Index]]] = {
    "valid": _valid,
    "same": _same,
    "full": _full,
    "causal": _causal,
}
"""The named paddings: each gives the cells before and after."""


# --- a geometry ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Geometry:
    """One convolution's axes, groups and padding mode; `transposed` turns its arrow around.

    `flipped` says that the kernel lies in its window the other way round, as in signal
    processing: then output `o` reads ``x[o + K - 1 - k - P]``, which `Axis.position` leaves out.
    """

    axes: tuple[Axis, ...]
    groups: Index = 1
    padding_mode: str = "zeros"
    transposed: bool = False
    flipped: bool = False

    @property
    def rank(self) -> int:
        """The number of spatial axes."""
        return len(self.axes)

    @property
    def sizes(self) -> tuple[Index, ...]:
        """The input's spatial sizes."""
        return tuple(axis.size for axis in self.axes)

    @property
    def kernel(self) -> tuple[Index, ...]:
        """The kernel's sizes."""
        return tuple(axis.kernel for axis in self.axes)

    def output(self) -> tuple[Index, ...]:
        """The output's spatial sizes."""
        if self.transposed:
            return tuple(axis.transposed_output() for axis in self.axes)
        return tuple(axis.output() for axis in self.axes)

    def unpadded(self) -> Geometry:
        """The same windows over the padded input."""
        axes = tuple(replace(a, size=a.padded, before=0, after=0) for a in self.axes)
        return replace(self, axes=axes, padding_mode="zeros")


def per_axis(value: T | Sequence[T], rank: int, name: str) -> tuple[T, ...]:
    """One value per axis: a number is repeated, a tuple must have `rank` entries."""
    if not isinstance(value, tuple | list):
        return (value,) * rank  # type: ignore[return-value]
    if len(value) != rank:
        raise GeometryError(
            f"{name} has {len(value)} entries for {rank} spatial {'axis' if rank == 1 else 'axes'}",
            where=name,
            expected=f"a number or {rank} of them",
            got=str(tuple(value)),
        )
    return tuple(value)


def read_at(axis: Axis, mode: str, position: Index) -> Index:
    """Where a padded read lands in the plain input under a padding mode other than zeros."""
    n = axis.size
    if mode == "circular":
        return tidy(Mod(position, n))
    if mode == "replicate":
        return tidy(Min((Max((position, 0)), add(n, -1))))
    if mode == "reflect":
        folded = Max((position, minus(position)))
        return tidy(Min((folded, add(_product(2, n), -2, minus(folded)))))
    raise GeometryError(
        f"there is no padding_mode {mode!r}",
        expected="zeros, circular, reflect or replicate",
        got=repr(mode),
    )


def open_sizes(geometry: Geometry) -> set[str]:
    """The symbols a geometry leaves open."""
    found: set[str] = set()
    for a in geometry.axes:
        found |= symbols(
            a.size, a.kernel, a.stride, a.dilation, a.before, a.after, a.output_padding
        )
    return found | symbols(geometry.groups)
