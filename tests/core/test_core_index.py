"""Index trees: every verb keeps the value, against Python's own arithmetic."""

from __future__ import annotations

import random

import numpy as np
import pytest
from core_plain import (
    ANY,
    LEAVES,
    NUMBERS,
    PLAIN,
    POSITIVE,
    SUMS_OF_PRODUCTS,
    bent,
    by_operators,
    shuffled,
    tree,
    trials,
    value,
)
from hypothesis import assume, example, given
from hypothesis import strategies as st

from symconv.closed import factored
from symconv.errors import NeedsSizes
from symconv.index import (
    RELATIONS,
    Condition,
    FloorDiv,
    Max,
    Min,
    Mod,
    Product,
    Sum,
    Symbol,
    add,
    children,
    coefficient,
    compiled,
    concrete,
    evaluate,
    from_polynomial,
    is_negative,
    leaves,
    minus,
    negated,
    polynomial,
    put_in,
    rebuild,
    same,
    simplify,
    substitute,
    substitute_condition,
    symbols,
    text,
    tidy,
)
from symconv.reindex import neat, sign_of
from symconv.syntax.spec import parse

NAMES = (*ANY, *POSITIVE)
o, k, i, S, D, P, K, N = map(Symbol, "okiSDPKN")

# --- values -------------------------------------------------------------------------------------


@trials(100)
@given(PLAIN, NUMBERS)
def test_evaluation_is_pythons_arithmetic(plain, numbers):
    want = value(plain, numbers)
    assert evaluate(tree(plain), numbers) == want
    assert evaluate(by_operators(plain), numbers) == want
    assert concrete(tree(plain), numbers) == want


LIKE = {"o": 3, "k": -2, "i": 5, "S": 4, "D": 2}
REWRITES = {
    "tidy": tidy,
    "simplify": simplify,
    "factored": factored,
    "neat": neat,
    "negated twice": lambda t: negated(negated(t)),
    "continued": lambda t: add(add(t, 3), -3),
    "from its polynomial": lambda t: from_polynomial(polynomial(t)),
}


@trials(150)
@given(PLAIN, NUMBERS)
@example(("*", ("+", "o", "k", 1), ("+", "o", "k", -1)), LIKE)
@example(("*", ("+", "o", "S"), ("+", "S", "o"), ("+", "o", ("-", "S"))), LIKE)
def test_a_rewrite_keeps_the_value(plain, numbers):
    before = tree(plain)
    want = value(plain, numbers)
    for name, rewrite in REWRITES.items():
        assert evaluate(rewrite(before), numbers) == want, f"{name} of {text(before)}"
    assert rebuild(before, children(before)) == put_in(before, {}) == before


@trials(100)
@given(PLAIN, NUMBERS)
def test_minus_is_minus(plain, numbers):
    assert evaluate(minus(tree(plain)), numbers) == -value(plain, numbers)
    assert evaluate(negated(tree(plain)), numbers) == -value(plain, numbers)
    assert evaluate(5 - tree(("+", plain, 0)), numbers) == 5 - value(plain, numbers)
    assert evaluate(tree(("+", plain, 0)) - 5, numbers) == value(plain, numbers) - 5


@trials(100)
@given(PLAIN, st.dictionaries(st.sampled_from(NAMES), PLAIN), NUMBERS)
def test_substitution_is_at_once(plain, inside, numbers):
    """``{o: k, k: o}`` exchanges the two: nothing is put into what was put in."""
    moved = numbers | {name: value(part, numbers) for name, part in inside.items()}
    assume(all(moved[name] >= 1 for name in POSITIVE))
    names = {name: tree(part) for name, part in inside.items()}
    want = value(plain, moved)
    assert evaluate(substitute(tree(plain), names), numbers) == want
    assert evaluate(put_in(tree(plain), names), numbers) == want


def test_substitution_exchanges():
    assert substitute(2 * o + k, {"o": k, "k": o}) == Sum((Product((2, k)), o))


def test_putting_in_leaves_the_sum_as_written():
    size = FloorDiv(N - K + Product((2, P)), S) + 1
    placed = put_in(size, {"N": 5, "K": 3, "P": 1, "S": 2})
    assert text(placed) == "(5 - 3 + 2*1)//2 + 1"
    assert tidy(placed) == 3


@trials(100)
@given(PLAIN, PLAIN, st.sampled_from(sorted(RELATIONS)), NUMBERS)
def test_conditions_are_comparisons(left, right, relation, numbers):
    condition = Condition(tree(left), relation, tree(right))
    want = eval(f"a {relation} b", {"a": value(left, numbers), "b": value(right, numbers)})
    names = tuple(numbers)
    assert compiled((condition,), names)(*numbers.values()) == (want,)
    placed = substitute_condition(condition, dict(numbers))
    assert compiled((placed,), ())() == (want,)
    assert eval(str(condition), {"min": min, "max": max, **numbers}) == want
    assert symbols(condition) == symbols(condition.left) | symbols(condition.right)


def test_a_relation_that_is_none_is_refused():
    with pytest.raises(TypeError, match="not a relation"):
        compiled((Condition(o, "=<", k),), ("o", "k"))


# --- compiled -----------------------------------------------------------------------------------


@trials(100)
@given(st.lists(PLAIN, min_size=1, max_size=3), st.lists(NUMBERS, min_size=1, max_size=5))
def test_compiled_on_arrays_is_evaluation_one_by_one(plains, rows):
    """The arrays' path: broadcasting, with NumPy's minimum and maximum."""
    trees = tuple(map(tree, plains))
    columns = [np.array([row[name] for row in rows], dtype=np.int64) for name in NAMES]
    made = compiled(trees, NAMES, (np.minimum, np.maximum))(*columns)
    for plain, got in zip(plains, made, strict=True):
        want = [value(plain, row) for row in rows]
        assert np.broadcast_to(got, len(rows)).tolist() == want


def test_compiled_broadcasts_over_a_grid():
    position = Max((2 * o + 3 * k - P, 0)) % N
    O, C = np.ogrid[0:4, 0:5]
    (got,) = compiled((position,), ("o", "k", "P", "N"), (np.minimum, np.maximum))(O, C, 2, 7)
    want = [[max(2 * a + 3 * b - 2, 0) % 7 for b in range(5)] for a in range(4)]
    assert got.tolist() == want


def test_names_are_numbered_so_no_text_of_a_user_is_run():
    assert evaluate(Symbol("__import__('os')") + 1, {"__import__('os')": 4}) == 5


def test_missing_numbers_are_named():
    with pytest.raises(NeedsSizes, match=r"K, S.*K=4 S=4"):
        evaluate(S * o + K, {"o": 1})
    with pytest.raises(NeedsSizes, match=r"S\*o \+ K has no number yet; .* K, S"):
        concrete(S * o + K, {"o": 1})


@pytest.mark.parametrize("verb", [text, tidy, lambda v: evaluate(v, {}), simplify, children])
def test_what_is_no_index_is_refused(verb):
    with pytest.raises((TypeError, AttributeError)):
        verb(2.5)
    with pytest.raises((TypeError, AttributeError)):
        verb("o")


# --- polynomials --------------------------------------------------------------------------------


@trials(100)
@given(PLAIN, st.sampled_from(NAMES), NUMBERS)
def test_a_coefficient_and_the_rest_make_the_whole(plain, name, numbers):
    pair = coefficient(tree(plain), name)
    if pair is None:
        return
    factor, rest = pair
    assert name not in symbols(factor, rest)
    whole = evaluate(factor, numbers) * numbers[name] + evaluate(rest, numbers)
    assert whole == value(plain, numbers)


@trials(100)
@given(SUMS_OF_PRODUCTS, st.sampled_from(NAMES), NUMBERS)
def test_a_polynomial_has_a_coefficient_just_where_it_is_linear(plain, name, numbers):
    """Third differences along the name tell, whatever the tree looks like."""
    at = [value(plain, numbers | {name: n}) for n in range(-4, 5)]
    second = [a - 2 * b + c for a, b, c in zip(at, at[1:], at[2:], strict=False)]
    if coefficient(tree(plain), name) is None:
        others = {n: 2 + 7 * place for place, n in enumerate(NAMES)}
        far = [value(plain, others | {name: n}) for n in range(-40, 41)]
        assert any(a - 2 * b + c for a, b, c in zip(far, far[1:], far[2:], strict=False))
    else:
        assert not any(second)


@pytest.mark.parametrize("inside", [o // S, o % 2, Min((o, k)), Max((o, 0)), o * o, S * (o // D)])
def test_a_name_inside_anything_else_has_no_coefficient(inside):
    assert coefficient(inside + k, "o") is None
    assert coefficient(inside + k, "k") == (1, simplify(inside)) or "k" in symbols(inside)


def test_a_coefficient_is_found_in_brackets():
    assert coefficient(S * (o + D * k) - P, "k") == (S * D, S * o - P) or same(
        coefficient(S * (o + D * k) - P, "k")[0], S * D
    )
    factor, rest = coefficient((o + 1) * (K - 1) + o, "o")
    assert same(factor, K)
    assert same(rest, K - 1)


def test_same_is_sound():
    found = {True: 0, False: 0}

    @trials(150)
    @given(PLAIN, st.randoms(use_true_random=False), st.lists(NUMBERS, min_size=3, max_size=3))
    def sound(plain, source, rows):
        for other in (shuffled(plain, source), bent(plain, source)):
            equal = same(tree(plain), tree(other))
            found[equal] += 1
            for numbers in rows if equal else ():
                assert value(plain, numbers) == value(other, numbers)

    sound()
    assert min(found.values()) > 50, found


@trials(100)
@given(SUMS_OF_PRODUCTS, SUMS_OF_PRODUCTS)
def test_same_is_complete_for_polynomials(left, right):
    """Two polynomials that agree on a large enough grid of numbers are the same."""
    for other in (right, shuffled(left, random.Random(3))):
        wide = [{n: 3 + 41 ** (2 * place + t) for place, n in enumerate(NAMES)} for t in (1, 2)]
        equal = all(value(left, numbers) == value(other, numbers) for numbers in wide)
        assert same(tree(left), tree(other)) is equal


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (S * o + D * k - P, -P + k * D + o * S, True),
        (D * (K - 1), D * K - D, True),
        ((o + S) // S, (S + o) // D, False),
        (o % S, o % D, False),
        (Min((o, k)), Min((o, k)), True),
        (S * o, S * k, False),
        (o + 1, o + 2, False),
    ],
)
def test_same(left, right, equal):
    assert same(left, right) is equal


@trials(100)
@given(SUMS_OF_PRODUCTS)
def test_the_sign_of_a_factor_holds_for_all_sizes(plain):
    sign = sign_of(tree(plain))
    for numbers in (dict.fromkeys(NAMES, 1), {n: 2 + p for p, n in enumerate(NAMES)}):
        if sign:
            assert value(plain, numbers) * sign > 0


def test_signs():
    assert [sign_of(t) for t in (S * D, -1 * S, S + 1, S - 1, 0, 3, -3)] == [1, -1, 1, 0, 0, 1, -1]


# --- text ---------------------------------------------------------------------------------------


@trials(150)
@given(PLAIN, NUMBERS)
@example(("-", ("+", "o", "k")), {"o": 2, "k": 3, "i": 0, "S": 1, "D": 1})
@example(("-", ("//", "o", 2)), {"o": 3, "k": 3, "i": 0, "S": 1, "D": 1})
@example(("-", ("%", "o", 3)), {"o": 4, "k": 3, "i": 0, "S": 1, "D": 1})
@example(("+", ("-", ("//", "o", 2)), 1), {"o": 3, "k": 3, "i": 0, "S": 1, "D": 1})
def test_text_means_the_same_to_python(plain, numbers):
    """Python's brackets and precedence are the judge."""
    shown = text(tree(plain))
    assert eval(shown, {"min": min, "max": max}, dict(numbers)) == value(plain, numbers), shown
    assert str(by_operators(plain)) == text(by_operators(plain))


@trials(100)
@given(PLAIN, NUMBERS)
def test_text_is_read_back_by_the_spec_language(plain, numbers):
    shown = text(tree(plain))
    (statement,) = parse(f"y[o] = x[{shown}] for o = 0..3").statements
    (factor,) = statement.addends[0].factors
    (index,) = factor.at
    assert evaluate(index, numbers) == value(plain, numbers), shown


@pytest.mark.parametrize(
    ("index", "shown"),
    [
        (2 * o + k - P, "2*o + k - P"),
        (S * o + D * k - P, "S*o + D*k - P"),
        (FloorDiv(N + 2 * P - D * (K - 1) - 1, S) + 1, "(N + 2*P - D*(K - 1) - 1)//S + 1"),
        ((N - 1) * S - 2 * P, "(N - 1)*S - 2*P"),
        (Mod(i + P, S), "(i + P) % S"),
        (Min((Max((i, 0)), N - 1)), "min(max(i, 0), N - 1)"),
        (-1 * (o + k), "-(o + k)"),
        (o - (k - 1), "o - (k - 1)"),
        (-3, "-3"),
        (Product((-2, o)) + 1, "-2*o + 1"),
    ],
)
def test_text_keeps_the_written_order(index, shown):
    assert text(index) == shown


@trials(100)
@given(PLAIN)
def test_symbols_and_leaves_are_what_is_written(plain):
    def names(part):
        if isinstance(part, tuple):
            return set().union(*map(names, part[1:]))
        return {part} if isinstance(part, str) else set()

    assert symbols(tree(plain)) == names(plain)

    def count(part):  # a minus is written as a product with -1
        if not isinstance(part, tuple):
            return 1
        return sum(map(count, part[1:])) + (part[0] == "-")

    assert leaves(tree(plain)) == count(plain)


# --- folding ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("index", "tidied"),
    [
        (o + 0, o),
        (1 * o, o),
        (o // 1, o),
        (o % 1, 0),
        (0 * o, 0),
        (Sum((o, 2, -2, k)), Sum((o, k))),
        (N + 2 - K + 1, Sum((N, 3, Product((-1, K))))),
        (Product((2, 3, o)), Product((6, o))),
        (Product((-1, Sum((o, -3)))), Sum((Product((-1, o)), 3))),
        (FloorDiv(7, 2), 3),
        (FloorDiv(-7, 2), -4),
        (Mod(-7, 3), 2),
        (Min((4, o, 2)), Min((o, 2))),
        (Max((1, 3)), 3),
        (Max((o, o)), o),
        (Min((o,)), o),
    ],
)
def test_tidy_folds_numbers_and_keeps_the_order(index, tidied):
    assert tidy(index) == tidied


@trials(100)
@given(PLAIN)
def test_tidy_and_simplify_are_done_at_once(plain):
    once = tidy(tree(plain))
    assert tidy(once) == once
    collected = simplify(tree(plain))
    assert simplify(collected) == collected


@trials(100)
@given(LEAVES, LEAVES)
def test_trees_never_rewrite_themselves(a, b):
    left, right = tree(a), tree(b)
    if isinstance(left, int):
        return
    assert left + right == Sum((left, right))
    assert left * right == Product((left, right))
    assert left // right == FloorDiv(left, right)
    assert left % right == Mod(left, right)


def test_a_sum_is_continued_on_its_left_only():
    assert (o + k) + i == Sum((o, k, i))
    assert o + (k + i) == Sum((o, Sum((k, i))))
    assert add(o) == o


def test_simplify_puts_positive_terms_first():
    assert text(simplify(-P + D * K - D + 2 * o - o)) == "D*K + o - P - D"
    assert text(simplify(-1 - P + K)) == "K - 1 - P"


def test_factored_draws_a_common_symbol_out():
    assert text(factored(D * K - D - P)) == "D*(K - 1) - P"
    assert text(factored(K - 1 - P)) == "K - 1 - P"


@pytest.mark.parametrize(
    ("term", "negative"),
    [(-1, True), (0, False), (o, False), (-1 * o, True), (Product((-2, o)), True), (2 * o, False)],
)
def test_is_negative(term, negative):
    assert is_negative(term) is negative
