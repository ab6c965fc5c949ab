"""Expressions of code to values; no code is run."""

from __future__ import annotations

import ast

from symconv.syntax.code.arrays import Array
from symconv.syntax.code.collecting import Collecting
from symconv.syntax.code.elementwise import binary
from symconv.syntax.code.indexing import select, select_positions
from symconv.syntax.code.source import CodeError
from symconv.syntax.code.values import (
    Cut,
    Handle,
    Lost,
    Method,
    Named,
    Nothing,
    Positions,
    Random,
    Routine,
    Row,
    Table,
    Unknown,
    Value,
    Whole,
    Word,
)

UNKNOWN_METHODS = ("get",)


ATTRIBUTES = ("shape", "T", "ndim", "size", "dtype")


class Expressions(Collecting):
    """Evaluates expressions; calls and statements are read by the class that builds on this."""

    def _attribute(self, node: ast.Attribute) -> Value:
        owner = self.value(node.value)
        if isinstance(owner, Named):
            full = f"{owner.name}.{node.attr}"
            if full in ("np.newaxis", "numpy.newaxis"):
                return Nothing()
            return Named(full)
        if self.memory.listed(owner):
            raise CodeError(f"a list has no .{node.attr} that is read", hint="np.array(…)")
        if isinstance(owner, Handle | Array | Positions):
            if node.attr == "shape":
                return Row(tuple(Whole(n) for n in owner.shape))
            if node.attr == "ndim":
                return Whole(len(owner.shape))
            if node.attr == "size":
                total: Value = Whole(1)
                for n in owner.shape:
                    total = binary(self.memory, "*", total, Whole(n), "exact")
                return total
            if node.attr == "dtype":
                if self.memory.whole(owner) or isinstance(owner, Positions):
                    raise CodeError("this dtype is not read", hint="float")
                return Named("dtype")
        if isinstance(owner, Row) and node.attr == "append":
            raise CodeError("a list that grows is not read", hint="np.zeros(…), or [… for …]")
        if isinstance(owner, Row):
            raise CodeError(f"a tuple or a list has no .{node.attr} that is read")
        if isinstance(owner, Unknown) and node.attr not in UNKNOWN_METHODS:
            return self.attribute(owner, node.attr)
        if isinstance(owner, Random) and node.attr == "shape" and owner.shape is not None:
            return Row(owner.shape)
        if isinstance(owner, Lost):
            raise CodeError(owner.reason, owner.line)
        if node.attr == "T":
            return self.transposed(owner)
        if node.attr == "strides":
            raise CodeError("strides in bytes are not read", hint="sliding_window_view")
        return Method(owner, node.attr)

    def attribute(self, owner: Unknown, name: str) -> Value:
        """``self.w``: what the code put there, else what is declared under that name."""
        key = f"{owner.name}.{name}"
        if isinstance(self.memory.env.get(key), Routine):
            return Method(owner, name)
        if key in self.memory.env:
            return self.lookup(key)
        if name in ATTRIBUTES:
            raise CodeError(f"{owner.name} is not known here", hint=self.bindings.hint(owner.name))
        return self.part(name, owner.name)

    def _subscript(self, node: ast.Subscript) -> Value:
        owner = self.value(node.value)
        key = self.value(node.slice)
        self.sure(key)
        if isinstance(owner, Row):
            return self._item(owner, key)
        if isinstance(owner, Table) and isinstance(key, Word):
            if key.text not in owner.items:
                raise CodeError(f"there is no key {key.text}")
            return owner.items[key.text]
        if isinstance(owner, Unknown) and isinstance(key, Word):
            return self.part(key.text, owner.name)
        if isinstance(owner, Positions):
            return self._positions(owner, key)
        if isinstance(owner, Handle | Array):
            return select(self.memory, owner, key)
        raise CodeError("this has no elements that can be read")

    def part(self, name: str, owner: str) -> Value:
        """A part of a parameter that nothing is declared of, by its own name."""
        known = self.given(name)
        if known is None:
            raise CodeError(f"{name} (of {owner}) is not known here", hint=self.bindings.hint(name))
        return known

    def _positions(self, owner: Positions, key: Value) -> Value:
        """Positions indexed as an array of integers is."""
        return select_positions(self.memory, owner, key)

    def _item(self, owner: Row, key: Value) -> Value:
        if isinstance(key, Whole) and isinstance(key.value, int):
            if not -len(owner.items) <= key.value < len(owner.items):
                raise CodeError(f"there is no item {key.value}")
            return owner.items[key.value]
        if isinstance(key, Cut):
            ends = [
                None if e is None or isinstance(e, Nothing) else e
                for e in (key.start, key.stop, key.step)
            ]
            if all(e is None or (isinstance(e, Whole) and isinstance(e.value, int)) for e in ends):
                numbers = [e.value if isinstance(e, Whole) else None for e in ends]
                return Row(owner.items[slice(*numbers)])  # type: ignore[arg-type]
        raise CodeError("this item of a tuple is not read")

    def _slice(self, node: ast.Slice) -> Value:
        ends = (node.lower, node.upper, node.step)
        return Cut(*(None if end is None else self.value(end) for end in ends))


Expressions.handlers = {
    ast.Name: Expressions._name,
    ast.Constant: Expressions._constant,
    ast.Tuple: Expressions._row,
    ast.List: Expressions._row,
    ast.Dict: Expressions._dict,
    ast.BinOp: Expressions._binary,
    ast.UnaryOp: Expressions._unary,
    ast.Compare: Expressions._compare,
    ast.BoolOp: Expressions._bool,
    ast.IfExp: Expressions._choice,
    ast.Attribute: Expressions._attribute,
    ast.Subscript: Expressions._subscript,
    ast.Slice: Expressions._slice,
    ast.ListComp: Expressions._comprehension,
    ast.Call: Expressions._call,
    ast.JoinedStr: Expressions._joined,
}
