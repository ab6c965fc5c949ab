"""Fences: a listing, or a directive in MyST's syntax."""

from __future__ import annotations

import re

from markdown_it.token import Token

from symconv.document import Code
from symconv.syntax.notes.value import Directive, Source

_INFO = re.compile(r"\{([a-z][a-z0-9_-]*)\}(?:\s+(.*))?")
_OPTION = re.compile(r":([A-Za-z][A-Za-z0-9_-]*):(?:\s+(.*))?")
_FENCE = re.compile(r"(?:`{3,}|~{3,})\s*")


def fence(token: Token, source: Source) -> Code | Directive:
    """A fence token; errors: `NoteError` for what looks like a directive and is not one."""
    first, last = token.map or [0, 0]
    line = first + 1
    if last - first < 2 or not _FENCE.search(source.lines[last - 1]):
        raise source.error(line, "the fence is never closed", expected=f"a line {token.markup}")
    info = token.info.strip()
    if not info.startswith("{"):
        return Code(token.content, info.split()[0] if info else "")
    return _directive(token, source, line, info)


def _directive(token: Token, source: Source, line: int, info: str) -> Directive:
    found = _INFO.fullmatch(info)
    if not found:
        large = re.match(r"\{\w+\}", info)
        hint = large[0].lower() if large and large[0] != large[0].lower() else ""
        raise source.error(line, "not a directive", expected="{name} argument", got=info, hint=hint)
    if token.level:
        raise source.error(
            line,
            f"the directive {found[1]} stands inside a list or a quotation",
            hint="to put it at the left margin",
        )
    body = token.content.split("\n")
    options, used = _options(body, source, line + 1)
    while used < len(body) - 1 and not body[used].strip():
        used += 1
    for number, text in enumerate(body[used:], line + 1 + used):
        if _OPTION.fullmatch(text.strip()):
            raise source.error(
                number, "an option after the body", hint="to put it under the opening fence"
            )
    text = "\n".join(body[used:]).rstrip()
    return Directive(found[1], (found[2] or "").strip(), options, text, line, line + 1 + used)


def _options(body: list[str], source: Source, line: int) -> tuple[dict[str, str], int]:
    """The options at the start of a body, and how many lines they take."""
    options: dict[str, str] = {}
    for used, text in enumerate(body):
        if not text.lstrip().startswith(":"):
            return options, used
        found = _OPTION.fullmatch(text.strip())
        if not found:
            raise source.error(line + used, "not an option", expected=":name: value", got=text)
        if found[1] in options:
            raise source.error(line + used, f"the option {found[1]} is given twice")
        options[found[1]] = (found[2] or "").strip()
    return options, len(body)
