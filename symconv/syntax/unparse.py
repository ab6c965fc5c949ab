"""A spec as text again: what `parse` reads back to the same values."""

from __future__ import annotations

from fractions import Fraction

from symconv.calls import Addend, Binder, Call, Definition, Elements, Factor, Spec, TensorArg, Value
from symconv.index import FloorDiv, Index, Max, Min, Mod, Product, Sum, Symbol


def unparse(spec: Spec) -> str:
    """The statements, one on each line."""
    return "\n".join(
        _call(item) if isinstance(item, Call) else _definition(item) for item in spec.statements
    )


# --- sizes and values ---------------------------------------------------------------------------


def _index(value: Index) -> str:
    """An index with every bracket that its tree needs (`str` of it may drop some)."""
    match value:
        case int():
            return str(value)
        case Symbol(name):
            return name
        case Sum((first, *rest)):
            return _term(first, first=True) + "".join(_term(term) for term in rest)
        case Product((-1, inner)) if not isinstance(inner, int):
            return f"-{_after_minus(inner)}"
        case Product(factors):
            return "*".join(_tight(factor) for factor in factors)
        case FloorDiv(top, bottom):
            return f"{_tight(top)}//{_tight(bottom)}"
        case Mod(top, bottom):
            return f"{_tight(top)} % {_tight(bottom)}"
        case Min(args) | Max(args):
            name = "min" if isinstance(value, Min) else "max"
            return f"{name}({', '.join(map(_index, args))})"
    raise TypeError(f"not an index expression: {value!r}")


def _tight(value: Index) -> str:
    """An index as a factor."""
    plain = isinstance(value, Symbol | Min | Max) or (isinstance(value, int) and value >= 0)
    return _index(value) if plain else f"({_index(value)})"


def _after_minus(value: Index) -> str:
    """What stands behind a minus sign: a product needs no brackets, unless a minus begins it."""
    text = _index(value)
    return text if isinstance(value, Product) and not text.startswith("-") else _tight(value)


def _term(value: Index, *, first: bool = False) -> str:
    """An index as a term of a sum, with its sign."""
    match value:
        case int() if value < 0:
            sign, inner = "-", str(-value)
        case Product((-1, part)) if not isinstance(part, int):
            sign, inner = "-", _after_minus(part)
        case Sum():
            sign, inner = "+", _tight(value)
        case _:
            sign, inner = "+", _index(value)
    if first:
        return inner if sign == "+" else f"-{inner}"
    return f" {sign} {inner}"


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, str):
        return f"'{value}'" if '"' in value else f'"{value}"'
    if isinstance(value, tuple):
        return f"({', '.join(map(_value, value))}{',' if len(value) == 1 else ''})"
    return _index(value)


def _elements(elements: Elements) -> str:
    return (
        "["
        + ", ".join(
            _elements(item)
            if isinstance(item, tuple)
            else item
            if isinstance(item, str)
            else _value(item)
            for item in elements
        )
        + "]"
    )


# --- calls --------------------------------------------------------------------------------------


def _tensor(tensor: TensorArg) -> str:
    shape = "" if tensor.shape is None else f"[{', '.join(map(_index, tensor.shape))}]"
    elements = "" if tensor.elements is None else f"={_elements(tensor.elements)}"
    return f"{tensor.name}{shape}{elements}"


def _call(call: Call) -> str:
    """Tensors and arguments stand in the order of their places, as written; keywords come last."""
    items = [(tensor.place, _tensor(tensor)) for tensor in call.tensors]
    for value, place in zip(call.arguments, call.argument_places, strict=True):
        text = _value(value)
        items.append((place, f"({text})" if isinstance(value, Symbol) else text))
    items.sort(key=lambda item: (item[0].line, item[0].column))
    keywords = [f"{name}={_value(value)}" for name, value in call.keywords]
    return f"{call.target} = {call.function}({', '.join([text for _, text in items] + keywords)})"


# --- sums of one's own --------------------------------------------------------------------------


def _definition(item: Definition) -> str:
    left = f"{item.target}[{', '.join(item.indices)}]" if item.indices else item.target
    signed = [_addend(addend) for addend in item.addends]
    right = ("-" if signed[0][0] else "") + signed[0][1]
    right += "".join(f" {'-' if minus else '+'} {text}" for minus, text in signed[1:])
    ranges = f" for {', '.join(map(_binder, item.ranges))}" if item.ranges else ""
    declared = f" with {', '.join(map(_tensor, item.declared))}" if item.declared else ""
    return f"{left} = {right}{ranges}{declared}"


def _addend(addend: Addend) -> tuple[bool, str]:
    """Whether the addend has a minus, and the rest of it."""
    size = abs(addend.coefficient)
    factors = [_factor(factor) for factor in addend.factors]
    if size != 1 or not factors:
        factors.insert(0, str(size))
    text = " * ".join(factors)
    if addend.where and not addend.sums:
        raise ValueError("the spec language has no condition without a sum")
    inside = [text, *map(_binder, addend.sums), *map(str, _conditions(addend))]
    return addend.coefficient < 0, f"sum({', '.join(inside)})" if addend.sums else text


def _conditions(addend: Addend) -> list[str]:
    return [f"{_index(c.left)} {c.relation} {_index(c.right)}" for c in addend.where]


def _factor(factor: Factor) -> str:
    read = f"{factor.tensor}[{', '.join(map(_index, factor.at))}]"
    return f"{factor.function}({read})" if factor.function else read


def _binder(binder: Binder) -> str:
    return f"{binder.name} = {_index(binder.first)}..{_index(binder.last)}"
