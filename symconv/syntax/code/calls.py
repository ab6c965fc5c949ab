"""Calls: of NumPy, of built-ins, and of the functions that the code defines."""

from __future__ import annotations

import ast
from dataclasses import replace

from symconv.index import Condition, Index, Max, Min, Symbol, substitute
from symconv.syntax.code import library_products
from symconv.syntax.code.arrays import Array, letters, moved
from symconv.syntax.code.arrays import summed as arrays_summed
from symconv.syntax.code.calling import FUNCTIONS, Arguments
from symconv.syntax.code.changing import defaults_of, own_names, stored
from symconv.syntax.code.facts import canon, canonical
from symconv.syntax.code.handing import CHANGING, names_in
from symconv.syntax.code.indexing import gather_axes, items_of, picks
from symconv.syntax.code.library_made import FLOATS
from symconv.syntax.code.memory import axis_bounds
from symconv.syntax.code.source import CodeError
from symconv.syntax.code.spans import range_of, slice_of, spans_of
from symconv.syntax.code.spreading import as_array, broadcast
from symconv.syntax.code.strangers import Strangers
from symconv.syntax.code.values import (
    Blueprint,
    Handle,
    Lost,
    Method,
    Named,
    Nothing,
    Positions,
    Random,
    Routine,
    Row,
    Truth,
    Unknown,
    Value,
    Whole,
    Word,
)
from symconv.terms import Term

DEEPEST_CALLS = 6


QUIET = ("print", "np.random.seed", "np.set_printoptions", "random.seed")


DECORATORS = ("njit", "jit", "nb.njit", "nb.jit", "numba.njit", "numba.jit", "staticmethod")


KINDS = frozenset(("int", "float", "tuple", "list", "str", "dict", "np.ndarray"))
"""Types that `isinstance` is read with."""


PASSED_OVER = ("np.testing", "plt", "time", "sys", "logging", "warnings")


class Ended(Exception):
    """The code raises, or ends, for all sizes of this way."""

    def __init__(self, error: CodeError) -> None:
        super().__init__("end")
        self.error = error


class Returned(Exception):
    """A function gives back its value."""

    def __init__(self, value: Value, node: ast.Return) -> None:
        super().__init__("return")
        self.value = value
        self.node = node


def _is_a(value: Value, kind: Value) -> Truth:
    """``isinstance(value, kind)`` for the kinds that a stride or a padding may have."""
    kinds = kind.items if isinstance(kind, Row) else (kind,)
    names = {k.name for k in kinds if isinstance(k, Named)}
    if isinstance(value, Whole):
        own = "int"
    elif isinstance(value, Row):
        own = "list" if value.listed else "tuple"
    elif isinstance(value, Handle):
        own = "np.ndarray"
    else:
        own = ""
    if len(names) < len(kinds) or not own or not names <= KINDS:
        raise CodeError("this isinstance is not read")
    return Truth(((),) if own in names else ())


def _canonical(term: Term) -> Term:
    where = [canonical(c) for c in term.where]
    return replace(term, where=tuple(c for c in where if isinstance(c, Condition)))


class Calls(Strangers):
    """Reads calls and functions."""

    # --- functions ------------------------------------------------------------------------------

    def call(self, node: ast.Call) -> Value:
        """A call of NumPy, of a built-in or of a function of the code's own."""
        function = node.func
        if isinstance(function, ast.Name) and function.id == "sum" and len(node.args) == 1:
            if isinstance(node.args[0], ast.GeneratorExp) and "sum" not in self.memory.env:
                return self.total(node.args[0])
        if isinstance(function, ast.Name) and self.stranger(function):
            raise CodeError(f"{function.id} is not known here", hint=f"def {function.id}(…)")
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
            if not isinstance(owner.owner, Unknown):
                self.sure(*items, *keywords.values())
            return self._method(owner, items, keywords)
        if isinstance(owner, Named):
            self.sure(*items, *keywords.values())
            return self._named(owner.name, items, keywords)
        raise CodeError("this cannot be called")

    def _named(self, name: str, items: list[Value], keywords: dict[str, Value]) -> Value:
        if name in ("min", "max", "np.minimum", "np.maximum") and not keywords:
            whole = [i.value for i in items if isinstance(i, Whole)]
            if len(items) >= 2 and len(whole) == len(items):
                least = name.endswith(("min", "minimum"))
                return Whole(canon(Min(tuple(whole)) if least else Max(tuple(whole))))
        if name in ("list", "tuple") and len(items) == 1:
            return Row(self.items(items[0]), listed=name == "list")
        if name == "isinstance" and len(items) == 2:
            return _is_a(items[0], items[1])
        if name == "range":
            return range_of(items)
        if name == "enumerate" and (len(items) != 1 or keywords):
            raise CodeError("enumerate is read from 0", hint="enumerate(…)")
        if name in ("enumerate", "zip"):
            return Method(Row(tuple(items)), name)
        if name in ("np.ndindex", "itertools.product", "product"):
            spans = spans_of(name, items)
            return Method(Row(spans), "product")
        if name == "slice":
            return slice_of(items)
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
        if isinstance(owner, Unknown):
            found = self.memory.env.get(f"{owner.name}.{method.name}")
            if isinstance(found, Routine):
                return self.called(found, [owner, *items], keywords)
        if method.name == "astype" and keywords:
            raise CodeError("astype with copy=… is not read")
        if method.name == "astype" and isinstance(owner, Handle | Array | Random):
            kind = items[0] if items else Nothing()
            if not isinstance(kind, Named) or kind.name not in FLOATS:
                if not (isinstance(kind, Word) and kind.text.startswith("float")):
                    raise CodeError("an array of whole numbers is not read")
            if isinstance(owner, Random):
                return replace(owner, whole=False)
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
        if len(items) != 3 or not isinstance(items[0], Handle) or self.memory.listed(items[0]):
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
                text = "a value for each place is added"
                memory.together(size, wide_size, text, both=False)
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

    def _acts(self, node: ast.AST, deep: int = 0) -> bool:
        """Whether a part of an expression, or a function's body, may change arrays."""
        for call in ast.walk(node):
            if isinstance(call, ast.NamedExpr):
                return True
            if not isinstance(call, ast.Call):
                continue
            if isinstance(call.func, ast.Attribute) and call.func.attr in CHANGING:
                return True
            found = self.memory.env.get(call.func.id) if isinstance(call.func, ast.Name) else None
            if not isinstance(found, Routine) and not self.tame(node)(call.func):
                return True
            if isinstance(found, Routine):
                inside = found.node.body
                if deep > DEEPEST_CALLS or any(stored(s) for s in inside):
                    return True
                if any(self._acts(s, deep + 1) for s in inside):
                    return True
        return False

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
        strange = callers & names_in(routine.node) - own - {routine.node.name}
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
        if any(isinstance(n, ast.Global | ast.Nonlocal) for n in ast.walk(node)):
            raise CodeError("global and nonlocal are not read")
        pairs = [*defaults_of(node.args).items()]
        self.memory.env[node.name] = Routine(
            node, {n: self._default(d) for n, d in pairs}, self.home
        )

    def _class(self, node: ast.ClassDef) -> None:
        """A class of plain methods; each is read by itself, behind those above it."""
        if node.decorator_list or node.keywords:
            raise CodeError("a class with decorators or a metaclass is not read")
        kept = dict(self.memory.env)
        methods: list[Routine] = []
        for part in node.body:
            if isinstance(part, ast.FunctionDef) and not part.decorator_list and part.args.args:
                self._def(part)
                made = self.memory.env[part.name]
                assert isinstance(made, Routine)
                methods.append(made)
            elif not isinstance(part, ast.Pass) and not (
                isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)
            ):
                raise CodeError("a class with more than plain methods is not read", part.lineno)
        self.memory.env = kept
        self.memory.env[node.name] = Blueprint(node.name, tuple(methods))

    def _default(self, node: ast.expr) -> Value:
        try:
            return self.value(node)
        except CodeError as error:
            return Lost(error.message, error.line)

    def _return(self, node: ast.Return) -> None:
        self._outside_of_all("return")
        if isinstance(node.value, ast.Tuple):
            raise Returned(Row(tuple(self._part(part) for part in node.value.elts)), node)
        raise Returned(Nothing() if node.value is None else self._part(node.value), node)

    def _outside_of_all(self, word: str) -> None:
        """Errors: `CodeError` within a loop of this function, or under a condition."""
        if self._inside():
            raise CodeError(f"{word} within a loop or under a condition is not read")

    def _inside(self) -> bool:
        """Whether the reader stands in a loop of this function, or under a condition."""
        memory = self.memory
        return self.frame != (len(memory.loops), len(memory.guards), len(memory.masks))

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
