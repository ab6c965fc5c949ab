"""The book: built from nothing, built again unchanged, and after one note was changed.

symconv is there with its byte code, as pip installs it; times are wall times of whole commands.

``python tests/benchmarks/bench_book.py --profile`` says where the time goes: note by note and room
by room for a cold build, step by step after a change.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from timing import ROOT, Line, Times, installed

ROW = "book"
NOTES = ROOT / "derivations"
CHANGED = "11-computation-graph.md"
"""The note that is changed: of middling length."""
COMMAND = (sys.executable, "-c", "from symconv.cli import main; main()", "report")
LIBRARIES = "import symconv.book, sympy, numpy, islpy, lark"
"""What a page can't be made without, beside what looks for changes."""
WITNESS = ("symconv.engine.loops", "symconv.engine.meetings")


def spent(command: tuple[str, ...], folder: Path, environment: Mapping[str, str]) -> float:
    """Seconds of a whole command."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return time.perf_counter() - start


def lines(quick: bool = False) -> Iterator[Line]:
    """Cold, warm and nothing changed, warm and one note changed."""
    with installed() as environment, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(NOTES, folder / "derivations")
        cold = [spent(COMMAND, folder, environment)]
        same = [spent(COMMAND, folder, environment) for _ in range(1 if quick else 3)]
        changed = [after_a_change(folder, environment) for _ in range(1 if quick else 5)]
    times = {
        "cold": _times(cold),
        "nothing changed": _times(same),
        f"{CHANGED} changed": _times(changed),
    }
    yield Line(ROW, "cold", cold[0], "s", "profiled and explained", True, times)
    value = _times(changed).median
    yield Line(ROW, "after one note changed", value, "s", "under 2", value < 2, times)


def after_a_change(folder: Path, environment: Mapping[str, str]) -> float:
    """Seconds of the command after a line was added to the note."""
    with (folder / "derivations" / CHANGED).open("a", encoding="utf-8") as note:
        note.write("\nChanged once more.\n")
    return spent(COMMAND, folder, environment)


def _times(found: list[float]) -> Times:
    return Times(statistics.median(found), min(found), max(found), len(found))


# --- where the time goes ------------------------------------------------------------------------


def profile() -> str:
    """A cold build by notes and by rooms, and the steps after one note was changed."""
    return f"{_cold()}\n\n{_warm()}"


def _cold(rounds: int = 3) -> str:
    """Every note in this process, one after the other; then all again under the profiler."""
    from symconv.book import build

    jobs = sorted(NOTES.glob("*.md"))
    taken: dict[str, list[float]] = {note.name: [] for note in jobs}
    rooms: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        for turn in range(rounds + 1):
            for note in jobs:
                start = time.process_time()
                build([note], Path(name, str(turn), note.stem))
                taken[note.name] += [time.process_time() - start] * bool(turn)
        profiler = cProfile.Profile()
        for note in jobs:
            profiler.enable()
            build([note], Path(name, "profiled", note.stem))
            profiler.disable()
    for (file, _, _), (_, _, own, _, _) in pstats.Stats(profiler).stats.items():  # type: ignore[attr-defined]
        rooms[_room(file)] += own
    notes = {name: statistics.median(found) for name, found in taken.items()}
    whole, counted = sum(notes.values()), sum(rooms.values())
    longest = max(notes, key=lambda name: notes[name])
    witness = sum(rooms[room] for room in WITNESS)
    loading = _loading()
    cores = os.cpu_count() or 1
    return "\n".join([
        f"### {ROW}: cold",
        "",
        *_table({f"`{name}`": seconds for name, seconds in notes.items()}),
        "",
        "| room or library, its own time | share |",
        "|---|---|",
        *(f"| {room} | {own / counted:.1%} |" for room, own in rooms.most_common(12)),
        "",
        f"The {len(notes)} notes take {whole:.1f} s of a processor, each built again in one "
        f"process that has loaded everything; loading takes {loading['all']:.2f} s, once, in the "
        f"process that the others are copied from, so that {cores} cores need at least "
        f"{loading['all'] + max(whole / cores, notes[longest]):.1f} s.",
        f"The longest, {longest}, takes {notes[longest]:.1f} s of it.  Plain Python loops over "
        f"every product ({' and '.join(WITNESS)}) take {witness / counted:.0%} of the time: they "
        "testify against the fast engine, and would be no witness if they were made fast.",
        "What the notes ask for is done each time: every formula derived again, every gradient "
        "checked against the engine and finite differences, every claim judged, every matrix "
        "and picture written three times (HTML, LaTeX, files to save).  Keeping any of "
        "it between builds would be trusting what the book is there to check.",
    ])  # fmt: skip


def _warm(rounds: int = 5) -> str:
    """The whole command, and how much of it each step takes by itself."""
    found: dict[str, list[float]] = {"whole": [], "same": []}
    with installed() as environment, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(NOTES, folder / "derivations")
        spent(COMMAND, folder, environment)
        for turn in range(rounds + 1):
            whole, same = after_a_change(folder, environment), spent(COMMAND, folder, environment)
            found["whole"] += [whole] * bool(turn)
            found["same"] += [same] * bool(turn)
    whole, same = (statistics.median(found[name]) for name in ("whole", "same"))
    loading = _loading()
    rest = whole - same - loading["ours"] - loading["libraries"]
    table = {
        "Python, and finding out what has changed": same,
        "loading SymPy, NumPy, isl, lark": loading["libraries"],
        "loading symconv": loading["ours"],
        f"`{CHANGED}`: derived, checked, drawn and written": rest,
    }
    return "\n".join([
        f"### {ROW}: after one note changed",
        "",
        *_table(table),
        "",
        f"Of {whole:.2f} s the libraries' loading is {loading['libraries']:.2f} s, which no "
        "page can do without and no part of which loads alone.",
        f"The build that finds nothing changed takes {same:.2f} s and loads none of them; "
        f"symconv's own modules take {loading['ours']:.2f} s, and the note {rest:.2f} s.",
    ])  # fmt: skip


def _table(stages: Mapping[str, float]) -> list[str]:
    """Stages with their milliseconds and shares."""
    whole = sum(stages.values())
    rows = [f"| {name} | {1000 * s:,.0f} | {s / whole:.1%} |" for name, s in stages.items()]
    return ["| stage | ms | share |", "|---|---|---|", *rows]


def _loading(rounds: int = 5) -> dict[str, float]:
    """Seconds that the libraries take to load, and what symconv's rooms take besides."""
    codes = {
        "nothing": "import symconv.book",
        "libraries": LIBRARIES,
        "all": f"{LIBRARIES}, symconv.book.page",
    }
    found: dict[str, list[float]] = {name: [] for name in codes}
    with installed() as environment:
        for turn in range(rounds + 1):
            for name, code in codes.items():
                seconds = spent((sys.executable, "-c", code), ROOT, environment)
                found[name] += [seconds] * bool(turn)
    nothing, libraries, everything = (statistics.median(times) for times in found.values())
    return {
        "libraries": libraries - nothing,
        "ours": everything - libraries,
        "all": everything,
    }


def _room(file: str) -> str:
    """Ours by room and file, libraries by name."""
    parts = Path(file).parts
    if "symconv" in parts:
        inside = parts[len(parts) - parts[::-1].index("symconv") :]
        return ".".join(["symconv", *inside[:2]]).removesuffix(".py")
    if "site-packages" in parts:
        return parts[parts.index("site-packages") + 1]
    return "Python and built-in functions (isl among them)"


if __name__ == "__main__":
    if "--profile" in sys.argv:
        print(profile())
    else:
        for line in lines(quick="--quick" in sys.argv):
            print(f"{line.row}: {line.what}: {line.value:.2f} {line.unit} (goal {line.goal})")
            for name, found in line.times.items():
                print(f"    {name}: {found.median:.2f} s")
