"""Findings as JSON, JUnit and annotations: each is read back by a reader of its own."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from symconv.audit import audit_text
from symconv.audit.data import to_github, to_json, to_junit
from symconv.audit.people import lines_of, shown, summary

SCHEMA = json.loads(files("symconv.audit").joinpath("schema.json").read_text("utf-8"))
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int,
         "null": type(None)}  # fmt: skip

HOSTILE = "a:b,c%d\x1b[31m"
NOTE = (
    "<!-- symconv: y = conv1d(x[N], w[K], stride=2) -->\n"
    "$y_o = \\sum_k w_k x_{2o+k}$ and $y_o = \\sum_k w_k x_{o+k}$\n\n"
    "$dx_i = w_\x1b[31m\u202e$ and $q = 1$\n\n"
    "<!-- symconv: names(O=width(y)) --> $O = \\frac{N-K}{2} + 1$\n"
    "$$\ny_o = \\sum_k w_k x_{2o+k} \\\\ = 0\n$$\n"
    "<!-- symconv: nonsense & <b> -->\n"
)


@pytest.fixture(scope="module")
def findings():
    found = audit_text(NOTE, "n.md")
    outcomes = {f.verdict.outcome for f in found}
    assert outcomes >= {"proved", "refuted", "conditional", "not_understood", "ignored"}
    return found


def complaints(value, schema, path="$"):
    """What a JSON value breaks of a schema: the few words of JSON Schema that ours uses."""
    known = {"$schema", "$ref", "$defs", "title", "description", "type", "items", "allOf", "anyOf",
             "required", "properties", "enum", "minimum", "additionalProperties"}  # fmt: skip
    assert set(schema) <= known
    if "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
    for part in schema.get("allOf", ()):
        yield from complaints(value, part, path)
    branches = schema.get("anyOf")
    if branches and all(list(complaints(value, part, path)) for part in branches):
        yield f"{path}: nothing of anyOf"
    kind = schema.get("type")
    if kind and (not isinstance(value, TYPES[kind]) or (kind == "integer" and value is True)):
        yield f"{path}: not {kind}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: {value!r}"
    if isinstance(value, int) and value < schema.get("minimum", value):
        yield f"{path}: {value} is too small"
    if isinstance(value, dict):
        yield from (f"{path}: no {key}" for key in schema.get("required", ()) if key not in value)
        for key, inside in value.items():
            part = schema.get("properties", {}).get(key, schema.get("additionalProperties", {}))
            yield from complaints(inside, part, f"{path}.{key}")
    if isinstance(value, list):
        for n, item in enumerate(value):
            yield from complaints(item, schema.get("items", {}), f"{path}[{n}]")


def test_json_is_what_the_schema_says(findings):
    rows = json.loads(to_json(findings))
    assert list(complaints(rows, SCHEMA)) == []
    own = set(SCHEMA["items"]["required"])
    assert own == set(SCHEMA["items"]["properties"])
    of_verdicts = set(SCHEMA["$defs"]["verdict"]["required"])
    assert of_verdicts == set(SCHEMA["$defs"]["verdict"]["properties"])
    for row in rows:
        assert set(row) == own | of_verdicts
        assert all(set(step) == of_verdicts for step in row["steps"])


@pytest.mark.parametrize(
    ("key", "wrong"), [("line", "3"), ("outcome", "right"), ("steps", [{}]), ("condition", {})]
)
def test_the_schema_refuses_what_is_wrong(findings, key, wrong):
    rows = json.loads(to_json(findings))
    rows[0][key] = wrong
    assert list(complaints(rows, SCHEMA))


def test_json_says_what_was_found(findings):
    rows = {(r["line"], r["column"]): r for r in json.loads(to_json(findings))}
    wrong = rows[2, 34]
    assert (wrong["outcome"], wrong["ok"], wrong["kind"]) == ("refuted", False, "formula")
    assert wrong["text"] == r"y_o = \sum_k w_k x_{o+k}"
    assert wrong["counterexample"]["left"] != wrong["counterexample"]["right"]
    assert "stride" in wrong["diagnosis"]["name"]
    assert "2o + k" in wrong["correct"]
    floor = rows[6, 38]
    assert (floor["outcome"], floor["condition"]["necessary"]) == ("conditional", True)
    assert len(next(r for r in rows.values() if r["steps"])["steps"]) == 2
    assert to_json(findings).isascii()


def test_junit(findings):
    suite = ElementTree.fromstring(to_junit(findings).partition("\n")[2]).find("testsuite")
    judged = [f for f in findings if f.verdict.outcome != "ignored"]
    cases = suite.findall("testcase")
    assert int(suite.get("tests")) == len(cases) == len(judged)
    assert int(suite.get("failures")) == sum(not f.ok for f in judged)
    for case, finding in zip(cases, judged, strict=True):
        assert (case.get("file"), case.get("line")) == ("n.md", str(finding.line))
        assert (case.find("failure") is None) == finding.ok


def test_github(findings):
    lines = to_github(findings).splitlines()
    bad = [f for f in findings if not f.ok]
    assert len(lines) == len(bad)
    for line, finding in zip(lines, bad, strict=True):
        found = re.fullmatch(
            r"::error file=([^,:]*),line=(\d+),col=(\d+),title=symconv::(.*)", line
        )
        assert (found[1], int(found[2]), int(found[3])) == ("n.md", finding.line, finding.column)
        assert finding.verdict.outcome.replace("_", " ") in unquote(found[4])


def test_names_of_files_are_escaped():
    found = audit_text("<!-- symconv: oops -->", f"{HOSTILE}.md")
    (line,) = to_github(found).splitlines()
    assert line.startswith("::error file=a%3Ab%2Cc%25d�[31m.md,line=1,")
    suite = ElementTree.fromstring(to_junit(found).partition("\n")[2])
    assert suite.find("testsuite/testcase").get("file") == "a:b,c%d�[31m.md"


def test_nothing_speaks_to_the_terminal(findings):
    text = "\n".join(line for f in findings for line in lines_of(f, verbose=True))
    for made in (text, to_junit(findings), to_github(findings), to_json(findings)):
        assert all(sign.isprintable() or sign == "\n" for sign in made)


def test_the_caret_stands_under_the_place():
    note = "<!-- symconv: y = conv1d(x[N], w[K]) -->\n$$\ny_o = x_o\n  + \\mystery_o\n$$\n"
    (finding,) = audit_text(note, "n.md")
    assert finding.verdict.outcome == "not_understood"
    lines = lines_of(finding)
    under = next(n for n, line in enumerate(lines) if line.strip() == "^")
    assert lines[under - 1][lines[under].index("^") :].startswith("\\mystery")


SHOWN = [
    (r"\frac{\partial L}{\partial w_k} = \sum_o g_o x_{2o+k}", "∂L/∂w[k] = Σ_o g[o] x[2o+k]"),
    (r"y\_o = x\_o \* 2", "y[o] = x[o]∗2"),
    ("outputSize = N", "outputSize = N"),
    ("\\begin{unknown}  x", "\\begin{unknown} x"),
    ("x" * 200, "x" * 99 + "…"),
]


@pytest.mark.parametrize(("latex", "text"), SHOWN)
def test_formulas_in_unicode(latex, text):
    assert shown(latex).replace(" ∗ ", "∗") == text


def test_the_summary_counts(findings):
    line = summary(findings)
    for outcome in ("proved", "refuted", "conditional", "not understood"):
        count = sum(f.verdict.outcome.replace("_", " ") == outcome for f in findings)
        assert f"{count} {outcome}" in line
    assert "1 formula ignored" in line
