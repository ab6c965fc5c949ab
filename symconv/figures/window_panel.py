"""One step of a sliding window, drawn: what is slid over, what is stepped through, the kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symconv.figures.grids import Frame, cells, crossed, outline
from symconv.figures.scene import Line, Mark, Rect, Scene, Text, moved
from symconv.figures.sliding import Cell, Sliding, cell_labels
from symconv.graph import Graph
from symconv.values import dataclass

GAP = 26.0
"""The height between the two tensors of one axis."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Draws single steps of one sliding window."""

    graph: Graph
    found: Sliding
    sizes: Mapping[str, int]
    large: bool

    @property
    def side(self) -> float:
        """The side of a cell."""
        if len(self.found.tracks) == 1:
            return 30.0
        return 38.0 if self.large else 17.0

    def frame(self, *, over: bool) -> Frame:
        """The grid of the tensor that is slid over, or of the one that is stepped through."""
        tracks = self.found.tracks
        if over:
            spans = [(-t.before, t.size + t.after) for t in tracks]
        else:
            spans = [(0, len(t.windows)) for t in tracks]
        return Frame(tuple(spans), self.side)

    def labels(self, tensor: str) -> list[str]:
        """The elements' names, where there is room."""
        if len(self.found.tracks) > 1 and not self.large:
            return []
        return cell_labels(self.graph, tensor, self.sizes, len(self.found.tracks))

    def scene(self, step: Cell) -> Scene:
        """One step."""
        return self._line(step) if len(self.found.tracks) == 1 else self._plane(step)

    def _over(self, frame: Frame, step: Cell) -> list[Mark]:
        """The cells that are slid over, with the window of a step."""
        found = self.found
        sizes = [t.size for t in found.tracks]
        within = [c for c in frame.cells() if inside(c, sizes)]
        outside = [c for c in frame.cells() if not inside(c, sizes)]
        names = self._names(found.covered, sizes)
        window = found.window(step)
        marks = cells(frame, window, "input fill" if found.transposed else "window fill")
        marks += cells(frame, outside, "padding")
        marks += cells(frame, within, "cell", names, raised=self._raised())
        if not found.transposed and (self.large or len(sizes) == 1):
            marks += self._padding(frame, outside, names)
        marks += crossed(frame, sorted(found.never()))
        return marks + outline(frame, list(window), "window")

    def _raised(self) -> float:
        """How far the names stand above the middle, to leave room for the weights."""
        return 5.0 if self.large and len(self.found.tracks) > 1 and self._weights() else 0.0

    def _names(self, tensor: str, shape: Sequence[int]) -> dict[Cell, str]:
        labels = self.labels(tensor)
        grid = Frame(tuple((0, n) for n in shape), 1.0)
        return dict(zip(grid.cells(), labels, strict=True)) if labels else {}

    def _padding(self, frame: Frame, outside: Sequence[Cell], names: dict[Cell, str]) -> list[Mark]:
        """What a padding cell holds: 0 (−∞ for a maximum), or the element that it repeats."""
        marks: list[Mark] = []
        for cell in outside:
            inner = tuple(
                t.within[i + t.before] for t, i in zip(self.found.tracks, cell, strict=True)
            )
            text = self.found.blank if min(inner) < 0 else names.get(inner, "")
            if text:
                x, y = frame.centre(cell)
                marks.append(Text(x, y - self._raised(), text, "muted", size=frame.letters))
        return marks

    def _steps(self, frame: Frame, step: Cell) -> list[Mark]:
        """The cells that are stepped through, with the one of this step."""
        shape = [len(t.windows) for t in self.found.tracks]
        marks = cells(frame, [step], "output fill")
        marks += cells(frame, frame.cells(), "cell", self._names(self.found.stepped, shape))
        return marks + outline(frame, [step], "output")

    def _line(self, step: Cell) -> Scene:
        """One axis: the kernel over the window, and the two tensors one above the other."""
        over, steps = self.frame(over=True), self.frame(over=False)
        side = self.side
        shift = (over.width - steps.width) / 2
        wide = max(over.width, steps.width)
        left = max(0.0, -shift)
        kernel = side * 0.85 if self._weights() else 0.0
        top = 16.0
        if self.found.transposed:
            over_at, steps_at = (left, top + side + GAP), (left + shift, top)
            kernel_at = over_at[1] + side
        else:
            over_at, steps_at = (left, top + kernel), (left + shift, top + kernel + side + GAP)
            kernel_at = top
        marks: list[Mark] = [_step_name(0.0, 6.0, self.found, step)]
        marks += [moved(mark, *over_at) for mark in self._over(over, step)]
        marks += [moved(mark, *steps_at) for mark in self._steps(steps, step)]
        marks += self._beam(over, steps, step, over_at, steps_at)
        if kernel:
            marks += self._kernel(over, step, over_at[0], kernel_at)
        return Scene(wide, top + kernel + 2 * side + GAP + 2, tuple(marks))

    def _weights(self) -> list[str]:
        if not self.found.kernel or self.found.flipped is None:
            return []
        names = cell_labels(self.graph, self.found.kernel, self.sizes, len(self.found.tracks))
        return names[::-1] if self.found.flipped else names

    def _kernel(self, over: Frame, step: Cell, left: float, top: float) -> list[Mark]:
        """The weights, each beside the cell that it is multiplied with."""
        marks: list[Mark] = []
        for cell, k in self.found.window(step).items():
            x = over.corner(cell)[0] + left
            high = self.side * 0.85
            marks.append(Rect(x + 2, top + 1, self.side - 4, high - 4, "kernel", 3.0))
            label = self._weights()[k[0]]
            marks.append(Text(x + self.side / 2, top + high / 2 - 1, label, size=over.letters))
        return marks

    def _beam(
        self,
        over: Frame,
        steps: Frame,
        step: Cell,
        over_at: tuple[float, float],
        steps_at: tuple[float, float],
    ) -> list[Mark]:
        """Lines from the sides of the window to the sides of the step's cell."""
        window = list(self.found.window(step))
        ends = [over.corner(window[0])[0], over.corner(window[-1])[0] + self.side]
        cell = steps.corner(step)[0]
        sides = [cell, cell + self.side]
        down = over_at[1] < steps_at[1]
        a = over_at[1] + (self.side if down else 0.0)
        b = steps_at[1] + (0.0 if down else self.side)
        return [
            Line(((x + over_at[0], a), (y + steps_at[0], b)), "dashed")
            for x, y in zip(ends, sides, strict=True)
        ]

    def _plane(self, step: Cell) -> Scene:
        """Two axes or three: the two tensors side by side."""
        over, steps = self.frame(over=True), self.frame(over=False)
        gap = 34.0 if self.large else 20.0
        top = 16.0
        first, second = (steps, over) if self.found.transposed else (over, steps)
        high = max(over.height, steps.height)
        places = {
            id(first): (0.0, top + (high - first.height) / 2),
            id(second): (first.width + gap, top + (high - second.height) / 2),
        }
        marks: list[Mark] = [_step_name(0.0, 6.0, self.found, step)]
        marks += [moved(mark, *places[id(over)]) for mark in self._over(over, step)]
        marks += [moved(mark, *places[id(steps)]) for mark in self._steps(steps, step)]
        y = top + high / 2
        tip = (first.width + gap - 5, y)
        marks.append(Line(((first.width + 5, y), tip), "edge", arrow=True))
        if self.large:
            marks += [moved(mark, *places[id(over)]) for mark in self._small_weights(over, step)]
        return Scene(first.width + gap + second.width, top + high + 2, tuple(marks))

    def _small_weights(self, over: Frame, step: Cell) -> list[Mark]:
        """The weights in the lower right corners of the window's cells."""
        labels = self._weights()
        if not labels:
            return []
        marks: list[Mark] = []
        for place, cell in enumerate(self.found.window(step)):  # row by row, as the labels are
            x, y = over.corner(cell)
            text = labels[place]
            marks.append(Text(x + self.side - 4, y + self.side - 9, text, "kernel", "end", 9.5))
        return marks


def inside(cell: Cell, sizes: Sequence[int]) -> bool:
    """Whether a cell belongs to the tensor and not to the padding around it."""
    return all(0 <= i < n for i, n in zip(cell, sizes, strict=True))


def _step_name(x: float, y: float, found: Sliding, step: Cell) -> Text:
    letter = "i" if found.transposed else "o"
    return Text(x, y, f"{letter} = {shown_cell(step)}", "muted", "start", 11.0)


def shown_cell(step: Cell) -> str:
    """A position as it is written: ``2``, ``(0, 1)``."""
    return ", ".join(map(str, step)) if len(step) == 1 else f"({', '.join(map(str, step))})"
