"""Code read: its claims, what could not be read, and what the next block goes on with."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Sequence
from dataclasses import field, replace

from symconv.claims import AnyClaim, Claim, SizeClaim
from symconv.conventions import PLAIN, Conventions
from symconv.errors import SymconvError
from symconv.gradients import upstream_names
from symconv.graph import Graph
from symconv.index import Condition
from symconv.syntax.code.called import called, identifiers
from symconv.syntax.code.examples import at_sizes, fixed_sizes
from symconv.syntax.code.facts import negated
from symconv.syntax.code.knowing import Fork, Need
from symconv.syntax.code.memory import Cell, Memory
from symconv.syntax.code.naming import Bindings, facts_of
from symconv.syntax.code.parts import part_of
from symconv.syntax.code.recognised import results_of
from symconv.syntax.code.routines import Routines
from symconv.syntax.code.source import CodeError, Parsed, Problem, parsed
from symconv.syntax.code.statements import Ended, Machine, place_of
from symconv.syntax.code.values import (
    Handle,
    Lost,
    Value,
)
from symconv.syntax.formula.claiming import nonempty
from symconv.syntax.formula.reading import read_assumptions
from symconv.values import dataclass

MOST_WAYS = 12
LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Way:
    """Names and arrays behind a block, under conditions on the sizes."""

    env: dict[str, Value]
    known: dict[str, Value]
    cells: dict[int, Cell]
    assumed: tuple[Condition, ...]
    numbers: int
    taken: frozenset[str]
    spoilt: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class CodeState:
    """What the next block of a file goes on with."""

    ways: tuple[Way, ...] = ()
    examples: tuple[tuple[str, int], ...] = ()
    python2: bool = False


@dataclass(frozen=True, slots=True)
class CodeReading:
    """A piece of code as it was understood.

    `claims` are about what the code makes; each rests on all of `needs`: reads stay inside their
    arrays, sizes that are combined are equal.  Where a need fails, Python raises or wraps, and no
    claim is proved.  `bindings` says what names were taken for, `called` by which of them the code
    knows the operation's tensors.
    """

    claims: tuple[AnyClaim, ...] = ()
    problems: tuple[Problem, ...] = ()
    needs: tuple[SizeClaim, ...] = ()
    bindings: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    state: CodeState = field(default_factory=CodeState)
    called: tuple[tuple[str, str], ...] = ()


def read_code(
    text: str,
    graph: Graph,
    conventions: Conventions = PLAIN,
    gives: tuple[str, ...] = (),
    state: CodeState | None = None,
    function: str = "",
) -> CodeReading:
    """Read Python about the graph: the claims of what it makes, for all sizes; nothing is run.

    `gives` names what a function returns (`function`, or the last one and those that return just
    these names), ``_`` for what is not looked at; without it the names in the code say what is
    claimed.  `state` is that of an earlier block.  What cannot be read is a problem with its line,
    never an exception.
    """
    try:
        source = parsed(text)
        bindings = Bindings(graph, conventions)
        given = (*nonempty(graph), *read_assumptions(conventions.assume, graph, conventions))
        return _Reader(text, source, graph, bindings, given, gives, function).read(state)
    except SymconvError as error:
        line, column = getattr(error, "line", 1) or 1, getattr(error, "column", 1) or 1
        return CodeReading(problems=(Problem(line, column, error.message, error.hint),))
    except RecursionError:
        return CodeReading(problems=(Problem(1, 1, "the code is nested too deeply"),))


class _Reader(Routines):
    """One reading: every way through the code, and their claims put together."""

    def __init__(
        self,
        text: str,
        source: Parsed,
        graph: Graph,
        bindings: Bindings,
        given: tuple[Condition, ...],
        gives: tuple[str, ...],
        function: str,
    ) -> None:
        super().__init__(text, source, graph, bindings, gives, function)
        self.given = given
        gradients = upstream_names(graph)
        self.shapes = {**graph.shapes, **{g: graph.shapes[t] for t, g in gradients.items() if g}}
        self.claims: list[AnyClaim] = []
        self.problems: list[Problem] = []
        self.needs: list[Need] = []
        self.notes: dict[str, None] = dict.fromkeys(source.notes)
        division = bindings.conventions.division
        self.division = division

    def read(self, state: CodeState | None) -> CodeReading:
        """Follow every way through the code."""
        start = state if state is not None and state.ways else CodeState((self._empty(),))
        self.bindings.examples |= dict(start.examples)
        old = self.source.python2 or start.python2
        if old and self.division == "exact":
            self.division = "floor"
            self.notes["/ of whole numbers floors, as Python 2 has it"] = None
        todo = list(start.ways)
        done: list[Way] = []
        count = forks = 0
        while todo:
            way = todo.pop(0)
            count += 1
            if count > MOST_WAYS:
                raise CodeError("the code has too many ways to go, by its conditions on sizes")
            try:
                done.append(self._way(way))
            except Fork as fork:
                forks += 1
                todo[:0] = [
                    replace(way, assumed=(*way.assumed, c))
                    for c in (fork.condition, negated(fork.condition))
                ]
        examples = tuple(sorted(self.bindings.examples.items()))
        kept = CodeState(tuple(done), examples, old)
        claims = _together(self.claims, count - forks)
        needs = _together([n.claim for n in self.needs], count - forks)
        if self.bindings.examples and fixed_sizes(self.source.body, self._told()):
            known = dict(self.bindings.examples.items())
            claims = [at_sizes(claim, known) for claim in claims]
            needs = [at_sizes(claim, known) for claim in needs]
            where = ", ".join(f"{name} = {number}" for name, number in known.items())
            self.notes[f"numbers stand where sizes should: read at {where}"] = None
        return CodeReading(
            tuple(claims),
            tuple(dict.fromkeys(self.problems)),
            tuple(c for c in needs if isinstance(c, SizeClaim)),
            tuple(sorted(self.bindings.used.items())),
            tuple(self.notes),
            kept,
            called(self.bindings, self._identifiers(done)) if claims else (),
        )

    def _identifiers(self, ways: Sequence[Way]) -> list[str]:
        """The names in this code, then those that are left of the code before it."""
        return [*identifiers(self.source.body), *(name for way in ways for name in way.env)]

    def _told(self) -> frozenset[int]:
        """The lines that set an example."""
        found = (re.search(r"in line (\d+) is (?:an )?example", note) for note in self.notes)
        return frozenset(int(match[1]) for match in found if match)

    def _empty(self) -> Way:
        graph = self.graph
        taken = {*graph.shapes, *graph.open_sizes(), *self.bindings.lexicon.gradients.values()}
        return Way({}, {}, {}, (), 0, frozenset(taken))

    def _way(self, way: Way) -> Way:
        """One way; errors: `Fork` before anything of it is noted."""
        memory = Memory(
            self.graph.parameters,
            self.given,
            facts_of(self.graph).assuming(self.given),
            set(way.taken),
            way.assumed,
        )
        memory.env, memory.known = dict(way.env), dict(way.known)
        memory.spoilt = way.spoilt
        memory.results, memory.shapes = results_of(self.graph), dict(self.shapes)
        memory.cells = {n: copy.copy(cell) for n, cell in way.cells.items()}
        memory.numbers = iter(range(way.numbers, 10**12))
        machine = Machine(memory, self.bindings, self.division)
        found: list[AnyClaim] = []
        if not self._run(machine):
            pass
        elif self.gives or not self._assigns():
            found += self._functions(machine)
        found += self._made(machine, way)
        found += self._elements(machine)
        found += [] if self.gives else self._sizes(machine)
        self.claims += sorted(found, key=lambda c: (c.place.line, c.place.column))
        self.problems += machine.problems
        self.needs += memory.needs.values()
        self.notes |= memory.notes
        return Way(
            memory.env,
            memory.known,
            memory.cells,
            memory.assumed,
            next(memory.numbers),
            frozenset(memory.taken),
            memory.spoilt,
        )

    def _run(self, machine: Machine) -> bool:
        """Read the code; where it ends early, nothing is known of what it leaves behind."""
        try:
            machine.run(self.source.body)
        except Ended as end:
            told = self._ended(machine, end.error)
            machine.lose(end.error, self.source.body, silent=told)
            return False
        except CodeError as error:
            machine.lose(error, self.source.body)
        return True

    def _assigns(self) -> bool:
        """Whether the code does more than define functions."""
        quiet = (
            ast.FunctionDef
            | ast.ClassDef
            | ast.Import
            | ast.ImportFrom
            | ast.Expr
            | ast.Assert
            | ast.If
        )
        return any(not isinstance(s, quiet) for s in self.source.body)

    # --- what was made --------------------------------------------------------------------------

    def _made(self, machine: Machine, way: Way) -> list[AnyClaim]:
        """The results and gradients that this block set."""
        if self.gives:
            return []
        found: list[AnyClaim] = []
        memory = machine.memory
        for name, value in memory.env.items():
            if isinstance(value, Lost) or not isinstance(value, Handle):
                continue
            cell = memory.cells[value.cell]
            old = way.cells.get(value.cell)
            touched = name in machine.places or (old is not None and old.place != cell.place)
            if not touched:
                continue
            if cell.initial:
                if self.bindings.subject(name) is not None:
                    memory.notes[f"{name} is made, and nothing is written to it yet"] = None
                continue
            node = machine.places.get(name)
            place = max((cell.place, place_of(node)), key=lambda p: (p.line, p.column))
            part = part_of(node, name, place.line)
            found += self._claim(machine, name, value, place, part)
        return found


def _together(claims: Sequence[AnyClaim], ways: int) -> list[AnyClaim]:
    """Claims that are the same on every way are one, without the conditions of the ways."""
    groups: dict[object, list[AnyClaim]] = {}
    for claim in claims:
        groups.setdefault(_key(claim), []).append(claim)
    found: list[AnyClaim] = []
    for group in groups.values():
        first = group[0]
        scopes = {claim.scope.assumptions for claim in group}
        if 1 < len(scopes) < ways:
            found += dict.fromkeys(group)
            continue
        if len(scopes) > 1:
            common = [
                c
                for c in first.scope.assumptions
                if all(c in other.scope.assumptions for other in group)
            ]
            scope = replace(first.scope, assumptions=tuple(common))
            text = first.text.partition("  (for ")[0]
            first = replace(first, scope=scope, text=text)
        found.append(first)
    return found


def _key(claim: AnyClaim) -> object:
    if isinstance(claim, Claim):
        return (claim.left, claim.right, claim.place, claim.subject)
    return (claim.left, claim.right, claim.relation, claim.place, claim.text.partition("  (for")[0])
