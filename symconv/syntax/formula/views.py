"""Declared names for tensors: which tensor is read, and where, for the indices that are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symconv.index import Index, Symbol, add, minus, simplify, substitute, tidy
from symconv.terms import Form, Shape
from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class View:
    """``name[letters] = tensor[at]``; `shape` holds the size of each letter's axis.

    `copy` is the equation of a padded copy where its cells outside the tensor are cells of their
    own.
    """

    tensor: str
    letters: tuple[str, ...]
    at: tuple[Index, ...]
    shape: Shape
    padded: bool = False
    copy: Form | None = None

    def read(self, position: Sequence[Index]) -> tuple[Index, ...]:
        """Where the tensor is read for a written position."""
        if self.at == tuple(map(Symbol, self.letters)):
            return tuple(position)
        names = dict(zip(self.letters, position, strict=True))
        return tuple(substitute(index, names) for index in self.at)

    def of(self, tensor: str) -> View:
        """The same view of another tensor of this shape (a gradient)."""
        return replace(self, tensor=tensor)


def letter(axis: int) -> str:
    """An internal name, which no user's name can be."""
    return f"#{axis}"


def identity(tensor: str, shape: Shape) -> View:
    """The tensor as it is."""
    letters = tuple(map(letter, range(len(shape))))
    return View(tensor, letters, tuple(map(Symbol, letters)), shape)


def permuted(tensor: str, shape: Shape, order: Sequence[int]) -> View:
    """The tensor with its axes written in another order: `order` lists the tensor's axes."""
    letters = tuple(map(letter, range(len(shape))))
    at: list[Index] = [0] * len(shape)
    for written, axis in enumerate(order):
        at[axis] = Symbol(letters[written])
    return View(tensor, letters, tuple(at), tuple(shape[axis] for axis in order))


def padded(view: View, amounts: dict[int, tuple[Index, Index]]) -> View:
    """A copy with cells of zeros before and after; `amounts` by axis of the tensor."""
    at, shape = list(view.at), list(view.shape)
    for axis, (before, after) in amounts.items():
        at[axis] = tidy(add(view.at[axis], minus(before)))
        place = next(n for n, name in enumerate(view.letters) if Symbol(name) == view.at[axis])
        total = simplify(add(before, after))
        shape[place] = tidy(add(shape[place], total))
    return replace(view, at=tuple(at), shape=tuple(shape), padded=True)
