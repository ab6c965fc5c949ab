"""Sums written out at concrete sizes: which product of which entry is wrong, what belongs there.

Each side is a polynomial for each position, ``{sorted elements: coefficient}``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

import numpy as np

from symconv.claims import Claim, Diagnosis
from symconv.elements import names
from symconv.expand import expand
from symconv.graph import Graph
from symconv.index import concrete
from symconv.provers.exact import meets
from symconv.sampling import work
from symconv.terms import Form

Atom: TypeAlias = tuple[str, str, int]
"""A function ("" for none), a tensor, a flat place in it."""
Monomial: TypeAlias = tuple[Atom, ...]
Entry: TypeAlias = dict[Monomial, Fraction]
Change: TypeAlias = tuple[str, str]
"""The name of a mistake and the words for it."""

_NUMBER = re.compile(r"-?\d+(?:/\d+)?")
MOST = 200_000
"""Sides with more products than this are not compared entry by entry."""


def explain_entries(claim: Claim, graph: Graph, most: int = 0) -> Diagnosis | None:
    """The wrong product of the first wrong entry; with `most`, only where no more are wrong.

    For claims without open sizes.  Where entries are exchanged, it says which.
    """
    if claim.scope.parameters or not meets(claim, {}):
        return None
    if work((claim.left, claim.right), {}) > MOST:
        return None
    shape = tuple(concrete(n) for n in claim.left.shape)
    if shape != tuple(concrete(n) for n in claim.right.shape):
        return None
    numbers = _numbers(graph)
    left, right = (_folded(entries(side), numbers) for side in (claim.left, claim.right))
    if _only_numbers(right) and not _only_numbers(left):
        return None  # values held against products of other results: no product is the wrong one
    wrong = sorted(p for p in {*left, *right} if left.get(p, {}) != right.get(p, {}))
    if not wrong:
        return None
    total = int(np.prod(shape, dtype=np.int64))
    if most and (len(wrong) > most or 1 < total == len(wrong)):
        return None
    words = _Words(claim, graph, shape)
    return _exchanged(left, right, wrong, words) or _first(left, right, wrong, words)


def entries(form: Form) -> dict[int, Entry]:
    """The polynomial of each flat position; positions where it is 0 are left out."""
    found: dict[int, Entry] = {}
    for term in expand(form, {}).terms:
        for place in range(len(term.out)):
            monomial = tuple(
                sorted(
                    (function, tensor, int(at[place]))
                    for tensor, function, at in zip(
                        term.tensors, term.functions, term.reads, strict=True
                    )
                )
            )
            number = term.coefficient
            if term.divisors is not None:
                number /= int(term.divisors[place])
            entry = found.setdefault(int(term.out[place]), {})
            entry[monomial] = entry.get(monomial, Fraction(0)) + number
    clean = {at: {m: c for m, c in e.items() if c} for at, e in found.items()}
    return {at: entry for at, entry in clean.items() if entry}


def _numbers(graph: Graph) -> dict[str, list[Fraction | None]]:
    """The elements of each input that are given as numbers."""
    found: dict[str, list[Fraction | None]] = {}
    for tensor in graph.inputs:
        if tensor.elements is not None:
            sizes = [concrete(n) for n in tensor.shape]
            found[tensor.name] = [
                Fraction(e) if _NUMBER.fullmatch(e) else None
                for e in names(tensor.name, sizes, tensor.elements)
            ]
    return found


def _folded(
    sides: Mapping[int, Entry], numbers: Mapping[str, Sequence[Fraction | None]]
) -> dict[int, Entry]:
    """The polynomials with the numbers that are given put in for their elements."""
    made: dict[int, Entry] = {}
    for at, entry in sides.items():
        folded: Entry = {}
        for monomial, number in entry.items():
            rest = []
            for atom in monomial:
                value = numbers[atom[1]][atom[2]] if atom[1] in numbers and not atom[0] else None
                if value is None:
                    rest.append(atom)
                else:
                    number = number * value
            folded[tuple(rest)] = folded.get(tuple(rest), Fraction(0)) + number
        kept = {m: c for m, c in folded.items() if c}
        if kept:
            made[at] = kept
    return made


def _only_numbers(sides: Mapping[int, Entry]) -> bool:
    return not any(monomial for entry in sides.values() for monomial in entry)


class _Words:
    """Elements and positions as the note names them."""

    def __init__(self, claim: Claim, graph: Graph, shape: tuple[int, ...]) -> None:
        self.claim = claim
        self.shape = shape
        self.elements: dict[str, list[str]] = {}
        for tensor in graph.inputs:
            if tensor.elements is not None:
                sizes = [concrete(n) for n in tensor.shape]
                self.elements[tensor.name] = names(tensor.name, sizes, tensor.elements)
        self.shapes = {
            name: tuple(concrete(n) for n in s)
            for e in (claim.left, claim.right)
            for name, s in e.shapes
        }

    def position(self, flat: int) -> str:
        """``row 2, column 3``, ``y[1, 2]``, ``row 5``."""
        at = [int(i) for i in np.unravel_index(flat, self.shape)] if self.shape else []
        subject = self.claim.subject
        if subject.kind == "matrix" or (subject.kind == "value" and at):
            return ", ".join(
                f"{word} {i + 1}" for word, i in zip(("row", "column", "layer"), at, strict=False)
            )
        inside = iter(at)
        whole = [i if isinstance(i, int) else next(inside, 0) for i in subject.at] or at
        name = self.claim.left.name or subject.name
        return f"{name}[{', '.join(map(str, whole))}]" if whole else name

    def atom(self, atom: Atom) -> str:
        """``x[0, 1]``, or the letter that the element was given."""
        function, tensor, place = atom
        if tensor in self.elements:
            plain = self.elements[tensor][place]
        else:
            at = np.unravel_index(place, self.shapes[tensor]) if self.shapes[tensor] else ()
            plain = f"{tensor}[{','.join(str(int(i)) for i in at)}]" if len(at) else tensor
        return f"{function}({plain})" if function else plain

    def product(self, monomial: Monomial, number: Fraction = Fraction(1)) -> str:
        """``x[0]*w[1]``."""
        order = sorted(monomial, key=lambda a: list(self.shapes).index(a[1]))
        parts = [self.atom(a) for a in order]
        if number not in (1, -1) or not parts:
            parts.insert(0, str(abs(number)))
        return ("-" if number < 0 else "") + "*".join(parts)

    def entry(self, entry: Mapping[Monomial, Fraction]) -> str:
        """A sum of products, cut where it is long."""
        parts = [self.product(m, c) for m, c in list(entry.items())[:4]]
        more = " + …" if len(entry) > 4 else ""
        return " + ".join(parts).replace("+ -", "- ") + more if parts else "0"


def _exchanged(
    left: Mapping[int, Entry], right: Mapping[int, Entry], wrong: Sequence[int], words: _Words
) -> Diagnosis | None:
    """Two entries that stand in each other's place."""
    if len(wrong) != 2:
        return None
    one, other = wrong
    crossed = left.get(one) == right.get(other) and left.get(other) == right.get(one)
    if not crossed:
        return None
    text = f"{words.position(one)} and {words.position(other)} are exchanged"
    return Diagnosis("entries exchanged", text)


def _first(
    left: Mapping[int, Entry], right: Mapping[int, Entry], wrong: Sequence[int], words: _Words
) -> Diagnosis | None:
    """What is wrong with the first wrong entry that can be told."""
    found: list[tuple[int, Change]] = []
    for at in wrong:
        change = _change(left.get(at, {}), right.get(at, {}), words)
        if change is not None:
            found.append((at, change))
    if not found or (len(found) < len(wrong) and len(wrong) > 3):
        return None
    if len({name for _, (name, _) in found}) > 1 and len(wrong) > 3:
        return None
    at, (name, text) = found[0]
    more = f" (and {len(wrong) - 1} more)"
    rest = "".join(f"; {words.position(p)}: {t}" for p, (_, t) in found[1:])
    return Diagnosis(name, f"{words.position(at)}: {text}{more if len(wrong) > 3 else rest}")


def _change(left: Entry, right: Entry, words: _Words) -> Change | None:
    """The one change that leads from the true entry to what was written."""
    if not any((*left, *right)):
        return "wrong number", f"{words.entry(right)} should be {words.entry(left)}"
    gone = {m: c for m, c in left.items() if right.get(m) != c}
    new = {m: c for m, c in right.items() if left.get(m) != c}
    if len(gone) == 1 and not new:
        return _missing(gone, words)
    if len(new) == 1 and not gone:
        ((m, c),) = new.items()
        return "term too many", f"the term {words.product(m, c)} does not belong there"
    if len(gone) == 1 and len(new) == 1:
        ((m, c),), ((n, d),) = gone.items(), new.items()
        return _replaced(m, c, n, d, words)
    if not right or not left:
        text = f"{words.entry(right)} should be {words.entry(left)}"
        return ("terms missing" if not right else "term too many"), text
    if gone and not new:
        return "terms missing", f"the terms {words.entry(gone)} are missing"
    return _matched(gone, new, words)


def _missing(gone: Entry, words: _Words) -> Change:
    ((m, c),) = gone.items()
    return "term missing", f"the term {words.product(m, c)} is missing"


def _replaced(m: Monomial, c: Fraction, n: Monomial, d: Fraction, words: _Words) -> Change:
    wrong, right = words.product(n, d), words.product(m, c)
    if m == n:
        name = {2: "term doubled", -1: "sign wrong"}.get(int(d / c) if d % c == 0 else 0)
        return name or "factor wrong", f"{wrong} should be {right}"
    same = Counter(m) & Counter(n)
    if c == d and sum(same.values()) == len(m) - 1 == len(n) - 1:
        return "wrong letter", f"{wrong} should be {right}: wrong letter"
    return "wrong term", f"{wrong} should be {right}"


def _matched(gone: Entry, new: Entry, words: _Words) -> Change | None:
    """Several products, each with one letter of its own wrong."""
    if len(gone) != len(new) or len(gone) > 3:
        return None
    pairs = []
    left = dict(new)
    for m, c in gone.items():
        near = max(left, key=lambda n: sum((Counter(m) & Counter(n)).values()))
        pairs.append(f"{words.product(near, left.pop(near))} should be {words.product(m, c)}")
    name = "wrong letter" if sum(gone.values()) == sum(new.values()) else "wrong term"
    return name, ", ".join(pairs)
