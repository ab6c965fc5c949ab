"""Code with small mistakes put in at random: what is proved must run right, what is refuted wrong.

python tests/codereading/code_fuzz.py 1000 7
"""

from __future__ import annotations

import ast
import copy
import random
import sys
import warnings
from collections import Counter
from collections.abc import Callable

from code_makings import made
from code_rows import ROWS
from code_world import (
    agrees,
    covered,
    execute,
    geometries,
    graph_of,
    outcome,
    outcomes,
    read,
    sizes_of,
)

from symconv.claims import Claim
from symconv.graph import Graph
from symconv.syntax.code import CodeReading

SIGNS = (ast.Add, ast.Sub, ast.Mult)
COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq)


def _nodes(tree: ast.AST, *kinds: type) -> list:
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


def _number(tree: ast.AST, source: random.Random) -> None:
    node = source.choice([n for n in _nodes(tree, ast.Constant) if type(n.value) is int])
    node.value += source.choice((-1, 1, 1))


def _name(tree: ast.AST, source: random.Random) -> None:
    node = source.choice([n for n in _nodes(tree, ast.Name) if isinstance(n.ctx, ast.Load)])
    node.id = source.choice([n.id for n in _nodes(tree, ast.Name)])


def _sign(tree: ast.AST, source: random.Random) -> None:
    source.choice(_nodes(tree, ast.BinOp)).op = source.choice(SIGNS)()


def _assigned(tree: ast.AST, source: random.Random) -> None:
    node = source.choice(_nodes(tree, ast.AugAssign))
    for parent in ast.walk(tree):
        body = getattr(parent, "body", None)
        if isinstance(body, list) and node in body:
            made = ast.Assign([node.target], node.value)
            body[body.index(node)] = ast.copy_location(made, node)


def _added(tree: ast.AST, source: random.Random) -> None:
    node = source.choice([n for n in _nodes(tree, ast.Assign) if len(n.targets) == 1])
    for parent in ast.walk(tree):
        body = getattr(parent, "body", None)
        if isinstance(body, list) and node in body:
            made = ast.AugAssign(node.targets[0], ast.Add(), node.value)
            body[body.index(node)] = ast.copy_location(made, node)


def _swapped(tree: ast.AST, source: random.Random) -> None:
    node = source.choice([n for n in _nodes(tree, ast.Tuple) if len(n.elts) > 1])
    a, b = source.sample(range(len(node.elts)), 2)
    node.elts[a], node.elts[b] = node.elts[b], node.elts[a]


def _factors(tree: ast.AST, source: random.Random) -> None:
    node = source.choice(_nodes(tree, ast.BinOp))
    node.left, node.right = node.right, node.left


def _statement(tree: ast.AST, source: random.Random) -> None:
    bodies = [getattr(p, "body", None) for p in ast.walk(tree)]
    body = source.choice([b for b in bodies if isinstance(b, list) and len(b) > 1])
    place = source.randrange(len(body) - 1)
    match source.randrange(3):
        case 0:
            del body[place]
        case 1:
            body[place], body[place + 1] = body[place + 1], body[place]
        case 2:
            body.insert(place, copy.deepcopy(body[place]))


def _compared(tree: ast.AST, source: random.Random) -> None:
    node = source.choice(_nodes(tree, ast.Compare))
    node.ops[source.randrange(len(node.ops))] = source.choice(COMPARISONS)()


def _sliced(tree: ast.AST, source: random.Random) -> None:
    node = source.choice(_nodes(tree, ast.Slice))
    part = source.choice(("lower", "upper", "step"))
    setattr(node, part, source.choice((None, ast.Constant(1), ast.Constant(2), ast.Constant(-1))))


MUTATIONS: tuple[Callable[[ast.AST, random.Random], None], ...] = (
    _number, _name, _sign, _assigned, _added, _swapped, _factors, _statement, _compared, _sliced,
)  # fmt: skip


def mutated(code: str, source: random.Random) -> str:
    """The code with one or two small changes."""
    tree = ast.parse(code)
    for _ in range(source.choice((1, 1, 2))):
        try:
            source.choice(MUTATIONS)(tree, source)
        except IndexError:  # nothing of that kind is there
            continue
    return ast.unparse(ast.fix_missing_locations(tree))


def trial(number: int, seed: int) -> tuple[str, list[str], list[str]]:
    """One mutated piece of code: its text, the outcomes, and what is false about them."""
    source = random.Random(f"{seed} {number}")
    if number % 2:
        name, spec, code, _, names = (*source.choice(ROWS), {})[:5]
        text = mutated(code, source)
    else:
        (spec, text), name, names = made(source), "made", {}
        text = mutated(text, source) if source.random() < 0.3 else text
    graph = graph_of(spec)
    kinds: list[str] = []
    false: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reading = read(spec, text, names)
        for subject, verdicts in outcomes(reading).items():
            if elements(reading, graph):
                continue  # y[0] = … before y is made is a claim about that element
            kinds.append(outcome(verdicts))
            if kinds[-1] == "proved":
                for sizes in geometries(graph, 6):
                    if not covered(reading, subject, sizes):
                        continue
                    told = bool(reading.problems) or any("passed over" in n for n in reading.notes)
                    if unknown(text, graph, sizes, names, told):
                        break
                    if not agrees(text, graph, sizes, names, subject, bool(reading.problems)):
                        false.append(f"{name}: {subject} is proved and wrong at {sizes}\n{text}")
                        break
            for how, verdict in verdicts:
                if verdict.outcome == "refuted":
                    sizes = sizes_of(verdict, graph)
                    if agrees(text, graph, sizes, names, subject):
                        false.append(
                            f"{name}: {subject} is refuted ({how}) and right at {sizes}\n{text}"
                        )
        if not kinds:
            kinds.append("nothing" if reading.problems else "ignored")
    return text, kinds, false


def elements(reading: CodeReading, graph: Graph) -> bool:
    """Whether a claim is about one element of an array."""
    claims = [c for c in reading.claims if isinstance(c, Claim)]
    return any(not c.left.ranges and graph.shapes.get(c.subject.name) for c in claims)


def unknown(
    text: str, graph: Graph, sizes: dict[str, int], names: dict[str, str], problems: bool = False
) -> bool:
    """Whether the code uses a name that is declared, and that plain Python does not know.

    So it is with code that raises at a line that the reader has told to be a problem.
    """
    try:
        execute(text, graph, sizes, names)
    except NameError:
        return True
    except Exception:
        return problems
    return False


def main(count: int, seed: int) -> None:
    """Run many and say what was false."""
    counts: Counter[str] = Counter()
    for number in range(count):
        _text, kinds, false = trial(number, seed)
        counts.update(kinds)
        for line in false:
            print("FALSE", number, line, flush=True)
        if number % 250 == 249:
            print(number + 1, dict(counts), flush=True)
    print(dict(counts))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
