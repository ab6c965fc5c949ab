"""Specs with letters for their sizes, and at each choice of numbers the same thing in numbers.

An operation is written once, with its sizes and options as small expressions of the letters; from
that come the spec's text and, with numbers put in, the geometry that the witness is asked about.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np
from witness_by_torch import F, torch, values
from witness_case import Array, Case, Shape, written

SPANS = {"S": (1, 3), "D": (1, 3), "P": (0, 2), "Q": (0, 2), "E": (0, 1), "G": (1, 3), "N": (1, 3)}
"""From where numbers for letters are drawn; all others are from 1 to 7."""
MOST = 3000
"""Numbers in all tensors together."""


@dataclass(frozen=True)
class Program:
    """A spec with letters, the tensors' sizes, and PyTorch's program for numbers in their place.

    `run(tensors, sizes)` is the witness.  `letters` names those that no array shows.
    """

    text: str
    shapes: dict[str, str]
    run: Callable[[dict[str, Any], dict[str, int]], Any]
    fits: str = "True"
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def letters(self) -> list[str]:
        """All letters."""
        inside = ",".join([*self.shapes.values(), self.fits, *self.spans])
        named = set(re.findall(r"[A-Z]", inside))
        return sorted(named | set(self.hidden))

    @property
    def hidden(self) -> list[str]:
        """The letters that stand for no size of a tensor by themselves."""
        shown = {size for text in self.shapes.values() for size in text.split(",")}
        return sorted(set(self.spans) - shown)

    def draw(self, source: random.Random) -> tuple[dict[str, int], dict[str, Shape]]:
        """Numbers for all letters that fit together, and the shapes then."""
        while True:
            spans = {name: self.spans.get(name) or SPANS.get(name, (1, 7)) for name in self.letters}
            sizes = {name: source.randint(*span) for name, span in spans.items()}
            if not eval(self.fits, {}, dict(sizes)):
                continue
            shapes = {n: _shape(text, sizes) for n, text in self.shapes.items()}
            if all(min(s, default=1) > 0 for s in shapes.values()):
                if sum(map(prod, shapes.values())) <= MOST and self._runs(sizes, shapes):
                    return sizes, shapes

    def _runs(self, sizes: dict[str, int], shapes: dict[str, Shape]) -> bool:
        """Whether PyTorch takes the sizes, and leaves finite numbers."""
        try:
            made = self.run({n: torch.ones(s, dtype=torch.float64) for n, s in shapes.items()}, sizes)
        except RuntimeError:
            return False
        return made.numel() > 0 and bool(torch.isfinite(made).all())


def _shape(text: str, sizes: dict[str, int]) -> Shape:
    return tuple(eval(size, {}, dict(sizes)) for size in text.split(",")) if text else ()


def spec(keyword: str, shapes: dict[str, str], target: str = "y", **options: str) -> str:
    """The text of one operation."""
    tensors = [f"{name}[{sizes}]" if sizes else name for name, sizes in shapes.items()]
    given = [f"{name}={value}" for name, value in options.items()]
    return f"{target} = {keyword}({', '.join([*tensors, *given])})"


def single(
    keyword: str,
    shapes: dict[str, str],
    fits: str = "True",
    target: str = "y",
    **options: str,
) -> Program:
    """One operation; PyTorch is asked about the geometry that the numbers make of it."""

    def run(tensors: dict[str, Any], sizes: dict[str, int]) -> Any:
        from witness_by_torch import run

        shaped = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
        given = {name: eval(value, {}, dict(sizes)) for name, value in options.items()}
        return run(Case(keyword, shaped, given, target), tensors)

    named = re.findall(r"\b[A-Z]\b", " ".join(options.values()))
    spans = {name: SPANS.get(name, (1, 4)) for name in named}
    return Program(spec(keyword, shapes, target, **options), shapes, run, fits, spans)
