"""Every kind of picture, once or more."""

from __future__ import annotations

from fractions import Fraction

from symconv.figures import (
    BoxSignal,
    box_figure,
    box_slide_figure,
    flip_slide_figure,
    flow_figure,
    overlap_figure,
    stem_figure,
    window_figure,
)
from symconv.flow import operation_flow, scalar_flow
from symconv.operations.build import build
from symconv.syntax.spec import parse


def graph(text):
    return build(parse(text))


CHAIN = "h = conv1d(x[5], u[2])\nr = relu(h)\ny = conv1d(r, w[2], stride=2)\nL = mse(y, t)"
CHAIN_DATA = {"x": [1, 2, 3, 4, -5], "u": [1, -1], "w": [2, 3], "t": [1, 0]}

FLOWS = {
    "conv1d-values": lambda: scalar_flow(
        graph("y = conv1d(x[4], w[3])"),
        arrays={"x": [1, 2, 3, 4], "w": [1, -1, 2]},
        upstream=[1, 3],
    ),
    "conv1d-symbols": lambda: scalar_flow(graph("y = conv1d(x[4], w[3])")),
    "conv1d-unread": lambda: scalar_flow(graph("y = conv1d(x[6], w[2], stride=4)")),
    "transposed": lambda: scalar_flow(graph("y = conv_transpose1d(x[2], w[3], stride=2)")),
    "conv2d": lambda: scalar_flow(graph("y = conv2d(x[3,3], w[2,2])")),
    "chain": lambda: scalar_flow(graph(CHAIN), arrays=CHAIN_DATA),
    "cross-entropy": lambda: scalar_flow(
        graph("L = cross_entropy(s[3], t[3])"),
        arrays={"s": [0.3, 1.0, 4.0], "t": [0.0, 1.0, 0.0]},
    ),
    "operations": lambda: operation_flow(graph(CHAIN)),
    "large": lambda: scalar_flow(graph("y = conv2d(x[5,5], w[3,3])")),
}

WINDOWS = {
    "stride": ("y = conv1d(x[6], w[3], padding=1, stride=3)", {}),
    "dilation": ("y = conv1d(x[7], w[3], dilation=2)", {"o": 1}),
    "causal": ('y = conv1d(x[4], w[3], padding="causal")', {}),
    "circular": (
        'y = conv1d(x=[1,2,3,4], w=[1,-1,2], padding=1, padding_mode="circular")',
        {},
    ),
    "flipped": ('y = convolve(x=[0,1,2,3,4], w=[1,-1,2], mode="full")', {}),
    "plane": ("y = conv2d(x[4,4], w[3,3], padding=1, stride=2)", {}),
    "plane-step": ("y = conv2d(x[4,4], w[3,2], padding=(1,0), stride=(2,1))", {"o": (1, 1)}),
    "channels": ("y = conv2d(x[1,2,5,5], w[2,1,3,3], groups=2)", {}),
    "scatter": ("y = conv_transpose1d(x=[a,b], w=[p,q,r], stride=2)", {}),
    "scatter-plane": (
        "y = conv_transpose2d(x[2,2], w[3,3], stride=2, padding=1, output_padding=1)",
        {},
    ),
    "pooling": ("y = max_pool2d(x[1,1,5,5], 2)", {}),
    "many": ("y = conv1d(x[N], w[3])", {"sizes": {"N": 30}}),
}

BOXES = (BoxSignal(0, 1), BoxSignal(0, 3, Fraction(1, 2)))


def figures():
    """Every picture by its name."""
    made = {f"flow-{name}": flow_figure(flow()) for name, flow in FLOWS.items()}
    made |= {
        f"window-{name}": window_figure(graph(text), **options)
        for name, (text, options) in WINDOWS.items()
    }
    made["overlap-1d"] = overlap_figure(graph("y = conv_transpose1d(x[3], w[3], stride=2)"))
    made["overlap-2d"] = overlap_figure(graph("y = conv_transpose2d(x[3,3], w[3,3], stride=2)"))
    made["boxes"] = box_figure(*BOXES)
    made["boxes-slide"] = box_slide_figure(*BOXES, [Fraction(-1, 2), Fraction(1, 2), 2, 5])
    made["flip-slide"] = flip_slide_figure([0, 1, 2, 3, 4], [1, -1, 2])
    made["stems"] = stem_figure([("x_n", [1, 2]), ("y_n", [Fraction(1, 2), -3])], "Two signals.")
    return made
