"""From a parsed chain to a reading: sides become forms over the left side's letters, or sizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from symconv.claims import Size, Subject
from symconv.conventions import Conventions
from symconv.index import Condition, Index, Mod, Symbol, add, same, symbols, tidy
from symconv.syntax.formula.adding import scattered
from symconv.syntax.formula.choosing import rectified
from symconv.syntax.formula.implied import implied
from symconv.syntax.formula.pieces import Piece, closed
from symconv.syntax.formula.ranges import ranged
from symconv.syntax.formula.result import Reading, Side, Within
from symconv.syntax.formula.scalars import Env
from symconv.syntax.formula.source import FormulaError, Source
from symconv.syntax.formula.tokens import Token
from symconv.syntax.formula.trees import Chain, Node, Ref, Stated
from symconv.syntax.formula.usual import said as taken_as
from symconv.syntax.formula.wholes import Wholes
from symconv.syntax.formula.wholes_making import WholeMaker
from symconv.terms import Equation, Form, Range


@dataclass(slots=True)
class Maker(WholeMaker):
    """Makes one reading."""

    chain: Chain
    values: Wholes
    source: Source
    conventions: Conventions
    tokens: tuple[Token, ...]
    within: list[Within] = field(default_factory=list)
    where: list[Condition] = field(default_factory=list)

    def reading(self, made: Reading) -> Reading:
        """The sides, as forms or as sizes, put into a reading that has the rest."""
        whole = self.whole_reading(made)
        if whole is not None:
            return whole
        if all(self.values.is_scalar(side) for side in self.chain.sides):
            return self._sizes(made)
        if "+=" in self.chain.relations:
            self._added()
        for at, sign in zip(self.chain.sides[1:], self.chain.relations, strict=True):
            if sign not in ("=", ":="):
                raise self.source.error(at.at, f"{sign} between tensors is not supported", "=")
        subject, ranges, env = self.subject(self.chain.sides[0])
        words = self.values.scalars.lexicon
        words.bound.update(env)
        self._beside(ranges, env)
        self.values.outer = ranges
        if subject.kind == "result":
            self.values.place = subject.at
        name = words.gradients[subject.name] if subject.kind == "gradient" else subject.name
        sides = tuple(self._form(side, name, ranges, env) for side in self.chain.sides)
        self._used()
        self.values.two_things()
        self._one_delta(subject, sides[1:])
        return self._made(made, sides, subject)

    def _one_delta(self, subject: Subject, sides: Sequence[Form]) -> None:
        """Refuse a delta that may be the gradient from above, where no other one is read."""
        words, delta = self.values.scalars.lexicon, self.values.kronecker
        if delta is None or subject.kind != "gradient" or not words.seed:
            return
        given = set(words.gradients.values())
        if len(words.shapes[words.seed]) == 2 and not all(given & set(s.tensors) for s in sides):
            raise self.source.error(
                delta.at,
                r"\delta with two indices: Kronecker's, or the gradient from above?",
                hint=f"upstream=delta, or {words.seed} for the gradient",
            )

    def _made(self, made: Reading, sides: tuple[Side, ...], subject: Subject) -> Reading:
        lexicon = self.values.scalars.lexicon
        copies = lexicon.views.values()
        read = {name for side in sides if isinstance(side, Form) for name in side.tensors}
        return replace(
            made,
            sides=sides,
            relations=self.chain.relations,
            subject=subject,
            assumptions=(
                *made.assumptions,
                *dict.fromkeys(self.values.scalars.obligations),
            ),
            notes=tuple(
                dict.fromkeys(
                    (*self.values.notes, *lexicon.remarks, *taken_as(lexicon, self.chain))
                )
            ),
            index_base=self.values.base,
            outside=self.conventions.outside,
            where=tuple(self.where),
            within=(*self.within, *self.values.agree),
            before=(
                *(v.copy for v in copies if v.copy is not None and v.tensor in read),
                *self._equations(),
            ),
        )

    def _equations(self) -> tuple[Equation, ...]:
        """What was made for largest values and divisors, and is not the operation's own."""
        own = {e.name for e in self.values.scalars.lexicon.graph.equations}
        return tuple(e for e in self.values.made if e.name not in own)

    # --- sizes ----------------------------------------------------------------------------------

    def _sizes(self, made: Reading) -> Reading:
        if "+=" in self.chain.relations:
            raise self.source.error(self.chain.sides[0].at, "+= between sizes is not understood")
        first = self.chain.sides[0]
        if isinstance(first, Ref) and first.name not in self.values.scalars.lexicon.sizes:
            written = self._written(first)
            raise self.source.error(
                first.at,
                f"{written} is not declared: is it a size of the result?",
                hint=f"names({written}=width(y)), or what {written} means",
            )
        if self.chain.stated:
            raise self.source.error(self.chain.stated[0].at, "a range beside a size")
        self._sizes_where({})
        sides = tuple(Size(*self.values.scalars.ratio(s, {}).parts) for s in self.chain.sides)
        name = first.name if isinstance(first, Ref) else ""
        return self._made(made, sides, Subject("size", name))

    def _written(self, ref: Ref) -> str:
        """A name as it stands in the text."""
        own = ("name", "part of the name", "bracket", "spacing", "subscript")
        end = ref.at
        for token in self.tokens:
            if token.start >= ref.at:
                if token.meaning not in own:
                    break
                end = token.end
        return self.source.text[ref.at : end].replace("\\_", "_").strip() or ref.name

    # --- what stands beside ---------------------------------------------------------------------

    def _beside(self, ranges: tuple[Range, ...], env: Env) -> None:
        """Stated ranges and conditions: of output letters, of sums, of sizes."""
        self.chain = ranged(self.chain, self.values.scalars.lexicon.sizes)
        sizes = {r.name: r for r in ranges}
        for said in self.chain.stated:
            if said.letter in sizes:
                self._stated(said, sizes[said.letter], env)
            elif said.letter in self.values.stated:
                raise self.source.error(said.at, f"the range of {said.letter} is stated twice")
            else:
                self.values.stated[said.letter] = said
        self._sizes_where(env)

    def _used(self) -> None:
        """Refuse a range of a letter that occurs nowhere."""
        for letter, said in self.values.stated.items():
            if letter not in self.values.indices:
                raise self.source.error(said.at, f"{letter} occurs nowhere in this formula")

    def _sizes_where(self, env: Env) -> None:
        for relation in self.chain.where:
            for condition in self.values.scalars.condition(relation, env):
                about_sizes = not symbols(condition) & {s for v in env.values() for s in symbols(v)}
                target = self.values.scalars.obligations if about_sizes else self.where
                target.append(condition)

    def _stated(self, said: Stated, axis: Range, env: Env) -> None:
        """A range that is the whole axis says nothing new; another one must lie inside it."""
        base = self.values.base
        end = tidy(add(axis.stop, base - 1))
        first = base if said.first is None else self.values.scalars.whole(said.first, {})
        last = end if said.last is None else self.values.scalars.whole(said.last, {})
        low, stop = tidy(add(first, -base)), tidy(add(last, 1 - base))
        letter = Symbol(axis.name)
        if not same(low, 0):
            self.within.append((Size(base), "<=", Size(first), said.letter))
            self.where.append(Condition(low, "<=", letter))
        if not same(stop, axis.stop):
            self.within.append((Size(end), ">=", Size(last), said.letter))
            self.where.append(Condition(letter, "<", stop))
        if not (same(low, 0) and same(stop, axis.stop)):
            self.values.notes.append(f"only for the stated values of {said.letter}")

    # --- tensors --------------------------------------------------------------------------------

    def _added(self) -> None:
        """``a_{e} += b``: the sum over all free letters, each at the position it adds to."""
        if self.chain.relations != ("+=",):
            raise self.source.error(self.chain.sides[0].at, "+= in a chain is not understood")
        left, right = scattered(self.chain.sides[0], self.chain.sides[1], self.values, self.source)
        self.chain = replace(self.chain, sides=(left, right), relations=("=",))
        self.values.notes.append("+= adds up over all values of its letters, from 0")

    def _form(self, node: Node, name: str, ranges: tuple[Range, ...], env: Env) -> Form:
        words = self.values.scalars.lexicon
        if self.conventions.sums == "implied":
            node = implied(node, set(env), words, self.values.notes)
        pieces = self.values.named(self.values.pieces(node, env))
        if self.values.strict:
            self._between(pieces, node)
        terms, open_name = closed(pieces, ranges, words.shapes)
        if open_name:
            raise self._unbounded(node, open_name)
        terms = [rectified(term) for term in terms]
        read = dict.fromkeys(r.tensor for term in terms for r in term.reads)
        return Form(name, ranges, tuple(terms), tuple((t, words.shapes[t]) for t in read))

    def _between(self, pieces: list[Piece], node: Node) -> None:
        """Where a read between elements is an error, each fraction must be said to be whole."""
        for piece in pieces:
            for needed in piece.whole:
                if not any(_same(needed, given) for given in piece.where):
                    raise self.source.error(
                        node.at,
                        f"this reads between elements unless {needed}",
                        "a condition that says so, or outside=zero",
                    )

    def _unbounded(self, node: Node, name: str) -> FormulaError:
        return self.source.error(
            node.at,
            f"the sum over {name} has no limits and none follow from where it is read",
            r"\sum_{k=0}^{K-1}",
        )


def _same(a: Condition, b: Condition) -> bool:
    def equal(p: Index, q: Index) -> bool:
        if isinstance(p, Mod) and isinstance(q, Mod):
            return same(p.top, q.top) and same(p.bottom, q.bottom)
        return same(p, q)

    return a.relation == b.relation and equal(a.left, b.left) and equal(a.right, b.right)
