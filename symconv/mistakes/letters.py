"""Wrong indices: exchanged, another letter, another number, another tensor."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace

from symconv.index import (
    FloorDiv,
    Index,
    Mod,
    Product,
    Sum,
    Symbol,
    add,
    rebuild,
    substitute,
    tidy,
)
from symconv.mistakes.factors import shown_read
from symconv.mistakes.kernels import swapped
from symconv.mistakes.model import Context, Facts, Variant
from symconv.mistakes.positions import written
from symconv.mistakes.sums import spellings
from symconv.terms import Form, Read, Term

HEADS = ("n", "c", "f")


def in_reads(
    form: Form, change: Callable[[Term, Read], Iterator[tuple[Read, Facts]]]
) -> Iterator[Variant]:
    """The form with one read of one term changed."""
    for number, term in enumerate(form.terms):
        for place, read in enumerate(term.reads):
            for new, facts in change(term, read):
                reads = (*term.reads[:place], new, *term.reads[place + 1 :])
                terms = list(form.terms)
                terms[number] = replace(term, reads=reads)
                says = {"right": shown_read(read), "wrong": shown_read(new)} | facts
                yield Variant((replace(form, terms=tuple(terms)),), facts=says)


# --- exchanged ----------------------------------------------------------------------------------


def _axes(read: Read, heads: bool) -> Iterator[tuple[int, int]]:
    """Pairs of axes: batch and channels, or the others."""
    for one in range(len(read.at)):
        for other in range(one + 1, len(read.at)):
            pair = (read.at[one], read.at[other])
            head = [_letter(index) in HEADS for index in pair]
            if (any(head) if heads else not any(head)) and pair[0] != pair[1]:
                yield one, other


def _letter(index: Index) -> str:
    return index.name.partition("_")[0] if isinstance(index, Symbol) else ""


def channels_exchanged(context: Context) -> Iterator[Variant]:
    """Batch, input channel and filter taken for each other: in one tensor, or by letter."""
    form = context.truth
    yield from in_reads(
        form, lambda term, read: ((swapped(read, *p), {}) for p in _axes(read, heads=True))
    )
    yield from _letters_exchanged(form, heads=True)


def axes_exchanged(context: Context) -> Iterator[Variant]:
    """Rows and columns taken for each other."""
    form = context.truth
    yield from in_reads(
        form, lambda term, read: ((swapped(read, *p), {}) for p in _axes(read, heads=False))
    )
    yield from _letters_exchanged(form, heads=False)
    yield from in_reads(form, lambda term, read: _outputs_exchanged(form, read))


def _outputs_exchanged(form: Form, read: Read) -> Iterator[tuple[Read, Facts]]:
    """Two letters of the result exchanged in one tensor, whatever stands beside them there."""
    names = [name for name in form.indices if name.partition("_")[0] not in HEADS]
    for one, other in itertools.combinations(names, 2):
        swap: dict[str, Index] = {one: Symbol(other), other: Symbol(one)}
        yield replace(read, at=tuple(substitute(i, swap) for i in read.at)), {}


def _letters_exchanged(form: Form, *, heads: bool) -> Iterator[Variant]:
    """Two letters exchanged in all reads of a term."""
    for number, term in enumerate(form.terms):
        names = [*form.indices, *(r.name for r in term.sums)]
        for place, one in enumerate(names):
            for other in names[place + 1 :]:
                head = {name.partition("_")[0] in HEADS for name in (one, other)}
                if head != {heads}:
                    continue
                swap: dict[str, Index] = {one: Symbol(other), other: Symbol(one)}
                reads = tuple(_renamed(read, swap) for read in term.reads)
                terms = list(form.terms)
                terms[number] = replace(term, reads=reads)
                facts = {"right": f"{one} and {other}", "wrong": f"{other} and {one}"}
                yield Variant((replace(form, terms=tuple(terms)),), facts=facts)


def _renamed(read: Read, names: dict[str, Index]) -> Read:
    at = tuple(names.get(i.name, i) if isinstance(i, Symbol) else i for i in read.at)
    return replace(read, at=at)


def transposed(context: Context) -> Iterator[Variant]:
    """The result laid down with its last two axes exchanged."""
    form = context.truth
    if len(form.ranges) >= 2:
        ranges = (*form.ranges[:-2], form.ranges[-1], form.ranges[-2])
        yield Variant((replace(form, ranges=ranges),))


def matrix_not_transposed(context: Context) -> Iterator[Variant]:
    """A matrix as it is where its transpose belongs; the result has the other size."""
    form = context.truth
    if len(form.ranges) != 1 or len(form.terms) != 1:
        return
    (item,), (term,) = form.ranges, form.terms
    for place, read in enumerate(term.reads):
        if len(read.at) != 2 or Symbol(item.name) not in read.at:
            continue
        stop = form.shape_of(read.tensor)[1 - read.at.index(Symbol(item.name))]
        reads = (*term.reads[:place], swapped(read, 0, 1), *term.reads[place + 1 :])
        made = replace(
            form, ranges=(replace(item, stop=stop),), terms=(replace(term, reads=reads),)
        )
        yield Variant((made,), facts={"tensor": read.tensor})


# --- other letters, numbers and tensors ---------------------------------------------------------


def other_letter(context: Context) -> Iterator[Variant]:
    """One index of one factor is another letter of the formula, or 0."""
    form = context.truth

    def change(term: Term, read: Read) -> Iterator[tuple[Read, Facts]]:
        names = [*form.indices, *(r.name for r in term.sums)]
        for axis, index in enumerate(read.at):
            choices: list[Index] = [*map(Symbol, names), 0]
            for choice in choices:
                if choice != index and isinstance(index, Symbol):
                    yield _at(read, axis, choice), {}

    yield from in_reads(form, change)


def other_number(context: Context) -> Iterator[Variant]:
    """One number in one index is another one: 3 for 2, a minus for a plus, one more, one less."""
    for form in spellings(context.truth):

        def change(term: Term, read: Read) -> Iterator[tuple[Read, Facts]]:
            for axis, index in enumerate(read.at):
                for new in near(index):
                    yield _at(read, axis, new), {}

        yield from in_reads(form, change)
        yield from _conditions(form)


def _conditions(form: Form) -> Iterator[Variant]:
    for number, term in enumerate(form.terms):
        for place, condition in enumerate(term.where):
            if condition.relation != "==":
                continue
            for new in near(condition.left):
                where = list(term.where)
                where[place] = replace(condition, left=new)
                terms = list(form.terms)
                terms[number] = replace(term, where=tuple(where))
                facts = {"right": written(condition.left), "wrong": written(new)}
                yield Variant((replace(form, terms=tuple(terms)),), facts=facts)


def near(index: Index) -> list[Index]:
    """The index with one change: its constant, a sign, a factor."""
    index = tidy(index)
    found: list[Index] = [tidy(add(index, 1)), tidy(add(index, -1))]
    if isinstance(index, Symbol | int):
        return found
    parts = index.terms if isinstance(index, Sum) else (index,)
    for place, part in enumerate(parts):
        rest = (*parts[:place], *parts[place + 1 :])
        changed = [tidy(Product((-1, part))), tidy(Product((2, part)))]
        if isinstance(part, Product) and isinstance(part.factors[0], int):
            number, others = part.factors[0], part.factors[1:]
            near_by = (*range(number - 2, number + 3), -number)
            changed += [tidy(Product((n, *others))) for n in near_by]
        if len(parts) > 1:
            found.append(tidy(add(*rest)))
        for new in changed:
            found.append(tidy(add(*parts[:place], new, *parts[place + 1 :])) if rest else new)
    if isinstance(index, FloorDiv | Mod):
        found += [tidy(rebuild(index, (top, index.bottom))) for top in near(index.top)]
    return [new for new in dict.fromkeys(found) if new != index]


def _at(read: Read, axis: int, index: Index) -> Read:
    return replace(read, at=(*read.at[:axis], index, *read.at[axis + 1 :]))


def other_tensor(context: Context) -> Iterator[Variant]:
    """One tensor of the formula is another of the same shape."""
    form = context.truth
    shapes = dict(context.graph.shapes) | dict(form.shapes)

    def change(term: Term, read: Read) -> Iterator[tuple[Read, Facts]]:
        for name, shape in shapes.items():
            if not {name, read.tensor} <= context.named:
                continue
            if name != read.tensor and len(shape) == len(read.at):
                yield replace(read, tensor=name), {"tensor": read.tensor, "instead": name}

    for variant in in_reads(form, change):
        (made,) = variant.program
        assert isinstance(made, Form)
        used = dict.fromkeys(r.tensor for t in made.terms for r in t.reads)
        yield replace(variant, program=(replace(made, shapes=tuple((n, shapes[n]) for n in used)),))
