"""Changed at random: a diagnosis is given only of claims that are false, and nothing breaks."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from fractions import Fraction

import pytest
from mistake_rows import TRUE

from symconv.claims import Claim
from symconv.conventions import PLAIN
from symconv.index import Index, Product, Symbol, add
from symconv.mistakes import explain
from symconv.operations.build import build
from symconv.provers.numeric import by_numbers
from symconv.syntax.formula import claim_of, read_formula
from symconv.syntax.spec import parse
from symconv.terms import Term

COUNT = int(os.environ.get("SYMCONV_FUZZ", "40"))


def changed(claim: Claim, source: random.Random) -> Claim:
    """One index, range or number of the right side changed, sometimes back to the same value."""
    terms = list(claim.right.terms)
    place = source.randrange(len(terms))
    names = [*claim.right.indices, *(r.name for r in terms[place].sums)]
    terms[place] = _term(terms[place], names, source)
    return replace(claim, right=replace(claim.right, terms=tuple(terms)))


def _term(term: Term, names: list[str], source: random.Random) -> Term:
    choice = source.randrange(5)
    if choice < 2 and any(read.at for read in term.reads):
        reads = list(term.reads)
        place = source.choice([n for n, read in enumerate(reads) if read.at])
        at = list(reads[place].at)
        axis = source.randrange(len(at))
        at[axis] = _index(at[axis], names, source)
        reads[place] = replace(reads[place], at=tuple(at))
        return replace(term, reads=tuple(reads))
    if choice == 2 and term.sums:
        sums = list(term.sums)
        place = source.randrange(len(sums))
        sums[place] = replace(sums[place], stop=add(sums[place].stop, source.choice((-1, 1))))
        return replace(term, sums=tuple(sums))
    if choice == 3 and term.where:
        return replace(term, where=term.where[1:])
    factor = source.choice((Fraction(-1), Fraction(1, 2), Fraction(1), Fraction(2)))
    return replace(term, coefficient=term.coefficient * factor)


def _index(index: Index, names: list[str], source: random.Random) -> Index:
    match source.randrange(4):
        case 0:
            return add(index, source.choice((-1, 1)))
        case 1 if names:
            return Symbol(source.choice(names))
        case 2:
            return Product((2, index))
    return index


@pytest.mark.parametrize("seed", range(COUNT))
def test_only_false_claims_are_explained(seed):
    source = random.Random(seed)
    op, text = source.choice(TRUE)
    graph = build(parse(op))
    (true,) = claim_of(read_formula(text, graph, PLAIN), graph)
    assert isinstance(true, Claim)
    claim = changed(true, source)
    found = explain(claim, graph)
    if found is not None:
        assert by_numbers(claim, 40).outcome == "refuted"
        assert found == explain(claim, graph)
