"""A function examined: tried at geometries, its forward result too, the smallest failure sought."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from symconv.claims import Diagnosis, Scope, Verdict
from symconv.errors import CheckFailed, GeometryError
from symconv.fixing import fix_sizes
from symconv.gradients import upstream_names
from symconv.graph import Graph
from symconv.index import Condition
from symconv.sandbox.binding import Binding, Give
from symconv.sandbox.geometries import Setting, geometries, smaller
from symconv.sandbox.layouts import inverse
from symconv.sandbox.properties import properties
from symconv.sandbox.signature import Signature
from symconv.sandbox.summary import METHOD, counterexample, verdict, wrong_at
from symconv.sandbox.trial import Row, Runner, Trial, fitting, read_cases, tried
from symconv.values import dataclass

Array = npt.NDArray[Any]
SMALLER = 24
"""How many smaller geometries are tried for a smaller counterexample."""


@dataclass(frozen=True, slots=True)
class Task:
    """The operation, what the names mean, what is assumed, and how many geometries to try."""

    graph: Graph
    binding: Binding
    assumptions: tuple[Condition, ...] = ()
    count: int = 12

    @property
    def scope(self) -> Scope:
        """The open symbols and what is assumed of them."""
        return Scope(self.graph.parameters, self.assumptions)


@dataclass(frozen=True, slots=True)
class Subject:
    """A function as it is tried: its signature, how it is called, what it gives back."""

    signature: Signature
    runner: Runner
    gives: tuple[Give, ...]


Numbers: TypeAlias = tuple[Mapping[str, int], Mapping[str, Array], Array]
"""Sizes, inputs and upstream gradient by name, and what was given back there."""


@dataclass(frozen=True, slots=True)
class Examination:
    """The verdict and the rows that it rests on."""

    verdict: Verdict
    trial: Trial | None = None

    def wrong(self, graph: Graph) -> Iterator[tuple[Give, tuple[Numbers, ...]]]:
        """Each value that is wrong somewhere, with the numbers that came, in the graph's order."""
        if self.trial is None:
            return
        seed = upstream_names(graph)[graph.output]
        inputs = {tensor.name for tensor in graph.inputs}
        for place, give in enumerate(self.trial.gives):
            rows = [row for row in self.trial.rows if row.marks]
            if not any(row.marks[place].kind == "differs" for row in rows):
                continue
            numbers = []
            for row in rows:
                value = plain_numbers(row.values[place], give)
                arrays = {n: a for n, a in row.case.arrays.items() if n in inputs}
                if seed:
                    arrays[seed] = row.case.arrays[self.trial.upstream]
                if value is not None:
                    numbers.append((row.case.setting.sizes, arrays, value))
            yield give, tuple(numbers)


def plain_numbers(value: object, give: Give) -> Array | None:
    """What was given back as floats in the operation's order of axes, if it is such an array."""
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return None
    same = len(give.order) == array.ndim
    return np.transpose(array, inverse(give.order)) if give.order and same else array


def examine(task: Task, subject: Subject, forward: Subject | None = None) -> Examination:
    """Try a function, and its forward function beside it.

    Errors: `SymconvError` for parameters that mean nothing; what the function itself does is in
    the verdict.
    """
    try:
        settings = geometries(task.graph, task.count, task.assumptions)
        trial = _try(task, subject, settings)
        found = _verdict(task, subject, trial)
        if forward is not None:
            ahead = _verdict(task, forward, _try(task, forward, settings))
            found = _both(found, ahead, forward.signature.name)
    except (CheckFailed, GeometryError) as error:
        return Examination(Verdict("undecided", METHOD, task.scope, str(error)))
    return Examination(_own_forward(task, found, subject, trial, forward or subject), trial)


def examine_at(task: Task, subject: Subject, sizes: Mapping[str, int]) -> Verdict:
    """The verdict on a function at given sizes alone, with several draws of data."""
    fixed = fix_sizes(task.graph, sizes)
    setting = Setting(sizes, fixed, properties(fixed))
    return verdict(_try(task, subject, (setting,)), task.scope, subject.signature)


def _try(
    task: Task, subject: Subject, settings: Sequence[Setting], *, exactly: bool = True
) -> Trial:
    truth = read_cases(task.graph, task.binding, subject.signature, subject.gives)
    return tried(truth, task.binding, subject.signature, subject.runner, settings, exactly=exactly)


def _verdict(task: Task, subject: Subject, trial: Trial) -> Verdict:
    """The verdict on a trial, its counterexample the smallest that a search below it finds."""
    found = verdict(trial, task.scope, subject.signature)
    left = _left_alone(task, subject, trial)
    found = replace(
        found,
        notes=(*found.notes, *left),
        assumptions=_assumed(task),
        witness=f"the formulas and the NumPy engine agree on the same {len(trial.rows)} cases",
    )
    return _smaller(task, subject, trial, found)


def _smaller(task: Task, subject: Subject, trial: Trial, found: Verdict) -> Verdict:
    """A refutation at the smallest sizes that a search below its own finds."""
    failing = next((row for row in trial.rows if row.differs and not row.case.special), None)
    if failing is None:
        return found
    below = smaller(task.graph, failing.case.setting, SMALLER, task.assumptions)
    if not below:
        return found
    more = _try(task, subject, below, exactly=False)
    row = next((row for row in more.rows if row.differs and not row.case.special), None)
    if row is None:
        return found
    count = found.evidence.rpartition("; ")[2]
    text = f"{wrong_at(row, more)}; {count}"
    return replace(found, counterexample=counterexample(row, more), evidence=text)


def _left_alone(task: Task, subject: Subject, trial: Trial) -> tuple[str, ...]:
    """Parameters that nothing was declared about keep their defaults."""
    if not trial.rows:
        return ()
    case = trial.rows[0].case
    setting = case.setting
    situation = task.binding.situation(setting.graph, setting.sizes, case.arrays)
    given = {name for name, _ in task.binding.call(subject.signature, situation).arguments}
    left = [p.name for p in subject.signature.parameters if p.name not in given]
    return (f"not bound, so left at their defaults: {', '.join(left)}",) if left else ()


def _assumed(task: Task) -> tuple[str, ...]:
    """What the operation must be known for, and the declared orders of axes."""
    found = [caveat for node in task.graph.nodes for caveat in node.caveats]
    for name, order in task.binding.orders.items():
        if order != tuple(range(len(order))):
            found.append(f"The function's {name} has the axes {order} of the operation's.")
    return tuple(dict.fromkeys(found))


# --- the forward result -------------------------------------------------------------------------

RANK = ("checked", "undecided", "refuted")


def _both(back: Verdict, ahead: Verdict, name: str) -> Verdict:
    """The graver of two verdicts; the other's evidence is a note."""
    if RANK.index(ahead.outcome) > RANK.index(back.outcome):
        note = f"what was checked beside it: {back.outcome}, {back.evidence}"
        evidence = f"the forward function {name}: {ahead.evidence}"
        return replace(ahead, notes=(note, *ahead.notes), evidence=evidence)
    note = f"the forward function {name}: {ahead.outcome}, {ahead.evidence}"
    return replace(back, notes=(note, *back.notes))


def _own_forward(
    task: Task, found: Verdict, subject: Subject, trial: Trial, forward: Subject
) -> Verdict:
    """Say so where wrong gradients are right for the function's own, different, forward result."""
    row = next((row for row in trial.rows if row.differs and not row.case.special), None)
    results = [give for give in forward.gives if give.kind == "result"]
    if row is None or not results:
        return found
    fits = fitting(
        row, subject.gives, task.binding, forward.signature, forward.gives, forward.runner
    )
    wrong = _wrong_gradients(row, subject.gives)
    own = [name for name in fits if name in wrong]
    if not own:
        return found
    text = (
        f"{' and '.join(own)} {'is' if len(own) == 1 else 'are'} right for what "
        f"{forward.signature.name} computes (central differences agree), which is not the "
        f"declared operation: the mistake is in the forward computation"
    )
    return replace(found, diagnosis=Diagnosis("wrong forward", text))


def _wrong_gradients(row: Row, gives: Sequence[Give]) -> set[str]:
    pairs = zip(gives, row.marks, strict=True)
    return {g.text for g, mark in pairs if g.kind == "gradient" and mark.kind == "differs"}
