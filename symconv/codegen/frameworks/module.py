"""A Python module out of pieces: its docstring, imports, helpers, forward and backward."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence

from symconv.calls import Definition
from symconv.codegen.frameworks.parts import Piece, Plan, Scene, broken, words
from symconv.codegen.frameworks.words import CALLED, sentences
from symconv.errors import SymconvError
from symconv.graph import Graph
from symconv.index import Symbol
from symconv.values import dataclass

INDENT = "    "


@dataclass(frozen=True, slots=True)
class Framework:
    """What a module in one framework needs: rules by keyword, imports and helpers by name.

    `autograd` holds the lines that differentiate ``forward``; ``{leaves}`` are the inputs,
    ``{keywords}`` what else forward takes, ``{names}`` the names in the result.  A framework
    without it has one backward, of calls.
    """

    name: str
    rules: Mapping[str, Callable[..., Piece]]
    imports: Mapping[str, str]
    zeros: str
    helpers: Mapping[str, str]
    autograd: str = ""

    @property
    def taken(self) -> tuple[str, ...]:
        """The names that tensors and sizes must keep clear of."""
        return (*self.imports, *self.helpers, "backward_by_calls", "leaves", "found", "pull", "v")


def plan(scene: Scene, rules: Mapping[str, Callable[..., Piece]], called: str) -> Plan:
    """Every node as a piece.

    Errors: `SymconvError` for what the framework cannot say.
    """
    graph = scene.graph
    upstream = {graph.output: scene.fresh("g")}
    for node in graph.nodes[:-1]:
        upstream[node.target] = scene.fresh(f"d{node.target}")
    pieces = []
    for node in graph.nodes:
        if isinstance(node.statement, Definition) or node.keyword not in rules:
            own = "a sum of one's own" if isinstance(node.statement, Definition) else node.keyword
            raise SymconvError(
                f"{called} has no call for {own}", where=node.target, hint="--for numpy"
            )
        pieces.append(rules[node.keyword](scene, node, upstream[node.target]))
    return Plan(scene, tuple(pieces), upstream)


def module(graph: Graph, framework: Framework) -> str:
    """The graph as a module of `framework`."""
    called = CALLED[framework.name]
    scene = Scene(graph, framework.taken)
    made = plan(scene, framework.rules, called)
    functions = [_forward(made)]
    if framework.autograd:
        functions.append(_autograd(made, framework, called))
    by_calls = not framework.autograd or any(piece.own for piece in made.pieces)
    if by_calls:
        functions.append(_by_calls(made, framework, called))
    helpers = needed_helpers(functions, framework.helpers)
    head = _head(made, framework, called, [*helpers, *functions])
    return "\n\n\n".join([head, *helpers, *functions]) + "\n"


def gradient_lines(made: Plan, end: str = "") -> tuple[list[str], dict[str, str]]:
    """The lines of the backward pass, and the gradients' names by tensor."""
    known = {made.graph.output: made.upstream[made.graph.output]}
    lines: list[str] = []
    for node, piece in reversed(list(zip(made.graph.nodes, made.pieces, strict=True))):
        if node.target not in known:
            continue
        lines += [line + end for line in piece.before]
        for tensor, gradient in zip(node.tensors, piece.gradients, strict=True):
            old = known.get(tensor)
            name = old or made.upstream.get(tensor) or made.scene.fresh(f"d{tensor}")
            known[tensor] = name
            lines.append(f"{name} = {f'{old} + ({gradient})' if old else gradient}{end}")
    return lines, known


def needed_forward(made: Plan, wanted: set[str]) -> list[str]:
    """The forward lines that make what is wanted, and what they need in turn."""
    wanted = set(wanted)
    lines: list[str] = []
    for piece in reversed(made.pieces):
        for line in reversed(piece.forward):
            if line.split(" = ")[0] in wanted:
                lines.insert(0, line)
                wanted |= words([line])
    return lines


# --- functions ----------------------------------------------------------------------------------


def _forward(made: Plan) -> str:
    body = [line for piece in made.pieces for line in piece.forward]
    result = made.scene.tensor(made.graph.output)
    body.append(f"return {result}")
    return _function(made, "forward", _inputs(made), f"The output {result}.", body)


def _autograd(made: Plan, framework: Framework, called: str) -> str:
    names = [f'"{tensor.name}"' for tensor in made.graph.inputs]
    given = "".join(f", {name}={name}" for name in keywords(made, _all_lines(made)))
    body = framework.autograd.format(
        leaves=", ".join(_inputs(made)) + "," * (len(names) == 1),
        keywords=given,
        names=", ".join(names) + "," * (len(names) == 1),
        g=made.upstream[made.graph.output],
    ).splitlines()
    doc = f"The gradients by {called}'s automatic differentiation."
    return _function(made, "backward", _seeded(made), doc, body, sizes=False)


def _by_calls(made: Plan, framework: Framework, called: str) -> str:
    back, known = gradient_lines(made)
    body = [*needed_forward(made, words(back)), *back]
    entries = [
        f'"{t.name}": {known.get(t.name) or framework.zeros.format(made.scene.tensor(t.name))}'
        for t in made.graph.inputs
    ]
    body.append(f"return {{{', '.join(entries)}}}")
    name = "backward_by_calls" if framework.autograd else "backward"
    doc = f"The gradients by {called}'s own calls, without automatic differentiation."
    if not all(piece.own for piece in made.pieces):
        doc = f"The gradients by {called}'s own calls; automatic differentiation where it has none."
    return _function(made, name, _seeded(made), doc, body)


def _function(
    made: Plan,
    name: str,
    arguments: Sequence[str],
    doc: str,
    body: Sequence[str],
    *,
    sizes: bool = True,
) -> str:
    named = keywords(made, _all_lines(made))
    head = f"def {name}({', '.join([*arguments, *(['*', *named] if named else [])])}):"
    lines = [*(shape_lines(made, body, "{0} = {1}.shape[{2}]", 0) if sizes else []), *body]
    shown = [part for line in lines for part in broken(line, INDENT)]
    return "\n".join([*broken(head, ""), f'{INDENT}"""{doc}"""', *shown])


def _inputs(made: Plan) -> list[str]:
    return [made.scene.tensor(tensor.name) for tensor in made.graph.inputs]


def _seeded(made: Plan) -> list[str]:
    """The arguments of a backward: g first, or last and 1 where the output is a number."""
    g = made.upstream[made.graph.output]
    scalar = made.graph.shapes[made.graph.output] == ()
    return [*_inputs(made), f"{g}=1.0"] if scalar else [g, *_inputs(made)]


def _all_lines(made: Plan) -> list[str]:
    found: list[str] = []
    for piece in made.pieces:
        found += [*piece.forward, *piece.before, *piece.gradients]
    return found


def keywords(made: Plan, lines: Sequence[str]) -> list[str]:
    """The sizes that no input's shape shows and that some line uses."""
    shown = {size for tensor in made.graph.inputs for size in tensor.shape}
    used = words(lines)
    return [
        str(new)
        for old, new in made.scene.sizes.items()
        if Symbol(old) not in shown and str(new) in used
    ]


def shape_lines(made: Plan, body: Sequence[str], line: str, first: int) -> list[str]:
    """Read the sizes that the body uses off the inputs."""
    needed = words(body)
    found: dict[str, str] = {}
    for tensor in made.graph.inputs:
        for place, size in enumerate(tensor.shape):
            name = str(made.scene.sizes[str(size)]) if isinstance(size, Symbol) else ""
            if name in needed and name not in found:
                found[name] = line.format(name, made.scene.tensor(tensor.name), place + first)
    return list(found.values())


# --- the head -----------------------------------------------------------------------------------


def needed_helpers(texts: Sequence[str], helpers: Mapping[str, str]) -> list[str]:
    """The helpers that are used, by the texts or by one another."""
    used = words(texts)
    for _ in helpers:
        used |= words(helpers[name] for name in used & helpers.keys())
    return [text for name, text in helpers.items() if name in used]


def remarks(made: Plan, framework: str) -> list[str]:
    """What differs, and what the pieces had to say."""
    own = [note for piece in made.pieces for note in piece.notes]
    return list(dict.fromkeys([*sentences(made.graph, framework), *own]))


def spec_lines(graph: Graph) -> list[str]:
    """The spec's lines, with nothing in them that could end a comment."""
    source = graph.spec.source
    return [
        "".join(c if c.isprintable() else " " for c in line)
        for line in source.splitlines()
        if line.strip()
    ]


def _head(made: Plan, framework: Framework, called: str, texts: Sequence[str]) -> str:
    lines = [f'"""Forward and backward pass in {called}, generated by symconv.', ""]
    for note in remarks(made, framework.name):
        lines += textwrap.wrap(note, 96, initial_indent="- ", subsequent_indent="  ")
    lines[-1:] = [lines[-1], '"""'] if lines[-1] else ['"""']
    used = words(texts)
    imports = [text for name, text in framework.imports.items() if text and name in used]
    spec = [f"# {line}" for line in spec_lines(made.graph)]
    return "\n".join([*lines, "", *spec, *([""] if spec else []), *imports])
