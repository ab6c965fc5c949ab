"""A gradient as a view: raw, gathered, closed; as LaTeX, as SymPy, in numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from symconv.api.inputs import sized, upstream
from symconv.api.reverse import Reverse
from symconv.canonical.equality import equal
from symconv.closed import Closed, Readings, readings
from symconv.document import formula
from symconv.errors import SymconvError
from symconv.expand import evaluate_arrays
from symconv.gradients import gradient as differentiate
from symconv.gradients import needed, upstream_names
from symconv.graph import Graph
from symconv.notation import equation_latex
from symconv.printing import printing_style
from symconv.reindex import eliminate
from symconv.steps import with_auxiliary
from symconv.symbolic import form_sympy
from symconv.terms import Form
from symconv.writers.html_blocks import BlockWriter
from symconv.written import written

Array = npt.NDArray[Any]


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
        _, data, sizes = sized(self.program, arrays)
        name = upstream_names(self.program)[self.program.output]
        if name and g is None:
            raise SymconvError("the upstream gradient is missing", expected="g=…")
        values: dict[str, Any] = data | ({name: np.asarray(g)} if name else {})
        for equation in (*self.program.equations, *self.forms[:-1], *self._last(kind)):
            values[equation.name] = evaluate_arrays(equation, values, sizes)
        result = values[self.raw.name]
        return np.asarray(result if name or g is None else result * np.asarray(g))

    def _last(self, kind: str) -> tuple[Form, ...]:
        found = self.closed if kind == "closed" else None
        return (*found.auxiliary, found.form) if found is not None else (self.form(kind),)

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex()}$"

    def _repr_html_(self) -> str:
        return str(BlockWriter().block(formula(self.latex())))
