"""The work on a few geometries, as it is handed to another process or machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from symconv.calls import Spec
from symconv.conventions import Conventions
from symconv.errors import GeometryError, SymconvError
from symconv.graph import Graph
from symconv.index import RELATIONS, Condition, evaluate
from symconv.operations.build import build
from symconv.sandbox.binding import bind, read_gives
from symconv.sandbox.examine import Subject, Task, examine_at
from symconv.sandbox.signature import Signature
from symconv.sandbox.trial import run_here
from symconv.sweeps.result import Swept, from_verdict
from symconv.syntax.formula.reading import read_assumptions
from symconv.values import dataclass

Sizes = Mapping[str, int]
Batch = Sequence[tuple[int, Sizes]]


@dataclass(frozen=True, slots=True)
class Part:
    """A function, what it asks for, and the values that it gives back."""

    function: Callable[..., Any]
    signature: Signature
    gives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """An operation, what is declared, and the functions that are held against it.

    It is plain data beside the functions, so that it can be pickled where they can.
    """

    spec: Spec
    conventions: Conventions
    parts: tuple[Part, ...]

    def __call__(self, batch: Batch) -> list[Swept]:
        """Every geometry of a batch; what goes wrong at one is its result."""
        task = task_of(self.spec, self.conventions)
        return [self._at(task, number, sizes) for number, sizes in batch]

    def _at(self, task: Task, number: int, sizes: Sizes) -> Swept:
        against = unmet(task, sizes)
        if against:
            return Swept(number, sizes, "impossible", against)
        found = None
        for part in self.parts:
            seen = _examined(task, part, number, sizes)
            if found is None or seen.outcome in ("refuted", "undecided"):
                found = seen
            if found.outcome == "refuted":
                break
        assert found is not None
        return found


def _examined(task: Task, part: Part, number: int, sizes: Sizes) -> Swept:
    try:
        runner = run_here(part.function, part.signature)
        subject = Subject(part.signature, runner, read_gives(part.gives, task.binding))
        return from_verdict(number, sizes, examine_at(task, subject, sizes))
    except GeometryError as error:
        return Swept(number, sizes, "impossible", str(error))
    except SymconvError as error:
        return Swept(number, sizes, "undecided", str(error))
    except Exception as error:
        why = f"a bug in symconv ({type(error).__name__}: {error}); please report these sizes"
        return Swept(number, sizes, "undecided", why)


@lru_cache(maxsize=16)
def task_of(spec: Spec, conventions: Conventions) -> Task:
    """The operation with what is declared, made once in each process.

    Errors: `SymconvError` for what can't be read.
    """
    graph: Graph = build(spec)
    assumptions = read_assumptions(conventions.assume, graph, conventions)
    return Task(graph, bind(graph, conventions), assumptions)


def unmet(task: Task, sizes: Sizes) -> str:
    """The assumption that does not hold at these sizes, in words, or ""."""
    return next((f"{c} is assumed" for c in task.assumptions if not _holds(c, sizes)), "")


def _holds(condition: Condition, sizes: Sizes) -> bool:
    left, right = (evaluate(side, sizes) for side in (condition.left, condition.right))
    return bool(RELATIONS[condition.relation](left, right))
