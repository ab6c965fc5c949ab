"""Pages that reload themselves while a note is being written; never the ones that are kept.

A page opened from a file may fetch nothing, but it may load a picture: the width of a small SVG
counts the builds, and a page that sees another width than at first loads itself again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from symconv.book.binding import Dress
from symconv.book.manifest import read
from symconv.errors import SymconvError
from symconv.writers.html_scripts import allowed

STAMP = "symconv-build.svg"
SCRIPT = f"""\
let width = 0;
setInterval(() => {{
  const stamp = new Image();
  stamp.onload = () => {{
    if (width && stamp.naturalWidth !== width) location.reload();
    width = stamp.naturalWidth;
  }};
  stamp.src = "{STAMP}?" + Date.now();
}}, 500);"""
_MARK = "<!-- reloads itself: symconv report --watch -->"
_POLICY = re.compile(r'(<meta http-equiv="Content-Security-Policy" content=")([^"]*)(">)')


def reloading(page: str) -> str:
    """The page with the script that loads it again, and a policy that lets this run."""
    if _MARK in page:
        return page
    policy = _POLICY.search(page)
    if policy is None or "</body>" not in page:
        raise SymconvError("this page cannot be made to reload itself")
    head, tail = page[: policy.start(2)], page[policy.end(2) :]
    body, end = tail.rsplit("</body>", 1)
    script = f"{_MARK}\n<script>\n{SCRIPT}\n</script>\n"
    return f"{head}{_opened(policy[2])}{body}{script}</body>{end}"


def _opened(policy: str) -> str:
    """The policy with this script and pictures from beside the page."""
    escaped = "&#39;" in policy
    rule = allowed(SCRIPT).removeprefix("script-src ")
    rule = rule.replace("'", "&#39;") if escaped else rule
    policy = policy.replace("img-src ", "img-src file: http: https: ")
    if "script-src " in policy:
        return policy.replace("script-src ", f"script-src {rule} ")
    return f"{policy}; script-src {rule}"


RELOADING = Dress("reloading", reloading)


def check_preview(out: Path) -> None:
    """Refuse a folder that holds a book already; a preview's own folder is fine."""
    if read(out) is not None and not (out / STAMP).exists():
        raise SymconvError(
            "the folder holds a book, and --watch would put its reloading pages there",
            where=out.name,
            hint="another folder (-o)",
        )


def stamp(out: Path, number: int) -> None:
    """Tell the open pages that there is another build."""
    width = number % 30_000 + 1
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="1"></svg>\n'
    (out / STAMP).write_text(svg, encoding="utf-8", newline="\n")


def state(sources: Iterable[Path]) -> tuple[tuple[str, int, int], ...]:
    """What changes when a note does: names, times and sizes; notes that are gone are left out."""
    found = []
    for source in sources:
        for file in sorted(source.glob("*.md")) if source.is_dir() else [source]:
            try:
                facts = file.stat()
            except OSError:
                continue
            found.append((str(file), facts.st_mtime_ns, facts.st_size))
    return tuple(found)
