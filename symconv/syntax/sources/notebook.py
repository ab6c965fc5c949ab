"""Jupyter notebooks: their JSON, read as it stands; Markdown cells and code cells in order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from symconv.errors import NoteError
from symconv.syntax.sources.formulas import Macro, macros_of
from symconv.syntax.sources.markdown import read_markdown
from symconv.syntax.sources.passage import Passage
from symconv.syntax.sources.python import read_python

_MAGIC = re.compile(r"^([ \t]*)[%!?](?=[A-Za-z%!?])[^\n]*", re.MULTILINE)
_OTHER = re.compile(r"\s*%%(?!(?:time|timeit|capture|prun)\b)")
"""A cell that is in another language: ``%%bash``, ``%%html``."""


def read_notebook(text: str) -> Iterator[Passage]:
    """The passages of a notebook; lines count within their cell."""
    whole = _json(text)
    python = _is_python(whole)
    macros: dict[str, Macro] = {}
    for number, cell in enumerate(_cells(whole), 1):
        kind = cell.get("cell_type")
        source = _source(cell, number).replace("\r\n", "\n").replace("\r", "\n")
        if kind == "markdown":
            macros |= macros_of(source)
            for passage in read_markdown(source, macros):
                yield _in_cell(passage, number)
        elif kind == "code" and python and not _OTHER.match(source):
            yield from read_python(_MAGIC.sub(r"\1pass", source), cell=number)


def _in_cell(passage: Passage, number: int) -> Passage:
    inner = tuple(_in_cell(p, number) for p in passage.inner)
    return replace(passage, cell=number, inner=inner)


def _json(text: str) -> dict[str, Any]:
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NoteError(f"this is no notebook: {error}", expected="JSON") from None
    if not isinstance(whole, dict):
        raise NoteError("this is no notebook", expected='an object with "cells"')
    return whole


def _cells(whole: dict[str, Any]) -> list[dict[str, Any]]:
    """The cells of nbformat 4, or of the sheets of nbformat 3."""
    cells = whole.get("cells")
    sheets = whole.get("worksheets")
    if cells is None and isinstance(sheets, list):
        cells = [c for sheet in sheets if isinstance(sheet, dict) for c in sheet.get("cells", ())]
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise NoteError("this is no notebook", expected='an object with "cells"')
    return cells


def _source(cell: dict[str, Any], number: int) -> str:
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        return "".join(source)
    if isinstance(source, str):
        return source
    raise NoteError(f"cell {number} has no text", expected="a string or a list of strings")


def _is_python(whole: dict[str, Any]) -> bool:
    """Whether the code cells are Python, as they are where the notebook does not say."""
    about = whole.get("metadata")
    said = ""
    for room, key in (("language_info", "name"), ("kernelspec", "language")):
        inside = about.get(room) if isinstance(about, dict) else None
        said = said or str(inside.get(key, "") if isinstance(inside, dict) else "")
    return said.lower() in ("", "python", "ipython", "python3", "python2")
