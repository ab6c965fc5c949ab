"""The tokenizer: every character of a formula belongs to one token, spaces and layout included."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from symconv.syntax.formula.repairs import Cleaned
from symconv.syntax.formula.source import MOST_TOKENS, Source, longer


@dataclass(slots=True)
class Token:
    """A token: its kind, what it stands for, where it stood, and what it was found to mean."""

    kind: str
    text: str
    start: int
    end: int
    meaning: str = ""
    uses: int = 0


HEADING = "heading"
"""What words in front of a formula are taken for."""
GAPS = frozenset({r"\quad", r"\qquad"})
"""Wide spaces, which part formulas where they stand between two of them."""
SPACING = frozenset(
    r"""\, \; \: \! \  \> \displaystyle \textstyle \limits \nolimits \left \right
    \big \Big \bigg \Bigg \bigl \bigr \Bigl \Bigr \biggl \biggr \Biggl \Biggr \nonumber \notag
    \hspace \thinspace \medspace \allowbreak $ $$ \[ \] \( \) ~""".split()
) | {"\\ ", "\\\n"}
SAME = {
    r"\times": "*", r"\cdot": "*", r"\ast": "*", "×": "*", "·": "*", "⋅": "*", "∗": "*",
    "−": "-", "–": "-", r"\le": "<=", r"\leq": "<=", r"\leqslant": "<=", "≤": "<=", r"\ge": ">=",
    r"\geq": ">=", r"\geqslant": ">=", "≥": ">=", r"\lt": "<", r"\gt": ">", r"\ne": "!=",
    r"\neq": "!=", "≠": "!=", "==": "=", r"\coloneqq": ":=", r"\triangleq": "=", "∑": r"\sum",
    r"\Sigma": r"\sum", "Σ": r"\sum", "∂": r"\partial", r"\lbrack": "[", r"\rbrack": "]",
    r"\{": "(", r"\}": ")", r"\bmod": r"\mod", r"\dfrac": r"\frac", r"\tfrac": r"\frac",
    r"\cfrac": r"\frac", "⌊": r"\lfloor", "⌋": r"\rfloor", "⌈": r"\lceil", "⌉": r"\rceil",
    r"\prime": "'", "′": "'", "’": "'", r"\land": "and", r"\wedge": "and", r"\lvert": "|",
    r"\middle|": "|", r"\ell": "l", r"\mathds": r"\mathbb", r"\mathbbm": r"\mathbb", "∈": r"\in",
    r"\colon": ":", r"\cap": "and", "∩": "and", "∧": "and", "∀": r"\forall",
    "≡": r"\equiv", "∣": r"\mid",
    r"\ldots": r"\dots", r"\cdots": r"\dots", r"\dotsc": r"\dots", r"\dotsb": r"\dots",
    "…": r"\dots", "...": r"\dots", "..": r"\dots", "**": "^", "∤": r"\nmid", "⋯": r"\dots",
    "δ": r"\delta", "σ": r"\sigma", "%": r"\mod", r"\div": "/", "÷": "/",
}  # fmt: skip
"""Spellings that mean the same."""

_LAYOUT = re.compile(r"\\(?:begin|end)\{(?:aligned|align\*?|split|equation\*?|gathered)\}")
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\s*\{\s*[A-Za-z]+\*?\s*\}")
_ADDED = re.compile(r"\\mathrel\s*\{\s*\+\s*\}\s*=|\\mathrel\s*\{\s*\+\s*=\s*\}|\+\s*(?:\\!)*\s*=")
_PATTERN = re.compile(
    r"(?P<space>\s+)|(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<word>[A-Za-z]+(?:_[A-Za-z]{2,})*)"
    r"|(?P<row>\\\\(?:\[[\d.]+\w+\])?|&)"
    r"|(?P<command>\\[A-Za-z]+|\\.|\\\n)|(?P<sign>:=|==|<=|>=|!=|//|\*\*|\.\.\.?|\$\$|.)",
    re.DOTALL,
)
_BINDER = re.compile(r"\\sum(?:\\limits)?\s*_\s*\{\s*([A-Za-z]{2,6})\s*=")
"""An index of several letters: ``\\sum_{ch=1}`` sums over ch, not over c times h."""
_LISTED = re.compile(r"(?<=[,{[(])\s*([a-z]{2,6})\s*(?=[],)}])")
_SUBSCRIPT = re.compile(r"(?:_\s*\{|(?<=[A-Za-z])[\[(])([^{}\[\]()=]*,[^{}\[\]()=]*)[\])}]")
_WORDS = (r"\text", r"\mathrm", r"\operatorname", r"\mathit", r"\textit", r"\mathsf", r"\texttt",
          r"\textrm")  # fmt: skip
_BRACED = re.compile(r"\s*\{[\s,~]*((?:[A-Za-z0-9]|\\?_)+(?:\s+[A-Za-z0-9]+){0,4})[\s,~:.;]*\}")
_BOX = re.compile(r"\\(?:boxed|fbox|ensuremath)\s*\{|\\(?:textcolor|colorbox)\{\w+\}\s*\{")
"""A frame or a colour around a formula."""
_ASIDE = re.compile(r"\\(?:tag|label)\*?\s*\{[^{}]*\}|\\color\{\w+\}")
_LABEL = re.compile(
    r"\\(?:text|textbf|textit|textrm|textsf|mathrm|mathbf|mbox|underline)\s*"
    r"\{[\s~]*([A-Za-z][A-Za-z0-9 ,.\-']{0,60}?)[\s~]*(?::[\s~]*\}|\}[\s~]*:(?!=))"
)
"""Words and a colon in front of a formula: a heading, which says nothing of sizes."""
_CONDITIONS = frozenset(
    "if for when where with without no not assume assuming let given unless only false wrong "
    "suppose all each every otherwise else and or but".split()
)
_SUCH_THAT = re.compile(r"\s*\{\s*s\.\s?t\.\s*\}")
_BLANK = re.compile(r"\s*\{[\s~]*\}")
_OPEN_CASES = re.compile(r"\\left\s*\\\{\s*\\begin\{(array|aligned|matrix)\}(?:\{[lcr|\s]*\})?")
_CLOSE_CASES = re.compile(r"\\end\{(?:array|aligned|matrix)\}\s*\\right\s*\.")


def tokenize(
    cleaned: Cleaned,
    source: Source,
    known: Collection[str],
    spellings: Mapping[str, str] = MappingProxyType({}),
    words: Collection[str] = (),
) -> list[Token]:
    r"""All tokens; letters stay together where they make a known word, else each is its own.

    `spellings` are patterns of names of several pieces (``p\delta``), with the names; `words`
    are indices of several letters.
    """
    most = MOST_TOKENS * longer(cleaned.text)
    found: list[Token] = []
    text, place = cleaned.text, 0
    names = [(re.compile(pattern), name) for pattern, name in spellings.items()]
    known = {*known, *words}
    closing: set[int] = set()
    while place < len(text):
        command = text[place] == "\\"
        box = _BOX.match(text, place) if command else None
        if box or place in closing:
            end = box.end() if box else place + 1
            closing |= {_closing(text, end)} if box else set()
            found.append(
                Token("space", text[place:end], cleaned.offsets[place], cleaned.offsets[end])
            )
            place = end
            continue
        label = _LABEL.match(text, place) if command and _fresh(found) else None
        if label and not _CONDITIONS & set(label[1].lower().split()):
            offsets = cleaned.offsets
            found.append(Token("space", label[1], offsets[place], offsets[label.end()], HEADING))
            place = label.end()
            continue
        made = _spelled(cleaned, place, names)
        token, place = made or _next(cleaned, source, place, known)
        found += _digits(token, found)
        if len(found) > most:
            raise source.error(cleaned.offsets[place], "too many signs", f"at most {most}")
    return found


def _fresh(before: list[Token]) -> bool:
    """Whether a formula may start here: at the start of the text or of a row."""
    last = next((t for t in reversed(before) if t.kind not in ("space", "gap")), None)
    return last is None or last.kind == "row"


def _digits(made: list[Token], before: list[Token]) -> list[Token]:
    r"""``\frac12`` takes one digit above and one below."""
    last = next((t for t in reversed(before) if t.kind != "space"), None)
    number = made[0]
    if last is None or last.text != r"\frac" or number.kind != "number":
        return made
    if len(number.text) != 2 or number.end - number.start != 2:
        return made
    middle = number.start + 1
    return [
        Token("number", number.text[0], number.start, middle),
        Token("number", number.text[1], middle, number.end),
    ]


def index_words(text: str, sizes: Collection[str]) -> frozenset[str]:
    """Indices of several letters: ``x_{b,ch,p}``, where ch stands alone between commas.

    Not where a letter of it is a size, nor where each of them is an index of its own.
    """
    found = set(_BINDER.findall(text))
    alone = set(re.findall(r"(?<![A-Za-z\\])[A-Za-z](?![A-Za-z])", text))
    for inside in _SUBSCRIPT.finditer(text):
        for word in _LISTED.findall(f"{{{inside[1]}}}"):
            if not set(word) & set(sizes) and not set(word) <= alone and len(set(word)) > 1:
                found.add(word)
    return frozenset(found)


def _closing(text: str, place: int) -> int:
    """Where the brace in front of a place is closed; the end of the text where it is not."""
    depth = 1
    while place < len(text) and depth:
        depth += (text[place] == "{") - (text[place] == "}")
        place += 1
    return place - 1 if not depth else len(text)


def _spelled(
    cleaned: Cleaned, place: int, names: list[tuple[re.Pattern[str], str]]
) -> tuple[list[Token], int] | None:
    """The longest declared name of several pieces that starts here."""
    text, offsets = cleaned.text, cleaned.offsets
    if not names or (place and text[place].isalpha() and text[place - 1].isalnum()):
        return None
    found = [(m.end(), name) for pattern, name in names if (m := pattern.match(text, place))]
    if not found:
        return None
    end, name = max(found)
    return [Token("name", name, offsets[place], offsets[end])], end


def _next(
    cleaned: Cleaned, source: Source, place: int, known: Collection[str]
) -> tuple[list[Token], int]:
    text, offsets = cleaned.text, cleaned.offsets

    def token(kind: str, shown: str, start: int, end: int) -> Token:
        return Token(kind, shown, offsets[start], offsets[end])

    def whole(kind: str, shown: str, match: re.Match[str]) -> tuple[list[Token], int]:
        return [token(kind, shown, place, match.end())], match.end()

    if text[place] in "\\+" and (added := _ADDED.match(text, place)):
        return whole("sign", "+=", added)
    if text[place] == "\\":
        for pattern, shown in ((_OPEN_CASES, r"\begin{cases}"), (_CLOSE_CASES, r"\end{cases}")):
            if brace := pattern.match(text, place):
                return whole("command", shown, brace)
        if layout := _LAYOUT.match(text, place) or _ASIDE.match(text, place):
            return whole("space", layout[0], layout)
        if environment := _ENVIRONMENT.match(text, place):
            return whole("command", re.sub(r"\s", "", environment[0]), environment)
    match = _PATTERN.match(text, place)
    if match is None:
        raise source.error(offsets[place], "this character is not understood")
    kind, shown, end = match.lastgroup or "", match[0], match.end()
    if kind == "word":
        return [
            token("name" if c != "_" else "sign", c, place + n, place + n + len(c))
            for n, c in _letters(shown, known)
        ], end
    if kind == "command" and shown in _WORDS:
        blank = _BLANK.match(text, end)
        if blank:
            return [token("space", blank[0], place, blank.end())], blank.end()
        such = _SUCH_THAT.match(text, end)
        if such:
            return [token("name", "such that", place, such.end())], such.end()
        braced = _BRACED.match(text, end)
        if braced is None:
            raise source.error(offsets[place], f"{shown} is not followed by one word in braces")
        pieces = braced[1].replace("\\_", "_").split()
        word = "_".join(pieces) if "_".join(pieces) in known else " ".join(pieces)
        return [token("name", word, place, braced.end())], braced.end()
    if shown in GAPS:
        return [token("gap", shown, place, end)], end
    if kind == "space" or shown in SPACING:
        return [token("space", shown, place, end)], end
    if kind in ("command", "sign"):
        same = SAME.get(shown, shown) if shown not in known else shown
        kind = "command" if same.startswith("\\") else "name" if same.isalpha() else "sign"
        shown = same
    return [token(kind, shown, place, end)], end


def _letters(shown: str, known: Collection[str]) -> list[tuple[int, str]]:
    """A run of letters: the known word in front, else each letter is its own, with offsets."""
    found: list[tuple[int, str]] = []
    here = 0
    while here < len(shown):
        ends = [n for n in range(len(shown), here + 1, -1) if not shown[n : n + 1].isalpha()]
        inside = here > 0 and shown[here - 1].isalpha()
        end = next((n for n in ends if shown[here:n] in known and not inside), here + 1)
        found.append((here, shown[here:end]))
        here = end
    return found
