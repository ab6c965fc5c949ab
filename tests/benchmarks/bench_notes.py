"""Many claims: notes of several hundred formulas, in one process and in two.

Claims differ in operation, padding, letters and shift; every third is wrong, so that conditions and
likely mistakes are looked for as well.  Time is that of the whole command, start-up included.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from timing import Line, Times

COUNTS = (250, 500, 1000, 2000)
QUICK = (30, 60)
COMMAND = (sys.executable, "-c", "from symconv.cli import main; main()", "check", "--format=json")


def note(count: int) -> str:
    """A note of so many claims, no two alike."""
    lines = ["# Claims", ""]
    for n in range(count):
        stride, shift = 1 + n % 3, n % 7 + n // 100
        if n % 10 == 0:
            lines += [f"<!-- symconv: y = conv1d(x[N], w[K], stride={stride}, padding=P) -->", ""]
        stride = 1 + (n - n % 10) % 3
        wrong = 1 if n % 3 == 2 else 0
        lines.append(f"Number {n}:")
        if n % 2:
            at = f"{stride}o+k-P" + ("+1" if wrong else "")
            left = r"\frac{\partial L}{\partial w_k}"
            right = rf"\sum_o g_o x_{{{at}}} + {shift} g_0 - {shift} g_0"
        else:
            at = f"{stride}o+k-P" + ("-1" if wrong else "")
            left, right = "y_o", rf"\sum_k w_k x_{{{at}}} + {shift} w_0 - {shift} w_0"
        lines += [rf"$${left} = {right}$$", ""]
    return "\n".join(lines)


def spent(file: Path, jobs: int) -> tuple[float, bytes]:
    """Seconds of the command and what it prints."""
    start = time.perf_counter()
    done = subprocess.run([*COMMAND, f"--jobs={jobs}", str(file)], capture_output=True)
    return time.perf_counter() - start, done.stdout


def lines(quick: bool = False) -> Iterator[Line]:
    """Whether time grows with the claims alone, and what a second process brings."""
    counts = QUICK if quick else COUNTS
    taken: dict[tuple[int, int], float] = {}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "note.md")
        for count in counts:
            file.write_text(note(count), encoding="utf-8")
            printed = {}
            for jobs in (1, 2):
                taken[count, jobs], printed[jobs] = spent(file, jobs)
            assert printed[1] == printed[2], "two processes print something else"
    few, many = counts[0], counts[-1]
    times = {
        f"{count} claims, {jobs} process{'es' * (jobs > 1)}": Times(s, s, s, 1)
        for (count, jobs), s in taken.items()
    }
    each = [taken[count, 1] / count for count in counts]
    growth = each[-1] / each[-2]
    yield Line(
        "notes",
        f"time per claim at {many} claims against {counts[-2]}",
        growth,
        "times",
        "linear: at most 1.2",
        growth <= 1.2,
        times,
    )
    gain = taken[many, 1] / taken[many, 2]
    yield Line(
        "notes", f"two processes, {many} claims", gain, "times faster", "1.7", gain >= 1.7, times
    )
    yield Line(
        "notes",
        f"{many} claims, one process",
        1000 * taken[many, 1] / many,
        "ms a claim",
        "",
        True,
        times,
    )
    _ = few


if __name__ == "__main__":
    for line in lines(quick="--quick" in sys.argv):
        print(f"{line.row}: {line.what}: {line.value:.3g} {line.unit} (goal {line.goal})")
        for name, found in line.times.items():
            print(f"    {name}: {found.median:.2f} s")
