"""Products that sum: dot, matmul, einsum, tensordot, outer, one-dimensional convolutions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from symconv.index import Condition, Index, Symbol, add, minus
from symconv.syntax.code.arrays import Array, is_mask, letter, moved, times, where_all
from symconv.syntax.code.calling import Arguments, axis_of, number_of, reads
from symconv.syntax.code.facts import canon
from symconv.syntax.code.library_sums import contracted
from symconv.syntax.code.memory import Memory, axis_bounds
from symconv.syntax.code.source import CodeError
from symconv.syntax.code.spreading import as_array, broadcast, spread
from symconv.syntax.code.values import Row, Value, Whole, Word

_SPEC = re.compile(r"([A-Za-z]*(?:,[A-Za-z]*)*)(?:->([A-Za-z]*))?")


def einsum(
    memory: Memory,
    inputs: Sequence[str],
    output: str,
    arrays: Sequence[Array],
    stretched: bool = False,
) -> Array:
    """``out[output] = Σ Π arrays[inputs]``; letters that the output lacks are summed over.

    Where it is `stretched`, an axis of one element goes with any other, as np.einsum has it.
    """
    sizes: dict[str, Index] = {}
    if len(arrays) > 1 and all(is_mask(array) for array in arrays):
        raise CodeError("a product of truth values is not read", hint="(x > 0).astype(float)")
    for spelled, array in zip(inputs, arrays, strict=True):
        if len(spelled) != array.rank:
            raise CodeError(f"{len(spelled)} letters stand for {array.rank} axes")
        for name, size in zip(spelled, array.shape, strict=True):
            known = sizes.setdefault(name, size)
            text = f"axes of {known} and {size} elements are combined one by one"
            if stretched and 1 in (known, size):
                sizes[name] = size if known == 1 else known
            elif stretched and not isinstance(known, int):
                memory.together(known, size, text)
            else:
                memory.need(known, "==", size, text)
    order = [*output, *(name for name in sizes if name not in output)]
    if len(set(output)) < len(output) or any(name not in sizes for name in output):
        raise CodeError("the letters of the result do not fit")
    shape = tuple(sizes[name] for name in order)
    total: Array | None = None
    for spelled, array in zip(inputs, arrays, strict=True):
        names: dict[str, Index] = {
            letter(n): 0 if array.shape[n] == 1 else Symbol(f"@{order.index(name)}")
            for n, name in enumerate(spelled)
        }
        home: dict[str, Index] = {f"@{n}": Symbol(letter(n)) for n in range(len(order))}
        found = moved(moved(array, names, shape), home, shape)
        total = found if total is None else times(total, found)
    assert total is not None
    return contracted(memory, total, tuple(range(len(output), len(order))))


@reads("np.einsum")
def _einsum(memory: Memory, call: Arguments) -> Value:
    call.only(8, "optimize")
    spec = call.get(0, "subscripts")
    match = _SPEC.fullmatch(spec.text.replace(" ", "")) if isinstance(spec, Word) else None
    if match is None:
        raise CodeError("this einsum is not read", hint="letters alone, 'nchw,fchw->nf'")
    inputs = match[1].split(",")
    arrays = [as_array(memory, item) for item in call.items[1:]]
    if len(inputs) != len(arrays):
        raise CodeError(f"einsum names {len(inputs)} arrays and gets {len(arrays)}")
    output = match[2]
    if output is None:
        joined = "".join(inputs)
        output = "".join(sorted({c for c in joined if joined.count(c) == 1}))
    return einsum(memory, inputs, output, arrays, stretched=True)


@reads("np.dot", "np.matmul")
def _dot(memory: Memory, call: Arguments) -> Value:
    call.only(2)
    return product(memory, call.get(0, "a"), call.get(1, "b"), call.name == "np.matmul")


def product(memory: Memory, left: Value, right: Value, stacked: bool = True) -> Array:
    """``a @ b``; with `stacked`, leading axes go together, as matmul has it."""
    a, b = as_array(memory, left), as_array(memory, right)
    if not a.rank or not b.rank:
        if stacked:
            raise CodeError("@ takes arrays")
        return times(Array(a.shape or b.shape, a.terms), Array(a.shape or b.shape, b.terms))
    if a.rank + b.rank > 16:
        raise CodeError("this has too many axes")
    names = "abcdefghijklmnopqrstuvwxyz"
    if stacked and a.rank > 2 and b.rank > 2:
        stack, _ = broadcast(memory, Array(a.shape[:-2]), Array(b.shape[:-2]))
        a, b = (spread(one, (*stack, *one.shape[-2:])) for one in (a, b))
        lead = names[: len(stack)]
        return einsum(memory, (f"{lead}xz", f"{lead}zy"), f"{lead}xy", (a, b))
    front = names[: a.rank - 1]
    if b.rank == 1:
        return einsum(memory, (f"{front}z", "z"), front, (a, b))
    back = names[a.rank - 1 : a.rank + b.rank - 2]
    inside = f"{back[:-1]}z{back[-1]}"
    if stacked and b.rank > 2:  # the stack of the second comes first
        out = f"{back[:-1]}{front}{back[-1]}"
        return einsum(memory, (f"{front}z", inside), out, (a, b))
    return einsum(memory, (f"{front}z", inside), front + back, (a, b))


@reads("np.outer")
def _outer(memory: Memory, call: Arguments) -> Value:
    call.only(2)
    a, b = as_array(memory, call.get(0, "a")), as_array(memory, call.get(1, "b"))
    if a.rank != 1 or b.rank != 1:
        raise CodeError("np.outer is read of two axes alone")
    return einsum(memory, ("x", "y"), "xy", (a, b))


@reads("np.inner", "np.vdot")
def _inner(memory: Memory, call: Arguments) -> Value:
    call.only(2)
    a, b = as_array(memory, call.get(0, "a")), as_array(memory, call.get(1, "b"))
    if a.rank != 1 or b.rank != 1:
        raise CodeError(f"{call.name} is read of two axes alone")
    return einsum(memory, ("x", "x"), "", (a, b))


@reads("np.tensordot")
def _tensordot(memory: Memory, call: Arguments) -> Value:
    call.only(3, "axes")
    a, b = as_array(memory, call.get(0, "a")), as_array(memory, call.get(1, "b"))
    left, right = _axes(call.get(2, "axes", Whole(2)), a.rank, b.rank)
    first = [chr(97 + n) for n in range(a.rank)]
    second = [chr(65 + n) for n in range(b.rank)]
    for one, other in zip(left, right, strict=True):
        second[other] = first[one]
    output = [c for n, c in enumerate(first) if n not in left]
    output += [c for n, c in enumerate(second) if n not in right]
    return einsum(memory, ("".join(first), "".join(second)), "".join(output), (a, b))


def _axes(value: Value, a: int, b: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    if not isinstance(value, Row):
        count = number_of(value, "axes")
        if not 0 <= count <= min(a, b):
            raise CodeError("tensordot has too few axes")
        return tuple(range(a - count, a)), tuple(range(count))
    if len(value.items) != 2:
        raise CodeError("axes are two lists")
    sides = []
    for item, rank in zip(value.items, (a, b), strict=True):
        items = item.items if isinstance(item, Row) else (item,)
        sides.append(tuple(axis_of(axis, rank) for axis in items))
    if len(sides[0]) != len(sides[1]):
        raise CodeError("axes are two lists of one length")
    return sides[0], sides[1]


@reads("np.convolve", "np.correlate")
def _convolve(memory: Memory, call: Arguments) -> Value:
    """``full[i] = Σ_k v[k]·a[i - k]``; valid and same are parts of it."""
    call.only(3, "mode")
    a, v = as_array(memory, call.get(0, "a")), as_array(memory, call.get(1, "v"))
    if a.rank != 1 or v.rank != 1:
        raise CodeError(f"{call.name} takes arrays with one axis")
    turned = call.name == "np.correlate"
    mode = call.get(2, "mode", Word("valid" if turned else "full"))
    if not isinstance(mode, Word) or mode.text not in ("full", "valid"):
        raise CodeError(f"this mode of {call.name} is not read")
    n, k = a.shape[0], v.shape[0]
    if mode.text == "valid" or turned:
        text = f"{call.name} exchanges its arrays where the second is longer"
        memory.need(k, "<=", n, text, sure=False)
    if turned:
        v = moved(v, {letter(0): canon(add(k, -1, minus(Symbol(letter(0)))))}, v.shape)
    full = mode.text == "full"
    size = canon(add(n, k, -1)) if full else canon(add(n, minus(k), 1))
    shift: Index = 0 if full else canon(add(k, -1))
    here, other = Symbol(letter(0)), Symbol(letter(1))
    at = canon(add(here, shift, minus(other)))
    wide = (size, k)
    facts = memory.facts.within(axis_bounds(wide))
    read = where_all(
        moved(a, {letter(0): at}, wide),
        (Condition(0, "<=", at), Condition(at, "<", n)),
        facts,
    )
    return contracted(memory, times(read, moved(v, {letter(0): other}, wide)), (1,))
