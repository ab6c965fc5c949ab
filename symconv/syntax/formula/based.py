"""Forms as a text that counts from 1 writes them; the left side of a text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from symconv.index import (
    Condition,
    Index,
    Symbol,
    add,
    simplify,
    substitute,
    substitute_condition,
    symbols,
)
from symconv.reindex import rename_sums
from symconv.terms import Form, Range, Read, Term, term_symbols

_LETTERS = "mjrsuvtqpl"
_RELATION = re.compile(r":?=|\\[lg]eq?(?![A-Za-z])|\\approx|\\equiv|[<>≤≥,;]|\\\\")


def based(form: Form, base: int) -> Form:
    """The form with every index counted from `base`; for printing, its shapes are not moved.

    A letter i becomes i - base where it stands for a position, and a read at p one at p + base.
    """
    if not base:
        return form
    terms = tuple(_term(term, form, base) for term in form.terms)
    return replace(form, ranges=tuple(_range(r, {}, base) for r in form.ranges), terms=terms)


def based_at(at: tuple[Index, ...], base: int) -> tuple[Index, ...]:
    """A position counted from `base`, whose letters are written as they stand."""
    return tuple(i + base if isinstance(i, int) else i for i in at)


def relettered(form: Form, names: Sequence[str]) -> Form:
    """The form with other letters for sums that a text's names for its tensors begin with.

    Where the kernel is called k, k_h would be an element of it.
    """
    tensors = {found[0] for name in names if (found := re.match(r"[A-Za-z]+", name))}
    terms = []
    for term in form.terms:
        used = {*form.indices, *term_symbols(term), *tensors, *form.tensors}
        bases = {r.name.partition("_")[0] for r in term.sums} & tensors
        free = (letter for letter in _LETTERS if letter not in used)
        new = dict(zip(sorted(bases), free, strict=False))
        renamed = {}
        for bound in term.sums:
            base, mark, rest = bound.name.partition("_")
            if base in new:
                renamed[bound.name] = f"{new[base]}{mark}{rest}"
        terms.append(rename_sums(term, renamed))
    return replace(form, terms=tuple(terms))


def left_of(text: str) -> str:
    """The left side of a text that sets two sides equal and says nothing else, or nothing."""
    found = [m for m in _RELATION.finditer(text) if not _inside(text, m.start())]
    if len(found) != 1 or found[0][0] not in ("=", ":="):
        return ""
    return text[: found[0].start()].replace("&", "").strip()


def _inside(text: str, at: int) -> bool:
    """Whether an offset is within brackets or within an environment."""
    before = text[:at].replace(r"\{", "").replace(r"\}", "")
    opened = sum(map(before.count, "([{")) + before.count(r"\begin")
    return opened > sum(map(before.count, ")]}")) + before.count(r"\end")


def _term(term: Term, form: Form, base: int) -> Term:
    letters = {r.name for r in (*form.ranges, *term.sums)}
    names: dict[str, Index] = {name: add(Symbol(name), -base) for name in letters}

    def moved(index: Index) -> Index:
        return simplify(substitute(index, names)) if symbols(index) & letters else index

    def condition(c: Condition) -> Condition:
        shift = base if isinstance(c.right, Symbol) else 0  # o + k - 1 = i, not o + k - 2 = i - 1
        made = substitute_condition(c, names)
        left, right = (simplify(add(side, shift)) for side in (made.left, made.right))
        return replace(made, left=left, right=right)

    reads = tuple(
        Read(r.tensor, tuple(simplify(add(moved(i), base)) for i in r.at), r.function)
        for r in term.reads
    )
    return replace(
        term,
        reads=reads,
        sums=tuple(_range(r, names, base) for r in term.sums),
        where=tuple(condition(c) for c in term.where),
        divisors=tuple(moved(d) for d in term.divisors),
    )


def _range(item: Range, names: dict[str, Index], base: int) -> Range:
    start, stop = (simplify(add(substitute(end, names), base)) for end in (item.start, item.stop))
    return Range(item.name, stop, start)
