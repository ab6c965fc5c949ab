"""Verdicts against their peer, in one run: ``python tests/benchmarks/bench_verify.py``.

    2-D gradients with batch and channels, proved for all sizes, against torch.autograd.gradcheck at
    one 8x8 shape; a note of 50 claims, start-up included.

Medians of alternating runs on one thread; nothing is asserted.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from symconv.judge import judge
from symconv.operations.build import build
from symconv.syntax.spec import parse

LAYER = "y = conv2d(x[N,C,H,W], w[F,C,A,B], b[F], stride=(2,1), padding=1)"
CLAIMS = {
    "dw": r"dw_{f,c,k,l} = \sum_{n,i,j} g_{n,f,i,j} x_{n,c,2i+k-1,j+l-1}",
    "dx": r"dx_{n,c,p,q} = \sum_{f,k,l} w_{f,c,k,l} g_{n,f,(p+1-k)/2,q+1-l}",
}
RUNS = 15


def timed(work: Callable[[], object]) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def peer() -> Callable[[], object]:
    """torch.autograd.gradcheck of the same layer, N=2, C=3, F=2, 8x8, 3x3."""
    import torch

    torch.set_num_threads(1)
    shapes = ((2, 3, 8, 8), (2, 3, 3, 3), (2,))
    data = [torch.randn(s, dtype=torch.float64, requires_grad=True) for s in shapes]

    def forward(x, w, b):  # type: ignore[no-untyped-def]
        return torch.nn.functional.conv2d(x, w, b, stride=(2, 1), padding=1)

    return lambda: torch.autograd.gradcheck(forward, data)


def note(count: int) -> str:
    """A note of so many claims, every third wrong."""
    lines = ["# Claims", "", "<!-- symconv: y = conv1d(x[N], w[K], stride=2, padding=P) -->", ""]
    for n in range(count):
        at = ("2o+k-P", "2o+k-P", "o+k-P")[n % 3]
        lines += [rf"$$\frac{{\partial L}}{{\partial w_k}} = \sum_o g_o x_{{{at}}}$$", ""]
    return "\n".join(lines)


def main() -> None:
    """Print the table."""
    graph = build(parse(LAYER))
    check = peer()
    for text in CLAIMS.values():
        judge(text, graph)
    ours: dict[str, list[float]] = {name: [] for name in CLAIMS}
    theirs = []
    for _ in range(RUNS):
        for name, text in CLAIMS.items():
            ours[name].append(timed(lambda t=text: judge(t, graph)))  # type: ignore[misc]
        theirs.append(timed(check))
    other = statistics.median(theirs)
    print(f"gradcheck at one 8x8 shape: {1000 * other:.1f} ms")
    for name, times in ours.items():
        middle = statistics.median(times)
        outcome = judge(CLAIMS[name], graph).outcome
        ratio = f"{other / middle:.0f} times faster"
        print(f"{name}: {outcome} for all sizes in {1000 * middle:.1f} ms, {ratio}")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "note.md")
        file.write_text(note(50), encoding="utf-8")
        command = [sys.executable, "-c", "from symconv.cli import main; main()", "check", str(file)]
        spent = timed(lambda: subprocess.run(command, capture_output=True))
    print(f"a note of 50 claims, start-up included: {spent:.1f} s")


if __name__ == "__main__":
    main()
