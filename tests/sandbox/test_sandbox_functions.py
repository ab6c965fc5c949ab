"""Functions right and wrong, the geometries that expose them, and a word of what is said."""

from dataclasses import dataclass
from functools import cache, partial

import handed_right as right
import handed_wrong as wrong
import pytest

import symconv
from symconv.operations.build import build
from symconv.sandbox.geometries import geometries
from symconv.syntax.spec import parse

check_code = partial(symconv.check_code, read=False)
"""What running alone says; reading is tested beside it."""
CONV = "y = conv1d(x[N], w[K], stride=S, padding=P)"
PLAIN = "y = conv1d(x[N], w[K])"
STRIDED = "y = conv1d(x[N], w[K], stride=S)"
PICTURE = "y = conv2d(x[N,C,H,W], w[F,C,K,L], b[F], stride=S, padding=P)"
PLAIN2 = "y = conv2d(x[N,C,H,W], w[F,C,K,L])"
STRIDES = "y = conv2d(x[N,C,H,W], w[F,C,K,L], stride=(S,T))"
TRANSPOSED = "y = conv_transpose1d(x[N], w[K], stride=S, padding=P)"
GROUPED = "y = conv1d(x[N,C,L], w[F,C//G,K], groups=G)"
DILATED = "y = conv1d(x[N], w[K], dilation=D)"
MAXIMUM = "y = max_pool2d(x[N,C,H,W], (2,3), stride=S)"
CHAIN = "a = conv1d(x[N], w[K])\ny = relu(a)"
TWO = "y = conv2d(x[H,W], w[K,L])"
LAST = (
    ("layout", "NHWC"),
    ("kernel_layout", "HWIO"),
    ("names", "image=x, kernel=w, s=S"),
)
TUTORIAL = (
    ("upstream", "dout"),
    ("names", "cache=(x, w, b, conv_param), conv_param={'stride': S, 'pad': P}"),
)


@dataclass(frozen=True)
class Row:
    """A function of one of the two files, what it is about, and what is expected."""

    name: str
    spec: str
    gives: str
    options: tuple = ()
    says: str = ""


RIGHT = [
    Row("conv1d_loops", CONV, "y"),
    Row("conv1d_backward_slices", CONV, "dx,dw"),
    Row("conv1d_backward_zero_stuffed", STRIDED, "dx,dw"),
    Row("conv2d_forward_tutorial", PICTURE, "y", (("names", "pad=P"),)),
    Row("conv2d_backward_tutorial", PICTURE, "dx,dw,db", TUTORIAL),
    Row("conv2d_einsum", STRIDES, "y", (("names", "strides=stride"),)),
    Row("conv2d_dw_einsum", STRIDES, "dw", (("names", "strides=(S, T)"),)),
    Row("conv2d_im2col", PLAIN2, "y"),
    Row(
        "conv2d_nhwc",
        "y = conv2d(x[N,C,H,W], w[F,C,K,L], stride=S)",
        "y",
        LAST,
    ),
    Row(
        "conv2d_nhwc_backward",
        "y = conv2d(x[N,C,H,W], w[F,C,K,L], stride=S)",
        "dimage,dkernel",
        LAST,
    ),
    Row("conv2d_rows_by_columns", PLAIN2, "y", (("names", "K[k,l,c,f]=w[f,c,k,l]"),)),
    Row("conv2d_scipy", TWO, "y"),
    Row("conv2d_scipy_fft_backward", TWO, "dx,dw"),
    Row("transposed_scatter", TRANSPOSED, "y"),
    Row("transposed_backward", TRANSPOSED, "dx,dw"),
    Row("grouped_forward", GROUPED, "y"),
    Row("dilated_backward", DILATED, "dx,dw"),
    Row("max_pool", MAXIMUM, "y"),
    Row("max_pool_backward", MAXIMUM, "dx"),
    Row("avg_pool_backward", "y = avg_pool2d(x[H,W], (2,3), stride=S)", "dx"),
    Row("chain_backward", CHAIN, "dx,dw"),
    Row("mse_backward", "y = mse(x[N], t[N])", "dx,dt"),
    Row("softmax_backward", "y = cross_entropy(z[N,C], t[N,C])", "dz"),
    Row("difference_backward", "y = sub(a[N,C], b[N,C])", "da,db"),
    Row(
        "padded_input_dw",
        "y = conv1d(x[N], w[K], padding=P)",
        "dw",
        (("names", "x_pad=pad(x, P)"),),
    ),
]

WRONG = [
    Row("stride_does_not_divide", STRIDED, "dx", says="fail with: the stride does not divide"),
    Row("stride_forgotten", STRIDED, "dw", says="dw differs"),
    Row("axes_swapped", STRIDES, "dw", (("names", "strides=stride"),), "unequal strides"),
    Row("padding_shifts", "y = conv1d(x[N], w[K], padding=P)", "dx", says="fail with: padding"),
    Row("sums_no_batch", PLAIN2, "dw", says="fail with: a batch"),
    Row("averages_batch", PLAIN2, "dw", says="fail with: a batch"),
    Row("last_writer_wins", STRIDED, "dx", says="fail with: overlapping windows"),
    Row("kernel_not_flipped", PLAIN, "dx,dw", says="dw right"),
    Row("every_maximum", MAXIMUM, "dx", says="only where a window has several largest entries"),
    Row("max_pool_no_overlap", MAXIMUM, "dx", says="dx differs"),
    Row("groups_swapped", GROUPED, "y", says="y differs"),
    Row("dilation_forgotten", DILATED, "dx,dw", says="dilation"),
    Row("transposed_not_cropped_at_end", TRANSPOSED, "y", says="fail with: padding"),
    Row("bias_averaged", PICTURE, "db", says="fail with: a batch"),
    Row("mse_forgets_the_two", "y = mse(x[N], t[N])", "dx,dt", says="dx differs in"),
    Row("chain_forgets_the_mask", CHAIN, "dx,dw", says="dx differs"),
    Row("flipped_forward", PLAIN, "y,dx,dw", says="the mistake is in the forward computation"),
    Row("gives_nan", PLAIN, "dw", says="dw[1] is nan"),
    Row("wrong_shape", PLAIN, "dw", says="wrong shape"),
    Row("not_cropped", "y = conv1d(x[N], w[K], padding=P)", "dx", says="wrong shape"),
    Row("changes_its_input", STRIDED, "dw", says="it writes into its arguments: g"),
]


@cache
def judged(row):
    """The verdict on a wrong function, which several tests look at."""
    return check_code(getattr(wrong, row.name), row.spec, row.gives, **dict(row.options))


def said(verdict):
    """Everything that a verdict says."""
    diagnosis = verdict.diagnosis.text if verdict.diagnosis else ""
    return "\n".join((verdict.evidence, diagnosis, *verdict.notes, *verdict.runs))


@pytest.mark.parametrize("row", RIGHT, ids=lambda row: row.name)
def test_right_functions_are_checked(row):
    if "scipy" in row.name:
        pytest.importorskip("scipy.signal", reason="the function under test uses SciPy")
    found = check_code(getattr(right, row.name), row.spec, row.gives, **dict(row.options))
    assert found.outcome == "checked", said(found)
    assert found.cases >= 5
    assert "not a proof" in found.evidence
    assert "agree on the same" in found.witness


@pytest.mark.parametrize("row", WRONG, ids=lambda row: row.name)
def test_wrong_functions_are_refuted(row):
    found = judged(row)
    assert found.outcome == "refuted", said(found)
    assert row.says in said(found), said(found)
    assert found.counterexample is not None
    assert found.counterexample.left != found.counterexample.right


MISTAKES = {
    "stride_forgotten": "stride forgotten",
    "sums_no_batch": "sum over the batch missing",
    "averages_batch": "averaged over the batch",
    "last_writer_wins": "assignment where overlaps must add",
    "kernel_not_flipped": "kernel not flipped",
    "every_maximum": "all maxima instead of the first",
    "dilation_forgotten": "dilation forgotten",
    "chain_forgets_the_mask": "relu mask missing",
    "flipped_forward": "wrong forward",
}


@pytest.mark.parametrize("name", MISTAKES)
def test_the_likely_mistake_is_named(name):
    found = judged(next(row for row in WRONG if row.name == name))
    assert found.diagnosis is not None
    assert found.diagnosis.name == MISTAKES[name]


def test_every_function_of_the_files_is_tried():
    for module, rows in ((right, RIGHT), (wrong, WRONG)):
        defined = {name for name, item in vars(module).items() if callable(item)}
        assert defined == {row.name for row in rows}
    assert len(RIGHT) + len(WRONG) >= 40


def test_a_counterexample_is_small_and_can_be_computed_by_hand():
    found = check_code(wrong.last_writer_wins, STRIDED, "dx")
    sizes = found.counterexample.sizes
    assert sizes["S"] < sizes["K"] < sizes["N"] <= 5


def test_a_smaller_counterexample_is_sought():
    """Below the geometries that are tried first."""
    sought = []
    for row in WRONG:
        settings = geometries(build(parse(row.spec)))
        sizes = judged(row).counterexample.sizes
        assert set(sizes) == set(settings[0].sizes)
        sought.append(sizes not in [setting.sizes for setting in settings])
    assert sum(sought) >= 5


def test_the_same_run_says_the_same():
    one, two = (check_code(wrong.sums_no_batch, PLAIN2, "dw") for _ in range(2))
    assert one == two


def test_exactness_is_said_and_not_overstated():
    slices = check_code(right.conv1d_backward_slices, CONV, "dx,dw")
    assert "exactly, on whole numbers; for every value of the entries" in slices.evidence
    fft = check_code(right.conv2d_scipy_fft_backward, TWO, "dx,dw")
    assert "in floats within 1e-09" in fft.evidence
    assert "exactly" not in fft.evidence
    softmax = check_code(right.softmax_backward, "y = cross_entropy(z[N,C], t[N,C])", "dz")
    assert "exactly" not in softmax.evidence


def test_a_forward_function_beside_the_gradients():
    from numpy import convolve

    def ahead(x, w):
        return convolve(x, w, "valid")

    def back(x, w, g):
        return wrong.flipped_forward(x, w, g)[1:]

    found = check_code(back, PLAIN, "dx,dw", forward=ahead)
    assert found.outcome == "refuted"
    assert found.diagnosis.name == "wrong forward"
    assert "the forward function ahead: refuted" in said(found)
    good = check_code(right.dilated_backward, DILATED, "dx,dw", forward=ahead)
    assert good.outcome == "refuted"
    assert good.evidence.startswith("the forward function ahead: y ")
    assert good.diagnosis is None


def test_a_wrong_gradient_of_a_right_forward_is_not_blamed_on_the_forward():
    from numpy import correlate

    def ahead(x, w):
        return correlate(x, w, "valid")

    found = check_code(wrong.kernel_not_flipped, PLAIN, "dx,dw", forward=ahead)
    assert found.outcome == "refuted"
    assert found.diagnosis is None or found.diagnosis.name != "wrong forward"


def test_one_geometry_has_several_draws():
    found = check_code(right.conv1d_backward_slices, "y = conv1d(x[7], w[3], stride=2, padding=1)")
    assert found.outcome == "checked"
    assert "4 draws of data" in found.evidence
    assert found.cases == 4
    bad = check_code(wrong.last_writer_wins, "y = conv1d(x[7], w[3], stride=2)", "dx")
    assert bad.outcome == "refuted"
    assert bad.counterexample.sizes == {}
    fine = check_code(wrong.last_writer_wins, "y = conv1d(x[7], w[3], stride=3)", "dx")
    assert fine.outcome == "checked"


TORCH = [
    ("conv2d_autograd", PICTURE, "y,dx,dw,db", "checked", ""),
    ("annotated", "y = conv_transpose1d(x[N], w[K], stride=2)", "y", "checked", ""),
    ("padding_at_one_side", PICTURE, "y,dx,dw,db", "refuted", "fail with: padding"),
    ("max_pool_autograd", MAXIMUM, "dx", "checked", ""),
    ("custom_backward", "y = conv1d(x[N,C,L], w[F,C,K])", "dx,dw", "refuted", "dw right"),
]


@pytest.mark.parametrize(("name", "spec", "gives", "outcome", "says"), TORCH, ids=lambda v: str(v))
def test_functions_of_pytorch(name, spec, gives, outcome, says):
    pytest.importorskip("torch", reason="the functions under test are PyTorch's")
    import handed_torch

    framework = "" if name == "annotated" else "torch"
    found = check_code(getattr(handed_torch, name), spec, gives, framework=framework)
    assert found.outcome == outcome, said(found)
    assert says in said(found)
