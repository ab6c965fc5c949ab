"""Operators, comparisons, conditions and choices."""

from __future__ import annotations

import ast
from fractions import Fraction

from symconv.index import Condition, minus
from symconv.syntax.code.arrays import Array, added, of_number, scaled
from symconv.syntax.code.elementwise import COMPARISONS, SIGNS, applied, binary
from symconv.syntax.code.evaluating import Evaluating
from symconv.syntax.code.facts import canon
from symconv.syntax.code.source import CodeError
from symconv.syntax.code.spreading import as_array
from symconv.syntax.code.truth import MOST_PIECES, both, compared, either, opposite
from symconv.syntax.code.values import (
    Nothing,
    Positions,
    Ratio,
    Real,
    Row,
    Truth,
    Value,
    Whole,
    Word,
)


class Operators(Evaluating):
    """Reads operators; a condition is a `Truth`."""

    def _binary(self, node: ast.BinOp) -> Value:
        inside = _sigmoid(node)
        if inside is not None:
            return applied(self.memory, "sigmoid", as_array(self.memory, self.value(inside)))
        chain = [node]
        while isinstance(chain[-1].left, ast.BinOp) and len(chain) < 200:
            chain.append(chain[-1].left)
        total = self.value(chain[-1].left)
        for part in reversed(chain):
            right = self.value(part.right)
            total = self.operate(SIGNS.get(type(part.op), "?"), total, right)
        return total

    def operate(self, sign: str, left: Value, right: Value) -> Value:
        """One operator."""
        self.sure(left, right)
        if sign == "@":
            return self.product(left, right)
        return binary(self.memory, sign, left, right, self.division)

    def _unary(self, node: ast.UnaryOp) -> Value:
        if isinstance(node.op, ast.Not):
            return opposite(self.truth(self.tested_value(node.operand)))
        inner = self.value(node.operand)
        self.sure(inner)
        if isinstance(node.op, ast.UAdd):
            plain = isinstance(inner, Whole | Ratio | Real | Positions)
            return inner if plain else binary(self.memory, "+", inner, Whole(0), self.division)
        if not isinstance(node.op, ast.USub):
            raise CodeError("~ is not read")
        match inner:
            case Whole(index):
                return Whole(canon(minus(index)))
            case Ratio(top, bottom, rough):
                return Ratio(canon(minus(top)), bottom, rough)
            case Real(number, rough):
                return Real(-number, rough)
            case Positions():
                return binary(self.memory, "*", Whole(-1), inner, self.division)
        if self.memory.listed(inner) or self.memory.whole(inner):
            raise CodeError("a list, or truth values, with a sign are not read")
        return scaled(as_array(self.memory, inner), Fraction(-1))

    def _compare(self, node: ast.Compare) -> Value:
        sides = [self.value(side) for side in (node.left, *node.comparators)]
        found: Value | None = None
        for place, operator in enumerate(node.ops):
            one = self._compared(operator, sides[place], sides[place + 1])
            found = one if found is None else both(self.truth(found), self.truth(one))
        assert found is not None
        return found

    def _compared(self, operator: ast.cmpop, left: Value, right: Value) -> Value:
        if isinstance(operator, ast.Is | ast.IsNot):
            if not isinstance(right, Nothing):
                raise CodeError("is compares with None alone here")
            same = isinstance(left, Nothing) == isinstance(operator, ast.Is)
            return Truth(((),) if same else ())
        self.sure(left, right)
        sign = COMPARISONS.get(type(operator))
        if sign is None:
            raise CodeError("this comparison is not read")
        if isinstance(left, Row) and isinstance(right, Row) and sign in ("==", "!="):
            return self._rows(sign, left, right)
        if isinstance(left, Word) and isinstance(right, Word) and sign in ("==", "!="):
            return Truth(((),) if (left.text == right.text) == (sign == "==") else ())
        plain_left, plain_right = self._size(left), self._size(right)
        if plain_left is not None and plain_right is not None:
            return compared(sign, plain_left, plain_right)
        return self._mask(sign, left, right)

    @staticmethod
    def _size(value: Value) -> Whole | Ratio | None:
        if isinstance(value, Real):
            return Ratio(value.value.numerator, value.value.denominator, value.rough)
        return value if isinstance(value, Whole | Ratio) else None

    def _rows(self, sign: str, left: Row, right: Row) -> Truth:
        if len(left.items) != len(right.items):
            return Truth(((),) if sign == "!=" else ())
        found = Truth(((),))
        for a, b in zip(left.items, right.items, strict=True):
            found = both(found, self.truth(self._compared(ast.Eq(), a, b)))
        return found if sign == "==" else opposite(found)

    def _mask(self, sign: str, left: Value, right: Value) -> Value:
        """``x > 0`` as an array of ones and zeros."""
        if sign in ("<", "<="):
            left, right, sign = right, left, {"<": ">", "<=": ">="}[sign]
        zero_right = isinstance(right, Whole | Real) and right.value == 0
        zero_left = isinstance(left, Whole | Real) and left.value == 0
        if sign == ">" and zero_right:
            return applied(self.memory, "step", as_array(self.memory, left))
        if sign == ">=" and zero_left:  # 0 >= x is not (x > 0)
            inner = applied(self.memory, "step", as_array(self.memory, right))
            return added(of_number(1, inner.shape), inner, -1)
        raise CodeError("a comparison of values is read as (x > 0) or (x <= 0) alone")

    def truth(self, value: Value) -> Truth:
        """A value as a condition."""
        self.sure(value)
        match value:
            case Truth():
                return value
            case Nothing():
                return Truth(())
            case Whole() | Ratio() | Real():
                size = self._size(value)
                assert size is not None
                return compared("!=", size, Whole(0))
            case Word(text):
                return Truth(((),) if text else ())
            case Row(items):
                return Truth(((),) if items else ())
        raise CodeError("the truth of this value is not read")

    def settled(self, truth: Truth) -> Truth:
        """A condition with what is known here left out."""
        kept = []
        for piece in truth.pieces:
            left: list[Condition] = []
            for condition in piece:
                found = self.memory.decide(condition)
                if found is None:
                    left.append(condition)
                elif not found:
                    break
            else:
                kept.append(tuple(left))
        return Truth(tuple(kept[:MOST_PIECES]))

    def _bool(self, node: ast.BoolOp) -> Value:
        join = both if isinstance(node.op, ast.And) else either
        found: Truth | None = None
        before = self.contents()
        for part in node.values:
            value = self.value(part)
            if not isinstance(value, Truth) and not self.tested:
                raise CodeError("and, or give one of their values: read as conditions alone")
            one = self.truth(value)
            self.unchanged(before)
            found = one if found is None else join(found, one)
            done = self.settled(found)
            if done.pieces == (() if join is both else ((),)):
                return done
        assert found is not None
        return found

    def _choice(self, node: ast.IfExp) -> Value:
        condition = self.settled(self.truth(self.tested_value(node.test)))
        if condition.pieces == ((),):
            return self.value(node.body)
        if not condition.pieces:
            return self.value(node.orelse)
        left = self._guarded(node.body, condition)
        right = self._guarded(node.orelse, opposite(condition))
        if left.rank or right.rank:
            raise CodeError("a choice between arrays is read of numbers alone", hint="if …:")
        return self.operate("+", left, right)

    def _guarded(self, node: ast.expr, condition: Truth) -> Array:
        """A value where a condition holds, and 0 elsewhere."""
        total: Array | None = None
        for piece in condition.pieces:
            self.memory.guards += piece
            found = as_array(self.memory, self.value(node))
            del self.memory.guards[len(self.memory.guards) - len(piece) :]
            mark = Array((), as_array(self.memory, Truth((piece,))).terms)
            one = as_array(self.memory, binary(self.memory, "*", found, mark, "exact"))
            total = one if total is None else added(total, one)
        return total if total is not None else Array(())


def _sigmoid(node: ast.BinOp) -> ast.expr | None:
    """The x of ``1 / (1 + np.exp(-x))``."""
    match node:
        case ast.BinOp(
            ast.Constant(1 | 1.0),
            ast.Div(),
            ast.BinOp(
                ast.Constant(1 | 1.0),
                ast.Add(),
                ast.Call(
                    ast.Attribute(ast.Name("np" | "numpy" | "math"), "exp"),
                    [ast.UnaryOp(ast.USub(), inside)],
                ),
            ),
        ):
            return inside
    return None
