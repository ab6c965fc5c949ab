"""Windows: sliding views, and SciPy's correlations and convolutions."""

from __future__ import annotations

from symconv.index import Condition, FloorDiv, Index, Symbol, add, minus
from symconv.syntax.code.arrays import Array, letter, moved, times, where_all
from symconv.syntax.code.calling import Arguments, axes_of, reads, shape_of
from symconv.syntax.code.facts import canon
from symconv.syntax.code.library_shapes import rank_of, remapped
from symconv.syntax.code.library_sums import contracted
from symconv.syntax.code.memory import Memory, axis_bounds
from symconv.syntax.code.source import CodeError
from symconv.syntax.code.spreading import as_array
from symconv.syntax.code.values import Handle, Nothing, Value, Word


@reads("np.lib.stride_tricks.sliding_window_view")
def _sliding(memory: Memory, call: Arguments) -> Value:
    """``out[…, o, …, k] = a[…, o + k, …]``: a view that is not written to."""
    call.only(3, "axis", "window_shape")
    value, shape = rank_of(memory, call.get(0, "x"))
    window = shape_of(call.get(1, "window_shape"))
    given = call.get(2, "axis", Nothing())
    axes = axes_of(given, len(shape))
    if len(axes) != len(window):
        raise CodeError(f"{len(window)} window sizes stand for {len(axes)} axes")
    wide = list(shape)
    names: dict[str, Index] = {letter(n): Symbol(letter(n)) for n in range(len(shape))}
    for place, (axis, size) in enumerate(zip(axes, window, strict=True)):
        memory.need(0, "<=", size, "a window cannot have less than no elements")
        memory.need(size, "<=", shape[axis], "a window must not be longer than its axis")
        wide[axis] = canon(add(shape[axis], minus(size), 1))
        here = Symbol(letter(len(shape) + place))
        names[letter(axis)] = canon(add(Symbol(letter(axis)), here))
    made = remapped(memory, value, (*wide, *window), names)
    if isinstance(made, Handle):
        made = memory.new(memory.load(made))
        memory.cells[made.cell].shared = "a sliding view is written to"
        if isinstance(value, Handle):
            memory.aliased("this array has a sliding view, and is written to", value, made)
    return made


@reads(
    "scipy.signal.correlate2d", "scipy.signal.convolve2d",
    "scipy.signal.correlate", "scipy.signal.convolve", "scipy.signal.fftconvolve",
)  # fmt: skip
def _scipy(memory: Memory, call: Arguments) -> Value:
    """``full[i] = Σ_k v[k]·a[i - k]`` (or ``a[i - K + 1 + k]``); valid and same are parts of it."""
    word = call.name.rpartition(".")[2]
    plane = word.endswith("2d")
    call.only(3, "mode", *(() if plane or word == "fftconvolve" else ("method",)))
    a, v = as_array(memory, call.get(0, "in1")), as_array(memory, call.get(1, "in2"))
    if a.rank != v.rank or not a.rank or (plane and a.rank != 2):
        raise CodeError(f"{word} takes two arrays with as many axes")
    mode = call.get(2, "mode", Word("full"))
    if not isinstance(mode, Word) or mode.text not in ("full", "valid", "same"):
        raise CodeError(f"this mode of {word} is not read")
    turned = word.startswith("correlate")
    shape: list[Index] = []
    names: dict[str, Index] = {}
    inside: list[Condition] = []
    for axis, (n, k) in enumerate(zip(a.shape, v.shape, strict=True)):
        if mode.text == "valid":
            text = f"{word} exchanges its arrays where the second is longer"
            memory.need(k, "<=", n, text, sure=False)
        size, shift = _part(mode.text, n, k, turned and plane)
        here, other = Symbol(letter(axis)), Symbol(letter(a.rank + axis))
        tap: Index = add(other, 1, minus(k)) if turned else minus(other)
        at = canon(add(here, shift, tap))
        shape.append(size)
        names[letter(axis)] = at
        inside += [Condition(0, "<=", at), Condition(at, "<", n)]
    wide = (*shape, *v.shape)
    taps = {letter(n): Symbol(letter(a.rank + n)) for n in range(a.rank)}
    facts = memory.facts.within(axis_bounds(wide))
    read = where_all(moved(a, names, wide), inside, facts)
    product = times(read, moved(v, {**taps}, wide))
    return contracted(memory, Array(wide, product.terms), tuple(range(a.rank, 2 * a.rank)))


def _part(mode: str, n: Index, k: Index, swung: bool) -> tuple[Index, Index]:
    """The size of a mode's result, and where it starts in the full one."""
    if mode == "full":
        return canon(add(n, k, -1)), 0
    if mode == "valid":
        return canon(add(n, minus(k), 1)), canon(add(k, -1))
    half = canon(FloorDiv(add(k, -1), 2))
    return n, canon(add(k, -1, minus(half))) if swung else half
