"""Directives that draw: computation graphs, sliding windows, overlaps, signals."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from symconv.document import Block, Figure, Slides
from symconv.elements import numbers
from symconv.errors import SymconvError
from symconv.figures import (
    BoxSignal,
    box_figure,
    box_slide_figure,
    explorer,
    flip_slide_figure,
    overlap_figure,
    page_figure,
    scatter,
    window_figure,
)
from symconv.figures.flow_folds import BUDGET
from symconv.flow import operation_flow, scalar_flow
from symconv.gradients import backward, upstream_names
from symconv.graph import Graph
from symconv.index import concrete
from symconv.sampling import small_array, small_arrays
from symconv.story.special import read_boxes
from symconv.story.state import Directive, inlines
from symconv.terms import Equation, Form

TERMS = 1200
"""Behind so many terms no further step is shown."""


def graph(asked: Directive) -> tuple[Block, ...]:
    """``{graph}``: the computation graph; ``:level:`` scalar or operation, ``:values:``.

    More than some forty nodes are folded: a node for each tensor, and elements on demand, as long
    as these have no more than ``:unfold: 300`` nodes together.
    """
    asked.need("level", "values", "caption", "unfold")
    program = asked.graph()
    if asked.choice("level", ("operation", "scalar"), "operation") == "operation":
        return (_captioned(asked, page_figure(operation_flow(program))),)
    arrays = small_arrays(program, asked.state.seed) if asked.flag("values") else None
    upstream = None
    shape = program.shapes[program.output]
    if arrays is not None and shape:
        seed = f"{asked.state.seed} upstream"
        upstream = small_array(tuple(concrete(n) for n in shape), seed)
    flow = scalar_flow(program, arrays=arrays, upstream=upstream)
    unfold = asked.count("unfold", BUDGET)
    return (_captioned(asked, page_figure(flow, operation_flow(program), unfold)),)


def explore(asked: Directive) -> tuple[Block, ...]:
    """``{explore}``: every output step by step; ``{explore} x``: every element of a gradient.

    ``:as: scatter`` goes through the elements of the first input, and shows what each one adds;
    behind ``:terms: 1200`` terms no further step is shown.
    """
    asked.need("caption", "as", "terms")
    terms = asked.count("terms", TERMS)
    program = asked.graph()
    text = asked.options.get("caption", "")
    if asked.choice("as", ("gather", "scatter"), "gather") == "scatter":
        return (_explained(scattered(program, asked.argument, terms), text),)
    of = asked.tensor(program, [t.name for t in program.inputs]) if asked.argument else ""
    return (_explained(explorer(program, *form_of(program, of), budget=terms), text),)


def scattered(program: Graph, of: str = "", terms: int = TERMS) -> Slides:
    """What each element of a tensor (of the first input) adds to which outputs."""
    form, _ = form_of(program, "")
    tensor = of or program.inputs[0].name
    title = f"What each element of {tensor} adds"
    return scatter(program, form, tensor, title, budget=terms)


def _explained(made: Slides, text: str) -> Slides:
    return replace(made, caption=inlines(text)) if text else made


def form_of(program: Graph, of: str) -> tuple[Form, str]:
    """The result (or the gradient of a tensor) as a sum, and what its steps are called.

    Errors: `SymconvError` where it is none.
    """
    name, title = program.output, f"{program.output} step by step"
    equations: tuple[Equation, ...] = program.equations
    if of:
        name, title = upstream_names(program).get(of, ""), f"The gradient of {of}, step by step"
        equations = tuple(backward(program))
    form = next((e for e in equations if e.name == name), None)
    if not isinstance(form, Form):
        raise SymconvError(
            f"{of or program.output} is no sum that can be shown step by step",
            expected="one of " + ", ".join(t.name for t in program.inputs),
            got=of or program.output,
        )
    return form, title


def figure(asked: Directive) -> tuple[Block, ...]:
    """``{figure} windows``, ``slide``, ``overlap``, ``boxes`` or ``sliding-boxes``."""
    if asked.argument not in FIGURES:
        close = difflib.get_close_matches(asked.argument, FIGURES, 1)
        raise SymconvError(
            "there is no such figure",
            expected=", ".join(FIGURES),
            got=asked.argument or "nothing",
            hint=f"{{figure}} {(close or [*FIGURES])[0]}",
        )
    return (_captioned(asked, FIGURES[asked.argument](asked)),)


def _captioned(asked: Directive, made: Figure) -> Figure:
    text = asked.options.get("caption", "")
    return replace(made, caption=inlines(text)) if text else made


def _windows(asked: Directive) -> Figure:
    asked.need("caption")
    return window_figure(asked.graph())


def _overlap(asked: Directive) -> Figure:
    asked.need("caption")
    return overlap_figure(asked.graph())


def _slide(asked: Directive) -> Figure:
    """Every step of a full convolution of two sequences of numbers."""
    asked.need("caption")
    program = asked.graph()
    given = [numbers(tensor) for tensor in program.inputs]
    if len(given) != 2 or any(values is None or values.ndim != 1 for values in given):
        raise SymconvError("sliding is drawn for two sequences of numbers", hint="x=[1,3,2]")
    return flip_slide_figure(*([*values] for values in given if values is not None))


def _boxes(asked: Directive) -> Figure:
    asked.need("caption", "f", "h")
    found = read_boxes(asked)
    return box_figure(BoxSignal(*found.first), BoxSignal(*found.second))


def _sliding_boxes(asked: Directive) -> Figure:
    asked.need("caption", "f", "h", "at")
    found = read_boxes(asked)
    times = _times(asked.options.get("at", ""))
    if not times:
        times = [piece.start + (piece.stop - piece.start) / 2 for piece in found.pieces]
    return box_slide_figure(BoxSignal(*found.first), BoxSignal(*found.second), times)


def _times(text: str) -> list[Fraction]:
    try:
        return [Fraction(word) for word in text.split()]
    except (ValueError, ZeroDivisionError):
        raise SymconvError(
            ":at: is a list of times", expected="numbers, for example 0 1/2 1", got=text
        ) from None


FIGURES: dict[str, Callable[[Directive], Figure]] = {
    "windows": _windows,
    "slide": _slide,
    "overlap": _overlap,
    "boxes": _boxes,
    "sliding-boxes": _sliding_boxes,
}
