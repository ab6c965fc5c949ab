"""Graphs to documents: what each directive of a note inserts.

A new directive is a function from `Directive` to blocks, and one line here.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping

from symconv.document import Block
from symconv.errors import NeedsSizes, SymconvError
from symconv.story import (
    formulas,
    matrix,
    numbers,
    overview,
    pictures,
    report,
    sizes,
    special,
    tables,
    verdicts,
    views,
)
from symconv.story.state import Directive, NoteState

DIRECTIVES: dict[str, Callable[[Directive], tuple[Block, ...]]] = {
    "operation": formulas.operation,
    "definition": formulas.definition,
    "size": sizes.size,
    "outputs": formulas.outputs,
    "gradient": formulas.gradient,
    "steps": formulas.steps,
    "matrix": matrix.matrix,
    "worked": numbers.worked,
    "check": tables.check,
    "unread": tables.unread,
    "code": tables.code,
    "boxes": special.boxes,
    "dft": special.dft,
    "witnesses": special.witnesses,
    "commutes": views.commutes,
    "views": views.views,
    "graph": pictures.graph,
    "figure": pictures.figure,
    "explore": pictures.explore,
    "glance": overview.glance,
    "legend": overview.legend,
    "report": report.report,
    "claim": verdicts.claim,
}

WITH_ARGUMENT = frozenset(
    {"operation", "gradient", "steps", "matrix", "worked", "dft", "figure", "explore"}
)
"""The directives that say after their name which tensor, figure or operation is meant."""

__all__ = ["DIRECTIVES", "Directive", "NoteState", "insert"]


def insert(
    name: str, argument: str, options: Mapping[str, str], body: str, state: NoteState
) -> tuple[Block, ...]:
    """The blocks of one directive; `state` remembers the note's operations.

    Errors: `SymconvError` for a directive, an option or a spec that is not understood.
    """
    if name not in DIRECTIVES:
        close = difflib.get_close_matches(name, DIRECTIVES, 1)
        raise SymconvError(
            f"there is no directive {{{name}}}",
            expected=", ".join(DIRECTIVES),
            got=name,
            hint=f"{{{close[0]}}}" if close else "",
        )
    if argument and name not in WITH_ARGUMENT:
        raise SymconvError(f"{{{name}}} takes nothing beside its name", got=argument)
    try:
        return DIRECTIVES[name](Directive(name, argument, options, body, state))
    except NeedsSizes as error:  # the sizes are an option here
        if error.hint and not error.hint.startswith(":"):
            error.hint = f":sizes: {error.hint}"
        raise
