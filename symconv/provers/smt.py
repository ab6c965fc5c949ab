"""Where z3 is loaded: does a system of polynomial facts imply another one?

First with every product as an integer of its own (linear arithmetic, to which products of facts
with the factors at hand are added), then with real products.  Its own counter of steps ends a
question, so that verdicts repeat; only "cannot be otherwise" is used of its answers.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from symconv.provers import algebra
from symconv.provers.algebra import Monomial, Poly, constant, plus, product, scaled, variable
from symconv.provers.isl import NoLibrary
from symconv.provers.systems import Atom, System

STEPS = 400_000
"""z3's steps for one question."""
PRODUCTS = 300
"""How many products of facts are added at most."""


@cache
def solver() -> Any:
    """The module z3.  Errors: `NoLibrary`."""
    try:
        return importlib.import_module("z3")
    except ImportError as problem:
        raise NoLibrary(f"z3 cannot be loaded ({problem})") from problem


def implied(system: System, goal: Atom, steps: int = STEPS) -> bool:
    """Whether the goal holds wherever the system does; False also where that was not found."""
    goal = goal.with_values(system.solved)
    known = trivial(goal)
    if known is not None:
        return known
    facts = [fact for fact in system.facts() if trivial(fact) is not True]
    if stated(facts, goal):
        return True
    return all(_impossible(system, [*facts, *denied], steps) for denied in _denials(goal))


def excluded(
    system: System,
    wishes: Sequence[Sequence[Atom]],
    also: Sequence[Atom] = (),
    steps: int = STEPS,
) -> bool:
    """Whether no point of the system meets `also` and misses every one of the wishes.

    A wish is a list of atoms that hold together; False also where that was not found.
    """
    more = [atom.with_values(system.solved) for atom in also]
    facts = [fact for fact in (*system.facts(), *more) if trivial(fact) is not True]
    if any(trivial(fact) is False for fact in facts):
        return True
    clauses: list[list[Atom]] = []
    for wish in wishes:
        goals = [goal.with_values(system.solved) for goal in wish]
        open_ones = [g for g in goals if trivial(g) is not True and not stated(facts, g)]
        if not open_ones:
            return True
        if not any(trivial(goal) is False for goal in open_ones):
            clauses.append([denied for goal in open_ones for d in _denials(goal) for denied in d])
    return _impossible(system, facts, steps, clauses)


def trivial(atom: Atom) -> bool | None:
    """The truth of an atom between numbers, or None."""
    number = algebra.number_of(atom.poly)
    if number is None:
        return None
    return {"equal": number == 0, "distinct": number != 0, "atleast": number >= 0}[atom.kind]


def stated(facts: Sequence[Atom], goal: Atom) -> bool:
    """Whether a fact says it in as many words, or says more."""
    for fact in facts:
        if fact.kind == goal.kind and fact.kind in ("equal", "distinct"):
            if fact.poly in (goal.poly, scaled(goal.poly, -1)):
                return True
        elif fact.kind == goal.kind == "atleast":
            more = algebra.number_of(plus(goal.poly, fact.poly, -1))
            if more is not None and more >= 0:
                return True
    return False


def _denials(goal: Atom) -> list[list[Atom]]:
    """The cases in which the goal fails."""
    less = Atom("atleast", plus(scaled(goal.poly, -1), constant(-1)))
    more = Atom("atleast", plus(goal.poly, constant(-1)))
    match goal.kind:
        case "atleast":
            return [[less]]
        case "equal":
            return [[less], [more]]
        case "distinct":
            return [[Atom("equal", goal.poly)]]
    raise TypeError(f"not a kind of fact: {goal.kind}")


def _impossible(
    system: System, facts: Sequence[Atom], steps: int, clauses: Sequence[Sequence[Atom]] = ()
) -> bool:
    """Whether no integers meet the facts and one atom of each clause."""
    linear = [*facts, *_multiplied(facts, [a for clause in clauses for a in clause])]
    if _unsatisfiable(system, linear, steps, clauses, products=False):
        return True
    if all(len(monomial) < 2 for fact in linear for monomial in fact.poly):
        return False
    return _unsatisfiable(system, linear, steps, clauses, products=True)


def _multiplied(facts: Sequence[Atom], others: Sequence[Atom]) -> Iterator[Atom]:
    """Facts multiplied by a factor that is at least 0, where that makes no new product."""
    present = {m for fact in (*facts, *others) for m in fact.poly}
    factors = sorted({name for m in present if len(m) > 1 for name in m})
    safe = [name for name in factors if _nonnegative(facts, name)]
    count = 0
    for name in safe:
        for fact in facts:
            if fact.kind == "distinct":
                continue
            poly = product(fact.poly, variable(name))
            if all(len(m) < 2 or m in present for m in poly) and _joins(poly):
                yield Atom(fact.kind, poly)
                count += 1
                if count == PRODUCTS:
                    return


def _joins(poly: Poly) -> bool:
    return any(len(monomial) > 1 for monomial in poly)


def _nonnegative(facts: Sequence[Atom], name: str) -> bool:
    """Whether a fact says that a variable is at least some number from 0 up."""
    return any(
        fact.kind == "atleast"
        and set(fact.poly) <= {(name,), ()}
        and fact.poly.get((name,), 0) > 0
        and fact.poly.get((), 0) <= 0
        for fact in facts
    )


def _unsatisfiable(
    system: System,
    facts: Sequence[Atom],
    steps: int,
    clauses: Sequence[Sequence[Atom]],
    *,
    products: bool,
) -> bool:
    z3 = solver()
    context = z3.Context()
    question = z3.SolverFor("QF_NIA" if products else "QF_LIA", ctx=context)
    question.set("rlimit", steps)
    numbers: dict[Monomial, Any] = {}

    def term(monomial: Monomial) -> Any:
        if monomial not in numbers:
            if len(monomial) > 1 and products:
                whole = term(monomial[:1])
                for name in monomial[1:]:
                    whole = whole * term((name,))
                numbers[monomial] = whole
            else:
                numbers[monomial] = z3.Int(f"v{len(numbers)}", ctx=context)
        return numbers[monomial]

    def value(poly: Poly) -> Any:
        parts = [z3.IntVal(poly.get((), 0), ctx=context)]
        parts += [n * term(m) for m, n in poly.items() if m]
        return z3.Sum(parts)

    def truth(atom: Atom) -> Any:
        here = value(atom.poly)
        return {"equal": here == 0, "distinct": here != 0, "atleast": here >= 0}[atom.kind]

    question.add(*(truth(fact) for fact in facts))
    for clause in clauses:
        question.add(z3.Or([z3.BoolVal(False, ctx=context), *map(truth, clause)]))
    for name, (kind, args) in system.extremes.items():
        here, given = term((name,)), [value(arg) for arg in args]
        question.add(z3.Or([here == v for v in given]))
        question.add(*(here <= v if kind == "min" else here >= v for v in given))
    return bool(question.check() == z3.unsat)
