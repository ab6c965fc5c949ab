"""Forms: both evaluators against the definition, and rewrites that keep the value."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from core_forms import brute, equal, forms, number, padded, points, whole
from core_plain import trials
from hypothesis import given
from hypothesis import strategies as st

from symconv.errors import GeometryError, NeedsSizes
from symconv.expand import evaluate_arrays, expand
from symconv.expand import products as expand_room
from symconv.index import (
    Condition,
    FloorDiv,
    Max,
    Min,
    Mod,
    Symbol,
    concrete,
    same,
    substitute,
    symbols,
)
from symconv.meaning import FLOATS, STAND_INS, evaluate_equation
from symconv.reindex import (
    Solution,
    collect,
    eliminate,
    on_padded,
    rename_output,
    rename_sums,
    restore_letters,
    reverse,
    solve,
)
from symconv.sizes import infer_sizes
from symconv.terms import (
    Form,
    Range,
    Read,
    Selection,
    Term,
    describe,
    free_symbols,
    fresh,
    in_range,
    rename_tensors,
    substitute_term,
    term_symbols,
    with_sizes,
)

o, k, i, S, P, N, K = map(Symbol, "okiSPNK")

# --- values -------------------------------------------------------------------------------------


@trials(150)
@given(forms())
def test_both_evaluators_follow_the_definition(case):
    want = case.values()
    assert equal(evaluate_equation(case.form, case.arrays, case.sizes), want)
    assert equal(evaluate_arrays(case.form, case.arrays, case.sizes), want)
    fixed = with_sizes(case.form, case.sizes)
    assert not free_symbols(fixed)
    assert equal(evaluate_equation(fixed, case.arrays), want)
    assert equal(evaluate_arrays(fixed, case.arrays), want)


@trials(50)
@given(forms(divided=False))
def test_index_arrays_keep_whole_numbers_whole(case):
    """Integers in, integers out; floats agree with fractions to the last digits."""
    want = case.values()
    ints = {name: array.astype(np.int64) for name, array in case.arrays.items()}
    made = evaluate_arrays(case.form, ints, case.sizes)
    if all(t.coefficient.denominator == 1 for t in case.form.terms):
        assert made.dtype.kind == "i"
        assert equal(made, want)
    floats = {name: array.astype(float) / 4 for name, array in case.arrays.items()}
    quarters = {
        n: np.vectorize(lambda v: Fraction(v, 4), otypes=[object])(a)
        for n, a in case.arrays.items()
    }
    exact = brute(case.form, quarters, case.sizes).astype(float)
    assert np.allclose(evaluate_arrays(case.form, floats, case.sizes).astype(float), exact)


SMOOTH = ("", "sigmoid", "tanh", "exp", "reciprocal", "relu")


@trials(40)
@given(forms(functions=SMOOTH))
def test_smooth_functions_are_numpys_and_maths(case):
    functions = {
        "": lambda v: v,
        "sigmoid": lambda v: 0.5 * (1 + np.tanh(v / 2)),
        "tanh": np.tanh,
        "exp": np.exp,
        "reciprocal": lambda v: v**-1.0,
        "relu": lambda v: abs(v) / 2 + v / 2,
    }
    floats = {name: array.astype(float) / 5 for name, array in case.arrays.items()}
    objects = {n: a.astype(object) for n, a in floats.items()}
    form = with_sizes(case.form, case.sizes)
    want = brute(form, objects, {}, functions).astype(float)
    for evaluator in (evaluate_equation, evaluate_arrays):
        got = evaluator(case.form, floats, case.sizes).astype(float)
        assert np.allclose(got, want, rtol=1e-12, atol=1e-12)


def test_the_logarithm_and_the_stand_ins():
    form = Form("y", (Range("o", 3),), (Term((Read("x", (o,), "log"),)),), (("x", (3,)),))
    x = np.array([0.5, 2.0, 7.0])
    assert np.allclose(evaluate_arrays(form, {"x": x}), np.log(x))
    assert np.allclose(evaluate_equation(form, {"x": x}).astype(float), np.log(x))
    assert set(STAND_INS) == set(FLOATS)
    for name, stand_in in STAND_INS.items():
        values = [stand_in(Fraction(v)) for v in (-3, -1, 2, 5)]
        assert all(isinstance(v, int | Fraction) for v in values), name
        assert len(set(values)) > 1, name


def test_an_empty_form_is_zero():
    form = Form("y", (Range("o", 2), Range("p", N)), (), ())
    assert evaluate_equation(form, {}, {"N": 3}).tolist() == [[0] * 3] * 2
    assert evaluate_arrays(form, {}, {"N": 3}).tolist() == [[0] * 3] * 2


def test_equations_that_follow_from_one_another_are_solved_in_order():
    """``o = i + k`` and ``j = o + 1``: j is computed from o, which is itself computed."""
    j = Symbol("j")
    reads = (Read("x", (i,)), Read("w", (k,)), Read("v", (j,)))
    ranges = (Range("i", 4), Range("k", 3), Range("j", 5))
    arrays = {"x": whole((4,), 1), "w": whole((3,), 2), "v": whole((5,), 3)}
    shapes = (("x", (4,)), ("w", (3,)), ("v", (5,)))
    conditions = [Condition(o, "==", i + k), Condition(j, "==", o + 1), Condition(k + 1, "==", j)]
    for where in ([0, 1], [1, 0], [0, 2], [2, 1], [0, 1, 2], [2, 1, 0], [1, 2, 0]):
        term = Term(reads, ranges, tuple(conditions[n] for n in where))
        form = Form("y", (Range("o", 6),), (term,), shapes)
        want = brute(form, arrays)
        assert any(want)
        assert equal(evaluate_arrays(form, arrays), want), where


def test_a_scatter_costs_as_much_as_a_gather():
    """The transposed convolution enumerates inputs and kernel positions, not outputs as well."""
    condition = Condition(2 * i + k, "==", o)
    term = Term((Read("x", (i,)), Read("w", (k,))), (Range("i", 50), Range("k", 3)), (condition,))
    form = Form("y", (Range("o", 101),), (term,), (("x", (50,)), ("w", (3,))))
    x, w = np.arange(1, 51), np.array([1, 10, 100])
    stuffed = np.zeros(99, dtype=int)
    stuffed[::2] = x
    assert np.array_equal(evaluate_arrays(form, {"x": x, "w": w}), np.convolve(stuffed, w))
    loops = expand_room._plan(form, term)
    assert [r.name for r in loops.ranges] == ["i", "k"]
    assert loops.where == ()


@trials(50)
@given(forms())
def test_the_index_arrays_list_every_product_once(case):
    """Counted one by one: how often each output is reached, and which elements it reads."""
    made = expand(case.form, case.sizes)
    shape = tuple(number(r.stop, case.sizes) for r in case.form.ranges)
    assert made.shape == shape
    assert made.size == int(np.prod(shape, dtype=int))
    for term, products in zip(case.form.terms, made.terms, strict=True):
        want = []
        for env in points((*case.form.ranges, *term.sums), case.sizes):
            at = [tuple(number(n, env) for n in read.at) for read in term.reads]
            inside = all(
                all(0 <= p < n for p, n in zip(place, case.arrays[read.tensor].shape, strict=True))
                for place, read in zip(at, term.reads, strict=True)
            )
            kept = [relation(c, env) for c in term.where]
            if inside and all(kept):
                out = (
                    np.ravel_multi_index(tuple(env[r.name] for r in case.form.ranges), shape)
                    if shape
                    else 0
                )
                flat = [
                    int(np.ravel_multi_index(place, case.arrays[read.tensor].shape))
                    for place, read in zip(at, term.reads, strict=True)
                ]
                want.append((int(out), *flat))
        got = zip(products.out.tolist(), *(r.tolist() for r in products.reads), strict=True)
        assert sorted(got) == sorted(want)
        assert products.tensors == tuple(read.tensor for read in term.reads)
        for read in term.reads:
            assert made.size_of(read.tensor) == case.arrays[read.tensor].size


def relation(condition, env):
    left, right = (number(side, env) for side in (condition.left, condition.right))
    return eval(f"left {condition.relation} right", {"left": left, "right": right})


def test_more_products_than_memory_holds_are_refused():
    form = Form(
        "y",
        (Range("o", 10**6),),
        (Term((Read("x", (k,)),), (Range("k", 10**6),)),),
        (("x", (10**6,)),),
    )
    with pytest.raises(GeometryError, match="too large to write out"):
        expand(form)


# --- the first maximum --------------------------------------------------------------------------


@trials(60)
@given(
    st.integers(1, 6),
    st.integers(1, 5),
    st.integers(1, 3),
    st.integers(1, 2),
    st.integers(0, 2),
    st.integers(0, 99),
)
def test_a_selection_marks_the_first_maximum(n, kernel, stride, dilation, padding, seed):
    """Against argmax over a window padded with -inf; ties are common in this data."""
    outputs = (n + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
    if outputs < 1:
        return
    position = stride * o + dilation * k - padding
    selection = Selection(
        "M",
        (Range("b", 2), Range("o", outputs)),
        (Range("k", kernel),),
        Read("x", (Symbol("b"), position)),
        (("x", (2, n)),),
    )
    x = np.random.default_rng(seed).integers(-2, 3, (2, n))
    wide = np.pad(x.astype(float), ((0, 0), (padding, padding)), constant_values=-np.inf)
    want = np.zeros((2, outputs, kernel), dtype=int)
    for b in range(2):
        for out in range(outputs):
            window = wide[b, stride * out : stride * out + dilation * kernel : dilation][:kernel]
            if np.max(window) > -np.inf:
                want[b, out, np.argmax(window)] = 1
    assert equal(evaluate_equation(selection, {"x": x}), want)
    assert equal(evaluate_arrays(selection, {"x": x}), want)


def test_a_selection_in_two_dimensions_is_row_major():
    window = (Range("k_h", 2), Range("k_w", 3))
    at = (2 * Symbol("p") + Symbol("k_h"), 2 * o + Symbol("k_w"))
    selection = Selection(
        "M", (Range("p", 2), Range("o", 2)), window, Read("x", at), (("x", (4, N)),)
    )
    x = np.array([[1, 7, 2, 7, 0], [7, 3, 1, 7, 9], [4, 4, 4, 1, 1], [5, 0, 5, 5, 5]])
    want = np.zeros((2, 2, 2, 3), dtype=int)
    want[0, 0, 0, 1] = want[0, 1, 1, 2] = want[1, 0, 1, 0] = want[1, 1, 1, 0] = 1
    for evaluator in (evaluate_equation, evaluate_arrays):
        assert equal(evaluator(selection, {"x": x}, {"N": 5}), want)
        assert equal(evaluator(with_sizes(selection, {"N": 5}), {"x": x}), want)
    assert selection.tensors == ("x",)
    assert free_symbols(selection) == {"N"}


# --- rewrites -----------------------------------------------------------------------------------


@trials(100)
@given(forms())
def test_elimination_keeps_the_value(case):
    want = case.values()
    for prefer in ((), ("o", "k"), ("l", "k")):
        assert equal(case.values(eliminate(case.form, prefer)), want)


def test_elimination_solves_what_can_be_solved():
    """``S·o + k - P = i`` under sums over o and k: k is computed, or o with a divisibility."""
    term = Term(
        (Read("g", (o,)), Read("w", (k,))),
        (Range("o", N), Range("k", K)),
        (Condition(S * o + k - P, "==", i),),
    )
    form = Form("dx", (Range("i", 9),), (term,), (("g", (N,)), ("w", (K,))))
    (by_o,) = eliminate(form, ["o"]).terms
    assert [r.name for r in by_o.sums] == ["k"]
    (condition,) = by_o.where
    assert (condition.relation, condition.right, condition.left.bottom) == ("==", 0, S)
    assert same(condition.left.top, i - k + P)
    (by_k,) = eliminate(form, ["k"]).terms
    assert [r.name for r in by_k.sums] == ["o"]
    assert by_k.where == ()
    sizes = {"N": 4, "K": 3, "S": 2, "P": 1}
    arrays = {"g": whole((4,), 1), "w": whole((3,), 2)}
    want = brute(form, arrays, sizes)
    for solved in (eliminate(form, ["o"]), eliminate(form, ["k"])):
        assert equal(brute(solved, arrays, sizes), want)


def test_a_range_that_no_read_bounds_stays_as_conditions():
    """Here o runs over less than the axis it reads: dropping its range would add products."""
    term = Term(
        (Read("g", (o,)), Read("w", (k,))),
        (Range("o", 2), Range("k", 3)),
        (Condition(o + k, "==", i),),
    )
    form = Form("dx", (Range("i", 7),), (term,), (("g", (5,)), ("w", (3,))))
    arrays = {"g": whole((5,), 1), "w": whole((3,), 2)}
    solved = eliminate(form, ["o"])
    assert solved.terms[0].where
    assert equal(brute(solved, arrays), brute(form, arrays))


@pytest.mark.parametrize(
    ("condition", "name", "value"),
    [
        (Condition(o + k, "==", i), "o", i - k),
        (Condition(i, "==", o + k), "o", i - k),
        (Condition(S - o, "==", i), "o", S - i),
        (Condition(o + k, "==", i + o + 1), "k", i + 1),
        (Condition(2 * o + k, "==", o + i), "o", i - k),
    ],
)
def test_solving_for_a_bare_index(condition, name, value):
    solution = solve(condition, name)
    assert isinstance(solution, Solution)
    assert solution.condition is None
    assert not any(
        number(solution.value, env) - number(value, env)
        for env in points([Range(n, 4, -3) for n in "okiS"], {})
    )


def test_solving_with_a_factor_asks_for_divisibility():
    solution = solve(Condition(S * o + k, "==", i), "o")
    assert solution == Solution("o", FloorDiv(i - k, S), Condition(Mod(i - k, S), "==", 0))
    turned = solve(Condition(-2 * o + k, "==", i), "o")
    for env in points([Range("k", 5, -4), Range("i", 5, -4)], {}):
        places = [n for n in range(-9, 10) if -2 * n + env["k"] == env["i"]]
        whole_number = number(turned.condition.left, env) == 0
        assert ([number(turned.value, env)] if whole_number else []) == places


@pytest.mark.parametrize(
    ("condition", "name"),
    [
        (Condition(o + k, "<", i), "o"),
        (Condition(o + k, "!=", i), "o"),
        (Condition(o * o, "==", i), "o"),
        (Condition(o // 2, "==", i), "o"),
        (Condition(o % 2, "==", 0), "o"),
        (Condition((S - 1) * o, "==", i), "o"),
        (Condition(o + k, "==", o + i), "o"),
    ],
)
def test_what_cannot_be_solved_is_left(condition, name):
    assert solve(condition, name) is None


@trials(60)
@given(forms())
def test_running_sums_backwards_keeps_the_value(case):
    want = case.values()
    for names in (["k"], ["l"], ["k", "l"]):
        turned = reverse(case.form, names)
        assert equal(case.values(turned), want)


def test_running_a_sum_backwards_flips_its_reads():
    form = Form(
        "y",
        (Range("o", 4),),
        (Term((Read("w", (k,)), Read("x", (o - k,))), (Range("k", K),)),),
        (("w", (K,)), ("x", (4,))),
    )
    (term,) = reverse(form, ["k"]).terms
    assert str(term.reads[0].at[0]) == "K - 1 - k"
    assert same(term.reads[1].at[0], o + k - K + 1)
    wide = Form("y", (), (Term((Read("x", (k,)),), (Range("k", 5, 2),)),), (("x", (9,)),))
    assert str(reverse(wide, ["k"]).terms[0].reads[0].at[0]) == "6 - k"


@trials(60)
@given(forms(terms=2), st.integers(0, 10**6))
def test_collecting_terms_keeps_the_value(case, seed):
    source = random.Random(seed)
    terms = []
    for term in (*case.form.terms, *case.form.terms, *case.form.terms[:1]):
        reads, sums = list(term.reads), list(term.sums)
        source.shuffle(reads)
        source.shuffle(sums)
        number_ = Fraction(source.choice((-2, -1, 1, 3)))
        terms.append(replace(term, reads=tuple(reads), sums=tuple(sums), coefficient=number_))
    many = replace(case.form, terms=tuple(terms))
    few = replace(case.form, terms=collect(terms))
    assert equal(case.values(few), case.values(many))
    assert len(few.terms) <= len(case.form.terms)


def test_terms_that_cancel_vanish():
    one = Term((Read("x", (o,)), Read("w", (k,))), (Range("k", 3),))
    other = replace(one, reads=one.reads[::-1], coefficient=Fraction(-1))
    assert collect([one, other]) == ()
    for field, what in [
        ("where", (Condition(k, "<", 2),)),
        ("sums", (Range("k", 2),)),
        ("divisors", (2,)),
        ("reads", (Read("x", (o,), "relu"), Read("w", (k,)))),
    ]:
        assert len(collect([one, replace(other, **{field: what})])) == 2, field


@trials(60)
@given(forms(functions=("",)), st.lists(st.integers(0, 2), min_size=4, max_size=4))
def test_the_padded_tensor_gives_the_same_sums(case, amounts):
    want = case.values()
    for name, shape in case.form.shapes:
        before, after = amounts[: len(shape)], amounts[2 : 2 + len(shape)]
        wide = tuple(n + a + b for n, a, b in zip(shape, before, after, strict=True))
        moved = on_padded(case.form, name, before, wide)
        arrays = case.arrays | {name: padded(case.arrays[name], before, after)}
        assert equal(brute(moved, arrays, case.sizes), want)
        assert equal(evaluate_equation(moved, arrays, case.sizes), want)


@trials(40)
@given(forms())
def test_renaming_keeps_the_value(case):
    want = case.values()
    swapped = rename_tensors(case.form, {"a": "c", "c": "a", "y": "z"})
    names = {"a": "c", "c": "a"}
    arrays = {names.get(n, n): array for n, array in case.arrays.items()}
    assert swapped.name == "z"
    assert equal(brute(swapped, arrays, case.sizes), want)
    outputs = rename_output(rename_output(case.form, "o", "q"), "p", "r")
    assert "o" not in outputs.indices
    assert equal(case.values(outputs), want)
    sums = {"k": "l", "l": "k"}
    turned = replace(case.form, terms=tuple(rename_sums(term, sums) for term in case.form.terms))
    assert equal(case.values(turned), want)


@trials(40)
@given(forms())
def test_letters_are_given_back(case):
    """``o_1`` is called o again, but not where o is in use."""
    want = case.values()
    free = rename_output(case.form, "o", "o_1")
    assert equal(case.values(restore_letters(free)), want)
    assert restore_letters(free).indices == case.form.indices
    taken = rename_output(rename_output(case.form, "p", "p_1"), "o", "p_2")
    assert equal(case.values(restore_letters(taken)), want)
    bound = rename_output(case.form, "o", "k_1")
    uses = {name for term in case.form.terms for name in term_symbols(term)}
    assert equal(case.values(restore_letters(bound)), want)
    if "k" in uses and bound.ranges:
        assert restore_letters(bound).indices[0] == "k_1"


def test_a_letter_that_names_a_size_is_not_given_back():
    form = Form("y", (Range("N_1", 3),), (Term((Read("x", (Symbol("N_1"),)),)),), (("x", (N,)),))
    assert restore_letters(form).indices == ("N_1",)


# --- questions ----------------------------------------------------------------------------------


def test_ranges_know_their_size_and_last_value():
    assert concrete(Range("k", 7, 2).size) == 5
    assert Range("k", 7, 2).last == 6
    assert str(Range("k", K).last) == "K - 1"
    assert concrete(Range("k", N + 1, 1).size, {"N": 4}) == 4


@trials(40)
@given(forms())
def test_free_symbols_are_what_evaluation_asks_for(case):
    """With one of them left out the value is refused, and nothing else is needed."""
    form = with_sizes(case.form, {})  # 0 // S has no S any more
    needed = free_symbols(form)
    sizes = {name: case.sizes[name] for name in needed}
    assert equal(evaluate_equation(form, case.arrays, sizes), case.values())
    shown = {n for _, shape in form.shapes for size in shape for n in symbols(size)}
    for name in needed - shown:
        less = {n: v for n, v in sizes.items() if n != name}
        with pytest.raises(NeedsSizes, match=name):
            evaluate_equation(form, case.arrays, less)


def test_in_range_is_two_conditions():
    assert list(map(str, in_range(o + 1, N))) == ["0 <= o + 1", "o + 1 < N"]


def test_a_fresh_name_is_not_taken():
    assert fresh("c", ["a", "b"]) == "c"
    assert fresh("c", ["c", "c_1", "c_3"]) == "c_2"
    assert fresh("c", [f"c_{n}" for n in range(9)] + ["c"]) == "c_9"


def test_a_form_describes_itself():
    term = Term(
        (Read("w", (k,)), Read("x", (2 * o + k - P,), "relu")),
        (Range("k", K),),
        (Condition(k, "!=", 1),),
        Fraction(1, 2),
        (3,),
    )
    form = Form("y", (Range("o", 4),), (term, Term((Read("b", ()),))), (("w", (K,)),))
    assert describe(form) == (
        "y[o] = sum(1/2*w[k]*relu(x[2*o + k - P])/(3), k=0..K - 1, k != 1) + b[]"
    )
    assert describe(replace(form, terms=())) == "y[o] = 0"


def test_shapes_and_tensors_of_a_form():
    form = Form("y", (Range("o", N), Range("p", 3)), (), (("x", (N, 2)), ("w", (K,))))
    assert form.shape == (N, 3)
    assert form.tensors == ("x", "w")
    assert form.shape_of("w") == (K,)
    assert free_symbols(form) == {"N", "K"}


def test_substitution_into_a_term_reaches_everything():
    term = Term(
        (Read("x", (S * o,)),), (Range("k", K, P),), (Condition(k, "<", N),), Fraction(1), (S,)
    )
    placed = substitute_term(term, {"S": 2, "K": 7, "P": 1, "N": 5})
    assert placed == Term(
        (Read("x", (2 * o,)),), (Range("k", 7, 1),), (Condition(k, "<", 5),), Fraction(1), (2,)
    )
    assert term_symbols(term) == {"S", "o", "k", "K", "P", "N"}


# --- sizes off arrays ---------------------------------------------------------------------------


def test_sizes_are_read_off_the_arrays_and_checked():
    shapes = {"x": (N, 2 * o + K - 2), "w": (K,)}
    arrays = {"x": np.zeros((5, 11)), "w": np.zeros(3)}
    assert infer_sizes(shapes, arrays) == {"N": 5, "K": 3, "o": 5}
    assert infer_sizes(shapes, {"w": np.zeros(3)}) == {"K": 3}
    assert infer_sizes(shapes, {"w": np.zeros(3)}, {"P": 2}) == {"K": 3, "P": 2}


@pytest.mark.parametrize(
    ("arrays", "sizes", "message"),
    [
        ({"x": (5, 11, 1), "w": (3,)}, {}, r"x has the wrong number of axes; expected 2 .*got 3"),
        (
            {"x": (5, 11), "w": (4,)},
            {"K": 3},
            r"w: axis 0 has the wrong size; expected 3 \(K\), got 4",
        ),
        ({"x": (5, 11), "w": (3,)}, {"N": 4}, r"x: axis 0 .*expected 4 \(N\), got 5"),
        ({"x": (5, 11), "w": (3,), "v": (6,)}, {}, r"v: axis 0 .*expected 5 \(N\), got 6"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(arrays, sizes, message):
    shapes = {"x": (N, 2 * o + K - 2), "w": (K,), "v": (N,)}
    with pytest.raises(GeometryError, match=message):
        infer_sizes(shapes, {n: np.zeros(sh) for n, sh in arrays.items()}, sizes)


def test_a_size_that_no_whole_number_gives_stays_open():
    assert "o" not in infer_sizes({"x": (2 * o,)}, {"x": np.zeros(5)})


def test_evaluation_refuses_arrays_that_do_not_fit():
    form = Form(
        "y",
        (Range("o", N),),
        (Term((Read("x", (o,)), Read("w", (o,)))),),
        (("x", (N,)), ("w", (N,))),
    )
    for evaluator in (evaluate_equation, evaluate_arrays):
        with pytest.raises(GeometryError, match="w: axis 0"):
            evaluator(form, {"x": np.zeros(3), "w": np.zeros(4)})
        with pytest.raises(NeedsSizes, match="M"):
            evaluator(
                replace(form, ranges=(Range("o", Symbol("M")),)),
                {"x": np.zeros(3), "w": np.zeros(3)},
            )


def test_extremes_fold_positions_back():
    """Reflection by min and max: what the engine pads, the form reads."""
    position = Min((Max((i, -1 * i)), 2 * N - 2 - Max((i, -1 * i))))
    form = Form(
        "y",
        (Range("o", 9),),
        (Term((Read("x", (substitute(position, {"i": o - 2}),)),)),),
        (("x", (N,)),),
    )
    x = np.arange(10, 15)
    want = np.pad(x, 2, mode="reflect")
    assert np.array_equal(evaluate_arrays(form, {"x": x}), want)
    assert np.array_equal(evaluate_equation(form, {"x": x}).astype(int), want)
