"""Code blocks of a file: places, the state between blocks, what is expected of their claims.

The reader of code is put in the place of a small one here, which takes each line for a formula.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from symconv.audit import audit_text, codes
from symconv.calls import Place
from symconv.syntax.formula import FormulaError, claim_of, read_formulas

RIGHT, WRONG = "y_o = \\sum_k w_k x_{o+k}", "y_o = \\sum_k w_k x_{o-k}"
SPEC = "y = conv1d(x[N], w[K])"


@dataclass(frozen=True)
class Problem:
    line: int
    column: int
    reason: str
    hint: str = ""


@dataclass(frozen=True)
class CodeReading:
    claims: tuple
    problems: tuple
    state: int
    needs: tuple = ()
    called: tuple = ()


SEEN: list = []


def line_by_line(text, graph, conventions, gives=(), state=None):
    """Each line with an = is a claim about the operation."""
    state = state or 0
    SEEN.append((state, gives))
    claims, problems = [], []
    for number, line in enumerate(text.split("\n"), 1):
        column = len(line) - len(line.lstrip()) + 1
        try:
            made = [
                replace(claim, place=Place(number, column))
                for reading in (read_formulas(line, graph, conventions) if "=" in line else ())
                for claim in claim_of(reading, graph)
            ]
            claims += made
        except FormulaError as error:
            problems.append(Problem(number, column, error.message))
    return CodeReading(tuple(claims), tuple(problems), state + 1)


@pytest.fixture(autouse=True)
def reader(monkeypatch):
    SEEN.clear()
    monkeypatch.setattr(codes, "read_code", line_by_line)


def rows(text, path="n.py"):
    return [(f.line, f.column, f.verdict.outcome, f.expected, f.ok) for f in audit_text(text, path)]


def test_claims_stand_at_their_places():
    text = f"a\n# symconv: {SPEC}\nprose\n{RIGHT}\n  {WRONG}\n  y_o = \\mystery"
    assert rows(text) == [
        (4, 1, "proved", "", True),
        (5, 3, "refuted", "", False),
        (6, 3, "not_understood", "", False),
    ]


def test_places_in_an_indented_fence():
    text = f"- a\n  ```py\n  # symconv: {SPEC}\n  {RIGHT}\n    {WRONG}\n  ```\n"
    assert [row[:3] for row in rows(text, "n.md")] == [(4, 3, "proved"), (5, 5, "refuted")]


def test_blocks_about_one_operation_share_a_state():
    fence = f"```python\n{RIGHT}\n```\n"
    said = f"<!-- symconv: {SPEC}; gives=dx,dw -->\n"
    other = "<!-- symconv: y = convolve(x[N], w[K]) -->\n"
    audit_text(f"{said}{fence}{fence}{other}{fence}{said}{fence}", "n.md")
    assert SEEN == [(0, ("dx", "dw")), (1, ("dx", "dw")), (0, ()), (2, ("dx", "dw"))]


EXPECTING = [
    (f"# symconv: expect=refuted\n{RIGHT}\n{WRONG}", [("proved", "refuted"), ("refuted", "")]),
    (f"{RIGHT}\n# symconv: expect=refuted\n{WRONG}", [("proved", ""), ("refuted", "refuted")]),
    (f"{RIGHT}\n# symconv: ignore\n{WRONG}", [("proved", ""), ("ignored", "")]),
    (f"{RIGHT}\n# symconv: expect=refuted", [("not_understood", ""), ("proved", "")]),
    (f"# symconv: claim {WRONG}\n{RIGHT}", [("proved", ""), ("refuted", "")]),
]


@pytest.mark.parametrize(("code", "expected"), EXPECTING, ids=[row[0] for row in EXPECTING])
def test_declarations_within_code(code, expected):
    found = audit_text(f"# symconv: {SPEC}\n{code}", "n.py")
    assert [(f.verdict.outcome, f.expected) for f in found] == expected


def test_an_expectation_before_a_block_is_met_by_one_of_its_claims():
    said = f"<!-- symconv: {SPEC}; expect=refuted -->\n"
    met = rows(f"{said}```py\n{RIGHT}\n{WRONG}\n{WRONG}\n```\n", "n.md")
    assert [row[2:] for row in met] == [
        ("proved", "", True),
        ("refuted", "refuted", True),
        ("refuted", "", False),
    ]
    unmet = rows(f"{said}```py\n{RIGHT}\n{RIGHT}\n```\n", "n.md")
    assert [row[2:] for row in unmet] == [("proved", "refuted", False), ("proved", "", True)]


def test_a_skipped_block_still_counts_for_the_state():
    fence = f"```python\n{WRONG}\n```\n"
    found = audit_text(
        f"<!-- symconv: {SPEC} -->\n<!-- symconv: ignore -->\n{fence}{fence}", "n.md"
    )
    assert [f.verdict.outcome for f in found] == ["ignored", "refuted"]
    assert [state for state, _ in SEEN] == [0, 1]


def test_notebook_cells():
    cells = [
        {"cell_type": "code", "source": f"# symconv: {SPEC}\n{RIGHT}"},
        {"cell_type": "code", "source": [f"{RIGHT}\n", WRONG]},
    ]
    found = audit_text(json.dumps({"cells": cells}), "n.ipynb")
    assert [(f.cell, f.line, f.verdict.outcome) for f in found] == [
        (1, 2, "proved"), (2, 1, "proved"), (2, 2, "refuted"),
    ]  # fmt: skip


def test_code_below_a_broken_declaration_is_not_judged():
    assert rows(f"# symconv: {SPEC}\n# symconv: oops\n{WRONG}")[1:] == []


def test_a_reader_that_breaks_is_no_verdict(monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(codes, "read_code", broken)
    ((_, _, outcome, _, ok),) = rows(f"# symconv: {SPEC}\n{RIGHT}")
    assert (outcome, ok) == ("not_understood", False)


def test_the_layer_of_the_notes(monkeypatch):
    """Read by the real reader: the weight gradient forgets the stride, which may be 1."""
    monkeypatch.undo()
    text = (Path(__file__).parent / "notes" / "layer.py").read_text(encoding="utf-8")
    found = [f for f in audit_text(text, "layer.py") if f.verdict.outcome != "ignored"]
    lines = text.split("\n")
    assert [(f.kind, lines[f.line - 1][f.column - 1 :][:5], f.verdict.outcome) for f in found] == [
        ("code", "dx[st", "proved"),
        ("code", "dw[k]", "conditional"),
        ("claim", "dw[k]", "proved"),
    ]
