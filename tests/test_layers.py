"""The rooms of the house: imports point down only, and stand at the top of the file."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "symconv"
ROOT = "the package"
"""``symconv/__init__.py``: it exports lazily, and may name anything."""

LAYERS = (
    "values",
    "errors document functions names fourier",
    "index engine continuous conventions executors canonical",
    "terms calls writers",
    "geometry reindex sizes symbolic",
    "graph",
    "operations elements notation meaning expand",
    "fixing",
    "gradients adjoints closed jacobians duals witness sampling matrices claims",
    "printing codegen written unread flow syntax outputs",
    "steps worked checks exports figures provers sandbox",
    "conditions mistakes right",
    "judge ways own_names",
    "story audit sweeps",
    "api",
    "book",
    "cli",
    "__main__",
)
"""Rooms by level, the lowest first.  Rooms of one level do not import each other."""

LEVEL = {room: level for level, rooms in enumerate(LAYERS) for room in rooms.split()}
ONLY = {"engine": {"errors"}}
"""The engine testifies against everything else, so it shares nothing with it."""
LATE = {"cli"}
"""Rooms that may import inside a function, so that they start at once."""


def violations(package: Path) -> list[str]:
    """What breaks the rules, one line each."""
    found = []
    for file in sorted(package.rglob("*.py")):
        inside = file.relative_to(package)
        room = inside.parts[0].removesuffix(".py")
        tree = ast.parse(file.read_text(encoding="utf-8"))
        if inside.parts == ("__init__.py",):
            continue
        if room not in LEVEL:
            found.append(f"{inside}: the room {room} has no level")
            continue
        top = {id(node) for node in at_top(tree)}
        for node, target in imports(tree, ("symconv", *inside.parts[:-1])):
            place = f"{inside}:{node.lineno}: "
            if id(node) not in top and room not in LATE:
                found.append(f"{place}an import inside a function or block")
            complaint = against(room, target)
            found += [f"{place}{complaint}"] if complaint else []
    return found


def at_top(tree: ast.Module) -> Iterator[ast.stmt]:
    """The statements of the file itself and of ``if TYPE_CHECKING:``."""
    for node in tree.body:
        yield node
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield from node.body


def imports(tree: ast.Module, package: tuple[str, ...]) -> Iterator[tuple[ast.stmt, str]]:
    """Every import and the room that it names ("" for what is not ours)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, room_of(alias.name)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*above, *filter(None, [node.module])))
            for name in [alias.name for alias in node.names] if module == "symconv" else [""]:
                yield node, "" if name.startswith("__") else name or room_of(module)


def room_of(module: str) -> str:
    package, _, rest = module.partition(".")
    return "" if package != "symconv" else rest.partition(".")[0] or ROOT


def against(room: str, target: str) -> str:
    """What speaks against an import, or nothing."""
    if target in ("", room):
        return ""
    if target not in LEVEL:
        return f"{room} imports {target}, which is no room"
    if room in ONLY and target not in ONLY[room]:
        return f"{room} imports {target}, and may import {', '.join(ONLY[room])} alone"
    if LEVEL[target] >= LEVEL[room]:
        return f"{room} (level {LEVEL[room]}) imports {target} (level {LEVEL[target]})"
    return ""


def test_imports_point_down():
    assert violations(PACKAGE) == []


def test_every_room_is_there():
    there = (path.name for path in PACKAGE.iterdir() if path.name != "__init__.py")
    rooms = {name.removesuffix(".py") for name in there if name[0] != "_" or name[:2] == "__"}
    assert set(LEVEL) <= rooms


PLANTED = [
    ("index.py", "from symconv.api import operation", "index (level 2) imports api"),
    ("index.py", "import symconv.graph as g", "index (level 2) imports graph"),
    ("matrices/maps.py", "from symconv.gradients import backward", "matrices (level 8) imports"),
    ("matrices/maps.py", "from symconv import api", "matrices (level 8) imports api"),
    ("engine/conv.py", "from symconv.names import latex_name", "may import errors alone"),
    ("graph.py", "from .steps import derive", "graph (level 5) imports steps (level 10)"),
    ("engine/conv.py", "from ..api import operation", "engine imports api"),
    ("engine/conv.py", "from .. import api", "engine imports api"),
    ("graph.py", "import symconv", "which is no room"),
    ("graph.py", "def f():\n    import math", "inside a function"),
    ("graph.py", "if TYPE_CHECKING:\n    from symconv.api import Operation", "imports api"),
    ("newcomer.py", "", "newcomer has no level"),
]


@pytest.mark.parametrize(("file", "text", "complaint"), PLANTED, ids=[p[1] for p in PLANTED])
def test_a_planted_import_is_caught(tmp_path, file, text, complaint):
    package = tmp_path / "symconv"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    before = violations(package)
    with (package / file).open("a", encoding="utf-8") as out:
        out.write(f"\n{text}\n")
    new = [line for line in violations(package) if line not in before]
    assert len(new) == 1
    assert new[0].startswith(file)
    assert complaint in new[0]
