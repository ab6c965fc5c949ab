"""One geometry: a spec text, what it says in plain Python, and the numbers that go in.

The text goes to symconv, the shapes and options to the witnesses: neither is read off the other.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Shape = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Case:
    """`unit` divides all whole numbers that go in, so that every mean of them is whole too."""

    keyword: str
    shapes: dict[str, Shape]
    options: dict[str, Any] = field(default_factory=dict)
    target: str = "y"
    unit: int = 1
    largest: int = 9

    @property
    def axes(self) -> int:
        """How many axes the first tensor has."""
        return len(next(iter(self.shapes.values())))

    @property
    def rank(self) -> int:
        """The number of spatial axes of ``…2d``."""
        return int(self.keyword[-2])

    @property
    def text(self) -> str:
        """The spec."""
        tensors = [f"{name}{_sizes(shape)}" for name, shape in self.shapes.items()]
        options = [f"{name}={written(value)}" for name, value in self.options.items()]
        return f"{self.target} = {self.keyword}({', '.join([*tensors, *options])})"

    def integers(self, seed: int = 0) -> dict[str, Array]:
        """Whole numbers for every tensor."""
        return {
            name: whole_numbers(shape, f"{seed} {name} {self.text}", self.largest, self.unit)
            for name, shape in self.shapes.items()
        }

    def floats(self, seed: int = 0) -> dict[str, Array]:
        """Numbers of many sizes."""
        return {
            name: real_numbers(shape, f"{seed} {name} {self.text}")
            for name, shape in self.shapes.items()
        }


@dataclass(frozen=True)
class Answer:
    """An output and the gradient of every tensor, or in the same places how far off one may be."""

    y: Array
    gradients: dict[str, Array]


def whole_numbers(
    shape: Shape, seed: str, largest: int = 9, unit: int = 1
) -> npt.NDArray[np.int64]:
    """Multiples of `unit`, from -largest to largest of them."""
    source = random.Random(seed)
    values = [unit * source.randint(-largest, largest) for _ in range(int(np.prod(shape)))]
    return np.array(values, dtype=np.int64).reshape(shape)


def real_numbers(shape: Shape, seed: str) -> npt.NDArray[np.float64]:
    """Normally distributed numbers."""
    source = random.Random(seed)
    values = [source.gauss(0, 1) for _ in range(int(np.prod(shape)))]
    return np.array(values, dtype=np.float64).reshape(shape)


def _sizes(shape: Shape) -> str:
    return f"[{','.join(map(str, shape))}]" if shape else ""


def written(value: Any) -> str:
    """A value of an option as the spec language writes it."""
    match value:
        case bool() | int():
            return str(value)
        case Fraction():
            return f"{value.numerator}/{value.denominator}"
        case str():
            return f'"{value}"'
        case tuple():
            inside = ",".join(map(written, value))
            return f"({inside},)" if len(value) == 1 else f"({inside})"
    raise TypeError(f"not a value of an option: {value!r}")
