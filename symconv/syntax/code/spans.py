"""Ranges as code writes them."""

from __future__ import annotations

from symconv.index import Index, add
from symconv.syntax.code.facts import canon
from symconv.syntax.code.source import CodeError
from symconv.syntax.code.values import Cut, Lost, Row, Span, Value, Whole


def range_of(items: list[Value]) -> Span:
    """``range(…)``.  Errors: `CodeError` for what is no integer."""
    values: list[Index] = []
    for item in items:
        if isinstance(item, Lost):
            raise CodeError(item.reason, item.line)
        if not isinstance(item, Whole):
            raise CodeError("range takes integers", hint="//, or int(…)")
        values.append(item.value)
    if not 1 <= len(values) <= 3:
        raise CodeError("range takes one to three integers")
    start, stop = (0, values[0]) if len(values) == 1 else (values[0], values[1])
    return Span(start, stop, values[2] if len(values) == 3 else 1)


def turned(span: Span) -> Span:
    """A range backwards.  Errors: `CodeError` for one with a step."""
    if span.step != 1:
        raise CodeError("reversed is read of ranges with step 1")
    return Span(canon(add(span.stop, -1)), canon(add(span.start, -1)), -1)


def spans_of(name: str, items: list[Value]) -> tuple[Value, ...]:
    """The ranges of ``np.ndindex`` and ``product``."""
    if name == "np.ndindex":
        if len(items) == 1 and isinstance(items[0], Row):
            items = list(items[0].items)
        return tuple(range_of([item]) for item in items)
    return tuple(items)


def slice_of(items: list[Value]) -> Value:
    """``slice(…)``."""
    if len(items) == 1:
        return Cut(None, items[0])
    return Cut(*items[:3])
