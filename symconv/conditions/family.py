"""The family of conditions: a table, one row for each kind, from weak to strong.

Each row makes its conditions from the claim's own symbols, windows and quotients.  Nothing is
tried that fits one size only (K = 1, N = K): such a claim holds in a corner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations

from symconv.claims import AnyClaim
from symconv.conditions.quotients import quotients
from symconv.conditions.windows import Window, windows
from symconv.conditions.wording import compared, listed, shown
from symconv.index import Condition, Index, Mod, Product, Symbol, add, polynomial, tidy
from symconv.values import dataclass


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
    return Facts(kinds, windows(claim), tuple(quotients(claim, frozenset(kinds))))


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
