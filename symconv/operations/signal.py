"""convolve, correlate: signal processing's filters, in the modes of NumPy (1-D) and SciPy (2-D).

    convolve:  y[o] = Σ_k w[k] · x[o - k + start]
    correlate: y[o] = Σ_k w[k] · x[o + k - (K - 1) + start]

`start` is the place of the first output kept among the N + K - 1 of mode "full".
"""

from __future__ import annotations

from symconv.geometry import Axis, Geometry
from symconv.index import FloorDiv, Index, Mod, Symbol, add, minus, simplify, tidy
from symconv.operations.base import Operation, Request, Spelling, shown
from symconv.operations.options import as_choice, at_least
from symconv.operations.windows import letters, outputs, parameters, ranges
from symconv.terms import Form, Read, Term

MODES = ("full", "same", "valid", "circular")
FLIP = "convolve flips the kernel; correlate does not."


def spell(request: Request) -> Spelling:
    """The form of a filter."""
    _check_ranks(request)
    made = _geometry(request)
    rank = made.rank
    o = ranges(letters(request, "o", rank), outputs(made))
    k = ranges(letters(request, "k", rank), made.kernel)
    at = tuple(
        _position(made, axis, Symbol(out.name), Symbol(step.name))
        for axis, out, step in zip(made.axes, o, k, strict=True)
    )
    x, w = request.names
    product = Term((Read(w, tuple(Symbol(step.name) for step in k)), Read(x, at)), k)
    form = Form(request.target, o, (product,), request.read_shapes())
    return Spelling(
        (form,), made, parameters=parameters(request, made), caveats=_caveats(request, made)
    )


def _check_ranks(request: Request) -> None:
    x, w = request.shape(0), request.shape(1)
    if len(x) not in (1, 2) or len(x) != len(w):
        raise request.error(
            f"{request.names[0]} and {request.names[1]} do not have the same one or two axes",
            expected="two signals (1-D) or two images (2-D)",
            got=f"{shown(x)} and {shown(w)}",
        )
    at_least(request, "input size", x, 1)
    at_least(request, "kernel size", w, 1)


def _geometry(request: Request) -> Geometry:
    """The windows as a convolution of stride 1 has them; a flip changes none of their ends."""
    mode = as_choice(request, "mode", MODES)
    x, w = request.shape(0), request.shape(1)
    flipped = request.operation.keyword == "convolve"
    if mode == "valid":
        _check_nested(request)
    sides = [_sides(n, k, mode, flipped, len(x)) for n, k in zip(x, w, strict=True)]
    axes = tuple(
        Axis(n, k, before=before, after=after)
        for n, k, (before, after) in zip(x, w, sides, strict=True)
    )
    wraps = "circular" if mode == "circular" else "zeros"
    return Geometry(axes, padding_mode=wraps, flipped=flipped)


def _check_nested(request: Request) -> None:
    """Mode "valid" slides the smaller over the larger, so one must hold the other."""
    x, w = request.shape(0), request.shape(1)
    pairs = [(n, k) for n, k in zip(x, w, strict=True) if isinstance(n, int) and isinstance(k, int)]
    if any(n > k for n, k in pairs) and any(n < k for n, k in pairs):
        raise request.error(
            f"neither of {request.names[0]} and {request.names[1]} fits inside the other",
            option="mode",
            expected="one at least as large as the other on every axis",
            got=f"{shown(x)} and {shown(w)}",
            hint="mode='same' or mode='full'",
        )


def _sides(n: Index, k: Index, mode: str, flipped: bool, rank: int) -> tuple[Index, Index]:
    """The padding before and after; of open sizes the kernel counts as the shorter.

    "same" keeps the middle: n outputs, but max(n, k) of them in NumPy's 1-D functions; in the
    middle of an even number of cells `scipy.signal.correlate2d` starts one later than the others.
    """
    reach = tidy(add(k, -1))
    if mode == "full":
        return reach, reach
    if mode == "circular":
        return (reach, 0) if flipped else (0, reach)
    longer = isinstance(n, int) and isinstance(k, int) and k > n
    if mode == "valid":
        return (tidy(add(k, minus(n))),) * 2 if longer else (0, 0)
    if longer and rank == 1:
        start = FloorDiv(add(n, -1) if flipped else n, 2)
        before = tidy(add(reach, minus(start)))
        return before, tidy(add(reach, k, minus(n), minus(before)))
    if flipped:
        after = tidy(FloorDiv(reach, 2))
        return simplify(add(reach, minus(after))), after
    before = tidy(FloorDiv(k if rank == 1 else reach, 2))
    return before, simplify(add(reach, minus(before)))


def _position(made: Geometry, axis: Axis, o: Index, k: Index) -> Index:
    """Where output `o` reads for kernel position `k`."""
    if made.padding_mode == "circular":
        return Mod(add(o, minus(k) if made.flipped else k), axis.size)
    if not made.flipped:
        return axis.position(o, k)
    start = simplify(add(axis.kernel, -1, minus(axis.before)))
    return tidy(add(o, minus(k), start))


def _caveats(request: Request, made: Geometry) -> tuple[str, ...]:
    """What a reader must know: the flip, and which of the two was taken to be the longer."""
    found = [FLIP]
    mode = str(request.options["mode"])
    open_axes = [
        a for a in made.axes if not (isinstance(a.size, int) and isinstance(a.kernel, int))
    ]
    assumed = mode == "valid" or (mode == "same" and made.rank == 1)
    if open_axes and assumed:
        pairs = " and ".join(f"{a.kernel} ≤ {a.size}" for a in open_axes)
        found.append(f"The kernel is taken to be no longer than the signal: {pairs}.")
    return tuple(found)


OPERATIONS = tuple(
    Operation(keyword, ("x", "w"), (("mode", "full"),), spell, summary)
    for keyword, summary in (
        ("convolve", "convolution of signals or images, with the kernel flipped"),
        ("correlate", "correlation of signals or images, with the kernel as it is"),
    )
)
