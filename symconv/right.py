"""What is right: the true side of a claim in its author's names and order, ready to paste back."""

from __future__ import annotations

import re
from dataclasses import replace

from symconv.claims import AnyClaim, Claim, SizeClaim
from symconv.conventions import Conventions
from symconv.gradients import upstream_names
from symconv.graph import Graph
from symconv.index import Condition, Symbol, same
from symconv.matrices.written import element_latex, matrix_latex
from symconv.names import latex_name
from symconv.notation import Style, equation_latex, form_latex, size_latex
from symconv.printing import printing_style
from symconv.provers.inline import inlined
from symconv.provers.isl import Undecided
from symconv.reindex import rename_sums
from symconv.syntax.formula.based import based, based_at, left_of, relettered
from symconv.syntax.formula.respelled import laid_out, orders_said, own_style
from symconv.terms import Form, Read, Term, fresh, in_range, term_symbols

_ARRAY = re.compile(r"shape|partial|matrix")
_SHAPE = re.compile(r"(?<![A-Za-z\\{])shape(?=\()")
SHAPE = r"\\operatorname{shape}"
LONGEST_SUM = 8
"""Terms of a right formula that is printed with inner tensors put in."""


def right_formula(claim: AnyClaim, graph: Graph, conventions: Conventions) -> str:
    """The true formula of the first step, ready to paste."""
    left = left_of(claim.text)
    if isinstance(claim, SizeClaim):
        return _right_size(claim, graph, conventions, left)
    style = own_style(printing_style(graph), graph, conventions, claim.text)
    style, base = replace(style, sizes={}), conventions.index_base
    if claim.subject.kind in ("matrix", "value"):
        return _right_value(claim, graph, style, left, base)
    form = relettered(_in_known_names(claim, graph), [*style.accents.values()])
    at = claim.subject.at
    if len(at) == len(claim.left.ranges):
        return equation_latex(laid_out(based(form, base), graph, conventions), style)
    read = replace(form, ranges=(), terms=(Term((Read(claim.left.name, based_at(at, base)),)),))
    said = form_latex(laid_out(read, graph, conventions), style)
    entry = "" if claim.left.ranges else _written_out(form, graph, style, base)
    entry = entry or form_latex(laid_out(based(form, base), graph, conventions), style)
    return f"{said} = {entry}"


def _right_size(claim: SizeClaim, graph: Graph, conventions: Conventions, left: str) -> str:
    """The true size, or the whole true shape, with the side that was written before it."""
    size = size_latex(claim.left.top) if claim.left.bottom == 1 else ""
    if not size:
        return ""
    if claim.subject.kind == "range":
        sign = "\\ge" if claim.relation == "<=" else "\\le"
        return f"{size_latex(Symbol(claim.subject.name))} {sign} {size}"
    if (
        "shape" in left
        and claim.subject.name in graph.shapes
        and not orders_said(graph, conventions)
    ):
        sizes = ", ".join(map(size_latex, graph.shapes[claim.subject.name]))
        return f"{_SHAPE.sub(SHAPE, left)} = ({sizes})"
    tensor = claim.subject.name in graph.shapes or left.strip("{} ") in graph.shapes
    if claim.relation != "=" or not left or tensor or _ARRAY.search(left):
        return size
    return "" if left == size else f"{left} = {size}"


def _written_out(form: Form, graph: Graph, style: Style, base: int) -> str:
    """One element written out, where a text calls its letters what the operation calls them."""
    if set(form.tensors) & {*style.accents, *style.gradients} or not set(form.tensors) <= _known(
        graph
    ):
        return ""
    entry = element_latex(form, graph)
    return "" if base and "_" in entry else entry


def _right_value(claim: Claim, graph: Graph, style: Style, left: str, base: int) -> str:
    """What an expression of the text is in truth: a matrix, or one value."""
    try:
        form = inlined(claim).left
    except Undecided:
        form = claim.left
    if form.ranges or claim.subject.kind == "matrix":
        value = matrix_latex(form, graph)
    else:
        value = _written_out(form, graph, style, base)
    letters = (re.search(rf"(?<![A-Za-z\\]){r.name}(?![A-Za-z])", left) for r in form.ranges)
    if not value and form.ranges and all(letters) and set(form.tensors) <= _known(graph):
        value = form_latex(based(form, base), style)
    return f"{left} = {value}" if left and value else value


def _known(graph: Graph) -> set[str]:
    """The tensors that a person sees: those of the operation's lines, and their gradients."""
    tensors = {*(t.name for t in graph.inputs), *(node.target for node in graph.nodes)}
    gradients = upstream_names(graph)
    return tensors | {gradients[name] for name in tensors if name in gradients}


def _in_known_names(claim: Claim, graph: Graph) -> Form:
    """The true formula without the tensors that only an operation's inside has (a difference)."""
    known = _known(graph)
    inner = tuple(e for e in claim.before if isinstance(e, Form) and e.name not in known)
    try:
        form = inlined(replace(claim, before=inner)).left
    except Undecided:
        return claim.left
    if len(form.terms) > LONGEST_SUM:
        return claim.left
    form = _lettered(form)
    return replace(form, terms=tuple(_without_ranges(term, form) for term in form.terms))


def _without_ranges(term: Term, form: Form) -> Term:
    """The term without the conditions that its ranges state already."""
    ranges = [r for r in (*form.ranges, *term.sums) if r.start == 0]
    plain = {c for r in ranges for c in in_range(Symbol(r.name), r.stop)}
    kept = (c for c in term.where if c not in plain and not _plainly(c))
    return replace(term, where=tuple(kept))


def _plainly(c: Condition) -> bool:
    """Whether a condition says that something is itself, as 0 = 0."""
    return c.relation == "==" and same(c.left, c.right)


def _inner(correct: str, claim: AnyClaim, graph: Graph) -> list[str]:
    """What the tensors are that stand in a right formula and only inside the operation."""
    if not correct or not isinstance(claim, Claim) or claim.subject.kind == "matrix":
        return []
    terms = _in_known_names(claim, graph).terms
    wanted = {read.tensor for term in terms for read in term.reads} - _known(graph)
    found = [e for e in graph.equations if e.name in wanted]
    shown = (
        _in_known_names(replace(claim, left=e), graph) if isinstance(e, Form) else e for e in found
    )
    return [f"there {equation_latex(each, printing_style(graph))}" for each in shown]


def _lettered(form: Form) -> Form:
    """The form with letters for the sums that came in with inner tensors."""
    terms = []
    for term in form.terms:
        taken = {*form.indices, *term_symbols(term)}
        names: dict[str, str] = {}
        for bound in term.sums:
            if not bound.name.isidentifier():
                plain = bound.name.partition("'")[0]
                names[bound.name] = fresh(plain, {*taken, *names.values()})
        terms.append(rename_sums(term, names))
    return replace(form, terms=tuple(terms))


def _letters(correct: str, graph: Graph) -> list[str]:
    """What the letters mean that printing puts for long sizes."""
    letters = printing_style(graph).sizes.items()
    found = [f"{name} = {size}" for size, name in letters if f"{latex_name(name)} - 1" in correct]
    return [f"there {', '.join(found)}"] if found else []


def explained(correct: str, claim: AnyClaim, graph: Graph) -> list[str]:
    """What the letters and the tensors of a right formula mean that its author does not know."""
    return [*_letters(correct, graph), *_inner(correct, claim, graph)]
