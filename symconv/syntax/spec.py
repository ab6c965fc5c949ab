"""The spec language: one text names an operation, the same in Python, in notes and in a shell.

    y = conv2d(x[N,C,H,W], w[F,C,3,3], b[F], stride=(2,1), padding=P)
    y[o] = sum(w[k] * x[2*o + k - P], k=0..K-1) for o = 0..O-1

A grammar reads it; nothing of the text is ever run.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from lark import Lark, Tree
from lark.exceptions import UnexpectedInput

from symconv.calls import Spec
from symconv.syntax.spec_calls import statements
from symconv.syntax.spec_complaints import complaint
from symconv.syntax.spec_text import Source, clean


def parse(text: str) -> Spec:
    """Read a spec.

    >>> parse("y = conv1d(x[N], w[3], padding=P)").statements[0].function
    'conv1d'

    Errors: `SpecError` with its line, column and caret, for anything that is not a spec.
    """
    source = Source(text)
    cleaned = clean(source)
    try:
        tree = _parser().parse(cleaned)
    except UnexpectedInput as problem:
        raise complaint(problem, cleaned, source) from None
    parts = [part for part in tree.children if isinstance(part, Tree)]
    try:
        return Spec(statements(parts, source), text)
    except RecursionError:  # a caller that stood deep in its own calls already
        raise source.error(0, "the text is nested too deeply to be read here") from None


@cache
def _parser() -> Lark:
    grammar = files("symconv.syntax").joinpath("spec.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", lexer="contextual", propagate_positions=True)
