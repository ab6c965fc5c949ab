"""Proofs for all sizes against their peer, torch.autograd.gradcheck at one shape.

    2-D gradients with batch and channels; what the sizes are does not matter to a proof, nor should
    how large the kernel is; stride and dilation as symbols; the tutorial's loops, read and proved.

Our time is that of the verdict on a formula or on code, reading included; no verdict is kept from
one call to the next, and the engine's witness once for each operation.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from timing import Curve, Line, Times, in_turn

from symconv.claims import AnyClaim, SizeClaim, Verdict
from symconv.conventions import PLAIN
from symconv.graph import Graph
from symconv.judge import judge, judge_code, overall
from symconv.operations.build import build
from symconv.provers import decide
from symconv.syntax.code import CodeState, read_code
from symconv.syntax.formula import claim_of, read_formulas
from symconv.syntax.spec import parse

ROW, CODE = "proof", "code, read"
LAYER = "y = conv2d(x[N,C,{H},{W}], w[F,C,{A},{B}], b[F], stride=(2,1), padding=1)"
CLAIMS = {
    "dx": r"dx_{n,c,p,q} = \sum_{f,k,l} w_{f,c,k,l} g_{n,f,(p+1-k)/2,q+1-l}",
    "dw": r"dw_{f,c,k,l} = \sum_{n,i,j} g_{n,f,i,j} x_{n,c,2i+k-1,j+l-1}",
}
STRIDED = "y = conv2d(x[N,C,H,W], w[F,C,A,B], stride=S, dilation=D, padding=P)"
STRIDED_DX = r"dx_{n,c,p,q} = \sum_{f,k,l} w_{f,c,k,l} g_{n,f,(p+P-D k)/S,(q+P-D l)/S}"
SIZES = (8, 32, 128, 512)
TUTORIAL = "y = conv2d(x[N,C,H,W], weight[F,C,Hf,Wf], b[F], stride=stride, padding=pad)"
BLOCKS = (
    """
import numpy as np

pad, stride = 2, 1
x = np.random.randn(10, 3, 32, 32)
weight = np.random.randn(1, 3, 5, 5)
b = np.random.randn(1)
x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode='constant', constant_values=0)
N, _, H, W = x.shape
F, _, Hf, Wf = weight.shape
H_out = 1 + (H + 2 * pad - Hf) // stride
W_out = 1 + (W + 2 * pad - Wf) // stride
y = np.zeros((N, F, H_out, W_out))
""",
    """
for n in range(N):
    for f in range(F):
        for h in range(H_out):
            for w in range(W_out):
                i, j = h * stride, w * stride
                conv_sum = np.sum(x_pad[n][:, i:i+Hf, j:j+Wf] * weight[f])
                y[n, f, h, w] = conv_sum + b[f]
""",
    """
grad_weight = np.zeros(weight.shape)
grad_b = np.zeros(b.shape)
grad_x_pad = np.zeros(x_pad.shape)
grad_y = np.ones(y.shape)
for n in range(N):
    for f in range(F):
        for h in range(H_out):
            for w in range(W_out):
                i, j = h * stride, w * stride
                grad_weight[f] += x_pad[n][:, i:i+Hf, j:j+Wf] * grad_y[n, f, h, w]
                grad_x_pad[n][:, i:i+Hf, j:j+Wf] += weight[f] * grad_y[n, f, h, w]
grad_x = grad_x_pad[:, :, pad:pad+H, pad:pad+W]
for f in range(F):
    grad_b[f] = np.sum(grad_y[:, f, :, :])
""",
)
"""Padding, shapes; the four loops forward; the four loops backward."""


def layer(**sizes: object) -> Graph:
    """The layer at these sizes; those that are not given are letters."""
    return build(parse(LAYER.format(**{"H": "H", "W": "W", "A": "A", "B": "B", **sizes})))


def gradcheck(side: int = 8) -> Callable[[], object]:
    """torch.autograd.gradcheck of the same layer, N=2, C=3, F=2, 8x8, 3x3, on one thread."""
    import torch

    torch.set_num_threads(1)
    shapes = ((2, 3, side, side), (2, 3, 3, 3), (2,))
    data = [torch.randn(s, dtype=torch.float64, requires_grad=True) for s in shapes]

    def forward(x: Any, w: Any, b: Any) -> Any:
        return torch.nn.functional.conv2d(x, w, b, stride=(2, 1), padding=1)

    return lambda: torch.autograd.gradcheck(forward, data)


def proving(text: str, graph: Graph) -> Callable[[], Verdict]:
    """Judge a claim; it has to be proved."""

    def judged() -> Verdict:
        verdict = judge(text, graph)
        assert verdict.outcome == "proved", verdict
        return verdict

    return judged


def deciding(text: str, graph: Graph) -> Callable[[], Verdict]:
    """Prove a claim that has been read."""
    ((claim,),) = (claim_of(found, graph) for found in read_formulas(text, graph, PLAIN))

    def decided() -> Verdict:
        verdict = decide(claim)
        assert verdict.outcome == "proved", verdict
        return verdict

    return decided


def reading(spec: str = TUTORIAL, drawn: int = 32) -> Callable[[], Verdict]:
    """Read the tutorial's code and prove all that it makes, for all sizes that the spec leaves."""
    graph = build(parse(spec))
    blocks = [block.replace("32, 32", f"{drawn}, {drawn}") for block in BLOCKS]

    def judged() -> Verdict:
        state: CodeState | None = None
        claims: list[AnyClaim] = []
        needs: list[SizeClaim] = []
        for block in blocks:
            found = read_code(block, graph, state=state)
            assert not found.problems, found.problems
            state = found.state
            claims += found.claims
            needs += found.needs
        verdict = overall(judge_code(claims, needs, graph))
        assert verdict.outcome == "proved", verdict
        assert len(claims) == 6, claims
        return verdict

    return judged


def lines(quick: bool = False) -> Iterator[Line]:
    """Each proof against gradcheck; growth with the sizes; symbolic strides; code."""
    rounds = 3 if quick else 9
    yield from _peer(rounds)
    yield from _growth(rounds)
    times = in_turn({"dx, S and D symbolic": proving(STRIDED_DX, build(parse(STRIDED)))}, rounds=3)
    yield _seconds(ROW, "dx with S, D, P and all sizes symbolic", times)
    yield from _code(3)


def _peer(rounds: int) -> Iterator[Line]:
    graph = layer()
    read: dict[str, Callable[[], Any]] = {n: proving(text, graph) for n, text in CLAIMS.items()}
    alone = {f"{name}, the proof alone": deciding(text, graph) for name, text in CLAIMS.items()}
    times = in_a_row({**read, **alone, "gradcheck": gradcheck()}, rounds)
    for name in (*alone, *read):
        value = times["gradcheck"].median / times[name].median
        how, goal = (name, 20) if name in alone else (f"{name}, read from LaTeX and judged", 10)
        what = f"{how}: conv2d, all sizes, against gradcheck at 8x8"
        yield Line(ROW, what, value, "times faster", f"at least {goal}", value >= goal, times)


def in_a_row(
    candidates: Mapping[str, Callable[[], object]], rounds: int, count: int = 5
) -> dict[str, Times]:
    """Candidates in turn, each some times in a row as the claims of a note are: one of them.

    Collecting garbage in front of every turn leaves the processor's caches cold; here they are
    warm for all but the first.
    """
    repeated = {
        name: lambda run=run: [run() for _ in range(count)] for name, run in candidates.items()
    }
    return {
        name: Times(t.median / count, t.least / count, t.most / count, t.rounds)
        for name, t in in_turn(repeated, rounds=rounds).items()
    }


def _growth(rounds: int) -> Iterator[Line]:
    """The same proof at given picture sizes: the largest against the smallest."""
    at = {f"{n}x{n}": proving(CLAIMS["dx"], layer(H=n, W=n, A=3, B=3)) for n in SIZES}
    times = in_turn(at, rounds=rounds)
    value = times[f"{SIZES[-1]}x{SIZES[-1]}"].median / times[f"{SIZES[0]}x{SIZES[0]}"].median
    what = f"dx at {SIZES[-1]}x{SIZES[-1]} against {SIZES[0]}x{SIZES[0]}"
    yield Line(ROW, what, value, "times", "no growth: at most 1.3", value <= 1.3, times)


def curves(quick: bool = False) -> Iterator[Curve]:
    """Milliseconds of the same proof at given picture sizes, beside gradcheck at small ones."""
    at = {n: proving(CLAIMS["dx"], layer(H=n, W=n, A=3, B=3)) for n in SIZES}
    peers = {n: gradcheck(n) for n in ((4, 6) if quick else (4, 8, 12, 16))}
    times = in_turn({f"symconv {n}": run for n, run in at.items()}, rounds=3 if quick else 5)
    times |= in_turn({f"gradcheck {n}": run for n, run in peers.items()}, rounds=3)
    points = {
        name: tuple((float(n), 1000 * times[f"{name} {n}"].median) for n in sizes)
        for name, sizes in (("symconv", at), ("gradcheck", peers))
    }
    yield Curve("proofs", "side of the picture", "ms", points)


def profile() -> str:
    """Where the time of a verdict goes, for both gradients; what code costs at other sizes."""
    return "\n\n".join([*map(_stages, CLAIMS), _code_stages()])


def _code_stages(rounds: int = 7) -> str:
    """Reading and proving the tutorial at the smallest and at the largest size."""
    small = "y = conv2d(x[N,C,{n},{n}], weight[F,C,5,5], b[F], stride=stride, padding=pad)"
    ends, sizes = (SIZES[0], SIZES[-1]), (SIZES[0], 16, *SIZES[1:])
    whole = in_turn({str(n): reading(small.format(n=n), n) for n in sizes}, rounds=rounds)
    texts = {n: [b.replace("32, 32", f"{n}, {n}") for b in BLOCKS] for n in sizes}
    graphs = {n: build(parse(small.format(n=n))) for n in sizes}

    def read_alone(n: int) -> None:
        state: CodeState | None = None
        for block in texts[n]:
            state = read_code(block, graphs[n], state=state).state

    alone = in_turn({str(n): lambda n=n: read_alone(n) for n in sizes}, rounds=rounds)
    rows = []
    for n in map(str, sizes):
        total, read = 1000 * whole[n].median, 1000 * alone[n].median
        rows.append(f"| {n}x{n} | {read:.0f} | {total - read:.0f} | {total:.0f} |")
    ratio = whole[str(ends[1])].median / whole[str(ends[0])].median
    return "\n".join(
        [
            f"### {CODE}: at {ends[1]}x{ends[1]} against {ends[0]}x{ends[0]}",
            "",
            "| size | read, ms | proved, ms | all, ms |",
            "|---|---|---|---|",
            *rows,
            "",
            f"The ratio is {ratio:.2f} here. Reading does not depend on the size. Proving grows a",
            "little while the side grows 64 times: the library's numbers get longer.",
        ]
    )


def _stages(name: str, rounds: int = 9) -> str:
    graph, text = layer(), CLAIMS[name]
    (found,) = read_formulas(text, graph, PLAIN)
    (claim,) = claim_of(found, graph)
    times = in_a_row(
        {
            "whole": proving(text, graph),
            "proof": deciding(text, graph),
            "read": lambda: read_formulas(text, graph, PLAIN),
            "claim": lambda: claim_of(found, graph),
            "gradcheck": gradcheck(),
        },
        rounds,
    )
    whole, proof, read, made, peer = (1000 * found.median for found in times.values())
    inside = proof * statistics.median(_in_library(claim) for _ in range(rounds))
    rows = {
        "the formula's text to a tree, each token accounted for, to a form": read,
        "the claim beside the true form": made,
        "calls of the integer-set library": inside,
        "both forms to constraints, in Python": proof - inside,
    }
    alone = sum(rows.values())
    about = "conv2d, all sizes, against gradcheck at 8x8"
    lines = [
        f"### {ROW}: {name}, the proof alone: {about}",
        f"### {ROW}: {name}, read from LaTeX and judged: {about}",
        "| stage | ms | share |\n|---|---|---|\n"
        + "\n".join(f"| {what} | {ms:.2f} | {ms / alone:.0%} |" for what, ms in rows.items()),
        f"Each stage is timed by itself, five in a row; a whole verdict takes {whole:.2f} ms and "
        f"gradcheck {peer:.1f}, so that the proof alone is {peer / proof:.1f} and the verdict "
        f"{peer / whole:.1f} times faster. {inside:.2f} ms of the proof pass in the library, most "
        "of it in one comparison of two sets with some twenty constraints over seven symbols and "
        "twelve dimensions; the sets differ with every claim, so that nothing of it can be kept. "
        f"Reading takes {read:.2f} ms for {len(found.account)} tokens, in Python; nothing of that "
        "is kept either. The time does not depend on the sizes, and gradcheck's does.",
    ]
    return "\n\n".join(lines)


def _in_library(claim: AnyClaim) -> float:
    """The share of a proof that passes inside calls of islpy."""
    import islpy

    kinds = ("Aff", "PwAff", "BasicSet", "Set", "Map", "MultiAff", "Space", "Constraint", "Val")
    spent = 0.0
    kept: list[tuple[type, str, object]] = []

    def timed(call: Callable[..., Any]) -> Callable[..., Any]:
        def method(*values: Any, **named: Any) -> Any:
            nonlocal spent
            start = time.perf_counter()
            result = call(*values, **named)
            spent += time.perf_counter() - start
            return result

        return method

    for kind in (getattr(islpy, name) for name in kinds):
        for name in LIBRARY_CALLS:
            if hasattr(kind, name):
                kept.append((kind, name, getattr(kind, name)))
                setattr(kind, name, timed(getattr(kind, name)))
    try:
        start = time.perf_counter()
        decide(claim)
        return spent / (time.perf_counter() - start)
    finally:
        for kind, name, call in kept:
            setattr(kind, name, call)


LIBRARY_CALLS = tuple(
    "is_equal is_empty is_subset is_injective intersect intersect_params intersect_domain params "
    "range subtract union sub add mul mod_val floor scale_val scale_down_val is_cst dim "
    "eq_basic_set ge_basic_set ne_set set_aff add_constraints add_constant_val".split()
)
"""The methods that a proof calls on the library's values."""


def _code(rounds: int) -> Iterator[Line]:
    times = in_turn({"all sizes, stride and padding": reading()}, rounds=rounds)
    yield _seconds(CODE, "the four loops, forward and backward, all sizes, S, P", times)
    small = "y = conv2d(x[N,C,{n},{n}], weight[F,C,5,5], b[F], stride=stride, padding=pad)"
    at = {f"{n}x{n}": reading(small.format(n=n), n) for n in SIZES[::3]}
    times = in_turn(at, rounds=rounds)
    first, last = (times[name].median for name in at)
    what = f"at {SIZES[-1]}x{SIZES[-1]} against {SIZES[0]}x{SIZES[0]}"
    value = last / first
    yield Line(CODE, what, value, "times", "no growth: at most 1.3", value <= 1.3, times)


def _seconds(row: str, what: str, times: Mapping[str, Times]) -> Line:
    (found,) = times.values()
    return Line(row, what, found.median, "s", "under 1", found.median < 1, times)


if __name__ == "__main__":
    for line in lines(quick="--quick" in sys.argv):
        print(f"{line.row}: {line.what}: {line.value:.3g} {line.unit} (goal {line.goal})")
        for name, spent in line.times.items():
            print(f"    {name}: {1000 * spent.median:.1f} ms (least {1000 * spent.least:.1f})")
