"""The usual spec read at once: one call of tensors and plain options, ``y = conv1d(x[N], w[3])``.

It gives the same value as the full reader, or none where there is anything else (a sum, elements,
arithmetic, a mistake).  Loading a grammar takes longer than most commands.
"""

from __future__ import annotations

import re

from symconv.calls import Call, Place, Spec, TensorArg, Value
from symconv.index import Index, Symbol
from symconv.syntax.spec_text import RESERVED

LONGEST = 1000
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_ATOM = rf"(?:[0-9]{{1,9}}|{_NAME})"
_HEAD = re.compile(rf" *(?P<target>{_NAME}) *= *(?P<function>{_NAME}) *\( *")
_ITEM = re.compile(
    rf"""(?P<name>{_NAME})[ ]*
    (?: \[[ ]* (?P<sizes>{_ATOM}(?:[ ]*,[ ]*{_ATOM})*) [ ]*\]
      | =[ ]* (?: (?P<value>{_ATOM})
                | \([ ]* (?P<tuple>{_ATOM}(?:[ ]*,[ ]*{_ATOM})+) [ ]*\)
                | "(?P<text>[a-z]*)" )
    )? [ ]*
    (?: ,[ ]*(?!\)) | (?P<last>\))[ ]*\Z )""",
    re.VERBOSE,
)
_TRUTHS = {"True": True, "False": False}


def parse_plain(text: str) -> Spec | None:
    """The spec, if it is one of the usual kind."""
    head = _HEAD.match(text) if len(text) <= LONGEST else None
    if head is None or {head["target"], head["function"]} & RESERVED:
        return None
    tensors: list[TensorArg] = []
    options: dict[str, tuple[Value, Place]] = {}
    at, last = head.end(), False
    while not last:
        item = _ITEM.match(text, at)
        if item is None or item["name"] in RESERVED or item["name"] in options:
            return None
        place, at, last = Place(1, at + 1), item.end(), item["last"] is not None
        try:
            if item["value"] or item["tuple"] or item["text"] is not None:
                options[item["name"]] = _option(item), place
            else:
                tensors.append(TensorArg(item["name"], _sizes(item), place=place))
        except _Unusual:
            return None
    call = Call(
        head["target"],
        head["function"],
        tuple(tensors),
        keywords=tuple((name, value) for name, (value, _) in options.items()),
        place=Place(1, head.start("function") + 1),
        keyword_places=tuple(place for _, place in options.values()),
    )
    return Spec((call,), text)


class _Unusual(Exception):
    """For the full reader, which has words for it."""


def _sizes(item: re.Match[str]) -> tuple[Index, ...] | None:
    if item["sizes"] is None:
        return None
    sizes = _atoms(item["sizes"])
    if 0 in sizes:
        raise _Unusual
    return sizes


def _option(item: re.Match[str]) -> Value:
    if item["text"] is not None:
        return item["text"]
    if item["tuple"]:
        return _atoms(item["tuple"])
    if item["value"] in _TRUTHS:
        return _TRUTHS[item["value"]]
    return _atoms(item["value"])[0]


def _atoms(text: str) -> tuple[Index, ...]:
    words = [word.strip() for word in text.split(",")]
    if RESERVED.intersection(words):
        raise _Unusual
    return tuple(int(word) if word[0].isdigit() else Symbol(word) for word in words)
