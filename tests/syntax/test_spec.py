import random
import string
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spec_cases import EXAMPLES, bare

from symconv.calls import Addend, Binder, Call, Definition, Factor, Place, TensorArg
from symconv.index import (
    Condition,
    FloorDiv,
    Max,
    Min,
    Mod,
    Product,
    Sum,
    Symbol,
    add,
    evaluate,
    minus,
)
from symconv.syntax.sizes import parse_sizes
from symconv.syntax.spec import parse
from symconv.syntax.unparse import unparse

N, C, H, W, F, K, P, S, D, O, A = (Symbol(name) for name in "NCHWFKPSDOA")
a, b, c, k, n, f, o = (Symbol(name) for name in "abcknfo")


def up_to(name: str) -> Binder:
    return Binder(name, 0, add(Symbol(name.upper()), -1))


def shaped(name: str, *shape: object) -> TensorArg:
    return TensorArg(name, shape)


EXPECTED = (
    Call("y", "conv1d", (shaped("x", 4), shaped("w", 3)), (), (("padding", 1),)),
    Call(
        "y",
        "conv1d",
        (TensorArg("x", None, ("a", "b", "c", "d")), TensorArg("w", None, ("x", "y", "z"))),
        (),
        (("padding", 1),),
    ),
    Call(
        "y",
        "conv2d",
        (
            shaped("x", N, C, H, W),
            shaped("w", F, C, Symbol("K_h"), Symbol("K_w")),
            shaped("b", F),
        ),
        (),
        (("stride", (2, 1)), ("padding", P), ("dilation", 1), ("groups", 1)),
    ),
    Call(
        "y",
        "conv2d",
        (shaped("x", 1, 1, 4, 4), shaped("w", 1, 1, 3, 3)),
        (),
        (("padding", ((1, 2), (0, 1))), ("padding_mode", "circular")),
    ),
    Call(
        "y",
        "conv_transpose2d",
        (shaped("x", 2, 2), shaped("w", 3, 3)),
        (),
        (("stride", 2), ("padding", 1), ("output_padding", 1)),
    ),
    Call(
        "y",
        "convolve",
        (TensorArg("x", None, (0, 1, 2, 3, 4)), TensorArg("w", None, (1, -1, 2))),
        (),
        (("mode", "full"),),
    ),
    Call("y", "avg_pool2d", (shaped("x", 1, 1, 4, 4),), (2,)),
    Call("Y", "unfold", (shaped("x", 1, 2, 4, 4),), ((3, 3),), (("padding", 1),)),
    Call("h", "conv1d", (shaped("x", N), shaped("u", A)), (), (("padding", P),)),
    Call("r", "relu", (TensorArg("h"),)),
    Call("L", "mse", (TensorArg("y"), TensorArg("t"))),
    Call(
        "y",
        "conv2d",
        (
            TensorArg("x", None, ((1, 2), (3, 4))),
            TensorArg("w", None, ((Fraction(1, 2), -1), (0, Fraction(1, 4)))),
        ),
        (),
        (("ceil_mode", True),),
    ),
    Definition(
        "y",
        ("o",),
        (
            Addend(
                (Factor("w", (k,)), Factor("x", (Sum((Product((2, o)), k, minus(P))),))),
                (up_to("k"),),
            ),
        ),
        (up_to("o"),),
    ),
    Definition(
        "y",
        ("n", "f", "o"),
        (
            Addend((Factor("b", (f,)),)),
            Addend(
                (
                    Factor("w", (f, c, k)),
                    Factor("x", (n, c, Sum((Product((S, o)), Product((D, k)), minus(P))))),
                ),
                (up_to("c"), up_to("k")),
            ),
        ),
        (up_to("n"), up_to("f"), up_to("o")),
        (shaped("x", N, C, H),),
    ),
    Definition(
        "y",
        ("o",),
        (
            Addend(
                (Factor("x", (Sum((o, k)),), "relu"), Factor("w", (k,))),
                (up_to("k"),),
                (Condition(k, "!=", 1), Condition(Mod(Sum((o, k)), 2), "==", 0)),
                Fraction(1, 2),
            ),
        ),
        (up_to("o"),),
    ),
)


def only(text: str) -> Call | Definition:
    (statement,) = parse(text).statements
    return statement


@pytest.mark.parametrize(("text", "expected"), list(zip(EXAMPLES, EXPECTED, strict=True)))
def test_examples(text: str, expected: Call | Definition) -> None:
    assert bare(only(text)) == bare(expected)


def test_several_statements_with_comments_and_line_breaks() -> None:
    text = """
    # a chain
    h = conv1d(x[N],   # the signal
               u[A],
               padding=P);  r = relu(h)

    y[o] = sum(w[k] * r[o + k],
               k=0..K-1)
      for o = 0..O-1   # the range on a line of its own

      with w[K]
    L = mse(y, t);
    """
    spec = parse(text)
    assert [statement.target for statement in spec.statements] == ["h", "r", "y", "L"]
    assert spec.statements[2].declared[0].shape == (K,)
    assert spec.source == text


def test_places() -> None:
    call = only("\n\ty = avg_pool2d(  x[4,4],\n  2, stride=(1,\n1), w=[1])")
    assert call.place == Place(2, 6)
    assert [tensor.place for tensor in call.tensors] == [Place(2, 19), Place(4, 5)]
    assert call.argument_places == (Place(3, 3),)
    assert call.keyword_places == (Place(3, 6),)
    own = only("y[o] =\t2*relu(x[o]) + sum(w[k], k=0..2) for o=0..3 with x[4]")
    assert own.place == Place(1, 1)
    assert [item.factors[0].place.column for item in own.addends] == [10, 27]
    assert own.addends[1].sums[0].place == Place(1, 33)
    assert own.ranges[0].place == Place(1, 45)
    assert own.declared[0].place == Place(1, 57)


def argument(text: str) -> object:
    call = only(f"y = f(x, z={text})")
    return call.keywords[0][1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2*3 + 1", 7),
        ("-7 // 2", -4),
        ("7 % 4", 3),
        ("--2", 2),
        ("1/2", Fraction(1, 2)),
        ("-0.125", Fraction(-1, 8)),
        ("4/2", Fraction(2)),
        ("1.50", Fraction(3, 2)),
        ("1/2 + 1/3", Fraction(5, 6)),
        ("max(1, 2, 3)", 3),
        ("'same'", "same"),
        ('"it\'s"', "it's"),
        ("True", True),
        ("(False)", False),
        ("()", ()),
        ("(1,)", (1,)),
        ("(1)", 1),
        ("((1,P),'a',)", ((1, P), "a")),
        ("K - 1 + 1", Sum((K, -1, 1))),
        ("2*3*K", Product((2, 3, K))),
        ("-K", Product((-1, K))),
        ("-2*K", Product((-1, Product((2, K))))),
        ("(-2)*K", Product((-2, K))),
        ("-K//2", FloorDiv(Product((-1, K)), 2)),
        ("-(K//2)", Product((-1, FloorDiv(K, 2)))),
        ("H - K//2", Sum((H, Product((-1, FloorDiv(K, 2)))))),
        ("H*K//2*P", Product((FloorDiv(Product((H, K)), 2), P))),
        ("H - (K - P)", Sum((H, Product((-1, Sum((K, minus(P)))))))),
        ("(H - K) - P", Sum((H, minus(K), minus(P)))),
        ("H*-K", Product((H, Product((-1, K))))),
        ("(o + k) % 2", Mod(Sum((o, k)), 2)),
        ("min(H, K+1)", Min((H, Sum((K, 1))))),
        ("max(H, 0)*2", Product((Max((H, 0)), 2))),
        ("2−K×P", Sum((2, Product((-1, Product((K, P))))))),
        ("2·κ_1", Product((2, Symbol("κ_1")))),
        ("µ", Symbol("μ")),
    ],
)
def test_values(text: str, expected: object) -> None:
    found = argument(text)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize("text", ["2*o + k - P", "S*o + D*k - P", "(o + k) % 2", "-a*b", "K - 1"])
def test_indices_print_back_as_written(text: str) -> None:
    assert str(argument(text)) == text


@pytest.mark.parametrize("seed", range(40))
def test_indices_have_pythons_meaning(seed: int) -> None:
    source = random.Random(seed)

    def grow(depth: int) -> str:
        if not depth:
            return source.choice(["a", "b", "3", "7", "(a + 1)", "2*b"])
        left, right = grow(depth - 1), grow(depth - 1)
        sign = source.choice([" + ", " - ", "*", "//", " % ", "*-"])
        if sign in ("//", " % "):
            right = source.choice(["2", "3", "5", "max(a, 1)"])
        body = f"{source.choice(['', '', '-'])}{left}{sign}{right}"
        return source.choice([body, f"({body})", f"min({body}, 9)"])

    text = grow(3)
    for values in ({"a": 3, "b": 5}, {"a": -4, "b": 2}):
        expected = eval(text, {"min": min, "max": max}, values)
        assert evaluate(argument(text), values) == expected, text


def test_call_arguments() -> None:
    call = only("conv1d(x[2]=[a,1], h, 2*K, (K), True, 'x', w=[[1],[b]])")
    assert call.target == "y"
    assert bare(call.tensors) == bare(
        (
            TensorArg("x", (2,), ("a", 1)),
            TensorArg("h"),
            TensorArg("w", None, ((1,), ("b",))),
        )
    )
    assert call.arguments == (Product((2, K)), K, True, "x")


def addends(text: str) -> tuple[object, ...]:
    return bare(only(f"y[i] = {text} for i = 0..N-1").addends)


i, j = Symbol("i"), Symbol("j")
AT_X, AT_W = Factor("x", (i,)), Factor("w", (i,))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x[i] + 2*w[i]", [Addend((AT_X,)), Addend((AT_W,), coefficient=Fraction(2))]),
        ("-x[i]/3", [Addend((AT_X,), coefficient=Fraction(-1, 3))]),
        ("x[i]**2 * 0.5", [Addend((AT_X, AT_X), coefficient=Fraction(1, 2))]),
        (
            "1 - tanh(x[i])",
            [Addend(()), Addend((Factor("x", (i,), "tanh"),), (), (), Fraction(-1))],
        ),
        (
            "(x[i] - 1) * w[i]",
            [Addend((AT_X, AT_W)), Addend((AT_W,), coefficient=Fraction(-1))],
        ),
        (
            "sum(x[i] - w[i], j=0..2, j ≤ i)",
            [
                Addend((factor,), (Binder("j", 0, 2),), (Condition(j, "<=", i),), Fraction(sign))
                for factor, sign in ((AT_X, 1), (AT_W, -1))
            ],
        ),
        (
            "x[i] * sum(w[i] * sum(x[i], k=0..j, k < 3), j=0..2) / 2",
            [
                Addend(
                    (AT_X, AT_W, AT_X),
                    (Binder("j", 0, 2), Binder("k", 0, j)),
                    (Condition(k, "<", 3),),
                    Fraction(1, 2),
                )
            ],
        ),
        (
            "sum(x[i], k=0..2) - sum(w[i], k=0..3)",
            [
                Addend((AT_X,), (Binder("k", 0, 2),)),
                Addend((AT_W,), (Binder("k", 0, 3),), (), Fraction(-1)),
            ],
        ),
    ],
)
def test_sums_of_ones_own(text: str, expected: list[Addend]) -> None:
    assert addends(text) == bare(tuple(expected))


def test_tails_in_either_order_and_scalar_results() -> None:
    own = only("L = sum(x[i]*x[i], i=0..N-1) with x[N]")
    assert (own.indices, own.ranges) == ((), ())
    swapped = only("y[i] = x[i] with x=[1,2] for i=0..1")
    assert bare(swapped) == bare(only("y[i] = x[i] for i=0..1 with x=[1,2]"))
    assert isinstance(only("L = sum(y)"), Call)


# --- and back -----------------------------------------------------------------------------------


def round_trip(text: str) -> None:
    spec = parse(text)
    again = unparse(spec)
    assert bare(parse(again)) == bare(spec), again
    assert unparse(parse(again)) == again


@pytest.mark.parametrize("text", [*EXAMPLES, "\n".join(EXAMPLES)])
def test_round_trip_of_examples(text: str) -> None:
    round_trip(text)


def test_unparse_keeps_the_order_of_what_stands_without_a_name() -> None:
    assert unparse(parse("f(2, K, x, (K), w[3], p=1)")) == "y = f(2, K, x, (K), w[3], p=1)"


NAMES = st.sampled_from(["a", "b", "K_h", "N", "λ", "x2", "Padding", "form", "with_"])
LETTERS = st.sampled_from("ijklmn")
INTEGERS = st.integers(0, 40).map(str)


def grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, st.sampled_from([" + ", "-", "*", " - ", "*-"]), inner)
    quotient = st.tuples(
        inner, st.sampled_from(["//", " % "]), st.sampled_from(["2", "N", "(a+1)"])
    )
    return st.one_of(
        pair.map("".join),
        quotient.map("".join),
        inner.map(lambda text: f"-{text}"),
        inner.map(lambda text: f"({text})"),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(
            lambda t: f"{t[0]}({t[1]}, {t[2]})"
        ),
    )


INDEX = st.recursive(st.one_of(NAMES, INTEGERS, LETTERS), grow, max_leaves=6)
SIZE = st.one_of(NAMES, st.integers(1, 9).map(str), NAMES.map(lambda name: f"2*{name} - 1"))


def listed(inner: st.SearchStrategy[str], least: int = 1) -> st.SearchStrategy[str]:
    return st.lists(inner, min_size=least, max_size=3).map(", ".join)


NUMBER = st.one_of(INTEGERS, st.sampled_from(["-1/2", "0.25", "3/4 + 1", "1.0", "-7"]))
ELEMENTS = st.lists(st.one_of(NAMES, NUMBER), min_size=1, max_size=3).map(
    lambda items: f"[{', '.join(items)}]"
)
MATRIX = st.tuples(ELEMENTS, st.integers(1, 3)).map(lambda t: f"[{', '.join([t[0]] * t[1])}]")
TEXTS = st.sampled_from(['"same"', "'it\"s'", "''"])
VALUE = st.recursive(
    st.one_of(INDEX, NUMBER, TEXTS, st.sampled_from(["True", "False"])),
    lambda inner: listed(inner, 0).map(lambda text: f"({text},)" if text else "()"),
    max_leaves=4,
)
TENSOR = st.one_of(NAMES, st.tuples(NAMES, listed(SIZE)).map(lambda t: f"{t[0]}[{t[1]}]"))


@st.composite
def calls(draw: st.DrawFn) -> str:
    items = draw(st.lists(st.one_of(TENSOR, VALUE), max_size=4))
    names = draw(st.lists(NAMES, unique=True, max_size=3))
    options = st.one_of(VALUE, ELEMENTS, MATRIX)
    items += [f"{name}={draw(options)}" for name in names]
    return f"{draw(NAMES)} = {draw(NAMES)}({', '.join(draw(st.permutations(items)))})"


@st.composite
def definitions(draw: st.DrawFn) -> str:
    outputs = draw(st.lists(st.sampled_from("pqr"), unique=True, max_size=2))

    def read() -> str:
        text = f"{draw(NAMES)}[{draw(listed(INDEX))}]"
        return draw(st.sampled_from(["{}", "relu({})", "{}**2", "({} + 1)", "-{}"])).format(text)

    def product() -> str:
        return "*".join([draw(st.sampled_from(["1/2", "3", "1", "-1", "0.1"])), read(), read()])

    def summed(letter: str) -> str:
        condition = draw(st.sampled_from(["", f", {letter} != 1", f", ({letter}+a) % 2 == 0"]))
        first = draw(st.sampled_from(["0", "-1", "1"]))
        return f"sum({product()} - {read()}, {letter}={first}..{draw(NAMES)}{condition})"

    parts = [product(), summed("u")]
    if draw(st.booleans()):
        parts.append(f"{summed('u')} * sum({product()}, v=0..2)/3")
    right = draw(st.sampled_from([" + ", " - "])).join(parts)
    left = f"z[{','.join(outputs)}]" if outputs else "z"
    ranges = ", ".join(f"{name} = 0..{draw(SIZE)}-1" for name in outputs)
    tail = f" for {ranges}" if ranges and "..1-1" not in ranges else ""
    if ranges and not tail:
        tail = " for " + ", ".join(f"{name} = 0..N-1" for name in outputs)
    return f"{left} = {right}{tail}{draw(st.sampled_from(['', ' with a[N, 3]']))}"


@settings(max_examples=150, deadline=None)
@given(calls())
def test_round_trip_of_calls(text: str) -> None:
    round_trip(text)


@settings(max_examples=150, deadline=None)
@given(definitions())
def test_round_trip_of_sums(text: str) -> None:
    round_trip(text)


# --- sizes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["N=4", "K=3"], {"N": 4, "K": 3}),
        (["N = 4, K=3 P=0"], {"N": 4, "K": 3, "P": 0}),
        ("N=4 κ_1=3", {"N": 4, "κ_1": 3}),
        (["N=4", "N=4"], {"N": 4}),
        (["D=-1"], {"D": -1}),
        ([], {}),
    ],
)
def test_sizes(texts: list[str], expected: dict[str, int]) -> None:
    assert parse_sizes(texts) == expected


def test_every_ascii_letter_and_greek_name() -> None:
    for letter in string.ascii_letters + "αβγδΩΣλ_":
        assert only(f"{letter} = relu({letter}{letter}[{letter}2])").target == letter
