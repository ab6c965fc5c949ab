"""conv_transpose1d, 2d, 3d: every input is multiplied by the kernel and laid down, overlaps add.

    y[n,f,o] = b[f] + Σ_{c,i,k : S·i + D·k - P = o} x[n,c,i] · w[c,f,k]

The kernel's first axis is the input channel, as in PyTorch.
"""

from __future__ import annotations

from symconv.index import Condition, FloorDiv, Index, Product, Symbol, add, tidy
from symconv.operations.base import Operation, Request, Spelling, as_index, at_least
from symconv.operations.conv import (
    bias_term,
    check_equal,
    check_groups,
    layout,
    parameters,
)
from symconv.operations.windows import geometry, letters, ranges, symbols_of
from symconv.terms import Form, Range, Read, Term

OPTIONS = (
    ("stride", 1),
    ("padding", 0),
    ("output_padding", 0),
    ("groups", 1),
    ("dilation", 1),
)


def spell(request: Request) -> Spelling:
    """The form of a transposed convolution: the scatter, as a sum with a condition."""
    rank = int(request.operation.keyword[-2])
    kind = layout(request, rank)
    x, w = request.shape(0), request.shape(1)
    made = geometry(request, x[-rank:], w[-rank:], transposed=True)
    groups = as_index(request, "groups", request.options["groups"])
    at_least(request, "groups", [groups], 1)
    names = request.names
    head: list[Range] = []
    x_head: list[Index] = []
    w_head: list[Index] = []
    sums: list[Range] = []
    outputs: Index = 1
    if kind.batch:
        head.append(Range(request.letter("n"), x[0]))
        x_head.append(Symbol(head[0].name))
    if kind.channels:
        check_equal(
            request,
            x[-rank - 1],
            w[0],
            f"{names[1]}'s first axis is the input channel and must agree with {names[0]}",
        )
        check_groups(request, groups, input=w[0])
        outputs = tidy(Product((groups, w[1])))
        f, c = Range(request.letter("f"), outputs), Range(request.letter("c"), w[0])
        head.append(f)
        c_index, f_index = _channels(f, c, w, groups)
        sums.append(Range(c.name, tidy(FloorDiv(w[0], groups))))
        x_head.append(c_index)
        w_head += [c_index, f_index]
    i = ranges(letters(request, "i", rank), made.sizes)
    k = ranges(letters(request, "k", rank), made.kernel)
    o = ranges(letters(request, "o", rank), made.output())
    meet = tuple(
        Condition(axis.position(place, step), "==", out)
        for axis, place, step, out in zip(
            made.axes, symbols_of(i), symbols_of(k), symbols_of(o), strict=True
        )
    )
    product = Term(
        (
            Read(names[0], (*x_head, *symbols_of(i))),
            Read(names[1], (*w_head, *symbols_of(k))),
        ),
        (*sums, *i, *k),
        meet,
    )
    channel = Symbol(head[-1].name) if kind.channels else None
    bias = bias_term(request, channel, outputs)
    shapes = tuple(
        (name, shape)
        for name, shape in zip(names, request.shapes, strict=True)
        if shape is not None
    )
    form = Form(request.target, (*head, *o), (*bias, product), shapes)
    return Spelling((form,), made, parameters=parameters(request, made, groups))


def _channels(f: Range, c: Range, w: tuple[Index, ...], groups: Index) -> tuple[Index, Index]:
    """The input channel that `c` counts within f's group, and f's place within its group.

    With one group these are c and f; with G groups ``(f // F_g)·C_g + c`` and ``f mod F_g``,
    where the kernel's second axis is F_g = F/G and C_g = C/G.
    """
    if groups == 1:
        return Symbol(c.name), Symbol(f.name)
    per_group = tidy(FloorDiv(w[0], groups))
    group = FloorDiv(Symbol(f.name), w[1])
    return (
        tidy(add(Product((group, per_group)), Symbol(c.name))),
        tidy(Symbol(f.name) % w[1]),
    )


OPERATIONS = tuple(
    Operation(
        f"conv_transpose{rank}d",
        ("x", "w", "b?"),
        OPTIONS,
        spell,
        f"{rank}-D transposed convolution",
    )
    for rank in (1, 2, 3)
)
