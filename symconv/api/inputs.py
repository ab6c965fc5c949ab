"""What the views are given: sizes, arrays, an upstream gradient; and the elements by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from symconv.errors import NeedsSizes, SymconvError
from symconv.fixing import fix_sizes, whole_number
from symconv.gradients import upstream_names
from symconv.graph import Graph
from symconv.index import concrete
from symconv.sizes import infer_sizes
from symconv.written import element_symbols

Array = npt.NDArray[Any]
Given = Mapping[str, npt.ArrayLike]


def need_sizes(graph: Graph, what: str) -> None:
    """Refuse a reading that needs numbers while symbols are open."""
    missing = graph.open_sizes()
    if missing:
        raise NeedsSizes(
            f"{what} needs concrete sizes",
            expected="a number for each of " + ", ".join(missing),
            got="symbols",
            hint=" ".join(f"{name}=4" for name in missing),
        )


def symbols(graph: Graph, only: Iterable[str] | None = None) -> dict[str, Array]:
    """The elements of every tensor and gradient, as SymPy symbols or the numbers given.

    With `only` those of some of them.
    """
    need_sizes(graph, "the elements by name")
    shapes = graph.shapes
    gradients = {
        gradient: tuple(concrete(n) for n in shapes[name])
        for name, gradient in upstream_names(graph).items()
        if gradient
    }
    return element_symbols(graph, gradients, only)


def sized(graph: Graph, given: Given) -> tuple[Graph, dict[str, Array], dict[str, int]]:
    """The graph with every size known, the arrays, the sizes; `given` may hold both kinds."""
    shapes = {t.name: t.shape for t in graph.inputs}
    names = graph.open_sizes()
    sizes = {n: whole_number(n, v) for n, v in given.items() if n in names}
    arrays = {n: array_of(n, v) for n, v in given.items() if n not in sizes}
    if set(arrays) != set(shapes):
        raise SymconvError(
            "the arrays are not those of the operation",
            expected=", ".join((*shapes, *names)),
            got=", ".join(given) or "none",
        )
    known = infer_sizes(shapes, arrays, sizes)
    missing = [name for name in names if name not in known]
    if missing:
        raise NeedsSizes(
            "some symbols are on no array",
            expected="a number for each of " + ", ".join(missing),
            hint=" ".join(f"{name}=1" for name in missing),
        )
    found = {name: known[name] for name in names}
    return fix_sizes(graph, found), arrays, found


def array_of(name: str, value: npt.ArrayLike) -> Array:
    """The value as an array; errors: `SymconvError` for what is not made of numbers."""
    try:
        array = np.asarray(value)
    except ValueError:
        array = np.asarray("")
    if array.dtype.kind not in "biufO":
        raise SymconvError(f"{name} is not an array of numbers", got=repr(value)[:60])
    return array


def upstream(
    graph: Graph, g: npt.ArrayLike | None, given: dict[str, npt.ArrayLike]
) -> tuple[npt.ArrayLike | None, dict[str, npt.ArrayLike]]:
    """The upstream gradient, which may also be given by the name g where no tensor has it."""
    if g is None and "g" in given and "g" not in {t.name for t in graph.inputs}:
        g, given = given["g"], {name: value for name, value in given.items() if name != "g"}
    return None if g is None else array_of("g", g), given
