"""The command that draws: windows, steps, overlaps, for any geometry."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from symconv.cli.readings import view
from symconv.cli.shared import SPEC_HELP, output_option, spec_arguments, write
from symconv.errors import SymconvError

if TYPE_CHECKING:
    from symconv.graph import Graph

KINDS = ("windows", "steps", "overlap", "graph")
FORMATS = ("svg", "tikz", "pdf", "png", "moving-svg", "gif", "frames")


@click.command(
    help="Draw an operation."
    "\n\n"
    "windows: every step side by side; steps: one picture for each output, with its sum's "
    "elements; overlap: how many products meet in each output; graph: the computation graph.\n"
    f"{SPEC_HELP}",
    epilog="""\b
Examples:
  symconv figure 'y = conv2d(x[4,4], w[3,3])' -o windows.svg
  symconv figure 'y = conv2d(x[5,5], w[3,3], stride=2)' --kind steps --format gif -o a.gif
  symconv figure 'y = conv1d(x[6], w[3], stride=2)' --kind steps --of x --format frames -o slides
""",
)
@spec_arguments
@click.option("--kind", type=click.Choice(KINDS), default="windows", show_default=True)
@click.option("--of", metavar="TENSOR", help="steps: the gradient of this tensor.")
@click.option("--step", metavar="0,1", help="One step alone.")
@click.option("--format", type=click.Choice(FORMATS), default="svg", show_default=True)
@click.option("--grey", is_flag=True, help="Greys that print without colour.")
@click.option("--seconds", type=click.FloatRange(0.05, 60), default=1.0, show_default=True)
@output_option
def figure(
    spec: str,
    sizes: tuple[str, ...],
    kind: str,
    of: str | None,
    step: str | None,
    format: str,
    grey: bool,
    seconds: float,
    output: str | None,
) -> None:
    """Draw an operation."""
    from symconv.exports import pictures

    if of and kind != "steps":
        raise click.UsageError("--of goes with --kind steps")
    svgs, tikz = _drawn(view(spec, sizes).program, kind, of, step)
    if format == "tikz":
        body = "\n\n".join(f"\\begin{{tikzpicture}}\n{t}\n\\end{{tikzpicture}}" for t in tikz)
        write(body + "\n", output)
        return
    plain = [pictures.plain(svg, grey=grey) for svg in svgs]
    if format == "frames":
        _frames(plain, output)
    elif format == "moving-svg":
        write(pictures.moving(plain, seconds), output)
    elif format == "gif":
        write(pictures.to_gif(plain, seconds), output)
    else:
        _single(plain, format, output)


def _single(plain: list[str], format: str, output: str | None) -> None:
    from symconv.exports import pictures

    if len(plain) > 1:
        raise SymconvError(
            f"{len(plain)} pictures do not go into one {format}",
            hint="--step 0,0 for one of them, or --format frames, gif or moving-svg",
        )
    writers = {"svg": lambda svg: svg, "pdf": pictures.to_pdf, "png": pictures.to_png}
    write(writers[format](plain[0]), output)


def _frames(plain: list[str], output: str | None) -> None:
    """Numbered files, for slides."""
    if not output:
        raise click.UsageError("--format frames writes into a folder: -o FOLDER")
    folder = Path(output)
    folder.mkdir(parents=True, exist_ok=True)
    digits = len(str(len(plain)))
    for number, svg in enumerate(plain, 1):
        write(svg, str(folder / f"{number:0{digits}}.svg"))
    click.echo(f"{folder}: {len(plain)} pictures")


def _drawn(
    program: Graph, kind: str, of: str | None, step: str | None
) -> tuple[list[str], list[str]]:
    """SVG and TikZ of each picture."""
    from symconv.figures import flow_figure, overlap_figure, window_figure
    from symconv.flow import operation_flow

    at = _position(step)
    if kind == "steps":
        return _steps(program, of, at)
    if kind == "windows":
        made = window_figure(program, at)
    elif kind == "overlap":
        made = overlap_figure(program)
    else:
        made = flow_figure(operation_flow(program))
    return [made.svg], [made.tikz]


def _steps(
    program: Graph, of: str | None, at: tuple[int, ...] | None
) -> tuple[list[str], list[str]]:
    from symconv.figures import explorer, frames
    from symconv.story.pictures import form_of

    form, title = form_of(program, of or "")
    slides = explorer(program, form, title)
    svgs, tikz = frames(slides), [slide.tikz for slide in slides.slides]
    if at is None:
        return svgs, tikz
    label = ", ".join(map(str, at))
    labels = [slide.label for slide in slides.slides]
    if label not in labels:
        raise SymconvError(
            "there is no such step", expected=f"{labels[0]} to {labels[-1]}", got=label
        )
    place = labels.index(label)
    return [svgs[place]], [tikz[place]]


def _position(step: str | None) -> tuple[int, ...] | None:
    if step is None:
        return None
    try:
        return tuple(int(part) for part in step.split(","))
    except ValueError:
        raise click.UsageError(f"--step is a position such as 0,1, not {step!r}") from None
