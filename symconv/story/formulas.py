"""Directives that print formulas: operation, definition, outputs, gradient, steps."""

from __future__ import annotations

import difflib

from symconv.checks import check_gradient, check_outputs, require
from symconv.closed import Readings, readings
from symconv.document import Block, Code, Equation, Mark, Paragraph, Step, Steps, formula, words
from symconv.errors import SymconvError
from symconv.gradients import backward
from symconv.graph import Graph
from symconv.notation import (
    equation_latex,
    form_latex,
    index_latex,
    left_latex,
    ranges_latex,
    size_latex,
)
from symconv.operations.build import build
from symconv.printing import printing_style
from symconv.reindex import with_bounds
from symconv.steps import derive, describe_closed, with_auxiliary
from symconv.story.state import Directive, inlines
from symconv.story.sympy_text import equations_sympy, written_sympy
from symconv.syntax.spec import parse
from symconv.terms import Form, Selection
from symconv.worked import written_latex


def operation(asked: Directive) -> tuple[Block, ...]:
    """``{operation} name``: declare what the following directives are about, and show the spec."""
    asked.need()
    if not asked.body.strip():
        raise SymconvError("an {operation} directive needs a spec", expected="y = conv1d(…)")
    asked.state.declare(asked.argument, build(parse(asked.body)))
    return (Code(asked.body.strip(), "symconv"),)


def definition(asked: Directive) -> tuple[Block, ...]:
    """``{definition}``: every equation in index notation, with where its indices run."""
    asked.need()
    return definition_blocks(asked.graph())


def definition_blocks(graph: Graph) -> tuple[Block, ...]:
    """The equations of a graph, the letters of its sizes, its caveats."""
    style = printing_style(graph)
    blocks: list[Block] = []
    for equation in graph.equations:
        blocks.append(
            formula(
                equation_latex(equation, style),
                mark=Mark("definition"),
                sympy=equations_sympy([equation]),
            )
        )
        if equation.ranges:
            blocks.append(Paragraph(inlines(f"for ${ranges_latex(equation.ranges, style)}$.")))
    letters = [f"${size_latex(n, style)} = {index_latex(n)}$" for n in style.sizes]
    if letters:
        blocks.append(Paragraph(inlines("Here " + ", ".join(letters) + ".")))
    caveats = dict.fromkeys(c for node in graph.nodes for c in node.caveats)
    return (*blocks, *(Paragraph(words(caveat)) for caveat in caveats))


def outputs(asked: Directive) -> tuple[Block, ...]:
    """``{outputs}``: every output written out in the names of the elements."""
    asked.need()
    graph = asked.graph()
    form = graph.equations[-1]
    if isinstance(form, Selection):
        raise SymconvError(f"{form.name} is a choice of places and has no formula")
    check = require(check_outputs(graph, seed=asked.state.seed))
    return (written_block(graph, form, Mark("checked", f"{check.method}, {check.cases} cases")),)


def written_block(graph: Graph, form: Form, mark: Mark) -> Equation:
    """Every element of a form, one row each."""
    rows = written_latex(graph, form)
    return Equation(
        tuple(((left,), (f"= {right}",)) for left, right in rows),
        mark=mark,
        sympy=written_sympy(graph, form),
    )


def gradient(asked: Directive) -> tuple[Block, ...]:
    """``{gradient} w``: the formula; ``:show:`` any of raw, gathered, bounds, closed, outputs."""
    asked.need("show")
    graph = asked.graph()
    tensor = asked.tensor(graph)
    shown = asked.options.get("show", "gathered").split()
    unknown = [word for word in shown if word not in KINDS]
    if unknown:
        close = difflib.get_close_matches(unknown[0], KINDS, 1)
        raise SymconvError(
            f"no such kind of gradient: {unknown[0]}",
            expected=", ".join(KINDS),
            got=unknown[0],
            hint=f":show: {close[0]}" if close else "",
        )
    return gradient_blocks(graph, tensor, shown, asked.state.seed)


KINDS = ("raw", "gathered", "bounds", "closed", "outputs")


def gradient_blocks(
    graph: Graph, tensor: str, shown: list[str], seed: int = 0
) -> tuple[Block, ...]:
    """A gradient in the forms asked for, all checked against the engine first."""
    check = require(check_gradient(graph, tensor, seed=seed))
    mark = Mark("checked", f"{check.method}, {check.cases} cases")
    style = printing_style(graph)
    raw = backward(graph, [tensor])[-1]
    found = readings(graph, raw)
    forms = {"raw": raw, "gathered": found.gathered, "bounds": with_bounds(found.gathered)}
    blocks: list[Block] = []
    for word in shown:
        if word in forms:
            form = forms[word]
            source = equations_sympy([form])
            blocks.append(formula(equation_latex(form, style), mark=mark, sympy=source))
        elif word == "outputs":
            blocks.append(written_block(graph, raw, mark))
        else:
            blocks += closed_blocks(graph, found, mark)
    return tuple(dict.fromkeys(blocks))


def closed_blocks(graph: Graph, readings_: Readings, mark: Mark) -> list[Block]:
    """The closed form of a gradient, and what it is in words."""
    found = readings_.closed
    if found is None:
        raise SymconvError(f"{readings_.raw.name} is not one convolution and has no closed form")
    style = with_auxiliary(printing_style(graph), found)
    text = describe_closed(found, style, graph.shapes)
    left = left_latex(found.form, style)
    return [
        formula(
            f"{left} = {form_latex(found.form, style)}",
            mark=mark,
            sympy=equations_sympy([*found.auxiliary, found.form]),
        ),
        Paragraph(inlines(text[0].upper() + text[1:] + ".")),
    ]


def steps(asked: Directive) -> tuple[Block, ...]:
    """``{steps} w``: the derivation, each step with its reason and how it was checked."""
    asked.need()
    graph = asked.graph()
    return (steps_block(graph, asked.tensor(graph), asked.state.seed),)


def steps_block(graph: Graph, tensor: str, seed: int = 0) -> Steps:
    """A checked derivation as a block."""
    made = derive(graph, tensor, seed=seed)
    where = "choices of sizes" if made.symbolic else "draws of numbers"
    checked = Mark("checked", f"exactly, on {made.geometries} {where}")
    rows = []
    previous = ""
    for step in made.steps:
        mark = Mark("definition") if step.name == "definition" else checked
        left = "" if step.left.latex == previous else step.left.latex
        plain = not (step.right.derivative_of or step.right.contracted or step.right.engine)
        sympy = equations_sympy(step.right.equations) if plain else ""
        rows.append(Step(left, step.right.latex, inlines(step.reason), mark, sympy=sympy))
        previous = step.right.latex
    return Steps(tuple(rows))
