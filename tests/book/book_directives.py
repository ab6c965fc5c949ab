"""Directives for tests: a word, an error, a bad block, a bug, the seed."""

from __future__ import annotations

from dataclasses import dataclass

from symconv.book import Directives
from symconv.document import Paragraph, formula, words
from symconv.errors import SpecError, SymconvError


@dataclass
class State:
    seed: int
    count: int = 0


def insert(name, argument, options, body, state):
    state.count += 1
    match name:
        case "say":
            said = f"{argument} {sorted(options.items())} {body} #{state.count}"
            return (Paragraph(words(said)),)
        case "seed":
            return (Paragraph(words(f"seed {state.seed}")),)
        case "formula":
            return (formula(argument),)
        case "fail":
            raise SymconvError("it does not fit", expected="1", got="2")
        case "spec":
            raise SpecError("a typo", text=body, line=2, column=3)
        case "bug":
            return 1 // 0
        case "deep":
            return insert(name, argument, options, body, state)
        case "memory":
            raise MemoryError
    raise SymconvError(f"there is no directive {name!r}", hint="say")


FAKE = Directives(insert, State)
