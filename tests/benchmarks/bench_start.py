"""Start-up: pairs of processes, a command of ours after what it is held against.

Wall time of whole processes, medians of pairs: what a person waits for.  symconv is there with its
byte code, as pip installs it and as NumPy is; the last line is the very first start, from bare
sources.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence

from timing import Line, Times, in_turn, installed

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
BARE = "without byte code"


def process(arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    """One Python process, to its end."""
    command = [sys.executable, *arguments]
    subprocess.run(command, check=True, capture_output=True, env=environment)


def lines(quick: bool = False) -> Iterator[Line]:
    """What each command takes longer than the process that it is held against."""
    rounds = 5 if quick else 21
    with installed() as environment:
        for what, ours, theirs, goal in ROWS:
            times = pair(ours, theirs, environment, rounds)
            value = times["symconv"].median - times["alone"].median
            yield Line(ROW, what, value, "s more", f"{goal:g}", value <= goal, times)
    what, ours, theirs, _ = ROWS[1]
    with installed(compiled=False) as environment:
        times = pair(ours, theirs, environment, rounds)
    value = times["symconv"].median - times["alone"].median
    yield Line(ROW, f"{what}, {BARE}", value, "s more", "", True, times)


def pair(
    ours: Sequence[str], theirs: Sequence[str], environment: Mapping[str, str], rounds: int
) -> dict[str, Times]:
    """A command of ours and what it is held against, in turn."""
    processes = {
        "symconv": lambda: process(ours, environment),
        "alone": lambda: process(theirs, environment),
    }
    return in_turn(processes, rounds=rounds)


if __name__ == "__main__":
    for line in lines(quick="--quick" in sys.argv):
        print(f"{line.row}: {line.what}: {line.value:.3f} {line.unit} (goal {line.goal})")
        for name, found in line.times.items():
            print(f"    {name}: {1000 * found.median:.0f} ms (least {1000 * found.least:.0f})")
