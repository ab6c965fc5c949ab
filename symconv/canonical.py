"""Sums of products as SymPy expressions, built in SymPy's own order without its constructors.

``Add(*products)`` looks at every argument several times.  Here the symbols are ranked once, the
products are sorted as integers, and every expression is made at once with its arguments where
SymPy puts them; it equals what the constructors make, by ``==``, ``args`` and ``hash``.

That leans on SymPy's insides, so a small example is compared with the constructors at first use.
Where it differs, and for everything but rational numbers and symbols of the same assumptions, the
constructors are called; also for a sum with a power or with like terms.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cmp_to_key
from itertools import repeat
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import sympy
from sympy.core.basic import Basic
from sympy.core.operations import AssocOp

Ints: TypeAlias = npt.NDArray[np.int64]
Objects: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """Products ``number / divisor · Π atoms[column]``, each added to the sum `out`; all flat.

    `divisors` holds a whole number for each product, None where all are 1.
    """

    out: Ints
    columns: tuple[Ints, ...]
    number: Fraction = Fraction(1)
    divisors: Ints | None = None


def sums(count: int, terms: Sequence[Terms], atoms: Sequence[Any]) -> list[Any]:
    """So many sums: number n adds up the products whose `out` is n.

    `atoms` are SymPy expressions; the work grows with the number of products.
    """
    if not (_plain(atoms) and trusted()):
        return slow_sums(count, terms, atoms)
    return _fast_sums(count, terms, atoms)


# --- by the constructors ------------------------------------------------------------------------


def slow_sums(
    count: int, terms: Sequence[Terms], atoms: Sequence[Any], only: Sequence[int] | None = None
) -> list[Any]:
    """The same sums by SymPy's constructors; with `only` the others are left at 0."""
    wanted = set(range(count) if only is None else only)
    groups: list[list[Any]] = [[] for _ in range(count)]
    for group in terms:
        number = rational(group.number)
        divisors = repeat(1) if group.divisors is None else group.divisors.tolist()
        rows = zip(*(column.tolist() for column in group.columns), strict=True)
        places = rows if group.columns else repeat(())
        for out, row, divisor in zip(group.out.tolist(), places, divisors, strict=False):
            if out in wanted:
                groups[out].append(sympy.Mul(number, *(atoms[at] for at in row)) / divisor)
    return [sympy.Add(*group) for group in groups]


def rational(number: Fraction) -> Any:
    """A fraction as a SymPy number."""
    return sympy.Rational(number.numerator, number.denominator)


# --- ranks --------------------------------------------------------------------------------------


def _plain(atoms: Sequence[Any]) -> bool:
    """Whether all are rational numbers or commutative symbols of the same assumptions."""
    symbols = [atom for atom in atoms if type(atom) is sympy.Symbol]
    if len(symbols) < len(atoms):
        others = (atom for atom in atoms if type(atom) is not sympy.Symbol)
        if not all(atom.is_Rational for atom in others):
            return False
    if not symbols:
        return True
    assumed = symbols[0]._assumptions0
    same = all(s._assumptions0 is assumed or s._assumptions0 == assumed for s in symbols)
    return same and bool(symbols[0].is_commutative)


@dataclass(frozen=True, slots=True, eq=False)
class _Ranks:
    """The symbols in SymPy's order, and for each atom its place among them.

    The rank of a number is `nothing`, one more than any symbol's; `value` is its place in
    `values`, where a symbol has 0, the value 1.
    """

    symbols: list[Any]
    rank: Ints
    values: list[Fraction]
    value: Ints

    @property
    def nothing(self) -> int:
        """The rank of what is no symbol."""
        return len(self.symbols)


def _ranked(atoms: Sequence[Any]) -> _Ranks:
    named = {atom.name: atom for atom in atoms if type(atom) is sympy.Symbol}
    order = sorted(named)
    place = {name: n for n, name in enumerate(order)}
    values = {Fraction(1): 0}
    rank, value = [], []
    for atom in atoms:
        if type(atom) is sympy.Symbol:
            rank.append(place[atom.name])
            value.append(0)
        else:
            rank.append(len(order))
            value.append(values.setdefault(Fraction(int(atom.p), int(atom.q)), len(values)))
    symbols = [named[name] for name in order]
    return _Ranks(symbols, np.array(rank, np.int64), list(values), np.array(value, np.int64))


# --- products as integers -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Products as rows of ranks: symbols rise, what is missing comes last.

    `number` is the place of each row's coefficient in a list.
    """

    out: Ints
    ranks: Ints
    number: Ints

    def pick(self, which: Any) -> _Rows:
        """Some of the rows."""
        return _Rows(self.out[which], self.ranks[which], self.number[which])


def _rows(terms: Sequence[Terms], ranks: _Ranks) -> tuple[_Rows, list[Fraction]]:
    """All products, and the list of their coefficients; those that are zero are left out."""
    numbers: dict[Fraction, int] = {Fraction(1): 0}
    width = max((len(group.columns) for group in terms), default=0)
    parts = []
    for group in terms:
        found = np.full((len(group.out), width), ranks.nothing, dtype=np.int64)
        for n, column in enumerate(group.columns):
            found[:, n] = ranks.rank[column]
        if width == 2:  # half the time of sorting
            low, high = found.min(axis=1), found.max(axis=1)
            found = np.stack([low, high], axis=1)
        else:
            found.sort(axis=1)
        parts.append(_Rows(group.out, found, _numbers(group, ranks, numbers)))
    out = np.concatenate([part.out for part in parts])
    joined = _Rows(
        out,
        np.concatenate([part.ranks for part in parts]),
        np.concatenate([part.number for part in parts]),
    )
    if Fraction(0) in numbers:
        joined = joined.pick(joined.number != numbers[Fraction(0)])
    return joined, list(numbers)


def _numbers(group: Terms, ranks: _Ranks, numbers: dict[Fraction, int]) -> Ints:
    """The place of every product's coefficient in `numbers`, which grows."""
    columns = [ranks.value[column] for column in group.columns if len(ranks.values) > 1]
    if group.divisors is not None:
        columns.append(group.divisors)
    if not columns:
        place = numbers.setdefault(group.number, len(numbers))
        return np.full(len(group.out), place, dtype=np.int64)
    points, inverse = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
    places = []
    for point in points.tolist():
        value = group.number
        if group.divisors is not None:
            value /= point.pop()
        for at in point:
            value *= ranks.values[at]
        places.append(numbers.setdefault(value, len(numbers)))
    return np.array(places, dtype=np.int64)[np.asarray(inverse).ravel()]


def _in_order(rows: _Rows, coefficients: Ints, nothing: int) -> Ints:
    """The order of the products by output, and within one as SymPy sorts the arguments of a sum.

    Fewer arguments come first, then the first that differs decides; a coefficient other than 1
    (its rank is negative, 0 stands for 1) is an argument in front of the symbols.
    """
    symbols = (rows.ranks != nothing).sum(axis=1)
    arguments = rows.ranks
    count = symbols
    if coefficients.any():
        led = coefficients != 0
        count = np.where(symbols > 0, symbols + led, 0)
        none = np.full((len(led), 1), nothing, dtype=np.int64)
        shifted = np.concatenate([coefficients[:, None], rows.ranks], axis=1)
        arguments = np.where(led[:, None], shifted, np.concatenate([rows.ranks, none], axis=1))
    return _order([rows.out, count, *arguments.T])


def _order(keys: Sequence[Ints]) -> Ints:
    """The order by the first key, then the second and so on; one sort where they fit together."""
    if not len(keys[0]):
        return np.zeros(0, dtype=np.int64)
    lows = [int(key.min()) for key in keys]
    spans = [int(key.max()) - low + 1 for key, low in zip(keys, lows, strict=True)]
    product = 1
    for span in spans:
        product *= span
    if product >= 2**62:
        return np.asarray(np.lexsort(keys[::-1]))
    together = np.zeros(len(keys[0]), dtype=np.int64)
    for key, low, span in zip(keys, lows, spans, strict=True):
        together = together * span + (key - low)
    return np.argsort(together, kind="stable")


def _odd(rows: _Rows, nothing: int) -> Ints:
    """The outputs with a power (a symbol twice in a product) or with like terms."""
    ranks = rows.ranks
    twice = ((ranks[:, 1:] == ranks[:, :-1]) & (ranks[:, 1:] != nothing)).any(axis=1)
    found = rows.out[twice]
    sorted_rows = rows.pick(_order([rows.out, *ranks.T]))
    alike = sorted_rows.out[1:] == sorted_rows.out[:-1]
    alike &= (sorted_rows.ranks[1:] == sorted_rows.ranks[:-1]).all(axis=1)
    return np.unique(np.concatenate([found, sorted_rows.out[1:][alike]]))


# --- expressions --------------------------------------------------------------------------------


def _fast_sums(count: int, terms: Sequence[Terms], atoms: Sequence[Any]) -> list[Any]:
    if not terms:
        return [sympy.S.Zero] * count
    ranks = _ranked(atoms)
    rows, numbers = _rows(terms, ranks)
    values = [rational(number) for number in numbers]
    place = _number_ranks(values)
    rows = rows.pick(_in_order(rows, place[rows.number], ranks.nothing))
    made = tuple(_products(rows, ranks, values))
    starts = np.searchsorted(rows.out, np.arange(count + 1))
    sizes = np.diff(starts)
    result = np.full(count, sympy.S.Zero, dtype=object)
    single = np.flatnonzero(sizes == 1)
    result[single] = [made[n] for n in starts[single].tolist()]
    several = np.flatnonzero(sizes > 1)
    slices = map(slice, starts[several].tolist(), starts[several + 1].tolist())
    result[several] = new(sympy.Add, list(map(made.__getitem__, slices)))
    odd = _odd(rows, ranks.nothing)
    if len(odd):
        result[odd] = np.array(slow_sums(count, terms, atoms, odd.tolist()), dtype=object)[odd]
    return result.tolist()


def _number_ranks(values: Sequence[Any]) -> Ints:
    """Negative numbers in SymPy's order for the coefficients, 0 for the first, which is 1."""
    compare = cmp_to_key(Basic.compare)
    order = sorted(range(1, len(values)), key=lambda n: compare(values[n]))
    ranks = np.zeros(len(values), dtype=np.int64)
    ranks[order] = np.arange(-len(order), 0)
    return ranks


def _products(rows: _Rows, ranks: _Ranks, values: Sequence[Any]) -> Objects:
    """Every product as an expression, in the order of the rows."""
    symbols = np.empty(ranks.nothing + 1, dtype=object)
    symbols[: ranks.nothing] = ranks.symbols
    numbers = np.empty(len(values), dtype=object)
    numbers[:] = values
    lengths = (rows.ranks != ranks.nothing).sum(axis=1)
    led = rows.number != 0
    made = np.empty(len(rows.out), dtype=object)
    for length in np.unique(lengths).tolist():
        for with_number in (False, True):
            which = np.flatnonzero((lengths == length) & (led == with_number))
            if not len(which):
                continue
            columns = [symbols[rows.ranks[which, n]].tolist() for n in range(length)]
            if with_number or not length:
                columns.insert(0, numbers[rows.number[which]].tolist())
            found = (
                columns[0]
                if len(columns) == 1
                else new(sympy.Mul, list(zip(*columns, strict=True)))
            )
            made[which] = found
    return made


def new(kind: Any, arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Commutative sums or products with their arguments as they are, nothing looked at."""
    made = list(map(object.__new__, repeat(kind, len(arguments))))
    _fill(Basic._args.__set__, made, arguments)
    _fill(Basic._mhash.__set__, made, repeat(None))
    _fill(Basic._assumptions.__set__, made, repeat(kind.default_assumptions))
    _fill(AssocOp.is_commutative.__set__, made, repeat(True))
    return made


def _fill(put: Callable[[Any, Any], None], made: list[Any], values: Iterable[Any]) -> None:
    deque(map(put, made, values), maxlen=0)


# --- whether SymPy is as it was -----------------------------------------------------------------


@cache
def trusted() -> bool:
    """Whether an example of every case equals what SymPy's constructors make."""
    try:
        fast, slow = (make(*_example()) for make in (_fast_sums, slow_sums))
        return all(map(same, fast, slow))
    except (AttributeError, TypeError, ValueError):
        return False


def same(one: Any, other: Any) -> bool:
    """Whether two expressions are alike to SymPy in everything that it looks at."""
    return (
        type(one) is type(other)
        and hash(one) == hash(other)
        and one == other
        and one.is_commutative == other.is_commutative
        and len(one.args) == len(other.args)
        and all(map(same, one.args, other.args))
    )


def _example() -> tuple[int, list[Terms], list[Any]]:
    """Six sums: products of several lengths with several coefficients, in no order."""
    atoms = [*map(sympy.Symbol, ("x_10", "x_9", "b", "Z", "w_0", "a")), sympy.Integer(3)]
    ints = np.array
    return (
        6,
        [
            Terms(ints([1, 0, 0, 1, 3]), (ints([1, 0, 2, 3, 0]), ints([4, 5, 1, 2, 1]))),
            Terms(ints([1, 0, 4]), (ints([0, 3, 4]),)),
            Terms(ints([0, 1, 1]), (ints([5, 2, 4]), ints([4, 0, 6])), Fraction(-1, 2)),
            Terms(ints([1, 0, 5, 5]), (ints([3, 5, 1, 5]),), Fraction(6), ints([4, 6, 2, 3])),
            Terms(ints([1]), (), Fraction(-7, 3)),
        ],
        atoms,
    )
