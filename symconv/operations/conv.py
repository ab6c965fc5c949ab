"""conv1d, conv2d, conv3d: deep learning's convolution, which is a cross-correlation.

    y[n,f,o] = b[f] + Σ_{c,k} w[f,c,k] · x[n,c, S·o + D·k - P]

Ranks as in PyTorch: with d spatial axes, x has d axes (one channel), d + 1 (channels) or d + 2
(batch and channels).
"""

from __future__ import annotations

from dataclasses import dataclass

from symconv.geometry import Geometry
from symconv.graph import Parameter
from symconv.index import FloorDiv, Index, Mod, Product, Symbol, add, same, tidy
from symconv.operations.base import (
    Operation,
    Request,
    Spelling,
    as_index,
    at_least,
    open_parameters,
)
from symconv.operations.windows import geometry, letters, padded_read, ranges, symbols_of
from symconv.terms import Form, Range, Read, Shape, Term

OPTIONS = (
    ("stride", 1),
    ("padding", 0),
    ("dilation", 1),
    ("groups", 1),
    ("padding_mode", "zeros"),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Which axes of x and w are batch and channels, by the number of axes."""

    rank: int
    channels: bool
    batch: bool


def layout(request: Request, rank: int) -> Layout:
    """Read the layout off the ranks of x and w, refusing those that do not fit."""
    x, w = request.shape(0), request.shape(1)
    extra = len(x) - rank
    if extra not in (0, 1, 2):
        raise request.error(
            f"{request.names[0]} has {len(x)} axes",
            expected=f"{rank} (one channel), {rank + 1} (channels first) or {rank + 2} (batch, "
            "channels)",
            got=_shape(x),
        )
    wanted = rank if extra == 0 else rank + 2
    if len(w) != wanted:
        raise request.error(
            f"{request.names[1]} has {len(w)} axes",
            expected=f"{wanted} to go with {request.names[0]} of shape {_shape(x)}",
            got=_shape(w),
        )
    return Layout(rank, channels=extra > 0, batch=extra == 2)


def _shape(shape: Shape) -> str:
    return "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"


def check_equal(request: Request, left: Index, right: Index, message: str, hint: str = "") -> None:
    """Refuse two numbers that should agree and do not; symbols are compared as written."""
    if isinstance(left, int) and isinstance(right, int) and left != right:
        raise request.error(message, expected=str(left), got=str(right), hint=hint)
    if not (isinstance(left, int) or isinstance(right, int)) and not same(left, right):
        raise request.error(message, expected=str(left), got=str(right), hint=hint)


def check_groups(request: Request, groups: Index, **channels: Index) -> None:
    """Refuse channel counts that the groups do not divide."""
    for name, count in channels.items():
        rest = tidy(Mod(count, groups))
        if isinstance(count, int) and isinstance(groups, int) and rest != 0:
            fits = [str(g) for g in range(1, count + 1) if count % g == 0]
            raise request.error(
                f"{count} {name} channels cannot be divided into {groups} groups",
                option="groups",
                expected="a divisor: " + ", ".join(fits),
                got=str(groups),
            )


def bias_term(request: Request, channel: Index | None, count: Index) -> tuple[Term, ...]:
    """The bias as a term, if there is one; its shape is (F,), or () or (1,) without channels."""
    if len(request.names) < 3:
        return ()
    shape = request.shapes[2]
    if shape is None:
        shape = (count,) if channel is not None else ()
        request.shapes[2] = shape
    if channel is None and shape in ((), (1,)):
        return (Term((Read(request.names[2], (0,) * len(shape)),)),)
    if len(shape) != 1 or channel is None:
        raise request.error(
            f"{request.names[2]} has the wrong shape",
            expected=_shape((count,)) if channel is not None else "(1,)",
            got=_shape(shape),
        )
    check_equal(request, count, shape[0], f"{request.names[2]} needs one entry per output channel")
    return (Term((Read(request.names[2], (channel,)),)),)


def spell(request: Request) -> Spelling:
    """The form of a convolution."""
    rank = int(request.operation.keyword[-2])
    kind = layout(request, rank)
    x, w = request.shape(0), request.shape(1)
    made = geometry(request, x[-rank:], w[-rank:])
    groups = as_index(request, "groups", request.options["groups"])
    at_least(request, "groups", [groups], 1)
    names = request.names
    head: list[Range] = []
    x_head: list[Index] = []
    w_head: list[Index] = []
    sums: list[Range] = []
    if kind.batch:
        head.append(Range(request.letter("n"), x[0]))
        x_head.append(Symbol(head[0].name))
    if kind.channels:
        outer, inner = x[-rank - 1], w[1]
        check_groups(request, groups, input=outer, output=w[0])
        per_group = tidy(FloorDiv(outer, groups))
        check_equal(
            request,
            per_group,
            inner,
            f"{names[1]} reads the wrong number of channels",
            hint=f"{names[1]}[{w[0]},{per_group},…]",
        )
        f, c = Range(request.letter("f"), w[0]), Range(request.letter("c"), inner)
        head.append(f)
        sums.append(c)
        x_head.append(group_channel(f, c, w[0], groups))
        w_head += symbols_of([f, c])
    o = ranges(letters(request, "o", rank), made.output())
    k = ranges(letters(request, "k", rank), made.kernel)
    product = Term(
        (
            Read(names[1], (*w_head, *symbols_of(k))),
            Read(names[0], (*x_head, *padded_read(made, symbols_of(o), symbols_of(k)))),
        ),
        (*sums, *k),
    )
    channel = Symbol(head[-1].name) if kind.channels else None
    bias = bias_term(request, channel, w[0])
    form = Form(request.target, (*head, *o), (*bias, product), _shapes(request))
    return Spelling(
        (form,), made, parameters=parameters(request, made, groups), caveats=caveats(request)
    )


def group_channel(f: Range, c: Range, outputs: Index, groups: Index) -> Index:
    """The input channel that output channel `f` reads as its `c`-th: ``(f // F_g)·C_g + c``."""
    if groups == 1:
        return Symbol(c.name)
    per_group = tidy(FloorDiv(outputs, groups))
    group = FloorDiv(Symbol(f.name), per_group)
    return tidy(add(Product((group, c.size)), Symbol(c.name)))


def _shapes(request: Request) -> tuple[tuple[str, Shape], ...]:
    pairs = zip(request.names, request.shapes, strict=True)
    return tuple((name, shape) for name, shape in pairs if shape is not None)


def parameters(request: Request, made: Geometry, groups: Index) -> tuple[Parameter, ...]:
    """The open symbols of a convolution, by what they are."""
    axes = made.axes
    return open_parameters(
        size=[n for shape in request.shapes for n in shape or ()],
        stride=[a.stride for a in axes],
        dilation=[a.dilation for a in axes],
        groups=[groups],
        padding=[p for a in axes for p in (a.before, a.after)],
        output_padding=[a.output_padding for a in axes],
    )


def caveats(request: Request) -> tuple[str, ...]:
    """What a reader must know about the options that were chosen."""
    found = ["A deep-learning convolution is a cross-correlation: the kernel is not flipped."]
    if request.options.get("padding") == "same":
        found.append(
            'padding="same" gives ⌈n/S⌋ outputs with the odd cell of padding at the end, the rule '
            "of TensorFlow and JAX; PyTorch refuses it for a stride above 1."
        )
    return tuple(found)


OPERATIONS = tuple(
    Operation(
        f"conv{rank}d",
        ("x", "w", "b?"),
        OPTIONS,
        spell,
        f"{rank}-D convolution of deep learning (a cross-correlation)",
    )
    for rank in (1, 2, 3)
)
