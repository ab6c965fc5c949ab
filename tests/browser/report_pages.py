"""Whole reports of single operations, made for the browser as the book makes its pages."""

from __future__ import annotations

from symconv.book.page import STORY, Job, Page, make

SMALL = "y = conv2d(x[6,6], w[3,3])"
LARGE = "y = conv2d(x[12,12], w[3,3])"
ODD = {
    "one axis": "y = conv1d(x[9], w[3], b, stride=2, padding=1, dilation=2)",
    "three axes": "y = conv3d(x[2,3,3], w[2,2,2])",
    "transposed": "y = conv_transpose2d(x[2,3], w[3,2], stride=2, padding=1, output_padding=1)",
    "grouped": "y = conv2d(x[4,4,3], w[4,2,2,2], groups=2, stride=(2,1))",
    "pooling": "y = max_pool2d(x[4,4], 2)",
    "symbols": "y = conv1d(x[N], w[K], stride=2, padding=P)",
}


def report_page(spec: str, folder) -> Page:
    """The page of a note that is an operation and ``{report}``."""
    note = folder / "note.md"
    fence = "```"
    text = (
        f"# A report\n\nOne operation.\n\n{fence}{{operation}} op\n{spec}\n{fence}\n\n"
        f"{fence}{{report}}\n{fence}\n"
    )
    note.write_text(text, encoding="utf-8")
    made = make(Job(note, "note.md", "note"), STORY)
    assert isinstance(made, Page), made
    return made
