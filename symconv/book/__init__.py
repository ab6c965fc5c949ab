"""The book: notes to pages, an index, and the files they are kept in."""

from __future__ import annotations

from symconv.book.binding import BookResult, build, command_line
from symconv.book.job import Directives, Failure
from symconv.book.preview import RELOADING, check_preview, stamp, state

__all__ = [
    "RELOADING",
    "BookResult",
    "Directives",
    "Failure",
    "build",
    "check_preview",
    "command_line",
    "stamp",
    "state",
]
