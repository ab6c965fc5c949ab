"""The right formula as the note would write it: its axis orders and its names, ready to paste."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TypeVar

from symconv.conventions import Conventions
from symconv.gradients import upstream_names
from symconv.graph import Graph
from symconv.names import latex_name
from symconv.notation.indices import Style
from symconv.syntax.formula.labels import axis_labels, order_of
from symconv.terms import Form, Read, Term

_WORD = re.compile(r"[A-Za-z]\w*")
_TEX = re.compile(r"[\\A-Za-z0-9^_{}+\-() ,']{1,40}")
T = TypeVar("T")
Orders = dict[str, tuple[int, ...]]


def laid_out(form: Form, graph: Graph, conventions: Conventions) -> Form:
    """The formula with axes in the declared orders; for printing, its shapes are not moved."""
    orders = _orders(graph, conventions)
    if not orders:
        return form
    ranges = tuple(_moved(form.ranges, orders.get(form.name)))
    return replace(form, ranges=ranges, terms=tuple(_term(term, orders) for term in form.terms))


def own_style(style: Style, graph: Graph, conventions: Conventions, text: str = "") -> Style:
    """The style with the note's names for tensors and for the gradient from above.

    A tensor that is called by the operation's name in the `text` of the claim keeps it.
    """
    seed = upstream_names(graph)[graph.output]
    known = {*graph.shapes, seed} - {""}
    spelled = {seed: conventions.upstream} if seed and conventions.upstream != "g" else {}
    for written, value in conventions.names:
        target = seed if value.strip() == "g" else value.strip()
        if target in known and "[" not in written and not _says(text, target):
            spelled.setdefault(target, written.strip())
    named = {target: _latex(text) for target, text in spelled.items() if _TEX.fullmatch(text)}
    gradients = {name: of for name, of in style.gradients.items() if name not in named}
    return replace(style, accents={**style.accents, **named}, gradients=gradients)


def orders_said(graph: Graph, conventions: Conventions) -> tuple[str, ...]:
    """The declared orders of axes, where a formula of this graph depends on them."""
    rows = (("images", conventions.layout), ("kernels", conventions.kernel_layout))
    held = zip(rows, axis_labels(graph), strict=True)
    return tuple(f"{what} are written as {order}" for (what, order), of in held if order and of)


def _says(text: str, name: str) -> bool:
    return re.search(rf"(?<![A-Za-z\\]){re.escape(name)}(?![A-Za-z])", text) is not None


def _latex(text: str) -> str:
    return latex_name(text) if _WORD.fullmatch(text) else text


def _orders(graph: Graph, conventions: Conventions) -> Orders:
    """The written order of each tensor's axes, and of its gradient's."""
    images, kernels = axis_labels(graph)
    found: Orders = {}
    gradients = upstream_names(graph)
    for layout, labels in ((conventions.layout, images), (conventions.kernel_layout, kernels)):
        for tensor, native in labels.items() if layout else ():
            order = order_of(layout, native)
            if order is not None:
                found[tensor] = found[gradients.get(tensor, tensor)] = order
    return found


def _moved(items: tuple[T, ...], order: tuple[int, ...] | None) -> list[T]:
    if order is None or len(items) != len(order):
        return list(items)
    return [items[axis] for axis in order]


def _term(term: Term, orders: Orders) -> Term:
    reads = (Read(r.tensor, tuple(_moved(r.at, orders.get(r.tensor))), r.function)
             for r in term.reads)  # fmt: skip
    return replace(term, reads=tuple(reads))
