"""Names and constants of code to values, and what every expression goes through."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from symconv.syntax.code.arrays import Array
from symconv.syntax.code.knowing import Loop
from symconv.syntax.code.memory import Memory
from symconv.syntax.code.naming import Bindings
from symconv.syntax.code.sizes import rounded
from symconv.syntax.code.source import CodeError
from symconv.syntax.code.values import (
    Blank,
    Cut,
    Lost,
    Named,
    Nothing,
    Real,
    Row,
    Truth,
    Unknown,
    Value,
    Whole,
    Word,
)

DEEPEST = 60


BUILTINS = frozenset(
    "range len int float abs min max sum enumerate zip list tuple slice print reversed dict"
    " isinstance str".split()
)


UNREAD = frozenset(dir(builtins))


MODULES = {"numpy": "np", "np": "np", "math": "math", "itertools": "itertools",
           "scipy": "scipy", "signal": "scipy.signal"}  # fmt: skip


WORDS: dict[type[ast.expr], str] = {
    ast.Lambda: "a lambda", ast.Await: "await", ast.Yield: "yield", ast.SetComp: "a set",
    ast.DictComp: "a dictionary comprehension", ast.NamedExpr: ":=", ast.Set: "a set",
    ast.Starred: "a star", ast.GeneratorExp: "a generator",
}  # fmt: skip


class Evaluating:
    """Evaluates an expression by its kind; the kinds are read by the classes that build on this."""

    handlers: Mapping[type[ast.expr], Callable[[Any, Any], Value]] = {}

    def __init__(self, memory: Memory, bindings: Bindings, division: str) -> None:
        self.memory = memory
        self.bindings = bindings
        self.division = division
        self.depth = 0
        self.tested = False

    def call(self, node: ast.Call) -> Value:
        """A call, read by the class that builds on this."""
        raise NotImplementedError

    def product(self, left: Value, right: Value) -> Value:
        """``a @ b``, in the library."""
        raise NotImplementedError

    def transposed(self, value: Value) -> Value:
        """``a.T``, in the library."""
        raise NotImplementedError

    def opened(self, source: Value, target: ast.expr) -> tuple[Loop, Value]:
        """The loop over something and the element of a generic pass, in `loops`."""
        raise NotImplementedError

    def assign(self, target: ast.expr, value: Value, node: ast.AST) -> None:
        """Bind a target, in `statements`."""
        raise NotImplementedError

    def value(self, node: ast.expr) -> Value:
        """The value of an expression.  Errors: `CodeError` at its place; `Fork`."""
        self.memory.tick()
        self.depth += 1
        kept, self.memory.here = self.memory.here, node
        tested = self.tested
        self.tested = tested and isinstance(node, ast.BoolOp)
        memory = self.memory
        open_now = len(memory.loops), len(memory.guards), len(memory.masks), memory.env
        try:
            if self.depth > DEEPEST:
                raise CodeError("this is nested too deeply")
            handler = self.handlers.get(type(node))
            if handler is None:
                raise CodeError(f"{WORDS.get(type(node), 'this kind of expression')} is not read")
            return handler(self, node)
        except CodeError as error:
            if not error.line:
                error.line, error.column = node.lineno, node.col_offset + 1
            del memory.loops[open_now[0] :], memory.guards[open_now[1] :]
            del memory.masks[open_now[2] :]
            memory.env = open_now[3]
            raise
        finally:
            self.depth -= 1
            self.memory.here, self.tested = kept, tested

    def _name(self, node: ast.Name) -> Value:
        return self.lookup(node.id)

    def lookup(self, name: str) -> Value:
        """What a name stands for: what the code set, else what is declared."""
        if name in self.memory.env:
            found = self.memory.env[name]
            if isinstance(found, Lost):
                raise CodeError(found.reason, found.line)
            self.memory.fresh(found)
            return found
        known = self.given(name)
        if known is not None:
            return known
        if name in BUILTINS:
            return Named(name)
        if name in MODULES:
            return Named(MODULES[name])
        if name in UNREAD:
            raise CodeError(f"{name} is not read")
        raise CodeError(f"{name} is not known here", hint=self.bindings.hint(name))

    def sure(self, *values: Value | None) -> None:
        """Errors: `CodeError` for a parameter of which nothing is declared, where it is used."""
        for value in values:
            match value:
                case Unknown(name) if name.isidentifier():
                    raise CodeError(f"{name} is not known here", hint=self.bindings.hint(name))
                case Row(items):
                    self.sure(*items)
                case Cut(start, stop, step):
                    self.sure(start, stop, step)

    def given(self, name: str) -> Value | None:
        """What is declared of a name; an array stays the same one, so that it can be changed."""
        if name not in self.memory.known:
            found = self.bindings.value(name, self.memory)
            if found is None:
                return None
            self.memory.known[name] = found
        return self.memory.known[name]

    def _constant(self, node: ast.Constant) -> Value:
        value = node.value
        if value is None:
            return Nothing()
        if value is Ellipsis:
            return Blank(dots=True)
        if isinstance(value, bool):
            return Truth(((),) if value else ())
        if isinstance(value, int):
            if abs(value) > 10**9:
                raise CodeError("this number is too large")
            return Whole(value)
        if isinstance(value, float):
            if value != value or abs(value) > 10**12 or 0 < abs(value) < 10**-12:
                raise CodeError("this number is not read")
            return Real(Fraction(repr(value)))
        if isinstance(value, str):
            return Word(value)
        raise CodeError("this constant is not read")

    def tested_value(self, node: ast.expr) -> Value:
        """A value whose truth alone matters."""
        kept, self.tested = self.tested, True
        try:
            return self.value(node)
        finally:
            self.tested = kept

    def contents(self) -> dict[int, Array]:
        """What arrays hold now."""
        return {number: cell.content for number, cell in self.memory.cells.items()}

    def unchanged(self, before: dict[int, Array]) -> None:
        """Errors: `CodeError` where an expression that is read once writes into arrays."""
        if any(self.memory.cells[n].content is not held for n, held in before.items()):
            raise CodeError("an expression changes an array", hint="a loop")

    def _call(self, node: ast.Call) -> Value:
        return self.call(node)

    def _joined(self, node: ast.JoinedStr) -> Value:
        return Unknown("a text")

    def rounded(self, value: Value, way: str) -> Value:
        """An integer from a quotient."""
        return rounded(self.memory, value, way)
