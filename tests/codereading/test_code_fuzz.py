"""Random small mistakes in code: nothing false is said, and nothing but clean problems comes up."""

from __future__ import annotations

import os

from code_fuzz import trial

COUNT = int(os.environ.get("SYMCONV_FUZZ", "12"))


def test_mutated_code():
    false = []
    kinds = set()
    for number in range(COUNT):
        _, found, wrong = trial(number, seed=11)
        false += wrong
        kinds |= set(found)
    assert not false, "\n".join(false)
    assert {"proved", "refuted"} <= kinds
