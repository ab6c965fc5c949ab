"""Code executed on small arrays, and the truth about its operation from PyTorch."""

from __future__ import annotations

import contextlib
import io
import itertools
import operator
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from symconv.claims import Claim, Verdict
from symconv.conventions import Conventions
from symconv.graph import Graph
from symconv.index import Condition, evaluate
from symconv.operations.build import build
from symconv.provers import decide
from symconv.syntax.code import UNSURE, CodeReading, read_code
from symconv.syntax.spec import parse

torch = pytest.importorskip("torch", reason="PyTorch is the independent witness")


MOST_LINES = 100_000


def graph_of(spec: str) -> Graph:
    """The operation."""
    return build(parse(spec))


def read(
    spec: str, code: str, names: Mapping[str, str] | None = None, **more: object
) -> CodeReading:
    """The code read about the operation."""
    conventions = Conventions(names=tuple((names or {}).items()))
    return read_code(code, graph_of(spec), conventions, **more)  # type: ignore[arg-type]


def subject(claim: Claim) -> str:
    """``y``, ``dx``."""
    kind = claim.subject.kind
    return claim.subject.name if kind == "result" else f"d{claim.subject.name}"


def outcomes(reading: CodeReading) -> dict[str, list[tuple[str, Verdict]]]:
    """The verdicts by name; a need that fails is a verdict on everything."""
    needs = ((need.subject.name == UNSURE, decide(need)) for need in reading.needs)
    failing = [pair for pair in needs if pair[1].outcome != "proved"][:1]
    unsure = any(pair[0] for pair in failing)
    found: dict[str, list[tuple[str, Verdict]]] = {}
    for claim in reading.claims:
        if isinstance(claim, Claim):
            verdicts = found.setdefault(subject(claim), [])
            verdicts += [("need", v) for _, v in failing] or [("claim", decide(claim))]
            if unsure:
                verdicts[:] = [(how, replace(v, outcome="undecided")) for how, v in verdicts]
    return found


def outcome(verdicts: list[tuple[str, Verdict]]) -> str:
    """The worst of them."""
    found = {v.outcome for _, v in verdicts}
    if "refuted" in found:
        return "refuted"
    return "proved" if found == {"proved"} else "/".join(sorted(found))


SPOIL = """
def spoil(*items, **more):
    for item in (*items, *more.values()):
        if isinstance(item, np.ndarray):
            item[...] = item * 0 + 7
        elif isinstance(item, (list, tuple)):
            spoil(*item)
        elif isinstance(item, dict):
            spoil(*item.values())
        elif callable(item):
            item()
        elif hasattr(item, '__dict__'):
            spoil(*vars(item).values())
    return items[0] if items else None

class Spoiler:
    f = staticmethod(spoil)

something = spoil
thing = Spoiler()
"""
"""A function that changes all that it can get at; the reader sees nothing of it."""


# --- execution ----------------------------------------------------------------------------------


def geometries(graph: Graph, most: int = 40) -> Iterator[dict[str, int]]:
    """Small sizes at which every tensor has an element, unequal ones among them."""
    names = [p.name for p in graph.parameters]
    least = [p.least for p in graph.parameters]
    primes = {"N": (5, 7, 4), "C": (2, 1), "H": (5, 6), "W": (6, 4), "F": (3, 2), "K": (2, 5, 3, 1),
              "A": (2, 3), "B": (3, 2), "S": (2, 1, 3), "P": (1, 0, 2), "M": (3, 2)}  # fmt: skip
    if "C" in names:
        primes |= {"N": (2, 1), "H": (4, 5), "W": (5, 4), "F": (3, 2)}
    spans = [primes.get(n, (low, low + 1)) for n, low in zip(names, least, strict=True)]
    found = []
    for place, point in enumerate(itertools.product(*spans)):
        sizes = dict(zip(names, point, strict=True))
        if fits(graph, sizes):
            found.append((place % 7, place, sizes))
    found.sort(key=lambda item: item[:2])
    yield from (sizes for _, _, sizes in found[:most])


def fits(graph: Graph, sizes: Mapping[str, int]) -> bool:
    """Whether every tensor has an element."""
    return all(evaluate(n, dict(sizes)) >= 1 for shape in graph.shapes.values() for n in shape)


def inputs(graph: Graph, sizes: Mapping[str, int], seed: int = 0) -> dict[str, np.ndarray]:
    """Whole numbers as floats, with the gradient from above as g."""
    source = np.random.default_rng([seed, *sizes.values()])
    shapes = {t.name: t.shape for t in graph.inputs} | {"g": graph.shapes[graph.output]}
    made = {}
    for place, (name, shape) in enumerate(shapes.items()):
        extent = tuple(evaluate(n, dict(sizes)) for n in shape)
        values = source.permutation(np.arange(1, int(np.prod(extent)) + 1)) + 100 * place - 0.5
        made[name] = (values * source.choice((-1, 1), values.size)).reshape(extent)
    return made


def execute(
    code: str,
    graph: Graph,
    sizes: Mapping[str, int],
    names: Mapping[str, str],
    partly: bool = False,
    seed: int = 0,
) -> dict[str, object]:
    """What the code leaves behind (`partly`: where it raises, until then).

    Errors: whatever the code raises.
    """
    space: dict[str, object] = {"np": np, **inputs(graph, sizes, seed), **sizes}
    space["y"] = truth(graph, sizes, seed)["y"].copy()
    for name, meaning in names.items():
        space[name] = int(meaning) if meaning.isdigit() else space[meaning]
    with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
        if "something" in code or "thing." in code:
            exec(compile(SPOIL, "spoil", "exec"), space)
        try:
            with bounded("while" in code):
                exec(compile(code, "row", "exec"), space)
        except Exception:
            if not partly:
                raise
    return space


@contextlib.contextmanager
def bounded(wanted: bool) -> Iterator[None]:
    """Errors: `RuntimeError` behind so many lines; mutated loops need not end."""
    left = MOST_LINES

    def line(frame: object, event: str, arg: object) -> object:
        nonlocal left
        left -= 1
        if left < 0:
            raise RuntimeError("this does not end")
        return line

    if wanted:
        sys.settrace(line)
    try:
        yield
    finally:
        if wanted:
            sys.settrace(None)


def truth(graph: Graph, sizes: Mapping[str, int], seed: int = 0) -> dict[str, np.ndarray]:
    """Result and gradients by PyTorch's automatic differentiation."""
    return {n: a.copy() for n, a in _truth(graph, tuple(sizes.items()), seed).items()}


@lru_cache(maxsize=5000)
def _truth(graph: Graph, points: tuple[tuple[str, int], ...], seed: int) -> dict[str, np.ndarray]:
    sizes = dict(points)
    data = {n: torch.tensor(a, requires_grad=True) for n, a in inputs(graph, sizes, seed).items()}
    (node,) = graph.nodes
    options = {n: _number(v, sizes) for n, v in node.options}
    y = WITNESS[node.keyword](data, options)
    y.backward(data["g"].detach())
    found = {graph.output: y.detach().numpy()}
    for tensor in graph.inputs:
        found[f"d{tensor.name}"] = data[tensor.name].grad.numpy()
    return found


def _number(value: object, sizes: Mapping[str, int]) -> object:
    try:
        return evaluate(value, dict(sizes))  # type: ignore[arg-type]
    except (TypeError, AttributeError):
        return value


def _conv(data, options, function, rank):
    lead = data["x"].dim() - rank
    x, w = data["x"], data["w"]
    for _ in range(2 - lead):
        x, w = x[None], w[None]
    keep = {k: v for k, v in options.items() if k in ("stride", "padding", "dilation", "groups")}
    y = function(x, w, data.get("b"), **keep)
    return y.reshape(y.shape[2 - lead :])


WITNESS = {
    "conv1d": lambda d, o: _conv(d, o, torch.nn.functional.conv1d, 1),
    "conv2d": lambda d, o: _conv(d, o, torch.nn.functional.conv2d, 2),
    "conv_transpose1d": lambda d, o: _conv(d, o, torch.nn.functional.conv_transpose1d, 1),
    "avg_pool1d": lambda d, o: torch.nn.functional.avg_pool1d(
        d["x"][None, None], o.get("kernel_size", 3), o["stride"]
    )[0, 0],
    "avg_pool2d": lambda d, o: torch.nn.functional.avg_pool2d(
        d["x"], o.get("kernel_size", 2), o["stride"]
    ),
    "relu": lambda d, o: torch.relu(d["x"]),
    "add": lambda d, o: d["a"] + d["b"],
}


RELATIONS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
             "==": operator.eq, "!=": operator.ne}  # fmt: skip


def covered(reading: CodeReading, name: str, sizes: Mapping[str, int]) -> bool:
    """Whether a claim about the name is about these sizes, by what it assumes."""
    claims = (c for c in reading.claims if isinstance(c, Claim) and subject(c) == name)
    return any(all(_holds(c, sizes) for c in claim.scope.assumptions) for claim in claims)


def _holds(condition: Condition, sizes: Mapping[str, int]) -> bool:
    left, right = (evaluate(side, dict(sizes)) for side in (condition.left, condition.right))
    return RELATIONS[condition.relation](left, right)


def agrees(
    code: str,
    graph: Graph,
    sizes: Mapping[str, int],
    names: Mapping[str, str],
    name: str,
    partly: bool = False,
) -> bool:
    """Whether executed code gives the truth at some sizes; raising counts as not."""
    seeds = range(3 if graph.nodes[0].keyword == "relu" else 1)
    return all(_agrees(code, graph, sizes, names, name, partly, seed) for seed in seeds)


def _agrees(code, graph, sizes, names, name, partly, seed):
    try:
        got = execute(code, graph, sizes, names, partly, seed).get(name)
    except Exception:
        return False
    if partly and got is None:
        return True
    wanted = truth(graph, sizes, seed)[name]
    got = np.asarray(got)
    return got.shape == wanted.shape and bool(np.allclose(got, wanted))


def sizes_of(verdict: Verdict, graph: Graph) -> dict[str, int]:
    """The sizes of a counterexample."""
    assert verdict.counterexample is not None
    known = verdict.counterexample.sizes
    for sizes in geometries(graph):
        found = {name: known.get(name, number) for name, number in sizes.items()}
        if fits(graph, found):
            return found
    raise AssertionError("the counterexample fits no geometry")


__all__ = ["agrees", "execute", "geometries", "outcome", "outcomes", "read", "truth"]
