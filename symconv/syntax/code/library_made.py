"""New arrays: of zeros, of rows, copies, example data, ranges."""

from __future__ import annotations

from dataclasses import replace

from symconv.index import Index, Symbol, add, minus
from symconv.syntax.code.arrays import (
    Array,
    letter,
    of_number,
)
from symconv.syntax.code.calling import Arguments, flag, reads, shape_of, size_of
from symconv.syntax.code.facts import canon
from symconv.syntax.code.memory import Memory
from symconv.syntax.code.source import CodeError
from symconv.syntax.code.spreading import as_array
from symconv.syntax.code.values import (
    Handle,
    Named,
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

EXAMPLES = tuple(
    f"np.random.{name}" for name in
    "rand randn random random_sample normal uniform standard_normal randint sample".split()
)  # fmt: skip


FLOATS = ("float", "np.float32", "np.float64", "np.float_", "np.double", "dtype", "np.float16")


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
