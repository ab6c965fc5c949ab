"""What the writers write, word for word, for small inputs; UPDATE_GOLDEN=1 writes it anew."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from writer_cases import BLOCKS, RIGHT

from symconv.document import Block
from symconv.writers import latex, typst
from symconv.writers.html_blocks import BlockWriter
from symconv.writers.latex_math import tex
from symconv.writers.mathml import mathml
from symconv.writers.typst_math import typst as typst_math
from symconv.writers.unicode_math import unicode_math

GOLDEN = Path(__file__).parent / "golden"
FORMULAS: dict[str, Callable[[str], str]] = {
    "formulas.mathml": mathml,
    "formulas.tex": tex,
    "formulas.typ": typst_math,
    "formulas.txt": unicode_math,
}
PAGES: dict[str, Callable[[Block], str]] = {
    "blocks.html": lambda block: str(BlockWriter().block(block)),
    "blocks.tex": latex.block,
    "blocks.typ": typst.block,
}


def compared(name: str, made: str) -> None:
    file = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(made, encoding="utf-8", newline="\n")
    assert made == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FORMULAS)
def test_formulas(name: str) -> None:
    compared(name, "".join(f"{line}\n    {FORMULAS[name](line)}\n" for line in RIGHT))


@pytest.mark.parametrize("name", PAGES)
def test_blocks(name: str) -> None:
    parts = (f"=== {title}\n{PAGES[name](block)}" for title, block in BLOCKS.items())
    compared(name, "\n".join(part.rstrip("\n") for part in parts) + "\n")
