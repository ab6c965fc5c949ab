"""Functions read and run: neither may contradict the other, and what is proved is right."""

import handed_right as right
import handed_wrong as wrong
import pytest
from test_sandbox_functions import RIGHT, WRONG

from symconv import check_code

pytest.importorskip("islpy", reason="islpy is not installed: nothing is proved for all sizes")

PROVED = {
    "conv1d_backward_slices",
    "conv2d_forward_tutorial",
    "transposed_scatter",
    "transposed_backward",
    "dilated_backward",
    "avg_pool_backward",
}
CONDITIONS = {
    "last_writer_wins": "S ≥ K",
    "stride_forgotten": "S = 1",
    "dilation_forgotten": "D = 1",
    "not_cropped": "P = 0",
}


@pytest.mark.parametrize("row", RIGHT, ids=[row.name for row in RIGHT])
def test_right_functions_are_good_both_ways(row):
    found = check_code(getattr(right, row.name), row.spec, row.gives, **dict(row.options))
    assert found.good, (found.outcome, found.evidence)
    if row.name in PROVED:
        assert found.outcome == "proved" and any("when run" in note for note in found.notes)


@pytest.mark.parametrize("row", WRONG, ids=[row.name for row in WRONG])
def test_wrong_functions_are_never_good(row):
    found = check_code(getattr(wrong, row.name), row.spec, row.gives, **dict(row.options))
    assert found.outcome in ("refuted", "conditional", "undecided"), found.evidence
    if row.name in CONDITIONS:
        assert CONDITIONS[row.name] in found.condition.text
