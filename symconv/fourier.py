"""The discrete Fourier transform and circulant matrices.

    F C = diag(F c) F        for a circulant C with first column c

A Toeplitz matrix that is not circulant has no such diagonal form.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from symconv.values import dataclass

CLOSE = 1e-10


@dataclass(frozen=True, slots=True)
class Diagonalised:
    """F C F⁻¹: its diagonal, and whether everything beside the diagonal vanishes."""

    eigenvalues: tuple[complex, ...]
    diagonal: bool


def dft_diagonal(matrix: npt.NDArray[Any]) -> Diagonalised:
    """F C F⁻¹ for a square matrix, F the DFT of its size; "vanishes" is below 1e-10 of the largest.

    The eigenvalues are rounded to nine digits, so that every machine prints the same.
    """
    size = matrix.shape[0]
    steps = np.arange(size)
    fourier = np.exp(-2j * np.pi * np.outer(steps, steps) / size)
    turned = fourier @ matrix.astype(complex) @ fourier.conj().T / size
    beside = np.abs(turned - np.diag(np.diag(turned))).max(initial=0.0)
    scale = max(1.0, float(np.abs(turned).max(initial=0.0)))
    values = np.round(np.diag(turned), 9) + 0.0
    return Diagonalised(tuple(complex(v) for v in values), bool(beside <= CLOSE * scale))


def eigenvalues_of_first_column(column: npt.ArrayLike) -> tuple[complex, ...]:
    """The DFT of the first column, by NumPy, rounded alike."""
    values = np.round(np.fft.fft(np.asarray(column, dtype=float)), 9) + 0.0
    return tuple(complex(v) for v in values)
