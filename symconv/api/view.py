"""An operation as a view: each method asks the room whose reading it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from symconv import witness
from symconv.api.gradient import Gradient
from symconv.api.inputs import need_sizes, sized, symbols, upstream
from symconv.api.reverse import Reverse
from symconv.codegen import codegen
from symconv.engine import AdjointResult
from symconv.engine import dottest as engine_dottest
from symconv.errors import SymconvError
from symconv.expand import expand
from symconv.fixing import fix_sizes
from symconv.flow import Flow, operation_flow, scalar_flow
from symconv.graph import Graph
from symconv.matrices import LinearMap, compressed, linear_map
from symconv.notation import Style, equation_latex
from symconv.operations.build import build
from symconv.outputs import size_blocks
from symconv.printing import printing_style
from symconv.steps import Derivation, derive
from symconv.story.formulas import definition_blocks
from symconv.symbolic import index_sympy
from symconv.syntax.spec import parse
from symconv.terms import Form, Selection
from symconv.writers.html_blocks import BlockWriter
from symconv.written import element_names, written, written_latex

Array = npt.NDArray[Any]


def operation(text: str, /, **sizes: int) -> Operation:
    """Read a spec and return its view.

        operation("y = conv1d(x[N], w[K], stride=2, padding=P)", N=8, K=3)

    `sizes` put numbers in place of symbols.  Errors: `SpecError` for a text that is not a spec,
    `GeometryError` for sizes that do not fit together.
    """
    return Operation(fix_sizes(build(parse(text)), sizes))


@dataclass(frozen=True)
class Operation:
    """An operation, or a chain of them; its methods are its readings."""

    program: Graph

    # --- what it is -----------------------------------------------------------------------------

    def at(self, /, **sizes: int) -> Operation:
        """The same operation with numbers for some of its symbols."""
        return Operation(fix_sizes(self.program, sizes))

    @property
    def output_shape(self) -> tuple[Any, ...]:
        """The output's shape: integers, or SymPy expressions with `floor` where sizes are open."""
        shape = self.program.shapes[self.program.output]
        return tuple(n if isinstance(n, int) else index_sympy(n) for n in shape)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the tensors that go in."""
        return tuple(tensor.name for tensor in self.program.inputs)

    @property
    def open_sizes(self) -> tuple[str, ...]:
        """The symbols that have no number yet."""
        return self.program.open_sizes()

    @property
    def symbols(self) -> dict[str, Array]:
        """The elements of every tensor as object arrays of SymPy symbols (or the given numbers)."""
        return symbols(self.program)

    # --- formulas -------------------------------------------------------------------------------

    @property
    def style(self) -> Style:
        """How this operation's formulas are printed."""
        return printing_style(self.program)

    def latex(self) -> str:
        """The definition in index notation, one equation a line."""
        return "\n".join(equation_latex(e, self.style) for e in self.program.equations)

    def outputs(self) -> Array:
        """Every output written out, an object array of SymPy expressions.

        In a chain the last operation is written in the elements of the tensors that it reads.
        Errors: `NeedsSizes` while symbols are open.
        """
        return np.asarray(written(expand(self._last()), self.program), dtype=object)

    def outputs_latex(self) -> Array:
        """Every output written out in LaTeX, an object array of texts, terms in SymPy's order."""
        form = self._last()
        elements = symbols(self.program, form.tensors)
        names = element_names(self.program, elements)
        return np.asarray(written_latex(form, elements, names), dtype=object)

    def _last(self) -> Form:
        need_sizes(self.program, "writing the outputs out")
        form = self.program.equations[-1]
        if isinstance(form, Selection):
            raise SymconvError(f"{form.name} is a choice of places and has no formula")
        return form

    def gradient(self, tensor: str) -> Gradient:
        """The gradient with respect to a tensor, as a formula.

        Errors: `SymconvError` for a tensor that the output does not depend on.
        """
        if tensor not in self._reverse.consumers:
            raise SymconvError(
                f"{self.program.output} does not depend on {tensor}",
                expected="one of " + ", ".join(self.program.shapes),
                got=tensor,
            )
        return Gradient(self.program, tensor, self._reverse)

    @cached_property
    def _reverse(self) -> Reverse:
        return Reverse(self.program)

    def steps(self, tensor: str) -> Derivation:
        """The derivation of a gradient, step by step, each step checked."""
        return derive(self.program, tensor)

    # --- matrices, graph, code ------------------------------------------------------------------

    def map(self, of: str, *, padded: bool = False) -> LinearMap:
        """The output as a linear map of one tensor, in coordinates and labelled."""
        need_sizes(self.program, "a matrix")
        return linear_map(self.program, of, padded=padded)

    def matrix(self, of: str = "x", *, padded: bool = False) -> Any:
        """The SymPy matrix A with ``vec(y) = A · vec(of)``, vectorised in row-major order."""
        return self.map(of, padded=padded).sympy()

    def coo(self, of: str = "x", *, padded: bool = False, **arrays: npt.ArrayLike) -> Any:
        """The matrix in numbers, ``(values, (rows, columns))``; `arrays` are the other tensors."""
        return self.map(of, padded=padded).coo(**arrays)

    def csr(self, of: str = "x", *, padded: bool = False, **arrays: npt.ArrayLike) -> Any:
        """The matrix in numbers, ``((values, columns, row starts), shape)``.

        ``scipy.sparse.csr_array(*op.csr("x", w=w))`` is the matrix; in memory there is little
        more than that while it is made.
        """
        need_sizes(self.program, "a matrix")
        return compressed(self.program, of, arrays, padded=padded)

    def graph(self, level: str = "operation", **arrays: npt.ArrayLike) -> Flow:
        """The computation graph: "operation" nodes, or "scalar" ones with values where given.

        Errors: `SymconvError` for another level, or an array that is no input.
        """
        if level not in ("operation", "scalar"):
            raise SymconvError("no such level", expected="operation or scalar", got=level)
        unknown = [name for name in arrays if name not in self.inputs]
        if unknown:
            expected = "some of " + ", ".join(self.inputs)
            raise SymconvError("no such inputs", expected=expected, got=", ".join(unknown))
        if level == "operation":
            return operation_flow(self.program)
        need_sizes(self.program, "a graph of scalars")
        return scalar_flow(self.program, arrays=dict(arrays) or None)

    def code(self) -> str:
        """NumPy code for the forward and the backward pass."""
        return codegen(self.program)

    # --- numbers, by the engine -----------------------------------------------------------------

    def forward(self, /, **arrays: npt.ArrayLike) -> Array:
        """The output in numbers, computed by the engine; sizes are read off the arrays.

        Symbols that no array shows (a stride, a padding) are given beside them: ``P=1``.
        """
        graph, data, _ = sized(self.program, arrays)
        return witness.forward(graph, data)[graph.output]

    def backward(
        self, g: npt.ArrayLike | None = None, /, **arrays: npt.ArrayLike
    ) -> dict[str, Array]:
        """Every input's gradient in numbers, computed by the engine; `g` is upstream."""
        g, arrays = upstream(self.program, g, arrays)
        graph, data, _ = sized(self.program, arrays)
        made = witness.backward(graph, data, g)
        return {name: made[name] for name in self.inputs if name in made}

    def dottest(self, of: str = "x", *, seed: int = 0, **arrays: npt.ArrayLike) -> AdjointResult:
        """The adjoint test ⟨A v, g⟩ = ⟨v, Aᵀ g⟩ of the operation as a linear map of one tensor."""
        graph, data, _ = sized(self.program, arrays)
        if of not in data:
            raise SymconvError("there is no such tensor", expected=", ".join(data), got=of)
        still = witness.forward(graph, data | {of: np.zeros(data[of].shape)})[graph.output]
        return engine_dottest(
            lambda v: witness.forward(graph, data | {of: v})[graph.output] - still,
            lambda g: witness.backward(graph, data, g)[of],
            data[of].shape,
            still.shape,
            seed=seed,
        )

    # --- notebooks ------------------------------------------------------------------------------

    def _repr_latex_(self) -> str:
        lines = r" \\ ".join(equation_latex(e, self.style) for e in self.program.equations)
        return rf"$\displaystyle {lines}$"

    def _repr_html_(self) -> str:
        blocks = (*definition_blocks(self.program), *size_blocks(self.program))
        return str(BlockWriter().blocks(blocks))
