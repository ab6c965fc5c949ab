"""Many claims: notes of several hundred formulas, in one process and in two.

Claims differ in operation, padding, letters and shift; every third is wrong, so that conditions and
likely mistakes are looked for as well.  Time is that of the whole command, start-up included.
"""

from __future__ import annotations

import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from timing import Line, Times, in_turn, installed

from symconv.audit import audit_text
from symconv.audit import jobs as sharing
from symconv.conventions import PLAIN

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


def spent(file: Path, jobs: int, environment: Mapping[str, str]) -> tuple[float, bytes]:
    """Seconds of the command and what it prints."""
    start = time.perf_counter()
    command = [*COMMAND, f"--jobs={jobs}", str(file)]
    done = subprocess.run(command, capture_output=True, env=environment)
    return time.perf_counter() - start, done.stdout


def lines(quick: bool = False) -> Iterator[Line]:
    """Whether time grows with the claims alone, and what a second process brings.

    The two ways take turns; at the largest count three times, for that is where they are compared.
    """
    counts = QUICK if quick else COUNTS
    found: dict[tuple[int, int], list[float]] = {}
    with installed() as environment, tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "note.md")
        for count in counts:
            file.write_text(note(count), encoding="utf-8")
            for _ in range(3 if count == counts[-1] and not quick else 1):
                printed = {}
                for jobs in (1, 2):
                    seconds, printed[jobs] = spent(file, jobs, environment)
                    found.setdefault((count, jobs), []).append(seconds)
                assert printed[1] == printed[2], "two processes print something else"
    taken = {key: statistics.median(seconds) for key, seconds in found.items()}
    many = counts[-1]
    times = {
        f"{count} claims, {jobs} process{'es' * (jobs > 1)}": Times(
            statistics.median(s), min(s), max(s), len(s)
        )
        for (count, jobs), s in found.items()
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


def profile() -> str:
    """What of the work two processes can share: every stage of one process, timed by itself.

    Judging is timed once, for a second time much of it is known.
    """
    text = note(COUNTS[-1])
    loading = _loading()
    asked = sharing._noted(text, "note.md", PLAIN, None)
    batches = [asked[n : n + sharing.BATCH] for n in range(0, len(asked), sharing.BATCH)]
    start = time.process_time()
    verdicts = [found for batch in batches for found in sharing._judged(batch)]
    judging = time.process_time() - start
    known = list(zip(asked, verdicts, strict=True))
    stages = {
        "noting": lambda: sharing._noted(text, "note.md", PLAIN, None),
        "handing": lambda: [pickle.loads(pickle.dumps(part)) for part in (*batches, verdicts)],
        "recalling": lambda: audit_text(text, "note.md", PLAIN, None, sharing._recalling(known)),
    }
    took = in_turn(stages, rounds=5, clock=time.process_time)
    noting, handing, recalling = (took[name].median for name in stages)
    table = {
        "loading what judges": loading,
        "judging: what two processes share": judging,
        "noting the claims, two processes only": noting,
        "handing over and taking back, two processes only": handing,
        "the findings of the verdicts": recalling,
    }
    whole = sum(table.values())
    one = loading + judging + recalling
    two = loading + noting + recalling + (judging + handing) / 2
    rows = [f"| {name} | {1000 * s:,.0f} | {s / whole:.1%} |" for name, s in table.items()]
    return "\n".join([
        f"### notes: two processes, {COUNTS[-1]} claims",
        "",
        "| stage | ms | share |",
        "|---|---|---|",
        *rows,
        "",
        f"Loading ({loading:.2f} s), noting ({noting:.2f} s) and the findings ({recalling:.2f} s) "
        "come before and after what is shared, and a second process can't shorten them; loading "
        "in the process that the others are copied from goes on at the same time.",
        f"With no other loss two cores bring {one / two:.2f} times: {one:.1f} s against "
        f"{two:.1f} s.  What is measured below that is lost where two cores share one memory, and "
        "where each process finds out for itself what the other knows already.",
    ])  # fmt: skip


def _loading(rounds: int = 5) -> float:
    """Processor seconds that a process takes to load what judges."""
    code = "import time; from symconv.audit import jobs; print(time.process_time())"
    with installed() as environment:
        command = [sys.executable, "-c", code]
        shown = [
            subprocess.run(command, check=True, capture_output=True, env=environment).stdout
            for _ in range(rounds + 1)
        ]
    return statistics.median(map(float, shown[1:]))


if __name__ == "__main__":
    for line in lines(quick="--quick" in sys.argv):
        print(f"{line.row}: {line.what}: {line.value:.3g} {line.unit} (goal {line.goal})")
        for name, found in line.times.items():
            print(f"    {name}: {found.median:.2f} s")
