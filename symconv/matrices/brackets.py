"""A whole matrix between brackets, as LaTeX and as MathML, cell by cell.

Each different entry is spelled once; a zero costs nothing but its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from symconv.writers.mathml import fragment

WIDE = 10
"""Above so many columns LaTeX's ``matrix`` gives way to ``array``, as SymPy prints it."""


def bracketed_latex(shape: tuple[int, int], entries: Iterable[tuple[int, int, str]]) -> str:
    r"""``\left[\begin{matrix}a & b\\0 & a\end{matrix}\right]``, the text of ``sympy.latex``."""
    body = r"\\".join(" & ".join(row) for row in _table(shape, entries, "0"))
    if shape[1] <= WIDE:
        return rf"\left[\begin{{matrix}}{body}\end{{matrix}}\right]"
    columns = "c" * shape[1]
    return rf"\left[\begin{{array}}{{{columns}}}{body}\end{{array}}\right]"


def bracketed_mathml(shape: tuple[int, int], entries: Iterable[tuple[int, int, str]]) -> str:
    """The same as a ``<math>`` element; `entries` are LaTeX.

    Errors: `SymconvError` for an entry outside the dialect.
    """
    made: dict[str, str] = {}
    placed = []
    for row, col, text in entries:
        if text not in made:
            made[text] = f"<mtd>{cell(text)}</mtd>"
        placed.append((row, col, made[text]))
    rows = _table(shape, placed, "<mtd><mn>0</mn></mtd>")
    body = "".join(f"<mtr>{''.join(row)}</mtr>" for row in rows)
    return f"<math><mo>[</mo><mtable>{body}</mtable><mo>]</mo></math>"


_LETTER = re.compile(r"([A-Za-z])_\{(\d+(?:,\d+)*)\}")


def cell(latex: str) -> str:
    """An entry in MathML; a letter with numbers below it is spelled here, the rest elsewhere."""
    found = _LETTER.fullmatch(latex)
    if found is None:
        return fragment(latex)
    letter, below = found.groups()
    numbers = below.split(",")
    inside = "<mo>,</mo>".join(f"<mn>{number}</mn>" for number in numbers)
    row = f"<mrow>{inside}</mrow>" if len(numbers) > 1 else inside
    return f"<msub><mi>{letter}</mi>{row}</msub>"


def _table(
    shape: tuple[int, int], entries: Iterable[tuple[int, int, str]], zero: str
) -> Sequence[list[str]]:
    rows = [[zero] * shape[1] for _ in range(shape[0])]
    for row, col, text in entries:
        rows[row][col] = text
    return rows
