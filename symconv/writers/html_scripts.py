"""What the scripts of a page are: one listing of the parts that it needs, and no other may run."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection
from functools import cache
from hashlib import sha256
from importlib.resources import files

PARTS = ("slides", "copy", "files", "rows", "nodes")
"""The parts in the order in which they stand in a page; each is a file of its own."""


def script(parts: Collection[str]) -> str:
    """The parts as one script, each in a scope of its own; nothing for no parts."""
    return "\n".join(_part(name) for name in PARTS if name in parts)


@cache
def _part(name: str) -> str:
    text = files("symconv.writers").joinpath(f"{name}.js").read_text(encoding="utf-8").strip()
    return "\n".join(["{", *(line.lstrip() for line in text.split("\n")), "}"])


def allowed(text: str) -> str:
    """The policy that lets a page run this script alone, as it stands between its tags."""
    digest = sha256(f"\n{text}\n".encode()).digest()
    return f"script-src 'sha256-{b64encode(digest).decode()}'"
