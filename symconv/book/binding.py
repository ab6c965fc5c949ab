"""Notes to a book: pages in any order, an index, and files moved into place at the end."""

from __future__ import annotations

import os
import shlex
import signal
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from symconv.book import cache
from symconv.book.job import CONVENTIONS, Directives, Failure, Job, Page
from symconv.book.links import linked
from symconv.book.manifest import ENDS, INDEX, NAME, Entry, Manifest, page_name, read
from symconv.document import Text, words
from symconv.errors import SymconvError
from symconv.executors import processes
from symconv.values import dataclass
from symconv.writers import html

Progress = Callable[[int, int, str], None]
"""Called with the number of finished notes, the number of all, and the note just finished."""
TITLE = "Derivations"
PAGES = "symconv.book.page"
"""The room that makes a page: it loads SymPy, so only where there is a note to build."""


@dataclass(frozen=True, slots=True)
class BookResult:
    """What was built, failed, was removed (its note is gone), and kept (nothing has changed)."""

    out: Path
    built: tuple[str, ...]
    failures: tuple[Failure, ...]
    removed: tuple[str, ...]
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dress:
    """Something done to every page afterwards; its name keeps dressed pages apart in the cache."""

    name: str = ""
    put_on: Callable[[str], str] = str


PLAIN = Dress()


def build(
    sources: Sequence[Path],
    out: Path,
    *,
    directives: Directives | None = None,
    command: str = "",
    jobs: int = 1,
    progress: Progress | None = None,
    cached: bool = False,
    fresh: bool = False,
    dress: Dress = PLAIN,
) -> BookResult:
    """Build notes (files, or folders of ``*.md``) into the folder `out`.

    Every page is written beside its place first and then moved; a note that fails keeps the page
    that it had.  With a folder among the sources the book is taken to be whole: pages of ours
    whose note is gone are removed.  `command` is what the index says made it; with several `jobs`
    the notes are shared among processes.  Without `directives` a note's are the book's own.

    With `cached` a file beside the pages remembers what each was made from, another the versions,
    and a page whose note, code and files are unchanged is kept; `fresh` builds all the same.

    Errors: `SymconvError` for sources that are not there, and for files in `out` that are in the
    way and not ours.
    """
    tasks = find(sources)
    old = read(out)
    _check_ours(out, tasks, old)
    keys = cache.keys_of(tasks, directives, dress.name) if cached else {}
    rows = cache.intact(out, cache.read(out)) if cached else {}
    kept = cache.unchanged(tasks, old, keys, rows) if cached and not fresh else set()
    todo = [task for task in tasks if task.name not in kept]
    made = _make_all(todo, directives, jobs, progress)
    pages = {task.name: page for task, page in zip(todo, made, strict=True)}
    whole = any(source.is_dir() for source in sources)
    new = _merged(old or Manifest(), tasks, pages, command, whole=whole)
    files = {INDEX: _index(new), NAME: new.text()}
    for name, page in pages.items():
        if isinstance(page, Page):
            texts = (page.html, page.tex, page.body)
            files |= {f"{name}{end}": text for end, text in zip(ENDS, texts, strict=True)}
    files |= linked(out, new, files)
    files |= {name: dress.put_on(text) for name, text in files.items() if name.endswith(".html")}
    removed = sorted(old.files - new.files) if old else []
    _place(out, files, _claim(old, new), removed)
    if cached:
        cache.write(out, new, keys, rows)
    built = tuple(name for name, page in pages.items() if isinstance(page, Page))
    failures = tuple(page for page in made if isinstance(page, Failure))
    return BookResult(out, built, failures, tuple(removed), tuple(sorted(kept)))


# --- what to build ------------------------------------------------------------------------------


def find(sources: Sequence[Path]) -> list[Job]:
    """The notes to build, sorted by the names of their pages."""
    files: list[Path] = []
    for source in sources:
        if not source.exists():
            raise SymconvError("there is no such file or folder", where=_shown(source))
        found = sorted(source.glob("*.md")) if source.is_dir() else [source]
        if not found:
            raise SymconvError("no note (*.md) in this folder", where=_shown(source))
        files += found
    tasks = [Job(file, _shown(file), page_name(file)) for file in dict.fromkeys(files)]
    tasks.sort(key=lambda task: task.name)
    names = {INDEX: INDEX}
    for task in tasks:
        for end in ENDS:
            taken = names.setdefault(f"{task.name}{end}".casefold(), task.shown)
            if taken != task.shown:
                raise SymconvError(f"its page would take the place of {taken}'s", where=task.shown)
    return tasks


def _shown(path: Path) -> str:
    """The path from here; only the name if it is elsewhere, for reports name no machine."""
    try:
        return path.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except ValueError:
        return path.name


def _check_ours(out: Path, tasks: Iterable[Job], old: Manifest | None) -> None:
    ours = old.files if old else set()
    wanted = [INDEX, NAME, *(f"{task.name}{end}" for task in tasks for end in ENDS)]
    for name in wanted:
        if name not in ours and os.path.lexists(out / name):
            raise SymconvError(
                "the file is in the way and was not made by symconv report",
                where=_shown(out / name),
                hint="another folder (-o)",
            )


# --- building -----------------------------------------------------------------------------------


def _make_all(
    tasks: list[Job], directives: Directives | None, jobs: int, progress: Progress | None
) -> list[Page | Failure]:
    """The pages in the order of the notes, whichever is finished first."""
    tell = progress or (lambda done, total, name: None)
    if min(jobs, len(tasks)) < 2:
        made = []
        for done, task in enumerate(tasks, 1):
            made.append(_make(task, directives))
            tell(done, len(tasks), task.shown)
        return made
    workers = min(jobs, len(tasks))
    with ProcessPoolExecutor(workers, processes(PAGES), _quiet_worker) as pool:
        futures = {pool.submit(_make, task, directives): task for task in tasks}
        try:
            for done, future in enumerate(as_completed(futures), 1):
                tell(done, len(tasks), futures[future].shown)
            return [future.result() for future in futures]
        except BrokenProcessPool as error:
            raise SymconvError(
                "a process that built notes was ended (out of memory?)", hint="--jobs 1"
            ) from error
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _make(task: Job, directives: Directives | None) -> Page | Failure:
    page: Page | Failure = import_module(PAGES).make(task, directives)
    return page


def _quiet_worker() -> None:
    """Ctrl-C ends a worker at once, without a traceback of its own."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


# --- the index ----------------------------------------------------------------------------------


def _merged(
    old: Manifest,
    tasks: list[Job],
    made: Mapping[str, Page | Failure],
    command: str,
    *,
    whole: bool,
) -> Manifest:
    """The pages of the book from now on; a note that was not made keeps its entry."""
    before = {entry.name: entry for entry in old.entries}
    entries = {} if whole else dict(before)
    for task in tasks:
        page = made.get(task.name)
        if page is None:
            entries[task.name] = before[task.name]
        elif isinstance(page, Page):
            entries[task.name] = Entry(
                task.name,
                page.title,
                page.summary,
                operations=page.operations,
                marks=page.marks,
            )
        else:
            last = before.get(task.name, Entry(task.name, task.name, built=False))
            entries[task.name] = replace(last, error=page.message)
    kept = command if whole or not old.command else old.command
    return Manifest(kept, tuple(entries[name] for name in sorted(entries)))


def _claim(old: Manifest | None, new: Manifest) -> str:
    """The manifest while files are moved: what was ours and what will be."""
    before = {entry.name: entry for entry in old.entries} if old else {}
    both = before | {entry.name: entry for entry in new.entries}
    return Manifest(new.command, tuple(both[name] for name in sorted(both))).text()


def _index(manifest: Manifest) -> str:
    pages = [
        html.Entry(
            f"{e.name}.html",
            e.title,
            words(e.summary) if e.summary else (),
            f"{e.name}.tex",
            e.operations,
            e.marks,
        )
        for e in manifest.entries
        if e.built
    ]
    command = [("Command", (Text(manifest.command, "code"),))] if manifest.command else []
    facts = [("Conventions", words(CONVENTIONS)), *command]
    messages = [entry.error for entry in manifest.entries if entry.error]
    return html.index_page(TITLE, pages, facts, messages)


# --- files --------------------------------------------------------------------------------------


def _place(out: Path, files: dict[str, str], claim: str, removed: Iterable[str]) -> None:
    """Write everything aside, then move file by file: none is ever half there.

    First comes the manifest `claim`, which owns both the new files and those to be removed, so
    that whatever an interrupted build leaves behind is still known as ours.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".symconv-", dir=out) as aside:
            for name, text in {"claim": claim, **files}.items():
                Path(aside, name).write_text(text, encoding="utf-8", newline="\n")
            os.replace(Path(aside, "claim"), out / NAME)
            for name in sorted(files.keys() - {INDEX, NAME}):
                os.replace(Path(aside, name), out / name)
            os.replace(Path(aside, INDEX), out / INDEX)
            for name in removed:
                (out / name).unlink(missing_ok=True)
            os.replace(Path(aside, NAME), out / NAME)
    except OSError as error:
        place = _shown(Path(error.filename or out))
        raise SymconvError(f"can't be written: {error.strerror}", where=place) from error


def command_line(sources: Sequence[str], out: str) -> str:
    """The command as a person would type it."""
    return shlex.join(["symconv", "report", *sources, *(["-o", out] if out else [])])
