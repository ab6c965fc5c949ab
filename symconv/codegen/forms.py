"""A form as statements: each term is an expression, a loop over windows, or index arrays."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace

from symconv.codegen.body import Body
from symconv.codegen.grids import write_grid
from symconv.codegen.nests import Nest, nest
from symconv.codegen.plans import Plan, plan
from symconv.codegen.slices import subscript
from symconv.codegen.source import colon, condition, source
from symconv.codegen.splits import divided_by, split
from symconv.codegen.values import divisors, spread, value
from symconv.index import Index, Symbol, add, polynomial, symbols, tidy
from symconv.terms import Form, Term


def lowered(body: Body, form: Form, term: Term) -> Plan | Nest:
    """A term with its loops chosen, or the bare nest where it needs index arrays."""
    made = nest(form, term, body.index)
    short = _named(body, made)
    meaning = {name: formula for formula, name in body.sizes.items()} if short != made else {}
    digits = split(short, body.least, body.index)
    return plan(digits, body.least, body.inner, meaning) or made


def _named(body: Body, made: Nest) -> Nest:
    """The nest with named sizes by their names, where an index is divided by one of them."""
    if not any(len(polynomial(part)) > 1 for part in divided_by(made)):
        return made
    short = made.map(body.named)
    accesses = [
        replace(access, shape=tuple(map(body.named, access.shape))) for access in short.accesses
    ]
    ranges = tuple((name, body.named(size)) for name, size in short.ranges)
    return replace(short, ranges=ranges, out=accesses[0], reads=tuple(accesses[1:]))


def write_form(body: Body, form: Form, like: str = "") -> None:
    """Write a form: the windows first, then the terms that are one expression each."""
    terms = [lowered(body, form, term) for term in form.terms]
    direct = [t for t in terms if isinstance(t, Plan) and _is_direct(t)]
    windows: dict[object, list[Plan]] = {}
    for t in terms:
        if isinstance(t, Plan) and not _is_direct(t):
            windows.setdefault((t.nest.out.blocks, *map(_layout, t.out.axes)), []).append(t)
    grids = [t for t in terms if isinstance(t, Nest)]
    name = body.tensor(form.name)
    groups = list(windows.values())
    if not groups and not grids and (any(map(_covers, direct)) or len(direct) == 1):
        return _write_direct(body, form, direct)
    alone = len(groups) == 1 and not grids
    if not alone or _is_whole(groups[0][0]):
        zeros = f"np.zeros({like}.shape)" if like else body.zeros(form.shape)
        body.line(f"{name} = {zeros}" if form.shape else f"{name} = 0.0")
    for plans in groups:
        _write_group(body, form, plans, alone=alone, single=len(terms) == 1)
    for made in grids:
        write_grid(body, name, made)
    for item in direct:
        sign, text = value(body, item, _axes(item))
        body.line(f"{name} {sign or '+'}= {text}")
    return None


def _layout(axis: object) -> tuple[object, ...]:
    return tuple(getattr(axis, key) for key in ("before", "after", "fold"))


def _axes(item: Plan) -> tuple[str, ...]:
    """The variables of the result's axes, as they stand in its slices."""
    return tuple(n for axis in item.out.axes for n in item.vectors if n in symbols(axis.at))


def _is_whole(item: Plan) -> bool:
    """Whether the result is written without padding and without reshaping."""
    return item.out.plain and item.nest.out.blocks is None


def _is_direct(item: Plan) -> bool:
    """Whether the term is one expression over the whole result."""
    bare = all(
        isinstance(axis.at, Symbol) and item.sizes[axis.at.name] == axis.size
        for axis in item.out.axes
    )
    scalar_tests = [c for c in item.nest.where if not symbols(c.left, c.right) & set(item.vectors)]
    return not item.loops and _is_whole(item) and bare and not scalar_tests


def _covers(item: Plan) -> bool:
    """Whether the value has every axis of the result, so that no zeros are needed."""
    read = {name for view in item.reads for axis in view.axes for name in symbols(axis.at)}
    read |= {n for c in item.nest.where for n in symbols(c.left, c.right)}
    return set(_axes(item)) <= read


def _write_direct(body: Body, form: Form, terms: Sequence[Plan]) -> None:
    pieces = [value(body, item, _axes(item)) for item in terms]
    text = "".join(
        f"{sign}{piece}" if n == 0 else f" {sign or '+'} {piece}"
        for n, (sign, piece) in enumerate(pieces)
    )
    name = body.tensor(form.name)
    if text.isidentifier() and form.shape and any(map(_covers, terms)):
        body.line(f"{name} = {text}.copy()", body.shape(form.shape))
    elif any(map(_covers, terms)):
        body.line(f"{name} = {text}", body.shape(form.shape) if form.shape else "")
    elif text == "1":
        body.line(f"{name} = np.ones({body.shape(form.shape)})")
    else:
        body.line(f"{name} = np.broadcast_to({text}, {body.shape(form.shape)})")


# --- windows ------------------------------------------------------------------------------------


def _write_group(
    body: Body, form: Form, plans: Sequence[Plan], *, alone: bool, single: bool
) -> None:
    """Write the terms that lay their values into one and the same array."""
    first = plans[0]
    name = body.tensor(form.name)
    target = name
    if not _is_whole(first):
        kind = "blocks" if first.out.plain else "pad"
        target = body.names.fresh(f"{name}_{kind}")
        body.line(f"{target} = {body.zeros([body.padded(axis) for axis in first.out.axes])}")
    for item in plans:
        once = single and {a.at for a in item.out.axes if isinstance(a.at, Symbol)} >= {
            Symbol(n) for n in item.loops
        }
        later = single and target == name and bool(item.nest.divisors) and _divisor_fits(item)
        _write_loop(body, item, target, once=once, divided=later)
        if later:
            divisor = divisors(body, item)
            assert divisor is not None
            body.line(f"{name} /= {spread(divisor, _axes(item))}")
    if target != name:
        _take_back(body, form, first, target, alone=alone)


def _divisor_fits(item: Plan) -> bool:
    """Whether the divisors speak of the result's own indices alone."""
    bare = {axis.at.name for axis in item.out.axes if isinstance(axis.at, Symbol)}
    return symbols(*item.nest.divisors) & set(item.sizes) <= bare - set(item.loops)


def _write_loop(body: Body, item: Plan, target: str, *, once: bool, divided: bool) -> None:
    if not divided and not symbols(*item.nest.divisors) & set(item.loops):
        divisors(body, item)
    for view in item.reads:
        body.prepared(view, looped=bool(item.loops))
    inside = set(item.vectors)
    tests = [condition(c) for c in item.nest.where if not symbols(c.left, c.right) & inside]
    with ExitStack() as stack:
        if item.loops:
            stack.enter_context(body.block(loop_head(body, item)))
        if tests:
            stack.enter_context(body.block(f"if {' and '.join(tests)}:"))
        at, axes = subscript(body, item, item.out)
        sign, text = value(body, item, axes, divided=divided)
        if once and not tests:
            body.line(f"{target}{at or '[:]'} = {sign}{text}")
        else:
            body.line(f"{target}{at} {sign or '+'}= {text}")


def loop_head(body: Body, item: Plan) -> str:
    """``for k_h, k_w in np.ndindex(K_h, K_w):``."""
    counts = [source(body.size(item.sizes[name])) for name in item.loops]
    if len(counts) == 1:
        return f"for {item.loops[0]} in range({counts[0]}):"
    return f"for {', '.join(item.loops)} in np.ndindex({', '.join(counts)}):"


def _end(before: Index, size: Index) -> Index:
    return tidy(add(size, before) if isinstance(before, int) else add(before, size))


def _take_back(body: Body, form: Form, item: Plan, target: str, *, alone: bool) -> None:
    """Crop, fold back or reshape the array that was written to."""
    name, text = body.tensor(form.name), target
    if any(axis.before != 0 or axis.after != 0 for axis in item.out.axes):
        items = []
        for axis in item.out.axes:
            whole = axis.before == 0 and axis.after == 0
            stop = source(_end(axis.before, body.size(axis.size)))
            items.append(
                ":" if whole else colon("" if axis.before == 0 else source(axis.before), stop)
            )
        text += f"[{', '.join(items)}]"
    if any(axis.fold is not None for axis in item.out.axes):
        if alone:
            body.line(f"{name} = {body.zeros(form.shape)}")
        where = body.fold_index(item.out.axes)
        where = where if len(item.out.axes) == 1 else f"np.s_[{where}]"
        body.line(f"np.add.at({name}, {where}, {text})", "each copy gives its share back")
        return
    if item.nest.out.blocks is not None:
        text += f".reshape{body.shape(form.shape)}" if len(form.shape) > 1 else ".reshape(-1)"
    plain = alone and item.nest.out.blocks is None
    body.line(f"{name} {'=' if alone else '+='} {text}", body.shape(form.shape) if plain else "")
