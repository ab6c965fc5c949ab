"""The cache: only what changed is built, to the same bytes; a damaged cache is no cache."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from book_directives import FAKE

from symconv.book import RELOADING, build, cache, check_preview, stamp, state
from symconv.errors import SymconvError

ROOT = Path(__file__).parents[2]
ASIDE = {cache.NAME, cache.VERSIONS}


@pytest.fixture
def notes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = Path("derivations")
    folder.mkdir()
    for name in ("one", "two", "three"):
        (folder / f"{name}.md").write_text(f"# The {name}\n\n```{{say}} {name}\n```\n")
    return folder


def run(out="reports", sources="derivations", **options):
    options = {"directives": FAKE, "cached": True, "command": "c", **options}
    return build([Path(sources)], Path(out), **options)


def pages(folder):
    return {p.name: p.read_bytes() for p in Path(folder).iterdir() if p.name not in ASIDE}


def same_as_a_full_build():
    run("full", cached=False)
    assert pages("reports") == pages("full")


def test_where_nothing_changed_nothing_is_loaded(notes):
    code = (
        "import sys; from symconv.cli import main; main(standalone_mode=False);"
        "print('sympy' in sys.modules, 'symconv.story' in sys.modules)"
    )
    command = [sys.executable, "-c", code, "report", "derivations/one.md", "--jobs=1"]
    Path("derivations/one.md").write_text("# The one\n\n$1 + 1 = 2$\n")
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    said = [
        subprocess.run(command, env=environment, capture_output=True, text=True).stdout.splitlines()
        for _ in range(2)
    ]
    assert said[0] == ["reports/index.html: 1 page built", "True True"]
    assert said[1] == ["reports/index.html: 0 pages built, 1 unchanged", "False False"]


def test_nothing_changed_nothing_built(notes):
    assert run().built == ("one", "three", "two")
    times = {p.name: p.stat().st_ino for p in Path("reports").glob("*.tex")}
    again = run()
    assert again.built == ()
    assert again.kept == ("one", "three", "two")
    assert times == {p.name: p.stat().st_ino for p in Path("reports").glob("*.tex")}
    same_as_a_full_build()


def test_without_it_no_file_is_left_aside(notes):
    run(cached=False)
    assert not ASIDE & {p.name for p in Path("reports").iterdir()}


def test_a_changed_note_alone_is_built(notes):
    run()
    (notes / "two.md").write_text("# Another title\n\n```{say} else\n```\n")
    result = run()
    assert result.built == ("two",)
    assert "Another title" in Path("reports/three.html").read_text()
    same_as_a_full_build()
    assert run().built == ()


def test_a_new_note_and_one_that_is_gone(notes):
    run()
    (notes / "one.md").unlink()
    (notes / "four.md").write_text("# The four\n")
    result = run()
    assert result.built == ("four",)
    assert result.removed == ("one-body.tex", "one.html", "one.tex")
    same_as_a_full_build()
    assert "one" not in json.loads(Path("reports", cache.NAME).read_text())["pages"]


@pytest.mark.parametrize("name", ["two.html", "two.tex", "two-body.tex"])
def test_a_page_that_was_changed_or_lost_is_built_again(notes, name):
    run()
    with Path("reports", name).open("a") as file:
        file.write("<!-- mine -->")
    assert run().built == ("two",)
    Path("reports", name).unlink()
    assert run().built == ("two",)
    same_as_a_full_build()


def test_a_failure_is_never_remembered(notes):
    run()
    (notes / "two.md").write_text("# Two\n\n```{fail}\n```\n")
    assert len(run().failures) == 1
    assert len(run().failures) == 1
    (notes / "two.md").write_text("# The two\n\n```{say} two\n```\n")
    assert run().built == ("two",)
    same_as_a_full_build()


def test_other_code_libraries_or_directives(notes, monkeypatch):
    run()
    assert run(fresh=True).built == ("one", "three", "two")
    with monkeypatch.context() as patch:
        patch.setattr(cache, "package", lambda: "other code")
        assert len(run().built) == 3
    assert len(run().built) == 3
    with monkeypatch.context() as patch:
        patch.setattr(cache, "versions", lambda: "python 0\n")
        assert len(run().built) == 3
    run()
    assert len(run(directives=replace(FAKE, insert=insert_like_fake)).built) == 3


def insert_like_fake(*arguments):
    return FAKE.insert(*arguments)


def test_the_package_hash_is_of_its_files(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "PACKAGE", tmp_path)
    found = set()
    for name, text in (("a.py", "1"), ("a.py", "2"), ("b.css", "2"), ("b.css", "")):
        (tmp_path / name).write_text(text)
        found.add(cache.package.__wrapped__())
    assert len(found) == 4


DAMAGED = (
    b"", b"{", b"[]", b"\xff", b'{"pages": 3}', b'{"pages": {"two": 3}}',
    b'{"pages": {"two": {"key": 3}}}', b'{"pages": {"two": {"../x": "y"}}}', b"[" * 9999,
)  # fmt: skip


@pytest.mark.parametrize("data", DAMAGED)
def test_a_damaged_cache_is_none(notes, data):
    run()
    Path("reports", cache.NAME).write_bytes(data)
    assert len(run().built) == 3
    same_as_a_full_build()
    assert run().built == ()


def test_one_note_of_the_book(notes):
    run()
    (notes / "two.md").write_text("# Two again\n")
    assert run(sources="derivations/two.md").built == ("two",)
    assert run().built == ()
    same_as_a_full_build()


def test_versions_lie_beside_the_pages_and_overwrite_nothing(notes):
    Path("reports").mkdir()
    Path("reports", cache.VERSIONS).write_text("my own list")
    run()
    assert Path("reports", cache.VERSIONS).read_text() == "my own list"
    run("other")
    lines = Path("other", cache.VERSIONS).read_text().splitlines()
    names = ["python", "symconv", "sympy", "numpy", "islpy"]
    assert [line.split(" ")[0] for line in lines] == names
    assert lines[0] == f"python {sys.version.split()[0]}"


# --- the preview --------------------------------------------------------------------------------


def test_preview_pages_reload_and_their_policy_allows_just_that(notes):
    run("preview", dress=RELOADING)
    for page in Path("preview").glob("*.html"):
        text = page.read_text()
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
        scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
        assert len(scripts) == text.count("<script") >= 1
        for script in scripts:
            digest = b64encode(sha256(script.encode()).digest()).decode()
            assert f"sha256-{digest}" in policy
        assert policy.count("script-src") == 1
        assert scripts[-1].count("location.reload") == 1


def test_preview_again_and_after_a_change(notes):
    run("preview", dress=RELOADING)
    first = pages("preview")
    assert run("preview", dress=RELOADING).built == ()
    assert pages("preview") == first
    (notes / "two.md").write_text("# Another\n")
    assert run("preview", dress=RELOADING).built == ("two",)
    assert all(p.read_text().count("location.reload") == 1 for p in Path("preview").glob("*.html"))
    assert len(run("preview").built) == 3
    assert not any("location.reload" in p.read_text() for p in Path("preview").glob("*.html"))


def test_a_book_is_not_made_a_preview(notes):
    run()
    with pytest.raises(SymconvError, match="holds a book"):
        check_preview(Path("reports"))
    check_preview(Path("preview"))
    run("preview", dress=RELOADING)
    stamp(Path("preview"), 1)
    check_preview(Path("preview"))


def test_what_is_watched(notes):
    before = state([notes])
    assert before == state([notes])
    os.utime(notes / "one.md", ns=(1, 1))
    after = state([notes])
    assert after != before
    (notes / "one.md").unlink()
    assert len(state([notes])) == 2


def test_watch_builds_again_and_ends_with_ctrl_c(tmp_path):
    note = tmp_path / "my.md"
    note.write_text("# First\n")
    code = "from symconv.cli import main; main()"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, "-c", code, "report", "my.md", "--watch"],
        cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert "1 page built" in process.stdout.readline()
        page = tmp_path / "preview" / "my.html"
        assert "First" in page.read_text()
        time.sleep(0.05)
        note.write_text("# Second title\n")
        assert "1 page built" in process.stdout.readline()
        assert "Second title" in page.read_text()
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=20)
    finally:
        process.kill()
    assert out == "stopped\n"
    assert error == ""
    assert process.returncode == 0
    assert not (tmp_path / "reports").exists()
