"""The lines of one function, the names in it, and the arrays it has prepared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from symconv.codegen.folds import PLACE
from symconv.codegen.names import Names
from symconv.codegen.plans import Axis, View
from symconv.codegen.source import arange, listed, source
from symconv.index import (
    FloorDiv,
    Index,
    Sum,
    Symbol,
    add,
    children,
    polynomial,
    rebuild,
    same,
    simplify,
    substitute,
    symbols,
    tidy,
)

INDENT = "    "
WIDTH = 99
HELPED = ("relu", "step", "sigmoid")
"""The functions that generated code defines for itself."""


@dataclass(slots=True)
class Body:
    """What is written so far; `sizes` gives names to sizes that are formulas."""

    names: Names
    sizes: Mapping[Index, str]
    least: Mapping[str, int]
    inner: Sequence[str]
    lines: list[str] = field(default_factory=list)
    depth: int = 1
    arrays: dict[object, str] = field(default_factory=dict)
    said: set[str] = field(default_factory=set)

    def line(self, text: str, comment: str = "") -> None:
        """Write a line, with a comment after it; a long call is spread over three."""
        indent = INDENT * self.depth
        if len(indent + text) > WIDTH and text.endswith(")"):
            start = _last_call(text)
            self.lines += [indent + text[:start], indent + INDENT + text[start:-1], indent + ")"]
        else:
            self.lines.append(indent + text)
        note = f"  # {comment}" if comment else ""
        self.lines[-1] += note if len(self.lines[-1] + note) <= WIDTH else ""

    def once(self, text: str) -> None:
        """Write a line that the block does not have yet."""
        if text not in self.said:
            self.said.add(text)
            self.line(text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Write the head of a block; what follows is inside it."""
        self.line(head)
        self.depth += 1
        outside, self.said = self.said, set()
        yield
        self.said = outside
        self.depth -= 1

    def tensor(self, name: str) -> str:
        """The Python name of a tensor."""
        return self.names.claim("tensor", name)

    def index(self, name: str) -> str:
        """The Python name of an index."""
        return self.names.claim("index", name)

    # --- sizes ----------------------------------------------------------------------------------

    def size(self, size: Index) -> Index:
        """A size by its name, where it has one."""
        for formula, name in self.sizes.items():
            if same(formula, size):
                return Symbol(name)
        return self.shortened(size)

    def named(self, index: Index) -> Index:
        """An index with every sum of sizes that has a name by its name."""
        for formula, name in self.sizes.items():
            if len(polynomial(formula)) > 1:
                index = _replaced(index, formula, Symbol(name))
        return index

    def shortened(self, size: Index) -> Index:
        """A size in terms of other sizes that have names: ``O - 1`` for the floor in O."""
        short = size
        for formula, name in self.sizes.items():
            floor, rest = _floor_and_rest(formula)
            if floor is not None:
                short = _replaced(short, floor, add(Symbol(name), -rest))
        return size if short == size else simplify(short)

    def zeros(self, sizes: Sequence[Index]) -> str:
        """``np.zeros`` of a shape."""
        only = len(sizes) == 1
        return f"np.zeros({source(self.size(sizes[0])) if only else self.shape(sizes)})"

    def shape(self, sizes: Sequence[Index]) -> str:
        """A shape as a tuple, sizes by their names."""
        return listed([source(self.size(size)) for size in sizes])

    def padded(self, axis: Axis) -> Index:
        """The size of an axis with its padding."""
        if axis.fold is not None:
            return self.shortened(axis.fold.count)
        return simplify(tidy(Sum((self.size(axis.size), axis.before, axis.after))))

    # --- arrays ---------------------------------------------------------------------------------

    def prepared(self, view: View, *, looped: bool = False, outside: str = "") -> str:
        """The array that a view reads: through its function, reshaped, padded; made once.

        `outside` is what stands in the padding (zero if empty).
        """
        access = view.access
        base = self.applied(access.tensor, access.function)
        if access.blocks is not None:
            base = self._once(
                (base, access.blocks),
                f"{self.tensor(access.tensor)}_blocks",
                f"{base}.reshape{self.shape(access.blocks)}",
            )
        if any(axis.before != 0 or axis.after != 0 for axis in view.axes):
            base = self._padded(view, base, outside)
        if any(axis.fold is not None for axis in view.axes):
            base = self._gathered(view, base)
        if looped and "(" in base:
            base = self._once(base, f"{self.tensor(access.tensor)}_{access.function}", base)
        return base

    def applied(self, tensor: str, function: str) -> str:
        """A tensor seen through its function."""
        name = self.tensor(tensor)
        if not function:
            return name
        if function == "reciprocal":
            return f"(1 / {name})"
        return f"{'' if function in HELPED else 'np.'}{function}({name})"

    def _once(self, key: object, name: str, text: str, comment: str = "") -> str:
        if key not in self.arrays:
            self.arrays[key] = self.names.fresh(name)
            self.line(f"{self.arrays[key]} = {text}", comment)
        return self.arrays[key]

    def _padded(self, view: View, base: str, outside: str) -> str:
        widths = tuple((axis.before, axis.after) for axis in view.axes)
        array, more = (
            (f"{base}.astype(float)", f", constant_values={outside}") if outside else (base, "")
        )
        return self._once(
            (base, widths, outside),
            f"{self.tensor(view.access.tensor)}_pad",
            f"np.pad({array}, {_widths(widths)}{more})",
            self.padded_shape(view),
        )

    def padded_shape(self, view: View) -> str:
        """The shape of an array with its padding."""
        return listed([source(self.padded(axis)) for axis in view.axes])

    def _gathered(self, view: View, base: str) -> str:
        index = self.fold_index(view.axes)
        return self._once(
            (base, index),
            f"{self.tensor(view.access.tensor)}_pad",
            f"{base}[{index}]",
            self.padded_shape(view),
        )

    def fold_index(self, axes: Sequence[Axis]) -> str:
        """The subscript that leads every padded position to its place in the plain array."""
        folded = [n for n, axis in enumerate(axes) if axis.fold is not None]
        items = [":"] * len(axes)
        for n in folded:
            later = len([m for m in folded if m > n])
            items[n] = self._fold(axes[n]) + (
                f"[{', '.join([':'] + ['None'] * later)}]" if later else ""
            )
        return ", ".join(items)

    def _fold(self, axis: Axis) -> str:
        """The index array of a fold, written when it is first needed."""
        fold = axis.fold
        assert fold is not None
        if fold not in self.arrays:
            suffix = next((n[1:] for n in sorted(symbols(axis.at)) if n[1:2] == "_"), "")
            name = self.names.fresh(f"place{suffix}")
            positions = arange(fold.start, self.shortened(fold.count))
            if _count(fold.index, PLACE) > 1:
                shorter = self.names.claim("position", PLACE)
                self.line(f"{shorter} = {positions}")
                positions = shorter
            rule = substitute(fold.index, {PLACE: Symbol(positions)})
            self.line(f"{name} = {source(rule, arrays=True)}")
            self.arrays[fold] = name
        return self.arrays[fold]


def _last_call(text: str) -> int:
    """Where the arguments of the call that ends the text begin."""
    depth = 0
    for place in range(len(text) - 1, -1, -1):
        depth += (text[place] in ")]") - (text[place] in "([")
        if depth == 0:
            return place + 1
    raise AssertionError(f"brackets do not match: {text}")


def _count(index: Index, name: str) -> int:
    if index == Symbol(name):
        return 1
    return sum(_count(part, name) for part in children(index))


def _widths(widths: Sequence[tuple[Index, Index]]) -> str:
    pairs = [f"({source(before)}, {source(after)})" for before, after in widths]
    if len(set(widths)) == 1:
        before, after = widths[0]
        return source(before) if before == after else pairs[0]
    return f"({', '.join(pairs)})"


def _floor_and_rest(size: Index) -> tuple[Index | None, int]:
    match size:
        case FloorDiv():
            return size, 0
        case Sum((FloorDiv() as floor, int() as rest)):
            return floor, rest
    return None, 0


def _replaced(index: Index, old: Index, new: Index) -> Index:
    if index == old or same(index, old):
        return new
    return rebuild(index, [_replaced(part, old, new) for part in children(index)])
