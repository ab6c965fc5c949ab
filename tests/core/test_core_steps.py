"""Derivations: every printed equality holds, says something, and a wrong one cannot be made."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from core_forms import STEP, along, brute, contracted, equal, number, slopes, upstream, whole

import symconv
from symconv import steps, witness
from symconv.closed import Readings, readings
from symconv.fixing import fix_sizes
from symconv.gradients import backward, upstream_names
from symconv.index import Condition, Symbol, add
from symconv.meaning import evaluate_equation
from symconv.operations import REGISTRY
from symconv.operations.build import build
from symconv.reindex import with_bounds
from symconv.sampling import generic_sizes
from symconv.steps import StepError, derive
from symconv.steps import making as making_room
from symconv.syntax.spec import parse
from symconv.terms import Selection


def graph(text):
    return build(parse(text))


EXACT = (
    "y = conv1d(x[N], w[K], stride=S, padding=P, dilation=D)",
    "y = conv1d(x[N,C,H], w[F,C,K], b[F], stride=2)",
    "y = conv2d(x[H,W], w[K,L], stride=(2,1), padding=(1,0))",
    "y = conv_transpose1d(x[H], w[K], stride=S, padding=1)",
    "y = conv_transpose1d(x[2,3], w[2,1,2], b[1], stride=2, padding=1, output_padding=1)",
    'y = convolve(x[N], w[K], mode="full")',
    'y = correlate(x[6], w[3], mode="same")',
    'y = convolve(x[5], w[3], mode="circular")',
    "y = avg_pool1d(x[C,H], 3, stride=2, padding=1, count_include_pad=False)",
    "y = max_pool1d(x[2,7], 3, stride=2, padding=1)",
    "Y = unfold(x[1,1,3,2], (2,2), padding=1)",
    "y = fold(Y[1,4,2], (3,2), (2,2))",
    "y = relu(x[N])",
    "y = add(a[N], b[N])",
    "y = sub(a[4], b[4])",
    "y = scale(x[5], 3)",
    "y = sum(x[2,3])",
    "L = mse(y[N], t[N])",
    "y[o] = sum(w[k]*x[2*o+k-P], k=0..K-1) for o=0..O-1 with x[N]",
    "y[o] = sum(x[o+k]*x[o]*w[k], k=0..K-1) for o=0..3",
    "y[o] = sum(1/2*relu(x[o+k])*w[k], k=0..2, (o+k)%2==0) for o=0..4",
    "h = conv1d(x[N], u[3], padding=1)\nr = relu(h)\ny = conv1d(r, w[K], stride=2)\nL = mse(y, t)",
    "h = conv1d(x[8], w[3], padding=1)\nr = add(h, x)\ny = conv1d(r, w, stride=2)",
    "m = max_pool1d(x[2,7], 3, 2)\ny = conv1d(m, w[4,2,2])\nL = sum(y)",
)
SMOOTH = (
    "y = sigmoid(x[N])",
    "y = tanh(x[N])",
    "L = cross_entropy(z[N,C], t[N,C])",
    "h = conv1d(x[N], w[K])\ns = sigmoid(h)\nL = mse(s, t)",
)
EVERYTHING = (
    "y = conv3d(x[3,2,3], w[2,2,1])",
    "y = conv_transpose2d(x[2,2], w[2,2], stride=2)",
    "y = conv_transpose3d(x[2,1,2], w[1,2,2])",
    "y = avg_pool2d(x[1,1,4,4], 2)",
    "y = avg_pool3d(x[1,2,2,3], 2)",
    "y = max_pool2d(x[1,1,4,4], 2)",
    "y = max_pool3d(x[1,2,2,3], 2)",
)


def test_every_operation_is_derived():
    """The specs here name every operation that there is."""
    used = {n.keyword for text in (*EXACT, *SMOOTH, *EVERYTHING) for n in graph(text).nodes}
    assert used - {""} == set(REGISTRY)


@pytest.mark.parametrize("text", (*EXACT, *SMOOTH, *EVERYTHING))
def test_every_step_says_something(text):
    made = graph(text)
    for tensor in (t.name for t in made.inputs):
        found = derive(made, tensor, geometries=2)
        printed = [(s.left.latex, s.right.latex) for s in found.steps]
        assert found.geometries == 2
        assert found.symbolic is bool(made.open_sizes())
        assert all(left != right for left, right in printed)
        assert len(set(printed)) == len(printed)
        assert all(step.reason and step.left.latex and step.right.latex for step in found.steps)
        assert found.steps[0].name == "definition"
        assert {"local derivative"} <= {step.name for step in found.steps}
        assert found.latex().count("&=") == len(printed)


# --- both sides, evaluated a second time --------------------------------------------------------


def select(selection, arrays):
    """The mask of first maxima, read literally."""
    known = {}
    array = arrays[selection.read.tensor]
    mask = np.zeros([number(n, known) for n in selection.shape], dtype=object)
    for out in np.ndindex(*[number(r.stop, known) for r in selection.ranges]):
        best = None
        for window in np.ndindex(*[number(r.stop, known) for r in selection.window]):
            letters = [r.name for r in (*selection.ranges, *selection.window)]
            env = dict(zip(letters, (*out, *window), strict=True))
            at = tuple(number(i, env) for i in selection.read.at)
            inside = all(0 <= i < n for i, n in zip(at, array.shape, strict=True))
            if inside and (best is None or array[at] > best[0]):
                best = (array[at], (*out, *window))
        mask[best[1]] = 1
    return mask


def run(equations, arrays, sizes):
    known = dict(arrays)
    for equation in equations:
        chosen = isinstance(equation, Selection)
        known[equation.name] = select(equation, known) if chosen else brute(equation, known, sizes)
    return known


@pytest.mark.parametrize("text", EXACT)
def test_both_sides_by_another_evaluator(text):
    """Loops of our own in place of the plain evaluator, differences in place of dual numbers."""
    made = graph(text)
    sizes = next(iter(generic_sizes(made, 1, seed=5, most=40))) if made.open_sizes() else {}
    fixed = fix_sizes(made, sizes)
    arrays = away_from_kinks(fixed)
    name = upstream_names(made)[made.output]
    g = upstream(fixed.equations[-1], {}) if name else np.array(1)
    base = arrays | ({name: g} if name else {})
    for tensor in list(arrays)[:2]:
        for step in derive(made, tensor, geometries=1, seed=1).steps:
            left, right = (
                side_value(made, side, base, sizes, g) for side in (step.left, step.right)
            )
            assert equal(left, right), step.name


def away_from_kinks(fixed):
    """Whole numbers with which nothing is 0 where relu looks, and no two maxima tie."""
    looked_at = {
        read.tensor
        for e in fixed.equations
        if not isinstance(e, Selection)
        for term in e.terms
        for read in term.reads
        if read.function
    }
    compared = {e.read.tensor for e in fixed.equations if isinstance(e, Selection)}
    for seed in range(100):
        arrays = {
            t.name: whole(tuple(number(n, {}) for n in t.shape), 3 + place + 10 * seed)
            for place, t in enumerate(fixed.inputs)
        }
        values = run(fixed.equations, arrays, {})
        distinct = all(len(set(values[n].ravel())) == values[n].size for n in compared)
        if distinct and all(np.all(values[n]) for n in looked_at):
            return arrays
    raise AssertionError("no data away from the kinks")


def side_value(made, side, base, sizes, g):
    if side.derivative_of is None:
        return run(side.equations, base, sizes)[side.equations[-1].name]
    output, tensor = side.derivative_of
    order = [e.name for e in made.equations]
    inner = order.index(tensor) + 1 if tensor in order else 0
    stop = order.index(output) + 1
    start = inner if side.contracted else stop - 1
    values = run(made.equations[:start], base, sizes)

    def value(arrays):
        return run(made.equations[start:stop], arrays, sizes)[output]

    if not side.contracted:
        return slopes(value, values, tensor)
    want = np.empty(values[tensor].shape, dtype=object)
    for at in np.ndindex(*want.shape):

        def moved(t, at=at):
            array = values[tensor].copy()
            array[at] = array[at] + t
            return contracted(g, value(values | {tensor: array}))

        want[at] = along(moved, STEP / 1000)
    return want


def test_the_last_step_is_the_gradient():
    """The derivation's result, closed or gathered, against the engine."""
    op = symconv.operation("y = conv2d(x[2,4,3], w[3,2,3,2], b[3], stride=(2,1), padding=1)")
    arrays = {t.name: whole(tuple(t.shape), 4).astype(int) for t in op.program.inputs}
    g = whole(op.output_shape, 6).astype(int)
    wanted = op.backward(g, **arrays)
    for tensor in arrays:
        found = derive(op.program, tensor, geometries=1)
        assert equal(evaluate_equation(found.result, arrays | {"g": g}), wanted[tensor])
        last = found.steps[-1].right
        values = arrays | {"g": g}
        for equation in last.equations[1:]:
            values[equation.name] = evaluate_equation(equation, values)
        assert equal(values[f"d{tensor}"], wanted[tensor])
        assert (found.closed is None) is (tensor == "b")


# --- what the steps are -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tensor", "names"),
    [
        (
            "x",
            "definition, chain rule, local derivative, survivors, re-index, bounds, closed form",
        ),
        ("w", "definition, chain rule, local derivative, survivors, bounds, closed form"),
    ],
)
def test_the_steps_of_a_convolution(tensor, names):
    found = derive(graph("y = conv1d(x[N], w[K], stride=S, padding=P, dilation=D)"), tensor)
    assert [step.name for step in found.steps] == names.split(", ")
    for before, after in zip(found.steps[3:], found.steps[4:], strict=False):
        assert before.right == after.left
    assert found.steps[1].right == found.steps[3].left


def test_the_lines_of_a_derivation():
    found = derive(graph("y = conv1d(x[N], w[K], stride=2, padding=P)"), "x")
    lines = [f"{s.left.latex} = {s.right.latex}" for s in found.steps]
    assert lines[0] == r"y_{o} = \sum_{k=0}^{K - 1} w_{k} \, x_{2o + k - P}"
    assert lines[1] == (
        r"\frac{\partial L}{\partial x_{i}} = \sum_{o=0}^{O - 1} g_{o} \, "
        r"\frac{\partial y_{o}}{\partial x_{i}}"
    )
    assert lines[2] == (
        r"\frac{\partial y_{o}}{\partial x_{i}} = \sum_{\substack{k=0\\ 2o + k - P = i}}^{K - 1} "
        r"w_{k}"
    )
    gathered = r"\sum_{\substack{k=0\\ 2 \mid i + P - k}}^{K - 1} g_{(i + P - k)/2} \, w_{k}"
    assert lines[4].endswith(f" = {gathered}")
    assert lines[5].startswith(f"{gathered} = ")
    assert r"0 \le (i + P - k)/2 < O" in lines[5]
    assert lines[6].endswith(
        r" = \sum_{k=0}^{K - 1} \hat{g}_{i + k - (K - 1 - P)} \, w_{K - 1 - k}"
    )
    assert "it must come out whole" in found.steps[4].reason
    assert "only those whose position meets the element" in found.steps[3].reason


def test_a_chain_starts_at_its_end():
    text = "h = conv1d(x[N], u[A])\nr = relu(h)\ny = conv1d(r, w[K])"
    found = derive(graph(text), "u", geometries=1)
    heads = [step.left.latex for step in found.steps if step.name == "chain rule"]
    assert heads == [rf"\frac{{\partial L}}{{\partial {n}}}" for n in ("r_{i}", "h_{o}", "u_{k}")]
    assert [s.left.latex for s in found.steps if s.name == "definition"] == [
        "y_{o}",
        "r_{o}",
        "h_{o}",
    ]


def test_a_loss_needs_no_chain_rule_for_what_it_reads():
    """∂L/∂x = ∂L/∂x would say nothing."""
    found = derive(graph("L = sum(x[N])"), "x", geometries=1)
    assert [step.name for step in found.steps] == ["definition", "local derivative"]


def test_what_the_output_does_not_depend_on_is_refused():
    with pytest.raises(symconv.SymconvError, match=r"y does not depend on v; expected one of x, w"):
        derive(graph("y = conv1d(x[4], w[2])"), "v")


def test_derivations_repeat():
    made = graph("y = conv1d(x[N], w[K], stride=S)")
    assert derive(made, "w", seed=3) == derive(made, "w", seed=3)


# --- planted mistakes ---------------------------------------------------------------------------

TEXT = "y = conv1d(x[N], w[K], stride=S, padding=P, dilation=D)"


def doubled(form):
    return replace(form, terms=tuple(replace(t, coefficient=t.coefficient * 2) for t in form.terms))


def shifted(form):
    """Every read of the first tensor is one off."""
    (term,) = form.terms
    first = replace(term.reads[0], at=(*term.reads[0].at[:-1], add(term.reads[0].at[-1], 1)))
    return replace(form, terms=(replace(term, reads=(first, *term.reads[1:])),))


def unconditional(form):
    return replace(form, terms=tuple(replace(t, where=()) for t in form.terms))


def wrong_readings(change):
    def made(graph, raw):
        found = readings(graph, raw)
        return replace(found, **change(found))

    return made


def no_stuffing(found: Readings):
    """The zero-stuffed tensor without its condition: every entry S times."""
    (wide,) = found.closed.auxiliary
    return {"closed": replace(found.closed, auxiliary=(unconditional(wide),))}


def narrower(form):
    """The upper bounds one too small."""
    made = with_bounds(form)
    terms = []
    for term in made.terms:
        where = tuple(
            Condition(c.left, "<", add(c.right, -1)) if c.relation == "<" else c for c in term.where
        )
        terms.append(replace(term, where=where))
    return replace(made, terms=tuple(terms))


def half_chain(raw, consumers, locals_, names):
    form = making_room.Form(raw.name, raw.ranges, (), ())
    full = chained(raw, consumers, locals_, names)
    terms = tuple(
        replace(t, sums=tuple(replace(r, stop=add(r.stop, -1)) for r in t.sums)) for t in full.terms
    )
    return replace(form, terms=terms, shapes=full.shapes)


chained = making_room.chained

PLANTED = {
    "definition": (
        witness,
        "forward",
        lambda graph, arrays: {name: value + 1 for name, value in forward(graph, arrays).items()},
    ),
    "chain rule": (making_room, "chained", half_chain),
    "local derivative": (
        making_room,
        "jacobian",
        lambda *arguments: doubled(jacobian(*arguments)),
    ),
    "survivors": (
        making_room,
        "backward",
        lambda graph, wanted: tuple(map(doubled, backward(graph, wanted))),
    ),
    "re-index": (
        making_room,
        "readings",
        wrong_readings(lambda found: {"gathered": unconditional(found.gathered)}),
    ),
    "re-index, shifted": (
        making_room,
        "readings",
        wrong_readings(lambda found: {"gathered": shifted(found.gathered)}),
    ),
    "bounds": (making_room, "with_bounds", narrower),
    "closed form": (
        making_room,
        "readings",
        wrong_readings(
            lambda found: {"closed": replace(found.closed, form=shifted(found.closed.form))}
        ),
    ),
    "closed form, not stuffed": (making_room, "readings", wrong_readings(no_stuffing)),
}
forward = witness.forward
jacobian = making_room.jacobian


@pytest.mark.parametrize("name", PLANTED)
def test_a_wrong_step_cannot_be_made(monkeypatch, name):
    room, attribute, wrong = PLANTED[name]
    derive(graph(TEXT), "x")
    monkeypatch.setattr(room, attribute, wrong)
    step = name.split(",")[0]
    # a wrong local derivative is met first where the chain rule uses it
    met = {"local derivative": "chain rule"}.get(step, step)
    with pytest.raises(StepError, match=f"the step '{met}' does not hold at") as caught:
        derive(graph(TEXT), "x")
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, symconv.SymconvError)


def test_a_wrong_flip_is_caught(monkeypatch):
    """The kernel read forwards in the closed form."""

    def unflipped(graph, raw):
        found = readings(graph, raw)
        (term,) = found.closed.form.terms
        data, kernel = term.reads
        straight = replace(term, reads=(data, replace(kernel, at=(Symbol("k"),))))
        form = replace(found.closed.form, terms=(straight,))
        return replace(found, closed=replace(found.closed, form=form))

    monkeypatch.setattr(making_room, "readings", unflipped)
    with pytest.raises(StepError, match="closed form"):
        derive(graph("y = conv1d(x[6], w[3], padding=1)"), "x")


def test_a_wrong_local_derivative_is_caught_by_itself(monkeypatch):
    """Two wrongs that make the chain rule right: the local derivative is still compared."""
    monkeypatch.setattr(making_room, "jacobian", PLANTED["local derivative"][2])

    def halved(*arguments):
        full = chained(*arguments)
        return replace(
            full, terms=tuple(replace(t, coefficient=t.coefficient / 2) for t in full.terms)
        )

    monkeypatch.setattr(making_room, "chained", halved)
    with pytest.raises(StepError, match="local derivative"):
        derive(graph(TEXT), "x")


def test_every_geometry_counts(monkeypatch):
    """A mistake that shows at one of the geometries only is enough."""
    seen = []

    def sometimes(graph, arrays):
        made = forward(graph, arrays)
        seen.append(1)
        return {n: v + (len(seen) == 3) for n, v in made.items()}

    monkeypatch.setattr(witness, "forward", sometimes)
    with pytest.raises(StepError, match="definition"):
        derive(graph(TEXT), "x", geometries=3)
    assert len(seen) == 3


def test_the_exported_names():
    assert steps.derive is derive
    assert issubclass(StepError, symconv.SymconvError)
