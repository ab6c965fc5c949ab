"""The left side of a formula: what it is about, its letters and their ranges."""

from __future__ import annotations

import itertools
from dataclasses import replace

from symconv.claims import Subject
from symconv.index import Condition, Index, Symbol, add, symbols, tidy
from symconv.syntax.formula.scalars import Env
from symconv.syntax.formula.source import Source
from symconv.syntax.formula.trees import Node, Partial, Ref, parts
from symconv.syntax.formula.values import Values
from symconv.syntax.formula.views import View
from symconv.terms import Range


class LeftSide:
    """Reads left sides; `values` notes what is bound and assumed."""

    __slots__ = ()

    values: Values
    source: Source

    def subject(self, node: Node) -> tuple[Subject, tuple[Range, ...], Env]:
        """What the left side is, its letters and their ranges."""
        words = self.values.scalars.lexicon
        if isinstance(node, Ref) and words.is_tensor(node):
            view = self.values.view(node)
            forward = {g: t for t, g in words.gradients.items() if g}.get(view.tensor)
            kind = "result" if forward is None else "gradient"
            return self._indexed(kind, forward or view.tensor, view, node)
        if isinstance(node, Partial) and node.top is None:
            ref = replace(node.bottom, gradient=False)
            view = self.values.view(ref)
            if view.padded:
                raise self.source.error(node.at, "the gradient of a padded copy is not supported")
            return self._indexed("gradient", view.tensor, view, ref)
        return self._free(node)

    def _indexed(
        self, kind: str, name: str, view: View, ref: Ref
    ) -> tuple[Subject, tuple[Range, ...], Env]:
        items = self.values.split(ref.items or (), len(view.letters))
        if len(items) != len(view.letters):
            raise self.source.error(
                ref.at,
                f"{ref.name} is written with {len(items)} indices and has {len(view.letters)} axes",
            )
        env: dict[str, Index] = {}
        written = [self._item(item, env) for item in items]
        at = view.read(written)
        ranges: list[Range] = []
        for index, size in zip(at, self.values.scalars.lexicon.shapes[name], strict=True):
            if isinstance(index, Symbol) and index.name in env:
                ranges.append(Range(index.name, size))
            elif symbols(index) & set(env) or isinstance(index, Symbol):
                raise self.source.error(ref.at, f"{ref.name} cannot stand on the left")
            else:
                self._fixed(index, size, ref)
        return Subject(kind, name, at), tuple(ranges), env

    def _item(self, item: Node, env: dict[str, Index]) -> Index:
        """One index on the left: a letter of its own, or a position."""
        base = self.values.base
        if self.plain(item):
            letter = item.name  # type: ignore[union-attr]
            if letter in env:
                raise self.source.error(item.at, f"{letter} stands twice on the left")
            self._letter(letter, item.at)
            env[letter] = tidy(add(Symbol(letter), base))
            return Symbol(letter)
        if isinstance(item, Ref) and item.name in self.values.scalars.lexicon.sizes:
            raise self.source.error(
                item.at, f"{item.name} is a size and an index: a name used for two things"
            )
        if self.values.letters(item):
            raise self.source.error(item.at, "on the left each index is a letter or a number")
        return tidy(add(self.values.scalars.whole(item, {}), -base))

    def _letter(self, letter: str, at: int) -> None:
        self.values.taken.add(letter)
        self.values.bind(letter, at)

    def _fixed(self, index: Index, size: Index, ref: Ref) -> None:
        """A fixed position on the left exists: at once, or by assumption."""
        if isinstance(index, int) and (index < 0 or (isinstance(size, int) and not index < size)):
            raise self.source.error(ref.at, f"there is no position {index + self.values.base}")
        assumed = self.values.scalars.obligations
        assumed += [] if isinstance(index, int) else [Condition(0, "<=", index)]
        if not (isinstance(index, int) and isinstance(size, int)):
            assumed.append(Condition(index, "<", size))

    def plain(self, item: Node) -> bool:
        """Whether an index is a letter of its own."""
        bare = isinstance(item, Ref) and item.items is None and not item.label and not item.gradient
        return bare and item.name not in self.values.scalars.lexicon.sizes  # type: ignore[union-attr]

    def _free(self, node: Node) -> tuple[Subject, tuple[Range, ...], Env]:
        """A left side that is an expression: its free letters are the outputs, read bare."""
        found: dict[str, list[Index]] = {}
        self._bare(node, found)
        env: dict[str, Index] = {}
        ranges = []
        for letter, sizes in found.items():
            if any(size != sizes[0] for size in sizes):
                raise self.source.error(node.at, f"the range of {letter} is not clear")
            self._letter(letter, node.at)
            env[letter] = tidy(add(Symbol(letter), self.values.base))
            ranges.append(Range(letter, sizes[0]))
        chained = _chained(node)
        if chained is not None and len(ranges) == len(chained.items or ()):
            ref = replace(chained, gradient=False)
            view = self.values.view(ref)
            return self._indexed("gradient", view.tensor, view, ref)
        return Subject("value", "value"), tuple(ranges), env

    def _bare(self, node: Node, found: dict[str, list[Index]]) -> None:
        words = self.values.scalars.lexicon
        if isinstance(node, Ref) and words.is_tensor(node):
            self._letters_below(node, self.values.view(node).shape, found)
        elif isinstance(node, Partial):
            for ref in (node.bottom, node.top):
                if ref is not None:
                    ref = replace(ref, gradient=False)
                    self._letters_below(ref, self.values.view(ref).shape, found)
        elif not hasattr(node, "bounds"):
            for part in parts(node):
                self._bare(part, found)

    def _letters_below(
        self, ref: Ref, shape: tuple[Index, ...], found: dict[str, list[Index]]
    ) -> None:
        items = self.values.split(ref.items or (), len(shape))
        for item, size in zip(items, shape, strict=False):
            if self.plain(item):
                found.setdefault(item.name, []).append(size)  # type: ignore[union-attr]


def _chained(node: Node) -> Ref | None:
    """The tensor at the end of a chain-rule product whose inner tensors have no indices."""
    factors = getattr(node, "factors", ())
    if not factors or not all(isinstance(f, Partial) for f in factors) or factors[0].top:
        return None
    for a, b in itertools.pairwise(factors):
        if b.top is None or b.top.name != a.bottom.name or b.top.items or a.bottom.items:
            return None
    found: Ref = factors[-1].bottom
    return found
