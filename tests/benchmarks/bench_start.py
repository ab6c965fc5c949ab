"""Start-up: pairs of processes, a command of ours after what it is held against.

Wall time of whole processes, medians of pairs; the differences are what a person waits for.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence

from timing import Line, in_turn

ROW = "start"
CALL = "from symconv.cli import main; main()"
PASS = ("-c", "pass")
NUMPY = ("-c", "import numpy")
ROWS: tuple[tuple[str, Sequence[str], Sequence[str], float], ...] = (
    ("symconv --version after python -c pass", ("-c", CALL, "--version"), PASS, 0.12),
    (
        "symconv size 'y = conv1d(x[N], w[K], stride=2, padding=P)' after python -c pass",
        ("-c", CALL, "size", "y = conv1d(x[N], w[K], stride=2, padding=P)"),
        PASS,
        0.12,
    ),
    (
        "symconv size 'y = conv2d(x[3,32,32], w[1,3,5,5], padding=2)' after import numpy",
        ("-c", CALL, "size", "y = conv2d(x[3,32,32], w[1,3,5,5], padding=2)"),
        NUMPY,
        0.2,
    ),
)


def process(arguments: Sequence[str]) -> None:
    """One Python process, to its end."""
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)


def lines(quick: bool = False) -> Iterator[Line]:
    """What each command takes longer than the process that it is held against."""
    for what, ours, theirs, goal in ROWS:
        pair = {"symconv": lambda a=ours: process(a), "alone": lambda a=theirs: process(a)}
        times = in_turn(pair, rounds=5 if quick else 21)
        value = times["symconv"].median - times["alone"].median
        yield Line(ROW, what, value, "s more", f"{goal:g}", value <= goal, times)


if __name__ == "__main__":
    for line in lines(quick="--quick" in sys.argv):
        print(f"{line.row}: {line.what}: {line.value:.3f} {line.unit} (goal {line.goal})")
        for name, found in line.times.items():
            print(f"    {name}: {1000 * found.median:.0f} ms (least {1000 * found.least:.0f})")
