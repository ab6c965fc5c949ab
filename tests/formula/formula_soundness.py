# ruff: noqa: E501
"""Random claims about a convolution in one dimension, made as text and as plain loops at once."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

Numbers = list[int]
World = dict[str, object]
GRID = [(n, k, p) for n in range(1, 7) for k in range(1, 5) for p in range(3)]


@dataclass(frozen=True)
class Made:
    """A claim: its text, the values that it gives at each position, the positions it names."""

    op: str
    text: str
    names: tuple[tuple[str, str], ...]
    about: str
    value: Callable[[dict, tuple[int, ...]], float]
    where: Callable[[dict], tuple[int, int]] | None = None


def inside(a: Numbers, i: int) -> int:
    return a[i] if 0 <= i < len(a) else 0


def world(n: int, k: int, p: int, stride: int, seed: int) -> dict | None:
    """Data at small sizes, with what is true of them by loops; None where there is no output."""
    out = (n + 2 * p - k) // stride + 1
    if n + 2 * p < k or out < 1:
        return None
    source = random.Random(seed)
    draw = lambda count: [source.choice([-1, 1]) * source.randint(2, 99) for _ in range(count)]  # noqa: E731
    d: dict = {"N": n, "K": k, "P": p, "O": out, "x": draw(n), "w": draw(k), "g": draw(out)}
    at = [(o, j, stride * o + j - p) for o in range(out) for j in range(k)]
    d["y"] = {
        (o,): sum(d["w"][j] * inside(d["x"], i) for q, j, i in at if q == o) for o in range(out)
    }
    d["dw"] = {
        (m,): sum(d["g"][o] * inside(d["x"], i) for o, j, i in at if j == m) for m in range(k)
    }
    d["dx"] = {(m,): sum(d["g"][o] * d["w"][j] for o, j, i in at if i == m) for m in range(n)}
    d["M"] = {(o, i): inside(d["w"], i - stride * o + p) for o in range(out) for i in range(n)}
    return d


def shifted(source: random.Random) -> int:
    return source.choice([0] * 5 + [1, -1])


def plus(*parts: tuple[int, str]) -> str:
    """``2o + k - P``: numbers in front of letters ("" for none)."""
    text = ""
    for number, letter in parts:
        if number:
            size = "" if abs(number) == 1 and letter else str(abs(number))
            text += ("-" if number < 0 else "+") + size + letter
    return text.lstrip("+") or "0"


def head(source: random.Random, tensor: str, letter: str) -> str:
    """A left side; a heading in front of some."""
    spellings = [
        r"\frac{\partial L}{\partial T_I}", r"{\partial L \over \partial T_I}", "dT_I", r"\partial T_I",
        r"\frac{\delta L}{\delta T_I}", r"\partial_{T_I} L", r"\nabla_{T_I} L", r"\frac{\partial L}{\partial T}_I",
        r"\text{Backward: } dT_I", r"\left(\frac{\partial L}{\partial T}\right)_I",
    ]  # fmt: skip
    chosen = source.choice(spellings)
    return chosen.replace("T", tensor).replace("I", letter)


def factor(source: random.Random) -> tuple[str, float]:
    """A number in front: 1 in some spelling, or another."""
    return source.choice(
        [("", 1)] * 6
        + [(r"\frac12 \cdot 2 ", 1), (r"{3 \over 3} ", 1), (r"\frac{1}2 ", 0.5), ("2 ", 2)]
    )


def ranged(source: random.Random, letter: str, count: str, size: Callable[[dict], int]):
    """A range behind a formula: within the axis, or one too far."""
    style = source.randrange(8)
    if style < 4:
        return "", None
    low, high = source.choice([0] * 4 + [1, -1]), source.choice([0] * 4 + [1, -1])
    end = plus((1, count), (high, ""))
    text = (
        rf" \text{{ for }} {low} \le {letter} < {end}",
        rf", \quad {low} \le {letter} \le {end} - 1",
        rf", \forall {letter}, {end} > {letter} \ge {low}",
        rf", \quad {letter} = {low}, \dots, {end} - 1",
    )[style - 4]
    return text, lambda d: (low, size(d) + high)


def forward(source: random.Random, stride: int, padded: bool) -> Made:
    """``y_o = Σ_k w_k x_{so+k-P}``, somehow changed."""
    a, b, c = stride + shifted(source), source.choice([1] * 5 + [-1]), shifted(source)
    sign = source.choice([-1] * 6 + [1]) * padded
    flip, low, more = source.random() < 0.2, source.choice([0] * 4 + [1]), shifted(source)
    front, number = factor(source)

    def term(k: tuple[tuple[int, str], ...]) -> str:
        turned = tuple((-n, t) for n, t in k)
        kernel = plus((1, "K"), (-1, ""), *turned) if flip else plus(*k)
        here = tuple((b * n, t) for n, t in k)
        return rf"w_{{{kernel}}} x_{{{plus((a, 'o'), *here, (sign, 'P'), (c, ''))}}}"

    last = ((1, "K"), (more - 1, ""))
    style = source.randrange(4)
    if style == 0:
        right = rf"\sum_{{k={low}}}^{{{plus(*last)}}} {front}{term(((1, 'k'),))}"
    elif style == 1:
        right = rf"{front}\sum_{{{low} \le k < {plus((1, 'K'), (more, ''))}}} {term(((1, 'k'),))}"
    else:
        shown = [((low, ""),), ((low + 1, ""),)][: source.choice([1, 2])]
        front, number = "", 1
        right = " + ".join([term(k) for k in shown] + [r"\dots", term(last)])
    said, where = ranged(source, "o", "O", lambda d: d["O"])

    def value(d: dict, at: tuple[int, ...]) -> float:
        total = 0
        for k in range(low, d["K"] + more):
            read = inside(d["w"], d["K"] - 1 - k if flip else k)
            total += read * inside(d["x"], a * at[0] + b * k + sign * d["P"] + c)
        return number * total

    return Made("", f"y_o = {right}{said}", (), "y", value, where)


def kernel(source: random.Random, stride: int, padded: bool) -> Made:
    """``dw_k = Σ_o g_o x_{so+k-P}``, somehow changed."""
    a, b, c = stride + shifted(source), source.choice([1] * 5 + [-1]), shifted(source)
    sign, more = source.choice([-1] * 6 + [1]) * padded, shifted(source)
    front, number = factor(source)
    read = rf"g_o x_{{{plus((a, 'o'), (b, 'k'), (sign, 'P'), (c, ''))}}}"
    limits = source.choice(
        [
            "o",
            f"o=0}}^{{{plus((1, 'O'), (more - 1, ''))}",
            rf"0 \le o < {plus((1, 'O'), (more, ''))}",
        ]
    )
    bounded = limits != "o"
    said, where = ranged(source, "k", "K", lambda d: d["K"])

    def value(d: dict, at: tuple[int, ...]) -> float:
        stop = d["O"] + more if bounded else d["O"]
        outs = range(stop)
        return number * sum(
            inside(d["g"], o) * inside(d["x"], a * o + b * at[0] + sign * d["P"] + c) for o in outs
        )

    text = rf"{head(source, 'w', 'k')} = {front}\sum_{{{limits}}} {read}{said}"
    return Made("", text, (), "dw", value, where)


def image(source: random.Random, stride: int, padded: bool) -> Made:
    """``dx_i = Σ_{so+k-P=i} w_k g_o``, somehow changed."""
    a, c = stride + shifted(source) * (stride > 1), shifted(source)
    a = max(a, 1)
    sign, flip = source.choice([1] * 6 + [-1]) * padded, source.random() < 0.15
    front, number = factor(source)
    shift = plus((1, "i"), (sign, "P"), (c, ""))
    w = "w_{K-1-k}" if flip else "w_k"
    back = plus((1, "i"), (sign, "P"), (c, ""), (-1, "k"))
    sum_ = source.choice([
        rf"\sum_{{(o,k):\, {plus((a, 'o'))}+k = {shift}}} {w} g_o",
        rf"\sum_{{\{{(o,k) \mid {plus((a, 'o'))}+k = {shift}\}}}} {w} g_o",
        rf"\sum_{{o,k \text{{ s.t. }} {plus((a, 'o'))}+k = {shift}}} {w} g_o",
        rf"\sum_{{k \equiv {shift} \bmod {a}}} {w} g_{{({back})//{a}}}",
        rf"\sum_{{k:\, {back} \equiv 0 \pmod{{{a}}}}} {w} g_{{({back})/{a}}}",
        rf"\sum_k {w} g_{{({back})/{a}}}", rf"\sum_k {{{w} g_{{{{{back} \over {a}}}}} \over 1}}",
    ])  # fmt: skip
    said, where = ranged(source, "i", "N", lambda d: d["N"])

    def value(d: dict, at: tuple[int, ...]) -> float:
        total = 0
        for o in range(d["O"]):
            for k in range(d["K"]):
                if a * o + k == at[0] + sign * d["P"] + c:
                    total += d["g"][o] * d["w"][d["K"] - 1 - k if flip else k]
        return number * total

    return Made("", f"{head(source, 'x', 'i')} = {front}{sum_}{said}", (), "dx", value, where)


def matrix(source: random.Random, stride: int, padded: bool) -> Made:
    """``M_{o,i} = w_{i-so+P}``, somehow changed."""
    a, c, sign = stride + shifted(source), shifted(source), source.choice([1] * 6 + [-1]) * padded
    left = source.choice(["M_{o,i}", "M_{oi}", "M[o,i]"])
    at = plus((1, "i"), (-a, "o"), (sign, "P"), (c, ""))
    right = source.choice([
        rf"w_{{{at}}}", rf"\sum_k w_k [k = {at}]",
        rf"\begin{{cases}} w_{{{at}}} & 0 \le {at} < K \\ 0 & \text{{otherwise}} \end{{cases}}",
    ])  # fmt: skip

    def value(d: dict, place: tuple[int, ...]) -> float:
        return inside(d["w"], place[1] - a * place[0] + sign * d["P"] + c)

    return Made("", f"{left} = {right}", (("M", "matrix(y,x)"),), "M", value)


KINDS = (forward, kernel, image, matrix)


def claim(source: random.Random) -> tuple[Made, int, bool]:
    """A claim, and the stride and padding of the operation that it is about."""
    stride, padded = source.choice([1, 2, 2, 3]), source.random() < 0.6
    made = source.choice(KINDS)(source, stride, padded)
    op = f"y = conv1d(x[N], w[K], stride={stride}{', padding=P' if padded else ''})"
    names = (*made.names, ("O", "width(y)"))
    return Made(op, made.text, names, made.about, made.value, made.where), stride, padded


def holds(made: Made, d: dict) -> bool:
    """Whether the claim is true of some data."""
    truth = d[made.about]
    low, stop = made.where(d) if made.where else (0, None)
    size = {"y": d["O"], "dw": d["K"], "dx": d["N"]}.get(made.about, 0)
    if made.where and (low < 0 or stop > size):
        return False
    places = [at for at in truth if stop is None or low <= at[0] < stop]
    return all(abs(truth[at] - made.value(d, at)) < 1e-9 for at in places)
