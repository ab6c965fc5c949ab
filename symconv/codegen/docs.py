"""Docstrings: the equations in index notation, and the shapes."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from symconv.codegen.body import INDENT, Body
from symconv.codegen.source import source
from symconv.index import Condition, Index
from symconv.terms import Equation, Form, Read, Selection, Shape, Term

WIDTH = 98
GLUE = "\N{NO-BREAK SPACE}"
"""Stands for the blanks inside an index, where no line is broken."""
SIGNS = {"==": "=", "!=": "≠", "<=": "≤", ">=": "≥"}


def heading(
    summary: str,
    equations: Sequence[Equation],
    body: Body,
    inputs: Sequence[tuple[str, Shape]],
    output: tuple[str, Shape] | None,
) -> list[str]:
    """The lines of a function's docstring."""
    lines = [f'{INDENT}"""{summary}', ""]
    for equation in equations:
        lines += wrapped(equation_text(body, equation), INDENT * 2)
    shapes = [shapes_text(body, name, shape) for name, shape in inputs]
    ending = f" → {shapes_text(body, *output)}" if output else ""
    if output and summary.startswith("The gradients"):
        shapes, ending = [shapes_text(body, *output), *shapes], ""
    return [*lines, "", *wrapped("Shapes: " + ", ".join(shapes) + ending, INDENT), f'{INDENT}"""']


def wrapped(text: str, indent: str) -> list[str]:
    """Lines of at most `WIDTH` columns."""
    lines = textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )
    if any(len(line) > WIDTH for line in lines) and GLUE in text:
        return wrapped(text.replace(GLUE, " "), indent)
    return [line.replace(GLUE, " ") for line in lines]


def shapes_text(body: Body, name: str, shape: Shape) -> str:
    """``x (N, C, H, W)``."""
    return f"{body.tensor(name)} {body.shape(shape)}" if shape else f"{body.tensor(name)} a number"


def equation_text(body: Body, equation: Equation) -> str:
    """An equation in index notation: ``y[o] = Σ_{k} w[k]·x[o + k - P]``."""
    if isinstance(equation, Selection):
        at = ",".join(body.index(r.name) for r in (*equation.ranges, *equation.window))
        read = _read(body, equation.read)
        name = body.tensor(equation.name)
        return f"{name}[{at}] = 1 where {read} is the first maximum of its window, else 0"
    return form_text(body, equation)


def form_text(body: Body, form: Form) -> str:
    """A form in index notation."""
    at = ",".join(body.index(name) for name in form.indices)
    left = body.tensor(form.name) + (f"[{at}]" if at else "")
    right = ""
    for term in form.terms:
        minus = term.coefficient < 0
        text = _term(body, term)
        right += (f" {'-' if minus else '+'} " if right else "-" if minus else "") + text
    return f"{left} = {right or '0'}"


def _term(body: Body, term: Term) -> str:
    number = abs(term.coefficient)
    reads = "·".join(_read(body, read) for read in term.reads)
    front = "" if number == 1 and reads else str(number) + (" " if reads else "")
    front = f"({front.strip()}) " if "/" in front and reads else front
    tests = ", ".join(_condition(body, c) for c in term.where)
    names = ",".join(body.index(item.name) for item in term.sums)
    inside = " : ".join(part for part in (names, tests) if part)
    sigma = f"Σ_{{{inside}}} " if names else f"[{tests}] " if tests else ""
    whole = "".join(f" / {_factor(_index(body, d))}" for d in term.divisors if d != 1)
    return sigma + front + reads + whole


def _factor(text: str) -> str:
    return text if text.isalnum() else f"({text})"


def _read(body: Body, read: Read) -> str:
    at = ",".join(_index(body, index) for index in read.at)
    inner = body.tensor(read.tensor) + (f"[{at}]" if at else "")
    if read.function == "reciprocal":
        return f"(1/{inner})"
    return f"{read.function}({inner})" if read.function else inner


def _index(body: Body, index: Index) -> str:
    return source(body.named(index)).replace(" * ", "·").replace("%", "mod").replace(" ", GLUE)


def _condition(body: Body, item: Condition) -> str:
    left, right = _index(body, item.left), _index(body, item.right)
    return GLUE.join([left, SIGNS.get(item.relation, item.relation), right])
