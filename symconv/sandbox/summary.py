"""What a trial comes to: a verdict, the geometries that pass and fail, what sets them apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from symconv.claims import Counterexample, Scope, Verdict
from symconv.sampling import is_exact
from symconv.sandbox.binding import Give
from symconv.sandbox.properties import HARD
from symconv.sandbox.signature import Signature
from symconv.sandbox.trial import Row, Trial

METHOD = "running the code"
PRINTED = 300
WITHIN = "within 1e-9"
EXACTLY = {"symbols": "for every value of the entries", "fractions": "in exact fractions"}
"""What a run on exact entries adds, the strongest first."""


def verdict(trial: Trial, scope: Scope, signature: Signature) -> Verdict:
    """The outcome of a trial: checked, refuted at the smallest geometry, or undecided and why."""
    notes, runs = (*folded(trial), *remarks(trial, signature)), table(trial)
    wrong = [row for row in trial.rows if row.differs]
    plain = [row for row in wrong if not row.case.special]
    if wrong:
        row = (plain or wrong)[0]
        return Verdict(
            "refuted",
            METHOD,
            scope,
            _refutation(row, wrong, trial, ties=not plain),
            counterexample(row, trial),
            len(trial.rows),
            notes=(*_apart(trial), *notes),
            runs=runs,
        )
    trouble = _trouble(trial)
    if trouble:
        notes = (*_apart(trial), *notes)
        return Verdict("undecided", METHOD, scope, trouble, notes=notes, runs=runs)
    said = _agreement(trial)
    return Verdict("checked", METHOD, scope, said, cases=len(trial.rows), notes=notes, runs=runs)


def counterexample(row: Row, trial: Trial) -> Counterexample:
    """The first entry of the first value that is wrong."""
    mark = next(mark for mark in row.marks if mark.kind == "differs")
    return Counterexample(row.case.setting.sizes, mark.position, mark.left, mark.right)


def wrong_at(row: Row, trial: Trial) -> str:
    """The first value of a row that is wrong, what it is and what it should be, and where."""
    pairs = zip(trial.gives, row.marks, strict=True)
    give, mark = next(pair for pair in pairs if pair[1].kind == "differs")
    place = f"{give.text}{list(mark.position)}" if mark.position else give.text
    shape = mark.left.startswith("shape")
    said = f"{mark.text}: {place} is {mark.right}, {mark.left} is right"
    if shape:
        said = f"{mark.text}: {mark.right}, not {mark.left}"
    at = sizes_in_words(row.case.setting.sizes)
    return f"{said}{f' (at {at})' if at else ''}"


def _refutation(row: Row, wrong: Sequence[Row], trial: Trial, *, ties: bool) -> str:
    said = wrong_at(row, trial)
    if ties:
        said += "; only where a window has several largest entries, of which the first one counts"
    return f"{said}; wrong {_counted(wrong, trial.rows)}"


def _counted(some: Sequence[Row], rows: Sequence[Row]) -> str:
    return f"on {len(some)} of {len(rows)} {_unit(rows)}"


def _unit(rows: Sequence[Row]) -> str:
    return "geometries" if len({id(row.case.setting) for row in rows}) > 1 else "draws of data"


def _trouble(trial: Trial) -> str:
    """Why nothing can be said although nothing was seen to be wrong."""
    faults = [row for row in trial.rows if row.problem]
    if faults:
        row = faults[0]
        if row.problem.startswith("the file could not"):
            return row.problem
        at = sizes_in_words(row.case.setting.sizes)
        where = f" at {at}" if at else ""
        rest = [r for r in trial.rows if r.good]
        tail = f"; right on the other {len(rest)}" if rest else ""
        return f"{row.problem}{where}; no result {_counted(faults, trial.rows)}{tail}"
    if not trial.repeats:
        return "called twice with the same data it gives two different results"
    return ""


def _agreement(trial: Trial) -> str:
    """How closely it agrees, on how many cases, and why that is no proof."""
    unit = _unit(trial.rows)
    marks = [mark for row in trial.rows for mark in row.marks]
    close = sorted({mark.text for mark in marks if mark.kind == "close"})
    whole = is_exact(trial.rows[0].case.setting.graph) and not close
    how = "exactly, on whole numbers" if whole else f"in floats {' or '.join(close) or WITHIN}"
    text = f"it agrees on {len(trial.rows)} {unit}, {how}"
    for kind, words in EXACTLY.items():
        rows = [row for row in trial.exact if row.case.kind == kind]
        if rows and all(row.good and row.values and _all_exact(row, trial.gives) for row in rows):
            return f"{text}; {words} on {len(rows)} of them; not a proof for all sizes"
    return f"{text}; not a proof for all sizes"


def _all_exact(row: Row, gives: Sequence[Give]) -> bool:
    """Whether what came is exact itself, not floats that happen to be equal."""
    return all(
        getattr(getattr(value, "dtype", None), "kind", "") == "O"
        for give, value in zip(gives, row.values, strict=True)
        if give.kind != "nothing"
    )


# --- notes --------------------------------------------------------------------------------------


def table(trial: Trial) -> tuple[str, ...]:
    """One line for each case, those that fail first: its sizes, how each value compares."""
    return tuple(_line(row, trial) for row in sorted(trial.rows, key=lambda row: row.good))


def folded(trial: Trial) -> tuple[str, ...]:
    """How many cases fail and how many pass, and the smallest of either; nothing where all pass."""
    failing = [row for row in trial.rows if not row.good]
    passing = [row for row in trial.rows if row.good]
    if not failing:
        return ()
    wrong = [row for row in failing if row.differs]
    first = next((row for row in wrong if not row.case.special), (*wrong, *failing)[0])
    found = [f"{len(failing)} of {len(trial.rows)} {_unit(trial.rows)} fail: {_line(first, trial)}"]
    if passing:
        found.append(f"{len(passing)} pass: {_line(passing[0], trial)}")
    return tuple(f"{text}{', …' if len(rows) > 1 else ''}"
                 for text, rows in zip(found, (failing, passing), strict=False))  # fmt: skip


def _line(row: Row, trial: Trial) -> str:
    setting = row.case.setting
    special = [name for name in setting.properties if name in HARD]
    special += [row.case.special] if row.case.special else []
    left = sizes_in_words(setting.sizes) or "as declared"
    words = ", ".join(_marked(row, trial))
    return f"{left}: {words}" + (f" ({', '.join(special)})" if special else "")


def _marked(row: Row, trial: Trial) -> Iterator[str]:
    if row.fault:
        yield row.fault
        return
    words = {"exact": "right", "close": "right to rounding", "differs": "wrong"}
    for give, mark in zip(trial.gives, row.marks, strict=True):
        if give.kind != "nothing":
            yield f"{give.text} {words[mark.kind]}" if mark.kind in words else mark.text


def remarks(trial: Trial, signature: Signature) -> tuple[str, ...]:
    """What else is worth knowing: arguments written into, views, prints, defaults, limits."""
    rows = (*trial.rows, *trial.exact)
    changed = _names(row.outcome.changed for row in rows)
    shared = _names(row.outcome.shared for row in rows)
    found = []
    if changed:
        found.append(f"it writes into its arguments: {', '.join(changed)}")
    if shared:
        found.append(f"it returns a view of its arguments: {', '.join(shared)}")
    kinds = {str(getattr(v, "dtype", "")) for row in trial.rows for v in row.values}
    narrow = sorted(kinds & {"float32", "float16"})
    if narrow:
        found.append(f"it returns {', '.join(narrow)} for data in float64")
    if any(row.differs for row in trial.exact) and not any(row.differs for row in trial.rows):
        found.append("on exact numbers in arrays of objects it gives something else")
    if trial.run.printed.strip():
        found.append(f"it prints: {' '.join(trial.run.printed.split())[:PRINTED]}")
    return (*found, *trial.run.unlimited)


def _names(groups: Iterator[tuple[str, ...]]) -> list[str]:
    return sorted({name for group in groups for name in group})


def _apart(trial: Trial) -> tuple[str, ...]:
    """The properties that every failing geometry has and no passing one, if there are such."""
    rows = [row for row in trial.rows if not row.case.special]
    failing = [set(row.case.setting.properties) for row in rows if not row.good]
    passing = [set(row.case.setting.properties) for row in rows if row.good]
    if not failing or not passing:
        return ()
    common = set.intersection(*failing)
    order = [name for name in rows[0].case.setting.properties if name in common]
    order += sorted(common - set(order))
    order.sort(key=lambda name: name not in HARD)
    for count in (1, 2):
        for names in combinations(order, count):
            if not any(set(names) <= one for one in passing):
                return (f"of the geometries tried exactly those fail with: {', '.join(names)}",)
    return ()


def sizes_in_words(sizes: Mapping[str, int]) -> str:
    """``N = 3, K = 2``."""
    return ", ".join(f"{name} = {value}" for name, value in sizes.items())
