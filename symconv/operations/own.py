"""An operation of one's own: ``y[o] = sum(w[k] * x[2*o + k - P], k=0..K-1) for o = 0..O-1``.

A tensor whose size is not declared (``with x[N]``) is taken to be just large enough for every
read; reads below 0 are padding.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping

from symconv.calls import Addend, Binder, Definition, Factor
from symconv.errors import GeometryError
from symconv.functions import FUNCTIONS
from symconv.index import Index, add, symbols, tidy
from symconv.operations.base import Spelling, sentence
from symconv.operations.extents import extent, greatest
from symconv.operations.kinds import parameters, positions
from symconv.terms import Form, Range, Read, Shape, Term


def spell(definition: Definition, shapes: Mapping[str, Shape | None]) -> Spelling:
    """The form that a definition is, with the sizes it leaves open worked out."""
    _check_names(definition)
    ranges = _outputs(definition)
    terms = tuple(_term(addend) for addend in definition.addends)
    given = {name: shape for name, shape in shapes.items() if shape is not None}
    known = {
        name: given[name] if name in given else _extents(definition, name, ranges, terms)
        for name in shapes
    }
    _check_axes(definition, known)
    _check_scope(definition, ranges, terms, given)
    form = Form(definition.target, ranges, terms, tuple(known.items()))
    functions = {read.function for term in terms for read in term.reads}
    return Spelling(
        (form,),
        shapes=tuple(known.items()),
        parameters=parameters(form, given.values()),
        caveats=tuple(
            sentence(item.caveat)
            for item in FUNCTIONS.values()
            if item.name in functions and item.caveat
        ),
    )


def _range(binder: Binder) -> Range:
    return Range(binder.name, tidy(add(binder.last, 1)), binder.first)


def _term(addend: Addend) -> Term:
    reads = tuple(Read(f.tensor, f.at, f.function) for f in addend.factors)
    sums = tuple(_range(binder) for binder in addend.sums)
    return Term(reads, sums, addend.where, addend.coefficient)


def _outputs(definition: Definition) -> tuple[Range, ...]:
    """The output indices in the order in which the target names them."""
    given = {binder.name: _range(binder) for binder in definition.ranges}
    if sorted(given) != sorted(definition.indices) or len(given) != len(definition.ranges):
        raise _error(
            definition,
            "the output indices and their ranges differ",
            expected="one range for each of " + (", ".join(definition.indices) or "no index"),
            got=", ".join(binder.name for binder in definition.ranges) or "none",
        )
    for item in given.values():
        if item.start != 0 or (isinstance(item.stop, int) and item.stop < 1):
            raise _error(
                definition,
                f"{item.name} runs from {item.start} to {item.last}",
                expected="an output index that counts from 0",
                got=f"{item.name} = {item.start}..{item.last}",
            )
    return tuple(given[name] for name in definition.indices)


def _extents(
    definition: Definition, name: str, ranges: tuple[Range, ...], terms: tuple[Term, ...]
) -> Shape:
    """The smallest shape that holds every read of a tensor."""
    reads = [
        (read.at, (*ranges, *term.sums))
        for term in terms
        for read in term.reads
        if read.tensor == name
    ]
    ranks = sorted({len(at) for at, _ in reads})
    if len(ranks) != 1:
        raise _error(
            definition,
            f"{name} is read with {' and '.join(map(str, ranks))} indices",
            expected="the same number each time",
            got=name,
        )
    axes = []
    for axis in range(ranks[0]):
        ends = dict.fromkeys(_end(definition, name, at[axis], around) for at, around in reads)
        axes.append(greatest(tuple(ends)))
    return tuple(axes)


def _end(definition: Definition, name: str, index: Index, around: tuple[Range, ...]) -> Index:
    end = extent(index, around)
    if end is None or (isinstance(end, int) and end < 1):
        raise _error(
            definition,
            f"the size of {name} cannot be worked out from {index}",
            expected="a declared size",
            got=name,
            hint=f"… with {name}[N]",
        )
    return end


# --- what is refused ----------------------------------------------------------------------------


def _error(definition: Definition, message: str, **facts: str) -> GeometryError:
    return GeometryError(
        message, where=f"{definition.target}[{', '.join(definition.indices)}]", **facts
    )


def _factors(definition: Definition) -> Iterator[Factor]:
    return (factor for addend in definition.addends for factor in addend.factors)


def _check_names(definition: Definition) -> None:
    tensors = {f.tensor for f in _factors(definition)} | {definition.target}
    for addend in definition.addends:
        bound = [b.name for b in (*definition.ranges, *addend.sums)]
        for name in bound:
            twice = bound.count(name) > 1
            if name in tensors or twice:
                what = "two indices" if twice else "an index and a tensor"
                raise _error(
                    definition,
                    f"{name} is used for two things, {what}",
                    expected="different names",
                    got=name,
                )
    for factor in _factors(definition):
        if factor.function not in FUNCTIONS:
            known = [name for name in FUNCTIONS if name]
            close = difflib.get_close_matches(factor.function, known, 1, 0.5)
            raise _error(
                definition,
                f"there is no function {factor.function}",
                expected=", ".join(known),
                got=factor.function,
                hint=close[0] if close else "",
            )


def _check_axes(definition: Definition, shapes: Mapping[str, Shape]) -> None:
    for factor in _factors(definition):
        wanted = len(shapes[factor.tensor])
        if len(factor.at) != wanted:
            raise _error(
                definition,
                f"{factor.tensor} is read with {len(factor.at)} indices",
                expected=f"{wanted}",
                got=", ".join(map(str, factor.at)) or "none",
            )


def _check_scope(
    definition: Definition,
    ranges: tuple[Range, ...],
    terms: tuple[Term, ...],
    given: Mapping[str, Shape],
) -> None:
    """Refuse an index that stands outside its sum, and a range that depends on an index."""
    outer = {r.name for r in ranges}
    bound = outer | {r.name for term in terms for r in term.sums}
    for item in (*ranges, *(r for term in terms for r in term.sums)):
        for name in sorted(symbols(item.start, item.stop) & bound):
            raise _error(
                definition,
                f"the range of {item.name} depends on {name}",
                expected="ends that are numbers, sizes or parameters",
                got=f"{item.name} = {item.start}..{item.last}",
                hint=f"a fixed range and a condition in the sum, {item.name} <= {name}",
            )
    for term in terms:
        free = symbols(*positions(term)) - outer - {r.name for r in term.sums}
        for name in sorted(free & bound):
            raise _error(definition, f"{name} is used outside its sum", got=name)
    for tensor, shape in given.items():
        for name in sorted(symbols(*shape) & bound):
            raise _error(
                definition,
                f"{name} is used for two things, an index and a size of {tensor}",
                expected="different names",
                got=name,
            )
