"""Matrices against the engine, PyTorch, SciPy and the definitions spelled out by brute force."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
import scipy.linalg
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from symconv import engine
from symconv.calls import Addend, Binder, Call, Definition, Factor, Spec, TensorArg
from symconv.errors import GeometryError, NeedsSizes, SymconvError
from symconv.graph import Graph, Node, Tensor
from symconv.index import Symbol
from symconv.matrices import block_form, grid, kind, linear_map
from symconv.matrices.kind import classify
from symconv.operations import REGISTRY
from symconv.operations.build import build
from symconv.syntax.spec import parse
from symconv.terms import Form, Range, Read, Term


def nested(value):
    return tuple(nested(v) for v in value) if isinstance(value, list) else value


def argument(name, value):
    """A list gives the elements, a tuple the shape, None neither."""
    if isinstance(value, list):
        return TensorArg(name, None, nested(value))
    return TensorArg(name, value)


def call(function, options=None, target="y", /, **tensors):
    found = tuple(argument(name, value) for name, value in tensors.items())
    return Call(target, function, found, keywords=tuple((options or {}).items()))


def op(function, options=None, /, **tensors):
    return build(Spec((call(function, options, **tensors),), ""))


def rows(map):
    return [[str(entry) for entry in row] for row in map.sympy().tolist()]


# --- the examples of the notes ------------------------------------------------------------------

ABCD = ["a", "b", "c", "d"]
XYZ = ["x", "y", "z"]


def test_the_one_dimensional_example_on_plain_and_padded_input():
    graph = op("conv1d", {"padding": 1}, x=ABCD, w=XYZ)
    plain, padded = linear_map(graph, "x"), linear_map(graph, "x", padded=True)
    assert rows(plain) == ["y z 0 0".split(), "x y z 0".split(), "0 x y z".split(), [*"00xy"]]
    assert rows(padded) == [list(r) for r in ("xyz000", "0xyz00", "00xyz0", "000xyz")]
    assert plain.column_labels == tuple("abcd")
    assert padded.column_labels == ("0", "a", "b", "c", "d", "0")
    assert plain.row.latex_labels == ("y_{0}", "y_{1}", "y_{2}", "y_{3}")
    assert kind(plain).name == kind(padded).name == "Toeplitz"
    kernel = linear_map(graph, "w")
    assert rows(kernel) == [list(r) for r in ("0ab", "abc", "bcd", "cd0")]
    assert kind(kernel).name == "Hankel"
    assert "row-major" in plain.convention and "count from 0" in plain.convention


def test_circular_padding_wraps_around():
    graph = op("conv1d", {"padding": 1, "padding_mode": "circular"}, x=ABCD, w=XYZ)
    plain, padded = linear_map(graph, "x"), linear_map(graph, "x", padded=True)
    assert rows(plain) == [list(r) for r in ("yz0x", "xyz0", "0xyz", "z0xy")]
    assert kind(plain).name == "circulant"
    assert padded.column_labels == ("d", "a", "b", "c", "d", "a")
    assert kind(padded).name == "Toeplitz"
    assert rows(linear_map(graph, "w")) == [list(r) for r in ("dab", "abc", "bcd", "cda")]


def test_a_picture_gives_a_doubly_block_toeplitz_matrix():
    matrix = linear_map(op("conv2d", x=(4, 4), w=(3, 3)), "x")
    assert kind(matrix).name == "doubly-block-Toeplitz"
    form = block_form(matrix)
    assert form.grid.entries == (
        ("A_{0}", "A_{1}", "A_{2}", "0"),
        ("0", "A_{0}", "A_{1}", "A_{2}"),
    )
    name, block = form.named[1]
    assert name == "A_{1}"
    assert block.entries[1] == ("0", "w_{1,0}", "w_{1,1}", "w_{1,2}")
    circular = {"padding": 1, "padding_mode": "circular"}
    turned = linear_map(op("conv2d", circular, x=(4, 4), w=(3, 3)), "x")
    assert kind(turned).name == "doubly-block-circulant"


def test_the_transposed_example():
    matrix = linear_map(op("conv_transpose1d", {"stride": 2}, x=["a", "b"], w=XYZ), "x")
    assert rows(matrix) == [list(r) for r in ("x0", "y0", "zx", "0y", "0z")]
    vector = matrix.sympy() * sympy.Matrix(sympy.symbols("a b"))
    assert [str(v) for v in vector] == ["a*x", "a*y", "a*z + b*x", "b*y", "b*z"]


# --- every operation, random geometries ---------------------------------------------------------


def draw(random, count, low, high):
    return tuple(int(v) for v in random.integers(low, high, count))


def conv_case(random, rank):
    kernel, stride, dilation, pad = (
        draw(random, rank, *r) for r in ((1, 4), (1, 4), (1, 3), (0, 3))
    )
    groups, inputs, outputs = draw(random, 3, 1, 3)
    spans = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
    size = tuple(
        max(2, s - 2 * p) + int(random.integers(0, 3)) for s, p in zip(spans, pad, strict=True)
    )
    options = {"stride": stride, "padding": pad, "dilation": dilation, "groups": groups}
    lead = (2,) if random.integers(2) else ()
    tensors = {"x": (*lead, groups * inputs, *size), "w": (groups * outputs, inputs, *kernel)}
    if random.integers(2):
        tensors["b"] = (groups * outputs,)
    return options, tensors


def mode_case(random, rank, mode):
    options, tensors = conv_case(random, rank)
    sizes = tensors["x"][-rank:]
    pads = tuple(min(p, n - 1) for p, n in zip(options["padding"], sizes, strict=True))
    room = zip(sizes, pads, options["dilation"], tensors["w"][-rank:], strict=True)
    kernel = tuple(min(k, (n + 2 * p - 1) // d + 1) for n, p, d, k in room)
    tensors["w"] = (*tensors["w"][:2], *kernel)
    return options | {"padding": pads, "padding_mode": mode}, tensors


def transposed_case(random, rank):
    kernel, stride, dilation = (draw(random, rank, *r) for r in ((1, 4), (1, 4), (1, 3)))
    pad = tuple(int(random.integers(0, d * (k - 1) // 2 + 1)) for d, k in zip(dilation, kernel))  # noqa: B905
    extra = tuple(int(random.integers(0, max(s, d))) for s, d in zip(stride, dilation, strict=True))
    groups, inputs, outputs = draw(random, 3, 1, 3)
    options = {"stride": stride, "padding": pad, "dilation": dilation, "groups": groups}
    size = draw(random, rank, 1, 4)
    tensors = {"x": (2, groups * inputs, *size), "w": (groups * inputs, outputs, *kernel)}
    return options | {"output_padding": extra}, tensors


def pool_case(random, rank):
    kernel, stride = draw(random, rank, 2, 4), draw(random, rank, 1, 4)
    pad = tuple(int(random.integers(0, k // 2 + 1)) for k in kernel)
    size = tuple(k + int(random.integers(0, 4)) for k in kernel)
    options = {"kernel_size": kernel, "stride": stride, "padding": pad}
    return options | {"ceil_mode": bool(random.integers(2))}, {"x": (2, *size)}


def unfold_case(random, rank):
    options, tensors = conv_case(random, rank)
    del options["groups"]
    return {"kernel_size": tensors["w"][-rank:]} | options, {"x": tensors["x"]}


def fold_case(random):
    options, tensors = unfold_case(random, 2)
    shape = engine.output_shape("unfold", tensors["x"], **options)
    return {"output_size": tensors["x"][-2:]} | options, {"x": shape}


def filter_case(random, rank, modes):
    tensors = {"x": draw(random, rank, 3, 6), "w": draw(random, rank, 1, 4)}
    return {"mode": modes[int(random.integers(len(modes)))]}, tensors


MODES = ("full", "same", "valid", "circular")
CASES = {
    **{f"conv{d}d": lambda r, d=d: conv_case(r, d) for d in (1, 2, 3)},
    **{f"conv_transpose{d}d": lambda r, d=d: transposed_case(r, d) for d in (1, 2, 3)},
    **{
        f"{kind}_pool{d}d": lambda r, d=d: pool_case(r, d)
        for kind in ("avg", "max")
        for d in (1, 2)
    },
    "unfold": lambda r: unfold_case(r, 2),
    "fold": fold_case,
    "scale": lambda r: ({"factor": int(r.integers(-3, 4)) or 2}, {"x": (2, 3)}),
    "add": lambda r: ({}, {"x": (2, 3), "w": (2, 3)}),
    **{name: lambda r: filter_case(r, 1, MODES) for name in ("convolve", "correlate")},
}
MADE = [(keyword, seed) for keyword in CASES if keyword in REGISTRY for seed in range(12)]


def integers(random, shape):
    return random.integers(-9, 10, shape)


@pytest.mark.parametrize(("keyword", "seed"), MADE)
def test_matrix_times_vector_is_the_engines_forward(keyword, seed):
    random = np.random.default_rng([seed, *keyword.encode()])
    options, shapes = CASES[keyword](random)
    graph = op(keyword, options, **shapes)
    arrays = {name: integers(random, shape) for name, shape in shapes.items()}
    wanted = engine.forward(keyword, *arrays.values(), **options)
    for of in shapes:
        if of not in ("x", "w"):
            continue
        map = linear_map(graph, of)
        assert_affine(map, arrays[of].ravel(), arrays, wanted)
        if (
            of == "x"
            and keyword.startswith(("conv", "corr", "avg", "max", "unf"))
            and ("transpose" not in keyword)
        ):
            padded = linear_map(graph, "x", padded=True)
            source = padded.column.source
            plain = np.append(arrays["x"].ravel(), 0)[source]
            assert_affine(padded, plain, arrays, wanted)


def assert_affine(map, vector, arrays, wanted):
    others = {name: value for name, value in arrays.items() if name != map.origin.of}
    if map.origin.before:
        others = arrays
    got = map.numpy(**others) @ vector
    if map.offset is not None:
        got = got + map.offset.numpy(**others)[:, 0]
    if np.issubdtype(got.dtype, np.integer):
        assert np.array_equal(got, wanted.ravel())
    else:
        np.testing.assert_allclose(got, wanted.ravel(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("mode", ["circular", "reflect", "replicate"])
@pytest.mark.parametrize("seed", range(8))
def test_padding_modes_on_plain_and_padded_input(mode, seed):
    random = np.random.default_rng(seed)
    rank = 1 + seed % 2
    options, shapes = mode_case(random, rank, mode)
    graph = op(f"conv{rank}d", options, **shapes)
    arrays = {name: integers(random, shape) for name, shape in shapes.items()}
    wanted = engine.forward(f"conv{rank}d", *arrays.values(), **options)
    assert_affine(linear_map(graph, "x"), arrays["x"].ravel(), arrays, wanted)
    padded = linear_map(graph, "x", padded=True)
    lead = [(0, 0)] * (arrays["x"].ndim - rank)
    names = {"circular": "wrap", "reflect": "reflect", "replicate": "edge"}
    pads = [*lead, *((p, p) for p in options["padding"])]
    assert_affine(padded, np.pad(arrays["x"], pads, names[mode]).ravel(), arrays, wanted)


@pytest.mark.parametrize("mode", ["zeros", "circular", "reflect", "replicate"])
def test_uneven_padding_lies_on_its_side(mode):
    options = {"padding": (2, 1), "padding_mode": mode}
    map = linear_map(op("conv1d", options, x=ABCD, w=XYZ), "x", padded=True)
    labels = {
        "zeros": "00abcd0",
        "circular": "cdabcda",
        "reflect": "cbabcdc",
        "replicate": "aaabcdd",
    }
    assert "".join(map.column_labels) == labels[mode]
    assert rows(map)[0] == list("xyz0000") and map.shape == (5, 7)


def test_every_case_has_its_operation():
    assert set(CASES) <= set(REGISTRY)


@pytest.mark.parametrize("seed", range(12))
def test_columns_of_the_transposed_matrix_are_torchs_images_of_the_basis(seed):
    torch = pytest.importorskip("torch")
    random = np.random.default_rng(seed)
    rank = 1 + seed % 3
    options, shapes = transposed_case(random, rank)
    map = linear_map(op(f"conv_transpose{rank}d", options, **shapes), "x")
    w = integers(random, shapes["w"]).astype(float)
    dense = map.numpy(w=w)
    size = int(np.prod(shapes["x"]))
    function = getattr(torch.nn.functional, f"conv_transpose{rank}d")
    for column, unit in enumerate(np.eye(size)):
        image = function(torch.tensor(unit.reshape(shapes["x"])), torch.tensor(w), **options)
        assert np.array_equal(dense[:, column], image.numpy().ravel())


@pytest.mark.parametrize("seed", range(12))
def test_the_transposed_convolutions_own_matrix_is_the_convolutions_transpose(seed):
    random = np.random.default_rng(seed)
    rank = 1 + seed % 2
    options, shapes = conv_case(random, rank)
    shapes.pop("b", None)
    straight = linear_map(op(f"conv{rank}d", options, **shapes), "x")
    sizes = zip(
        shapes["x"][-rank:],
        shapes["w"][-rank:],
        *(options[n] for n in ("stride", "padding", "dilation")),
        strict=True,
    )
    extra = tuple((n + 2 * p - d * (k - 1) - 1) % s for n, k, s, p, d in sizes)
    graph = op(
        f"conv_transpose{rank}d",
        options | {"output_padding": extra},
        x=straight.row.shape,
        w=shapes["w"],
    )
    own = linear_map(graph, "x")
    assert own.sympy() == straight.sympy().T == straight.transpose().sympy()
    assert own.shape == straight.shape[::-1]


# --- kinds --------------------------------------------------------------------------------------


def is_toeplitz(a):
    return all(a[i][j] == a[i + 1][j + 1] for i in range(len(a) - 1) for j in range(len(a[0]) - 1))


def is_circulant(a):
    n = len(a)
    return n == len(a[0]) and all(
        a[i][j] == a[(i + 1) % n][(j + 1) % n] for i in range(n) for j in range(n)
    )


def is_hankel(a):
    return is_toeplitz([row[::-1] for row in a])


def partition(a, height, width):
    return [
        [
            tuple(tuple(a[i + r][j : j + width]) for r in range(height))
            for j in range(0, len(a[0]), width)
        ]
        for i in range(0, len(a), height)
    ]


def expected_1d(a):
    if is_circulant(a):
        return "circulant"
    if is_toeplitz(a):
        return "Toeplitz"
    return "Hankel" if is_hankel(a) else "none"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_kinds_of_one_axis_are_the_definitions(data):
    n, s, pad = (data.draw(st.integers(*ends)) for ends in ((1, 6), (1, 3), (0, 3)))
    mode = data.draw(st.sampled_from(["zeros", "circular", "reflect", "replicate"]))
    pad = min(pad, n - 1)
    k = data.draw(st.integers(1, min(4, n + 2 * pad)))
    d = data.draw(st.integers(1, 2 if 2 * (k - 1) < n + 2 * pad else 1))
    letters = st.one_of(st.sampled_from(["p", "q"]), st.integers(-1, 1))
    w = data.draw(st.one_of(st.just((k,)), st.lists(letters, min_size=k, max_size=k)))
    options = {"stride": s, "dilation": d, "padding": pad, "padding_mode": mode}
    graph = op("conv1d", options, x=(n,), w=w)
    for of in "xw":
        map = linear_map(graph, of)
        assert kind(map).name == expected_1d(map.sympy().tolist())


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_kinds_of_two_axes_are_the_definitions(data):
    size = data.draw(st.tuples(*[st.integers(2, 4)] * 2))
    kernel = data.draw(st.tuples(*[st.integers(1, 3)] * 2))
    stride = data.draw(st.tuples(*[st.integers(1, 2)] * 2))
    mode = data.draw(st.sampled_from(["zeros", "circular", "reflect"]))
    options = {"stride": stride, "padding": 1, "padding_mode": mode}
    map = linear_map(op("conv2d", options, x=size, w=kernel), "x")
    a, found = map.sympy().tolist(), kind(map).name
    if is_toeplitz(a):
        assert found == expected_1d(a)
    elif found in ("Hankel", "none"):
        assert (found == "Hankel") == is_hankel(a)
        assert found == "Hankel" or not (pattern(map, a) or pattern(map, mirrored(a)))
    else:
        turned = mirrored(a) if "Hankel" in found else a
        wanted = pattern(map, turned)
        if "Hankel" in found:
            wanted = wanted.replace("circulant", "Hankel").replace("Toeplitz", "Hankel")
        assert found == wanted
        assert "Hankel" not in found or not pattern(map, a) or "doubly" in found


def mirrored(a):
    return [row[::-1] for row in a]


def pattern(map, a):
    """The name of a matrix over two axes from its blocks; nothing where no level holds."""
    blocks = partition(a, map.row.shape[1], map.column.shape[1])
    inside = [block for row in blocks for block in row]
    outer, inner = is_toeplitz(blocks), all(map_all(is_toeplitz, inside))
    thin = min(len(blocks), len(blocks[0])) == 1, min(map.row.shape[1], map.column.shape[1]) == 1
    if outer and inner and not all(thin):
        turned = is_circulant(blocks) and all(map_all(is_circulant, inside))
        return "doubly-block-circulant" if turned else "doubly-block-Toeplitz"
    if outer and not thin[0]:
        turned = is_circulant(blocks)
        return "block-circulant" if turned else "block-Toeplitz"
    if inner and not thin[1] and not outer:
        turned = all(map_all(is_circulant, inside))
        return "circulant blocks" if turned else "Toeplitz blocks"
    return ""


def map_all(question, items):
    return [question(item) for item in items]


def test_scipys_toeplitz_and_circulant_are_witnesses():
    w = np.array([2, 3, 5])
    plain = linear_map(op("conv1d", {"padding": 1}, x=(6,), w=(3,)), "x").numpy(w=w)
    assert np.array_equal(plain, scipy.linalg.toeplitz([3, 2, 0, 0, 0, 0], [3, 5, 0, 0, 0, 0]))
    circular = {"padding": 1, "padding_mode": "circular"}
    turned = linear_map(op("conv1d", circular, x=(6,), w=(3,)), "x").numpy(w=w)
    assert np.array_equal(turned, scipy.linalg.circulant([3, 2, 0, 0, 0, 5]))


@pytest.mark.parametrize(
    ("options", "shapes", "name", "said"),
    [
        ({"stride": 2}, ((6,), (3,)), "none", "stride 2 moves each row by 2 columns"),
        ({"dilation": 2}, ((6,), (3,)), "Toeplitz", "every diagonal"),
        ({"padding": 1, "padding_mode": "reflect"}, ((6,), (3,)), "none", "reflect padding folds"),
        ({}, ((2, 6), (3, 2, 3)), "Toeplitz blocks", "the channels make a grid of 3×2 blocks"),
        ({"groups": 2}, ((4, 6), (4, 2, 3)), "Toeplitz blocks", "4×4 blocks"),
        (
            {"stride": (2, 1)},
            ((5, 5), (2, 2)),
            "Toeplitz blocks",
            "with stride=1 it would be doubly",
        ),
        (
            {"stride": (1, 2)},
            ((5, 5), (2, 2)),
            "block-Toeplitz",
            "with stride=1 it would be doubly",
        ),
        (
            {"stride": 2, "padding": 1, "padding_mode": "replicate"},
            ((6,), (3,)),
            "none",
            'with stride=1 and padding_mode="zeros" it would be Toeplitz',
        ),
        ({}, ((1,), (1,)), "circulant", ""),
        ({"stride": 2}, ((3,), (3,)), "Toeplitz", "one row"),
        ({"stride": 2}, ((4, 4, 4), (4, 4, 2)), "none", "not every diagonal"),
    ],
)
def test_the_setting_that_breaks_the_pattern_is_named(options, shapes, name, said):
    rank = 1 if len(shapes[1]) in (1, 3) else 2
    if shapes == ((4, 4, 4), (4, 4, 2)):
        shapes, rank = ((4, 4), (2, 2)), 2
    found = kind(linear_map(op(f"conv{rank}d", options, x=shapes[0], w=shapes[1]), "x"))
    assert found.name == name
    assert said in found.reason


@pytest.mark.parametrize(
    ("text", "of", "name", "said"),
    [
        ("y = avg_pool1d(x[6], 2)", "x", "none", "with stride=1 it would be Toeplitz"),
        ("y = avg_pool2d(x[4,4], 2, stride=1)", "x", "doubly-block-Toeplitz", "same blocks"),
        (
            "y = avg_pool1d(x[6], 3, stride=1, padding=1, count_include_pad=False)",
            "x",
            "none",
            "divides by fewer cells at the border",
        ),
        ("y = max_pool1d(x[6], 2, stride=1)", "x", "none", "(0, 0) is M_0_0, but (1, 1)"),
        ("y = convolve(x[5], w[3])", "w", "Toeplitz", "every diagonal"),
        ("y = correlate(x[5], w[3])", "w", "Hankel", "every anti-diagonal"),
        ('y = convolve(x[5], w[3], mode="circular")', "x", "circulant", "comes back"),
        ("y = sum(x[5])", "x", "Toeplitz", "one row"),
        (
            "y = conv1d(x[2,2,5], w[2,2,3])",
            "x",
            "Toeplitz blocks",
            "the batch and the channels make a grid of 4×4 blocks; with one of each it would be",
        ),
        (
            "y = conv1d(x[2,2,5], w[2,2,3])",
            "w",
            "Hankel blocks",
            "the batch and the channels make a grid of 4×4 blocks",
        ),
        ("y = conv1d(x[4,5], w[2,2,3], groups=2)", "x", "Toeplitz blocks", "(in 2 groups)"),
        ("y = conv3d(x[3,3,3], w[2,2,2])", "x", "triply-block-Toeplitz", "each block is so"),
    ],
)
def test_kinds_of_other_operations(text, of, name, said):
    found = kind(linear_map(build(parse(text)), of))
    assert found.name == name
    assert said in found.reason


def test_the_transposed_matrix_moves_columns():
    map = linear_map(op("conv_transpose1d", {"stride": 2}, x=(3,), w=(3,)), "x")
    assert "each column by 2 rows" in kind(map).reason
    assert "each row by 2 columns" in kind(map.transpose()).reason
    options = {"stride": 2, "output_padding": 1}
    map = linear_map(op("conv_transpose1d", options, x=(3,), w=(3,)), "x")
    assert kind(map).reason.endswith("with stride=1 and output_padding=0 it would be Toeplitz")


def test_the_reason_is_tried_not_guessed():
    found = kind(linear_map(op("conv1d", {"stride": 2}, x=(6,), w=[1, 0, 0]), "x"))
    assert found.name == "none" and "with stride=1 it would be Toeplitz" in found.reason
    doubled = own(at=Symbol("o") * Symbol("o"), declared=(TensorArg("x", (17,)),))
    assert "on the same diagonal" in kind(linear_map(doubled, "x")).reason


# --- entries ------------------------------------------------------------------------------------


def own(at, declared=(), factors=(), function="", where=()):
    """``y[o] = x[at] * factors for o = 0..4``."""
    read = Factor("x", (at,), function)
    addend = Addend((read, *factors), where=where, coefficient=Fraction(1))
    ranges = (Binder("o", 0, 4),)
    return build(Spec((Definition("y", ("o",), (addend,), ranges, declared),), ""))


def test_like_products_collect_and_numbers_are_exact():
    half = Fraction(1, 2)
    circular = {"padding": 1, "padding_mode": "circular"}
    tied = linear_map(op("conv1d", circular, x=(2,), w=["a", "b", "a"]), "x")
    assert rows(tied) == [["b", "2*a"], ["2*a", "b"]]
    assert [e[2] for e in tied.latex_entries()] == ["b", "2a", "2a", "b"]
    numbers = linear_map(op("conv1d", circular, x=(2,), w=[half, 3, Fraction(1, 3)]), "x")
    assert rows(numbers) == [["3", "5/6"], ["5/6", "3"]]
    cancels = linear_map(op("conv1d", circular, x=(2,), w=[1, 0, -1]), "x")
    assert list(cancels.entries()) == [] and cancels.sympy() == sympy.zeros(2, 2)
    mixed = linear_map(op("conv1d", circular, x=(2,), w=[half, "b", "c"]), "x")
    assert rows(mixed)[0] == ["b", "c + 1/2"]
    assert [e[2] for e in mixed.entries()][1] == "1/2 + c"
    dense = numbers.numpy(w=np.array([0.5, 3, 1.0]))
    assert np.array_equal(dense, [[3, 1.5], [1.5, 3]])
    assert np.array_equal(cancels.numpy(), np.zeros((2, 2)))
    assert numbers.numpy()[0, 1] == Fraction(5, 6)


def test_the_order_of_factors_does_not_matter():
    s, t, x = (Factor(name, (Symbol("o"),)) for name in "stx")
    addends = tuple(
        Addend(factors, coefficient=Fraction(number))
        for factors, number in (((s, t, x), 1), ((x, t, s), 2), ((x, t, t), -1))
    )
    graph = build(Spec((Definition("y", ("o",), addends, (Binder("o", 0, 1),)),), ""))
    map = linear_map(graph, "x")
    assert [e[2] for e in map.entries()] == ["3*s_0*t_0 - t_0**2", "3*s_1*t_1 - t_1**2"]
    assert next(map.latex_entries())[2] == r"3s_{0}\,t_{0} - t_{0}^{2}"
    assert np.array_equal(map.numpy(s=[1, 2], t=[5, 7]), np.diag([15 - 25, 42 - 49]))


def test_divisors_are_exact():
    o, k = Symbol("o"), Symbol("k")
    read = Read("x", (o + k,)), Read("w", (k,))
    average = Term(read, (Range("k", 2),), divisors=(o + 2,), coefficient=Fraction(3))
    form = Form("y", (Range("o", 2),), (average,), (("x", (3,)), ("w", (2,))))
    node = Node(call("average"), "", ("x", "w"), ("x", "w"), (form,))
    inputs = tuple(Tensor(name, shape) for name, shape in form.shapes)
    map = linear_map(Graph(inputs, (node,), (), Spec((), "")), "x")
    assert rows(map) == [["3*w_0/2", "3*w_1/2", "0"], ["0", "w_0", "w_1"]]
    assert next(map.latex_entries())[2] == r"\frac{3}{2}w_{0}"
    assert next(map.entries())[2] == "3*w_0/2"
    assert np.array_equal(map.numpy(w=[2, 4]), [[3, 6, 0], [0, 2, 4]])
    exact = map.numpy(w=np.array([Fraction(1, 3), 1], dtype=object))
    assert exact[0, 0] == Fraction(1, 2) and exact[1, 1] == Fraction(1, 3)


def test_sympy_is_a_plain_matrix():
    map = linear_map(op("conv1d", x=(4,), w=(2,)), "x")
    w = sympy.symbols("w_0 w_1")
    wanted = sympy.Matrix(3, 4, lambda i, j: w[j - i] if 0 <= j - i < 2 else 0)
    assert map.sympy() == wanted and type(map.sympy()) is type(wanted)
    assert str(map.sympy()) == str(wanted)
    assert map.sympy() * map.sympy().T == wanted * wanted.T


def test_the_constant_is_kept_apart():
    graph = op("conv1d", x=(2, 4), w=(2, 2, 3), b=["p", 5])
    map = linear_map(graph, "x")
    assert map.offset.sympy() == sympy.Matrix([sympy.Symbol("p")] * 2 + [5] * 2)
    assert map.offset.column_labels == ("1",)
    bias = linear_map(graph, "b")
    assert bias.sympy() == sympy.Matrix([[1, 0], [1, 0], [0, 1], [0, 1]])
    text = next(bias.offset.entries())[2]
    assert text.count(" + ") == 5
    assert map.transpose().offset is None


def test_functions_of_other_tensors_stay_in_the_entries():
    t = Factor("t", (Symbol("o"),), "relu")
    map = linear_map(own(Symbol("o"), factors=(t,)), "x")
    assert next(map.entries())[2] == "relu(t_0)"
    assert next(map.latex_entries())[2] == r"\operatorname{relu}(t_{0})"
    assert map.sympy()[0, 0] == sympy.Max(0, sympy.Symbol("t_0"))
    given = own(Symbol("o"), (TensorArg("t", None, (-1, 2, "s", 3, 0)),), factors=(t,))
    assert [e[2] for e in linear_map(given, "x").entries()] == ["2", "relu(s)", "3"]
    square = linear_map(own(Symbol("o"), factors=(t, t)), "x")
    assert next(square.entries())[2] == "relu(t_0)**2"


# --- refusals -----------------------------------------------------------------------------------


def test_what_is_not_linear_is_refused():
    x = Factor("x", (Symbol("o"),))
    for graph, why in (
        (own(Symbol("o"), factors=(x,)), "2 times"),
        (own(Symbol("o"), function="tanh"), "through tanh"),
    ):
        with pytest.raises(SymconvError, match=f"not linear in x.*{why}.*gradient"):
            linear_map(graph, "x")


def test_a_wrong_question_is_answered_with_what_would_fit():
    graph = op("conv1d", {"padding": Symbol("P")}, x=(Symbol("N"),), w=(3,))
    with pytest.raises(NeedsSizes, match="N, P"):
        linear_map(graph, "x")
    with pytest.raises(NeedsSizes, match="P=4"):
        linear_map(graph, "x", sizes={"N": 4}, padded=True)
    assert linear_map(graph, "x", sizes={"N": 4, "P": 1}).shape == (4, 4)
    assert kind(linear_map(graph, "x", sizes={"N": 4, "P": 1})).name == "Toeplitz"
    strided = op("conv1d", {"padding": Symbol("P"), "stride": Symbol("S")}, x=(6,), w=(3,))
    found = kind(linear_map(strided, "x", sizes={"P": 1, "S": 3}))
    assert "stride 3 moves each row by 3 columns" in found.reason
    assert found.reason.endswith("with stride=1 it would be Toeplitz")
    with pytest.raises(GeometryError, match="no output"):
        linear_map(graph, "x", sizes={"N": 1, "P": 0})
    with pytest.raises(SymconvError, match="no open size o"):
        linear_map(graph, "x", sizes={"o": 4})
    with pytest.raises(SymconvError, match="no tensor v; expected one of x, w, y"):
        linear_map(graph, "v")
    with pytest.raises(SymconvError, match="w is not padded"):
        linear_map(graph, "w", padded=True, sizes={"N": 4, "P": 1})
    map = linear_map(graph, "x", sizes={"N": 4, "P": 1})
    with pytest.raises(SymconvError, match="none for w"):
        map.coo()
    with pytest.raises(SymconvError, match="no tensor v"):
        map.coo(v=[1])
    with pytest.raises(GeometryError, match=r"expected \(3,\), got \(2,\)"):
        map.coo(w=[1, 2])
    flipped = op("conv_transpose1d", {"padding": 1}, x=(4,), w=(3,))
    folded = op("fold", {"output_size": (4,), "kernel_size": (2,)}, x=(2, 3))
    for graph in (flipped, folded):
        with pytest.raises(SymconvError, match="off the output"):
            linear_map(graph, "x", padded=True)


def test_in_a_chain_the_target_is_named():
    chain = (
        call("conv1d", {}, "h", x=(6,), u=(2,)),
        call("conv1d", {}, "y", h=None, w=(2,)),
        call("conv1d", {}, "z", h=None, v=(3,)),
    )
    graph = build(Spec(chain, ""))
    assert linear_map(graph, "x").row.tensor == "h"
    assert linear_map(graph, "w").row.tensor == "y"
    with pytest.raises(SymconvError, match=r"several operations read h.*target='y'"):
        linear_map(graph, "h")
    assert linear_map(graph, "h", target="z").shape == (3, 5)
    with pytest.raises(SymconvError, match="nothing reads or makes q"):
        linear_map(graph, "h", target="q")
    with pytest.raises(SymconvError, match="z does not read x"):
        linear_map(graph, "x", target="z")


# --- pages --------------------------------------------------------------------------------------


def test_a_small_matrix_is_printed_whole_with_rules():
    made = grid(linear_map(op("conv2d", x=(3, 3), w=(2, 2)), "x"))
    assert len(made.entries) == 4 and len(made.entries[0]) == 9
    assert made.row_rules == (2,) and made.column_rules == (3, 6)
    assert made.column_labels[5] == "x_{1,2}"
    channels = grid(linear_map(op("conv1d", x=(2, 4), w=(3, 2, 2)), "x"))
    assert channels.row_rules == (3, 6) and channels.column_rules == (4,)
    line = grid(linear_map(op("conv1d", x=(4,), w=(2,)), "x"))
    assert line.row_rules == line.column_rules == ()


def test_a_large_matrix_is_printed_with_dots():
    map = linear_map(op("conv1d", x=(20,), w=(3,)), "x")
    made = grid(map)
    assert len(made.entries) == len(made.row_labels) == 9
    assert made.row_labels[5] == r"\vdots" and made.row_labels[-1] == "y_{17}"
    assert made.column_labels[5] == r"\cdots" and made.column_labels[6] == "x_{17}"
    assert made.entries[5] == (r"\vdots",) * 5 + (r"\ddots",) + (r"\vdots",) * 3
    assert made.entries[-1][-3:] == ("w_{0}", "w_{1}", "w_{2}")
    assert all(row[5] == r"\cdots" for n, row in enumerate(made.entries) if n != 5)


def test_classify_agrees_with_itself_on_the_transpose():
    for stride, pad in itertools.product((1, 2), (0, 1)):
        map = linear_map(op("conv2d", {"stride": stride, "padding": pad}, x=(4, 5), w=(2, 3)), "x")
        assert classify(map).name == classify(map.transpose()).name
