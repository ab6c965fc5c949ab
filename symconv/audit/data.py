"""Findings as data: the documented JSON, JUnit's XML, annotations of a forge.

The JSON is a list of objects; ``schema.json`` beside this file says what each holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from symconv.audit.finding import Finding
from symconv.claims import Verdict


def as_data(finding: Finding) -> dict[str, Any]:
    """A finding as the schema describes it."""
    return {
        "file": finding.file,
        "cell": finding.cell,
        "line": finding.line,
        "column": finding.column,
        "kind": finding.kind,
        "text": finding.text,
        "expected": finding.expected,
        "ok": finding.ok,
        **verdict_data(finding.verdict),
    }


def verdict_data(verdict: Verdict) -> dict[str, Any]:
    """A verdict as the schema describes it; its steps hold the same fields."""
    found = verdict.counterexample
    example = None
    if found is not None:
        example = {
            "sizes": dict(found.sizes),
            "position": list(found.position),
            "left": found.left,
            "right": found.right,
            "left_terms": found.left_terms,
            "right_terms": found.right_terms,
        }
    condition = None
    if verdict.condition is not None:
        condition = {
            "text": verdict.condition.text,
            "necessary": verdict.condition.necessary,
            "evidence": verdict.condition.evidence,
        }
    diagnosis = None
    if verdict.diagnosis is not None:
        diagnosis = {"name": verdict.diagnosis.name, "text": verdict.diagnosis.text}
    return {
        "outcome": verdict.outcome,
        "method": verdict.method,
        "evidence": verdict.evidence,
        "scope": [f"{p.name} >= {p.least}" for p in verdict.scope.parameters],
        "assumptions": [*map(str, verdict.scope.assumptions), *verdict.assumptions],
        "counterexample": example,
        "diagnosis": diagnosis,
        "condition": condition,
        "correct": verdict.correct,
        "reading": verdict.reading,
        "repairs": list(verdict.repairs),
        "witness": verdict.witness,
        "cases": verdict.cases,
        "notes": list(verdict.notes),
        "runs": list(verdict.runs),
        "step": verdict.step,
        "steps": [verdict_data(step) for step in verdict.steps],
    }


def to_json(findings: Iterable[Finding]) -> str:
    """The findings as JSON, in ASCII: nothing in it speaks to a terminal."""
    return json.dumps([as_data(f) for f in findings], indent=1) + "\n"


def message(finding: Finding) -> str:
    """What is wrong, in a line: outcome, mistake or condition, what is right."""
    verdict = finding.verdict
    parts = [verdict.outcome.replace("_", " ")]
    if finding.expected and not finding.ok:
        parts[0] += f" (expected {finding.expected.replace('_', ' ')})"
    if verdict.diagnosis is not None:
        parts.append(verdict.diagnosis.text)
    if verdict.condition is not None:
        parts.append(f"holds only if {verdict.condition.text}")
    if verdict.evidence and verdict.diagnosis is None and verdict.condition is None:
        parts.append(verdict.evidence)
    if verdict.correct:
        parts.append(f"right is {verdict.correct}")
    return harmless("; ".join(" ".join(part.split()) for part in parts))


def harmless(text: str) -> str:
    """Without control characters, which would speak to a terminal or break a format."""
    return "".join(map(_harmless, text))


def _harmless(letter: str) -> str:
    if letter.isprintable() or letter == "\n":
        return letter
    return " " if letter.isspace() else "�"


def to_junit(findings: Sequence[Finding], allowed: Iterable[str] = ()) -> str:
    """JUnit's XML: a test case for each claim."""
    allowed = frozenset(allowed)
    judged = [f for f in findings if f.verdict.outcome != "ignored"]
    failed = [f for f in judged if fails(f, allowed)]
    suite = Element(
        "testsuite",
        name="symconv check",
        tests=str(len(judged)),
        failures=str(len(failed)),
        errors="0",
        skipped="0",
    )
    for finding in judged:
        text = harmless(" ".join(finding.text.split()))[:120]
        case = SubElement(suite, "testcase", classname=harmless(finding.file), name=text)
        case.set("file", harmless(finding.file))
        case.set("line", str(finding.line))
        if fails(finding, allowed):
            kind = finding.verdict.outcome
            failure = SubElement(case, "failure", message=message(finding), type=kind)
            failure.text = f"{harmless(finding.place)}: {message(finding)}"
    root = Element("testsuites")
    root.append(suite)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def to_github(findings: Iterable[Finding], allowed: Iterable[str] = ()) -> str:
    """Workflow commands that a forge shows beside the lines."""
    allowed = frozenset(allowed)
    lines = []
    for finding in findings:
        if not fails(finding, allowed):
            continue
        place = f"file={_property(finding.file)},line={finding.line},col={finding.column}"
        lines.append(f"::error {place},title=symconv::{_data(message(finding))}")
    return "\n".join([*lines, ""]) if lines else ""


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(harmless(text)).replace(":", "%3A").replace(",", "%2C")


def fails(finding: Finding, allowed: frozenset[str] = frozenset()) -> bool:
    """Whether a finding makes the command fail; `allowed` outcomes do not.

    What is allowed is a formula that can't be read, never a declaration: all that hangs on it
    would go unjudged.
    """
    if finding.ok:
        return False
    return (
        finding.kind == "declaration"
        or bool(finding.expected)
        or (finding.verdict.outcome not in allowed)
    )
