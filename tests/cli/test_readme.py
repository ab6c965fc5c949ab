"""README.md says nothing that does not run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from symconv import api
from symconv.cli import main
from symconv.operations import REGISTRY
from symconv.syntax.notes import Directive, parse_note

README = (Path(__file__).parent.parent.parent / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^(`{3,})(\w*)\n(.*?)^\1$", README, re.MULTILINE | re.DOTALL)


def blocks(language):
    return [text for _, kind, text in BLOCKS if kind == language]


def test_the_two_commands_stand_where_ci_looks_for_them():
    _, _, rest = README.partition("\n<!-- commands -->\n")
    lines = re.findall(r"^```sh\n([^\n]*)\n```$", rest, re.MULTILINE)[:2]
    assert [line.rpartition(" && ")[2] for line in lines] == [
        ".venv/bin/symconv report",
        ".venv/bin/pytest",
    ]
    assert all(line.startswith("python3 -m venv .venv && ") for line in lines)


@pytest.mark.parametrize("line", [x for x in blocks("sh")[2].splitlines() if x])
def test_commands(line):
    result = CliRunner().invoke(main, shlex.split(line)[1:])
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout


def test_python():
    (text,) = blocks("python")
    space: dict = {}
    exec(text, space)
    for line in text.splitlines():
        if line.startswith("op = "):
            exec(line, space)
        elif line.startswith("op."):
            code, _, expected = line.partition("#")
            value = eval(code, space)
            assert value is not None
            if expected.strip().startswith("("):
                assert repr(value) == expected.strip()


def test_own_operation_and_note():
    (own,) = blocks("")
    assert api.operation(own).open_sizes
    (note,) = blocks("markdown")
    assert any(isinstance(block, Directive) for block in parse_note(note, "n.md").blocks)


def test_every_operation_is_listed():
    _, _, table = README.partition("## Operations")
    listed = set(re.findall(r"`(\w+)`", table.partition("\n\nA tensor")[0]))
    spelled = {name for name in REGISTRY if not re.search(r"_pool\dd", name)}
    assert spelled <= listed
    assert {"avg_pool1d", "max_pool3d"} <= listed
