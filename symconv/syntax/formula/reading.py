"""A formula read: the chain of its sides, what it is about, the repairs, and every token's part."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TypeAlias

from symconv.claims import Subject
from symconv.conventions import PLAIN, Conventions
from symconv.graph import Graph
from symconv.index import Condition, Index, Symbol, add, symbols, tidy
from symconv.syntax.formula.lexicon import lexicon as names_of
from symconv.syntax.formula.parser import Parser
from symconv.syntax.formula.pieces import Piece, closed
from symconv.syntax.formula.repairs import Repair, repaired
from symconv.syntax.formula.scalars import Env, Scalars
from symconv.syntax.formula.source import FormulaError, Source
from symconv.syntax.formula.tokens import Token, tokenize
from symconv.syntax.formula.trees import Chain, Node, Number, Partial, Ref, parts
from symconv.syntax.formula.values import Values
from symconv.terms import Form, Range

Side: TypeAlias = "Form | Index"


@dataclass(frozen=True, slots=True)
class Reading:
    """A formula as it was understood; sizes carry the conditions under which they are whole."""

    sides: tuple[Side, ...]
    relations: tuple[str, ...]
    subject: Subject
    exact: tuple[tuple[Condition, ...], ...]
    assumptions: tuple[Condition, ...]
    repairs: tuple[Repair, ...]
    notes: tuple[str, ...]
    account: tuple[Token, ...]
    text: str
    index_base: int = 0


def read_formula(
    text: str,
    graph: Graph,
    conventions: Conventions = PLAIN,
) -> Reading:
    """Read a LaTeX formula about the graph, as its author's conventions say.

    Errors: `FormulaError` with its place and reason for anything that is not understood.
    """
    source = Source(text)
    words = names_of(graph, conventions.upstream, dict(conventions.names))
    cleaned = repaired(source)
    tokens = tokenize(cleaned, source, words.known)
    parser = Parser(tokens, source, words)
    chain = parser.chain()
    parser.finished()
    lost = next((t for t in tokens if not t.meaning), None)
    if lost is not None:
        raise source.error(lost.start, f"{lost.text} is not accounted for")
    if len(chain.sides) < 2:
        raise source.error(0, "this is no claim: nothing is set equal", "left = right")
    scalars = Scalars(words, source, conventions.division)
    taken = {*words.sizes, *symbols(*words.sizes.values())}
    values = Values(scalars, taken, conventions.index_base)
    return _Maker(chain, values, source, cleaned.repairs, tuple(tokens), text).reading()


@dataclass(slots=True)
class _Maker:
    chain: Chain
    values: Values
    source: Source
    repairs: tuple[Repair, ...]
    tokens: tuple[Token, ...]
    text: str

    def reading(self) -> Reading:
        """The sides, as forms or as sizes."""
        if all(self.values.is_scalar(side) for side in self.chain.sides):
            return self._sizes()
        for at, sign in zip(self.chain.sides[1:], self.chain.relations, strict=True):
            if sign not in ("=", ":="):
                raise self.source.error(at.at, f"{sign} between tensors is not supported", "=")
        subject, ranges, env = self._subject(self.chain.sides[0])
        gradients = self.values.scalars.lexicon.gradients
        name = gradients[subject.name] if subject.kind == "gradient" else subject.name
        sides = tuple(self._form(side, name, ranges, env) for side in self.chain.sides)
        return self._made(sides, subject, tuple(() for _ in sides))

    def _made(
        self,
        sides: tuple[Side, ...],
        subject: Subject,
        exact: tuple[tuple[Condition, ...], ...],
    ) -> Reading:
        return Reading(
            sides,
            self.chain.relations,
            subject,
            exact,
            tuple(dict.fromkeys(self.values.scalars.obligations)),
            self.repairs,
            tuple(self.values.notes),
            self.tokens,
            self.text,
            self.values.base,
        )

    def _sizes(self) -> Reading:
        found = [self.values.scalars.index(side, {}) for side in self.chain.sides]
        first = self.chain.sides[0]
        name = first.name if isinstance(first, Ref) else ""
        return self._made(
            tuple(value for value, _ in found),
            Subject("size", name),
            tuple(conditions for _, conditions in found),
        )

    def _subject(self, node: Node) -> tuple[Subject, tuple[Range, ...], Env]:
        """What the left side is, its letters and their ranges."""
        words = self.values.scalars.lexicon
        if isinstance(node, Ref) and (node.gradient or words.array(node.name)):
            name = node.name if node.gradient else words.array(node.name)
            kind = "gradient" if node.gradient else "result"
            if not node.gradient and name in words.gradients.values():
                kind = "gradient"
                name = next(t for t, g in words.gradients.items() if g == name)
            return self._indexed(kind, name, node)
        if isinstance(node, Partial) and node.top is None:
            return self._indexed("gradient", node.bottom.name, node.bottom)
        return self._free(node)

    def _indexed(self, kind: str, name: str, ref: Ref) -> tuple[Subject, tuple[Range, ...], Env]:
        shape = self.values.scalars.lexicon.shapes[name]
        items = self.values.split(ref.items or (), len(shape))
        if len(items) != len(shape):
            raise self.source.error(
                ref.at, f"{ref.name} is written with {len(items)} indices and has {len(shape)} axes"
            )
        base = self.values.base
        ranges: list[Range] = []
        at: list[Index] = []
        env: dict[str, Index] = {}
        for item, size in zip(items, shape, strict=True):
            if isinstance(item, Number) and item.value.denominator == 1:
                number = int(item.value) - base
                at.append(number)
                if number < 0 or (isinstance(size, int) and number >= size):
                    raise self.source.error(item.at, f"there is no position {item.value}")
                if not isinstance(size, int):
                    self.values.scalars.obligations.append(Condition(number, "<", size))
                continue
            plain = isinstance(item, Ref) and item.items is None and not item.label
            if not plain or item.name in self.values.scalars.lexicon.sizes:  # type: ignore[union-attr]
                raise self.source.error(item.at, "on the left each index is a letter or a number")
            letter = item.name  # type: ignore[union-attr]
            if letter in env:
                raise self.source.error(item.at, f"{letter} stands twice on the left")
            self.values.taken.add(letter)
            env[letter] = tidy(add(Symbol(letter), base))
            at.append(Symbol(letter))
            ranges.append(Range(letter, size))
        return Subject(kind, name, tuple(at)), tuple(ranges), env

    def _free(self, node: Node) -> tuple[Subject, tuple[Range, ...], Env]:
        """A left side that is an expression: its free letters are the outputs, read bare."""
        found: dict[str, list[Index]] = {}
        self._bare(node, found)
        env: dict[str, Index] = {}
        ranges = []
        for letter, sizes in found.items():
            if any(size != sizes[0] for size in sizes):
                raise self.source.error(node.at, f"the range of {letter} is not clear")
            self.values.taken.add(letter)
            env[letter] = tidy(add(Symbol(letter), self.values.base))
            ranges.append(Range(letter, sizes[0]))
        chained = _chained(node)
        if chained is not None and len(ranges) == len(chained.items or ()):
            at = tuple(Symbol(r.name) for r in ranges)
            return Subject("gradient", chained.name, at), tuple(ranges), env
        return Subject("value", "value"), tuple(ranges), env

    def _bare(self, node: Node, found: dict[str, list[Index]]) -> None:
        words = self.values.scalars.lexicon
        if isinstance(node, Ref) and (node.gradient or words.array(node.name)):
            shape = words.shapes[node.name if node.gradient else words.array(node.name)]
            self._letters(node, shape, found)
        elif isinstance(node, Partial):
            for ref in (node.bottom, node.top):
                if ref is not None:
                    self._letters(ref, words.shapes[ref.name], found)
        elif not hasattr(node, "bounds"):
            for part in parts(node):
                self._bare(part, found)

    def _letters(self, ref: Ref, shape: tuple[Index, ...], found: dict[str, list[Index]]) -> None:
        items = self.values.split(ref.items or (), len(shape))
        for item, size in zip(items, shape, strict=False):
            plain = isinstance(item, Ref) and item.items is None
            if plain and item.name not in self.values.scalars.lexicon.sizes:  # type: ignore[union-attr]
                found.setdefault(item.name, []).append(size)  # type: ignore[union-attr]

    def _form(self, node: Node, name: str, ranges: tuple[Range, ...], env: Env) -> Form:
        shapes = self.values.scalars.lexicon.shapes
        pieces: list[Piece] = self.values.pieces(node, env)
        terms, open_name = closed(pieces, ranges, shapes)
        if open_name:
            raise self._unbounded(node, open_name)
        read = dict.fromkeys(r.tensor for term in terms for r in term.reads)
        return Form(name, ranges, tuple(terms), tuple((t, shapes[t]) for t in read))

    def _unbounded(self, node: Node, name: str) -> FormulaError:
        return self.source.error(
            node.at,
            f"the sum over {name} has no limits and none follow from where it is read",
            r"\sum_{k=0}^{K-1}",
        )


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
