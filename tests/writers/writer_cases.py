"""One document with every kind of block, for all writers."""

from __future__ import annotations

from symconv.document import (
    Aside,
    Block,
    Code,
    Document,
    Equation,
    Figure,
    Grid,
    Heading,
    Inline,
    ItemList,
    Link,
    Mark,
    Math,
    Paragraph,
    Rule,
    Step,
    Steps,
    Table,
    Text,
    formula,
    words,
)

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10" width="200">'
    '<rect x="1" y="1" width="8" height="8" fill="none" stroke="currentColor"/></svg>'
)
SUMS = r"\sum_{c=0}^{C-1} \sum_{k=0}^{K-1} w_{f,c,k}\, x_{n,c,S o + D k - P}"
LONG = " + ".join(rf"w_{{{i}}} x_{{{i}}}" for i in range(30))
TOEPLITZ = Grid(
    (("y", "z", "0", "0"), ("x", "y", "z", "0"), ("0", "x", "y", "z"), ("0", "0", "x", "y")),
    row_labels=("y_0", "y_1", "y_2", "y_3"),
    column_labels=("a", "b", "c", "d"),
    row_rules=(2,),
    column_rules=(2,),
)
UNICODE = 'Σ ⌊H/2⌋ ≤ − · × α → x₁ é ß “q” 中 "s" <t> \\ { } $ & # _ % ~ ^ | ?` naïve Übung'


def a_row(*cells: str) -> tuple[tuple[Inline, ...], ...]:
    return tuple(words(cell) for cell in cells)


BLOCKS: dict[str, Block] = {
    "heading": Heading(2, words("Definition")),
    "heading of mathematics": Heading(3, (Math(r"\frac{\partial L}{\partial w_k}"),)),
    "paragraph": Paragraph(
        (
            Text("Let "),
            Math(r"0 \le i < N"),
            Text(", strong", "strong"),
            Text(" emph", "emph"),
            Text("x_1 <b> ''", "code"),
            Link(words("a link"), "https://example.org/a_b?x=1&y=2%20#z"),
            Text(UNICODE),
        )
    ),
    "formula": formula(f"y_{{n,f,o}} = b_f + {SUMS}", mark=Mark("definition"), words="y is a sum"),
    "aligned": Equation(
        (
            (("y_o",), (f"= {SUMS}",)),
            (("H'",), (r"= \left\lfloor \frac{H - K}{S} \right\rfloor + 1",)),
            ((), ("+ z",)),
        ),
        mark=Mark("proved", "for all sizes"),
        sympy="Sum(w[k]*x[S*o + k], (k, 0, K - 1))",
    ),
    "matrix": Equation(
        ((("y = A x =", TOEPLITZ, "^\\top", Grid((("a",), ("b",)), bracket="(")),),)
    ),
    "wide matrix": Equation(((("W =", Grid((tuple(f"w_{{{j},0}}" for j in range(30)),))),),)),
    "long": formula(f"y = {LONG}", mark=Mark("refuted", "3 ≠ 4")),
    "steps": Steps(
        (
            Step(r"\frac{\partial L}{\partial w_k}", r"\sum_{o} g_o x_{o+k}", words("chain rule")),
            Step("", LONG, (Text("as "), Math("g")), Mark("checked", "on 40 cases"), r"\equiv"),
        )
    ),
    "table": Table(
        ((Text("size"),), (Math("H"),), (Text(""),)),
        (a_row("[in]", "32", "a"), a_row("out", "16", "b")),
        "lrc",
        "Sizes",
    ),
    "words in a table": Table((), (a_row("long", "word " * 60),)),
    "code": Code("def f(x):\n    return x['a'] <= 3 & \"q\"  # ≤ `t` \\a {} $%~^ -- ,, ?`\n", "py"),
    "figure": Figure(SVG, r"\draw (0,0) rectangle (1,1);", words("A square."), "a square"),
    "figure in words": Figure(SVG, "", (), "a square"),
    "list": ItemList(
        (
            (Paragraph(words("one")),),
            (Paragraph(words("two")), ItemList(((Paragraph(words("a")),),), True, 3)),
        )
    ),
    "note": Aside("note", (Paragraph(words("A note.")),)),
    "warning": Aside("warning", (Paragraph(words("Mind.")), formula("x")), "Careful"),
    "error": Aside("error", (Paragraph(words("No.")),)),
    "quote": Aside("quote", (Paragraph(words("Said.")),)),
    "rule": Rule(),
}
"""Every kind of block at least once."""

SAMPLE = Document(
    "Gradients & <bounds>: 100% of x_1 ≤ ⌊y⌋ – Übung",
    tuple(BLOCKS.values()),
    (("Convention", words("index base 0")), ("Command", (Text("symconv report", "code"),))),
)

RIGHT = r"""
x_12
x_{n,c,S o+D k-P}
x'_i
x^{\prime}
\sum_{k=0}^{K-1} a_k
\sum_{\substack{o,k \\ S o + D k = i}} g_o
\frac{\partial L}{\partial w_k}
\dfrac{a}{b} + \tfrac{a}{b}
\left(\frac{a}{b}\right)^2
\left\lfloor\frac{H + 2P - D(K-1) - 1}{S}\right\rfloor + 1
\left\lceil x \right\rceil + \lfloor H/2 \rfloor + \lceil b \rceil
\bigl(a\bigr) \Bigl[b\Bigr]
a \cdot b \cdots c \ldots d \times e
a \odot b \ast c \star d \circ e
i \in I, a \le b \ge c \ne d
S \mid i, S \nmid i
a \equiv b \pmod{S}, a \bmod S
\mathbb{1}[0 \le i < N]
\mathbb{Z} \mathcal{L} \mathbf{x} \boldsymbol{w} \mathrm{pad} \mathsf{T} \mathtt{ab}
\operatorname{relu}(x) + \operatorname*{argmax}_i x_i
\text{if } x > 0
\max_{i} x_i + \min(0, x) + \log x + \exp(x) + \tanh x
\tilde{x} \hat{x} \bar{x} \vec{x} \dot{x} \overline{ab} \underline{c} \widehat{ab}
\underbrace{a+b}_{n} \overbrace{c}^{m}
\overset{!}{=} \underset{x}{y} \stackrel{a}{=}
\int_{-\infty}^{\infty} f(\tau)\,g(t - \tau)\; d\tau \quad \qquad \: \! x
A^\top g \uparrow \downarrow \Rightarrow \mapsto
\delta_{ij} \alpha \beta \varepsilon \Omega
\textcolor{#c00000}{x+1}
\sqrt{x} \sqrt[3]{x} \binom{n}{k} \boxed{x}
\left\{a\right\} \{a\} |x| \lvert x \rvert \|y\|
\left. f \right|_{x=0}
y ≤ ⌊α⌋ − 1
K_{h} K_{w} x_{\mathrm{pad}}
""".strip().splitlines()
"""Formulas that every writer renders."""

REFUSED = {
    r"\begin{aligned} a &= b \end{aligned}": "begin",
    r"\begin{pmatrix} a \end{pmatrix}": "begin",
    "a & b": "'&'",
    r"a \\ b": "row",
    "$x$": "dollars",
    r"\href{javascript:alert(1)}{x}": "href",
    r"\input{/etc/passwd}": "input",
    r"\write18{id}": "write",
    r"\immediate\write18{id}": "immediate",
    r"\catcode`\%=12": "catcode",
    r"\def\x{1}": "def",
    r"\csname input\endcsname": "csname",
    r"\openin5=x": "openin",
    r"\cancel{x}": "cancel",
    r"\text{\input{x}}": "within words",
    r"\text{a $x$}": "within words",
    r"\mathrm{<img>}": "letters",
    r"\operatorname{a\input b}": "within words",
    "x % y": "'%'",
    "x # y": "'#'",
    "x ~ y": "'~'",
    "x^^5c": "missing|place|two",
    r"x_1_2": "two _|second script|script",
    "{x": "missing",
    "x}": "unmatched",
    r"\left( x": "missing",
    r"\right)": "unmatched",
    r"\left< x \right>": "delimiter",
    r"\frac{a}": "missing",
    r"\textcolor{red}{x}": "colour",
    r"\textcolor{#00000}{x}": "colour",
    r"\bm{ab}": "one letter",
    "中": "no place",
    "{" * 200 + "}" * 200: "deep",
    "\\": "place|missing|dialect",
}
"""Formulas that no writer takes, and what the error says."""
