"""Wrong gradients of softmax and cross-entropy: one of the two terms forgotten, one factor more."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from symconv.graph import Node
from symconv.index import Index, concrete
from symconv.mistakes.model import Context, Variant
from symconv.mistakes.settings import Array, Setting

Made = Callable[[Array, Array, Array], Array]
"""What is made of the scores z, the target t and p = softmax(z)."""


def wrongly(make: Made) -> Callable[[Context], Iterator[Variant]]:
    """The gradient of a cross-entropy by its scores, made another way."""

    def variants(context: Context) -> Iterator[Variant]:
        for node in context.graph.nodes:
            if node.keyword == "cross_entropy" and _about(context, node):
                scores, target = node.tensors[:2]
                facts = {"scores": scores, "target": target}
                yield Variant(array=_made(context, node, make), facts=facts)

    return variants


def _about(context: Context, node: Node) -> bool:
    return context.kind == "gradient" and context.name == node.tensors[0]


def _made(context: Context, node: Node, make: Made) -> Callable[[Setting], Array]:
    shape = context.graph.shapes[node.tensors[0]]

    def array(setting: Setting) -> Array:
        z, t = (setting.arrays[name] for name in node.tensors[:2])
        powers = np.exp(z)
        p = powers / powers.sum(axis=-1, keepdims=True)
        return make(z, t, p) / _rows(shape, setting)

    return array


def _rows(shape: tuple[Index, ...], setting: Setting) -> int:
    """How many rows the mean of a cross-entropy is over."""
    return int(np.prod([concrete(n, setting.sizes) for n in shape[:-1]], dtype=np.int64))


without_softmax = wrongly(lambda z, t, p: z - t)
true_class_alone = wrongly(lambda z, t, p: -t * (1 - p))
without_target = wrongly(lambda z, t, p: p)
one_for_target = wrongly(lambda z, t, p: p - 1)
derivative_twice = wrongly(lambda z, t, p: (p - t) * p * (1 - p))
by_probabilities = wrongly(lambda z, t, p: -t / p)
