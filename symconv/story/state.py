"""What a note has said so far, and what a directive may ask for."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any

from symconv.document import Inline, Math, Text
from symconv.errors import SymconvError
from symconv.fixing import fix_sizes
from symconv.graph import Graph
from symconv.operations.build import build
from symconv.sampling import arrays_for
from symconv.syntax.sizes import parse_sizes
from symconv.syntax.spec import parse
from symconv.values import dataclass


@dataclass(slots=True)
class NoteState:
    """The operation that the note is about at this point, by name, and the seed of its numbers."""

    seed: int = 0
    current: str = ""
    operations: dict[str, Graph] = field(default_factory=dict)

    def declare(self, name: str, graph: Graph) -> None:
        """Remember an operation; the directives that follow are about it."""
        if name and name in self.operations:
            raise SymconvError(
                f"{name} is declared twice",
                expected="a name of its own for each operation",
                got=name,
                hint=f"{{operation}} {name}2",
            )
        self.operations[name] = graph
        self.current = name


@dataclass(frozen=True, slots=True)
class Directive:
    """One directive: its argument, options, body, and the note it stands in."""

    name: str
    argument: str
    options: Mapping[str, str]
    body: str
    state: NoteState

    def graph(self) -> Graph:
        """The operation meant: the body's, the one named by ``:of:``, or the note's last.

        ``:sizes: N=4 K=3`` puts numbers for symbols.
        """
        if self.body.strip():
            found = build(parse(self.body))
        else:
            name = self.options.get("of", self.state.current)
            if name not in self.state.operations:
                known = filter(None, self.state.operations)
                close = difflib.get_close_matches(name, known, 1)
                raise SymconvError(
                    "no operation is declared here"
                    if not name
                    else f"there is no operation {name}",
                    expected="an {operation} directive before this one"
                    if not self.state.operations
                    else "one of " + ", ".join(filter(None, self.state.operations)),
                    got=name,
                    hint=f":of: {close[0]}" if close else "",
                )
            found = self.state.operations[name]
        sizes = parse_sizes(self.options.get("sizes", "").split())
        return fix_sizes(found, sizes)

    def need(self, *names: str) -> None:
        """Refuse options that this directive does not know."""
        known = {*names, "of", "sizes"}
        for option in self.options:
            if option not in known:
                close = difflib.get_close_matches(option, known, 1)
                raise SymconvError(
                    f"{{{self.name}}} has no option {option!r}",
                    expected=", ".join(sorted(known)),
                    got=option,
                    hint=close[0] if close else "",
                )

    def flag(self, name: str, *, default: bool = False) -> bool:
        """An option that is true or false."""
        text = self.options.get(name, "true" if default else "false").strip().lower()
        if text not in ("true", "false", "yes", "no", ""):
            raise SymconvError(f":{name}: is a yes or no", expected="true or false", got=text)
        return text in ("true", "yes", "")

    def count(self, name: str, default: int) -> int:
        """An option that is a whole number, at least 1."""
        text = self.options.get(name, str(default)).strip()
        if not re.fullmatch(r"0*[1-9][0-9]{0,8}", text, re.ASCII):
            raise SymconvError(
                f":{name}: is a whole number",
                expected="at least 1",
                got=text or "nothing",
                hint=f":{name}: 4",
            )
        return int(text)

    def choice(self, name: str, allowed: Iterable[str], default: str) -> str:
        """An option that is one of some words."""
        value = self.options.get(name, default).strip()
        words = list(allowed)
        if value not in words:
            close = difflib.get_close_matches(value, words, 1)
            raise SymconvError(
                f":{name}: has no choice {value!r}",
                expected=", ".join(words),
                got=value,
                hint=close[0] if close else "",
            )
        return value

    def tensor(self, graph: Graph, among: Iterable[str] = ()) -> str:
        """The argument as a tensor's name."""
        names = list(among) or list(graph.shapes)
        if self.argument not in names:
            close = difflib.get_close_matches(self.argument, names, 1)
            raise SymconvError(
                f"{{{self.name}}} is about a tensor",
                expected="one of " + ", ".join(names),
                got=self.argument or "nothing",
                hint=f"{{{self.name}}} {(close or names)[0]}",
            )
        return self.argument

    def numbers(self, graph: Graph) -> dict[str, Any]:
        """Numbers for every input: those given in the spec, else generic ones from the seed."""
        return arrays_for(graph, self.state.seed)


def inlines(text: str) -> tuple[Inline, ...]:
    """Words with ``$…$`` for mathematics, as inlines."""
    parts: list[Inline] = []
    for place, piece in enumerate(text.split("$")):
        if piece:
            parts.append(Math(piece) if place % 2 else Text(piece))
    return tuple(parts)
