"""One file from top to bottom: what is declared holds until the next declaration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from symconv.audit.codes import audit_code
from symconv.audit.finding import Finding
from symconv.audit.relevance import irrelevant
from symconv.claims import Scope, Verdict
from symconv.conventions import PLAIN, Conventions
from symconv.errors import SymconvError
from symconv.graph import Graph
from symconv.judge import judge
from symconv.operations.build import build
from symconv.syntax.declaration import parse_declaration
from symconv.syntax.sources import Passage, read_source
from symconv.syntax.spec import parse

NOWHERE = Scope(())


@dataclass(slots=True)
class Reader:
    """What is declared at this point of a file."""

    file: str
    graph: Graph | None = None
    conventions: Conventions = PLAIN
    expect: str = ""
    skip: bool = False
    state: Any = None
    broken: bool = False
    ignored: list[Finding] = field(default_factory=list)

    # --- passages -------------------------------------------------------------------------------

    def findings(self, passage: Passage) -> Iterator[Finding]:
        """What a passage claims."""
        match passage.kind:
            case "declaration":
                yield from self._declared(passage)
            case "formula":
                yield from self._formula(passage)
            case "code" if self.graph is not None and not self._skipped():
                found = audit_code(passage, self.graph, self.conventions, self.state, self.file)
                self.state = found.state
                for finding in found.findings:
                    expected = self._expected()
                    yield replace(finding, expected=expected)

    def _declared(self, passage: Passage) -> Iterator[Finding]:
        try:
            said = parse_declaration(passage.text)
            if said.kind == "operation":
                self.graph, self.state, self.conventions = None, None, PLAIN
                self.graph = build(parse(said.spec))
            if said.kind == "end":
                self.graph, self.conventions, self.state = None, PLAIN, None
            self.skip = said.kind == "ignore"
            self.expect = said.expect or self.expect
            held = said.conventions(self.conventions)
            if not said.passing:
                self.conventions = held
            self.broken = False
        except SymconvError as error:
            self.broken = True
            verdict = Verdict("not_understood", "declaration", NOWHERE, str(error))
            yield self._finding(passage, "declaration", passage.text, verdict)
            return
        if said.claim:
            yield from self._claim(passage, said.claim, held)

    def _claim(self, passage: Passage, text: str, held: Conventions) -> Iterator[Finding]:
        if self.graph is None:
            message = "no operation is declared before this claim"
            verdict = Verdict("not_understood", "declaration", NOWHERE, message, text=text)
        else:
            verdict = judge(text, self.graph, held)
        yield self._finding(passage, "claim", text, verdict)

    def _formula(self, passage: Passage) -> Iterator[Finding]:
        graph = self.graph
        why = "no operation is declared here" if graph is None else ""
        if graph is not None:
            skipped = self._skipped()
            why = "skipped by a declaration" if skipped else ""
            why = why or irrelevant(passage.text, graph, self.conventions)
        if self.broken and not why:
            why = "its declaration was not understood"
        if why or graph is None:
            verdict = Verdict("ignored", "reading", NOWHERE, why, text=passage.text)
            yield replace(self._finding(passage, "formula", passage.text, verdict), expected="")
            return
        verdict = judge(passage.text, graph, self.conventions)
        yield self._finding(passage, "formula", passage.text, verdict)

    def _skipped(self) -> bool:
        skipped, self.skip = self.skip, False
        return skipped

    def _expected(self) -> str:
        expected, self.expect = self.expect, ""
        return expected

    def _finding(self, passage: Passage, kind: str, text: str, verdict: Verdict) -> Finding:
        """At the place of the verdict's column, where it names one."""
        line, column = passage.line, passage.column
        if kind == "formula" and verdict.column > 1:
            line, column = passage.place(min(verdict.column - 1, len(passage.text)))
        expected = self._expected() if verdict.outcome != "ignored" else ""
        return Finding(self.file, line, column, kind, text, verdict, expected, passage.cell)


def audit_text(text: str, path: str) -> tuple[Finding, ...]:
    """Every claim of a file with its verdict; `path` says what kind of file it is.

    Errors: `NoteError` for a file that can't be read as what its name says.
    """
    reader = Reader(path)
    return tuple(
        finding for passage in read_source(text, path) for finding in reader.findings(passage)
    )
