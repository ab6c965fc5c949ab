"""Convolutions and transposed convolutions against PyTorch, with numbers and with symbols."""

from __future__ import annotations

import numpy as np
import pytest
from operation_cases import Case, agree, result

torch = pytest.importorskip("torch", reason="PyTorch is the witness of deep learning's operations")
F = torch.nn.functional


def tensors(case):
    return [torch.from_numpy(a.astype(float)) for a in case.integers().values()]


def draw(random, d, low, high):
    return tuple(int(v) for v in random.integers(low, high, d))


def plain(values):
    return values[0] if len(values) == 1 else values


def head(extra, channels, d):
    """Shapes of x and w, less the spatial axes, for d, d + 1 and d + 2 axes of x."""
    inputs, per_group, outputs = channels
    return {
        0: ((), ()),
        1: ((inputs,), (outputs, per_group)),
        2: ((2, inputs), (outputs, per_group)),
    }[extra]


def conv_case(random, d, extra, modes=("zeros",)):
    K, S, D, P = (draw(random, d, *r) for r in ((1, 4), (1, 4), (1, 3), (0, 3)))
    n = tuple(
        max(1, t * (k - 1) + 1 - 2 * p + int(random.integers(0, 5 - d)), p + 1)
        for k, t, p in zip(K, D, P, strict=True)
    )
    groups = int(random.integers(1, 3)) if extra else 1
    per_group, share = draw(random, 2, 1, 3)
    x, w = head(extra, (groups * per_group, per_group, groups * share), d)
    shapes = {"x": (*x, *n), "w": (*w, *K)}
    if random.integers(0, 2) and extra:
        shapes["b"] = (groups * share,)
    options = {"stride": plain(S), "padding": plain(P), "dilation": plain(D), "groups": groups}
    mode = modes[int(random.integers(0, len(modes)))]
    return Case(f"conv{d}d", shapes, options | {"padding_mode": mode})


def conv_witness(case):
    d = int(case.keyword[-2])
    x, w, *b = tensors(case)
    lift = x.ndim == d
    x, w = (x[None, None], w[None, None]) if lift else (x, w)
    x = x if x.ndim == d + 2 else x[None]
    options = dict(case.options)
    mode, padding = options.pop("padding_mode"), options.pop("padding")
    each = padding if isinstance(padding, tuple) else (padding,) * d
    sides = [side for p in reversed(each) for side in (p if isinstance(p, tuple) else (p, p))]
    x = F.pad(x, sides, **({} if mode == "zeros" else {"mode": mode}))
    y = getattr(F, case.keyword)(x, w, *b, **options).numpy()
    return y.reshape(y.shape[2 - (len(case.shapes["x"]) - d) :])


def tie(case):
    """Channels that x and w share keep their numbers; the tests of symbols name them below."""
    d = int(case.keyword[-2])
    extra = len(case.shapes["x"]) - d
    if not extra:
        return ("groups",)
    kept = ["groups", ("x", extra - 1), ("w", 0), ("w", 1), ("b", 0)]
    return tuple(kept)


@pytest.mark.parametrize("extra", [0, 1, 2])
@pytest.mark.parametrize("d", [1, 2, 3])
def test_convolution(d, extra):
    random = np.random.default_rng(10 * d + extra)
    for _ in range(9 - 2 * d):
        case = conv_case(random, d, extra)
        agree(case, conv_witness(case), keep=tie(case))


@pytest.mark.parametrize("mode", ["circular", "reflect", "replicate"])
@pytest.mark.parametrize("d", [1, 2])
def test_padding_modes(d, mode):
    random = np.random.default_rng(d)
    for _ in range(4):
        case = conv_case(random, d, 1, (mode,))
        agree(case, conv_witness(case), keep=tie(case))


def test_padding_per_side():
    case = Case(
        "conv2d",
        {"x": (4, 5), "w": (3, 2)},
        {"padding": ((2, 1), (0, 3)), "stride": (2, 3), "padding_mode": "zeros"},
    )
    agree(case, conv_witness(case))
    case = Case("conv1d", {"x": (6,), "w": (4,)}, {"padding": (2, 1), "padding_mode": "circular"})
    witness = Case("conv1d", case.shapes, {"padding": ((2, 1),), "padding_mode": "circular"})
    agree(case, conv_witness(witness))


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("name", ["valid", "same", "full", "causal"])
def test_padding_by_name(name, stride):
    for n, k, dilation in [(9, 4, 1), (8, 3, 2), (7, 2, 3), (5, 1, 1)]:
        reach = dilation * (k - 1)
        total = max((-(-n // stride) - 1) * stride + reach + 1 - n, 0)
        sides = {
            "valid": (0, 0),
            "full": (reach, reach),
            "causal": (reach, 0),
            "same": (total // 2, total - total // 2),
        }[name]
        shapes = {"x": (n,), "w": (k,)}
        rest = {"stride": stride, "dilation": dilation, "padding_mode": "zeros"}
        expected = conv_witness(Case("conv1d", shapes, {"padding": (sides,), **rest}))
        if name == "same":
            assert expected.shape == (-(-n // stride),)
        agree(Case("conv1d", shapes, {"padding": name, **rest}), expected, keep=("stride",))
        agree(Case("conv1d", shapes, {"padding": name, **rest}), expected)


def test_a_named_padding_of_stride_one_has_a_short_size():
    sizes = {}
    for name in ("same", "full", "causal", "valid"):
        case = Case("conv1d", {"x": ("$N",), "w": ("$K",)}, {"padding": name})
        sizes[name] = str(case.graph().shapes["y"][0])
    assert sizes == {"same": "N", "full": "N + K - 1", "causal": "N", "valid": "N - K + 1"}


def test_channels_and_bias_may_be_symbols():
    shapes = {"x": ("$N", "$C", "$H"), "w": ("$F", "$C", "$K"), "b": None}
    case = Case("conv1d", {"x": (2, 3, 7), "w": (4, 3, 2), "b": (4,)}, {"stride": 2})
    graph = Case("conv1d", shapes, {"stride": "$S"}).graph()
    witness = Case("conv1d", case.shapes, {"stride": 2, "padding": 0, "padding_mode": "zeros"})
    assert np.array_equal(result(graph, case.integers(), {"S": 2}), conv_witness(witness))
    kinds = {p.name: (p.kind, p.least) for p in graph.parameters}
    assert kinds == dict.fromkeys("NCHFK", ("size", 1)) | {"S": ("stride", 1)}


@pytest.mark.parametrize("keyword", ["conv1d", "conv_transpose1d"])
def test_one_bias_without_channels(keyword):
    for shape in ((1,), None):
        graph = Case(keyword, {"x": (5,), "w": (2,), "b": shape}).graph()
        assert graph.shapes["b"] == (shape or ())
        arrays = Case(keyword, {"x": (5,), "w": (2,), "b": shape or ()}).integers()
        plain = Case(keyword, {"x": (5,), "w": (2,)}).graph()
        expected = result(plain, arrays | {"b": 0}) + arrays["b"]
        assert np.array_equal(result(graph, arrays), expected)


# --- transposed ---------------------------------------------------------------------------------


def transposed_case(random, d, extra):
    K, S, D, P = (draw(random, d, *r) for r in ((1, 4), (1, 4), (1, 3), (0, 3)))
    out = tuple(int(random.integers(0, max(pair))) for pair in zip(S, D, strict=True))
    n = tuple(
        max(1 + -(-max(0, 2 * p - t * (k - 1)) // s), int(random.integers(1, 6 - d)))
        for k, s, t, p in zip(K, S, D, P, strict=True)
    )
    groups = int(random.integers(1, 3)) if extra else 1
    per_group, share = draw(random, 2, 1, 3)
    x, w = head(extra, (groups * per_group, share, groups * per_group), d)
    shapes = {"x": (*x, *n), "w": (*w, *K)}
    if random.integers(0, 2) and extra:
        shapes["b"] = (groups * share,)
    options = {"stride": plain(S), "padding": plain(P), "dilation": plain(D), "groups": groups}
    return Case(f"conv_transpose{d}d", shapes, options | {"output_padding": plain(out)})


def transposed_witness(case):
    d = int(case.keyword[-2])
    x, w, *b = tensors(case)
    x, w = (x[None, None], w[None, None]) if x.ndim == d else (x, w)
    x = x if x.ndim == d + 2 else x[None]
    y = getattr(F, case.keyword)(x, w, *b, **case.options).numpy()
    return y.reshape(y.shape[2 - (len(case.shapes["x"]) - d) :])


@pytest.mark.parametrize("extra", [0, 1, 2])
@pytest.mark.parametrize("d", [1, 2, 3])
def test_transposed_convolution(d, extra):
    random = np.random.default_rng(10 * d + extra)
    for _ in range(9 - 2 * d if d < 3 else 2):
        case = transposed_case(random, d, extra)
        agree(case, transposed_witness(case), keep=tie(case))
