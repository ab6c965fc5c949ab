"""Every bad spec is refused in one line that says where, what clashes and what would fit."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner, Result
from message_cases import COMMANDS, SPECS, Bad, in_order

import symconv
from symconv.cli import main
from symconv.errors import SymconvError


def run(*arguments: str) -> Result:
    """A command in this process."""
    return CliRunner().invoke(main, list(arguments))


def one_line(result: Result, code: int) -> tuple[str, list[str]]:
    """The message of a command that failed as it should, and the lines under it."""
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    first, *rest = result.stderr.splitlines()
    assert first.startswith("error: ")
    for word in ("Traceback", "a bug in symconv", "SpecError", "GeometryError", "Tree("):
        assert word not in result.output
    return first.removeprefix("error: "), rest


def test_there_are_enough_kinds() -> None:
    assert len({bad.kind for bad in SPECS}) == len({bad.text for bad in SPECS}) == len(SPECS) >= 40


@pytest.mark.parametrize("bad", SPECS, ids=[bad.kind for bad in SPECS])
def test_a_bad_spec(bad: Bad) -> None:
    message, below = one_line(run("size", bad.text), 2)
    if ":" in bad.where and bad.where[0].isdigit():
        line, column = map(int, bad.where.split(":"))
        assert message.startswith(f"line {line}, column {column}: ")
        spec, caret = below
        assert spec == "  " + bad.text.splitlines()[line - 1]
        assert caret == " " * (column + 1) + "^"
        assert spec[len(caret) - 1 :].startswith(bad.at)
        assert bad.at
    else:
        assert message.startswith(f"{bad.where}: ")
        assert not below
    in_order(message, bad.says)


@pytest.mark.parametrize("bad", SPECS, ids=[bad.kind for bad in SPECS])
def test_python_says_the_same(bad: Bad) -> None:
    with pytest.raises(SymconvError) as caught:
        symconv.operation(bad.text)
    assert "\n" not in str(caught.value)
    message, _ = one_line(run("code", bad.text), 2)
    assert message == str(caught.value)


@pytest.mark.parametrize(("arguments", "says"), COMMANDS, ids=[" ".join(a) for a, _ in COMMANDS])
def test_a_bad_command(arguments: tuple[str, ...], says: tuple[str, ...]) -> None:
    message, below = one_line(run(*arguments), 2)
    in_order(message, says)
    assert len(below) in (0, 2)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["size", "y = conv1d(x[4], w[7])"], "error: conv1d: the kernel is larger"),
        (["matrix", "y = conv1d(x[4], w[3], strid=2)", "--of", "x"], "try stride"),
        (["code", "no such file"], "error: neither a file nor a spec"),
    ],
)
def test_a_bad_spec_in_a_shell(arguments: list[str], says: str) -> None:
    program = [sys.executable, "-c", "from symconv.cli import main; main()"]
    done = subprocess.run([*program, *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stdout == ""
    assert says in done.stderr.splitlines()[0]
    assert "Traceback" not in done.stderr
