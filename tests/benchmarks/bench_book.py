"""The book: built from nothing, built again unchanged, and after one note was changed.

``python tests/benchmarks/bench_book.py --profile`` says in which rooms a cold build spends its
time, note by note and library by library, in one process.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from timing import Line, Times

ROW = "book"
ROOT = Path(__file__).resolve().parents[2]
NOTES = ROOT / "derivations"
CHANGED = "11-computation-graph.md"
"""The note that is changed: of middling length."""
COMMAND = (sys.executable, "-c", "from symconv.cli import main; main()", "report")


def spent(folder: Path, *options: str) -> float:
    """Seconds of the whole command, which writes into the folder's own ``reports``."""
    start = time.perf_counter()
    paths = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    env = {**os.environ, "PYTHONPATH": paths}
    done = subprocess.run([*COMMAND, *options], cwd=folder, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return time.perf_counter() - start


def lines(quick: bool = False) -> Iterator[Line]:
    """Cold, warm and nothing changed, warm and one note changed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(NOTES, folder / "derivations")
        cold = [spent(folder)]
        same = [spent(folder) for _ in range(1 if quick else 3)]
        changed = []
        for number in range(1 if quick else 5):
            with (folder / "derivations" / CHANGED).open("a", encoding="utf-8") as note:
                note.write(f"\nChanged {number + 1} times.\n")
            changed.append(spent(folder))
    times = {
        "cold": _times(cold),
        "nothing changed": _times(same),
        f"{CHANGED} changed": _times(changed),
    }
    yield Line(ROW, "cold", cold[0], "s", "profiled and explained", True, times)
    value = _times(changed).median
    yield Line(ROW, "after one note changed", value, "s", "under 2", value < 2, times)


def _times(found: list[float]) -> Times:
    ordered = sorted(found)
    return Times(ordered[len(ordered) // 2], ordered[0], ordered[-1], len(ordered))


def profile() -> None:
    """Where a cold build spends its time: seconds by note, and own seconds by room."""
    from symconv.book import build

    rooms: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        for note in sorted(NOTES.glob("*.md")):
            profiler = cProfile.Profile()
            profiler.enable()
            build([note], Path(name, note.stem))
            profiler.disable()
            stats = pstats.Stats(profiler)
            print(f"{note.name:45} {stats.total_tt:6.2f} s")  # type: ignore[attr-defined]
            for (file, _, _), (_, _, own, _, _) in stats.stats.items():  # type: ignore[attr-defined]
                rooms[_room(file)] += own
    for room, seconds in rooms.most_common(20):
        print(f"    {room:40} {seconds:6.2f} s")


def _room(file: str) -> str:
    """Ours by room, libraries by name."""
    parts = Path(file).parts
    if "symconv" in parts:
        inside = parts[len(parts) - parts[::-1].index("symconv") :]
        return f"symconv.{inside[0].removesuffix('.py')}"
    if "site-packages" in parts:
        return parts[parts.index("site-packages") + 1]
    return "Python and built-in functions (isl among them)"


if __name__ == "__main__":
    if "--profile" in sys.argv:
        profile()
    else:
        for line in lines(quick="--quick" in sys.argv):
            print(f"{line.row}: {line.what}: {line.value:.2f} {line.unit} (goal {line.goal})")
            for name, found in line.times.items():
                print(f"    {name}: {found.median:.2f} s")
