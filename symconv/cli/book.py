"""The commands for notes: report and new."""

from __future__ import annotations

import os
import sys
import time
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from symconv.cli.shared import tell, write
from symconv.errors import SymconvError

if TYPE_CHECKING:
    from symconv.book import BookResult

POLL = 0.5
"""Seconds between two looks at the notes."""
EXAMPLE = """\
# My convolution

A kernel of three weights slides over four numbers, with one zero at each end.

```{operation}
y = conv1d(x=[a,b,c,d], w=[x,y,z], padding=1)
```
```{outputs}
```
The same as a matrix:
```{matrix} x
```
"""


@click.command(
    epilog="""\b
Examples:
  symconv report                      derivations/ to reports/
  symconv report my.md -o out         one note
  symconv report my.md --watch        pages in preview/ that reload as you write
"""
)
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    help="Where the pages go (default: reports, with --watch preview).",
)
@click.option("-j", "--jobs", type=click.IntRange(1, 64), help="Processes (default: 1 a core).")
@click.option("--fresh", is_flag=True, help="Build every page, changed or not.")
@click.option("--watch", is_flag=True, help="Build again whenever a note changes, until Ctrl-C.")
@click.pass_context
def report(
    ctx: click.Context,
    paths: tuple[str, ...],
    output: str | None,
    jobs: int | None,
    fresh: bool,
    watch: bool,
) -> None:
    """Build the book: notes to HTML and LaTeX.

    PATHS are notes or folders of *.md; without any, derivations/ is built. Each note gives an HTML
    and a LaTeX file, and all of them an index.

    A note that fails is reported with its file and line, keeps the page it had, and the others
    are built.

    A page is left as it is where neither its note nor symconv has changed (.symconv-cache.json
    beside the pages remembers; versions.txt names the versions). With --watch the pages load
    themselves again after a build, so they go to a folder of their own.
    """
    from symconv.book import build, command_line

    sources = [Path(path) for path in paths or ("derivations",)]
    if not paths and not sources[0].is_dir():
        raise SymconvError("there is no folder derivations here", hint="symconv new my.md")
    if watch:
        _watch(sources, Path(output or "preview"), jobs or 1, fresh=fresh)
        return
    output = output or "reports"
    command = command_line(paths, "" if output == "reports" else output)
    cores = jobs or min(os.cpu_count() or 1, 8)
    with _Progress.on_a_terminal() as progress:
        result = build(
            sources,
            Path(output),
            command=command,
            jobs=cores,
            progress=progress,
            cached=True,
            fresh=fresh,
        )
    _summarise(result, output, debug=bool(ctx.find_root().params.get("debug")))
    if result.failures:
        ctx.exit(2 if any(failure.unreadable for failure in result.failures) else 1)


def _summarise(result: BookResult, output: str, *, debug: bool) -> None:
    for failure in result.failures:
        tell(failure.message, failure.caret)
        if failure.trace:
            hint = "  please tell us what symconv --debug report shows"
            click.echo(failure.trace if debug else hint, err=True)
    failed = f", {len(result.failures)} failed" if result.failures else ""
    count = len(result.built)
    pages = "page" if count == 1 else "pages"
    kept = f", {len(result.kept)} unchanged" if result.kept else ""
    click.echo(f"{Path(output, 'index.html')}: {count} {pages} built{kept}{failed}")


def _watch(sources: list[Path], out: Path, jobs: int, *, fresh: bool) -> None:
    """Build, and again whenever a note changes; an error is told and waited out."""
    from symconv.book import RELOADING, build, check_preview, stamp, state

    check_preview(out)
    number = 0
    seen = None
    try:
        while True:
            now = state(sources)
            if now != seen:
                seen = now
                try:
                    result = build(
                        sources, out, jobs=jobs, cached=True, fresh=fresh, dress=RELOADING
                    )
                    _summarise(result, str(out), debug=False)
                    stamp(out, number := number + 1)
                except SymconvError as error:
                    tell(str(error))
                fresh = False
            time.sleep(POLL)
    except KeyboardInterrupt:
        click.echo("stopped")


class _Progress:
    """A bar on stderr, once the number of notes is known."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        self.bar = Progress(
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.description}", markup=False),
            console=Console(stderr=True),
            transient=True,
        )
        self.task = self.bar.add_task("reading", total=None)

    @staticmethod
    def on_a_terminal() -> AbstractContextManager[Any]:
        """The bar, or None where nobody watches."""
        return _Progress() if sys.stderr.isatty() else nullcontext()

    def __enter__(self) -> _Progress:
        self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.stop()

    def __call__(self, done: int, total: int, name: str) -> None:
        self.bar.update(self.task, completed=done, total=total, description=name)


@click.command(
    epilog="""\b
Example:
  symconv new my.md
  symconv report my.md -o out
"""
)
@click.argument("file", metavar="FILE.md")
def new(file: str) -> None:
    """Write an example note.

    A file that is there already is never overwritten.
    """
    if not file.endswith(".md"):
        raise click.UsageError(f"a note's name ends in .md, not {file!r}")
    try:
        with open(file, "x", encoding="utf-8", newline="\n") as out:
            out.write(EXAMPLE)
    except FileExistsError as error:
        raise SymconvError("the file is there already", where=file, hint="another name") from error
    click.echo(f"{file}: written; now: symconv report {file} -o out")


@click.command(
    epilog="""\b
Examples:
  symconv pdf my.md                   writes my.pdf
  symconv pdf derivations/*.md -o out --through pdflatex
"""
)
@click.argument("notes", nargs=-1, required=True, metavar="NOTE.md...")
@click.option("-o", "--output", metavar="DIR", default="", help="Where the files go.")
@click.option("--through", type=click.Choice(("typst", "pdflatex")), help="How they are made.")
def pdf(notes: tuple[str, ...], output: str, through: str | None) -> None:
    """Print notes as PDF.

    Typst (pip install 'symconv[pdf]') makes tagged files without TeX; without it pdflatex is used.
    """
    from symconv.book.pdf import pdf as make

    for name in notes:
        note = Path(name)
        target = Path(output or note.parent, f"{note.stem}.pdf")
        target.parent.mkdir(parents=True, exist_ok=True)
        write(make(note, name, through or ""), str(target))
        click.echo(f"{target}: written")
