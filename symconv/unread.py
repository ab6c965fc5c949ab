"""What is never read: inputs that no output looks at, and what a transposed convolution restores.

A stride leaves positions over at the end (and a dilation between); they get no gradient.
"""

from __future__ import annotations

import numpy as np

from symconv.elements import positions
from symconv.expand import expand
from symconv.geometry import Axis
from symconv.graph import Graph, Node
from symconv.index import concrete, evaluate, symbols
from symconv.terms import Form
from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class Unread:
    """The elements of a tensor that no equation reads, out of `total`."""

    tensor: str
    elements: tuple[tuple[int, ...], ...]
    total: int


def never_read(graph: Graph) -> tuple[Unread, ...]:
    """For every input the elements that no output depends on, at concrete sizes.

    Found from the index arrays of the forms, not from a formula.
    """
    found = []
    forms = [e for e in graph.equations if isinstance(e, Form)]
    for tensor in graph.inputs:
        shape = tuple(concrete(n) for n in tensor.shape)
        seen = np.zeros(int(np.prod(shape, dtype=np.int64)), dtype=bool)
        for form in forms:
            for term in expand(form).terms if tensor.name in form.tensors else ():
                for name, at in zip(term.tensors, term.reads, strict=True):
                    if name == tensor.name:
                        seen[at] = True
        places = positions(shape)
        missing = tuple(at for at, read in zip(places, seen.tolist(), strict=True) if not read)
        found.append(Unread(tensor.name, missing, len(places)))
    return tuple(found)


def output_padding_back(node: Node) -> tuple[int, ...]:
    """The output_padding with which the transposed convolution returns to this input's size."""
    assert node.geometry is not None
    return tuple(_back(axis) for axis in node.geometry.axes)


def _back(axis: Axis) -> int:
    left = axis.output_padding_for(axis.size)
    return evaluate(left, {}) if not symbols(left) else 0
