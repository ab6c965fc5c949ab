"""Expressions of sizes and indices: a whole part and one exact fraction, floors and remainders."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field, replace

from symconv.index import (
    Condition,
    FloorDiv,
    Index,
    Max,
    Min,
    Mod,
    Product,
    Symbol,
    add,
    children,
    minus,
    same,
    simplify,
    symbols,
    tidy,
)
from symconv.syntax.formula.lexicon import Lexicon
from symconv.syntax.formula.measures import AXES, SETTINGS, WORDS
from symconv.syntax.formula.source import MOST_FACTORS, MOST_MONOMIALS, FormulaError, Source
from symconv.syntax.formula.trees import (
    Add,
    Apply,
    Floor,
    Node,
    Number,
    Over,
    Power,
    Ref,
    Relation,
    Times,
)
from symconv.values import dataclass

Env = Mapping[str, Index]
_BRACKET = re.compile(r"(?:\\left\s*)?(?:\\l(?:floor|ceil)(?![A-Za-z])|[⌊⌈])")


@dataclass(frozen=True, slots=True)
class Ratio:
    """``whole + top/bottom``."""

    whole: Index
    top: Index = 0
    bottom: Index = 1

    @property
    def parts(self) -> tuple[Index, Index]:
        """One numerator over one denominator."""
        if self.bottom == 1:
            return self.whole, 1
        return tidy(add(Product((self.bottom, self.whole)), self.top)), self.bottom


@dataclass(slots=True)
class Scalars:
    """Evaluates nodes to indices under an environment of bound letters."""

    lexicon: Lexicon
    source: Source
    division: str = "exact"
    obligations: list[Condition] = field(default_factory=list)

    def as_factor(self) -> Scalars:
        """The same for a number in front of a tensor, whose fractions are never rounded."""
        return replace(self, division="exact")

    def index(self, node: Node, env: Env) -> tuple[Index, tuple[Condition, ...]]:
        """An integer, and the conditions under which it is one."""
        ratio = self.ratio(node, env)
        if ratio.bottom == 1:
            return ratio.whole, ()
        quotient = tidy(add(ratio.whole, FloorDiv(ratio.top, ratio.bottom)))
        return quotient, (Condition(Mod(ratio.top, ratio.bottom), "==", 0),)

    def ratio(self, node: Node, env: Env) -> Ratio:
        """The exact value."""
        found = self._ratio(node, env)
        if max(map(_expanded, (found.whole, found.top, found.bottom))) > MOST_MONOMIALS:
            raise self.error(node, "this is too long once it is multiplied out")
        return found

    def _ratio(self, node: Node, env: Env) -> Ratio:
        match node:
            case Number(value):
                return _plus(Ratio(0), Ratio(0, value.numerator, value.denominator), 1)
            case Ref():
                return Ratio(self._name(node, env))
            case Add(terms):
                if len(terms) > MOST_FACTORS:
                    raise self.error(node, "too many terms", f"at most {MOST_FACTORS}")
                total = Ratio(0)
                for sign, term in terms:
                    total = _plus(total, self.ratio(term, env), sign)
                return total
            case Times(factors):
                total = Ratio(1)
                for factor in factors:
                    total = _times(total, self.ratio(factor, env))
                return total
            case Power(base, exponent):
                total = found = self.ratio(base, env)
                for _ in range(exponent - 1):
                    total = _times(total, found)
                return total
            case Over():
                return self._over(node, env)
            case Floor(kind, inner):
                within = self.as_factor() if self._bracketed(node) else self
                return Ratio(_rounded(kind, within.ratio(inner, env)))
            case Apply(("max" | "min") as name, arguments) if len(arguments) > 1:
                args = tuple(self.whole(a, env) for a in arguments)
                return Ratio(Max(args) if name == "max" else Min(args))
            case Apply(word, arguments) if word in WORDS:
                return Ratio(self._measured(word, arguments, node))
        raise self.error(node, "this cannot stand among sizes and indices")

    def _bracketed(self, node: Node) -> bool:
        r"""Whether this is ``\lceil … \rceil``, which says itself how its quotient is rounded."""
        return _BRACKET.match(self.source.text, node.at) is not None

    def _measured(self, word: str, arguments: tuple[Node, ...], node: Node) -> Index:
        """``width(x)``, ``size(x, 1)``, ``stride(y)``."""
        target, axis = None, None
        for argument in arguments:
            if isinstance(argument, Ref) and argument.items is None and target is None:
                view = self.lexicon.view(argument.name, argument.label)
                if view is None:
                    raise self.error(argument, f"{argument.name} is no tensor of the operation")
                target = view.tensor
            elif isinstance(argument, Number) and argument.value.denominator == 1 and axis is None:
                axis = int(argument.value)
            else:
                raise self.error(argument, f"{word} takes a tensor and the number of an axis")
        try:
            if word in AXES and target is not None:
                return self.lexicon.measured.size(word, target, axis)
            if word not in AXES:
                return self.lexicon.measured.setting(word, target, axis)
        except ValueError as error:
            raise self.error(node, str(error)) from None
        raise self.error(node, f"{word} takes a tensor", f"{word}(x)")

    def whole(self, node: Node, env: Env) -> Index:
        """An integer without conditions."""
        value, conditions = self.index(node, env)
        if conditions:
            raise self.error(node, "this fraction is not rounded", "a floor or a ceiling")
        return value

    def _over(self, node: Over, env: Env) -> Ratio:
        a, b = self.ratio(node.top, env).parts
        c, d = self.ratio(node.bottom, env).parts
        top, bottom = tidy(Product((a, d))), tidy(Product((b, c)))
        self.oblige(bottom, node)
        if node.kind == "mod":
            if b != 1 or d != 1:
                raise self.error(node, "a remainder of a fraction")
            return Ratio(Mod(a, c))
        if node.kind == "//" or self.division == "floor":
            return Ratio(tidy(FloorDiv(top, bottom)))
        return _plus(Ratio(0), Ratio(0, top, bottom), 1)

    def oblige(self, divisor: Index, node: Node) -> None:
        """A divisor must be at least 1; where that is not plain it becomes an assumption."""
        if isinstance(divisor, int):
            if divisor < 1:
                raise self.error(node, "this divides by zero or by a negative number")
            return
        known = set(self.lexicon.sizes)
        from_sizes = {s for s in symbols(divisor) if s not in known}
        if from_sizes:
            raise self.error(node, "this divides by an index")
        least = {p.name: p.least for p in self.lexicon.graph.parameters}
        if not (isinstance(divisor, Symbol) and least.get(divisor.name, 0) >= 1):
            self.obligations.append(Condition(1, "<=", divisor))

    def _name(self, ref: Ref, env: Env) -> Index:
        if ref.items is None and not ref.label and not ref.gradient:
            if ref.name in env:
                return env[ref.name]
            if ref.name in self.lexicon.sizes:
                return self.lexicon.sizes[ref.name]
            if self.lexicon.array(ref.name):
                raise self.error(ref, f"{ref.name} is a tensor and stands where an index should")
            if self.lexicon.everywhere and ref.name in (*SETTINGS, "groups"):
                return self._measured(ref.name, (), ref)
            raise self.unknown(ref)
        if self.lexicon.is_setting(ref) and len(ref.items or ()) == 1:
            return self._measured(ref.name, ref.items or (), ref)
        raise self.error(ref, f"{ref.name} with indices stands where an index should")

    def unknown(self, ref: Ref) -> FormulaError:
        """A name that nothing declares; letters side by side may have been meant as one name."""
        text, start, end = self.source.text, ref.at, ref.at + 1
        while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
            start -= 1
        while end < len(text) and (text[end].isalnum() or text[end] == "_"):
            end += 1
        word = text[start:end]
        known = self.lexicon.array(word.split("_")[0]) or word.split("_")[0] in self.lexicon.sizes
        named = len(word) > 1 and word.startswith(ref.name) and not known
        hint = f"declare it: names({word if named else ref.name}=…)"
        if len(ref.name) == 1 and ref.name.islower() and not named:
            hint = f"a sum over {ref.name} is missing, or {hint}"
        return self.source.error(
            ref.at, f"{ref.name} is neither a size nor an index that is bound here", hint=hint
        )

    def condition(self, relation: Relation, env: Env) -> tuple[Condition, ...]:
        """A relation of two exact values, without fractions."""
        if relation.sign in ("|", "!|"):
            bottom = self.whole(relation.left, env)
            self.oblige(bottom, relation.left)
            sign = "==" if relation.sign == "|" else "!="
            return (Condition(Mod(self.whole(relation.right, env), bottom), sign, 0),)
        (a, b), (c, d) = (self.ratio(side, env).parts for side in (relation.left, relation.right))
        left, right = tidy(Product((a, d))), tidy(Product((c, b)))
        return (Condition(left, relation.sign, right),)

    def error(self, node: Node, message: str, expected: str = "") -> FormulaError:
        """An error at a node."""
        return self.source.error(node.at, message, expected)


def _expanded(value: Index) -> int:
    """At most how many terms an index has once it is multiplied out."""
    match value:
        case int():
            return 1 if abs(value) < 10**15 else MOST_MONOMIALS + 1
        case Symbol():
            return 1
        case Product(factors):
            total = 1
            for factor in factors:
                total = min(total * _expanded(factor), MOST_MONOMIALS + 1)
            return total if len(factors) < MOST_FACTORS else MOST_MONOMIALS + 1
    return min(sum(map(_expanded, children(value))), MOST_MONOMIALS + 1)


def _plus(a: Ratio, b: Ratio, sign: int) -> Ratio:
    whole = tidy(add(a.whole, b.whole if sign > 0 else minus(b.whole)))
    top = b.top if sign > 0 else tidy(minus(b.top))
    if a.top == 0:
        return _reduced(whole, top, b.bottom)
    if b.top == 0:
        return _reduced(whole, a.top, a.bottom)
    if same(a.bottom, b.bottom):
        return _reduced(whole, tidy(add(a.top, top)), a.bottom)
    left, right = Product((a.top, b.bottom)), Product((top, a.bottom))
    return _reduced(whole, simplify(add(left, right)), tidy(Product((a.bottom, b.bottom))))


def _reduced(whole: Index, top: Index, bottom: Index) -> Ratio:
    if bottom == 1:
        return Ratio(tidy(add(whole, top)))
    if isinstance(top, int) and isinstance(bottom, int) and top % bottom == 0:
        return Ratio(tidy(add(whole, top // bottom)))
    return Ratio(whole, top, bottom)


def _times(a: Ratio, b: Ratio) -> Ratio:
    (p, q), (r, s) = a.parts, b.parts
    return _reduced(0, tidy(Product((p, r))), tidy(Product((q, s))))


def _rounded(kind: str, value: Ratio) -> Index:
    if value.bottom == 1:
        return value.whole
    down = tidy(add(value.whole, FloorDiv(value.top, value.bottom)))
    up = tidy(add(value.whole, minus(FloorDiv(tidy(minus(value.top)), value.bottom))))
    if kind == "floor":
        return down
    return up if kind == "ceil" else add(Max((down, 0)), Min((up, 0)))
