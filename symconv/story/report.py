"""The directive that makes a whole report of one operation, with nothing to author."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from symconv.document import Block, Heading, Paragraph, words
from symconv.errors import CheckFailed, SymconvError
from symconv.gradients import backward, upstream_names
from symconv.graph import Graph
from symconv.story import formulas, matrix, numbers, overview, pictures, tables
from symconv.story.state import Directive, inlines
from symconv.terms import Form

Directives = Callable[[Directive], tuple[Block, ...]]
WORKED = 2
"""So many outputs are worked through with numbers."""
FORWARD, UNFOLDED = "150", "20"
BACKWARD = ("12", "16")
"""Terms of the forward steps, nodes that can be unfolded, terms of the steps of the first and the
second gradient: what keeps the page of a small picture light; the directives alone show more."""


def report(asked: Directive) -> tuple[Block, ...]:
    """``{report}``: everything about an operation, under the headings of a report.

    What needs numbers for all sizes is left out where sizes are open; what can't be drawn or
    derived says why.
    """
    asked.need()
    graph = asked.graph()
    sections: list[tuple[str, list[Block]]] = [
        ("At a glance", [*overview.glance_blocks(graph)]),
        ("Definition", [*formulas.definition_blocks(graph), *overview.legend_blocks(graph)]),
    ]
    if not graph.open_sizes():
        sections += [
            ("The window slides", _slides(asked, graph)),
            ("The matrix", _matrices(asked, graph)),
        ]
    sections.append(("Derivation", _derivations(asked, graph)))
    if not graph.open_sizes():
        drawn = {"level": "scalar", "values": "true", "unfold": UNFOLDED}
        sections.append(("The graph", _try(pictures.graph, asked, **drawn)))
        worked = _try(numbers.worked, asked, first=str(WORKED))
        sections.append(("Worked numbers", worked))
    sections += [
        ("Check log", _try(tables.check, asked)),
        ("Source", _try(tables.code, asked)),
    ]
    return tuple(
        block
        for title, blocks in sections
        if blocks
        for block in (Heading(2, words(title)), *blocks)
    )


def _try(make: Directives, asked: Directive, argument: str = "", **options: str) -> list[Block]:
    """What a directive makes, or why it makes nothing; a check that fails is never passed over."""
    kept = {name: text for name, text in asked.options.items() if name in ("of", "sizes")}
    try:
        return [*make(replace(asked, argument=argument, options={**kept, **options}))]
    except CheckFailed:
        raise
    except SymconvError as error:
        return [Paragraph(inlines(f"Not shown: {str(error).replace('$', '')}."))]


def _slides(asked: Directive, graph: Graph) -> list[Block]:
    """Forward, the same from the side of the input, and the gradients."""
    blocks = _try(pictures.explore, asked, terms=FORWARD)
    if any(n.geometry is not None and n.geometry.transposed for n in graph.nodes):
        blocks += _try(pictures.explore, asked, terms=BACKWARD[0], **{"as": "scatter"})
    for name, terms in zip(_learned(graph), BACKWARD, strict=False):
        blocks += _try(pictures.explore, asked, name, terms=terms)
    return blocks


def _matrices(asked: Directive, graph: Graph) -> list[Block]:
    """The matrix of the first input, where there is one."""
    (form,) = graph.equations if len(graph.equations) == 1 else (None,)
    if not isinstance(form, Form):
        return []
    return _try(matrix.matrix, asked, graph.inputs[0].name)


def _derivations(asked: Directive, graph: Graph) -> list[Block]:
    blocks: list[Block] = []
    for name in _learned(graph):
        heading = Heading(3, inlines(rf"The gradient of ${name}$"))
        blocks += [heading, *_try(formulas.steps, asked, name)]
    return blocks


def _learned(graph: Graph) -> list[str]:
    """The inputs that get a gradient."""
    made = {form.name for form in backward(graph)}
    names = upstream_names(graph)
    return [t.name for t in graph.inputs if names[t.name] in made]
