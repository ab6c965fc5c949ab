"""The size of an output, as a directive."""

from __future__ import annotations

from symconv.document import Block
from symconv.outputs import size_blocks
from symconv.story.state import Directive


def size(asked: Directive) -> tuple[Block, ...]:
    """``{size}``: each output size in general, with this operation's numbers, and as a number."""
    asked.need()
    return size_blocks(asked.graph())
