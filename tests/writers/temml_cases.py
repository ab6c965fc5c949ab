"""Formulas that are compared with what temml makes of them."""

from __future__ import annotations

from writer_cases import RIGHT

OUTSIDE = ("y ≤ ⌊α⌋ − 1",)
"""Written in Unicode, which temml reads in its own way."""
MORE = (
    r"O_h = \left\lfloor \frac{H + 2P - K_h}{S} \right\rfloor + 1",
    r"\frac{\partial L}{\partial x_{n,c,i}} = \sum_{f=0}^{F-1} \sum_{k=0}^{K-1} g_{n,f,i-k} w_{k}",
    r"\Sigma \langle A x, g \rangle, f \colon a \to b",
    r"(f * h)(t) = \int_{-\infty}^{\infty} f(\tau) h(t-\tau) d\tau",
    r"\hat{g}_{i} = \sum_{o} g_o \left[ i = S o \right]",
)
FORMULAS = [*(line for line in RIGHT if line not in OUTSIDE), *MORE]

SETTLED = {
    r"\mathbb{Z} \mathcal{L} \mathbf{x} \boldsymbol{w} \mathrm{pad} \mathsf{T} \mathtt{ab}": (
        "typewriter letters are one word here, two letters there"
    ),
    r"\tilde{x} \hat{x} \bar{x} \vec{x} \dot{x} \overline{ab} \underline{c} \widehat{ab}": (
        "a line above or below is a border here, menclose there, which MathML Core lacks"
    ),
    r"\sqrt{x} \sqrt[3]{x} \binom{n}{k} \boxed{x}": (
        "a box is a border in the style sheet here, in a style attribute there"
    ),
}
"""Trees that differ, and why both are right."""
PICTURED = {
    r"\tilde{x} \hat{x} \bar{x} \vec{x} \dot{x} \overline{ab} \underline{c} \widehat{ab}": (
        *("height",),
        "marks stand higher here: as accents browsers set them through the letter",
    ),
    r"\sum_{\substack{o,k \\ S o + D k = i}} g_o": (
        *("height",),
        "the lines below a sum stand as close here as TeX sets them, wider apart there",
    ),
    r"A^\top g \uparrow \downarrow \Rightarrow \mapsto": (
        *("width",),
        "arrows that follow each other keep their space here, and lose it there",
    ),
}
"""In what the pictures differ, and why that is well."""
