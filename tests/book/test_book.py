"""The book: what is built, what is said of failures, and what never happens to files."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from book_directives import FAKE

from symconv.book import build
from symconv.errors import SymconvError

GOOD = "# First *note*\n\nOne sentence. And $x$ another.\n\n```{say} hello\n:a: 1\nbody\n```\n"


@pytest.fixture
def notes(tmp_path, monkeypatch):
    """A folder of two good notes, in the current folder."""
    monkeypatch.chdir(tmp_path)
    folder = Path("derivations")
    folder.mkdir()
    (folder / "01-first.md").write_text(GOOD)
    (folder / "02-second.md").write_text("# Second\n\n```{seed}\n```\n<!-- seed: 7 -->\n")
    return folder


def run(sources, out="reports", **options):
    sources = [Path(s) for s in (sources if isinstance(sources, list) else [sources])]
    return build(sources, Path(out), directives=FAKE, **options)


def tree(folder):
    return {p.name: p.read_bytes() for p in Path(folder).iterdir()}


def test_pages_and_index(notes):
    result = run(notes, command="symconv report")
    assert result.built == ("01-first", "02-second")
    assert not result.failures
    assert not result.removed
    assert set(tree("reports")) == {
        *("01-first.html", "01-first.tex", "01-first-body.tex"),
        *("02-second.html", "02-second.tex", "02-second-body.tex"),
        *("index.html", "symconv.json"),
    }
    page = Path("reports/01-first.html").read_text()
    assert "hello [(&#39;a&#39;, &#39;1&#39;)] body #1" in page
    assert "symconv report derivations/01-first.md" in page
    assert "First <em>note</em></h1>" in page
    whole, body = (Path(f"reports/01-first{end}.tex").read_text() for end in ("", "-body"))
    assert "First note" in whole
    assert "\\begin{document}" in whole
    assert "\\begin{document}" not in body
    assert "body \\#1" in body
    assert "seed 7" in Path("reports/02-second.html").read_text()
    index = Path("reports/index.html").read_text()
    assert index.index("01-first.html") < index.index("02-second.html")
    assert "One sentence." in index
    assert "another" not in index
    assert "<code>symconv report</code>" in index


def test_same_bytes_alone_together_and_again(notes):
    run(notes, "a", jobs=1)
    run(notes, "b", jobs=2)
    run([notes / "02-second.md"], "c")
    run([notes / "01-first.md"], "c")
    run(notes, "a")
    assert tree("a") == tree("b") == tree("c")
    assert str(notes.resolve()).encode() not in b"".join(tree("a").values())


def test_progress(notes):
    seen = []
    run(notes, progress=lambda *step: seen.append(step))
    assert seen == [(1, 2, "derivations/01-first.md"), (2, 2, "derivations/02-second.md")]
    seen.clear()
    run(notes, jobs=2, progress=lambda *step: seen.append(step))
    assert [step[:2] for step in seen] == [(1, 2), (2, 2)]


FAILING = [
    ("```{fail}\n```", "derivations/03.md:3: {fail}: it does not fit; expected 1, got 2"),
    ("```{sya} x\n```", "derivations/03.md:3: {sya}: there is no directive 'sya'; try say"),
    ("\n```{spec} x\n:a: b\n\none\nt wo\n```", "derivations/03.md:8: {spec}: a typo"),
    ("words\n\n```{formula} \\nonsense\n```\n", "derivations/03.md:5: formula"),
    ("```{bug}\n```", "derivations/03.md: a bug in symconv: ZeroDivisionError"),
    ("```{deep}\n```", "derivations/03.md: something is nested too deeply"),
    ("```{memory}\n```", "derivations/03.md: not enough memory"),
    ("$" + "{" * 9000 + "x" + "}" * 9000 + "$", "derivations/03.md"),
    ("<!-- seed: x -->", "derivations/03.md:3: not a seed"),
    ("```{say\n```", "derivations/03.md:3: not a directive"),
]


@pytest.mark.parametrize(("markdown", "message"), FAILING, ids=[f[1][19:50] for f in FAILING])
def test_a_failing_note_leaves_the_others(notes, markdown, message):
    (notes / "03.md").write_text(f"# Third\n\n{markdown}")
    result = run(notes)
    assert result.built == ("01-first", "02-second")
    (failure,) = result.failures
    assert failure.message.startswith(message)
    assert "\n" not in failure.message
    index = Path("reports/index.html").read_text()
    assert "03.html" not in index
    assert "Not built" in index
    assert message.split(": ")[0] in index


def test_caret_of_a_spec_in_a_note(notes):
    (notes / "03.md").write_text("# T\n```{spec}\none\nt wo\n```")
    (failure,) = run(notes).failures
    assert failure.message.startswith("derivations/03.md:4:")
    assert failure.caret == "t wo\n  ^"


def test_a_bug_carries_its_traceback(notes):
    (notes / "03.md").write_text("# T\n```{bug}\n```")
    for jobs in (1, 2):
        (failure,) = run(notes, jobs=jobs).failures
        assert "ZeroDivisionError" in failure.trace


def test_a_failing_note_keeps_its_page_until_mended(notes):
    run(notes)
    before = tree("reports")
    (notes / "01-first.md").write_text("# First\n\n```{fail}\n```")
    assert len(run(notes).failures) == 1
    after = tree("reports")
    assert after["01-first.html"] == before["01-first.html"]
    assert "01-first.html" in after["index.html"].decode()
    assert "it does not fit" in after["index.html"].decode()
    run([notes / "02-second.md"])
    assert "it does not fit" in Path("reports/index.html").read_text()
    (notes / "01-first.md").write_text(GOOD)
    run([notes / "01-first.md"])
    assert tree("reports") == before


UNREADABLE = [
    (b"# T\n\nok\n\xff\xfe", "derivations/03.md:4: not UTF-8 text", True),
    (b"# T" + b"\nx" * 1_100_000, "derivations/03.md: the note is too large", False),
]


@pytest.mark.parametrize(("data", "message", "unreadable"), UNREADABLE, ids=["utf8", "large"])
def test_unreadable(notes, data, message, unreadable):
    (notes / "03.md").write_bytes(data)
    (failure,) = run(notes).failures
    assert failure.message.startswith(message)
    assert failure.unreadable is unreadable


def test_a_byte_order_mark_is_no_text(notes):
    (notes / "01-first.md").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert not run(notes).failures


def test_a_folder_in_a_note_s_place(notes):
    (notes / "03.md").mkdir()
    (failure,) = run(notes).failures
    assert failure.message == "derivations/03.md: can't be read: Is a directory"
    assert failure.unreadable


# --- files --------------------------------------------------------------------------------------


def test_pages_of_notes_that_are_gone(notes):
    run(notes)
    Path("reports/mine.html").write_text("mine")
    (notes / "02-second.md").unlink()
    run([notes / "01-first.md"])
    assert Path("reports/02-second.html").exists()
    assert run(notes).removed == ("02-second-body.tex", "02-second.html", "02-second.tex")
    assert set(tree("reports")) == {
        *("01-first.html", "01-first.tex", "01-first-body.tex"),
        *("index.html", "symconv.json", "mine.html"),
    }
    assert "02-second" not in Path("reports/index.html").read_text()


@pytest.mark.parametrize(
    "name", ["01-first.tex", "index.html", "02-second.html", "01-first-body.tex"]
)
def test_what_is_not_ours_is_never_overwritten(notes, name):
    Path("reports").mkdir()
    Path("reports", name).write_text("mine")
    with pytest.raises(SymconvError, match="not made by symconv"):
        run(notes)
    assert tree("reports") == {name: b"mine"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"command": "", "pages": [{"name": "../x"}]}',
        json.dumps(
            {
                "command": "",
                "pages": [{"name": "../x", "title": "", "summary": "", "error": "", "built": True}],
            }
        ),
        "[" * 100_000,
    ],
)
def test_a_damaged_manifest(notes, text):
    Path("reports").mkdir()
    Path("x.html").write_text("mine")
    Path("reports/symconv.json").write_text(text)
    with pytest.raises(SymconvError, match="list of generated pages"):
        run(notes)
    assert Path("x.html").read_text() == "mine"


@pytest.mark.parametrize("step", range(10))
def test_a_crash_while_files_are_moved(notes, monkeypatch, step):
    """Whatever step fails, every file is whole, old or new, and the next build puts all right."""
    run(notes)
    before = tree("reports")
    (notes / "01-first.md").write_text("# Changed\n")
    (notes / "02-second.md").unlink()
    (notes / "04-new.md").write_text("# New\n")
    moves = []
    real = os.replace

    def crash(source, target):
        moves.append(target)
        if len(moves) == step + 1:
            raise KeyboardInterrupt
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", crash)
        if step < 9:
            with pytest.raises(KeyboardInterrupt):
                run(notes)
        else:
            run(notes)
    half = tree("reports")
    run(notes, "fresh")
    new = tree("fresh")
    for name, data in half.items():
        if name != "symconv.json":
            assert data in (before.get(name), new.get(name))
    if step < 8:
        assert {"index.html", "01-first.html", "02-second.html"} <= set(half)
    run(notes)
    assert tree("reports") == new


def test_nothing_is_written_before_everything_is_built(notes, monkeypatch):
    run(notes)
    before = tree("reports")
    (notes / "01-first.md").write_text("# Changed\n")

    def stop(*step):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(notes, progress=stop)
    assert tree("reports") == before


def test_a_folder_that_can_t_be_written(notes):
    Path("file").write_text("")
    with pytest.raises(SymconvError, match="file"):
        run(notes, "file")


SOURCES = [
    ("missing.md", "there is no such file"),
    ("empty", "no note"),
    (["derivations", "other/01-first.md"], "take the place of derivations/01-first.md"),
    ("other/index.md", "take the place of index.html"),
    (["derivations", "other/01-first-body.md"], "take the place of derivations/01-first.md"),
]


@pytest.mark.parametrize(("sources", "message"), SOURCES, ids=[s[1] for s in SOURCES])
def test_sources(notes, sources, message):
    Path("empty").mkdir()
    Path("other").mkdir()
    for name in ("01-first.md", "index.md", "01-first-body.md"):
        Path("other", name).write_text("# T")
    with pytest.raises(SymconvError) as caught:
        run(sources)
    assert message in str(caught.value)
    assert not Path("reports").exists()


def test_a_note_from_elsewhere_names_no_machine(notes, tmp_path, monkeypatch):
    inner = tmp_path / "inner"
    inner.mkdir()
    monkeypatch.chdir(inner)
    source = tmp_path / "derivations" / "01-first.md"
    run([source], "out")
    assert str(tmp_path) not in "".join(p.read_text() for p in Path("out").iterdir())
    assert "symconv report 01-first.md" in Path("out/01-first.html").read_text()


def test_odd_names(notes):
    (notes / "Über uns (2).md").write_text("# T")
    run(notes)
    assert Path("reports/Über-uns-2-.html").exists()
