"""What is a declaration, a formula or code in each host, with its text and its place."""

from __future__ import annotations

import json

import pytest

from symconv.audit.reading import audit_text
from symconv.errors import NoteError
from symconv.syntax.sources import read_source

D, F, C, P = "declaration", "formula", "code", "problem"


def passages(text, path="n.md"):
    return [(p.kind, p.text.strip(), p.line, p.column) for p in read_source(text, path)]


MARKDOWN = [
    ("a $x=1$ b", [(F, "x=1", 1, 4)]),
    ("$ x $", [(F, "x", 1, 3)]),
    ("$5 and $6, or 7 dollars", []),
    ("it costs $5, but $x=1$", [(F, "x=1", 1, 19)]),
    (r"\$x=1\$", []),
    ("`$x=1$` ``a ` $y$``", []),
    ("$`x=1`$", [(F, "x=1", 1, 3)]),
    ("$$x=1$$", [(F, "x=1", 1, 3)]),
    ("$$\nx=1\n$$", [(F, "x=1", 2, 1)]),
    ("text $$x=1$$ text", [(F, "x=1", 1, 8)]),
    (r"\(x=1\) and \[y=2\]", [(F, "x=1", 1, 3), (F, "y=2", 1, 15)]),
    (r"\\(x=1\\) and \\[y=2\\]", [(F, "x=1", 1, 4), (F, "y=2", 1, 18)]),
    ("$x$\n\n$y$", [(F, "x", 1, 2), (F, "y", 3, 2)]),
    ("$x\n\ny$", []),
    ("> $$\n> x=1\n> $$", [(F, "x=1", 2, 3)]),
    ("- item\n\n  $$\n  x=1\n  $$", [(F, "x=1", 4, 3)]),
    ("| a | $x=1$ |\n|---|---|\n| $y$ | |", [(F, "x=1", 1, 8), (F, "y", 3, 4)]),
    ("\\begin{align}\nx &= 1 \\\\\n&= 2\n\\end{align}", [(F, "x &= 1 \\\\\n&= 2", 2, 1)]),
    ("\\begin{gather*}x\\end{gather*}", [(F, "x", 1, 16)]),
    ("$$\\begin{gather}x=1\\end{gather}$$", [(F, "x=1", 1, 17)]),
    ("$$ x = 1 \\tag{2} \\label{a} $$", [(F, "x = 1", 1, 4)]),
    ("$a &lt; b$", [(F, "a <    b", 1, 2)]),
    ("```math\nx=1\n```", [(F, "x=1", 2, 1)]),
    ("```\n$x=1$\n```\n$y$", [(F, "y", 4, 2)]),
    ("~~~~\n$x$\n~~~\n$z$\n~~~~\n$y$", [(F, "y", 6, 2)]),
    ("```\n$x$", []),
    ("<details>\n$$x=1$$\n</details>", [(F, "x=1", 2, 3)]),
    ("<pre>$x$</pre><code>$y$</code> $z$", [(F, "z", 1, 33)]),
    ("<script>$x$</script> $z$", [(F, "z", 1, 23)]),
    ("<!-- symconv: y = f(x) -->", [(D, "y = f(x)", 1, 15)]),
    ("<!--symconv:y = f(x)--> $x$", [(D, "y = f(x)", 1, 13), (F, "x", 1, 26)]),
    ("a <!-- symconv: ignore --> b", [(D, "ignore", 1, 17)]),
    ("<!-- symconv:\n  a\n  b\n-->", [(D, "a\n  b", 2, 3)]),
    ("> - <!-- symconv: a -->", [(D, "a", 1, 19)]),
    ("<!-- $x$ --> <!-- about symconv: --> $y$", [(F, "y", 1, 39)]),
    ("<!-- $x$\n\nnever closed $y$", []),
    ("<!-- symconv: a\n\n$y$", [(P, "<!-- symconv: a\n\n$y$", 1, 1), (F, "y", 3, 2)]),
    ("$$ x = 1\n\ntext $y$", [(P, "$$ x = 1", 1, 1), (F, "y", 3, 7)]),
    ("$$ x\n\n$y$ and $$z$$", [(P, "$$ x", 1, 1), (F, "y", 3, 2), (F, "z", 3, 11)]),
    ("\\begin{align} x", [(P, "\\begin{align} x", 1, 1)]),
    ("```python\na = 1\n```", [(C, "a = 1", 2, 1)]),
    ("```{code-cell} python\na = 1\n```", [(C, "a = 1", 2, 1)]),
    ("```{.python .numberLines}\na = 1\n```", [(C, "a = 1", 2, 1)]),
    ("```js\na = 1\n```", []),
    ("- list\n  ```py\n  a = 1\n    b\n  ```", [(C, "a = 1\n  b", 3, 3)]),
    ("> ```py\n> a = 1\n> ```", [(C, "a = 1", 2, 3)]),
    ("```py\n# symconv: y = f(x)\na = 1\n```", [(D, "y = f(x)", 2, 12), (C, "a = 1", 2, 1)]),
    ("```{operation} A\n:sizes: N=3\ny = f(x)\n```", [(D, "y = f(x)", 3, 1)]),
    ("```{matrix} x\n:of: A\n```", []),
    ("---\na: $x$\n---\n$y$", [(F, "y", 4, 2)]),
    ("$\\newcommand{\\R}{\\mathbb{R}}$\n\n$x \\R$", [(F, "x \\mathbb{R}", 3, 2)]),
    ("", []),
]


@pytest.mark.parametrize(("text", "expected"), MARKDOWN, ids=[repr(row[0]) for row in MARKDOWN])
def test_markdown(text, expected):
    assert passages(text) == expected


TEX = [
    ("a $x=1$ b", [(F, "x=1", 1, 4)]),
    ("$$x=1$$", [(F, "x=1", 1, 3)]),
    (r"\(x=1\) \[y=2\]", [(F, "x=1", 1, 3), (F, "y=2", 1, 11)]),
    (r"100\% of $x$ and \$y\$ \\[4pt]", [(F, "x", 1, 11)]),
    ("% $x$\n$y$", [(F, "y", 2, 2)]),
    ("$x % symconv is great\n+ y$", [(F, "x                   \n+ y", 1, 2)]),
    ("% symconv: y = f(x)", [(D, "y = f(x)", 1, 12)]),
    ("text % symconv: ignore\nmore", [(D, "ignore", 1, 17)]),
    ("  % symconv: y = f(a,\n  %   b); c=1;\n% d=2\n% prose",
     [(D, "y = f(a,\n   b); c=1;\n d=2", 1, 14)]),
    ("% symconv: f(\n% symconv: g", [(D, "f(", 1, 12), (D, "g", 2, 12)]),
    ("\\begin{equation}\nx=1\n\\end{equation}", [(F, "x=1", 2, 1)]),
    ("\\begin{alignat*}{2}x=1\\end{alignat*}", [(F, "x=1", 1, 20)]),
    ("\\begin{eqnarray}x&=&1\\nonumber\\end{eqnarray}", [(F, "x&=&1", 1, 17)]),
    ("\\begin{align}\n% symconv: ignore\nx=1\n\\end{align}",
     [(D, "ignore", 2, 12), (F, "x=1", 3, 1)]),
    ("\\begin{figure}$x$\\end{figure}", [(F, "x", 1, 16)]),
    ("\\begin{verbatim}$x$\\end{verbatim}", []),
    ("\\begin{comment}$x$\\end{comment}$y$", [(F, "y", 1, 33)]),
    ("\\verb|$x$| \\verb*+$x$+ $y$", [(F, "y", 1, 25)]),
    ("\\iffalse $x$ \\fi $y$", [(F, "y", 1, 19)]),
    ("$x$ \\end{document} $y$", [(F, "x", 1, 2)]),
    ("\\newcommand{\\a}{$x$} $y$", [(F, "y", 1, 23)]),
    ("\\newcommand{\\d}[2]{#1/#2} $\\d{x}{y}$", [(F, "x/y", 1, 28)]),
    ("\\newcommand\\d[1]{\\partial#1} $\\d x$", [(F, "\\partial x", 1, 31)]),
    ("\\def\\d#1{[#1]} $\\d{\\d z}$", [(F, "[[z]]", 1, 17)]),
    ("\\DeclareMathOperator{\\conv}{conv} $\\conv x$", [(F, "\\operatorname{conv} x", 1, 36)]),
    ("\\newcommand{\\a}{\\a\\a} $\\b$", [(F, "\\b", 1, 24)]),
    ("\\newcommand{\\d}[1][z]{#1} $\\d{x}$", [(F, "z{x}", 1, 28)]),
    ("\\begin{minted}{python}\na = 1\n\\end{minted}", [(C, "a = 1", 2, 1)]),
    ("\\begin{minted}[linenos]{python}\na = 1\n\\end{minted}", [(C, "a = 1", 2, 1)]),
    ("\\begin{minted}{c}\na = 1\n\\end{minted}", []),
    ("\\begin{lstlisting}[language=Python]\na = 1\n\\end{lstlisting}", [(C, "a = 1", 2, 1)]),
    ("\\begin{lstlisting}[language=C]\na = 1\n\\end{lstlisting}", []),
    ("\\begin{lstlisting}\na = 1\n\\end{lstlisting}", [(C, "a = 1", 2, 1)]),
    ("\\begin{verbatim}\n[[ 0. 1. ]\n a = b c\n\\end{verbatim}", []),
    ("\\lstset{language=Python}\\begin{lstlisting}\nprint 'a'\n\\end{lstlisting}",
     [(C, "print 'a'", 2, 1)]),
    ("$x\n\ny$", [(P, "$x", 1, 1), (P, "$", 3, 2)]),
    ("\\begin{align}\nx=1", [(P, "\\begin{align}", 1, 1)]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), TEX, ids=[repr(row[0]) for row in TEX])
def test_tex(text, expected):
    assert passages(text, "n.tex") == expected


PYTHON = [
    ("a = 1", [(C, "a = 1", 1, 1)]),
    ("# symconv: y = f(x)\na = 1", [(D, "y = f(x)", 1, 12), (C, "a = 1", 1, 1)]),
    ("a = 1\n# symconv: y = f(x)\nb = 2",
     [(C, "a = 1", 1, 1), (D, "y = f(x)", 2, 12), (C, "b = 2", 2, 1)]),
    ("s = '# symconv: a'\nt = \"\"\"\n# symconv: b\n\"\"\"",
     [(C, "s = '# symconv: a'\nt = \"\"\"\n# symconv: b\n\"\"\"", 1, 1)]),
    ("# symconv: f(a,\n#   b)\nc", [(D, "f(a,\n   b)", 1, 12), (C, "c", 1, 1)]),
    ("a = 1  # symconv: y = f(x)\nb",
     [(D, "y = f(x)", 1, 19), (C, "a = 1  # symconv: y = f(x)\nb", 1, 1)]),
    ("def f(x):\n    # symconv: y = g(x)\n    return x",
     [(D, "y = g(x)", 2, 16), (C, "def f(x):\n\n    return x", 1, 1)]),
 
       ("class A:\n    @cached\n    def f(x):\n        '''Words.'''\n        # symconv: y = g(x)\n"
     "        return x",
     [(C, "class A:", 1, 1), (D, "y = g(x)", 5, 20),
      (C, "@cached\ndef f(x):\n    '''Words.'''\n\n    return x", 2, 5)]),
    ("def f(x):\n    a = 1\n    # symconv: y = g(x)\n    b = 2\nc = 3",
     [(C, "def f(x):\n    a = 1", 1, 1), (D, "y = g(x)", 3, 16),
      (C, "b = 2", 3, 5),
      (C, "c = 3", 5, 1)]),
    ("# symconv: expect=refuted", [(D, "expect=refuted", 1, 12)]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), PYTHON, ids=[repr(row[0]) for row in PYTHON])
def test_python(text, expected):
    assert passages(text, "n.py") == expected


def test_what_is_about_one_claim_leaves_the_code_whole():
    text = "for i in r:\n    a = 1\n    # symconv: expect=refuted\n    b = 2"
    (code,) = read_source(text, "n.py")
    (inner,) = code.inner
    assert code.text == "for i in r:\n    a = 1\n\n    b = 2"
    assert (inner.kind, inner.text, inner.line, inner.column) == (D, "expect=refuted", 3, 16)


def test_places_within_a_passage():
    (passage,) = read_source("- list\n  ```py\n  a = 1\n    b\n  ```", "n.md")
    assert passage.place(passage.text.index("a")) == (3, 3)
    assert passage.place(passage.text.index("b")) == (4, 5)


def notebook(*cells, **more):
    made = [{"cell_type": kind, "source": source} for kind, source in cells]
    return json.dumps({"cells": made, "nbformat": 4, **more})


def test_notebook():
    text = notebook(
        ("markdown", ["$x$\n", "\n", "<!-- symconv: y = f(x) -->"]),
        ("raw", "$y$"),
        ("code", "%matplotlib inline\n!ls $x\na = ('%d'\n  % 3)"),
        ("code", "%%bash\necho $x"),
        ("code", ["# symconv: end\n", "b"]),
    )
    got = [(p.kind, p.text, p.cell, p.line, p.column) for p in read_source(text, "n.ipynb")]
    assert got == [
        (F, "x", 1, 1, 2),
        (D, "y = f(x)", 1, 3, 15),
        (C, "pass\npass\na = ('%d'\n  % 3)", 3, 1, 1),
        (D, "end", 5, 1, 12),
        (C, "\nb", 5, 1, 1),
    ]


def test_macros_of_an_earlier_cell():
    text = notebook(("markdown", r"$\newcommand{\R}{r}$"), ("markdown", r"$\R$"))
    assert [(p.text, p.cell) for p in read_source(text, "n.ipynb")] == [("r", 2)]


def test_code_of_another_language_is_not_read():
    text = notebook(("code", "a = 1"), metadata={"kernelspec": {"language": "julia"}})
    assert read_source(text, "n.ipynb") == ()


def test_old_notebooks():
    sheet = {"cells": [{"cell_type": "code", "input": ["a = 1"]}]}
    (code,) = read_source(json.dumps({"worksheets": [sheet]}), "n.ipynb")
    assert (code.text, code.cell) == ("a = 1", 1)


UNREADABLE = [
    ("{", "n.ipynb", "no notebook"),
    ("[" * 100_000, "n.ipynb", "no notebook"),
    ("[]", "n.ipynb", "no notebook"),
    ('{"cells": 3}', "n.ipynb", "no notebook"),
    ('{"cells": [3]}', "n.ipynb", "no notebook"),
    ('{"cells": [{"cell_type": "code", "source": 3}]}', "n.ipynb", "cell 1 has no text"),
    ("a", "n.txt", "not read"),
    ("a" * 6_000_000, "n.md", "too large"),
    ("$x$ " * 30_000, "n.md", "more than"),
    ("# symconv: ignore\n" * 3_000, "n.py", "more than"),
]


@pytest.mark.parametrize(("text", "path", "reason"), UNREADABLE, ids=lambda x: str(x)[:12])
def test_unreadable_files_are_one_clear_error(text, path, reason):
    with pytest.raises(NoteError, match=reason) as caught:
        read_source(text, path)
    assert str(caught.value).startswith(path)


LONG = "y_o = " + " + ".join(["w_0 x_o"] * 400)
TOO_LONG = "y_o = " + " + ".join(["w_0 x_o"] * 2_500)


@pytest.mark.parametrize(
    ("start", "end"),
    [("$", "$"), ("$`", "`$"), ("$$", "$$"), (r"\(", r"\)"), (r"\[", r"\]"), (r"\\[", r"\\]"),
     (r"\begin{align}", r"\end{align}")],
)  # fmt: skip
def test_a_long_formula_is_found_and_one_that_is_too_long_is_reported(start, end):
    assert len(LONG) > 2_000
    assert passages(f"a {start}{LONG}{end} b")[0][:2] == (F, LONG)
    found = passages(f"a {start}{TOO_LONG}{end} $z$")
    assert [(kind, line, column) for kind, _, line, column in found] == [
        (P, 1, 3), (F, 1, 5 + len(start + TOO_LONG + end))
    ]  # fmt: skip
    (first, _) = read_source(f"a {start}{TOO_LONG}{end} $z$", "n.md")
    assert "too long" in first.reason


def test_a_long_formula_is_kept_whole_in_tex_and_notebooks():
    (found,) = passages(f"${TOO_LONG}$", "n.tex")
    assert found[:2] == (F, TOO_LONG)
    cells = [{"cell_type": "markdown", "source": [f"a ${TOO_LONG}$"]}]
    (problem,) = read_source(json.dumps({"cells": cells}), "n.ipynb")
    assert (problem.kind, problem.cell) == (P, 1)


def test_dollars_far_apart_are_money():
    assert passages("it is 5$ " + "and so on " * 300 + "for 6$ more") == []
    assert passages("$5 " + "and so on " * 300 + "or $6") == []


@pytest.mark.parametrize("path", ["n.md", "n.tex", "n.ipynb"])
@pytest.mark.parametrize("length", [1_300, 2_500])
def test_a_formula_that_is_too_long_is_not_understood_in_every_host(path, length):
    comment = "% symconv: {}\n" if path == "n.tex" else "<!-- symconv: {} -->\n\n"
    text = "it is $y_o = " + " + ".join(["w_0 x_o"] * length) + "$ so\n"
    text = comment.format("y = conv1d(x[N], w[K])") + text
    if path == "n.ipynb":
        text = json.dumps({"cells": [{"cell_type": "markdown", "source": text}]})
    (finding,) = audit_text(text, path)
    assert finding.verdict.outcome == "not_understood"
    assert "too long" in finding.verdict.evidence
