"""Jupyter notebooks: their JSON, read as it stands; Markdown cells and code cells in order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from symconv.errors import NoteError
from symconv.syntax.sources.markdown import read_markdown
from symconv.syntax.sources.passage import Passage
from symconv.syntax.sources.python import read_python


def read_notebook(text: str) -> Iterator[Passage]:
    """The passages of a notebook; lines count within their cell."""
    for number, cell in enumerate(_cells(text), 1):
        source = _source(cell, number)
        match cell.get("cell_type"):
            case "markdown":
                for passage in read_markdown(source):
                    yield replace(passage, cell=number)
            case "code":
                magic = "\n".join(
                    "" if line.lstrip().startswith(("%", "!")) else line
                    for line in source.split("\n")
                )
                yield from read_python(magic, cell=number)


def _cells(text: str) -> list[dict[str, Any]]:
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NoteError(f"this is no notebook: {error}", expected="JSON") from error
    cells = whole.get("cells") if isinstance(whole, dict) else None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise NoteError("this is no notebook", expected='an object with "cells" (nbformat 4)')
    return cells


def _source(cell: dict[str, Any], number: int) -> str:
    source = cell.get("source", "")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        return "".join(source)
    if isinstance(source, str):
        return source
    raise NoteError(f"cell {number} has no text", expected="a string or a list of strings")
