"""A text read: its formulas, what each is about, the repairs, and every token's part."""

from __future__ import annotations

import re
from dataclasses import replace

from symconv.calls import Place
from symconv.claims import Claim, Lemma
from symconv.conventions import PLAIN, Conventions
from symconv.graph import Graph
from symconv.index import Condition, symbols
from symconv.syntax.formula.account import recheck
from symconv.syntax.formula.claiming import claim_of
from symconv.syntax.formula.declared import lexicon_of
from symconv.syntax.formula.given import given_note, particular
from symconv.syntax.formula.lexicon import Lexicon
from symconv.syntax.formula.making import Maker
from symconv.syntax.formula.parser import Parser
from symconv.syntax.formula.repairs import repaired
from symconv.syntax.formula.result import Reading, Side, Within
from symconv.syntax.formula.scalars import Scalars
from symconv.syntax.formula.source import FormulaError, Source
from symconv.syntax.formula.tokens import HEADING, Token, index_words, tokenize
from symconv.syntax.formula.trees import Chain
from symconv.syntax.formula.wholes import Wholes

__all__ = ["Reading", "Side", "Within", "read_assumptions", "read_formula", "read_formulas"]


_LEMMA = re.compile(
    r"\bsum\(\s*(\w+)\s*(?:,\s*axis\s*=\s*(-?\d+)\s*)?\)\s*==?\s*1\s*(?:,|;|and\b|$)"
)
"""A fact about a tensor among the assumptions on sizes."""


def read_formula(text: str, graph: Graph, conventions: Conventions = PLAIN) -> Reading:
    """Read one formula about the graph, as its author's conventions say.

    Errors: `FormulaError` with its place and reason for anything that is not understood, and for
    several formulas at once.
    """
    found = read_formulas(text, graph, conventions)
    if len(found) > 1:
        raise FormulaError(
            "these are several formulas", text, _offset(text, found[1].place), "one at a time"
        )
    return found[0]


def read_formulas(text: str, graph: Graph, conventions: Conventions = PLAIN) -> tuple[Reading, ...]:
    """Read the formulas of a display, parted by commas, wide spaces or rows.

    Errors: `FormulaError` with its place and reason for anything that is not understood.
    """
    source = Source(text)
    words = lexicon_of(graph, conventions)
    words.entries = "matrix}" in text or "array}" in text
    cleaned = repaired(source)
    words.indices = frozenset() if words.entries else index_words(cleaned.text, words.sizes)
    tokens = tokenize(cleaned, source, words.known, words.spellings, words.indices)
    for token in tokens:
        if token.meaning == HEADING:
            words.remarks[f"the words {token.text!r} are a heading"] = None
    parser = Parser(tokens, source, words)
    chains = parser.chains()
    parser.finished()
    recheck(tokens, chains, source)
    assumed = read_assumptions(conventions.assume, graph, conventions)
    given = Reading(
        lemmas=read_lemmas(conventions.assume, graph),
        assumptions=assumed,
        repairs=cleaned.repairs,
        account=tuple(tokens),
        text=text,
    )
    return tuple(
        _as_given(_read(chain, given, source, words, conventions, len(chains) > 1), graph)
        for chain in chains
    )


def _read(
    chain: Chain,
    given: Reading,
    source: Source,
    words: Lexicon,
    conventions: Conventions,
    several: bool,
) -> Reading:
    if len(chain.sides) < 2:
        raise source.error(
            chain.sides[0].at, "this is no claim: nothing is set equal", "left = right"
        )
    words = replace(words, bound=set())
    scalars = Scalars(words, source, conventions.division)
    taken = {*words.sizes, *symbols(*words.sizes.values())}
    strict = conventions.outside == "error"
    values = Wholes(scalars, taken, conventions.index_base, strict=strict, star=conventions.star)
    made = Maker(chain, values, source, conventions, given.account).reading(given)
    made = replace(made, parts=tuple(source.text[a:b] for a, b in chain.cuts))
    if not several:
        return made
    start, end = chain.span
    return replace(made, text=source.text[start:end].strip(), place=_place(source.text, start))


def _as_given(reading: Reading, graph: Graph) -> Reading:
    """The reading with the notes that it is about elements as they were given."""
    if not any(map(particular, graph.inputs)):
        return reading
    inputs = {tensor.name for tensor in graph.inputs}
    claims = (claim for claim in claim_of(reading, graph) if isinstance(claim, Claim))
    put = dict.fromkeys(e.name for claim in claims for e in claim.before if e.name in inputs)
    said = (given_note(graph.input(name)) for name in put)
    return replace(reading, notes=tuple(dict.fromkeys((*reading.notes, *said))))


def _place(text: str, offset: int) -> Place:
    return Place(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))


def _offset(text: str, place: Place) -> int:
    lines = text.split("\n")[: place.line - 1]
    return sum(len(line) + 1 for line in lines) + place.column - 1


def read_lemmas(text: str, graph: Graph) -> tuple[Lemma, ...]:
    """The tensors that are said to sum to 1: ``sum(t) = 1``, ``sum(t, axis=1) = 1``.

    Errors: `FormulaError` for a tensor that there is not.
    """
    found = []
    for said in _LEMMA.finditer(text):
        if said[1] not in graph.shapes:
            message = f"{said[1]} is no tensor of the operation"
            raise Source(text).error(said.start(1), message, ", ".join(graph.shapes))
        found.append(Lemma(said[1], int(said[2] or -1)))
    return tuple(dict.fromkeys(found))


def read_assumptions(
    text: str, graph: Graph, conventions: Conventions = PLAIN
) -> tuple[Condition, ...]:
    r"""Conditions on the sizes as people state them: ``N > K, S \mid N``, "K odd and P < K".

    Errors: `FormulaError` for anything else, with what is assumed as its text.
    """
    text = _LEMMA.sub(" ", text).strip(" ,;")
    if not text:
        return ()
    source = Source(text)
    words = replace(lexicon_of(graph, conventions), everywhere=True)
    tokens: list[Token] = tokenize(repaired(source), source, words.known, words.spellings)
    parser = Parser(tokens, source, words)
    found = parser.conditions()
    parser.finished()
    recheck(tokens, found, source)
    scalars = Scalars(words, source, conventions.division)
    made = [c for relation in found for c in scalars.condition(relation, {})]
    return tuple(dict.fromkeys((*scalars.obligations, *made)))
