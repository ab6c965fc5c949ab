"""The command line: ``symconv report``, ``derive``, ``matrix`` and the others."""

from __future__ import annotations

from symconv.cli.app import main

__all__ = ["main"]
