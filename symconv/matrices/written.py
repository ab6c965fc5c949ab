"""A form at concrete sizes as a written-out matrix: every entry a sum of products of elements."""

from __future__ import annotations

from symconv.elements import latex_names
from symconv.errors import SymconvError
from symconv.expand import Expansion, expand
from symconv.graph import Graph
from symconv.notation import fraction_latex
from symconv.terms import Form

LARGEST = 400
"""Entries of a matrix that is written out."""


def matrix_latex(form: Form, graph: Graph) -> str:
    r"""``\begin{bmatrix} ay + bz \\ … \end{bmatrix}``, or nothing where it would be too large."""
    try:
        found = expand(form)
    except SymconvError:
        return ""
    if not 0 < found.size <= LARGEST or len(found.shape) > 2:
        return ""
    entries = _entries(found, graph)
    columns = found.shape[1] if len(found.shape) == 2 else 1
    rows = [entries[n : n + columns] for n in range(0, len(entries), columns)]
    body = r" \\ ".join(" & ".join(row) for row in rows)
    return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"


def element_latex(form: Form, graph: Graph) -> str:
    """A form without output indices, written out: ``x_{0} w_{2} + x_{1} w_{0}``, or nothing."""
    try:
        found = expand(form)
    except SymconvError:
        return ""
    return _entries(found, graph)[0] if found.size == 1 else ""


def _entries(found: Expansion, graph: Graph) -> list[str]:
    given = {tensor.name: tensor.elements for tensor in graph.inputs}
    names = {
        name: latex_names(name, shape, given.get(name)) if shape else [name]
        for name, shape in found.shapes
    }
    entries = [""] * found.size
    for term in found.terms:
        for n, out in enumerate(term.out.tolist()):
            number = term.coefficient
            if term.divisors is not None:
                number /= int(term.divisors[n])
            reads = zip(term.tensors, term.reads, strict=True)
            letters = [names[tensor][int(at[n])] for tensor, at in reads]
            size = abs(number)
            front = [fraction_latex(size)] if size != 1 or not letters else []
            sign = "-" if number < 0 else "+" if entries[out] else ""
            gap = " " if entries[out] else ""
            entries[out] += f"{gap}{sign}{gap}{_product([*front, *letters])}"
    return [entry or "0" for entry in entries]


def _product(factors: list[str]) -> str:
    r"""Letters side by side; a dot where a number follows, and brackets round its minus."""
    text = factors[0] if factors[0][:1] != "-" or len(factors) == 1 else f"({factors[0]})"
    for factor in factors[1:]:
        digit = factor[:1].isdigit() or factor.startswith(r"\frac")
        number = f"({factor})" if factor[:1] == "-" else factor
        text += rf" \cdot {number}" if digit or number != factor else f" {factor}"
    return text
