"""conv1d, conv2d, conv3d: deep learning's convolution, which is a cross-correlation.

    y[n,f,o] = b[f] + Σ_{c,k} w[f,c,k] · x[n,c, S·o + D·k - P]

The kernel's first axis is the output channel, as in PyTorch.
"""

from __future__ import annotations

from dataclasses import replace

from symconv.index import FloorDiv, Index, tidy
from symconv.operations.base import Operation, Request, Spelling
from symconv.operations.heads import (
    Heads,
    Layout,
    batch,
    bias_term,
    check_equal,
    check_groups,
    check_kernel,
    groups_of,
    in_group,
    layout,
)
from symconv.operations.windows import (
    geometry,
    letters,
    outputs,
    padded_read,
    parameters,
    ranges,
    symbols_of,
)
from symconv.terms import Form, Range, Read, Term

OPTIONS = (
    ("stride", 1),
    ("padding", 0),
    ("dilation", 1),
    ("groups", 1),
    ("padding_mode", "zeros"),
)


def spell(request: Request) -> Spelling:
    """The form of a convolution."""
    rank = request.rank
    kind = layout(request, rank)
    check_kernel(request, kind)
    made = geometry(request, request.shape(0)[-rank:], request.shape(1)[-rank:])
    groups = groups_of(request, kind)
    heads = _heads(request, kind, groups)
    o = ranges(letters(request, "o", rank), outputs(made))
    k = ranges(letters(request, "k", rank), made.kernel)
    w, x = request.names[1], request.names[0]
    product = Term(
        (
            Read(w, (*heads.w, *symbols_of(k))),
            Read(x, (*heads.x, *padded_read(made, symbols_of(o), symbols_of(k)))),
        ),
        (*heads.sums, *k),
    )
    bias = bias_term(request, heads, kind)
    form = Form(request.target, (*heads.out, *o), (*bias, product), request.read_shapes())
    return Spelling(
        (form,),
        replace(made, groups=groups),
        parameters=parameters(request, made, groups),
        caveats=caveats(request),
    )


def _heads(request: Request, kind: Layout, groups: Index) -> Heads:
    """``y[n,f,…]``, ``w[f,c,…]`` and x's channel, summed over the channels of one group."""
    heads = batch(request, kind)
    if not kind.channels:
        return heads
    inputs, w = request.shape(0)[-kind.rank - 1], request.shape(1)
    check_groups(request, groups, input=inputs, output=w[0])
    per_group = tidy(FloorDiv(inputs, groups))
    check_equal(
        request,
        per_group,
        w[1],
        f"{request.names[1]} reads the wrong number of channels",
        hint=f"{request.names[1]}[{w[0]},{per_group},…]",
    )
    f, c = Range(request.letter("f"), w[0]), Range(request.letter("c"), w[1])
    at_f, at_c = symbols_of([f, c])
    outputs = tidy(FloorDiv(w[0], groups))
    of_x = at_c if groups == 1 else in_group(at_f, outputs, at_c, w[1])
    return Heads((*heads.out, f), (*heads.x, of_x), (at_f, at_c), (c,))


def caveats(request: Request) -> tuple[str, ...]:
    """What a reader must know about the options that were chosen."""
    found = ["A deep-learning convolution is a cross-correlation: the kernel is not flipped."]
    if request.options.get("padding") == "same":
        found.append(
            'padding="same" gives ⌈n/S⌉ outputs with the odd cell of padding at the end, the rule '
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
