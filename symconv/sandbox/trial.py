"""A function tried at many geometries: each value it gives back beside the one that is right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from symconv.errors import SymconvError
from symconv.graph import Graph
from symconv.sandbox.binding import Binding, Give
from symconv.sandbox.calling import Call, Outcome, perform
from symconv.sandbox.comparing import Mark, compare, pick
from symconv.sandbox.geometries import Setting
from symconv.sandbox.process import Run
from symconv.sandbox.signature import Signature
from symconv.sandbox.truth import Case, Truth, moves, slope_agrees
from symconv.values import dataclass

Array = npt.NDArray[Any]
Runner: TypeAlias = Callable[[Sequence[Call]], Run]


@dataclass(frozen=True, slots=True)
class Row:
    """One case: what was called, what came, and a mark for each value that is given back."""

    case: Case
    outcome: Outcome
    fault: str = ""
    marks: tuple[Mark, ...] = ()
    values: tuple[Any, ...] = ()

    @property
    def good(self) -> bool:
        """Every value is right."""
        return not self.fault and all(mark.good for mark in self.marks)

    @property
    def differs(self) -> bool:
        """Some value is wrong (and not only missing)."""
        return any(mark.kind == "differs" for mark in self.marks)

    @property
    def problem(self) -> str:
        """What kept a value from being looked at."""
        return self.fault or next((m.text for m in self.marks if m.kind == "fault"), "")


@dataclass(frozen=True, slots=True)
class Trial:
    """All rows: with floats, and with exact entries where the code takes them.

    `repeats` says whether the first call gave the same a second time.
    """

    gives: tuple[Give, ...]
    rows: tuple[Row, ...]
    exact: tuple[Row, ...]
    repeats: bool
    run: Run
    upstream: str = "g"


def run_here(function: Callable[..., Any], signature: Signature) -> Runner:
    """Calls in this process, without limits: a person's own function in their own tests."""

    def run(calls: Sequence[Call]) -> Run:
        framework, file = signature.framework, signature.file
        return Run(tuple(perform(function, call, framework, file) for call in calls))

    return run


def read_cases(
    graph: Graph, binding: Binding, signature: Signature, gives: tuple[Give, ...]
) -> Truth:
    """What to hold a function against.

    Errors: `SymconvError` for a gradient of a function that no upstream gradient goes into.
    """
    asked = binding.asks_for_upstream(signature)
    scalar = graph.shapes[graph.output] == ()
    if not asked and not scalar and any(give.kind == "gradient" for give in gives):
        raise SymconvError(
            "no parameter is the upstream gradient",
            where=f"{signature.name}({', '.join(p.name for p in signature.parameters)})",
            expected=f"a parameter {binding.upstream}, or another that is declared to be it",
            hint=f"names(dout={binding.upstream})",
        )
    return Truth(graph, gives, binding.upstream, asked)


def tried(
    truth: Truth,
    binding: Binding,
    signature: Signature,
    runner: Runner,
    settings: Sequence[Setting],
    *,
    exactly: bool = True,
) -> Trial:
    """Call a function at every setting and compare; what it does wrong is in the rows.

    Errors: `SymconvError` for a parameter that is not declared, before anything is called.
    """
    cases = list(truth.cases(settings))
    exact: list[Case] = []
    if exactly and not signature.framework:
        exact += truth.exact(settings, "symbols")
        exact += truth.exact(settings, "fractions")
    calls = [_call(binding, signature, case) for case in (*cases, *exact)]
    count = len(cases)
    run = runner([*calls[:count], calls[0], *calls[count:]])
    rows = tuple(
        _row(case, outcome, truth.gives)
        for case, outcome in zip(cases, run.outcomes[:count], strict=False)
    )
    again = [_row(cases[0], outcome, truth.gives) for outcome in run.outcomes[count : count + 1]]
    more = tuple(
        _row(case, outcome, truth.gives)
        for case, outcome in zip(exact, run.outcomes[count + 1 :], strict=False)
    )
    repeats = all(row.marks == rows[0].marks for row in again)
    return Trial(truth.gives, rows, more, repeats, run, truth.upstream)


def _call(binding: Binding, signature: Signature, case: Case) -> Call:
    setting = case.setting
    return binding.call(signature, binding.situation(setting.graph, setting.sizes, case.arrays))


def _row(case: Case, outcome: Outcome, gives: Sequence[Give]) -> Row:
    if outcome.fault:
        return Row(case, outcome, outcome.problem)
    picked = pick(outcome.value, gives)
    if isinstance(picked, str):
        return Row(case, outcome, picked)
    marks = tuple(map(compare, picked, case.wanted, gives))
    return Row(case, outcome, "", marks, tuple(picked))


def fitting(
    row: Row,
    gives: Sequence[Give],
    binding: Binding,
    signature: Signature,
    forward_gives: Sequence[Give],
    runner: Runner,
) -> tuple[str, ...]:
    """Which gradients of a row are those of the forward result that `signature` gives.

    Central differences of that function alone say so, whatever the declared operation is.
    """
    graph = binding.graph
    results = [g.kind == "result" and g.tensor == graph.output for g in forward_gives]
    inputs = {tensor.name for tensor in graph.inputs}
    wanted = [
        (give, value)
        for give, value, mark in zip(gives, row.values, row.marks, strict=True)
        if give.kind == "gradient" and give.tensor in inputs and mark.left[:5] != "shape"
    ]
    if not any(results) or any(mark.kind == "fault" for mark in row.marks):
        return ()
    tests = [
        (give, value, v, by, [replace(row.case, arrays=data) for data in moved])
        for give, value in wanted
        for v, by, moved in moves(row.case.arrays, give.tensor)
    ]
    calls = [_call(binding, signature, case) for *_, cases in tests for case in cases]
    outcomes = iter(runner(calls).outcomes)
    at = results.index(True)
    failed = set()
    for give, value, v, by, cases in tests:
        sides = [_value(outcome, forward_gives, at) for outcome in islice(outcomes, len(cases))]
        g = _own(row.case.arrays[binding.upstream], forward_gives[at])
        gradient, direction = np.asarray(value, dtype=float), _own(v, give)
        whole = len(sides) == len(cases) and all(np.shape(side) == np.shape(g) for side in sides)
        if not whole or not slope_agrees(gradient, direction, g, by, *sides):
            failed.add(give.text)
    return tuple(give.text for give, _ in wanted if give.text not in failed)


def _value(outcome: Outcome, gives: Sequence[Give], at: int) -> Any:
    """The forward result of a call, or None."""
    picked = "" if outcome.fault else pick(outcome.value, gives)
    return None if isinstance(picked, str) else picked[at]


def _own(array: Array, give: Give) -> Array:
    """In the function's order of axes."""
    return np.transpose(array, give.order) if give.order else array
