"""From a whole-array statement to a reading: shapes, letters, and a form for each side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symconv.claims import Size, Subject
from symconv.gradients import backward
from symconv.index import Index, Symbol, simplify
from symconv.syntax.formula import arrays_cells, arrays_moves, arrays_pieces
from symconv.syntax.formula.arrays import Array
from symconv.syntax.formula.arrays_pieces import TooLarge
from symconv.syntax.formula.lefts import LeftSide
from symconv.syntax.formula.matrices import cornered, defines, has_dots
from symconv.syntax.formula.matrices_truth import truths
from symconv.syntax.formula.pieces import closed
from symconv.syntax.formula.result import More, Reading, Side
from symconv.syntax.formula.scalars import Env
from symconv.syntax.formula.trees import (
    Called,
    Chain,
    Indexed,
    Listed,
    Matrix,
    Node,
    Partial,
    Ref,
    Times,
)
from symconv.syntax.formula.views import View
from symconv.syntax.formula.wholes import Wholes
from symconv.terms import Form, Range, Shape

LETTERS = ("r", "c")
MODES_OF_MATRICES = ("matrix", "value")


class WholeMaker(LeftSide):
    """Makes readings of statements about whole arrays, matrices and shapes."""

    __slots__ = ()

    chain: Chain
    values: Wholes

    def whole_reading(self, made: Reading) -> Reading | None:
        """The reading of a whole-array statement; None where the chain is none."""
        sides = self.chain.sides
        if any(_shape_of(side) for side in sides):
            return self._shapes(made)
        if all(self.values.is_scalar(side) for side in sides):
            return None
        if not any(self.values.arrayish(side) for side in sides[:1]):
            return None
        if set(self.chain.relations) - {"=", ":="}:
            raise self.source.error(sides[0].at, "between whole arrays only = is understood", "=")
        if self.chain.stated or self.chain.where:
            raise self.source.error(
                sides[0].at, "a range or a condition beside a whole-array statement"
            )
        try:
            return self._wholes(made)
        except TooLarge as problem:
            raise self.source.error(sides[0].at, "this is too large", str(problem)) from None

    # --- arrays ---------------------------------------------------------------------------------

    def _wholes(self, made: Reading) -> Reading:
        nodes = list(self.chain.sides)
        if len(nodes) > 1 and defines(nodes[-1], self.values.scalars.lexicon):
            nodes.pop()
            self.values.notes.append("the last side gives the entries their names")
        subject, outer, env = self._about(nodes[0])
        self.values.scalars.lexicon.bound.update(env)
        sides, shown = self._sides(nodes)
        subject, letters = self._outputs(subject, sides[0], outer)
        name = self._name(subject)
        forms = tuple(
            self._array_form(node, array, name, outer, letters, env)
            for node, array in zip(nodes, sides, strict=True)
        )
        if shown is not None and not shown:
            raise self.source.error(nodes[0].at, "dots alone show no entry that could be compared")
        if shown is not None:
            forms = tuple(arrays_cells.only(form, letters, shown) for form in forms)
            self.values.notes.append(f"only the {len(shown)} entries that are shown are compared")
        self.values.two_things()
        more = () if shown is not None else self._more(nodes, subject, letters)
        if len(forms) + len(more) < 2:
            raise self.source.error(0, "this is no claim: nothing is set equal", "left = right")
        relations = self.chain.relations[: len(forms) - 1]
        reading = self._made(made, forms, subject)
        return replace(reading, relations=relations, more=more, shown=len(shown or ()))

    def _made(self, made: Reading, sides: tuple[Side, ...], subject: Subject) -> Reading:
        raise NotImplementedError

    def _about(self, node: Node) -> tuple[Subject, tuple[Range, ...], Env]:
        """The tensor on the left with the letters of its batch and channels; else a value."""
        ref = node
        if isinstance(node, Partial) and node.top is None:
            ref = replace(node.bottom, gradient=True)
        view = self.values.whole(ref) if isinstance(ref, Ref) else None
        if view is None or not isinstance(ref, Ref) or self.values.matrix(ref):
            literal = isinstance(node, Matrix | Listed) or _has_literal(node)
            return Subject("matrix" if literal else "value", "" if literal else "value"), (), {}
        forward = {g: t for t, g in self.values.scalars.lexicon.gradients.items() if g}
        tensor = forward.get(view.tensor, view.tensor)
        kind = "result" if tensor == view.tensor else "gradient"
        if view.padded or not _permuted(view):
            return Subject("value", "value"), (), {}
        env: dict[str, Index] = {}
        items = self.values.given(ref, view)
        front = [self._item(item, env) for item in items]
        subject = Subject(kind, tensor, tuple(front))
        ranges: list[Range] = []
        for index, size in zip(front, view.shape, strict=False):
            if isinstance(index, Symbol) and index.name in env:
                ranges.append(Range(index.name, size))
            else:
                self._fixed(index, size, ref)
        return subject, tuple(ranges), env

    def _sides(
        self, nodes: Sequence[Node]
    ) -> tuple[list[Array], tuple[tuple[int, ...], ...] | None]:
        """The sides as arrays of one rank, and the entries shown where some are left out."""
        plain = [node for node in nodes if not has_dots(node)]
        if not plain:
            raise self.source.error(nodes[0].at, "every side has dots: nothing says its size")
        found: dict[int, Array] = {}
        expected: Array | None = None
        for node in nodes:
            if node in plain:
                found[id(node)] = self.values.array(node, expected)
                expected = expected or found[id(node)]
        if any(a.cells is not None and a.rank == 2 for a in found.values()):
            found = {k: self.values.flat(a) if a.split else a for k, a in found.items()}
        found = _unnumbered(found)
        rank = min((found[id(n)].rank for n in plain if not self.values.is_scalar(n)), default=0)
        shown: list[tuple[tuple[int, ...], ...]] = []
        sides: list[Array] = []
        for node in nodes:
            if node in plain:
                sides.append(arrays_moves.squeezed(found[id(node)], rank))
                continue
            array, keys = cornered(node, self.values, expected.shape if expected else ())
            shown.append(keys)
            sides.append(arrays_moves.squeezed(array, rank))
        for place, (node, side) in enumerate(zip(nodes, sides, strict=True)):
            if not side.rank and sides[0].rank and self.values.is_scalar(node):
                sides[place] = arrays_moves.everywhere(side, sides[0])
                self.values.notes.append("a number stands for every element")
            elif side.rank != sides[0].rank:
                raise self.source.error(
                    node.at, f"this has {side.rank} axes, and the left side {sides[0].rank}"
                )
        if not shown:
            return sides, None
        common = set(shown[0]).intersection(*shown[1:])
        if rank == 1:
            common = {(max(key),) for key in common}
        return sides, tuple(sorted(common))

    def _outputs(
        self, subject: Subject, side: Array, outer: tuple[Range, ...]
    ) -> tuple[Subject, tuple[str, ...]]:
        """Output letters: those of the true form where the side is a tensor."""
        wanted: tuple[str, ...] = ()
        words = self.values.scalars.lexicon
        if subject.kind in ("result", "gradient"):
            name = self._name(subject)
            equations = (*words.graph.equations, *backward(words.graph))
            found = next((e for e in equations if e.name == name), None)
            names = [r.name for r in found.ranges] if found is not None else []
            wanted = tuple(names[len(names) - side.rank :])
        if len(wanted) != side.rank:
            wanted = tuple(LETTERS[n] if n < 2 else f"i{n}" for n in range(side.rank))
        letters = tuple(self.values.fresh(letter) for letter in wanted)
        return replace(subject, at=self._at(subject, letters)), letters

    def _at(self, subject: Subject, letters: tuple[str, ...]) -> tuple[Index, ...]:
        written = (*subject.at, *map(Symbol, letters))
        if subject.kind not in ("result", "gradient"):
            return written
        view = self.values.scalars.lexicon.view(subject.name)
        if view is None or not _permuted(view):
            return written
        return view.read((*subject.at, *_with_single(view.shape[len(subject.at) :], letters)))

    def _name(self, subject: Subject) -> str:
        if subject.kind != "gradient":
            return subject.name
        return self.values.scalars.lexicon.gradients[subject.name]

    def _array_form(
        self,
        node: Node,
        array: Array,
        name: str,
        outer: tuple[Range, ...],
        letters: tuple[str, ...],
        env: Env,
    ) -> Form:
        shapes = self.values.scalars.lexicon.shapes
        sizes = tuple(map(simplify, array.shape))
        own = tuple(Range(letter, size) for letter, size in zip(letters, sizes, strict=True))
        pieces = array.at(tuple(map(Symbol, letters)), env)
        kept = [p for p in map(arrays_pieces.settled, pieces) if p is not None]
        terms, open_name = closed(kept, (*outer, *own), shapes)
        if open_name:
            raise self.source.error(
                node.at,
                f"the sum over {open_name} has no limits and none follow from where it is read",
                r"\sum_{n=0}^{N-1}",
            )
        read = dict.fromkeys(r.tensor for term in terms for r in term.reads)
        return Form(name, (*outer, *own), tuple(terms), tuple((t, shapes[t]) for t in read))

    def _more(
        self, nodes: Sequence[Node], subject: Subject, letters: tuple[str, ...]
    ) -> tuple[More, ...]:
        """What a product of written-out matrices also says of the operation."""
        for node in nodes:
            if isinstance(node, Times) and _has_literal(node):
                found = truths(node, self.values, subject, self.values.fresh)
                if not found and not any(self._names_tensor(n) for n in nodes):
                    self.values.notes.append(
                        "no input of the operation stands here: the sides are compared with "
                        "each other only"
                    )
                return found
        return ()

    def _names_tensor(self, node: Node) -> bool:
        return isinstance(node, Ref | Partial)

    def _bare(self, node: Node, found: dict[str, list[Index]]) -> None:
        """The free letters of a left side: those of an index behind whole arrays, too."""
        if not isinstance(node, Indexed):
            LeftSide._bare(self, node, found)
            return
        array = self.values.array(node.inner)
        items = self.values.split(node.items, array.rank)
        for item, size in zip(items, array.shape, strict=False):
            if self.plain(item):
                found.setdefault(item.name, []).append(simplify(size))  # type: ignore[union-attr]

    # --- shapes ---------------------------------------------------------------------------------

    def _shapes(self, made: Reading) -> Reading:
        if set(self.chain.relations) - {"=", ":="}:
            raise self.source.error(self.chain.sides[0].at, "shapes are compared with =", "=")
        if self.chain.stated:
            raise self.source.error(self.chain.stated[0].at, "a range beside a shape")
        (first, *_) = [side for side in self.chain.sides if _shape_of(side)]
        rank, axes = self._measured(first)
        columns = [self._sizes_of(side, rank, axes) for side in self.chain.sides]
        for relation in self.chain.where:
            self.values.scalars.obligations.extend(self.values.scalars.condition(relation, {}))
        subject = Subject("size", _named(first))
        lines = [tuple(column[n] for column in columns) for n in range(len(columns[0]))]
        steps = zip(self.chain.relations, range(len(columns) - 1), strict=True)
        more = tuple(
            More(line[n], "=", line[n + 1], subject) for _, n in steps for line in lines[1:]
        )
        if not lines:
            raise self.source.error(first.at, "this tensor has no axes")
        return replace(self._made(made, lines[0], subject), more=more)

    def _measured(self, node: Node) -> tuple[int, list[int]]:
        """The number of axes, and which of them are rows and columns."""
        assert isinstance(node, Called)
        if len(node.arguments) != 1 or node.mode or node.axes:
            raise self.source.error(node.at, "the shape of one array", "shape(y)")
        array = self.values.array(node.arguments[0])
        spatial = self.values.axes.rank or array.rank
        return array.rank, list(range(array.rank))[-spatial:]

    def _sizes_of(self, node: Node, rank: int, axes: list[int]) -> list[Size]:
        """The sizes on a side, one for each axis; a single one is that of rows and columns."""
        if isinstance(node, Called) and node.function == "shape":
            self._measured(node)
            return [Size(n) for n in self.values.array(node.arguments[0]).shape]
        items: Sequence[Node] = (node,)
        if isinstance(node, Listed):
            items = node.items
        elif isinstance(node, Times) and rank > 1 and len(node.factors) == rank:
            items = node.factors if set(node.signs[1:]) == {"."} else (node,)
        sizes = [Size(*self.values.scalars.ratio(item, {}).parts) for item in items]
        if len(sizes) == 1 and rank == len(axes):
            if rank > 1:
                self.values.notes.append("one size is said of every axis")
            return sizes * rank
        if len(sizes) != rank:
            raise self.source.error(node.at, f"{len(sizes)} sizes for {rank} axes")
        return sizes


def _with_single(shape: Shape, letters: tuple[str, ...]) -> list[Index]:
    """The letters of the axes, and 0 on those of size 1 that were left out."""
    single = [n for n, size in enumerate(shape) if simplify(size) == 1]
    left_out = single[: max(0, len(shape) - len(letters))]
    rest = iter(letters)
    return [0 if n in left_out else Symbol(next(rest)) for n in range(len(shape))]


def _unnumbered(found: dict[int, Array]) -> dict[int, Array]:
    """Images instead of their elements row by row, where every side has them."""
    origins = [a.origin for a in found.values() if a.origin is not None]
    if not origins:
        return found
    inside = {key: a if a.origin is None else a.origin for key, a in found.items()}
    return inside if len({a.rank for a in inside.values()}) == 1 else found


def _shape_of(node: Node) -> bool:
    return isinstance(node, Called) and node.function == "shape"


def _named(node: Node) -> str:
    inner = node.arguments[0] if isinstance(node, Called) else node
    return inner.name if isinstance(inner, Ref) else ""


def _has_literal(node: Node) -> bool:
    return isinstance(node, Times) and any(isinstance(f, Matrix | Listed) for f in node.factors)


def _permuted(view: View) -> bool:
    return sorted(map(str, view.at)) == sorted(view.letters)
