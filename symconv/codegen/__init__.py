"""Readable NumPy code from a graph: forward and backward, generated from its forms."""

from symconv.codegen.module import codegen

__all__ = ["codegen"]
