"""The mathematics' own letters: a subset of STIX Two Math, put into each page that needs it.

Without it a page looks right only where a font with a table MATH is installed: elsewhere brackets
do not stretch.  ``tests/writers/make_fonts.py`` makes the files, ``OFL.txt`` is their licence.
They bear a name of our own, as a subset should: nobody is to take them for the whole font.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

FAMILY = "Symconv Math"
SOURCES = "font-src data:"
"""What a Content-Security-Policy must allow."""
USUAL = "symconv-math.woff2"
MORE = "symconv-math-more.woff2"
"""The files: what formulas here usually show, and the rest of the dialect."""
_PLAIN = "".join(map(chr, (*range(0x20, 0x7F), *range(0x1D434, 0x1D468), *range(0x1D6FC, 0x1D71C))))
_HOLE = "\U0001d455"
"""Unicode has the italic h elsewhere."""
_SIGNS = "ℎ∂∇∞ℝℤℕ𝟙⊤′″…⋯⋮⋱·×−∗∘⊙∈∉≤≥≠≈≡≪∣∤→⇒⇔↦∀∏∑∫√⌊⌋⌈⌉⟨⟩‖⏟‾˙\u00a0\u0302"
CHARACTERS = frozenset(_PLAIN + _SIGNS) - {_HOLE}
"""What the first file is for: ASCII, italic Latin and small Greek letters, the usual signs."""
_GREEK = frozenset(map(chr, range(0x3B1, 0x3CA)))
"""Drawn italic, so that the first file has them."""
_MATH = re.compile(r"<math.*?</math>", re.DOTALL)
_SHOWN = re.compile(r">([^<]+)")


def rules(body: str) -> str:
    """The ``@font-face`` rules that a page's body needs: none without mathematics."""
    formulas = _MATH.findall(body)
    shown = {letter for part in formulas for text in _SHOWN.findall(part) for letter in text}
    if not shown:
        return ""
    beyond = not shown <= CHARACTERS | _GREEK
    return "\n".join([*([_rule(MORE, "")] if beyond else []), _rule(USUAL, _ranges())])


@cache
def _rule(file: str, ranges: str) -> str:
    """One rule, the file in it; a later rule goes before an earlier one within its ranges."""
    data = b64encode(files(__name__).joinpath(file).read_bytes()).decode("ascii")
    return (
        f'@font-face{{font-family:"{FAMILY}";font-display:block;{ranges}'
        f'src:url("data:font/woff2;base64,{data}") format("woff2")}}'
    )


def _ranges() -> str:
    spans = ",".join(f"U+{a:X}" if a == b else f"U+{a:X}-{b:X}" for a, b in _spans())
    return f"unicode-range:{spans};"


def _spans() -> Iterator[tuple[int, int]]:
    """The first file's characters as runs."""
    codes = sorted(map(ord, CHARACTERS))
    start = codes[0]
    for code, following in zip(codes, [*codes[1:], -1], strict=True):
        if following != code + 1:
            yield start, code
            start = following
