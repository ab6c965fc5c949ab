"""Convolutions out of plain filters, for languages that know neither channels nor strides.

A stride is every S-th output; a dilation, and a stride on the way back, is zeros in between; a
padding and its undoing is a part that reaches beyond the array.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from symconv.codegen.frameworks import pointwise
from symconv.codegen.frameworks.parts import (
    Piece,
    Scene,
    Window,
    before_of,
    dilation_of,
    full,
    last_padding,
    option,
    stride_of,
    zero_of,
)
from symconv.geometry import Axis
from symconv.graph import Node
from symconv.index import Index, add, minus, simplify, tidy
from symconv.values import dataclass

Side = Callable[[Axis], Index]


class Dialect(Protocol):
    """How a language writes filters and what goes round them; `lead` axes are in front."""

    table: pointwise.Language
    first_axis: int

    def filter(self, a: str, b: str, mode: str, axes: int, *, flip: bool) -> str:
        """``a * b`` over that many axes, b flipped or not, in the mode "full" or "valid"."""

    def flipped(self, w: str, axes: int) -> str:
        """The array with every axis turned round."""

    def lifted(self, x: str) -> str:
        """X with an axis of one in front."""

    def dropped(self, y: str) -> str:
        """Y without its first axis, which is one."""

    def dilate(self, v: str, lead: int, steps: Sequence[str]) -> str:
        """Zeros between the entries."""

    def every(self, v: str, lead: int, steps: Sequence[str]) -> str:
        """Every step-th entry."""

    def part(self, v: str, lead: int, starts: Sequence[str], counts: Sequence[str]) -> str:
        """What begins at `starts`; zeros beyond the array."""

    def pad(self, v: str, lead: int, ends: Sequence[tuple[str, str]], mode: str) -> str:
        """V with cells in front and behind."""

    def unpad(self, g: str, lead: int, ends: Sequence[tuple[str, str]], mode: str) -> str:
        """The gradient of `pad`."""

    def ones(self, sizes: Sequence[str]) -> str:
        """An array of ones."""

    def bias(self, b: str, rank: int) -> str:
        """B laid along the channels of (N, F, …)."""

    def bias_gradient(self, up: str, b: str, rank: int, *, channels: bool) -> str:
        """The upstream gradient summed over all but the channels."""

    def divided(self, a: str, b: str) -> str:
        """Element by element."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one dialect."""

    say: Dialect

    def table(self) -> Mapping[str, Callable[[Scene, Node, str], Piece]]:
        """By keyword."""
        return {
            **{f"conv{rank}d": self.conv for rank in (1, 2, 3)},
            **{f"conv_transpose{rank}d": self.transposed for rank in (1, 2, 3)},
            **dict.fromkeys(("convolve", "correlate"), self.signals),
            **{f"avg_pool{rank}d": self.average for rank in (1, 2, 3)},
            **dict.fromkeys(self.say.table, self.points),
        }

    def points(self, scene: Scene, node: Node, g: str) -> Piece:
        """Every element on its own, and the losses."""
        return pointwise.spell(scene, node, g, self.say.table, self.say.first_axis)

    def conv(self, scene: Scene, node: Node, g: str) -> Piece:
        """conv1d … conv3d."""
        window, piece = scene.window(node), Piece()
        lead = 2 if window.extra else 0
        x = self._lifted(window, scene.tensor(node.tensors[0]))
        mode = window.geometry.padding_mode
        if window.padded:
            x = named(scene, piece.forward, "padded", self.say.pad(x, lead, _ends(window), mode))
        w = self._wide(window, piece)
        y = self._every(window, self._correlate(window, x, w), lead, stride_of)
        self._result(window, piece, y)
        up = self._between(window, piece.before, self._lifted(window, g))
        dx = self._spread(window, up, w)
        sizes = window.each(lambda a: a.size)
        if mode == "zeros" and (window.padded or window.differ(stride_of, 1)):
            dx = self.say.part(dx, lead, window.each(before_of), sizes)
        elif mode != "zeros":
            if window.differ(stride_of, 1):
                dx = self.say.part(dx, lead, ["0"] * window.rank, window.each(_padded))
            dx = self.say.unpad(dx, lead, _ends(window), mode) if window.padded else dx
        dw = self._kernel_gradient(window, x, up)
        if window.differ(stride_of, 1):
            dw = self.say.part(dw, lead, ["0"] * window.rank, window.each(lambda a: a.span))
        dw = self._every(window, dw, lead, dilation_of)
        piece.gradients = [self._dropped(window, dx), dw, *self._bias_back(window, g)]
        return piece

    def transposed(self, scene: Scene, node: Node, g: str) -> Piece:
        """conv_transpose1d … 3d."""
        window, piece = scene.window(node), Piece()
        lead = 2 if window.extra else 0
        x = self._lifted(window, scene.tensor(node.tensors[0]))
        x = self._between(window, piece.forward, x)
        w = self._wide(window, piece)
        y = self._spread(window, x, w)
        cut = window.padded or window.differ(lambda a: a.output_padding, 0)
        if cut:
            sizes = [scene.text(size) for size in window.geometry.output()]
            y = self.say.part(y, lead, window.each(before_of), sizes)
        self._result(window, piece, y)
        up = self._lifted(window, g)
        if cut:
            starts = window.each(lambda a: tidy(minus(a.before)))
            whole = self.say.part(up, lead, starts, window.each(full))
            up = named(scene, piece.before, "whole", whole)
        dx = self._every(window, self._correlate(window, up, w), lead, stride_of)
        dw = self._every(window, self._kernel_gradient(window, up, x), lead, dilation_of)
        piece.gradients = [self._dropped(window, dx), dw, *self._bias_back(window, g)]
        return piece

    def signals(self, scene: Scene, node: Node, g: str) -> Piece:
        """Convolve and correlate, in the language's own modes where it has them."""
        window, piece = scene.window(node), Piece()
        flip = node.keyword == "convolve"
        x, w = (scene.tensor(name) for name in node.tensors)
        wraps = window.geometry.padding_mode != "zeros" and window.padded
        before, size = before_of, _size
        if wraps:
            x = named(scene, piece.forward, "padded", self.say.pad(x, 0, _ends(window), "circular"))
            before, size = zero_of, _padded
        axes = window.geometry.axes
        everything = not wraps and all(
            simplify(add(side, minus(axis.kernel))) == -1
            for axis in axes
            for side in (axis.before, axis.after)
        )
        starts = window.each(lambda a: simplify(add(a.kernel, -1, minus(before(a)))))
        if everything:
            y = self.say.filter(x, w, "full", window.rank, flip=flip)
        elif wraps or not window.padded:
            y = self.say.filter(x, w, "valid", window.rank, flip=flip)
        else:
            sizes = [scene.text(n) for n in window.geometry.output()]
            y = self.say.part(
                self.say.filter(x, w, "full", window.rank, flip=flip), 0, starts, sizes
            )
        piece.forward.append(f"{scene.tensor(node.target)} = {y}")
        up = g
        if not everything:
            back = window.each(lambda a: simplify(add(before(a), minus(a.kernel), 1)))
            sizes = window.each(lambda a: simplify(add(size(a), a.kernel, -1)))
            up = named(scene, piece.before, "whole", self.say.part(g, 0, back, sizes))
        dx = self.say.filter(up, w, "valid", window.rank, flip=not flip)
        if wraps:
            dx = self.say.unpad(dx, 0, _ends(window), "circular")
        dw = self.say.filter(up, x, "valid", window.rank, flip=False)
        piece.gradients = [dx, dw if flip else self.say.flipped(dw, window.rank)]
        return piece

    def average(self, scene: Scene, node: Node, g: str) -> Piece:
        """avg_pool1d … 3d: a filter of ones."""
        window, piece = scene.window(node), Piece()
        lead, x = window.extra, scene.tensor(node.tensors[0])
        axes = lead + window.rank
        front = ["1"] * lead
        ends = _ends(window, last_padding)
        if any(last_padding(a) != 0 or a.before != 0 for a in window.geometry.axes):
            x = named(scene, piece.forward, "padded", self.say.pad(x, lead, ends, "zeros"))
        ones = self.say.ones([*front, *window.each(lambda a: a.kernel)])
        total = self._every(
            window, self.say.filter(x, ones, "valid", axes, flip=False), lead, stride_of
        )
        include = bool(option(node, "count_include_pad"))
        if not window.geometry.axes[0].ceil_mode and (include or not window.padded):
            kernel = [f"({k})" if " " in k else k for k in window.each(lambda a: a.kernel)]
            count = f"({' * '.join(kernel)})" if len(kernel) > 1 else kernel[0]
        else:
            inside = self.say.ones([*front, *window.each(_padded if include else _size)])
            more = _ends(window, _beyond, zero_of) if include else ends
            cells = self.say.pad(inside, lead, more, "zeros")
            counted = self.say.filter(cells, ones, "valid", axes, flip=False)
            counted = self._every(window, counted, lead, stride_of)
            count = named(scene, piece.forward, "count", counted)
        y = self.say.divided(total, count)
        piece.forward.append(f"{scene.tensor(node.target)} = {y}")
        shares = self.say.divided(g, count)
        if window.differ(stride_of, 1):
            shares = self.say.dilate(shares, lead, window.each(stride_of))
        dx = self.say.filter(shares, ones, "full", axes, flip=True)
        dx = self.say.part(dx, lead, window.each(before_of), window.each(_size))
        piece.gradients = [dx]
        return piece

    # --- pieces of them -------------------------------------------------------------------------

    def _correlate(self, window: Window, x: str, w: str) -> str:
        if window.extra:
            return f"correlate_channels({x}, {w}, {window.groups})"
        return self.say.filter(x, w, "valid", window.rank, flip=False)

    def _spread(self, window: Window, g: str, w: str) -> str:
        if window.extra:
            return f"spread_channels({g}, {w}, {window.groups})"
        return self.say.filter(g, w, "full", window.rank, flip=True)

    def _kernel_gradient(self, window: Window, x: str, g: str) -> str:
        if window.extra:
            return f"kernel_gradient({x}, {g}, {window.groups})"
        return self.say.filter(x, g, "valid", window.rank, flip=False)

    def _lifted(self, window: Window, x: str) -> str:
        return self.say.lifted(x) if window.extra == 1 else x

    def _dropped(self, window: Window, y: str) -> str:
        return self.say.dropped(y) if window.extra == 1 else y

    def _every(self, window: Window, v: str, lead: int, of: Side) -> str:
        return self.say.every(v, lead, window.each(of)) if window.differ(of, 1) else v

    def _wide(self, window: Window, piece: Piece) -> str:
        w = window.scene.tensor(window.node.tensors[1])
        if not window.differ(dilation_of, 1):
            return w
        made = self.say.dilate(w, 2 if window.extra else 0, window.each(dilation_of))
        return named(window.scene, piece.forward, "wide", made)

    def _between(self, window: Window, lines: list[str], v: str) -> str:
        if not window.differ(stride_of, 1):
            return v
        made = self.say.dilate(v, 2 if window.extra else 0, window.each(stride_of))
        return named(window.scene, lines, "between", made)

    def _result(self, window: Window, piece: Piece, y: str) -> None:
        scene = window.scene
        for name in window.node.tensors[2:]:
            b = scene.tensor(name)
            y = f"{y} + {self.say.bias(b, window.rank) if window.extra else b}"
        piece.forward.append(f"{scene.tensor(window.node.target)} = {self._dropped(window, y)}")

    def _bias_back(self, window: Window, g: str) -> list[str]:
        up = self._lifted(window, g)
        return [
            self.say.bias_gradient(
                up, window.scene.tensor(name), window.rank, channels=window.extra > 0
            )
            for name in window.node.tensors[2:]
        ]


def named(scene: Scene, lines: list[str], hint: str, value: str) -> str:
    """Give a value a name in a line of its own."""
    name = scene.fresh(hint)
    lines.append(f"{name} = {value}")
    return name


def _ends(
    window: Window, after: Side | None = None, before: Side | None = None
) -> list[tuple[str, str]]:
    first = window.each(before or before_of)
    return list(zip(first, window.each(after or (lambda a: a.after)), strict=True))


def _size(axis: Axis) -> Index:
    return axis.size


def _padded(axis: Axis) -> Index:
    return axis.padded


def _beyond(axis: Axis) -> Index:
    return simplify(tidy(add(last_padding(axis), minus(axis.after))))
