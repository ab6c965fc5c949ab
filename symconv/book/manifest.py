"""Which pages of a book are ours: a small file beside them, so that nothing else is touched."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from symconv.errors import SymconvError
from symconv.values import dataclass

NAME = "symconv.json"
"""The manifest's file name."""
INDEX = "index.html"
ENDS = (".html", ".tex", "-body.tex")
"""What follows a page's name in the names of its files."""
_SAFE = re.compile(r"\w[\w.-]*")


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the index: `error` says why it, or its newest state, is not there.

    `built` is whether its files exist.
    """

    name: str
    title: str
    summary: str = ""
    error: str = ""
    built: bool = True
    operations: tuple[str, ...] = ()
    marks: tuple[tuple[str, int], ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """The files of the page."""
        return tuple(f"{self.name}{end}" for end in ENDS) if self.built else ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """The pages by name, and the command that made the whole book."""

    command: str = ""
    entries: tuple[Entry, ...] = ()

    @property
    def files(self) -> set[str]:
        """Every file that is ours."""
        return {file for entry in self.entries for file in entry.files} | {INDEX, NAME}

    def text(self) -> str:
        """The file's text."""
        data = {"command": self.command, "pages": [asdict(entry) for entry in self.entries]}
        return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def read(folder: Path) -> Manifest | None:
    """The manifest of a folder, None if there is none; errors: `SymconvError` if it is damaged."""
    file = folder / NAME
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        entries = tuple(_entry(**page) for page in data["pages"])
        return Manifest(str(data["command"]), entries)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise SymconvError(
            "the list of generated pages can't be read", where=str(file), hint="another folder (-o)"
        ) from error


def _entry(
    name: str,
    title: str,
    summary: str,
    error: str,
    built: bool,
    operations: Sequence[str] = (),
    marks: Sequence[Sequence[object]] = (),
) -> Entry:
    if not _SAFE.fullmatch(name):
        raise ValueError(name)
    known = tuple((str(level), int(str(count))) for level, count in marks)
    shown = tuple(map(str, operations))
    return Entry(name, str(title), str(summary), str(error), bool(built), shown, known)


def page_name(source: Path) -> str:
    """The name of a note's page: letters, digits, ``_``, ``-`` and ``.`` only.

    Examples
    --------
    >>> page_name(Path("derivations/05 a matrix.md"))
    '05-a-matrix'
    """
    return re.sub(r"[^\w.-]+", "-", source.stem).lstrip("-.") or "note"
