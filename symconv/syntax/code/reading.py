"""Code read: its claims, what could not be read, and what the next block goes on with."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from symconv.calls import Place
from symconv.claims import AnyClaim, Claim, Size, SizeClaim
from symconv.conventions import PLAIN, Conventions
from symconv.errors import SymconvError
from symconv.gradients import upstream_names
from symconv.graph import Graph
from symconv.index import Condition, Index
from symconv.syntax.code.arrays import Array, letters
from symconv.syntax.code.claiming import (
    claim_about,
    element_of,
    form_of,
    needed,
    size_claim,
    true_form,
)
from symconv.syntax.code.examples import at_sizes, fixed_sizes
from symconv.syntax.code.facts import canon, negated
from symconv.syntax.code.memory import Cell, Fork, Memory, Need
from symconv.syntax.code.naming import Bindings, facts_of
from symconv.syntax.code.recognised import results_of
from symconv.syntax.code.source import CodeError, Parsed, Problem, parsed
from symconv.syntax.code.statements import Ended, Machine, Returned, place_of
from symconv.syntax.code.values import (
    Handle,
    Lost,
    Routine,
    Row,
    Unknown,
    Value,
    Whole,
)
from symconv.syntax.formula.claiming import nonempty
from symconv.syntax.formula.reading import read_assumptions
from symconv.syntax.formula.views import View

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
    claim is proved.  `bindings` says what names were taken for.
    """

    claims: tuple[AnyClaim, ...] = ()
    problems: tuple[Problem, ...] = ()
    needs: tuple[SizeClaim, ...] = ()
    bindings: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    state: CodeState = field(default_factory=CodeState)


def read_code(
    text: str,
    graph: Graph,
    conventions: Conventions = PLAIN,
    gives: tuple[str, ...] = (),
    state: CodeState | None = None,
    function: str = "",
) -> CodeReading:
    """Read Python about the graph: the claims of what it makes, for all sizes; nothing is run.

    `gives` names what a function returns (`function`, or the last one), ``_`` for what is not
    looked at; without it the names in the code say what is claimed.  `state` is that of an earlier
    block.  What cannot be read is a problem with its line, never an exception.
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


class _Reader:
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
        self.text, self.source, self.graph = text, source, graph
        self.bindings, self.given = bindings, given
        self.gives, self.function = gives, function
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
        count = 0
        while todo:
            way = todo.pop(0)
            count += 1
            if count > MOST_WAYS:
                raise CodeError("the code has too many ways to go, by its conditions on sizes")
            try:
                done.append(self._way(way))
            except Fork as fork:
                todo[:0] = [
                    replace(way, assumed=(*way.assumed, c))
                    for c in (fork.condition, negated(fork.condition))
                ]
        examples = tuple(sorted(self.bindings.examples.items()))
        kept = CodeState(tuple(done), examples, old)
        claims, needs = _together(self.claims), _together([n.claim for n in self.needs])
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
        )

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

    @staticmethod
    def _ended(machine: Machine, error: CodeError) -> bool:
        """Note that the code ends for some sizes; False where it does for all."""
        where = ", ".join(map(str, machine.memory.assumed))
        if where:
            machine.memory.notes[f"line {error.line}: {error.message} for {where}"] = None
        return bool(where)

    def _assigns(self) -> bool:
        """Whether the code does more than define functions."""
        quiet = ast.FunctionDef | ast.Import | ast.ImportFrom | ast.Expr | ast.Assert | ast.If
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
            found += self._claim(machine, name, value, place)
        return found

    def _claim(self, machine: Machine, name: str, value: Value, place: Place) -> list[AnyClaim]:
        """A claim, if the name is a result's or a gradient's."""
        known = self.bindings.subject(name)
        if known is None:
            return []
        subject, view = known
        cell = machine.memory.cells[value.cell] if isinstance(value, Handle) else None
        if cell is not None and cell.lost is not None:
            value = Lost(*cell.lost)
        if isinstance(value, Lost):
            if not any(name in problem.names for problem in machine.problems):
                line = value.line or place.line
                machine.problems.append(Problem(line, 1, value.reason, "", (name,)))
            return []
        try:
            if not isinstance(value, Handle | Array):
                raise CodeError(f"{name} is no array")
            memory = machine.memory
            array = memory.load(value) if isinstance(value, Handle) else value
            seed = self._seed(machine)
            said = self._text(place.line, machine)
            return [claim_about(self.graph, subject, view, array, memory, seed, said, place)]
        except CodeError as error:
            line = error.line or place.line
            reason = f"{name}: {error.message}"
            machine.problems.append(Problem(line, place.column, reason, error.hint, (name,)))
            return []

    def _seed(self, machine: Machine) -> Array | None:
        """The gradient from above that the code sets itself."""
        memory = machine.memory
        for name, value in memory.env.items():
            view = self.bindings.seed(name)
            if view is None or not isinstance(value, Handle) or name not in machine.places:
                continue
            content = memory.load(value)
            if not any(r.tensor == view.tensor for t in content.terms for r in t.reads):
                if view.at != letters(content.rank):
                    raise CodeError("a gradient from above in other axes is not read")
                return content
        return None

    def _text(self, line: int, machine: Machine) -> str:
        lines = self.text.split("\n")
        said = lines[line - 1].strip() if 0 < line <= len(lines) else ""
        ways = machine.memory.assumed
        more = f"  (for {', '.join(map(str, ways))})" if ways else ""
        return said[:LONGEST_TEXT] + more

    def _elements(self, machine: Machine) -> list[AnyClaim]:
        """Elements that were written out one by one."""
        found: list[AnyClaim] = []
        for node, name, at, array in machine.elements:
            place = place_of(node)
            try:
                found.append(self._element(machine, name, at, array, place))
            except CodeError as error:
                problem = Problem(place.line, place.column, error.message, error.hint, (name,))
                machine.problems.append(problem)
        return found

    def _element(
        self, machine: Machine, name: str, at: Sequence[Index], array: Array, place: Place
    ) -> Claim:
        known = self.bindings.subject(name)
        assert known is not None
        subject, view = known
        if len(at) != len(view.letters):
            raise CodeError(f"{name} has {len(view.letters)} axes, not {len(at)}")
        whole: list[Index] = []
        for index, size in zip(at, view.shape, strict=True):
            below = isinstance(index, int) and index < 0
            index = canon(size + index) if below else index
            memory = machine.memory
            memory.need(0, "<=", index, f"{name} has no element {index}")
            memory.need(index, "<", size, f"{name} has no element {index}")
            whole.append(index)
        position = view.read(whole)
        left = element_of(true_form(self.graph, subject), position)
        right = form_of(array, left, {}, self.graph, machine.memory)
        base = machine.memory
        claim = claim_about(
            self.graph,
            subject,
            _pointed(view, position),
            array,
            base,
            self._seed(machine),
            self._text(place.line, machine),
            place,
        )
        before = needed((left, right), claim.before)
        return replace(claim, before=before or claim.before)

    # --- sizes ----------------------------------------------------------------------------------

    def _sizes(self, machine: Machine) -> list[AnyClaim]:
        """Sizes that are declared, or that make the shape of a result."""
        shaped = self._shaped(machine)
        found: list[AnyClaim] = []
        for item in machine.sizes:
            declared = self.bindings.size(item.name)
            left = declared.value if isinstance(declared, Whole) else shaped.get(item.name)
            if left is None:
                continue
            right = (
                Size(item.value.value)
                if isinstance(item.value, Whole)
                else Size(item.value.top, item.value.bottom)
            )
            place = place_of(item.node)
            said = self._text(place.line, machine)
            found.append(size_claim(left, right, machine.memory, said, place))
        return found

    def _shaped(self, machine: Machine) -> dict[str, Index]:
        """Names that stand bare in the shape of a result or gradient."""
        found: dict[str, Index] = {}
        for name, node in machine.shapes:
            known = self.bindings.subject(name)
            if known is None or not isinstance(node, ast.Tuple):
                continue
            shape = known[1].shape
            if len(node.elts) == len(shape):
                for part, size in zip(node.elts, shape, strict=True):
                    if isinstance(part, ast.Name):
                        found.setdefault(part.id, size)
        return found

    # --- functions ------------------------------------------------------------------------------

    def _functions(self, machine: Machine) -> list[AnyClaim]:
        """What functions return, their parameters bound by name."""
        memory = machine.memory
        routines = [v for v in memory.env.values() if isinstance(v, Routine)]
        called = {
            n.func.id
            for s in self.source.body
            for n in ast.walk(s)
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
        }
        if self.function:
            routines = [r for r in routines if r.node.name == self.function]
            if not routines:
                raise CodeError(f"there is no function {self.function}")
        elif self.gives:
            routines = routines[-1:]
        else:
            routines = [r for r in routines if r.node.name not in called]
        if self.gives and not routines:
            raise CodeError("there is no function to give anything")
        return [claim for routine in routines for claim in self._routine(machine, routine)]

    def _routine(self, machine: Machine, routine: Routine) -> list[AnyClaim]:
        memory = machine.memory
        given = self._parameters(machine, routine)
        kept, known, cells = memory.env, memory.known, memory.cells
        memory.known, memory.cells = dict(known), {n: copy.copy(c) for n, c in cells.items()}
        places, machine.places = machine.places, {}
        home = machine.home
        try:
            machine.enter(routine, given)
        except CodeError as error:
            machine.problems.append(Problem(routine.node.lineno, 1, error.message))
            found = []
        else:
            found = self._body(machine, routine) + self._elements(machine)
        machine.elements = []
        memory.env, machine.places, machine.home = kept, places, home
        memory.known, memory.cells = known, cells  # each function is judged by itself
        return found

    def _body(self, machine: Machine, routine: Routine) -> list[AnyClaim]:
        """What a function returns."""
        try:
            machine.run(routine.node.body)
        except Returned as result:
            return self._returned(machine, routine, result)
        except Ended as end:
            if not self._ended(machine, end.error):
                machine.problems.append(self._problem(end.error))
        except CodeError as error:
            machine.problems.append(self._problem(error))
        else:
            reason = f"{routine.node.name} returns nothing"
            machine.problems.append(Problem(routine.node.lineno, 1, reason))
        memory = machine.memory
        del memory.loops[:], memory.guards[:], memory.masks[:]
        return []

    def _problem(self, error: CodeError) -> Problem:
        """A problem with all that the function should give."""
        names = tuple(n for n in self.gives if self.bindings.subject(n) is not None)
        return Problem(error.line, error.column, error.message, error.hint, names)

    def _parameters(self, machine: Machine, routine: Routine) -> dict[str, Value]:
        arguments = routine.node.args
        names = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
        given: dict[str, Value] = {}
        for name in names:
            known = machine.given(name)
            if known is None:
                known = routine.defaults.get(name)
            given[name] = known if known is not None else Unknown(name)
        return given

    def _returned(self, machine: Machine, routine: Routine, result: Returned) -> list[AnyClaim]:
        value, node = result.value, result.node
        parts: tuple[Value, ...] = value.items if isinstance(value, Row) else (value,)
        nodes: list[ast.expr | None] = [node.value]
        if isinstance(node.value, ast.Tuple):
            nodes = [*node.value.elts]
        names = self._names(parts, nodes)
        if self.gives and len(self.gives) != len(parts):
            reason = f"{routine.node.name} returns {len(parts)} values, not {len(self.gives)}"
            machine.problems.append(Problem(node.lineno, node.col_offset + 1, reason))
            return []
        found: list[AnyClaim] = []
        for name, part in zip(names, parts, strict=True):
            if name in ("", "_"):
                continue
            if self.gives and self.bindings.subject(name) is None:
                reason = f"{name} is no result and no gradient of the operation"
                hint = f"names({name}=…)"
                machine.problems.append(Problem(node.lineno, 1, reason, hint))
                continue
            place = place_of(node)
            if isinstance(part, Handle):
                last = machine.memory.cells[part.cell].place
                place = last if last.line else place
            found += self._claim(machine, name, part, place)
        return found

    def _names(self, parts: Sequence[Value], nodes: Sequence[ast.expr | None]) -> list[str]:
        if self.gives:
            return [*self.gives]
        if len(nodes) != len(parts):
            return [""] * len(parts)
        return [node.id if isinstance(node, ast.Name) else "" for node in nodes]


def _pointed(view: View, position: Sequence[Index]) -> View:
    return View(view.tensor, (), tuple(position), ())


def _together(claims: Sequence[AnyClaim]) -> list[AnyClaim]:
    """Claims that are the same on every way are one, without the conditions of the ways."""
    groups: dict[object, list[AnyClaim]] = {}
    for claim in claims:
        groups.setdefault(_key(claim), []).append(claim)
    found: list[AnyClaim] = []
    for group in groups.values():
        first = group[0]
        if len(group) > 1:
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
