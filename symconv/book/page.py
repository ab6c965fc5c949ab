"""One note to one page: parsed, its directives evaluated, written as HTML and LaTeX."""

from __future__ import annotations

import re
import shlex
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

from symconv import story
from symconv.book.claims import with_verdicts
from symconv.book.job import LARGEST, Directives, Failure, Job, Page
from symconv.claims import OUTCOMES
from symconv.document import (
    KNOWN,
    Aside,
    Block,
    Document,
    Equation,
    Inline,
    Paragraph,
    Step,
    Steps,
    Text,
    words,
)
from symconv.errors import NoteError, SpecError, SymconvError
from symconv.syntax.notes import Directive, Note, parse_note, plain
from symconv.writers import html, latex

ORDER = "a tensor is a vector in row-major order, its last axis fastest"
KERNELS = (
    ("conv_transpose", "transposed: each input lays the kernel down, unflipped"),
    ("conv1d", "correlation: it slides as it is, without a flip"),
    ("conv2d", "correlation: it slides as it is, without a flip"),
    ("conv3d", "correlation: it slides as it is, without a flip"),
    ("correlate", "correlation: it slides as it is, without a flip"),
    ("convolve", "convolution: it is flipped, then slides"),
)
"""What happens to the kernel, by how the operation's name begins."""
_CALL = re.compile(r"^\s*\w+\s*=\s*(\w+)\(", re.MULTILINE)
_SEED = re.compile(r"seed\s*:(.*)", re.DOTALL)


STORY = Directives(story.insert, story.NoteState)
"""The directives of the book."""


def make(job: Job, directives: Directives | None = None) -> Page | Failure:
    """Build one page; whatever goes wrong is returned, so that the other notes still build."""
    try:
        return _page(read_note(job.source, job.shown), directives or STORY)
    except _Unreadable as error:
        return Failure(job.shown, str(error), unreadable=True)
    except SymconvError as error:
        cause = error.__cause__
        caret = cause.caret() if isinstance(cause, SpecError) else ""
        return Failure(job.shown, _one_line(error), caret)
    except RecursionError:
        return Failure(job.shown, f"{job.shown}: something is nested too deeply")
    except MemoryError:
        return Failure(job.shown, f"{job.shown}: not enough memory")
    except Exception as error:
        message = f"{job.shown}: a bug in symconv: {type(error).__name__}: {error}"
        return Failure(job.shown, " ".join(message.split()), trace=traceback.format_exc())


class _Unreadable(NoteError):
    """A file that can't be read as text."""


def _one_line(error: SymconvError) -> str:
    return " ".join(str(error).split())


def read_note(source: Path, shown: str) -> Note:
    """Read and parse a note's file."""
    try:
        with source.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise _Unreadable(f"can't be read: {error.strerror}", where=shown) from error
    if len(data) > LARGEST:
        raise NoteError("the note is too large", where=shown, expected=f"at most {LARGEST} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _Unreadable("not UTF-8 text", where=f"{shown}:{line}") from error
    return parse_note(text, shown)


def _page(note: Note, directives: Directives) -> Page:
    placed = with_verdicts(note, evaluate(note, directives, note_seed(note)))
    document = _document(note, placed)
    try:
        return Page(
            note.title,
            summary(note),
            html.page(document),
            latex.article(document),
            latex.body(document),
            operations(note),
            marks(document),
        )
    except SymconvError as error:
        raise note.error(_culprit(placed), _one_line(error)) from error


def document_of(note: Note, directives: Directives) -> Document:
    """The note as a page, its directives evaluated."""
    return _document(note, with_verdicts(note, evaluate(note, directives, note_seed(note))))


def _document(note: Note, placed: list[tuple[Block, int]]) -> Document:
    facts: tuple[tuple[str, tuple[Inline, ...]], ...] = (
        *header(operations(note)),
        ("Seed", words(str(note_seed(note)))),
        ("Command", (Text(f"symconv report {shlex.quote(note.path)}", "code"),)),
    )
    return Document(note.title, tuple(block for block, _ in placed), facts)


def header(named: tuple[str, ...]) -> tuple[tuple[str, tuple[Inline, ...]], ...]:
    """What a page says first: its operations, and the conventions that hold for them."""
    facts: list[tuple[str, tuple[Inline, ...]]] = []
    if named:
        spaced = [part for name in named for part in (Text(", "), Text(name, "code"))]
        facts.append(("Operation" if len(named) == 1 else "Operations", tuple(spaced[1:])))
    kinds: dict[str, list[str]] = {}
    for name in named:
        text = next((text for start, text in KERNELS if name.startswith(start)), "")
        kinds.setdefault(text, []).append(name)
    kinds.pop("", None)
    if len(kinds) == 1:
        facts.append(("Kernel", words(*kinds)))
    elif kinds:
        said = (f"{', '.join(names)}: {text}" for text, names in kinds.items())
        facts.append(("Kernel", words("; ".join(said))))
    return (*facts, ("Order", words(ORDER)), ("Indices", words("count from 0")))


def note_seed(note: Note) -> int:
    """The seed that a comment ``<!-- seed: 3 -->`` declares, else 0."""
    seed = 0
    for comment in note.comments:
        found = _SEED.fullmatch(comment.text)
        if found:
            if not re.fullmatch(r"\s*\d{1,9}\s*", found[1], re.ASCII):
                expected = "<!-- seed: 0 --> with at most nine digits"
                raise note.error(comment.line, "not a seed", expected=expected)
            seed = int(found[1])
    return seed


def evaluate(note: Note, directives: Directives, seed: int = 0) -> list[tuple[Block, int]]:
    """The note's blocks with the directives' in their places, each with its line."""
    state = directives.state(seed)
    placed: list[tuple[Block, int]] = []
    for item, line in zip(note.blocks, note.lines, strict=True):
        if isinstance(item, Directive):
            placed += [(block, line) for block in _insert(note, item, directives, state)]
        else:
            placed.append((item, line))
    return placed


def _insert(note: Note, item: Directive, directives: Directives, state: Any) -> tuple[Block, ...]:
    try:
        return directives.insert(item.name, item.argument, item.options, item.body, state)
    except SymconvError as error:
        line = item.line
        if isinstance(error, SpecError) and error.line and error.text.strip() == item.body.strip():
            line = item.body_line + error.line - 1
        raise note.error(line, f"{{{item.name}}}: {_one_line(error)}") from error


def _culprit(placed: list[tuple[Block, int]]) -> int:
    """The line of the first block that a writer refuses."""
    for block, line in placed:
        alone = Document("", (block,))
        try:
            html.page(alone)
            latex.article(alone)
        except SymconvError:
            return line
    return 1


def operations(note: Note) -> tuple[str, ...]:
    """The operations that the note's directives name, in their order."""
    found = (
        name
        for item in note.blocks
        if isinstance(item, Directive)
        for name in _CALL.findall(item.body)
    )
    return tuple(dict.fromkeys(found))


def marks(document: Document) -> tuple[tuple[str, int], ...]:
    """How many formulas of the page are known in which way, the surest first."""
    count: Counter[str] = Counter()
    for block in document.blocks:
        steps = block.steps if isinstance(block, Steps) else (block,)
        for item in steps:
            mark = item.mark if isinstance(item, Equation | Step) else None
            if mark is not None:
                count[mark.level] += 1
            if isinstance(item, Aside) and item.title:
                count[item.title.split(":")[0].lower()] += 1
    return tuple(
        (level, count[level]) for level in dict.fromkeys((*KNOWN, *OUTCOMES)) if count[level]
    )


def summary(note: Note) -> str:
    """The first sentence of the note's first paragraph."""
    paragraphs = (item for item in note.blocks if isinstance(item, Paragraph))
    text = next((plain(item.inlines) for item in paragraphs), "")
    return re.split(r"(?<=[.!?])\s", " ".join(text.split()), maxsplit=1)[0]
