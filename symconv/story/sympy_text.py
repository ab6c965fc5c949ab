"""Formulas as SymPy source that runs as it stands: declarations, then one line for each equation.

The text is what SymPy prints of the expression, so it is the expression's own spelling; a bare
fraction, which Python would take for a division of its own, becomes a `Rational`.  A formula whose
names Python or SymPy keeps for itself has no SymPy reading.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Sequence

import sympy

from symconv.errors import SymconvError
from symconv.graph import Graph
from symconv.symbolic import form_sympy
from symconv.terms import Equation, Form
from symconv.written import element_symbols, written_out

LONGEST = 4_000
"""Letters; a longer source is not offered."""
_IMPORTED = re.compile(r"\b[A-Za-z_]\w*(?=\()")
_WORDS = re.compile(r"[A-Za-z_]\w*")
_BARE = re.compile(r"(?<![\w\])])(\d+)/(\d+)")


def equations_sympy(equations: Sequence[Equation]) -> str:
    """Equations as SymPy source, the last one's right-hand side under its name; "" where none."""
    forms = [equation for equation in equations if isinstance(equation, Form)]
    if len(forms) != len(equations) or not forms:
        return ""
    made = [(form.name, form_sympy(form)) for form in forms]
    symbols = {s for _, e in made for s in e.free_symbols | _bound(e)}
    bases = sorted({b.name for _, e in made for b in e.atoms(sympy.IndexedBase)})
    plain = sorted(
        {s.name for s in symbols if isinstance(s, sympy.Symbol) and s.is_integer} - {*bases}
    )
    scalars = sorted(
        {s.name for s in symbols if isinstance(s, sympy.Symbol) and not s.is_integer} - {*bases}
    )
    heads = [
        _declared(plain, "symbols", ", integer=True"),
        _declared(scalars, "symbols", ""),
        *(f'{name} = IndexedBase("{name}")' for name in bases),
    ]
    return _source(heads, [f"{name} = {expr}" for name, expr in made], [*plain, *scalars, *bases])


def written_sympy(graph: Graph, form: Form) -> str:
    """Every element of a form, one line each: ``y_0 = w_0*x_0 + w_1*x_1``; "" where none."""
    try:
        values = written_out(form, element_symbols(graph, _upstream(graph, form)))
    except (KeyError, SymconvError):
        return ""
    flat = values.ravel().tolist()
    names = sorted({s.name for value in flat for s in getattr(value, "free_symbols", ())})
    places = [[*at] for at in _places(values.shape)]
    lines = [
        f"{'_'.join(map(str, [form.name, *at]))} = {value}"
        for at, value in zip(places, flat, strict=True)
    ]
    return _source([_declared(names, "symbols", "")], lines, names)


def _upstream(graph: Graph, form: Form) -> dict[str, tuple[int, ...]]:
    """The shapes of tensors that the form reads and the graph does not name."""
    return {
        name: tuple(n for n in shape if isinstance(n, int))
        for name, shape in form.shapes
        if name not in graph.shapes
    }


def _places(shape: tuple[int, ...]) -> Iterable[tuple[int, ...]]:
    if not shape:
        yield ()
        return
    for first in range(shape[0]):
        for rest in _places(shape[1:]):
            yield (first, *rest)


def _bound(expression: sympy.Basic) -> set[sympy.Basic]:
    return {s for found in expression.atoms(sympy.Sum) for s in found.variables}


def _declared(names: Sequence[str], maker: str, more: str) -> str:
    if not names:
        return ""
    listed = ", ".join(names)
    comma = "," if len(names) == 1 else ""
    seq = ", seq=True" if len(names) == 1 else ""
    return f'{listed}{comma} = {maker}("{" ".join(names)}"{more}{seq})'


def _source(heads: Iterable[str], lines: Sequence[str], names: Iterable[str]) -> str:
    """The listing, or "" where a name would not read back."""
    lines = [_BARE.sub(r"Rational(\1, \2)", line) for line in lines]
    text = "\n".join(["from sympy import *", "", *filter(None, heads), *lines])
    body = "\n".join(lines)
    called = set(_IMPORTED.findall(body))
    spoiled = any(
        keyword.iskeyword(name) or name in called or not _WORDS.fullmatch(name) for name in names
    )
    return "" if spoiled or len(text) > LONGEST else text
