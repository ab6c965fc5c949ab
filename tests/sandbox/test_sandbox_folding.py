"""The geometries of a run: folded for people, all of them as data, those that fail first."""

from __future__ import annotations

import numpy as np

from symconv.api.checking import check_code
from symconv.audit.data import verdict_data
from symconv.audit.people import verdict_lines

LINE = "y = conv1d(x[N], w[K])"


def flipped(x, w, g):
    """Right for one weight alone."""
    return np.convolve(g, w[::-1])


def right(x, w, g):
    """The gradient."""
    return np.convolve(g, w)


def test_the_smallest_failing_geometry_and_how_many():
    verdict = check_code(flipped, LINE, gives="dx", read=False)
    lines = verdict_lines(verdict)
    runs = [line for line in lines if "K = " in line and ": dx " in line]
    assert len(runs) == 2
    assert runs[0].startswith("  11 of 12 geometries fail: K = 2, N = 3: dx wrong")
    assert runs[1].startswith("  1 pass: K = 1, N = 5: dx right")
    assert "  -v or --format json lists every geometry that was run" in lines


def test_all_of_them_as_data_and_when_asked():
    verdict = check_code(flipped, LINE, gives="dx", read=False)
    runs = verdict_data(verdict)["runs"]
    assert len(runs) == 12
    assert ["dx wrong" in line for line in runs] == [True] * 11 + [False]
    assert runs[0].startswith("K = 2, N = 3: ")
    verbose = verdict_lines(verdict, verbose=True)
    assert all(f"  {line}" in verbose for line in runs)


def test_what_is_right_lists_none():
    verdict = check_code(right, LINE, gives="dx", read=False)
    assert verdict.outcome == "checked" and len(verdict.runs) == 12
    assert not any("geometries fail" in line for line in verdict_lines(verdict))
    both = check_code(right, LINE, gives="dx")
    assert both.outcome == "proved" and len(both.runs) == 12
