"""Matrix files: one module for each format, and the registry of their names.

A new format is one file and one line here.  Every format is deterministic to the byte.
"""

from __future__ import annotations

from collections.abc import Callable

from symconv.errors import SymconvError
from symconv.exports.delimited import to_csv
from symconv.exports.json_text import to_json
from symconv.exports.languages import (
    to_julia,
    to_mathematica,
    to_matlab,
    to_sympy,
    to_torch,
)
from symconv.exports.latex import to_latex
from symconv.exports.npz import to_npz
from symconv.exports.numbers import to_matrix_market, to_npy, to_scipy
from symconv.exports.plain import to_text
from symconv.exports.svg_map import to_svg
from symconv.exports.typeset import to_html, to_markdown, to_tikz, to_typst
from symconv.matrices import LinearMap

FORMATS: dict[str, Callable[[LinearMap], str | bytes]] = {
    "text": to_text,
    "latex": to_latex,
    "tikz": to_tikz,
    "typst": to_typst,
    "markdown": to_markdown,
    "html": to_html,
    "svg": to_svg,
    "json": to_json,
    "csv": to_csv,
    "npz": to_npz,
    "npy": to_npy,
    "scipy": to_scipy,
    "matrix-market": to_matrix_market,
    "matlab": to_matlab,
    "julia": to_julia,
    "mathematica": to_mathematica,
    "sympy": to_sympy,
    "torch": to_torch,
}
"""The formats by name; texts are UTF-8 and end in a newline, npz, npy and scipy are bytes."""

__all__ = ["FORMATS", "export", "to_csv", "to_json", "to_latex", "to_npz", "to_text"]


def export(
    map: LinearMap,
    format: str,
    *,
    labels: bool = False,
    coloured: bool = False,
    truncate: int = 0,
) -> str | bytes:
    """The matrix in a format of `FORMATS`; `labels`, `coloured`, `truncate` are for LaTeX.

    Errors: `SymconvError` for any other name, or for one of the three where it says nothing.
    """
    if format not in FORMATS:
        raise SymconvError(
            f"there is no matrix format {format!r}",
            where="matrix",
            expected=", ".join(FORMATS),
            got=format,
        )
    if not (labels or coloured or truncate):
        return FORMATS[format](map)
    if format != "latex":
        raise SymconvError(
            "labels, colours and dots are for LaTeX", where="matrix", got=format, hint="latex"
        )
    if truncate and truncate < 3:
        raise SymconvError(
            "a matrix with dots keeps 3 rows or more", where="matrix", got=str(truncate)
        )
    return to_latex(map, labels=labels, coloured=coloured, truncate=truncate)
