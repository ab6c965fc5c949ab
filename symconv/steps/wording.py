"""Why a step holds, in words; a closed form described."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from symconv.closed import Closed
from symconv.index import Index, add, tidy
from symconv.notation import Style, index_latex, tensor_latex
from symconv.terms import Form


def why_survive(raw: Form) -> str:
    """Why the sum over all outputs shrinks."""
    conditions = any(term.where for term in raw.terms)
    if conditions:
        return "which terms survive: only those whose position meets the element"
    return "which terms survive: each output meets the element at one position"


def why_gather(gathered: Form) -> str:
    """How the condition was solved."""
    divided = any("%" in str(c) for term in gathered.terms for c in term.where)
    if divided:
        return "re-index: solve the condition for the output position; it must come out whole"
    return "re-index: solve the condition for the output position"


def with_auxiliary(style: Style, found: Closed | None) -> Style:
    """The style that prints a closed form's zero-stuffed tensor with a hat."""
    if found is None or not found.auxiliary:
        return style
    accents = {}
    for form in found.auxiliary:
        (source,) = form.tensors
        inner = tensor_latex(source, [], style)
        accents[form.name] = rf"\hat{{{inner}}}" if len(inner) < 4 else rf"\widehat{{{inner}}}"
    return replace(style, accents={**style.accents, **accents})


def describe_closed(found: Closed, style: Style, inputs: Collection[str] = ()) -> str:
    """The closed form in words: what is correlated with what, flipped or not, how padded.

    A zero-stuffed tensor is an upstream gradient unless it is one of the `inputs`.
    """
    c = found.correlation
    data, kernel = (f"${tensor_latex(name, [], style)}$" for name in (c.data, c.kernel))
    flipped = "the flipped " if c.flipped else ""
    parts = [f"closed form: the cross-correlation of {data} with {flipped}{kernel}"]
    for word, values in (
        ("stride", [w.stride for w in c.windows]),
        ("dilation", [w.dilation for w in c.windows]),
    ):
        if any(v != 1 for v in values):
            parts.append(f"{word} {_listed(values)}")
    parts.append(f"padding {_listed([w.padding for w in c.windows])}")
    if any(n != 1 for n in c.stuffed):
        gaps = _listed([tidy(add(n, -1)) for n in c.stuffed])
        zeros = "zero" if {*c.stuffed} <= {1, 2} else "zeros"
        ((source,),) = (form.tensors for form in found.auxiliary)
        given = f"${tensor_latex(source, [], style)}$"
        what = given if source in inputs else "the upstream gradient"
        parts.append(f"where {data} is {what} with {gaps} {zeros} between its entries")
    return ", ".join(parts)


def _listed(values: Sequence[Index]) -> str:
    """One value where all are the same, else one for each axis."""
    shown = values[:1] if len(set(values)) == 1 else values
    return " and ".join(f"${index_latex(v)}$" for v in shown)
