"""One benchmark file in a process of its own: lines, curves and profile as JSON, one each line."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from importlib import import_module
from typing import Any

from timing import Line

ROWS = {
    "bench_book": ("book",),
    "bench_engine": ("engine float64", "engine float32; grouped, depthwise"),
    "bench_notes": ("notes",),
    "bench_start": ("start",),
    "bench_verify": ("proof", "code, read"),
}
"""The rows of files that do not say so themselves."""


def main() -> None:
    """Run the lines as they come."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--curves", action="store_true")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    room = import_module(asked.file)
    rows = ROWS.get(asked.file) or getattr(room, "ROWS", None)
    if rows is None or any(asked.only.lower() in row.lower() for row in rows):
        for line in getattr(room, "lines", lambda quick: ())(asked.quick):
            print(json.dumps({"lines": as_dict(line)}, ensure_ascii=False), flush=True)
        if asked.profile and hasattr(room, "profile"):
            print(json.dumps({"profiles": room.profile()}, ensure_ascii=False), flush=True)
        if asked.curves:
            for curve in getattr(room, "curves", lambda quick: ())(asked.quick):
                print(json.dumps({"curves": asdict(curve)}, ensure_ascii=False), flush=True)


def as_dict(line: Line) -> dict[str, Any]:
    """A line as JSON can hold it."""
    times = {name: asdict(found) for name, found in line.times.items()}
    return {
        "row": line.row,
        "what": line.what,
        "value": float(line.value),
        "unit": line.unit,
        "goal": line.goal,
        "met": bool(line.met),
        "times": times,
    }


if __name__ == "__main__":
    main()
