"""Every matrix format read back by the tool it is for: the same matrix comes out."""

from __future__ import annotations

import ast
import io
import operator
import re
import shutil
import subprocess
from xml.etree import ElementTree

import numpy as np
import pytest

from symconv.errors import SymconvError
from symconv.exports import FORMATS, export, to_latex
from symconv.matrices import linear_map
from symconv.operations.build import build
from symconv.sampling import arrays_for
from symconv.syntax.spec import parse

SPECS = (
    ("y = conv1d(x[5], w[3], stride=2, padding=1)", "x"),
    ("y = conv1d(x[4], w=[a,b,c], padding=1)", "x"),
    ("y = conv2d(x[3,4], w[2,2], stride=(1,2), padding=(0,1))", "x"),
    ("y = conv2d(x[3,4], w[2,2], stride=(1,2))", "w"),
    ("y = conv_transpose1d(x[3], w[3], stride=2, output_padding=1)", "x"),
    ("y = avg_pool1d(x[7], 3, 2)", "x"),
    ('y = conv1d(x[3], w[3], padding=1, padding_mode="replicate")', "x"),
    ("y = conv1d(x[1,2,4], w[3,2,2])", "x"),
)
NUMBERS = (
    ("y = conv1d(x[5], w=[1,-2,3], stride=2, padding=1)", "x", np.int64),
    ("y = conv1d(x[5], w=[1,-2,1/2], stride=2, padding=1)", "x", np.float64),
    ("y = conv_transpose1d(x[3], w=[1,2], stride=2)", "x", np.int64),
)
CASES = pytest.mark.parametrize(("spec", "of"), SPECS, ids=[f"{s} {o}" for s, o in SPECS])


def asked(spec, of):
    """The map, numbers for its tensors, and the dense matrix by scattering."""
    graph = build(parse(spec))
    found = linear_map(graph, of)
    arrays = {n: np.asarray(a) for n, a in arrays_for(graph, 3).items() if n in found.tensors}
    given = {}
    for name, side in found.tensors.items():
        array = np.arange(1, side.size + 1) * 7 % 11 + 1
        arrays[name] = array.reshape(side.shape)
        if any(isinstance(item, str) for item in side.given):
            given |= dict(zip(side.labels, array.tolist(), strict=True))
        elif side.elements is not None:
            arrays[name] = np.array([float(item) for item in side.given]).reshape(side.shape)
        else:
            given[name] = arrays[name]
    return found, given, found.numpy(**arrays)


# --- source code --------------------------------------------------------------------------------

octave = pytest.mark.skipif(
    not shutil.which("octave-cli"), reason="octave-cli is not installed: MATLAB code is not run"
)
SHOWN = "printf([repmat('%.17g ', 1, columns(M)) '\\n'], M'); printf('next\\n');"


def run_octave(parts):
    """The matrices M that pieces of code make, from one run."""
    code = "".join(f"{part}\n{SHOWN}\n" for part in parts)
    command = ["octave-cli", "--norc", "--eval", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    blocks = done.stdout.split("next\n")[:-1]
    return [
        np.array([[float(n) for n in line.split()] for line in block.strip().split("\n")])
        for block in blocks
    ]


def octave_value(value):
    return "[" + ";".join(" ".join(map(str, row)) for row in np.atleast_2d(value).tolist()) + "]"


@octave
def test_matlab_code_gives_the_matrix():
    parts, wanted = [], []
    for spec, of in SPECS:
        found, given, dense = asked(spec, of)
        if any(np.ndim(v) > 2 for v in given.values()):
            continue  # Octave's literals have two axes
        values = ", ".join(octave_value(v) for v in given.values())
        parts.append(FORMATS["matlab"](found) + (f"M = A({values});" if given else "M = A;"))
        wanted.append(dense)
    read = run_octave(parts)
    assert len(read) == len(wanted) >= 6
    for made, dense in zip(read, wanted, strict=True):
        np.testing.assert_allclose(made, dense, rtol=1e-15)


@octave
def test_octave_reads_matrix_market_like_positions():
    """Octave has no reader of its own, so the three columns are read as it would."""
    found, _, _ = asked(NUMBERS[0][0], "x")
    lines = FORMATS["matrix-market"](found).split("\n")[2:]
    head, body = lines[0].split(), ";".join(lines[1:])
    code = f"T = [{body}]; M = full(sparse(T(:,1), T(:,2), T(:,3), {head[0]}, {head[1]}));"
    (read,) = run_octave([code])
    np.testing.assert_array_equal(read, found.numpy())


OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
             ast.Div: operator.truediv, ast.Pow: operator.pow}  # fmt: skip


def number(text, given, base):
    """An entry by a small evaluator of our own, positions counted from `base`."""

    def value(node):
        match node:
            case ast.Expression(body):
                return value(body)
            case ast.Constant(constant):
                return constant
            case ast.Name(name):
                return given[name]
            case ast.UnaryOp(ast.USub(), inner):
                return -value(inner)
            case ast.BinOp(left, sign, right):
                return OPERATORS[type(sign)](value(left), value(right))
            case ast.Subscript(ast.Name(name), at):
                index = at.elts if isinstance(at, ast.Tuple) else [at]
                return given[name][tuple(value(i) - base for i in index)]
        raise AssertionError(ast.dump(node))

    return value(ast.parse(text.strip().replace("^", "**"), mode="eval"))


@CASES
def test_julia_code_gives_the_matrix(spec, of):
    found, given, dense = asked(spec, of)
    text = FORMATS["julia"](found)
    head, _, body = text.split("\n", 1)[1].partition(" = [\n")
    assert head == (f"A({', '.join(given)})" if given else "A")
    rows = body.strip().removesuffix("]").strip().split("\n")
    cells = [re.findall(r"\([^()]*\)|\S+", row) for row in rows]
    assert np.allclose([[number(c, given, 1) for c in row] for row in cells], dense)


@CASES
def test_mathematica_code_gives_the_matrix(spec, of):
    """SymPy's own reader of Mathematica's language checks that it is Mathematica's."""
    from sympy.parsing.mathematica import parse_mathematica

    found, given, dense = asked(spec, of)
    text = FORMATS["mathematica"](found).split("*)\n", 1)[1]
    head, body = text.split("=", 1)
    assert re.findall(r"(\w+)_", head) == list(given)
    assert parse_mathematica(re.sub(r"\[\[.*?\]\]", "[1]", body)) is not None
    rows = re.findall(r"\{([^{}]+)\}", body)
    cells = [re.split(r", (?![^\[]*\])", row) for row in rows]
    read = [[number(c.replace("[[", "[").replace("]]", "]"), given, 1) for c in r] for r in cells]
    assert np.allclose(read, dense)


@CASES
def test_sympy_code_gives_the_matrix(spec, of):
    found, _, _ = asked(spec, of)
    scope: dict = {}
    exec(FORMATS["sympy"](found), scope)
    assert scope["A"] == found.sympy()


@CASES
def test_torch_code_gives_the_matrix_and_its_gradient(spec, of):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: its code is not run")
    found, given, dense = asked(spec, of)
    scope: dict = {}
    exec(FORMATS["torch"](found), scope)
    tensors = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in given.values()]
    made = scope["matrix"](*tensors)
    np.testing.assert_allclose(made.detach().numpy(), dense, rtol=1e-6)
    if tensors:
        made.sum().backward()
        total = sum(float((t.grad * t.detach()).sum()) for t in tensors)
        assert total == pytest.approx(float(dense.sum()))


# --- numbers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("spec", "of", "kind"), NUMBERS)
def test_numpy_and_scipy_read_numbers(spec, of, kind):
    found, _, dense = asked(spec, of)
    read = np.load(io.BytesIO(FORMATS["npy"](found)), allow_pickle=False)
    assert read.dtype == kind
    np.testing.assert_array_equal(read, dense.astype(float))
    sparse = pytest.importorskip("scipy.sparse", reason="SciPy is not installed")
    array = sparse.load_npz(io.BytesIO(FORMATS["scipy"](found)))
    assert array.format == "csr" and array.nnz == len(found.cells.rows)
    np.testing.assert_array_equal(array.toarray(), dense.astype(float))


@pytest.mark.parametrize(("spec", "of", "kind"), NUMBERS)
def test_scipy_reads_matrix_market(spec, of, kind):
    files = pytest.importorskip("scipy.io", reason="SciPy is not installed")
    found, _, dense = asked(spec, of)
    text = FORMATS["matrix-market"](found)
    read = files.mmread(io.BytesIO(text.encode()))
    assert read.nnz == len(found.cells.rows)
    np.testing.assert_array_equal(read.toarray(), dense.astype(float))


@pytest.mark.parametrize("format", ["npy", "scipy", "matrix-market"])
def test_letters_are_no_numbers(format):
    found, _, _ = asked("y = conv1d(x[4], w=[a,2,3])", "x")
    with pytest.raises(SymconvError, match=r"holds numbers.*got a;"):
        FORMATS[format](found)


# --- documents ----------------------------------------------------------------------------------


@CASES
def test_markdown_has_every_entry_and_label(spec, of):
    found, _, _ = asked(spec, of)
    lines = FORMATS["markdown"](found).split("\n")
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    assert table[0][1:] == [f"${label}$" for label in found.column.latex_labels]
    assert [row[0] for row in table[2:]] == [f"**${label}$**" for label in found.row.latex_labels]
    entries = {(r, c): f"${text}$" for r, c, text in found.latex_entries()}
    for r, row in enumerate(table[2:]):
        assert [entries.get((r, c), "$0$") for c in range(found.shape[1])] == row[1:]


@CASES
def test_html_and_svg_are_well_formed_and_complete(spec, of):
    found, _, _ = asked(spec, of)
    math = ElementTree.fromstring(FORMATS["html"](found).replace("&nbsp;", " "))
    assert math.tag.endswith("math")
    assert len([e for e in math.iter() if e.tag.endswith("mtr")]) >= found.shape[0]
    picture = ElementTree.fromstring(FORMATS["svg"](found))
    squares = [e.get("d").count("M") for e in picture.iter() if e.tag.endswith("path")]
    assert sum(squares) == len(found.cells.rows)
    assert len(squares) == len(found.cells.values)


def test_typst_compiles():
    typst = pytest.importorskip(
        "typst", reason="Typst is not installed: its source is not compiled"
    )
    pages = "\n".join(FORMATS["typst"](asked(spec, of)[0]) for spec, of in SPECS)
    made = typst.compile(pages.encode(), format="svg")
    assert b"<svg" in (made if isinstance(made, bytes) else made[0])


@pytest.mark.skipif(
    not shutil.which("pdflatex"), reason="pdflatex is not installed: LaTeX is not compiled"
)
def test_tikz_compiles(tmp_path):
    matrix = asked("y = conv1d(x[12], w[4])", "x")[0]
    shown = [
        to_latex(matrix, labels=True, coloured=True, truncate=6),
        to_latex(matrix, coloured=True),
    ]
    body = "\n\n".join(f"\\[{text}\\]" for text in shown)
    body += "\n\n".join(FORMATS["tikz"](asked(spec, of)[0]) for spec, of in SPECS)
    source = (
        "\\documentclass{article}\\usepackage[landscape]{geometry}\\usepackage{amsmath,xcolor,tikz}"
        f"\\usetikzlibrary{{matrix}}\\begin{{document}}\\footnotesize\n{body}\n\\end{{document}}\n"
    )
    (tmp_path / "m.tex").write_text(source)
    done = subprocess.run(
        ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "m.tex"],
        cwd=tmp_path,
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-800:]


def test_dots_keep_the_corners():
    found, _, _ = asked("y = conv1d(x[9], w[3])", "x")
    text = FORMATS["latex"](found)
    short = to_latex(found, truncate=5)
    rows = [line.strip().removesuffix(r" \\") for line in short.split("\n")[2:-2]]
    cells = [row.split(" & ") for row in rows]
    assert len(cells) == 5 and {len(row) for row in cells} == {5}
    whole = [row.split(" & ") for row in re.findall(r"^  (.*?)(?: \\\\)?$", text, re.M)]
    assert cells[0] == [*whole[0][:3], r"\cdots", whole[0][-1]]
    assert cells[-1] == [*whole[-1][:3], r"\cdots", whole[-1][-1]]
    assert cells[3] == [r"\vdots"] * 3 + [r"\ddots", r"\vdots"]
    assert to_latex(found, truncate=9) == text
    with pytest.raises(SymconvError, match="3 rows or more"):
        export(found, "latex", truncate=2)
    with pytest.raises(SymconvError, match="for LaTeX"):
        export(found, "csv", labels=True)


def test_each_letter_has_one_colour():
    found, _, _ = asked("y = conv1d(x[9], w[3])", "x")
    text = to_latex(found, coloured=True)
    colours = set(re.findall(r"\\textcolor\[HTML\]\{(\w{6})\}\{(w_\{\d\})\}", text))
    assert len(colours) == 3 and len({colour for colour, _ in colours}) == 3


def test_a_planted_swap_of_two_entries_is_seen():
    """The comparison can fail: another matrix's code is not this matrix."""
    found, given, dense = asked(*SPECS[0])
    other = asked("y = conv1d(x[5], w[3], stride=2, padding=1)", "x")[0].transpose()
    scope: dict = {}
    exec(FORMATS["sympy"](other), scope)
    assert scope["A"] != found.sympy()
    assert dense.shape == found.shape and given
