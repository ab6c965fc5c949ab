"""Long formulas broken before their signs: MathML does not break lines, so it is done here."""

from __future__ import annotations

from collections.abc import Callable

from symconv.document import Cell, Equation
from symconv.writers.dialect import parse
from symconv.writers.nodes import Char, Node, Space
from symconv.writers.pieces import has_grid
from symconv.writers.printing import Printer, kind

Measure = Callable[[str], float]


def broken(latex: str, room: float, measure: Measure) -> list[str]:
    r"""The formula in parts, each but the first beginning with a sign, none wider than `room`.

    A part that has no sign to break before stays as wide as it is.

    Examples
    --------
    >>> broken("a + b + c", 3, len)
    ['a', '{} + b', '{} + c']
    """
    if measure(latex) <= room:
        return [latex]
    lines: list[str] = []
    for term in _terms(parse(latex).items):
        text = Printer().row(term)
        wider = f"{lines[-1]} {text}" if lines else text
        if lines and measure(wider) <= room:
            lines[-1] = wider
        else:
            lines.append(f"{{}} {text}" if lines else text)
    return lines


def phrases(latex: str, room: float, measure: Measure) -> list[str]:
    """A formula within a line in parts that the line may break between, where it is wide.

    Parts end behind a comma or begin with a sign; spaces at their ends are dropped.

    Examples
    --------
    >>> phrases("a < b, c < d", 4, len)
    ['a < b,', 'c < d']
    """
    if measure(latex) <= room:
        return [latex]
    parts: list[list[Node]] = [[]]
    for item in parse(latex).items:
        if isinstance(item, Space) and not parts[-1]:
            continue
        sign = kind(item) == "op" and bool(parts[-1]) and kind(parts[-1][-1]) not in SIGNS
        if sign and measure(Printer().row(tuple(parts[-1]))) > room / 2:
            parts.append([])
        parts[-1].append(item)
        if item == Char(",", "punct"):
            parts.append([])
    found = [Printer().row(tuple(part)) for part in parts if part]
    return [f"{{}} {text}" if n and _starts(text) else text for n, text in enumerate(found)]


SIGNS = ("op", "rel", "open", "punct")


def _starts(text: str) -> bool:
    """Whether a part begins with a sign that would else be taken for a prefix."""
    items = parse(text).items
    return bool(items) and kind(items[0]) == "op"


def _terms(items: tuple[Node, ...]) -> list[tuple[Node, ...]]:
    """The row cut before each plus, minus and relation that follows something."""
    cuts = [
        i
        for i, item in enumerate(items)
        if i and _is_sign(item) and kind(items[i - 1]) not in ("op", "rel", "open", "punct")
    ]
    ends = [*cuts, len(items)]
    return [items[start:end] for start, end in zip([0, *cuts], ends, strict=True)]


def _is_sign(item: Node) -> bool:
    return item in (Char("+", "op"), Char("-", "op")) or kind(item) == "rel"


def broken_rows(
    equation: Equation, room: float, measure: Callable[[str], float]
) -> tuple[tuple[Cell, ...], ...]:
    """The rows of an equation, those that are too wide continued below their second cell."""
    out: list[tuple[Cell, ...]] = []
    for row in equation.rows:
        out += _broken_row(row, room, measure)
    return tuple(out)


def _broken_row(row: tuple[Cell, ...], room: float, measure: Measure) -> list[tuple[Cell, ...]]:
    texts = ["".join(piece for piece in cell if isinstance(piece, str)) for cell in row]
    whole = sum(map(measure, texts))
    if whole <= room or len(row) > 2 or any(map(has_grid, row)) or any(len(c) > 1 for c in row):
        return [row]
    left, right = texts if len(row) == 2 else _halves(texts[0])
    first, *rest = broken(right, room - measure(left), measure)
    if not rest:
        return [row]
    return [((left,), (first,)), *(((), (line,)) for line in rest)]


def _halves(latex: str) -> tuple[str, str]:
    """A formula cut before its first relation, or all on the right if it has none."""
    items = parse(latex).items
    at = next((i for i, item in enumerate(items) if i and kind(item) == "rel"), 0)
    return Printer().row(items[:at]), Printer().row(items[at:])
