"""sum, mse, cross_entropy: one number from a tensor.

sum:           L = Σ_i x[i]
mse:           L = 1/count · Σ_i d[i]·d[i]                 with d = y - t
cross_entropy: L = 1/count · Σ_{n,c} t[n,c]·(log s[n] - z[n,c])
                                  with e = exp z, s[n] = Σ_c e[n,c]
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from symconv.index import Index, Product, tidy
from symconv.operations.base import Operation, Request, Spelling
from symconv.operations.options import as_choice, open_parameters
from symconv.operations.pointwise import agree, everywhere
from symconv.operations.windows import SUFFIXES, ranges, symbols_of
from symconv.terms import Equation, Form, Range, Read, Term

REDUCTION = (("reduction", "mean"),)
REDUCTIONS = ("mean", "sum")
TARGETS = (
    "The targets t are probabilities of the shape of {z}, not class numbers; as in PyTorch the "
    "mean is over everything but the classes."
)


def total(request: Request) -> Spelling:
    """The sum of all elements."""
    at = everywhere(request)
    term = Term((Read(request.names[0], symbols_of(at)),), at)
    return _spelled(request, Form(request.target, (), (term,), request.read_shapes()))


def mse(request: Request) -> Spelling:
    """The difference, and its mean square."""
    agree(request)
    at = everywhere(request)
    y, t = (Read(name, symbols_of(at)) for name in request.names)
    name = request.letter("d")
    difference = Form(
        name, at, (Term((y,)), Term((t,), coefficient=Fraction(-1))), request.read_shapes()
    )
    d = Read(name, symbols_of(at))
    square = Term((d, d), at, divisors=_count(request, difference.shape))
    loss = Form(request.target, (), (square,), ((name, difference.shape),))
    return _spelled(request, difference, loss)


def cross_entropy(request: Request) -> Spelling:
    """The exponentials, their sums over the classes, and the loss."""
    agree(request)
    at = _classes(request)
    place = min(len(at) - 1, 1)
    rest = (*at[:place], *at[place + 1 :])
    z, t = request.names
    shapes = dict(request.read_shapes())
    e, s = request.letter("e"), request.letter("s")
    exponentials = Form(e, at, (Term((Read(z, symbols_of(at), "exp"),)),), ((z, shapes[z]),))
    sums = Form(
        s, rest, (Term((Read(e, symbols_of(at)),), (at[place],)),), ((e, exponentials.shape),)
    )
    target = Read(t, symbols_of(at))
    count = _count(request, sums.shape)
    terms = (
        Term((target, Read(s, symbols_of(rest), "log")), at, divisors=count),
        Term((target, Read(z, symbols_of(at))), at, (), Fraction(-1), count),
    )
    loss = Form(request.target, (), terms, (*request.read_shapes(), (s, sums.shape)))
    return _spelled(request, exponentials, sums, loss, caveats=(TARGETS.format(z=z),))


def _classes(request: Request) -> tuple[Range, ...]:
    """The ranges of the scores: (C), (N, C) or (N, C, …)."""
    shape = request.shape(0)
    if not shape:
        raise request.error(
            f"{request.names[0]} has no classes", expected="(C), (N,C) or (N,C,…)", got="()"
        )
    if request.names[0] in request.made or len(shape) > 5:
        return everywhere(request)
    head = ("c",) if len(shape) == 1 else ("n", "c")
    spatial = tuple("i" + suffix for suffix in SUFFIXES.get(len(shape) - len(head), ()))
    return ranges([request.letter(name) for name in (*head, *spatial)], shape)


def _count(request: Request, shape: Sequence[Index]) -> tuple[Index, ...]:
    """What a mean divides by, or nothing for a sum."""
    if as_choice(request, "reduction", REDUCTIONS) == "sum":
        return ()
    count = tidy(Product((1, *shape)))
    return () if count == 1 else (count,)


def _spelled(request: Request, *equations: Equation, caveats: tuple[str, ...] = ()) -> Spelling:
    sizes = [size for _, shape in request.read_shapes() for size in shape]
    return Spelling(equations, parameters=open_parameters(size=sizes), caveats=caveats)


OPERATIONS = (
    Operation("sum", ("x",), (), total, "the sum of all elements"),
    Operation("mse", ("y", "t"), REDUCTION, mse, "the mean square of the difference"),
    Operation(
        "cross_entropy",
        ("z", "t"),
        REDUCTION,
        cross_entropy,
        "softmax cross-entropy of scores and target probabilities",
    ),
)
