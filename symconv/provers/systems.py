"""Systems of polynomial equations and inequalities over the integers.

Every ``a // b`` and ``a % b`` becomes a quotient q with ``0 <= a - b·q <= b - 1``; equal quotients
share one name, so that both sides of a claim speak of the same one.  Equations that have a
variable with coefficient 1 are solved for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field

from symconv.index import (
    Condition,
    FloorDiv,
    Index,
    Max,
    Min,
    Mod,
    Product,
    Sum,
    Symbol,
    text,
)
from symconv.provers import algebra
from symconv.provers.algebra import Poly, constant, plus, product, put_in, scaled, split, variable
from symconv.provers.isl import Undecided
from symconv.values import dataclass

ATOMS = {
    "==": ("equal", ((1, 0),)),
    "!=": ("distinct", ((1, 0),)),
    "<=": ("atleast", ((-1, 0),)),
    "<": ("atleast", ((-1, -1),)),
    ">=": ("atleast", ((1, 0),)),
    ">": ("atleast", ((1, -1),)),
}
"""``left - right`` times the first number plus the second, and what is said of it against 0."""


@dataclass(frozen=True, slots=True)
class Atom:
    """``poly = 0``, ``poly != 0`` or ``poly >= 0``."""

    kind: str
    poly: Poly

    def with_values(self, values: Mapping[str, Poly]) -> Atom:
        """With polynomials for variables."""
        return Atom(self.kind, put_in(self.poly, values))


@dataclass(slots=True)
class System:
    """What is known: atoms, quotients by name, extremes by name, and variables solved for."""

    atoms: list[Atom] = field(default_factory=list)
    quotients: dict[str, tuple[Poly, Poly]] = field(default_factory=dict)
    extremes: dict[str, tuple[str, list[Poly]]] = field(default_factory=dict)
    solved: dict[str, Poly] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    pending: list[tuple[Poly, Poly, str]] = field(default_factory=list)
    count: int = 0
    wished: int | None = None
    """From where on the atoms are wishes, not facts."""

    def copy(self) -> System:
        """A system that can grow on its own."""
        return System(
            list(self.atoms),
            dict(self.quotients),
            dict(self.extremes),
            dict(self.solved),
            set(self.unknown),
            list(self.pending),
            self.count,
            self.wished,
        )

    def fresh(self, letter: str) -> str:
        """A name that is not in use."""
        self.count += 1
        return f"{letter}.{self.count}"

    # --- reading indices ------------------------------------------------------------------------

    def lower(self, value: Index, names: Mapping[str, Poly]) -> Poly:
        """An index as a polynomial; quotients and extremes get names.

        Errors: `Undecided` for a symbol that is not in scope.
        """
        return put_in(self._lower(value, names), self.solved)

    def _lower(self, value: Index, names: Mapping[str, Poly]) -> Poly:
        match value:
            case int():
                return constant(value)
            case Symbol(name):
                if name not in names:
                    raise Undecided(f"{name} is neither an index nor a symbol in scope")
                return put_in(names[name], self.solved)
            case Sum(terms):
                total: Poly = {}
                for term in terms:
                    total = plus(total, self._lower(term, names))
                return total
            case Product(factors):
                result = constant(1)
                for factor in factors:
                    result = product(result, self._lower(factor, names))
                return result
            case FloorDiv(top, bottom) | Mod(top, bottom):
                a, b = self._lower(top, names), self._lower(bottom, names)
                quotient = self.quotient(a, b)
                if isinstance(value, FloorDiv):
                    return quotient
                return plus(a, product(b, quotient), -1)
            case Min(args) | Max(args):
                kind = "min" if isinstance(value, Min) else "max"
                return self._extreme(kind, [self._lower(a, names) for a in args])
        raise TypeError(f"not an index expression: {text(value)}")

    def quotient(self, top: Poly, bottom: Poly) -> Poly:
        """``top // bottom``; what the divisor divides outright is taken out first."""
        top, bottom = put_in(top, self.solved), put_in(bottom, self.solved)
        if algebra.names(bottom) & self.unknown:
            raise Undecided("a divisor depends on a summation index")
        if bottom == constant(1):
            return top
        whole, rest = algebra.divided(top, bottom)
        if not rest:
            return whole
        if algebra.names(rest) & self.unknown:
            return plus(whole, self._pending(rest, bottom))
        known = self._between(rest, bottom)
        if known is not None:
            return plus(whole, known)
        return plus(whole, variable(self._named(rest, bottom)))

    def _between(self, top: Poly, bottom: Poly) -> Poly | None:
        """The v for which ``0 <= top - bottom·v <= bottom - 1`` is stated: the quotient."""
        facts = [a.poly for a in self.atoms[: self.wished] if a.kind == "atleast"]
        for low in facts:
            whole, rest = algebra.divided(plus(top, low, -1), bottom)
            if not rest:
                room = plus(plus(bottom, constant(-1)), low, -1)
                if any(
                    (n := algebra.number_of(plus(room, f, -1))) is not None and n >= 0
                    for f in facts
                ):
                    return whole
        return None

    def _named(self, rest: Poly, bottom: Poly) -> str:
        name = self._twin(rest, bottom)
        if name is None:
            name = self.fresh("q")
            self.quotients[name] = (rest, bottom)
        return name

    def _pending(self, rest: Poly, bottom: Poly) -> Poly:
        """A quotient of something still unknown: an unknown itself, with its two bounds."""
        for top, under, name in self.pending:
            if (top, under) == (rest, bottom):
                return variable(name)
        name = self.fresh("u")
        self.unknown.add(name)
        self.pending.append((rest, bottom, name))
        self._bounds(name, rest, bottom)
        return variable(name)

    def _extreme(self, kind: str, args: list[Poly]) -> Poly:
        if any(algebra.names(arg) & self.unknown for arg in args):
            raise Undecided("the least or greatest of summation indices")
        for name, (known, parts) in self.extremes.items():
            if known == kind and parts == args:
                return variable(name)
        name = self.fresh("m")
        self.extremes[name] = (kind, args)
        return variable(name)

    # --- what holds -----------------------------------------------------------------------------

    def assume(self, conditions: Iterable[Condition], names: Mapping[str, Poly]) -> None:
        """Add conditions."""
        for condition in conditions:
            difference = plus(
                self.lower(condition.left, names), self.lower(condition.right, names), -1
            )
            kind, forms = ATOMS[condition.relation]
            for sign, shift in forms:
                self.atoms.append(Atom(kind, plus(scaled(difference, sign), constant(shift))))

    def settle(self, order: Iterable[str]) -> None:
        """Solve equations for variables of coefficient 1 or -1, in the order of preference."""
        ranks = list(order)
        again = True
        while again:
            again = False
            for place, atom in enumerate(self.atoms):
                name = unit(atom.poly, ranks) if atom.kind == "equal" else None
                if name is not None:
                    del self.atoms[place]
                    self.put(name, solution(atom.poly, name))
                    again = True
                    break

    def put(self, name: str, value: Poly) -> None:
        """A variable becomes a polynomial everywhere; quotients that became equal are merged."""
        todo = [(name, value)]
        while todo:
            name, value = todo.pop()
            if name in self.quotients:
                self._bounds(name, *self.quotients.pop(name))
            values = {name: value}
            self.solved = {n: put_in(p, values) for n, p in self.solved.items()} | values
            self.atoms = [atom.with_values(values) for atom in self.atoms]
            self.extremes = {
                n: (k, [put_in(p, values) for p in ps]) for n, (k, ps) in self.extremes.items()
            }
            self.quotients = {
                n: (put_in(a, values), put_in(b, values)) for n, (a, b) in self.quotients.items()
            }
            self.unknown.discard(name)
            todo = [(n, put_in(p, values)) for n, p in todo]
            if not todo:
                todo = self._merged()

    def _merged(self) -> list[tuple[str, Poly]]:
        """The first quotient that is now another one (or a polynomial), taken out of the table."""
        for name, (top, bottom) in self.quotients.items():
            whole, rest = algebra.divided(top, bottom)
            if name in algebra.names(top) | algebra.names(bottom):
                del self.quotients[name]
                self._bounds(name, top, bottom)
                return self._merged()
            twin = self._twin(rest, bottom) if rest else None
            known = self._between(rest, bottom) if rest else None
            if known is not None:
                del self.quotients[name]
                return [(name, plus(whole, known))]
            if whole or twin not in (None, name) or not rest:
                del self.quotients[name]
                if rest:
                    whole = plus(whole, variable(self._named(rest, bottom)))
                return [(name, whole)]
        return []

    def _bounds(self, name: str, top: Poly, bottom: Poly) -> None:
        """What a quotient means, as two inequalities."""
        remainder = plus(top, product(bottom, variable(name)), -1)
        self.atoms.append(Atom("atleast", remainder))
        self.atoms.append(Atom("atleast", plus(plus(bottom, constant(-1)), remainder, -1)))

    def _twin(self, rest: Poly, bottom: Poly) -> str | None:
        wanted = algebra.key(rest), algebra.key(bottom)
        for name, (top, under) in self.quotients.items():
            if (algebra.key(top), algebra.key(under)) == wanted:
                return name
        return None

    def facts(self) -> list[Atom]:
        """The atoms, with the two bounds of every quotient."""
        copy = System(list(self.atoms))
        for name, (top, bottom) in self.quotients.items():
            copy._bounds(name, top, bottom)
        return copy.atoms


def unit(poly: Poly, order: Iterable[str]) -> str | None:
    """The first variable that stands alone with coefficient 1 or -1 and nowhere else."""
    for name in order:
        if poly.get((name,)) in (1, -1):
            parts = split(poly, name)
            if parts is not None and set(parts[0]) == {()}:
                return name
    return None


def solution(poly: Poly, name: str) -> Poly:
    """The value of a variable of coefficient 1 or -1 from ``poly = 0``."""
    parts = split(poly, name)
    assert parts is not None
    factor, rest = parts
    return scaled(rest, -factor[()])
