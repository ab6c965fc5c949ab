"""The operations: each spells itself as equations, and knows no reading of them.

A new operation is one file with an `OPERATIONS` tuple and one line here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

from symconv.operations.base import Operation, Spelling

ROOMS = {
    "conv": ("conv1d", "conv2d", "conv3d"),
    "transposed": ("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"),
    "signal": ("convolve", "correlate"),
    "pool": (
        "avg_pool1d", "avg_pool2d", "avg_pool3d", "max_pool1d", "max_pool2d", "max_pool3d",
    ),
    "unfold": ("unfold", "fold"),
    "pointwise": ("relu", "sigmoid", "tanh", "add", "sub", "scale"),
    "loss": ("sum", "mse", "cross_entropy"),
}  # fmt: skip
"""The files, and what each of them spells."""
ROOM_OF = {keyword: room for room, keywords in ROOMS.items() for keyword in keywords}


class Registry(Mapping[str, Operation]):
    """The operations by keyword; a file is loaded when one of its operations is asked for."""

    def __getitem__(self, keyword: str) -> Operation:
        room = import_module(f"symconv.operations.{ROOM_OF[keyword]}")
        found: dict[str, Operation] = {made.keyword: made for made in room.OPERATIONS}
        return found[keyword]

    def __contains__(self, keyword: object) -> bool:
        return keyword in ROOM_OF

    def __iter__(self) -> Iterator[str]:
        return iter(ROOM_OF)

    def __len__(self) -> int:
        return len(ROOM_OF)


REGISTRY = Registry()

__all__ = ["REGISTRY", "Operation", "Spelling"]
