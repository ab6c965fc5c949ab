"""What a page was made from: a note that has not changed, and whose page has not, is left alone.

The cache lies beside the pages, is no part of the manifest and may be deleted at any time; one
that can't be read, or says anything unexpected, counts as none.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from importlib import metadata
from pathlib import Path

from symconv import __version__
from symconv.book.job import LARGEST, Directives, Job
from symconv.book.manifest import Manifest

NAME = ".symconv-cache.json"
VERSIONS = "versions.txt"
PACKAGE = Path(__file__).parent.parent
LIBRARIES = ("sympy", "numpy", "islpy")
OTHERS = ("latex2mathml", "lark", "markdown-it-py", "mdit-py-plugins", "jinja2", "grandalf")
PROVERS = ("scipy", "z3-solver")
SMALL = 1_000_000
"""Bytes of a cache that is worth reading."""

Rows = dict[str, dict[str, str]]
"""By page: the key of what it was made from, and the hashes of its files by their names."""


def key(task: Job, directives: Directives | None, dress: str) -> str:
    """What a page depends on: note, its name, the package, the libraries; "" if unreadable.

    `dress` names what is done to the pages afterwards (the reloading of --watch).
    """
    try:
        with task.source.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError:
        return ""
    made = (directives.insert, directives.state) if directives else ()
    named = [f"{getattr(f, '__module__', '')}.{getattr(f, '__qualname__', f)}" for f in made]
    libraries = [_version(name) for name in (*OTHERS, *PROVERS)]
    facts = [task.shown, task.name, *named, dress, package(), versions(), *libraries]
    return sha256(json.dumps(facts).encode() + data).hexdigest()


@cache
def package() -> str:
    """The hash of the package's files: code, styles, scripts, templates, grammars."""
    found = sha256()
    for file in sorted(PACKAGE.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            found.update(f"{file.relative_to(PACKAGE).as_posix()}\0".encode())
            found.update(sha256(file.read_bytes()).digest())
    return found.hexdigest()


@cache
def versions() -> str:
    """The versions that the pages were made with, one a line; pages themselves name none."""
    own = [f"python {platform.python_version()}", f"symconv {__version__}"]
    return "\n".join([*own, *(f"{name} {_version(name)}" for name in LIBRARIES)]) + "\n"


@cache
def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def read(out: Path) -> Rows:
    """The rows of the folder's cache; none if there is none or it is damaged."""
    try:
        with (out / NAME).open("rb") as file:
            data = json.loads(file.read(SMALL))
        return {str(name): _row(row) for name, row in data["pages"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}


def _row(row: Mapping[str, object]) -> dict[str, str]:
    if not all(isinstance(value, str) for value in row.values()):
        raise TypeError(row)
    return {name: str(value) for name, value in row.items()}


def unchanged(tasks: Iterable[Job], old: Manifest | None, keys: Rows, rows: Rows) -> set[str]:
    """The pages that are what their notes would give again; `rows` are `intact` ones."""
    entries = {entry.name: entry for entry in old.entries} if old else {}
    found = set()
    for task in tasks:
        entry, row = entries.get(task.name), rows.get(task.name, {})
        if entry is None or not entry.built or entry.error or not row.get("key"):
            continue
        if row["key"] == keys[task.name]["key"] and row.keys() == {"key", *entry.files}:
            found.add(task.name)
    return found


def keys_of(tasks: Iterable[Job], directives: Directives | None, dress: str) -> Rows:
    """The key of every note, by page."""
    return {task.name: {"key": key(task, directives, dress)} for task in tasks}


def write(out: Path, new: Manifest, keys: Rows, old: Rows) -> None:
    """Write the cache and the versions; a folder that refuses them does without.

    Pages of other notes keep their row (`old`, the rows that were right before the build) with
    their files' new hashes, for the links to the pages before and after may have changed.
    """
    rows: Rows = {}
    for entry in new.entries:
        row = keys.get(entry.name) or old.get(entry.name, {})
        if entry.built and not entry.error and row.get("key"):
            files = {name: _hash(out / name) for name in entry.files}
            rows[entry.name] = {"key": row["key"], **files}
    text = json.dumps({"pages": rows}, ensure_ascii=False, indent=1) + "\n"
    _put(out / NAME, text)
    if _ours(out / VERSIONS):
        _put(out / VERSIONS, versions())


def intact(out: Path, rows: Rows) -> Rows:
    """The rows whose files are as they were written."""
    return {
        name: row
        for name, row in rows.items()
        if all(_hash(out / file) == value for file, value in row.items() if file != "key")
    }


def _ours(file: Path) -> bool:
    """Whether the file of versions is not there, or one of ours."""
    try:
        return not file.exists() or file.read_text(encoding="utf-8").startswith("python ")
    except (OSError, UnicodeDecodeError):
        return False


def _hash(file: Path) -> str:
    try:
        return sha256(file.read_bytes()).hexdigest()
    except OSError:
        return ""


def _put(file: Path, text: str) -> None:
    aside = file.with_name(f".{file.name.lstrip('.')}.{os.getpid()}")
    with contextlib.suppress(OSError):
        aside.write_text(text, encoding="utf-8", newline="\n")
        os.replace(aside, file)
