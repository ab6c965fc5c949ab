"""Matrices: a form read as ``y = A x + c``, and what kind of matrix A is."""

from __future__ import annotations

from symconv.matrices.csr import compressed
from symconv.matrices.grids import BlockForm, block_form, grid
from symconv.matrices.linear import linear_map
from symconv.matrices.maps import LinearMap
from symconv.matrices.reasons import Structure, kind

__all__ = [
    "BlockForm",
    "LinearMap",
    "Structure",
    "block_form",
    "compressed",
    "grid",
    "kind",
    "linear_map",
]
