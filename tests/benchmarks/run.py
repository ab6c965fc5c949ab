"""The whole suite: ``python tests/benchmarks/run.py [--quick] [--json FILE] [--plots DIR]``.

Every ``bench_*.py`` beside this file runs in a process of its own on one thread; its lines are
printed as one table.  ``--only ROW`` keeps the rows whose names contain a text, ``--readme FILE``
writes the small table between that file's markers.  ``--profiles FILE`` writes what each file's
``profile()`` found out about its time; a goal that is missed and has no profile is an error then.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
LIBRARIES = ("numpy", "scipy", "sympy", "symengine", "pylops", "torch", "latex2mathml", "islpy")
ROWS = (
    "matrix",
    "matrix, numbers",
    "growth",
    "outputs",
    "gradients written out",
    "equality",
    "evaluation",
    "LaTeX",
    "proof",
    "engine float64",
    "engine float32; grouped, depthwise",
    "code, read",
    "notes",
    "start",
    "book",
)
"""The rows in the order of the table; others come after them."""
SINGLE = re.compile(r"^(forward|gradients), N=")
"""One layer of the engine's rows, which end in their geometric means."""
MARKERS = ("<!-- benchmarks -->", "<!-- end of benchmarks -->")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print, write; 0 where every file ran."""
    asked = options().parse_args(arguments)
    files = sorted(HERE.glob("bench_*.py"))
    done = {}
    for file in files:
        print(f"{file.stem} …", file=sys.stderr, flush=True)
        done[file.stem] = in_a_process(file, asked)
    lines = [line for found in done.values() for line in found["lines"]]
    lines = [line for line in lines if wanted(line["row"], asked.only)]
    lines.sort(key=lambda line: place(line["row"]))
    curves = [curve for found in done.values() for curve in found["curves"]]
    failed = {name: found["error"] for name, found in done.items() if found["error"]}
    print(report(lines, machine(), failed))
    if asked.json:
        text = {"machine": machine(), "quick": asked.quick, "lines": lines, "curves": curves}
        Path(asked.json).write_text(json.dumps(text, indent=1, ensure_ascii=False) + "\n", "utf-8")
    if asked.plots:
        plots(curves, Path(asked.plots))
    if asked.readme:
        put_in(Path(asked.readme), small_table(lines, machine()))
    bare: list[str] = []
    if asked.profiles:
        pieces = sorted((text for found in done.values() for text in found["profiles"]), key=first)
        bare = unexplained(lines, pieces)
        text = profiles_page(pieces, bare, machine())
        Path(asked.profiles).write_text(text, encoding="utf-8")
        for goal in bare:
            print(f"missed and without a profile: {goal}", file=sys.stderr)
    return 1 if failed or bare else 0


def options() -> argparse.ArgumentParser:
    """What can be asked for."""
    parser = argparse.ArgumentParser(description="symconv and its peers, timed in turn")
    parser.add_argument("--quick", action="store_true", help="small workloads, few rounds")
    parser.add_argument("--json", metavar="FILE", help="write every line and its times")
    parser.add_argument("--plots", metavar="DIR", help="write how the time grows, as SVG")
    parser.add_argument("--only", metavar="ROW", default="", help="rows whose names contain this")
    parser.add_argument("--readme", metavar="FILE", help="put the small table between its markers")
    parser.add_argument("--profiles", metavar="FILE", help="write where the time goes, as Markdown")
    return parser


def wanted(row: str, only: str) -> bool:
    """Whether a row was asked for."""
    return only.lower() in row.lower()


def place(row: str) -> int:
    """Where a row stands in the table."""
    return ROWS.index(row) if row in ROWS else len(ROWS)


# --- one file -----------------------------------------------------------------------------------


def in_a_process(file: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """The lines and curves of one file, run in a process of its own on one thread."""
    code = [sys.executable, str(HERE / "one.py"), file.stem]
    code += ["--quick"] * asked.quick + ["--curves"] * bool(asked.plots or asked.json)
    code += ["--profile"] * bool(asked.profiles)
    code += ["--only", asked.only] if asked.only else []
    paths = [str(HERE.parent.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | dict.fromkeys(THREADS, "1") | {"PYTHONPATH": os.pathsep.join(paths)}
    ran = subprocess.run(code, env=environment, capture_output=True, text=True, check=False)
    found: dict[str, Any] = {"lines": [], "curves": [], "profiles": [], "error": ""}
    for text in ran.stdout.splitlines():
        if text.startswith("{"):
            kind, value = next(iter(json.loads(text).items()))
            found[kind].append(value)
    if ran.returncode:
        found["error"] = (ran.stderr.strip().splitlines() or ["it ended without a word"])[-1]
    return found


# --- what is printed ----------------------------------------------------------------------------


def machine() -> str:
    """Cores, processor, Python and libraries; no name and no path."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        found = re.search(r"model name\s*:\s*(.+)", info.read_text(errors="replace"))
        model = found[1] if found else model
    shown = []
    for library in LIBRARIES:
        try:
            shown.append(f"{library} {version(library)}")
        except PackageNotFoundError:
            continue
    cores = os.cpu_count()
    return f"{cores} cores, {model.strip()}; Python {platform.python_version()}; {', '.join(shown)}"


def report(lines: Iterable[dict[str, Any]], named: str, failed: dict[str, str]) -> str:
    """The table in plain text."""
    rows = [("row", "workload", "value", "goal", "met")]
    for line in lines:
        value = f"{number(line['value'])} {line['unit']}"
        met = "" if not line["goal"] else "yes" if line["met"] else "NO"
        rows.append((line["row"], line["what"], value, line["goal"], met))
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    texts = ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip()
             for row in rows]  # fmt: skip
    texts.append(f"\nmachine: {named}; one thread; medians of alternating runs")
    texts += [f"{name} did not finish: {why}" for name, why in failed.items()]
    return "\n".join(texts)


def number(value: float) -> str:
    """Three digits that count, thousands apart."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value else "0"


def small_table(lines: Sequence[dict[str, Any]], named: str) -> str:
    """The lines that have a goal, as Markdown; of single layers those that miss it."""
    rows = ["| row | workload | measured | goal | met |", "|---|---|---|---|---|"]
    for line in lines:
        if line["goal"] and not (line["met"] and SINGLE.search(line["what"])):
            value = f"{number(line['value'])} {line['unit']}"
            met = "yes" if line["met"] else "no"
            rows.append(f"| {line['row']} | {line['what']} | {value} | {line['goal']} | {met} |")
    return "\n".join([*rows, "", f"Measured on {named}; one thread, medians of alternating runs."])


def put_in(file: Path, table: str) -> None:
    """Replace what stands between the markers."""
    text = file.read_text(encoding="utf-8")
    begin, end = (text.index(marker) for marker in MARKERS)
    before, after = text[: begin + len(MARKERS[0])], text[end:]
    file.write_text(f"{before}\n\n{table}\n\n{after}", encoding="utf-8")


# --- profiles -----------------------------------------------------------------------------------


def headings(piece: str) -> list[tuple[str, str]]:
    """The row and the workload of each heading ``### row: workload``; a row may hold a comma."""
    return re.findall(r"^### ([^:\n]+): (.+)$", piece, re.MULTILINE)


def first(piece: str) -> int:
    """Where a profile stands among the others."""
    return min((place(row) for row, _ in headings(piece)), default=len(ROWS))


def unexplained(lines: Iterable[dict[str, Any]], pieces: Iterable[str]) -> list[str]:
    """The goals that are missed and that no profile has in a heading.

    A heading is about a goal where the rows are the same and one workload contains the other.
    """
    known = [heading for piece in pieces for heading in headings(piece)]

    def explained(row: str, what: str) -> bool:
        return any(row == about and (what in said or said in what) for about, said in known)

    missed = (line for line in lines if line["goal"] and not line["met"])
    return [f"{line['row']}: {line['what']}" for line in missed
            if not explained(line["row"], line["what"])]  # fmt: skip


def profiles_page(pieces: Iterable[str], bare: Iterable[str], named: str) -> str:
    """All profiles under one heading, and the missed goals that have none."""
    parts = ["# Where the time goes", f"Measured on {named}; one thread, medians."]
    parts += [piece.strip() for piece in pieces]
    parts += [f"### {goal}\n\nMissed; there is no profile of it." for goal in bare]
    return "\n\n".join(parts) + "\n"


# --- plots --------------------------------------------------------------------------------------


def plots(curves: Sequence[dict[str, Any]], folder: Path) -> None:
    """One SVG for each curve, by the plot writer of the symconv that was measured."""
    sys.path.insert(0, str(HERE.parent.parent))
    from symconv.figures.plot import Curve, Plot, draw, span_of
    from symconv.figures.svg import svg

    folder.mkdir(parents=True, exist_ok=True)
    for curve in curves:
        roles = dict(zip(curve["points"], ("first", "second", "third"), strict=False))
        items = tuple(
            Curve(tuple((x, y) for x, y in points), roles[name], label=rf"\text{{{name}}}")
            for name, points in curve["points"].items()
        )
        title = f"{curve['row']}: {curve['unit']} against {curve['across']}"
        plot = Plot(items, title, "", (480.0, 220.0))
        name = re.sub(r"\W+", "-", curve["row"]).strip("-")
        words = f"{curve['unit']} against {curve['across']}"
        picture = svg(draw(plot, span_of([plot])), title, words, themed=False)
        (folder / f"{name}.svg").write_text(picture + "\n", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
