"""Where the time of small gradients goes: stage by stage, and the objects that must be made."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterable
from typing import Any

import sympy
from sympy.core.cache import clear_cache

from symconv.api import Operation
from symconv.api.reverse import Reverse
from symconv.canonical import symbols
from symconv.canonical.making import new
from symconv.written import written

Stages = dict[str, Callable[[], Any]]


def small_gradients(
    title: str, op: Operation, both: Callable[[Operation], Any], peer: float
) -> str:
    """The piece of Markdown; `both` writes the gradients out, `peer` is `sympy.diff` in ms."""
    whole, parts, alone, again = [], [], [], []
    objects, count = objects_of(both(op))
    for _ in range(60):
        whole.append(cold({"whole": lambda: both(Operation(op.program))}))
        parts.append(cold(stages_of(op)))
        alone.append(cold(objects))
        again.append(straight_after(lambda: both(Operation(op.program))))
    total = median(found["whole"] for found in whole)
    rows = {name: median(found[name] for found in parts) for name in parts[0]}
    made = {name: median(found[name] for found in alone) for name in alone[0]}
    rows["expressions"] -= sum(made.values())
    listed = {
        "what reads what, and the names of gradients": rows["names"],
        "index arrays of the operation": rows["arrays"],
        "turned round, one for each gradient": rows["turned"],
        "products ranked, sorted, split": rows["expressions"],
        **{f"objects: {name}": value for name, value in made.items()},
    }
    shown = "\n".join(f"| {name} | {ms:.3f} | {ms / total:.0%} |" for name, ms in listed.items())
    warm = median(again)
    return f"""### gradients written out: {title}

| stage | ms | share |
|---|---|---|
{shown}
| the whole call | {total:.3f} | 100% |

`sympy.diff` takes {peer:.0f} ms here, {peer / total:.0f} times the whole; a thousandth would be
{peer / 1000:.3f} ms. The {count} SymPy objects alone, made from arguments that lie ready in order,
take {sum(made.values()):.3f} ms: each is an allocation and its slots. Nothing is differentiated and
no expression is looked at; what is left beside the objects are some hundred NumPy and Python calls
on arrays of a few hundred numbers, where a call costs more than the numbers in it. The suite
collects the garbage before every call, of all candidates, so a call this short begins with cold
caches: straight after another the same work, derived anew, takes {warm:.3f} ms, {peer / warm:.0f}
times less than `sympy.diff`.
"""


def stages_of(op: Operation) -> Stages:
    """Both gradients in the order in which the views ask for the parts."""
    reverse = Reverse(op.program)
    turned: list[Any] = []
    return {
        "names": lambda: (reverse.consumers, reverse.names),
        "arrays": lambda: [reverse.expanded(form) for form in reverse.consumers["x"]],
        "turned": lambda: turned.extend(map(reverse.expansion, ("x", "w"))),
        "expressions": lambda: [written(expansion, op.program) for expansion in turned],
    }


def objects_of(arrays: Iterable[Any]) -> tuple[Stages, int]:
    """What makes the objects of some sums again, kind by kind, and how many they are."""
    names: list[list[str]] = []
    products: list[list[Any]] = []
    sums: list[list[Any]] = []
    for array in arrays:
        added = [item for item in array.flat if item.is_Add]
        several = [item for item in array.flat if not item.is_Add]
        multiplied = [*several, *(term for item in added for term in item.args)]
        names.append(sorted({symbol.name for item in multiplied for symbol in item.args}))
        products.append([item.args for item in multiplied])
        sums.append([item.args for item in added])
    stages: Stages = {
        "symbols": lambda: list(map(symbols, names)),
        "products": lambda: [new(sympy.Mul, list(map(tuple, each))) for each in products],
        "sums": lambda: [new(sympy.Add, list(map(tuple, each))) for each in sums],
    }
    return stages, sum(map(len, (*names, *products, *sums)))


def cold(stages: Stages) -> dict[str, float]:
    """Milliseconds of each stage, begun as the suite begins a call."""
    clear_cache()
    gc.collect()
    gc.disable()
    taken, kept = {}, []
    try:
        for name, stage in stages.items():
            start = time.process_time()
            kept.append(stage())
            taken[name] = (time.process_time() - start) * 1000
    finally:
        gc.enable()
    return taken


def straight_after(call: Callable[[], Any]) -> float:
    """Milliseconds of the second of two calls."""
    gc.disable()
    try:
        first = call()
        start = time.process_time()
        second = call()
        spent = time.process_time() - start
    finally:
        gc.enable()
    del first, second
    return spent * 1000


def median(values: Iterable[float]) -> float:
    """The middle one."""
    return statistics.median(values)
