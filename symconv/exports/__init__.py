"""Matrix files: one module for each format, and the registry of their names.

A new format is one file and one line here.  Every format is deterministic to the byte.
"""

from __future__ import annotations

from collections.abc import Callable

from symconv.errors import SymconvError
from symconv.exports.delimited import to_csv
from symconv.exports.json_text import to_json
from symconv.exports.latex import to_latex
from symconv.exports.npz import to_npz
from symconv.exports.plain import to_text
from symconv.matrices import LinearMap

FORMATS: dict[str, Callable[[LinearMap], str | bytes]] = {
    "text": to_text,
    "latex": to_latex,
    "json": to_json,
    "csv": to_csv,
    "npz": to_npz,
}
"""The formats by name; texts are UTF-8 and end in a newline, npz is bytes."""

__all__ = ["FORMATS", "export", "to_csv", "to_json", "to_latex", "to_npz", "to_text"]


def export(map: LinearMap, format: str) -> str | bytes:
    """The matrix in a format of `FORMATS`; `SymconvError` for any other name."""
    if format not in FORMATS:
        raise SymconvError(
            f"there is no matrix format {format!r}",
            where="matrix",
            expected=", ".join(FORMATS),
            got=format,
        )
    return FORMATS[format](map)
