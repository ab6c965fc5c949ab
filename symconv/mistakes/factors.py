"""Wrong numbers: a sign, a factor, a mean that is forgotten or taken, a term that is not there."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

from symconv.index import Index, Product, Symbol, concrete, tidy
from symconv.mistakes.model import Context, Facts, Variant
from symconv.mistakes.positions import written
from symconv.mistakes.settings import Array, Setting, evaluated
from symconv.mistakes.sums import in_terms
from symconv.terms import Form, Read, Term

NUMBERS = tuple(
    Fraction(a, b) for a, b in ((2, 1), (1, 2), (3, 1), (1, 3), (4, 1), (1, 4), (1, 6), (6, 1))
)
"""Factors that people drop or add."""


def times(form: Form, number: Fraction = Fraction(1), *divisors: Index) -> Form:
    """The form multiplied by a number and divided by sizes."""
    terms = tuple(
        replace(t, coefficient=t.coefficient * number, divisors=(*t.divisors, *divisors))
        for t in form.terms
    )
    return replace(form, terms=terms)


def turned(context: Context) -> Iterator[Variant]:
    """Everything with the other sign."""
    yield Variant((times(context.truth, Fraction(-1)),))


def wrong_factor(context: Context) -> Iterator[Variant]:
    """Everything times a small number, or divided by another number than it should be."""
    for number in NUMBERS:
        for sign in (1, -1):
            facts = {"factor": str(number * sign)}
            yield Variant((times(context.truth, number * sign),), facts=facts)
    whole = {d for t in context.truth.terms for d in t.divisors if isinstance(d, int)}
    for divisor in sorted(whole):
        for other in range(2, 13):
            number = Fraction(divisor, other)
            yield Variant((times(context.truth, number),), facts={"factor": str(number)})


def one_factor_more(context: Context) -> Iterator[Variant]:
    """Everything times a tensor that has nothing to do there."""
    form = context.truth
    at = tuple(Symbol(r.name) for r in form.ranges)
    for name, shape in context.graph.shapes.items():
        if shape == form.shape and at:
            read = Read(name, at)
            terms = tuple(replace(t, reads=(*t.reads, read)) for t in form.terms)
            shapes = tuple((dict(form.shapes) | {name: shape}).items())
            made = replace(form, terms=terms, shapes=shapes)
            yield Variant((made,), facts={"factor": shown_read(read)})


def mean_forgotten(context: Context) -> Iterator[Variant]:
    """What the truth divides by is left out."""
    for divisor in _divisors(context):
        made = multiplied(context.truth, (divisor,))
        yield Variant(array=made, facts={"count": written(divisor)})


def _divisors(context: Context) -> list[Index]:
    """What some mean of the graph, or the truth, divides by."""
    equations = (context.truth, *(e for e in context.graph.equations if isinstance(e, Form)))
    found = {divisor for f in equations for term in f.terms for divisor in term.divisors}
    return sorted(found, key=str)


def mean_of_squares(context: Context) -> Iterator[Variant]:
    """Neither the count of a mean of squares nor the 2 of a square."""
    if not any(node.keyword == "mse" for node in context.graph.nodes):
        return
    for divisor in _divisors(context):
        for number, factor in ((Fraction(1, 2), "2"), (Fraction(-1, 2), "-2")):
            facts = {"factor": f"{factor}/{bracketed(divisor)}", "count": written(divisor)}
            if context.kind == "result":
                facts["text"] = "half the sum is no mean: {count} belongs where 2 divides"
            yield Variant(array=multiplied(times(context.truth, number), (divisor,)), facts=facts)


def other_count(context: Context) -> Iterator[Variant]:
    """A mean that is divided by another count than its own."""
    for divisor in _divisors(context):
        for count in counts(context):
            if count != divisor:
                made = multiplied(times(context.truth, Fraction(1), count), (divisor,))
                yield Variant(
                    array=made, facts={"count": written(divisor), "wrong": written(count)}
                )


def bracketed(value: Index) -> str:
    """A divisor as it stands behind a stroke."""
    text = written(value)
    return f"({text})" if " " in text else text


def batch_sizes(context: Context) -> list[Index]:
    """The sizes of the batch axes."""
    ranges = (r for e in context.graph.equations for r in e.ranges)
    return list(dict.fromkeys(r.size for r in ranges if r.name.partition("_")[0] == "n"))


def averaged_over_batch(context: Context) -> Iterator[Variant]:
    """The truth divided by the batch size."""
    for size in batch_sizes(context):
        if size != 1:
            yield Variant(
                (times(context.truth, Fraction(1), size),), facts={"count": written(size)}
            )


def counts(context: Context) -> list[Index]:
    """Sizes and counts of elements that may creep into a formula, small ones first."""
    sums = [r for term in context.truth.terms for r in term.sums]
    shapes = [*context.graph.shapes.values()]
    singles = [r.size for r in sums] + [n for shape in shapes for n in shape]
    products = [
        tidy(Product((1, *shape[start:]))) for shape in shapes for start in range(len(shape) - 1)
    ]
    spatial = [r.size for r in sums if r.name.partition("_")[0] in ("o", "i", "k")]
    products += [
        tidy(Product((1, *some)))
        for count in (2, 3)
        for some in itertools.combinations(dict.fromkeys(spatial), count)
    ]
    if len(sums) > 1:
        products.append(tidy(Product((1, *(r.size for r in sums)))))
    return [n for n in dict.fromkeys((*singles, *products)) if n != 1]


def averaged(context: Context) -> Iterator[Variant]:
    """The truth divided by a count."""
    for count in counts(context):
        yield Variant((times(context.truth, Fraction(1), count),), facts={"count": written(count)})


def counted(context: Context) -> Iterator[Variant]:
    """The truth times a count."""
    for count in counts(context):
        yield Variant(array=multiplied(context.truth, (count,)), facts={"count": written(count)})


def multiplied(form: Form, counts: tuple[Index, ...]) -> Callable[[Setting], Array]:
    """The form's value times sizes."""

    def array(setting: Setting) -> Array:
        found = evaluated(form, setting.arrays, setting.sizes)
        for count in counts:
            found = found * concrete(count, setting.sizes)
        return found

    return array


# --- terms --------------------------------------------------------------------------------------


def left_out(context: Context) -> Iterator[Variant]:
    """One term of several is not there."""
    terms = context.truth.terms
    for place, term in enumerate(terms if len(terms) > 1 else ()):
        rest = (*terms[:place], *terms[place + 1 :])
        facts: Facts = {"term": shown(term)}
        if _is_bias(context, term):
            facts |= {"text": "the bias {term} is forgotten"}
        yield Variant((replace(context.truth, terms=rest),), facts=facts)


def _is_bias(context: Context, term: Term) -> bool:
    names = {
        node.tensors[node.roles.index("b")]
        for node in context.graph.nodes
        if "w" in node.roles and "b" in node.roles
    }
    return len(term.reads) == 1 and term.reads[0].tensor in names


def one_term(number: int) -> Callable[[Context], Iterator[Variant]]:
    """One term of several has another coefficient: twice its own, or the other sign."""

    def variants(context: Context) -> Iterator[Variant]:
        if len(context.truth.terms) < 2:
            return

        def change(term: Term) -> Iterator[tuple[Term, Facts]]:
            yield replace(term, coefficient=term.coefficient * number), {"term": shown(term)}

        for form, facts in in_terms(context.truth, change):
            yield Variant((form,), facts=facts)

    return variants


def inside_sum(context: Context) -> Iterator[Variant]:
    """A term that stands once, taken into the sum of another: a bias in every product."""
    terms = context.truth.terms
    for place, term in enumerate(terms):
        for other in dict.fromkeys(t.sums for t in terms if t.sums and not term.sums):
            changed = (*terms[:place], replace(term, sums=other), *terms[place + 1 :])
            count = written(tidy(Product((1, *(r.size for r in other)))))
            facts = {"term": shown(term), "count": count}
            yield Variant((replace(context.truth, terms=changed),), facts=facts)


def factor_left_out(context: Context) -> Iterator[Variant]:
    """One factor of one term is not there: a square, a mask, a derivative."""
    where = " in one term" if len(context.truth.terms) > 1 else ""
    hidden = set(context.truth.tensors) - context.named

    def change(term: Term) -> Iterator[tuple[Term, Facts]]:
        for place, read in enumerate(term.reads):
            rest = (*term.reads[:place], *term.reads[place + 1 :])
            facts = {"factor": shown_read(read), "place": where}
            if read in rest:
                facts["text"] = "the square is forgotten: a factor stands once, not twice"
            elif read.tensor in hidden:
                continue
            yield replace(term, reads=rest), facts

    for form, facts in in_terms(context.truth, change):
        yield Variant((_trimmed(form),), facts=facts)


def _trimmed(form: Form) -> Form:
    read = {r.tensor for term in form.terms for r in term.reads}
    return replace(form, shapes=tuple(s for s in form.shapes if s[0] in read))


def shown(term: Term) -> str:
    """A term in a few letters: ``w[k]·x[o + k]``, its sums left unsaid."""
    sign = "-" if term.coefficient < 0 else ""
    number = abs(term.coefficient)
    parts = [str(number)] if number != 1 or not term.reads else []
    return sign + "·".join(parts + [shown_read(r) for r in term.reads])


def shown_read(read: Read) -> str:
    """``relu(x[i])``."""
    plain = f"{read.tensor}[{', '.join(map(written, read.at))}]" if read.at else read.tensor
    return f"{read.function}({plain})" if read.function else plain
