"""Findings for people: a few lines each, colour on a terminal, a summary at the end."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from symconv.audit.data import harmless
from symconv.audit.finding import Finding
from symconv.claims import OUTCOMES, Counterexample, Verdict
from symconv.errors import SymconvError
from symconv.writers.unicode_math import unicode_math

COLOURS = {
    "proved": "green",
    "checked": "green",
    "conditional": "yellow",
    "undecided": "yellow",
    "not_understood": "yellow",
    "refuted": "red",
    "ignored": "bright_black",
}
"""The colour of each outcome, by click's names."""
ALWAYS = ("only ", "said where ")
"""What a verdict rests on that is shown even where it is good: how little was said."""
WIDEST = 100
LONGEST = 5_000
"""Signs of a formula that is shown in Unicode."""
MATHEMATICS = ("formula", "claim")
"""The kinds of finding that are shown as formulas; others are shown as they stand."""
_PLACE = re.compile(r"line (\d+), column (\d+): ")
_WORD = re.compile(r"(?<![\\A-Za-z{])(?:[A-Za-z]{3,}|d[A-Za-z])(?![A-Za-z])")
_INSIDE = r"((?:[^{}]|\{[^{}]*\})*"
_STACKED = re.compile(rf"\\substack\s*\{{{_INSIDE})\}}")
_OVER = re.compile(rf"\{{{_INSIDE}?)\\over(?![A-Za-z]){_INSIDE})\}}")
_ESCAPED = re.compile(r"\\([_*])")


def outcome_words(verdict: Verdict) -> str:
    """The outcome as people say it."""
    if verdict.outcome == "proved" and verdict.scope.parameters:
        return "proved for all sizes"
    if verdict.outcome == "checked" and verdict.cases:
        return f"checked on {verdict.cases} cases"
    return verdict.outcome.replace("_", " ")


def lines_of(finding: Finding, *, verbose: bool = False) -> list[str]:
    """What is said of a finding, under its first line."""
    verdict = finding.verdict
    lines = [f"  {shown(finding.text, mathematics=finding.kind in MATHEMATICS)}"]
    if verdict.outcome == "not_understood":
        caret = _caret(finding)
        return [*(caret or lines), f"  {harmless(verdict.evidence)}"]
    if verdict.outcome == "ignored":
        return [*lines, f"  {harmless(verdict.evidence)}"]
    return [*lines, *verdict_lines(verdict, verbose=verbose)]


def verdict_lines(verdict: Verdict, *, verbose: bool = False) -> list[str]:
    """Evidence, counterexample, mistake, condition, what is right, and what it rests on."""
    lines = []
    if verdict.steps and not verdict.good:
        lines.append(_worst(verdict))
    lines.append(f"  {verdict.evidence}")
    if verdict.counterexample is not None:
        lines.append(f"  {example(verdict.counterexample)}")
    if verdict.diagnosis is not None:
        lines.append(f"  likely mistake: {verdict.diagnosis.text}")
    if verdict.condition is not None:
        lines.append(f"  holds {verdict.condition.said}")
    if verdict.correct:
        lines.append(f"  right is: {verdict.correct}")
    said = verdict.assumptions
    if verdict.good and not verbose:
        said = tuple(text for text in said if text.startswith(ALWAYS))
    lines += [f"  read with: {'; '.join(said)}"] if said else []
    lines += [f"  repaired: {repair}" for repair in verdict.repairs]
    more = ["-v or --format json lists every geometry that was run"] if verdict.runs else []
    extra = (*verdict.notes, *(verdict.runs if verbose else more), verdict.witness)
    lines += [f"  {note}" for note in extra if note and (verbose or not verdict.good)]
    if verbose and not verdict.steps:
        lines += [f"  read as: {verdict.reading}"] if verdict.reading else []
    for number, step in enumerate(verdict.steps if verbose else (), 1):
        lines.append(_step(number, step))
    return [harmless(line) for line in lines if line.strip()]


def example(found: Counterexample) -> str:
    """``at N = 3, position (1): 5 is right, 7 is what the claim gives``."""
    sizes = ", ".join(f"{name} = {value}" for name, value in found.sizes.items())
    place = f"position ({', '.join(map(str, found.position))})" if found.position else ""
    where = ", ".join(filter(None, [sizes, place]))
    left, right = _sum(found.left_terms, found.left), _sum(found.right_terms, found.right)
    head = f"at {where}: " if where else ""
    return f"{head}{left} is right, {right} is what the claim gives"


def _sum(terms: str, value: str) -> str:
    return f"{terms} = {value}" if terms and terms != value else value


def _worst(verdict: Verdict) -> str:
    """The step of a chain that breaks; of code, which has no steps, the result that is wrong."""
    written = verdict.steps[verdict.step - 1]
    place = f"{verdict.step} of {len(verdict.steps)}{_others(verdict)}"
    if not _is_code(written):
        return f"  step {place}: {shown(written.text)}"
    return f"  result {place}: {shown(written.text, mathematics=False)}"


def _step(number: int, step: Verdict) -> str:
    if not _is_code(step):
        return f"  step {number}, {outcome_words(step)}, read as: {step.reading}"
    return f"  result {number}, {outcome_words(step)}: {shown(step.text, mathematics=False)}"


def _is_code(step: Verdict) -> bool:
    """Whether a verdict is one on a result of code: a formula says how it was read."""
    return not step.reading


def _others(verdict: Verdict) -> str:
    """What is said of the other steps of a chain."""
    others = [s.outcome for n, s in enumerate(verdict.steps, 1) if n != verdict.step]
    told = [f"{others.count(o)} {o.replace('_', ' ')}" for o in OUTCOMES if o in others]
    return f" ({', '.join(told)})" if told else ""


def shown(text: str, *, mathematics: bool = True) -> str:
    """A formula in Unicode on one line, as it is where our reader of LaTeX stops."""
    flat = " ".join(text.split())
    if mathematics and len(flat) <= LONGEST:
        flat = _STACKED.sub(lambda found: found[1].replace(r"\\", ", "), flat)
        flat = _OVER.sub(r"\\frac{\1}{\2}", flat) if r"\over" in flat else flat
        flat = _ESCAPED.sub(r"\1", flat.replace("&", " ").replace("$", " ").replace(r"\\", " "))
        with contextlib.suppress(SymconvError, RecursionError):
            flat = unicode_math(_WORD.sub(r"\\text{\g<0>}", flat))
    flat = harmless(flat)
    return flat if len(flat) <= WIDEST else f"{flat[: WIDEST - 1]}…"


def _caret(finding: Finding) -> list[str]:
    """The line of the text where reading stopped, with a caret under the place."""
    place = _PLACE.match(finding.verdict.evidence)
    lines = finding.text.split("\n")
    if place is None or int(place[1]) > len(lines):
        return []
    line, at = lines[int(place[1]) - 1], int(place[2]) - 1
    if at > len(line):
        return []
    first = max(0, at - WIDEST // 2)
    return [f"  {harmless(line[first : first + WIDEST])}", f"  {' ' * (at - first)}^"]


def summary(findings: Sequence[Finding]) -> str:
    """``12 claims: 9 proved, 1 conditional, 2 refuted; 5 formulas ignored``."""
    count = Counter(f.verdict.outcome for f in findings)
    ignored = count.pop("ignored", 0)
    parts = [f"{count[o]} {o.replace('_', ' ')}" for o in OUTCOMES if count[o]]
    total = sum(count.values())
    claims = "claim" if total == 1 else "claims"
    line = f"{total} {claims}" + (f": {', '.join(parts)}" if parts else "")
    if ignored:
        line += f"; {ignored} {'formula' if ignored == 1 else 'formulas'} ignored"
    wrong = sum(1 for f in findings if f.expected and not f.ok)
    return line + (f"; {wrong} not as expected" if wrong else "")


def told(findings: Iterable[Finding], *, verbose: bool) -> list[Finding]:
    """The findings that are printed: ignored ones only if asked for."""
    return [f for f in findings if verbose or f.verdict.outcome != "ignored"]
