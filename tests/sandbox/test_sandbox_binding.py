"""Binding by name: what is bound, in which order of axes, and what must be declared."""

from functools import partial

import numpy as np
import pytest

import symconv
from symconv.errors import SymconvError
from symconv.operations.build import build
from symconv.sandbox.binding import bind, read_gives
from symconv.sandbox.layouts import inverse
from symconv.sandbox.signature import of_function
from symconv.syntax.declaration import conventions_from
from symconv.syntax.spec import parse

check_code = partial(symconv.check_code, read=False)

SPEC = "y = conv2d(x[N,C,H,W], w[F,C,K,L], b[F], stride=S, padding=P)"
GRAPH = build(parse(SPEC))
SIZES = {"N": 2, "C": 3, "H": 5, "W": 6, "F": 4, "K": 2, "L": 3, "S": 2, "P": 1}
SHAPES = {"x": (2, 3, 5, 6), "w": (4, 3, 2, 3), "b": (4,), "y": (2, 4, 3, 3), "g": (2, 4, 3, 3)}


def situation(upstream="g", **options):
    from symconv.fixing import fix_sizes

    binding = bind(GRAPH, conventions_from(options | {"upstream": upstream}))
    arrays = {n: np.arange(np.prod(s), dtype=float).reshape(s) for n, s in SHAPES.items()}
    arrays[upstream] = arrays.pop("g")
    return binding, binding.situation(fix_sizes(GRAPH, SIZES), SIZES, arrays)


def arguments(function, **options):
    binding, here = situation(**options)
    return dict(binding.call(of_function(function), here).arguments)


def test_own_names():
    found = arguments(lambda x, w, b, g, y, stride, padding, dilation, groups, N, S: None)
    assert {n: v.shape for n, v in found.items() if hasattr(v, "shape")} == SHAPES
    assert [found[n] for n in ("stride", "padding", "dilation", "groups", "N", "S")] == [
        2, 1, 1, 1, 2, 2,
    ]  # fmt: skip


DECLARED = [
    ("width(x)", 6),
    ("height(x)", 5),
    ("channels(x)", 3),
    ("batch(x)", 2),
    ("height(w)", 2),
    ("size(w, 0)", 4),
    ("size(b)", 4),
    ("len(x)", 2),
    ("shape(x)[2]", 5),
    ("shape(x)", (2, 3, 5, 6)),
    ("shape(x)[-1]", 6),
    ("K - 1 - P", 0),
    ("-(W + 2*P - L)//S", -3),
    ("stride", 2),
    ("(S, padding)", (2, 1)),
    ("{'stride': S, 'pad': [P, P]}", {"stride": 2, "pad": [1, 1]}),
    ("None", None),
    ("'same'", "same"),
    ("True", True),
]


@pytest.mark.parametrize(("text", "value"), DECLARED, ids=[row[0] for row in DECLARED])
def test_declared_values(text, value):
    assert arguments(lambda p: None, names={"p": text}) == {"p": value}


def test_declared_tensors():
    names = {"image": "x", "K": "w", "dout": "g", "cache": "(image, K, pad)", "pad": "P"}
    found = arguments(lambda image, K, dout, cache: None, names=names)
    assert found["image"].shape == SHAPES["x"]
    assert found["K"].shape == SHAPES["w"]
    assert found["dout"].shape == SHAPES["g"]
    assert found["cache"][0].shape == SHAPES["x"]
    assert found["cache"][2] == 1
    assert arguments(lambda delta: None, upstream="delta")["delta"].shape == SHAPES["g"]


def test_padded_tensors():
    plain = np.arange(180.0).reshape(SHAPES["x"])
    found = arguments(lambda xp: None, names={"xp": "pad(x, P)"})["xp"]
    assert np.array_equal(found, np.pad(plain, ((0, 0), (0, 0), (1, 1), (1, 1))))
    found = arguments(lambda xp: None, names={"xp": "pad(x, (K, 0))"}, layout="NHWC")["xp"]
    wanted = np.pad(plain.transpose(0, 2, 3, 1), ((0, 0), (2, 2), (0, 0), (0, 0)))
    assert np.array_equal(found, wanted)


def test_layouts():
    plain = {n: np.arange(np.prod(s), dtype=float).reshape(s) for n, s in SHAPES.items()}
    found = arguments(lambda x, w, b, g, y: None, layout="NHWC", kernel_layout="HWIO")
    assert np.array_equal(found["x"], plain["x"].transpose(0, 2, 3, 1))
    assert np.array_equal(found["g"], plain["g"].transpose(0, 2, 3, 1))
    assert np.array_equal(found["y"], plain["y"].transpose(0, 2, 3, 1))
    assert np.array_equal(found["w"], plain["w"].transpose(2, 3, 1, 0))
    assert found["b"].shape == (4,)
    found = arguments(lambda k: None, names={"k[m,n,c,f]": "w[f,c,m,n]"})["k"]
    assert np.array_equal(found, plain["w"].transpose(2, 3, 1, 0))
    assert inverse((2, 3, 1, 0)) == (3, 2, 0, 1)


WRONG_LAYOUTS = [
    ({"layout": "HWC"}, "an order of NCHW"),
    ({"layout": "NHWD"}, "an order of NCHW"),
    ({"kernel_layout": "NHWC"}, "an order of OIHW"),
    ({"names": {"k[a,b]": "w[b,a]"}}, "no tensor w with 2 axes"),
    ({"names": {"k[a,b,c,d]": "w[a,b,c,0]"}}, "same letters on both sides"),
    ({"upstream": "x"}, "x is a name of the operation's"),
    ({"names": {"k": "w +"}}, "can't be read"),
    ({"names": {"k": "w" * 500}}, "too long"),
]


@pytest.mark.parametrize(("options", "says"), WRONG_LAYOUTS, ids=range(len(WRONG_LAYOUTS)))
def test_wrong_conventions_are_said(options, says):
    with pytest.raises(SymconvError, match=says):
        bind(GRAPH, conventions_from(options))


def test_the_transposed_kernel_has_its_own_letters():
    graph = build(parse("y = conv_transpose2d(x[N,C,H,W], w[C,F,K,L])"))
    assert bind(graph, conventions_from({"kernel_layout": "HWOI"})).orders["w"] == (2, 3, 1, 0)
    plain = build(parse("y = conv2d(x[C,H,W], w[F,C,K,L])"))
    assert bind(plain, conventions_from({"layout": "HWC"})).orders["x"] == (1, 2, 0)


UNBOUND = [
    (lambda x, kernel: None, {}, "the parameter kernel is not declared"),
    (lambda p: None, {"names": {"p": "q"}}, "q is not declared"),
    (lambda p: None, {"names": {"p": "p + 1"}}, "nested too deeply"),
    (lambda p: None, {"names": {"p": "width(3)"}}, "takes a tensor"),
    (lambda p: None, {"names": {"p": "size(x)"}}, "a tensor and an axis"),
    (lambda p: None, {"names": {"p": "size(x, 9)"}}, "no such axis"),
    (lambda p: None, {"names": {"p": "S // 0"}}, "division by 0"),
    (lambda p: None, {"names": {"p": "x + 1"}}, "whole numbers"),
    (lambda p: None, {"names": {"p": "shape(x)[7]"}}, "no such entry"),
    (lambda p: None, {"names": {"p": "pad(x)"}}, "pad takes"),
    (lambda p: None, {"names": {"p": "pad(x, -1)"}}, "not negative"),
    (lambda p: None, {"names": {"p": "pad(x, 10**9)"}}, "not understood"),
    (lambda p: None, {"names": {"p": "__import__('os')"}}, "not understood"),
    (lambda p: None, {"names": {"p": "x.shape"}}, "not understood"),
    (lambda p: None, {"names": {"p": "[x for x in y]"}}, "not understood"),
    (lambda p: None, {"names": {"p": "(" * 14 + "1," + ",)" * 14}}, "(nested too|can't be read)"),
]


@pytest.mark.parametrize(("function", "options", "says"), UNBOUND, ids=range(len(UNBOUND)))
def test_what_is_not_declared_is_said(function, options, says):
    with pytest.raises(SymconvError, match=says):
        arguments(function, **options)


def test_defaults_are_left_alone_and_said():
    def dw(x, w, g, verbose=False, *more, stride=1, **others):
        return np.array([np.dot(g, x[k : k + stride * len(g) : stride]) for k in range(len(w))])

    found = check_code(dw, "y = conv1d(x[N], w[K], stride=S)", "dw")
    assert found.outcome == "checked"
    assert "not bound, so left at their defaults: verbose" in found.notes


def test_positional_parameters():
    def dw(x, w, g, /):
        return np.correlate(x, g, "valid")

    assert check_code(dw, "y = conv1d(x[N], w[K])", "dw").good


GIVEN = {
    "y": ("result", "y"),
    "out": ("result", "y"),
    "dx": ("gradient", "x"),
    "grad_w": ("gradient", "w"),
    "d_b": ("gradient", "b"),
    "dL_dx": ("gradient", "x"),
    "w_grad": ("gradient", "w"),
    "dy": ("gradient", "y"),
    "grad_weight": ("gradient", "w"),
    "delta_below": ("gradient", "x"),
    "_": ("nothing", ""),
}


def test_what_is_given_back():
    binding, _ = situation(names={"weight": "w", "delta_below": "dx"})
    for name, (kind, tensor) in GIVEN.items():
        (give, _) = read_gives((name, "dx"), binding)
        assert (give.kind, give.tensor) == (kind, tensor), name
    for name in ("dz", "grad", "x", "W", "dW"):
        with pytest.raises(SymconvError, match=f"{name} is no result and no gradient"):
            read_gives(name, binding)
    with pytest.raises(SymconvError, match="nothing is given back"):
        read_gives("_", binding)


def test_a_missing_upstream_gradient_is_said():
    def dw(x, w):
        return x

    with pytest.raises(
        SymconvError, match=r"no parameter is the upstream gradient.*names\(dout=g\)"
    ):
        check_code(dw, "y = conv1d(x[N], w[K])", "dw")


def test_a_loss_may_have_an_upstream_gradient():
    def plain(x, t):
        return 2 * (x - t) / x.size

    def scaled(x, t, g):
        return g * 2 * (x - t) / x.size

    def ignores(x, t, g):
        return 2 * (x - t) / x.size

    assert check_code(plain, "y = mse(x[N], t[N])", "dx").good
    assert check_code(scaled, "y = mse(x[N], t[N])", "dx").good
    assert check_code(ignores, "y = mse(x[N], t[N])", "dx").outcome == "refuted"


OWN = "y[o] = sum(w[k] * x[2*o + k - 1], k=0..K-1, (o+k)%2==0) for o = 0..3 with x[8], w[K]"


def test_a_sum_of_ones_own_that_the_engine_can_not_run():
    def dx(x, w, g):
        made = np.zeros(len(x))
        for o in range(4):
            for k in range(o % 2, len(w), 2):
                if 0 <= 2 * o + k - 1 < len(x):
                    made[2 * o + k - 1] += g[o] * w[k]
        return made

    def without_the_condition(x, w, g):
        made = np.zeros(len(x))
        for o in range(4):
            for k in range(len(w)):
                if 0 <= 2 * o + k - 1 < len(x):
                    made[2 * o + k - 1] += g[o] * w[k]
        return made

    assert check_code(dx, OWN, "dx").outcome == "checked"
    assert check_code(without_the_condition, OWN, "dx").outcome == "refuted"


def test_many_names_of_names_are_not_followed_for_ever():
    names = {f"a{n}": "(" + ",".join([f"a{n + 1}"] * 50) + ")" for n in range(3)}
    with pytest.raises(SymconvError, match="nested too deeply"):
        arguments(lambda p: None, names=names | {"p": "a0", "a3": "S"})


def test_options_that_do_not_exist_are_said():
    with pytest.raises(SymconvError):
        check_code(lambda x: x, "y = relu(x[N])", "y", layuot="NHWC")
    with pytest.raises(SymconvError, match="no such framework"):
        check_code(lambda x: x, "y = relu(x[N])", "y", framework="jax")
    with pytest.raises(SymconvError, match="does not say what it takes"):
        check_code(
            dict.fromkeys, "y = relu(x[N])", "y", framework="numpy"
        ) if False else check_code(type, "y = relu(x[N])", "y")


def test_the_names_are_exported():
    assert {"check", "check_code", "Verdict"} <= set(symconv.__all__)
    assert symconv.check_code.__module__ == "symconv.api.checking"
    assert symconv.Verdict.__name__ == "Verdict"
