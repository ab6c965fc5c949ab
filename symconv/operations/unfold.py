"""unfold (im2col) and fold (col2im), each the adjoint of the other.

    unfold: Y[n,r,l] = x[n,c, S·o + D·k - P]   for row r = (c,k) and column l = o
    fold:   y[n,c,i] = Σ_{k,o : S·o + D·k - P = i} Y[n,(c,k),o]

Rows count channels slowest, then kernel positions in row-major order; columns count outputs in
row-major order.  Shapes are PyTorch's, for one to three spatial axes.
"""

from __future__ import annotations

from collections.abc import Sequence

from symconv.geometry import Geometry
from symconv.index import (
    FloorDiv,
    Index,
    Mod,
    Product,
    Symbol,
    add,
    from_polynomial,
    polynomial,
    tidy,
)
from symconv.operations.base import Operation, Request, Spelling, shown
from symconv.operations.heads import Layout, batch, check_equal, layout
from symconv.operations.options import as_indices, at_least, kernel_size, missing
from symconv.operations.windows import (
    geometry,
    letters,
    meeting,
    outputs,
    parameters,
    ranges,
    symbols_of,
)
from symconv.terms import Form, Range, Read, Term

WINDOW = (("kernel_size", None), ("dilation", 1), ("padding", 0), ("stride", 1))
ORDER = (
    "Rows run over channel, then kernel position; columns over output position; the last index is "
    "always the fastest."
)


def unfold(request: Request) -> Spelling:
    """Every window of x as a column."""
    rank, guessed = _rank(request)
    kind = layout(request, rank)
    made = geometry(request, request.shape(0)[-rank:], kernel_size(request, rank))
    _plain_padding(request)
    heads = batch(request, kind)
    channels = (request.shape(0)[-rank - 1],) if kind.channels else ()
    rows = tidy(Product((*channels, *made.kernel)))
    r = Range(request.letter("r"), rows)
    column = Range(request.letter("l"), tidy(Product(outputs(made))))
    at = _positions(made, kind, Symbol(r.name), Symbol(column.name))
    form = Form(
        request.target,
        (*heads.out, r, column),
        (Term((Read(request.names[0], (*heads.x, *at)),)),),
        request.read_shapes(),
    )
    caveats = (ORDER, *guessed)
    return Spelling((form,), made, parameters=parameters(request, made), caveats=caveats)


def _rank(request: Request) -> tuple[int, tuple[str, ...]]:
    """The number of spatial axes, and a word about a guess that PyTorch would not make."""
    value = request.options["kernel_size"]
    axes = len(request.shape(0))
    single = axes - 2 if axes >= 3 else axes
    rank = len(value) if isinstance(value, tuple) else single
    if not 1 <= rank <= 3:
        raise request.error(
            f"there cannot be {rank} spatial axes",
            option="kernel_size",
            expected="a kernel_size for one to three axes",
            got=f"{shown(value)} with {request.names[0]} of shape {shown(request.shape(0))}",
        )
    if isinstance(value, tuple) or axes != 3:
        return rank, ()
    return rank, (
        "A single kernel_size takes three axes as batch, channels and one spatial axis; write "
        "(K,K) for channels and two spatial axes.",
    )


def _plain_padding(request: Request) -> None:
    if isinstance(request.options["padding"], str):
        raise request.error(
            f"{request.call.function} has no padding by name",
            option="padding",
            expected="a number, or one for each axis",
            got=repr(request.options["padding"]),
        )


def _positions(made: Geometry, kind: Layout, r: Index, column: Index) -> tuple[Index, ...]:
    """Where row r and column l read: r is taken apart into (c, k), l into o."""
    k = _digits(r, made.kernel, leading=not kind.channels)
    o = _digits(column, outputs(made), leading=True)
    at = [axis.position(i, j) for axis, i, j in zip(made.axes, o, k, strict=True)]
    channel = [tidy(FloorDiv(r, tidy(Product(made.kernel))))] if kind.channels else []
    return (*channel, *at)


def _digits(value: Index, sizes: Sequence[Index], *, leading: bool) -> list[Index]:
    """The row-major indices behind a flat one, ``(v // (b·c)) mod a, (v // c) mod b, v mod c``.

    A leading digit cannot overflow and needs no remainder.
    """
    found = []
    for place, size in enumerate(sizes):
        inner = tidy(Product((1, *sizes[place + 1 :])))
        digit = tidy(FloorDiv(value, inner))
        found.append(digit if place == 0 and leading else tidy(Mod(digit, size)))
    return found


def flat(indices: Sequence[Index], sizes: Sequence[Index]) -> Index:
    """The row-major place of indices: ``(a·B + b)·C + c``, multiplied out."""
    parts = [Product((index, *sizes[place + 1 :])) for place, index in enumerate(indices)]
    return tidy(add(*parts))


# --- fold ---------------------------------------------------------------------------------------


def fold(request: Request) -> Spelling:
    """Every column laid down where its window was, overlaps added."""
    _plain_padding(request)
    columns = request.shape(0)
    sizes, kernel = _sizes(request)
    made = geometry(request, sizes, kernel)
    channels = _check_columns(request, made)
    kind = Layout(len(sizes), channels=True, batch=len(columns) == 3)
    heads = batch(request, kind)
    c = Range(request.letter("c"), channels)
    i = ranges(letters(request, "i", kind.rank), made.sizes)
    k = ranges(letters(request, "k", kind.rank), made.kernel)
    o = ranges(letters(request, "o", kind.rank), outputs(made))
    at = (
        flat(symbols_of((c, *k)), (channels, *made.kernel)),
        flat(symbols_of(o), outputs(made)),
    )
    form = Form(
        request.target,
        (*heads.out, c, *i),
        (Term((Read(request.names[0], (*heads.x, *at)),), (*k, *o), meeting(made, o, k, i)),),
        request.read_shapes(),
    )
    return Spelling((form,), made, parameters=parameters(request, made), caveats=(ORDER,))


def _sizes(request: Request) -> tuple[tuple[Index, ...], tuple[Index, ...]]:
    """The output and kernel sizes; two numbers mean two axes, as in PyTorch."""
    if request.options["output_size"] is None:
        raise missing(request, "output_size", "(4,4)")
    given = [request.options[name] for name in ("output_size", "kernel_size")]
    rank = next((len(value) for value in given if isinstance(value, tuple)), 2)
    if not 1 <= rank <= 3:
        raise request.error(
            f"there cannot be {rank} spatial axes",
            option="output_size",
            expected="one to three sizes",
            got=shown(given[0]),
        )
    sizes = as_indices(request, "output_size", rank)
    at_least(request, "output_size", sizes, 1)
    return sizes, kernel_size(request, rank)


def _check_columns(request: Request, made: Geometry) -> Index:
    """The number of channels, where Y's rows and columns fit the windows."""
    name, shape = request.names[0], request.shape(0)
    if len(shape) not in (2, 3):
        raise request.error(
            f"{name} has {len(shape)} {'axis' if len(shape) == 1 else 'axes'}",
            expected="2 (rows, columns) or 3 (batch, rows, columns)",
            got=shown(shape),
        )
    rows, columns = shape[-2:]
    check_equal(
        request,
        tidy(Product(outputs(made))),
        columns,
        f"{name} does not have one column for each window",
    )
    window = tidy(Product(made.kernel))
    if isinstance(rows, int) and isinstance(window, int) and rows % window:
        raise request.error(
            f"the rows of {name} cannot be divided by the kernel",
            expected=f"a multiple of {window}",
            got=str(rows),
        )
    return _quotient(rows, window)


def _quotient(rows: Index, window: Index) -> Index:
    """``rows / window``, cancelled where the window is a factor of every term."""
    (cell, number), *more = polynomial(window).items()
    found = {}
    for monomial, count in polynomial(rows).items():
        rest = list(monomial)
        for atom in cell:
            if atom not in rest:
                return tidy(FloorDiv(rows, window))
            rest.remove(atom)
        if more or count % number:
            return tidy(FloorDiv(rows, window))
        found[tuple(rest)] = count // number
    return from_polynomial(found)


OPERATIONS = (
    Operation("unfold", ("x",), WINDOW, unfold, "im2col: every window of x as a column"),
    Operation(
        "fold",
        ("Y",),
        (("output_size", None), *WINDOW),
        fold,
        "col2im: columns laid down as windows, overlaps added",
    ),
)
