"""A page as data: about a dozen kinds of block, which the writers render and nothing else knows.

Mathematics is LaTeX in a small dialect (one formula per string, no environments): rows, matrices
and aligned steps are blocks of their own, so that no writer has to parse a table out of LaTeX.
"""

from __future__ import annotations

from typing import TypeAlias

from symconv.values import dataclass

# --- inside a line ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """Words; `style` is "", "emph", "strong" or "code"."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Math:
    """Mathematics within a line."""

    latex: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link; writers keep only http, https, mailto and relative targets."""

    inlines: tuple[Inline, ...]
    target: str


Inline: TypeAlias = "Text | Math | Link"

# --- how a formula is known ---------------------------------------------------------------------

KNOWN = (
    "definition",
    "proved",
    "exact",
    "checked",
    "finite difference",
    "refuted",
    "not checked",
)
"""The levels a mark can name; never a bare tick."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How a formula is known: one of `KNOWN`, and what exactly was done."""

    level: str
    detail: str = ""

    def __post_init__(self) -> None:
        if self.level not in KNOWN:
            raise ValueError(f"not a level of knowledge: {self.level!r}")

    def __str__(self) -> str:
        return f"{self.level}: {self.detail}" if self.detail else self.level


# --- blocks -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Grid:
    """A matrix within a formula: LaTeX entries, optional labels, "[" "(" "|" or "" as bracket.

    `lines_before` are columns and rows (counted from 0) before which a thin rule separates blocks.
    """

    entries: tuple[tuple[str, ...], ...]
    row_labels: tuple[str, ...] = ()
    column_labels: tuple[str, ...] = ()
    bracket: str = "["
    row_rules: tuple[int, ...] = ()
    column_rules: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """Something that a page offers to save: its name, what kind of file it is, its bytes."""

    name: str
    label: str
    media: str
    content: bytes


Piece: TypeAlias = "str | Grid"
Cell: TypeAlias = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 4."""

    level: int
    inlines: tuple[Inline, ...]
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    inlines: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Equation:
    """Displayed mathematics: rows of cells, aligned before each cell's relation sign.

    A row of one cell is centred; in rows of two, the first is right-aligned and the second, which
    starts with the relation sign, left-aligned.  `words` say the formula for those who listen;
    `files` is what a page offers to save.
    """

    rows: tuple[tuple[Cell, ...], ...]
    mark: Mark | None = None
    words: str = ""
    sympy: str = ""
    anchor: str = ""
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a derivation: ``left = right`` because of `reason`."""

    left: str
    right: str
    reason: tuple[Inline, ...]
    mark: Mark | None = None
    relation: str = "="
    sympy: str = ""


@dataclass(frozen=True, slots=True)
class Steps:
    """Aligned steps, numbered, each with its reason."""

    steps: tuple[Step, ...]
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of inline cells; `align` holds "l", "c" or "r" for each column."""

    header: tuple[tuple[Inline, ...], ...]
    rows: tuple[tuple[tuple[Inline, ...], ...], ...]
    align: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """A listing."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture: SVG for pages, TikZ (the inside of a tikzpicture) for TeX, words for listeners.

    Pages show besides, on demand, the sums of a matrix's `rows`, the `nodes` of a graph, and
    `parts`: pictures of what the first one folds together.
    """

    svg: str
    tikz: str
    caption: tuple[Inline, ...]
    words: str
    rows: Rows | None = None
    nodes: tuple[tuple[str, str], ...] = ()
    parts: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a matrix as sums: ``head = Σ terms`` for each, of `whole` in all.

    `columns` is how many columns the matrix has, which says where its cells are in the picture.
    """

    rows: tuple[tuple[str, tuple[str, ...]], ...]
    whole: int
    columns: int


@dataclass(frozen=True, slots=True)
class Slide:
    """One step of `Slides`: the picture's own marks, and the sum ``head = Σ terms``.

    `relation` is what stands instead of the equals sign where the terms go to different places.
    Marks that carry ``data-t="3"`` belong to term 3; `tikz` is the whole picture.
    """

    label: str
    svg: str
    tikz: str
    words: str
    head: str
    terms: tuple[str, ...]
    relation: str = "="


@dataclass(frozen=True, slots=True)
class Slides:
    """A picture in steps: what all of them show (`base`), and what each one adds.

    `columns` is how many steps stand in a row of the switch, `whole` how many steps there are in
    all, of which `slides` may be the first.
    """

    title: str
    base: str
    width: float
    height: float
    slides: tuple[Slide, ...]
    columns: int
    caption: tuple[Inline, ...] = ()
    whole: int = 0


@dataclass(frozen=True, slots=True)
class ItemList:
    """A bulleted or numbered list of blocks."""

    items: tuple[tuple[Block, ...], ...]
    ordered: bool = False
    start: int = 1


@dataclass(frozen=True, slots=True)
class Aside:
    """Blocks set apart: "note", "good", "warning", "error" or "quote"."""

    kind: str
    blocks: tuple[Block, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A thematic break."""


Block: TypeAlias = (
    "Heading | Paragraph | Equation | Steps | Table | Code | Figure | Slides | ItemList | Aside "
    "| Rule"
)


@dataclass(frozen=True, slots=True)
class Document:
    """A page: title, facts about how it was made (label, text), and blocks."""

    title: str
    blocks: tuple[Block, ...]
    facts: tuple[tuple[str, tuple[Inline, ...]], ...] = ()


def words(text: str) -> tuple[Inline, ...]:
    """Plain words as inlines."""
    return (Text(text),)


def formula(latex: str, *, mark: Mark | None = None, words: str = "", sympy: str = "") -> Equation:
    """One displayed formula on one line."""
    return Equation((((latex,),),), mark=mark, words=words, sympy=sympy)
