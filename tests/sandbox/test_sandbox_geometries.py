"""The geometries show what easy tests hide, fit together, and are the same every time."""

from itertools import pairwise

import numpy as np
import pytest

from symconv.claims import Scope
from symconv.conventions import PLAIN
from symconv.errors import GeometryError
from symconv.index import Condition, Symbol
from symconv.operations.build import build
from symconv.sandbox.binding import bind, read_gives
from symconv.sandbox.data import polynomial, shapes_of, singular, small, tied, whole
from symconv.sandbox.geometries import geometries, roles, smaller
from symconv.sandbox.properties import HARD, OPPOSITES, properties
from symconv.sandbox.truth import Truth
from symconv.syntax.spec import parse

WINDOWS = {
    "one window",
    "several windows",
    "overlapping windows",
    "windows that do not overlap",
    "gaps between windows",
    "no gaps between windows",
}
DIVISION = {"the stride divides", "the stride does not divide"}
PADDING = {"padding", "no padding"}
AXES = {"a square input", "unequal height and width", "a square kernel", "an asymmetric kernel"}
BATCH = {"a batch", "a batch of one", "one channel", "several channels"}
FILTERS = {"one filter", "several filters"}

SHOWN = [
    ("y = conv1d(x[N], w[K], stride=2, padding=P)", WINDOWS | DIVISION | PADDING),
    (
        "y = conv2d(x[N,C,H,W], w[F,C,K,L], b[F], stride=(S,T), padding=P, dilation=D)",
        WINDOWS | DIVISION | PADDING | AXES | BATCH | FILTERS
        | {"unequal strides", "equal strides", "dilation", "no dilation"},
    ),
    (
        "y = conv2d(x[N,C,H,W], w[F,C//G,K,L], stride=S, groups=G)",
        WINDOWS | DIVISION | AXES | BATCH | FILTERS | {"groups", "one group"},
    ),
    (
        "y = conv_transpose2d(x[N,C,H,W], w[C,F,K,L], stride=(S,T), padding=P)",
        PADDING | AXES | BATCH | FILTERS | {"overlapping windows", "gaps between windows"},
    ),
    ("y = max_pool2d(x[N,C,H,W], (2,3), stride=S)", WINDOWS | DIVISION | BATCH),
    ("a = conv1d(x[N], w[K])\ny = relu(a)", {"overlapping windows", "one window"}),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "wanted"), SHOWN, ids=[row[0] for row in SHOWN])
def test_every_property_is_shown(spec, wanted):
    graph = build(parse(spec))
    found = geometries(graph, 12)
    shown = {name for setting in found for name in setting.properties}
    assert wanted <= shown
    assert len(found) == 12
    assert all(one.bulk <= two.bulk for one, two in pairwise(found))
    assert len({tuple(setting.sizes.values()) for setting in found}) == 12
    assert found == geometries(build(parse(spec)), 12)


def by_hand(H, W, K, L, S, T, P):
    """What is special about a convolution, worked out anew."""
    spare = [(H + 2 * P - K) % S, (W + 2 * P - L) % T]
    outputs = [(H + 2 * P - K) // S + 1, (W + 2 * P - L) // T + 1]
    overlap = (S < K and outputs[0] > 1) or (T < L and outputs[1] > 1)
    return {
        "the stride does not divide": any(spare),
        "padding": P > 0,
        "overlapping windows": overlap,
        "gaps between windows": S > K or T > L,
        "several windows": min(outputs) > 1,
        "unequal strides": S != T,
        "unequal height and width": H != W,
        "an asymmetric kernel": K != L,
        "a kernel above one element": max(K, L) > 1,
    }


@pytest.mark.parametrize(
    "numbers",
    [(5, 7, 2, 3, 2, 1, 0), (4, 4, 3, 3, 1, 1, 1), (3, 6, 1, 1, 2, 3, 0), (3, 4, 3, 4, 2, 2, 0)],
)
def test_properties_are_what_they_say(numbers):
    H, W, K, L, S, T, P = numbers
    graph = build(parse(f"y = conv2d(x[{H},{W}], w[{K},{L}], stride=({S},{T}), padding={P})"))
    found = properties(graph)
    for easy, hard in OPPOSITES:
        if hard in by_hand(*numbers):
            assert (hard in found) == by_hand(*numbers)[hard], hard
            assert (easy in found) == (hard not in found)


def test_letters_have_roles():
    graph = build(parse("y = conv2d(x[N,C,H,W], w[F,C//G,K,L], stride=S, padding=P, groups=G)"))
    assert roles(graph) == {
        "N": "batch", "C": "channels", "H": "spatial", "W": "spatial", "F": "channels",
        "K": "kernel", "L": "kernel", "S": "stride", "P": "padding", "G": "groups",
    }  # fmt: skip


def test_assumptions_hold_and_may_be_too_much():
    graph = build(parse("y = conv1d(x[N], w[K], stride=S)"))
    apart = Condition(Symbol("K"), "<", Symbol("S"))
    assert all(s.sizes["K"] < s.sizes["S"] for s in geometries(graph, 6, (apart,)))
    with pytest.raises(GeometryError, match="no sizes were found"):
        geometries(graph, 6, (Condition(Symbol("N"), "<", Symbol("K")),))
    assert Scope(graph.parameters, (apart,)).names == ("N", "K", "S")


def test_smaller_ones_are_smaller():
    graph = build(parse("y = conv1d(x[N], w[K])"))
    last = geometries(graph, 12)[-1]
    below = smaller(graph, last, 5)
    assert len(below) == 5
    assert all(setting.bulk < last.bulk for setting in below)
    assert smaller(graph, geometries(build(parse("y = conv1d(x[4], w[2])")))[0], 5) == ()


def test_concrete_sizes_give_one_setting():
    graph = build(parse("y = conv1d(x[4], w[2])"))
    (setting,) = geometries(graph, 12)
    assert setting.sizes == {}
    assert setting.graph is graph
    assert "overlapping windows" in setting.properties
    assert "padding" not in setting.properties
    assert "overlapping windows" in HARD


def test_data_has_no_zeros_and_no_opposites():
    for seed in range(20):
        values = small((3, 4), str(seed)).ravel()
        assert np.all(values != 0)
        assert not set(values) & set(-values)
        assert len(set(small((15,), str(seed)))) == 15


def test_generic_data_has_no_ties_and_tied_data_has_them():
    graph = build(parse("y = max_pool2d(x[2,3,5,4], (2,3), stride=1)"))
    data, ties = whole(graph, 3), tied(graph, 3)
    assert not singular(graph, data)
    assert singular(graph, ties)
    windows = np.lib.stride_tricks.sliding_window_view(ties["x"], (2, 3), axis=(2, 3))
    flat = np.sort(windows.reshape(*windows.shape[:4], -1))
    assert np.any(flat[..., -1] == flat[..., -2])


def test_a_kink_that_is_hit_is_seen():
    graph = build(parse("a = conv1d(x[3], w[2])\ny = relu(a)"))
    hit = {"x": np.array([1.0, 2.0, 3.0]), "w": np.array([2.0, -1.0])}
    missed = {"x": np.array([1.0, 3.0, 3.0]), "w": np.array([2.0, -1.0])}
    assert singular(graph, hit)
    assert not singular(graph, missed)


def test_shapes_and_kinds_of_graphs():
    graph = build(parse("y = conv_transpose1d(x[4], w[3], stride=2)"))
    assert shapes_of(graph) == {"x": (4,), "w": (3,), "y": (9,)}
    assert polynomial(graph)
    assert not polynomial(build(parse("y = relu(x[4])")))
    assert not polynomial(build(parse("y = max_pool1d(x[4], 2)")))


def test_data_is_drawn_again_until_every_derivative_exists():
    graph = build(parse("a = conv1d(x[6], w[2])\ny = relu(a)"))
    binding = bind(graph, PLAIN)
    truth = Truth(graph, read_gives("dx", binding), "g")
    first = [singular(graph, whole(graph, seed)) for seed in range(0, 1000, 25)]
    assert any(first)
    for seed, hit in zip(range(0, 1000, 25), first, strict=True):
        if hit:
            case = next(truth.cases(geometries(graph), seed))
            assert not singular(graph, {name: case.arrays[name] for name in ("x", "w")})
            assert not case.special


def test_many_things_come_together():
    """Not each property in a tiny geometry of its own: mistakes may need several at once."""
    spec = "y = conv2d(x[N,C,H,W], w[F,C,K,L], b[F], stride=(S,T), padding=P, dilation=D)"
    hard = [len(HARD & set(s.properties)) for s in geometries(build(parse(spec)), 12)]
    assert max(hard) >= 10
    assert sorted(hard)[6] >= 8
