"""A graph as a Python module: forward, backward, and what both of them need."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from symconv.codegen.body import HELPED, INDENT, Body
from symconv.codegen.docs import heading
from symconv.codegen.equations import write_equation
from symconv.codegen.program import Program, program_of, reads
from symconv.codegen.source import source
from symconv.graph import Graph
from symconv.index import Symbol

HELPERS = {
    "relu": ('"""The positive part."""', "return np.maximum(v, 0)"),
    "step": ('"""1 where v is positive, else 0."""', "return np.where(v > 0, 1, 0)"),
    "sigmoid": ('"""The logistic function."""', "return 1 / (1 + np.exp(-v))"),
}


def codegen(graph: Graph) -> str:
    """A Python module with ``forward`` and ``backward``; it imports NumPy and nothing else.

    ``forward(x, w, b)`` returns the graph's output and ``backward(g, x, w, b)`` the gradient of
    every input by name, g being the gradient with respect to the output (the last argument, 1 by
    default, where the output is a number).  Sizes that are symbols are read off the arrays; the
    symbols that no shape shows are keyword arguments.  A name that Python or NumPy has taken gets
    an underscore.
    """
    program = program_of(graph)
    functions = [_intermediate(program)] if program.kept else []
    functions += [_forward(program), _backward(program)]
    helpers = [_helper(name) for name in HELPED if name in _words(functions)]
    return (
        "\n\n\n".join([_head(graph, _words([*helpers, *functions])), *helpers, *functions]) + "\n"
    )


# --- functions ----------------------------------------------------------------------------------


def _body(program: Program) -> Body:
    return Body(program.names.local(), program.sizes, program.least, program.inner)


def _forward(program: Program) -> str:
    body = _body(program)
    _call_intermediate(program, body, reads(program.rest) | {program.output[0]})
    for equation in program.rest:
        write_equation(body, equation)
    result = body.tensor(program.output[0])
    body.line(f"return {result}")
    doc = heading(f"The output {result}.", program.forward, body, program.inputs, program.output)
    return _function(program, "forward", _arguments(program, body), doc, body)


def _intermediate(program: Program) -> str:
    body = _body(program)
    for equation in program.shared:
        write_equation(body, equation)
    returned = [body.tensor(name) for name in program.returned]
    body.line(f"return {', '.join(returned)}")
    arguments, keywords = _shared_arguments(program)
    inputs = [item for item in program.inputs if body.tensor(item[0]) in arguments]
    summary = f"What forward and backward share: {', '.join(returned)}."
    doc = heading(summary, program.shared, body, inputs, None)
    return _function(program, "intermediate", arguments, doc, body, keywords)


def _call_intermediate(program: Program, body: Body, needed: set[str]) -> None:
    returned = program.returned
    if not returned:
        return
    left = [body.tensor(n) if n in needed else "_" for n in returned]
    arguments, keywords = _shared_arguments(program)
    given = ", ".join([*arguments, *(f"{name}={name}" for name in keywords)])
    body.line(f"{', '.join(left)} = intermediate({given})")


def _backward(program: Program) -> str:
    body = _body(program)
    _call_intermediate(program, body, reads(program.backward))
    shapes = {name: body.tensor(name) for name, _ in program.inputs}
    of = {gradient: shapes.get(name, "") for name, gradient in program.gradients.items()}
    for form in program.backward:
        write_equation(body, form, of.get(form.name, ""))
    made = {form.name for form in program.backward}
    upstream = body.tensor(program.upstream or "g")
    scale = "" if program.upstream else f"{upstream} * "
    entries = [
        f'"{name}": {scale}{body.tensor(gradient)}'
        if gradient in made
        else f'"{name}": np.zeros(np.shape({shapes[name]}))'
        for name, gradient in program.gradients.items()
    ]
    body.line(f"return {{{', '.join(entries)}}}")
    doc = heading(
        f"The gradients of {', '.join(shapes.values())}, given {upstream} for "
        f"{body.tensor(program.output[0])}.",
        program.backward,
        body,
        program.inputs,
        (program.upstream, program.output[1]) if program.upstream else None,
    )
    arguments = _arguments(program, body)
    head = [*arguments, f"{upstream}=1.0"] if not program.upstream else [upstream, *arguments]
    return _function(program, "backward", head, doc, body)


def _arguments(program: Program, body: Body) -> list[str]:
    return [body.tensor(name) for name, _ in program.inputs]


def _shared_arguments(program: Program) -> tuple[list[str], list[str]]:
    """The arguments of ``intermediate``: what its body reads, and no more."""
    body = _body(program)
    for equation in program.shared:
        write_equation(body, equation)
    used = _words([*_sizes(program, body), *body.lines])
    return (
        [name for name in _arguments(program, body) if name in used],
        [name for name in program.keywords if name in used],
    )


def _function(
    program: Program,
    name: str,
    arguments: Sequence[str],
    doc: Sequence[str],
    body: Body,
    keywords: Sequence[str] | None = None,
) -> str:
    named = program.keywords if keywords is None else keywords
    lines = [f"def {name}({', '.join([*arguments, *(['*', *named] if named else [])])}):", *doc]
    return "\n".join([*lines, *_sizes(program, body), *body.lines])


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in re.findall(r"\w+", text)}


def _sizes(program: Program, body: Body) -> list[str]:
    """Read the sizes that the body uses off the arrays, then work out the others."""
    needed = _words(re.sub("#.*", "", line) for line in body.lines)
    formulas: list[str] = []
    for name in reversed(program.sizes.values()):
        if name in needed:
            inside = _formula(program, name)
            needed |= _words([inside])
            formulas.insert(0, f"{INDENT}{name} = {inside}")
    lines: list[str] = []
    known: set[str] = set()
    for tensor, shape in program.inputs:
        found: list[str] = []
        for size in shape:
            new = isinstance(size, Symbol) and str(size) in needed - known - set(found)
            found.append(str(size) if new else "_")
        known |= set(found)
        lines += _unpacked(body.tensor(tensor), found)
    return lines + formulas


def _unpacked(tensor: str, found: Sequence[str]) -> list[str]:
    """``N, C, H, W = x.shape``, in the shortest way."""
    places = [place for place, name in enumerate(found) if name != "_"]
    if not places:
        return []
    if len(found) == 1:
        return [f"{INDENT}{found[0]} = len({tensor})"]
    if len(places) == 1:
        return [f"{INDENT}{found[places[0]]} = {tensor}.shape[{places[0]}]"]
    return [f"{INDENT}{', '.join(found)} = {tensor}.shape"]


def _formula(program: Program, name: str) -> str:
    """The formula of a size in terms of the sizes that are named before it."""
    order = list(program.sizes.items())
    place = [known for _, known in order].index(name)
    earlier = Body(program.names.local(), dict(order[:place]), program.least, ())
    return source(earlier.size(order[place][0]))


def _helper(name: str) -> str:
    return "\n".join([f"def {name}(v):", *(INDENT + line for line in HELPERS[name])])


def _head(graph: Graph, used: set[str]) -> str:
    """The module's docstring, the text it was made from, and its one import."""
    listed = [
        "# " + "".join(c if c.isprintable() else " " for c in line)
        for line in graph.spec.source.splitlines()
        if line.strip()
    ]
    head = ['"""Forward and backward pass in NumPy, generated by symconv."""', "", *listed]
    if "np" not in used:
        return "\n".join(head)
    return "\n".join([*head, *([""] if listed else []), "import numpy as np"])
