"""relu, sigmoid, tanh, add, sub, scale: every element on its own.

y[i] = relu(x[i])      y[i] = a[i] + b[i]      y[i] = factor · x[i]
"""

from __future__ import annotations

from fractions import Fraction

from symconv.functions import FUNCTIONS
from symconv.index import Tree
from symconv.operations.base import Operation, Request, Spelling, sentence, shown
from symconv.operations.heads import check_equal
from symconv.operations.options import number, open_parameters
from symconv.operations.windows import ranges, symbols_of
from symconv.terms import Form, Range, Read, Term

LETTERS = {
    0: (),
    1: ("i",),
    2: ("i_h", "i_w"),
    3: ("c", "i_h", "i_w"),
    4: ("n", "c", "i_h", "i_w"),
    5: ("n", "c", "i_d", "i_h", "i_w"),
}


def everywhere(request: Request, place: int = 0) -> tuple[Range, ...]:
    """A range for each axis of a tensor: the letters it was made with, or the usual ones."""
    shape = request.shape(place)
    usual = LETTERS.get(len(shape), tuple(f"i_{axis + 1}" for axis in range(len(shape))))
    names = request.made.get(request.names[place], usual)
    return ranges([request.letter(name) for name in names], shape)


def function(request: Request) -> Spelling:
    """A function of one variable, element by element."""
    name = request.operation.keyword
    at = everywhere(request)
    form = _form(request, at, Term((Read(request.names[0], symbols_of(at), name),)))
    caveat = FUNCTIONS[name].caveat
    return _spelled(request, form, (sentence(caveat),) if caveat else ())


def add(request: Request) -> Spelling:
    """``y = a + b`` or, for the keyword sub, ``y = a - b``."""
    agree(request)
    at = everywhere(request)
    a, b = (Read(name, symbols_of(at)) for name in request.names)
    sign = Fraction(-1 if request.operation.keyword == "sub" else 1)
    return _spelled(request, _form(request, at, Term((a,)), Term((b,), coefficient=sign)))


def scale(request: Request) -> Spelling:
    """``y = factor · x`` for a number."""
    factor = request.options["factor"]
    if factor is None or isinstance(factor, Tree):
        raise request.error(
            "the factor must be a number" if factor is not None else "the factor was not given",
            option="factor",
            expected="for example 2 or 1/3",
            got=shown(factor) if factor is not None else "none",
            hint="an operation of your own for a factor with a name, "
            f"{request.target}[i] = s[0] * {request.names[0]}[i] for i = 0..N-1",
        )
    at = everywhere(request)
    term = Term((Read(request.names[0], symbols_of(at)),), coefficient=number(request, "factor"))
    return _spelled(request, _form(request, at, term))


def agree(request: Request) -> None:
    """Both tensors have one shape; one without sizes takes the other's."""
    left, right = request.shapes
    if left is None and right is None:
        request.shape(0)
    left = request.shapes[0] = left if left is not None else right
    right = request.shapes[1] = right if right is not None else left
    assert left is not None and right is not None
    message = f"{request.names[0]} and {request.names[1]} do not have the same shape"
    if len(left) != len(right):
        raise request.error(message, expected=shown(left), got=shown(right))
    for one, other in zip(left, right, strict=True):
        check_equal(request, one, other, message)


def _form(request: Request, at: tuple[Range, ...], *terms: Term) -> Form:
    return Form(request.target, at, terms, request.read_shapes())


def _spelled(request: Request, form: Form, caveats: tuple[str, ...] = ()) -> Spelling:
    sizes = [size for _, shape in form.shapes for size in shape]
    return Spelling((form,), parameters=open_parameters(size=sizes), caveats=caveats)


OPERATIONS = (
    Operation("relu", ("x",), (), function, "the positive part of every element"),
    Operation("sigmoid", ("x",), (), function, "1/(1 + exp(-x)) of every element"),
    Operation("tanh", ("x",), (), function, "the hyperbolic tangent of every element"),
    Operation("add", ("a", "b"), (), add, "the sum of two tensors of one shape"),
    Operation("sub", ("a", "b"), (), add, "the difference of two tensors of one shape"),
    Operation("scale", ("x",), (("factor", None),), scale, "every element times a number"),
)
