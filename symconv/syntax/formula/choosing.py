"""What holds only somewhere: Iverson brackets and case functions, as pieces with conditions."""

from __future__ import annotations

from dataclasses import replace

from symconv.index import Condition, Index, Symbol, same, substitute
from symconv.syntax.formula.pieces import Piece
from symconv.syntax.formula.positions import Reads
from symconv.syntax.formula.scalars import Env
from symconv.syntax.formula.trees import Cases, Node, Number, Ref, Relation
from symconv.terms import Form, Read, Selection, Term

NEGATED = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


class Choices(Reads):
    """Conditions as factors."""

    __slots__ = ()

    def pieces(self, node: Node, env: Env) -> list[Piece]:
        """The pieces of an expression, by the class that builds on this."""
        raise NotImplementedError

    def is_scalar(self, node: Node) -> bool:
        """Whether only sizes, indices and numbers are written here."""
        raise NotImplementedError

    def product(self, left: list[Piece], right: list[Piece], node: Node) -> list[Piece]:
        """Every piece with every other."""
        raise NotImplementedError

    def tested(self, where: tuple[Relation, ...], env: Env, node: Node) -> list[Piece]:
        """1 where all the relations hold, else 0."""
        made = [Piece()]
        for r in where:
            made = self.product(made, self._holds(r, env), node)
        return made

    def _holds(self, r: Relation, env: Env) -> list[Piece]:
        step = self._step(r, env)
        if step is not None:
            piece, positive = step
            return (
                [piece] if positive else [Piece(), replace(piece, coefficient=-piece.coefficient)]
            )
        return [Piece(where=self.scalars.condition(r, env))]

    def _step(self, r: Relation, env: Env) -> tuple[Piece, bool] | None:
        """A tensor compared with 0: ``x > 0`` is step(x), ``x ≤ 0`` is 1 - step(x)."""
        left, sign, right = r.left, r.sign, r.right
        if self._is_tensor(right):
            left, sign, right = right, TURNED.get(sign, sign), left
        if not self._is_tensor(left):
            return None
        if sign in ("==", "!=") and self._is_tensor(right):
            found = self._chosen(self.read(left, env), self.read(right, env))  # type: ignore[arg-type]
            if found is not None:
                return found, sign == "=="
        zero = isinstance(right, Number) and right.value == 0
        if sign not in NEGATED or sign in ("==", "!=") or not zero:
            raise self.error(r, "a tensor is only compared as x > 0, ≥ 0, ≤ 0 or < 0")
        if sign in (">=", "<"):
            self.notes.append(f"only where {left.name} is not 0")  # type: ignore[union-attr]
        return seen(self.read(left, env), ("step",)), sign in (">", ">=")  # type: ignore[arg-type]

    def _chosen(self, one: Piece, other: Piece) -> Piece | None:
        """``x_p = y_o`` with a largest value y_o: the mask where its window looks at p."""
        for element, largest in ((one, other), (other, one)):
            if element.where or largest.where:
                continue
            (at,), (out,) = element.reads, largest.reads
            mask = self._mask_of(out.tensor)
            if mask is None or mask.read.tensor != at.tensor or at.function or out.function:
                continue
            names: dict[str, Index] = {r.name: Symbol(self.fresh(r.name)) for r in mask.window}
            sums = tuple(replace(r, name=str(names[r.name])) for r in mask.window)
            looked = names | dict(zip((r.name for r in mask.ranges), out.at, strict=True))
            pairs = zip(mask.read.at, at.at, strict=True)
            met = ((substitute(p, looked), q) for p, q in pairs)
            where = tuple(Condition(p, "==", q) for p, q in met if not same(p, q))
            said = f"{at.tensor} = {out.tensor} is read as: the first largest of that window"
            self.notes.append(said)
            chosen = Read(mask.name, (*out.at, *(names[r.name] for r in mask.window)))
            return Piece((chosen,), sums, where)
        return None

    def _mask_of(self, result: str) -> Selection | None:
        """The mask of the first maxima that a tensor of largest values is made with."""
        equations = self.scalars.lexicon.graph.equations
        form = next((e for e in equations if e.name == result and isinstance(e, Form)), None)
        read = set() if form is None else {r.tensor for t in form.terms for r in t.reads}
        masks = [e for e in equations if isinstance(e, Selection) and e.name in read]
        return masks[0] if len(masks) == 1 else None

    def _is_tensor(self, node: Node) -> bool:
        return isinstance(node, Ref) and not self.is_scalar(node)

    # --- case functions -------------------------------------------------------------------------

    def cases(self, node: Cases, env: Env) -> list[Piece]:
        """Each row where its conditions hold and those of no row above do."""
        found: list[Piece] = []
        rest = [Piece()]
        for place, (value, where) in enumerate(node.rows):
            here = (
                rest if where is None else self.product(rest, self.tested(where, env, node), node)
            )
            if not (isinstance(value, Number) and value.value == 0):
                found += self.product(here, self.pieces(value, env), node)
            if where is not None and any(_counts(v) for v, _ in node.rows[place + 1 :]):
                rest = self.product(rest, self._fails(where, env, node), node)
        return found

    def _fails(self, where: tuple[Relation, ...], env: Env, node: Node) -> list[Piece]:
        """1 where one of the relations does not hold: the first of them decides."""
        found: list[Piece] = []
        before = [Piece()]
        for r in where:
            found += self.product(before, self._opposite(r, env), node)
            before = self.product(before, self._holds(r, env), node)
        return found

    def _opposite(self, r: Relation, env: Env) -> list[Piece]:
        step = self._step(r, env)
        if step is not None:
            return self._holds(replace(r, sign=NEGATED[r.sign]), env)
        (condition,) = self.scalars.condition(r, env)
        sign = NEGATED[condition.relation]
        return [Piece(where=(Condition(condition.left, sign, condition.right),))]


def _counts(value: Node) -> bool:
    return not (isinstance(value, Number) and value.value == 0)


def seen(piece: Piece, row: tuple[str, ...]) -> Piece:
    """A piece of one read, seen through each function of a row."""
    (read,) = piece.reads
    return replace(piece, reads=tuple(replace(read, function=f) for f in row))


def rectified(term: Term) -> Term:
    """``x step(x)`` is relu(x), whatever x is."""
    plain = [r for r in term.reads if not r.function]
    steps = [r for r in term.reads if r.function == "step"]
    for step in steps:
        same = [r for r in plain if (r.tensor, r.at) == (step.tensor, step.at)]
        if len(same) == 1 and steps.count(step) == 1:
            made = tuple(replace(r, function="relu") if r is same[0] else r for r in term.reads)
            return replace(term, reads=tuple(r for r in made if r != step))
    return term
