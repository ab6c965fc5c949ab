"""Assignments: names bound, tuples taken apart, arrays written into."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from symconv.calls import Place
from symconv.index import Index, Symbol
from symconv.syntax.code.arrays import Array, moved
from symconv.syntax.code.changing import target_names
from symconv.syntax.code.elementwise import SIGNS
from symconv.syntax.code.expressions import Expressions
from symconv.syntax.code.facts import equal
from symconv.syntax.code.indexing import items_of, select, target
from symconv.syntax.code.source import CodeError, Problem
from symconv.syntax.code.spreading import as_array, spread
from symconv.syntax.code.values import (
    Handle,
    Lost,
    Positions,
    Random,
    Ratio,
    Row,
    Table,
    Unknown,
    Value,
    Whole,
    Word,
)
from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class SizeSet:
    """A size that the code computes, and where."""

    name: str
    value: Whole | Ratio
    node: ast.AST


def _line(node: ast.AST) -> int:
    return getattr(node, "lineno", 0)


def place_of(node: ast.AST | None) -> Place:
    """Line and column, both from 1."""
    return Place(getattr(node, "lineno", 0), getattr(node, "col_offset", -1) + 1)


def _swapped(value: Value, old: Table, new: Table) -> Value:
    """A value with one dictionary in place of another, wherever it is held."""
    if value is old:
        return new
    if isinstance(value, Row) and any(_swapped(i, old, new) is not i for i in value.items):
        return Row(tuple(_swapped(i, old, new) for i in value.items), value.listed)
    if isinstance(value, Table):
        changed = {key: _swapped(item, old, new) for key, item in value.items.items()}
        if any(changed[key] is not item for key, item in value.items.items()):
            return Table(changed)
    return value


class Assigning(Expressions):
    """Reads assignments."""

    def __init__(self, *rest: Any) -> None:
        super().__init__(*rest)
        self.problems: list[Problem] = []
        self.places: dict[str, ast.AST] = {}
        self.sizes: list[SizeSet] = []
        self.shapes: list[tuple[str, ast.expr]] = []
        self.elements: list[tuple[ast.AST, str, tuple[Index, ...], Array]] = []
        self.calls = 0
        self.frame = (0, 0, 0)
        self.behind: dict[str, frozenset[str]] = {}
        self.home: tuple[int, ...] = ()
        self.scopes: list[set[str]] = []

    def run(self, body: Sequence[ast.stmt]) -> None:
        """Read statements, in `statements`."""
        raise NotImplementedError

    def passed_over(self, node: ast.expr) -> CodeError | None:
        """The problem of a call that changes nothing, in `calls`."""
        raise NotImplementedError

    def note(self, error: CodeError) -> None:
        """Note a problem, in `statements`."""
        raise NotImplementedError

    # --- assignments ----------------------------------------------------------------------------

    def _assign(self, node: ast.Assign) -> None:
        if isinstance(node.value, ast.Constant) and node.value.value is Ellipsis:
            self.memory.notes[f"line {node.lineno}: … stands for code that is not shown"] = None
            return
        strange = self.passed_over(node.value)
        if strange is not None and all(isinstance(goal, ast.Name) for goal in node.targets):
            self.note(strange)
            lost = Lost(f"line {strange.line}: {strange.message}", strange.line)
            self.memory.env |= {n: lost for goal in node.targets for n in target_names(goal)}
            return
        value = self.value(node.value)
        if isinstance(value, Array) and value.rank:
            value = self.memory.new(value)  # all names stand for one array
        for goal in node.targets:
            self.assign(goal, value, node)

    def _annotated(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.assign(node.target, self.value(node.value), node)

    def assign(self, target: ast.expr, value: Value, node: ast.AST) -> None:
        """Bind a name, take a tuple apart, or write into an array."""
        if isinstance(target, ast.Starred):
            raise CodeError("a star on the left is not read")
        if isinstance(target, ast.Tuple | ast.List):
            self._apart(target, value, node)
        elif isinstance(target, ast.Name):
            self._bind(target.id, value, node)
        elif isinstance(target, ast.Subscript):
            self._write(target, value, 0, node)
        elif isinstance(target, ast.Attribute):
            self._keep(target, value)
        else:
            raise CodeError("this cannot be assigned to")

    def _keep(self, target: ast.Attribute, value: Value) -> None:
        """``self.x = x``, kept under the name with its point."""
        memory = self.memory
        owner = self.value(target.value)
        if not isinstance(owner, Unknown):
            raise CodeError("this cannot be assigned to")
        if self.calls or memory.loops or memory.guards or memory.masks:
            raise CodeError("an attribute is set in a call, a loop or under a condition")
        if isinstance(value, Lost):
            raise CodeError(value.reason, value.line)
        if isinstance(value, Random):
            value = self._example(target.attr, value, target)
        key = f"{owner.name}.{target.attr}"
        memory.env[key] = memory.new(value) if isinstance(value, Array) and value.rank else value
        self.places[key] = target

    def _apart(self, target: ast.Tuple | ast.List, value: Value, node: ast.AST) -> None:
        if isinstance(value, Unknown):
            for part in target.elts:
                if not isinstance(part, ast.Name):
                    raise CodeError("this is taken apart into more than names")
                known = self.given(part.id)
                owner = value.name
                self.memory.env[part.id] = known if known is not None else Unknown(part.id)
                self.memory.notes[f"{part.id} is taken from {owner} by its name"] = None
            return
        items = self.items(value)
        if len(items) != len(target.elts):
            raise CodeError(f"{len(items)} values are taken apart into {len(target.elts)} names")
        for part, item in zip(target.elts, items, strict=True):
            self.assign(part, item, node)

    def _bind(self, name: str, value: Value, node: ast.AST) -> None:
        memory = self.memory
        if isinstance(value, Lost):
            raise CodeError(value.reason, value.line)
        if isinstance(value, Random):
            value = self._example(name, value, node)
        elif isinstance(value, Whole | Ratio) and not memory.loops:
            value = self._size_named(name, value, node)
        elif isinstance(value, Array) or (isinstance(value, Handle) and not value.shape):
            content = value if isinstance(value, Array) else memory.load(value)
            value = memory.new(content)
        if isinstance(value, Handle) and memory.cells[value.cell].initial:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                if node.value.args:
                    self.shapes.append((name, node.value.args[0]))
        memory.env[name] = memory.named(value)
        self.places[name] = node

    def _example(self, name: str, value: Random, node: ast.AST) -> Value:
        """Random or example data: the declared tensor of that name."""
        view = self.bindings.input(name) or self.bindings.seed(name)
        if view is None:
            raise CodeError(
                f"{name} is example data and stands for no tensor", hint=f"names({name}=x)"
            )
        content = self.bindings.content(view, self.memory)
        if value.shape is not None:
            if len(value.shape) != content.rank:
                raise CodeError(
                    f"{name} is made with {len(value.shape)} axes and {view.tensor} has "
                    f"{content.rank}"
                )
            for given, declared in zip(value.shape, content.shape, strict=True):
                self._fits(name, given, declared)
        self.memory.notes[f"{name} in line {_line(node)} is example data for {view.tensor}"] = None
        if value.whole:
            self.memory.integers.add(view.tensor)
        return self.memory.new(content)

    def _fits(self, name: str, given: Value, declared: Index) -> None:
        if not isinstance(given, Whole):
            raise CodeError(f"the shape of {name} is not read")
        if isinstance(given.value, int):
            if isinstance(declared, int) and declared != given.value:
                raise CodeError(f"{name} has an axis of {given.value}, declared is {declared}")
            if isinstance(declared, Symbol):
                self.bindings.examples.setdefault(declared.name, given.value)
            return
        self.memory.need(given.value, "==", declared, f"{name} has the declared shape")

    def _size_named(self, name: str, value: Whole | Ratio, node: ast.AST) -> Value:
        """A size that is declared: an example of it, or a claim about it."""
        declared = self.bindings.size(name)
        if not isinstance(declared, Whole):
            self.sizes.append(SizeSet(name, value, node))
            return value
        if isinstance(value, Whole):
            if equal(value.value, declared.value):
                if not isinstance(declared.value, int | Symbol):
                    self.sizes.append(SizeSet(name, value, node))
                return declared
            if isinstance(value.value, int) and isinstance(declared.value, Symbol):
                text = f"{name} = {value.value} in line {_line(node)} is an example of {name}"
                self.memory.notes[text] = None
                self.bindings.examples.setdefault(declared.value.name, value.value)
                return declared
        self.sizes.append(SizeSet(name, value, node))
        return value

    def _write(
        self, goal: ast.Subscript, value: Value, sign: int, node: ast.AST, within: bool = False
    ) -> None:
        """``a[…] = value``; an array that the code did not make is a claim about one element."""
        chain: list[ast.expr] = []
        inner: ast.expr = goal
        while isinstance(inner, ast.Subscript):
            chain.append(inner.slice)
            inner = inner.value
        memory = self.memory
        if isinstance(inner, ast.Name) and inner.id not in memory.env:
            subject = self.bindings.subject(inner.id)
            if subject is not None:
                self._element(inner.id, [*reversed(chain)], value, sign, node)
                return
        base = self.value(inner)
        if isinstance(base, Table) and len(chain) == 1:
            self._item_set(base, self.value(chain[0]), value, sign)
            return
        if isinstance(base, Row):
            raise CodeError("an item of a list or a tuple is not set", hint="np.array(…)")
        if not isinstance(base, Handle):
            raise CodeError("this cannot be written to")
        keys = [self.value(key) for key in reversed(chain)]
        for key in keys[:-1]:
            found = select(memory, base, key)
            if not isinstance(found, Handle):
                raise CodeError("this writes to a copy")
            base = found
        goal_handle = target(memory, base, keys[-1])
        self.write(goal_handle, value, sign, within)
        if isinstance(inner, ast.Name):
            self.places[inner.id] = node

    def _item_set(self, table: Table, key: Value, value: Value, sign: int) -> None:
        """``grads['dw'] = dw``, wherever the dictionary is held; ``+=`` writes into the array."""
        memory = self.memory
        if not isinstance(key, Word):
            raise CodeError("only texts are read as keys")
        if sign:
            held = table.items.get(key.text)
            if not isinstance(held, Handle) or not held.shape:
                raise CodeError(f"{key.text} is no array that can be added to")
            self.write(held, value, sign, within=True)
            return
        if self.calls or memory.loops or memory.guards or memory.masks:
            raise CodeError("an item is set in a call, a loop or under a condition")
        if isinstance(value, Lost):
            raise CodeError(value.reason, value.line)
        boxed = memory.new(value) if isinstance(value, Array) and value.rank else value
        made = Table({**table.items, key.text: boxed})
        memory.env = {name: _swapped(held, table, made) for name, held in memory.env.items()}

    def write(self, handle: Handle, value: Value, sign: int, within: bool = False) -> None:
        """Write a value into a view, broadcast to its shape (`within`: by ``+=`` and its like)."""
        self.sure(value)
        array = as_array(self.memory, value)
        if array.rank > len(handle.shape) and (within or not handle.shape):
            raise CodeError(f"an array with {array.rank} axes is put into {len(handle.shape)} axes")
        if self.memory.listed(handle) and handle == self.memory.full(handle):
            raise CodeError("a list is not changed as a whole", hint="np.array(…)")
        while array.rank > len(handle.shape) and array.shape[0] == 1:
            names: dict[str, Index] = {f"#{n + 1}": Symbol(f"#{n}") for n in range(array.rank - 1)}
            names["#0"] = 0
            array = moved(array, names, array.shape[1:])
        if array.rank > len(handle.shape):
            raise CodeError(
                f"an array with {array.rank} axes is written into {len(handle.shape)} axes"
            )
        shift = len(handle.shape) - array.rank
        for axis, size in enumerate(array.shape):
            if size != 1:
                wide = handle.shape[axis + shift]
                text = f"{size} elements are written into {wide}"
                if isinstance(size, int) and isinstance(wide, int) and size != wide:
                    raise CodeError(text)
                self.memory.together(size, wide, text, both=False)
        self.memory.store(handle, spread(array, handle.shape), sign)

    def _element(
        self, name: str, chain: Sequence[ast.expr], value: Value, sign: int, node: ast.AST
    ) -> None:
        """One element of a result or a gradient that the code does not make itself."""
        if sign or self.memory.loops or self.memory.guards:
            raise CodeError(f"{name} is written to before it is made", hint=f"{name} = np.zeros(…)")
        at: list[Index] = []
        for key in chain:
            for item in items_of(self.value(key)):
                if not isinstance(item, Whole):
                    raise CodeError(
                        f"{name} is not made by this code", hint=f"{name} = np.zeros(…)"
                    )
                at.append(item.value)
        array = as_array(self.memory, value)
        if array.rank:
            raise CodeError("an array is written into one element")
        self.elements.append((node, name, tuple(at), array))

    def _augmented(self, node: ast.AugAssign) -> None:
        sign = SIGNS.get(type(node.op), "?")
        before = self.contents()
        value = self.value(node.value)
        self.unchanged(before)  # Python reads the left side first
        if isinstance(node.target, ast.Subscript):
            if sign in ("+", "-"):
                self._write(node.target, value, 1 if sign == "+" else -1, node, within=True)
            else:
                made = self.operate(sign, self.value(node.target), value)
                self._write(node.target, made, 0, node, within=True)
            return
        if isinstance(node.target, ast.Attribute):
            old, name = self.value(node.target), ""
            if not isinstance(old, Handle) or not old.shape:
                raise CodeError("an attribute that is no array is changed in place")
        elif isinstance(node.target, ast.Name):
            name = node.target.id
            old = self.lookup(name)
        else:
            raise CodeError("this cannot be assigned to")
        if isinstance(old, Positions):
            self._positions_changed(name, old, self.operate(sign, old, value), node)
            return
        if isinstance(old, Row) and old.listed:
            raise CodeError("a list is changed in place", hint=f"{name} = {name} + …")
        if isinstance(old, Handle) and old.shape:
            if sign in ("+", "-"):
                self.write(old, value, 1 if sign == "+" else -1, within=True)
            else:
                self.write(old, self.operate(sign, old, value), 0, within=True)
            self.places[name] = node
            return
        self._bind(name, self.operate(sign, old, value), node)

    def _positions_changed(self, name: str, old: Positions, new: Value, node: ast.AST) -> None:
        """``i += 1``: every other name for the same integers stands for the changed ones too."""
        if not isinstance(new, Positions) or len(new.shape) != len(old.shape):
            raise CodeError(f"{name} is changed in place", hint=f"{name} = {name} + …")
        for size, kept in zip(new.shape, old.shape, strict=True):
            self.memory.need(size, "==", kept, f"{name} keeps its shape")
        line = _line(node)
        self.memory.spoil(f"line {line}: {name} is changed, and this may be a view of it", line)
        self._bind(name, new, node)
