"""Axes: every size counted out by putting the window down, and PyTorch for what rounds up."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from core_plain import trials
from hypothesis import assume, example, given
from hypothesis import strategies as st

from symconv.errors import GeometryError
from symconv.geometry import PADDINGS, Axis, Geometry, open_sizes, per_axis, read_at
from symconv.index import Symbol, evaluate, text

H, K, S, D, P, Q, A, B = map(Symbol, "HKSDPQAB")

WINDOWS = st.fixed_dictionaries(
    {
        "size": st.integers(1, 12),
        "kernel": st.integers(1, 5),
        "stride": st.integers(1, 4),
        "dilation": st.integers(1, 3),
        "before": st.integers(0, 4),
        "after": st.integers(0, 4),
    }
)
NAMES = {"size": "H", "kernel": "K", "stride": "S", "dilation": "D", "before": "A", "after": "B"}


def cells(sizes, first):
    """The cells of the padded input under a window that starts at `first`."""
    return [first + sizes["dilation"] * k for k in range(sizes["kernel"])]


def places(sizes):
    """Where the window fits: its starts, a stride apart, from the first padded cell."""
    room = sizes["size"] + sizes["before"] + sizes["after"]
    starts = range(0, room + 1, sizes["stride"])
    return [s for s in starts if all(c < room for c in cells(sizes, s))]


def both(sizes, method, *arguments):
    """A question asked with numbers, and with symbols that get the numbers afterwards."""
    numbers = getattr(Axis(**sizes), method)
    letters = getattr(Axis(**{key: Symbol(NAMES[key]) for key in sizes}), method)
    known = {NAMES[key]: value for key, value in sizes.items()}
    if arguments or callable(numbers):
        numbers, letters = numbers(*arguments), letters(*arguments)
    assert evaluate(letters, known) == evaluate(numbers, {}), method
    return evaluate(numbers, {})


# --- sizes --------------------------------------------------------------------------------------


@trials(200)
@given(WINDOWS)
@example({"size": 7, "kernel": 3, "stride": 2, "dilation": 2, "before": 1, "after": 0})
def test_outputs_are_counted(sizes):
    found = places(sizes)
    assume(found)
    assert both(sizes, "output") == len(found)
    assert both(sizes, "span") == cells(sizes, 0)[-1] + 1
    assert both(sizes, "padded") == sizes["before"] + sizes["size"] + sizes["after"]
    for o, start in enumerate(found):
        for k, cell in enumerate(cells(sizes, start)):
            position = Axis(**sizes).position(o, k)
            assert evaluate(position, {}) == cell - sizes["before"]


@trials(150)
@given(WINDOWS)
def test_what_is_left_over_is_counted(sizes):
    """The padded cells behind the last window."""
    found = places(sizes)
    assume(found)
    room = sizes["size"] + sizes["before"] + sizes["after"]
    behind = room - 1 - cells(sizes, found[-1])[-1]
    assert both(sizes, "left_over") == behind
    assert 0 <= behind < sizes["stride"]


@trials(150)
@given(WINDOWS, st.integers(0, 3))
def test_transposed_outputs_are_counted(sizes, extra):
    """Every input lays a kernel down, a stride apart; padding is cut off, output_padding added."""
    reached = {s for i in range(sizes["size"]) for s in cells(sizes, i * sizes["stride"])}
    want = max(reached) + 1 - sizes["before"] - sizes["after"] + extra
    axis = Axis(**sizes, output_padding=extra)
    assert evaluate(axis.transposed_output(), {}) == want
    letters = Axis(H, K, S, D, A, B, Q).transposed_output()
    known = {NAMES[key]: value for key, value in sizes.items()} | {"Q": extra}
    assert evaluate(letters, known) == want
    assert Geometry((axis,), transposed=True).output() == (want,)


@trials(150)
@given(WINDOWS)
def test_output_padding_leads_back(sizes):
    """The one below the stride with which the transposed size is the size again, by trying."""
    outputs = len(places(sizes))
    assume(outputs)
    back = [
        extra
        for extra in range(sizes["stride"])
        if evaluate(
            replace(Axis(**sizes), size=outputs, output_padding=extra).transposed_output(), {}
        )
        == sizes["size"]
    ]
    assert back == [both(sizes, "output_padding_for", sizes["size"])]


@trials(150)
@given(WINDOWS)
def test_rounding_up_is_counted(sizes):
    """With ceil_mode one more window may hang over the end, if it starts before the end padding."""
    assume(places(sizes))
    assume(max(sizes["before"], sizes["after"]) < cells(sizes, 0)[-1] + 1)
    room = sizes["size"] + sizes["before"] + sizes["after"]
    last = cells(sizes, 0)[-1]
    starts = [
        s
        for s in range(0, room, sizes["stride"])
        if s + last - sizes["stride"] < room - 1 and s < sizes["before"] + sizes["size"]
    ]
    axis = Axis(**sizes, ceil_mode=True)
    assert evaluate(axis.output(), {}) == len(starts)


@pytest.mark.parametrize("ceil_mode", [False, True])
def test_pooled_sizes_are_pytorchs(ceil_mode):
    torch = pytest.importorskip("torch")
    seen = set()
    for size in range(1, 12):
        for kernel in range(1, 5):
            for stride in range(1, 5):
                for padding in range(kernel // 2 + 1):
                    for dilation in (1, 2):
                        axis = Axis(size, kernel, stride, dilation, padding, padding, 0, ceil_mode)
                        if size + 2 * padding < dilation * (kernel - 1) + 1:
                            continue
                        x = torch.zeros(1, 1, size)
                        y = torch.nn.functional.max_pool1d(
                            x, kernel, stride, padding, dilation, ceil_mode
                        )
                        assert axis.output() == y.shape[-1], axis
                        plain = replace(axis, ceil_mode=False).output()
                        seen.add(y.shape[-1] - plain)
    assert seen == ({0, 1} if ceil_mode else {0})


def test_convolved_sizes_are_pytorchs():
    torch = pytest.importorskip("torch")
    cases = [(9, 3, 2, 1, 1, 0), (8, 4, 3, 2, 2, 1), (5, 2, 1, 3, 0, 0), (7, 3, 4, 1, 2, 3)]
    for size, kernel, stride, dilation, padding, extra in cases:
        axis = Axis(size, kernel, stride, dilation, padding, padding, extra)
        x, w = torch.zeros(1, 1, size), torch.zeros(1, 1, kernel)
        y = torch.nn.functional.conv1d(x, w, None, stride, padding, dilation)
        assert axis.output() == y.shape[-1]
        y = torch.nn.functional.conv_transpose1d(
            x, w, None, stride, padding, extra, dilation=dilation
        )
        assert axis.transposed_output() == y.shape[-1]


def test_sizes_in_textbook_order():
    axis = Axis(H, K, S, D, P, P, Q)
    assert text(axis.output()) == "(H + 2*P - D*(K - 1) - 1)//S + 1"
    assert text(axis.transposed_output()) == "(H - 1)*S - 2*P + D*(K - 1) + Q + 1"
    assert text(axis.position(Symbol("o"), Symbol("k"))) == "S*o + D*k - P"
    assert text(Axis(H, K, S).position(Symbol("o"), Symbol("k"))) == "S*o + k"
    assert Axis(5, 3, 1, 1, 1, 1).output() == 5
    assert Axis(5, 3, 2, 1, 1, 1).output() == 3


# --- paddings by name ---------------------------------------------------------------------------

MOVES = WINDOWS.map(lambda sizes: {key: sizes[key] for key in list(NAMES)[:4]})


def placed(sizes, name):
    """The padding by name, with numbers and with symbols."""
    axis = Axis(**sizes)
    sides = tuple(evaluate(side, {}) for side in PADDINGS[name](axis))
    letters = Axis(**{key: Symbol(NAMES[key]) for key in sizes})
    if sizes["stride"] == 1:
        letters = replace(letters, stride=1)
    known = {NAMES[key]: value for key, value in sizes.items()}
    assert tuple(evaluate(side, known) for side in PADDINGS[name](letters)) == sides
    return dict(sizes, before=sides[0], after=sides[1])


@trials(150)
@given(MOVES)
def test_same_gives_an_output_for_every_stride(sizes):
    """``⌈n/S⌉`` outputs with as little padding as that takes, the odd cell at the end."""
    full = placed(sizes, "same")
    outputs = math.ceil(sizes["size"] / sizes["stride"])
    assert len(places(full)) == outputs
    total = full["before"] + full["after"]
    assert full["after"] - full["before"] in (0, 1)
    if total:
        assert len(places(dict(full, before=0, after=total - 1))) < outputs


@trials(100)
@given(MOVES)
def test_full_lets_every_overlap_count(sizes):
    full = placed(sizes, "full")
    inside = range(full["before"], full["before"] + sizes["size"])
    reach = cells(sizes, 0)[-1]
    assert (full["before"], full["after"]) == (reach, reach)
    every = places(dict(full, stride=1))
    assert len(every) == sizes["size"] + reach
    assert every[0] + reach == inside[0]
    assert every[-1] == inside[-1]


@trials(100)
@given(MOVES)
def test_causal_never_reads_ahead(sizes):
    full = placed(sizes, "causal")
    assert full["after"] == 0
    for o, start in enumerate(places(full)):
        assert max(cells(full, start)) - full["before"] == o * sizes["stride"]


def test_valid_pads_nothing():
    assert PADDINGS["valid"](Axis(7, 3, 2)) == (0, 0)


# --- padding modes ------------------------------------------------------------------------------

NUMPY = {"circular": "wrap", "replicate": "edge", "reflect": "reflect"}


@pytest.mark.parametrize("mode", NUMPY)
@pytest.mark.parametrize("n", [2, 4, 5])
def test_reads_land_where_numpy_pads_from(mode, n):
    before, after = {"circular": (n, n), "replicate": (7, 3), "reflect": (n - 1, n - 1)}[mode]
    x = np.arange(10, 10 + n)
    want = np.pad(x, (before, after), mode=NUMPY[mode])
    for axis, known in ((Axis(n, 3), {}), (Axis(H, 3), {"H": n})):
        at = read_at(axis, mode, Symbol("i"))
        got = [x[evaluate(at, known | {"i": i})] for i in range(-before, n + after)]
        assert np.array_equal(got, want)


def test_a_mode_that_is_none_is_refused():
    with pytest.raises(GeometryError, match=r"no padding_mode 'mirror'; expected zeros, circular"):
        read_at(Axis(5, 3), "mirror", Symbol("i"))


# --- geometries ---------------------------------------------------------------------------------


def test_one_value_per_axis():
    assert per_axis(2, 3, "stride") == (2, 2, 2)
    assert per_axis((1, 2), 2, "stride") == (1, 2)
    assert per_axis([4], 1, "stride") == (4,)
    with pytest.raises(GeometryError, match=r"stride: stride has 3 entries for 2 spatial axes"):
        per_axis((1, 2, 3), 2, "stride")
    with pytest.raises(GeometryError, match="2 entries for 1 spatial axis;"):
        per_axis((1, 2), 1, "stride")


def test_a_geometry_holds_its_axes():
    made = Geometry((Axis(7, 3, 2, 1, 1, 2), Axis(H, K, S, D, P, P)), groups=Symbol("G"))
    assert made.rank == 2
    assert made.sizes == (7, H)
    assert made.kernel == (3, K)
    assert evaluate(made.output()[0], {}) == len(
        places({"size": 7, "kernel": 3, "stride": 2, "dilation": 1, "before": 1, "after": 2})
    )
    assert open_sizes(made) == {"H", "K", "S", "D", "P", "G"}
    assert open_sizes(Geometry((Axis(7, 3),))) == set()


def test_the_padded_input_has_the_same_windows():
    axes = (Axis(7, 3, 2, 1, 1, 2), Axis(H, K, S, D, P, P))
    made = Geometry(axes, padding_mode="reflect")
    plain = made.unpadded()
    assert plain.padding_mode == "zeros"
    assert [axis.before for axis in plain.axes] == [0, 0]
    assert plain.axes[0].size == 10
    known = {"H": 8, "K": 3, "S": 2, "D": 2, "P": 3}
    for before, after in zip(made.output(), plain.output(), strict=True):
        assert evaluate(before, known) == evaluate(after, known)
