"""What the commands share: the spec and the sizes beside it, where the output and errors go."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from symconv.errors import SpecError, SymconvError

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 100_000
"""Bytes of a spec."""
Command = TypeVar("Command", bound=Callable[..., Any])

SPEC_HELP = """
SPEC is a text such as 'y = conv1d(x[4], w[3], padding=1)', a file that holds one, or - for
standard input.  Symbols get numbers with N=4 and the like.
"""


def spec_arguments(command: Command) -> Command:
    """The arguments SPEC [N=4 …]."""
    sizes = click.argument("sizes", nargs=-1, metavar="[N=4 ...]")
    return click.argument("spec")(sizes(command))


def output_option(command: Command) -> Command:
    """The option -o FILE."""
    option = click.option("-o", "--output", metavar="FILE", help="Write to FILE.")
    return option(command)


def read_spec(spec: str) -> str:
    """The text that SPEC names: itself, a file's, or standard input's."""
    if spec == "-":
        return _text(sys.stdin.buffer.read(LARGEST + 1), "standard input")
    if _is_file(spec):
        with open(spec, "rb") as file:
            return _text(file.read(LARGEST + 1), spec)
    if "=" not in spec:
        raise SpecError(
            "neither a file nor a spec",
            expected="a file's name, or a text such as 'y = conv1d(x[4], w[3])'",
            got=repr(spec[:80]),
        )
    return spec


def _is_file(spec: str) -> bool:
    try:
        return "\n" not in spec and os.path.isfile(spec)
    except ValueError:
        return False


def _text(data: bytes, where: str) -> str:
    if len(data) > LARGEST:
        raise SpecError("the spec is too large", where=where, expected=f"at most {LARGEST} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SpecError("not UTF-8 text", where=where) from error


def write(result: str | bytes, output: str | None) -> None:
    """To the file, or to standard output."""
    if output is None or output == "-":
        if isinstance(result, bytes) and sys.stdout.isatty():
            raise SymconvError("this format is not for a terminal", hint="-o FILE")
        click.echo(result, nl=False)
        return
    from pathlib import Path

    data = result.encode("utf-8") if isinstance(result, str) else result
    _replace(Path(output), data)


def _replace(file: Path, data: bytes) -> None:
    """Write a file whole or not at all; devices and pipes are written to as they are."""
    if file.exists() and not file.is_file():
        file.write_bytes(data)
        return
    target = file.resolve()
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        aside.write_bytes(data)
        os.replace(aside, target)
    except OSError as error:
        raise SymconvError(f"can't be written: {error.strerror}", where=str(file)) from error
    finally:
        aside.unlink(missing_ok=True)


def tell(message: str, caret: str = "") -> None:
    """An error: one line on stderr, and under it where it is."""
    click.echo(f"error: {' '.join(message.split())}", err=True)
    for line in _clipped(caret):
        click.echo(f"  {line}", err=True)


def _clipped(caret: str, width: int = 100) -> list[str]:
    """A line and the caret under it, cut to the part around the caret."""
    line, _, mark = caret.partition("\n")
    start = max(0, len(mark) - width * 2 // 3)
    return [part for part in (line[start : start + width], mark[start:]) if part]
