"""The registry: every file's operations stand under their keywords, and none is loaded early."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import symconv.operations
from symconv.operations import REGISTRY, ROOMS

FOLDER = Path(symconv.operations.__file__).parent


@pytest.mark.parametrize("room", ROOMS)
def test_a_file_spells_what_the_registry_says(room):
    made = import_module(f"symconv.operations.{room}").OPERATIONS
    assert tuple(operation.keyword for operation in made) == ROOMS[room]
    assert tuple(REGISTRY[keyword] for keyword in ROOMS[room]) == tuple(made)


def test_every_file_with_operations_is_registered():
    files = {file.stem for file in FOLDER.glob("*.py") if "\nOPERATIONS" in file.read_text("utf-8")}
    assert files == set(ROOMS)


def test_the_registry_is_a_mapping():
    assert "conv2d" in REGISTRY
    assert "conv4d" not in REGISTRY
    assert REGISTRY.get("conv4d") is None
    assert len(REGISTRY) == len(list(REGISTRY)) == sum(map(len, ROOMS.values()))
    with pytest.raises(KeyError):
        REGISTRY["conv4d"]


def test_one_operation_loads_no_other():
    code = (
        "import sys; from symconv.operations import REGISTRY; REGISTRY['conv1d'];"
        "print(*(n.split('.')[2] for n in sys.modules if n.startswith('symconv.operations.')))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(shown.stdout.split()) & set(ROOMS) == {"conv"}
