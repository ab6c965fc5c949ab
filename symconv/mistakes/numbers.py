"""Which mistake explains numbers that code gave, at several geometries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations

import numpy as np
import numpy.typing as npt

from symconv.claims import Diagnosis
from symconv.errors import SymconvError
from symconv.graph import Graph
from symconv.index import concrete
from symconv.mistakes.bench import tried, value
from symconv.mistakes.explain import ALONE, SCALES, filled
from symconv.mistakes.model import Context, Variant
from symconv.mistakes.settings import Array, Setting, completed, evaluated, inside
from symconv.mistakes.subjects import context_of
from symconv.terms import Selection

Case = tuple[Mapping[str, int], Mapping[str, npt.ArrayLike], npt.ArrayLike]
"""Sizes, the arrays of inputs and upstream gradient by name, and the value that code gave."""
MOST_CASES = 4
ROUNDING = 1e-5
"""Numbers of code may come from float32."""


def explain_numbers(graph: Graph, of: str, cases: Sequence[Case]) -> Diagnosis | None:
    """The mistake that gives the code's numbers in every case, or None where none is known.

    `of` is "result", "result of h" or "gradient of x".
    """
    kind, _, name = of.partition(" of ")
    context = context_of(graph, kind, name or graph.output)
    if context is None:
        return None
    try:
        return _explained(context, [_case(graph, *case) for case in cases])
    except (SymconvError, ArithmeticError, LookupError, ValueError):
        return None


def _case(
    graph: Graph,
    sizes: Mapping[str, int],
    arrays: Mapping[str, npt.ArrayLike],
    given: npt.ArrayLike,
) -> tuple[Setting, Array]:
    floats = {n: np.asarray(a, dtype=np.float64) for n, a in arrays.items()}
    return completed(graph, sizes, floats), np.asarray(given, dtype=np.float64)


def _explained(context: Context, cases: list[tuple[Setting, Array]]) -> Diagnosis | None:
    """Wrong cases first: the others say little."""
    truths = [evaluated(context.truth, s.arrays, s.sizes) for s, _ in cases]
    order = sorted(range(len(cases)), key=lambda n: near(truths[n], cases[n][1]))[:MOST_CASES]
    if not order or near(truths[order[0]], cases[order[0]][1]):
        return None
    chosen = [cases[n] for n in order]
    found = _numeric(context, [truths[n] for n in order], chosen)
    return found or _by_table(context, chosen) or _turned([truths[n] for n in order], chosen)


def _by_table(context: Context, cases: list[tuple[Setting, Array]]) -> Diagnosis | None:
    for mistake, variant in tried(context):
        if _written(context, variant) and all(near(value(variant, s), v) for s, v in cases):
            return mistake.says(filled(variant.facts))
    for factor, name, text in SCALES:
        for mistake, variant in tried(context):
            if mistake.name in ALONE or not _written(context, variant):
                continue
            if all(near(value(variant, s), v, factor) for s, v in cases):
                said = mistake.says(filled(variant.facts))
                return Diagnosis(f"{said.name} and {name}", f"{said.text}; and {text}")
    return None


def _written(context: Context, variant: Variant) -> bool:
    """Whether a variant that asks for the writing may be tried: code sums as the truth does."""
    return variant.fits is None or variant.fits(context.truth)


def _turned(truths: list[Array], cases: list[tuple[Setting, Array]]) -> Diagnosis | None:
    """The last resort: the right numbers from back to front."""
    if all(_reversed(t, v) for t, (_, v) in zip(truths, cases, strict=True)):
        return Diagnosis("reversed", "the right numbers in reversed order: a flip too many")
    return None


def near(found: Array | None, given: Array, factor: float = 1.0) -> bool:
    """Whether a wrong formula gives the code's numbers, up to rounding."""
    if found is None or found.shape != given.shape or not np.all(np.isfinite(given)):
        return False
    scale = float(np.max(np.abs(given), initial=1.0))
    return bool(np.all(np.abs(found * factor - given) <= ROUNDING * scale))


# --- what only numbers show ---------------------------------------------------------------------


def _numeric(
    context: Context, truths: list[Array], cases: list[tuple[Setting, Array]]
) -> Diagnosis | None:
    """Mistakes of programs: axes laid down otherwise, a border not cut off, maxima that tie."""
    values = [v for _, v in cases]
    if all(_holds_transposed(t, v) for t, v in zip(truths, values, strict=True)):
        return Diagnosis("transposed", "the right numbers, with axes exchanged")
    if all(inside(t, v) for t, v in zip(truths, values, strict=True)):
        text = "the right numbers with the padding still round them: it is not cut off"
        return Diagnosis("border not cut off", text)
    if all(t.size and v.size and not np.any(v) for t, v in zip(truths, values, strict=True)):
        return Diagnosis("all zero", "every number is 0: the result is never written")
    if _ties(context, cases):
        text = "on a tie every maximum of the window takes the gradient, not the first one alone"
        return Diagnosis("all maxima instead of the first", text)
    return None


def _holds_transposed(truth: Array, given: Array) -> bool:
    orders = permutations(range(truth.ndim)) if 2 <= truth.ndim <= 4 else ()
    return any(
        near(truth.transpose(order), given) for order in orders if list(order) != sorted(order)
    )


def _reversed(truth: Array, given: Array) -> bool:
    if truth.ndim == 0 or near(truth, given):
        return False
    return near(np.flip(truth), given) or (truth.ndim > 1 and near(np.flip(truth, (-2, -1)), given))


def _ties(context: Context, cases: list[tuple[Setting, Array]]) -> bool:
    """Whether the numbers follow when every maximum counts, not the first one alone."""
    selections = [e for e in context.graph.equations if isinstance(e, Selection)]
    return bool(selections) and all(
        near(evaluated(context.truth, dict(_all_maxima(selections, s)), s.sizes), v)
        for s, v in cases
    )


def _all_maxima(selections: Sequence[Selection], setting: Setting) -> Iterator[tuple[str, Array]]:
    """The arrays of a setting with 1 at every maximum of a window."""
    yield from setting.arrays.items()
    for selection in selections:
        mask = setting.arrays[selection.name]
        axes = tuple(range(len(selection.ranges), mask.ndim))
        seen = _windows(selection, setting)
        best = np.max(seen, axis=axes, keepdims=True)
        yield selection.name, (seen == best).astype(np.float64)


def _windows(selection: Selection, setting: Setting) -> Array:
    """What each window holds, ``-inf`` outside the tensor."""
    source = setting.arrays[selection.read.tensor]
    shape = [concrete(n, setting.sizes) for n in selection.shape]
    names = [r.name for r in (*selection.ranges, *selection.window)]
    found = np.full(shape, -np.inf)
    for point in np.ndindex(*shape):
        here = dict(setting.sizes) | dict(zip(names, point, strict=True))
        at = tuple(concrete(i, here) for i in selection.read.at)
        if all(0 <= i < n for i, n in zip(at, source.shape, strict=True)):
            found[point] = source[at]
    return found
