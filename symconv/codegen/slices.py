"""The subscripts of windows: ``x_pad[:, :, k_h : k_h + S * O_h : S]``."""

from __future__ import annotations

from symconv.codegen.body import Body
from symconv.codegen.bounds import affine
from symconv.codegen.plans import Axis, Plan, View
from symconv.codegen.source import colon, source
from symconv.index import Index, Product, Sum, Symbol, add, minus, same, simplify, symbols, tidy


def subscript(body: Body, plan: Plan, view: View) -> tuple[str, tuple[str, ...]]:
    """The subscript of a view, brackets included (nothing for the whole array), and its axes."""
    items: list[str] = []
    axes: list[str] = []
    flips: list[str] = []
    for axis in view.axes:
        text, name, backwards = _item(body, plan, axis)
        items.append(text)
        if name:
            axes.append(name)
            flips.append("::-1" if backwards else ":")
    windows = [n for n, text in enumerate(items) if ":" in text and text != ":"]
    if plan.loops and len(windows) > 1:
        for n in windows:
            items[n] = _named_slice(body, items[n], view.axes[n], plan)
    whole = "" if all(item == ":" for item in items) else f"[{', '.join(items)}]"
    return whole + (f"[{', '.join(flips)}]" if "::-1" in flips else ""), tuple(axes)


def _item(body: Body, plan: Plan, axis: Axis) -> tuple[str, str, bool]:
    parts = affine(axis.at, plan.sizes)
    assert parts is not None
    name = next((n for n in plan.vectors if n in parts[0]), "")
    if not name:
        return source(axis.at), "", False
    factor = parts[0][name]
    start = simplify(add(axis.at, minus(Product((factor, Symbol(name))))))
    backwards = source(factor).startswith("-")
    if backwards:
        factor = simplify(minus(factor))
        reach = Product((factor, tidy(add(plan.sizes[name], -1))))
        start = simplify(add(start, minus(reach)))
    return _slice(body, axis, start, factor, plan.sizes[name]), name, backwards


def _slice(body: Body, axis: Axis, start: Index, step: Index, count: Index) -> str:
    if step == 1 and start == 0 and same(count, axis.padded):
        return ":"
    start = body.shortened(start)
    stop = tidy(Sum((start, tidy(Product((step, body.size(count)))))))
    first = "" if start == 0 else source(start)
    return colon(first, source(stop)) if step == 1 else colon(first, source(stop), source(step))


def _named_slice(body: Body, text: str, axis: Axis, plan: Plan) -> str:
    """A slice with a name of its own, ``i_h = slice(k_h, k_h + O_h)``."""
    name = next(n for n in plan.vectors if n in symbols(axis.at))
    suffix = name.partition("_")[2]
    local = body.names.claim("slice", f"at_{suffix or name}")
    parts = [part.strip() or "None" for part in text.split(":")]
    body.once(f"{local} = slice({', '.join(parts)})")
    return local
