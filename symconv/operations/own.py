"""An operation of one's own: ``y[o] = sum(w[k] * x[2*o + k - P], k=0..K-1) for o = 0..O-1``.

A tensor whose size is not declared (``with x[N]``) is taken to be just large enough for every
read; reads below 0 are padding.
"""

from __future__ import annotations

from collections.abc import Mapping

from symconv.calls import Addend, Binder, Definition
from symconv.errors import GeometryError
from symconv.functions import FUNCTIONS
from symconv.index import (
    Index,
    Max,
    Symbol,
    add,
    coefficient,
    polynomial,
    simplify,
    substitute,
    symbols,
    tidy,
)
from symconv.operations.base import Spelling, open_parameters
from symconv.terms import Form, Range, Read, Shape, Term


def spell(definition: Definition, shapes: Mapping[str, Shape | None], taken: set[str]) -> Spelling:
    """The form that a definition is, with the sizes it leaves open worked out."""
    ranges = tuple(_range(binder) for binder in definition.ranges)
    for item in ranges:
        if item.start != 0:
            raise _error(
                definition,
                f"{item.name} starts at {item.start}",
                expected="output indices that count from 0",
                got=f"{item.name} = {item.start}..",
            )
    terms = tuple(_term(addend) for addend in definition.addends)
    _check_names(definition, taken)
    known = {
        name: shape if shape is not None else _infer(definition, name, ranges, terms)
        for name, shape in shapes.items()
    }
    _check_axes(definition, known)
    form = Form(definition.target, ranges, terms, tuple(known.items()))
    sizes = [n for shape in (*known.values(), form.shape) for n in shape]
    bound = {r.name for r in ranges} | {r.name for term in terms for r in term.sums}
    inside = [index for term in terms for read in term.reads for index in read.at] + [
        side for term in terms for c in term.where for side in (c.left, c.right)
    ]
    padding = sorted(symbols(*inside) - bound - symbols(*sizes))
    parameters = open_parameters(size=sizes)
    found = tuple(p for p in parameters if p.name not in padding)
    others = tuple(p for name in padding for p in open_parameters(padding=[Symbol(name)]))
    return Spelling((form,), shapes=tuple(known.items()), parameters=found + others)


def _range(binder: Binder) -> Range:
    return Range(binder.name, tidy(add(binder.last, 1)), binder.first)


def _term(addend: Addend) -> Term:
    reads = tuple(Read(f.tensor, f.at, f.function) for f in addend.factors)
    sums = tuple(_range(binder) for binder in addend.sums)
    return Term(reads, sums, addend.where, addend.coefficient)


def _error(definition: Definition, message: str, **facts: str) -> GeometryError:
    return GeometryError(
        message, where=f"{definition.target}[{', '.join(definition.indices)}]", **facts
    )


def _check_names(definition: Definition, taken: set[str]) -> None:
    bound = [b.name for b in definition.ranges]
    bound += [b.name for addend in definition.addends for b in addend.sums]
    tensors = {f.tensor for addend in definition.addends for f in addend.factors}
    for name in bound:
        if name in tensors or name == definition.target:
            raise _error(
                definition,
                f"{name} is used for two things, an index and a tensor",
                expected="different names",
                got=name,
            )
    for addend in definition.addends:
        for factor in addend.factors:
            if factor.function not in FUNCTIONS:
                raise _error(
                    definition,
                    f"there is no function {factor.function}",
                    expected=", ".join(filter(None, FUNCTIONS)),
                    got=factor.function,
                )


def _check_axes(definition: Definition, shapes: Mapping[str, Shape]) -> None:
    for addend in definition.addends:
        for factor in addend.factors:
            wanted = len(shapes[factor.tensor])
            if len(factor.at) != wanted:
                raise _error(
                    definition,
                    f"{factor.tensor} is read with {len(factor.at)} indices",
                    expected=f"{wanted}",
                    got=", ".join(map(str, factor.at)) or "none",
                )


# --- sizes that were not declared ---------------------------------------------------------------


def _infer(
    definition: Definition, name: str, ranges: tuple[Range, ...], terms: tuple[Term, ...]
) -> Shape:
    """The smallest shape that holds every read of a tensor."""
    reads = [(read, term) for term in terms for read in term.reads if read.tensor == name]
    ranks = {len(read.at) for read, _ in reads}
    if len(ranks) != 1:
        raise _error(
            definition,
            f"{name} is read with {' and '.join(map(str, sorted(ranks)))} indices",
            expected="the same number each time",
            got=name,
        )
    axes = []
    for axis in range(ranks.pop()):
        ends = [
            _end(definition, name, read.at[axis], (*ranges, *term.sums)) for read, term in reads
        ]
        ends = list(dict.fromkeys(ends))
        axes.append(ends[0] if len(ends) == 1 else tidy(Max(tuple(ends))))
    return tuple(axes)


def _end(definition: Definition, name: str, index: Index, ranges: tuple[Range, ...]) -> Index:
    """One more than the greatest value of an index over its ranges."""
    highest = index
    for item in ranges:
        if item.name not in symbols(highest):
            continue
        parts = coefficient(highest, item.name)
        sign = _sign(parts[0]) if parts else 0
        if sign == 0:
            raise _error(
                definition,
                f"the size of {name} cannot be worked out from {index}",
                expected="a declared size",
                got=name,
                hint=f"… with {name}[N]",
            )
        highest = substitute(highest, {item.name: item.last if sign > 0 else item.start})
    return simplify(add(highest, 1))


def _sign(value: Index) -> int:
    """The sign of a coefficient whose symbols are sizes, strides and the like (at least 1)."""
    numbers = polynomial(value).values()
    if numbers and all(n > 0 for n in numbers):
        return 1
    return -1 if numbers and all(n < 0 for n in numbers) else 0
