"""The engine against PyTorch: forward and every gradient."""

import numpy as np
import pytest
from engine_cases import TORCH, Call

from symconv import engine

torch = pytest.importorskip("torch", reason="the witness for the layers is PyTorch")
functional = pytest.importorskip("torch.nn.functional")

SMOOTH = ("sigmoid", "tanh", "cross_entropy", "mse", "avg")


def witness(call, tensors):
    """PyTorch's own function for the call."""
    options = dict(call.options)
    if call.keyword == "scale":
        return options["factor"] * tensors[0]
    if options.pop("padding_mode", "zeros") != "zeros":
        sides = [p for p in np.atleast_1d(options.pop("padding"))[::-1].tolist() for _ in (0, 1)]
        padded = functional.pad(tensors[0], sides, mode=call.options["padding_mode"])
        return getattr(functional, call.keyword)(padded, *tensors[1:], **options)
    names = {"mse": "mse_loss"}
    ours = ("relu", "sigmoid", "tanh", "add", "sub", "sum")
    place = torch if call.keyword in ours else functional
    return getattr(place, names.get(call.keyword, call.keyword))(*tensors, **options)


def compare(call, arrays, dtype):
    """Both outputs, both gradients, and of every number the sum of |terms| it may be off by."""
    tensors = [torch.tensor(a, dtype=dtype, requires_grad=True) for a in lifted(call, arrays)]
    y = witness(call, tensors)
    mine = engine.forward(call.keyword, *arrays, **call.options)
    g = np.random.default_rng(9).integers(-9, 10, mine.shape).astype(arrays[0].dtype)
    y.backward(torch.tensor(g, dtype=dtype).reshape(y.shape))
    yield mine, y.detach().numpy().reshape(mine.shape)
    for a, t in zip(
        engine.backward(call.keyword, g, *arrays, **call.options), tensors, strict=True
    ):
        yield a, t.grad.numpy().reshape(a.shape)


def lifted(call, arrays):
    """PyTorch's pooling has no signals without a channel."""
    if "pool" in call.keyword:
        d = int(call.keyword[-2])
        return [a.reshape((1,) * max(0, d + 1 - a.ndim) + a.shape) for a in arrays]
    return arrays


@pytest.mark.parametrize("call", TORCH, ids=str)
def test_integers_agree_exactly(call: Call):
    arrays = [a.astype(float) for a in call.integers()]
    tolerance = 1e-13 if call.keyword.startswith(SMOOTH) else 0
    for mine, theirs in compare(call, arrays, torch.float64):
        assert mine.shape == theirs.shape
        assert np.max(np.abs(mine - theirs), initial=0) <= tolerance * max(1, np.abs(theirs).max())


@pytest.mark.parametrize("call", TORCH, ids=str)
def test_floats_agree_to_rounding(call: Call):
    arrays = call.floats()
    sizes = [a for a, _ in compare(call, [np.abs(a) for a in arrays], torch.float64)]
    for (mine, theirs), size in zip(compare(call, arrays, torch.float64), sizes, strict=True):
        assert np.max(np.abs(mine - theirs)) <= 1e-12 * max(1, np.abs(size).max())


@pytest.mark.parametrize("call", TORCH[::5], ids=str)
def test_single_precision_stays_single(call: Call):
    arrays = [a.astype(np.float32) for a in call.floats()]
    for mine, theirs in compare(call, arrays, torch.float32):
        assert mine.dtype == np.float32
        assert np.max(np.abs(mine - theirs)) <= 2e-5 * max(1, np.abs(theirs).max())


@pytest.mark.filterwarnings("ignore:Using padding")
@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("K", [3, 4])
@pytest.mark.parametrize("dilation", [1, 2, 3])
def test_same_is_pytorchs_same(d, K, dilation):
    x = np.arange(2 * 9 * 8, dtype=float).reshape(1, 2, 9, 8)
    x = x[..., 0] if d == 1 else x
    w = np.arange(3 * 2 * K**d, dtype=float).reshape(3, 2, *(K,) * d)
    options = {"padding": "same", "dilation": dilation}
    theirs = getattr(functional, f"conv{d}d")(torch.tensor(x), torch.tensor(w), **options)
    assert np.array_equal(engine.forward(f"conv{d}d", x, w, **options), theirs.numpy())
