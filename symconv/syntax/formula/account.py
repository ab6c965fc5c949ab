"""The account of a reading, checked by other means than the parser's own.

The parser gives each token a role as it takes it.  Here every role is held against the finished
trees: a number must be a number of the tree at its own place, a name a name, a minus must stand
before a term that is subtracted.  A parser that drops a token, or takes one twice, is caught.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from symconv.syntax.formula.lexicon import LOSSES
from symconv.syntax.formula.source import Source
from symconv.syntax.formula.tokens import HEADING, Token
from symconv.syntax.formula.trees import Add, Chain, Number, Over, Power, Ref, Relation
from symconv.syntax.formula.wholes_words import ARRAY_WORDS, BEGINS, DOTS, ENDS
from symconv.values import dataclass

MARKS: dict[str, str] = {
    "bracket": r"( ) [ ] { } | \lbrack \rbrack",
    "subscript": "_ [ ( ] ) { }",
    "superscript": "^",
    "binders": "_",
    "upper limit": "^",
    "comma": r", : ; | & row \mid",
    "and": ",",
    "from": "=",
    "in": r"\in",
    "set": "( ) [ ]",
    "dots": r"\dots",
    "times": "*",
    "plus": "+",
    "layout": r"& row gap , ; : \substack",
    "punctuation": ", ; . & row gap",
    "remainder by": r"\pmod \mod mod",
    "for all": r"\forall",
    "infinite": r"- \infty \mathbb { } Z N \mathbf",
    "gradient of": "_",
    "closing": r"\rfloor \rceil \end{cases}",
    "indicator": r"\mathbb \mathbf { } 1 I _",
    "accent": r"\hat \bar \tilde \widehat \widetilde \overline \vec",
    "operator": r"* @ _ ^ { } \star ⋆ \circledast ⊛ \otimes ⊗ \odot ⊙ \circ ∘ \overset \underset "
    r"\stackrel full valid same f v s",
    "array function": " ".join(ARRAY_WORDS) + " sum . T rot 180 _ ^ { } full valid same f v s",
    "array option": "a x i s d m o e = ( ) , - ' \" ` full valid same axis dim mode "
    "0 1 2 3 4 5 6 7 8 9",
    "matrix": " ".join(sorted(BEGINS | ENDS)) + " row & { } l c r |",
    "matrix dots": " ".join(sorted(DOTS)),
    "transposed": r"^ { } T \top \intercal ⊤ ᵀ \mathbf \mathbb",
    "font": r"\mathbf \boldsymbol \mathcal \bm \mathscr \mathfrak \mathbb",
}
"""Roles that carry no value, and the only texts that may have them."""
NODES = frozenset("sum fraction function rounding cases test".split())
"""Roles of tokens at which a node of the tree starts."""
WORDS_TAKEN = frozenset(
    "and or if for in is are be when where with all odd even otherwise else range divisible by "
    "each every".split()
)
PIECES = frozenset(["part of the name", "prime", "label"])


@dataclass(frozen=True, slots=True)
class Leaf:
    """A node of a tree and where it starts."""

    at: int
    node: object


def recheck(tokens: list[Token], trees: Iterable[object], source: Source) -> None:
    """Raise `FormulaError` where a token is not accounted for by the trees."""
    roots = tuple(trees)
    nodes = [Leaf(node.at, node) for root in roots for node in walk(root) if hasattr(node, "at")]
    chains = [root for root in roots if isinstance(root, Chain)]
    check = _Check(tokens, nodes, sum(len(c.relations) for c in chains))
    for place, token in enumerate(tokens):
        if token.uses != 1 or not token.meaning or not check.accounted(place, token):
            raise source.error(token.start, f"{token.text} is not accounted for")
    if check.relations:
        raise source.error(0, "a relation is not accounted for")


def walk(node: object) -> Iterator[object]:
    """Every part of a tree, whatever its kind."""
    stack: list[Any] = [node]
    while stack:
        here: Any = stack.pop()
        if here.__class__ is tuple:
            stack += here
            continue
        names = _names_of(here.__class__)
        if names is not None:
            yield here
            for name in names:
                value = getattr(here, name)
                if value.__class__ not in PLAIN:
                    stack.append(value)


PLAIN = frozenset([str, int, bool, Fraction, type(None)])
"""What is no part of a tree: most of what nodes hold, and not worth another look."""


@cache
def _names_of(kind: type[Any]) -> tuple[str, ...] | None:
    """The fields of a kind of node; None for what is no node."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else None


class _Check:
    def __init__(self, tokens: list[Token], leaves: list[Leaf], relations: int):
        self.tokens = tokens
        self.relations = relations
        self.starts: dict[int, list[object]] = {}
        for leaf in leaves:
            self.starts.setdefault(leaf.at, []).append(leaf.node)
        self.names = sorted({leaf.at for leaf in leaves if _name(leaf.node)})
        nodes = [leaf.node for leaf in leaves]
        self.signed = {
            (sign, first) for n in nodes if isinstance(n, Add) for sign, t in n.terms
            for first in (_first(t),)
        }  # fmt: skip
        self.bottoms = {_first(n.bottom) for n in nodes if isinstance(n, Over)}

    def accounted(self, place: int, token: Token) -> bool:
        """Whether a token's role is borne out."""
        role = token.meaning
        if role in ("spacing", HEADING):
            return token.kind == "space"
        if role in MARKS:
            return (token.kind if token.kind == "row" else token.text) in MARKS[role].split() or (
                token.kind in MARKS[role].split()
            )
        if role in NODES:
            return token.start in self.starts
        return role in CHECKS and CHECKS[role](self, place, token)

    def number(self, place: int, token: Token) -> bool:
        value = Fraction(token.text)
        here = self.starts.get(token.start, ())
        return any(isinstance(n, Number) and n.value == value for n in here)

    def name(self, place: int, token: Token) -> bool:
        """The name itself, or what its accents and fonts stand before."""
        start = token.start
        here = self.starts.get(start, ())
        if token.text == "grad" and any(isinstance(n, Ref) and n.gradient for n in here):
            return True
        for before in map(self.tokens.__getitem__, range(place - 1, -1, -1)):
            if before.meaning in ("accent", "font", "bracket", "gradient of", "spacing"):
                start = before.start
                continue
            if before.text == "grad":
                start = before.start
            break
        shown = token.text.removeprefix("\\")
        return any(
            start <= at <= token.start and any(shown in _name(n) or _alike(shown, n) for n in nodes)
            for at, nodes in self._between(start, token.start)
        )

    def _between(self, start: int, end: int) -> Iterator[tuple[int, list[object]]]:
        for at in range(start, end + 1):
            if at in self.starts:
                yield at, self.starts[at]

    def piece(self, place: int, token: Token) -> bool:
        """A part of a name, a label or a power: it hangs on the name in front."""
        text = token.text.removeprefix("\\").strip("()[]")
        before = [at for at in self.starts if at <= token.start]
        for at in sorted(before, reverse=True):
            for node in self.starts[at]:
                if text in _name(node) or text in str(getattr(node, "label", "")):
                    return True
                if isinstance(node, Power) and text == str(node.exponent):
                    return True
        return False

    def next(self, place: int, token: Token) -> bool:
        """The second number of ``0, 1, …`` follows the first, and so on."""
        counted = ("number", "index", "next")
        before = [t for t in self.tokens[:place] if t.meaning in counted]
        return bool(before) and Fraction(token.text) == Fraction(before[-1].text) + 1

    def sign(self, place: int, token: Token) -> bool:
        sign = -1 if token.text == "-" else 1
        return any((sign, start) in self.signed for start in self.ahead(place))

    def divided(self, place: int, token: Token) -> bool:
        return any(start in self.bottoms for start in self.ahead(place))

    def ahead(self, place: int) -> Iterator[int]:
        """Where what follows may start: at its first bracket (a product like ``(a)b``) or in it."""
        yield self.after(place)
        for token in self.tokens[place + 1 :]:
            if token.meaning not in ("layout", "spacing"):
                yield token.start
            if token.meaning not in ("layout", "spacing", "bracket"):
                return

    def after(self, place: int) -> int:
        """Where the next token stands that is no bracket and no layout."""
        skipped = ("bracket", "layout", "spacing", "accent", "font", "plus")
        rest = range(place + 1, len(self.tokens))
        spot = next((n for n in rest if self.tokens[n].meaning not in skipped), None)
        if spot is None:
            return -1
        following = self.tokens[spot]
        for before in map(self.tokens.__getitem__, range(spot - 1, -1, -1)):
            if (
                before.meaning not in ("accent", "font", "bracket")
                or before.start not in self.starts
            ):
                break
            if any(_name(n) for n in self.starts[before.start]):
                return before.start
        return following.start

    def relation(self, place: int, token: Token) -> bool:
        if any(isinstance(n, Relation) for n in self.starts.get(token.start, ())):
            return True
        self.relations -= 1
        return self.relations >= 0

    def derivative(self, place: int, token: Token) -> bool:
        if token.text in ("\\partial", "\\frac", "\\nabla", "/", "d", "'", "\\over", "\\delta"):
            return True
        inner = token.text[1:]
        nodes = (n for here in self.starts.values() for n in here)
        return inner in LOSSES or any(_alike(inner, n) for n in nodes)

    def aside(self, place: int, token: Token) -> bool:
        """``(3)`` behind a wide space at the end of the text."""
        return token.kind in ("gap", "number") or token.text in "()"

    def loss(self, place: int, token: Token) -> bool:
        return token.kind == "name" or token.text.startswith("\\") or token.text in "{}"

    def word(self, place: int, token: Token) -> bool:
        if token.text in WORDS_TAKEN or " " in token.text:
            return True
        first, last = place, place
        while first and self._spelled(first - 1, first):
            first -= 1
        while last + 1 < len(self.tokens) and self._spelled(last, last + 1):
            last += 1
        return "".join(t.text for t in self.tokens[first : last + 1]) in WORDS_TAKEN

    def _spelled(self, a: int, b: int) -> bool:
        left, right = self.tokens[a], self.tokens[b]
        return left.meaning == right.meaning == "word" and left.end == right.start


def _name(node: object) -> str:
    if isinstance(node, Ref):
        return node.name
    for field in ("letter", "function", "kind", "matrix"):
        found = getattr(node, field, None)
        if isinstance(found, str):
            return found
    return ""


def _alike(text: str, node: object) -> bool:
    """``dW`` and ``dout`` are names of gradients."""
    return isinstance(node, Ref) and (
        node.name.lower() == text.lower()
        or (node.gradient and (text == "dout" or node.name.lower() == text[1:].lower()))
    )


def _first(node: object) -> int:
    """Where the first part of a tree starts."""
    return min((n.at for n in walk(node) if hasattr(n, "at")), default=-1)


CHECKS: dict[str, Callable[[_Check, int, Token], bool]] = {
    "number": _Check.number,
    "index": _Check.number,
    "name": _Check.name,
    "part of the name": _Check.piece,
    "prime": _Check.piece,
    "label": _Check.piece,
    "sign": _Check.sign,
    "divided by": _Check.divided,
    "relation": _Check.relation,
    "derivative": _Check.derivative,
    "loss": _Check.loss,
    "next": _Check.next,
    "equation number": _Check.aside,
    "word": _Check.word,
}
"""How each role that carries a value is held against the trees."""
