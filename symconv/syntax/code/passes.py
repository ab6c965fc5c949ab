"""One generic pass of a loop, and what all passes did to names and arrays."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from symconv.index import Condition, Index, Max, Product, Symbol, add, minus, symbols
from symconv.syntax.code.arrays import Array, letters
from symconv.syntax.code.branches import Branches
from symconv.syntax.code.changing import (
    assigned_names,
    continues,
    decorators,
    indexes,
    plainly_bound,
    target_names,
    written_names,
)
from symconv.syntax.code.facts import canon
from symconv.syntax.code.handing import Tame
from symconv.syntax.code.knowing import Loop
from symconv.syntax.code.looping import Carried, after_loop, is_mark, marked, put_back, untouched
from symconv.syntax.code.source import CodeError
from symconv.syntax.code.spreading import as_array
from symconv.syntax.code.values import (
    Handle,
    Lost,
    Named,
    Nothing,
    Ratio,
    Real,
    Routine,
    Truth,
    Unknown,
    Value,
    Whole,
    Word,
    cells_of,
    parts_of,
)
from symconv.terms import Read, Term
from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class _Ending:
    """What is needed to say what names hold behind a loop."""

    loop: Loop
    cells: dict[int, Carried]
    bound: dict[str, Carried]
    counters: dict[str, tuple[Index, Index]]
    same: dict[str, Array]
    started: dict[str, Value]


def _junk(handle: Handle) -> tuple[Term, ...]:
    return (Term((Read(f"?{handle.cell}", letters(len(handle.shape))),)),)


def _is_junk(array: Array, cell: int) -> bool:
    return any(r.tensor == f"?{cell}" for t in array.terms for r in t.reads)


class Passes(Branches):
    """Reads the body of a loop."""

    def _pass(
        self,
        loop: Loop,
        bind: Callable[[], None],
        body: Sequence[ast.stmt] | None,
        node: ast.For,
        inner: Callable[[], None] | None = None,
    ) -> None:
        """One generic pass, then what all passes did."""
        memory = self.memory
        guards = len(memory.guards) if not memory.guards else self._own_guards(loop)
        extra = tuple(memory.guards[guards:])
        names = self._changed([node])  # the target too may be a view of what is looped over
        before = dict(memory.env)
        counters: dict[str, tuple[Index, Index]] = {}
        if not extra and inner is None and not continues(node.body):
            counters = self._counters(node.body, before, names | target_names(node.target))
        cells, bound = self._carry(names, node.body, assigned_names(node.body) - set(counters))
        memory.loops.append(loop)
        number = canon(add(Symbol(loop.name), minus(loop.start)))
        for name, (start, step) in counters.items():
            value = add(start, Product((step, number)))
            memory.env[name] = Whole(canon(value))
        start_env = dict(memory.env)
        bind()
        if body is not None:
            self.run(body)
        if inner is not None:
            inner()
        if extra:
            self._joined_env(start_env, as_array(memory, Truth((extra,))))
        after = {c: memory.cells[c].content for c in cells}
        now = dict(memory.env)
        memory.loops.pop()
        del memory.guards[guards:]
        same = self._close(loop, cells, after)
        ending = _Ending(loop, cells, bound, counters, same, start_env)
        self._close_names(ending, before, now)

    def _own_guards(self, loop: Loop) -> int:
        """How many conditions hold outside of the loop (its own range may have added some)."""
        guards = self.memory.guards
        count = len(guards)
        while count and loop.name in symbols(guards[count - 1]):
            count -= 1
        return count

    def _changed(self, body: Sequence[ast.stmt]) -> set[str]:
        """Every name that statements may change, by the functions that they call as well."""
        tame = self._tame_in(body)
        names = written_names(body, tame)
        names |= self._parts(names, body)
        if any(isinstance(n, ast.Call) or decorators(n) for s in body for n in ast.walk(s)):
            for value in {**self.memory.known, **self.memory.env}.values():
                if isinstance(value, Routine):
                    names |= written_names(value.node.body, self.tame(value.node))
        return names

    def _tame_in(self, body: Sequence[ast.stmt]) -> Tame:
        """Which functions change none of their arguments, in all of the statements."""
        kinds = [self.tame(statement) for statement in body]
        return lambda function: all(tame(function) for tame in kinds)

    def _parts(self, names: set[str], body: Sequence[ast.stmt]) -> set[str]:
        """The attributes of what may be changed, by the names that they are kept or known under."""
        memory = self.memory
        found: set[str] = set()
        for name in names:
            value = memory.env.get(name)
            if isinstance(value, Unknown):
                kept = (key for key in memory.env if key.startswith(f"{value.name}."))
                parts = (n for s in body for n in ast.walk(s) if isinstance(n, ast.Attribute))
                found |= {*kept, *(part.attr for part in parts)}
        return found

    def _carry(
        self, names: set[str], body: Sequence[ast.stmt], assigned: set[str]
    ) -> tuple[dict[int, Carried], dict[str, Carried]]:
        """Every array that the loop may change is unknown at the start of a pass."""
        memory = self.memory
        found: dict[int, Carried] = {}
        bound = self._rebound(body, assigned)
        known = {**memory.known, **memory.env}
        for name in sorted(names):
            if name not in known and self.given(name) is not None:
                known[name] = memory.known[name]
        carried = sorted(names & set(known) - set(bound))
        for value in (v for name in carried for v in parts_of(known[name])):
            if value.cell not in found:
                cell = memory.cells[value.cell]
                unset = cell.initial == "nothing"
                start = Array(cell.content.shape, _junk(value)) if unset else cell.content
                cell.initial = "" if unset else cell.initial
                found[value.cell], cell.content = marked(memory, start)
                if cell.integral:
                    memory.integers.add(found[value.cell].mark)
        return found, bound

    def _rebound(self, body: Sequence[ast.stmt], assigned: set[str]) -> dict[str, Carried]:
        """Names that the body binds anew: at the start of a pass their values are not known."""
        memory = self.memory
        bound: dict[str, Carried] = {}
        anew = plainly_bound(body)
        for name in sorted(assigned):
            value = memory.env[name] if name in memory.env else self.given(name)
            if value is None or (isinstance(value, Handle) and value.shape and name not in anew):
                continue
            try:
                if not isinstance(value, Whole | Real | Ratio | Handle):
                    raise CodeError("this is no number and no array")
                content = as_array(memory, value)
            except CodeError:
                reason = f"{name} holds what an earlier pass of a loop left in it"
                memory.env[name] = Lost(reason, 0, cells_of(value))
                continue
            bound[name], unknown = marked(memory, content)
            memory.env[name] = start = memory.new(unknown, base=False)
            memory.cells[start.cell].kin = cells_of(value)
        return bound

    def _close(
        self, loop: Loop, cells: dict[int, Carried], after: dict[int, Array]
    ) -> dict[str, Array]:
        """The arrays behind a loop; those that it left alone, by their marks."""
        memory = self.memory
        same = {
            carried.mark: carried.before
            for cell, carried in cells.items()
            if untouched(carried, after[cell])
        }
        for cell, carried in cells.items():
            if carried.mark in same:
                memory.cells[cell].content = carried.before
                if _is_junk(carried.before, cell):
                    memory.cells[cell].initial = "nothing"
                elif not carried.before.terms:
                    memory.cells[cell].initial = memory.cells[cell].initial or "zeros"
                continue
            content = put_back(after[cell], same, memory)
            foreign = [
                r
                for t in content.terms
                for r in t.reads
                if is_mark(r) and r.tensor in {c.mark for c in cells.values()} - {carried.mark}
            ]
            if foreign:
                raise CodeError("a pass of this loop needs what earlier passes made")
            memory.cells[cell].content = after_loop(memory, loop, carried, content)
        return same

    def _close_names(
        self, ending: _Ending, before: dict[str, Value], now: dict[str, Value]
    ) -> None:
        """Names behind the loop: the same as before, added up, or the last pass's."""
        memory, loop = self.memory, ending.loop
        length = canon(add(loop.stop, minus(loop.start)))
        if not memory.facts.holds(Condition(loop.start, "<=", loop.stop)):
            length = canon(Max((0, length)))
        for name, value in now.items():
            old = before.get(name)
            if name in ending.counters:
                start, step = ending.counters[name]
                memory.env[name] = Whole(canon(add(start, Product((step, length)))))
            elif name in ending.bound:
                memory.env[name] = self._behind(name, ending, ending.bound[name], old, value)
            elif old is not None and (value is old or value == old):
                memory.env[name] = value
            elif isinstance(value, Lost) and value == ending.started.get(name):
                memory.env[name] = old if old is not None else value
            else:
                carried = ending.cells.get(old.cell) if isinstance(old, Handle) else None
                memory.env[name] = self._behind(name, ending, carried, old, value)

    def _behind(
        self, name: str, ending: _Ending, carried: Carried | None, old: Value | None, value: Value
    ) -> Value:
        """A name that the body binds anew."""
        memory = self.memory
        cells = cells_of(old, value)
        last = Lost(f"{name} holds what the last pass of a loop left in it", 0, cells)
        if name in ending.bound and value == ending.started.get(name):
            return old if old is not None else memory.known.get(name, last)
        if name in ending.bound and isinstance(value, Handle) and carried is not None:
            if value.shape != carried.before.shape:
                raise CodeError(f"the shape of {name} changes from pass to pass")
        if isinstance(value, Handle) and carried is not None:
            content = memory.cells[value.cell].content
            if untouched(carried, content):
                return last if value.shape else old if old is not None else last
            marks = {r.tensor for t in content.terms for r in t.reads}
            if carried.mark in marks and value.at == letters(content.rank):
                content = put_back(content, ending.same, memory)
                made = memory.new(after_loop(memory, ending.loop, carried, content))
                inside = memory.cells[value.cell]
                kept = memory.cells[made.cell]
                kept.shared, kept.kin = inside.shared, inside.kin | cells_of(old)
                return made
        if isinstance(value, Lost):
            return value
        if not memory.facts.holds(Condition(ending.loop.start, "<", ending.loop.stop)):
            return last  # there may be no pass
        if isinstance(value, Named | Routine | Word | Nothing):
            return value
        if isinstance(value, Whole | Ratio) and (old is None or isinstance(old, Lost)):
            parts = (value.value,) if isinstance(value, Whole) else (value.top, value.bottom)
            if ending.loop.name not in symbols(*parts):
                return value
        return last

    def _counters(
        self, body: Sequence[ast.stmt], before: dict[str, Value], names: set[str]
    ) -> dict[str, tuple[Index, Index]]:
        """Integers that grow by a steady amount in the last statement of the body."""
        found: dict[str, tuple[Index, Index]] = {}
        for place, statement in enumerate(body):
            if not isinstance(statement, ast.AugAssign) or not isinstance(
                statement.target, ast.Name
            ):
                continue
            name = statement.target.id
            start = before.get(name)
            if not isinstance(start, Whole) or not isinstance(statement.op, ast.Add):
                continue
            others = [s for n, s in enumerate(body) if n != place]
            step = self._step(statement.value, names)
            if (
                step is None
                or name in written_names(others, self._tame_in(others))
                or not indexes(body, name)
            ):
                continue
            found[name] = (start.value, step)
        return found

    def _step(self, node: ast.expr, names: set[str]) -> Index | None:
        if any(isinstance(n, ast.Name) and n.id in names for n in ast.walk(node)):
            return None
        try:
            value = self.value(node)
        except CodeError:
            return None
        return value.value if isinstance(value, Whole) else None
