"""Directives for single topics: box signals, the DFT of a matrix, several witnesses at once."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from symconv import engine, witness
from symconv.checks import agree, run
from symconv.continuous import Boxes, convolve_boxes, riemann_error
from symconv.document import Block, Mark, Math, Paragraph, Table, Text, formula, words
from symconv.errors import SymconvError
from symconv.fourier import dft_diagonal, eigenvalues_of_first_column
from symconv.graph import Graph
from symconv.matrices import linear_map
from symconv.notation import fraction_latex
from symconv.sampling import arrays_for
from symconv.story.state import Directive

RIEMANN = 2e-3


def read_boxes(asked: Directive) -> Boxes:
    """The two intervals of ``:f: 0 2`` and ``:h: 0 1``."""
    ends = []
    for name in ("f", "h"):
        words_ = asked.options.get(name, "").split()
        try:
            start, stop = (Fraction(word) for word in words_)
        except (ValueError, ZeroDivisionError):
            raise SymconvError(
                f":{name}: is an interval",
                expected="two numbers, for example 0 2",
                got=" ".join(words_) or "nothing",
            ) from None
        ends.append((start, stop))
    return convolve_boxes(ends[0], ends[1])


def boxes(asked: Directive) -> tuple[Block, ...]:
    """``{boxes}``: the integral of two box signals, piece by piece."""
    asked.need("f", "h")
    found = read_boxes(asked)
    if riemann_error(found) > RIEMANN:
        raise SymconvError("the pieces differ from the integral")
    rows = [
        ((Math(f"t < {fraction_latex(found.pieces[0].start)}"),), (Math("0"),)),
        *(
            (
                (Math(rf"{fraction_latex(p.start)} \le t \le {fraction_latex(p.stop)}"),),
                (Math(sympy.latex(p.value)),),
            )
            for p in found.pieces
        ),
        ((Math(f"t > {fraction_latex(found.pieces[-1].stop)}"),), (Math("0"),)),
    ]
    caption = f"checked: a midpoint sum of the integral at 61 points, within {RIEMANN:g}"
    return (
        formula(
            r"(f \ast h)(t) = \int_{-\infty}^{\infty} f(\tau) \, h(t - \tau) \, d\tau",
            mark=Mark("definition"),
        ),
        Table((words("where"), (Math(r"(f \ast h)(t)"),)), tuple(rows), "ll", caption),
    )


def dft(asked: Directive) -> tuple[Block, ...]:
    """``{dft} x``: whether the DFT makes the matrix diagonal, and its eigenvalues."""
    asked.need()
    graph = asked.graph()
    of = asked.tensor(graph)
    table = linear_map(graph, of)
    if table.shape[0] != table.shape[1]:
        raise SymconvError(
            "only a square matrix can be made diagonal", got=" x ".join(map(str, table.shape))
        )
    arrays = arrays_for(graph, asked.state.seed)
    dense = np.asarray(table.numpy(**{n: a for n, a in arrays.items() if n != of}), dtype=float)
    found = dft_diagonal(dense)
    if not found.diagonal:
        return (
            Paragraph(
                words(
                    "The DFT does not make this matrix diagonal: beside the diagonal of F A F⁻¹ "
                    "there are entries other than 0."
                )
            ),
        )
    wanted = eigenvalues_of_first_column(dense[:, 0])
    if not np.allclose(found.eigenvalues, wanted, atol=1e-8):
        raise SymconvError("the eigenvalues are not the DFT of the first column")
    shown = r",\; ".join(map(complex_latex, found.eigenvalues))
    mark = Mark("checked", "F A F⁻¹ is diagonal, and its diagonal is the DFT of the first column")
    return (formula(rf"F A F^{{-1}} = \operatorname{{diag}}\left({shown}\right)", mark=mark),)


def complex_latex(value: complex) -> str:
    """A complex number to four digits."""
    real, imaginary = (f"{part:.4g}" for part in (value.real, abs(value.imag)))
    if imaginary == "0":
        return real
    sign = "-" if value.imag < 0 else "+"
    size = "" if imaginary == "1" else imaginary
    if real in ("0", "-0"):
        return f"{'-' if value.imag < 0 else ''}{size}i"
    return f"{real} {sign} {size}i"


def witnesses(asked: Directive) -> tuple[Block, ...]:
    """``{witnesses}``: plain loops, the engine and the formulas, forward and backward."""
    asked.need()
    graph = asked.graph()
    if len(graph.nodes) != 1 or not graph.nodes[0].keyword:
        raise SymconvError(
            "witnesses are called for one operation",
            expected="one of the operations by name, in a spec of one line",
            got=", ".join(node.keyword or f"{node.target}[…]" for node in graph.nodes),
        )
    rows = []
    for what, others in _compared(graph, asked.state.seed):
        names = ", ".join(name for name, _ in others)
        if not all(same for _, same in others):
            raise SymconvError(f"the witnesses disagree about {what}")
        rows.append(((Text(what),), (Text(names),), (Text("equal"),)))
    header = tuple(words(w) for w in ("what", "computed by", "result"))
    return (Table(header, tuple(rows), "lll", "Witnesses"),)


def _compared(graph: Graph, seed: int) -> list[tuple[str, list[tuple[str, bool]]]]:
    (node,) = graph.nodes
    arrays = {n: np.asarray(a, dtype=float) for n, a in arrays_for(graph, seed).items()}
    tensors = [arrays[name] for name in node.tensors]
    options: dict[str, Any] = dict(node.options)
    fast = witness.forward(graph, arrays)[graph.output]
    loops = engine.loops.forward(node.keyword, *tensors, **options)
    forms = run(graph.equations, arrays, {})[graph.output]
    found = [
        (
            "the output",
            [
                ("im2col and a matrix product", True),
                ("nested loops", agree(loops, fast)),
                ("the formula's index arrays", agree(forms, fast)),
            ],
        )
    ]
    g = np.ones(fast.shape)
    slow = engine.loops.backward(node.keyword, g, *tensors, **options)
    made = witness.backward(graph, arrays, g)
    for name, part in zip(node.tensors, slow, strict=True):
        found.append(
            (
                f"the gradient of {name}",
                [("the engine", True), ("nested loops", agree(part, made[name]))],
            )
        )
    return found
