"""Verdicts on code in its own words: a counterexample names what the code names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from symconv.claims import Verdict

_WORD = re.compile(r"[^\W\d]\w*")


def in_own_names(verdict: Verdict, called: Iterable[tuple[str, str]]) -> Verdict:
    """The verdict with tensors by the names that `called` pairs with them.

    Where a name stands for another tensor of the counterexample too, that keeps its own.
    """
    found = verdict.counterexample
    if found is None:
        return verdict
    sides = (found.left_terms, found.right_terms)
    held = {word for side in sides for word in _WORD.findall(side)}
    names = dict(called)
    names = {old: new for old, new in names.items() if new not in held or new in names}

    def said(text: str) -> str:
        return _WORD.sub(lambda word: names.get(word[0], word[0]), text)

    left, right = map(said, sides)
    return replace(verdict, counterexample=replace(found, left_terms=left, right_terms=right))
