"""The command that checks a formula which somebody wrote."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from symconv.cli.shared import LARGEST, SPEC_HELP, read_spec, write

if TYPE_CHECKING:
    from symconv.claims import Verdict


@click.command(
    help="Check a LaTeX formula about an operation.\n\n"
    "The formula says what a result, a gradient or a size is."
    f"\n{SPEC_HELP}"
    "\nExit code 0: every step proved or checked; 1: refuted, undecided or not understood.",
    epilog="""\b
Examples:
  symconv check --op 'y = conv1d(x[N], w[K], stride=2)' \\
      --formula '\\frac{\\partial L}{\\partial w_k} = \\sum_o g_o x_{2o+k}'
  symconv check --op 'y = conv1d(x[N], w[K])' --formula - < formula.tex
""",
)
@click.option("--op", "spec", required=True, metavar="SPEC", help="The operation.")
@click.option("--formula", required=True, metavar="TEX", help="The formula, @FILE, or - (stdin).")
@click.option("--format", type=click.Choice(("text", "json")), default="text", show_default=True)
@click.pass_context
def check(ctx: click.Context, spec: str, formula: str, format: str) -> None:
    """Print the verdict on a formula."""
    from symconv.judge import judge
    from symconv.operations.build import build
    from symconv.syntax.spec import parse

    text = read_formula_text(formula)
    found = judge(text, build(parse(read_spec(spec))))
    if format == "json":
        rows = [as_json(step) for step in found.steps or (found,)]
        write(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", None)
    else:
        write("\n".join(as_text(step) for step in found.steps or (found,)) + "\n", None)
    if not found.good:
        ctx.exit(1)


def read_formula_text(formula: str) -> str:
    """The formula itself, a file's (``@name``), or standard input's."""
    if formula == "-":
        return sys.stdin.read(LARGEST + 1)
    if formula.startswith("@"):
        with Path(formula[1:]).open(encoding="utf-8") as file:
            return file.read(LARGEST + 1)
    return formula


def as_text(verdict: Verdict) -> str:
    """A verdict in words: outcome, scope, counterexample, the right formula."""
    step = f"step {verdict.step} of {len(verdict.steps)}: " if verdict.steps else ""
    lines = [f"{step}{verdict.outcome.replace('_', ' ')} ({verdict.method})"]
    lines.append(f"  {verdict.evidence}")
    found = verdict.counterexample
    if found is not None:
        sizes = ", ".join(f"{name} = {value}" for name, value in found.sizes.items())
        place = ", ".join(map(str, found.position))
        sides = f"{found.left} is right, {found.right} is what the formula gives"
        lines.append(f"  at {sizes}, position ({place}): {sides}")
    lines += [f"  {note}" for note in (*verdict.notes, verdict.witness) if note]
    if verdict.correct:
        lines.append(f"  right is: {verdict.correct}")
    return "\n".join(lines)


def as_json(verdict: Verdict) -> dict[str, object]:
    """A verdict as data."""
    found = verdict.counterexample
    counter = None
    if found is not None:
        counter = {
            "sizes": dict(found.sizes),
            "position": list(found.position),
            "left": found.left,
            "right": found.right,
        }
    return {
        "step": verdict.step,
        "outcome": verdict.outcome,
        "method": verdict.method,
        "evidence": verdict.evidence,
        "quantified": list(verdict.scope.names),
        "assumptions": [str(c) for c in verdict.scope.assumptions],
        "counterexample": counter,
        "notes": list(verdict.notes),
        "correct": verdict.correct,
    }
