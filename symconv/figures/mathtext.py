"""Short formulas as runs of text with raised and lowered parts, and how wide they are at most.

Widths come from a table of classes of letters, not from a font, so that a picture is the same
everywhere.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from symconv.values import dataclass
from symconv.writers.dialect import Char, Command, Group, Node, Scripts, Space, Words, parse
from symconv.writers.printing import kind
from symconv.writers.unicode_math import unicode_math, width

SMALL = 0.7
"""The size of a subscript beside its base."""


@dataclass(frozen=True, slots=True)
class Run:
    """Letters in one style; `level` is -1 for a subscript, 1 for a superscript, 0 on the line."""

    text: str
    italic: bool = False
    level: int = 0


@lru_cache(maxsize=16384)
def runs(latex: str) -> tuple[Run, ...]:
    r"""A formula as runs; what has no runs of its own is written as Unicode on one line.

    Examples
    --------
    >>> [(run.text, run.level) for run in runs(r"w_{0}\,x_{1,2}")]
    [('w', 0), ('0', -1), (' ', 0), ('x', 0), ('1,2', -1)]
    """
    try:
        made = _row(parse(latex).items)
    except _Flat:
        made = [Run(unicode_math(latex))]
    return tuple(_joined(made))


class _Flat(Exception):
    """A construct that runs cannot show."""


def _row(items: tuple[Node, ...]) -> list[Run]:
    found: list[Run] = []
    for place, item in enumerate(items):
        what = kind(item)
        sign = place == 0 or kind(items[place - 1]) in ("space", "op", "rel", "open", "punct")
        binary = what == "rel" or (what == "op" and not sign and len(items) > place + 1)
        tight = isinstance(item, Char) and item.text == "/"
        blank = [Run(" ")] if binary and not tight else []
        found += [*blank, *_runs(item), *blank]
        if what in ("punct", "name", "limit") and place + 1 < len(items):
            found += [] if what != "punct" and kind(items[place + 1]) == "open" else [Run(" ")]
    return found


def _runs(node: Node) -> list[Run]:
    match node:
        case Char(text):
            letter = text.isalpha()
            return [Run({"-": "−", "*": "∗"}.get(text, text), italic=letter)]
        case Command():
            text = unicode_math("\\" + node.name)
            return [Run(text, italic=text.isalpha() and len(text) == 1 and kind(node) == "ord")]
        case Space():
            return [Run(" ")]
        case Words(_, text):
            return [Run(text)]
        case Group(items):
            return _row(items)
        case Scripts():
            return _scripts(node)
    raise _Flat


def _scripts(node: Scripts) -> list[Run]:
    if node.sub is not None and node.sup is not None:
        raise _Flat
    base = [*_runs(node.base), *([Run("′" * node.primes)] if node.primes else [])]
    for group, level in ((node.sub, -1), (node.sup, 1)):
        if group is None:
            continue
        inner = [replace(run, text=run.text.replace(" ", "")) for run in _row(group.items)]
        if any(run.level for run in inner):
            raise _Flat
        base += [replace(run, level=level) for run in inner]
    return base


def _joined(found: list[Run]) -> list[Run]:
    out: list[Run] = []
    for run in found:
        if not run.text:
            continue
        last = out[-1] if out else None
        if last is not None and (last.italic, last.level) == (run.italic, run.level):
            out[-1] = replace(last, text=last.text + run.text)
        else:
            out.append(run)
    return out


def width_of(content: str, size: float, *, math: bool) -> float:
    """An upper estimate of how wide a text is in a common font."""
    parts = runs(content) if math else (Run(content),)
    return sum(_width(run.text) * size * (SMALL if run.level else 1.0) for run in parts)


def _width(text: str) -> float:
    narrow = sum(letter in "ijl.,:;|'′()[] Itf" for letter in text)
    broad = sum(letter in "mwMW∑⊙→" or (letter.isupper() and letter != "I") for letter in text)
    return 0.36 * narrow + 0.9 * broad + 0.6 * (width(text) - narrow - broad)
