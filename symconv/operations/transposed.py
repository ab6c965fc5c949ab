"""conv_transpose1d, 2d, 3d: every input is multiplied by the kernel and laid down, overlaps add.

    y[n,f,o] = b[f] + Σ_{c,i,k : S·i + D·k - P = o} x[n,c,i] · w[c,f,k]

The kernel's first axis is the input channel, as in PyTorch.
"""

from __future__ import annotations

from dataclasses import replace

from symconv.index import FloorDiv, Index, Mod, Product, tidy
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
    meeting,
    outputs,
    parameters,
    ranges,
    symbols_of,
)
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
    rank = request.rank
    kind = layout(request, rank)
    check_kernel(request, kind)
    _plain_padding(request)
    made = geometry(request, request.shape(0)[-rank:], request.shape(1)[-rank:], transposed=True)
    groups = groups_of(request, kind)
    heads = _heads(request, kind, groups)
    o = ranges(letters(request, "o", rank), outputs(made))
    i = ranges(letters(request, "i", rank), made.sizes)
    k = ranges(letters(request, "k", rank), made.kernel)
    x, w = request.names[:2]
    product = Term(
        (Read(x, (*heads.x, *symbols_of(i))), Read(w, (*heads.w, *symbols_of(k)))),
        (*heads.sums, *i, *k),
        meeting(made, i, k, o),
    )
    bias = bias_term(request, heads, kind)
    form = Form(request.target, (*heads.out, *o), (*bias, product), request.read_shapes())
    return Spelling(
        (form,), replace(made, groups=groups), parameters=parameters(request, made, groups)
    )


def _plain_padding(request: Request) -> None:
    """Refuse "same" and its like: they say what is laid round an input, and here the output is cut.

    Which size "same" should give back is not to be seen from x, since a stride rounds down.
    """
    value = request.options["padding"]
    if isinstance(value, str):
        raise request.error(
            "a transposed convolution has no padding by name",
            option="padding",
            expected="a number, one for each axis, or pairs (before, after)",
            got=repr(value),
            hint="the padding of the convolution that it turns round, as a number",
        )


def _heads(request: Request, kind: Layout, groups: Index) -> Heads:
    """``y[n,f,…]``, ``x[n,c,…]`` and ``w[c,f,…]``, summed over the input channels of one group."""
    heads = batch(request, kind)
    if not kind.channels:
        return heads
    w = request.shape(1)
    check_equal(
        request,
        request.shape(0)[-kind.rank - 1],
        w[0],
        f"{request.names[1]}'s first axis is the input channel and must agree with "
        f"{request.names[0]}",
    )
    check_groups(request, groups, input=w[0])
    inputs = tidy(FloorDiv(w[0], groups))
    f = Range(request.letter("f"), tidy(Product((groups, w[1]))))
    c = Range(request.letter("c"), inputs)
    at_f, at_c = symbols_of([f, c])
    if groups == 1:
        return Heads((*heads.out, f), (*heads.x, at_c), (at_c, at_f), (c,))
    at_c, of_w = in_group(at_f, w[1], at_c, inputs), tidy(Mod(at_f, w[1]))
    return Heads((*heads.out, f), (*heads.x, at_c), (at_c, of_w), (c,))


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
