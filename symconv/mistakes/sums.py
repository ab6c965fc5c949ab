"""Wrong sums: one is missing, starts or ends wrong, or its values are averaged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache

from symconv.index import Condition, FloorDiv, Index, Mod, Symbol, add, symbols, tidy
from symconv.mistakes.model import Context, Facts, Variant
from symconv.mistakes.positions import written
from symconv.reindex import eliminate
from symconv.terms import Form, Range, Term, substitute_term

WORDS = {
    "n": ("the batch", "n"),
    "c": ("the channels", "c"),
    "f": ("the filters", "f"),
    "o": ("the output positions", "o"),
    "k": ("the kernel positions", "k"),
    "i": ("the positions", "i"),
}
"""What an index runs over, by its letter."""


def called(name: str) -> str:
    """What an index runs over, in words."""
    letter = name.partition("_")[0]
    return WORDS.get(letter, (f"{name}", ""))[0]


@lru_cache(maxsize=256)
def spellings(form: Form) -> tuple[Form, ...]:
    """The sum as it is, and with its conditions solved for either index."""
    found = [form]
    letters = [r.name for term in form.terms if term.where for r in term.sums]
    for prefix in ("o", "k", "i"):
        prefer = [name for name in letters if name.startswith(prefix)]
        if prefer:
            found.append(eliminate(form, prefer))
    return tuple(dict.fromkeys(found))


def in_terms(
    form: Form, change: Callable[[Term], Iterator[tuple[Term, Facts]]]
) -> Iterator[tuple[Form, Facts]]:
    """The form with one of its terms changed."""
    for place, term in enumerate(form.terms):
        for new, facts in change(term):
            terms = (*form.terms[:place], new, *form.terms[place + 1 :])
            yield replace(form, terms=terms), facts


def one_sum_more(context: Context) -> Iterator[Variant]:
    """A channel, filter or batch of the result is summed over, though each stands alone."""
    form = context.truth
    for item in form.ranges:
        if item.name.partition("_")[0] not in ("n", "c", "f"):
            continue
        own = f"{item.name}''"
        names: dict[str, Index] = {item.name: Symbol(own)}
        terms = tuple(
            replace(made, sums=(*made.sums, replace(item, name=own)))
            for made in (substitute_term(term, names) for term in form.terms)
        )
        facts = {"over": called(item.name), "index": item.name}
        yield Variant((replace(form, terms=terms),), facts=facts)


def missing(kind: str) -> Callable[[Context], Iterator[Variant]]:
    """A sum whose letter starts with `kind` ("" for the others) is not there.

    Its index is then 0, or another index that is at hand.
    """

    def variants(context: Context) -> Iterator[Variant]:
        form = context.truth
        outputs = [r.name for r in form.ranges]

        def change(term: Term) -> Iterator[tuple[Term, Facts]]:
            for item in term.sums:
                letter = item.name.partition("_")[0]
                if (kind and letter != kind) or (not kind and letter in "ncf"):
                    continue
                others: list[Index] = [0, item.last]
                others += [Symbol(n) for n in (*outputs, *_others(term, item))]
                for value in others:
                    yield (
                        without(term, item, value),
                        {"over": called(item.name), "index": item.name, "value": str(value)},
                    )

        for made, facts in in_terms(form, change):
            yield Variant((made,), facts=facts)
        yield from _all_missing(form, kind)

    return variants


def _others(term: Term, item: Range) -> list[str]:
    return [r.name for r in term.sums if r is not item]


def _all_missing(form: Form, kind: str) -> Iterator[Variant]:
    """Every such sum missing at once, as in a bias gradient that is not summed at all."""
    for term in form.terms:
        wanted = [r for r in term.sums if r.name.startswith(kind or ("o", "i", "k"))]
        if len(wanted) < 2 or len(form.terms) > 1:
            continue
        for item in wanted:
            term = without(term, item, 0)
        facts = {"over": called(wanted[0].name), "index": wanted[0].name, "value": "0"}
        yield Variant((replace(form, terms=(term,)),), facts=facts)


def without(term: Term, item: Range, value: Index) -> Term:
    """The term where an index has one value and is not summed over."""
    rest = replace(term, sums=tuple(r for r in term.sums if r is not item))
    return substitute_term(rest, {item.name: value})


def one_off(context: Context) -> Iterator[Variant]:
    """A sum that starts or ends one too early or too late, one index at a time."""
    for form in spellings(context.truth):
        for made, facts in in_terms(form, _ends):
            yield Variant((made,), facts=facts, fits=_sums_up)


def sums_nothing(right: Form) -> bool:
    """Whether what was written is a single product."""
    return not _sums_up(right)


def _sums_up(right: Form) -> bool:
    """Whether what was written is a sum at all, of which a term may be missing."""
    return len(right.terms) > 1 or any(term.sums for term in right.terms)


ENDS = (
    ("start", 1, "the first term of the sum over {index} is missing"),
    ("stop", -1, "the last term of the sum over {index} is missing"),
    ("stop", 1, "the sum over {index} has one term too many at its end"),
    ("start", -1, "the sum over {index} has one term too many at its start"),
)


def _ends(term: Term) -> Iterator[tuple[Term, Facts]]:
    for place, item in enumerate(term.sums):
        for end, by, text in ENDS:
            moved = replace(item, **{end: tidy(add(getattr(item, end), by))})  # type: ignore[arg-type]
            sums = (*term.sums[:place], moved, *term.sums[place + 1 :])
            says = text + ": it runs from {first} to {last}"
            facts = {
                "index": item.name,
                "text": says,
                "first": written(item.start),
                "last": written(item.last),
            }
            yield replace(term, sums=sums), facts


def other_range(context: Context) -> Iterator[Variant]:
    """A sum that ends where the sum over another axis ends."""

    def change(term: Term) -> Iterator[tuple[Term, Facts]]:
        for place, item in enumerate(term.sums):
            for other in term.sums:
                if other.stop == item.stop or other.name[0] != item.name[0]:
                    continue
                sums = (*term.sums[:place], replace(item, stop=other.stop), *term.sums[place + 1 :])
                facts = {"right": written(item.last), "wrong": written(other.last)}
                yield replace(term, sums=sums), facts | {"index": item.name}

    for made, facts in in_terms(context.truth, change):
        yield Variant((made,), facts=facts)


def shifted_sums(context: Context) -> Iterator[Variant]:
    """Every sum of a claim that counts from 1 where indices count from 0."""
    form = context.truth

    def one(term: Term) -> Iterator[tuple[Term, Facts]]:
        for place, item in enumerate(term.sums):
            sums = (*term.sums[:place], _shifted(item), *term.sums[place + 1 :])
            yield replace(term, sums=sums), {"index": item.name, "last": written(item.last)}

    for made, facts in in_terms(form, one):
        yield Variant((made,), facts=facts, fits=_counts_from_one)
    terms = tuple(replace(t, sums=tuple(map(_shifted, t.sums))) for t in form.terms)
    names = [r.name for t in form.terms for r in t.sums]
    if len(names) > 1:
        facts = {"index": " and ".join(dict.fromkeys(names)), "last": "the size less 1"}
        yield Variant((replace(form, terms=terms),), facts=facts, fits=_counts_from_one)


def _shifted(item: Range) -> Range:
    return Range(item.name, tidy(add(item.stop, 1)), tidy(add(item.start, 1)))


def _counts_from_one(right: Form) -> bool:
    """Whether a sum was written from 1 to a size: it can only miss the first element."""
    return any(
        item.start == 1 and _is_size(item.last, right) for term in right.terms for item in term.sums
    )


def _is_size(last: Index, right: Form) -> bool:
    return any(last == size for _, shape in right.shapes for size in shape)


def shifted_reads(context: Context) -> Iterator[Variant]:
    """Elements counted from 1: all indices of a tensor are one too far, or one too near."""
    form = context.truth
    for tensor in (name for name, shape in form.shapes if len(shape) > 1):
        for by in (1, -1):
            terms = tuple(_moved(term, tensor, by) for term in form.terms)
            facts = {"tensor": tensor, "way": "too far" if by > 0 else "too near"}
            yield Variant((replace(form, terms=terms),), facts=facts)


def _moved(term: Term, tensor: str, by: int) -> Term:
    reads = tuple(
        replace(r, at=tuple(tidy(add(i, by)) if symbols(i) else i for i in r.at))
        if r.tensor == tensor
        else r
        for r in term.reads
    )
    return replace(term, reads=reads)


# --- divisions ----------------------------------------------------------------------------------


def floored(context: Context) -> Iterator[Variant]:
    """A fractional index rounded instead of left out."""
    for form in spellings(context.truth)[1:]:
        for term in form.terms:
            for condition in term.where:
                if isinstance(condition.left, Mod) and condition.right == 0:
                    yield from _rounded(form, condition)
        plain = replace(form, terms=tuple(map(_unconditional, form.terms)))
        if plain != form:
            yield Variant((plain,), facts={"division": "a fraction"})


def _unconditional(term: Term) -> Term:
    return replace(term, where=tuple(c for c in term.where if not _divides(c)))


def _divides(condition: Condition) -> bool:
    """Whether it says that a division goes out even."""
    return condition.relation == "==" and isinstance(condition.left, Mod) and condition.right == 0


def _rounded(form: Form, condition: Condition) -> Iterator[Variant]:
    assert isinstance(condition.left, Mod)
    top, bottom = condition.left.top, condition.left.bottom
    facts = {"division": f"({written(top)})/{written(bottom)}"}
    terms = tuple(replace(t, where=tuple(c for c in t.where if c != condition)) for t in form.terms)
    down = replace(form, terms=terms)
    yield Variant((down,), facts=facts)
    exact = FloorDiv(top, bottom)
    up = FloorDiv(tidy(add(top, bottom, -1)), bottom)
    lifted = tuple(_instead(t, exact, up) for t in terms)
    yield Variant((replace(form, terms=lifted),), facts=facts)


def _instead(term: Term, old: Index, new: Index) -> Term:
    """The term with one index in place of another in its reads."""
    reads = tuple(
        replace(r, at=tuple(new if index == old else index for index in r.at)) for r in term.reads
    )
    return replace(term, reads=reads)
