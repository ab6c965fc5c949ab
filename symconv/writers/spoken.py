"""A formula in words, for those who listen: short, in the order in which it is read aloud.

It starts from the formula on one line of Unicode, where scripts, sums and brackets are already
letters in a row, and replaces sign by sign from a table.
"""

from __future__ import annotations

import re

from symconv.document import Equation, Grid, Piece
from symconv.writers.unicode_math import unicode_math

LINES = 3
"""So many lines of a formula are said, then how many there are."""
LONGEST = 600
"""Letters; what is longer is cut, since the formula itself can be walked through."""
_SIGNS: tuple[tuple[str, str], ...] = (
    (r"\] (?=[A-Za-z(])", "] times "),
    (r"([ΣΠ])_\{([^{}]*)\}\^\{([^{}]*)\}", r" \1 over \2 to \3 of "),
    (r"([ΣΠ])_\{([^{}]*)\}", r" \1 over \2 of "),
    (r"(over [^\[\]=]*(?:\[\w+\])?)=", r"\1 from "),
    (r"(\w)\[(\w+)\]", r"\1 \2"),
    (r"(\w)\[(\w+)\]", r"\1 \2"),
    ("Σ", " the sum "),
    ("Π", " the product "),
    ("⌊", " the floor of "),
    ("⌈", " the ceiling of "),
    ("[⌋⌉]", ", end, "),
    (r"∂", " partial "),
    (r"\[", " at "),
    (r"\]", " "),
    ("≤", " is at most "),
    ("≥", " is at least "),
    ("≠", " is not "),
    ("<", " is less than "),
    (">", " is more than "),
    ("=", " equals "),
    (r"\+", " plus "),
    ("−", " minus "),
    ("[·×]", " times "),
    ("/", " over "),
    ("[∗⋆]", " convolved with "),
    ("∞", " infinity "),
    ("√", " the root of "),
    ("²", " squared "),
    ("[ᵀ⊤]", " transposed "),
    ("′", " prime "),
    ("[{}]", " "),
    (r"_", " "),
    (r"\^", " to the power "),
    ("[…⋯⋱⋮]", " and so on "),
    (",", ", "),
    (r"\s+", " "),
    (r" ,", ","),
    (r"(, )+", ", "),
)
_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def spoken(equation: Equation) -> str:
    """The words of an equation: its own, else read off its first lines."""
    if equation.words:
        return equation.words
    rows = equation.rows
    said = [" ".join(_piece(p) for cell in row for p in cell).strip() for row in rows[:LINES]]
    if len(rows) > LINES:
        said.append(f"and {len(rows) - LINES} more lines")
    text = "; ".join(said)
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rsplit(' ', 1)[0]} …"


def _piece(piece: Piece) -> str:
    if isinstance(piece, Grid):
        across = len(piece.entries[0]) if piece.entries else 0
        return f"a matrix of {len(piece.entries)} rows and {across} columns"
    return in_words(piece)


def in_words(latex: str) -> str:
    r"""A formula of the dialect in words.

    Examples
    --------
    >>> in_words(r"y_o = \sum_{k=0}^{K-1} w_k\,x_{S o + k}")
    'y o equals the sum over k from 0 to K minus 1 of w k times x at S times o plus k'
    """
    text = re.sub(r"(\w)([₀-₉]+)", r"\1 \2", unicode_math(latex)).translate(_LOWERED)
    for sign, words in _SIGNS:
        text = re.sub(sign, words, text)
    return text.strip(" ,")
