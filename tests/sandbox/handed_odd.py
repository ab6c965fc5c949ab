"""Functions that misbehave: one way each."""

import contextlib
import os
import subprocess
import sys
import time

import numpy as np


def fine(x, w, g):
    return np.correlate(x, g, "valid")


def raises(x, w, g):
    dw = np.zeros_like(w)
    dw[len(w)] = 1
    return dw


def raises_where_it_overlaps(x, w, g, S=1):
    if len(w) > S and len(g) > 1:
        raise ValueError("overlapping windows")
    return sum(g[o] * x[o * S : o * S + len(w)] for o in range(len(g)))


def loops_forever(x, w, g):
    while True:
        pass


def sleeps(x, w, g):
    time.sleep(600)


def starts_another(x, w, g):
    code = f"import time; time.sleep(600)  # symconv-orphan-{int(x[0])}"
    subprocess.Popen([sys.executable, "-c", code])
    time.sleep(600)


def allocates(x, w, g):
    return np.ones(10 << 30, dtype=np.uint8)


def allocates_lists(x, w, g):
    big = []
    while True:
        big.append([0] * 1_000_000)


def prints(x, w, g):
    for line in range(4_000):
        print("so far so good", line)
    return fine(x, w, g)


def ends(x, w, g):
    os._exit(7)


def ends_late(x, w, g):
    if len(x) > 6:
        os._exit(7)
    return fine(x, w, g)


def exits(x, w, g):
    sys.exit("no more")


def reads_input(x, w, g):
    return float(input("how much? "))


def crashes(x, w, g):
    os.abort()


def returns_none(x, w, g):
    fine(x, w, g)


def returns_text(x, w, g):
    return "dw"


def returns_object(x, w, g):
    return object()


def returns_complex(x, w, g):
    return fine(x, w, g) * 1j


def returns_two(x, w, g):
    return fine(x, w, g), fine(x, w, g)


def returns_ragged(x, w, g):
    return [[1, 2], [3]]


def returns_huge(x, w, g):
    return np.zeros(10 << 20)


def single_precision(x, w, g):
    return np.correlate(x.astype(np.float32), g.astype(np.float32), "valid")


def remembers(x, w, g, calls=[]):  # noqa: B006
    calls.append(1)
    return fine(x, w, g) + (len(calls) > 12)


def fills_the_disk(x, w, g):
    with open("big", "wb") as file:
        for _ in range(100):
            file.write(bytes(1 << 20))
    return fine(x, w, g)


def writes_into_every_file(x, w, g):
    for number in range(3, 30):
        with contextlib.suppress(OSError):
            os.write(number, b"\x00" * 200)
    return fine(x, w, g)


def where_am_i(x, w, g):
    print(os.getcwd(), os.listdir())
    return fine(x, w, g)
