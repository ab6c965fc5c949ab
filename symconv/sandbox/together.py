"""Two verdicts on one piece of code, from reading it and from running it, as one.

Reading can prove; running sees what really happens.  Where they contradict each other nothing is
claimed: one of them is then a defect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from symconv.claims import Diagnosis, Verdict

METHOD = "reading and running the code"
SILENT = ("not_understood", "undecided", "ignored")
WRONG = ("refuted", "conditional")
Confirm = Callable[[Mapping[str, int]], Verdict]
"""Runs the code at given sizes."""


def combined(read: Verdict, ran: Verdict, confirm: Confirm) -> Verdict:
    """What both say together; `confirm` runs the code where reading found it wrong."""
    if read.outcome in SILENT:
        return replace(
            ran, notes=(f"it could not be judged by reading: {read.evidence}", *ran.notes)
        )
    if read.outcome in WRONG:
        return _found_wrong(read, ran, confirm)
    if read.outcome == "proved" and ran.outcome == "checked":
        return _with(read, ran)
    if read.outcome == "proved" and ran.outcome == "refuted":
        return _contradiction(read, ran)
    return replace(ran, notes=(f"by reading: {read.outcome}, {read.evidence}", *ran.notes))


def _found_wrong(read: Verdict, ran: Verdict, confirm: Confirm) -> Verdict:
    """A counterexample of the reading must be wrong (or raise) when it is run."""
    if ran.outcome in WRONG:
        return _with(read, ran)
    if read.counterexample is None:
        return _contradiction(read, ran)
    again = confirm(read.counterexample.sizes)
    if again.outcome == "checked":
        return _contradiction(read, again)
    return _with(read, again)


def _with(read: Verdict, ran: Verdict) -> Verdict:
    """The verdict of the reading, with what was seen when the code ran."""
    return replace(
        read,
        method=f"{read.method}; {ran.method}",
        notes=(*read.notes, f"when run: {ran.evidence}", *ran.notes),
        assumptions=tuple(dict.fromkeys((*read.assumptions, *ran.assumptions))),
        diagnosis=_graver(read.diagnosis, ran.diagnosis),
        cases=ran.cases,
        runs=ran.runs,
    )


def _contradiction(read: Verdict, ran: Verdict) -> Verdict:
    text = (
        f"by reading it is {read.outcome} ({read.evidence}), when run it is {ran.outcome} "
        f"({ran.evidence}): one of the two is a defect of symconv; please report it"
    )
    notes = (*read.notes, *ran.notes)
    return Verdict("undecided", METHOD, read.scope, text, notes=notes, runs=ran.runs)


def _graver(read: Diagnosis | None, ran: Diagnosis | None) -> Diagnosis | None:
    """What the reading says, unless the run shows that the forward result is what is wrong."""
    return ran if ran is not None and ran.name == "wrong forward" else read or ran
