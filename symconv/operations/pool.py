"""avg_pool and max_pool in one to three dimensions, with PyTorch's rules.

    average: y[n,c,o] = Σ_k x[n,c, S·o + k - P] / (what the window holds)
    maximum: y[n,c,o] = Σ_k M[n,c,o,k] · x[n,c, S·o + D·k - P]

M is 1 at the first maximum of each window and 0 elsewhere, so the gradient needs no rule of its
own.
"""

from __future__ import annotations

from symconv.geometry import Axis, Geometry
from symconv.index import Index, Max, Min, Product, add, evaluate, minus, tidy
from symconv.operations.base import Operation, Request, Spelling
from symconv.operations.heads import Heads, kept, layout
from symconv.operations.options import as_flag, kernel_size
from symconv.operations.windows import (
    geometry,
    letters,
    outputs,
    padded_read,
    parameters,
    ranges,
    symbols_of,
)
from symconv.terms import Form, Range, Read, Selection, Term

AVERAGE = (
    ("kernel_size", None),
    ("stride", None),
    ("padding", 0),
    ("ceil_mode", False),
    ("count_include_pad", True),
)
MAXIMUM = (
    ("kernel_size", None),
    ("stride", None),
    ("padding", 0),
    ("dilation", 1),
    ("ceil_mode", False),
)
TIES = (
    "On a tie the first maximum of the window, in row-major order, takes the value and the whole "
    "gradient."
)
CEIL = (
    "ceil_mode rounds the number of outputs up; a last window that would start in the padding "
    "behind the input is dropped."
)
SHARE = "Each mean is over the positions of the window that lie {where}."


def average(request: Request) -> Spelling:
    """The form of an average pooling."""
    made, heads, o, k = _windows(request)
    include = as_flag(request, "count_include_pad")
    counts = [
        _count(axis, index, include) for axis, index in zip(made.axes, symbols_of(o), strict=True)
    ]
    read = _read(request, made, heads, o, k)
    form = Form(
        request.target,
        (*heads.out, *o),
        (Term((read,), k, divisors=_divisors(made, counts)),),
        request.read_shapes(),
    )
    caveats = [CEIL] if made.axes[0].ceil_mode else []
    if any(count is not None for count in counts):
        where = "inside the padded input" if include else "inside the input, without the padding"
        caveats.append(SHARE.format(where=where))
    return Spelling((form,), made, parameters=parameters(request, made), caveats=tuple(caveats))


def maximum(request: Request) -> Spelling:
    """The mask of the first maxima, and the form that reads them."""
    made, heads, o, k = _windows(request)
    _check_not_empty(request, made)
    read = _read(request, made, heads, o, k)
    shapes = request.read_shapes()
    mask = Selection(request.letter("M"), (*heads.out, *o), k, read, shapes)
    chosen = Read(mask.name, symbols_of((*heads.out, *o, *k)))
    form = Form(
        request.target,
        (*heads.out, *o),
        (Term((chosen, read), k),),
        ((mask.name, mask.shape), *shapes),
    )
    caveats = [TIES, *([CEIL] if made.axes[0].ceil_mode else []), *_assumed(made)]
    return Spelling(
        (mask, form), made, parameters=parameters(request, made), caveats=tuple(caveats)
    )


def _windows(request: Request) -> tuple[Geometry, Heads, tuple[Range, ...], tuple[Range, ...]]:
    """The geometry, batch and channels, and the ranges of outputs and of window positions."""
    rank = request.rank
    kind = layout(request, rank)
    kernel = kernel_size(request, rank)
    if request.options["stride"] is None:
        request.options["stride"] = request.options["kernel_size"]
    if isinstance(request.options["padding"], str):
        raise request.error(
            "a pooling has no padding by name",
            option="padding",
            expected="a number, or one for each axis",
            got=repr(request.options["padding"]),
        )
    made = geometry(request, request.shape(0)[-rank:], kernel)
    for place, axis in enumerate(made.axes):
        _check_padding(request, axis, f"axis {place}: " if rank > 1 else "")
    heads = kept(request, kind)
    o = ranges(letters(request, "o", rank), outputs(made))
    k = ranges(letters(request, "k", rank), made.kernel)
    return made, heads, o, k


def _check_padding(request: Request, axis: Axis, on: str) -> None:
    for side in (axis.before, axis.after):
        if isinstance(side, int) and isinstance(axis.kernel, int) and side > axis.kernel // 2:
            raise request.error(
                f"{on}the padding is more than half of the kernel",
                option="padding",
                expected=f"at most {axis.kernel // 2} for a kernel of {axis.kernel}",
                got=str(side),
            )


def _read(
    request: Request,
    made: Geometry,
    heads: Heads,
    o: tuple[Range, ...],
    k: tuple[Range, ...],
) -> Read:
    return Read(request.names[0], (*heads.x, *padded_read(made, symbols_of(o), symbols_of(k))))


# --- what an average is divided by --------------------------------------------------------------


def _divisors(made: Geometry, counts: list[Index | None]) -> tuple[Index, ...]:
    plain = [axis.kernel for axis, n in zip(made.axes, counts, strict=True) if n is None]
    found = [tidy(Product(tuple(plain))), *(n for n in counts if n is not None)]
    return tuple(n for n in found if n != 1)


def _count(axis: Axis, o: Index, include: bool) -> Index | None:
    """How many positions of window `o` count, or None where all K do, whatever `o` is.

    A window is cut at the end of the padded input, or at both ends of the input itself where the
    padding does not count.
    """
    start = tidy(add(Product((axis.stride, o)), minus(axis.before)))
    if include or axis.padding == 0:
        fits = not axis.ceil_mode or _last_fits(axis)
        room = tidy(add(axis.padded, minus(Product((axis.stride, o)))))
        return None if fits else Min((axis.kernel, room))
    stop = Min((tidy(add(start, axis.kernel)), axis.size))
    return add(stop, minus(start if axis.before == 0 else Max((start, 0))))


def _last_fits(axis: Axis) -> bool:
    """Whether the last window is known to end inside the padded input."""
    last = add(Product((axis.stride, add(axis.output(), -1))), axis.kernel)
    left = tidy(add(axis.padded, minus(last)))
    return isinstance(left, int) and left >= 0


# --- windows that hold nothing but padding ------------------------------------------------------


def _is_open(axis: Axis) -> bool:
    parts = (axis.size, axis.kernel, axis.stride, axis.dilation, axis.before, axis.after)
    return not all(isinstance(part, int) for part in parts)


def _check_not_empty(request: Request, made: Geometry) -> None:
    for place, axis in enumerate(made.axes):
        if _is_open(axis):
            continue
        for o in range(evaluate(axis.output(), {})):
            reads = [evaluate(axis.position(o, k), {}) for k in range(evaluate(axis.kernel, {}))]
            if not any(0 <= at < evaluate(axis.size, {}) for at in reads):
                on = f"axis {place}: " if made.rank > 1 else ""
                raise request.error(
                    f"{on}window {o} holds nothing but padding",
                    expected=f"a position in 0..{evaluate(axis.size, {}) - 1}",
                    got=", ".join(map(str, reads)),
                    hint="less padding or a smaller dilation",
                )


def _assumed(made: Geometry) -> tuple[str, ...]:
    """What open sizes leave unchecked."""
    risky = [a for a in made.axes if a.padding != 0 and (a.ceil_mode or a.dilation != 1)]
    if any(_is_open(axis) for axis in risky):
        return ("Every window is taken to hold at least one position of the input.",)
    return ()


OPERATIONS = tuple(
    Operation(f"{kind}_pool{rank}d", ("x",), options, spell, f"{rank}-D {summary}")
    for kind, options, spell, summary in (
        ("avg", AVERAGE, average, "average pooling: the mean of each window"),
        ("max", MAXIMUM, maximum, "maximum pooling: the largest of each window"),
    )
    for rank in (1, 2, 3)
)
