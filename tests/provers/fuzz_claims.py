"""Claims over every operation, changed in one place, and brute force to hold the verdicts against.

The bases are derived results and gradients, as raw sums, with their conditions solved, and with
sums run backwards; `changed` makes one or two of the mistakes that people make.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np

from symconv.claims import Claim, Scope
from symconv.expand import evaluate_arrays
from symconv.gradients import backward
from symconv.graph import Parameter
from symconv.index import (
    Condition,
    FloorDiv,
    Index,
    Mod,
    Product,
    Symbol,
    add,
    children,
    concrete,
    minus,
    rebuild,
    substitute,
)
from symconv.operations.build import build
from symconv.provers.exact import inputs, meets
from symconv.reindex import eliminate, reverse
from symconv.sampling import work
from symconv.syntax.spec import parse
from symconv.terms import Form, Range, Read, Selection, Term, fresh, substitute_term, term_symbols

CONCRETE = (
    "y = conv1d(x[N], w[K], b, stride=2, padding=P)",
    "y = conv1d(x[N], w[K], stride=3, dilation=2, padding=1)",
    "y = conv1d(x[B,C,N], w[F,C,K], b[F], stride=2)",
    "y = conv1d(x[B,6,N], w[4,3,K], groups=2, padding=1)",
    "y = conv1d(x[B,3,N], w[6,1,K], groups=3, stride=2)",
    'y = conv1d(x[N], w[3], padding=1, padding_mode="circular")',
    'y = conv1d(x[N], w[K], padding=1, padding_mode="reflect")',
    "y = conv2d(x[H,W], w[A,B], stride=(2,3), padding=(1,2))",
    "y = conv2d(x[N,C,H,W], w[F,C,A,B], b[F], stride=(2,1), padding=P)",
    "y = conv2d(x[H,W], w[A,B], dilation=(2,1))",
    "y = conv3d(x[T,H,W], w[A,B,E], stride=(1,2,3))",
    "y = conv_transpose1d(x[N], w[K], stride=3, padding=P, output_padding=1)",
    "y = conv_transpose1d(x[B,C,N], w[C,F,K], stride=2, dilation=2)",
    "y = conv_transpose2d(x[H,W], w[A,B], stride=(2,3), padding=1)",
    "y = conv_transpose3d(x[T,H,W], w[A,B,E], stride=(2,1,1))",
    "y = convolve(x[N], w[K])",
    'y = convolve(x[9], w[4], mode="same")',
    'y = convolve(x[N], w[3], mode="valid")',
    "y = convolve(x[H,W], w[A,B])",
    "y = correlate(x[N], w[K])",
    "y = avg_pool1d(x[N], 3, 2)",
    "y = avg_pool2d(x[N,C,H,W], (2,3), (2,1), padding=1)",
    "y = max_pool1d(x[N], 3, 2)",
    "y = max_pool2d(x[H,W], 2)",
    "Y = unfold(x[N,C,H,W], (2,3), padding=1)",
    "Y = unfold(x[1,C,H,W], 2, stride=2)",
    "y = relu(x[N])",
    "y = sigmoid(x[N])",
    "y = scale(x[N,M], 3)",
    "L = sum(x[N,M])",
    "L = mse(y[N,M], t[N,M])",
    "L = cross_entropy(z[N,K], t[N,K])",
    "h = conv1d(x[N], u[A], stride=2)\nr = relu(h)\ny = conv1d(r, w[K])",
    "h = conv1d(x[N], u[A], stride=2, padding=1)\ny = conv1d(h, w[K], stride=3)",
    "y = conv1d(x[N], w[K])\nL = mse(y, t)",
    "y[o] = sum(w[k]*x[3*o - 2*k + 4], k=0..K-1) for o=0..M-1 with x[N]",
    "y[o] = sum(x[o+j]*x[o+k], j=0..1, k=0..K-1) for o=0..N-K with x[N]",
)
SYMBOLIC = (
    "y = conv1d(x[N], w[K], stride=S, padding=P)",
    "y = conv1d(x[N], w[K], stride=S, padding=P, dilation=D)",
    "y = conv2d(x[C,H,W], w[F,C,A,B], stride=S)",
    "y = conv_transpose1d(x[N], w[K], stride=S, padding=P)",
    "y = avg_pool1d(x[N], K, S)",
)


@cache
def bases(specs: tuple[str, ...]) -> tuple[Claim, ...]:
    """Every result and gradient of some operations, equal to itself in three spellings."""
    found = []
    for spec in specs:
        graph = build(parse(spec))
        gradients = backward(graph)
        steps = (*graph.equations, *gradients)
        for place, left in enumerate(steps):
            if isinstance(left, Selection):
                continue
            read = set(left.tensors)
            before = steps[:place] if read & {e.name for e in steps[:place]} else ()
            bound = sorted({r.name for term in left.terms for r in term.sums})
            spellings = dict.fromkeys((left, eliminate(left), reverse(left, bound)))
            for right in spellings:
                found.append(Claim(left, right, Scope(graph.parameters), before, spec))
    return tuple(found)


# --- mistakes -----------------------------------------------------------------------------------


def changed(claim: Claim, source: random.Random) -> Claim:
    """The claim with one or two changes in its right side."""
    for _ in range(source.choice((1, 1, 1, 2))):
        right = claim.right
        if not right.terms:
            return claim
        if source.random() < 0.06:
            right = _whole(right, source)
        else:
            terms = list(right.terms)
            place = source.randrange(len(terms))
            terms[place] = _term(right, terms[place], claim.scope.parameters, source)
            right = replace(right, terms=tuple(terms))
        claim = replace(claim, right=right)
    return claim


def _whole(form: Form, source: random.Random) -> Form:
    """A term missing or doubled, or an output size that is off."""
    match source.randrange(3):
        case 0:
            return replace(form, terms=(*form.terms, form.terms[-1]))
        case 1:
            return replace(form, terms=form.terms[1:])
    ranges = list(form.ranges)
    if ranges:
        place = source.randrange(len(ranges))
        ranges[place] = replace(ranges[place], stop=add(ranges[place].stop, source.choice((1, -1))))
    return replace(form, ranges=tuple(ranges))


def _term(form: Form, term: Term, parameters: Sequence[Parameter], source: random.Random) -> Term:
    names = [*(p.name for p in parameters), *form.indices, *(r.name for r in term.sums)]
    choices = ["coefficient", "condition", "divisor"]
    choices += ["index"] * 4 + ["axes", "flip", "drop"] if any(r.at for r in term.reads) else []
    choices += ["where"] * 2 if term.where else []
    choices += ["range", "range", "bound", "once"] if term.sums else []
    match source.choice(choices):
        case "index" | "axes" | "flip" | "drop" as kind:
            place = source.choice([n for n, r in enumerate(term.reads) if r.at])
            reads = list(term.reads)
            reads[place] = _read(reads[place], kind, names, form, term, source)
            return replace(term, reads=tuple(reads))
        case "where":
            where = list(term.where)
            place = source.randrange(len(where))
            if source.random() < 0.4:
                del where[place]
            else:
                left = _index(where[place].left, names, source)
                where[place] = replace(where[place], left=left)
            return replace(term, where=tuple(where))
        case "range":
            place = source.randrange(len(term.sums))
            end, shift = source.choice(("start", "stop")), source.choice((-1, 1))
            moved = {end: add(getattr(term.sums[place], end), shift)}
            return _ranged(term, place, replace(term.sums[place], **moved))
        case "bound":
            place = source.randrange(len(term.sums))
            other = source.choice([r.stop for r in (*term.sums, *form.ranges)])
            return _ranged(term, place, replace(term.sums[place], stop=other))
        case "once":
            place = source.randrange(len(term.sums))
            return _ranged(term, place, replace(term.sums[place], stop=1, start=0))
        case "coefficient":
            numbers = (-1, 2, Fraction(1, 2), Fraction(1, 3))
            return replace(term, coefficient=term.coefficient * source.choice(numbers))
        case "divisor":
            if term.divisors and source.random() < 0.6:
                return replace(term, divisors=term.divisors[1:])
            sizes = [Symbol(p.name) for p in parameters if p.least > 0] or [3]
            return replace(term, divisors=(*term.divisors, source.choice(sizes)))
        case "condition":
            one, other = (Symbol(source.choice(names)) if names else 1 for _ in range(2))
            relation = source.choice(("<=", "<", "!="))
            return replace(term, where=(*term.where, Condition(one, relation, other)))
    return term


def _ranged(term: Term, place: int, item: Range) -> Term:
    return replace(term, sums=(*term.sums[:place], item, *term.sums[place + 1 :]))


def _read(
    read: Read, kind: str, names: Sequence[str], form: Form, term: Term, source: random.Random
) -> Read:
    at = list(read.at)
    axis = source.randrange(len(at))
    match kind:
        case "axes" if len(at) > 1:
            other = (axis + 1) % len(at)
            at[axis], at[other] = at[other], at[axis]
        case "flip":
            size = form.shape_of(read.tensor)[axis]
            at[axis] = add(size, -1, minus(at[axis]))
        case "drop":
            letters = [s.name for s in children(at[axis]) if isinstance(s, Symbol)]
            if letters:
                at[axis] = substitute(at[axis], {source.choice(letters): 0})
        case _:
            at[axis] = _index(at[axis], names, source)
    return replace(read, at=tuple(at))


def _index(index: Index, names: Sequence[str], source: random.Random) -> Index:
    """One change somewhere inside an index."""
    parts = list(children(index))
    if parts and source.random() < 0.65:
        place = source.randrange(len(parts))
        fixed = isinstance(index, FloorDiv | Mod) and place == 1
        parts[place] = source.randint(1, 4) if fixed else _index(parts[place], names, source)
        return rebuild(index, parts)
    match source.randrange(6):
        case 0 | 1:
            return add(index, source.choice((-1, 1)))
        case 2:
            return Product((-1, index))
        case 3 if names:
            return Symbol(source.choice(names))
        case 4:
            return Product((2, index))
    return add(index, Symbol(source.choice(names))) if names else add(index, 2)


# --- rewrites that change nothing ---------------------------------------------------------------


def rewritten(claim: Claim, source: random.Random) -> Claim:
    """The right side shifted, reversed, split or with its factors swapped: as true as before."""
    right = claim.right
    for _ in range(source.choice((1, 2, 3))):
        terms: list[Term] = []
        for term in right.terms:
            terms += _rewrite(right, term, source)
        right = replace(right, terms=tuple(terms))
    return replace(claim, right=right)


def _rewrite(form: Form, term: Term, source: random.Random) -> list[Term]:
    kind = source.choice(("shift", "reverse", "split", "swap", "rename", "sizes"))
    if kind == "swap" or not term.sums:
        return [replace(term, reads=term.reads[::-1])]
    place = source.randrange(len(term.sums))
    item = term.sums[place]
    match kind:
        case "shift":
            by = source.choice((1, -2))
            moved = Range(item.name, add(item.stop, by), add(item.start, by))
            return [_moved(term, place, moved, add(Symbol(item.name), -by))]
        case "reverse":
            back = add(item.stop, item.start, -1, minus(Symbol(item.name)))
            return [_moved(term, place, item, back)]
        case "split":
            first = replace(item, stop=add(item.start, 1))
            rest = replace(item, start=add(item.start, 1))
            once = Condition(item.start, "<", item.stop)
            one = _ranged(term, place, first)
            return [replace(one, where=(*one.where, once)), _ranged(term, place, rest)]
        case "rename":
            name = fresh("z_1", {*term_symbols(term), *form.indices})
            return [_moved(term, place, replace(item, name=name), Symbol(name))]
    wide = Range(item.name, add(item.stop, 2), add(item.start, -1))
    inside = (
        Condition(item.start, "<=", Symbol(item.name)),
        Condition(Symbol(item.name), "<", item.stop),
    )
    return [replace(_ranged(term, place, wide), where=(*term.where, *inside))]


def _moved(term: Term, place: int, item: Range, value: Index) -> Term:
    old = term.sums[place].name
    inner = substitute_term(replace(term, sums=()), {old: value})
    return replace(inner, sums=(*term.sums[:place], item, *term.sums[place + 1 :]))


# --- brute force --------------------------------------------------------------------------------


def small_sizes(claim: Claim, most: int, source: random.Random) -> Iterator[dict[str, int]]:
    """Small sizes in scope: the smallest ones, then drawn ones, none too dear."""
    spans = [range(p.least, p.least + 5) for p in claim.scope.parameters]
    total = 5 ** len(spans)
    if total <= 3200:
        points = list(itertools.product(*spans))
        source.shuffle(points)
    else:
        points = [tuple(source.choice(s) for s in spans) for _ in range(20 * most)]
    found = 0
    for point in points:
        sizes = dict(zip(claim.scope.names, point, strict=True))
        if meets(claim, sizes) and work((claim.left, claim.right, *claim.before), sizes) < 40_000:
            yield sizes
            found += 1
        if found == most:
            return


def agrees(claim: Claim, sizes: dict[str, int], seed: int, draws: int = 1) -> bool:
    """Whether both sides have the same values, by gathering and adding up floats."""
    shapes = [tuple(concrete(n, sizes) for n in f.shape) for f in (claim.left, claim.right)]
    if shapes[0] != shapes[1]:
        return False
    return all(_agrees(claim, sizes, 97 * seed + draw) for draw in range(draws))


def _agrees(claim: Claim, sizes: dict[str, int], seed: int) -> bool:
    source = np.random.default_rng(seed)
    values = {
        name: source.integers(1, 40, extents) * source.choice((-1, 1), extents) / 8.0
        for name, shape in inputs(claim).items()
        for extents in ([max(0, concrete(n, sizes)) for n in shape],)
    }
    for equation in claim.before:
        values[equation.name] = evaluate_arrays(equation, values, sizes)
    left, right = (evaluate_arrays(f, values, sizes) for f in (claim.left, claim.right))
    return bool(np.allclose(left, right, rtol=1e-9, atol=1e-9))
