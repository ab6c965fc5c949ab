"""HTML, LaTeX and text of each kind of block; what is dangerous stays words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from xml.etree.ElementTree import fromstring

import pytest
from writer_cases import BLOCKS, SAMPLE, SVG, TOEPLITZ, UNICODE

from symconv.document import (
    Aside,
    Block,
    Code,
    Document,
    Equation,
    Figure,
    Grid,
    Heading,
    Link,
    Math,
    Paragraph,
    Table,
    Text,
    formula,
    words,
)
from symconv.errors import SymconvError
from symconv.writers import html, html_scripts, latex, text
from symconv.writers.html_blocks import BlockWriter

VOID = ("meta", "hr", "br")
IMG = "<img src=x onerror=alert(1)>"
TEX_ATTACK = r"\input{/etc/passwd} \write18{id} ^^5cinput $ \end{document}"


class Balance(HTMLParser):
    """Reads a page, noting its elements, its anchors, and tags that do not match."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problems.append(tag)


def looked_at(page: str) -> Balance:
    reader = Balance()
    reader.feed(page)
    assert not reader.problems
    assert not reader.open
    return reader


def page(*blocks: Block, title: str = "T") -> str:
    return html.page(Document(title, blocks))


def test_a_page_is_whole_and_self_contained() -> None:
    written = html.page(SAMPLE)
    seen = looked_at(written).seen
    tags = {tag for tag, _ in seen}
    assert not tags & {"link", "img", "iframe", "object", "form", "base"}
    assert [known for tag, known in seen if tag == "script"] == [{}]
    assert written.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert "default-src &#39;none&#39;" in written
    assert 'name="viewport"' in written
    assert sum(tag == "h1" for tag, _ in seen) == 1
    anchors = [known["id"] for _, known in seen if "id" in known]
    assert len(anchors) == len(set(anchors))
    for _, known in seen:
        assert not [name for name in known if name.startswith("on") or name in ("src", "style")]
        target = known.get("href")
        assert target in (None, "https://example.org/a_b?x=1&y=2%20#z") or target[1:] in anchors


def test_the_mathematics_of_a_page_is_well_formed() -> None:
    found = re.findall(r"<math.*?</math>", html.page(SAMPLE), re.DOTALL)
    assert len(found) == 15
    for item in found:
        fromstring(item)


def test_the_same_document_gives_the_same_bytes() -> None:
    for write in (html.page, latex.article, latex.body, text.plain):
        assert write(SAMPLE) == write(SAMPLE)


@pytest.mark.parametrize("name", BLOCKS)
def test_every_block_has_every_form(name: str) -> None:
    block = BLOCKS[name]
    looked_at(str(BlockWriter().block(block)))
    assert latex.block(block).endswith("\n")
    assert text.block(block)


@pytest.mark.parametrize(
    ("name", "in_html", "in_latex", "in_text"),
    [
        ("heading", '<h2 id="definition">Definition</h2>', r"\section*{Definition}", "──────────"),
        ("heading of mathematics", '<span class="hidden">∂L/∂w[k]</span>', "$", "∂L/∂w[k]"),
        ("formula", 'aria-label="y is a sum"', r"\symmark{definition}", "    [definition]"),
        ("aligned", '<mtd class="r">', r"\begin{align*}", "\n         + z"),
        ("aligned", "for all sizes</small>", "proved: for all sizes", "[proved: for all sizes]"),
        (
            "aligned",
            "Sum(w[k]*x[S*o + k], (k, 0, K - 1))",
            r"& = \left\lfloor",
            "H′ = ⌊(H − K)/S⌋ + 1",
        ),
        (
            "matrix",
            '<mtd class="bracket square left top">',
            r"\symgrid{[}{]}{1}",
            "y₀ ⎡ y  z  │ 0  0 ⎤",
        ),
        ("matrix", '<mtd class="zero above">', r"\hline", "⎢──────"),
        (
            "steps",
            "<b>2.</b></a> as <math>",
            r"\symstep{2}as $g$",
            "2. as g  [checked: on 40 cases]",
        ),
        ("table", '<th scope="col" class="r">', r"\begin{tabular}{lrc}", "size   H"),
        ("words in a table", '<td class="l">long</td>', r"\linewidth}", "long  word"),
        ("code", "&lt;= 3 &amp; &#34;q&#34;", r"\char38{}", "    def f(x):"),
        ("figure", '<svg role="img" aria-label="a square"', "tikzpicture", "[figure: a square]"),
        ("figure in words", "<figure>", r"\emph{a square}", "[figure: a square]"),
        ("list", '<ol start="3">', r"\item[3.]", "  3. a"),
        ("note", '<div class="aside note" role="note">', r"\begin{symaside}{Note}", "│ Note"),
        ("warning", '<p class="title">Careful</p>', "{Careful}", "│ Careful"),
        ("quote", "<blockquote>", r"\begin{symaside}{}", "│ Said."),
        ("rule", "<hr>", r"\symrule", "────"),
    ],
)
def test_blocks(name: str, in_html: str, in_latex: str, in_text: str) -> None:
    block = BLOCKS[name]
    assert in_html in BlockWriter().block(block)
    assert in_latex in latex.block(block)
    assert in_text in text.block(block)


def test_a_matrix_in_a_terminal() -> None:
    shown = text.block(Equation(((("y =", TOEPLITZ, "+ b"),),)))
    assert [line.rstrip() for line in shown.split("\n")] == [
        "             a  b    c  d",
        "        y₀ ⎡ y  z  │ 0  0 ⎤",
        "        y₁ ⎢ x  y  │ z  0 ⎥",
        "    y =    ⎢──────────────⎥ + b",
        "        y₂ ⎢ 0  x  │ y  z ⎥",
        "        y₃ ⎣ 0  0  │ x  y ⎦",
    ]


ATTACKS: list[Block] = [
    Paragraph(words(IMG)),
    Paragraph((Text(IMG, "code"), Text(IMG, "strong"))),
    Paragraph((Math(r"\text{<img src=x onerror=alert(1)>}"),)),
    Paragraph((Link(words("x"), "javascript:alert(1)"),)),
    Paragraph((Link(words("x"), " JaVaScRiPt:alert(1)"),)),
    Paragraph((Link(words("x"), "data:text/html,<script>"),)),
    Paragraph((Link(words("x"), '" onclick="alert(1)'),)),
    Paragraph((Link(words("x"), "//evil.example/x"),)),
    Paragraph((Link(words("x"), "java\nscript:alert(1)"),)),
    Heading(2, words(IMG), anchor='"><img>'),
    Code(IMG + "</code></pre>", language='"><img>'),
    Aside("note", (), title=IMG),
    Table((words(IMG),), ((words(IMG),),), caption=IMG),
    formula("x", words='"><img>', sympy=IMG),
    Figure(SVG, "", words(IMG), '"><img>'),
]


@pytest.mark.parametrize("block", ATTACKS, ids=str)
def test_nothing_dangerous_in_a_page(block: Block) -> None:
    ours = {html_scripts.script(["copy"]), ""}
    written = page(block, title=IMG + "</title>")
    assert {text.strip() for text in re.findall(r"<script>(.*?)</script>", written, re.S)} <= ours
    for tag, known in looked_at(written).seen:
        assert tag != "img"
        assert not [name for name in known if name.startswith("on")]
        assert known.get("href", "#")[:1] == "#"


@pytest.mark.parametrize(
    "block",
    [
        Paragraph(words(TEX_ATTACK)),
        Paragraph((Text(TEX_ATTACK, "code"), Text(TEX_ATTACK, "emph"))),
        Code(TEX_ATTACK),
        Heading(1, words(TEX_ATTACK)),
        Aside("note", (), TEX_ATTACK),
        Table((), ((words(TEX_ATTACK),),), caption=TEX_ATTACK),
        Figure(SVG, "", words(TEX_ATTACK), TEX_ATTACK),
        Paragraph((Link(words(TEX_ATTACK), "https://x.org/}\\input{y"),)),
    ],
    ids=str,
)
def test_nothing_dangerous_in_latex(block: Block) -> None:
    written = latex.article(Document(TEX_ATTACK, (block,), ((TEX_ATTACK, words(TEX_ATTACK)),)))
    start = written.index(r"\hypersetup")
    assert not re.search(r"\\(?:input|write)", written[start:])
    assert written.count(r"\end{document}") == 1
    assert "^^" not in written[start:]


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        ("https://a.b/c?d=e#f", True),
        ("mailto:a@b.c", True),
        ("notes/a.html#x", True),
        ("#x", True),
        ("../a.tex", True),
        ("ftp://a.b", False),
        ("vbscript:x", False),
        ("//a.b", False),
        ("", False),
    ],
)
def test_links(target: str, kept: bool) -> None:
    block = Paragraph((Link(words("x"), target),))
    assert ("href" in page(block)) == kept
    assert (r"\href" in latex.block(block)) == kept


@pytest.mark.parametrize(
    "svg",
    [
        "<svg><script>1</script></svg>",
        '<svg onload="x"></svg>',
        '<svg><a href="https://a.b">x</a></svg>',
        '<svg><image href="x.png"/></svg>',
        '<svg><rect fill="url(https://a.b)"/></svg>',
        "<svg><foreignObject/></svg>",
        "<p>x</p>",
        "<svg>",
    ],
)
def test_pictures_that_are_more_than_pictures(svg: str) -> None:
    with pytest.raises(SymconvError, match="picture"):
        page(Figure(svg, "", (), "words"))


def test_a_picture_needs_words() -> None:
    with pytest.raises(SymconvError, match="words"):
        page(Figure(SVG, "", (), ""))


@pytest.mark.parametrize(
    ("grid", "said"),
    [
        (Grid(()), "0 rows"),
        (Grid((("a",), ("b", "c"))), "2 rows"),
        (Grid((("a",),), row_labels=("x", "y")), "2 row labels for 1"),
        (Grid((("a",),), column_labels=("x", "y")), "2 column labels for 1"),
        (Grid((("a",),), bracket="<"), "bracket"),
    ],
)
def test_a_matrix_that_does_not_fit(grid: Grid, said: str) -> None:
    equation = Equation((((grid,),),))
    for write in (BlockWriter().block, latex.block, text.block):
        with pytest.raises(SymconvError, match=said):
            write(equation)


def test_a_table_that_does_not_fit() -> None:
    table = Table((words("a"), words("b")), ((words("c"),),))
    for write in (BlockWriter().block, latex.block, text.block):
        with pytest.raises(SymconvError, match="2 columns"):
            write(table)


def test_an_unknown_block_raises() -> None:
    @dataclass
    class Unknown:
        text: str = ""

    for write in (BlockWriter().block, latex.block, text.block):
        with pytest.raises(AssertionError):
            write(Unknown())  # type: ignore[arg-type]


def test_long_formulas_are_broken_before_signs() -> None:
    lines = text.block(BLOCKS["long"]).split("\n")
    assert max(map(len, lines)) <= text.COLUMNS
    assert lines[0].lstrip().startswith("y = w₀ x₀ + ")
    assert lines[1].lstrip().startswith("+ ")
    assert BlockWriter().block(BLOCKS["long"]).count("<mtr>") == 3
    assert r"\begin{align*}" in latex.block(BLOCKS["long"])


def test_anchors_are_unique_and_wanted_ones_kept() -> None:
    two = page(Heading(2, words("Ä b")), Heading(2, words("a b")), formula("x"), formula("y"))
    found = [known["id"] for _, known in looked_at(two).seen if "id" in known]
    assert found == ["a-b", "a-b-2", "eq-1", "eq-2"]


def test_the_first_heading_is_the_title() -> None:
    written = page(Heading(1, words("Own")), Paragraph(words("p")), title="Tab")
    assert "<title>Tab</title>" in written
    assert '<h1 id="own">Own</h1>' in written
    assert written.count("<h1") == 1


def test_index_page() -> None:
    entries = [
        html.Entry("a.html", IMG, (Text("About "), Math("x_k")), "a.tex"),
        html.Entry("b.html", "B"),
    ]
    written = html.index_page("The <book>", entries, [("Seed", words("0"))], ["n.md:3: <x> is bad"])
    reader = looked_at(written)
    assert [known["href"] for tag, known in reader.seen if tag == "a"] == [
        *("a.html", "a.tex", "b.html")
    ]
    assert "n.md:3: &lt;x&gt; is bad" in written
    assert "<img" not in written


def test_an_index_links_nowhere_else() -> None:
    with pytest.raises(SymconvError, match="javascript"):
        html.Entry("javascript:alert(1)", "x")


def test_a_style_sheet_can_not_end_its_element() -> None:
    assert "\np { color: red }" in html.page(SAMPLE, style="p { color: red }").split("</style>")[0]
    with pytest.raises(SymconvError, match="style"):
        html.page(SAMPLE, style="</style><script>")


def test_control_characters_do_not_reach_the_terminal() -> None:
    shown = text.plain(Document("a\x1b[2J", (Paragraph(words("b\x07")), Code("c\x1b]0;x"))))
    assert not set(shown) & {"\x1b", "\x07"}


def test_latex_spells_every_character() -> None:
    written = latex.block(Paragraph((Text(UNICODE), Text(UNICODE, "code"))))
    assert written.isascii()
    assert r"U+4E2D" in written
