"""The claims that a note makes beside its directives: checked when the book is built.

What is proved gets a mark; what is expected to be wrong is followed by its verdict; anything else
that is refuted or conditional fails the build.
"""

from __future__ import annotations

from dataclasses import replace

from symconv.audit import Finding, audit_text
from symconv.document import Block, Equation, Mark
from symconv.story.verdicts import summary, verdict_blocks
from symconv.syntax.notes import Directive, Note

FATAL = ("refuted", "conditional", "undecided")
"""Outcomes that fail the build where they are not expected."""
Placed = list[tuple[Block, int]]


def with_verdicts(note: Note, placed: Placed) -> Placed:
    """The blocks with the verdicts on what the note claims, each behind its block.

    Errors: `NoteError` at the line of a claim that is not as expected, or of a declaration that is
    not understood.
    """
    if "symconv:" not in note.text and "{operation}" not in note.text:
        return placed
    made = list(placed)
    own = _directives(note)
    for finding in reversed(audit_text(note.text, _markdown(note.path))):
        if finding.line in own:
            continue
        _refuse(note, finding)
        if finding.verdict.outcome == "ignored":
            continue
        at = max((n for n, (_, line) in enumerate(made) if line <= finding.line), default=-1)
        if at >= 0:
            _place(made, at, finding)
    return made


def _directives(note: Note) -> set[int]:
    """The lines of claims that are directives: these show their verdicts themselves."""
    return {
        line
        for item in note.blocks
        if isinstance(item, Directive) and item.name == "claim"
        for line in range(item.line, item.body_line + item.body.count("\n") + 1)
    }


def _markdown(path: str) -> str:
    return path if path.endswith((".md", ".markdown")) else f"{path}.md"


def _refuse(note: Note, finding: Finding) -> None:
    outcome = finding.verdict.outcome
    wrong = finding.kind == "declaration" or (bool(finding.expected) and not finding.ok)
    if wrong or (outcome in FATAL and not finding.ok):
        raise note.error(
            finding.line,
            f"a claim is {outcome.replace('_', ' ')}: {summary(finding.verdict)}",
            expected=finding.expected or "proved or checked",
            hint="" if finding.expected else f"a comment symconv: expect={outcome} before it",
        )


def _place(made: Placed, at: int, finding: Finding) -> None:
    """A mark on a displayed formula that holds; else an aside behind the block, for a claim."""
    block, line = made[at]
    verdict = finding.verdict
    if isinstance(block, Equation) and block.mark is None and verdict.good:
        made[at] = replace(block, mark=Mark(verdict.outcome, verdict.evidence)), line
    elif finding.kind in ("claim", "code") or (isinstance(block, Equation) and finding.expected):
        said = finding.text if finding.kind == "claim" else ""
        made[at + 1 : at + 1] = [(extra, line) for extra in verdict_blocks(verdict, said)]
    elif isinstance(block, Equation) and block.mark is None:
        made[at] = replace(block, mark=Mark("not checked", verdict.evidence)), line
