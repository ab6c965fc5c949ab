"""Sizes as people give them in a shell: ``N=4 K=3``."""

from __future__ import annotations

import re
from collections.abc import Iterable

from symconv.errors import SpecError
from symconv.syntax.spec_text import DIGITS, RESERVED, SAME, Source, shown

_PIECE = re.compile(r"([^\s,;=]*)\s*=\s*([^\s,;=]*)|[^\s,;]+")
_NAME = re.compile(r"[^\W\d]\w{0,59}")


def parse_sizes(texts: Iterable[str]) -> dict[str, int]:
    """``["N=4", "K=3"]``, or ``"N=4, K=3"``, as a dictionary.

    Errors: `SpecError` for anything that is not a name, = and a whole number, and for a name with
    two different numbers.
    """
    sizes: dict[str, int] = {}
    for text in [texts] if isinstance(texts, str) else texts:
        source = Source(text)
        for piece in _PIECE.finditer(text.translate(SAME)):
            name, number = _size(source, piece)
            if sizes.setdefault(name, number) != number:
                raise source.error(
                    piece.start(),
                    f"{name} is given twice",
                    expected=f"{name}={sizes[name]}, as before",
                    got=f"{name}={number}",
                )
    return sizes


def _size(source: Source, piece: re.Match[str]) -> tuple[str, int]:
    name, number = piece[1] or "", piece[2] or ""
    if not _NAME.fullmatch(name) or not name.isidentifier():
        wrong = "this size has no name" if not name else f"{shown(name)} is not a name"
        raise _wrong(source, piece, wrong if piece[1] is not None else "this is not a size")
    if name in RESERVED:
        raise _wrong(source, piece, f"{name} is a word of the spec language")
    if not re.fullmatch(r"[+-]?[0-9]+", number):
        raise _wrong(source, piece, f"{name} is not given a whole number")
    if len(number.lstrip("+-")) > DIGITS:
        raise _wrong(source, piece, f"the number for {name} is too long")
    return name, int(number)


def _wrong(source: Source, piece: re.Match[str], message: str) -> SpecError:
    return source.error(
        piece.start(),
        message,
        expected="a name, = and a whole number",
        got=shown(piece[0]),
        hint="N=4",
    )
