r"""Sums of products as LaTeX, the text of ``sympy.latex`` without its expressions.

SymPy prints a sum in the lexicographic order of its monomials, and finds it by comparing every
term with every symbol; here the products are sorted as rows of ranks.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from symconv.canonical.rows import Rows, odd, plain, ranked, rows_of, sort_rows
from symconv.canonical.terms import Terms, slow_sums


def sums_latex(
    count: int, terms: Sequence[Terms], atoms: Sequence[Any], names: Sequence[str]
) -> list[str]:
    r"""So many sums in LaTeX; `names` says how each atom is printed.

    The text is that of ``sympy.latex(sum, symbol_names=...)``.
    """
    if not plain(atoms) or not terms:
        return _slow(slow_sums(count, terms, atoms), atoms, names)
    ranks = ranked(atoms)
    shown = np.empty(ranks.nothing + 1, dtype=object)
    shown[ranks.rank] = names
    rows, numbers = rows_of(terms, ranks)
    rows = rows.pick(sort_rows([rows.out, *rows.ranks]))
    texts = [""] * count
    pieces = _pieces(rows, numbers, shown[:-1].tolist())
    starts = np.searchsorted(rows.out, np.arange(count + 1)).tolist()
    for out in range(count):
        texts[out] = _joined(pieces[starts[out] : starts[out + 1]])
    slow = sorted({*odd(rows, ranks.nothing).tolist(), *_led_by_a_number(rows, ranks.nothing)})
    if slow:
        again = slow_sums(count, terms, atoms, slow)
        made = _slow([again[out] for out in slow], atoms, names)
        for out, text in zip(slow, made, strict=True):
            texts[out] = text
    return texts


def _slow(items: Sequence[Any], atoms: Sequence[Any], names: Sequence[str]) -> list[str]:
    shown = dict(zip(atoms, names, strict=True))
    return [str(sympy.latex(item, symbol_names=shown)) for item in items]


def _led_by_a_number(rows: Rows, nothing: int) -> list[int]:
    """The sums of two terms of which one is a number: SymPy prints ``1 - x``, but ``x + 1``."""
    outs, counts = np.unique(rows.out, return_counts=True)
    two = outs[counts == 2]
    found = np.intersect1d(two, rows.out[rows.lengths(nothing) == 0])
    return [int(out) for out in found]


def _joined(pieces: Sequence[str]) -> str:
    """Pieces begin with their sign, `` + `` or `` - ``; the first loses or keeps it."""
    text = "".join(pieces)
    if not text or text.startswith(" + "):
        return text[3:] or "0"
    return f"-{text[3:]}" if text[3:].isdigit() else text[1:]


def _pieces(rows: Rows, numbers: Sequence[Fraction], names: Sequence[str]) -> list[str]:
    """Every product with its sign, in the order of the rows; `names` are the letters by rank."""
    made = [""] * len(rows.out)
    kinds = rows.lengths(len(names)) * len(numbers) + rows.number
    for kind in np.unique(kinds).tolist():
        length, number = divmod(kind, len(numbers))
        which = np.flatnonzero(kinds == kind)
        columns = [list(map(names.__getitem__, rows.ranks[n, which].tolist()))
                   for n in range(length)]  # fmt: skip
        front, back = _around(numbers[number], length)
        products = map(" ".join, zip(*columns, strict=True)) if columns else [""] * len(which)
        if len(which) == len(made):
            return [f"{front}{product}{back}" for product in products]
        for at, product in zip(which.tolist(), products, strict=True):
            made[at] = f"{front}{product}{back}"
    return made


def _around(number: Fraction, length: int) -> tuple[str, str]:
    r"""What stands before and after the letters of a product: `` - \frac{3 ``, ``}{2}``."""
    sign = " - " if number < 0 else " + "
    top = "" if abs(number.numerator) == 1 and length else str(abs(number.numerator))
    gap = " " if top and length else ""
    if number.denominator == 1:
        return f"{sign}{top}{gap}", ""
    return rf"{sign}\frac{{{top}{gap}", f"}}{{{number.denominator}}}"
