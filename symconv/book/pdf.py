"""Notes to PDF: through Typst, which needs no TeX and tags what it prints, or through pdflatex."""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from symconv.book.page import STORY, document_of, read_note
from symconv.document import Document
from symconv.errors import SymconvError
from symconv.writers import latex, typst

SECONDS = 120
"""How long pdflatex may take."""


def pdf(source: Path, shown: str, route: str = "") -> bytes:
    """A note as PDF: by "typst" or "pdflatex", or by the first of the two that is here.

    Errors: `SymconvError` where neither is installed, `NoteError` for a note that can't be built.
    """
    if route not in ("", *ROUTES):
        raise SymconvError("no such way to a PDF", expected=", ".join(ROUTES), got=route)
    way = route or ("typst" if importlib.util.find_spec("typst") else "pdflatex")
    return ROUTES[way](document_of(read_note(source, shown), STORY))


def by_typst(document: Document) -> bytes:
    """PDF/UA-1, the same bytes every time."""
    try:
        compiler = importlib.import_module("typst")
    except ImportError as error:
        raise SymconvError("Typst is not installed", hint="pip install 'symconv[pdf]'") from error
    text = typst.source(document)
    try:
        made = compiler.compile(text.encode(), format="pdf", pdf_standards=["ua-1"])
    except compiler.TypstError as error:
        raise SymconvError(f"Typst refuses the document: {' '.join(str(error).split())}") from error
    assert isinstance(made, bytes)
    return made


def by_pdflatex(document: Document) -> bytes:
    """What pdflatex makes of the LaTeX file, without its permission to run programs."""
    program = shutil.which("pdflatex")
    if program is None:
        raise SymconvError("pdflatex is not installed", hint="pip install 'symconv[pdf]'")
    with tempfile.TemporaryDirectory(prefix="symconv-") as folder:
        Path(folder, "note.tex").write_text(latex.article(document), encoding="utf-8")
        command = [program, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape"]
        for _ in range(2):
            try:
                done = subprocess.run(
                    [*command, "note.tex"],
                    cwd=folder,
                    capture_output=True,
                    stdin=subprocess.DEVNULL,
                    timeout=SECONDS,
                    env=_environment(),
                )
            except subprocess.TimeoutExpired as error:
                raise SymconvError(f"pdflatex took more than {SECONDS} s") from error
            if done.returncode:
                log = done.stdout.decode("utf-8", "replace")
                wrong = next((line for line in log.split("\n") if line.startswith("!")), "")
                raise SymconvError(f"pdflatex stops: {wrong or 'see its log'}")
        return Path(folder, "note.pdf").read_bytes()


def _environment() -> dict[str, str]:
    """A fixed date, so that the same note gives the same file."""
    return os.environ | {"SOURCE_DATE_EPOCH": "0", "FORCE_SOURCE_DATE": "1"}


ROUTES: dict[str, Callable[[Document], bytes]] = {"typst": by_typst, "pdflatex": by_pdflatex}
"""The ways to a PDF, by name."""
