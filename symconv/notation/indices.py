"""Indices, conditions and names as LaTeX, in the order in which they were written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from fractions import Fraction

from symconv.index import (
    Condition,
    FloorDiv,
    Index,
    Max,
    Min,
    Mod,
    Product,
    Sum,
    Symbol,
    is_negative,
)
from symconv.names import latex_name
from symconv.values import dataclass

RELATIONS = {"==": "=", "!=": r"\ne", "<": "<", "<=": r"\le", ">": ">", ">=": r"\ge"}


@dataclass(frozen=True, slots=True)
class Style:
    r"""How names are printed.

    `gradients` maps a gradient's name to the tensor it belongs to (``dh`` to ``h``), `accents` an
    auxiliary tensor to its LaTeX (``g_up`` to ``\hat{g}``), `sizes` a long size to its letter,
    `jacobians` a local derivative to (output, tensor, how many indices are the output's).
    """

    gradients: Mapping[str, str] = field(default_factory=dict)
    accents: Mapping[str, str] = field(default_factory=dict)
    sizes: Mapping[Index, str] = field(default_factory=dict)
    jacobians: Mapping[str, tuple[str, str, int]] = field(default_factory=dict)


PLAIN = Style()


# --- indices ------------------------------------------------------------------------------------


def index_latex(index: Index, exact: Iterable[Mod] = ()) -> str:
    """An index as LaTeX; quotients whose remainder is known to be 0 (`exact`) need no floor."""
    known = frozenset(exact)
    return _index(index, known)


def _index(index: Index, exact: frozenset[Mod]) -> str:
    match index:
        case int():
            return str(index)
        case Symbol(name):
            return bound_name(name)
        case Sum(terms):
            return "".join(_signed(t, exact, first=n == 0) for n, t in enumerate(terms))
        case Product((-1, *_)):
            return "-" + _part(_without_minus(index), exact)
        case Product(factors):
            return _product(factors, exact)
        case FloorDiv(top, bottom) if Mod(top, bottom) in exact:
            return f"{_grouped(top, exact)}/{_grouped(bottom, exact)}"
        case FloorDiv(top, bottom):
            inside = rf"\frac{{{_index(top, exact)}}}{{{_index(bottom, exact)}}}"
            return rf"\left\lfloor {inside} \right\rfloor"
        case Mod(top, bottom):
            return rf"{_grouped(top, exact)}\;\mathrm{{mod}}\;{_grouped(bottom, exact)}"
        case Min(args) | Max(args):
            name = r"\min" if isinstance(index, Min) else r"\max"
            return rf"{name}\left({', '.join(_index(arg, exact) for arg in args)}\right)"
    raise TypeError(f"not an index expression: {index!r}")


def bound_name(name: str) -> str:
    """A letter with its subscript; the second letter of a kind (``n_1``) gets a prime."""
    head, _, number = name.rpartition("_")
    if head and number.isdigit() and head.split("_")[0] in INDEX_LETTERS:
        return latex_name(head) + "'" * int(number)
    return latex_name(name)


INDEX_LETTERS = frozenset("okincfrlm")
"""The letters that indices have in this project; others with a number are the user's sizes."""


def _product(factors: Sequence[Index], exact: frozenset[Mod]) -> str:
    parts = [_grouped(factor, exact) for factor in factors]
    joined = parts[0]
    for part in parts[1:]:
        close = joined[-1].isalpha() and part[0].isalpha()
        digits = part[0].isdigit() and (joined[-1].isdigit() or joined[-1] == ")")
        joined += (r" \cdot " if digits else " " if close else "") + part
    return joined


def _signed(term: Index, exact: frozenset[Mod], *, first: bool) -> str:
    if is_negative(term):
        shown = _part(_without_minus(term), exact)
        return f"-{shown}" if first else f" - {shown}"
    shown = _grouped(term, exact) if isinstance(term, Mod) else _index(term, exact)
    if first:
        return shown
    return f" + ({shown})" if shown.startswith("-") else f" + {shown}"


def _part(inside: Index, exact: frozenset[Mod]) -> str:
    """What stands behind a minus: sums, remainders and a second minus in brackets."""
    shown = _index(inside, exact)
    return f"({shown})" if isinstance(inside, Sum | Mod) or shown.startswith("-") else shown


def _without_minus(term: Index) -> Index:
    """The term behind its minus, otherwise as written."""
    match term:
        case int():
            return -term
        case Product((-1, inside)):
            return inside
        case Product((-1, *rest)):
            return Product(tuple(rest))
        case Product((int() as number, *rest)):
            return Product((-number, *rest))
    raise TypeError(f"not a negative term: {term!r}")


def _grouped(index: Index, exact: frozenset[Mod]) -> str:
    floored = isinstance(index, FloorDiv) and Mod(index.top, index.bottom) not in exact
    plain = isinstance(index, Symbol | Min | Max) or floored
    if plain or (isinstance(index, int) and index >= 0):
        return _index(index, exact)
    return rf"({_index(index, exact)})"


def grouped_latex(index: Index) -> str:
    """An index within a product: sums in brackets."""
    return _grouped(index, frozenset())


def condition_latex(condition: Condition, exact: Iterable[Mod] = ()) -> str:
    r"""A condition: ``S \mid e`` for a remainder of 0, else the comparison."""
    left, right = condition.left, condition.right
    if isinstance(left, Mod) and right == 0 and condition.relation == "==":
        return rf"{index_latex(left.bottom)} \mid {index_latex(left.top)}"
    sign = RELATIONS[condition.relation]
    return f"{index_latex(left, exact)} {sign} {index_latex(right, exact)}"


def conditions_latex(
    conditions: Sequence[Condition], style: Style = PLAIN, exact: Iterable[Mod] = ()
) -> list[str]:
    r"""All conditions, ``0 \le e`` and ``e < n`` joined to ``0 \le e < n``."""
    known = list(exact)
    shown: list[str] = []
    upper = {c.left: c for c in conditions if c.relation == "<"}
    lower = {c.right for c in conditions if c.relation == "<=" and isinstance(c.left, int)}
    for c in conditions:
        if c.relation == "<=" and isinstance(c.left, int) and c.right in upper:
            stop = size_latex(upper[c.right].right, style)
            shown.append(rf"{c.left} \le {index_latex(c.right, known)} < {stop}")
        elif not (c.relation == "<" and c.left in lower):
            shown.append(condition_latex(c, known))
    return shown


def size_latex(size: Index, style: Style = PLAIN) -> str:
    """A size, by its letter where it has one."""
    return latex_name(style.sizes[size]) if size in style.sizes else index_latex(size)


def fraction_latex(value: Fraction | int) -> str:
    """A number as LaTeX."""
    value = Fraction(value)
    if value.denominator == 1:
        return str(value.numerator)
    sign = "-" if value < 0 else ""
    return rf"{sign}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"
