"""Who judges the claims of a file: this process, or whoever the claims are handed to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from symconv.audit.proving import stoppable
from symconv.claims import AnyClaim, Scope, SizeClaim, Verdict
from symconv.conventions import Conventions
from symconv.graph import Graph
from symconv.judge import judge, judge_code
from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class Judges:
    """The verdict on a formula, and those on what a block of code assigns."""

    formula: Callable[[str, Graph, Conventions], Verdict]
    code: Callable[[Sequence[AnyClaim], Sequence[SizeClaim], Graph], tuple[Verdict, ...]]


def guarded(text: str, graph: Graph, conventions: Conventions) -> Verdict:
    """The verdict; a defect of ours is no verdict on the claim, and the others are still judged."""
    try:
        return judge(text, graph, conventions, stoppable)
    except Exception as error:
        why = f"a bug in symconv ({type(error).__name__}: {error}); please report this claim"
        return Verdict("undecided", "error", Scope(graph.parameters), why, text=text)


def guarded_code(
    claims: Sequence[AnyClaim], needs: Sequence[SizeClaim], graph: Graph
) -> tuple[Verdict, ...]:
    """The same for code, whose claims all rest on what it needs to run."""
    try:
        return judge_code(claims, needs, graph, stoppable)
    except Exception as error:
        why = f"a bug in symconv ({type(error).__name__}: {error}); please report this code"
        return tuple(Verdict("undecided", "error", c.scope, why, text=c.text) for c in claims)


HERE = Judges(guarded, guarded_code)
