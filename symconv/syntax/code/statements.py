"""Statements, read one after the other; loops by one generic pass."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from typing import Any

from symconv.syntax.code import (
    library_elements,
    library_made,
    library_numbers,
    library_padding,
    library_products,
    library_shapes,
    library_sums,
    library_windows,
)
from symconv.syntax.code.assigning import SizeSet, place_of
from symconv.syntax.code.calls import PASSED_OVER, QUIET, Ended, Returned
from symconv.syntax.code.changing import (
    ENDING,
    bound_anyhow,
    counted,
    decorators,
    leaves,
    skips,
    stored,
    touched,
)
from symconv.syntax.code.handing import (
    handed,
    holds_positions,
    is_fixed,
    names_in,
    root_of,
)
from symconv.syntax.code.loops import Loops
from symconv.syntax.code.source import CodeError, Problem
from symconv.syntax.code.values import (
    Handle,
    Lost,
    Named,
    Routine,
    Row,
    Table,
    Unknown,
    Value,
    cells_of,
)

__all__ = ["Ended", "Machine", "Returned", "SizeSet", "place_of"]
_LOADED = (library_elements, library_made, library_numbers, library_padding, library_products,
           library_shapes, library_sums, library_windows)  # fmt: skip
"""What puts functions into the table of those that are read."""


ANYTHING = ("exec", "eval", "globals", "locals", "vars", "setattr", "__import__")
ACTING = (ast.Call, ast.NamedExpr, ast.Yield, ast.YieldFrom, ast.Await)


def _short(name: str) -> str:
    head, _, rest = name.partition(".")
    head = {"numpy": "np"}.get(head, head)
    return f"{head}.{rest}" if rest else head


def _word(statement: ast.stmt) -> str:
    return {
        ast.While: "a while loop", ast.With: "with", ast.Try: "try", ast.Break: "break",
        ast.ClassDef: "a class", ast.Raise: "raise", ast.Continue: "this continue",
        ast.Global: "global", ast.Match: "match",
    }.get(type(statement), "this kind of statement")  # fmt: skip


def _within(value: Value | None, bound: Value) -> bool:
    """Whether a list or a dictionary is, or is held by, what another name stands for."""
    if value is bound:
        return isinstance(value, Table) or (isinstance(value, Row) and value.listed)
    if isinstance(bound, Row):
        return any(_within(value, item) for item in bound.items)
    return isinstance(bound, Table) and any(_within(value, i) for i in bound.items.values())


class Machine(Loops):
    """Reads statements; problems are noted, and what depends on them is lost."""

    # --- running --------------------------------------------------------------------------------

    def run(self, body: Sequence[ast.stmt]) -> None:
        """Read statements; a problem ends one of them, not all."""
        for place, statement in enumerate(body):
            rest = body[place + 1 :]
            if skips(statement):
                assert isinstance(statement, ast.If)
                self._continued(statement, rest)
                return
            self.one(statement)

    def one(self, statement: ast.stmt) -> None:
        """Read a statement."""
        memory = self.memory
        memory.tick()
        depth = len(memory.loops), len(memory.guards), len(memory.masks)
        kept = memory.here
        memory.here = statement
        try:
            handler = STATEMENTS.get(type(statement))
            if handler is None:
                raise CodeError(f"{_word(statement)} is not read")
            handler(self, statement)
        except CodeError as error:
            error.line = error.line or statement.lineno
            error.column = error.column or statement.col_offset + 1
            if depth[0] or leaves(statement):
                raise
            del memory.loops[:], memory.guards[depth[1] :], memory.masks[depth[2] :]
            self.failed(statement, error)
        finally:
            memory.here = kept

    def failed(self, statement: ast.stmt, error: CodeError) -> None:
        """Note a problem; everything that the statement sets is lost."""
        line = error.line or statement.lineno
        column = error.column or statement.col_offset + 1
        written = self._written(statement)
        bound = bound_anyhow(statement)
        names = bound | {name for name in written if not self._lasting(name)}
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Attribute):
            owner = statement.targets[0].value
            if isinstance(owner, ast.Name) and owner.id in self.memory.env:
                if isinstance(self.memory.env[owner.id], Unknown):
                    names = names - {owner.id} | {ast.unparse(statement.targets[0])}
                    written = written - {owner.id}
        mentioned = self._mentioned(statement)
        for name in bound - counted(statement):
            self.behind[name] = frozenset(mentioned - {name})
        reason = f"line {line}: {error.message}"
        known = any(p.line == line and p.reason == error.message for p in self.problems)
        already = error.message.startswith("line ")
        subjects = tuple(n for n in sorted(names) if self.bindings.subject(n) is not None)
        if not known and not already:
            self.problems.append(Problem(line, column, error.message, error.hint, subjects))
        if already:
            reason = error.message
            self._left_out(statement, reason, subjects)
        self._forget(names, written, mentioned, Lost(reason, line))

    def note(self, error: CodeError) -> None:
        """Note a problem that takes nothing away."""
        if not any(problem.reason == error.message for problem in self.problems):
            self.problems.append(Problem(error.line, error.column, error.message, error.hint))

    def _left_out(self, statement: ast.stmt, reason: str, names: tuple[str, ...]) -> None:
        """Say which results cannot be judged because of a problem that was noted before."""
        told = {name for problem in self.problems for name in problem.names}
        left = tuple(name for name in names if name not in told)
        if left:
            why = re.sub(r"^line \d+: ", "", reason)
            text = f"{' and '.join(left)} cannot be judged: {why}"
            place = place_of(statement)
            self.problems.append(Problem(place.line, place.column, text, "", left))

    def _written(self, statement: ast.stmt) -> set[str]:
        """Names whose arrays a statement that was not read may have written into."""
        if any(isinstance(n, ast.Name) and n.id in ANYTHING for n in ast.walk(statement)):
            return self._everything() | {*self.memory.env}
        env = self.memory.env
        tame = self.tame(statement)
        given = handed(statement, tame)
        simple = isinstance(statement, ast.Assign | ast.AnnAssign | ast.FunctionDef)
        found = touched([statement], tame) if simple else self._changed([statement])
        found |= self._parts(given, [statement])
        routines = [n for n, value in env.items() if isinstance(value, Routine)]
        if any(self._calls(n) or decorators(n) for n in ast.walk(statement)):
            found.update(*(touched(env[n].node.body) for n in routines))  # type: ignore[union-attr]
        found |= names_in(statement) & {*routines}  # a function that is handed over may be called
        grown: set[str] = set()
        while found - grown:
            grown = {*found}
            for name in grown:
                value = env.get(name)
                found |= names_in(value.node) if isinstance(value, Routine) else set()
                found |= self.behind.get(name, frozenset())
        if any(isinstance(env.get(n), Unknown) for n in found - stored(statement) | given):
            found |= self._everything()  # it may hold any of them
        return found

    def _everything(self) -> set[str]:
        """Every name that is declared."""
        for name in (*self.bindings.graph.shapes, *self.bindings.lexicon.gradients.values()):
            self.given(name)
        return {*self.memory.known}

    def _calls(self, node: ast.AST) -> bool:
        """Whether a node calls what may be a function of the code's own, not a library's."""
        if not isinstance(node, ast.Call):
            return False
        root = root_of(node.func)
        return not root or not isinstance(self.memory.env.get(root), Named | None)

    def _lasting(self, name: str) -> bool:
        """Whether a name stands for what can't be changed in place."""
        value = self.memory.env.get(name)
        return is_fixed(value if value is not None else self.given(name))

    def _mentioned(self, statement: ast.stmt) -> set[str]:
        """The names in a statement: what it binds may be a view of what they are."""
        found = names_in(statement)
        for name in [*found]:
            value = self.memory.env.get(name)
            found |= names_in(value.node) if isinstance(value, Routine) else set()
        return found | {m for n in found for m in self.behind.get(n, ())}

    def _forget(self, names: set[str], written: set[str], mentioned: set[str], lost: Lost) -> None:
        """Names are lost, and the memory that may have been written to."""
        memory = self.memory
        for name in sorted({*names, *mentioned} - {*memory.env}):
            self.given(name)
        bound = {**memory.known, **memory.env}
        held = memory.kindred(cells_of(*(bound.get(n) for n in (*names, *mentioned))))
        lost = Lost(lost.reason, lost.line, frozenset(held))
        gone = memory.kindred(cells_of(*(bound.get(n) for n in written)))
        for cell in gone:
            memory.cells[cell].lost = lost.reason, lost.line
        if any(holds_positions(bound.get(name)) for name in written):
            memory.spoil(lost.reason, lost.line)
        for name in sorted(written):
            value = bound.get(name)
            for other, found in bound.items():
                if value is not None and _within(value, found):
                    memory.env[other] = lost
        for other, found in bound.items():
            if isinstance(found, Handle) and found.cell in gone:
                memory.env[other] = lost  # its shape may be another as well
        for name in names:
            memory.env[name] = lost

    def lose(self, error: CodeError, body: Sequence[ast.stmt], silent: bool = False) -> None:
        """The code ends early, or may: nothing is known but functions that are defined once."""
        memory = self.memory
        del memory.loops[:], memory.guards[:], memory.masks[:]
        every = [name for statement in body for name in bound_anyhow(statement)]
        reason = f"line {error.line}: {error.message}"
        for name in {*every, *memory.env, *memory.known}:
            value = memory.env.get(name)
            if not isinstance(value, Routine | Named) or every.count(name) > 1:
                memory.env[name] = Lost(reason, error.line)
        if not silent:
            names = tuple(n for n in sorted({*every}) if self.bindings.subject(n) is not None)
            problem = Problem(error.line, error.column, error.message, error.hint, names)
            self.problems.append(problem)

    # --- the rest -------------------------------------------------------------------------------

    def _expression(self, node: ast.Expr) -> None:
        call = isinstance(node.value, ast.Call)
        if ast.unparse(node.value).startswith("super("):
            return
        if isinstance(node.value, ast.Call) and ast.unparse(node.value.func) in ENDING:
            self._outside_of_all("this end of the code")
            raise Ended(CodeError("the code ends here", node.lineno, node.col_offset + 1))
        if isinstance(node.value, ast.Call) and self._ignored(node.value.func):
            if any(self._acts(part) for part in (*node.value.args, *node.value.keywords)):
                raise CodeError("a call that changes arrays inside of this is not read")
        elif call:
            strange = self.passed_over(node.value)
            if strange is None:
                self.value(node.value)
            else:
                self.note(strange)
        elif any(isinstance(n, ACTING) for n in ast.walk(node.value)):
            raise CodeError("an expression whose value is not used is not read")

    def _ignored(self, node: ast.expr) -> bool:
        text = ast.unparse(node)
        if not isinstance(self.memory.env.get(text.partition(".")[0], Named("")), Named):
            return False
        return text in QUIET or text.partition(".")[0] in PASSED_OVER

    def _assert(self, node: ast.Assert) -> None:
        text = ast.unparse(node.test)
        try:
            condition = self.truth(self.tested_value(node.test))
        except CodeError:
            if self._acts(node.test):
                raise
            self.memory.notes[f"assert {text[:60]} is passed over"] = None
            return
        if self.memory.loops or self.memory.guards or len(condition.pieces) != 1:
            self.memory.notes[f"assert {text[:60]} is passed over"] = None
            return
        if any(self.memory.facts.holds(c) is False for c in condition.pieces[0]):
            raise Ended(CodeError("this assertion fails", node.lineno, node.col_offset + 1))
        more = [c for c in condition.pieces[0] if self.memory.facts.holds(c) is None]
        self.memory.assumed = (*self.memory.assumed, *more)
        if more:
            self.memory.notes[f"the code demands {text[:60]}"] = None

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            local = alias.asname or alias.name.partition(".")[0]
            if isinstance(node, ast.ImportFrom):
                full = f"{node.module}.{alias.name}"
            else:
                full = alias.name if alias.asname else local
            self.memory.env[local] = Named(_short(full))

    def _nothing(self, node: ast.stmt) -> None:
        return None

    def _delete(self, node: ast.Delete) -> None:
        for goal in node.targets:
            if not isinstance(goal, ast.Name):
                raise CodeError("a part of something is deleted")
            self.memory.env[goal.id] = Lost(f"{goal.id} is deleted", node.lineno)

    def _raise(self, node: ast.Raise) -> None:
        """The code ends here, for the sizes of this way; there is nothing to claim of it."""
        self._outside_of_all("raise")
        raise Ended(CodeError("the code raises here", node.lineno, node.col_offset + 1))


STATEMENTS: dict[type[ast.stmt], Callable[[Any, Any], None]] = {
    ast.Assign: Machine._assign,
    ast.AnnAssign: Machine._annotated,
    ast.AugAssign: Machine._augmented,
    ast.If: Machine._if,
    ast.For: Machine._for,
    ast.While: Machine._while,
    ast.FunctionDef: Machine._def,
    ast.Return: Machine._return,
    ast.Expr: Machine._expression,
    ast.Assert: Machine._assert,
    ast.Import: Machine._import,
    ast.ImportFrom: Machine._import,
    ast.Pass: Machine._nothing,
    ast.Delete: Machine._delete,
    ast.Raise: Machine._raise,
    ast.ClassDef: Machine._class,
}
