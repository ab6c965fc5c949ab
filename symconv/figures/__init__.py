"""Pictures as data, then SVG and TikZ."""

from __future__ import annotations

from symconv.figures.explorer import explorer, frames
from symconv.figures.explorer_scatter import scatter
from symconv.figures.flow_figure import flow_figure, flow_svg
from symconv.figures.flow_folds import page_figure
from symconv.figures.overlap_figure import overlap_counts, overlap_figure
from symconv.figures.plot import Curve, Plot, Stems
from symconv.figures.scene import Scene
from symconv.figures.signal_figure import (
    BoxSignal,
    box_figure,
    box_slide_figure,
    convolved,
    flip_slide_figure,
    signal_figure,
    stem_figure,
)
from symconv.figures.svg import svg
from symconv.figures.tikz import tikz
from symconv.figures.window_figure import window_figure

__all__ = [
    "BoxSignal",
    "Curve",
    "Plot",
    "Scene",
    "Stems",
    "box_figure",
    "box_slide_figure",
    "convolved",
    "explorer",
    "flip_slide_figure",
    "flow_figure",
    "flow_svg",
    "frames",
    "overlap_counts",
    "overlap_figure",
    "page_figure",
    "scatter",
    "signal_figure",
    "stem_figure",
    "svg",
    "tikz",
    "window_figure",
]
