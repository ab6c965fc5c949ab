"""Reads, terms and equations as LaTeX."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from symconv.functions import FUNCTIONS
from symconv.index import Index, Mod, Symbol, symbols
from symconv.names import indexed, latex_name
from symconv.notation.indices import (
    PLAIN,
    Style,
    bound_name,
    conditions_latex,
    grouped_latex,
    index_latex,
    size_latex,
)
from symconv.terms import Equation, Form, Range, Read, Selection, Shape, Term

# --- reads --------------------------------------------------------------------------------------


def tensor_latex(name: str, at: Sequence[str], style: Style = PLAIN) -> str:
    """A tensor at a position: ``x_{n,c,i}``, ``∂L/∂h_{o}`` for a gradient."""
    if name in style.jacobians:
        output, element, split = style.jacobians[name]
        top, bottom = tensor_latex(output, at[:split]), tensor_latex(element, at[split:])
        return rf"\frac{{\partial {top}}}{{\partial {bottom}}}"
    if name in style.gradients:
        inner = tensor_latex(style.gradients[name], at, style)
        return rf"\frac{{\partial L}}{{\partial {inner}}}"
    base = style.accents.get(name) or latex_name(name)
    return indexed(base, ",".join(at)) if at else base


def read_latex(read: Read, style: Style = PLAIN, exact: Iterable[Mod] = ()) -> str:
    """A read, through its function if it has one."""
    inner = tensor_latex(read.tensor, [index_latex(i, exact) for i in read.at], style)
    if not read.function:
        return inner
    if read.function == "step":
        return rf"[{inner} > 0]"
    if read.function == "reciprocal":
        return rf"\frac{{1}}{{{inner}}}"
    return rf"{FUNCTIONS[read.function].latex}({inner})"


# --- terms and forms ----------------------------------------------------------------------------


def term_latex(term: Term, style: Style = PLAIN) -> str:
    """A term with its sums, conditions under the last one; the sign of its number included."""
    exact = [c.left for c in term.where if isinstance(c.left, Mod) and c.right == 0]
    body = _body(term, style, exact)
    conditions = conditions_latex(term.where, style, exact)
    sign, number = _number(term, style)
    if symbols(*term.divisors) & {r.name for r in term.sums}:
        body = " ".join(part for part in (number.strip(), body) if part)
        number = ""
    if not term.sums:
        listed = r",\; ".join(conditions)
        test = rf"\left[{listed}\right]" if conditions else ""
        parts = [part for part in (number.strip(), test, body) if part]
        return sign + (r" \, ".join(parts) or "1")
    return sign + number + _sums(term.sums, conditions, style) + " " + (body or "1")


def _number(term: Term, style: Style) -> tuple[str, str]:
    """The sign and the fraction in front: the coefficient over the divisors."""
    value = term.coefficient
    sign = "-" if value < 0 else ""
    under = [index_latex(d) for d in term.divisors if d != 1]
    top, bottom = abs(value.numerator), value.denominator
    if not under and bottom == 1:
        return sign, "" if top == 1 else f"{top} "
    lower = ([str(bottom)] if bottom != 1 else []) + [
        text if len(under) == 1 and bottom == 1 else _wrapped(d)
        for d, text in zip((d for d in term.divisors if d != 1), under, strict=True)
    ]
    return sign, rf"\frac{{{top}}}{{{' '.join(lower)}}} "


def _wrapped(index: Index) -> str:
    return grouped_latex(index)


def _body(term: Term, style: Style, exact: Sequence[Mod]) -> str:
    counts = Counter(read_latex(read, style, exact) for read in term.reads)
    parts = [
        text
        if times == 1
        else (
            rf"{{{text}}}^{{{times}}}" if "\\" not in text else rf"\left({text}\right)^{{{times}}}"
        )
        for text, times in counts.items()
    ]
    return r" \, ".join(parts)


def _sums(sums: Sequence[Range], conditions: Sequence[str], style: Style) -> str:
    shown = []
    for place, item in enumerate(sums):
        low = f"{bound_name(item.name)}={index_latex(item.start)}"
        if place == len(sums) - 1 and conditions:
            rows = r"\\ ".join([low, *conditions])
            low = rf"\substack{{{rows}}}"
        shown.append(rf"\sum_{{{low}}}^{{{last_latex(item, style)}}}")
    return " ".join(shown)


def last_latex(item: Range, style: Style) -> str:
    """The upper limit of a sum: ``K - 1``; a long size is called by its letter."""
    if item.stop in style.sizes:
        return f"{latex_name(style.sizes[item.stop])} - 1"
    return index_latex(item.last)


def form_latex(form: Form, style: Style = PLAIN) -> str:
    """The right-hand side."""
    if not form.terms:
        return "0"
    shown = term_latex(form.terms[0], style)
    for term in form.terms[1:]:
        text = term_latex(term, style)
        shown += f" - {text[1:]}" if text.startswith("-") else f" + {text}"
    return shown


def left_latex(equation: Equation, style: Style = PLAIN) -> str:
    """The left-hand side, with its indices."""
    ranges = equation.ranges
    if isinstance(equation, Selection):
        ranges = (*ranges, *equation.window)
    return tensor_latex(equation.name, [bound_name(r.name) for r in ranges], style)


def selection_latex(selection: Selection, style: Style = PLAIN) -> str:
    """The mask of the first maximum of a window."""
    window = ",".join(bound_name(r.name) for r in selection.window)
    inside = read_latex(selection.read, style)
    many = len(selection.window) > 1
    place = f"({window})" if many else window
    return (
        rf"\left[{place} \text{{ is the first place where }} {inside} \text{{ is largest}}\right]"
    )


def equation_latex(equation: Equation, style: Style = PLAIN) -> str:
    """The whole equation on one line."""
    right = (
        selection_latex(equation, style)
        if isinstance(equation, Selection)
        else form_latex(equation, style)
    )
    return f"{left_latex(equation, style)} = {right}"


def ranges_latex(ranges: Sequence[Range], style: Style = PLAIN) -> str:
    r"""Where the output indices run: ``0 \le o < O``."""
    parts = []
    for item in ranges:
        stop = size_latex(item.stop, style)
        parts.append(rf"{index_latex(item.start)} \le {bound_name(item.name)} < {stop}")
    return r",\; ".join(parts)


def shape_latex(shape: Shape) -> str:
    """A shape as sizes joined by ×."""
    return r" \times ".join(index_latex(size) for size in shape) if shape else r"\text{a number}"


def size_names(equations: Iterable[Equation], taken: Iterable[str]) -> dict[Index, str]:
    """Letters for the sizes of outputs that are neither numbers nor letters: O, O_h …"""
    used = set(taken)
    found: dict[Index, str] = {}
    for equation in equations:
        for item in equation.ranges:
            if isinstance(item.stop, int | Symbol) or item.stop in found:
                continue
            head, _, rest = item.name.partition("_")
            base = head.upper() + (f"_{rest}" if rest and not rest.isdigit() else "")
            name, number = base, 0
            while name in used:
                number += 1
                name = f"{base}_{number}"
            used.add(name)
            found[item.stop] = name
    return found
