"""Files that mean ill: never an exception but `NoteError`, never a hang, never a lost claim."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from symconv.audit import audit_text
from symconv.audit.people import lines_of
from symconv.errors import NoteError
from symconv.syntax.sources import HOSTS, read_source

FUZZ = int(os.environ.get("SYMCONV_FUZZ", "300"))
PATIENCE = 20
"""Seconds: a loop that grows with the square of these sizes takes minutes."""
MD = "<!-- symconv: y = conv1d(x[N], w[K]) -->\n"
TEX = "% symconv: y = conv1d(x[N], w[K])\n"

BOMBS = [
    ("n.md", "$"),
    ("n.md", "$$ x"),
    ("n.md", "$a "),
    ("n.md", "$`a"),
    ("n.md", "`"),
    ("n.md", "`` ` "),
    ("n.md", "<!--"),
    ("n.md", "<!-- symconv: "),
    ("n.md", "<pre>"),
    ("n.md", "\\["),
    ("n.md", "\\\\("),
    ("n.md", "\\begin{align}"),
    ("n.md", "\\newcommand{\\a}{"),
    ("n.md", "> "),
    ("n.md", "- - "),
    ("n.md", "-  -  "),
    ("n.md", "1. "),
    ("n.md", "```\n"),
    ("n.md", "```py\n"),
    ("n.md", "$$\n\n"),
    ("n.tex", "$"),
    ("n.tex", "$x\n\n"),
    ("n.tex", "\\["),
    ("n.tex", "\\begin{align}"),
    ("n.tex", "\\begin{verbatim}"),
    ("n.tex", "\\newcommand{\\a}{"),
    ("n.tex", "\\def\\a#1#2{"),
    ("n.tex", "\\verb|"),
    ("n.tex", "\\iffalse "),
    ("n.tex", "\\lstset{"),
    ("n.tex", "% symconv: f(\n"),
    ("n.tex", "\\"),
    ("n.py", "'"),
    ("n.py", "'''"),
    ("n.py", '"""\\'),
    ("n.py", "# symconv: f(\n"),
    ("n.py", "  "),
    ("n.py", "def f(\n"),
    ("n.py", "("),
    ("n.ipynb", "["),
]


@pytest.mark.parametrize(("path", "piece"), BOMBS, ids=[repr(piece) for _, piece in BOMBS])
def test_repeated_beginnings_take_no_time(path, piece):
    text = piece * (400_000 // len(piece))
    start = time.perf_counter()
    try:
        found = read_source(text, path)
    except NoteError:
        found = ()
    assert time.perf_counter() - start < PATIENCE
    assert all(len(passage.text) <= len(text) for passage in found)


MACROS = [
    "\\newcommand{\\a}{\\a\\a}$\\a x$",
    "\\newcommand{\\a}{\\b\\b}\\newcommand{\\b}{\\a\\a}$\\a$",
    "\\newcommand{\\a}[1]{#1#1#1#1#1#1#1#1}$" + "\\a{" * 12 + "x" + "}" * 12 + "$",
    "".join(
        f"\\def\\{p}{{\\{q}\\{q}\\{q}\\{q}}}"
        for p, q in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "$\\a$",
    "\\newcommand{\\a}{" + "\\a" * 300 + "}$\\a$",
]  # fmt: skip


@pytest.mark.parametrize("text", MACROS)
@pytest.mark.parametrize("path", ["n.md", "n.tex"])
def test_macros_that_grow_are_bounded(text, path):
    (passage,) = [p for p in read_source(text, path) if p.kind == "formula"]
    assert len(passage.text) < 100_000


def test_a_macro_that_calls_itself_keeps_its_name_in_the_end():
    (passage,) = read_source("\\newcommand{\\a}{(\\a)} $\\a$", "n.tex")
    assert passage.text == "(" * 8 + "\\a" + ")" * 8


DEEP = [
    "$y_o = " + "{" * 5_000 + "}" * 5_000 + "$",
    "$y_o = " + "(" * 5_000 + ")" * 5_000 + "$",
    "$y_o = " + "\\frac{" * 2_000 + "1" + "}{2}" * 2_000 + "$",
    "$y_o = x_{" * 3_000,
    "$$y_o = " + "x_o + " * 5_000 + "x_o$$",
    "$y_o = 9^{9^{9^{9}}}$",
    "$y_o = " + "9" * 4_000 + "$",
    "$y_o = \x00\x1b[31m\ufffe\u202e x_o$",
    "<!-- symconv: claim y = " + "full(" * 500 + "x" + ")" * 500 + " -->",
    "<!-- symconv: y = conv1d(x[" + "N*" * 2_000 + "N], w[K]) -->",
    "<!-- symconv: y = conv1d(x[10000000], w[10000000]) -->",
    "> " * 300 + "$y_o = x_o$",
]


@pytest.mark.parametrize("text", DEEP, ids=[text[:30] for text in DEEP])
def test_deep_and_long_things_are_reported_and_what_follows_is_judged(text):
    start = time.perf_counter()
    found = audit_text(f"{MD}{text}\n\n{MD}$y_o = \\sum_k w_k x_{{o+k}}$\n", "n.md")
    assert time.perf_counter() - start < PATIENCE
    assert found[-1].verdict.outcome == "proved"
    for finding in found[:-1]:
        assert finding.verdict.outcome in ("not_understood", "ignored", "refuted", "undecided")
        assert "a bug in symconv" not in finding.verdict.evidence
        for line in lines_of(finding, verbose=True):
            assert line.isprintable()


def test_nothing_is_lost_behind_what_is_never_closed():
    right = "$y_o = \\sum_k w_k x_{o+k}$\n"
    for opened in ("$$ x = 1", "\\begin{align} x = 1", "\\[ x", "`", "$", "<pre", "\\(", "**"):
        found = audit_text(f"{MD}{opened}\n\n{right}", "n.md")
        assert "proved" in [f.verdict.outcome for f in found], opened
    for opened in ("$ x = 1", "\\verb|x", "\\[", "\\begin{align}", "{", "\\newcommand{\\a}{"):
        found = audit_text(f"{TEX}{opened}\n\n{right}", "n.tex")
        assert "proved" in [f.verdict.outcome for f in found], opened


NOTES = sorted((Path(__file__).parent / "notes").iterdir())
SOUP = ["$", "$$", "\\", "\n", "\n\n", "`", "```", "<!--", "-->", "symconv:", "{", "}", "%", "#",
        "\\begin{align}", "\\end{align}", "\x00", "\u2028", "\ud800", "'''", '"', "> ", "- ", "\t",
        "expect=", "claim ", "ignore", "end", ";", "(", ")"]  # fmt: skip


def mutated(text, chance):
    signs = list(text)
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(signs))
        match chance.randrange(4):
            case 0:
                del signs[at : at + chance.randint(1, 30)]
            case 1:
                signs.insert(at, chance.choice(SOUP))
            case 2:
                signs[at:at] = signs[chance.randrange(len(signs)) :][: chance.randint(1, 60)]
            case _:
                signs[at] = chance.choice(SOUP)
        signs = signs or ["$"]
    return "".join(signs)


def test_mutated_files_are_read_or_refused():
    """Every passage stands where it says, whatever was done to the file."""
    chance = random.Random(0)
    for _ in range(FUZZ):
        file = chance.choice(NOTES)
        text = mutated(file.read_text(encoding="utf-8"), chance)
        path = "n" + chance.choice([file.suffix, *HOSTS])
        try:
            found = read_source(text, path)
        except NoteError as error:
            assert str(error).startswith(path)
            continue
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for passage in found if path != "n.ipynb" else ():
            line = lines[passage.line - 1][passage.column - 1 :]
            start = passage.text.split("\n")[0][:1]
            assert passage.kind == "code" or line.startswith(start) or "\\" in line


def test_mutated_notes_are_judged_without_a_crash():
    chance = random.Random(1)
    for _ in range(FUZZ // 30):
        file = chance.choice(NOTES)
        text = mutated(file.read_text(encoding="utf-8"), chance)
        try:
            found = audit_text(text, f"n{file.suffix}")
        except NoteError:
            continue
        assert not [f for f in found if "a bug in symconv" in f.verdict.evidence]
