"""Local derivatives as forms: every output by every element, before any upstream gradient.

    J[out, j] = ∂y[out] / ∂t[j] = Σ_{bound : e(out, bound) = j} rest

The chain rule is then a sum over the outputs, and the steps of a derivation can show it whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symconv.functions import FUNCTIONS
from symconv.index import Condition, Symbol
from symconv.reindex import collect, rename_sums
from symconv.terms import Form, Range, Read, Term, fresh, substitute_read, term_symbols


def jacobian(form: Form, tensor: str, letters: Sequence[Range], name: str) -> Form:
    """The local derivative ``∂form[out] / ∂tensor[letters]``; `letters` name the element.

    Output indices whose letter is taken by an element get a prime (``n_1``, printed n′).
    """
    outer = _primed(form, letters)
    terms = [
        made
        for term in form.terms
        for place, read in enumerate(term.reads)
        if read.tensor == tensor
        for made in _rule(form, term, place, letters, outer)
    ]
    ranges = (*(replace(r, name=outer[r.name]) for r in form.ranges), *letters)
    read_tensors = {read.tensor for term in terms for read in term.reads}
    shapes = tuple(item for item in form.shapes if item[0] in read_tensors)
    return Form(name, ranges, collect(terms), shapes)


def _primed(form: Form, letters: Sequence[Range]) -> dict[str, str]:
    """The outputs' names beside the element's."""
    taken = {r.name for r in letters} | {n for t in form.terms for n in term_symbols(t)}
    clash = {r.name for r in letters}
    names = {}
    for r in form.ranges:
        names[r.name] = fresh(r.name, taken) if r.name in clash else r.name
        taken.add(names[r.name])
    return names


def _rule(
    form: Form, term: Term, place: int, letters: Sequence[Range], outer: dict[str, str]
) -> list[Term]:
    names = dict(outer)
    taken = {*outer.values(), *(r.name for r in letters), *term_symbols(term)}
    read = term.reads[place]
    ties: dict[int, str] = {}
    inner = {r.name: r for r in term.sums}
    for axis, (index, out) in enumerate(zip(read.at, letters, strict=True)):
        whole = isinstance(index, Symbol) and index.name in inner and index.name not in names
        if whole and inner[index.name].stop == out.stop and inner[index.name].start == 0:  # type: ignore[union-attr]
            names[index.name] = out.name  # type: ignore[union-attr]
            ties[axis] = out.name
    for r in term.sums:
        if r.name not in names and r.name in {item.name for item in letters}:
            names[r.name] = fresh(r.name, taken)
            taken.add(names[r.name])
    moved = rename_sums(term, names)
    moved_read = substitute_read(read, {a: Symbol(b) for a, b in names.items()})
    conditions = tuple(
        Condition(index, "==", Symbol(out.name))
        for axis, (index, out) in enumerate(zip(moved_read.at, letters, strict=True))
        if axis not in ties
    )
    others = (*moved.reads[:place], *moved.reads[place + 1 :])
    sums = tuple(r for r in moved.sums if r.name not in ties.values())
    return [
        replace(
            moved,
            reads=(*(Read(read.tensor, moved_read.at, f) for f in functions), *others),
            sums=sums,
            where=(*conditions, *moved.where),
            coefficient=moved.coefficient * number,
        )
        for number, functions in FUNCTIONS[read.function].derivative
    ]
