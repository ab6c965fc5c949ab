import random

import pytest
from spec_cases import EXAMPLES

from symconv.errors import SpecError
from symconv.syntax.sizes import parse_sizes
from symconv.syntax.spec import parse
from symconv.syntax.unparse import unparse

# text, line, column, words of the error
BAD = [
    ("", 1, 1, "the text is empty; expected an operation"),
    (" \n ;; \n", 1, 1, "the text is empty"),
    ("# only this\n # and that", 1, 1, "only comments"),
    ("y = ", 1, 4, "ends too early; expected a number, a name or a bracket, got the end of the"),
    ("y = conv1d(x[4], w[3]", 1, 11, "the ( is never closed; expected )"),
    ("a = f(x)\nb = g(\nc = h(x)", 2, 6, "the ( is never closed"),
    ("y = conv1d(x[4, w[3])", 1, 21, ") does not close the [ of line 1, column 13; expected ]"),
    ("y = conv1d(x)[4])", 1, 17, ") closes nothing"),
    ("y = f(" + "(" * 50 + "1" + ")" * 51, 1, 56, "nested too deeply; expected at most 50"),
    ("y = f(x, s='same)", 1, 12, "quotation mark is never closed; expected a second '"),
    ("y = f(x, s=“same”)", 1, 12, "not a sign of the spec language|try straight quotation marks"),
    ("y = conv1d(x'[4], w[3])", 1, 13, "a name has no prime"),
    ("y = \\sum_k w_k x_k", 1, 5, "this is the spec language, not LaTeX"),
    ("y = f(x[é])", 1, 9, "'é' is not a sign of the spec language"),
    ("y = x₁[0]", 1, 6, "try x_1 for a subscript"),
    ("y = f(x, s={2})", 1, 12, "try [ ] or ( )"),
    ("y = f(x, 1\u200b)", 1, 11, "got U+200B"),
    ("y[o] = x[o]^2 for o=0..3", 1, 12, "try ** for a power"),
    ("y[o] = sum(w[k], k=0:K-1) for o=0..3", 1, 21, "try .. for a range"),
    ("y[o] = sum(w[k], k=0...K-1) for o=0..3", 1, 21, "'...' is not|try .. for a range"),
    ("y[o] = sum(w[k], k=0…K-1) for o=0..3", 1, 21, "try .. for a range"),
    ("y[o] = sum(w[k], k==0..K-1) for o=0..3", 1, 22, "'..' does not fit here|with one ="),
    ("y[o] = sum(w[k], k in 0..3) for o=0..3", 1, 20, "'in' does not fit|try o = 0..O-1"),
    ("y[o] = sum(w[k], k=0..) for o=0..3", 1, 23, "a value is missing before ')'"),
    ("y[o] = sum(x[2o+k], k=0..2) for o=0..3", 1, 15, "'o' does not fit here|try 2*o"),
    ("y = f(x, 2(K))", 1, 11, "try 2*(…)"),
    ("y = f(x[1e3])", 1, 10, "the number written out"),
    ("y == conv1d(x[4], w[3])", 1, 3, "'==' does not fit here; expected '='|try = to name"),
    ("y conv1d(x[4], w[3])", 1, 3, "try = before conv1d"),
    ("y = conv1d(x[4] w[3])", 1, 17, "'w' does not fit here|try a comma"),
    ("y = conv1d(x[4],, w[3])", 1, 17, "a value is missing before ','"),
    ("y = conv1d(x[4]; w[3])", 1, 16, "ends too early; expected ',' or ')'"),
    ("y = f(x) z = g(y)", 1, 10, "try a new line or ; between statements"),
    ("y = x = f(z)", 1, 7, "'=' does not fit here; expected 'for'"),
    ("y[o] = x[o] + for o=0..3", 1, 15, "a value is missing before 'for'"),
    ("y[o] = x[o][1] for o=0..3", 1, 12, "try x[i,j] for two indices"),
    ("y = f(x, p=1,\n  p=2)", 2, 3, "p is given twice"),
    ("y = f(x=[1], x=[2])", 1, 14, "x is given twice"),
    ("y = f(x, 2*p=1)", 1, 10, "an option has a plain name"),
    ("y = f(x, p==1)", 1, 10, "a comparison cannot stand here|try = for =="),
    ("y = f(x, k=0..3)", 1, 10, "a range belongs into a sum of your own"),
    ("y = f(x, bias=b[3])", 1, 15, "a tensor is not the value of an option|try b[3] without bias="),
    ("y = f([1,2], x)", 1, 7, "needs the name of its tensor|try x=[1,2]"),
    ("y = f(x=[])", 1, 9, "the list is empty"),
    ("y = f(x=[1,[2]])", 1, 12, "different lengths; expected a single element, got a list of 1"),
    ("y = f(x=[[1,2],[3]])", 1, 16, "different lengths; expected a list of 2, got a list of 1"),
    ("y = f(x[4]=[1,2,3])", 1, 7, "do not agree with its elements; expected x[3], got x[4]"),
    ("y = f(x[N]=[1,2])", 1, 7, "expected x[2], got x[N]"),
    ("y = f(x[3]=2)", 1, 12, "x is given sizes, and so must be given elements"),
    ("y = f(x=[2*a])", 1, 10, "an element is a name or a number|got '2*a'"),
    ("y = f(x=['a'])", 1, 10, "an element is a name or a number"),
    ("y = f(x[])", 1, 7, "x[] has no sizes"),
    ("y = f(x[3,0])", 1, 11, "x has a size of 0; expected at least 1"),
    ("y = f(x[1.5])", 1, 9, "a fraction cannot be part of a size|got '1.5'"),
    ("y = f(x[N/2])", 1, 11, "/ does not give a whole number; expected //"),
    ("y = f(x, 0.5*K)", 1, 10, "a fraction cannot be part of a size"),
    ("y = f(x, K%0)", 1, 12, "divides by zero"),
    ("y = f(x, 1/0)", 1, 12, "divides by zero"),
    ("y = f(x, K//-2)", 1, 13, "// needs a divisor above zero"),
    ("y = f(x, K**2)", 1, 10, "a size has no powers"),
    ("y = f(x, min(K))", 1, 10, "min compares at least two values"),
    ("y = f(x, 'a' + 1)", 1, 10, "a quoted text cannot stand here"),
    ("y = f(x, 1234567890123)", 1, 10, "the number is too long; expected at most 12 digits"),
    ("y = f(x, 999999*9999999)", 1, 17, "the number is too large"),
    ("y = f(x, " + "//".join("K" * 60) + ")", 1, 10, "nested too deeply; expected at most 50"),
    ("y = f(" + "a" * 61 + ")", 1, 7, "the name is too long"),
    ("y = relu(conv1d(x[4], w[3]))", 1, 10, "conv1d(…) cannot stand inside an expression"),
    ("y", 1, 1, "gives its result no name"),
    ("f(x); g(y)", 1, 1, "gives its result no name|try y = f(x)"),
    ("y = [1,2]", 1, 5, "not a value"),
    ("y = 3", 1, 5, "nothing is read here"),
    ("y = x", 1, 5, "x is written without its indices"),
    ("for = f(x)", 1, 1, "for is a word of the spec language"),
    ("y = f(sum)", 1, 7, "sum is a word of the spec language"),
    ("y[1] = f(x)", 1, 3, "an output index must be a plain name"),
    ("f(x) = 3*x[1]", 1, 1, "the result must be a name"),
    ("y = f(x) for o=0..3", 1, 10, "f(…) is an operation, and takes no for"),
    ("y = f(x) with x[3]", 1, 10, "f(…) is an operation, and takes no with"),
    ("y[o] = conv1d(x[4], w[3]) for o=0..3", 1, 8, "there is no function conv1d|without indices"),
    ("y[o] = rel(x[o]) for o=0..3", 1, 8, "there is no function rel for a sum|try relu"),
    ("y[o] = relu(2*x[o]) for o=0..3", 1, 8, "relu takes one tensor read at a position"),
    ("y[o] = a*x[o] for o=0..3", 1, 8, "a is written without its indices"),
    ("y[o] = x[o]/w[o] for o=0..3", 1, 13, "only numbers divide"),
    ("y[o] = x[o]/0 for o=0..3", 1, 13, "divides by zero"),
    ("y[o] = x[o]//2 for o=0..3", 1, 14, "// belongs into an index"),
    ("y[o] = x[o]**10 for o=0..3", 1, 14, "expected a whole number from 1 to 9"),
    ("y[o] = x[w[o]] for o=0..3", 1, 10, "a tensor cannot stand here"),
    ("y[o] = x[o]", 1, 3, "the index o has no range|try … for o = 0..O-1"),
    ("y[o] = x[o] for o=0..3, p=0..2", 1, 25, "p has a range but is no index of y|try y[o,p]"),
    ("y[o] = x[o] for o=0..3, o=0..2", 1, 25, "o has two ranges"),
    ("y[o,o] = x[o] for o=0..3", 1, 5, "o is an index of the result twice"),
    ("y[o] = x[o] for o=3..0", 1, 19, "the range of o is empty"),
    ("y[o] = x[o] for o", 1, 17, "this is not a range|try o = 0..O-1"),
    ("y[o,p] = x[o] for o=0..3, p=0..o", 1, 27, "the range of p depends on the index o"),
    ("y[o] = x[o] for o=0..3 with x", 1, 29, "with declares the sizes of tensors|try x[N]"),
    ("y[o] = x[o] for o=0..3 with x[o]", 1, 29, "o is used for two things, an index and a size"),
    ("y[o] = x[o] for o=0..3 with x[4], x[4]", 1, 35, "x is declared twice"),
    ("y[o] = sum(x[o]) for o=0..3", 1, 8, "this sum has no range"),
    ("y[o] = sum() for o=0..3", 1, 8, "this sum is empty"),
    ("y[o] = sum(x[k], k=3) for o=0..3", 1, 18, "this is not a range|try k = 0..K-1"),
    ("y[o] = sum(x[k], k=0..3, k%2=0) for o=0..3", 1, 26, "this is not a range|try == to"),
    ("y[o] = sum(x[k], k=0..9, 0<=k<3) for o=0..3", 1, 26, "one comparison|try 0 <= k, k < 3"),
    ("y[o] = sum(x[k], k=0..3, if k>1) for o=0..3", 1, 29, "try the condition alone"),
    ("y[o] = sum(x[k], k=0..k) for o=0..3", 1, 20, "the range of k depends on k"),
    ("y[o] = sum(x[j,k], k=0..j, j=0..3) for o=0..3", 1, 20, "depends on j, which comes after"),
    ("y[o] = sum(x[k], k=0..2, k=0..3) for o=0..3", 1, 26, "k is summed twice"),
    ("y[o] = sum(x[o], o=0..2) for o=0..3", 1, 18, "an index of the result and of a sum"),
    ("y[o] = sum(x[k],k=0..2)*sum(w[k],k=0..3) for o=0..3", 1, 34, "two sums in one product"),
    ("y[o] = sum(2*sum(w[k],k=0..3),k=0..2) for o=0..3", 1, 23, "one inside the other"),
    ("y[o] = x[k]*sum(w[k],k=0..3) for o=0..3", 1, 22, "index of a sum and something outside"),
    ("y[o] = sum(w[k], k=0..3) + x[o+k] for o=0..3", 1, 28, "k is used outside its sum|x[o + k]"),
    ("y[o] = sum(x[k]*x[k], k=0..3)**2 for o=0..3", 1, 23, "k is used for two things"),
    ("y[o] = (x[o]+w[o])**9 for o=0..3", 1, 8, "too many terms once it is multiplied out"),
]


@pytest.mark.parametrize(("text", "line", "column", "words"), BAD)
def test_bad_specs(text: str, line: int, column: int, words: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse(text)
    error = caught.value
    assert (error.line, error.column) == (line, column), str(error)
    for word in words.split("|"):
        assert word in str(error)
    assert "\n" not in str(error)
    assert str(error).startswith(f"line {line}, column {column}: ")
    assert not text or error.caret().splitlines()[1] == " " * (column - 1) + "^"


def test_a_text_that_is_too_long() -> None:
    with pytest.raises(SpecError, match="too long to be a spec; expected at most 100000"):
        parse("y = f(x) # " + "a" * 100_000)


@pytest.mark.parametrize(
    "text",
    [
        "y[i] = " + "+".join(["x[i]"] * 4000) + " for i=0..3",
        "y[i] = " + "*".join(["x[i]"] * 4000) + " for i=0..3",
        "y = f(x[" + "//".join(["a"] * 4000) + "])",
        "y = f(x, " + "*".join(["2"] * 4000) + ")",
        "y = f(x=" + "[" * 90_000 + ")",
        "\n" * 90_000,
    ],
)
def test_long_texts_are_refused_and_not_suffered(text: str) -> None:
    with pytest.raises(SpecError):
        parse(text)


def test_long_texts_that_are_fine() -> None:
    parse("y = f(x[" + "+".join(["a"] * 4000) + "], p=" + "-" * 4000 + "a)" + "\n" * 80_000)


def test_depth_that_is_allowed_and_a_caller_that_is_deep_itself() -> None:
    text = "y[i] = " + "(1+1*-" * 49 + "x[i]" + ")" * 49 + " for i=0..3"
    parse(text)

    def deep(calls: int) -> None:
        if calls:
            deep(calls - 1)
        else:
            parse(text)

    with pytest.raises(SpecError, match="nested too deeply to be read here"):
        deep(600)


# --- nonsense -----------------------------------------------------------------------------------

SIGNS = "()[]=,;:+-*/%<>!.'\"#\n \t^\\{}0123456789abkxoNP_…–“²éλ×"
WORDS = ("for", "with", "sum", "min", "..", "==", "x[", "k=0..3", "**", "//", "True", "1/2", "\r\n")


def mutated(source: random.Random) -> str:
    text = source.choice(EXAMPLES)
    for _ in range(source.randint(1, 4)):
        here, length = source.randint(0, len(text)), source.choice([0, 0, 1, 1, 3, 9])
        other = source.choice(EXAMPLES)
        cut = source.randint(0, len(other))
        piece = source.choice(
            ["", source.choice(SIGNS), source.choice(WORDS), other[cut : cut + 12]]
        )
        text = text[:here] + piece + text[here + length :]
    return text


def survive(text: str) -> bool:
    """Whether the text is a spec; if so it can be written again, if not the error is in order."""
    try:
        spec = parse(text)
    except SpecError as error:
        assert "\n" not in str(error), repr(text)
        assert len(str(error)) < 600, repr(text)
        assert not text.strip() or error.caret() or not text.splitlines()[0], repr(text)
        return False
    again = unparse(spec)
    assert unparse(parse(again)) == again, repr(text)
    return True


def test_mutations_raise_nothing_but_spec_errors(count: int = 3000, seed: int = 1) -> None:
    source = random.Random(seed)
    good = sum(survive(mutated(source)) for _ in range(count))
    assert 0.05 < good / count < 0.6


# --- sizes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["N"], "this is not a size; expected a name, = and a whole number, got 'N'"),
        (["=4"], "this size has no name"),
        (["N="], "N is not given a whole number"),
        (["N=x"], "N is not given a whole number"),
        (["N=1.5"], "N is not given a whole number"),
        (["N=٤"], "N is not given a whole number"),
        (["4=N"], "'4' is not a name"),
        (["sum=3"], "sum is a word of the spec language"),
        (["N=1234567890123"], "the number for N is too long"),
        (["N=4", "N=5"], "N is given twice; expected N=4, as before, got N=5"),
        (["N=4=5"], "column 4: this size has no name"),
    ],
)
def test_bad_sizes(texts: list[str], words: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_sizes(texts)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
