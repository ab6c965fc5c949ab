r"""Two signals, one flipped and slid over the other, and what their convolution is.

(f * h)(t) = ∫ f(s) h(t - s) ds          y[n] = Σ_k h[k] x[n - k]
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from symconv.document import Figure, words
from symconv.figures.plot import Curve, Number, Plot, Stems, beside, draw, span_of
from symconv.figures.svg import svg
from symconv.figures.tikz import tikz
from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class BoxSignal:
    """`height` from `start` to `stop`, 0 elsewhere."""

    start: Fraction | int
    stop: Fraction | int
    height: Fraction | int = 1

    def points(
        self, left: Fraction | int, right: Fraction | int
    ) -> tuple[tuple[Number, Number], ...]:
        """The corners, with the ground on both sides."""
        a, b, h = self.start, self.stop, self.height
        return ((min(left, a), 0), (a, 0), (a, h), (b, h), (b, 0), (max(right, b), 0))

    def flipped(self, t: Fraction | int) -> BoxSignal:
        """``h(t - s)`` as a function of s."""
        return BoxSignal(t - self.stop, t - self.start, self.height)

    def product(self, other: BoxSignal) -> BoxSignal | None:
        """The two multiplied: a box again, or None where they do not meet."""
        start, stop = max(self.start, other.start), min(self.stop, other.stop)
        return BoxSignal(start, stop, self.height * other.height) if start < stop else None

    @property
    def area(self) -> Fraction:
        """The integral."""
        return Fraction(self.stop - self.start) * self.height


def convolved(f: BoxSignal, h: BoxSignal) -> tuple[tuple[Fraction, Fraction], ...]:
    """The corners of ``f * h``: it is straight between the sums of two ends, so these suffice.

    Examples
    --------
    >>> [(str(t), str(y)) for t, y in convolved(BoxSignal(0, 1), BoxSignal(0, 2))]
    [('0', '0'), ('1', '1'), ('2', '1'), ('3', '0')]
    """
    corners = sorted({Fraction(a + b) for a in (f.start, f.stop) for b in (h.start, h.stop)})
    return tuple((t, value_at(f, h, t)) for t in corners)


def value_at(f: BoxSignal, h: BoxSignal, t: Fraction | int) -> Fraction:
    """``(f * h)(t)``: the area under the product of f and the flipped, shifted h."""
    both = f.product(h.flipped(t))
    return both.area if both else Fraction(0)


def signal_figure(plots: Sequence[Plot], caption: str, said: str, *, columns: int = 3) -> Figure:
    """Plots over one span, side by side."""
    span = span_of(plots)
    scene = beside([draw(plot, span) for plot in plots], columns)
    return Figure(svg(scene, caption, said), tikz(scene), words(caption), said)


def box_figure(f: BoxSignal, h: BoxSignal) -> Figure:
    """Two boxes and their convolution, a trapezoid (a triangle if they are equally long)."""
    corners = convolved(f, h)
    left = min(f.start, h.start, corners[0][0])
    right = max(f.stop, h.stop, corners[-1][0])
    result: tuple[tuple[Number, Number], ...] = ((left, 0), *corners, (right, 0))
    plots = [
        Plot((Curve(f.points(left, right), "first", True, "f(t)"),)),
        Plot((Curve(h.points(left, right), "second", True, "h(t)"),)),
        Plot((Curve(result, "result", True, r"(f \ast h)(t)"),)),
    ]
    shape = "triangle" if len(corners) == 3 else "trapezoid"
    said = f"The convolution of the boxes is a {shape} with corners at " + ", ".join(
        f"({t}, {y})" for t, y in corners
    )
    return signal_figure(plots, f"Two boxes and their convolution, a {shape}.", f"{said}.")


def box_slide_figure(f: BoxSignal, h: BoxSignal, times: Sequence[Fraction | int]) -> Figure:
    """The flipped box slides over the other: what they share is the value of the convolution."""
    left = min(f.start, *(h.flipped(t).start for t in times))
    right = max(f.stop, *(h.flipped(t).stop for t in times))
    plots = []
    for t in times:
        slid, both = h.flipped(t), f.product(h.flipped(t))
        items = [
            Curve(f.points(left, right), "first", False, "f(s)"),
            Curve(slid.points(left, right), "second", False, "h(t-s)"),
        ]
        if both:
            items.insert(0, Curve(both.points(both.start, both.stop), "result", True))
        plots.append(Plot(tuple(items), f"t = {_minus(t)}: area {value_at(f, h, t)}", "s"))
    said = "; ".join(f"at t = {t} the shared area is {value_at(f, h, t)}" for t in times)
    caption = "One box is flipped and slid over the other: the shaded area is the convolution."
    return signal_figure(plots, caption, f"{said}.")


def flip_slide_figure(x: Sequence[Number], w: Sequence[Number]) -> Figure:
    """Every step of the full discrete convolution: x, the flipped w at that step, and the sum."""
    flipped = tuple(reversed(tuple(w)))
    plots, lines = [], []
    for n in range(len(x) + len(w) - 1):
        start = n - len(w) + 1
        shared = [k for k in range(len(w)) if 0 <= n - k < len(x)]
        value = sum((w[k] * x[n - k] for k in shared), start=0)
        parts = " + ".join(f"{_factor(w[k])}·{_factor(x[n - k])}" for k in shared)
        items = (
            Stems(tuple(x), 0, "first", "x_k"),
            Stems(flipped, start, "second", "w_{n-k}"),
        )
        plots.append(Plot(items, f"n = {n}: y = {_minus(value)}", "k"))
        lines.append(f"y {n} = {parts} = {value}")
    caption = "The flipped kernel slides over the signal, one step a picture."
    return signal_figure(plots, caption, "; ".join(lines) + ".")


def stem_figure(signals: Sequence[tuple[str, Sequence[Number]]], caption: str) -> Figure:
    """Discrete signals, each with its name (LaTeX), side by side over one span."""
    roles = ("first", "second", "result")
    plots = [
        Plot((Stems(tuple(values), 0, roles[place % 3], name),), across="n")
        for place, (name, values) in enumerate(signals)
    ]
    said = "; ".join(f"{name}: {', '.join(map(str, values))}" for name, values in signals)
    return signal_figure(plots, caption, f"{said}.")


def _factor(value: Number) -> str:
    return f"({value})" if value < 0 else str(value)


def _minus(value: Number) -> str:
    return str(value).replace("-", "−")
