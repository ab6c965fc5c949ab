"""Derivations, step by step: each step is data, and each equality is checked before it is shown.

Definition, chain rule, local derivative, which terms survive, re-indexing, bounds, closed form.
The sides of a step are formulas that can be evaluated; `derive` evaluates both at generic sizes
and data, exactly, and a step whose sides differ cannot be made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from symconv import witness
from symconv.closed import Closed, closed
from symconv.duals import exact_jacobian
from symconv.errors import CheckFailed, SymconvError
from symconv.gradients import backward, upstream_names
from symconv.graph import Graph
from symconv.index import Condition, Index, Min, Mod, Symbol, add, concrete, tidy
from symconv.jacobians import jacobian
from symconv.meaning import STAND_INS, evaluate_equation
from symconv.notation import (
    Style,
    form_latex,
    index_latex,
    left_latex,
    tensor_latex,
)
from symconv.printing import printing_style
from symconv.reindex import eliminate
from symconv.sampling import (
    fix_sizes,
    generic_array,
    generic_arrays,
    generic_sizes,
    is_exact,
)
from symconv.terms import Equation, Form, Read, Term

Array = npt.NDArray[Any]


class StepError(CheckFailed):
    """A step whose two sides differ somewhere: a defect of ours, never a finding about a note."""


@dataclass(frozen=True, slots=True)
class Formula:
    """One side of a step: what is printed, and the equations that give its value (the last one's).

    Where `derivative_of` names ``(output, tensor)``, the value is that derivative itself, got by
    dual numbers; where `contracted`, summed with the upstream gradient.  Where `engine` names a
    result, the value is the NumPy engine's.
    """

    latex: str
    equations: tuple[Equation, ...] = ()
    derivative_of: tuple[str, str] | None = None
    contracted: bool = False
    engine: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """``left = right`` because of `reason` (words with $…$ for mathematics)."""

    name: str
    left: Formula
    right: Formula
    reason: str


@dataclass(frozen=True, slots=True)
class Derivation:
    """The checked steps for one tensor; `geometries` counts the sizes they were checked at."""

    tensor: str
    steps: tuple[Step, ...]
    geometries: int
    symbolic: bool
    result: Form
    closed: Closed | None
    style: Style


# --- making the steps ---------------------------------------------------------------------------


def derive(graph: Graph, tensor: str, *, geometries: int = 4, seed: int = 0) -> Derivation:
    """The derivation of ∂L/∂tensor, every equality checked exactly at generic sizes.

    Errors: `SymconvError` for a tensor that the output does not depend on.
    """
    forms = backward(graph, [tensor])
    names = upstream_names(graph)
    if not any(form.name == names.get(tensor) for form in forms):
        known = ", ".join(t.name for t in graph.inputs)
        raise SymconvError(
            f"{graph.output} does not depend on {tensor}", expected=f"one of {known}", got=tensor
        )
    style = printing_style(graph)
    steps: list[Step] = []
    before: tuple[Equation, ...] = graph.equations
    last: tuple[Form, Closed | None] = (forms[-1], None)
    for form in forms:
        owner = next(name for name, gradient in names.items() if gradient == form.name)
        made, last = _steps_for(graph, owner, form, before, names, style)
        steps += made
        before = (*before, form)
    steps = list({(s.name, s.left.latex): s for s in reversed(steps)}.values())[::-1]
    checked = check(graph, steps, names, geometries, seed)
    style = with_auxiliary(style, last[1])
    return Derivation(
        tensor, tuple(steps), checked, bool(graph.open_sizes()), last[0], last[1], style
    )


def _steps_for(
    graph: Graph,
    tensor: str,
    raw: Form,
    before: tuple[Equation, ...],
    names: Mapping[str, str],
    style: Style,
) -> tuple[list[Step], tuple[Form, Closed | None]]:
    consumers = [
        e
        for e in graph.equations
        if isinstance(e, Form) and any(r.tensor == tensor for t in e.terms for r in t.reads)
    ]
    reached = {graph.output, *(e.name for e in before)}
    consumers = [e for e in consumers if names[e.name] in reached or e.name == graph.output]
    head = Formula(left_latex(raw, style), derivative_of=(graph.output, tensor), contracted=True)
    steps = [
        Step(
            "definition", _defined(graph, e, style), _side(e, _upto(graph, e), style), "definition"
        )
        for e in consumers
    ]
    locals_ = [jacobian(e, tensor, raw.ranges, f"d{e.name}_d{tensor}") for e in consumers]
    wide = replace(
        style,
        jacobians={
            j.name: (e.name, tensor, len(e.ranges)) for j, e in zip(locals_, consumers, strict=True)
        },
    )
    chain = _chain(raw, consumers, locals_, names)
    links = [
        (
            head,
            Formula(form_latex(chain, wide), (*before, *locals_, chain)),
            "chain rule: $L$ depends on the element through every output",
        )
    ]
    for e, j in zip(consumers, locals_, strict=True):
        place = _place(graph, e) + 1
        steps_left = Formula(left_latex(j, wide), graph.equations[:place], (e.name, tensor))
        links.append(
            (
                steps_left,
                Formula(form_latex(j, wide), (*before, j)),
                "local derivative: the rest of each product in which the element stands",
            )
        )
    sides, end = _rewrites(graph, raw, before, style)
    previous = links[0][1]
    steps += [Step("chain rule", *links[0])]
    steps += [Step("local derivative", *link) for link in links[1:]]
    for name, right, reason in sides:
        if right.latex != previous.latex:
            steps.append(Step(name, previous, right, reason))
            previous = right
    return steps, end


def _upto(graph: Graph, equation: Equation) -> tuple[Equation, ...]:
    return graph.equations[: _place(graph, equation) + 1]


def _definition(graph: Graph, form: Form, style: Style) -> Step:
    left = _defined(graph, form, style)
    return Step("definition", left, _side(form, _upto(graph, form), style), "definition")


def _defined(graph: Graph, form: Form, style: Style) -> Formula:
    """The left side of a definition: the engine's value of the operation, where it has one."""
    targets = {node.target for node in graph.nodes if node.keyword}
    known = form.name if form.name in targets and is_exact(graph) else ""
    return Formula(left_latex(form, style), _upto(graph, form), engine=known)


def _place(graph: Graph, equation: Equation) -> int:
    return [e.name for e in graph.equations].index(equation.name)


def _chain(
    raw: Form, consumers: Sequence[Form], locals_: Sequence[Form], names: Mapping[str, str]
) -> Form:
    """``Σ_out g[out] · ∂y[out]/∂t[j]``, over every form that reads the tensor."""
    terms = []
    shapes = []
    for form, local in zip(consumers, locals_, strict=True):
        outs = local.ranges[: len(form.ranges)]
        at: tuple[Index, ...] = tuple(Symbol(r.name) for r in outs)
        element = tuple(Symbol(r.name) for r in raw.ranges)
        upstream = names[form.name]
        first = (Read(upstream, at),) if upstream else ()
        terms.append(Term((*first, Read(local.name, (*at, *element))), outs))
        shapes += [(upstream, form.shape)] if upstream else []
        shapes.append((local.name, local.shape))
    return Form(raw.name, raw.ranges, tuple(terms), tuple(dict(shapes).items()))


def _rewrites(
    graph: Graph, raw: Form, before: tuple[Equation, ...], style: Style
) -> tuple[list[tuple[str, Formula, str]], tuple[Form, Closed | None]]:
    """The right-hand sides after the chain rule, in order, with their reasons."""
    outputs = [r.name for e in graph.equations for r in e.ranges]
    gathered = eliminate(raw, outputs)
    found = closed(gathered, [r.name for t in raw.terms for r in t.sums if r.name[0] == "k"])
    bounded = with_bounds(gathered)
    sides = [
        ("survivors", _side(raw, (*before, raw), style), _why_survive(raw)),
        ("re-index", _side(gathered, (*before, gathered), style), _why_gather(raw, gathered)),
        (
            "bounds",
            _side(bounded, (*before, bounded), style),
            "bounds: a read outside a tensor contributes nothing, so only these positions remain",
        ),
    ]
    if found is not None:
        accented = with_auxiliary(style, found)
        sides.append(
            (
                "closed form",
                _side(found.form, (*before, *found.auxiliary, found.form), accented),
                describe_closed(found, accented),
            )
        )
    return sides, (gathered, found)


def _side(form: Form, equations: tuple[Equation, ...], style: Style) -> Formula:
    return Formula(form_latex(form, style), equations)


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


def _why_survive(raw: Form) -> str:
    conditions = any(term.where for term in raw.terms)
    if conditions:
        return "which terms survive: only those whose position meets the element"
    return "which terms survive: each output meets the element at one position"


def _why_gather(raw: Form, gathered: Form) -> str:
    divided = any("%" in str(c) for term in gathered.terms for c in term.where)
    if divided:
        return "re-index: solve the condition for the output position; it must come out whole"
    return "re-index: solve the condition for the output position"


# --- bounds and closed forms --------------------------------------------------------------------


def with_bounds(form: Form) -> Form:
    """The same sum with the bounds of every moving read written out as conditions."""
    shapes = dict(form.shapes)
    terms = []
    for term in form.terms:
        moving = [
            (index, size)
            for read in term.reads
            for index, size in zip(read.at, shapes[read.tensor], strict=True)
            if not isinstance(index, Symbol | int | Min | Mod)
        ]
        extra = [c for i, n in moving for c in (Condition(0, "<=", i), Condition(i, "<", n))]
        terms.append(replace(term, where=tuple(dict.fromkeys((*term.where, *extra)))))
    return replace(form, terms=tuple(terms))


def describe_closed(found: Closed, style: Style) -> str:
    """The closed form in words: what is correlated with what, flipped or not, how padded."""
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
        what = f"the upstream gradient with {gaps} {zeros} between its entries"
        parts.append(f"where {data} is {what}")
    return ", ".join(parts)


def _listed(values: Sequence[Index]) -> str:
    """One value where all are the same, else one for each axis."""
    shown = values[:1] if len(set(values)) == 1 else values
    return " and ".join(f"${index_latex(v)}$" for v in shown)


# --- checking -----------------------------------------------------------------------------------


def check(
    graph: Graph, steps: Sequence[Step], names: Mapping[str, str], geometries: int, seed: int
) -> int:
    """Evaluate both sides of every step; the number of geometries at which all were equal.

    Errors: `StepError` at the first difference, which names the step and the sizes.
    """
    count = 0
    for number, (sizes, values) in enumerate(_cases(graph, steps, names, geometries, seed)):
        cache: dict[tuple[Equation, ...], Array] = {}
        for step in steps:
            left, right = (
                _evaluate(graph, f, values, sizes, names, cache) for f in (step.left, step.right)
            )
            if left.shape != right.shape or not bool(np.all(left == right)):
                raise StepError(
                    f"the step {step.name!r} does not hold at {sizes or 'these sizes'}",
                    expected=step.left.latex,
                    got=step.right.latex,
                )
        count = number + 1
    return count


MOST_STEPS = 12_000
"""How long the plain evaluator may take over one side of a step."""


def _cases(
    graph: Graph, steps: Sequence[Step], names: Mapping[str, str], geometries: int, seed: int
) -> Iterator[tuple[dict[str, int], dict[str, Array]]]:
    if graph.open_sizes():
        forms = [f.equations[-1] for s in steps for f in (s.left, s.right) if f.equations]
        choices = list(generic_sizes(graph, geometries, seed, most=MOST_STEPS, equations=forms))
    else:
        choices = [{}] * geometries
    for number, sizes in enumerate(choices):
        fixed = fix_sizes(graph, sizes)
        values = generic_arrays(fixed, seed + number)
        output = fixed.shapes[fixed.output]
        if output:
            shape = [concrete(n) for n in output]
            values[names[graph.output]] = generic_array(shape, seed + number + 1)
        yield sizes, values


def _evaluate(
    graph: Graph,
    formula: Formula,
    values: Mapping[str, Array],
    sizes: Mapping[str, int],
    names: Mapping[str, str],
    cache: dict[tuple[Equation, ...], Array],
) -> Array:
    if formula.derivative_of is not None:
        return _derivative(graph, formula, values, sizes, names)
    if formula.engine:
        fixed = fix_sizes(graph, sizes)
        exact = np.vectorize(Fraction, otypes=[object])
        inputs = {tensor.name: exact(values[tensor.name]) for tensor in graph.inputs}
        return witness.forward(fixed, inputs)[formula.engine]
    known = dict(values)
    for place, equation in enumerate(formula.equations):
        key = formula.equations[: place + 1]
        if key not in cache:
            cache[key] = evaluate_equation(equation, known, sizes, STAND_INS)
        known[equation.name] = cache[key]
    return known[formula.equations[-1].name]


def _derivative(
    graph: Graph,
    formula: Formula,
    values: Mapping[str, Array],
    sizes: Mapping[str, int],
    names: Mapping[str, str],
) -> Array:
    """The derivative by dual numbers: of the equations given, or of the whole graph."""
    assert formula.derivative_of is not None
    output, tensor = formula.derivative_of
    known = dict(values)
    order = [e.name for e in graph.equations]
    start = order.index(tensor) + 1 if tensor in order else 0
    stop = order.index(output) + 1
    for equation in graph.equations[:start]:
        known[equation.name] = evaluate_equation(equation, known, sizes, STAND_INS)
    local = graph.equations[start:stop] if formula.contracted else graph.equations[stop - 1 : stop]
    if not formula.contracted:
        for equation in graph.equations[start : stop - 1]:
            known[equation.name] = evaluate_equation(equation, known, sizes, STAND_INS)
    table = exact_jacobian(local, known, tensor, sizes)
    if not formula.contracted:
        return table
    upstream = values.get(names[output])
    weights = np.array([1], dtype=object) if upstream is None else upstream.ravel()
    rows = table.reshape(weights.size, -1)
    shape = table.shape[len(np.shape(upstream)) if upstream is not None else 0 :]
    total: Array = np.dot(weights, rows)
    return total.reshape(shape)
