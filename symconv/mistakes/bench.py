"""Every mistake tried on one subject: the values of the wrong formulas, made once and kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from symconv.claims import Scope
from symconv.errors import SymconvError
from symconv.mistakes.model import Context, Mistake, Variant
from symconv.mistakes.settings import (
    DEAREST_WRONG,
    Array,
    Setting,
    Settings,
    agree,
    cost,
    evaluated,
    run,
    settings_for,
)
from symconv.mistakes.table import MISTAKES
from symconv.terms import Equation, Shape

FIRST = 3
"""How many settings a wrong formula must agree with what was written."""
OVERHEAD = 4000
"""What making and starting a wrong formula costs, in products."""
MOST_VARIANTS = 4000
"""How many wrong formulas are tried on a subject."""


@dataclass(slots=True)
class Row:
    """A wrong formula and its values at the settings where they were asked for."""

    mistake: Mistake
    variant: Variant
    values: dict[int, Array | None] = field(default_factory=dict)
    costs: dict[int, float] = field(default_factory=dict)


@dataclass(slots=True)
class Bench:
    """The wrong formulas of one subject, made as far as they were needed."""

    context: Context
    settings: Settings
    source: Iterator[tuple[Mistake, Variant]]
    rows: list[Row] = field(default_factory=list)

    def all_rows(self) -> Iterator[Row]:
        """The rows in the order of the table, made on demand and kept."""
        place = 0
        while place < MOST_VARIANTS:
            if place == len(self.rows):
                item = next(self.source, None)
                if item is None:
                    return
                self.rows.append(Row(*item))
            yield self.rows[place]
            place += 1

    def value(self, row: Row, place: int) -> Array | None:
        """A wrong formula's value at a setting, or None where it has none."""
        if place not in row.values:
            row.values[place] = value(row.variant, self.settings[place])
        return row.values[place]

    def cost(self, row: Row, place: int) -> float:
        """The steps that a wrong formula's value takes, made anew or not."""
        if place not in row.costs:
            row.costs[place] = OVERHEAD + cost(row.variant.program, self.settings[place].sizes)
        return row.costs[place]

    def truth(self, place: int) -> Array:
        """The true value at a setting."""
        setting = self.settings[place]
        return evaluated(self.context.truth, setting.arrays, setting.sizes)


def value(variant: Variant, setting: Setting) -> Array | None:
    """A wrong formula at a setting; None where it makes no sense there."""
    try:
        with np.errstate(all="ignore"):
            if variant.array is not None:
                return variant.array(setting)
            if cost(variant.program, setting.sizes) > DEAREST_WRONG:
                return None
            return run(variant.program, setting)
    except (SymconvError, ArithmeticError, LookupError, ValueError):
        return None


def tried(context: Context) -> Iterator[tuple[Mistake, Variant]]:
    """Every variant of every row, in order."""
    for mistake in MISTAKES:
        if mistake.variants is not None:
            for variant in mistake.variants(context):
                yield mistake, variant


Shapes: TypeAlias = tuple[tuple[str, Shape], ...]


@lru_cache(maxsize=16)
def bench_for(
    context: Context, scope: Scope, before: tuple[Equation, ...] = (), shapes: Shapes = ()
) -> Bench:
    """The bench of a subject, kept from claim to claim; the claim may name more tensors."""
    settings = settings_for(context.graph, scope)
    if before or shapes:
        settings = Settings(context.graph, settings.sizes, before, shapes, scope.lemmas)
    return Bench(context, settings, tried(context))


def same_up_to(left: Array | None, right: Array, factor: float = 1.0) -> bool:
    """Whether a wrong formula has the value that was written, up to a factor."""
    return left is not None and agree(left * factor, right)
