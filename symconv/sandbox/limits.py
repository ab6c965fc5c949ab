"""What code that was handed over may use: time, memory, output.

The limits guard against accidents (an endless loop, an array of ten gigabytes); they are no wall
against malice, and the code may read what its user may read.
"""

from __future__ import annotations

from dataclasses import asdict
from importlib import import_module
from typing import Any

from symconv.values import dataclass

MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds of waiting and of computing, bytes of memory, of text printed, of results.

    The bytes of memory are counted on top of what Python itself and the libraries take.
    """

    wall: float = 60.0
    processor: int = 60
    memory: int = 2048 * MEGABYTE
    printed: int = 4_000
    results: int = 64 * MEGABYTE
    file: int = 64 * MEGABYTE

    def plain(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def impose(limits: Limits) -> list[str]:
    """Limit this process; what this system can't limit is returned in words."""
    try:
        resource = import_module("resource")
    except ImportError:
        return ["this system has no limits on memory and processor time; the waiting time holds"]
    wanted = {
        "RLIMIT_AS": ("memory", _in_use() + limits.memory),
        "RLIMIT_CPU": ("processor time", limits.processor),
        "RLIMIT_FSIZE": ("the size of files", limits.file),
        "RLIMIT_CORE": ("core files", 0),
    }
    missing = []
    for name, (words, value) in wanted.items():
        try:
            kind = getattr(resource, name)
            _, hard = resource.getrlimit(kind)
            most = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(kind, (most, most + 1 if name == "RLIMIT_CPU" else most))
        except (AttributeError, ValueError, OSError):
            missing.append(f"this system does not limit {words}")
    return missing


def _in_use() -> int:
    """The bytes of address space in use now (Linux), or a gigabyte."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            pages = int(file.read().split()[0])
        return pages * int(import_module("resource").getpagesize())
    except (OSError, ValueError, IndexError):
        return 1024 * MEGABYTE
