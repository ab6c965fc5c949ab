"""The operations: each spells itself as equations, and knows no reading of them.

A new operation is one file with an `OPERATIONS` tuple and one line here.
"""

from __future__ import annotations

from symconv.operations import conv, transposed
from symconv.operations.base import Operation, Spelling

REGISTRY: dict[str, Operation] = {
    operation.keyword: operation for room in (conv, transposed) for operation in room.OPERATIONS
}

__all__ = ["REGISTRY", "Operation", "Spelling"]
