"""A function in a file, run in a child process, and what its misbehaviour comes to."""

import os
from pathlib import Path

import pytest

import symconv
from symconv.api.checking import check_code_file
from symconv.errors import SymconvError
from symconv.operations.build import build
from symconv.syntax.declaration import conventions_from
from symconv.syntax.spec import parse

HERE = Path(__file__).parent
ODD = HERE / "handed_odd.py"
PLAIN = build(parse("y = conv1d(x[N], w[K])"))
STRIDED = build(parse("y = conv1d(x[N], w[K], stride=S)"))


def ran(name, graph=PLAIN, gives="dw", file=ODD, **options):
    return check_code_file(file, name, graph, gives, conventions_from(options), run=True)


def said(verdict):
    return "\n".join((verdict.evidence, *verdict.notes, *verdict.runs))


def test_a_right_and_a_wrong_file():
    assert ran("fine").good
    right = ran(
        "conv1d_backward_slices", STRIDED, "dx,dw", HERE / "handed_right.py", names="padding=0"
    )
    assert right.outcome == "proved"
    assert any("for every value of the entries" in note for note in right.notes)
    wrong = ran("last_writer_wins", STRIDED, "dx", HERE / "handed_wrong.py")
    assert wrong.outcome == "conditional" and wrong.condition.text.startswith("S ≥ K")
    assert wrong.diagnosis.name == "assignment where overlaps must add"


UNDECIDED = {
    "raises": "IndexError: index 3 is out of bounds",
    "ends": "it ended the process (exit status 7)",
    "ends_late": "it ended the process (exit status 7)",
    "exits": "it calls sys.exit('no more')",
    "reads_input": "there is no input to read",
    "crashes": "SIGABRT",
    "returns_none": "it returns nothing (None)",
    "returns_text": "dw is a text, not an array of real numbers",
    "returns_object": "dw is of the type object, not an array",
    "returns_complex": "dw is an array of complex numbers",
    "returns_ragged": "ValueError",
    "returns_huge": "results that are too large",
    "remembers": "called twice with the same data it gives two different results",
}


@pytest.mark.parametrize("name", UNDECIDED)
def test_misbehaviour_is_never_a_verdict_on_the_formula(name):
    found = ran(name)
    assert found.outcome == "undecided", said(found)
    assert UNDECIDED[name] in said(found)
    assert found.counterexample is None


def test_where_it_raises_is_said_and_what_is_right_elsewhere():
    found = ran("raises_where_it_overlaps", STRIDED)
    assert found.outcome == "undecided"
    assert "ValueError: overlapping windows" in found.evidence
    assert "right on the other" in found.evidence
    assert "fail with: overlapping windows" in said(found)


def test_too_many_values():
    assert "it returns 2 values, not 3 (dw, dx, y)" in said(ran("returns_two", gives="dw,dx,y"))


def test_single_precision_is_told():
    found = ran("single_precision")
    assert found.good
    assert "it returns float32 for data in float64" in found.notes


def test_printing_is_told():
    found = ran("prints")
    assert found.outcome == "proved"  # the function that it calls is read where it stands
    assert any(note.startswith("it prints: so far so good 0") for note in found.notes)


def test_nothing_runs_unless_asked(tmp_path):
    file = tmp_path / "code.py"
    file.write_text("open('ran', 'w').close()\nraise SystemExit\ndef f(x, w, g): pass\n")
    before = os.listdir()
    found = check_code_file(file, "f", PLAIN, "dw")
    assert found.outcome in ("not_understood", "refuted", "undecided")
    assert os.listdir() == before
    assert os.listdir(tmp_path) == ["code.py"]
    ahead = check_code_file(file, "f", PLAIN, "dw", run=True)
    assert ahead.outcome == "undecided"
    assert "the file could not be loaded: it calls sys.exit(None)" in ahead.evidence
    assert os.listdir(tmp_path) == ["code.py"]


def test_a_file_imports_its_neighbours(tmp_path):
    inner = "import numpy\ndef dw(x, g):\n    return numpy.correlate(x, g, 'valid')\n"
    outer = "from neighbour import dw as one\ndef f(x, w, g):\n    return one(x, g)\n"
    (tmp_path / "neighbour.py").write_text(inner)
    (tmp_path / "code.py").write_text(outer)
    assert ran("f", file=tmp_path / "code.py").outcome == "checked"


UNREADABLE = [
    (b"def f(x:\n", "this is not Python"),
    (b"\xff\xfe", "not UTF-8"),
    (b"def g(x): pass\n", r"there is no function f; expected one of g"),
    (b"f = 3\n", "the file defines no function"),
    (b"def f(x, w, g, pad): pass\n", "the parameter pad is not declared"),
    (b"x = '" + b"a" * 1_000_001 + b"'", "too large"),
    (b"x = " + b"(" * 5000, "this is not Python"),
]


@pytest.mark.parametrize(("code", "says"), UNREADABLE, ids=range(len(UNREADABLE)))
def test_what_can_not_be_read_is_an_error(tmp_path, code, says):
    file = tmp_path / "code.py"
    file.write_bytes(code)
    with pytest.raises(SymconvError, match=says):
        ran("f", file=file)


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(SymconvError, match="can't be read: No such file"):
        ran("f", file=tmp_path / "none.py")


def test_a_file_and_a_function_get_the_same_verdict():
    import handed_right

    spec = "y = conv1d(x[N], w[K], stride=S)"
    names = {"padding": "0"}
    one = symconv.check_code(handed_right.conv1d_backward_slices, spec, "dx,dw", names=names)
    two = ran("conv1d_backward_slices", STRIDED, "dx,dw", HERE / "handed_right.py", names=names)
    assert one == two


def test_check_is_the_judge_with_options():
    text = r"\frac{\partial L}{\partial w_k} = \sum_o \delta_o x_{2o+k}"
    found = symconv.check(text, "y = conv1d(x[N], w[K], stride=2)", upstream=r"\delta")
    assert found.outcome == "proved"
    wrong = symconv.check(text, "y = conv1d(x[N], w[K], stride=3)", upstream=r"\delta")
    assert wrong.outcome == "refuted"
    view = symconv.operation("y = conv1d(x[N], w[K], stride=2)")
    assert symconv.check(text, view, upstream=r"\delta").outcome == "proved"
    with pytest.raises(SymconvError):
        symconv.check(text, view, upstraem="g")


def test_assumptions_leave_geometries_out():
    spec = "y = conv1d(x[N], w[K], stride=S)"

    def last_writer_wins(x, w, g, stride):
        dx = x * 0
        for o in range(len(g)):
            dx[o * stride : o * stride + len(w)] = g[o] * w
        return dx

    assert symconv.check_code(last_writer_wins, spec, "dx").outcome == "refuted"
    found = symconv.check_code(last_writer_wins, spec, "dx", assume="S >= K")
    assert found.outcome == "checked"
    assert found.scope.assumptions
    assert "windows that do not overlap" not in said(found)
    with pytest.raises(SymconvError):
        symconv.check_code(last_writer_wins, spec, "dx", assume="S >=")


def test_an_engine_that_disagrees_is_never_a_verdict(monkeypatch):
    import symconv.sandbox.truth as room

    own = room.witness.backward

    def wrong(graph, arrays, g=None):
        found = own(graph, arrays, g)
        return found | {"w": found["w"] + 1}

    monkeypatch.setattr(room.witness, "backward", wrong)
    found = symconv.check_code(lambda x, w, g: w, "y = conv1d(x[N], w[K])", "dw")
    assert found.outcome == "undecided"
    assert "a defect of symconv" in found.evidence


def test_a_view_of_an_argument_is_told():
    found = symconv.check_code(lambda g: (g, -g), "y = sub(a[N], b[N])", "da,db")
    assert found.outcome == "checked"
    assert "it returns a view of its arguments: g" in found.notes
