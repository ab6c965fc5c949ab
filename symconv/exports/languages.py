"""The matrix as source code of other languages: a function of the tensors that it holds."""

from __future__ import annotations

from symconv.exports.dense import dense
from symconv.exports.spelling import COMMON, Spelling, arguments, bracketed, distinct, spelled
from symconv.matrices import LinearMap

MATLAB = Spelling(
    "MATLAB",
    bracketed("(", ")", 1),
    COMMON | {"relu": "max(0, {})", "step": "(({}) > 0)"},
)
JULIA = Spelling(
    "Julia", bracketed("[", "]", 1), COMMON | {"relu": "max(0, {})", "step": "(({}) > 0)"}, "^"
)
MATHEMATICA = Spelling(
    "Mathematica",
    bracketed("[[", "]]", 1),
    {
        "tanh": "Tanh[{}]",
        "exp": "Exp[{}]",
        "log": "Log[{}]",
        "sigmoid": "(1/(1 + Exp[-({})]))",
        "reciprocal": "(1/({}))",
        "relu": "Max[0, {}]",
        "step": "UnitStep[{}]",
    },
)
SYMPY = Spelling(
    "SymPy",
    lambda tensor, at: "_".join((tensor, *map(str, at))),
    COMMON | {"relu": "Max(0, {})", "step": "Heaviside({}, 0)"},
    "**",
    "*Rational(1, {})",
)
TORCH = Spelling(
    "PyTorch",
    bracketed("[", "]", 0),
    {
        "tanh": "torch.tanh({})",
        "exp": "torch.exp({})",
        "log": "torch.log({})",
        "sigmoid": "torch.sigmoid({})",
        "reciprocal": "(1/({}))",
        "relu": "torch.relu({})",
        "step": "(({}) > 0).to({}.dtype)",
    },
    "**",
)


def to_matlab(map: LinearMap) -> str:
    """MATLAB and Octave: ``A = @(w) [w(1), 0; …]``, for numbers and for ``sym`` arrays."""
    rows = ["  " + ", ".join(row) for row in dense(map.shape, spelled(map, MATLAB))]
    body = "; ...\n".join(rows)
    head = f"@({', '.join(arguments(map))}) " if arguments(map) else ""
    return f"% {map.convention}\nA = {head}[ ...\n{body}];\n"


def to_julia(map: LinearMap) -> str:
    """Julia: ``A(w) = [w[1] 0; …]``."""
    rows = ["  " + " ".join(_tight(cell) for cell in row) for row in _rows(map, JULIA)]
    body = "\n".join(rows)
    head = f"A({', '.join(arguments(map))})" if arguments(map) else "A"
    return f"# {map.convention}\n{head} = [\n{body}\n]\n"


def to_mathematica(map: LinearMap) -> str:
    """Mathematica: ``A[w_] := {{w[[1]], 0}, …}``."""
    rows = ["  {" + ", ".join(row) + "}" for row in _rows(map, MATHEMATICA)]
    taken = ", ".join(f"{name}_" for name in arguments(map))
    head = f"A[{taken}] :=" if taken else "A ="
    return f"(* {map.convention} *)\n{head} {{\n" + ",\n".join(rows) + "\n}\n"


def to_sympy(map: LinearMap) -> str:
    """Python with SymPy: ``A = Matrix(…)`` from the non-zero entries, and its symbols."""
    letters = ", ".join(dict.fromkeys(letter.name for letter in map.cells.letters))
    lines = [f"# {map.convention}", "from sympy import *", ""]
    if letters:
        lines += [f"{letters} = symbols({letters!r}, seq=True)".replace(" = ", ", = ", 1)]
    lines.append(f"A = zeros({map.shape[0]}, {map.shape[1]})")
    lines += [f"A[{row}, {col}] = {text}" for row, col, text in spelled(map, SYMPY)]
    return "\n".join(lines) + "\n"


def to_torch(map: LinearMap) -> str:
    """PyTorch: a function of the tensors that can be differentiated."""
    texts = distinct(map, TORCH)
    cells = map.cells
    taken = ", ".join(arguments(map))
    values = ", ".join(f"one * ({text})" for text in texts)
    first = f"torch.as_tensor({arguments(map)[0]})" if taken else ""
    one = f"torch.ones((), dtype={first}.dtype)" if taken else "torch.ones(())"
    return "\n".join(
        (
            f"# {map.convention}",
            "import torch",
            "",
            f"ROWS = torch.tensor({cells.rows.tolist()})",
            f"COLUMNS = torch.tensor({cells.cols.tolist()})",
            f"WHICH = torch.tensor({cells.which.tolist()})",
            "",
            "",
            f"def matrix({taken}):",
            f'    """The matrix A of shape {map.shape}."""',
            f"    one = {one}",
            f"    values = torch.stack([{values}])",
            f"    zeros = torch.zeros({map.shape}, dtype=values.dtype)",
            "    return zeros.index_put((ROWS, COLUMNS), values[WHICH])",
            "",
        )
    )


def _rows(map: LinearMap, spelling: Spelling) -> list[list[str]]:
    return list(dense(map.shape, spelled(map, spelling)))


def _tight(cell: str) -> str:
    """Blanks separate columns in Julia, so a sum stands in brackets."""
    return f"({cell})" if " " in cell else cell
