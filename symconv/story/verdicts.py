"""Verdicts on the page: what was said, how it is known, and what is right where it is not."""

from __future__ import annotations

import re

from symconv.claims import Counterexample, Verdict
from symconv.document import (
    Aside,
    Block,
    Code,
    Equation,
    Grid,
    Mark,
    Math,
    Paragraph,
    Piece,
    Text,
    words,
)
from symconv.errors import CheckFailed, SymconvError
from symconv.index import Symbol
from symconv.judge import judge
from symconv.notation import index_latex
from symconv.story.state import Directive
from symconv.syntax.declaration import OPTIONS, conventions_from
from symconv.writers.latex_math import tex

_BRACKETS = {"b": "[", "p": "(", "v": "|", "": ""}
_MATRIX = re.compile(r"\\begin\{([bpv]?)matrix\}(.*?)\\end\{\1matrix\}", re.DOTALL)
_PLAIN = re.compile(r"(?<!\\)\b[A-Za-z]\w+\(|\]\[|\w\[\w")
"""What is written as code rather than as mathematics: ``shape(y)``, ``x[0][1]``."""
KINDS = {"proved": "good", "checked": "note", "ignored": "note", "refuted": "error"}
"""The kind of aside for each outcome; the others are warnings."""


def claim(asked: Directive) -> tuple[Block, ...]:
    """``{claim}``: a formula that somebody wrote, with its verdict.

    ``:expect: refuted`` says that it is wrong on purpose; another outcome fails the build, and so
    does any but "proved" and "checked" where nothing is expected.
    """
    known = [name for name in OPTIONS if name != "gives"]
    asked.need(*known, "show")
    options = {name: text for name, text in asked.options.items() if name in known}
    state = Directive(asked.name, asked.argument, asked.options, "", asked.state)
    conventions = conventions_from(options)
    verdict = judge(asked.body, state.graph(), conventions)
    require(verdict, conventions.expect)
    return (*stated(asked.options.get("show", asked.body).strip()), *verdict_blocks(verdict))


def require(verdict: Verdict, expect: str) -> None:
    """Refuse a verdict that the author did not expect."""
    if verdict.outcome == expect or (not expect and verdict.good):
        return
    raise CheckFailed(
        f"a claim is {verdict.outcome.replace('_', ' ')}: {summary(verdict)}",
        expected=expect or "proved or checked",
        hint="" if expect else f"a claim that is meant to be so says :expect: {verdict.outcome}",
    )


def summary(verdict: Verdict) -> str:
    """The outcome's reason in a line: the mistake, the condition, else the evidence."""
    if verdict.diagnosis is not None:
        return verdict.diagnosis.text
    if verdict.condition is not None:
        return f"it holds {verdict.condition.said}"
    return verdict.evidence


def stated(text: str) -> tuple[Block, ...]:
    """The claim as it was written; what our mathematics does not print is shown as it is."""
    if _PLAIN.search(text):
        return (Code(text),)
    return (_displayed(text) or Code(text, "latex"),)


def _displayed(text: str, mark: Mark | None = None) -> Equation | None:
    r"""A formula with its matrices as grids, or None where our mathematics does not print it."""
    pieces: list[Piece] = []
    at = 0
    try:
        for found in _MATRIX.finditer(text):
            pieces += _between(text[at : found.start()])
            pieces.append(Grid(_rows(found[2]), bracket=_BRACKETS[found[1]]))
            at = found.end()
        pieces += _between(text[at:])
    except SymconvError:
        return None
    return Equation(((tuple(pieces),),), mark=mark)


def _between(text: str) -> list[Piece]:
    tex(text)
    return [text.strip()] if text.strip() else []


def _rows(inside: str) -> tuple[tuple[str, ...], ...]:
    """The entries of a matrix, each one printable, every row as long as the longest."""
    rows = [[cell.strip() for cell in row.split("&")] for row in re.split(r"\\\\", inside.strip())]
    rows = [row for row in rows if row != [""]]
    most = max((len(row) for row in rows), default=0)
    for row in rows:
        row += ["{}"] * (most - len(row))
        for cell in row:
            tex(cell)
    if not rows:
        raise SymconvError("an empty matrix")
    return tuple(map(tuple, rows))


def verdict_blocks(verdict: Verdict, claim: str = "") -> tuple[Block, ...]:
    """An aside with everything that is known of a claim, which stands in it if it is given."""
    blocks: list[Block] = [Paragraph((Text(claim, "code"),))] if claim else []
    blocks.append(Paragraph(words(_sentence(verdict.evidence))))
    if verdict.condition is not None:
        blocks.append(Paragraph(_condition(verdict)))
    if verdict.diagnosis is not None:
        blocks.append(Paragraph((Text("Likely mistake", "strong"), Text(f": {_mistake(verdict)}"))))
    if verdict.counterexample is not None:
        blocks.append(Paragraph(_example(verdict.counterexample)))
    if verdict.correct:
        known = Mark("definition") if not verdict.witness else Mark("exact", verdict.witness)
        right = _displayed(verdict.correct, known) or Code(verdict.correct, "latex")
        blocks += [Paragraph(words("Right is")), right]
    if verdict.assumptions and not verdict.good:
        blocks.append(Paragraph(words(f"Read with: {', '.join(verdict.assumptions)}.")))
    title = verdict.outcome.replace("_", " ").capitalize()
    if verdict.steps:
        title = f"{title}: step {verdict.step} of {len(verdict.steps)}"
    return (Aside(KINDS.get(verdict.outcome, "warning"), tuple(blocks), title),)


def _condition(verdict: Verdict) -> tuple[Text, ...]:
    found = verdict.condition
    assert found is not None
    only = ", and only then" if found.necessary else ""
    return (Text(f"Holds under this condition{only}: "), Text(found.text, "strong"), Text("."))


def _mistake(verdict: Verdict) -> str:
    found = verdict.diagnosis
    assert found is not None
    return _sentence(found.text)


def _example(found: Counterexample) -> tuple[Text | Math, ...]:
    """``At N = 4, K = 2, position (1): 3 by the formula, 5 in truth``."""
    sizes = [f"{index_latex(Symbol(name))} = {value}" for name, value in found.sizes.items()]
    place = f"position ({', '.join(map(str, found.position))})" if found.position else ""
    where = bool(sizes or place)
    parts: list[Text | Math] = [Text("Smallest counterexample: " if where else "In numbers")]
    for number, size in enumerate(sizes):
        parts += [Text(", " if number else ""), Math(size)]
    parts.append(Text(f"{', ' if sizes and place else ''}{place}: "))
    for terms, value, who in (
        (found.right_terms, found.right, "the claim gives"),
        (found.left_terms, found.left, "right is"),
    ):
        parts.append(Text(f"{who} {terms} = {value}" if terms else f"{who} {value}"))
        parts.append(Text("; " if who != "right is" else "."))
    return tuple(parts)


def _sentence(text: str) -> str:
    """With a capital and a full stop."""
    if not text:
        return text
    word = len(text) > 1 and text[:2].isalpha()
    return (text[:1].upper() if word else text[:1]) + text[1:] + ("" if text[-1] == "." else ".")
