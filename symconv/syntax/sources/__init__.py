"""Files that people write, as passages with places: one file of this room for each host.

A new host is one function from text to passages, and one line here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePath

from symconv.errors import NoteError
from symconv.syntax.sources.markdown import read_markdown
from symconv.syntax.sources.notebook import read_notebook
from symconv.syntax.sources.passage import Passage
from symconv.syntax.sources.python import read_python
from symconv.syntax.sources.tex import read_tex

__all__ = ["HOSTS", "Passage", "read_source"]

HOSTS: dict[str, Callable[[str], Iterator[Passage]]] = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".tex": read_tex,
    ".ipynb": read_notebook,
    ".py": read_python,
}
"""The reader of each kind of file, by its ending."""

LARGEST = 5_000_000
LARGEST_NOTEBOOK = 50_000_000
"""Characters of a file; the pictures of a notebook are part of it."""
MOST = 20_000
"""Passages of a file."""


def read_source(text: str, path: str) -> tuple[Passage, ...]:
    """The declarations, formulas and code of a file, in the order in which they stand.

    Errors: `NoteError` (``where`` is the path) for a kind of file that is not known, a file that
    is too large, or one that is not what its name says.
    """
    ending = PurePath(path).suffix.lower()
    if ending not in HOSTS:
        raise NoteError(
            "this kind of file is not read", where=path, expected=", ".join(HOSTS), got=ending
        )
    most = LARGEST_NOTEBOOK if ending == ".ipynb" else LARGEST
    if len(text) > most:
        raise NoteError("the file is too large", where=path, expected=f"at most {most} characters")
    found = []
    try:
        for passage in HOSTS[ending](text.replace("\r\n", "\n").replace("\r", "\n")):
            found.append(passage)
            if len(found) > MOST:
                raise NoteError(f"more than {MOST} formulas", where=f"{path}:{passage.line}")
    except NoteError as error:
        if not error.where.startswith(path):
            error.at(path)
        raise
    return tuple(found)
