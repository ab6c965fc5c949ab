"""Which mistake explains a claim: its right side has the values of one wrong formula.

Values are compared at a few generic settings; what agrees there is then held against the claim by
the integer-set prover, where it applies, so that no mistake is named that only looks like it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from symconv.claims import AnyClaim, Claim, Diagnosis, SizeClaim
from symconv.errors import SymconvError
from symconv.gradients import upstream_names
from symconv.graph import Graph
from symconv.index import Symbol
from symconv.mistakes.bench import FIRST, Bench, Row, bench_for, same_up_to
from symconv.mistakes.entries import explain_entries
from symconv.mistakes.model import Context, Facts
from symconv.mistakes.settings import Array, agree, evaluated, inside
from symconv.mistakes.sizing import explain_size
from symconv.mistakes.subjects import context_of
from symconv.provers.isl import NoLibrary, NotAffine
from symconv.provers.sets import by_sets
from symconv.terms import Form

BUDGET = 100_000
"""How many operations the prover may take to hold a wrong formula against the claim."""
MOST_TERMS = 80
"""Terms of both sides, beyond which only single entries are compared (written-out matrices)."""
MOST_STEPS = 6_000_000
"""How many products may be looked at for one claim; what is found later is not looked for."""
FEW = 2
"""So many wrong entries are named one by one before any general mistake is looked for."""
SCALES = (
    (-1.0, "sign wrong", "everything has the wrong sign"),
    (2.0, "factor wrong", "everything is twice what it should be"),
    (0.5, "factor wrong", "everything is half of what it should be"),
)
"""What is also wrong where one mistake alone explains a claim up to a factor."""

BORDERS = (
    (
        "border not cut off",
        "the right values with a border round them: the padding is left in the result, or this is "
        'the "full" one where a smaller one belongs',
        True,
    ),
    (
        "border missing",
        'the right values without their border: "valid" where the "full" one belongs, or cut twice',
        False,
    ),
)
"""What the shapes tell: the name, the sentence, whether the truth is the smaller one."""
ALONE = frozenset(
    {
        "sign wrong",
        "factor wrong",
        "mean forgotten",
        "averaged, not summed",
        "multiplied by a count",
    }
)
"""Mistakes that another factor only puts in other words."""


def explain(claim: AnyClaim, graph: Graph) -> Diagnosis | None:
    """The mistake that leads from the truth to what was written, or None where none is known.

    `claim` is one that was refuted, or that holds on a condition only.
    """
    if isinstance(claim, SizeClaim):
        return explain_size(claim, graph)
    try:
        if len(claim.left.terms) + len(claim.right.terms) > MOST_TERMS:
            return explain_entries(claim, graph)
        return (
            explain_entries(claim, graph, FEW)
            or _explain(claim, graph)
            or explain_entries(claim, graph)
        )
    except (SymconvError, NoLibrary, ArithmeticError, LookupError, ValueError):
        return None


def _explain(claim: Claim, graph: Graph) -> Diagnosis | None:
    for context, at in _contexts(claim, graph):
        found = _Trial(claim, bench_of(claim, graph, context), at).diagnosis()
        if found is not None:
            return found
    return None


def _contexts(claim: Claim, graph: Graph) -> Iterator[tuple[Context, Sequence[object]]]:
    """The subject's own equation where the left side is it, then the left side as it stands."""
    whole = context_of(graph, claim.subject.kind, claim.subject.name)
    at = claim.subject.at
    if whole is not None and len(at) in (0, len(whole.truth.ranges)):
        bench = bench_of(claim, graph, whole)
        if len(bench.settings):
            left = written_value(claim.left, bench, 0)
            if left is not None and agree(element(bench.truth(0), at, bench, 0), left):
                yield whole, at
                return
    yield Context(graph, "value", claim.subject.name, claim.left), ()


def bench_of(claim: Claim, graph: Graph, context: Context) -> Bench:
    """The bench for a claim, with the tensors that it names and the graph does not."""
    upstream = upstream_names(graph).values()
    have = {*graph.shapes, *upstream}
    before = tuple(e for e in claim.before if e.name not in have)
    made = {e.name for e in before} | have
    shapes = {
        name: shape
        for e in (claim.left, claim.right, *before)
        for name, shape in e.shapes
        if name not in made
    }
    return bench_for(context, claim.scope, before, tuple(shapes.items()))


def written_value(form: Form, bench: Bench, place: int) -> Array | None:
    """The value of a side of the claim at a setting."""
    setting = bench.settings[place]
    try:
        return evaluated(form, setting.arrays, setting.sizes)
    except (SymconvError, ArithmeticError, LookupError, ValueError):
        return None


def element(array: Array, at: Sequence[object], bench: Bench, place: int) -> Array:
    """The part of a whole tensor that the claim is about."""
    del bench, place
    if not at or all(isinstance(i, Symbol) for i in at):
        return array
    places = tuple(i if isinstance(i, int) else slice(None) for i in at)
    inside = all(not isinstance(i, int) or i < n for i, n in zip(at, array.shape, strict=True))
    return array[places] if inside else array[:0]


class _Trial:
    """One claim against one bench."""

    def __init__(self, claim: Claim, bench: Bench, at: Sequence[object]) -> None:
        self.claim = claim
        self.bench = bench
        self.at = at
        self.right: dict[int, Array | None] = {}
        self.spent = 0.0

    def diagnosis(self) -> Diagnosis | None:
        """The first row that explains the claim, alone or with a factor."""
        places = self._places()
        if not places:
            return None
        found = self._by_border(places)
        if found is not None:
            return found
        for row in self.bench.all_rows():
            if self._matches(row, places, 1.0) and self._stands(row):
                return row.mistake.says(filled(row.variant.facts))
        for factor, name, text in SCALES:
            for row in self.bench.all_rows():
                if (
                    row.mistake.name not in ALONE
                    and self._matches(row, places, factor)
                    and self._stands(row, factor)
                ):
                    said = row.mistake.says(filled(row.variant.facts))
                    return Diagnosis(f"{said.name} and {name}", f"{said.text}; and {text}")
        return None

    def _places(self) -> list[int]:
        """The settings to compare at: the first ones, and one at which the claim is wrong."""
        usable = []
        wrong = []
        for place in range(len(self.bench.settings)):
            right = self._right(place)
            if right is None:
                continue
            truth = self._part(self.bench.truth(place), place)
            if not agree(truth, right):
                wrong.append(place)
            usable.append(place)
            if len(usable) >= FIRST and wrong:
                break
        if not wrong:
            return []
        return [*wrong[:FIRST], *(p for p in usable if p not in wrong)][: FIRST + 1]

    def _by_border(self, places: Sequence[int]) -> Diagnosis | None:
        """A border too many or too few, which shows in the shapes."""
        pairs = []
        for place in places:
            truth, right = self._part(self.bench.truth(place), place), self._right(place)
            if right is not None and right.size and truth.size:
                pairs.append((truth, right))
        for name, text, inner in BORDERS if pairs else ():
            if all(inside(*(pair if inner else pair[::-1])) for pair in pairs):
                return Diagnosis(name, text)
        return None

    def _right(self, place: int) -> Array | None:
        if place not in self.right:
            self.right[place] = written_value(self.claim.right, self.bench, place)
        return self.right[place]

    def _part(self, array: Array, place: int) -> Array:
        return element(array, self.at, self.bench, place)

    def _matches(self, row: Row, places: Sequence[int], factor: float) -> bool:
        fits = row.variant.fits
        if fits is not None and not fits(self.claim.right):
            return False
        for place in places:
            self.spent += self.bench.cost(row, place)
            if self.spent > MOST_STEPS:
                return False
            value = self.bench.value(row, place)
            right = self._right(place)
            if value is None or right is None or value.ndim != max(len(self.at), right.ndim):
                return False
            if not same_up_to(self._part(value, place), right, factor):
                return False
        return True

    def _stands(self, row: Row, factor: float = 1.0) -> bool:
        """Whether the prover does not object; True where it cannot be asked."""
        program = row.variant.program
        whole = not self.at or all(isinstance(i, Symbol) for i in self.at)
        if len(program) != 1 or factor != 1.0 or not whole or not self.claim.scope.parameters:
            return True
        (left,) = program
        if not isinstance(left, Form):
            return True
        try:
            verdict = by_sets(replace(self.claim, left=left), BUDGET)
        except (NotAffine, NoLibrary, SymconvError, ArithmeticError):
            return True
        return verdict.outcome != "refuted"


def filled(facts: Facts) -> Facts:
    """The facts with something for every name that a sentence may use."""
    usual = ("read right wrong data kernel mask flip index value over padding").split()
    return dict.fromkeys(usual, "it") | facts
