r"""What surrounds mathematics in any host: environments, labels, comments, simple macros.

What is taken away becomes spaces, so that places stay.  Only macros change a formula's length.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping

from symconv.syntax.sources.passage import blank
from symconv.values import dataclass

DISPLAYS = (
    "equation", "align", "alignat", "flalign", "gather", "multline", "eqnarray", "displaymath",
    "math", "dmath", "subequations",
)  # fmt: skip
"""Environments that are mathematics, also with a star."""
BEGIN = rf"\\begin\s*\{{(?P<name>{'|'.join(DISPLAYS)})(?P<star>\*?)\}}"
LARGEST = 20_000
DEEPEST = 8
MOST_MACROS = 2_000
MOST_USES = 500
_LONGEST_BODY = 1_000

_INNER = ("gather", "gathered", "multline", "eqnarray", "flalign", "equation", "align")
_WRAP = re.compile(
    rf"\\(?:begin|end)\s*\{{(?:{'|'.join(_INNER)})\*?\}}|\\(?:begin|end)\s*\{{alignat\*?\}}(?:\{{\d+\}})?"
)
_NOISE = re.compile(
    r"\\(?:label|tag\*?|phantom|hphantom|vphantom|vspace\*?|hspace\*?)\s*\{[^{}]*\}"
    r"|\\(?:short)?intertext\s*\{[^{}$\\]*\}"
    r"|\\(?:nonumber|notag|displaystyle|limits|hfill|noindent|allowdisplaybreaks)(?![A-Za-z])"
)
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)(%[^\n]*)")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&", "&#39;": "'"}
_ENTITY = re.compile("|".join(_ENTITIES))
_QUOTED = re.compile(r"(?<=\n)[ \t]*(?:>[ \t]*)+")

DEFINITION = re.compile(
    r"\\(?:(?P<def>def)\s*\\(?P<plain>[A-Za-z]+)(?P<count>(?:#\d)*)"
    r"|(?P<kind>newcommand|renewcommand|providecommand|DeclareMathOperator)\*?\s*"
    r"(?:\{\s*\\(?P<braced>[A-Za-z]+)\s*\}|\\(?P<bare>[A-Za-z]+))"
    r"(?:\[(?P<arguments>\d)\])?(?P<default>\[[^\]\n]*\])?)\s*\{"
)
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_USE = re.compile(r"\\([A-Za-z]+)")


@dataclass(frozen=True, slots=True)
class Macro:
    """A command that a file defines: how many arguments it takes, and its body."""

    arguments: int
    body: str
    default: str | None = None
    """The first argument where no ``[…]`` stands for it; None where there is no such argument."""


def swept(text: str, *, comments: bool = False, quoted: bool = False) -> str:
    """A formula without wrappers, labels, comments (TeX's) and the marks of a quotation."""
    if comments:
        text = uncommented(text)
    if quoted:
        text = _QUOTED.sub(lambda found: " " * len(found[0]), text)
    text = _ENTITY.sub(lambda found: _ENTITIES[found[0]].ljust(len(found[0])), text)
    for pattern in (_WRAP, _NOISE):
        text = pattern.sub(lambda found: blank(found[0]), text)
    return text


# --- macros -------------------------------------------------------------------------------------


def macros_of(text: str) -> dict[str, Macro]:
    """The macros that a text defines; one with two meanings is left alone: nothing is guessed."""
    found: dict[str, Macro] = {}
    twice: set[str] = set()
    for definition in itertools.islice(DEFINITION.finditer(text), MOST_MACROS):
        end = balanced(text, definition.end(), _LONGEST_BODY)
        if end < 0:
            continue
        body = text[definition.end() : end]
        if definition["kind"] == "DeclareMathOperator":
            body = f"\\operatorname{{{body}}}"
        name = definition["plain"] or definition["braced"] or definition["bare"]
        count = len(definition["count"] or "") // 2 or int(definition["arguments"] or 0)
        default = definition["default"][1:-1] if definition["default"] else None
        made = Macro(count, body, default)
        if name in found and definition["kind"] == "providecommand":
            continue
        if found.setdefault(name, made) != made or (default is not None and not count):
            twice.add(name)
    return {name: macro for name, macro in found.items() if name not in twice}


def uncommented(text: str) -> str:
    """TeX with its comments turned to spaces: what they define is not defined."""
    return _COMMENT.sub(lambda found: found[1] + " " * len(found[2]), text)


def without_definitions(text: str) -> str:
    """The text with the definitions of macros turned to spaces."""
    pieces, at = [], 0
    while (definition := DEFINITION.search(text, at)) is not None:
        end = balanced(text, definition.end(), _LONGEST_BODY)
        stop = end + 1 if end >= 0 else definition.end()
        pieces += [text[at : definition.start()], blank(text[definition.start() : stop])]
        at = stop
    return "".join([*pieces, text[at:]])


def balanced(text: str, start: int, most: int = LARGEST) -> int:
    """The place of the brace that closes what is open at `start`, or -1."""
    depth = 1
    for sign in _BRACE.finditer(text, start, min(len(text), start + most)):
        depth += (sign[0] == "{") - (sign[0] == "}")
        if depth == 0:
            return sign.start()
    return -1


def expanded(text: str, macros: Mapping[str, Macro]) -> str:
    """The formula with its macros put in, a bounded number of times and levels deep.

    What is beyond the bounds keeps the macro's name, which nobody understands: nothing is guessed.
    """
    if not macros or len(text) > LARGEST or macros.keys().isdisjoint(_USE.findall(text)):
        return text
    return _Expansion(macros).made(text, 0)


class _Expansion:
    """One formula; `left` counts the uses that may still be expanded."""

    def __init__(self, macros: Mapping[str, Macro]) -> None:
        self.macros = macros
        self.left = MOST_USES
        self.signs = LARGEST

    def made(self, text: str, depth: int) -> str:
        pieces: list[str] = []
        at = 0
        for use in _USE.finditer(text):
            macro = self.macros.get(use[1])
            if macro is None or use.start() < at:
                continue
            end, first = _optional(text, use.end(), macro)
            end, rest = _arguments(text, end, macro.arguments - len(first))
            arguments = [*first, *rest]
            if len(arguments) < macro.arguments or depth >= DEEPEST:
                continue
            if not self._afford(macro, arguments):
                continue
            put = self.made(_filled(macro.body, arguments), depth + 1)
            pieces += [text[at : use.start()], put]
            pieces += [" "] if _runs_on(put, text[end : end + 1]) else []
            at = end
        return "".join([*pieces, text[at:]])

    def _afford(self, macro: Macro, arguments: list[str]) -> bool:
        signs = sum(len(a) * macro.body.count(f"#{n}") for n, a in enumerate(arguments, 1))
        self.left -= 1
        self.signs -= len(macro.body) + signs
        return self.left >= 0 and self.signs >= 0


def _optional(text: str, at: int, macro: Macro) -> tuple[int, list[str]]:
    """The argument in square brackets, or its default, where a macro has one."""
    if macro.default is None:
        return at, []
    said = re.compile(r"\s*\[([^\[\]{}]*)\]").match(text, at)
    return (at, [macro.default]) if said is None else (said.end(), [said[1]])


def _arguments(text: str, at: int, count: int) -> tuple[int, list[str]]:
    """The arguments behind a command: groups in braces, or single signs."""
    found: list[str] = []
    while len(found) < count:
        start = at + len(text[at : at + 100]) - len(text[at : at + 100].lstrip())
        if text[start : start + 1] == "{":
            stop = balanced(text, start + 1)
            if stop < 0:
                break
            found.append(text[start + 1 : stop])
            at = stop + 1
        else:
            single = re.compile(r"\\[A-Za-z]+|[A-Za-z0-9]").match(text, start)
            if single is None:
                break
            found.append(single[0])
            at = single.end()
    return at, found


def _filled(body: str, arguments: list[str]) -> str:
    pieces = re.split(r"#(\d)", body)
    made = pieces[0]
    for number, rest in zip(pieces[1::2], pieces[2::2], strict=True):
        put = arguments[int(number) - 1] if 0 < int(number) <= len(arguments) else f"#{number}"
        made += " " * _runs_on(made, put) + put
        made += " " * _runs_on(made, rest) + rest
    return made


def _runs_on(before: str, after: str) -> bool:
    """Whether a command's name would swallow the letter that follows."""
    return after[:1].isalpha() and re.search(r"\\[A-Za-z]+$", before) is not None
