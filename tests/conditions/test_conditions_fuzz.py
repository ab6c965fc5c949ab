"""Mutated claims: every condition that is found is compared with brute force over small sizes."""

from __future__ import annotations

import importlib.util
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from condition_cases import FORMS, NONE, SIZES
from condition_worlds import met, small, true_at

from symconv.claims import AnyClaim, Claim, Size, SizeClaim
from symconv.conditions import condition_for, corner_note
from symconv.index import FloorDiv, Index, Mod, Product, Symbol, add, children, rebuild
from symconv.provers import decide

pytest.importorskip("islpy")
COUNT = int(os.environ.get("SYMCONV_FUZZ", "120"))
BATCH = 20


def _mutated() -> Callable[[Claim, random.Random], Claim]:
    """The changes that the provers' own tests make."""
    path = Path(__file__).parent.parent / "provers" / "fuzz_claims.py"
    spec = importlib.util.spec_from_file_location("changes_of_claims", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return cast("Callable[[Claim, random.Random], Claim]", module.changed)


MUTATED = _mutated()
BASES = [case.claim for case in (*FORMS, *SIZES)] + [row[1] for row in NONE]


def claims(seed: int) -> Iterator[AnyClaim]:
    """False and true claims about the operations of the cases, near the truth or far from it."""
    source = random.Random(seed)
    while True:
        base = source.choice(BASES)
        if isinstance(base, SizeClaim):
            near = base if source.random() < 0.3 else replace(base, right=base.left)
            yield replace(near, right=_size(near.right, base.scope.names, source))
        else:
            near_form = base if source.random() < 0.3 else replace(base, right=base.left)
            yield MUTATED(near_form, source)


def _size(size: Size, names: tuple[str, ...], source: random.Random) -> Size:
    top, bottom = _index(size.top, names, source), size.bottom
    if source.random() < 0.15:
        bottom = source.choice([2, 3, *(Symbol(n) for n in names if n in "SK")])
    return Size(top, bottom)


def _index(index: Index, names: tuple[str, ...], source: random.Random) -> Index:
    """One change somewhere inside."""
    parts = list(children(index))
    if parts and source.random() < 0.75:
        place = source.randrange(len(parts))
        parts[place] = _index(parts[place], names, source)
        return rebuild(index, parts)
    new = Symbol(source.choice(names))
    choices: list[Index] = [
        add(index, source.choice((-1, 1))),
        Product((source.choice((2, -1)), index)),
        new,
        add(index, new),
        2,
        FloorDiv(index, 2),
        add(index, Product((-1, Mod(index, 2)))),
    ]
    return source.choice(choices)


@pytest.mark.parametrize("batch", range(max(1, COUNT // BATCH)))
def test_conditions_on_mutated_claims_hold_by_brute_force(batch: int):
    found = 0
    for claim, _ in zip(claims(batch), range(BATCH), strict=False):
        verdict = decide(claim)
        if verdict.outcome != "refuted":
            continue
        proviso = condition_for(claim)
        note = corner_note(claim)
        example = verdict.counterexample
        assert example is not None
        if proviso is None:
            _compare_note(claim, note)
            continue
        found += 1
        assert not met(proviso.conditions, example.sizes), (claim, proviso)
        held = 0
        for sizes in small(claim, 60):
            here, truth = met(proviso.conditions, sizes), true_at(claim, sizes)
            held += here
            assert truth or not here, (sizes, claim, proviso)
            assert not (truth and not here and proviso.necessary), (sizes, claim, proviso)
    FOUND.append(found)


FOUND: list[int] = []


def _compare_note(claim: AnyClaim, note: str) -> None:
    """A note that names one corner alone: the claim holds nowhere else, and there it does."""
    head = "holds only for "
    name, _, number = note.removeprefix(head).partition(" = ")
    if not note.startswith(head) or name not in claim.scope.names or not number.isdigit():
        return
    for sizes in small(claim, 40):
        assert true_at(claim, sizes) == (sizes[name] == int(number)), (sizes, claim, note)


def test_the_fuzz_finds_conditions_at_all():
    assert not FOUND or sum(FOUND) * 20 >= len(FOUND) * BATCH
