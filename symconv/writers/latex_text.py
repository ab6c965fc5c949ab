"""Words for pdflatex: every character escaped or spelled, so that none is lost or run."""

from __future__ import annotations

import unicodedata

from symconv.writers.commands import SYMBOLS
from symconv.writers.links import safe_target

_SPECIAL = {
    "\\": "\\textbackslash{}",
    "{": "\\{",
    "}": "\\}",
    "$": "\\$",
    "&": "\\&",
    "#": "\\#",
    "_": "\\_",
    "%": "\\%",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    "<": "\\ensuremath{<}",
    ">": "\\ensuremath{>}",
    "|": "\\ensuremath{|}",
    '"': "\\char34{}",
    "\n": " ",
    "\t": " ",
}
_PUNCTUATION = {
    "–": "--",
    "—": "---",
    "‘": "`",
    "’": "'",
    "“": "``",
    "”": "''",
    "…": "\\ldots{}",
    "\u00a0": "~",
    "\u202f": "\\,",
    "\u2009": "\\,",
    "ß": "\\ss{}",
    "æ": "\\ae{}",
    "Æ": "\\AE{}",
    "ø": "\\o{}",
    "Ø": "\\O{}",
    "ł": "\\l{}",
    "Ł": "\\L{}",
    "œ": "\\oe{}",
    "Œ": "\\OE{}",
    "ı": "\\i{}",
    "§": "\\S{}",
    "¶": "\\P{}",
    "†": "\\dag{}",
    "©": "\\copyright{}",
    "•": "\\ensuremath{\\bullet}",
    "−": "\\ensuremath{-}",
    "′": "\\ensuremath{'}",
    "½": "\\ensuremath{\\tfrac12}",
    "√": "\\ensuremath{\\surd}",
    "°": "\\ensuremath{^\\circ}",
    "✓": "\\ensuremath{\\checkmark}",
    "𝟙": "\\ensuremath{\\mathbf{1}}",
    "€": "EUR",
    "\u00ad": "\\-",
    "\u200b": "",
    "\ufeff": "",
}
_SCRIPTS = {
    **dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₙᵢⱼₖₒₓₕ", "0123456789+-=()nijkoxh", strict=True)),
    **dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿᵀⁱ", "0123456789+-=()nTi", strict=True)),
}
_ACCENTS = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "=",
    "\u0306": "u",
    "\u0307": ".",
    "\u0308": '"',
    "\u030a": "r",
    "\u030b": "H",
    "\u030c": "v",
    "\u0327": "c",
    "\u0331": "b",
}
_SYMBOLS = {
    symbol.text: f"\\ensuremath{{\\{name}}}"
    for name, symbol in reversed(SYMBOLS.items())
    if len(symbol.text) == 1 and ord(symbol.text) > 127
}
_DRAWN = {
    "█": "\\rule{.5em}{.7em}",
    "─": "--",
    "│": "\\ensuremath{|}",
    "□": "\\ensuremath{\\square}",
}
_CODE = {"'": "\\char13{}", "`": "\\char18{}", "-": "-{}\\allowbreak{}", " ": "\\ "}
_CODE |= {sign: f"\\char{ord(sign)}{{}}" for sign in '\\{}$&#_%~^<>|"?!'}
_CODE |= {sign: f"\\char{ord(sign)}\\allowbreak{{}}" for sign in ",/"}  # a line may end there


def escape(text: str) -> str:
    r"""Words in the text font.

    Examples
    --------
    >>> print(escape("50% of x_1 ≤ y"))
    50\% of x\_1 \ensuremath{\le} y
    """
    out = "".join(_letter(letter) for letter in unicodedata.normalize("NFC", text))
    return out.replace("?`", "?{}`").replace("!`", "!{}`")


def escape_code(text: str) -> str:
    """Words in the typewriter font (its OT1 encoding), blanks kept."""
    letters = unicodedata.normalize("NFC", text.expandtabs(4))
    return "".join(_CODE.get(letter) or _letter(letter) for letter in letters)


def _letter(letter: str) -> str:
    for table in (_SPECIAL, _PUNCTUATION, _SYMBOLS, _DRAWN):
        if letter in table:
            return table[letter]
    if letter in _SCRIPTS:
        sign = "_" if "SUBSCRIPT" in unicodedata.name(letter) else "^"
        return f"\\ensuremath{{{sign}{{{_SCRIPTS[letter]}}}}}"
    if " " <= letter <= "\x7e":
        return letter
    return _accented(letter) or f"\\texttt{{U+{ord(letter):04X}}}"


def _accented(letter: str) -> str:
    """A letter with an accent, as TeX composes it; "" if it is none."""
    parts = unicodedata.normalize("NFD", letter)
    if len(parts) != 2 or not ("A" <= parts[0] <= "z") or parts[1] not in _ACCENTS:
        return ""
    base = {"i": "\\i", "j": "\\j"}.get(parts[0], parts[0]) if parts[1] < "\u0327" else parts[0]
    return f"\\{_ACCENTS[parts[1]]}{{{base}}}"


def href(target: str) -> str | None:
    """A link's target for hyperref, or None if it is not one to follow."""
    kept = safe_target(target)
    if kept is None:
        return None
    return kept.replace("%", "\\%").replace("#", "\\#").replace("&", "\\&")
