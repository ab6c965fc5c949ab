"""Every bad note is reported in one line with its file and line, and the others are built."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from message_cases import NOTES, in_order, note

from symconv.cli import main


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_there_are_enough_kinds() -> None:
    assert len({text for text, *_ in NOTES.values()}) == len(NOTES) >= 40


@pytest.mark.parametrize("kind", NOTES)
def test_a_bad_note(kind: str) -> None:
    text, line, says = NOTES[kind]
    Path("bad.md").write_text(text, encoding="utf-8")
    result = CliRunner().invoke(main, ["report", "bad.md", "-o", "out", "--jobs", "1"])
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert "bug in symconv" not in result.output
    first, *below = result.stderr.splitlines()
    assert first.startswith(f"error: bad.md:{line}: ")
    in_order(first, says)
    assert len(below) in (0, 2)
    assert not Path("out/bad.html").exists()


def test_the_caret_stands_under_the_word() -> None:
    text, _, _ = NOTES["a misspelt option of the spec, in its own line"]
    Path("bad.md").write_text(text, encoding="utf-8")
    result = CliRunner().invoke(main, ["report", "bad.md", "-o", "out", "--jobs", "1"])
    _, spec, caret = result.stderr.splitlines()
    assert spec[caret.index("^") :] == "strid=2)"


def test_the_others_are_built() -> None:
    """All bad notes at once between two good ones: a line each, and two pages."""
    folder = Path("notes")
    folder.mkdir()
    for number, (text, *_) in enumerate(NOTES.values(), 100):
        Path(folder, f"{number}.md").write_text(text, encoding="utf-8")
    good = note("```{operation}", "y = conv1d(x=[a,b,c], w=[p,q])", "```", "```{outputs}", "```")
    for name in ("000", "999"):
        Path(folder, f"{name}.md").write_text(good, encoding="utf-8")
    result = CliRunner().invoke(main, ["report", "notes", "-o", "out", "--jobs", "1"])
    assert result.exit_code == 1
    errors = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == len(NOTES)
    for number, ((_, line, says), error) in enumerate(
        zip(NOTES.values(), errors, strict=True), 100
    ):
        assert error.startswith(f"error: notes/{number}.md:{line}: ")
        in_order(error, says)
    assert sorted(path.name for path in Path("out").glob("*.html")) == [
        "000.html",
        "999.html",
        "index.html",
    ]
    assert f"2 pages built, {len(NOTES)} failed" in result.stdout


def test_a_note_that_is_no_text() -> None:
    """What cannot be read ends with 2, as a wrong command does."""
    Path("bad.md").write_bytes(b"# A note\n\n\xff\xfe\n")
    result = CliRunner().invoke(main, ["report", "bad.md", "-o", "out", "--jobs", "1"])
    assert result.exit_code == 2
    assert result.stderr.startswith("error: bad.md:3: not UTF-8 text")
