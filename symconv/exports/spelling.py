"""Entries in the spelling of another language: ``w(2)`` in MATLAB, ``w[[2]]`` in Mathematica."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import groupby

import numpy as np

from symconv.errors import SymconvError
from symconv.matrices import LinearMap
from symconv.matrices.values import Letter, Value
from symconv.values import dataclass

Position = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a language writes an element, a power, a quotient and the functions of one variable.

    `element` takes a tensor's name and a position counted from 0; `functions` maps ours to texts
    with ``{}`` for the argument.
    """

    name: str
    element: Callable[[str, Position], str]
    functions: Mapping[str, str]
    power: str = "^"
    quotient: str = "/{}"


def bracketed(start: str, stop: str, base: int) -> Callable[[str, Position], str]:
    """``w[0, 1]`` and its like; a scalar stays bare."""

    def element(tensor: str, at: Position) -> str:
        if not at:
            return tensor
        return f"{tensor}{start}{','.join(str(n + base) for n in at)}{stop}"

    return element


COMMON = {
    "tanh": "tanh({})",
    "exp": "exp({})",
    "log": "log({})",
    "sigmoid": "(1/(1 + exp(-({}))))",
    "reciprocal": "(1/({}))",
}
"""The functions that every language below writes alike."""


def arguments(map: LinearMap) -> tuple[str, ...]:
    """What the entries are made of: the tensors, or the letters that were given for elements."""
    found: list[str] = []
    used = {letter.name for letter in map.cells.letters}
    for name, side in map.tensors.items():
        if all(item is None for item in side.given):
            found.append(name)
        else:
            found += [label for label in side.labels if label in used]
    return tuple(dict.fromkeys(found))


def spelled(map: LinearMap, spelling: Spelling) -> Iterator[tuple[int, int, str]]:
    """``(row, column, text)`` of the non-zero cells, row by row."""
    texts = distinct(map, spelling)
    cells = map.cells
    for row, col, which in zip(
        cells.rows.tolist(), cells.cols.tolist(), cells.which.tolist(), strict=True
    ):
        yield row, col, texts[which]


def distinct(map: LinearMap, spelling: Spelling) -> list[str]:
    """The text of every different entry, in the order in which the cells number them."""
    letters = [_letter(letter, names(map, spelling), spelling) for letter in map.cells.letters]
    return [_sum(value, letters, spelling) for value in map.cells.values]


def names(map: LinearMap, spelling: Spelling) -> dict[str, str]:
    """The elements by our name in the language's spelling; given letters stay as they are."""
    found: dict[str, str] = {}
    for name, side in map.tensors.items():
        for number, (label, item) in enumerate(zip(side.labels, side.given, strict=True)):
            at = tuple(int(n) for n in np.unravel_index(number, side.shape)) if side.shape else ()
            found[label] = str(item) if isinstance(item, str) else spelling.element(name, at)
    return found


def _letter(letter: Letter, known: Mapping[str, str], spelling: Spelling) -> str:
    inside = known.get(letter.name, letter.name)
    if not letter.function:
        return inside
    if letter.function not in spelling.functions:
        raise SymconvError(f"{letter.function} has no spelling in {spelling.name}", where="matrix")
    return spelling.functions[letter.function].format(inside)


def _sum(value: Value, letters: list[str], spelling: Spelling) -> str:
    shown = ""
    for monomial, number in value:
        term = _product(monomial, abs(number), letters, spelling)
        if shown:
            shown += f" {'-' if number < 0 else '+'} {term}"
        else:
            shown = f"-{term}" if number < 0 else term
    return shown or "0"


def _product(monomial: Position, number: Fraction, letters: list[str], spelling: Spelling) -> str:
    powers = [(n, len(list(same))) for n, same in groupby(monomial)]
    parts = [letters[n] + (f"{spelling.power}{p}" if p > 1 else "") for n, p in powers]
    if number.numerator != 1 or not parts:
        parts.insert(0, str(number.numerator))
    under = spelling.quotient.format(number.denominator) if number.denominator != 1 else ""
    return "*".join(parts) + under
