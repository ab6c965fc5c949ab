"""The matrix for documents other than LaTeX: Typst, Markdown, TikZ, HTML."""

from __future__ import annotations

import re

from symconv.document import Grid
from symconv.exports.dense import dense
from symconv.matrices import LinearMap
from symconv.writers import mathml_layout

_SUBSCRIPT = re.compile(r"_\{([^{}]*)\}")


def to_typst(map: LinearMap) -> str:
    """Typst: ``$ mat(delim: "[", w_(0), 0; …) $``."""
    rows = [", ".join(typst(cell) for cell in row) for row in dense(map.shape, map.latex_entries())]
    body = ";\n  ".join(rows)
    return f'// {map.convention}\n$ mat(delim: "[",\n  {body}\n) $\n'


def typst(latex: str) -> str:
    r"""One entry: letters with subscripts, products, sums and fractions (``\frac{1}{3}``)."""
    text = re.sub(r"\\(?:mathrm|text|operatorname)\{([^{}]*)\}", r'"\1"', latex)
    text = re.sub(r"\\frac\{(\d+)\}\{(\d+)\}", r"(\1)/(\2) ", text)
    while _SUBSCRIPT.search(text):
        text = _SUBSCRIPT.sub(lambda m: f"_({m[1]})", text)
    text = re.sub(r"\^\{([^{}]*)\}", r"^(\1)", text)
    text = text.replace(r"\,", " ").replace("\\", "")
    return re.sub(r"(?<![\w\"])([A-Za-z]{2,})(?![\w\"(])", r'"\1"', text).replace(",", r"\,")


def to_markdown(map: LinearMap) -> str:
    """Markdown: a table with dollar mathematics, its rows and columns labelled."""
    head = ["", *(f"${label}$" for label in map.column.latex_labels)]
    lines = [_cells(head), _cells(["--:", *([":-:"] * map.shape[1])])]
    rows = dense(map.shape, map.latex_entries())
    for label, row in zip(map.row.latex_labels, rows, strict=True):
        lines.append(_cells([f"**${label}$**", *(f"${cell}$" for cell in row)]))
    return "\n".join([*lines, "", map.convention, ""])


def _cells(row: list[str]) -> str:
    return f"| {' | '.join(row)} |"


def to_tikz(map: LinearMap) -> str:
    """TikZ: a matrix of nodes named ``A-1-1``, to draw on; it needs the library ``matrix``."""
    rows = [" & ".join(row) + r" \\" for row in dense(map.shape, map.latex_entries())]
    body = "\n    ".join(rows)
    style = "matrix of math nodes, left delimiter={[}, right delimiter={]}"
    return (
        f"% {map.convention}\n% needs \\usetikzlibrary{{matrix}}\n"
        f"\\begin{{tikzpicture}}\n  \\matrix (A) [{style}] {{\n    {body}\n  }};\n"
        "\\end{tikzpicture}\n"
    )


def to_html(map: LinearMap) -> str:
    """HTML: a ``<math>`` element with the labels of rows and columns."""
    entries = tuple(tuple(row) for row in dense(map.shape, map.latex_entries()))
    labels = (map.row.latex_labels, map.column.latex_labels)
    shown = mathml_layout.equation((((Grid(entries, *labels),),),), map.convention)
    return f"{shown}\n"
