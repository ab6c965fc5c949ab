"""Conditions: what is written under one is written where it holds."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from symconv.syntax.code.arrays import Array, added, times
from symconv.syntax.code.calls import Calls
from symconv.syntax.code.changing import raises
from symconv.syntax.code.facts import equal
from symconv.syntax.code.source import CodeError
from symconv.syntax.code.spreading import as_array, spread, truths
from symconv.syntax.code.truth import opposite
from symconv.syntax.code.values import Handle, Lost, Nothing, Truth, Value, cells_of
from symconv.terms import Term


class Branches(Calls):
    """Reads conditions."""

    # --- conditions -----------------------------------------------------------------------------

    def _if(self, node: ast.If) -> None:
        if raises(node) and not self._acts(node.test):
            self._demanded(node)
            return
        test = self.tested_value(node.test)
        if isinstance(test, Array | Handle):
            self._masked(node, truths(self.memory, test))
            return
        condition = self.settled(self.truth(test))
        if condition.pieces == ((),):
            self.run(node.body)
        elif not condition.pieces:
            self.run(node.orelse)
        else:
            self._guard(condition, node.body)
            if node.orelse:
                self._guard(self.settled(opposite(condition)), node.orelse)

    def _demanded(self, node: ast.If) -> None:
        """``if …: raise``: the code demands that it does not hold."""
        try:
            condition = self.settled(self.truth(self.tested_value(node.test)))
        except CodeError:
            condition = None
        if condition is not None and not condition.pieces:
            return
        if condition is not None and condition.pieces == ((),) and not self._inside():
            self.run(node.body)
        text = f"line {node.lineno} raises where {ast.unparse(node.test)[:60]}: passed over"
        self.memory.notes[text] = None

    def _guard(self, condition: Truth, body: Sequence[ast.stmt]) -> None:
        """Statements that are run where a condition on loops' indices holds."""
        memory = self.memory
        for piece in condition.pieces:
            before = dict(memory.env)
            memory.guards += piece
            self.run(body)
            del memory.guards[len(memory.guards) - len(piece) :]
            mark = as_array(memory, Truth((piece,)))
            self._joined_env(before, mark)

    def _masked(self, node: ast.If, mask: Array) -> None:
        """``if x[i] > 0``: the mask is a factor of everything that is written."""
        if mask.rank:
            raise CodeError("the truth of an array is not read")
        memory = self.memory
        other = added(Array((), (Term(()),)), mask, -1)
        for factor, body in ((mask, node.body), (other, node.orelse)):
            before = dict(memory.env)
            memory.masks.append(factor)
            self.run(body)
            memory.masks.pop()
            self._joined_env(before, factor)

    def _joined_env(self, before: dict[str, Value], mark: Array) -> None:
        """Names that were bound under a condition: the old value where it does not hold."""
        memory = self.memory
        for name, value in list(memory.env.items()):
            old = before.get(name)
            if value is old or value == old:
                continue
            if name not in before:
                reason = f"{name} is set under a condition alone"
                memory.env[name] = Lost(reason, 0, cells_of(value))
                continue
            memory.env[name] = self._either(name, old, value, mark)

    def _either(self, name: str, old: Value | None, new: Value, mark: Array) -> Value:
        memory = self.memory
        try:
            one, other = as_array(memory, old or Nothing()), as_array(memory, new)
        except CodeError:
            return Lost(f"{name} depends on a condition", 0, cells_of(old, new))
        if one.rank != other.rank or not all(
            equal(a, b) for a, b in zip(one.shape, other.shape, strict=True)
        ):
            reason = f"the shape of {name} depends on a condition"
            return Lost(reason, 0, cells_of(old, new))
        owners = [value for value in (old, new) if isinstance(value, Handle) and value.shape]
        factor = spread(memory.load(memory.new(mark)), one.shape)
        change = times(added(other, one, -1), factor)
        made = added(memory.load(memory.new(one)), change)
        joined = memory.new(made, base=not one.shape)
        if owners:
            reason = f"this array may go by the name {name} too, and is written to"
            memory.aliased(reason, *owners, joined)
        return joined

    def _continued(self, node: ast.If, rest: Sequence[ast.stmt]) -> None:
        """``if c: …; continue`` and the statements behind it."""
        body = [*node.body[:-1]] or [ast.copy_location(ast.Pass(), node)]
        turned = ast.If(test=node.test, body=body, orelse=[*node.orelse, *rest])
        self.run([ast.copy_location(turned, node)])
