"""Local derivatives at given positions: ``∂y_o / ∂w_k`` as pieces of a product."""

from __future__ import annotations

from collections.abc import Callable

from symconv.functions import FUNCTIONS
from symconv.graph import Graph
from symconv.index import Condition, Index, Symbol, substitute, substitute_condition
from symconv.syntax.formula.pieces import Piece
from symconv.terms import Form, Range, Read, substitute_read


def reaches(graph: Graph, output: str, tensor: str) -> bool:
    """Whether a result reads a tensor through other results."""
    made = {e.name: e for e in graph.equations}
    todo = [t for t in made[output].tensors if t != tensor] if output in made else []
    while todo:
        name = todo.pop()
        if name in made:
            if tensor in made[name].tensors:
                return True
            todo += made[name].tensors
    return False


def local_derivative(
    form: Form,
    tensor: str,
    out: tuple[Index, ...],
    at: tuple[Index, ...],
    fresh: Callable[[str], str],
) -> list[Piece]:
    """``∂form[out] / ∂tensor[at]``: every occurrence dropped once, its position tied to `at`."""
    found = []
    inside = tuple(
        c
        for index, size in zip(out, form.shape, strict=True)
        for c in (Condition(0, "<=", index), Condition(index, "<", size))
    )
    for term in form.terms:
        for place, read in enumerate(term.reads):
            if read.tensor != tensor:
                continue
            names: dict[str, Index] = dict(zip(form.indices, out, strict=True))
            sums = []
            for item in term.sums:
                name = fresh(item.name)
                names[item.name] = Symbol(name)
                sums.append(Range(name, item.stop, item.start))
            position = tuple(substitute(i, names) for i in read.at)
            ties = tuple(Condition(a, "==", b) for a, b in zip(position, at, strict=True) if a != b)
            others = tuple(
                substitute_read(r, names) for n, r in enumerate(term.reads) if n != place
            )
            where = tuple(substitute_condition(c, names) for c in term.where)
            divisors = tuple(substitute(d, names) for d in term.divisors)
            for number, row in FUNCTIONS[read.function].derivative:
                slope = tuple(Read(tensor, position, f) for f in row)
                found.append(
                    Piece(
                        (*slope, *others),
                        tuple(sums),
                        (*inside, *ties, *where),
                        term.coefficient * number,
                        divisors,
                    )
                )
    return found
