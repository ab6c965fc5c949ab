# ruff: noqa: E501
"""Random and mutated formulas: token soup, spliced and cut corpus, odd characters, deep nesting.

As a program: ``python formula_fuzz.py COUNT SEED`` reads that many and reports what it cost.
"""

from __future__ import annotations

import random
import resource
import sys
import time

import formula_corpus
import formula_worlds
from formula_cases import CASES, CONV, MALFORMED, SIZE_CASES
from formula_pairs import PAIRS

from symconv.conventions import Conventions
from symconv.operations.build import build
from symconv.syntax.formula import FormulaError, claim_of, read_assumptions, read_formulas
from symconv.syntax.spec import parse

SPECS = [
    CONV,
    *formula_worlds.WORLDS,
    *dict.fromkeys(p[0] for p in PAIRS),
    "y = conv1d(x=[a,b,c,d], w=[x,y,z], padding=1)",
]
BITS = [
    *"_^{}()[]&,=+-/*|:;.'k2oxwgyLNK\\ \n~$%#!?<>",
    *r"\sum \frac \partial \delta \\ \lfloor \rfloor \left \right \begin{cases} \end{cases} \dots"
    r" \text{if} \text{otherwise} \forall \mid \in \quad \mathbb{1} \le \ge \ne \cdot \substack"
    r" \max \tilde \mathbf \prime \infty \{ \} \pmod \equiv \begin{pmatrix} \end{pmatrix}"
    r" \operatorname{rot180} \star \over \max_{ \nabla_{ e^{ \exp( \bmod \text{s.t.} \text{Backward:} \frac12".split(),
    *"é ∑ δ − ≤ ⌊ 𝐱 \u200b \u202e ² ½ 中 \x00 \ud7ff ﬁ ٣ Ⅷ".split(" "),
    *"w_k x_{2o+k-P} g_o y_o dw_k sum( for range( int( // ** += := .. ... 10**9 99999999999 0".split(),
]
NAMES = [
    ("W", "width(x)"), ("F", "height(w)"), ("S", "stride"), ("K[m,n,c,f]", "w[f,c,m,n]"),
    ("w_f", "w[0,f,0,0]"), (r"\tilde{x}", "pad(x, P)"), (r"p\delta", "pad(g, K-1)"),
    (r"\delta^{l+1}", "g"), ("a^{'}", "y[0]"), ("O", "size(y)"), ("M", "N-K+1"), ("A", "matrix(y, x)"),
    ("w", "x"), ("x1", "x"), ("q", "pad(x, (P, (1, 2)))"), ("K", "w"), ("b", "x[i]"),
]  # fmt: skip


def formulas(rng: random.Random):
    """An endless stream of (operation, text, conventions)."""
    pool = [(CONV, text, {**o, "names": tuple(o.get("names", {}).items())}) for text, _, o in CASES]
    pool += [(CONV, text, {"names": tuple(names.items())}) for text, names, _ in SIZE_CASES]
    pool += [(spec, text, o) for spec, text, _, o in formula_corpus.ROWS]
    pool += [(CONV, text, {}) for text in MALFORMED]
    pool += [(spec, text, o) for spec, *two, o in PAIRS for text in two]
    while True:
        spec, text, options = rng.choice(pool)
        if rng.random() < 0.5:
            yield spec, touched(rng, text), Conventions(**options)
            continue
        names = options.get("names", ())
        text = KINDS[rng.randrange(len(KINDS))](rng, text, rng.choice(pool)[1])
        spec = spec if rng.random() < 0.8 else rng.choice(SPECS)
        if rng.random() < 0.15:
            names = tuple(rng.sample(NAMES, rng.randint(1, 4)))
        if rng.random() < 0.05:
            names = tuple((mutated(rng, a, ""), mutated(rng, b, "")) for a, b in names)
        yield (
            spec,
            text,
            Conventions(
                names=names,
                upstream=rng.choice(["g"] * 8 + [r"\delta", r"\delta^{l}", "dy", "x", "^"]),
                index_base=rng.choice([0, 0, 0, 1]),
                outside=rng.choice(["zero"] * 4 + ["error"]),
                sums=rng.choice(["explicit"] * 4 + ["implied"]),
                division=rng.choice(["exact", "exact", "floor", "true"]),
                layout=rng.choice([""] * 12 + ["NHWC", "HWC", "NXC", "WH"]),
                star=rng.choice(["", "", "convolution", "correlation"]),
                assume=rng.choice([""] * 9 + ["N > K", mutated(rng, "S | N, K odd", "")]),
            ),
        )


def mutated(rng, text, other):
    for _ in range(rng.randint(1, 5)):
        i, j = sorted(rng.randint(0, len(text)) for _ in range(2))
        j = min(j, i + 8)
        bit = rng.choice(BITS)
        choices = [text[:i] + bit + text[i:], text[:i] + text[j:], text[:j] + text[i:]]
        choices.append(text[:i] + bit + text[j:])
        text = rng.choice(choices)
    return text


LIKE = ["ijknoabcpq", "0123", "+-", "NKPWHABC", "xwgy", "()", "[]", "=<"]
"""Signs that stand for one another: a touched formula is often still one."""


def touched(rng, text):
    """One sign for another of its kind."""
    place = rng.randrange(len(text))
    kind = next((signs for signs in LIKE if text[place] in signs), "")
    return text[:place] + rng.choice(kind) + text[place + 1 :] if kind else text


def soup(rng, text, other):
    return rng.choice(["", " "]).join(rng.choice(BITS) for _ in range(rng.randint(1, 60)))


def spliced(rng, text, other):
    return text[: rng.randint(0, len(text))] + other[rng.randint(0, len(other)) :]


def cut(rng, text, other):
    i, j = sorted(rng.randint(0, len(text)) for _ in range(2))
    return text[i:j]


def nested(rng, text, other):
    opening, closing = rng.choice(
        ["()", "[]", "{}", (r"\frac{", "}{2}"), (r"\lfloor ", r"\rfloor "), ("x_{", "}"), ("-(", ")"),
         (r"\begin{cases}", r"\end{cases}"), (r"\sum_{k=0}^{", "} w_k"), ("(x_o+x_o)*(", ")"),
         ("sum(", ", k=0..K-1)"), (r"\tilde{", "}"), ("x^{", "}")]
    )  # fmt: skip
    depth = rng.choice([2, 5, 12, 40, 300, 1500])
    place = rng.randint(0, len(text))
    inner = rng.choice([text[place:], "x_o", "k", ""])
    return text[:place] + opening * depth + inner + closing * rng.choice([depth, depth - 1, 0])


def repeated(rng, text, other):
    i, j = sorted(rng.randint(0, len(text)) for _ in range(2))
    piece = text[i : min(j, i + 30)] or "x"
    return text[:i] + piece * rng.choice([2, 10, 100, 400]) + text[j:]


KINDS = [mutated] * 6 + [soup, soup, spliced, spliced, cut, nested, repeated]


def run(count: int, seed: int, slow: float = 1e9) -> dict:
    """Read that many; anything but an answer or a `FormulaError` escapes."""
    rng = random.Random(seed)
    graphs = {spec: build(parse(spec)) for spec in SPECS}
    worst, read, start = (0.0, "", ""), 0, time.perf_counter()
    for done, (spec, text, conventions) in enumerate(formulas(rng)):
        if done == count:
            break
        before = time.perf_counter()
        try:
            for reading in read_formulas(text, graphs[spec], conventions):
                claim_of(reading, graphs[spec])
                read += 1
            read_assumptions(text[:60], graphs[spec], conventions)
        except FormulaError:
            pass
        except BaseException:
            print("CRASH", repr(spec), repr(text), conventions, file=sys.stderr)
            raise
        took = time.perf_counter() - before
        if took > worst[0]:
            worst = (took, spec, text)
        assert took < slow, (spec, text, conventions)
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"count": count, "read": read, "seconds": seconds, "worst": worst, "megabytes": memory}


if __name__ == "__main__":
    print(run(int(sys.argv[1]), int(sys.argv[2])))
