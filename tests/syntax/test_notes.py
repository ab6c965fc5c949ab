"""Notes: what Markdown becomes, and where each mistake is reported."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from symconv.document import (
    Aside,
    Code,
    Document,
    Equation,
    Grid,
    Heading,
    ItemList,
    Link,
    Math,
    Paragraph,
    Rule,
    Table,
    Text,
)
from symconv.errors import NoteError
from symconv.syntax.notes import Comment, Directive, parse_note
from symconv.writers import html, latex, text


def blocks(markdown: str):
    """The blocks after a title on line 1."""
    return parse_note(f"# T\n\n{markdown}", "n.md").blocks[1:]


P = Paragraph
GOLDEN = [
    ("words", (P((Text("words"),)),)),
    ("two\nlines", (P((Text("two lines"),)),)),
    ("one\\\ntwo", (P((Text("one"),)), P((Text("two"),)))),
    ("one  \ntwo", (P((Text("one"),)), P((Text("two"),)))),
    ("*a* **b** `c`", (P((Text("a", "emph"), Text(" "), Text("b", "strong"), Text(" "),
                          Text("c", "code"))),)),
    ("***a***", (P((Text("a", "strong"),)),)),
    (r"cost \$5, \*no\* &amp; $x_1$", (P((Text("cost $5, *no* & "), Math("x_1"))),)),
    ("from $5 to $6", (P((Text("from $5 to $6"),)),)),
    ("[a *b*](http://c.org)", (P((Link((Text("a "), Text("b", "emph")), "http://c.org"),)),)),
    ("[next](06-transposed.md#sizes)", (P((Link((Text("next"),), "06-transposed.html#sizes"),)),)),
    ("![a cat](cat.png)", (P((Link((Text("a cat"),), "cat.png"),)),)),
    ("[![a](b.png)](c.html)", (P((Link((Text("a"),), "c.html"),)),)),
    ("[x]: http://r.org\n\n[x]", (P((Link((Text("x"),), "http://r.org"),)),)),
    ("## S $x$", (Heading(2, (Text("S "), Math("x"))),)),
    ("# again", (Heading(2, (Text("again"),)),)),
    ("###### deep", (Heading(4, (Text("deep"),)),)),
    ("> q\n> r", (Aside("quote", (P((Text("q r"),)),)),)),
    ("- a\n  - b\n- c", (ItemList(((P((Text("a"),)), ItemList(((P((Text("b"),)),),))),
                                   (P((Text("c"),)),))),)),
    ("3. a\n4. b", (ItemList(((P((Text("a"),)),), (P((Text("b"),)),)), True, 3),)),
    ("***", (Rule(),)),
    ("| a | b | c |\n|:-:|--:|---|\n| 1 | $2$ | |",
     (Table(((Text("a"),), (Text("b"),), (Text("c"),)),
            (((Text("1"),), (Math("2"),), ()),), "crl"),)),
    ("```python\nx = 1\n\n```", (Code("x = 1\n\n", "python"),)),
    ("    indented", (Code("indented\n"),)),
    ("$$\ny = x\n$$", (Equation(((("y = x",),),)),)),
    ("$$y = x$$ (my eq)", (Equation(((("y = x",),),), anchor="my-eq"),)),
    ("$$\ny &= 1 \\\\\n  &= 2\n$$", (Equation(((("y ",), ("= 1 ",)), ((), ("= 2",)))),)),
    ("so $$y = x$$ holds", (P((Text("so"),)), Equation(((("y = x",),),)), P((Text("holds"),)))),
    ("so\n$$\ny = x\n$$", (P((Text("so"),)), Equation(((("y = x\n",),),)))),
    ("$$A = \\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix} x$$",
     (Equation(((("A = ", Grid((("a", "b"), ("c", "d")), bracket="("), "x"),),)),)),
    ("$$\\begin{aligned} y &= 1 \\\\ &= 2 \\end{aligned}$$",
     (Equation(((("y ",), ("= 1 ",)), ((), ("= 2 ",)))),)),
    ("$$\\sum_{\\substack{i \\\\ j}} x$$", (Equation(((("\\sum_{\\substack{i \\\\ j}} x",),),)),)),
    ("<b>x</b>", (P((Text("<b>x</b>"),)),)),
    ("<div>\n*x*\n</div>", (Code("<div>\n*x*\n</div>", "html"),)),
    ("a <!-- b --> c", (P((Text("a  c"),)),)),
    ("<!-- b\n\nc -->", ()),
]  # fmt: skip


@pytest.mark.parametrize(("markdown", "expected"), GOLDEN, ids=[repr(g[0]) for g in GOLDEN])
def test_golden(markdown, expected):
    found = blocks(markdown)
    assert found == expected
    document = Document("T", found)
    assert html.page(document)
    assert latex.article(document)
    assert text.plain(document)


NOTE = """\
# Convolution as a *matrix* $A_x$

<!-- seed: 3 -->
Words <!-- inside
two --> here.

```{matrix} x  of y
:padded: true
:empty:

y = conv1d(x[4],
           w[3])

```

~~~~{gradient}
~~~~
"""


def test_note():
    note = parse_note(NOTE, "d/n.md")
    assert note.title == "Convolution as a matrix A_x"
    assert note.lines == (1, 4, 7, 16)
    assert note.comments == (Comment("seed: 3", 3), Comment("inside\ntwo", 4))
    assert note.blocks[2:] == (
        Directive(
            "matrix",
            "x  of y",
            {"padded": "true", "empty": ""},
            "y = conv1d(x[4],\n           w[3])",
            line=7,
            body_line=11,
        ),
        Directive("gradient", line=16, body_line=17),
    )


def test_line_endings_do_not_matter():
    assert parse_note(NOTE.replace("\n", "\r\n"), "d/n.md") == parse_note(NOTE, "d/n.md")


MALFORMED = [
    ("", 1, "starts with its title"),
    ("words\n\n# T", 1, "starts with its title"),
    ("## T", 1, "starts with its title"),
    ("---\ntitle: T\n---\n# T", 1, "starts with its title"),
    ("# T\n\n```{matrix x\n```", 3, "not a directive"),
    ("# T\n\n```{} x\n```", 3, "not a directive"),
    ("# T\n\n```{Matrix}x\n```", 3, "not a directive"),
    ("# T\n\n```{matrix} x\ny = f(x)", 3, "never closed"),
    ("# T\n\n```python\nx = 1\n\nmore words", 3, "never closed"),
    ("# T\n\n```{matrix} x\n:padded true\n```", 4, "not an option"),
    ("# T\n\n```{matrix} x\n:a: 1\n:a: 2\n```", 5, "given twice"),
    ("# T\n\n```{matrix} x\ny = f(x)\n:padded: true\n```", 5, "after the body"),
    ("# T\n\n- a\n\n  ```{matrix} x\n  ```", 5, "inside a list"),
    ("# T\n\n> ```{matrix} x\n> ```", 3, "inside a list"),
    ("# T\n\nwords\n\n<!-- never closed\n", 5, "comment is never closed"),
    ("# T\n\nfine\nand $\\frobnicate$", 4, "frobnicate"),
    ("# T\n\n$$\ny = {x\n$$", 3, "formula"),
    ("# T\n\nso\n$" + "{" * 4900 + "}" * 4900 + "$", 4, "nested too deeply"),
    ("# T\n\n$$" + "{" * 9000 + "$$", 3, "nested too deeply"),
    ("# T\n\n$$\ny = x", 3, r"$$ has no partner"),
    ("# T\n\n$$\na & b & c\n$$", 3, "too many &"),
    ("# T\n\n$$\n\\begin{cases} a \\end{cases}\n$$", 3, "cases"),
    ("# T\n\n$$\n\\begin{bmatrix} a & b \\\\ c \\end{bmatrix}\n$$", 3, "matrix"),
    ("# T\n\n$$\n\\begin{bmatrix} a\n$$", 3, "no partner"),
    ("# T\n\na\x1b[31m", 3, "control character, U+001B"),
    ("# T\n\n" + "> " * 45 + "x", 3, "nested too deeply"),
    ("# T\n\n" + "- " * 300 + "x", 3, "nested too deeply"),
    ("# T\n\n" + "![" * 20_000, 3, "paragraph is too long"),
    ("# T\n" + "x\n\n" * 1_000_000, 1, "too large"),
    ("# T\n" + "```{a}\n```\n" * 501, 1002, "more than 500 directives"),
]


@pytest.mark.parametrize(("note", "line", "message"), MALFORMED, ids=[m[2] for m in MALFORMED])
def test_malformed(note, line, message):
    with pytest.raises(NoteError) as caught:
        parse_note(note, "d/n.md")
    assert message in caught.value.message
    assert caught.value.where == f"d/n.md:{line}"
    assert "\n" not in str(caught.value)


INJECTIONS = [
    "<script>alert(1)</script>",
    "a <img src=x onerror=alert(1)> b",
    "[x](javascript:alert(1))",
    "[x](<data:text/html,<script>alert(1)</script>>)",
    "![x](javascript:alert(1))",
    '[x](http://a"onclick="alert(1))',
    "# <svg onload=alert(1)>",
    r"$\text{<script>alert(1)</script>}$",
    "```html\n</pre></code><script>alert(1)</script>\n```",
    "| <script>alert(1)</script> |\n|-|\n| <script>alert(1)</script> |",
    "<!--><script>alert(1)</script>-->",
]


class Tags(HTMLParser):
    """Collects every tag and attribute of a page."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, attrs))


@pytest.mark.parametrize("markdown", INJECTIONS)
def test_injection(markdown):
    try:
        page = html.page(Document("T", blocks(markdown)))
    except NoteError as error:
        assert "n.md:3" in str(error)
        return
    tags = Tags()
    tags.feed(page.partition("<body>")[2])
    assert "main" in [tag for tag, _ in tags.found]
    for tag, attributes in tags.found:
        assert tag not in ("script", "img", "svg", "iframe")
        for name, value in attributes:
            assert not name.startswith("on")
            assert name != "href" or value.startswith(("http:", "https:"))


def test_raw_tex_stays_words():
    page = latex.article(Document("T", blocks(r"\input{/etc/passwd} `\write18{ls}` 100% & #1")))
    assert "\\input{/etc" not in page
    assert "\\write18" not in page
