"""Formulas on one line of Unicode, for terminals and for those who listen."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import assert_never

from symconv.writers.alphabets import styled
from symconv.writers.commands import ACCENTS, DELIMITERS, SPACES, SYMBOLS
from symconv.writers.dialect import parse
from symconv.writers.nodes import (
    Call,
    Char,
    Colour,
    Command,
    Fence,
    Group,
    Node,
    Scripts,
    Sized,
    Space,
    Stack,
    Words,
)
from symconv.writers.printing import kind

_SIGNS = {"-": "−", "*": "∗"}
_WORDED = {"sum": "Σ", "prod": "Π"}
_TIGHT = ("cdot", "circ")
_SUBSCRIPTS = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_SUPERSCRIPTS = str.maketrans("0123456789+-−=()n⊤T′", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿᵀᵀ′")
_NAMES = ("name", "limit", "big", "int")
_STYLED = ("mathbb", "mathcal", "mathbf", "boldsymbol")


@lru_cache(maxsize=16384)
def unicode_math(latex: str) -> str:
    r"""A formula of the dialect on one line; raises on anything outside the dialect.

    Examples
    --------
    >>> unicode_math(r"\frac{\partial L}{\partial w_k} = \sum_{o=0}^{O-1} g_o\,x_{S o + k}")
    '∂L/∂w[k] = Σ_{o=0}^{O−1} g[o] x[S·o+k]'
    """
    return _row(parse(latex).items).strip()


def script(node: Scripts) -> str:
    """The scripts alone, for a base that is drawn elsewhere (a matrix)."""
    return _scripts(Scripts(Group(()), node.sub, node.sup, node.primes))


def width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide - sum(unicodedata.combining(letter) > 0 for letter in text)


def _row(items: tuple[Node, ...], *, tight: bool = False) -> str:
    out = ""
    before = "open"
    for item in items:
        text, now = _node(item, tight=tight), kind(item)
        if now == "op" and before in ("op", "rel", "open", "punct", "big"):
            now = "sign"
        out = _joined(out, before, text, now, item, tight=tight)
        before = _left_behind(item, now)
    return out


def _left_behind(item: Node, now: str) -> str:
    if now == "sign":
        return "open"
    if isinstance(item, Call) and item.name in ("frac", "dfrac", "tfrac"):
        return "fraction"
    return "letter" if now == "ord" and isinstance(item, Char | Command) else now


def _joined(out: str, before: str, text: str, now: str, item: Node, *, tight: bool) -> str:
    if now == "space":
        return out if out.endswith(" ") or not out else out + text
    if now in ("op", "rel") and not _is_tight(item):
        blank = "" if tight and text not in ("mod", "∈") else " "
        return out.rstrip(" ") + blank + text + blank
    if now == "punct":
        return out.rstrip(" ") + text + ("" if tight else " ")
    return out + _gap(out, before, text, now) + text


def _is_tight(item: Node) -> bool:
    return item == Char("/", "op") or (isinstance(item, Command) and item.name in _TIGHT)


def _gap(out: str, before: str, text: str, now: str) -> str:
    """What goes between factors: nothing in ``2az``, ``f(x)`` or ``∂w``, a blank in ``w[k] x``."""
    none = ("open", "fence", "op", "rel", "punct")
    if not out or not text or out[-1] in " (∂∇Δ⌊⌈⟨[{" or before in none or text[0] == " ":
        return ""
    if before == "fraction" or text[0] in "⋯…" or out[-1] in "⋯…":
        return "" if now == "close" else " "
    if now in ("open", "close", "fence") or text[0] in "([⌊⌈′":
        return " " if before == "big" else ""
    if before in _NAMES or now in _NAMES:
        return " "
    return _between(out, before, text)


def _between(out: str, before: str, text: str) -> str:
    if len(text) > 1 or text.isdigit() or not (out[-1].isalnum() or out[-1] == ")"):
        return " "
    if out[-1].isascii() and out[-1].isupper() and text.isascii() and text.islower():
        return "·"
    return "" if before in ("letter", "close") else " "


def _node(node: Node, *, tight: bool = False) -> str:
    match node:
        case Char(text):
            return _SIGNS.get(text, text)
        case Command(name):
            return _WORDED.get(name, SYMBOLS[name].text)
        case Space(name):
            return SPACES[name]
        case Words(style, text):
            return styled(style, text) if style in _STYLED else text
        case Group(items):
            return _row(items, tight=tight).strip()
        case Scripts():
            return _scripts(node)
        case Call(name, args):
            return _call(name, args)
        case Stack(lines):
            return ", ".join(_row(line.items, tight=True) for line in lines)
        case Fence(left, body, right):
            return DELIMITERS[left] + _row(body.items, tight=tight).strip() + DELIMITERS[right]
        case Sized(_, delimiter):
            return DELIMITERS[delimiter]
        case Colour(_, body):
            return _row(body.items, tight=tight)
        case _:
            assert_never(node)


def _scripts(node: Scripts) -> str:
    base = _node(node.base)
    base = f"({base})" if isinstance(node.base, Group) and _compound(node.base) else base
    limits = kind(node.base) in ("big", "limit", "int") or _is_brace(node.base)
    sub = _row(node.sub.items, tight=True) if node.sub else ""
    sup = _row(node.sup.items, tight=True) if node.sup else ""
    return (
        base
        + "′" * node.primes
        + (_limit("_", sub) if limits else _subscript(base, node.sub, sub))
        + (_limit("^", sup) if limits else _superscript(sup))
    )


def _is_brace(node: Node) -> bool:
    return isinstance(node, Call) and node.name in ("underbrace", "overbrace")


def _limit(sign: str, text: str) -> str:
    if not text:
        return ""
    return sign + (text if len(text) == 1 else "{" + text + "}")


def _subscript(base: str, node: Group | None, text: str) -> str:
    """``x₁₂``, ``x[n,c,i]``, and ``K_h`` where a capital is named rather than read."""
    if node is None or not text:
        return ""
    if text.isdigit():
        return text.translate(_SUBSCRIPTS)
    word = all(isinstance(item, Words) for item in node.items)
    if word or (len(text) == 1 and len(base) == 1 and base.isupper()):
        return f"_{text}"
    return f"[{text}]"


def _superscript(text: str) -> str:
    if not text:
        return ""
    if all(ord(letter) in _SUPERSCRIPTS for letter in text):
        return text.translate(_SUPERSCRIPTS)
    return f"^{text}" if len(text) == 1 else f"^({text})"


def _call(name: str, args: tuple[Group, ...]) -> str:
    shown = [_row(arg.items).strip() for arg in args]
    match name, shown:
        case (("frac" | "dfrac" | "tfrac"), [above, below]):
            above = f"({above})" if _compound(args[0]) else above
            below = f"({below})" if _compound(args[1]) or _product(args[1]) else below
            return f"{above}/{below}"
        case "binom", [above, below]:
            return f"C({above}, {below})"
        case (("overset" | "stackrel"), [extra, base]):
            return base + _limit("^", extra)
        case "underset", [extra, base]:
            return base + _limit("_", extra)
        case "sqrt", [body]:
            return f"√{body}" if len(body) == 1 else f"√({body})"
        case "root", [index, body]:
            return f"{index.translate(_SUPERSCRIPTS)}√({body})"
        case "pmod", [body]:
            return f" (mod {body})"
        case (("underbrace" | "overbrace"), [body]):
            return f"({body})" if _compound(args[0]) else body
        case "underline", [body]:
            return body
        case "boxed", [body]:
            return f"[{body}]"
        case (("boldsymbol" | "bm"), [body]):
            return styled("boldsymbol", body)
        case _, [body] if name in ACCENTS:
            return body + ACCENTS[name] if len(body) == 1 else f"{name}({body})"
        case _:
            raise AssertionError(f"\\{name} has no Unicode form")


def _compound(group: Group) -> bool:
    """Whether a sum or a relation stands at the top, so that brackets are due."""
    kinds = [kind(item) for item in group.items]
    signs = [item for item in group.items[1:] if item in (Char("+", "op"), Char("-", "op"))]
    return bool(signs) or "rel" in kinds or "big" in kinds


def _product(group: Group) -> bool:
    """Whether several factors stand side by side (``∂w`` counts as one)."""
    factors = [item for item in group.items if kind(item) != "space"]
    return len(factors) > 1 and factors[0] != Command("partial")
