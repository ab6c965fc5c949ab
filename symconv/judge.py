"""Asks the provers about what a person wrote, step by step of a chain; never an exception.

A proof is of the formula that symconv derived; each verdict names the run in which the engine
agreed with that formula.  What is refuted is asked for a condition under which it would hold, and
for the mistake that leads to it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache

from symconv.checks import Check, check_gradient, check_outputs
from symconv.claims import AnyClaim, Claim, Scope, SizeClaim, Subject, Verdict
from symconv.conditions import condition_for, corner_note
from symconv.conventions import PLAIN, Conventions
from symconv.errors import SymconvError
from symconv.gradients import upstream_names
from symconv.graph import Graph
from symconv.index import Condition, Symbol, same
from symconv.matrices.written import element_latex, matrix_latex
from symconv.mistakes import explain
from symconv.names import latex_name
from symconv.notation import Style, equation_latex, form_latex, size_latex
from symconv.printing import printing_style
from symconv.provers import decide
from symconv.provers.inline import inlined
from symconv.provers.isl import Undecided
from symconv.reindex import rename_sums
from symconv.syntax.code import UNSURE
from symconv.syntax.formula import Reading, Repair, claim_of, read_formulas
from symconv.syntax.formula.based import based, based_at, left_of, relettered
from symconv.syntax.formula.respelled import laid_out, orders_said, own_style
from symconv.terms import Form, Read, Term, describe, fresh, in_range, term_symbols

_ARRAY = re.compile(r"shape|partial|matrix")
LONGEST_SUM = 8
"""Terms of a right formula that is printed with inner tensors put in."""
Prove = Callable[[AnyClaim], Verdict]
GRAVITY = (
    "ignored",
    "proved",
    "checked",
    "undecided",
    "not_understood",
    "conditional",
    "refuted",
)
"""The outcomes, the gravest last: a chain is as good as its worst step."""


def judge(
    text: str, graph: Graph, conventions: Conventions = PLAIN, prove: Prove = decide
) -> Verdict:
    """The verdict on what was written about an operation; `steps` holds one for each step.

    `prove` is asked about each claim: `decide`, or the same in a process that can be ended.
    """
    try:
        readings = read_formulas(text, graph, conventions)
        claims = [(reading, claim_of(reading, graph)) for reading in readings]
    except SymconvError as error:
        return not_understood(error, graph, text)
    steps = [
        replace(
            _with_reading(judge_claim(claim, graph, prove, conventions), reading, claim),
            text=_step(reading, place),
        )
        for reading, found in claims
        for place, claim in enumerate(found)
    ]
    return replace(overall(tuple(steps)), text=text) if steps else _nothing(graph, text, readings)


def _step(reading: Reading, place: int) -> str:
    """The text of one step of a chain; the whole text for what it says besides."""
    if len(reading.parts) != len(reading.sides) or place >= len(reading.sides) - 1:
        return reading.text
    left, right = reading.parts[place : place + 2]
    return f"{left} {reading.relations[place]} {right}"


def judge_claim(
    claim: AnyClaim, graph: Graph, prove: Prove = decide, conventions: Conventions = PLAIN
) -> Verdict:
    """The verdict on one claim: with its condition, the likely mistake and what is right."""
    witness = witnessed(graph, claim.subject)
    if witness is not None and not witness.passed:
        return Verdict("undecided", "engine", claim.scope, str(witness), text=claim.text)
    verdict = prove(claim)
    seen = "" if witness is None else f"derived formula: {witness}"
    orders = () if isinstance(claim, SizeClaim) else orders_said(graph, conventions)
    said = (*verdict.assumptions, *orders)
    verdict = replace(verdict, witness=seen, text=claim.text, assumptions=said)
    if verdict.good:
        return verdict
    correct = _correct(claim, graph, conventions)
    order = ("the counterexample has the operation's own order of axes",) if orders else ()
    notes = (*verdict.notes, *_letters(correct, graph), *_inner(correct, claim, graph), *order)
    verdict = replace(verdict, correct=correct, notes=notes)
    if verdict.outcome != "refuted":
        return verdict
    condition = condition_for(claim)
    if condition is not None:
        verdict = replace(verdict, outcome="conditional", condition=condition)
    else:
        note = corner_note(claim)
        verdict = replace(verdict, notes=(*verdict.notes, *filter(None, [note])))
    return replace(verdict, diagnosis=explain(claim, graph))


def judge_code(
    claims: Sequence[AnyClaim],
    needs: Sequence[SizeClaim],
    graph: Graph,
    prove: Prove = decide,
) -> tuple[Verdict, ...]:
    """The verdicts on what code makes; where something that it needs to run fails, none is proved.

    `needs` are about sizes: that reads stay inside their arrays, that what is combined has equal
    shapes.  Where code may do something else than was read, nothing is decided.
    """
    seen = ((need, _needed(need, prove)) for need in dict.fromkeys(needs))
    first = next(((need, v) for need, v in seen if v.outcome != "proved"), None)  # as it runs
    failing = None if first is None else first[1]
    unsure = first is not None and first[0].subject.name == UNSURE
    found = []
    for claim in claims:
        verdict = judge_claim(claim, graph, prove)
        graver = failing is not None and GRAVITY.index(failing.outcome) > GRAVITY.index(
            verdict.outcome
        )
        if failing is not None and (graver or unsure):
            verdict = replace(
                failing,
                text=claim.text,
                witness=verdict.witness,
                notes=(*failing.notes, f"where the code runs, it is {verdict.outcome}"),
            )
        found.append(verdict)
    return tuple(found)


def _needed(need: SizeClaim, prove: Prove) -> Verdict:
    """Whether code runs at all sizes: what it needs, or where that fails."""
    verdict = prove(need)
    if verdict.outcome != "refuted":
        return verdict
    said = need.text or read_as(need)
    if need.subject.name == UNSURE:
        evidence = f"the code was read as if this held: {said}; it fails ({verdict.evidence})"
        return replace(verdict, outcome="undecided", evidence=evidence, counterexample=None)
    evidence = f"the code raises, wraps or reads elsewhere: {said} fails ({verdict.evidence})"
    verdict = replace(verdict, evidence=evidence)
    condition = condition_for(need)
    if condition is None:
        return verdict
    return replace(verdict, outcome="conditional", condition=condition)


def overall(steps: Sequence[Verdict]) -> Verdict:
    """The first of the gravest steps, which speaks for all of them."""
    if len(steps) == 1:
        return steps[0]
    worst = max(steps, key=lambda step: GRAVITY.index(step.outcome))
    return replace(worst, step=steps.index(worst) + 1, steps=tuple(steps))


def not_understood(error: SymconvError, graph: Graph, text: str) -> Verdict:
    """What could not be read, where and why."""
    column = getattr(error, "column", 0)
    scope = Scope(graph.parameters)
    return Verdict("not_understood", "reading", scope, str(error), text=text, column=column)


def _nothing(graph: Graph, text: str, readings: Sequence[Reading]) -> Verdict:
    notes = tuple(note for reading in readings for note in reading.notes)
    said = "; ".join(notes) or "nothing is claimed"
    return Verdict("ignored", "reading", Scope(graph.parameters), said, text=text)


def _with_reading(verdict: Verdict, reading: Reading, claim: AnyClaim) -> Verdict:
    """How the claim was read, and what was mended and assumed on the way."""
    repairs = mended(reading.repairs)
    if reading.shown and verdict.outcome == "proved":
        why = f"the {reading.shown} entries that are shown agree; the dots stand for the others"
        verdict = replace(verdict, outcome="checked", evidence=why, cases=reading.shown)
    said = ", ".join(map(str, reading.where))
    where = (f"said where {said}, at positions that there are",) if said else ()
    assumptions = tuple(dict.fromkeys((*verdict.assumptions, *reading.notes, *where)))
    return replace(verdict, reading=read_as(claim), repairs=repairs, assumptions=assumptions)


def mended(repairs: Sequence[Repair]) -> tuple[str, ...]:
    """The repairs in words, like ones counted."""
    count = Counter((r.before, r.after, r.reason) for r in repairs)
    return tuple(
        f"{reason} ({before!r}){f', {times} times' if times > 1 else ''}"
        for (before, _, reason), times in count.items()
    )


def read_as(claim: AnyClaim) -> str:
    """The claim in our own words: both sides as forms, or as sizes."""
    if isinstance(claim, SizeClaim):
        sides = [f"({s.top})/({s.bottom})" if s.bottom != 1 else str(s.top)
                 for s in (claim.left, claim.right)]  # fmt: skip
        return f" {claim.relation} ".join(sides)
    return describe(claim.right)


def witnessed(graph: Graph, subject: Subject) -> Check | None:
    """The engine's agreement with the formula that a claim is held against."""
    if subject.kind == "gradient" and subject.name == graph.output:
        return None  # the upstream gradient is given: nothing was derived
    if subject.kind == "gradient" and subject.name in graph.shapes:
        return _witness(graph, subject.name)
    return _witness(graph, "") if subject.kind in ("result", "matrix", "size") else None


@lru_cache(maxsize=64)
def _witness(graph: Graph, of: str) -> Check:
    return check_gradient(graph, of) if of else check_outputs(graph)


def _correct(claim: AnyClaim, graph: Graph, conventions: Conventions) -> str:
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
        return f"{left} = ({sizes})"
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
    found = [e for e in graph.equations if isinstance(e, Form) and e.name in wanted]
    shown = (_in_known_names(replace(claim, left=form), graph) for form in found)
    return [f"there {equation_latex(form, printing_style(graph))}" for form in shown]


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
