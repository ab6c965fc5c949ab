"""Both sides at given sizes, by the reference evaluator, which knows nothing of integer sets."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from symconv.claims import AnyClaim, Claim, Counterexample, SizeClaim
from symconv.errors import GeometryError
from symconv.index import RELATIONS, Condition, concrete, evaluate
from symconv.meaning import FLOATS, STAND_INS, Functions, evaluate_equation
from symconv.provers.inside import TooMany, leaves
from symconv.provers.lengths import size_differs, size_meets
from symconv.provers.spelled import at_place, written
from symconv.provers.words import divisors, least, nonempty
from symconv.sampling import SMOOTH, work
from symconv.terms import Form, Selection, Shape

Array = npt.NDArray[Any]
Place: TypeAlias = tuple[int, ...]
SPREAD = 97
CLOSE = 1e-9
DEAR = 100_000
"""Steps of the plain evaluator beyond which one position is looked at, not all of them."""
FEW = 20_000
MOST_ELEMENTS = 20_000_000
"""How many elements a tensor may have when values are drawn for it; up to `FEW`, none is equal."""


def meets(claim: AnyClaim, sizes: Mapping[str, int]) -> bool:
    """Whether the sizes are in scope and everything assumed holds."""
    if isinstance(claim, SizeClaim):
        return size_meets(claim, sizes)
    conditions = (
        *least(claim.scope),
        *claim.scope.assumptions,
        *divisors(claim),
        *nonempty(claim),
    )
    return all(holds(condition, sizes) for condition in conditions)


def holds(condition: Condition, sizes: Mapping[str, int]) -> bool:
    """Whether a condition on sizes holds (not where it divides by 0)."""
    try:
        left, right = evaluate(condition.left, sizes), evaluate(condition.right, sizes)
    except ZeroDivisionError:
        return False
    return bool(RELATIONS[condition.relation](left, right))


def inputs(claim: Claim) -> dict[str, Shape]:
    """The tensors that no equation makes."""
    made = {equation.name for equation in claim.before}
    found: dict[str, Shape] = {}
    for equation in (claim.left, *claim.before, claim.right):
        for name, shape in equation.shapes:
            if name not in made:
                found.setdefault(name, shape)
    return found


def smooth(claim: Claim) -> bool:
    """Whether functions occur that do not keep fractions fractions."""
    forms = [e for e in (claim.left, claim.right, *claim.before) if isinstance(e, Form)]
    reads = [read for form in forms for term in form.terms for read in term.reads]
    return any(read.function in SMOOTH for read in reads)


def differ(claim: AnyClaim, sizes: Mapping[str, int], draws: int = 3) -> Counterexample | None:
    """Where the sides differ at some sizes, on generic exact data, or None.

    With exponentials and the like a difference must also show on floats, with the real functions.
    Errors: ZeroDivisionError where a claim about sizes divides by 0.
    """
    if isinstance(claim, SizeClaim):
        return size_differs(claim, sizes)
    wrong = shapes_differ(claim, sizes)
    if wrong is not None:
        return wrong
    seen = _seen(claim, sizes, draws, None)
    left = differ_outside(claim, sizes)
    return left if seen is None or (left and left.position <= seen.position) else seen


def differ_outside(
    claim: Claim, sizes: Mapping[str, int], position: Place | None = None
) -> Counterexample | None:
    """The first position at which the right side reads outside a tensor, where that is an error.

    Errors: `TooMany`.
    """
    if claim.scope.outside != "error":
        return None
    found = leaves(
        claim.right if position is None else at_place(claim.right, sizes, position), sizes
    )
    if found is None:
        return None
    place = found.position if position is None else position
    names = {name: np.asarray(values) for name, values in _whole(claim, sizes, 0).items()}
    for equation in claim.before:
        names[equation.name] = evaluate_equation(equation, _of(equation, names), sizes, STAND_INS)
    here = at_place(claim.left, sizes, place)
    value = evaluate_equation(here, _of(here, names), sizes, STAND_INS)
    text = written(claim.left, sizes, place)
    return Counterexample(dict(sizes), place, str(value[()]), found.text, text)


def differ_at(claim: Claim, sizes: Mapping[str, int], position: Place) -> Counterexample | None:
    """The sides at one position where they differ, or None; large forms are cheap this way.

    Errors: `TooMany` where the earlier results are too many to evaluate.
    """
    if work(claim.before or (claim.left,), sizes) > DEAR and claim.before:
        raise TooMany("the earlier results are too large to evaluate")
    if claim.scope.outside == "error" and leaves(at_place(claim.right, sizes, position), {}):
        return differ_outside(claim, sizes, position)
    return _seen(claim, sizes, 3, position)


def re_evaluated(claim: Claim, sizes: Mapping[str, int], position: Place) -> Counterexample | None:
    """Where the sides differ: anywhere in small forms, at the given position in large ones."""
    if work((claim.left, claim.right, *claim.before), sizes) <= DEAR:
        return differ(claim, sizes)
    return shapes_differ(claim, sizes) or differ_at(claim, sizes, position)


def _seen(
    claim: Claim, sizes: Mapping[str, int], draws: int, position: Place | None
) -> Counterexample | None:
    for draw in range(draws):
        whole = _whole(claim, sizes, draw)
        found = _first(claim, sizes, whole, STAND_INS, position)
        if found is None:
            continue
        if not smooth(claim):
            return _with_terms(claim, found)
        for data in _floats(whole, {lemma.tensor for lemma in claim.scope.lemmas}):
            real = _try_first(claim, sizes, data, position)
            if real is not None:
                return _with_terms(claim, real)
    return None


def _with_terms(claim: Claim, found: Counterexample) -> Counterexample:
    """The counterexample with both sums written out at its position."""
    left, right = (written(side, found.sizes, found.position) for side in (claim.left, claim.right))
    return replace(found, left_terms=left, right_terms=right)


def shapes_differ(claim: Claim, sizes: Mapping[str, int]) -> Counterexample | None:
    """The two shapes at some sizes, where they are not the same."""
    left, right = (
        tuple(concrete(n, sizes) for n in side.shape) for side in (claim.left, claim.right)
    )
    if left == right:
        return None
    return Counterexample(dict(sizes), (), f"shape {left}", f"shape {right}")


def _whole(claim: Claim, sizes: Mapping[str, int], seed: int) -> dict[str, Array]:
    """Integers, none of them 0, and no two of one tensor equal."""
    source = random.Random(f"{seed} {sorted(sizes.items())}")
    arrays = {}
    for name, shape in inputs(claim).items():
        extents = [max(0, concrete(n, sizes)) for n in shape]
        arrays[name] = _drawn(name, math.prod(extents), source).reshape(extents)
    for lemma in claim.scope.lemmas:
        if lemma.tensor in arrays:
            arrays[lemma.tensor] = _summing_to_one(arrays[lemma.tensor], lemma.axis)
    return arrays


def _drawn(name: str, total: int, source: random.Random) -> Array:
    """So many integers; Python's own and all different where there are few of them."""
    if total > MOST_ELEMENTS:
        raise GeometryError(f"{name} is too large to evaluate", got=f"{total:,} elements")
    if total > FEW:
        many = np.random.default_rng(source.getrandbits(32))
        return np.asarray(many.integers(1, SPREAD**3, total) * many.choice((-1, 1), total))
    reach = total + SPREAD
    array = np.empty(total, dtype=object)
    array[:] = source.sample([v for v in range(-reach, reach + 1) if v], total)
    return array


def _summing_to_one(array: Array, axis: int) -> Array:
    """Fractions that sum to 1 along an axis, from distinct integers; no element is 0."""
    positive = array + (array.size + SPREAD + 1)
    fractions: Array = positive * np.full(array.shape, Fraction(1), dtype=object)
    return np.asarray(fractions / fractions.sum(axis=axis, keepdims=True), dtype=object)


def _floats(whole: Mapping[str, Array], kept: set[str]) -> Iterator[dict[str, Array]]:
    """Floats of both signs, then positive ones for logarithms."""
    for lift in (0.0, 1.5):
        yield {n: _scaled(a, lift, n in kept) for n, a in whole.items()}


def _scaled(array: Array, lift: float, kept: bool) -> Array:
    values = array.astype(np.float64)
    return values if kept else values / (array.size + SPREAD) + lift


def _try_first(
    claim: Claim, sizes: Mapping[str, int], data: Mapping[str, Array], position: Place | None
) -> Counterexample | None:
    try:
        return _first(claim, sizes, data, FLOATS, position)
    except (ValueError, ZeroDivisionError, OverflowError):
        return None


def _first(
    claim: Claim,
    sizes: Mapping[str, int],
    data: Mapping[str, Array],
    functions: Functions,
    position: Place | None,
) -> Counterexample | None:
    """The first output position at which the sides differ, or the one that is asked about."""
    values = dict(data)
    for equation in claim.before:
        values[equation.name] = evaluate_equation(equation, _of(equation, values), sizes, functions)
    sides = [claim.left, claim.right]
    if position is not None:
        sides = [at_place(side, sizes, position) for side in sides]
    left, right = (evaluate_equation(side, _of(side, values), sizes, functions) for side in sides)
    for place in np.ndindex(left.shape):
        a, b = left[place], right[place]
        if not _same(a, b):
            here = place if position is None else position
            return Counterexample(dict(sizes), here, str(a), str(b))
    return None


def _of(equation: Form | Selection, values: Mapping[str, Array]) -> dict[str, Array]:
    return {name: values[name] for name in equation.tensors}


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, float) or isinstance(b, float):
        return bool(abs(a - b) <= CLOSE * max(1.0, abs(a), abs(b)))
    return bool(a == b)
