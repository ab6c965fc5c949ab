"""One term's value as an expression: slices of the reads, multiplied and summed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from symconv.codegen.body import Body
from symconv.codegen.plans import Plan
from symconv.codegen.slices import subscript
from symconv.codegen.source import condition, source
from symconv.index import (
    Condition,
    Index,
    Product,
    symbols,
    tidy,
)
from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class Operand:
    """An expression and the variables of its axes."""

    text: str
    axes: tuple[str, ...]


def operands(body: Body, plan: Plan) -> list[Operand]:
    """The reads, then a mask for the conditions."""
    found = []
    for view in plan.reads:
        array = body.prepared(view, looped=bool(plan.loops))
        text, axes = subscript(body, plan, view)
        found.append(Operand(array + text, axes))
    tests = [c for c in plan.nest.where if symbols(c.left, c.right) & set(plan.vectors)]
    return [*found, *([_mask(body, plan, tests)] if tests else [])]


def _mask(body: Body, plan: Plan, tests: Sequence[Condition]) -> Operand:
    """All conditions on vectors as one array of truths."""
    axes = _grid(body, plan, *(side for c in tests for side in (c.left, c.right)))
    shown = [condition(test, arrays=True) for test in tests]
    inside = body.names.fresh("inside")
    both = " & ".join(f"({text})" for text in shown)
    body.line(f"{inside} = {shown[0] if len(shown) == 1 else both}")
    return Operand(inside, axes)


def _grid(body: Body, plan: Plan, *indices: Index) -> tuple[str, ...]:
    """Write the index arrays that expressions need; returns their order."""
    axes = tuple(name for name in plan.vectors if name in symbols(*indices))
    if len(axes) == 1:
        body.line(f"{axes[0]} = np.arange({source(body.size(plan.sizes[axes[0]]))})")
    elif axes:
        spans = ", ".join(f":{source(body.size(plan.sizes[name]))}" for name in axes)
        body.line(f"{', '.join(axes)} = np.ogrid[{spans}]")
    return axes


def value(
    body: Body, plan: Plan, target: Sequence[str], *, divided: bool = False
) -> tuple[str, str]:
    """The sign and the value of a term, its axes in the order of the target's.

    `divided` says that the division comes later.
    """
    divisor = None if divided else divisors(body, plan)
    found = operands(body, plan)
    if divisor is not None and not set(divisor.axes) <= set(target):
        found.append(Operand(f"1 / {divisor.text}", divisor.axes))
        divisor = None
    text, axes = _contracted(found, target)
    lost = [n for n in plan.vectors if n not in target and all(n not in o.axes for o in found)]
    for name in lost:
        text = f"{text} * {factor(source(body.size(plan.sizes[name])))}"
    sign, text = _scaled(plan, text, bare=not found)
    if divisor is not None:
        text = f"{text} / {spread(divisor, axes)}"
    return sign, spread(Operand(text, axes), target)


def factor(text: str) -> str:
    """A text as a factor, in brackets unless it is a name or a number."""
    return text if text.isidentifier() or text.isdigit() else f"({text})"


def _scaled(plan: Plan, text: str, *, bare: bool) -> tuple[str, str]:
    number = plan.nest.coefficient
    sign = "-" if number < 0 else ""
    top, bottom = abs(number.numerator), number.denominator
    if bare:
        text = text.replace("1", str(top), 1) if text.startswith("1") else text
    elif top != 1:
        text = f"{top} * {text}"
    return sign, text + (f" / {bottom}" if bottom != 1 else "")


def divisors(body: Body, plan: Plan) -> Operand | None:
    """The product of the divisors, an array where they depend on a vector."""
    if not plan.nest.divisors:
        return None
    axes = tuple(n for n in plan.vectors if n in symbols(*plan.nest.divisors))
    whole = (
        tidy(Product(plan.nest.divisors)) if len(plan.nest.divisors) > 1 else plan.nest.divisors[0]
    )
    if not axes:
        return Operand(factor(source(body.shortened(whole))), ())
    text = source(whole, arrays=True)
    varying = bool(symbols(whole) & set(plan.loops))
    key = (text, axes, tuple(plan.sizes[name] for name in axes))
    if varying or key not in body.arrays:
        _grid(body, plan, *plan.nest.divisors)
        body.arrays[key] = (
            body.names.claim("count", "count") if varying else body.names.fresh("count")
        )
        body.line(f"{body.arrays[key]} = {text}", "how many elements each window averages over")
    return Operand(body.arrays[key], axes)


def _contracted(found: Sequence[Operand], target: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The product of the operands, summed over what the target has not."""
    numbers = [o.text for o in found if not o.axes]
    arrays = [o for o in found if o.axes]
    kept = tuple(n for n in target if any(n in o.axes for o in arrays))
    if not arrays:
        return powers(numbers) or "1", ()
    text = _product(arrays, kept)
    return (f"{powers(numbers)} * {text}" if numbers else text), kept


def powers(texts: Sequence[str]) -> str:
    """A product, equal factors as powers."""
    parts = [
        t if n == 1 else f"{t}**{n}" if t.isidentifier() else f"{t} ** {n}"
        for t, n in Counter(texts).items()
    ]
    return " * ".join(parts)


def _product(arrays: Sequence[Operand], kept: tuple[str, ...]) -> str:
    axes = arrays[0].axes
    alike = all(o.axes == axes for o in arrays) and len(set(axes)) == len(axes)
    texts = powers([o.text for o in arrays])
    if alike and kept == axes:
        return texts
    if alike and not kept:
        return f"np.sum({texts})"
    if len(arrays) == 1 and alike and tuple(n for n in axes if n in kept) == kept:
        gone = [str(place) for place, n in enumerate(axes) if n not in kept]
        over = gone[0] if len(gone) == 1 else f"({', '.join(gone)})"
        return f"{texts}.sum(axis={over})"
    if all(o.axes == tuple(n for n in kept if n in o.axes) for o in arrays):
        return " * ".join(spread(o, kept) for o in arrays)
    return einsum(arrays, kept)


def einsum(arrays: Sequence[Operand], kept: Sequence[str]) -> str:
    """``np.einsum("fc,nchw->nfhw", w, x)``."""
    letters = _letters([n for o in arrays for n in o.axes])
    left = ",".join("".join(letters[n] for n in o.axes) for o in arrays)
    right = "".join(letters[n] for n in kept)
    return f'np.einsum("{left}->{right}", {", ".join(_bare(o.text) for o in arrays)})'


def _bare(text: str) -> str:
    """The text without brackets around the whole of it."""
    whole = text.startswith("(") and text.endswith(")") and text.count("(") == 1
    return text[1:-1] if whole else text


def _letters(names: Sequence[str]) -> dict[str, str]:
    """A letter for each variable: the axis of ``o_h`` is h."""
    chosen: dict[str, str] = {}
    for name in dict.fromkeys(names):
        head, _, suffix = name.partition("_")
        wanted = [suffix, head, *"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"]
        chosen[name] = next(
            c
            for c in wanted
            if len(c) == 1 and c.isascii() and c.isalpha() and c not in chosen.values()
        )
    return chosen


def spread(item: Operand, target: Sequence[str]) -> str:
    """The expression with axes of length 1 where the target has axes that it lacks."""
    places = ["None" if name not in item.axes else ":" for name in target]
    while places and places[0] == "None":
        places.pop(0)
    if "None" not in places:
        return item.text
    plain = item.text.isidentifier()
    return f"{item.text if plain else f'({item.text})'}[{', '.join(places)}]"
