"""Terms that are no windows: every index as an array, each product laid down at its place."""

from __future__ import annotations

from symconv.codegen.body import Body
from symconv.codegen.nests import Access, Nest
from symconv.codegen.source import condition, listed, source
from symconv.codegen.values import factor, powers
from symconv.index import Index, Mod, Product, Symbol, symbols, tidy


def write_grid(body: Body, target: str, made: Nest, outside: str = "0") -> None:
    """Write a term by index arrays; reads and writes outside an array are left out."""
    used = [name for name, _ in made.ranges]
    spans = ", ".join(f":{source(body.size(size))}" for _, size in made.ranges)
    if len(used) == 1:
        body.line(f"{used[0]} = np.arange({source(body.size(made.ranges[0][1]))})")
    elif used:
        body.line(f"{', '.join(used)} = np.ogrid[{spans}]")
    tests = [f"({condition(c, arrays=True)})" for c in made.where]
    places = [_places(body, made, access, tests) for access in made.accesses]
    reads = [_read(body, read, at) for read, at in zip(made.reads, places[1:], strict=True)]
    text = _number(made, powers(reads), bool(reads))
    if tests:
        inside = body.names.claim("local", "inside")
        body.line(f"{inside} = {tests[0]}")
        for test in tests[1:]:
            body.line(f"{inside} = {inside} & {test}")
        text = f"np.where({inside}, {text}, {outside})"
    _lay_down(body, target, made, places[0], text)


def _read(body: Body, read: Access, at: list[str]) -> str:
    """The values of a read at its places, under a name where they would fill a line."""
    array = body.applied(read.tensor, read.function)
    text = f"{array}[{', '.join(at)}]" if at else array
    if len(text) < 40:
        return text
    name = body.names.fresh(f"{body.tensor(read.tensor)}_read")
    body.line(f"{name} = {text}")
    return name


def _places(body: Body, made: Nest, access: Access, tests: list[str]) -> list[str]:
    """The index of each axis, kept inside the array, with the test that it was inside."""
    pairs = zip(access.at, access.shape, strict=True)
    return [_place(body, made, index, size, tests) for index, size in pairs]


def _place(body: Body, made: Nest, index: Index, size: Index, tests: list[str]) -> str:
    if isinstance(index, Symbol) and dict(made.ranges).get(index.name) == size:
        return index.name
    text = source(index, arrays=True)
    inside = isinstance(index, Mod) and index.bottom == size
    key = (text, made.ranges)
    if key not in body.arrays:
        body.arrays[key] = body.names.fresh(f"place_{len(body.arrays)}")
        body.line(f"{body.arrays[key]} = {text}")
    name = body.arrays[key]
    if inside:
        return name
    limit = source(body.size(size))
    test = f"(0 <= {name}) & ({name} < {limit})"
    if test not in tests:
        tests.append(test)
    return f"np.clip({name}, 0, {_less_one(size, limit)})"


def _less_one(size: Index, text: str) -> str:
    return str(size - 1) if isinstance(size, int) else f"{text} - 1"


def _number(made: Nest, text: str, reads: bool) -> str:
    value = made.coefficient
    front = "" if value.numerator == 1 and reads else f"{value.numerator}"
    text = f"{front} * {text}" if front and reads else front or text
    text += f" / {value.denominator}" if value.denominator != 1 else ""
    if made.divisors:
        whole = made.divisors[0] if len(made.divisors) == 1 else tidy(Product(made.divisors))
        text += f" / {factor(source(whole, arrays=True))}"
    return text


def _lay_down(body: Body, target: str, made: Nest, at: list[str], text: str) -> None:
    """Sum over what the result has not, and add the rest at its places."""
    written = symbols(*made.out.at)
    gone = [str(n) for n, (name, _) in enumerate(made.ranges) if name not in written]
    straight = at == [name for name, _ in made.ranges if name in written]
    if gone or straight:
        text = f"np.broadcast_to({text}, {body.shape([size for _, size in made.ranges])})"
    values = body.names.claim("local", "values")
    body.line(f"{values} = {text}")
    total = values
    if gone:
        over = gone[0] if len(gone) == 1 else f"({', '.join(gone)})"
        total += f".sum(axis={over}{'' if straight else ', keepdims=True'})"
    if straight:
        body.line(f"{target} += {total}")
    elif written:
        body.line(f"np.add.at({target}, {listed(at)}, {total})")
    else:
        body.line(f"{target}[{', '.join(at)}] += {values}.sum()")
