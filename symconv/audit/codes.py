"""Code blocks of a file: what they compute, read without running them."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.audit.finding import Finding
from symconv.audit.judging import HERE, Judges
from symconv.claims import AnyClaim, Scope, Verdict
from symconv.conventions import Conventions
from symconv.graph import Graph
from symconv.own_names import in_own_names
from symconv.syntax.code import CodeState, Problem, read_code
from symconv.syntax.sources import Passage
from symconv.values import dataclass
from symconv.ways import merged

WIDEST = 200
"""Signs of a line of code that a finding shows."""


@dataclass(frozen=True, slots=True)
class CodeFindings:
    """The claims of a block, and what the next block of the file goes on with."""

    findings: tuple[Finding, ...]
    state: CodeState | None = None


def audit_code(
    passage: Passage,
    graph: Graph,
    conventions: Conventions,
    gives: tuple[str, ...] = (),
    state: CodeState | None = None,
    judges: Judges = HERE,
) -> CodeFindings:
    """The verdicts on the results and gradients that a block assigns."""
    try:
        reading = read_code(passage.text, graph, conventions, gives, state)
    except Exception as error:
        why = f"a bug in symconv ({type(error).__name__}: {error}); please report this code"
        return CodeFindings((_unread(passage, 1, 1, why),), state)
    judged = judges.code(reading.claims, reading.needs, graph)
    verdicts = [in_own_names(verdict, reading.called) for verdict in judged]
    found = _claimed(passage, reading.claims, verdicts)
    found += [_unread(passage, p.line, p.column, _why(p)) for p in reading.problems]
    found.sort(key=lambda finding: (finding.line, finding.column))
    return CodeFindings(tuple(found), reading.state)


def _why(problem: Problem) -> str:
    return f"{problem.reason}; try {problem.hint}" if problem.hint else problem.reason


def _claimed(
    passage: Passage, claims: Sequence[AnyClaim], verdicts: Sequence[Verdict]
) -> list[Finding]:
    """The assignments at their places."""
    found = []
    for claim, verdict in merged(claims, verdicts):
        line, column = max(1, claim.place.line), max(1, claim.place.column)
        text = _shown(passage, line, claim)
        found.append(_finding(passage, line, column + passage.indent, text, verdict))
    return found


def _shown(passage: Passage, line: int, claim: AnyClaim) -> str:
    """The assignment, or the line on which it ends."""
    text = claim.text.strip()
    if text and text != passage.text.strip() and len(text) <= WIDEST:
        return text
    lines = passage.text.split("\n")
    return lines[line - 1].strip()[:WIDEST] if line <= len(lines) else text[:WIDEST]


def _unread(passage: Passage, line: int, column: int, reason: str) -> Finding:
    lines = passage.text.split("\n")
    text = lines[line - 1].strip()[:WIDEST] if 0 < line <= len(lines) else ""
    verdict = Verdict("not_understood", "reading", Scope(()), reason, text=text)
    return _finding(passage, max(1, line), max(1, column) + passage.indent, text, verdict)


def _finding(passage: Passage, line: int, column: int, text: str, verdict: Verdict) -> Finding:
    return Finding("", passage.line + line - 1, column, "code", text, verdict, "", passage.cell)
