"""Statements, read one after the other; loops by one generic pass."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from symconv.calls import Place
from symconv.index import (
    Condition,
    FloorDiv,
    Index,
    Max,
    Min,
    Product,
    Symbol,
    add,
    coefficient,
    minus,
    substitute,
    symbols,
)
from symconv.syntax.code import library, library_products, library_shapes
from symconv.syntax.code.arrays import Array, added, letters, moved, times
from symconv.syntax.code.arrays import summed as arrays_summed
from symconv.syntax.code.calling import FUNCTIONS, Arguments
from symconv.syntax.code.elementwise import SIGNS, as_array, broadcast, opposite, spread
from symconv.syntax.code.expressions import Expressions
from symconv.syntax.code.facts import canon, canonical, equal
from symconv.syntax.code.indexing import gather_axes, items_of, picks, select, target
from symconv.syntax.code.looping import (
    Carried,
    after_loop,
    is_mark,
    marked,
    put_back,
    untouched,
)
from symconv.syntax.code.memory import Loop, axis_bounds
from symconv.syntax.code.source import CodeError, Problem
from symconv.syntax.code.values import (
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
    Span,
    Table,
    Truth,
    Unknown,
    Value,
    Whole,
    Word,
)
from symconv.terms import Read, Term

__all__ = ["Machine", "Returned", "SizeSet"]
_LOADED = (library, library_products, library_shapes)
DEEPEST_LOOPS = 12
DEEPEST_CALLS = 6
MOST_PASSES = 64
QUIET = ("print", "np.random.seed", "np.set_printoptions", "random.seed")
DECORATORS = ("njit", "jit", "nb.njit", "nb.jit", "numba.njit", "numba.jit", "staticmethod")
CHANGING = ("fill", "sort", "put", "resize", "partition", "itemset", "setflags", "byteswap", "at",
            "place", "copyto", "putmask", "fill_diagonal", "shuffle", "append", "extend", "insert",
            "pop", "clear", "update", "reverse", "remove")  # fmt: skip
ACTING = (ast.Call, ast.NamedExpr, ast.Yield, ast.YieldFrom, ast.Await)
PASSED_OVER = ("np.testing", "plt", "time", "sys", "logging", "warnings")


class Returned(Exception):
    """A function gives back its value."""

    def __init__(self, value: Value, node: ast.Return) -> None:
        super().__init__("return")
        self.value = value
        self.node = node


@dataclass(frozen=True, slots=True)
class _Ending:
    """What is needed to say what names hold behind a loop."""

    loop: Loop
    cells: dict[int, Carried]
    bound: dict[str, Carried]
    counters: dict[str, tuple[Index, Index]]
    same: dict[str, Array]
    started: dict[str, Value]


@dataclass(frozen=True, slots=True)
class SizeSet:
    """A size that the code computes, and where."""

    name: str
    value: Whole | Ratio
    node: ast.AST


class Machine(Expressions):
    """Reads statements; problems are noted, and what depends on them is lost."""

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

    # --- running --------------------------------------------------------------------------------

    def run(self, body: Sequence[ast.stmt]) -> None:
        """Read statements; a problem ends one of them, not all."""
        for place, statement in enumerate(body):
            rest = body[place + 1 :]
            if _skips(statement):
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
            if depth[0]:
                raise
            del memory.loops[:], memory.guards[depth[1] :], memory.masks[depth[2] :]
            self.failed(statement, error)
        finally:
            memory.here = kept

    def failed(self, statement: ast.stmt, error: CodeError) -> None:
        """Note a problem; everything that the statement sets is lost."""
        line = error.line or statement.lineno
        column = error.column or statement.col_offset + 1
        changed = self._changed([statement]) | _risked(statement)
        if not isinstance(statement, ast.Assign) or _stored(statement):
            changed |= {n for name in changed for n in self.behind.get(name, ())}
        names = sorted(changed)
        if isinstance(statement, ast.Assign):  # what was not read may be a view of these
            for name in (n for goal in statement.targets for n in _bound_names(goal)):
                sources = _names(statement.value)
                more = {m for n in sources for m in self.behind.get(n, ())}
                self.behind[name] = frozenset(sources | more)
        reason = f"line {line}: {error.message}"
        known = any(p.line == line and p.reason == error.message for p in self.problems)
        already = error.message.startswith("line ")
        if not known and not already:
            subjects = tuple(n for n in names if self.bindings.subject(n) is not None)
            self.problems.append(Problem(line, column, error.message, error.hint, subjects))
        if already:
            reason = error.message
        for name in names:
            value = self.memory.env.get(name, self.memory.known.get(name))
            if isinstance(value, Handle):
                everything = {**self.memory.known, **self.memory.env}
                for other, bound in everything.items():
                    if isinstance(bound, Handle) and bound.cell == value.cell:
                        self.memory.env[other] = Lost(reason, line)
            self.memory.env[name] = Lost(reason, line)

    # --- assignments ----------------------------------------------------------------------------

    def _assign(self, node: ast.Assign) -> None:
        if isinstance(node.value, ast.Constant) and node.value.value is Ellipsis:
            self.memory.notes[f"line {node.lineno}: … stands for code that is not shown"] = None
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
        else:
            raise CodeError("this cannot be assigned to")

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
        memory.env[name] = value
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

    def write(self, handle: Handle, value: Value, sign: int, within: bool = False) -> None:
        """Write a value into a view, broadcast to its shape (`within`: by ``+=`` and its like)."""
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
        if isinstance(node.target, ast.Subscript):
            value = self.value(node.value)
            if sign in ("+", "-"):
                self._write(node.target, value, 1 if sign == "+" else -1, node, within=True)
            else:
                made = self.operate(sign, self.value(node.target), value)
                self._write(node.target, made, 0, node, within=True)
            return
        if not isinstance(node.target, ast.Name):
            raise CodeError("this cannot be assigned to")
        name = node.target.id
        old, value = self.lookup(name), self.value(node.value)
        if isinstance(old, Handle) and old.shape:
            if sign in ("+", "-"):
                self.write(old, value, 1 if sign == "+" else -1, within=True)
            else:
                self.write(old, self.operate(sign, old, value), 0, within=True)
            self.places[name] = node
            return
        self._bind(name, self.operate(sign, old, value), node)

    # --- conditions -----------------------------------------------------------------------------

    def _if(self, node: ast.If) -> None:
        test = self.tested_value(node.test)
        if isinstance(test, Array | Handle):
            self._masked(node, as_array(self.memory, test))
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
                memory.env[name] = Lost(f"{name} is set under a condition alone", 0)
                continue
            memory.env[name] = self._either(name, old, value, mark)

    def _either(self, name: str, old: Value | None, new: Value, mark: Array) -> Value:
        memory = self.memory
        try:
            one, other = as_array(memory, old or Nothing()), as_array(memory, new)
        except CodeError:
            return Lost(f"{name} depends on a condition", 0)
        if one.rank != other.rank or not all(
            equal(a, b) for a, b in zip(one.shape, other.shape, strict=True)
        ):
            return Lost(f"the shape of {name} depends on a condition", 0)
        for value in (old, new):
            if isinstance(value, Handle) and value.shape:
                reason = f"this array may go by the name {name} too, and is written to"
                memory.aliased(value, reason)
        factor = spread(memory.load(memory.new(mark)), one.shape)
        change = times(added(other, one, -1), factor)
        made = added(memory.load(memory.new(one)), change)
        return memory.new(made, base=not one.shape)

    def _continued(self, node: ast.If, rest: Sequence[ast.stmt]) -> None:
        """``if c: …; continue`` and the statements behind it."""
        body = [*node.body[:-1]] or [ast.copy_location(ast.Pass(), node)]
        turned = ast.If(test=node.test, body=body, orelse=[*node.orelse, *rest])
        self.one(ast.copy_location(turned, node))

    # --- loops ----------------------------------------------------------------------------------

    def _for(self, node: ast.For) -> None:
        if node.orelse:
            raise CodeError("else behind a loop is not read")
        if len(self.memory.loops) >= DEEPEST_LOOPS:
            raise CodeError("loops are nested too deeply")
        self._over(node.target, self._source(node.iter), node)

    def _source(self, node: ast.expr) -> Value:
        if isinstance(node, ast.Call):
            name = self._plain_name(node.func)
            if name == "reversed" and len(node.args) == 1:
                inner = self.value(node.args[0])
                if isinstance(inner, Span):
                    return _turned(inner)
        return self.value(node)

    def _plain_name(self, node: ast.expr) -> str:
        return node.id if isinstance(node, ast.Name) and node.id not in self.memory.env else ""

    def _over(self, goal: ast.expr, source: Value, node: ast.For) -> None:
        if isinstance(source, Row) and not isinstance(source.items[:1], Span):
            self._each_pass(goal, source.items, node)
            return
        if isinstance(source, Method) and source.name == "product":
            self._nested(goal, source.owner, node)
            return
        loop, element = self.opened(source, goal)
        self._pass(loop, lambda: self.assign(goal, element, node), node.body, node)

    def _each_pass(self, goal: ast.expr, items: Sequence[Value], node: ast.For) -> None:
        """A loop over a tuple or a list, pass by pass."""
        if len(items) > MOST_PASSES:
            raise CodeError("this list is too long for a loop to be read")
        for item in items:
            self.assign(goal, item, node)
            self.run(node.body)

    def _nested(self, goal: ast.expr, owner: Value, node: ast.For) -> None:
        """``for i, j in product(range(a), range(b))`` as two loops."""
        assert isinstance(owner, Row)
        spans = owner.items
        names = [*goal.elts] if isinstance(goal, ast.Tuple | ast.List) else []
        if isinstance(goal, ast.Name) and len(spans) > 0:
            names = []
        if not names or len(names) != len(spans):
            raise CodeError(f"a loop over {len(spans)} ranges needs as many names")
        body: list[ast.stmt] = list(node.body)

        def inner(place: int) -> None:
            loop, element = self.opened(spans[place], names[place])

            def bind() -> None:
                self.assign(names[place], element, node)

            if place + 1 == len(spans):
                self._pass(loop, bind, body, node)
            else:
                self._pass(loop, bind, None, node, lambda: inner(place + 1))

        inner(0)

    def opened(self, source: Value, target: ast.expr) -> tuple[Loop, Value]:
        """The index of a loop and what its names stand for in a generic pass."""
        memory = self.memory
        if isinstance(source, Method) and source.name in ("enumerate", "zip"):
            return self._parallel(source, target)
        if isinstance(source, Handle | Array | Positions):
            if not source.shape:
                raise CodeError("this has no rows to loop over")
            loop, index = self.opened(Span(0, source.shape[0]), target)
            if isinstance(source, Positions):
                first = substitute(source.value, {"#0": index.value})  # type: ignore[union-attr,dict-item]
                if len(source.shape) > 1:
                    raise CodeError("this loop is not read")
                return loop, Whole(canon(first))
            memory.loops.append(loop)
            element = select(memory, source, index)
            memory.loops.pop()
            return loop, element
        if not isinstance(source, Span):
            raise CodeError("a loop over this is not read", hint="range(…)")
        return self._spanned(source, target)

    def _spanned(self, span: Span, target: ast.expr) -> tuple[Loop, Value]:
        memory = self.memory
        name = memory.letter(target.id if isinstance(target, ast.Name) else "i")
        here = Symbol(name)
        step = span.step
        start, stop = canon(span.start), canon(span.stop)
        if step == 1 and not memory.moving(start, stop):
            return Loop(name, start, stop), Whole(here)
        if step == 1:
            return self._bounded(name, start, stop)
        if step == -1:
            count = canon(add(start, minus(stop)))
            if memory.moving(count):
                raise CodeError("a loop backwards with moving ends is not read")
            return Loop(name, 0, count), Whole(canon(add(start, minus(here))))
        memory.need(step, ">=", 1, "a loop's step must be at least 1")
        length = canon(add(stop, minus(start)))
        count = canon(FloorDiv(add(length, step, -1), step))
        if memory.moving(count):
            raise CodeError("a loop with a step and moving ends is not read")
        return Loop(name, 0, count), Whole(canon(add(start, Product((step, here)))))

    def _bounded(self, name: str, start: Index, stop: Index) -> tuple[Loop, Value]:
        """Ends that depend on outer loops: a steady range, and conditions for the rest."""
        memory = self.memory
        lows = start.args if isinstance(start, Max) else (start,)
        highs = stop.args if isinstance(stop, Min) else (stop,)
        pairs = [
            (low, canon(add(high, minus(low))))
            for low in lows
            for high in highs
            if not memory.moving(canon(add(high, minus(low))))
        ]
        if not pairs:
            pairs = [
                (low, wide)
                for low in lows
                for high in highs
                for wide in [self._widest(canon(add(high, minus(low))))]
                if wide is not None
            ]
        if not pairs:
            raise CodeError("the ends of this range are not read")
        low, size = min(pairs, key=lambda pair: (memory.moving(pair[0]), len(str(pair[1]))))
        value = canon(add(low, Symbol(name)))
        extra = [Condition(other, "<=", value) for other in lows if other != low]
        extra += [Condition(value, "<", high) for high in highs]
        loop = Loop(name, 0, size)
        facts = memory.facts.within([(name, 0, canon(add(size, -1)))])
        memory.guards += [c for c in extra if facts.holds(c) is not True]
        return loop, Whole(value)

    def _widest(self, value: Index) -> Index | None:
        """The most that a value takes over the open loops."""
        for loop in reversed(self.memory.loops):
            if loop.name not in symbols(value):
                continue
            parts = coefficient(value, loop.name)
            if parts is None or self.memory.moving(parts[0]):
                return None
            rising = self.memory.facts.holds(Condition(parts[0], ">=", 0))
            falling = self.memory.facts.holds(Condition(parts[0], "<=", 0))
            if not rising and not falling:
                return None
            end: Index = canon(add(loop.stop, -1)) if rising else loop.start
            value = canon(substitute(value, {loop.name: end}))
        return value

    def _parallel(self, source: Method, target: ast.expr) -> tuple[Loop, Value]:
        """``enumerate(a)`` and ``zip(a, b)``."""
        assert isinstance(source.owner, Row)
        items = source.owner.items
        inner = target
        if source.name == "enumerate":
            if isinstance(target, ast.Tuple) and len(target.elts) == 2:
                inner = target.elts[1]
            guards = len(self.memory.guards)
            loop, element = self.opened(items[0], inner)
            if len(self.memory.guards) > guards:
                raise CodeError("enumerate of a range with moving ends is not read")
            number = canon(add(Symbol(loop.name), minus(loop.start)))
            return loop, Row((Whole(number), element))
        shapes = []
        for item in items:
            if isinstance(item, Span) and item.step != 1:
                raise CodeError("zip of ranges is read with step 1")
            if isinstance(item, Span):
                shapes.append(canon(add(item.stop, minus(item.start))))
            elif isinstance(item, Handle) and item.shape:
                shapes.append(item.shape[0])
            else:
                raise CodeError("zip over this is not read")
        for size in shapes[1:]:
            self.memory.need(size, "==", shapes[0], "what is zipped has one length")
        loop, index = self._spanned(Span(0, shapes[0]), inner)
        assert isinstance(index, Whole)
        self.memory.loops.append(loop)
        found: list[Value] = []
        for item in items:
            if isinstance(item, Span):
                value = add(item.start, Product((item.step, index.value)))
                found.append(Whole(canon(value)))
            else:
                found.append(select(self.memory, item, index))  # type: ignore[arg-type]
        self.memory.loops.pop()
        return loop, Row(tuple(found))

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
        names = self._changed(node.body)
        before = dict(memory.env)
        counters: dict[str, tuple[Index, Index]] = {}
        if not extra and inner is None and not _continues(node.body):
            counters = self._counters(node.body, before, names | _target_names(node.target))
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
        names = written_names(body)
        if any(isinstance(n, ast.Call) for s in body for n in ast.walk(s)):
            for value in {**self.memory.known, **self.memory.env}.values():
                if isinstance(value, Routine):
                    names |= written_names(value.node.body)
        return names

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
        for value in (v for name in carried for v in _parts_of(known[name])):
            if value.cell not in found:
                cell = memory.cells[value.cell]
                unset = cell.initial == "nothing"
                start = Array(cell.content.shape, _junk(value)) if unset else cell.content
                cell.initial = "" if unset else cell.initial
                found[value.cell], cell.content = marked(memory, start)
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
                memory.env[name] = Lost(f"{name} holds what an earlier pass of a loop left in it")
                continue
            bound[name], unknown = marked(memory, content)
            memory.env[name] = memory.new(unknown, base=False)
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
        last = Lost(f"{name} holds what the last pass of a loop left in it")
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
                return memory.new(after_loop(memory, ending.loop, carried, content))
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
            if step is None or name in written_names(others) or not _indexes(body, name):
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

    # --- functions ------------------------------------------------------------------------------

    def call(self, node: ast.Call) -> Value:
        """A call of NumPy, of a built-in or of a function of the code's own."""
        function = node.func
        if isinstance(function, ast.Name) and function.id == "sum" and len(node.args) == 1:
            if isinstance(node.args[0], ast.GeneratorExp) and "sum" not in self.memory.env:
                return self.total(node.args[0])
        owner = self.value(function)
        if isinstance(owner, Named) and (
            owner.name in QUIET or owner.name.partition(".")[0] in PASSED_OVER
        ):
            return Nothing()
        items: list[Value] = []
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                items += self.items(self.value(argument.value))
            else:
                items.append(self.value(argument))
        keywords = {}
        for keyword in node.keywords:
            if keyword.arg is None:
                raise CodeError("** in a call is not read")
            keywords[keyword.arg] = self.value(keyword.value)
        if isinstance(owner, Routine):
            return self.called(owner, items, keywords)
        if isinstance(owner, Method):
            return self._method(owner, items, keywords)
        if isinstance(owner, Named):
            return self._named(owner.name, items, keywords)
        raise CodeError("this cannot be called")

    def _named(self, name: str, items: list[Value], keywords: dict[str, Value]) -> Value:
        if name in ("min", "max", "np.minimum", "np.maximum") and not keywords:
            whole = [i.value for i in items if isinstance(i, Whole)]
            if len(items) >= 2 and len(whole) == len(items):
                least = name.endswith(("min", "minimum"))
                return Whole(canon(Min(tuple(whole)) if least else Max(tuple(whole))))
        if name in ("list", "tuple") and len(items) == 1:
            return items[0] if isinstance(items[0], Row) else Row(self.items(items[0]))
        if name == "range":
            return _range(items)
        if name == "enumerate" and (len(items) != 1 or keywords):
            raise CodeError("enumerate is read from 0", hint="enumerate(…)")
        if name in ("enumerate", "zip"):
            return Method(Row(tuple(items)), name)
        if name in ("np.ndindex", "itertools.product", "product"):
            spans = _spans(name, items)
            return Method(Row(spans), "product")
        if name == "slice":
            return _slice(items)
        if name == "np.add.at":
            return self._added_at(items)
        if name == "np.sum" and len(items) == 1 and isinstance(items[0], Row):
            items = [as_array(self.memory, items[0])]
        if name == "sum":
            if len(items) != 1 or keywords:
                raise CodeError("sum is read of one value")
            name = "np.sum"
            keywords = {**keywords, "axis": Whole(0)}
        reader = FUNCTIONS.get(name)
        if reader is None:
            raise CodeError(f"{name} is not read")
        if name not in ("int", "len", "float") and "out" in keywords:
            raise CodeError("out=… is not read")
        return reader(self.memory, Arguments(name, tuple(items), keywords))

    def _method(self, method: Method, items: list[Value], keywords: dict[str, Value]) -> Value:
        owner = method.owner
        if isinstance(owner, Word):
            return Unknown("a text")
        if method.name == "astype" and keywords:
            raise CodeError("astype with copy=… is not read")
        if method.name == "astype" and isinstance(owner, Handle | Array | Random):
            kind = items[0] if items else Nothing()
            if not isinstance(kind, Named) or kind.name not in library.FLOATS:
                if not (isinstance(kind, Word) and kind.text.startswith("float")):
                    raise CodeError("an array of whole numbers is not read")
            if isinstance(owner, Random):
                return owner
            made = self.memory.new(as_array(self.memory, owner))
            self.memory.cells[made.cell].whole = False
            return made
        if method.name == "fill" and isinstance(owner, Handle) and len(items) == 1:
            self.write(owner, items[0], 0)
            return Nothing()
        if method.name == "get" and isinstance(owner, Unknown) and items:
            if isinstance(items[0], Word):
                return self.part(items[0].text, owner.name)
        if not isinstance(owner, Handle | Array | Positions | Random):
            raise CodeError(f".{method.name}() of this is not read")
        name = method.name if method.name == "flatten" else f"np.{method.name}"
        if isinstance(owner, Random) and name != "np.reshape":
            raise CodeError(f".{method.name}() of example data is not read")
        if name not in FUNCTIONS or name in ("np.array", "np.pad", "np.zeros"):
            raise CodeError(f".{method.name}() is not read")
        return FUNCTIONS[name](self.memory, Arguments(name, (owner, *items), keywords))

    def _added_at(self, items: list[Value]) -> Value:
        """``np.add.at(a, index, b)``: positions that come twice are added twice."""
        if len(items) != 3 or not isinstance(items[0], Handle):
            raise CodeError("np.add.at takes an array, indices and values")
        base, key, given = items
        assert isinstance(base, Handle)
        memory = self.memory
        picked, wraps = picks(memory, base.shape, items_of(key))
        if base.at != letters(len(base.shape)):
            raise CodeError("np.add.at of a view is not read")
        shape, names = gather_axes(memory, picked, wraps)
        value = as_array(memory, given)
        if value.rank > len(shape):
            raise CodeError("more values than places are added")
        for size, wide_size in zip(value.shape[::-1], shape[::-1], strict=False):
            if size != 1:
                memory.need(size, "==", wide_size, "a value for each place is added")
        _, (wide, _) = broadcast(memory, value, Array(shape))
        sums = {f"#{n}": memory.letter("t") for n in range(len(shape))}
        moved_names: dict[str, Index] = {old: Symbol(new) for old, new in sums.items()}
        where = tuple(
            Condition(Symbol(f"!{axis}"), "==", substitute(names[f"#{axis}"], moved_names))
            for axis in range(len(base.shape))
        )
        home: dict[str, Index] = {f"!{n}": Symbol(f"#{n}") for n in range(len(base.shape))}
        found = moved(wide, moved_names, base.shape)
        terms = [replace(t, where=(*t.where, *where)) for t in found.terms]
        total = moved(Array(base.shape, tuple(terms)), home, base.shape)
        total = Array(base.shape, tuple(_canonical(t) for t in total.terms))
        facts = memory.facts.within(axis_bounds(base.shape))
        for n, size in enumerate(shape):
            from_total = arrays_summed(total, sums[f"#{n}"], 0, size, facts)
            total = from_total
        memory.store(base, total, 1)
        return Nothing()

    def called(self, routine: Routine, items: list[Value], keywords: dict[str, Value]) -> Value:
        """A function of the code's own, read where it is called."""
        if self.calls >= DEEPEST_CALLS:
            raise CodeError("calls are nested too deeply to be read")
        arguments = routine.node.args
        if arguments.vararg or arguments.kwarg or arguments.posonlyargs:
            raise CodeError("* in a function's parameters is not read")
        names = [a.arg for a in arguments.args]
        given = dict(zip(names, items, strict=False))
        if len(items) > len(names) or set(keywords) & set(given):
            raise CodeError(f"{routine.node.name} is called with other arguments than it takes")
        given |= keywords
        names += [a.arg for a in arguments.kwonlyargs]
        for name in names:
            if name not in given:
                if name not in routine.defaults:
                    raise CodeError(f"{routine.node.name} needs {name}")
                given[name] = routine.defaults[name]
        strange = set(given) - set(names)
        if strange:
            raise CodeError(f"{routine.node.name} has no parameter {min(strange)}")
        return self.entered(routine, given)

    def entered(self, routine: Routine, given: dict[str, Value]) -> Value:
        """The value that a function gives back."""
        memory = self.memory
        kept, places, home = memory.env, self.places, self.home
        self.enter(routine, given)
        self.places = {}
        frame, self.frame = self.frame, (len(memory.loops), len(memory.guards), len(memory.masks))
        self.calls += 1
        try:
            self.run(routine.node.body)
        except Returned as result:
            return result.value
        finally:
            self.calls -= 1
            self.frame = frame
            memory.env, self.places, self.home = kept, places, home
        return Nothing()

    def enter(self, routine: Routine, given: dict[str, Value]) -> None:
        """The names at the start of a call: its own are not set yet.

        Errors: `CodeError` where a name that is not its own means something else to the caller.
        """
        memory = self.memory
        own = own_names(routine.node)
        if self.home[: len(routine.home)] != routine.home:
            raise CodeError(f"{routine.node.name} is called outside of where it was made")
        callers = set().union(*(self.scopes[n] for n in self.home[len(routine.home) :]))
        strange = callers & _names(routine.node) - own - {routine.node.name}
        if strange:
            name = min(strange)
            raise CodeError(f"{name} is not the same where {routine.node.name} was made")
        unset: dict[str, Value] = {
            name: Lost(f"{name} is read before it is set") for name in own - set(given)
        }
        boxed = {
            name: memory.new(value) if isinstance(value, Array) and value.rank else value
            for name, value in given.items()
        }
        memory.env = {**memory.env, **unset, **boxed}
        self.scopes.append(own)
        self.home = (*self.home, len(self.scopes) - 1)

    def _def(self, node: ast.FunctionDef) -> None:
        if any(ast.unparse(d) not in DECORATORS for d in node.decorator_list):
            raise CodeError("a function with this decorator is not read")
        if any(isinstance(n, ast.Yield | ast.YieldFrom) for n in ast.walk(node)):
            raise CodeError("a generator is not read")
        pairs = [*defaults_of(node.args).items()]
        self.memory.env[node.name] = Routine(
            node, {n: self._default(d) for n, d in pairs}, self.home
        )

    def _default(self, node: ast.expr) -> Value:
        try:
            return self.value(node)
        except CodeError as error:
            return Lost(error.message, error.line)

    def _return(self, node: ast.Return) -> None:
        memory = self.memory
        if self.frame != (len(memory.loops), len(memory.guards), len(memory.masks)):
            raise CodeError("return within a loop or under a condition is not read")
        if isinstance(node.value, ast.Tuple):
            raise Returned(Row(tuple(self._part(part) for part in node.value.elts)), node)
        raise Returned(Nothing() if node.value is None else self._part(node.value), node)

    def _part(self, node: ast.expr) -> Value:
        """A returned value; what could not be read is lost, and the others are not."""
        try:
            return self.value(node)
        except CodeError as error:
            if self.memory.loops:
                raise
            return Lost(error.message, error.line or node.lineno)

    def product(self, left: Value, right: Value) -> Value:
        """``a @ b``."""
        return library_products.product(self.memory, left, right)

    def transposed(self, value: Value) -> Value:
        """``a.T``."""
        return FUNCTIONS["np.transpose"](self.memory, Arguments("np.transpose", (value,), {}))

    # --- the rest -------------------------------------------------------------------------------

    def _expression(self, node: ast.Expr) -> None:
        call = isinstance(node.value, ast.Call)
        if isinstance(node.value, ast.Call) and self._ignored(node.value.func):
            if any(self._acts(part) for part in (*node.value.args, *node.value.keywords)):
                raise CodeError("a call that changes arrays inside of this is not read")
        elif call:
            self.value(node.value)
        elif any(isinstance(n, ACTING) for n in ast.walk(node.value)):
            raise CodeError("an expression whose value is not used is not read")

    def _acts(self, node: ast.AST) -> bool:
        """Whether a part of an expression may change arrays."""
        for call in ast.walk(node):
            if isinstance(call, ast.NamedExpr):
                return True
            if not isinstance(call, ast.Call):
                continue
            if isinstance(call.func, ast.Attribute) and call.func.attr in CHANGING:
                return True
            found = self.memory.env.get(call.func.id) if isinstance(call.func, ast.Name) else None
            if isinstance(found, Routine) and any(_stored(s) for s in found.node.body):
                return True
        return False

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
            self.memory.notes[f"assert {text[:60]} is passed over"] = None
            return
        if self.memory.loops or self.memory.guards or len(condition.pieces) != 1:
            self.memory.notes[f"assert {text[:60]} is passed over"] = None
            return
        if any(self.memory.facts.holds(c) is False for c in condition.pieces[0]):
            raise CodeError("this assertion fails")
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
            if isinstance(goal, ast.Name):
                self.memory.env.pop(goal.id, None)


# --- helpers ------------------------------------------------------------------------------------


def _short(name: str) -> str:
    head, _, rest = name.partition(".")
    head = {"numpy": "np"}.get(head, head)
    return f"{head}.{rest}" if rest else head


def _canonical(term: Term) -> Term:
    where = [canonical(c) for c in term.where]
    return replace(term, where=tuple(c for c in where if isinstance(c, Condition)))


def _junk(handle: Handle) -> tuple[Term, ...]:
    return (Term((Read(f"?{handle.cell}", letters(len(handle.shape))),)),)


def _is_junk(array: Array, cell: int) -> bool:
    return any(r.tensor == f"?{cell}" for t in array.terms for r in t.reads)


def _line(node: ast.AST) -> int:
    return getattr(node, "lineno", 0)


def place_of(node: ast.AST | None) -> Place:
    """Line and column, both from 1."""
    return Place(getattr(node, "lineno", 0), getattr(node, "col_offset", -1) + 1)


def _range(items: list[Value]) -> Span:
    values: list[Index] = []
    for item in items:
        if isinstance(item, Lost):
            raise CodeError(item.reason, item.line)
        if not isinstance(item, Whole):
            raise CodeError("range takes integers", hint="//, or int(…)")
        values.append(item.value)
    if not 1 <= len(values) <= 3:
        raise CodeError("range takes one to three integers")
    start, stop = (0, values[0]) if len(values) == 1 else (values[0], values[1])
    return Span(start, stop, values[2] if len(values) == 3 else 1)


def _turned(span: Span) -> Span:
    if span.step != 1:
        raise CodeError("reversed is read of ranges with step 1")
    return Span(canon(add(span.stop, -1)), canon(add(span.start, -1)), -1)


def _spans(name: str, items: list[Value]) -> tuple[Value, ...]:
    if name == "np.ndindex":
        if len(items) == 1 and isinstance(items[0], Row):
            items = list(items[0].items)
        return tuple(_range([item]) for item in items)
    return tuple(items)


def _slice(items: list[Value]) -> Value:
    if len(items) == 1:
        return Cut(None, items[0])
    return Cut(*items[:3])


def defaults_of(arguments: ast.arguments) -> dict[str, ast.expr]:
    """The parameters that have a default."""
    positional = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    count = len(positional) - len(arguments.defaults)
    found = dict(zip(positional[count:], arguments.defaults, strict=True))
    for extra, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default is not None:
            found[extra.arg] = default
    return found


def _parts_of(value: Value) -> Iterator[Handle]:
    """The arrays that a value holds."""
    match value:
        case Handle():
            yield value
        case Row(items):
            for item in items:
                yield from _parts_of(item)
        case Table(table):
            for item in table.values():
                yield from _parts_of(item)
        case Method(owner, _):
            yield from _parts_of(owner)


def _risked(statement: ast.stmt) -> set[str]:
    """Names that calls in a statement that was not read may change."""
    found: set[str] = set()
    if isinstance(statement, ast.Expr):
        found |= _names(statement)
    for node in ast.walk(statement):
        if isinstance(node, ast.Global | ast.Nonlocal):
            found |= set(node.names)
        if not isinstance(node, ast.Call):
            continue
        found |= {n for k in node.keywords if k.arg == "out" for n in _names(k.value)}
        found |= {n for a in node.args[2:] for n in _names(a)}
        if isinstance(node.func, ast.Attribute) and node.func.attr in CHANGING:
            found |= {n for a in (node.func.value, *node.args[:1]) for n in _names(a)}
    return found


def _continues(body: Sequence[ast.stmt]) -> bool:
    """Whether a pass may be cut short (by this loop's own continue)."""
    for statement in body:
        if isinstance(statement, ast.Continue | ast.Break):
            return True
        if isinstance(statement, ast.If) and _continues([*statement.body, *statement.orelse]):
            return True
    return False


def own_names(node: ast.FunctionDef) -> set[str]:
    """The names that are a function's own: its parameters and what it binds."""
    every = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
    found = {a.arg for a in every}
    todo: list[ast.AST] = [*node.body]
    inner = ast.Lambda | ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp
    while todo:
        part = todo.pop()
        if isinstance(part, ast.FunctionDef):
            found.add(part.name)
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            found.add(part.id)
        elif not isinstance(part, inner):
            todo += ast.iter_child_nodes(part)
    return found


def plainly_bound(body: Iterable[ast.stmt]) -> set[str]:
    """The names that statements bind otherwise than by ``a += …``."""
    found: set[str] = set()
    for statement in body:
        added_to = {n.target for n in ast.walk(statement) if isinstance(n, ast.AugAssign)}
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found |= set() if node in added_to else {node.id}
    return found


def written_names(body: Iterable[ast.stmt]) -> set[str]:
    """Every name that statements may change: assigned, written into, or an alias of one of them."""
    changed: set[str] = set()
    sources: list[tuple[set[str], set[str]]] = []
    for statement in body:
        for node in ast.walk(statement):
            match node:
                case ast.Assign():
                    changed |= {n for t in node.targets for n in _target_names(t)}
                    names = {n for t in node.targets for n in _bound_names(t)}
                    sources.append((names, _names(node.value)))
                case ast.AnnAssign() | ast.AugAssign():
                    changed |= _target_names(node.target)
                case ast.For():
                    changed |= _target_names(node.target)
                    sources.append((_target_names(node.target), _names(node.iter)))
                case ast.Expr(value=ast.Call()):
                    changed |= _names(node)
                case ast.Call():
                    for argument in (*node.args, *(k.value for k in node.keywords)):
                        if isinstance(node.func, ast.Name):
                            changed |= _names(argument)
                    if isinstance(node.func, ast.Attribute) and node.func.attr in ("at", "fill"):
                        changed |= {n for a in node.args[:1] for n in _names(a)}
                        changed |= _names(node.func.value)
    written = {n for s in body for n in _stored(s)}
    for _ in range(len(sources)):
        grown = set(written)
        for names, inside in sources:
            if names & grown:
                grown |= inside
        if grown == written:
            break
        written = grown
    return changed | written


def _stored(statement: ast.stmt) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            found |= _target_names(node)
        elif isinstance(node, ast.AugAssign):
            found |= _target_names(node.target)
    return found


def _names(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def _target_names(node: ast.expr) -> set[str]:
    match node:
        case ast.Name():
            return {node.id}
        case ast.Tuple() | ast.List():
            return {n for part in node.elts for n in _target_names(part)}
        case ast.Subscript() | ast.Attribute() | ast.Starred():
            return _target_names(node.value)
    return set()


def _bound_names(node: ast.expr) -> set[str]:
    """The names that a target binds, not those that it writes into."""
    if isinstance(node, ast.Tuple | ast.List):
        return {n for part in node.elts for n in _bound_names(part)}
    return {node.id} if isinstance(node, ast.Name) else set()


def assigned_names(body: Iterable[ast.stmt]) -> set[str]:
    """The names that statements bind."""
    found: set[str] = set()
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
    return found


def _indexes(body: Sequence[ast.stmt], name: str) -> bool:
    """Whether a name stands in a subscript or a range."""
    for statement in body:
        for node in ast.walk(statement):
            inside: ast.AST | None = None
            if isinstance(node, ast.Subscript):
                inside = node.slice
            elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("range", "slice"):
                inside = node
            if inside is not None and name in _names(inside):
                return True
    return False


def _skips(statement: ast.stmt) -> bool:
    """``if …: continue``."""
    return isinstance(statement, ast.If) and isinstance(statement.body[-1], ast.Continue)


def _word(statement: ast.stmt) -> str:
    return {
        ast.While: "a while loop", ast.With: "with", ast.Try: "try", ast.Break: "break",
        ast.ClassDef: "a class", ast.Raise: "raise", ast.Continue: "this continue",
        ast.Global: "global", ast.Match: "match",
    }.get(type(statement), "this kind of statement")  # fmt: skip


STATEMENTS: dict[type[ast.stmt], Callable[[Any, Any], None]] = {
    ast.Assign: Machine._assign,
    ast.AnnAssign: Machine._annotated,
    ast.AugAssign: Machine._augmented,
    ast.If: Machine._if,
    ast.For: Machine._for,
    ast.FunctionDef: Machine._def,
    ast.Return: Machine._return,
    ast.Expr: Machine._expression,
    ast.Assert: Machine._assert,
    ast.Import: Machine._import,
    ast.ImportFrom: Machine._import,
    ast.Pass: Machine._nothing,
    ast.Delete: Machine._delete,
}
