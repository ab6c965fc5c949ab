"""What pytest collects here: tests alone.

Doctests are looked for in every module, and a module is imported for that; the cases, generators,
benchmarks and handed-over files beside the tests need tools that may not be there.
"""

from __future__ import annotations

from pathlib import Path


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out what is no test."""
    helper = collection_path.suffix == ".py" and not collection_path.name.startswith("test_")
    return True if helper and collection_path.name != "conftest.py" else None
