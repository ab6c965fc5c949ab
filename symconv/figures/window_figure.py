"""Input, kernel and output of one step, or of every step side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symconv.document import Figure, words
from symconv.errors import GeometryError
from symconv.figures.scene import Mark, Scene, Text, moved
from symconv.figures.sliding import Cell, Sliding, sliding
from symconv.figures.svg import svg
from symconv.figures.tikz import tikz
from symconv.figures.window_panel import GAP, Panel, inside, shown_cell
from symconv.graph import Graph

MOST_STEPS = 16
"""Up to so many steps are drawn side by side."""

_ACROSS = 640.0


def window_figure(
    graph: Graph,
    o: int | Cell | None = None,
    *,
    target: str = "",
    sizes: Mapping[str, int] | None = None,
) -> Figure:
    """The window at step `o` (an output; an input of a transposed convolution), or at every step.

    `target` names the operation where a graph has several; of three axes the first makes slices.
    Errors: `GeometryError` for a step that there is not, `NeedsSizes` for open sizes.
    """
    known = dict(sizes or {})
    found = sliding(graph, target, known)
    steps = _chosen(found, o)
    panel = Panel(graph, found, known, large=len(steps) == 1)
    scene = _tiled([panel.scene(step) for step in steps], _legend(found))
    said = _words(found, steps)
    title = f"The window slides over {found.covered}"
    return Figure(svg(scene, title, said), tikz(scene), words(_caption(found, steps)), said)


def _chosen(found: Sliding, o: int | Cell | None) -> list[Cell]:
    steps = found.steps
    if o is not None:
        step = (o,) if isinstance(o, int) else tuple(o)
        if step not in steps:
            raise GeometryError(
                f"there is no step {shown_cell(step)}",
                expected=f"{shown_cell(steps[0])} to {shown_cell(steps[-1])}",
                got=shown_cell(step),
            )
        return [step]
    return steps if len(steps) <= MOST_STEPS else [*steps[: MOST_STEPS - 1], steps[-1]]


def _legend(found: Sliding) -> list[str]:
    """What the marks mean, of those that are there."""
    lines = []
    if any(t.before or t.after for t in found.tracks):
        lines.append("dashed: cut off" if found.transposed else "dashed: padding")
    if found.never():
        lines.append("crossed: " + ("nothing lands here" if found.transposed else "never read"))
    return lines


def _tiled(panels: Sequence[Scene], legend: Sequence[str]) -> Scene:
    """Panels in rows, and the legend below."""
    wide, high = panels[0].width, panels[0].height
    columns = max(1, min(len(panels), int((_ACROSS + GAP) // (wide + GAP))))
    rows = -(-len(panels) // columns)
    columns = -(-len(panels) // rows)
    marks: list[Mark] = []
    margin = 8.0
    for place, panel in enumerate(panels):
        row, column = divmod(place, columns)
        x, y = margin + column * (wide + GAP), margin + row * (high + GAP * 0.8)
        marks += [moved(mark, x, y) for mark in panel.marks]
    width = columns * (wide + GAP) - GAP + 2 * margin
    height = rows * (high + GAP * 0.8) - GAP * 0.8 + 2 * margin
    if legend:
        text = Text(margin, height + 2, "; ".join(legend), "muted", "start", 11.0, math=False)
        marks.append(text)
        width, height = max(width, text.width + 2 * margin), height + 16
    return Scene(width, height, tuple(marks))


def _caption(found: Sliding, steps: Sequence[Cell]) -> str:
    what = (
        f"Each element of {found.stepped} is multiplied by the kernel and laid down on "
        f"{found.covered}; what overlaps is added up."
        if found.transposed
        else f"The window on {found.covered} and the element of {found.stepped} that it makes."
    )
    if len(found.tracks) == 3:
        what += " The slices of the first axis stand side by side."
    if len(steps) < len(found.steps) and len(steps) > 1:
        return f"{what} The first {len(steps) - 1} steps of {len(found.steps)}, and the last."
    return what


def _words(found: Sliding, steps: Sequence[Cell]) -> str:
    """Each step in words: which cells it covers."""
    lines = []
    for step in steps[:MOST_STEPS]:
        window = found.window(step)
        covered = [c for c in window if inside(c, [t.size for t in found.tracks])]
        cells_text = ", ".join(shown_cell(c) for c in covered) or "padding alone"
        verb = "is laid down on" if found.transposed else "reads"
        lines.append(f"{found.stepped} {shown_cell(step)} {verb} {found.covered} {cells_text}")
    never = found.never()
    if never:
        names = ", ".join(shown_cell(c) for c in sorted(never))
        lines.append(f"never {'written' if found.transposed else 'read'}: {names}")
    return "; ".join(lines) + "."
