"""Matrices written out: entries left out by dots, names that are given to entries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

from symconv.syntax.formula.arrays import Array
from symconv.syntax.formula.arrays_cells import from_cells
from symconv.syntax.formula.lexicon import Lexicon
from symconv.syntax.formula.pieces import Piece
from symconv.syntax.formula.scalars import Env
from symconv.syntax.formula.source import FormulaError
from symconv.syntax.formula.trees import Dots, Listed, Matrix, Node, Ref, Transposed, parts
from symconv.terms import Shape

Item = TypeVar("Item")


class Reader(Protocol):
    """What reads the entries of a matrix."""

    cells: int

    def pieces(self, node: Node, env: Env) -> list[Piece]:
        """The pieces of an entry."""

    def error(self, node: Node, message: str, expected: str = "") -> FormulaError:
        """An error at a node."""


def defines(node: Node, words: Lexicon) -> bool:
    """Whether a side only gives names to entries: names that nothing declares, each once."""
    entries = list(_entries(node))
    names = [entry.name for entry in entries if isinstance(entry, Ref)]
    if not entries or len(names) != len(entries) or len(set(names)) != len(names):
        return False
    plain = all(
        isinstance(e, Ref) and e.items is None and not e.label and not e.gradient for e in entries
    )
    known = any(n in words.elements or n in words.sizes or words.array(n) for n in names)
    return plain and not known


def _entries(node: Node) -> Iterator[Node]:
    if isinstance(node, Transposed):
        yield from _entries(node.inner)
    elif isinstance(node, Matrix | Listed):
        yield from parts(node)


def has_dots(node: Node) -> bool:
    """Whether entries are left out."""
    if isinstance(node, Dots):
        return True
    return isinstance(node, Matrix | Listed | Transposed) and any(map(has_dots, parts(node)))


def cornered(node: Node, values: Reader, shape: Shape) -> tuple[Array, tuple[tuple[int, ...], ...]]:
    """The entries that are shown, counted from the nearest corner, and where they are.

    Errors: `FormulaError` where the size is open, or the dots are not one row and one column.
    """
    rows = _lines(node, values)
    if not shape or len(shape) > 2:
        raise values.error(node, "dots need a side with one or two axes")
    size = shape if len(shape) == 2 else (shape[0], 1) if len(rows[0]) == 1 else (1, shape[0])
    height, width = size
    if not (isinstance(height, int) and isinstance(width, int)):
        raise values.error(node, "dots in a matrix whose size is open are not supported", "numbers")
    shown: dict[tuple[int, ...], list[Piece]] = {}
    keys: list[tuple[int, ...]] = []
    values.cells += 1
    for r, row in _anchored(rows, height, _all_dots, node, values):
        for c, entry in _anchored(row, width, has_dots, node, values):
            pieces = [p for p in values.pieces(entry, {}) if p.coefficient]
            keys.append((r, c))
            if pieces:
                shown[r, c] = pieces
    values.cells -= 1
    return from_cells(shown, (height, width)), tuple(keys)


def _lines(node: Node, values: Reader) -> list[tuple[Node, ...]]:
    if isinstance(node, Matrix):
        return list(node.rows)
    if isinstance(node, Listed):
        return [node.items]
    if isinstance(node, Transposed):
        return [tuple(line) for line in zip(*_lines(node.inner, values), strict=True)]
    raise values.error(node, "dots stand in a matrix")


def _all_dots(row: tuple[Node, ...]) -> bool:
    return all(isinstance(entry, Dots) for entry in row)


def _anchored(
    items: Sequence[Item],
    size: int,
    left_out: Callable[[Item], bool],
    node: Node,
    values: Reader,
) -> list[tuple[int, Item]]:
    """The items in front of the dots from the first place on, those behind up to the last one."""
    gaps = [place for place, item in enumerate(items) if left_out(item)]
    if not gaps:
        if len(items) != size:
            raise values.error(node, f"{len(items)} rows or columns where {size} should be")
        return list(enumerate(items))
    if gaps != list(range(gaps[0], gaps[-1] + 1)):
        raise values.error(node, "dots in two places are not supported")
    front, behind = items[: gaps[0]], items[gaps[-1] + 1 :]
    if len(front) + len(behind) > size:
        raise values.error(node, f"more than {size} rows or columns are shown")
    last = [(size - len(behind) + n, item) for n, item in enumerate(behind)]
    return list(enumerate(front)) + last
