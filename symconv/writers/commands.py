r"""The LaTeX dialect as tables: every command a formula may use, and what it stands for.

What is not here is refused by every writer, which also keeps TeX's primitives (``\input``,
``\write``, ``\def``, ``\catcode`` …) out of anything that is compiled.
"""

from __future__ import annotations

from typing import NamedTuple


class Symbol(NamedTuple):
    """The Unicode character or word of a command, and how it behaves in a row.

    `kind`: "ord" (letters), "op" (binary), "rel", "big" (takes limits), "int" (an integral),
    "name" (log, exp), "limit" (max, min: limits below), "open", "close", "fence", "punct".
    """

    text: str
    kind: str


def _table(kind: str, pairs: str) -> dict[str, Symbol]:
    words = pairs.split()
    return {name: Symbol(text, kind) for name, text in zip(words[::2], words[1::2], strict=True)}


GREEK = _table(
    "ord",
    """alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι
    kappa κ lambda λ mu μ nu ν xi ξ pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ
    phi ϕ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ
    Phi Φ Psi Ψ Omega Ω""",
)

LETTERS = _table(
    "ord",
    """partial ∂ nabla ∇ infty ∞ ell ℓ emptyset ∅ varnothing ∅ forall ∀ exists ∃ neg ¬ lnot ¬ top ⊤
    bot ⊥ prime ′ cdots ⋯ ldots … dots … dotsc … dotsb ⋯
    vdots ⋮ ddots ⋱ % % _ _ # # Re ℜ Im ℑ square □ angle ∠""",
)

OPERATORS = _table(
    "op",
    """cdot · times × div ÷ pm ± mp ∓ ast ∗ star ⋆ circ ∘ bullet ∙ odot ⊙ oplus ⊕ otimes ⊗ ominus ⊖
    cup ∪ cap ∩ setminus ∖ wedge ∧ land ∧ vee ∨ lor ∨ dagger † bmod mod""",
)

RELATIONS = _table(
    "rel",
    """le ≤ leq ≤ ge ≥ geq ≥ lt < gt > ne ≠ neq ≠ ll ≪ gg ≫ equiv ≡ approx ≈ sim ∼ simeq ≃ cong ≅
    propto ∝ in ∈ ni ∋ notin ∉ subset ⊂ subseteq ⊆ supset ⊃ supseteq ⊇ mid ∣ nmid ∤ parallel ∥
    perp ⊥ to → rightarrow → leftarrow ← gets ← leftrightarrow ↔ longrightarrow ⟶ mapsto ↦
    longmapsto ⟼ Rightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔ implies ⟹ iff ⟺ coloneqq ≔ colon :
    uparrow ↑ downarrow ↓ updownarrow ↕""",
)

BIG = _table("big", "sum ∑ prod ∏ bigcup ⋃ bigcap ⋂ bigoplus ⨁ bigotimes ⨂ bigwedge ⋀ bigvee ⋁")
INTEGRALS = _table("int", "int ∫ iint ∬ oint ∮")
LIMITS = _table("limit", "max max min min sup sup inf inf lim lim gcd gcd det det")
NAMES = _table(
    "name",
    """log log ln ln exp exp sin sin cos cos tan tan sinh sinh cosh cosh tanh tanh arg arg dim dim
    deg deg ker ker""",
)

FENCES = {
    **_table("open", "lfloor ⌊ lceil ⌈ langle ⟨ lbrace { { { lbrack [ lvert | lVert ‖"),
    **_table("close", "rfloor ⌋ rceil ⌉ rangle ⟩ rbrace } } } rbrack ] rvert | rVert ‖"),
    **_table("fence", "vert | Vert ‖ | ‖"),
}

DELIMITERS = {
    **{sign: sign for sign in "()[]|/"},
    **{"\\" + name: symbol.text for name, symbol in FENCES.items()},
    "\\uparrow": "↑",
    "\\downarrow": "↓",
    ".": "",
}
r"""What may follow ``\left``, ``\right``, ``\bigl``, as written, and the sign it stands for."""

SYMBOLS: dict[str, Symbol] = {
    **GREEK,
    **LETTERS,
    **OPERATORS,
    **RELATIONS,
    **BIG,
    **INTEGRALS,
    **LIMITS,
    **NAMES,
    **FENCES,
}

CHARACTERS: dict[str, str] = {
    **dict.fromkeys("+-*/", "op"),
    **dict.fromkeys("=<>:", "rel"),
    **dict.fromkeys("([", "open"),
    **dict.fromkeys(")]", "close"),
    **dict.fromkeys(",;", "punct"),
    "|": "fence",
    **dict.fromkeys(".!?", "ord"),
}
"""The plain characters besides letters and digits, and their kinds."""

SPACES = {",": " ", ":": " ", ">": " ", ";": " ", "!": "", " ": " ", "quad": "  ", "qquad": "   "}
"""Spaces, and what a terminal shows for them."""

ACCENTS = {
    "bar": "\u0304",
    "hat": "\u0302",
    "tilde": "\u0303",
    "vec": "\u20d7",
    "dot": "\u0307",
    "ddot": "\u0308",
    "overline": "\u0305",
    "widehat": "\u0302",
    "widetilde": "\u0303",
}
"""Accents, and the combining characters a terminal shows."""

ARGUMENTS = {
    **dict.fromkeys(("frac", "dfrac", "tfrac", "binom", "overset", "underset", "stackrel"), 2),
    **dict.fromkeys((*ACCENTS, "underbrace", "overbrace", "underline", "boxed"), 1),
    **dict.fromkeys(("sqrt", "pmod", "boldsymbol", "bm"), 1),
}
"""Commands that take formulas in braces, and how many."""

WORDS = (
    *("text", "textrm", "textit", "textbf", "mathrm", "mathbf", "mathit", "mathsf", "mathtt"),
    *("mathcal", "mathbb", "operatorname", "operatorname*"),
)
"""Commands that take words or letters in braces: plain text for ``\\text``, letters otherwise."""

SIZES = tuple(
    size + side for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m")
)

UNICODE = {
    symbol.text: name
    for name, symbol in reversed(SYMBOLS.items())
    if len(symbol.text) == 1 and ord(symbol.text) > 127
} | {"−": "-", "⊺": "top", "Σ": "Sigma", "∗": "ast", "ε": "varepsilon", "φ": "varphi", "ϕ": "phi"}
"""Unicode characters that may stand in a formula, and the command (or character) they mean."""
