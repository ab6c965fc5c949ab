"""A derivation made: definition, chain rule, local derivative, survivors, re-indexing, closed form.

Every right-hand side comes from a rewrite of the forms; none is written by hand for an operation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from symconv.closed import Readings, readings
from symconv.errors import SymconvError
from symconv.gradients import backward, upstream_names
from symconv.graph import Graph
from symconv.index import Index, Symbol
from symconv.jacobians import jacobian
from symconv.notation import Style, form_latex, left_latex
from symconv.printing import printing_style
from symconv.reindex import with_bounds
from symconv.sampling import is_exact
from symconv.steps.checking import check
from symconv.steps.data import Derivation, Formula, Step
from symconv.steps.wording import describe_closed, why_gather, why_survive, with_auxiliary
from symconv.terms import Equation, Form, Read, Term
from symconv.values import dataclass


def derive(graph: Graph, tensor: str, *, geometries: int = 4, seed: int = 0) -> Derivation:
    """The derivation of ∂L/∂tensor, every equality checked exactly at generic sizes.

    In a chain the gradients of inner results come first.  Errors: `SymconvError` for a tensor that
    the output does not depend on.
    """
    forms = backward(graph, [tensor])
    names = upstream_names(graph)
    if not any(form.name == names.get(tensor) for form in forms):
        raise SymconvError(
            f"{graph.output} does not depend on {tensor}",
            expected="one of " + ", ".join(t.name for t in graph.inputs),
            got=tensor,
        )
    style = printing_style(graph)
    steps: list[Step] = []
    before: tuple[Equation, ...] = graph.equations
    for form in forms:
        owner = next(name for name, gradient in names.items() if gradient == form.name)
        steps += _Link(graph, owner, form, before, names, style).steps()
        before = (*before, form)
    unique: dict[tuple[str, str], Step] = {}
    for step in steps:  # a definition that two gradients need stands before the first
        unique.setdefault((step.name, step.left.latex), step)
    checked = check(graph, list(unique.values()), names, geometries, seed)
    found = readings(graph, forms[-1])
    return Derivation(
        tensor,
        tuple(unique.values()),
        checked,
        bool(graph.open_sizes()),
        found.gathered,
        found.closed,
        with_auxiliary(style, found.closed),
    )


@dataclass(frozen=True, slots=True)
class _Link:
    """One gradient of a chain: its tensor, its raw form, and the equations known before it."""

    graph: Graph
    tensor: str
    raw: Form
    before: tuple[Equation, ...]
    names: Mapping[str, str]
    style: Style

    def steps(self) -> list[Step]:
        """Definition, chain rule, local derivative, then the rewrites that change anything."""
        consumers = self.consumers()
        locals_ = [
            jacobian(e, self.tensor, self.raw.ranges, f"d{e.name}_d{self.tensor}")
            for e in consumers
        ]
        marks = {
            j.name: (e.name, self.tensor, len(e.ranges))
            for j, e in zip(locals_, consumers, strict=True)
        }
        wide = replace(self.style, jacobians=marks)
        chain = self.chain_rule(consumers, locals_, wide)
        made = [self.definition(e) for e in consumers]
        made.append(chain)
        made += [self.local(e, j, wide) for e, j in zip(consumers, locals_, strict=True)]
        previous = chain.right
        for name, right, reason in self.rewrites():
            made.append(Step(name, previous, right, reason))
            previous = right if right.latex != previous.latex else previous
        return telling(made)

    def consumers(self) -> list[Form]:
        """The forms that read the tensor and that the output depends on."""
        known = {e.name for e in self.before} | {self.graph.output}
        return [
            e
            for e in self.graph.equations
            if isinstance(e, Form)
            and any(r.tensor == self.tensor for t in e.terms for r in t.reads)
            and (self.names[e.name] in known or e.name == self.graph.output)
        ]

    def definition(self, form: Form) -> Step:
        """``y = …``: the left side is the engine's value of the operation, where it has one."""
        targets = {node.target for node in self.graph.nodes if node.keyword}
        known = form.name if form.name in targets and is_exact(self.graph) else ""
        left = Formula(left_latex(form, self.style), self.upto(form), engine=known)
        return Step("definition", left, self.side(form, self.upto(form)), "definition")

    def chain_rule(self, consumers: Sequence[Form], locals_: Sequence[Form], wide: Style) -> Step:
        """``∂L/∂t = Σ_out g[out] · ∂y[out]/∂t``, over every form that reads the tensor."""
        chain = chained(self.raw, consumers, locals_, self.names)
        left = Formula(
            left_latex(self.raw, self.style),
            derivative_of=(self.graph.output, self.tensor),
            contracted=True,
        )
        right = Formula(form_latex(chain, wide), (*self.before, *locals_, chain))
        reason = "chain rule: $L$ depends on the element through every output"
        return Step("chain rule", left, right, reason)

    def local(self, form: Form, local: Form, wide: Style) -> Step:
        """``∂y[out]/∂t[j]``: what is left of each product."""
        left = Formula(left_latex(local, wide), self.upto(form), (form.name, self.tensor))
        right = Formula(form_latex(local, wide), (*self.before, local))
        reason = "local derivative: the rest of each product in which the element stands"
        return Step("local derivative", left, right, reason)

    def rewrites(self) -> list[tuple[str, Formula, str]]:
        """The right-hand sides after the chain rule, in order, with their reasons."""
        found: Readings = readings(self.graph, self.raw)
        bounded = with_bounds(found.gathered)
        outside = "a read outside a tensor contributes nothing, so only these positions remain"
        sides = [
            ("survivors", self.side(self.raw), why_survive(self.raw)),
            ("re-index", self.side(found.gathered), why_gather(found.gathered)),
            ("bounds", self.side(bounded), f"bounds: {outside}"),
        ]
        if found.closed is not None:
            style = with_auxiliary(self.style, found.closed)
            program = (*self.before, *found.closed.auxiliary, found.closed.form)
            right = Formula(form_latex(found.closed.form, style), program)
            words = describe_closed(found.closed, style, self.graph.shapes)
            sides.append(("closed form", right, words))
        return sides

    def side(self, form: Form, equations: tuple[Equation, ...] = ()) -> Formula:
        """A form as one side of a step, evaluated after what is known before it."""
        return Formula(form_latex(form, self.style), equations or (*self.before, form))

    def upto(self, form: Form) -> tuple[Equation, ...]:
        """The graph's equations up to a form."""
        place = [e.name for e in self.graph.equations].index(form.name)
        return self.graph.equations[: place + 1]


def telling(steps: Sequence[Step]) -> list[Step]:
    """The steps whose printed sides differ, each printed once.

    Of a number L that reads the tensor itself the chain rule prints the same on both sides.
    """
    printed: dict[tuple[str, str], Step] = {}
    for step in steps:
        if step.left.latex != step.right.latex:
            printed.setdefault((step.left.latex, step.right.latex), step)
    return list(printed.values())


def chained(
    raw: Form, consumers: Sequence[Form], locals_: Sequence[Form], names: Mapping[str, str]
) -> Form:
    """``Σ_out g[out] · ∂y[out]/∂t[j]`` as a form that reads the local derivatives as tensors."""
    terms = []
    shapes = []
    element = tuple(Symbol(r.name) for r in raw.ranges)
    for form, local in zip(consumers, locals_, strict=True):
        outs = local.ranges[: len(form.ranges)]
        at: tuple[Index, ...] = tuple(Symbol(r.name) for r in outs)
        upstream = names[form.name]
        first = (Read(upstream, at),) if upstream else ()
        terms.append(Term((*first, Read(local.name, (*at, *element))), outs))
        shapes += [(upstream, form.shape)] if upstream else []
        shapes.append((local.name, local.shape))
    return Form(raw.name, raw.ranges, tuple(terms), tuple(dict(shapes).items()))
