r"""Rows of a matrix whose ``\\\\`` a Markdown host turned into a lone backslash."""

from __future__ import annotations

import re

from symconv.syntax.formula.wholes_words import MATRICES

_MATRIX = re.compile(
    r"\\begin\s*\{(" + "|".join(sorted(MATRICES)) + r")\}(.*?)\\end\s*\{\1\}", re.DOTALL
)
_EATEN = re.compile(r"\\[ \t]*\n|\\ ")


def eaten_rows(text: str) -> frozenset[int]:
    r"""Where a lone backslash before a space was a row break: in a matrix without any ``\\``."""
    found: set[int] = set()
    for match in _MATRIX.finditer(text):
        if "\\\\" not in match[2]:
            found |= {match.start(2) + m.start() for m in _EATEN.finditer(match[2])}
    return frozenset(found)
