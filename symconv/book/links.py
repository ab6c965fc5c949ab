"""From page to page: the links to the one before and the one after, kept right as notes come."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from symconv.book.manifest import INDEX, Entry, Manifest
from symconv.writers import html

_NAV = re.compile(r'<nav class="book".*?</nav>', re.DOTALL)


def linked(out: Path, manifest: Manifest, files: Mapping[str, str]) -> dict[str, str]:
    """The pages whose links change: those that were just built, and their neighbours."""
    pages = [entry for entry in manifest.entries if entry.built]
    made: dict[str, str] = {}
    around: list[Entry | None] = [None, *pages, None]
    for (before, after), entry in zip(zip(around, around[2:], strict=False), pages, strict=True):
        name = f"{entry.name}.html"
        old = files.get(name) or _read(out / name)
        found = _NAV.search(old)
        new = old
        if found is not None:
            new = f"{old[: found.start()]}{_nav(before, after)}{old[found.end() :]}"
        if new != old:
            made[name] = new
    return made


def _nav(before: Entry | None, after: Entry | None) -> str:
    return html.navigation(INDEX, _target(before), _target(after))


def _target(entry: Entry | None) -> tuple[str, str] | None:
    return None if entry is None else (f"{entry.name}.html", entry.title)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
