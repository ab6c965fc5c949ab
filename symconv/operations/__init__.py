"""The operations: each spells itself as equations, and knows no reading of them.

A new operation is one file with an `OPERATIONS` tuple and one line here.
"""

from __future__ import annotations

from symconv.operations import conv, loss, pointwise, pool, signal, transposed, unfold
from symconv.operations.base import Operation, Spelling

ROOMS = (conv, transposed, signal, pool, unfold, pointwise, loss)

REGISTRY: dict[str, Operation] = {
    operation.keyword: operation for room in ROOMS for operation in room.OPERATIONS
}

__all__ = ["REGISTRY", "Operation", "Spelling"]
