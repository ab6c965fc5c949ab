"""Formulas: what is rendered is right, what can't be is refused by name."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element, fromstring

import pytest
from writer_cases import REFUSED, RIGHT

from symconv.errors import SymconvError
from symconv.writers.latex_math import tex
from symconv.writers.mathml import mathml
from symconv.writers.mathml_check import read
from symconv.writers.measure import formula_width
from symconv.writers.printing import canonical
from symconv.writers.unicode_math import unicode_math

ARITY = {"mfrac": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "mroot": 2, "msqrt": 1}
ARITY |= {"msubsup": 3, "munderover": 3}


def tree(latex: str) -> Element:
    return fromstring(mathml(latex, display=True))


@pytest.mark.parametrize("latex", RIGHT)
def test_mathml_is_well_formed_and_complete(latex: str) -> None:
    for element in tree(latex).iter():
        assert element.tag in (
            *ARITY,
            *("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mstyle"),
            *("mtable", "mtr", "mtd"),
        )
        assert len(element) == ARITY.get(element.tag, len(element))
        assert not re.search(r"[\\&@{]", (element.text or "").replace("{", "", latex.count(r"\{")))


@pytest.mark.parametrize("latex", RIGHT)
def test_the_other_readings_take_it_too(latex: str) -> None:
    assert unicode_math(latex).strip()
    assert formula_width(latex) > 0
    assert canonical(canonical(latex)) == canonical(latex)
    assert tex(latex)


@pytest.mark.parametrize("write", [mathml, unicode_math, tex, formula_width])
@pytest.mark.parametrize(("latex", "said"), REFUSED.items())
def test_refused(latex: str, said: str, write: Callable[[str], object]) -> None:
    with pytest.raises(SymconvError, match=said) as caught:
        write(latex)
    assert caught.value.where == f"formula {latex!r}"


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        ("x_12", "<msub><mi>x</mi><mn>1</mn></msub><mn>2</mn>"),
        ("x_{12}", "<mn>12</mn>"),
        ("x_i'", '<msubsup><mi>x</mi><mi>i</mi><mo lspace="0" rspace="0">′</mo></msubsup>'),
        (r"\max_i x", '<munder><mo movablelimits="true" lspace="0" rspace="0">max</mo>'),
        (r"\sum_k^n", '<munderover><mo movablelimits="true">∑</mo><mi>k</mi><mi>n</mi>'),
        (r"\int_0^1", "<msubsup><mo>∫</mo>"),
        (r"\boldsymbol{w}\mathbf{x}", "<mi>𝒘</mi><mi>𝐱</mi>"),
        (r"\mathbb{1}", "<mn>𝟙</mn>"),
        (r"\bar{x}", '<mover><mi>x</mi><mo stretchy="false">‾</mo></mover>'),
        (r"\lfloor x", '<mo fence="true" stretchy="false" form="prefix">⌊</mo>'),
        (r"\mathrm{pad}", "<mi>pad</mi>"),
        (r"\mathrm{d}", '<mi mathvariant="normal">d</mi>'),
        (r"\boxed{x}", '<mrow class="boxed"><mi>x</mi></mrow>'),
        (r"\text{<img src=x onerror=1> & \{}", "&lt;img src=x onerror=1&gt; &amp; {</mtext>"),
        (r"\log x", '<mi>log</mi><mspace width="0.167em" /><mi>x</mi>'),
        (r"\frac{\partial L}{b}", "<mfrac><mrow><mi>∂</mi><mi>L</mi></mrow><mi>b</mi></mfrac>"),
    ],
)
def test_mathml(latex: str, expected: str) -> None:
    assert expected in mathml(latex)


@pytest.mark.parametrize(
    "xml",
    [
        "<math><mfrac><mi>a</mi></mfrac></math>",
        "<math><msup><mi>a</mi><mi>b</mi><mi>c</mi></msup></math>",
        "<math><mi>&amp;</mi></math>",
        "<math><mi>\\begin</mi></math>",
        "<math><mtext><script/></mtext></math>",
        "<math><script>1</script></math>",
        '<math><mi onclick="x">a</mi></math>',
        '<math><mstyle mathcolor="url(x)"/></math>',
        "<math>loose</math>",
        "<math><mi>a</math>",
    ],
)
def test_what_latex2mathml_may_not_return(xml: str) -> None:
    with pytest.raises(SymconvError, match="MathML"):
        read(xml, "x")


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        ("x_{n,c,i+k}", "x[n,c,i+k]"),
        ("x_{12} + x_k", "x₁₂ + x[k]"),
        ("K_{h}", "K_h"),
        (r"x_{\mathrm{pad}}", "x_pad"),
        (r"\sum_{k=0}^{K-1} a_k", "Σ_{k=0}^{K−1} a[k]"),
        (r"\frac{\partial L}{\partial w_k}", "∂L/∂w[k]"),
        (
            r"\left\lfloor \frac{H+2P-D(K-1)-1}{S} \right\rfloor+1",
            "⌊(H + 2P − D(K − 1) − 1)/S⌋ + 1",
        ),
        (r"\frac{1}{2 N} x", "1/(2N) x"),
        ("a z + b x", "az + bx"),
        ("-2 a b", "−2ab"),
        ("x_{S o + D k - P}", "x[S·o+D·k−P]"),
        ("(H-1) S", "(H − 1)S"),
        (r"A^\top g", "Aᵀ g"),
        ("x^{n+1}", "xⁿ⁺¹"),
        ("e^{z_j}", "e^(z[j])"),
        (r"a \equiv b \pmod{S}", "a ≡ b (mod S)"),
        (r"\hat{x} + \hat{ab}", "x̂ + hat(ab)"),
        (r"\text{if } x \in I", "if x ∈ I"),
        ("-x = -1", "−x = −1"),
        ("H'", "H′"),
    ],
)
def test_unicode(latex: str, expected: str) -> None:
    assert unicode_math(latex) == expected


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"\mathbb{1}[i]", r"\mathbf{1}[i]"),
        (r"\mathbb{Z}", r"\mathbb{Z}"),
        (r"\textcolor{#c0ffee}{x}", r"{\color[HTML]{C0FFEE}x}"),
        (r"\text{50% a_b}", r"\text{50\% a\_b}"),
        ("x ≤ ⌊α⌋", r"x \le \lfloor\alpha\rfloor"),
        ("a−b", "a - b"),
    ],
)
def test_tex(latex: str, expected: str) -> None:
    assert tex(latex) == expected
