"""Pictures for other programs: plain SVG, PDF and PNG through Typst, moving SVG and GIF.

Pages colour their pictures by CSS variables; a file on its own has its colours in it, or greys
that differ in lightness, for printers without colour.
"""

from __future__ import annotations

import importlib
import io
import re
from collections.abc import Sequence
from typing import Any

from symconv.errors import SymconvError

GREYS = {
    "#71757a": "#888888",
    "#2d78bc": "#404040",
    "#8860c8": "#6a6a6a",
    "#b2600a": "#1c1c1c",
    "#228356": "#000000",
    "#cf4342": "#505050",
}
"""A grey for every colour of the pictures, darkest where the eye should go."""
SECONDS = 1.0
SCALE = 2.0
_VARIABLE = re.compile(r"var\(--[\w-]+,\s*(#[0-9a-fA-F]{6})\)")
_HEAD = re.compile(r"<svg[^>]*>")


def plain(svg: str, *, grey: bool = False) -> str:
    """The picture with its colours in it, on white."""
    made = _VARIABLE.sub(r"\1", svg).replace("currentColor", "#000000")
    if grey:
        for colour, shade in GREYS.items():
            made = made.replace(colour, shade)
    found = _HEAD.search(made)
    if found is None:
        raise SymconvError("this is no SVG", where="figure")
    white = '<rect width="100%" height="100%" fill="#ffffff"/>'
    return made[: found.end()] + white + made[found.end() :]


def to_pdf(svg: str) -> bytes:
    """One page as large as the picture."""
    return _typst(svg, "pdf", 144.0)


def to_png(svg: str, scale: float = SCALE) -> bytes:
    """A bitmap, `scale` pixels to each unit of the picture."""
    return _typst(svg, "png", 96.0 * scale)


def _typst(svg: str, format: str, ppi: float) -> bytes:
    compiler = _library("typst", "figures")
    quoted = svg.replace("\\", "\\\\").replace('"', '\\"')
    source = (
        "#set document(date: none)\n#set page(width: auto, height: auto, margin: 0pt)\n"
        f'#image(bytes("{quoted}"), format: "svg")\n'
    )
    try:
        made = compiler.compile(source.encode(), format=format, ppi=ppi)
    except compiler.TypstError as error:
        raise SymconvError(f"Typst refuses the picture: {error}", where="figure") from error
    assert isinstance(made, bytes)
    return made


def to_gif(frames: Sequence[str], seconds: float = SECONDS, scale: float = 1.0) -> bytes:
    """The frames one after another, for ever."""
    images = _library("PIL.Image", "figures")
    shown = [images.open(io.BytesIO(to_png(frame, scale))).convert("RGB") for frame in frames]
    size = (max(i.width for i in shown), max(i.height for i in shown))
    first, *rest = (image.resize(size) for image in shown)
    out = io.BytesIO()
    first.save(
        out, "GIF", save_all=True, append_images=rest, duration=round(1000 * seconds), loop=0
    )
    return out.getvalue()


def _library(name: str, extra: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        hint = f"pip install 'symconv[{extra}]'"
        raise SymconvError(f"{name} is not installed", where="figure", hint=hint) from error


def moving(frames: Sequence[str], seconds: float = SECONDS) -> str:
    """One SVG that shows the frames in turn; it stands still where motion is not wanted."""
    head = _HEAD.search(frames[0])
    if head is None:
        raise SymconvError("this is no SVG", where="figure")
    total = seconds * len(frames)
    share = 100 / len(frames)
    rules = [
        f".f{{visibility:hidden;animation:s {total:g}s step-end infinite}}",
        f"@keyframes s{{0%{{visibility:visible}}{share:.4f}%{{visibility:hidden}}}}",
        *(f".f{n}{{animation-delay:{n * seconds - total:g}s}}" for n in range(len(frames))),
        "@media (prefers-reduced-motion:reduce){.f{animation:none}.f0{visibility:visible}}",
    ]
    inner = [
        frame[frame.index(">", frame.index("<svg")) + 1 : frame.rindex("</svg>")]
        for frame in frames
    ]
    groups, shared = _apart(inner)
    moved = [f'<g class="f f{number}">{own}</g>' for number, own in enumerate(groups)]
    style = f"<style>{''.join(rules)}</style>"
    return "\n".join([f"{head[0]}{style}", *moved, shared, "</svg>", ""])


def _apart(frames: Sequence[str]) -> tuple[list[str], str]:
    """What each frame has of its own, and the last group if all of them end in the same one."""
    cuts = [frame.rfind("<g>") for frame in frames]
    ends = {frame[cut:] for frame, cut in zip(frames, cuts, strict=True)}
    if len(ends) != 1 or min(cuts) < 0 or frames[0][cuts[0] :].count("</g>") < 1:
        return list(frames), ""
    return [frame[:cut] for frame, cut in zip(frames, cuts, strict=True)], ends.pop()
