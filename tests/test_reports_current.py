"""The committed pages are what the notes give today, to the byte."""

from pathlib import Path

import pytest

from symconv.book import build

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory):
    out = tmp_path_factory.mktemp("rebuilt")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        sources = sorted(Path("derivations").glob("*.md"))
        result = build(sources, out, command="symconv report")
    assert not result.failures
    return out


def test_the_book_has_its_notes():
    numbers = sorted(path.name[:2] for path in (ROOT / "derivations").glob("*.md"))
    assert numbers[:16] == [f"{n:02d}" for n in range(1, 17)]


def test_the_same_files(rebuilt):
    names = {path.name for path in rebuilt.iterdir()}
    kept = {path.name for path in (ROOT / "reports").iterdir()}
    assert names == kept - {".symconv-cache.json", "versions.txt"}
    assert len(names) >= 34


def test_the_same_bytes(rebuilt):
    stale = [
        path.name
        for path in sorted(rebuilt.iterdir())
        if path.read_bytes() != (ROOT / "reports" / path.name).read_bytes()
    ]
    assert not stale, "run `symconv report` and commit reports/"
