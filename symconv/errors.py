"""The exceptions: each says where, what was expected, what was got, and what to try."""

from __future__ import annotations


class SymconvError(Exception):
    """Something a person can mend.

    The text reads ``where: message; expected …, got …; try …`` on one line, leaving out what is
    empty.

    Parameters
    ----------
    message : what is wrong, in words that name the clashing values.
    where : the place (``"conv1d: padding"``, ``"notes.md:12"``).
    expected, got : what would have fitted, what was found.
    hint : what to try.
    """

    def __init__(
        self, message: str, *, where: str = "", expected: str = "", got: str = "", hint: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.expected = expected
        self.got = got
        self.hint = hint

    def at(self, where: str) -> SymconvError:
        """Put an outer place in front, as outer layers do that know more; returns itself."""
        self.where = f"{where}: {self.where}" if self.where else where
        return self

    def __str__(self) -> str:
        clash = ", ".join(
            f"{word} {text}"
            for word, text in (("expected", self.expected), ("got", self.got))
            if text
        )
        parts = [self.message, clash, f"try {self.hint}" if self.hint else ""]
        line = "; ".join(part for part in parts if part)
        return f"{self.where}: {line}" if self.where else line


class SpecError(SymconvError):
    """A text that does not name an operation; carries the text and the column for a caret."""

    def __init__(
        self,
        message: str,
        *,
        text: str = "",
        line: int = 0,
        column: int = 0,
        where: str = "",
        expected: str = "",
        got: str = "",
        hint: str = "",
    ) -> None:
        super().__init__(message, where=where, expected=expected, got=got, hint=hint)
        self.text = text
        self.line = line
        self.column = column

    def caret(self) -> str:
        """The offending line with a caret under the column (1-based), or nothing if unknown."""
        lines = self.text.splitlines()
        if not (0 < self.line <= len(lines)) or self.column < 1:
            return ""
        return f"{lines[self.line - 1]}\n{' ' * (self.column - 1)}^"


class GeometryError(SymconvError):
    """Sizes, strides, paddings or groups that do not fit together."""


class NeedsSizes(SymconvError):
    """A reading that needs concrete sizes was asked of symbolic ones."""


class NoteError(SymconvError):
    """A note (a Markdown derivation) that can't be built; `where` is ``file:line``."""


class CheckFailed(SymconvError):
    """A generated formula that its check refutes: a defect of ours, and nothing is printed."""
