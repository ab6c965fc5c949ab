"""The views that people script: every method on many specs, against PyTorch and the engine."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import sympy
from core_forms import brute, contracted, slopes, whole

import symconv
from symconv.api import Gradient, Operation
from symconv.api.gradient import Gradient as GradientView
from symconv.index import evaluate
from symconv.sampling import arrays_for, generic_array, generic_sizes
from symconv.steps import Derivation

CONV = "y = conv1d(x[N], w[K], stride=S, padding=P)"
CHAIN = (
    "h = conv1d(x[N], u[A], padding=P)\nr = relu(h)\ny = conv1d(r, w[K], stride=2)\nL = mse(y, t)"
)
OWN = "y[o] = sum(w[k] * x[2*o + k - P], k=0..K-1)   for o = 0..O-1 with x[N]"

SPECS = (
    "y = conv1d(x[4], w[3], padding=1)",
    CONV,
    "y = conv2d(x[N,C,H,W], w[F,C,K_h,K_w], b[F], stride=(2,1), padding=P, dilation=1, groups=1)",
    "y = conv1d(x[N,C,H], w[F,C//G,K], groups=G)",
    'y = conv1d(x[N], w[K], padding=P, padding_mode="circular")',
    "y = conv_transpose2d(x[H,W], w[K,L], stride=(S,2), padding=(1,P), output_padding=1)",
    'y = convolve(x[N], w[K], mode="full")',
    "y = avg_pool2d(x[N,C,H,W], (3,2), stride=2, padding=1)",
    "y = max_pool2d(x[N,C,H,W], (2,3), stride=(1,2))",
    "Y = unfold(x[1,2,4,4], (3,3), padding=1)",
    "y = sigmoid(x[N])",
    "L = cross_entropy(z[N,C], t[N,C])",
    CHAIN,
    OWN,
    "h = conv1d(x[N,C,H], w[C,C,3], padding=1)\ny = add(h, x)",
)


def cases(text, count, seed=0):
    """The view, its sizes, arrays, an upstream gradient, and what no array shows."""
    op = symconv.operation(text)
    for number, sizes in enumerate(generic_sizes(op.program, count, seed, most=3000)):
        fixed = op.at(**sizes)
        arrays = arrays_for(fixed.program, seed + number)
        g = generic_array(fixed.output_shape, number) if fixed.output_shape else np.array(1)
        shown = {
            str(n): evaluate(n, sizes)
            for t in op.program.inputs
            for n in t.shape
            if str(n) in op.open_sizes
        }
        yield op, fixed, arrays, g.astype(int), {n: v for n, v in sizes.items() if n not in shown}


def close(left, right):
    left, right = np.asarray(left, dtype=float), np.asarray(right, dtype=float)
    scale = max(1.0, float(np.max(np.abs(right), initial=0)))
    return left.shape == right.shape and bool(np.all(np.abs(left - right) <= 1e-12 * scale))


# --- numbers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", SPECS)
def test_formulas_at_random_sizes_are_the_engines_gradients(text):
    """Symbolic sizes read off the arrays; raw, gathered, closed; the concrete view agrees."""
    compared = 0
    for op, fixed, arrays, g, extra in cases(text, 4):
        wanted = op.backward(g, **arrays, **extra)
        assert set(wanted) == set(op.inputs)
        for tensor, want in wanted.items():
            gradient = op.gradient(tensor)
            kinds = ["raw", "gathered"] + ["closed"] * (gradient.closed is not None)
            for kind in kinds:
                assert close(gradient.evaluate(g, kind=kind, **arrays, **extra), want), kind
            assert close(fixed.gradient(tensor).evaluate(g, **arrays), want)
            assert close(fixed.backward(g, **arrays)[tensor], want)
            compared += bool(np.any(want))
        y = op.forward(**arrays, **extra)
        assert y.shape == fixed.output_shape
        assert close(fixed.forward(**arrays), y)
        evaluated = tuple(
            int(n.subs({sympy.Symbol(k, integer=True): v for k, v in sizes_of(op, fixed).items()}))
            if isinstance(n, sympy.Basic)
            else n
            for n in op.output_shape
        )
        assert evaluated == fixed.output_shape
    assert compared >= len(op.inputs)


def sizes_of(op, fixed):
    """What the symbols stand for, found again from the two programs' shapes."""
    known = {}
    for given, made in zip(op.program.inputs, fixed.program.inputs, strict=True):
        for n, value in zip(given.shape, made.shape, strict=True):
            known.setdefault(str(n), value)
    before, after = op.program.nodes, fixed.program.nodes
    for one, other in zip(before, after, strict=True):
        if one.geometry is None:
            continue
        for a, b in zip(one.geometry.axes, other.geometry.axes, strict=True):
            for field in ("stride", "dilation", "before", "after", "output_padding", "kernel"):
                known.setdefault(str(getattr(a, field)), getattr(b, field))
    if "O" in op.open_sizes:
        known["O"] = fixed.output_shape[0]
    return {name: value for name, value in known.items() if name in op.open_sizes}


def test_a_chain_with_a_loss_is_pytorchs():
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional
    for op, fixed, arrays, _, extra in cases(CHAIN, 5, 3):
        leaves = {
            n: torch.tensor(np.asarray(a, dtype=float), requires_grad=True)
            for n, a in arrays.items()
        }

        def batch(v):
            return v[None, None]

        padding = extra["P"]
        h = functional.conv1d(batch(leaves["x"]), batch(leaves["u"]), padding=padding)
        y = functional.conv1d(torch.relu(h), batch(leaves["w"]), stride=2)[0, 0]
        loss = functional.mse_loss(y, leaves["t"])
        loss.backward()
        assert close(op.forward(**arrays, **extra), loss.detach().numpy())
        for tensor, leaf in leaves.items():
            assert close(op.gradient(tensor).evaluate(**arrays, **extra), leaf.grad.numpy())
            assert close(op.backward(**arrays, **extra)[tensor], leaf.grad.numpy())
            assert close(fixed.gradient(tensor).evaluate(3, **arrays), 3 * leaf.grad.numpy())


def test_inner_gradients_are_formulas_too():
    op = symconv.operation(CHAIN)
    inner = op.gradient("h")
    assert inner.latex() == (
        r"\frac{\partial L}{\partial h_{o}} = \frac{\partial L}{\partial r_{o}} \, [h_{o} > 0]"
    )
    arrays = {"x": [1, -2, 3, 4, 0], "u": [1, -1], "w": [2, 1], "t": [1, 1]}
    h = np.array([3, -5, -1, 4])
    r = np.maximum(h, 0)
    y = np.array([2 * r[0] + r[1], 2 * r[2] + r[3]])
    dy = 2 * (y - 1) / 2
    want = np.array([2 * dy[0], dy[0], 2 * dy[1], dy[1]]) * (h > 0)
    assert close(inner.evaluate(**arrays, P=0), want)


def test_the_upstream_gradient_by_name_or_by_place():
    op = symconv.operation("y = conv1d(x[4], w[2])")
    arrays = {"x": [1, 2, 3, 4], "w": [1, -1]}
    by_place = op.gradient("w").evaluate([1, 2, 3], **arrays)
    assert np.array_equal(by_place, op.gradient("w").evaluate(g=[1, 2, 3], **arrays))
    assert np.array_equal(by_place, op.backward(g=[1, 2, 3], **arrays)["w"])
    named = symconv.operation("y = conv1d(g[4], w[2])")
    made = named.gradient("g").evaluate([1, 2, 3], g=[1, 2, 3, 4], w=[1, -1])
    assert made.tolist() == [1, 1, 1, -3]


def test_integers_stay_integers_and_fractions_exact():
    op = symconv.operation("y = conv1d(x[4], w[2])")
    assert op.forward(x=[1, 2, 3, 4], w=[1, -1]).dtype.kind == "i"
    exact = [Fraction(1, n) for n in (2, 3, 5, 7)]
    got = op.gradient("w").evaluate([1, 2, 3], x=np.array(exact, dtype=object), w=[1, 1])
    assert got.tolist() == [
        exact[0] + 2 * exact[1] + 3 * exact[2],
        exact[1] + 2 * exact[2] + 3 * exact[3],
    ]


SECOND = (
    ("y[o] = sum(x[o+k]*x[o]*w[k], k=0..K-1) for o=0..O-1", "x", "x"),
    ("y = conv1d(x[N], w[K], stride=2, padding=1)", "x", "w"),
    ("y = relu(x[N])\nz[o] = sum(y[o+k]*y[o], k=0..1) for o=0..N-2", "y", "y"),
)


@pytest.mark.parametrize(("text", "first", "second"), SECOND)
def test_second_derivatives(text, first, second):
    """``second`` is the derivative of ``Σ v·∂L/∂first``, by exact differences of the formula."""
    op = symconv.operation(text)
    gradient = op.gradient(first)
    form = gradient.second(second)
    sizes = next(iter(generic_sizes(op.program, 1, 4, most=60)))
    raw = gradient.raw
    known = dict(sizes)
    shapes = {name: tuple(evaluate(n, known) for n in shape) for name, shape in raw.shapes}
    arrays = {name: whole(shape, 3 + p) for p, (name, shape) in enumerate(shapes.items())}
    v = whole(tuple(evaluate(r.stop, known) for r in raw.ranges), 9)
    table = slopes(lambda values: brute(raw, values, known), arrays, second)
    want = contracted(v, table)
    assert np.any(want)
    got = brute(form, arrays | {"v": v}, known)
    assert np.array_equal(got, want)
    with pytest.raises(symconv.SymconvError, match="does not read q"):
        gradient.second("q")


# --- what it is ---------------------------------------------------------------------------------


def test_shapes_sizes_and_inputs():
    op = symconv.operation(CONV)
    assert op.inputs == ("x", "w")
    assert op.open_sizes == ("K", "N", "P", "S")
    N, K, P, S = (sympy.Symbol(n, integer=True) for n in "NKPS")
    assert sympy.simplify(op.output_shape[0] - (sympy.floor((N + 2 * P - K) / S) + 1)) == 0
    partly = op.at(S=2, K=3)
    assert partly.open_sizes == ("N", "P")
    assert partly.at(N=8, P=1).output_shape == (4,)
    assert symconv.operation(CONV, S=2, K=3, N=8, P=1) == partly.at(N=8, P=1)
    assert symconv.operation("L = sum(x[3])").output_shape == ()
    numbers = {"N": np.int64(8), "P": np.array(1), "S": 2.0, "K": 3}
    assert op.at(**numbers).output_shape == (4,)


def test_the_elements():
    op = symconv.operation("y = conv1d(x=[a,b,1/2], w[2])")
    symbols = op.symbols
    assert [str(s) for s in symbols["x"]] == ["a", "b", "1/2"]
    assert [str(s) for s in symbols["w"]] == ["w_0", "w_1"]
    assert [str(s) for s in symbols["g"]] == ["g_0", "g_1"]
    assert [str(s) for s in symbols["y"]] == ["y_0", "y_1"]
    chain = symconv.operation("h = conv1d(x[3], w[2])\ny = relu(h)").symbols
    assert [str(s) for s in chain["dh"]] == ["dh_0", "dh_1"]


def test_outputs_and_matrices_agree():
    """A·vec(x) is what is written out; the padded matrix acts on the padded input."""
    op = symconv.operation("y = conv2d(x=[[a,b,c],[d,e,f]], w[2,2], stride=(2,1), padding=1)")
    A = op.matrix(of="x")
    column = sympy.Matrix(list(op.symbols["x"].ravel()))
    outputs = sympy.Matrix(list(op.outputs().ravel()))
    assert A.shape == (8, 6)
    assert (A * column - outputs).expand().is_zero_matrix
    wide = np.pad(op.symbols["x"], 1)
    padded = op.matrix(of="x", padded=True) * sympy.Matrix(list(wide.ravel()))
    assert (padded - outputs).expand().is_zero_matrix
    weights = op.matrix(of="w") * sympy.Matrix(list(op.symbols["w"].ravel()))
    assert (weights - outputs).expand().is_zero_matrix
    back = A.T * sympy.Matrix(list(op.symbols["g"].ravel()))
    assert (back - sympy.Matrix(list(op.gradient("x").outputs().ravel()))).expand().is_zero_matrix


def test_matrices_in_numbers():
    op = symconv.operation("y = conv1d(x[7], w[3], stride=2, padding=1, dilation=2)")
    w = np.array([2, -1, 5])
    values, (rows, columns) = op.coo(of="x", w=w)
    dense = np.zeros(op.map("x").shape, dtype=int)
    np.add.at(dense, (rows, columns), values)
    for n in range(7):
        basis = np.eye(7, dtype=int)[n]
        assert np.array_equal(dense[:, n], op.forward(x=basis, w=w))
    assert op.matrix(of="x") == op.matrix()


def test_the_textbook_example():
    op = symconv.operation("y = conv1d(x=[a,b,c,d], w=[x,y,z], padding=1)")
    assert str(op.matrix()) == ("Matrix([[y, z, 0, 0], [x, y, z, 0], [0, x, y, z], [0, 0, x, y]])")
    assert op.matrix(padded=True).shape == (4, 6)


def test_the_adjoint_test():
    op = symconv.operation("y = conv2d(x[5,6], w[2,3], b[1], stride=2, padding=1)")
    arrays = {"x": np.ones((5, 6)), "w": np.arange(6.0).reshape(2, 3), "b": np.ones(1)}
    for of in ("x", "w"):
        assert op.dottest(of, **arrays).passed
    assert not symconv.operation("y = relu(x[5])").dottest("x", x=np.arange(5.0) - 2).passed
    assert symconv.dottest(lambda v: 2 * v, lambda g: 2 * g, (3,), (3,)).passed
    assert not symconv.dottest(lambda v: 2 * v, lambda g: 3 * g, (3,), (3,)).passed


# --- formulas, steps, graph, code ---------------------------------------------------------------


def test_a_gradient_has_its_kinds():
    gradient = symconv.operation(CONV).gradient("x")
    assert isinstance(gradient, Gradient)
    assert len({gradient.latex(kind) for kind in ("raw", "gathered", "closed")}) == 3
    assert gradient.latex() == gradient.latex("gathered")
    assert gradient.form("raw") is gradient.raw
    assert gradient.form("closed") == gradient.closed.form
    assert gradient.sympy().has(sympy.Sum)
    assert gradient._repr_latex_() == rf"$\displaystyle {gradient.latex()}$"
    assert "<math" in gradient._repr_html_()


def test_steps_graph_and_code():
    op = symconv.operation("y = conv1d(x[4], w[2], stride=2)")
    steps = op.steps("w")
    assert isinstance(steps, Derivation)
    assert steps.steps
    assert steps._repr_latex_().startswith(r"$\displaystyle \begin{aligned}")
    assert len(op.graph().nodes) < len(op.graph("scalar").nodes)
    namespace: dict = {}
    exec(op.code(), namespace)
    x, w, g = np.array([1.0, 2, 3, 4]), np.array([2.0, -1]), np.array([1.0, 5])
    assert np.allclose(namespace["forward"](x, w), op.forward(x=x, w=w))
    made = namespace["backward"](g, x, w)
    wanted = op.backward(g, x=x, w=w)
    for tensor in "xw":
        assert np.allclose(made[tensor], wanted[tensor])


def test_a_graph_of_scalars_has_values():
    op = symconv.operation("y = conv1d(x[3], w[2])")
    flow = op.graph("scalar", x=[1, 2, 3], w=[4, 5])
    shown = {node.id: node.forward for node in flow.nodes}
    assert [shown[f"y[{n}]"] for n in range(2)] == [14, 23]
    assert shown["x[1]"] == 2


def test_notebooks():
    op = symconv.operation(CHAIN)
    assert op._repr_latex_().count(r"\\") >= 4
    assert op.latex().count("\n") == len(op.program.equations) - 1
    assert "<math" in op._repr_html_()
    assert "O" in op.style.sizes.values()


def test_views_are_values():
    op = symconv.operation(CONV)
    assert op == symconv.operation(CONV)
    assert op != symconv.operation(CONV, S=2)
    assert isinstance(op, Operation)
    assert GradientView is Gradient
    assert replace(op, program=op.program) == op


# --- what is refused ----------------------------------------------------------------------------

FIXED = symconv.operation(CONV, N=6, K=3, P=1, S=2)
OPEN = symconv.operation(CONV)
X, W = np.arange(6.0), np.arange(3.0)
GIVEN = {"x": X, "w": W, "P": 1, "S": 2}


def without(name):
    return {key: value for key, value in GIVEN.items() if key != name}


BAD = {
    "a tensor it does not depend on": (
        lambda: OPEN.gradient("v"),
        "y does not depend on v; expected one of x, w",
    ),
    "steps of such a tensor": (lambda: OPEN.steps("v"), "y does not depend on v"),
    "its own output": (lambda: OPEN.gradient("y"), "y does not depend on y"),
    "an unknown kind": (
        lambda: OPEN.gradient("x").latex("foo"),
        "expected raw, gathered or closed, got foo",
    ),
    "no closed form": (
        lambda: symconv.operation("y = relu(x[3])").gradient("x").sympy("closed"),
        "not one convolution",
    ),
    "no upstream gradient": (
        lambda: OPEN.gradient("x").evaluate(**GIVEN),
        "the upstream gradient is missing",
    ),
    "an upstream gradient that is too long": (
        lambda: OPEN.gradient("x").evaluate(np.ones(7), **GIVEN),
        "g: axis 0 has the wrong size; expected 3",
    ),
    "an upstream gradient of the wrong rank": (
        lambda: OPEN.gradient("x").evaluate(np.ones((3, 1)), **GIVEN),
        "g has the wrong number of axes; expected 1",
    ),
    "an upstream gradient that is none": (
        lambda: FIXED.backward("abc", x=X, w=W),
        "g is not an array of numbers",
    ),
    "the engine's upstream gradient": (
        lambda: FIXED.backward(np.ones(4), x=X, w=W),
        "expected (3,), got (4,)",
    ),
    "nothing upstream": (lambda: FIXED.backward(x=X, w=W), "upstream gradient"),
    "a missing array": (
        lambda: OPEN.forward(**without("w")),
        "expected x, w, K, N, P, S, got x, P",
    ),
    "no array": (lambda: OPEN.forward(), "got none"),
    "an array too many": (lambda: OPEN.forward(**GIVEN, z=X), "got x, w, P, S, z"),
    "a missing size": (lambda: OPEN.forward(**without("P")), "a number for each of P; try P=1"),
    "a wrong rank": (
        lambda: OPEN.forward(**GIVEN | {"x": X[None]}),
        "x has the wrong number of axes; expected 1",
    ),
    "a wrong size": (lambda: FIXED.forward(x=X[:4], w=W), "x: axis 0 has the wrong size"),
    "a size against an array": (
        lambda: symconv.operation("y = conv1d(x[N], w[N])").forward(x=X, w=W),
        "w: axis 0 has the wrong size; expected 6 (N), got 3",
    ),
    "half a padding": (lambda: OPEN.forward(**GIVEN | {"P": 1.5}), "a whole number, got 1.5"),
    "two paddings": (lambda: OPEN.forward(**GIVEN | {"P": [1, 2]}), "a whole number, got [1, 2]"),
    "a word for a padding": (lambda: OPEN.forward(**GIVEN | {"P": "a"}), "a whole number, got 'a'"),
    "a negative padding": (lambda: OPEN.forward(**GIVEN | {"P": -1}), "padding is too small"),
    "a word for an array": (lambda: OPEN.forward(**GIVEN | {"x": "abc"}), "x is not an array"),
    "a ragged array": (
        lambda: OPEN.forward(**GIVEN | {"x": [[1], [2, 3]]}),
        "x is not an array of numbers",
    ),
    "arrays that do not fit together": (
        lambda: OPEN.forward(**GIVEN | {"x": [1, 2], "w": np.ones(7)}),
        "the kernel is larger than the padded input",
    ),
    "an unknown size": (lambda: OPEN.at(Q=4), "there is no open size Q"),
    "half a size": (lambda: OPEN.at(N=4.5), "N is a size; expected a whole number, got 4.5"),
    "a word for a size": (lambda: OPEN.at(N="4"), "got '4'"),
    "no size at all": (lambda: OPEN.at(N=0), "input size is too small"),
    "sizes that do not fit": (
        lambda: symconv.operation("y = conv1d(x[N], w[3])", N=2),
        "the kernel is larger than the padded input",
    ),
    "elements of open sizes": (lambda: OPEN.symbols, "K=4 N=4 P=4 S=4"),
    "outputs of open sizes": (lambda: OPEN.outputs(), "K=4 N=4 P=4 S=4"),
    "gradients of open sizes": (lambda: OPEN.gradient("x").outputs(), "K=4 N=4 P=4 S=4"),
    "a matrix of open sizes": (lambda: OPEN.matrix(), "K=4 N=4 P=4 S=4"),
    "scalars of open sizes": (lambda: OPEN.graph("scalar"), "K=4 N=4 P=4 S=4"),
    "a matrix of nothing": (lambda: FIXED.matrix(of="q"), "there is no tensor q"),
    "a matrix of what is not linear": (
        lambda: symconv.operation("y = relu(x[3])").matrix(),
        "not linear in x",
    ),
    "a matrix without its numbers": (lambda: FIXED.coo(of="x"), "an array for each of w"),
    "an unknown level": (lambda: FIXED.graph("foo"), "expected operation or scalar, got foo"),
    "a graph of other arrays": (lambda: FIXED.graph("scalar", q=X), "some of x, w, got q"),
    "an adjoint of nothing": (lambda: FIXED.dottest("q", x=X, w=W), "expected x, w, got q"),
    "sizes beyond memory": (
        lambda: symconv.operation("y = conv1d(x[N], w[K])", N=10**7, K=10**5).matrix(),
        "too large to write out",
    ),
    "no operation": (lambda: symconv.operation(""), "the text is empty"),
    "a misspelt operation": (lambda: symconv.operation("y = conv1(x[4], w[2])"), "try conv1d"),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_refused_in_one_line(what):
    attempt, message = BAD[what]
    with pytest.raises(symconv.SymconvError) as caught:
        attempt()
    shown = str(caught.value)
    assert message in shown
    assert "\n" not in shown
    assert len(shown) < 400


def test_the_kinds_of_errors():
    with pytest.raises(symconv.NeedsSizes):
        OPEN.matrix()
    with pytest.raises(symconv.GeometryError):
        OPEN.at(N=2, K=9, P=0)
    with pytest.raises(symconv.SpecError) as caught:
        symconv.operation("y = conv1d(x[4], w[2]")
    assert caught.value.caret().splitlines()[0] == "y = conv1d(x[4], w[2]"
    kinds = (symconv.NeedsSizes, symconv.GeometryError, symconv.SpecError, symconv.NoteError)
    assert all(issubclass(kind, symconv.SymconvError) for kind in kinds)


# --- the package --------------------------------------------------------------------------------


def test_importing_the_package_costs_nothing():
    """Neither SymPy nor NumPy, nor any room, until a name is used."""
    code = (
        "import sys, symconv; symconv.__version__;"
        "heavy = [m for m in ('sympy', 'numpy', 'lark', 'symconv.api') if m in sys.modules];"
        "assert not heavy, heavy;"
        "symconv.SymconvError;"
        "assert 'sympy' not in sys.modules;"
        "symconv.operation;"
        "assert 'sympy' in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_exported_names():
    for name in symconv.__all__:
        assert getattr(symconv, name) is not None
    assert 8 <= len(symconv.__all__) <= 15
    assert symconv.operation is not None
    with pytest.raises(AttributeError, match="'symconv' has no attribute 'conv1d'"):
        symconv.conv1d  # noqa: B018
