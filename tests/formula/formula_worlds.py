"""Operations with data, and what formulas about them mean, written by hand as plain loops."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import numpy as np

LAYER = "y = conv2d(x[N,C,H,W], w[F,C,A,B], b[F], stride=(2,1), padding=P)"
PLANE = "y = conv2d(x[H,W], w[A,B])"
UP = "y = conv_transpose1d(x[N], w[K], stride=3, padding=P, output_padding=1)"
DILATED = "y = conv1d(x[N], w[K], stride=3, dilation=2, padding=P)"
FREE = "y = conv1d(x[N], w[K], stride=S, padding=P, dilation=D)"
GROUPS = "y = conv1d(x[B,6,N], w[4,3,K], groups=2)"
AVG = "y = avg_pool2d(x[N,C,H,W], (2,3), (2,3))"
FULL = "y = convolve(x[N], w[K])"
LOSS = "y = conv1d(x[N], w[K])\nL = mse(y, t)"
NET = "h = conv1d(x[N], u[A], padding=1)\nr = relu(h)\ny = conv1d(r, w[K], stride=2)"
PIXEL = "y = conv2d(x[3,2,2], w[1,3,1,1])"
SIGMOID = "y = sigmoid(x[N])"

WORLDS = {
    LAYER: {"N": 2, "C": 3, "H": 6, "W": 4, "F": 2, "A": 3, "B": 2, "P": 1},
    PLANE: {"H": 5, "W": 6, "A": 2, "B": 3},
    UP: {"N": 4, "K": 5, "P": 2},
    DILATED: {"N": 11, "K": 3, "P": 1},
    FREE: {"N": 12, "K": 3, "S": 3, "P": 2, "D": 2},
    GROUPS: {"B": 2, "N": 5, "K": 2},
    AVG: {"N": 2, "C": 3, "H": 5, "W": 7},
    FULL: {"N": 5, "K": 3},
    LOSS: {"N": 7, "K": 3},
    NET: {"N": 6, "A": 2, "K": 3},
    PIXEL: {},
    SIGMOID: {"N": 4},
}


def data(shapes, sizes, resolve):
    """Whole numbers for every tensor, no two alike, none of them 0."""
    source = random.Random(7)
    found = {}
    for name, shape in shapes.items():
        extents = [resolve(n, sizes) for n in shape]
        total = int(np.prod(extents, dtype=int))
        array = np.empty(total, dtype=object)
        array[:] = source.sample([v for v in range(-total - 60, total + 60) if v], total)
        found[name] = array.reshape(extents)
    return found


def at(array, *place):
    """An element, 0 outside."""
    inside = all(0 <= i < n for i, n in zip(place, array.shape, strict=True))
    return array[place] if inside else 0


def made(shape, value):
    """An array whose elements a function of the position gives."""
    found = np.empty(shape, dtype=object)
    for place in np.ndindex(*shape):
        found[place] = value(*place)
    return found


def boxes(*sizes):
    """All positions in a box."""
    return np.ndindex(*sizes)


# --- one layer ----------------------------------------------------------------------------------


def layer_y(d):
    return made(
        (2, 2, 3, 5),
        lambda n, f, i, j: (
            d["b"][f]
            + sum(
                d["w"][f, c, a, b] * at(d["x"], n, c, 2 * i + a - 1, j + b - 1)
                for c, a, b in boxes(3, 3, 2)
            )
        ),
    )


def layer_dw(d):
    return made(
        (2, 3, 3, 2),
        lambda f, c, a, b: sum(
            d["g"][n, f, i, j] * at(d["x"], n, c, 2 * i + a - 1, j + b - 1)
            for n, i, j in boxes(2, 3, 5)
        ),
    )


def layer_dx(d):
    found = np.zeros((2, 3, 6, 4), dtype=object)
    for n, f, i, j in boxes(2, 2, 3, 5):
        for c, a, b in boxes(3, 3, 2):
            p, q = 2 * i + a - 1, j + b - 1
            if 0 <= p < 6 and 0 <= q < 4:
                found[n, c, p, q] += d["g"][n, f, i, j] * d["w"][f, c, a, b]
    return found


def layer_db(d):
    return made((2,), lambda f: sum(d["g"][n, f, i, j] for n, i, j in boxes(2, 3, 5)))


def layer_db_mean(d):
    return made((2,), lambda f: sum(d["g"][n, f, i, j] for n, i, j in boxes(2, 3, 5)) * 0.5)


# --- one plane ----------------------------------------------------------------------------------


def plane_y(d):
    return made(
        (4, 4),
        lambda r, c: sum(d["x"][r + a, c + b] * d["w"][a, b] for a, b in boxes(2, 3)),
    )


def plane_dw(d):
    return made(
        (2, 3),
        lambda a, b: sum(d["x"][r + a, c + b] * d["g"][r, c] for r, c in boxes(4, 4)),
    )


def plane_dx(d):
    return made(
        (5, 6),
        lambda p, q: sum(at(d["g"], p - a, q - b) * d["w"][a, b] for a, b in boxes(2, 3)),
    )


# --- transposed, dilated, grouped, pooled, flipped ----------------------------------------------


def up_y(d):
    found = np.zeros(11, dtype=object)
    for i, k in boxes(4, 5):
        if 0 <= 3 * i + k - 2 < 11:
            found[3 * i + k - 2] += d["x"][i] * d["w"][k]
    return found


def up_dx(d):
    return made((4,), lambda i: sum(at(d["g"], 3 * i + k - 2) * d["w"][k] for k in range(5)))


def up_dw(d):
    return made((5,), lambda k: sum(at(d["g"], 3 * i + k - 2) * d["x"][i] for i in range(4)))


def dilated_y(d):
    return made((3,), lambda o: sum(d["w"][k] * at(d["x"], 3 * o + 2 * k - 1) for k in range(3)))


def dilated_dx(d):
    found = np.zeros(11, dtype=object)
    for o, k in boxes(3, 3):
        if 0 <= 3 * o + 2 * k - 1 < 11:
            found[3 * o + 2 * k - 1] += d["g"][o] * d["w"][k]
    return found


def free_y(d):
    return made((4,), lambda o: sum(d["w"][k] * at(d["x"], 3 * o + 2 * k - 2) for k in range(3)))


def free_dx(d):
    found = np.zeros(12, dtype=object)
    for o, k in boxes(4, 3):
        if 0 <= 3 * o + 2 * k - 2 < 12:
            found[3 * o + 2 * k - 2] += d["g"][o] * d["w"][k]
    return found


def groups_y(d):
    return made(
        (2, 4, 4),
        lambda n, f, o: sum(
            d["w"][f, c, k] * d["x"][n, 3 * (f // 2) + c, o + k] for c, k in boxes(3, 2)
        ),
    )


def groups_dx(d):
    found = np.zeros((2, 6, 5), dtype=object)
    for n, f, o in boxes(2, 4, 4):
        for c, k in boxes(3, 2):
            found[n, 3 * (f // 2) + c, o + k] += d["g"][n, f, o] * d["w"][f, c, k]
    return found


def pool_y(d):
    return made(
        (2, 3, 2, 2),
        lambda n, c, i, j: (
            Fraction(1, 6) * sum(d["x"][n, c, 2 * i + a, 3 * j + b] for a, b in boxes(2, 3))
        ),
    )


def pool_dx(d):
    return made(
        (2, 3, 5, 7),
        lambda n, c, p, q: Fraction(1, 6) * at(d["g"], n, c, p // 2, q // 3),
    )


def full_y(d):
    return made((7,), lambda n: sum(d["w"][k] * at(d["x"], n - k) for k in range(3)))


def full_dx(d):
    return made((5,), lambda i: sum(d["w"][k] * d["g"][i + k] for k in range(3)))


# --- losses and chains --------------------------------------------------------------------------


def loss_value(d):
    return made((), lambda: Fraction(1, 5) * sum((d["y"][i] - d["t"][i]) ** 2 for i in range(5)))


def loss_dy(d):
    return made((5,), lambda i: Fraction(2, 5) * (d["y"][i] - d["t"][i]))


def loss_dw(d):
    return made(
        (3,),
        lambda k: Fraction(2, 5) * sum((d["y"][o] - d["t"][o]) * d["x"][o + k] for o in range(5)),
    )


def net_dh(d):
    def value(i):
        total = 0
        for k in range(3):
            if (i - k) % 2 == 0:
                total += d["w"][k] * at(d["g"], (i - k) // 2)
        return total if d["h"][i] > 0 else 0

    return made((7,), value)


def net_du(d):
    return made((2,), lambda a: sum(d["dh"][i] * at(d["x"], i + a - 1) for i in range(7)))


def net_r(d):
    return made((7,), lambda i: max(d["h"][i], 0))


def pixel_y(d):
    return made((2, 2), lambda i, j: sum(d["x"][f, i, j] * d["w"][0, f, 0, 0] for f in range(3)))


def pixel_dw(d):
    return made((3,), lambda f: sum(d["x"][f, i, j] * d["g"][0, i, j] for i, j in boxes(2, 2)))


def sigmoid_dx(d):
    def value(i):
        s = 1 / (1 + math.exp(-d["x"][i]))
        return d["g"][i] * s * (1 - s)

    return made((4,), value)
