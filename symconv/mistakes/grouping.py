"""Wrong groups: forgotten, or flat channels taken apart the wrong way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from symconv.index import FloorDiv, Index, Mod, Product, Sum, Symbol, add, children, rebuild, tidy
from symconv.mistakes.model import Context, Variant
from symconv.mistakes.sums import spellings
from symconv.terms import Form, Term


def grouped_wrong(context: Context) -> Iterator[Variant]:
    """``c % C`` for ``c // C`` in flat channels, by either count."""
    for form in spellings(context.truth):
        for term_form in _everywhere(form, _exchange):
            yield Variant((term_form,))
    for form in _gradient_by_groups(context):
        yield Variant((form,))


def groups_forgotten(context: Context) -> Iterator[Variant]:
    """Flat channels read as if there were one group."""
    for form in spellings(context.truth):
        for made in _everywhere(form, _without_group):
            yield Variant((made,))


def _everywhere(form: Form, change: Callable[[Index], list[Index]]) -> Iterator[Form]:
    """Every way in which `change` rewrites the indices of a form."""
    for choice in range(3):

        def one(index: Index, choice: int = choice) -> Index:
            found = change(index)
            return found[choice] if choice < len(found) else index

        terms = tuple(_mapped(term, one) for term in form.terms)
        made = replace(form, terms=terms)
        if made != form:
            yield made


def _mapped(term: Term, change: Callable[[Index], Index]) -> Term:
    reads = tuple(replace(r, at=tuple(_deep(i, change) for i in r.at)) for r in term.reads)
    where = tuple(
        replace(c, left=_deep(c.left, change), right=_deep(c.right, change)) for c in term.where
    )
    return replace(term, reads=reads, where=where)


def _deep(index: Index, change: Callable[[Index], Index]) -> Index:
    new = change(index)
    if new != index:
        return tidy(new)
    parts = [_deep(part, change) for part in children(index)]
    return tidy(rebuild(index, parts)) if parts else index


def _exchange(index: Index) -> list[Index]:
    match index:
        case FloorDiv(top, bottom) if isinstance(top, Symbol):
            return [Mod(top, bottom), Mod(top, bottom), top]
        case Mod(top, bottom) if isinstance(top, Symbol):
            return [FloorDiv(top, bottom), FloorDiv(top, bottom), top]
    return []


def _without_group(index: Index) -> list[Index]:
    """``3*(f//2) + c`` becomes c, or f's own place."""
    if isinstance(index, Sum):
        flat = [part for part in index.terms if not _divided(part)]
        if len(flat) < len(index.terms) and flat:
            return [tidy(add(*flat)), tidy(add(*flat))]
    return []


def _divided(index: Index) -> bool:
    return isinstance(index, FloorDiv) or any(_divided(part) for part in children(index))


def _gradient_by_groups(context: Context) -> Iterator[Form]:
    """The gradient of grouped channels with the group taken from ``c % groups``."""
    form = context.truth
    node = next((n for n in context.graph.nodes if n.geometry and n.geometry.groups != 1), None)
    if node is None or node.geometry is None:
        return
    groups = node.geometry.groups

    def change(index: Index) -> list[Index]:
        match index:
            case FloorDiv(top, _) if isinstance(top, Symbol):
                return [Mod(top, groups)]
        return []

    for made in _everywhere(form, change):
        yield made
        yield from _channel_condition(made, groups)
    yield from _channel_condition(form, groups)


def _channel_condition(form: Form, groups: Index) -> Iterator[Form]:
    """``C·(f//F) + c == c'`` read as: c' mod G is the group and c' // G the channel in it."""
    terms = []
    for term in form.terms:
        where = list(term.where)
        for place, condition in enumerate(where):
            match condition.left, condition.right:
                case Sum((Product((_, FloorDiv() | Mod() as group)), inner)), Symbol():
                    where[place] = replace(
                        condition, left=tidy(add(group, Product((groups, inner))))
                    )
        terms.append(replace(term, where=tuple(where)))
    made = replace(form, terms=tuple(terms))
    if made != form:
        yield made
