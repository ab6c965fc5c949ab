"""The group of commands, and the one place where errors become lines and exit codes.

Exit codes: 0 done; 1 a note failed or a result is negative; 2 a wrong command, a spec that is not
one, or a file that can't be read.
"""

from __future__ import annotations

import gc
import io
import sys
from importlib import import_module
from typing import Any

import click

from symconv import __version__
from symconv.cli.shared import tell
from symconv.errors import CheckFailed, SpecError, SymconvError

COMMANDS = {
    "check": "checking",
    "code": "readings",
    "derive": "readings",
    "figure": "figures",
    "graph": "readings",
    "matrix": "readings",
    "new": "book",
    "pdf": "book",
    "report": "book",
    "size": "readings",
}
"""Each command and its file, which is loaded when the command is asked for."""
MANY = 50_000
"""Objects made before Python looks for circular garbage: a command makes little of it, and at the
usual 700 the looking alone takes a tenth of its start."""


class Commands(click.Group):
    """A group whose commands end in a line of text, never in a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, if there is one."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"symconv.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        gc.set_threshold(MANY)
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
                import traceback

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
