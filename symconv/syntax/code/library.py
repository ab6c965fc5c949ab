"""What NumPy's functions make: new arrays, padding, sums, functions element by element."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from symconv.index import Condition, Index, Max, Min, Product, Symbol, add, minus, polynomial
from symconv.syntax.code.arrays import (
    Array,
    added,
    divided_by,
    letter,
    moved,
    of_number,
    scaled,
    summed,
    times,
    where_all,
)
from symconv.syntax.code.calling import Arguments, axes_of, axis_of, flag, reads, shape_of, size_of
from symconv.syntax.code.elementwise import (
    applied,
    as_array,
    binary,
    broadcast,
    rounded,
    stacked,
    truths,
)
from symconv.syntax.code.facts import canon, equal
from symconv.syntax.code.indexing import settle_all
from symconv.syntax.code.memory import Memory, axis_bounds
from symconv.syntax.code.source import CodeError
from symconv.syntax.code.values import (
    Handle,
    Named,
    Nothing,
    Positions,
    Random,
    Ratio,
    Real,
    Row,
    Truth,
    Value,
    Whole,
    Word,
)
from symconv.terms import Range

NO = Truth(())
EXAMPLES = tuple(
    f"np.random.{name}" for name in
    "rand randn random random_sample normal uniform standard_normal randint sample".split()
)  # fmt: skip
FLOATS = ("float", "np.float32", "np.float64", "np.float_", "np.double", "dtype", "np.float16")


# --- new arrays ---------------------------------------------------------------------------------


def _floats(call: Arguments, place: int = 1) -> None:
    kind = call.items[place] if len(call.items) > place else call.keywords.get("dtype")
    if kind is None:
        return
    if not (isinstance(kind, Named) and kind.name in FLOATS) and not (
        isinstance(kind, Word) and kind.text.startswith("float")
    ):
        raise CodeError("an array of whole numbers is not read", hint="dtype=float")


@reads("np.zeros", "np.ones", "np.empty", "np.full")
def _filled(memory: Memory, call: Arguments) -> Value:
    word = call.name.rpartition(".")[2]
    call.only(3 if word == "full" else 2, "dtype", "shape", "fill_value", "order")
    _floats(call, 2 if word == "full" else 1)
    shape = shape_of(call.get(0, "shape"))
    if not shape:
        raise CodeError("an array without axes is not read", hint="a number")
    for size in shape:
        memory.need(0, "<=", size, "an axis cannot have less than no elements")
    return _made(memory, word, shape, call)


@reads("np.zeros_like", "np.ones_like", "np.empty_like", "np.full_like")
def _like(memory: Memory, call: Arguments) -> Value:
    word = call.name.rpartition(".")[2].removesuffix("_like")
    call.only(3 if word == "full" else 2, "dtype", "fill_value")
    _floats(call, 2 if word == "full" else 1)
    other = call.get(0, "a")
    if not isinstance(other, Handle | Array) or not other.shape:
        raise CodeError(f"{call.name} takes an array")
    if memory.whole(other) and "dtype" not in call.keywords:
        raise CodeError("an array of truth values or whole numbers is not read", hint="dtype=float")
    made = _made(memory, word, other.shape, call)
    if isinstance(other, Handle) and "dtype" not in call.keywords and len(call.items) < 2:
        memory.cells[made.cell].integral = memory.cells[other.cell].integral
    return made


def _made(memory: Memory, word: str, shape: tuple[Index, ...], call: Arguments) -> Handle:
    if word == "empty":
        return memory.new(Array(shape), "nothing")
    if word == "zeros":
        return memory.new(Array(shape), "zeros")
    if word == "ones":
        return memory.new(of_number(1, shape), "ones")
    given = call.get(1, "fill_value")
    if word == "full" and isinstance(given, Whole | Truth) and not _typed(call):
        raise CodeError("an array of whole numbers is not read", hint="a number with a point")
    value = as_array(memory, given)
    if value.rank or memory.whole(given):
        raise CodeError(f"{call.name} takes a number here")
    return memory.new(replace(value, shape=shape), "zeros" if not value.terms else "full")


def _typed(call: Arguments) -> bool:
    return "dtype" in call.keywords or len(call.items) > 2


@reads("np.array", "np.asarray", "np.ascontiguousarray", "np.float32", "np.float64", "np.copy")
def _array(memory: Memory, call: Arguments) -> Value:
    call.only(2, "dtype", "copy", "order")
    _floats(call)
    value = call.get(0, "a")
    if "copy" in call.keywords and not flag(call.keywords["copy"]):
        raise CodeError("copy=False is not read: it may share memory")
    if isinstance(value, Random) and ("dtype" in call.keywords or len(call.items) > 1):
        return replace(value, whole=False)
    if isinstance(value, Random | Positions | Whole | Ratio | Real):
        return value
    if memory.whole(value) or isinstance(value, Truth) or _wholes(value):
        raise CodeError("an array of whole numbers or truth values is not read")
    if isinstance(value, Handle) and not memory.listed(value):
        if call.name == "np.asarray":
            return value
        if call.name == "np.ascontiguousarray":
            made = memory.new(as_array(memory, value))
            memory.aliased(SHARED, value, made)
            return made
    if isinstance(value, Row) and _numbers(value):
        return Random(
            _lengths(value),
            call.items[1:] == () and "dtype" not in call.keywords and _integers(value),
        )
    return memory.new(as_array(memory, value))


SHARED = "this array may share its memory with a contiguous one, and is written to"


def _wholes(value: Value) -> bool:
    """Whether a list has sizes or truth values alone (lists of plain numbers are examples)."""
    if not isinstance(value, Row) or not value.items or _numbers(value):
        return False
    return all(isinstance(item, Whole | Truth) or _wholes(item) for item in value.items)


def _numbers(value: Value) -> bool:
    if isinstance(value, Row):
        return bool(value.items) and all(_numbers(item) for item in value.items)
    return isinstance(value, Real) or (isinstance(value, Whole) and isinstance(value.value, int))


def _integers(value: Value) -> bool:
    """Whether a list of numbers has none with a point."""
    return all(map(_integers, value.items)) if isinstance(value, Row) else isinstance(value, Whole)


def _lengths(value: Value) -> tuple[Value, ...]:
    if not isinstance(value, Row):
        return ()
    inner = {len(_lengths(item)) for item in value.items}
    if len(inner) != 1:
        raise CodeError("these rows have different lengths")
    return (Whole(len(value.items)), *_lengths(value.items[0]))


@reads(*EXAMPLES)
def _random(memory: Memory, call: Arguments) -> Value:
    word = call.name.rpartition(".")[2]
    if word in ("rand", "randn"):
        return Random(call.items)
    size = call.keywords.get("size")
    if size is None and word in ("random", "random_sample", "standard_normal", "sample"):
        size = call.items[0] if call.items else None
    whole = word == "randint"
    if size is None:
        return Random(None, whole)
    return Random(size.items if isinstance(size, Row) else (size,), whole)


@reads("np.arange")
def _arange(memory: Memory, call: Arguments) -> Value:
    call.only(3, "dtype")
    items = call.items
    if not 1 <= len(items) <= 2:
        raise CodeError("np.arange is read with one or two ends")
    start: Index = 0 if len(items) == 1 else size_of(items[0])
    stop = size_of(items[-1])
    size = canon(add(stop, minus(start)))
    memory.need(0, "<=", size, "np.arange has no elements here", sure=False)
    return Positions((size,), canon(add(start, Symbol(letter(0)))))


# --- padding ------------------------------------------------------------------------------------


@reads("np.pad")
def _pad(memory: Memory, call: Arguments) -> Value:
    call.only(3, "pad_width", "mode", "constant_values", "array")
    array = as_array(memory, call.get(0, "array"))
    amounts = _amounts(call.get(1, "pad_width"), array.rank)
    mode = call.get(2, "mode", Word("constant"))
    if not isinstance(mode, Word) or mode.text not in MODES:
        raise CodeError("this way of padding is not read", hint="mode='constant'")
    fill = call.keywords.get("constant_values", Whole(0))
    if mode.text == "constant" and not _zeros(fill):
        raise CodeError("padding is read with zeros alone")
    for axis, (before, after) in enumerate(amounts):
        for amount in (before, after):
            memory.need(0, "<=", amount, "padding must not be negative")
        if before != 0 or after != 0:
            array = _padded(memory, array, axis, before, after, mode.text)
    return memory.new(array)


def _zeros(value: Value) -> bool:
    if isinstance(value, Row):
        return all(map(_zeros, value.items))
    return isinstance(value, Whole | Real) and value.value == 0


def _amounts(value: Value, rank: int) -> list[tuple[Index, Index]]:
    if not isinstance(value, Row):
        return [(size_of(value), size_of(value))] * rank
    if all(isinstance(item, Row) for item in value.items):
        pairs = [item.items for item in value.items if isinstance(item, Row)]
    elif len(value.items) <= 2:
        pairs = [value.items]
    else:
        raise CodeError("pad_width is not read", hint="((before, after), …)")
    pairs = pairs * rank if len(pairs) == 1 else pairs
    if len(pairs) != rank or any(not 1 <= len(pair) <= 2 for pair in pairs):
        raise CodeError(f"pad_width has {len(pairs)} pairs for {rank} axes")
    return [(size_of(pair[0]), size_of(pair[-1])) for pair in pairs]


MODES = ("constant", "reflect", "edge", "wrap", "symmetric")


def _padded(
    memory: Memory, array: Array, axis: int, before: Index, after: Index, mode: str
) -> Array:
    """One axis longer: ``out[i] = a[i - before]`` inside, and by the mode outside."""
    size = array.shape[axis]
    shape = list(array.shape)
    shape[axis] = canon(add(size, before, after))
    here = Symbol(letter(axis))
    at = canon(add(here, minus(before)))
    low, high = Condition(at, "<", 0), Condition(at, ">=", size)
    inside = (Condition(0, "<=", at), Condition(at, "<", size))
    last = canon(add(size, -1))
    rows: dict[str, tuple[Index, Index, Index]] = {
        "reflect": (canon(minus(at)), canon(add(Product((2, last)), minus(at))), last),
        "symmetric": (
            canon(add(minus(at), -1)),
            canon(add(Product((2, size)), -1, minus(at))),
            size,
        ),
        "edge": (0, last, 10**9),
        "wrap": (canon(add(at, size)), canon(add(at, minus(size))), size),
    }
    total = _piece(memory, array, axis, at, tuple(shape), inside)
    if mode != "constant":
        left, right, most = rows[mode]
        if mode != "edge":
            for amount in (before, after):
                text = "what is padded with must lie inside the array"
                memory.need(amount, "<=", most, text, sure=False)
        total = added(total, _piece(memory, array, axis, left, tuple(shape), (low,)))
        total = added(total, _piece(memory, array, axis, right, tuple(shape), (high,)))
    return settle_all(memory, total)


def _piece(
    memory: Memory,
    array: Array,
    axis: int,
    at: Index,
    shape: tuple[Index, ...],
    conditions: tuple[Condition, ...],
) -> Array:
    found = moved(array, {letter(axis): at}, shape)
    facts = memory.facts.within(axis_bounds(shape))
    return where_all(found, conditions, facts)


# --- sums ---------------------------------------------------------------------------------------


@reads("np.sum", "np.mean", "np.average")
def _sum(memory: Memory, call: Arguments) -> Value:
    call.only(2, "axis", "keepdims")
    value = call.get(0, "a")
    array = as_array(memory, value)
    axes = axes_of(call.get(1, "axis", Nothing()), array.rank)
    keep = flag(call.keywords.get("keepdims", NO))
    count: Index = 1
    for axis in axes:
        count = Product((count, array.shape[axis]))
    found = contracted(memory, array, axes, keep)
    if call.name != "np.sum":
        memory.divisor(canon(count))
        found = divided_by(found, canon(count))
    return found


def contracted(memory: Memory, array: Array, axes: tuple[int, ...], keep: bool = False) -> Array:
    """The sum over some axes."""
    memory.tick(len(array.terms))
    names: dict[str, Index] = {}
    ranges: list[Range] = []
    shape: list[Index] = []
    where: list[Condition] = []
    for axis, size in enumerate(array.shape):
        if axis in axes:
            name = memory.letter("k")
            steady, others = _steady(memory, size)
            ranges.append(Range(name, steady))
            where += [Condition(Symbol(name), "<", other) for other in others]
            names[letter(axis)] = Symbol(name)
            shape += [1] if keep else []
        else:
            names[letter(axis)] = Symbol(f"@{len(shape)}")
            shape.append(size)
    found = moved(array, names, tuple(shape))
    home: dict[str, Index] = {f"@{n}": Symbol(letter(n)) for n in range(len(shape))}
    found = moved(found, home, tuple(shape))
    found = Array(found.shape, tuple(replace(t, where=(*t.where, *where)) for t in found.terms))
    inner = memory.facts.within(axis_bounds(tuple(shape)))
    inner = inner.within((r.name, r.start, canon(r.last)) for r in ranges)
    for item in ranges:
        found = summed(found, item.name, item.start, item.stop, inner)
    return found


def _steady(memory: Memory, size: Index) -> tuple[Index, list[Index]]:
    """A size that depends on no loop, and the smaller ones that it may be cut to."""
    if not memory.moving(size):
        return size, []
    if isinstance(size, Max) and size.args.count(0) == 1 and len(size.args) == 2:
        size = next(arg for arg in size.args if arg != 0)  # a sum over less than nothing is empty
    if not memory.moving(size):
        return size, []
    cut = next((m[0] for m in polynomial(size) if len(m) == 1 and isinstance(m[0], Min)), None)
    if cut is None or polynomial(size)[(cut,)] != 1:
        raise CodeError("a sum's range depends on a loop in a way that is not read")
    rest = canon(add(size, minus(cut)))
    sizes = [canon(add(arg, rest)) for arg in cut.args]
    plain = [n for n in sizes if not memory.moving(n)]
    if not plain:
        raise CodeError("a sum's range depends on a loop in a way that is not read")
    return plain[0], [n for n in sizes if n != plain[0]]


# --- element by element -------------------------------------------------------------------------


@reads("np.multiply", "np.add", "np.subtract", "np.divide", "np.true_divide")
def _operator(memory: Memory, call: Arguments) -> Value:
    call.only(2)
    signs = {"multiply": "*", "add": "+", "subtract": "-", "divide": "/", "true_divide": "/"}
    sign = signs[call.name.rpartition(".")[2]]
    return binary(memory, sign, call.get(0, "x1"), call.get(1, "x2"), "exact")


@reads("np.exp", "np.log", "np.tanh", "math.exp", "math.log", "math.tanh")
def _function(memory: Memory, call: Arguments) -> Value:
    call.only(1)
    return applied(memory, call.name.rpartition(".")[2], as_array(memory, call.get(0, "x")))


@reads("np.square", "np.negative")
def _power(memory: Memory, call: Arguments) -> Value:
    call.only(1)
    value = as_array(memory, call.get(0, "x"))
    if call.name == "np.negative":
        return scaled(value, Fraction(-1))
    handle = memory.new(value)
    return times(memory.load(handle), memory.load(handle))


@reads("np.maximum", "np.fmax")
def _maximum(memory: Memory, call: Arguments) -> Value:
    call.only(2)
    left, right = call.get(0, "x1"), call.get(1, "x2")
    if isinstance(left, Whole | Real):
        left, right = right, left
    if isinstance(right, Whole | Real) and right.value == 0:
        return applied(memory, "relu", as_array(memory, left))
    raise CodeError("np.maximum is read with 0 alone")


@reads("np.where")
def _where(memory: Memory, call: Arguments) -> Value:
    call.only(3)
    mask = truths(memory, call.get(0, "condition"))
    left, right = as_array(memory, call.get(1, "x")), as_array(memory, call.get(2, "y"))
    _, (m, a, b) = broadcast(memory, mask, left, right)
    handle = memory.new(m)
    return added(added(times(memory.load(handle), a), times(memory.load(handle), b), -1), b)


@reads("np.stack")
def _stack(memory: Memory, call: Arguments) -> Value:
    call.only(2, "axis")
    items = call.get(0, "arrays")
    if isinstance(items, Row):
        made = stacked(memory, [as_array(memory, item) for item in items.items])
    elif memory.listed(items):
        made = as_array(memory, items)
    else:
        raise CodeError("np.stack takes a list")
    axis = axis_of(call.get(1, "axis", Whole(0)), made.rank)
    order = [*range(1, axis + 1), 0, *range(axis + 1, made.rank)]
    names: dict[str, Index] = {letter(old): Symbol(letter(n)) for n, old in enumerate(order)}
    return moved(made, names, tuple(made.shape[old] for old in order))


# --- numbers ------------------------------------------------------------------------------------


@reads("int", "math.floor", "math.ceil", "np.floor", "np.ceil")
def _rounded(memory: Memory, call: Arguments) -> Value:
    call.only(1)
    made = rounded(memory, call.get(0, "x"), call.name.rpartition(".")[2])
    if call.name.startswith("np.") and isinstance(made, Whole):
        return Ratio(made.value, 1)  # a number with a point
    return made


@reads("float")
def _float(memory: Memory, call: Arguments) -> Value:
    call.only(1)
    value = call.get(0, "x")
    if isinstance(value, Handle | Array):
        value = as_array(memory, value)
        if value.rank:
            raise CodeError("float() takes a number")
        return value
    return (
        Real(Fraction(value.value))
        if isinstance(value, Whole) and isinstance(value.value, int)
        else value
    )


@reads("len")
def _len(memory: Memory, call: Arguments) -> Value:
    value = call.get(0, "a")
    if isinstance(value, Row):
        return Whole(len(value.items))
    if isinstance(value, Handle | Array | Positions) and value.shape:
        return Whole(value.shape[0])
    raise CodeError("len is read of arrays and tuples alone")


@reads("np.shape")
def _shape(memory: Memory, call: Arguments) -> Value:
    value = call.get(0, "a")
    if isinstance(value, Handle | Array | Positions):
        return Row(tuple(Whole(n) for n in value.shape))
    raise CodeError("np.shape is read of arrays alone")


@reads("np.prod", "math.prod")
def _prod(memory: Memory, call: Arguments) -> Value:
    call.only(1)
    value = call.get(0, "a")
    if not isinstance(value, Row):
        raise CodeError("np.prod is read of shapes alone")
    total: Value = Whole(1)
    for item in value.items:
        total = binary(memory, "*", total, item, "exact")
    return total


def same_shape(left: tuple[Index, ...], right: tuple[Index, ...]) -> bool:
    """Whether two shapes are plainly the same."""
    return len(left) == len(right) and all(equal(a, b) for a, b in zip(left, right, strict=True))
