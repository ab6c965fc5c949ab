"""Directives that compare readings of one operation: exchanged signals, three views."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from symconv.calls import Call
from symconv.checks import agree, cases, check_outputs, require, run
from symconv.closed import closed
from symconv.document import Block, Mark, Paragraph, formula, words
from symconv.errors import SymconvError
from symconv.graph import Graph
from symconv.notation import equation_latex
from symconv.operations.build import build
from symconv.printing import printing_style
from symconv.reindex import eliminate
from symconv.steps import describe_closed, with_auxiliary
from symconv.story.state import Directive, inlines
from symconv.story.sympy_text import equations_sympy
from symconv.terms import Form
from symconv.written import element_symbols, written_out


def commutes(asked: Directive) -> tuple[Block, ...]:
    """``{commutes}``: whether exchanging the two tensors changes the outputs."""
    asked.need()
    graph = asked.graph()
    call = graph.nodes[0].statement
    if len(graph.nodes) != 1 or not isinstance(call, Call) or len(call.tensors) != 2:
        raise SymconvError(
            "only the two tensors of one operation can be exchanged",
            expected="one operation, for example y = convolve(x[5], w[3])",
            got=", ".join(node.keyword or f"{node.target}[…]" for node in graph.nodes),
        )
    other = build(replace(graph.spec, statements=(replace(call, tensors=call.tensors[::-1]),)))
    left, right = (_written(g) for g in (graph, other))
    if left.shape == right.shape and bool(np.all(left == right)):
        text = "the same outputs, compared letter by letter"
    elif left.shape == right.shape and bool(np.all(left == np.flip(right))):
        text = "the same outputs in reversed order, compared letter by letter"
    else:
        text = "other outputs"
    return (Paragraph(words(f"Exchanging the two gives {text}.")),)


def _written(graph: Graph) -> np.ndarray[tuple[int, ...], np.dtype[np.object_]]:
    form = graph.equations[-1]
    assert isinstance(form, Form)
    return np.asarray(written_out(form, element_symbols(graph, only=form.tensors)), dtype=object)


def views(asked: Directive) -> tuple[Block, ...]:
    """``{views}``: a transposed convolution gathered, and as a sum over zero-stuffed input."""
    asked.need()
    graph = asked.graph()
    form = graph.equations[-1]
    made = graph.nodes[0].geometry
    scattered = made is not None and made.transposed and len(graph.equations) == 1
    if not scattered or not isinstance(form, Form) or len(form.terms) != 1:
        raise SymconvError(
            "the views are those of one transposed convolution without bias",
            expected="for example y = conv_transpose1d(x[2], w[3], stride=2)",
            got=", ".join(node.keyword or f"{node.target}[…]" for node in graph.nodes),
        )
    require(check_outputs(graph, seed=asked.state.seed))
    inner = [r.name for r in form.terms[0].sums]
    gathered = eliminate(form, [name for name in inner if name.startswith("i")])
    found = closed(gathered, [name for name in inner if name.startswith("k")])
    style = printing_style(graph)
    programs: list[tuple[Form, ...]] = [(gathered,)]
    if found is not None:
        programs.append((*found.auxiliary, found.form))
    for fixed, sizes, arrays in cases(graph, 4, asked.state.seed):
        wanted = run(fixed.equations, arrays, sizes)[graph.output]
        for program in programs:
            if not agree(run(program, arrays, sizes)[form.name], wanted):
                raise SymconvError("a view differs from the definition")
    mark = Mark("checked", "equal to the definition, exactly, 4 cases")
    source = equations_sympy([gathered])
    blocks: list[Block] = [formula(equation_latex(gathered, style), mark=mark, sympy=source)]
    if found is not None:
        wide = with_auxiliary(style, found)
        text = describe_closed(found, wide).replace("the upstream gradient", "the input")
        source = equations_sympy([*found.auxiliary, found.form])
        blocks.append(formula(equation_latex(found.form, wide), mark=mark, sympy=source))
        blocks.append(Paragraph(inlines(text[0].upper() + text[1:] + ".")))
    return tuple(blocks)
