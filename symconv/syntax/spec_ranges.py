"""Ranges, conditions and declared tensors of a sum of one's own; no letter may mean two things."""

from __future__ import annotations

from symconv.calls import Addend, Binder, Definition, TensorArg
from symconv.errors import SpecError
from symconv.index import Condition, symbols
from symconv.syntax.spec_nodes import Node, name_of, nodes, operators, plain_name, start, written
from symconv.syntax.spec_tensors import tensor, with_elements
from symconv.syntax.spec_text import Source
from symconv.syntax.spec_values import index


def binder_of(item: Node, source: Source) -> Binder:
    """``k=0..K-1``."""
    if item.data != "binder":
        raise _no_range(item, source)
    left, first, last = nodes(item)
    name = plain_name(left, source, "an index")
    place = source.place(start(left))
    found = Binder(name, index(first, source), index(last, source), place)
    if isinstance(found.first, int) and isinstance(found.last, int) and found.last < found.first:
        raise source.error(
            start(first),
            f"the range of {name} is empty",
            expected="first..last, the last not below the first",
            got=f"{found.first}..{found.last}",
        )
    if name in symbols(found.first, found.last):
        raise source.error(
            start(first), f"the range of {name} depends on {name}", got=written(item, source)
        )
    return found


def _no_range(item: Node, source: Source) -> SpecError:
    letter = nodes(item)[0] if item.data == "assign" else item
    name = name_of(letter) if letter.data == "name" else ""
    hint = f"{name} = 0..{name.upper()}-1" if name else "k = 0..K-1"
    return source.error(
        start(item),
        "this is not a range",
        expected="name = first..last",
        got=written(item, source),
        hint="== to compare" if item.data == "assign" and not name else hint,
    )


RELATIONS = {"≤": "<=", "≥": ">=", "≠": "!="}


def condition_of(node: Node, source: Source) -> Condition:
    """``k != 1``, ``(o + k) % 2 == 0``."""
    signs, parts = operators(node), nodes(node)
    if len(signs) > 1:
        raise source.error(
            start(node),
            "a condition has one comparison",
            expected="two conditions",
            got=written(node, source),
            hint=", ".join(
                f"{written(a, source)[1:-1]} {sign} {written(b, source)[1:-1]}"
                for a, sign, b in zip(parts, signs, parts[1:], strict=False)
            ),
        )
    left, right = (index(part, source) for part in parts)
    return Condition(left, RELATIONS.get(signs[0], signs[0]), right)


def check_order(binders: tuple[Binder, ...], source: Source) -> None:
    """Refuse a letter summed twice, and a range that depends on a later one."""
    for count, binder in enumerate(binders):
        names = {item.name for item in binders[count + 1 :]}
        if binder.name in names:
            later = next(b for b in binders[count + 1 :] if b.name == binder.name)
            raise source.error_at(
                later.place, f"{later.name} is summed twice", expected="distinct letters"
            )
        clash = symbols(binder.first, binder.last) & names
        if clash:
            raise source.error_at(
                binder.place,
                f"the range of {binder.name} depends on {min(clash)}, which comes after it",
                expected=f"{min(clash)} first",
                got=binder.name,
            )


# --- what goes with the result ------------------------------------------------------------------


def check_distinct(target: Node, source: Source) -> None:
    """Refuse ``y[o,o]``."""
    seen: set[str] = set()
    for part in nodes(target):
        if name_of(part) in seen:
            raise source.error(
                start(part),
                f"{name_of(part)} is an index of the result twice",
                expected="distinct letters",
                got=written(target, source),
            )
        seen.add(name_of(part))


def check_ranges(name: str, target: Node, ranges: tuple[Binder, ...], source: Source) -> None:
    """Every index of the result has one range, and every range belongs to an index."""
    indices = {name_of(part): part for part in nodes(target)}
    seen: set[str] = set()
    for binder in ranges:
        if binder.name in seen:
            raise source.error_at(
                binder.place, f"{binder.name} has two ranges", expected="one", got=binder.name
            )
        seen.add(binder.name)
        if binder.name not in indices:
            wanted = ",".join((*indices, binder.name))
            raise source.error_at(
                binder.place,
                f"{binder.name} has a range but is no index of {name}",
                expected=", ".join(indices) or "no range",
                got=binder.name,
                hint=f"{name}[{wanted}] = …",
            )
    for letter, part in indices.items():
        if letter not in seen:
            raise source.error(
                start(part),
                f"the index {letter} has no range",
                expected=f"for {letter} = first..last at the end",
                hint=f"… for {letter} = 0..{letter.upper()}-1",
            )


def declared_of(item: Node, source: Source) -> TensorArg:
    """What stands after ``with``: ``x[N]``, or ``x=[1,2]``."""
    if item.data == "subscript":
        return tensor(item, source)
    parts = nodes(item)
    if item.data == "assign" and parts[0].data in ("name", "subscript") and parts[1].data == "list":
        return with_elements(item, source)
    raise source.error(
        start(item),
        "with declares the sizes of tensors",
        expected="a tensor with its sizes",
        got=written(item, source),
        hint=f"{name_of(item)}[N]" if item.data == "name" else "with x[N], w[K]",
    )


def check_letters(found: Definition, source: Source) -> None:
    """Refuse a letter that means two things."""
    output = {binder.name for binder in found.ranges}
    bound = {binder.name for addend in found.addends for binder in addend.sums}
    for addend in found.addends:
        for binder in addend.sums:
            if binder.name in output:
                raise two_things(source, binder, "an index of the result and of a sum")
        _check_outside(addend, bound, source)
    names: set[str] = set()
    for item in found.declared:
        if item.name in names:
            raise source.error_at(item.place, f"{item.name} is declared twice", expected="once")
        names.add(item.name)
        clash = symbols(*(item.shape or ())) & (output | bound)
        if clash:
            raise source.error_at(
                item.place,
                f"{min(clash)} is used for two things, an index and a size of {item.name}",
                expected="different names",
                got=min(clash),
            )
    for binder in found.ranges:
        clash = symbols(binder.first, binder.last) & (output | bound)
        if clash:
            raise source.error_at(
                binder.place,
                f"the range of {binder.name} depends on the index {min(clash)}",
                expected="numbers and sizes",
                got=f"{binder.first}..{binder.last}",
            )


def _check_outside(addend: Addend, bound: set[str], source: Source) -> None:
    """Refuse ``sum(w[k], k=0..2) + x[k]``, where the second k would be a size."""
    others = bound - {binder.name for binder in addend.sums}
    for factor in addend.factors:
        clash = symbols(*factor.at) & others
        if clash:
            raise source.error_at(
                factor.place,
                f"{min(clash)} is used outside its sum",
                expected="every read of it inside the brackets of the sum",
                got=f"{factor.tensor}[{', '.join(map(str, factor.at))}]",
            )


def two_things(source: Source, binder: Binder, what: str) -> SpecError:
    """The error for a letter that means two things."""
    return source.error_at(
        binder.place,
        f"{binder.name} is used for two things, {what}",
        expected="different letters",
        got=binder.name,
    )
