"""The book: notes to pages, an index, and the files they are kept in."""

from __future__ import annotations

from symconv.book.binding import BookResult, build, command_line
from symconv.book.page import Directives, Failure

__all__ = ["BookResult", "Directives", "Failure", "build", "command_line"]
