"""From a form to a matrix: one tensor is taken out as the column, the rest is the entry."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from symconv.errors import GeometryError, NeedsSizes, SymconvError
from symconv.expand import Products, expand
from symconv.graph import Graph, Node
from symconv.matrices.cells import Factor, Part
from symconv.matrices.maps import LinearMap, Origin
from symconv.matrices.padding import on_padding
from symconv.matrices.sides import ONE, Side
from symconv.terms import Form, Selection, free_symbols, with_sizes
from symconv.values import dataclass


def linear_map(
    graph: Graph,
    of: str,
    *,
    padded: bool = False,
    sizes: Mapping[str, int] | None = None,
    target: str | None = None,
) -> LinearMap:
    """The matrix A and the constant c of ``y = A x + c``, where x is the tensor `of`.

    ``A[o, i] = Σ coefficient · Π (the other factors)`` over all products of output o that read
    element i, both flattened in row-major order.

    With `padded` the column is the tensor with its padding, whose cells are columns too; `sizes`
    gives numbers for the sizes that are still open; `target` says which result is meant, where
    several operations read `of`.

    Errors: `SymconvError` where the result is not linear in `of` or does not read it,
    `NeedsSizes` for open sizes, `GeometryError` where no output is left.
    """
    reading = prepare(graph, of, padded=padded, sizes=sizes, target=target)
    return read_off(reading, reading.form)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a matrix is read off: the form at concrete sizes, the column, the other tensors."""

    form: Form
    column: Side
    sides: Mapping[str, Side]
    origin: Origin


def prepare(
    graph: Graph,
    of: str,
    *,
    padded: bool = False,
    sizes: Mapping[str, int] | None = None,
    target: str | None = None,
) -> Prepared:
    """Everything that is known of a matrix before an index is written out; as `linear_map`."""
    known = _checked_sizes(graph, sizes or {})
    node, form = _chosen(graph, of, target)
    _check_linear(node, form, of)
    _check_sizes(form, known)
    shapes = dict(expand(Form(form.name, (), (), form.shapes), known).shapes)
    column = _side(graph, of, shapes[of])
    plain = form
    if padded:
        form, column = on_padding(node, form, column, known)
    fixed = with_sizes(form, dict(known))
    assert isinstance(fixed, Form)
    sides = {name: _side(graph, name, shape) for name, shape in shapes.items() if name != of}
    origin = Origin(graph, node, of, padded, tuple(sorted(known.items())), _before(node, plain))
    return Prepared(fixed, column, sides, origin)


def read_off(reading: Prepared, form: Form) -> LinearMap:
    """The matrix of a form: the whole one, or one with fewer outputs."""
    of = reading.origin.of
    expansion = expand(form)
    if min(expansion.shape, default=1) < 1:
        raise GeometryError(
            f"these sizes leave no output for {form.name}",
            where="matrix",
            expected="at least 1 on every axis",
            got=str(expansion.shape),
        )
    row = Side(form.name, expansion.shape)
    linear = [_part(term, of) for term in expansion.terms if of in term.tensors]
    rest = [_part(term, of) for term in expansion.terms if of not in term.tensors]
    offset = _map(row, ONE, rest, reading.sides, reading.origin) if rest else None
    return _map(row, reading.column, linear, reading.sides, reading.origin, offset)


def _map(
    row: Side,
    column: Side,
    parts: list[Part],
    sides: Mapping[str, Side],
    origin: Origin,
    offset: LinearMap | None = None,
) -> LinearMap:
    """A map over the tensors that its products read."""
    read = {factor.tensor for part in parts for factor in part.factors}
    tensors = {name: side for name, side in sides.items() if name in read}
    return LinearMap(row, column, tuple(parts), tensors, origin, offset)


def _part(term: Products, of: str) -> Part:
    reads = list(zip(term.tensors, term.functions, term.reads, strict=True))
    cols = next((at for name, _, at in reads if name == of), np.zeros_like(term.out))
    factors = tuple(Factor(*read) for read in reads if read[0] != of)
    return Part(term.out, cols, factors, term.coefficient, term.divisors)


def _side(graph: Graph, name: str, shape: tuple[int, ...]) -> Side:
    elements = next((t.elements for t in graph.inputs if t.name == name), None)
    return Side(name, shape, elements)


def _before(node: Node, form: Form) -> tuple[Form | Selection, ...]:
    return node.equations[: node.equations.index(form)]


# --- which equation -----------------------------------------------------------------------------


def _checked_sizes(graph: Graph, sizes: Mapping[str, int]) -> dict[str, int]:
    open_ones = graph.open_sizes()
    for name in sizes:
        if name not in open_ones:
            raise SymconvError(
                f"there is no open size {name}",
                where="matrix",
                expected=", ".join(open_ones) or "no sizes, all have numbers",
                got=f"{name}={sizes[name]}",
            )
    return dict(sizes)


def _check_sizes(form: Form, sizes: Mapping[str, int]) -> None:
    missing = sorted(free_symbols(form) - set(sizes))
    if missing:
        raise NeedsSizes(
            f"{form.name} has open sizes",
            where="matrix",
            expected="a number for each of " + ", ".join(missing),
            hint=" ".join(f"{name}=4" for name in missing),
        )


def _chosen(graph: Graph, of: str, target: str | None) -> tuple[Node, Form]:
    """The operation that reads `of`; `target` may name any equation of it."""
    if of not in graph.shapes:
        raise SymconvError(
            f"there is no tensor {of}",
            where="matrix",
            expected="one of " + ", ".join(graph.shapes),
            got=of,
        )
    found = [
        (node, equation)
        for node in graph.nodes
        for equation in (node.equations if target else node.equations[-1:])
        if (equation.name == target if target else of in (*node.tensors, *equation.tensors))
    ]
    if len(found) != 1:
        makers = [node.target for node, _ in found] or [node.target for node in graph.nodes]
        raise SymconvError(
            f"several operations read {of}" if found else f"nothing reads or makes {target or of}",
            where="matrix",
            expected="the name of one result" if found else "one of " + ", ".join(makers),
            hint=f"target={makers[0]!r} in Python, or one line of the spec alone" if found else "",
        )
    node, form = found[0]
    if isinstance(form, Selection):
        raise SymconvError(
            f"{form.name} is a mask, which is not linear in {of}",
            where="matrix",
            hint=f"target={node.target!r}",
        )
    return node, form


def _check_linear(node: Node, form: Form, of: str) -> None:
    counts = [sum(read.tensor == of for read in term.reads) for term in form.terms]
    seen = {read.function for term in form.terms for read in term.reads if read.tensor == of}
    functions = sorted(seen - {""})
    through = _made_from(node, form, of)
    if not any(counts) and not through:
        raise SymconvError(
            f"{form.name} does not read {of}",
            where="matrix",
            expected="one of " + ", ".join(form.tensors),
            got=of,
        )
    why = ""
    if max(counts) > 1:
        why = f"a product reads {of} {max(counts)} times"
    elif functions:
        why = f"{of} is read through {functions[0]}"
    elif through:
        why = f"{form.name} reads {of} through {through[0]}"
    if why:
        raise SymconvError(
            f"{form.name} is not linear in {of}: {why}", where="matrix", hint="its gradient instead"
        )


def _made_from(node: Node, form: Form, of: str) -> list[str]:
    """What the form reads that earlier equations of the operation made from `of`.

    A mask counts as constant: it does not change as long as no other element becomes the maximum.
    """
    made = {of}
    for equation in _before(node, form):
        if isinstance(equation, Form) and made & set(equation.tensors):
            made.add(equation.name)
    return [name for name in form.tensors if name in made - {of}]
