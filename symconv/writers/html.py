"""Documents to HTML: one self-contained file a page, whose script is no more than it needs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from symconv.document import Document, Heading, Inline
from symconv.errors import SymconvError
from symconv.values import dataclass
from symconv.writers import fonts, html_scripts, html_slides
from symconv.writers.html_blocks import BlockWriter
from symconv.writers.html_compact import lean
from symconv.writers.html_inlines import inlines
from symconv.writers.links import safe_target

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the book's index: where it is, its title, a sentence, its LaTeX file if any.

    `operations` are those it shows, `marks` how many of its formulas are known in which way.
    """

    href: str
    title: str
    summary: tuple[Inline, ...] = ()
    tex: str = ""
    operations: tuple[str, ...] = ()
    marks: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        for target in (self.href, self.tex):
            if target and safe_target(target) is None:
                raise SymconvError(f"the index can't link to {target!r}")


Facts = Sequence[tuple[str, tuple[Inline, ...]]]


def page(document: Document, *, style: str | None = None) -> str:
    """A document as one HTML5 file; `style` replaces the style sheet."""
    writer = BlockWriter()
    blocks = document.blocks
    match blocks:
        case (Heading(level=1) as first, *_):
            heading, blocks = writer.heading(first), blocks[1:]
        case _:
            heading = Markup("<h1>{}</h1>").format(document.title)
    body = writer.blocks(blocks)
    script = html_scripts.script(writer.scripts)
    facts = _facts(document.facts)
    faces = fonts.rules("".join([heading, body, *(value for _, value in facts)]))
    style_rules = [
        _style(style),
        *([html_slides.rules(writer.steps)] if writer.steps else []),
        faces,
    ]
    return _template("page.j2").render(
        title=document.title,
        policy=_policy(script, faces),
        style=Markup("\n").join(map(Markup, filter(None, style_rules))),
        script=Markup(script),
        heading=heading,
        facts=facts,
        body=lean(body),
    )


def index_page(
    title: str,
    entries: Sequence[Entry],
    facts: Facts = (),
    messages: Sequence[str] = (),
    *,
    style: str | None = None,
) -> str:
    """The book's index; `messages` say what could not be built."""
    script = search_script()
    shown = [(entry, inlines(entry.summary)) for entry in entries]
    faces = fonts.rules("".join(summary for _, summary in shown))
    return _template("index.j2").render(
        title=title,
        policy=_policy(script, faces),
        style=Markup("\n").join(map(Markup, filter(None, [_style(style), faces]))),
        entries=shown,
        facts=_facts(facts),
        messages=messages,
        script=Markup(script),
    )


def navigation(index: str, before: tuple[str, str] | None, after: tuple[str, str] | None) -> str:
    """The links at the foot of a page: to the one before, the book, the one after."""
    parts = [Markup("<span></span>"), Markup('<a href="{}">All notes</a>').format(index)]
    if before is not None:
        parts[0] = Markup('<a rel="prev" href="{}">← {}</a>').format(*before)
    parts.append(Markup("<span></span>"))
    if after is not None:
        parts[2] = Markup('<a rel="next" href="{}">{} →</a>').format(*after)
    inside = Markup("").join(parts)
    return str(Markup('<nav class="book" aria-label="Notes">{}</nav>').format(inside))


@cache
def search_script() -> str:
    """What the index runs: a field that leaves the notes with these words."""
    return files("symconv.writers").joinpath("search.js").read_text(encoding="utf-8").strip()


def _policy(script: str, faces: str) -> str:
    """What a page allows itself: no more than it holds."""
    parts = [POLICY, *([fonts.SOURCES] if faces else [])]
    return "; ".join([*parts, *([html_scripts.allowed(script)] if script else [])])


def _facts(facts: Facts) -> list[tuple[str, Markup]]:
    return [(label, inlines(value)) for label, value in facts]


def _style(style: str | None) -> Markup:
    text = _sheet() if style is None else style
    if "</" in text or "<!--" in text:
        raise SymconvError("a style sheet with </ in it would end before its time")
    return Markup(text)


@cache
def _sheet() -> str:
    text = files("symconv.writers").joinpath("page.css").read_text(encoding="utf-8")
    return "\n".join(line.strip() for line in text.split("\n") if line.strip())


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=PackageLoader("symconv.writers", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(name)
