"""One equation as statements: a form, or the mask of a maximum."""

from __future__ import annotations

from contextlib import ExitStack

from symconv.codegen.body import Body
from symconv.codegen.forms import loop_head, lowered, write_form
from symconv.codegen.grids import write_grid
from symconv.codegen.nests import Nest
from symconv.codegen.slices import subscript
from symconv.codegen.source import source
from symconv.index import Product, tidy
from symconv.terms import Form, Read, Selection, Term


def write_equation(body: Body, equation: Form | Selection, like: str = "") -> None:
    """Write the statements that compute an equation; `like` is a tensor of the same shape."""
    if isinstance(equation, Selection):
        write_selection(body, equation)
    else:
        write_form(body, equation, like)


def write_selection(body: Body, selection: Selection) -> None:
    """Write the mask of the first maximum of each window: gather the windows, then argmax."""
    name = body.tensor(selection.name)
    ranges = (*selection.ranges, *selection.window)
    read = Term((Read(selection.read.tensor, selection.read.at),))
    form = Form(body.names.fresh("windows"), ranges, (read,), selection.shapes)
    item = lowered(body, form, read)
    windows = form.name
    if isinstance(item, Nest):
        body.line(f"{windows} = {body.zeros(form.shape)}")
        write_grid(body, windows, item, outside="-np.inf")
    else:
        body.line(f"{windows} = np.empty({body.shape(form.shape)})")
        for view in item.reads:
            array = body.prepared(view, looped=True, outside="-np.inf")
        with ExitStack() as stack:
            if item.loops:
                stack.enter_context(body.block(loop_head(body, item)))
            at, _ = subscript(body, item, item.out)
            inside, _ = subscript(body, item, item.reads[0])
            body.line(f"{windows}{at or '[:]'} = {array}{inside}")
    flat = body.shape((*(r.size for r in selection.ranges), -1))
    count = source(tidy(Product(tuple(body.size(r.size) for r in selection.window))))
    first = body.names.fresh("first")
    body.line(f"{first} = {windows}.reshape{flat}.argmax(axis=-1)", "of equal maxima the first")
    mask = f"{first}[..., None] == np.arange({count})"
    body.line(f"{name} = ({mask}).reshape({windows}.shape)", body.shape(form.shape))
