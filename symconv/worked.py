"""By hand, with numbers: what is multiplied, the partial sums, the result, output by output."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from symconv.elements import latex_names, positions
from symconv.errors import SymconvError
from symconv.expand import ARRAY_FUNCTIONS, Expansion, evaluate_arrays, expand
from symconv.functions import FUNCTIONS
from symconv.gradients import upstream_names
from symconv.graph import Graph
from symconv.index import concrete
from symconv.notation import fraction_latex, tensor_latex
from symconv.printing import printing_style
from symconv.terms import Form
from symconv.values import dataclass

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class WorkedOutput:
    """One output: its name, and for each product what it is made of, and its value.

    A product has a number in front (a coefficient over its divisors), the names of its factors as
    they are read (``relu(x_0)``), and the factors' values.
    """

    name: str
    names: tuple[tuple[str, ...], ...]
    factors: tuple[tuple[Any, ...], ...]
    products: tuple[Any, ...]
    numbers: tuple[Fraction, ...]

    @property
    def partial_sums(self) -> tuple[Any, ...]:
        """The sum after each product."""
        sums: list[Any] = []
        for value in self.products:
            sums.append(value + (sums[-1] if sums else 0))
        return tuple(sums)

    @property
    def total(self) -> Any:
        """The output's value."""
        return self.partial_sums[-1] if self.products else 0


def worked_outputs(
    form: Form, arrays: Mapping[str, Array], labels: Mapping[str, Sequence[str]]
) -> tuple[WorkedOutput, ...]:
    """Every output of a form at concrete sizes; `labels` are the tensors' elements in LaTeX."""
    expansion = expand(form)
    data = {name: np.asarray(arrays[name]).ravel() for name, _ in expansion.shapes}
    rows: list[list[_Product]] = [[] for _ in range(expansion.size)]
    for out, product in _products(expansion, data, labels):
        rows[out].append(product)
    lefts = labels.get(form.name) or latex_names(form.name, expansion.shape)
    return tuple(
        WorkedOutput(
            left,
            tuple(product.names for product in row),
            tuple(product.factors for product in row),
            tuple(product.value for product in row),
            tuple(product.number for product in row),
        )
        for left, row in zip(lefts, rows, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Product:
    number: Fraction
    names: tuple[str, ...]
    factors: tuple[Any, ...]

    @property
    def value(self) -> Any:
        """A whole number stays one; beside floats the number in front becomes one."""
        top, bottom = self.number.numerator, self.number.denominator
        total: Any = self.number if bottom != 1 else top
        for factor in self.factors:
            total = total * factor
        return total


def _products(
    expansion: Expansion, data: Mapping[str, Array], labels: Mapping[str, Sequence[str]]
) -> list[tuple[int, _Product]]:
    found = []
    for term in expansion.terms:
        for place, out in enumerate(term.out.tolist()):
            at = [int(read[place]) for read in term.reads]
            reads = list(zip(term.tensors, at, term.functions, strict=True))
            under = int(term.divisors[place]) if term.divisors is not None else 1
            product = _Product(
                term.coefficient / under,
                tuple(seen_latex(labels[t][i], f) for t, i, f in reads),
                tuple(_seen(data[t][i], f) for t, i, f in reads),
            )
            found.append((out, product))
    return found


def _seen(value: Any, function: str) -> Any:
    value = value.item() if isinstance(value, np.generic) else value
    if not function:
        return value
    seen = ARRAY_FUNCTIONS[function](np.asarray(value))
    return seen.item() if isinstance(seen, np.generic | np.ndarray) else seen


def partial_sums(form: Form, arrays: Mapping[str, Array], by: Sequence[str]) -> Array:
    """The outputs before they are summed over some bound indices (``by=["c"]``: per channel).

    The bound indices become output indices, last; terms without them (the bias) are left out.
    """
    terms = [t for t in form.terms if set(by) <= {r.name for r in t.sums}]
    if not terms:
        sums = dict.fromkeys(r.name for t in form.terms for r in t.sums)
        raise SymconvError(
            f"no term sums over {' and '.join(by)}",
            expected="one of " + ", ".join(sums) if sums else "an operation with a sum",
            got=" ".join(by),
        )
    moved = tuple(r for name in by for r in terms[0].sums if r.name == name)
    inner = tuple(replace(t, sums=tuple(r for r in t.sums if r.name not in by)) for t in terms)
    read = {r.tensor for t in inner for r in t.reads}
    shapes = tuple(item for item in form.shapes if item[0] in read)
    return evaluate_arrays(Form(form.name, (*form.ranges, *moved), inner, shapes), arrays)


# --- on the page --------------------------------------------------------------------------------


def labels_of(graph: Graph) -> dict[str, list[str]]:
    """The elements of every tensor and gradient of a graph at concrete sizes, in LaTeX."""
    style = printing_style(graph)
    given = {t.name: t.elements for t in graph.inputs}
    shapes = {name: tuple(concrete(n) for n in shape) for name, shape in graph.shapes.items()}
    found = {name: latex_names(name, shape, given.get(name)) for name, shape in shapes.items()}
    for name, gradient in upstream_names(graph).items():
        if gradient:
            found[gradient] = [
                tensor_latex(gradient, list(map(str, at)), style) for at in positions(shapes[name])
            ]
    return found


def written_latex(graph: Graph, form: Form) -> list[tuple[str, str]]:
    """Every element of a form written out in the names of the elements: (left, right)."""
    labels = labels_of(graph)
    expansion = expand(form)
    rows: list[list[str]] = [[] for _ in range(expansion.size)]
    for term in expansion.terms:
        columns = [
            [seen_latex(labels[t][i], f) for i in at.tolist()]
            for t, f, at in zip(term.tensors, term.functions, term.reads, strict=True)
        ]
        for place, out in enumerate(term.out.tolist()):
            under = int(term.divisors[place]) if term.divisors is not None else 1
            number = term.coefficient / under
            rows[out].append(_product_latex(number, [column[place] for column in columns]))
    style = printing_style(graph)
    lefts = labels.get(form.name) or [
        tensor_latex(form.name, list(map(str, at)), style) for at in positions(expansion.shape)
    ]
    return [(left, joined_latex(row)) for left, row in zip(lefts, rows, strict=True)]


def _product_latex(number: Fraction, factors: Sequence[str]) -> str:
    """A product of elements: numbers among them in front of a dot, negative ones in brackets."""
    shown = [factor for factor in factors if factor != "1"]
    sign = "-" if number < 0 else ""
    if abs(number) != 1 or not shown:
        shown = [number_latex(abs(number)), *shown]
    if shown[0].startswith("-"):
        shown[0] = f"({shown[0]})" if sign else shown[0][1:]
        sign = "-"
    product = shown[0]
    for factor in shown[1:]:
        product += rf" \cdot {factor_text(factor)}" if _NUMERIC(factor) else rf" \, {factor}"
    return sign + product


_NUMERIC = re.compile(r"-?(\d|\\frac\{\d)").match
"""Whether a factor begins as a number does, so that it needs a dot in front."""


def factor_text(shown: str) -> str:
    """A number within a product: negative ones in brackets."""
    return f"({shown})" if shown.startswith("-") else shown


def joined_latex(terms: Sequence[str]) -> str:
    """Terms added up with their signs; nothing is 0."""
    if not terms:
        return "0"
    shown = terms[0]
    for term in terms[1:]:
        shown += f" - {term[1:]}" if term.startswith("-") else f" + {term}"
    return shown


def seen_latex(label: str, function: str) -> str:
    """An element through a function."""
    if not function:
        return label
    if function == "step":
        return rf"[{label} > 0]"
    if function == "reciprocal":
        return rf"\frac{{1}}{{{label}}}"
    return rf"{FUNCTIONS[function].latex}({label})"


def number_latex(value: Any) -> str:
    """A number as people write it: whole, a fraction, or six significant digits."""
    if isinstance(value, int | Fraction):
        return fraction_latex(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{float(value):.6g}"


def factor_latex(value: Any) -> str:
    """A number within a product: negative ones in brackets."""
    return factor_text(number_latex(value))


def sum_latex(values: Sequence[Any]) -> str:
    """Numbers added up, with their signs: ``2 - 1 + 0``."""
    return joined_latex([number_latex(value) for value in values])


def worked_latex(row: WorkedOutput, *, letters: bool = True) -> tuple[str, ...]:
    """The line of an output: in letters, with numbers put in, the products, the result."""
    rows = list(zip(row.numbers, row.names, row.factors, strict=True))
    named = joined_latex([_product_latex(number, names) for number, names, _ in rows])
    plain = any(name[0].isalpha() or name[0] == "\\" for names in row.names for name in names)
    placed = joined_latex([_placed_latex(number, factors) for number, _, factors in rows])
    sides = ([named] if letters and plain else []) + [placed, sum_latex(row.products)]
    sides.append(number_latex(row.total))
    return tuple(dict.fromkeys(side for side in sides if side))


def _placed_latex(number: Fraction, factors: Sequence[Any]) -> str:
    """A product with its numbers put in, every factor shown, those below 0 in brackets."""
    sign = "-" if number < 0 else ""
    front = [number_latex(abs(number))] if abs(number) != 1 or not factors else []
    shown = [*front, *map(number_latex, factors)]
    if len(shown) == 1 and not sign:
        return shown[0]
    return sign + r" \cdot ".join(map(factor_text, shown))
