"""The command that checks what somebody wrote: files, a formula, a function."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from symconv.cli.shared import LARGEST, read_spec, tell, write
from symconv.errors import NoteError, SymconvError

if TYPE_CHECKING:
    from symconv.audit import Finding

LARGEST_FILE = 100_000_000
"""Bytes of a file that is opened; what is read of it is bounded by its kind."""
ENDINGS = (".md", ".markdown", ".tex", ".ipynb", ".py")
KNOWN = ", ".join(ENDINGS)


@click.command(
    help="""Check files, a formula or a function.

FILES are notes (.md, .tex, .ipynb, .py) or folders of them, with the operation declared in a
comment: <!-- symconv: y = conv1d(x[N], w[K]) -->, % symconv: ... or # symconv: ...

\b
Exit code 0: every claim is proved or checked, or as expect= says;
          1: a claim is refuted, conditional, undecided or not understood;
          2: a wrong command, or a file that can't be read.
""",
    epilog="""\b
Examples:
  symconv check notes.md lecture.tex code/
  symconv check --op 'y = conv1d(x[N], w[K], stride=2)' \\
      --formula '\\frac{\\partial L}{\\partial w_k} = \\sum_o g_o x_{2o+k}'
  symconv check --op 'y = conv1d(x[N], w[K])' --formula - < formula.tex
  symconv check --op 'y = conv1d(x[N], w[K])' --code grad.py:backward --gives dx,dw --run
""",
)
@click.argument("files", nargs=-1, metavar="[FILES]...")
@click.option("--op", "spec", metavar="SPEC", help="The operation (in files: until one is said).")
@click.option("--formula", metavar="TEX", help="A formula, @FILE, or - (stdin).")
@click.option("--code", metavar="FILE.py:NAME", help="A function in a file.")
@click.option("--gives", metavar="dx,dw", default="dx,dw", help="What the function returns.")
@click.option("--run", is_flag=True, help="Run the function too, in a child process with limits.")
@click.option(
    "--option",
    "options",
    multiple=True,
    metavar="NAME=VALUE",
    help="An option of a declaration, such as upstream=delta; may be repeated.",
)
@click.option(
    "--format",
    type=click.Choice(("text", "json", "junit", "github")),
    default="text",
    show_default=True,
)
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    metavar="N",
    help="Judge the claims of FILES in N processes; what is printed is the same.",
)
@click.option("--allow-unparsed", is_flag=True, help="Formulas that are not understood are fine.")
@click.option("--allow-conditional", is_flag=True, help="Unstated conditions are fine.")
@click.option(
    "--color", type=click.Choice(("auto", "always", "never")), default="auto", show_default=True
)
@click.option("-v", "--verbose", is_flag=True, help="Ignored formulas, readings and assumptions.")
@click.pass_context
def check(
    ctx: click.Context,
    files: tuple[str, ...],
    spec: str | None,
    formula: str | None,
    code: str | None,
    gives: str,
    run: bool,
    options: tuple[str, ...],
    format: str,
    jobs: int,
    allow_unparsed: bool,
    allow_conditional: bool,
    color: str,
    verbose: bool,
) -> None:
    """Print the verdict on every claim."""
    from symconv.audit.data import fails

    allowed = {"not_understood"} if allow_unparsed else set()
    allowed |= {"conditional"} if allow_conditional else set()
    asked = sum(bool(what) for what in (files, formula, code))
    if asked != 1:
        raise click.UsageError("give FILES, or --op with --formula or --code")
    if run and not code:
        raise click.UsageError("--run goes with --code: files are read, never run")
    if not files and spec is None:
        raise click.UsageError("--op says which operation the formula or code is about")
    ctx.color = {"auto": None, "always": True, "never": False}[color]
    if files:
        findings, problems = _files(files, spec, options, jobs)
    else:
        findings, problems = [_single(spec or "", formula, code, gives, options, run=run)], []
    frozen = frozenset(allowed)
    _print(findings, format, frozen, verbose=verbose, bare=not files)
    for problem in problems:
        tell(str(problem))
    if problems:
        ctx.exit(2)
    if any(fails(finding, frozen) for finding in findings):
        ctx.exit(1)


# --- what is checked ----------------------------------------------------------------------------


def _single(
    spec: str,
    formula: str | None,
    code: str | None,
    gives: str,
    options: tuple[str, ...],
    *,
    run: bool,
) -> Finding:
    """One formula or one function."""
    from symconv.audit import Finding
    from symconv.judge import judge
    from symconv.operations.build import build
    from symconv.syntax.declaration import conventions_from
    from symconv.syntax.spec import parse

    graph = build(parse(read_spec(spec)))
    conventions = conventions_from(_options(options))
    if formula is not None:
        text = read_formula_text(formula)
        name = "" if formula[:1] != "@" else formula[1:]
        verdict = judge(text, graph, conventions)
        column = max(1, verdict.column)
        return Finding(name, 1, column, "formula", text, verdict, conventions.expect)
    from symconv.api.checking import check_code_file

    path, _, function = (code or "").rpartition(":")
    if not path:
        raise click.UsageError("--code is FILE.py:NAME")
    verdict = check_code_file(path, function, graph, gives, conventions, run=run)
    return Finding(path, 1, 1, "code", function, verdict, conventions.expect)


def _options(options: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for option in options:
        name, sign, value = option.partition("=")
        called = re.fullmatch(r"\s*names\s*\((.*)\)\s*", option, re.DOTALL)
        if called:
            name, sign, value = "names", "=", called[1]
        if not sign:
            raise click.UsageError(f"--option is NAME=VALUE, not {option!r}")
        name, value = name.strip(), value.strip()
        if name == "names" and name in found:
            value = f"{found[name]}, {value}"
        found[name] = value
    return found


def read_formula_text(formula: str) -> str:
    """The formula itself, a file's (``@name``), or standard input's."""
    if formula == "-":
        return sys.stdin.read(LARGEST + 1)
    if formula.startswith("@"):
        return _read(Path(formula[1:]))
    return formula


def _files(
    names: tuple[str, ...], spec: str | None, options: tuple[str, ...], jobs: int
) -> tuple[list[Finding], list[SymconvError]]:
    """The findings of files and folders, and what could not be read."""
    if jobs > 1:  # the others load what they need while this process does
        from symconv.executors import processes

        processes("symconv.audit.jobs")
    from symconv.audit import audit_files, pool
    from symconv.operations.build import build
    from symconv.syntax.declaration import conventions_from
    from symconv.syntax.spec import parse

    base = conventions_from(_options(options))
    graph = build(parse(read_spec(spec))) if spec is not None else None
    paths = list(dict.fromkeys(path for name in names for path in _inside(Path(name))))
    findings: list[Finding] = []
    problems: list[SymconvError] = []
    hidden = not sys.stderr.isatty()
    executor = pool(jobs) if jobs > 1 else None
    try:
        results = audit_files(paths, _read, base, graph, executor)
        with click.progressbar(
            results, len(paths), label="checking", file=sys.stderr, hidden=hidden
        ) as bar:
            for path, found in bar:
                if isinstance(found, Exception):
                    problems.append(_unreadable(path, found))
                else:
                    findings += found
    finally:
        if executor is not None:
            executor.shutdown(cancel_futures=True)
    return findings, problems


def _inside(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    near = (file for file in path.rglob("*") if file.suffix.lower() in ENDINGS)
    found = sorted(f for f in near if f.is_file() and not _hidden(f.relative_to(path)))
    if not found:
        raise NoteError("no file to check in this folder", where=str(path), expected=KNOWN)
    return found


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _read(path: Path) -> str:
    with path.open("rb") as file:
        data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        expected = f"at most {LARGEST_FILE} bytes"
        raise NoteError("the file is too large", where=str(path), expected=expected)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise NoteError("not UTF-8 text", where=f"{path}:{line}") from error


def _unreadable(path: Path, error: Exception) -> SymconvError:
    if isinstance(error, SymconvError):
        return error
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return NoteError(f"can't be read: {reason}", where=str(path))


# --- what is printed ----------------------------------------------------------------------------


def _print(
    findings: list[Finding], format: str, allowed: frozenset[str], *, verbose: bool, bare: bool
) -> None:
    from symconv.audit import data

    if format == "json":
        write(data.to_json(findings), None)
    elif format == "junit":
        write(data.to_junit(findings, allowed), None)
    elif format == "github":
        write(data.to_github(findings, allowed), None)
    else:
        _text(findings, verbose=verbose, bare=bare)


def _text(findings: list[Finding], *, verbose: bool, bare: bool) -> None:
    """Each finding under its outcome and place, and the sum of them."""
    from symconv.audit import data, people

    for finding in people.told(findings, verbose=verbose):
        outcome = click.style(
            people.outcome_words(finding.verdict),
            fg=people.COLOURS[finding.verdict.outcome],
            bold=True,
        )
        place = "" if bare else f"{data.harmless(finding.place)}: "
        expected = f" (expected {finding.expected})" if finding.expected and not finding.ok else ""
        expected = expected or (" (as expected)" if finding.expected else "")
        lines: list[Any] = people.lines_of(finding, verbose=verbose)
        click.echo("\n".join([f"{place}{outcome}{expected}", *lines]))
        click.echo()
    if not bare:
        click.echo(people.summary(findings))
