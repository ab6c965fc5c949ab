"""Generated code against PyTorch's values and gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from symconv.codegen import codegen
from symconv.operations.build import build
from symconv.syntax.spec import parse

torch = pytest.importorskip("torch")
F = torch.nn.functional

WITNESSES: tuple[
    tuple[str, dict[str, tuple[int, ...]], dict[str, int], Callable[..., Any]], ...
] = (
    (
        "y = conv2d(x[N,C,H,W], w[F,C,K_h,K_w], b[F], stride=S, padding=P, dilation=D)",
        {"x": (2, 3, 8, 7), "w": (4, 3, 3, 2), "b": (4,)},
        {"S": 2, "P": 1, "D": 2},
        lambda x, w, b: F.conv2d(x, w, b, stride=2, padding=1, dilation=2),
    ),
    (
        "y = conv2d(x[N,C,H,W], w[F,C//G,K,K], groups=G)",
        {"x": (2, 4, 5, 6), "w": (6, 2, 3, 3)},
        {"G": 2},
        lambda x, w: F.conv2d(x, w, groups=2),
    ),
    (
        "y = conv_transpose2d(x[N,C,H,W], w[C,F,K_h,K_w], b[F], stride=S, padding=P)",
        {"x": (2, 3, 4, 3), "w": (3, 2, 3, 4), "b": (2,)},
        {"S": 2, "P": 1},
        lambda x, w, b: F.conv_transpose2d(x, w, b, stride=2, padding=1),
    ),
    (
        "y = avg_pool2d(x[N,C,H,W], 3, stride=2, padding=1, count_include_pad=False)",
        {"x": (2, 3, 7, 6)},
        {},
        lambda x: F.avg_pool2d(x, 3, stride=2, padding=1, count_include_pad=False),
    ),
    (
        "y = max_pool2d(x[N,C,H,W], 3, stride=2, padding=1)",
        {"x": (2, 3, 7, 6)},
        {},
        lambda x: F.max_pool2d(x, 3, stride=2, padding=1),
    ),
    (
        "Y = unfold(x[N,C,H,W], (3,2), padding=1, stride=2)",
        {"x": (2, 3, 7, 6)},
        {},
        lambda x: F.unfold(x, (3, 2), padding=1, stride=2),
    ),
    (
        "h = conv1d(x[N,C,I], u[F,C,3], padding=1)\nr = sigmoid(h)\n"
        "y = conv1d(r, w[M,F,2], stride=2)\nL = mse(y, t)",
        {"x": (2, 3, 9), "u": (4, 3, 3), "w": (2, 4, 2), "t": (2, 2, 4)},
        {},
        lambda x, u, w, t: F.mse_loss(
            F.conv1d(torch.sigmoid(F.conv1d(x, u, padding=1)), w, stride=2), t
        ),
    ),
)


@pytest.mark.parametrize(("text", "shapes", "keywords", "witness"), WITNESSES)
def test_code_agrees_with_torch(
    text: str,
    shapes: dict[str, tuple[int, ...]],
    keywords: dict[str, int],
    witness: Callable[..., Any],
) -> None:
    module: dict[str, Any] = {}
    exec(compile(codegen(build(parse(text))), "generated", "exec"), module)
    random = np.random.default_rng(3)
    arrays = {name: random.normal(size=shape) for name, shape in shapes.items()}
    leaves = {name: torch.tensor(array, requires_grad=True) for name, array in arrays.items()}
    expected = witness(**leaves)
    got = module["forward"](**arrays, **keywords)
    assert np.allclose(got, expected.detach().numpy(), rtol=0, atol=1e-12)
    g = random.normal(size=tuple(expected.shape))
    expected.backward(torch.tensor(g))
    gradients = module["backward"](g=g, **arrays, **keywords)
    for name, leaf in leaves.items():
        assert np.allclose(gradients[name], leaf.grad.numpy(), rtol=0, atol=1e-12), name
