"""A gradient as a view: raw, gathered, closed; as LaTeX, as SymPy, in numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from symconv.api.inputs import Given, array_of, sized, upstream
from symconv.api.reverse import Reverse
from symconv.canonical.equality import equal
from symconv.closed import Closed, Readings, readings
from symconv.document import formula
from symconv.errors import SymconvError
from symconv.expand import Choice, Expansion, at_sizes, values_of
from symconv.gradients import gradient as differentiate
from symconv.gradients import needed
from symconv.graph import Graph
from symconv.notation import equation_latex
from symconv.printing import printing_style
from symconv.reindex import eliminate
from symconv.steps import with_auxiliary
from symconv.symbolic import form_sympy
from symconv.terms import Equation, Form
from symconv.writers.html_blocks import BlockWriter
from symconv.written import written

Array = npt.NDArray[Any]
Steps: TypeAlias = tuple[tuple[str, Expansion | Choice], ...]
Key: TypeAlias = tuple[Any, ...]

MOST_KEPT = 4_000_000
"""More products than this are not kept from one evaluation to the next."""


@dataclass(frozen=True)
class Gradient:
    """A gradient as a formula, which is derived when it is asked for."""

    program: Graph
    tensor: str
    reverse: Reverse = field(repr=False, compare=False)

    @cached_property
    def forms(self) -> tuple[Form, ...]:
        """The equations of reverse mode that lead to it, the last its own."""
        return needed(self.reverse.forms, [self.reverse.names[self.tensor]])

    @property
    def raw(self) -> Form:
        """The sum over outputs and kernel positions, with the condition that makes them meet."""
        return self.forms[-1]

    @property
    def gathered(self) -> Form:
        """The sum with its conditions solved: what each element gathers."""
        return self._readings.gathered

    @property
    def closed(self) -> Closed | None:
        """The closed form, a convolution again, where there is one."""
        return self._readings.closed

    @cached_property
    def _readings(self) -> Readings:
        return readings(self.program, self.raw)

    def latex(self, kind: str = "gathered") -> str:
        """The formula as LaTeX: "raw", "gathered" or "closed"."""
        style = printing_style(self.program)
        if kind == "closed":
            style = with_auxiliary(style, self.closed)
        return equation_latex(self.form(kind), style)

    def form(self, kind: str = "gathered") -> Form:
        """The form of that kind; errors: `SymconvError` where there is no closed form."""
        if kind == "closed":
            found = self.closed
            if found is None:
                raise SymconvError(f"the gradient of {self.tensor} is not one convolution")
            return found.form
        if kind not in ("raw", "gathered"):
            raise SymconvError("no such kind", expected="raw, gathered or closed", got=kind)
        return self.raw if kind == "raw" else self.gathered

    def sympy(self, kind: str = "gathered") -> Any:
        """The right-hand side in index notation as a SymPy expression.

        Sums are `Sum` over `Indexed` reads; reads that may fall outside are in a `Piecewise`.
        """
        return form_sympy(self.form(kind))

    def outputs(self) -> Array:
        """Every element of the gradient written out at concrete sizes.

        The products are those of `raw`; they are read off the operation's own, which need not be
        differentiated for that.  Errors: `NeedsSizes` while symbols are open.
        """
        return np.asarray(written(self.reverse.expansion(self.tensor), self.program), dtype=object)

    def equals(self, other: Any) -> bool | None:
        """Whether expressions written out elsewhere are this gradient, element by element.

        Exact; None where functions occur that an identity might still make equal.  Errors:
        `SymconvError` for floats and for another number of elements.
        """
        return equal(self.outputs(), other)

    def second(self, tensor: str, direction: str = "v") -> Form:
        """The rule applied twice: the gradient of ``Σ v · (∂L/∂self)`` with respect to a tensor.

        Gradients that this formula reads (``g``, those of inner results) are held fixed.
        Errors: `SymconvError` where the formula does not read the tensor.
        """
        if tensor not in self.raw.tensors:
            raise SymconvError(
                f"the gradient of {self.tensor} does not read {tensor}",
                expected="one of " + ", ".join(self.raw.tensors),
                got=tensor,
            )
        return eliminate(differentiate(self.raw, tensor, direction))

    def evaluate(
        self,
        g: npt.ArrayLike | None = None,
        /,
        *,
        kind: str = "gathered",
        **arrays: npt.ArrayLike,
    ) -> Array:
        """The gradient in numbers, from the formula (not from the engine).

        `g` is the upstream gradient; a scalar output may leave it out (1).
        """
        g, arrays = upstream(self.program, g, arrays)
        values = {name: array_of(name, value) for name, value in arrays.items()}
        name = self.reverse.names[self.program.output]
        if name and g is not None:
            values[name] = np.asarray(g)
        key = (kind, *((name, array.shape or str(array)) for name, array in values.items()))
        if key in self._ready:
            for made, ready in self._ready[key]:
                values[made] = values_of(ready, values)
        else:
            values, self._ready[key] = self._first(kind, g, arrays)
            self._limit()
        result = values[self.forms[-1].name]
        return np.asarray(result if name or g is None else result * np.asarray(g))

    @cached_property
    def _ready(self) -> dict[Key, Steps]:
        """The index arrays of earlier calls, by the shapes of their arrays."""
        return {}

    def _limit(self) -> None:
        """Forget what was made for other shapes where all that is kept has grown large."""
        kept = list(self._ready)
        while kept and sum(map(products_in, self._ready.values())) > MOST_KEPT:
            del self._ready[kept.pop(0)]

    def _first(
        self, kind: str, g: npt.ArrayLike | None, arrays: Given
    ) -> tuple[dict[str, Any], Steps]:
        """All values, and the index arrays that they were made with."""
        _, data, sizes = sized(self.program, arrays)
        name = self.reverse.names[self.program.output]
        if name and g is None:
            raise SymconvError("the upstream gradient is missing", expected="g=…")
        values: dict[str, Any] = data | ({name: np.asarray(g)} if name else {})
        steps = []
        for equation in self._equations(kind):
            ready = at_sizes(equation, values, sizes)
            values[equation.name] = values_of(ready, values)
            steps.append((equation.name, ready))
        return values, tuple(steps)

    def _equations(self, kind: str) -> list[Equation]:
        """What has to be evaluated, in order: the last equation, and what it is made from."""
        found = self.closed if kind == "closed" else None
        last = (*found.auxiliary, found.form) if found is not None else (self.form(kind),)
        wanted, kept = {last[-1].name}, []
        for equation in reversed((*self.program.equations, *self.forms[:-1], *last)):
            if equation.name in wanted:
                kept.append(equation)
                wanted |= set(equation.tensors)
        return kept[::-1]

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex()}$"

    def _repr_html_(self) -> str:
        return str(BlockWriter().block(formula(self.latex())))


def products_in(steps: Steps) -> int:
    """How many products the index arrays stand for."""
    expansions = [ready if isinstance(ready, Expansion) else ready.positions for _, ready in steps]
    return sum(len(term.out) for expansion in expansions for term in expansion.terms)
