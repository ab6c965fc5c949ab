"""Assignment where overlaps must add: the last of several writes to a place is what stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from symconv.index import symbols
from symconv.mistakes.model import Context, Variant
from symconv.mistakes.settings import Array, Setting, evaluated
from symconv.mistakes.sums import called
from symconv.terms import Form, Range, Term


def last_write_wins(context: Context) -> Iterator[Variant]:
    """What a loop leaves behind that assigns where it should add."""
    form = context.truth
    for place, term in enumerate(form.terms):
        for loops in _loops(term):
            facts = {"over": called(loops[-1].name), "name_of": form.name}
            tied = loops[0].name in symbols(*term.where)
            for keep in (-1, 0) if tied else (-1,):
                yield Variant(array=_kept(form, place, loops, keep), facts=facts)


def _loops(term: Term) -> list[tuple[Range, ...]]:
    """The sums that a program loops over: the positions, or these and all others outside them."""
    tied = symbols(*term.where)
    positions = tuple(r for r in term.sums if r.name in tied and not r.name.startswith("k"))
    outer = tuple(r for r in term.sums if not r.name.startswith("k"))
    found = [positions, outer, *((r,) for r in outer), term.sums]
    return [loops for loops in dict.fromkeys(found) if loops]


def _kept(form: Form, place: int, loops: Sequence[Range], keep: int) -> Callable[[Setting], Array]:
    """One term's value at the last (or first) turn of the loops that reaches an output."""
    names = {r.name for r in loops}
    term = form.terms[place]
    inner = replace(term, sums=tuple(r for r in term.sums if r.name not in names))
    wide = (*form.ranges, *(r for r in term.sums if r.name in names))
    single = Form(form.name, wide, (inner,), form.shapes)
    reached = replace(single, terms=(replace(inner, reads=(), coefficient=abs(inner.coefficient)),))
    rest = replace(form, terms=(*form.terms[:place], *form.terms[place + 1 :]))

    def array(setting: Setting) -> Array:
        value = evaluated(single, setting.arrays, setting.sizes)
        there = evaluated(replace(reached, shapes=()), {}, setting.sizes) != 0
        outer = value.shape[: len(form.ranges)]
        value, there = value.reshape((*outer, -1)), there.reshape((*outer, -1))
        count = there.shape[-1]
        order = np.where(there, np.arange(count), -1 if keep else count)
        chosen = order.max(axis=-1) if keep else order.min(axis=-1)
        safe = np.clip(chosen, 0, max(count - 1, 0))[..., None]
        picked = np.take_along_axis(value, safe, axis=-1)[..., 0]
        found: Array = np.where(there.any(axis=-1), picked, 0.0)
        return found + evaluated(rest, setting.arrays, setting.sizes) if rest.terms else found

    return array
