"""Expressions of code to values; no code is run."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from symconv.index import Condition, Index, Symbol, add, minus
from symconv.syntax.code.arrays import Array, added, letter, moved, of_number, scaled, summed
from symconv.syntax.code.elementwise import COMPARISONS, SIGNS, applied, as_array, binary, rounded
from symconv.syntax.code.facts import canon
from symconv.syntax.code.indexing import select, select_positions, settle_all
from symconv.syntax.code.memory import Loop, Memory
from symconv.syntax.code.naming import Bindings
from symconv.syntax.code.source import CodeError
from symconv.syntax.code.truth import MOST_PIECES, both, compared, either, opposite
from symconv.syntax.code.values import (
    Blank,
    Cut,
    Handle,
    Lost,
    Method,
    Named,
    Nothing,
    Positions,
    Random,
    Ratio,
    Real,
    Routine,
    Row,
    Table,
    Truth,
    Unknown,
    Value,
    Whole,
    Word,
)

DEEPEST = 60
MOST_ITEMS = 400
BUILTINS = frozenset(
    "range len int float abs min max sum enumerate zip list tuple slice print reversed dict"
    " isinstance str".split()
)
UNREAD = frozenset(dir(builtins))
MODULES = {"numpy": "np", "np": "np", "math": "math", "itertools": "itertools",
           "scipy": "scipy", "signal": "scipy.signal"}  # fmt: skip
UNKNOWN_METHODS = ("get",)
ATTRIBUTES = ("shape", "T", "ndim", "size", "dtype")


class Expressions:
    """Evaluates expressions; calls and statements are read by the class that builds on this."""

    def __init__(self, memory: Memory, bindings: Bindings, division: str) -> None:
        self.memory = memory
        self.bindings = bindings
        self.division = division
        self.depth = 0
        self.tested = False

    def call(self, node: ast.Call) -> Value:
        """A call, read by the class that builds on this."""
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
            handler = HANDLERS.get(type(node))
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

    # --- names and constants --------------------------------------------------------------------

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

    # --- operators ------------------------------------------------------------------------------

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

    def product(self, left: Value, right: Value) -> Value:
        """``a @ b``, in the library."""
        raise NotImplementedError

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

    # --- parts ----------------------------------------------------------------------------------

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

    def transposed(self, value: Value) -> Value:
        """``a.T``, in the library."""
        raise NotImplementedError

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

    # --- comprehensions -------------------------------------------------------------------------

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
        conditions = tuple(self.memory.guards[guards:])
        mark = as_array(self.memory, Truth((conditions,)))
        made = as_array(self.memory, binary(self.memory, "*", made, mark, "exact"))
        del self.memory.guards[guards:]
        for loop in reversed(opened):
            self.memory.loops.pop()
            made = summed(made, loop.name, loop.start, loop.stop, self.memory.facts)
        self.memory.env = kept
        return made

    def opened(self, source: Value, target: ast.expr) -> tuple[Loop, Value]:
        """The loop over something and the element of a generic pass, in `loops`."""
        raise NotImplementedError

    def assign(self, target: ast.expr, value: Value, node: ast.AST) -> None:
        """Bind a target, in `statements`."""
        raise NotImplementedError

    def rounded(self, value: Value, way: str) -> Value:
        """An integer from a quotient."""
        return rounded(self.memory, value, way)

    def _call(self, node: ast.Call) -> Value:
        return self.call(node)

    def _joined(self, node: ast.JoinedStr) -> Value:
        return Unknown("a text")


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


HANDLERS: dict[type[ast.expr], Callable[[Any, Any], Value]] = {
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
WORDS: dict[type[ast.expr], str] = {
    ast.Lambda: "a lambda", ast.Await: "await", ast.Yield: "yield", ast.SetComp: "a set",
    ast.DictComp: "a dictionary comprehension", ast.NamedExpr: ":=", ast.Set: "a set",
    ast.Starred: "a star", ast.GeneratorExp: "a generator",
}  # fmt: skip
