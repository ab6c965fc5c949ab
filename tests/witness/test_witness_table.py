"""The table of geometries itself: how many there are, and that none of the hard cases is missing.

A symmetric or square example hides most mistakes, so every group has to have some of each kind.
"""

from __future__ import annotations

import pytest
from witness_case import Case
from witness_specs import EACH, GROUPS, cases, per_axis, sides_of, window_sizes

from symconv.operations import REGISTRY


def test_there_are_enough_geometries() -> None:
    counts = {group: len({case.text for case in cases(group)}) for group in GROUPS}
    assert min(counts.values()) >= EACH >= 20
    assert sum(counts.values()) >= 600
    assert {case.keyword for group in GROUPS for case in cases(group)} == set(REGISTRY)


def spatial(case: Case) -> int:
    """The number of spatial axes."""
    options = case.options
    if case.keyword in ("unfold", "fold"):
        return len(options["kernel_size"])
    return case.rank


def kinds(case: Case) -> set[str]:
    """What makes a geometry with windows a hard one."""
    d, options = spatial(case), case.options
    x = next(iter(case.shapes.values()))
    n = options.get("output_size") or x[-d:]
    K = per_axis(options.get("kernel_size") or case.shapes["w"][-d:], d)
    S = per_axis(options.get("stride", K if "pool" in case.keyword else 1), d)
    D = per_axis(options.get("dilation", 1), d)
    sides = sides_of(case, n, K)
    span = [t * (k - 1) + 1 for k, t in zip(K, D, strict=True)]
    reach = [size + sum(side) - s for size, side, s in zip(n, sides, span, strict=True)]
    lead = x[: len(x) - d]
    transposed = case.keyword.startswith("conv_transpose")
    facts = {
        "padded": any(map(sum, sides)),
        "not padded": not any(map(sum, sides)),
        "padded on one side more": any(before != after for before, after in sides),
        "axes padded unequally": d == 1 or len({sum(side) for side in sides}) > 1,
        "the stride leaves some over": transposed
        or any(room % s for room, s in zip(reach, S, strict=True)),
        "unequal strides": d == 1 or len(set(S)) > 1,
        "unequal kernel": d == 1 or len(set(K)) > 1,
        "unequal sizes": d == 1 or len(set(n)) > 1,
        "windows overlap": any(s < width for s, width in zip(S, span, strict=True)),
        "windows leave gaps": any(s > width for s, width in zip(S, span, strict=True)),
        "batch": case.keyword != "fold" and len(lead) == 2 and lead[0] > 1,
        "dilated": max(D) > 1,
        "ceil_mode matters": options.get("ceil_mode", False)
        and window_sizes(n, K, S, D, sides, True) != window_sizes(n, K, S, D, sides),
        "padding does not count": options.get("count_include_pad") is False
        and any(map(sum, sides)),
        "bias": "b" in case.shapes,
        "no bias": "b" not in case.shapes,
        "output_padding": options.get("output_padding", 0) != 0,
        "groups of several channels": options.get("groups", 1) > 1
        and max(x[-d - 1] // options["groups"], case.shapes["w"][1]) > 1,
    }
    if isinstance(options.get("padding"), str):
        facts[options["padding"]] = True
    if any(map(sum, sides)):
        facts[options.get("padding_mode", "zeros")] = True
    return {name for name, holds in facts.items() if holds}


COMMON = {
    "padded",
    "not padded",
    "padded on one side more",
    "axes padded unequally",
    "the stride leaves some over",
    "unequal strides",
    "unequal kernel",
    "unequal sizes",
    "windows overlap",
    "windows leave gaps",
}
CONV = {
    *("bias", "no bias", "dilated"),
    *("same", "valid", "full", "causal"),
    *("zeros", "circular", "reflect", "replicate"),
}


def wanted(group: str) -> set[str]:
    """The kinds that a group cannot do without."""
    keyword, axes = group.split()[0], int(group.split()[-2])
    if keyword in ("unfold", "fold"):
        return COMMON | {"dilated"}
    d = int(keyword[-2])
    needed = COMMON | ({"batch"} if axes == d + 2 else set())
    if "pool" in keyword:
        special = "dilated" if keyword.startswith("max") else "padding does not count"
        return needed | {"ceil_mode matters", special}
    needed |= {"groups of several channels"} if axes > d else set()
    if keyword.startswith("conv_transpose"):
        return needed | {"bias", "no bias", "dilated", "output_padding"}
    return needed | CONV


WINDOWS = [g for g in GROUPS if g.startswith(("conv1", "conv2", "conv3", "conv_")) or "ool" in g]
WINDOWS += [g for g in GROUPS if "fold" in g]


@pytest.mark.parametrize("group", WINDOWS)
def test_every_kind_of_geometry_is_there(group: str) -> None:
    found: set[str] = set().union(*map(kinds, cases(group)))
    assert not wanted(group) - found


@pytest.mark.parametrize("group", [g for g in GROUPS if g.startswith(("convolve", "correlate"))])
def test_filters_come_in_all_modes_and_lengths(group: str) -> None:
    """In every mode the kernel is sometimes the longer and sometimes the shorter, even and odd."""
    for mode in ("full", "same", "valid", "circular"):
        pairs = [
            (case.shapes["x"][0], case.shapes["w"][0])
            for case in cases(group)
            if case.options["mode"] == mode
        ]
        assert {n < k for n, k in pairs} == {True, False}, mode
        assert {k % 2 for _, k in pairs} == {0, 1}, mode
