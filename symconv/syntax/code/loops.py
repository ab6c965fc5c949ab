"""Loops: what they run over."""

from __future__ import annotations

import ast
from collections.abc import Sequence

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
from symconv.syntax.code.arrays import Array
from symconv.syntax.code.changing import continues, written_names
from symconv.syntax.code.facts import canon
from symconv.syntax.code.handing import names_in
from symconv.syntax.code.indexing import select
from symconv.syntax.code.knowing import Loop
from symconv.syntax.code.passes import Passes
from symconv.syntax.code.source import CodeError
from symconv.syntax.code.spans import turned
from symconv.syntax.code.values import Handle, Method, Nothing, Positions, Row, Span, Value, Whole

DEEPEST_LOOPS = 12


MOST_PASSES = 64


class Loops(Passes):
    """Reads loops."""

    # --- loops ----------------------------------------------------------------------------------

    def _for(self, node: ast.For) -> None:
        if node.orelse:
            raise CodeError("else behind a loop is not read")
        if len(self.memory.loops) >= DEEPEST_LOOPS:
            raise CodeError("loops are nested too deeply")
        self._over(node.target, self._source(node.iter), node)

    def _while(self, node: ast.While) -> None:
        """``while i + K <= N: …; i += S`` is a loop over ``range(i, N - K + 1, S)``."""
        hint = "for … in range(…)"
        *body, last = node.body
        if not (
            isinstance(last, ast.AugAssign)
            and isinstance(last.op, ast.Add)
            and isinstance(last.target, ast.Name)
            and body
            and not node.orelse
            and not continues(node.body)
        ):
            raise CodeError("a while loop is read where its last line is i += …", hint=hint)
        name = last.target.id
        start, step = self.lookup(name), self.value(last.value)
        fixed = (names_in(node.test) | names_in(last.value)) - {name}
        if written_names(body, self.tame(node)) & {name, *fixed} or not isinstance(start, Whole):
            raise CodeError(f"a while loop is read where {name} alone changes", hint=hint)
        if not isinstance(step, Whole) or not self.memory.facts.holds(
            Condition(step.value, ">=", 1)
        ):
            raise CodeError(f"{name} must grow by at least 1 from pass to pass", hint=hint)
        stop = self._end_of(node.test, name)
        loop, element = self.opened(Span(start.value, stop, step.value), last.target)
        as_for = ast.For(last.target, node.test, body, [])
        made = ast.copy_location(as_for, node)
        self._pass(loop, lambda: self.assign(last.target, element, node), body, made)
        count = canon(Max((0, add(loop.stop, minus(loop.start)))))
        end = canon(add(start.value, Product((step.value, count))))
        self.memory.env[name] = Whole(end)

    def _end_of(self, test: ast.expr, name: str) -> Index:
        """The first value of a name at which ``left < right`` fails."""
        memory = self.memory
        here = Symbol(memory.letter(name))
        kept = memory.env[name]
        memory.env[name] = Whole(here)
        try:
            match test:
                case ast.Compare(left, [ast.Lt() | ast.LtE() as sign], [right]):
                    low, high = self.value(left), self.value(right)
                case ast.Compare(left, [ast.Gt() | ast.GtE() as sign], [right]):
                    high, low = self.value(left), self.value(right)
                case _:
                    low = high = Nothing()
        finally:
            memory.env[name] = kept
        if isinstance(low, Whole) and isinstance(high, Whole):
            parts = coefficient(canon(add(high.value, minus(low.value))), here.name)
            if parts is not None and parts[0] == -1:
                more = isinstance(sign, ast.LtE | ast.GtE)
                return canon(add(parts[1], 1 if more else 0))
        raise CodeError("the end of this while loop is not read", hint="for … in range(…)")

    def _source(self, node: ast.expr) -> Value:
        if isinstance(node, ast.Call):
            name = self._plain_name(node.func)
            if name == "reversed" and len(node.args) == 1:
                inner = self.value(node.args[0])
                if isinstance(inner, Span):
                    return turned(inner)
        return self.value(node)

    def _plain_name(self, node: ast.expr) -> str:
        return node.id if isinstance(node, ast.Name) and node.id not in self.memory.env else ""

    def _over(self, goal: ast.expr, source: Value, node: ast.For) -> None:
        if isinstance(source, Row):
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
        length = canon(add(stop, minus(start)))
        if isinstance(step, int) and step < 0:
            count = canon(FloorDiv(add(minus(length), -step, -1), -step))
        else:
            memory.need(step, ">=", 1, "a loop's step is read as at least 1", sure=False)
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
