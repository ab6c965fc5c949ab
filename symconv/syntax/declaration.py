r"""Declarations: what a comment ``symconv: …`` in a note, a lecture or a program says.

    y = conv1d(x[N], w[K], stride=2); upstream=delta; names(W=width(x)); expect=refuted
    claim dw = full(x, rot180(g)); expect=refuted
    index_base=1
    ignore
    end

A spec holds until the next one; options alone change the conventions that hold; ``expect`` is
about the next claim alone.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from types import MappingProxyType
from typing import Any

from symconv.conventions import CHOICES, PLAIN, Conventions
from symconv.errors import SpecError, SymconvError
from symconv.syntax.spec_text import Source, shown
from symconv.values import dataclass

KINDS = ("operation", "options", "claim", "ignore", "end")
WORDS = {"ignore": "ignore", "end": "end", "off": "end"}
"""Declarations of one word, and their kinds."""
OPTIONS = (
    "upstream", "index_base", "layout", "kernel_layout", "star", "names", "outside", "division",
    "sums", "assume", "expect", "gives",
)  # fmt: skip
"""Every option; ``gives`` names what a function returns, the others are conventions."""
LONGEST = 20_000
MOST_SEGMENTS = 200
"""Characters and pieces of a declaration: more than a person writes."""

_OPTION = re.compile(r"\s*([A-Za-z_]\w*)\s*(=(?!=)|\()")
_ASSIGNED = re.compile(r"\s*([A-Za-z_]\w*)\s*=(?!=)\s*[^()\[\]]*")
_CLAIM = re.compile(r"\s*claim(?![A-Za-z0-9_])[ \t]*:?")
_QUOTED = re.compile(r"=\s*$")
_OPEN, _CLOSE = "([{", ")]}"


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a comment declares.

    `kind` is one of `KINDS`; `spec` the operation as written, `options` texts by name, `claim` the
    statement of a claim and `claim_at` its offset in the text of the declaration.
    """

    kind: str
    spec: str = ""
    options: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    claim: str = ""
    claim_at: int = 0

    @property
    def expect(self) -> str:
        """The outcome that is expected of the next claim, or nothing."""
        return self.options.get("expect", "")

    @property
    def gives(self) -> tuple[str, ...]:
        """What a function returns, in order."""
        return tuple(filter(None, re.split(r"[\s,]+", self.options.get("gives", ""))))

    @property
    def passing(self) -> bool:
        """Whether it is about the next claim alone, and leaves what holds as it is."""
        only_expects = self.kind == "options" and set(self.options) == {"expect"}
        return only_expects or self.kind in ("claim", "ignore")

    def conventions(self, base: Conventions = PLAIN) -> Conventions:
        """`base` with the options; what it expects is left to the next claim."""
        held = {k: v for k, v in self.options.items() if k not in ("expect", "gives")}
        return conventions_from(held, base)


# --- options ------------------------------------------------------------------------------------


def conventions_from(options: Mapping[str, Any], base: Conventions = PLAIN) -> Conventions:
    """Conventions from options by name: texts, or Python values; names are added to the base's.

    ``names`` may be a text (``"W=width(x), S=stride"``), a dictionary or pairs.  Errors:
    `SymconvError` for an option or a choice that does not exist.
    """
    changed: dict[str, Any] = {}
    for name, value in options.items():
        if name not in OPTIONS or name == "gives":
            raise SymconvError(**_unknown(name))
        changed[name] = _value(name, value)
    if "names" in changed:
        new = dict(changed["names"])
        kept = tuple(pair for pair in base.names if pair[0] not in new)
        changed["names"] = (*kept, *changed["names"])
    try:
        return replace(base, **changed)
    except SymconvError as error:
        name = error.message.split()[0]
        near = _nearest(str(changed.get(name, "")), CHOICES.get(name, ()))
        error.hint = error.hint or (f"{name}={near}" if near else "")
        raise


def parse_options(text: str, base: Conventions = PLAIN) -> Conventions:
    """Options as they stand behind a spec, ``upstream=delta; assume="N > K"``.

    Errors: `SpecError` with its place.
    """
    return _Reader(text).alone().conventions(base)


def _value(name: str, value: Any) -> Any:
    if name == "names":
        return _pairs(value)
    if name == "index_base":
        digits = str(value).strip()
        return int(digits) if digits in ("0", "1") else digits
    return unquoted(str(value))


def _pairs(value: Any) -> tuple[tuple[str, str], ...]:
    if isinstance(value, str):
        return split_names(value)
    pairs = value.items() if isinstance(value, Mapping) else value
    return tuple((str(key), str(meaning)) for key, meaning in pairs)


def split_names(text: str) -> tuple[tuple[str, str], ...]:
    r"""``W=width(x), K[m,n]=w[n,m], \delta^{l+1}=g`` as pairs of raw texts.

    Errors: `SymconvError` for a piece without ``=`` outside its brackets.
    """
    found = []
    for start, end in _parts(text, ","):
        piece = text[start:end]
        if not piece.strip():
            continue
        sign = next((at for at in _outside(piece) if piece[at] == "="), -1)
        key, meaning = piece[: max(sign, 0)].strip(), piece[sign + 1 :].strip()
        if sign < 0 or not key or not meaning:
            raise SymconvError(
                f"{shown(piece.strip())} is no name and its meaning",
                where="names",
                expected="names(W=width(x), S=stride)",
            )
        found.append((key, meaning))
    return tuple(found)


def unquoted(text: str) -> str:
    """A value without its quotation marks."""
    text = text.strip()
    whole = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if whole and text[0] not in text[1:-1] else text


def _unknown(name: str) -> dict[str, str]:
    return {
        "message": f"there is no option {shown(name)}",
        "expected": "one of " + ", ".join(OPTIONS),
        "hint": _nearest(name, OPTIONS),
    }


def _nearest(word: str, words: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(word, list(filter(None, words)), 1, 0.5)), "")


# --- the text -----------------------------------------------------------------------------------


def parse_declaration(text: str) -> Declaration:
    r"""Read what stands behind ``symconv:``.

    >>> parse_declaration("y = conv1d(x[N], w[K]); upstream=delta").options["upstream"]
    'delta'

    Errors: `SpecError` with its line, column and caret for unknown options and for what can't be
    taken apart; the spec itself is read by `symconv.syntax.spec.parse`.
    """
    return _Reader(text).declaration()


class _Reader:
    """One declaration, segment by segment."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.source = Source(text)
        if len(text) > LONGEST:
            raise self.error(0, "the declaration is too long", f"at most {LONGEST} characters")

    def declaration(self) -> Declaration:
        word = self.text.strip().rstrip(";").rstrip()
        if not word:
            raise self.error(0, "nothing is declared", "an operation, options, or a claim")
        if word in WORDS:
            return Declaration(WORDS[word])
        claim = _CLAIM.match(self.text)
        if claim:
            return self._claim(claim.end())
        near = _nearest(word, ("claim", *WORDS)) if word.isalpha() else ""
        if near:
            raise self.error(0, f"{shown(word)} declares nothing", hint=near)
        segments = self.segments(";\n")
        first = next((n for n, at in enumerate(segments) if self._is_option(at)), len(segments))
        options = self.options(segments[first:])
        end = segments[first][0] if first < len(segments) else len(self.text)
        spec = self.text[:end]
        if not spec.strip(" \t\r\n;"):
            return Declaration("options", options=options)
        return Declaration("operation", spec.rstrip(" \t\r\n;"), options)

    def alone(self) -> Declaration:
        """Options and nothing else."""
        return Declaration("options", options=self.options(self.segments(";\n")))

    def _claim(self, start: int) -> Declaration:
        segments = self.segments(";", start)
        first, rest = segments[0], segments[1:]
        statement = self.text[first[0] : first[1]]
        if not statement.strip():
            raise self.error(start, "the claim is empty", "claim dw = full(x, rot180(g))")
        at = first[0] + len(statement) - len(statement.lstrip())
        return Declaration("claim", "", self.options(rest), statement.strip(), at)

    def segments(self, marks: str, start: int = 0) -> list[tuple[int, int]]:
        """Where the pieces between the outer marks start and end; comments belong to them."""
        found = [(start + a, start + b) for a, b in _parts(self.text[start:], marks)]
        if len(found) > MOST_SEGMENTS:
            raise self.error(found[MOST_SEGMENTS][0], "the declaration has too many parts")
        return found

    def _is_option(self, at: tuple[int, int]) -> bool:
        """Whether a segment is an option, or can be nothing but one with its name mistyped."""
        segment = self.text[at[0] : at[1]]
        found = _OPTION.match(segment)
        if found is None:
            return False
        name, sign = found[1], found[2]
        if sign == "(":
            return name == "names" or bool(difflib.get_close_matches(name, ["names"], 1, 0.8))
        if name in OPTIONS:
            return "(" not in segment[found.end() :] or name in ("assume", "upstream", "names")
        return _ASSIGNED.fullmatch(segment) is not None

    def options(self, segments: list[tuple[int, int]]) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for start, end in segments:
            segment = self.text[start:end]
            if not segment.strip():
                continue
            at = start + len(segment) - len(segment.lstrip())
            name, value = self._option(segment.strip(), at)
            if name in found:
                raise self.error(at, f"the option {name} is given twice")
            found[name] = value
        return MappingProxyType(found)

    def _option(self, segment: str, at: int) -> tuple[str, str]:
        found = _OPTION.match(segment)
        if found is None:
            raise self.error(at, f"{shown(segment)} is no option", "name=value")
        name, sign, value = found[1], found[2], segment[found.end() :]
        if name not in OPTIONS:
            raise self.error(at, **_unknown(name))
        if sign == "(":
            if name != "names" or not segment.endswith(")"):
                raise self.error(at, f"{shown(segment)} is no option", f"{name}=value")
            value = value[:-1]
            if sum(value.count(sign) for sign in _OPEN) != sum(map(value.count, _CLOSE)):
                raise self.error(at, "the brackets of names(…) do not fit")
        if not value.strip():
            raise self.error(at, f"the option {name} has no value", f"{name}=value")
        try:
            made = _value(name, value)
            conventions_from({name: value} if name != "gives" else {})
        except SymconvError as error:
            raise self.error(at, error.message, error.expected, error.hint) from None
        return name, value.strip() if name == "names" else str(made)

    def error(self, offset: int, message: str, expected: str = "", hint: str = "") -> SpecError:
        """An error at an offset of the text."""
        return self.source.error(offset, message, expected=expected, hint=hint)


def _parts(text: str, marks: str) -> Iterator[tuple[int, int]]:
    """Where the pieces between the outer `marks` start and end."""
    start = 0
    for at in _outside(text):
        if text[at] in marks:
            yield start, at
            start = at + 1
    yield start, len(text)


def _outside(text: str) -> Iterator[int]:
    r"""The offsets outside brackets and quotation marks; ``\;`` is a space of LaTeX, no mark.

    A quotation mark opens only behind ``=``: elsewhere it is the prime of a name.  Comments
    (``# …``) end with their line.
    """
    depth, at = 0, 0
    while at < len(text):
        sign = text[at]
        if sign == "\\":
            at += 2
            continue
        if sign in "\"'" and depth == 0 and _QUOTED.search(text[max(0, at - 8) : at]):
            at = max(text.find(sign, at + 1), at) + 1
            continue
        if sign == "#" and depth == 0:
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
            continue
        depth = max(0, depth + (sign in _OPEN) - (sign in _CLOSE))
        if depth == 0:
            yield at
        at += 1
