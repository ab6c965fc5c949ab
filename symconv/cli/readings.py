"""The commands that read one operation: derive, matrix, graph, size, code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from symconv.cli.shared import SPEC_HELP, output_option, read_spec, spec_arguments, write

if TYPE_CHECKING:
    from symconv.api import Operation
    from symconv.document import Block, Document
    from symconv.graph import Graph

MATRIX_FORMATS = (
    "text", "latex", "tikz", "typst", "markdown", "html", "svg", "json", "csv", "npz", "npy",
    "scipy", "matrix-market", "matlab", "julia", "mathematica", "sympy", "torch",
)  # fmt: skip
PAGE_FORMATS = ("text", "latex", "html")
FRAMEWORKS = ("numpy", "torch", "jax", "scipy", "matlab")


def view(spec: str, sizes: tuple[str, ...]) -> Operation:
    """The operation that SPEC [N=4 …] names."""
    from symconv.api import operation
    from symconv.syntax.sizes import parse_sizes

    return operation(read_spec(spec)).at(**parse_sizes(sizes))


def program(spec: str, sizes: tuple[str, ...]) -> Graph:
    """Its graph alone, for what needs none of the readings: neither NumPy nor SymPy is loaded."""
    from symconv.operations.build import build
    from symconv.syntax.spec_plain import parse_plain

    text = read_spec(spec)
    read = parse_plain(text)
    if read is None:
        from symconv.syntax.spec import parse

        read = parse(text)
    made = build(read)
    if not sizes:
        return made
    from symconv.fixing import fix_sizes
    from symconv.syntax.sizes import parse_sizes

    return fix_sizes(made, parse_sizes(sizes))


def page(document: Document, format: str) -> str:
    """A document in one of `PAGE_FORMATS`."""
    if format == "html":
        from symconv.writers import html

        return html.page(document)
    if format == "latex":
        from symconv.writers import latex

        return latex.article(document)
    from symconv.writers import text

    return text.plain(document)


page_format = click.option(
    "--format", type=click.Choice(PAGE_FORMATS), default="text", show_default=True
)


@click.command(
    help=f"Derive the gradients of an operation, step by step.\n{SPEC_HELP}",
    epilog="""\b
Examples:
  symconv derive 'y = conv1d(x[N], w[K], stride=2, padding=P)' --of w
  symconv derive 'y = conv1d(x[N], w[K])' N=5 K=3 --format html -o page.html
""",
)
@spec_arguments
@click.option("--of", metavar="TENSOR", help="Only the gradient of this tensor.")
@page_format
@output_option
def derive(
    spec: str, sizes: tuple[str, ...], of: str | None, format: str, output: str | None
) -> None:
    """Print the definition and the derivation of each gradient."""
    from symconv.document import Document, Heading, Math, Text
    from symconv.gradients import backward, upstream_names
    from symconv.names import latex_name
    from symconv.story.formulas import definition_blocks, steps_block

    program = view(spec, sizes).program
    made = {form.name for form in backward(program)}
    upstream = upstream_names(program)
    tensors = [of] if of else [t.name for t in program.inputs if upstream[t.name] in made]
    blocks: list[Block] = [*definition_blocks(program)]
    for name in tensors:
        title = (Text("The gradient with respect to "), Math(latex_name(name)))
        blocks += [Heading(2, title), steps_block(program, name)]
    write(page(Document("Derivation", tuple(blocks)), format), output)


@click.command(
    help=f"Print the matrix A with y = A · vec(TENSOR).\n{SPEC_HELP}",
    epilog="""\b
Examples:
  symconv matrix 'y = conv1d(x=[a,b,c,d], w=[x,y,z], padding=1)' --of x
  symconv matrix 'y = conv2d(x[4,4], w[3,3])' --of w --format npz -o A.npz
""",
)
@spec_arguments
@click.option("--of", required=True, metavar="TENSOR", help="The tensor that A multiplies.")
@click.option("--padded", is_flag=True, help="Columns for the padded input.")
@click.option("--format", type=click.Choice(MATRIX_FORMATS), default="text", show_default=True)
@click.option("--labels", is_flag=True, help="LaTeX: with the labels of rows and columns.")
@click.option("--coloured", is_flag=True, help="LaTeX: a colour for each letter.")
@click.option("--truncate", type=int, default=0, metavar="N", help="LaTeX: dots beyond N rows.")
@output_option
def matrix(
    spec: str,
    sizes: tuple[str, ...],
    of: str,
    padded: bool,
    format: str,
    labels: bool,
    coloured: bool,
    truncate: int,
    output: str | None,
) -> None:
    """Print or write a matrix."""
    from symconv.exports import export

    map = view(spec, sizes).map(of, padded=padded)
    shown = export(map, format, labels=labels, coloured=coloured, truncate=truncate)
    write(shown, output)


@click.command(
    help=f"Print the computation graph, with what flows forward and back.\n{SPEC_HELP}",
    epilog="""\b
Examples:
  symconv graph 'y = conv1d(x=[1,2,3], w=[4,5])' --level scalar
  symconv graph 'y = conv1d(x[4], w[3])' --level scalar --format svg -o graph.svg
""",
)
@spec_arguments
@click.option(
    "--level", type=click.Choice(("scalar", "operation")), default="operation", show_default=True
)
@click.option(
    "--format", type=click.Choice(("text", "json", "svg")), default="text", show_default=True
)
@output_option
def graph(spec: str, sizes: tuple[str, ...], level: str, format: str, output: str | None) -> None:
    """Print or draw a computation graph."""
    import json

    from symconv.figures import flow_svg

    flow = view(spec, sizes).graph(level)
    if format == "svg":
        write(flow_svg(flow), output)
    elif format == "json":
        write(json.dumps(flow.json(), ensure_ascii=False, indent=1) + "\n", output)
    else:
        write(flow.text().rstrip("\n") + "\n", output)


@click.command(
    help=f"Print output sizes: formula and number.\n{SPEC_HELP}",
    epilog="""\b
Examples:
  symconv size 'y = conv1d(x[N], w[K], stride=2, padding=P)'
  symconv size 'y = conv2d(x[3,32,32], w[1,3,5,5], padding=2)'
""",
)
@spec_arguments
@page_format
@output_option
def size(spec: str, sizes: tuple[str, ...], format: str, output: str | None) -> None:
    """Print output sizes."""
    from symconv.document import Document
    from symconv.outputs import size_blocks

    blocks = size_blocks(program(spec, sizes))
    write(page(Document("Output size", blocks), format), output)


@click.command(
    help=f"Print code for the forward and the backward pass.\n{SPEC_HELP}",
    epilog="""\b
NumPy's code is written from the formulas and knows every operation.  The others are the
framework's own calls; the head of each says what differs (flip, layout, padding).
Examples:
  symconv code 'y = conv1d(x[N], w[K], stride=2, padding=P)' > layer.py
  symconv code 'y = conv2d(x[N,C,H,W], w[F,C,3,3], b[F], padding="same")' --for torch
""",
)
@spec_arguments
@click.option(
    "--for",
    "framework",
    type=click.Choice(FRAMEWORKS),
    default="numpy",
    show_default=True,
    help="Whose calls.",
)
@output_option
def code(spec: str, sizes: tuple[str, ...], framework: str, output: str | None) -> None:
    """Print generated code."""
    from symconv.codegen.frameworks import code_for

    write(code_for(view(spec, sizes).program, framework).rstrip("\n") + "\n", output)
