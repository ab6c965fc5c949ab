"""Which targets a link may have: http, https, mailto and relative ones; anything else is text."""

from __future__ import annotations

import re

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_KEPT = re.compile(r"(?:https?://|mailto:)[^\s<>\"'`{}|\\^]+", re.IGNORECASE)
_RELATIVE = re.compile(r"(?![/\\]{2})[^\s<>\"'`{}|\\^:]+")


def safe_target(target: str) -> str | None:
    """The target if a page may link to it, else None.

    Examples
    --------
    >>> safe_target("notes.html#sizes"), safe_target("javascript:alert(1)")
    ('notes.html#sizes', None)
    """
    target = target.strip()
    pattern = _KEPT if _SCHEME.match(target) else _RELATIVE
    return target if pattern.fullmatch(target) else None
