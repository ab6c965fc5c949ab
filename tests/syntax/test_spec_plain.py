"""The quick reader of usual specs: the same value as the full reader's, or none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from symconv.errors import SpecError
from symconv.syntax.spec import parse
from symconv.syntax.spec_plain import parse_plain

ROOT = Path(__file__).parent.parent.parent
FILES = sorted([*ROOT.glob("tests/**/*.py"), *ROOT.glob("derivations/*.md"), ROOT / "README.md"])
QUOTED = re.compile(r"""(["'`])([A-Za-z]\w* ?= ?\w+\(.*?\))\1""")
READ = [
    "y = conv1d(x[N], w[K], stride=2, padding=P)",
    "y = conv2d(x[3,32,32], w[1,3,5,5], padding=2)",
    " out=conv2d( x[ N , C,H,W ],w[F,C,3,3] , stride = ( 2 , S ), padding =(1,0) )  ",
    'y = conv1d(x[N], w[3], padding="same")',
    "y = maxpool1d(x[N], kernel=3, ceil_mode=True)",
    "y = relu(x)",
    "y = relu(x[N])",
]
MISTAKES = [
    "y = maxpool1d(x[N], 3, ceil_mode=True)",
    "y = conv1d(x[N], w[0])",
    "y = conv1d(x[N], w[K], stride=2, stride=3)",
    "y = conv1d(x[N], for=3)",
    "y = sum(x[N])",
    "sum = relu(x[N])",
    "y = relu(max[N])",
    "y = relu(x[for])",
    "y = conv1d(x[N], w[K], stride=(2))",
    "y = conv1d(x[N], w[K],)",
    "y = conv1d(x[N], w[K]) for o = 1..2",
    "y = conv1d(x[N], w[K], padding=x[N])",
    "y = conv1d(x[N], w[K], padding=sum)",
    "y = conv1d(x[N], w[K], padding=(True, 1))",
    "y = conv1d(x[N], w[K], padding=1.5)",
    "y = conv1d(x[N], w[K]\n, padding=1)",
    "y = conv1d(x[N], w[K])\n",
    "y = conv1d(x[N], w[K]) # 1",
    "y = conv1d(x[12345678901234567890])",
    "y = conv1d(x[00], w[K])",
    "y = conv1d()",
    "y = conv1d",
    "y == conv1d(x)",
    "y = conv1d(x[N], w[K], padding='same')",
    "y = conv1d(x[N], w[K], padding=)",
    "y = conv1d(x[N], w[K]))",
]


def read(text):
    """What the full reader says, None for what it refuses."""
    try:
        return parse(text)
    except SpecError:
        return None


def agrees(text):
    """Whether the quick reader gave a value; it must be the full reader's."""
    found = parse_plain(text)
    assert found is None or found == read(text), text
    return found is not None


@pytest.mark.parametrize("text", READ)
def test_usual_specs(text):
    assert agrees(text)


@pytest.mark.parametrize("text", MISTAKES)
def test_what_is_unusual_or_wrong_is_left_to_the_full_reader(text):
    assert not agrees(text)


def test_every_spec_of_the_tests_and_the_book():
    texts = {m[2] for file in FILES for m in QUOTED.finditer(file.read_text(encoding="utf-8"))}
    texts |= {line for file in FILES for line in file.read_text(encoding="utf-8").split("\n")
              if re.match(r"\w+ = \w+\(", line)}  # fmt: skip
    assert sum(map(agrees, sorted(texts))) > 300


WORDS = "y x w N K 3 0 12 stride padding True sum for conv1d relu = [ ] ( ) , == .. + * \" ' same"
LONGER = [" ", "  ", "\n", ";", "#", "é", "…", "x[N]", "w[K,3]", "stride=2", "y = conv1d(", ", "]
PIECES = st.sampled_from([*WORDS.split(), *LONGER])


@given(st.lists(PIECES, max_size=14).map("".join))
@example("y = conv1d(x[N], w[K], stride=2)")
@settings(max_examples=300, deadline=None)
def test_any_text(text):
    agrees(text)
    agrees(f"y = conv1d(x[N], w[K], {text})")
