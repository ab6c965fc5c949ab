"""A flow as text for terminals and as data for other programs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy

from symconv.flow.parts import FlowEdge, FlowNode, Value
from symconv.writers.unicode_math import unicode_math, width

DIGITS = 6
"""Floats are printed with so many digits, so that different machines print the same."""


def value_text(value: Value) -> str:
    """A value on one line: ``3``, ``−1/2``, ``0.731059``, ``w₀·x₀``; a name is LaTeX."""
    if value is None:
        return ""
    if isinstance(value, str):
        return unicode_math(value)
    if isinstance(value, float):
        return f"{value + 0.0:.{DIGITS}g}".replace("-", "−")
    if isinstance(value, int | Fraction):
        return str(value).replace("-", "−")
    return _expression(value)


def _expression(value: Any) -> str:
    """A SymPy expression with dots for products and subscripts for the numbers in names."""
    text = sympy.sstr(value).replace("**", "^").replace("*", "·").replace("-", "−")
    return re.sub(r"(?<=[A-Za-z])((?:_\d+)+)\b", lambda found: _subscript(found[1]), text)


def _subscript(text: str) -> str:
    numbers = text.strip("_").split("_")
    if len(numbers) == 1:
        return numbers[0].translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
    return f"[{','.join(numbers)}]"


# --- text ---------------------------------------------------------------------------------------


def listing(nodes: Sequence[FlowNode], edges: Sequence[FlowEdge]) -> str:
    """One line per node: its formula, its value, and the gradient with where it comes from.

    Among symbols the formula is the value.
    """
    by_id = {node.id: node for node in nodes}
    out: dict[str, list[FlowEdge]] = {node.id: [] for node in nodes}
    for edge in edges:
        out[edge.source].append(edge)
    rows = [
        (_formula(node), _forward(node), _backward(node, out[node.id], by_id)) for node in nodes
    ]
    wide = [max((width(row[n]) for row in rows), default=0) for n in (0, 1)]
    return "\n".join(
        f"{_padded(row[0], wide[0])}  {_padded(row[1], wide[1])}  {row[2]}".rstrip() for row in rows
    )


def _padded(text: str, columns: int) -> str:
    return text + " " * (columns - width(text))


def _formula(node: FlowNode) -> str:
    name = unicode_math(node.latex)
    return f"{name} = {unicode_math(node.formula)}" if node.formula else name


def _forward(node: FlowNode) -> str:
    if node.shape is not None:
        return f"shape ({', '.join(unicode_math(n) for n in node.shape)})"
    if node.kind != "input" and not isinstance(node.forward, int | Fraction | float):
        return ""
    text = value_text(node.forward)
    return "" if text in ("", unicode_math(node.latex)) else f"= {text}"


def _backward(node: FlowNode, out: Sequence[FlowEdge], nodes: dict[str, FlowNode]) -> str:
    if node.gradient is None:
        return ""
    start = f"∂ = {value_text(node.gradient)}"
    if not out:
        return f"{start} (never read)" if node.kind == "input" else start
    parts = [_over(edge, nodes[edge.target]) for edge in out]
    return (
        start
        if len(parts) == 1 and start == f"∂ = {parts[0]}"
        else f"{start} ← {' + '.join(parts)}"
    )


def _over(edge: FlowEdge, target: FlowNode) -> str:
    """``local derivative · gradient of the target``."""
    if isinstance(edge.backward, str):
        return unicode_math(edge.backward)
    local = unicode_math(edge.local_latex)
    value = value_text(edge.local)
    if isinstance(edge.local, int | Fraction | float) and value != local:
        local = f"{local}[={value}]"
    back = _grouped(value_text(target.gradient))
    if back == "1" or local == "1":
        return local if back == "1" else back
    return f"{_grouped(local)}·{back}"


def _grouped(text: str) -> str:
    return f"({text})" if re.search(r" [+−] |^−", text) else text


# --- data ---------------------------------------------------------------------------------------


def json_value(value: Value) -> Any:
    """Whole numbers as numbers, floats rounded, everything else as text, the absent as null."""
    if isinstance(value, float):
        return float(f"{value + 0.0:.{DIGITS}g}")
    return value if value is None or isinstance(value, int) else str(value)


def json_dict(nodes: Sequence[FlowNode], edges: Sequence[FlowEdge]) -> dict[str, Any]:
    """``{"nodes": […], "edges": […]}`` with the keys always in the same order."""
    return {"nodes": [_node(node) for node in nodes], "edges": [_edge(edge) for edge in edges]}


def _node(node: FlowNode) -> dict[str, Any]:
    return {
        "id": node.id,
        "kind": node.kind,
        "label": unicode_math(node.latex),
        "latex": node.latex,
        "formula": unicode_math(node.formula),
        "forward": json_value(node.forward),
        "gradient": json_value(node.gradient),
        "shape": None if node.shape is None else [unicode_math(n) for n in node.shape],
    }


def _edge(edge: FlowEdge) -> dict[str, Any]:
    return {
        "source": edge.source,
        "target": edge.target,
        "local": json_value(edge.local),
        "local_label": unicode_math(edge.local_latex),
        "local_latex": edge.local_latex,
        "forward": json_value(edge.forward),
        "backward": json_value(edge.backward),
    }
