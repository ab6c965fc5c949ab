"""What is plain about sizes and indices: signs by adding up what is known to be at least 0.

It only leaves out what needs no proof; what it cannot see goes to the provers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from functools import lru_cache

from symconv.index import (
    Condition,
    FloorDiv,
    Index,
    Max,
    Min,
    Mod,
    Monomial,
    Polynomial,
    Product,
    Sum,
    Symbol,
    Tree,
    add,
    children,
    coefficient,
    from_polynomial,
    minus,
    polynomial,
    rebuild,
    substitute,
    symbols,
    text,
    tidy,
)
from symconv.values import dataclass

DEPTH = 3
MOST_PARTS = 400
NEGATED = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", "<=": ">", ">": "<="}


@lru_cache(maxsize=20_000)
def canon(value: Index) -> Index:
    """Like terms collected, in an order that depends on the terms alone."""
    if isinstance(value, int | Symbol):
        return value
    inside = rebuild(value, [canon(part) for part in children(value)])
    if isinstance(inside, FloorDiv):
        inside = divided(inside.top, inside.bottom)
    elif isinstance(inside, Mod):
        inside = remainder(inside.top, inside.bottom)
    elif isinstance(inside, Min | Max):
        inside = tidy(type(inside)(tuple(sorted(inside.args, key=str))))
    terms = polynomial(inside)
    return from_polynomial(dict(sorted(terms.items(), key=lambda item: _order(item[0]))))


def _order(monomial: Monomial) -> tuple[int, str]:
    return (-len(monomial), "*".join(text(atom) for atom in monomial))


def difference(left: Index, right: Index) -> Index:
    """``left - right``."""
    return canon(add(left, minus(right)))


def equal(left: Index, right: Index) -> bool:
    """Whether two indices are the same polynomial."""
    return left == right or difference(left, right) == 0


def divided(top: Index, bottom: Index) -> Index:
    """``top // bottom`` with what the bottom divides outright taken out."""
    whole, rest = _parted(top, bottom)
    if not rest:
        return from_polynomial(whole)
    inner = tidy(FloorDiv(_sorted(rest), bottom))
    return tidy(add(from_polynomial(whole), inner)) if whole else inner


def remainder(top: Index, bottom: Index) -> Index:
    """``top % bottom`` without the multiples of the bottom."""
    _, rest = _parted(top, bottom)
    return tidy(Mod(_sorted(rest), bottom)) if rest else 0


def _sorted(terms: Polynomial) -> Index:
    return from_polynomial(dict(sorted(terms.items(), key=lambda item: _order(item[0]))))


def _parted(top: Index, bottom: Index) -> tuple[Polynomial, Polynomial]:
    """Quotient and rest, term by term, where the bottom is one product."""
    under = polynomial(bottom)
    whole: Polynomial = {}
    rest: Polynomial = {}
    terms = polynomial(top)
    if len(under) != 1:
        quotient = _quotient(terms, under)
        return (quotient, {}) if quotient else ({}, terms)
    ((atoms, number),) = under.items()
    if number < 1:
        return {}, terms
    for monomial, factor in terms.items():
        left = _without(monomial, atoms)
        times, over = divmod(factor, number)
        if left is not None and (not over or monomial == ()):
            whole[left] = whole.get(left, 0) + times
            factor = over
        if left is None or over:
            rest[monomial] = factor
    return {m: n for m, n in whole.items() if n}, rest


def _quotient(top: Polynomial, bottom: Polynomial) -> Polynomial | None:
    """``top / bottom`` where that is a polynomial; leading terms are divided one by one."""
    left = {tuple(sorted(m, key=str)): n for m, n in top.items()}
    under = {tuple(sorted(m, key=str)): n for m, n in bottom.items()}
    if not under or len(left) * len(under) > MOST_PARTS:
        return None
    atoms = sorted({str(atom) for m in (*left, *under) for atom in m})

    def rank(monomial: Monomial) -> list[int]:
        return [sum(str(atom) == name for atom in monomial) for name in atoms]

    first = max(under, key=rank)
    found: Polynomial = {}
    while left and len(found) <= MOST_PARTS:
        lead = max(left, key=rank)
        rest = _without(lead, first)
        if rest is None or left[lead] % under[first]:
            return None
        factor = left[lead] // under[first]
        found[rest] = factor
        for monomial, number in under.items():
            place = tuple(sorted((*rest, *monomial), key=str))
            left[place] = left.get(place, 0) - factor * number
            if not left[place]:
                del left[place]
    return None if left else found


def _without(monomial: Monomial, atoms: Monomial) -> Monomial | None:
    """The monomial divided by atoms, if it can be."""
    left = list(monomial)
    for atom in atoms:
        if atom not in left:
            return None
        left.remove(atom)
    return tuple(left)


def canonical(condition: Condition) -> Condition | bool:
    """``0 <= e``, ``e == 0`` or ``e != 0``; a bool where it is plain."""
    left, right = condition.left, condition.right
    match condition.relation:
        case "<=" | "<":
            value = difference(right, left)
            value = canon(add(value, -1)) if condition.relation == "<" else value
        case ">=" | ">":
            value = difference(left, right)
            value = canon(add(value, -1)) if condition.relation == ">" else value
        case relation:
            value = difference(left, right)
            if isinstance(value, int):
                return (value == 0) == (relation == "==")
            first = next(iter(polynomial(value).values()))
            value = canon(minus(value)) if first < 0 else value
            return Condition(value, relation, 0)
    if isinstance(value, int):
        return value >= 0
    return Condition(0, "<=", value)


def negated(condition: Condition) -> Condition:
    """Where a condition does not hold."""
    return Condition(condition.left, NEGATED[condition.relation], condition.right)


@dataclass(frozen=True, slots=True)
class Facts:
    """The least values of symbols, bounds of indices (innermost last), things at least 0."""

    least: Mapping[str, int]
    bounds: tuple[tuple[str, Index, Index], ...] = ()
    known: tuple[Index, ...] = ()
    distinct: tuple[Condition, ...] = field(default=())

    def assuming(self, conditions: Iterable[Condition]) -> Facts:
        """With further conditions."""
        known = list(self.known)
        other = list(self.distinct)
        for condition in conditions:
            found = canonical(condition)
            if isinstance(found, bool):
                continue
            if found.relation == "<=":
                known.append(found.right)
                if isinstance(found.right, FloorDiv):
                    known.append(found.right.top)
            elif found.relation == "==":
                known += [found.left, canon(minus(found.left))]
                other.append(found)
            else:
                other.append(found)
        return replace(self, known=tuple(dict.fromkeys(known)), distinct=tuple(other))

    def within(self, bounds: Iterable[tuple[str, Index, Index]]) -> Facts:
        """With further indices and their first and last values."""
        return replace(self, bounds=(*self.bounds, *bounds))

    def holds(self, condition: Condition) -> bool | None:
        """Whether a condition holds everywhere, nowhere, or neither that can be seen."""
        found = canonical(condition)
        if isinstance(found, bool):
            return found
        if found.relation == "<=":
            if self.nonnegative(found.right):
                return True
            return False if self.nonnegative(canon(add(minus(found.right), -1))) else None
        if found in self.distinct:
            return True
        apart = any(
            self.nonnegative(canon(add(sided, -1)))
            for sided in (found.left, canon(minus(found.left)))
        )
        same = all(self.nonnegative(s) for s in (found.left, canon(minus(found.left))))
        if not apart and not same:
            opposite = Condition(found.left, NEGATED[found.relation], 0)
            return False if opposite in self.distinct else None
        return (found.relation == "==") == same

    def nonnegative(self, value: Index, depth: int = DEPTH) -> bool:
        """Whether a value is plainly at least 0."""
        if isinstance(value, int):
            return value >= 0
        least = self._least(value, depth)
        if self._plain(least, depth):
            return True
        if depth < 2:
            return False
        for start in dict.fromkeys((value, least)):
            falling = _falls(start)
            for fact in self.known:
                if falling & _falls(fact):
                    rest = difference(start, fact)
                    if self.nonnegative(rest, depth - 1):
                        return True
        return False

    def _least(self, value: Index, depth: int) -> Index:
        """Every index at the end that makes the value small."""
        for name, first, last in reversed(self.bounds):
            if not depth or name not in symbols(value):
                continue
            parts = coefficient(value, name)
            if parts is None:
                continue
            if self.nonnegative(parts[0], 0):
                value = canon(substitute(value, {name: first}))
            elif self.nonnegative(canon(minus(parts[0])), 0):
                value = canon(substitute(value, {name: last}))
        return canon(_floors(value))

    def _plain(self, value: Index, depth: int) -> bool:
        """Whether every term is at least 0, with ``N + least`` for every symbol N."""
        low = {n: least for n, least in self.least.items() if least}
        terms: dict[Monomial, int] = {}
        for monomial, number in _terms(value):
            for part, times in _lifted(monomial, low):
                terms[part] = terms.get(part, 0) + number * times
        return all(
            number >= 0 and all(self._atom(atom, depth) for atom in monomial)
            for monomial, number in terms.items()
            if number
        )

    def _atom(self, atom: Tree, depth: int) -> bool:
        match atom:
            case Symbol(name):
                if name in self.least:
                    return self.least[name] >= 0
                first = next((low for known, low, _ in self.bounds if known == name), None)
                return first is not None and depth > 0 and self.nonnegative(first, depth - 1)
            case FloorDiv(top, _):
                return depth > 0 and self.nonnegative(canon(top), depth - 1)
            case Mod():
                return True
            case Max(args):
                return depth > 0 and any(self.nonnegative(canon(a), depth - 1) for a in args)
            case Min(args):
                return depth > 0 and all(self.nonnegative(canon(a), depth - 1) for a in args)
        return False


@lru_cache(maxsize=20_000)
def _terms(value: Index) -> tuple[tuple[Monomial, int], ...]:
    return tuple(polynomial(value).items())


@lru_cache(maxsize=20_000)
def _falls(value: Index) -> frozenset[Monomial]:
    """The products that a value is made smaller by."""
    return frozenset(monomial for monomial, number in _terms(value) if number < 0)


def _lifted(monomial: Monomial, low: Mapping[str, int]) -> list[tuple[Monomial, int]]:
    """A product with ``N + least`` for N, multiplied out."""
    found: list[tuple[Monomial, int]] = [((), 1)]
    for atom in monomial:
        more = low.get(atom.name, 0) if isinstance(atom, Symbol) else 0
        grown = [((*part, atom), number) for part, number in found]
        if more:
            grown += [(part, number * more) for part, number in found]
        found = grown
    return found


@lru_cache(maxsize=20_000)
def _floors(value: Index) -> Index:
    """A smaller value: ``-b·(t // b)`` is at least ``-t``."""
    parts: list[Index] = []
    changed = False
    for monomial, number in _terms(value):
        place = _falling(monomial, number)
        if place is None:
            parts.append(Product((number, *monomial)))
            continue
        quotient, factor = place
        parts.append(Product((factor, quotient.top)))
        changed = True
    return _floors(canon(Sum(tuple(parts)))) if changed else value


def _falling(monomial: Monomial, number: int) -> tuple[FloorDiv, int] | None:
    """A quotient that stands in a negative term with nothing but its divisor."""
    quotients = [atom for atom in monomial if isinstance(atom, FloorDiv)]
    if number >= 0 or len(quotients) != 1:
        return None
    atom = quotients[0]
    rest = list(monomial)
    rest.remove(atom)
    if isinstance(atom.bottom, int):
        fits = not rest and atom.bottom > 0 and number % atom.bottom == 0
        return (atom, number // atom.bottom) if fits else None
    return (atom, number) if rest == [atom.bottom] else None
