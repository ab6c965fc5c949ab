"""Both sides at given sizes, by the reference evaluator, which knows nothing of integer sets."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from symconv.claims import Claim, Counterexample
from symconv.index import RELATIONS, Condition, concrete, evaluate
from symconv.meaning import FLOATS, STAND_INS, Functions, evaluate_equation
from symconv.provers.words import divisors, least, nonempty
from symconv.sampling import SMOOTH
from symconv.terms import Form, Selection, Shape

Array = npt.NDArray[Any]
SPREAD = 97
CLOSE = 1e-9


def meets(claim: Claim, sizes: Mapping[str, int]) -> bool:
    """Whether the sizes are in scope and everything assumed holds."""
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


def differ(claim: Claim, sizes: Mapping[str, int], draws: int = 3) -> Counterexample | None:
    """Where the sides differ at some sizes, on generic exact data, or None.

    With exponentials and the like a difference must also show on floats, with the real functions.
    """
    wrong = _shapes_differ(claim, sizes)
    if wrong is not None:
        return wrong
    for draw in range(draws):
        found = _first(claim, sizes, _whole(claim, sizes, draw), STAND_INS)
        if found is None:
            continue
        if not smooth(claim):
            return found
        for data in _floats(claim, sizes, draw):
            real = _try_first(claim, sizes, data)
            if real is not None:
                return real
    return None


def _shapes_differ(claim: Claim, sizes: Mapping[str, int]) -> Counterexample | None:
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
        total = int(np.prod(extents, dtype=np.int64))
        reach = total + SPREAD
        values = source.sample([v for v in range(-reach, reach + 1) if v], total)
        array = np.empty(total, dtype=object)
        array[:] = values
        arrays[name] = array.reshape(extents)
    return arrays


def _floats(claim: Claim, sizes: Mapping[str, int], seed: int) -> Iterator[dict[str, Array]]:
    """Floats of both signs, then positive ones for logarithms."""
    whole = _whole(claim, sizes, seed)
    for lift in (0.0, 1.5):
        yield {n: a.astype(np.float64) / (a.size + SPREAD) + lift for n, a in whole.items()}


def _try_first(
    claim: Claim, sizes: Mapping[str, int], data: Mapping[str, Array]
) -> Counterexample | None:
    try:
        return _first(claim, sizes, data, FLOATS)
    except (ValueError, ZeroDivisionError, OverflowError):
        return None


def _first(
    claim: Claim, sizes: Mapping[str, int], data: Mapping[str, Array], functions: Functions
) -> Counterexample | None:
    """The first output position at which the sides differ."""
    values = dict(data)
    for equation in claim.before:
        values[equation.name] = evaluate_equation(equation, _of(equation, values), sizes, functions)
    left, right = (
        evaluate_equation(side, _of(side, values), sizes, functions)
        for side in (claim.left, claim.right)
    )
    for position in np.ndindex(left.shape):
        a, b = left[position], right[position]
        if not _same(a, b):
            return Counterexample(dict(sizes), position, str(a), str(b))
    return None


def _of(equation: Form | Selection, values: Mapping[str, Array]) -> dict[str, Array]:
    return {name: values[name] for name in equation.tensors}


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, float) or isinstance(b, float):
        return bool(abs(a - b) <= CLOSE * max(1.0, abs(a), abs(b)))
    return bool(a == b)
