"""The search: which condition of the family saves a claim, proved.

Where the claim fails is computed once, as a set; a condition is worth proving when it avoids that
set, cuts something off, and leaves infinitely many sizes, none of them forced.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations, islice
from typing import Any

from symconv.claims import AnyClaim, Proviso
from symconv.conditions.family import Candidate, both, candidates
from symconv.conditions.needed import needed
from symconv.conditions.proving import proved
from symconv.conditions.room import ample
from symconv.conditions.samples import Sample, samples
from symconv.conditions.summing import summing
from symconv.index import Condition
from symconv.provers.exact import holds
from symconv.provers.failing import Region, regions
from symconv.provers.isl import NoLibrary, Undecided

PINNED = ("output_padding", "padding", "dilation", "groups", "stride")
"""Rows whose conditions are tried all together: stride 1 without padding and dilation."""
TRIES = 4
"""How many conditions a proof is sought for."""
PAIRS = 400
"""How many pairs of conditions are tried at most."""
SINGLES = 80
"""How many single conditions are looked at at most."""
BUDGET = 2_000_000
"""Steps of the library for the set of sizes at which a claim fails."""


def condition_for(claim: AnyClaim) -> Proviso | None:
    """A condition that the claim does not state and under which it is proved, or None.

    Single conditions come first, the weakest of those that do, then conditions for each axis, then
    several of different kinds.
    """
    try:
        found = _found(claim, _search(claim))
    except (NoLibrary, Undecided):
        found = None
    return found or summing(claim)


def _found(claim: AnyClaim, search: Search) -> Proviso | None:
    for candidate in islice(search.found(), TRIES):
        proof = proved(claim, candidate, search.regions)
        if proof is not None:
            necessary, more = needed(claim, candidate, search.regions, bounded=proof.bounded)
            evidence = "; ".join(filter(None, (proof.evidence, more)))
            return Proviso(proof.text, proof.conditions, necessary, evidence)
    return None


@lru_cache(maxsize=8)
def surveyed(claim: AnyClaim) -> tuple[Region, ...]:
    """Where a claim fails; remembered, since two questions follow one another."""
    return regions(claim, BUDGET)


def _search(claim: AnyClaim) -> Search:
    found = surveyed(claim)
    drawn = [() if r.failing is not None else samples(claim, r.known) for r in found]
    return Search(claim, found, tuple(map(tuple, drawn)))


@dataclass(slots=True)
class Search:
    """A claim, where it fails, and what has been asked already."""

    claim: AnyClaim
    regions: tuple[Region, ...]
    drawn: tuple[tuple[Sample, ...], ...]
    sets: dict[tuple[Any, ...], list[Any] | None] = field(default_factory=dict)
    wrong: list[dict[str, int]] = field(default_factory=list)
    """Sizes at which the claim fails, gathered as conditions are turned down."""
    marks: dict[Condition, tuple[int, int]] = field(default_factory=dict)

    def found(self) -> Iterator[Candidate]:
        """The conditions that seem to do, the best first."""
        if not self.regions or not self.fails() or not self.anything():
            return
        singles = [c for c in candidates(self.claim)[:SINGLES] if self.cuts(c)]
        good = [c for c in singles if self.saves(c)]
        yield from self.weakest([c for c in good if self.ample(c)])
        seen: list[Candidate] = []
        for several in self.several(singles, good):
            if several not in seen and self.saves(several) and self.ample(several):
                seen.append(several)
                yield several

    def several(
        self, singles: Sequence[Candidate], good: Sequence[Candidate]
    ) -> Iterator[Candidate]:
        """Conditions for each axis, all pins together, then pairs; none that does alone."""
        rest = [c for c in singles if c not in good]
        rows = [[c for c in rest if c.row == row] for row in dict.fromkeys(c.row for c in rest)]
        rows += [[c for c in rest if c.row in PINNED]]
        for row in rows:
            least = self.minimal(row)
            if least is not None:
                yield least
        pairs = [p for p in combinations(rest, 2) if not _clash(*p)]
        yield from (both(pair) for pair in pairs[:PAIRS])

    def minimal(self, row: Sequence[Candidate]) -> Candidate | None:
        """As few conditions of a row as do together, or None where even all do not."""
        if len(row) < 2 or not self.saves(both(row)):
            return None
        kept = list(row)
        for candidate in row:
            fewer = [c for c in kept if c is not candidate]
            if fewer and self.saves(both(fewer)):
                kept = fewer
        return both(kept)

    # --- questions --------------------------------------------------------------------------

    def met(self, candidate: Candidate) -> list[Any] | None:
        """The sizes that meet a condition at each point, or None where that is no set."""
        key = candidate.conditions
        if key not in self.sets:
            try:
                self.sets[key] = [region.where(key) for region in self.regions]
            except Undecided:
                self.sets[key] = None
        return self.sets[key]

    def cuts(self, candidate: Candidate) -> bool:
        """Whether the condition says something and something is left."""
        met = self.met(candidate)
        if met is None or all(points.is_empty() for points in met):
            return False
        pairs = zip(met, self.regions, strict=True)
        return not all(r.contains(r.domain, points) for points, r in pairs)

    def saves(self, candidate: Candidate) -> bool:
        """Whether the claim fails nowhere that the condition holds, as far as can be told."""
        if self.shared(candidate.conditions):
            return False
        met = self.met(candidate)
        if met is None or all(points.is_empty() for points in met):
            return False
        return all(
            self.avoids(points, region, drawn, candidate)
            for points, region, drawn in zip(met, self.regions, self.drawn, strict=True)
        )

    def avoids(
        self, points: Any, region: Region, drawn: Sequence[Sample], candidate: Candidate
    ) -> bool:
        """Whether the claim fails nowhere among some sizes of a region."""
        if region.failing is None:
            met = [s for s in drawn if s.meets(candidate.conditions)]
            return bool(met) and all(s.holds for s in met)
        failure = region.failure(points)
        if failure is not None:
            self.wrong.append(failure)
        return failure is None

    def shared(self, conditions: Sequence[Condition]) -> bool:
        """Whether known sizes at which the claim fails meet all the conditions."""
        common = (1 << len(self.wrong)) - 1
        for condition in conditions:
            common &= self.mark(condition)
        return common != 0

    def mark(self, condition: Condition) -> int:
        """Which of the known failures meet a condition, as bits."""
        count, bits = self.marks.get(condition, (0, 0))
        for place in range(count, len(self.wrong)):
            bits |= holds(condition, self.wrong[place]) << place
        self.marks[condition] = len(self.wrong), bits
        return bits

    def ample(self, candidate: Candidate) -> bool:
        """Whether infinitely many sizes are left, none of them forced."""
        return self.met(candidate) is not None and ample(
            self.claim, self.regions, candidate.conditions
        )

    def fails(self) -> bool:
        """Whether the claim fails anywhere, as far as can be told."""
        return any(
            not all(s.holds for s in drawn)
            if region.failing is None
            else not region.failing.is_empty()
            for region, drawn in zip(self.regions, self.drawn, strict=True)
        )

    def anything(self) -> bool:
        """Whether the claim holds anywhere at all."""
        return any(
            any(s.holds for s in drawn)
            if region.failing is None
            else not region.contains(region.domain, region.failing)
            for region, drawn in zip(self.regions, self.drawn, strict=True)
        )

    def weakest(self, good: Sequence[Candidate]) -> list[Candidate]:
        """Those first that no other of them contains."""
        within = {id(c): any(self.below(c, d) for d in good if d is not c) for c in good}
        return sorted(good, key=lambda c: within[id(c)])

    def below(self, one: Candidate, other: Candidate) -> bool:
        """Whether a condition says strictly more than another."""
        sets = zip(self.regions, self.met(one) or (), self.met(other) or (), strict=True)
        triples = list(sets)
        inside = all(r.contains(a, b) for r, a, b in triples)
        return inside and not all(r.contains(b, a) for r, a, b in triples)


def _clash(one: Candidate, other: Candidate) -> bool:
    """Whether two conditions give one symbol a number, or say odd and even of it."""
    pinned = {name for name, _ in one.pins} & {name for name, _ in other.pins}
    parity = {one.row, other.row} == {"odd", "even"}
    return bool(pinned) or (parity and one.conditions[0].left == other.conditions[0].left)
