"""Checking what people wrote: a formula, a function, a function in a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from symconv.api.view import Operation
from symconv.claims import Scope, Verdict
from symconv.conventions import PLAIN, Conventions
from symconv.errors import SymconvError
from symconv.graph import Graph
from symconv.judge import judge, judge_code, overall
from symconv.mistakes import explain_numbers
from symconv.operations.build import build
from symconv.own_names import in_own_names
from symconv.sandbox.binding import bind, read_gives
from symconv.sandbox.examine import Examination, Subject, Task, examine, examine_at
from symconv.sandbox.limits import Limits
from symconv.sandbox.process import USUAL, run_file
from symconv.sandbox.signature import Signature, of_file, of_function
from symconv.sandbox.together import SILENT, combined
from symconv.sandbox.trial import Runner, run_here
from symconv.syntax.code import read_code
from symconv.syntax.declaration import conventions_from
from symconv.syntax.formula.reading import read_assumptions
from symconv.syntax.spec import parse
from symconv.ways import merged

GIVES = ("dx", "dw")


def check(text: str, op: str | Operation | Graph, **options: Any) -> Verdict:
    r"""Say whether a formula about an operation is right, for which sizes, and how that is known.

        check(r"\frac{\partial L}{\partial w_k} = \sum_o g_o x_{2o+k}", "y = conv1d(x[N], w[K])")

    `options` are those of a declaration, as texts: ``upstream="delta"``, ``assume="N > K"``,
    ``names="W=width(x), S=stride"`` (or a dictionary), ``index_base=1`` ...  Errors: `SpecError`
    for a text that names no operation, `SymconvError` for an option that does not exist.
    """
    return judge(text, graph_of(op), conventions_from(options))


def check_code(
    function: Callable[..., Any],
    op: str | Operation | Graph,
    gives: Sequence[str] | str = GIVES,
    *,
    forward: Callable[..., Any] | None = None,
    forward_gives: Sequence[str] | str = "",
    framework: str = "",
    count: int = 12,
    read: bool = True,
    **options: Any,
) -> Verdict:
    """Run a function at geometries that expose mistakes and compare what it returns, in order.

        assert check_code(my_backward, "y = conv1d(x[N], w[K], stride=S)", gives=("dx", "dw")).good

    Parameters are bound by name: tensors (``x``, ``w``), the upstream gradient (``g``), sizes and
    options of the operation (``N``, ``stride``); others are declared, ``names={"dout": "g"}``.
    With `read` the function's source is read as well, and what is proved for all sizes by that and
    confirmed by every run is "proved".  `gives` names what is returned: ``y``, ``dx``,
    ``grad_w``, ``_`` for what is not looked at.

    A `forward` function is compared with the operation as well (`forward_gives` names what it
    returns, its result alone if left out).  `framework` is "torch" for a function of tensors (also
    where parameters are annotated so), `count` how many geometries are tried, and `options` are
    those of a declaration (``layout="NHWC"``, ``upstream="dout"``).

    Errors: `SymconvError` for parameters or names that mean nothing; whatever the function itself
    does is in the verdict.
    """
    graph = graph_of(op)
    conventions = conventions_from(options)
    task = _task(graph, conventions, count)
    subject = _here(task, function, framework, gives)
    ahead = None
    if forward is not None:
        ahead = _here(task, forward, framework, forward_gives or graph.output)
    ran = _diagnosed(examine(task, subject, ahead), graph)
    source = subject.signature.source if read and not subject.signature.framework else ""
    if not source or ran.outcome == "undecided":
        return ran
    seen = _read(subject.signature, graph, conventions, gives)
    if seen.outcome in SILENT:
        return ran
    return combined(seen, ran, lambda sizes: examine_at(task, subject, sizes))


def check_code_file(
    path: str | Path,
    function: str,
    graph: Graph,
    gives: Sequence[str] | str = GIVES,
    conventions: Conventions = PLAIN,
    run: bool = False,
    count: int = 12,
    limits: Limits = USUAL,
) -> Verdict:
    """Check a function of a Python file: read, and with `run` also called in a child process.

    Nothing is executed unless `run` says so.  Errors: as `check_code`, and for a file that can't
    be read.
    """
    signature = of_file(Path(path), function)
    task = _task(graph, conventions, count)
    subject = Subject(
        signature, _child(Path(path), signature, limits), read_gives(gives, task.binding)
    )
    seen = _read(signature, graph, conventions, gives)
    if not run:
        return seen
    ran = _diagnosed(examine(task, subject), graph)
    return combined(seen, ran, lambda sizes: examine_at(task, subject, sizes))


def _read(
    signature: Signature, graph: Graph, conventions: Conventions, gives: Sequence[str] | str
) -> Verdict:
    """What a function gives, read from its syntax tree; nothing is executed."""
    wanted = tuple(re.split(r"[\s,]+", gives.strip())) if isinstance(gives, str) else tuple(gives)
    reading = read_code(signature.source, graph, conventions, wanted, function=signature.name)
    judged = judge_code(reading.claims, reading.needs, graph)
    verdicts = [in_own_names(verdict, reading.called) for verdict in judged]
    said = len({claim.text for claim in reading.claims}) or len(reading.claims)
    problems = [p for p in reading.problems if signature.lines[0] <= p.line <= signature.lines[1]]
    if problems or said < len([name for name in wanted if name != "_"]):
        why = "; ".join(f"line {p.line}: {p.reason}" for p in problems or reading.problems)
        text = why or "not everything that the function gives was understood"
        return Verdict("not_understood", "reading", Scope(graph.parameters), text)
    return overall(tuple(verdict for _, verdict in merged(reading.claims, verdicts)))


def _diagnosed(found: Examination, graph: Graph) -> Verdict:
    """The verdict with the likely mistake; what is said of further wrong values is a note.

    Where the mistake is in the forward computation the gradients need no explanation.
    """
    verdict = found.verdict
    if verdict.outcome != "refuted":
        return verdict
    ahead = verdict.diagnosis is not None
    for give, numbers in found.wrong(graph):
        if ahead and give.kind == "gradient":
            continue
        of = f"{give.kind} of {give.tensor}"
        diagnosis = explain_numbers(graph, of, numbers)
        if diagnosis is None:
            continue
        if verdict.diagnosis is None:
            text = f"{give.text}: {diagnosis.text}"
            verdict = replace(verdict, diagnosis=replace(diagnosis, text=text))
        else:
            verdict = replace(verdict, notes=(*verdict.notes, f"{give.text}: {diagnosis.text}"))
    return verdict


# --- what goes in -------------------------------------------------------------------------------


def graph_of(op: str | Operation | Graph) -> Graph:
    """The graph of a spec, a view or a graph."""
    if isinstance(op, str):
        return build(parse(op))
    return op.program if isinstance(op, Operation) else op


def _task(graph: Graph, conventions: Conventions, count: int) -> Task:
    """The operation and what is declared; errors: `SymconvError` for what can't be read."""
    assumptions = read_assumptions(conventions.assume, graph, conventions)
    return Task(graph, bind(graph, conventions), assumptions, count)


def _here(
    task: Task, function: Callable[..., Any], framework: str, gives: Sequence[str] | str
) -> Subject:
    """A function that is called in this process."""
    signature = framed(of_function(function), framework)
    return Subject(signature, run_here(function, signature), read_gives(gives, task.binding))


def framed(signature: Signature, framework: str) -> Signature:
    """The signature with the framework that was asked for."""
    if framework not in ("", "numpy", "torch"):
        raise SymconvError("no such framework", expected="numpy or torch", got=framework)
    kept = "" if framework == "numpy" else framework or signature.framework
    return replace(signature, framework=kept)


def _child(file: Path, signature: Signature, limits: Limits) -> Runner:
    """Calls in a child process."""
    return lambda calls: run_file(file, signature.name, calls, signature.framework, limits)
