"""Tuples, lists, dictionaries; comprehensions as arrays, generators as sums."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from symconv.index import Index, Symbol, add, minus, symbols
from symconv.syntax.code.arrays import Array, letter, moved, summed
from symconv.syntax.code.elementwise import binary
from symconv.syntax.code.facts import canon
from symconv.syntax.code.indexing import select, settle_all
from symconv.syntax.code.knowing import Loop
from symconv.syntax.code.operators import Operators
from symconv.syntax.code.source import CodeError
from symconv.syntax.code.spreading import as_array
from symconv.syntax.code.values import (
    Handle,
    Row,
    Table,
    Truth,
    Value,
    Whole,
)

MOST_ITEMS = 400


class Collecting(Operators):
    """Reads what holds several values."""

    def _row(self, node: ast.Tuple | ast.List) -> Value:
        if len(node.elts) > MOST_ITEMS:
            raise CodeError("this list is too long to be read")
        items: list[Value] = []
        for element in node.elts:
            if isinstance(element, ast.Starred):
                items += self.items(self.value(element.value))
            else:
                items.append(self.value(element))
        boxed = (self.memory.new(i) if isinstance(i, Array) and i.rank else i for i in items)
        return Row(tuple(boxed), isinstance(node, ast.List))

    def items(self, value: Value) -> tuple[Value, ...]:
        """The parts of a tuple, or of an array with a known number of rows."""
        if isinstance(value, Row):
            return value.items
        if isinstance(value, Handle | Array):
            rows = value.shape[0] if value.shape else 0
            if isinstance(rows, int) and 0 < rows <= 64:
                return tuple(select(self.memory, value, Whole(n)) for n in range(rows))
        self.sure(value)
        raise CodeError("this cannot be taken apart")

    def _dict(self, node: ast.Dict) -> Value:
        found = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                raise CodeError("only texts are read as keys")
            item = self.value(value)
            boxed = isinstance(item, Array) and item.rank
            found[key.value] = self.memory.new(item) if boxed else item  # type: ignore[arg-type]
        return Table(found)

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp) -> Value:
        """``[f(o) for o in range(O)]`` as an array along a new first axis."""
        if len(node.generators) != 1 or node.generators[0].ifs:
            raise CodeError("this comprehension is not read", hint="a loop")
        generator = node.generators[0]
        source = self.value(generator.iter)
        if isinstance(source, Row):
            kept = self.memory.env
            self.memory.env = dict(kept)
            row = tuple(self._each(generator.target, item, node.elt) for item in source.items)
            self.memory.env = kept
            return Row(row, listed=True)
        guards = len(self.memory.guards)
        loop, element = self.opened(source, generator.target)
        if len(self.memory.guards) > guards:
            raise CodeError("the length of this list depends on a loop", hint="a loop")
        kept = self.memory.env
        self.memory.env = dict(kept)
        self.memory.loops.append(loop)
        self.assign(generator.target, element, node)
        before = self.contents()
        shared: Handle | None = None
        item = self.value(node.elt)
        made = as_array(self.memory, item)
        self.unchanged(before)
        _even(made, [loop])
        if isinstance(item, Handle) and item.shape and item.cell in before:
            shared = item
        self.memory.loops.pop()
        self.memory.env = kept
        names: dict[str, Index] = {letter(n): Symbol(letter(n + 1)) for n in range(made.rank)}
        names[loop.name] = canon(add(loop.start, Symbol(letter(0))))
        size = canon(add(loop.stop, minus(loop.start)))
        text = "a list cannot have less than no elements"
        self.memory.need(0, "<=", size, text, sure=False)
        found = settle_all(self.memory, moved(made, names, (size, *made.shape)))
        handle = self.memory.new(found)
        if shared is not None:
            text = "the items of a list share this array, and it is written to"
            self.memory.aliased(text, shared, handle)
        cell = self.memory.cells[handle.cell]
        cell.listed, cell.whole = True, isinstance(item, Whole | Truth) or self.memory.whole(item)
        return handle

    def _each(self, target: ast.expr, item: Value, element: ast.expr) -> Value:
        self.assign(target, item, element)
        return self.value(element)

    def total(self, node: ast.GeneratorExp) -> Value:
        """``sum(f(k) for k in range(K))``."""
        made: Array | None = None
        opened: list[Loop] = []
        kept = self.memory.env
        self.memory.env = dict(kept)
        guards = len(self.memory.guards)
        for generator in node.generators:
            source = self.value(generator.iter)
            loop, element = self.opened(source, generator.target)
            self.memory.loops.append(loop)
            opened.append(loop)
            self.assign(generator.target, element, node)
            for test in generator.ifs:
                condition = self.settled(self.truth(self.tested_value(test)))
                if len(condition.pieces) != 1:
                    raise CodeError("this condition is not read in a sum", hint="a loop")
                self.memory.guards += condition.pieces[0]
        before = self.contents()
        made = as_array(self.memory, self.value(node.elt))
        self.unchanged(before)
        _even(made, opened)
        conditions = tuple(self.memory.guards[guards:])
        mark = as_array(self.memory, Truth((conditions,)))
        made = as_array(self.memory, binary(self.memory, "*", made, mark, "exact"))
        del self.memory.guards[guards:]
        for loop in reversed(opened):
            self.memory.loops.pop()
            made = summed(made, loop.name, loop.start, loop.stop, self.memory.facts)
        self.memory.env = kept
        return made


def _even(array: Array, loops: Iterable[Loop]) -> None:
    """Errors: `CodeError` where what is put together has another shape from pass to pass."""
    if symbols(*array.shape) & {loop.name for loop in loops}:
        raise CodeError("what is put together here differs in length")
