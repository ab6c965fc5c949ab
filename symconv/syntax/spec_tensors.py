"""From the grammar's tree to tensors: their sizes and their elements."""

from __future__ import annotations

from fractions import Fraction

from symconv.calls import Elements, TensorArg
from symconv.syntax.spec_nodes import Node, free, name_of, nodes, start, written
from symconv.syntax.spec_text import Source
from symconv.syntax.spec_values import arithmetic, index


def tensor(node: Node, source: Source) -> TensorArg:
    """``x`` or ``x[N,C,4]``."""
    name = free(name_of(node), start(node), source)
    place = source.place(start(node))
    if node.data == "name":
        return TensorArg(name, place=place)
    shape = tuple(index(part, source) for part in nodes(node))
    if not shape:
        raise source.error(
            start(node), f"{name}[] has no sizes", expected=f"for example {name}[4]", got="[]"
        )
    for part, size in zip(nodes(node), shape, strict=True):
        if isinstance(size, int) and size < 1:
            raise source.error(
                start(part), f"{name} has a size of {size}", expected="at least 1", got=str(size)
            )
    return TensorArg(name, shape, place=place)


def with_elements(node: Node, source: Source) -> TensorArg:
    """``x=[a,b]`` or ``x[2]=[a,b]``."""
    left, right = nodes(node)
    found = tensor(left, source)
    elements = _elements(right, source)
    shape = _shape(right, source)
    if found.shape is not None and found.shape != shape:
        raise source.error(
            start(left),
            f"the sizes of {found.name} do not agree with its elements",
            expected=f"{found.name}[{','.join(map(str, shape))}]",
            got=f"{found.name}[{','.join(map(str, found.shape))}]",
        )
    return TensorArg(found.name, found.shape, elements, found.place)


def _shape(node: Node, source: Source) -> tuple[int, ...]:
    """The sizes of nested lists, refused where they differ."""
    if node.data != "list":
        return ()
    parts = nodes(node)
    if not parts:
        raise source.error(start(node), "the list is empty", expected="elements", got="[]")
    first, *others = [_shape(part, source) for part in parts]
    for part, shape in zip(parts[1:], others, strict=True):
        if shape != first:
            raise source.error(
                start(part),
                "the lists have different lengths",
                expected=_size(first),
                got=_size(shape),
            )
    return (len(parts), *first)


def _size(shape: tuple[int, ...]) -> str:
    lengths = " × ".join(map(str, shape))
    return f"a list of {lengths}" if shape else "a single element"


def _elements(node: Node, source: Source) -> Elements:
    found: list[int | Fraction | str | Elements] = []
    for part in nodes(node):
        if part.data == "list":
            found.append(_elements(part, source))
        elif part.data == "name":
            found.append(free(name_of(part), start(part), source))
        else:
            found.append(_element(part, source))
    return tuple(found)


def _element(node: Node, source: Source) -> int | Fraction:
    plain = not _names(node) and node.data in ("number", "signed", "sum", "product", "group")
    found = arithmetic(node, source) if plain else None
    if not isinstance(found, int | Fraction):
        raise source.error(
            start(node),
            "an element is a name or a number",
            expected="for example a, -2, 1/2 or 0.25",
            got=written(node, source),
        )
    return found


def _names(node: Node) -> bool:
    return any(
        part.data not in ("number", "signed", "sum", "product", "group")
        for part in node.iter_subtrees()
    )
