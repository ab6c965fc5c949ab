"""Specs with letters for their sizes, each beside PyTorch's program for numbers in their place.

An operation is written once, its sizes and options as small expressions of the letters: they make
the spec's text and, evaluated, the geometry that PyTorch is asked about.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any

import witness_by_torch
from witness_by_torch import torch
from witness_case import Case, Shape

Tensors = dict[str, Any]
Sizes = dict[str, int]

SPANS = {"S": (1, 3), "T": (1, 3), "D": (1, 2), "P": (0, 2), "Q": (0, 2), "E": (0, 1), "G": (2, 3)}
"""From where numbers for letters are drawn; all others are from 1 to 7."""
MOST = 400
"""Numbers in all tensors together."""


@dataclass(frozen=True, eq=False)
class Program:
    """A spec with letters and its witness.

    `shapes` are the tensors' sizes, `hidden` the letters that no tensor shows, `fits` what must
    hold between the letters.  Of whole numbers `exact` programs give whole numbers.  `engine` says
    whether the engine runs it, which has no sums with conditions.
    """

    text: str
    shapes: dict[str, str]
    run: Callable[[Tensors, Sizes], Any]
    hidden: str = ""
    fits: str = "True"
    exact: bool = True
    engine: bool = True

    @property
    def letters(self) -> list[str]:
        """All letters."""
        return sorted({*re.findall(r"[A-Z]", ",".join(self.shapes.values())), *self.hidden})

    def draw(self, count: int) -> list[tuple[Sizes, dict[str, Shape]]]:
        """Different numbers for all letters that fit together, and the shapes then."""
        source = random.Random(self.text)
        found: dict[str, tuple[Sizes, dict[str, Shape]]] = {}
        while len(found) < count:
            sizes, shapes = self._one(source)
            found[str(sizes)] = sizes, shapes
        return list(found.values())

    def _one(self, source: random.Random) -> tuple[Sizes, dict[str, Shape]]:
        for _ in range(20000):
            sizes = {name: source.randint(*SPANS.get(name, (1, 7))) for name in self.letters}
            if not eval(self.fits, {}, dict(sizes)):
                continue
            shapes = {name: shape(text, sizes) for name, text in self.shapes.items()}
            if self._runs(sizes, shapes):
                return sizes, shapes
        raise AssertionError(f"no sizes for {self.text}")

    def _runs(self, sizes: Sizes, shapes: dict[str, Shape]) -> bool:
        """Whether PyTorch takes the sizes and leaves finite numbers."""
        if not 4 <= sum(map(prod, shapes.values())) <= MOST:
            return False
        if min(min(axes, default=1) for axes in shapes.values()) < 1:
            return False
        try:
            ones = {name: torch.ones(s, dtype=torch.float64) for name, s in shapes.items()}
            made = self.run(ones, sizes)
        except RuntimeError:
            return False
        more = made.numel() > 1 or made.dim() == 0
        return more and bool(torch.isfinite(made).all())


def shape(text: str, sizes: Sizes) -> Shape:
    """``"N,C//G"`` in numbers."""
    return tuple(eval(size, {}, dict(sizes)) for size in text.split(",")) if text else ()


SMOOTH = ("sigmoid", "tanh", "avg", "mse", "cross")


def one(keyword: str, shapes: dict[str, str], fits: str = "True", **options: str) -> Program:
    """One operation, whose witness is the one of the table of geometries."""
    tensors = [f"{name}[{sizes}]" if sizes else name for name, sizes in shapes.items()]
    given = [f"{name}={value}" for name, value in options.items()]

    def run(found: Tensors, sizes: Sizes) -> Any:
        known = {name: eval(value, {}, dict(sizes)) for name, value in options.items()}
        case = Case(keyword, {name: tensor.shape for name, tensor in found.items()}, known)
        return witness_by_torch.run(case, found)

    shown = {size for text in shapes.values() for size in text.split(",")}
    letters = set(re.findall(r"\b[A-Z]\b", " ".join([*shapes.values(), *options.values()])))
    target = "L" if keyword in ("sum", "mse", "cross_entropy") else "y"
    text = f"{target} = {keyword}({', '.join([*tensors, *given])})"
    exact = not keyword.startswith(SMOOTH)
    return Program(text, shapes, run, "".join(sorted(letters - shown)), fits, exact)


def convolutions() -> list[Program]:
    """The convolutions: every rank, every kind of padding, groups."""
    found = []
    for d, (x, w, o) in {1: ("H", "K", "S"), 2: ("H,W", "K,L", "S,T")}.items():
        one_each = {"stride": f"({o},)" if d == 1 else f"({o})", "dilation": "D"}
        plain = {"x": x, "w": w, "b": ""}
        channels = {"x": f"C,{x}", "w": f"F,C,{w}", "b": "F"}
        batch = {"x": f"N,C,{x}", "w": f"F,C,{w}", "b": "F"}
        found += [
            one(f"conv{d}d", plain, **one_each, padding="P"),
            one(f"conv{d}d", channels, **one_each, padding="(P,Q)"),
            one(f"conv{d}d", batch, **one_each, padding="P"),
            one(f"conv{d}d", {**batch, "w": f"F,C//G,{w}"}, "C%G==0 and F%G==0", groups="G"),
            one(f"conv_transpose{d}d", plain, **one_each, padding="P"),
            one(f"conv_transpose{d}d", {**channels, "w": f"C,F,{w}"}, padding="(P,Q)", stride="S"),
            one(
                f"conv_transpose{d}d",
                {"x": f"N,C,{x}", "w": f"C,F,{w}", "b": "F"},
                **one_each,
                padding="P",
                output_padding="E",
            ),
            one(
                f"conv_transpose{d}d",
                {"x": f"N,C,{x}", "w": f"C,F,{w}"},
                "C%G==0",
                groups="G",
                stride="S",
            ),
        ]
        found += [
            one(f"conv{d}d", {"x": x, "w": w}, **one_each, padding=f"'{name}'")
            for name in ("same", "valid", "full", "causal")
        ]
        found += [
            one(f"conv{d}d", {"x": x, "w": w}, stride="S", padding="P", padding_mode=f"'{mode}'")
            for mode in ("circular", "reflect", "replicate")
        ]
    cube = {"x": "N,C,U,H,W", "w": "F,C,J,K,L", "b": "F"}
    found += [
        one("conv3d", cube, stride="(S,T,1)", padding="(P,Q,1)"),
        one("conv3d", {"x": "U,H,W", "w": "J,K,L"}, stride="S", padding="((P,Q),0,1)"),
        one("conv_transpose3d", {**cube, "w": "C,F,J,K,L"}, stride="(S,T,1)", padding="(P,Q,1)"),
        one("conv_transpose3d", {"x": "U,H,W", "w": "J,K,L"}, stride="S", output_padding="S-1"),
    ]
    return found


def others() -> list[Program]:
    """Filters, pooling, windows as columns, functions, losses."""
    found = []
    for keyword in ("convolve", "correlate"):
        for mode in ("full", "same", "valid", "circular"):
            shorter = "K<=H" if mode in ("same", "valid") else "True"
            found.append(one(keyword, {"x": "H", "w": "K"}, shorter, mode=f"'{mode}'"))
            shorter = "K<=H and L<=W" if mode == "valid" else "True"
            found.append(one(keyword, {"x": "H,W", "w": "K,L"}, shorter, mode=f"'{mode}'"))
    for d, x in {1: "H", 2: "H,W", 3: "U,H,W"}.items():
        room = f"min({x},99)>=K"  # PyTorch's ceil_mode takes a kernel that is too large
        half = f"2*P<=K and {room}"
        found += [
            one(f"avg_pool{d}d", {"x": f"N,C,{x}"}, half, kernel_size="K", stride="S", padding="P"),
            one(f"avg_pool{d}d", {"x": x}, room, kernel_size="K"),
            one(
                f"avg_pool{d}d",
                {"x": f"C,{x}"},
                half,
                kernel_size="K",
                stride="S",
                padding="P",
                count_include_pad="False",
            ),
            one(
                f"avg_pool{d}d",
                {"x": x},
                half,
                kernel_size="K",
                stride="S",
                padding="P",
                ceil_mode="True",
            ),
            one(f"max_pool{d}d", {"x": f"N,C,{x}"}, half, kernel_size="K", stride="S", padding="P"),
            one(f"max_pool{d}d", {"x": x}, kernel_size="K", stride="S", dilation="D"),
            one(f"max_pool{d}d", {"x": x}, half, kernel_size="K", padding="P", ceil_mode="True"),
        ]
    found += [
        one(
            "unfold",
            {"x": "H"},
            "H+2*P>D*(K-1)",
            kernel_size="(K,)",
            stride="S",
            padding="P",
            dilation="D",
        ),
        one("unfold", {"x": "N,C,H,W"}, kernel_size="(K,L)", stride="(S,T)", padding="(P,Q)"),
        one("unfold", {"x": "U,H,W"}, "U>=J and H>=K and W>=L", kernel_size="(J,K,L)", stride="S"),
        one(
            "fold",
            {"Y": "N,C*K*L,((H+2*P-K)//S+1)*((W+2*P-L)//T+1)"},
            "H+2*P>=K and W+2*P>=L",
            output_size="(H,W)",
            kernel_size="(K,L)",
            padding="P",
            stride="(S,T)",
        ),
        one(
            "fold",
            {"Y": "C*K,(H-D*(K-1)-1)//S+1"},
            "H>D*(K-1)",
            output_size="(H,)",
            kernel_size="(K,)",
            dilation="D",
            stride="S",
        ),
        one("scale", {"x": "N,C,H"}, factor="-3"),
        one("add", {"a": "N,C", "b": "N,C"}),
        one("sub", {"a": "N,C,H", "b": "N,C,H"}),
        one("sum", {"x": "N,C,H,W"}),
        one("mse", {"y": "N,C", "t": "N,C"}),
        one("mse", {"y": "H", "t": "H"}, reduction="'sum'"),
        one("cross_entropy", {"z": "C", "t": "C"}),
        one("cross_entropy", {"z": "N,C", "t": "N,C"}),
        one("cross_entropy", {"z": "N,C,H", "t": "N,C,H"}, reduction="'sum'"),
    ]
    found += [one(name, {"x": "N,C,H"}) for name in ("relu", "sigmoid", "tanh")]
    return found


# --- chains -------------------------------------------------------------------------------------


def chains() -> list[Program]:
    """Several operations: with losses, with a tensor that is used twice, with two branches."""
    F = torch.nn.functional
    return [
        Program(
            "h = conv1d(x[N,C,I], u[F,C,A], b[F], padding=P)\nr = relu(h)\n"
            "y = conv1d(r, w[M,F,K], stride=S)\nL = mse(y, t)",
            {"x": "N,C,I", "u": "F,C,A", "b": "F", "w": "M,F,K", "t": "N,M,(I+2*P-A+1-K)//S+1"},
            lambda v, n: F.mse_loss(
                F.conv1d(
                    torch.relu(F.conv1d(v["x"], v["u"], v["b"], padding=n["P"])),
                    v["w"],
                    stride=n["S"],
                ),
                v["t"],
            ),
            "SP",
            "I+2*P-A+1>=K",
            exact=False,
        ),
        Program(
            "h = conv1d(x[I], u[A], padding=P, dilation=D)\nr = sigmoid(h)\nL = mse(r, t)",
            {"x": "I", "u": "A", "t": "I+2*P-D*(A-1)"},
            lambda v, n: F.mse_loss(
                torch.sigmoid(_plain1(v["x"], v["u"], padding=n["P"], dilation=n["D"])), v["t"]
            ),
            "PD",
            "I+2*P>D*(A-1)",
            exact=False,
        ),
        Program(
            "h = conv2d(x[N,C,H,W], w[F,C,A,B], b[F], padding=(P,Q))\n"
            "p = max_pool2d(h, 2, stride=S)\nz = conv2d(p, v[M,F,1,1])\nL = cross_entropy(z, t)",
            {
                "x": "N,C,H,W",
                "w": "F,C,A,B",
                "b": "F",
                "v": "M,F,1,1",
                "t": "N,M,(H+2*P-A-1)//S+1,(W+2*Q-B-1)//S+1",
            },
            lambda v, n: F.cross_entropy(
                F.conv2d(
                    F.max_pool2d(
                        F.conv2d(v["x"], v["w"], v["b"], padding=(n["P"], n["Q"])), 2, n["S"]
                    ),
                    v["v"],
                ),
                v["t"],
            ),
            "SPQ",
            "H+2*P-A>=1 and W+2*Q-B>=1",
            exact=False,
        ),
        Program(
            "h = conv2d(x[C,H,W], u[F,C,A,B], stride=(S,T), padding=P)\n"
            "y = conv_transpose2d(h, u, stride=(S,T), padding=P)",
            {"x": "C,H,W", "u": "F,C,A,B"},
            lambda v, n: F.conv_transpose2d(
                F.conv2d(v["x"], v["u"], stride=(n["S"], n["T"]), padding=n["P"]),
                v["u"],
                stride=(n["S"], n["T"]),
                padding=n["P"],
            ),
            "STP",
        ),
        Program(
            "a = conv1d(x[H], w[K], padding=P, stride=2)\nb = conv1d(a, w, padding=P)\n"
            "c = relu(b)\nd = add(c, c)\ny = sub(d, b)",
            {"x": "H", "w": "K"},
            lambda v, n: _twice(
                _plain1(_plain1(v["x"], v["w"], padding=n["P"], stride=2), v["w"], padding=n["P"])
            ),
            "P",
        ),
        Program(
            "a = tanh(x[N,C,H])\nb = avg_pool1d(a, K, stride=S)\nc = max_pool1d(x, K, stride=S)\n"
            "d = add(b, c)\ne = scale(d, -2)\nL = sum(e)",
            {"x": "N,C,H"},
            lambda v, n: (
                -2
                * (
                    F.avg_pool1d(torch.tanh(v["x"]), n["K"], n["S"])
                    + F.max_pool1d(v["x"], n["K"], n["S"])
                ).sum()
            ),
            "KS",
            exact=False,
        ),
        Program(
            "Y = unfold(x[N,C,H,W], (K,L), padding=P, stride=S)\n"
            "y[n,f,l] = b[f] + sum(w[f,r] * Y[n,r,l], r=0..C*K*L-1) "
            "for n=0..N-1, f=0..F-1, l=0..((H+2*P-K)//S+1)*((W+2*P-L)//S+1)-1 with b[F]",
            {"x": "N,C,H,W", "w": "F,C*K*L", "b": "F"},
            lambda v, n: (
                v["w"] @ F.unfold(v["x"], (n["K"], n["L"]), padding=n["P"], stride=n["S"])
                + v["b"][:, None]
            ),
            "KLPS",
            "H+2*P>=K and W+2*P>=L",
        ),
        Program(
            'h = conv1d(x[H], w[K], padding=P, padding_mode="circular")\n'
            'y = convolve(h, v[J], mode="same")',
            {"x": "H", "w": "K", "v": "J"},
            lambda v, n: _same(
                _plain1(F.pad(v["x"][None, None], (n["P"],) * 2, mode="circular")[0, 0], v["w"]),
                v["v"],
            ),
            "P",
            "J<=H+2*P-K+1 and P<=H",
        ),
    ]


def _plain1(x: Any, w: Any, **options: Any) -> Any:
    """A convolution of one channel."""
    return torch.nn.functional.conv1d(x[None, None], w[None, None], **options)[0, 0]


def _twice(b: Any) -> Any:
    return 2 * torch.relu(b) - b


def _same(x: Any, w: Any) -> Any:
    """The middle of a convolution with the kernel turned, of a kernel no longer than x."""
    reach = len(w) - 1
    return _plain1(x, w.flip(0), padding=reach)[reach // 2 : reach // 2 + len(x)]


# --- operations of one's own --------------------------------------------------------------------


def own() -> list[Program]:
    """Sums as people write them, each with its loops."""
    return [
        Program(
            "y[o] = sum(w[k] * x[2*o + k - P], k=0..K-1) for o = 0..O-1",
            {"w": "K", "x": "2*O+K-P-2"},
            lambda v, n: _each(
                n["O"], lambda o: [_at(v["x"], 2 * o + k - n["P"]) * v["w"][k] for k in _to(n["K"])]
            ),
            "OP",
        ),
        Program(
            "y[n,f,o] = b[f] + sum(w[f,c,k] * x[n,c,S*o + D*k - P], c=0..C-1, k=0..K-1) "
            "for n=0..N-1, f=0..F-1, o=0..(I + 2*P - D*(K - 1) - 1)//S with x[N,C,I]",
            {"b": "F", "w": "F,C,K", "x": "N,C,I"},
            lambda v, n: torch.nn.functional.conv1d(
                v["x"], v["w"], v["b"], stride=n["S"], dilation=n["D"], padding=n["P"]
            ),
            "SDP",
        ),
        Program(
            "y[o] = x[o] * x[o] + 3 * x[o] - 2 * t[o] for o = 0..N-1",
            {"x": "N", "t": "N"},
            lambda v, n: v["x"] ** 2 + 3 * v["x"] - 2 * v["t"],
        ),
        Program(
            "y[i,j] = sum(a[i,k] * b[k,j], k=0..K-1) for i = 0..M-1, j = 0..N-1",
            {"a": "M,K", "b": "K,N"},
            lambda v, n: v["a"] @ v["b"],
        ),
        Program(
            "y[o] = sum(x[i] * x[i + o], i=0..N-1) for o = 0..O-1 with x[N]",
            {"x": "N"},
            lambda v, n: _each(
                n["O"], lambda o: [v["x"][i] * _at(v["x"], i + o) for i in _to(n["N"])]
            ),
            "O",
        ),
        Program(
            "y[o] = 1/2 * sum(x[i], i=0..N-1, i <= o) + t[N - 1 - o] for o = 0..N-1 "
            "with x[N], t[N]",
            {"x": "N", "t": "N"},
            lambda v, n: torch.cumsum(v["x"], 0) / 2 + v["t"].flip(0),
            engine=False,
        ),
        Program(
            "y[i] = sum(sigmoid(x[i + k]) * w[k], k=0..K-1) for i = 0..N-K with x[N]",
            {"x": "N", "w": "K"},
            lambda v, n: _plain1(torch.sigmoid(v["x"]), v["w"]),
            fits="K<=N",
            exact=False,
            engine=False,
        ),
        Program(
            "y[o] = sum(w[k] * x[(o // 2 + 3*k) % N], k=0..K-1) for o = 0..O-1 with x[N]",
            {"w": "K", "x": "N"},
            lambda v, n: _each(
                n["O"],
                lambda o: [v["w"][k] * v["x"][(o // 2 + 3 * k) % n["N"]] for k in _to(n["K"])],
            ),
            "O",
            engine=False,
        ),
    ]


def _to(count: int) -> range:
    return range(count)


def _at(x: Any, i: int) -> Any:
    """An element, or the nothing outside."""
    return x[i] if 0 <= i < len(x) else 0 * x[0]


def _each(count: int, products: Callable[[int], list[Any]]) -> Any:
    nothing = torch.zeros((), dtype=torch.float64)
    return torch.stack([sum(products(o), nothing) for o in range(count)])


def programs() -> list[Program]:
    """All of them."""
    return [*convolutions(), *others(), *chains(), *own()] if torch else []
