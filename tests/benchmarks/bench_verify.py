"""Proofs for all sizes against their peer, torch.autograd.gradcheck at one shape.

    2-D gradients with batch and channels; what the sizes are does not matter to a proof, nor should
    how large the kernel is; stride and dilation as symbols; the tutorial's loops, read and proved.

Our time is that of the verdict on a formula or on code, reading and the engine's witness included,
with every cache of verdicts cold: each round asks about other letters.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from timing import Line, Times, in_turn

from symconv.claims import Verdict
from symconv.graph import Graph
from symconv.judge import judge, judge_code, overall
from symconv.operations.build import build
from symconv.syntax.code import read_code
from symconv.syntax.spec import parse

ROW, CODE = "proof", "code, read"
LAYER = "y = conv2d(x[N,C,{H},{W}], w[F,C,{A},{B}], b[F], stride=(2,1), padding=1)"
CLAIMS = {
    "dx": r"dx_{{n,c,p,q}} = \sum_{{f,k,l}} w_{{f,c,k,l}} g_{{n,f,(p+1-k)/2,q+1-l}} + {i} - {i}",
    "dw": r"dw_{{f,c,k,l}} = \sum_{{n,i,j}} g_{{n,f,i,j}} x_{{n,c,2i+k-1,j+l-1}} + {i} - {i}",
}
STRIDED = "y = conv2d(x[N,C,H,W], w[F,C,A,B], stride=S, dilation=D, padding=P)"
STRIDED_DX = (
    r"dx_{{n,c,p,q}} = \sum_{{f,k,l}} w_{{f,c,k,l}} g_{{n,f,(p+P-D k)/S,(q+P-D l)/S}} + {i} - {i}"
)
SIZES = (8, 32, 128, 512)
LOOPS = '''
def conv_forward(x, w, b, stride, pad):
    """Sum over a window, entry by entry (number {i})."""
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    out = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    top, left = i * stride, j * stride
                    window = x_pad[n, :, top : top + HH, left : left + WW]
                    out[n, f, i, j] = np.sum(window * w[f]) + b[f]
    return out


def conv_backward(dout, x, w, b, stride, pad):
    """The same loops backwards."""
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dx_pad, dw, db = np.zeros_like(x_pad), np.zeros_like(w), np.zeros_like(b)
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    top, left = i * stride, j * stride
                    window = x_pad[n, :, top : top + HH, left : left + WW]
                    db[f] += dout[n, f, i, j]
                    dw[f] += window * dout[n, f, i, j]
                    dx_pad[n, :, top : top + HH, left : left + WW] += w[f] * dout[n, f, i, j]
    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, db
'''


def layer(**sizes: object) -> Graph:
    """The layer at these sizes; those that are not given are letters."""
    return build(parse(LAYER.format(**{"H": "H", "W": "W", "A": "A", "B": "B", **sizes})))


def gradcheck() -> Callable[[], object]:
    """torch.autograd.gradcheck of the same layer, N=2, C=3, F=2, 8x8, 3x3, on one thread."""
    import torch

    torch.set_num_threads(1)
    shapes = ((2, 3, 8, 8), (2, 3, 3, 3), (2,))
    data = [torch.randn(s, dtype=torch.float64, requires_grad=True) for s in shapes]

    def forward(x: Any, w: Any, b: Any) -> Any:
        return torch.nn.functional.conv2d(x, w, b, stride=(2, 1), padding=1)

    return lambda: torch.autograd.gradcheck(forward, data)


def proving(text: str, graph: Graph) -> Callable[[], Verdict]:
    """Judge a claim, written a little differently each time; it has to be proved."""
    numbers = count(1)

    def judged() -> Verdict:
        verdict = judge(text.format(i=next(numbers)), graph)
        assert verdict.outcome == "proved", verdict
        return verdict

    return judged


def reading(gives: str, stride: int) -> Callable[[], Verdict]:
    """Read the loops and prove what they give, for all sizes."""
    spec = f"y = conv2d(x[N,C,H,W], w[F,C,K,L], b[F], stride={stride}, padding=P)"
    graph = build(parse(spec))
    wanted = tuple(gives.split(","))
    name = "conv_forward" if wanted == ("y",) else "conv_backward"
    numbers = count(1)

    def judged() -> Verdict:
        source = LOOPS.replace("{i}", str(next(numbers)))
        found = read_code(source, graph, CONVENTIONS, wanted, function=name)
        assert not found.problems, found.problems
        verdict = overall(judge_code(found.claims, found.needs, graph))
        assert verdict.outcome == "proved", verdict
        return verdict

    return judged


