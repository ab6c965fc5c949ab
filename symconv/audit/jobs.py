"""The claims of files judged by several processes: the same findings in the same order.

A file is read twice.  The first time every claim is noted and handed over, the second time the
verdicts are there; what is declared, expected and skipped is the reader's business both times.
"""

from __future__ import annotations

import gc
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import lru_cache
from itertools import islice
from multiprocessing.util import Finalize
from typing import Generic, TypeAlias, TypeVar

from symconv.audit.finding import Finding
from symconv.audit.judging import HERE, Judges
from symconv.audit.reading import audit_text
from symconv.claims import AnyClaim, Scope, SizeClaim, Verdict
from symconv.conventions import PLAIN, Conventions
from symconv.errors import NoteError
from symconv.executors import in_order, processes
from symconv.graph import Graph
from symconv.provers import end_guarded
from symconv.values import dataclass

Name = TypeVar("Name")
Found: TypeAlias = "tuple[Finding, ...] | Exception"
BATCH = 4
"""Claims that are handed over together."""
WINDOW = 64
"""Batches that are handed over at a time."""
LATER = Verdict("proved", "asked later", Scope(()))
"""What a claim is taken for while the claims are noted; none of it is kept."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that is to be judged."""

    text: str
    graph: Graph
    conventions: Conventions

    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdict on it, found in this process."""
        return (HERE.formula(self.text, _same(self.graph), self.conventions),)


@dataclass(frozen=True, slots=True)
class Code:
    """What a block of code assigns, which is to be judged."""

    claims: tuple[AnyClaim, ...]
    needs: tuple[SizeClaim, ...]
    graph: Graph

    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts on its claims, found in this process."""
        return HERE.code(self.claims, self.needs, _same(self.graph))


@lru_cache(64)
def _same(graph: Graph) -> Graph:
    """The first of equal graphs: each batch brings its own, and what is kept is kept by graph."""
    return graph


Asked: TypeAlias = "Formula | Code"


@dataclass(frozen=True, slots=True)
class Piece(Generic[Name]):
    """Some claims of a file, the last ones of it or not; or why the file can't be read."""

    name: Name
    text: str
    asked: tuple[Asked, ...]
    last: bool = True
    error: Exception | None = None


def audit_files(
    names: Iterable[Name],
    read: Callable[[Name], str],
    base: Conventions = PLAIN,
    graph: Graph | None = None,
    executor: Executor | None = None,
) -> Iterator[tuple[Name, Found]]:
    """Each file with its findings, in order; in place of those, why a file can't be read.

    With an executor the claims are judged by its processes; what they say is the same.
    """
    if executor is None:
        for name in names:
            try:
                yield name, audit_text(read(name), str(name), base, graph)
            except (NoteError, OSError) as error:
                yield name, error
        return
    known: list[tuple[Asked, tuple[Verdict, ...]]] = []
    pieces = _pieces(names, read, base, graph)
    for piece, done in in_order(executor, _judged, pieces, WINDOW):
        verdicts = _judged(piece.asked) if isinstance(done, Exception) else done or []
        known += zip(piece.asked, verdicts, strict=True)
        if piece.error is not None:
            yield piece.name, piece.error
        elif piece.last:
            judges = _recalling(known)
            yield piece.name, audit_text(piece.text, str(piece.name), base, graph, judges)
            known = []


def pool(jobs: int) -> ProcessPoolExecutor:
    """So many processes that judge, each with a prover of its own that can be ended."""
    context = processes(__name__)
    return ProcessPoolExecutor(jobs, context, _begin, initargs=gc.get_threshold())


def _begin(*threshold: int) -> None:
    """An interrupt is the first process's business; the prover ends with its process.

    Garbage is looked for as often as in the first process, and not among what was there before.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(*threshold)
    gc.freeze()
    Finalize(None, end_guarded, exitpriority=10)


def _judged(asked: Sequence[Asked]) -> list[tuple[Verdict, ...]]:
    return [claim.verdicts() for claim in asked]


# --- noting and recalling -----------------------------------------------------------------------


def _pieces(
    names: Iterable[Name], read: Callable[[Name], str], base: Conventions, graph: Graph | None
) -> Iterator[tuple[Piece[Name], tuple[Asked, ...] | None]]:
    """The claims of all files, a few at a time."""
    for name in names:
        try:
            text = read(name)
            left = iter(_noted(text, str(name), base, graph))
        except (NoteError, OSError) as error:
            yield Piece(name, "", (), error=error), None
            continue
        few = tuple(islice(left, BATCH))
        while more := tuple(islice(left, BATCH)):
            yield Piece(name, text, few, last=False), few
            few = more
        yield Piece(name, text, few), few or None


def _noted(text: str, path: str, base: Conventions, graph: Graph | None) -> list[Asked]:
    """Every claim of a file, in the order in which a reader asks about them."""
    found: list[Asked] = []

    def formula(text: str, graph: Graph, conventions: Conventions) -> Verdict:
        found.append(Formula(text, graph, conventions))
        return LATER

    def code(
        claims: Sequence[AnyClaim], needs: Sequence[SizeClaim], graph: Graph
    ) -> tuple[Verdict, ...]:
        found.append(Code(tuple(claims), tuple(needs), graph))
        return (LATER,) * len(claims)

    audit_text(text, path, base, graph, Judges(formula, code))
    return found


def _recalling(known: Sequence[tuple[Asked, tuple[Verdict, ...]]]) -> Judges:
    """Judges that give the verdicts that are there, in the order in which they were asked for.

    A claim that was not noted so is judged here.
    """
    left = iter(known)

    def formula(text: str, graph: Graph, conventions: Conventions) -> Verdict:
        asked, verdicts = next(left, (None, ()))
        if isinstance(asked, Formula) and asked.text == text:
            return verdicts[0]
        return HERE.formula(text, graph, conventions)

    def code(
        claims: Sequence[AnyClaim], needs: Sequence[SizeClaim], graph: Graph
    ) -> tuple[Verdict, ...]:
        asked, verdicts = next(left, (None, ()))
        if isinstance(asked, Code) and _texts(asked.claims) == _texts(claims):
            return verdicts
        return HERE.code(claims, needs, graph)

    return Judges(formula, code)


def _texts(claims: Sequence[AnyClaim]) -> list[tuple[str, int]]:
    return [(claim.text, claim.place.line) for claim in claims]
