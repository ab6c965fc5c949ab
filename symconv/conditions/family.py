"""The family of conditions: a table, one row for each kind, from weak to strong.

Each row makes its conditions from the claim's own symbols, windows and quotients.  Nothing is
tried that fits one size only (K = 1, N = K): such a claim holds in a corner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from symconv.claims import AnyClaim, Claim, SizeClaim
from symconv.conditions.windows import Window, windows
from symconv.conditions.wording import compared, listed, shown
from symconv.index import (
    Condition,
    FloorDiv,
    Index,
    Mod,
    Polynomial,
    Product,
    Sum,
    Symbol,
    add,
    children,
    from_polynomial,
    minus,
    polynomial,
    simplify,
    symbols,
    tidy,
)
from symconv.terms import Form, Selection


@dataclass(frozen=True, slots=True)
class Candidate:
    """A condition that might save a claim.

    `pins` are the symbols that it gives a number, `gloss` is what it means to a reader.
    """

    row: str
    conditions: tuple[Condition, ...]
    words: tuple[str, ...]
    glosses: tuple[str, ...] = ()
    pins: tuple[tuple[str, int], ...] = ()

    @property
    def text(self) -> str:
        """``without padding: P = 0``, ``S ≥ K (windows do not overlap)``."""
        what, means = listed(self.words), listed(tuple(filter(None, self.glosses)))
        if not means:
            return what
        return f"{means}: {what}" if len(self.pins) == len(self.words) else f"{what} ({means})"


def both(candidates: Sequence[Candidate]) -> Candidate:
    """All of some conditions at once."""
    return Candidate(
        " and ".join(dict.fromkeys(c.row for c in candidates)),
        tuple(condition for c in candidates for condition in c.conditions),
        tuple(word for c in candidates for word in c.words),
        tuple(gloss for c in candidates for gloss in c.glosses),
        tuple(pin for c in candidates for pin in c.pins),
    )


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rows draw on: symbols by kind, windows, and quotients ``(top, bottom)``."""

    kinds: Mapping[str, str]
    windows: tuple[Window, ...]
    quotients: tuple[tuple[Index, Index], ...]

    def named(self, kind: str) -> Iterator[Symbol]:
        """The symbols of a kind, in the claim's order."""
        return (Symbol(name) for name, found in self.kinds.items() if found == kind)


def facts(claim: AnyClaim) -> Facts:
    """Everything that the conditions on a claim are made from."""
    kinds = {p.name: p.kind for p in claim.scope.parameters}
    return Facts(kinds, windows(claim), tuple(_quotients(claim, frozenset(kinds))))


# --- rows ---------------------------------------------------------------------------------------


def _one(row: str, condition: Condition, gloss: str = "") -> Candidate:
    return Candidate(row, (condition,), (compared(condition),), (gloss,))


def _fits(known: Facts) -> Iterator[Candidate]:
    """N ≥ D(K - 1) + 1: the kernel lies inside the input."""
    for w in known.windows:
        yield _one("fits", Condition(w.size, ">=", w.span))


def _reach(known: Facts) -> Iterator[Candidate]:
    """P ≤ D(K - 1): no window lies in the padding alone."""
    for w in known.windows:
        for name in w.paddings:
            yield _one("reach", Condition(Symbol(name), "<=", tidy(add(w.span, -1))))


def _apart(known: Facts) -> Iterator[Candidate]:
    """S ≥ D(K - 1) + 1: windows do not overlap."""
    for w in known.windows:
        if w.stride != 1:
            span = w.span
            backwards = isinstance(w.stride, int)
            sides = (span, "<=", w.stride) if backwards else (w.stride, ">=", span)
            yield _one("apart", Condition(*sides), "windows do not overlap")


def _parity(rest: int) -> Callable[[Facts], Iterator[Candidate]]:
    def row(known: Facts) -> Iterator[Candidate]:
        return (_modulo(size, rest) for size in known.named("size"))

    return row


def _modulo(size: Symbol, rest: int) -> Candidate:
    """A size is odd, or even."""
    word = ("even", "odd")[rest]
    return Candidate(word, (Condition(Mod(size, 2), "==", rest),), (f"{size} is {word}",))


def _divides(known: Facts) -> Iterator[Candidate]:
    """S divides N + 2P - K: the quotients of both sides leave no remainder."""
    for top, bottom in known.quotients:
        half = _halved(top) if bottom == 2 else None
        condition = Condition(Mod(top, bottom), "==", 0)
        words = (f"{shown(bottom)} divides {shown(top)}",)
        yield half or Candidate("divides", (condition,), words)


def _halved(top: Index) -> Candidate | None:
    """The parity of the one symbol in ``K - 1``, where that is all there is."""
    terms = polynomial(top)
    odd = terms.pop((), 0) % 2
    if len(terms) != 1:
        return None
    ((monomial, number),) = terms.items()
    plain = len(monomial) == 1 and isinstance(monomial[0], Symbol) and number % 2 == 1
    return _modulo(monomial[0], odd) if plain and isinstance(monomial[0], Symbol) else None


def _square(known: Facts) -> Iterator[Candidate]:
    """H = W, and kernels, strides, dilations and paddings alike along both axes."""

    def alike(a: Symbol, b: Symbol) -> bool:
        along = any({a, b} <= {w.size, w.kernel} for w in known.windows)
        return known.kinds.get(a.name) == known.kinds.get(b.name) and not along

    for one, other in combinations(known.windows, 2):
        pairs = [(getattr(one, part), getattr(other, part)) for part in PARTS]
        pairs += [(Symbol(a), Symbol(b)) for a, b in _alone(one, other)]
        for a, b in pairs:
            if isinstance(a, Symbol) and isinstance(b, Symbol) and a != b and alike(a, b):
                yield _one("square", Condition(a, "==", b))


PARTS = ("size", "kernel", "stride", "dilation")


def _alone(one: Window, other: Window) -> Iterator[tuple[str, str]]:
    if len(one.paddings) == len(other.paddings) == 1:
        yield one.paddings[0], other.paddings[0]


def _tiles(known: Facts) -> Iterator[Candidate]:
    """S = K: windows lie side by side."""
    for w in known.windows:
        if w.stride != 1:
            yield _one("tiles", Condition(w.stride, "==", w.span), "windows side by side")


def _pinned(kind: str, number: int, gloss: str) -> Callable[[Facts], Iterator[Candidate]]:
    def row(known: Facts) -> Iterator[Candidate]:
        for symbol in known.named(kind):
            condition = Condition(symbol, "==", number)
            pins = ((symbol.name, number),)
            yield Candidate(kind, (condition,), (compared(condition),), (gloss,), pins)

    return row


def _same(known: Facts) -> Iterator[Candidate]:
    """2P = D(K - 1): the padding keeps the size at stride 1."""
    for w in known.windows:
        if len(w.paddings) == 1:
            twice = Product((2, Symbol(w.paddings[0])))
            reach = tidy(add(w.span, -1))
            yield _one("same", Condition(twice, "==", reach), "padding that keeps the size")


FAMILY: dict[str, Callable[[Facts], Iterator[Candidate]]] = {
    "fits": _fits,
    "reach": _reach,
    "apart": _apart,
    "odd": _parity(1),
    "even": _parity(0),
    "divides": _divides,
    "square": _square,
    "output padding": _pinned("output_padding", 0, "without output padding"),
    "padding": _pinned("padding", 0, "without padding"),
    "dilation": _pinned("dilation", 1, "without dilation"),
    "groups": _pinned("groups", 1, "one group"),
    "stride": _pinned("stride", 1, "stride 1"),
    "tiles": _tiles,
    "same": _same,
}
"""The rows, from weak to strong; adding a condition is adding a row."""


def candidates(claim: AnyClaim) -> tuple[Candidate, ...]:
    """Every single condition of the family that can be made for a claim, each once."""
    known = facts(claim)
    found: dict[tuple[Condition, ...], Candidate] = {}
    for row in FAMILY.values():
        for candidate in row(known):
            found.setdefault(candidate.conditions, candidate)
    return tuple(found.values())


# --- quotients ----------------------------------------------------------------------------------


def _quotients(claim: AnyClaim, names: frozenset[str]) -> Iterator[tuple[Index, Index]]:
    """What is divided by what among the symbols in scope, each once, as shortly as written."""
    found: dict[tuple[str, str], tuple[Index, Index]] = {}
    for whole, bottom in _written(claim):
        top = without_multiples(tidy(whole), bottom)
        inside = symbols(top, bottom)
        if not inside <= names or not symbols(top) - symbols(bottom):
            continue
        if isinstance(bottom, int) and bottom < 2:
            continue
        key = str(sorted(_reduced(top, bottom).items(), key=str)), str(bottom)
        old = found.setdefault(key, (top, bottom))
        if _length(top) < _length(old[0]):
            found[key] = (top, bottom)
    yield from found.values()


def _length(top: Index) -> int:
    """How many terms are written down."""
    return len(top.terms) if isinstance(top, Sum) else 1


def _written(claim: AnyClaim) -> Iterator[tuple[Index, Index]]:
    if isinstance(claim, SizeClaim):
        for side in (claim.right, claim.left):
            yield side.top, side.bottom
            yield from _inside(side.top)
        return
    assert isinstance(claim, Claim)
    for equation in (claim.right, claim.left, *claim.before):
        for index in _indices(equation):
            yield from _inside(index)


def _indices(equation: Form | Selection) -> Iterator[Index]:
    for item in equation.ranges:
        yield item.stop
    for _, shape in equation.shapes:
        yield from shape
    if isinstance(equation, Selection):
        yield from equation.read.at
        return
    for term in equation.terms:
        for item in term.sums:
            yield from (item.start, item.stop)
        for read in term.reads:
            yield from read.at
        for condition in term.where:
            yield from (condition.left, condition.right)


def _inside(index: Index) -> Iterator[tuple[Index, Index]]:
    for part in children(index):
        yield from _inside(part)
    if isinstance(index, FloorDiv | Mod):
        yield index.top, simplify(index.bottom)


def without_multiples(top: Index, bottom: Index) -> Index:
    """The top without the terms that the bottom divides as they stand: 1 = S/S is not asked for.

    The order stays as written.
    """
    terms = top.terms if isinstance(top, Sum) else (top,)
    kept = [term for term in terms if not _multiple(term, bottom)]
    return tidy(Sum(tuple(kept))) if kept else 0


def _multiple(term: Index, bottom: Index) -> bool:
    """Whether a term is the bottom times something, or a number that the bottom divides."""
    if isinstance(bottom, int):
        number = simplify(term)
        return isinstance(number, int) and number % bottom == 0
    return all(bottom in monomial for monomial in polynomial(term))


def _reduced(top: Index, bottom: Index) -> Polynomial:
    """The top modulo the bottom, with its sign made the same for ``e`` and ``-e``."""
    terms = polynomial(without_multiples(top, bottom))
    if isinstance(bottom, int):
        terms = {m: n % bottom for m, n in terms.items() if n % bottom}
        other = {m: -n % bottom for m, n in terms.items()}
    else:
        other = polynomial(tidy(minus(from_polynomial(terms))))
    return min(terms, other, key=lambda p: str(sorted(p.items(), key=str)))
