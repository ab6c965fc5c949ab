"""The group of commands, and the one place where errors become lines and exit codes.

Exit codes: 0 done; 1 a note failed or a result is negative; 2 a wrong command, a spec that is not
one, or a file that can't be read.
"""

from __future__ import annotations

import io
import sys
import traceback
from typing import Any

import click

from symconv import __version__
from symconv.cli.book import new, pdf, report
from symconv.cli.checking import check
from symconv.cli.figures import figure
from symconv.cli.readings import code, derive, graph, matrix, size
from symconv.cli.shared import tell
from symconv.errors import CheckFailed, SpecError, SymconvError


class Commands(click.Group):
    """A group whose commands end in a line of text, never in a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(encoding="utf-8")
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            tell("interrupted")
            ctx.exit(130)
        except Exception as error:
            if ctx.params.get("debug"):
                click.echo(traceback.format_exc(), err=True, nl=False)
            tell(*described(error))
            ctx.exit(1 if isinstance(error, CheckFailed) else 2)


def described(error: Exception) -> tuple[str, str]:
    """An exception in one line, and the caret lines if it has a place in a spec."""
    match error:
        case SpecError():
            return str(error), error.caret()
        case SymconvError():
            return str(error), ""
        case RecursionError():
            return "something is nested too deeply", ""
        case MemoryError():
            return "not enough memory; try smaller sizes", ""
        case OSError():
            return f"{error.filename or 'the output'}: {error.strerror}", ""
    kind = type(error).__name__
    return f"a bug in symconv ({kind}: {error}); please report what --debug shows", ""


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="A SPEC is a text such as 'y = conv1d(x[4], w[3], padding=1)', a file, or - (stdin).",
)
@click.version_option(__version__, prog_name="symconv", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, help="Show the traceback of an unexpected error.")
def main(debug: bool) -> None:
    """Derive, check and print convolutions and their gradients."""


for command in (report, pdf, new, derive, check, matrix, graph, figure, size, code):
    main.add_command(command)
