"""One file from top to bottom: what is declared holds until the next declaration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from symconv.audit.codes import audit_code
from symconv.audit.finding import Finding
from symconv.audit.judging import HERE, Judges
from symconv.audit.relevance import NO_RELATION, irrelevant
from symconv.claims import Scope, Verdict
from symconv.conventions import PLAIN, Conventions
from symconv.errors import SymconvError
from symconv.fixing import fix_sizes
from symconv.graph import Graph
from symconv.operations.build import build
from symconv.syntax.code import CodeState
from symconv.syntax.declaration import Declaration, conventions_from, parse_declaration
from symconv.syntax.formula import FormulaError, read_assumptions
from symconv.syntax.formula.declared import lexicon_of
from symconv.syntax.sizes import parse_sizes
from symconv.syntax.sources import Passage, read_source
from symconv.syntax.spec import parse

NOWHERE = Scope(())


@dataclass(slots=True)
class Reader:
    """What is declared at this point of a file.

    `expect` is the outcome that the next claim should have, and `expected_at` the declaration that
    says so; `skip` is set where the next formula is not to be judged; `broken` where a declaration
    was not understood, so that nothing below it is judged.
    """

    file: str
    base: Conventions = PLAIN
    graph: Graph | None = None
    conventions: Conventions = PLAIN
    gives: tuple[str, ...] = ()
    expect: str = ""
    expected_at: Passage | None = None
    skip: bool = False
    state: CodeState | None = None
    spec: str = ""
    states: dict[str, CodeState | None] = field(default_factory=dict)
    """The code so far, by the operation that it is about: said again, it goes on."""
    broken: bool = False
    judges: Judges = HERE
    named: dict[str, tuple[Graph, Conventions]] = field(default_factory=dict)
    """The operations of a derivation that have names, which a claim may ask for."""

    def findings(self, passage: Passage) -> Iterator[Finding]:
        """What a passage claims."""
        match passage.kind:
            case "declaration":
                yield from self._declaration(passage)
            case "claim":
                yield from self._directive(passage)
            case "formula":
                yield self._formula(passage)
            case "problem":
                yield self._problem(passage)
            case "code":
                yield from self._code(passage)

    def end(self) -> Iterator[Finding]:
        """What was expected of a claim that never came."""
        at = self.expected_at
        if at is not None:
            reason = f"expect={self.expect}, and no claim follows"
            yield self._failed(at, "declaration", at.text, reason)
        self.expect, self.expected_at = "", None

    # --- declarations ---------------------------------------------------------------------------

    def _declaration(self, passage: Passage) -> Iterator[Finding]:
        try:
            said = parse_declaration(passage.text)
            yield from self._declared(said, passage)
        except SymconvError as error:
            self._forget()
            self.broken = True
            yield _placed(self._failed(passage, "declaration", passage.text, str(error)), error)

    def _declared(self, said: Declaration, passage: Passage) -> Iterator[Finding]:
        match said.kind:
            case "operation":
                yield from self.end()
                self._operation(said)
                name = dict(passage.options).get("name", "")
                if name and self.graph is not None:
                    self.named[name] = (self.graph, self.conventions)
            case "end":
                yield from self.end()
                self._forget()
            case "ignore":
                self.skip = True
            case "options" if not said.passing:
                if self.graph is None and not self.broken:
                    raise SymconvError("options, and no operation is declared before them")
                conventions = said.conventions(self.conventions)
                if self.graph is not None:
                    check_names(self.graph, conventions)
                self.conventions, self.gives = conventions, said.gives or self.gives
        if said.expect:
            yield from self.end()
            self.expect, self.expected_at = said.expect, passage
        if said.kind == "claim":
            yield self._claim(passage, said)

    def _operation(self, said: Declaration) -> None:
        self._forget()
        conventions = said.conventions(self.base)
        graph = build(parse(said.spec))
        check_names(graph, conventions)
        self.graph, self.conventions, self.gives = graph, conventions, said.gives
        self.states[self.spec] = self.state
        self.spec, self.state = said.spec, self.states.get(said.spec)

    def _forget(self) -> None:
        self.graph, self.conventions, self.gives = None, self.base, ()
        self.skip, self.broken = False, False

    # --- claims ---------------------------------------------------------------------------------

    def _claim(self, passage: Passage, said: Declaration) -> Finding:
        """``claim …`` in a comment, with options of its own."""
        line, column = passage.place(said.claim_at)
        passage = replace(passage, line=line, column=column, text=said.claim)
        return self._judged(passage, "claim", said.conventions(self.conventions))

    def _directive(self, passage: Passage) -> Iterator[Finding]:
        """``{claim}`` in a derivation, with its options."""
        options = dict(passage.options)
        options.pop("show", None)
        of, sizes = options.pop("of", ""), options.pop("sizes", "")
        expect = options.pop("expect", "")
        if expect:
            yield from self.end()
            self.expect, self.expected_at = expect, passage
        try:
            graph, conventions = self._asked(of, sizes)
            conventions = conventions_from(options, conventions)
        except SymconvError as error:
            yield self._failed(passage, "claim", passage.text, str(error))
            return
        kept, self.graph = self.graph, graph
        yield self._judged(passage, "claim", conventions)
        self.graph = kept

    def _asked(self, of: str, sizes: str) -> tuple[Graph | None, Conventions]:
        """The operation that a claim is about: the one it names, or the last; at its sizes."""
        graph, conventions = self.graph, self.conventions
        if of:
            if of not in self.named:
                known = ", ".join(self.named) or "an {operation} with that name"
                raise SymconvError(f"there is no operation {of}", expected=known)
            graph, conventions = self.named[of]
        if graph is not None and sizes:
            graph = fix_sizes(graph, parse_sizes(sizes.split()))
        return graph, conventions

    def _formula(self, passage: Passage) -> Finding:
        why = "no operation is declared here"
        if self.broken:
            why = "its declaration was not understood"
        if self.graph is not None:
            why = irrelevant(passage.text, self.graph, self.conventions)
            if self.skip and why != NO_RELATION:
                self.skip, why = False, "skipped by a declaration"
        if why:
            return self._ignored(passage, why)
        return self._judged(passage, "formula", self.conventions)

    def _problem(self, passage: Passage) -> Finding:
        """Something that is never closed: where claims are made, none may be lost."""
        if self.graph is None and "symconv:" not in passage.text:
            return self._ignored(passage, passage.reason)
        return self._failed(passage, "formula", passage.text, passage.reason)

    def _code(self, passage: Passage) -> Iterator[Finding]:
        said = [(inner, parse_declaration(inner.text)) for inner in passage.inner]
        if self.graph is not None:
            about = self.graph, self.conventions, self.gives, self.state
            found = audit_code(passage, *about, self.judges)
            self.state = found.state
            made = [replace(finding, file=self.file) for finding in found.findings]
            if self.skip:
                self.skip = False
                made = [_unjudged(finding) for finding in made]
            yield from self._aimed(made, said)
        for inner, declared in said:
            if declared.kind == "claim":
                yield from self._declaration(inner)

    def _aimed(
        self, made: list[Finding], said: list[tuple[Passage, Declaration]]
    ) -> Iterator[Finding]:
        """The claims of a block with what is expected of them.

        An expectation before the block is met by one claim of it (the others are judged as usual);
        a declaration within the block is about the first claim below it.
        """
        taken: set[int] = set()
        for at, declared in said:
            below = [n for n, f in enumerate(made) if f.line >= at.line and n not in taken]
            if declared.kind == "claim":
                continue
            if not below:
                yield self._failed(at, "declaration", at.text, "no claim follows in this code")
                continue
            first = made[below[0]]
            skipped = declared.kind == "ignore"
            taken.add(below[0])
            made[below[0]] = (
                _unjudged(first) if skipped else replace(first, expected=declared.expect)
            )
        free = [n for n, f in enumerate(made) if n not in taken and f.verdict.outcome != "ignored"]
        if self.expect and free:
            met = [n for n in free if made[n].verdict.outcome == self.expect]
            at_most = (met or free)[0]
            made[at_most] = replace(made[at_most], expected=self.expect)
            self.expect, self.expected_at = "", None
        yield from made

    # --- findings -------------------------------------------------------------------------------

    def _judged(self, passage: Passage, kind: str, conventions: Conventions) -> Finding:
        """The verdict on what was written, at its place."""
        expected, self.expect, self.expected_at = self.expect, "", None
        if self.graph is None:
            why = "no operation is declared before this claim"
            why = "its declaration was not understood" if self.broken else why
            verdict = Verdict("not_understood", "declaration", NOWHERE, why, text=passage.text)
        else:
            verdict = self.judges.formula(passage.text, self.graph, conventions)
        if verdict.outcome == "ignored":
            return self._ignored(passage, verdict.evidence)
        return self._finding(passage, kind, passage.text, verdict, expected)

    def _failed(self, passage: Passage, kind: str, text: str, reason: str) -> Finding:
        verdict = Verdict("not_understood", kind, NOWHERE, reason, text=text)
        return self._finding(passage, kind, text, verdict)

    def _ignored(self, passage: Passage, why: str) -> Finding:
        verdict = Verdict("ignored", "reading", NOWHERE, why, text=passage.text)
        return self._finding(passage, "formula", passage.text, verdict)

    def _finding(
        self, passage: Passage, kind: str, text: str, verdict: Verdict, expected: str = ""
    ) -> Finding:
        line, column, cell = passage.line, passage.column, passage.cell
        return Finding(self.file, line, column, kind, text, verdict, expected, cell)


def _unjudged(finding: Finding) -> Finding:
    verdict = Verdict("ignored", "reading", NOWHERE, "skipped by a declaration", text=finding.text)
    return replace(finding, verdict=verdict)


def check_names(graph: Graph, conventions: Conventions) -> None:
    """Refuse names and assumptions that mean nothing, where they are declared."""
    try:
        lexicon_of(graph, conventions)
        read_assumptions(conventions.assume, graph, conventions)
    except FormulaError as error:
        about = "" if error.message.startswith(("names", "upstream")) else "assume: "
        raise SymconvError(
            about + error.message, expected=error.expected, hint=error.hint
        ) from None


def _placed(finding: Finding, error: SymconvError) -> Finding:
    """At the line and column of an error within a declaration."""
    line, column = getattr(error, "line", 0), getattr(error, "column", 0)
    if line < 1 or column < 1:
        return finding
    column += finding.column - 1 if line == 1 else 0
    return replace(finding, line=finding.line + line - 1, column=column)


def audit_text(
    text: str,
    path: str,
    base: Conventions = PLAIN,
    graph: Graph | None = None,
    judges: Judges = HERE,
) -> tuple[Finding, ...]:
    """Every claim of a file with its verdict; `path` says what kind of file it is.

    `base` are conventions that hold unless a declaration says otherwise, and `graph` is the
    operation before the first declaration; `judges` are asked about each claim.  Errors:
    `NoteError` for a file that can't be read as what its name says.
    """
    reader = Reader(path, base, graph, base, judges=judges)
    found = [f for passage in read_source(text, path) for f in reader.findings(passage)]
    return (*found, *reader.end())
