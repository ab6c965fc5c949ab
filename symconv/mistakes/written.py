"""What was written, where two mistakes give the same values and only the writing tells them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from symconv.graph import Node
from symconv.index import Index, Sum, Symbol, is_negative, symbols
from symconv.mistakes.model import Context, Variant
from symconv.terms import Form

Variants = Callable[[Context], Iterator[Variant]]


def where_written(
    variants: Variants, fits: Callable[[Context], Callable[[Form], bool]]
) -> Variants:
    """The variants, only for claims that are written as `fits` says."""

    def guarded(context: Context) -> Iterator[Variant]:
        test = fits(context)
        for variant in variants(context):
            yield replace(variant, fits=test)

    return guarded


def where(variants: Variants, holds: Callable[[Context], bool]) -> Variants:
    """The variants, only about some subjects."""

    def guarded(context: Context) -> Iterator[Variant]:
        if holds(context):
            yield from variants(context)

    return guarded


def kernels(context: Context) -> list[tuple[Node, str, int]]:
    """Every operation with a kernel, the kernel's name, and its first spatial axis."""
    found = []
    for node in context.graph.nodes:
        if "w" in node.roles and node.geometry is not None:
            name = node.tensors[node.roles.index("w")]
            rank = len(context.graph.shapes[name])
            found.append((node, name, rank - node.geometry.rank))
    return found


def turned_kernel(context: Context) -> Callable[[Form], bool]:
    """Whether the kernel is read as ``w[K - 1 - k]``."""
    names = {name: first for _, name, first in kernels(context)}

    def test(right: Form) -> bool:
        for term in right.terms:
            letters = {r.name for r in term.sums}
            for read in term.reads:
                if read.tensor in names:
                    spatial = read.at[names[read.tensor] :]
                    if any(_falls(index, letters) for index in spatial):
                        return True
        return False

    return test


def _falls(index: Index, letters: set[str]) -> bool:
    """Whether a summed index is alone in it and subtracted from a size."""
    if not isinstance(index, Sum):
        return False
    moving = [part for part in index.terms if symbols(part) & letters]
    return len(moving) == 1 and is_negative(moving[0]) and symbols(moving[0]) <= letters


def kernel_size_in_index(context: Context) -> Callable[[Form], bool]:
    """Whether a position names the kernel's size, as in ``i + k - (K - 1)``."""
    sizes = {
        axis.kernel
        for node, _, _ in kernels(context)
        if node.geometry is not None
        for axis in node.geometry.axes
        if isinstance(axis.kernel, Symbol)
    }

    def test(right: Form) -> bool:
        return any(
            symbols(index) & {s.name for s in sizes if isinstance(s, Symbol)}
            for term in right.terms
            for read in term.reads
            for index in read.at
        )

    return test


def is_flipped(context: Context) -> bool:
    """Whether an operation flips its kernel, as in signal processing."""
    return any(node.geometry.flipped for node in context.graph.nodes if node.geometry)


def not_flipped(context: Context) -> bool:
    """Whether no operation flips its kernel."""
    return not is_flipped(context)


def in_closed_flip(context: Context) -> bool:
    """Where the closed form has the kernel flipped.

    That is the gradient of a convolution's input, and the result of a transposed convolution.
    """
    data = {node.tensors[0]: node for node, _, _ in kernels(context)}
    made = {node.target: node for node, _, _ in kernels(context)}
    if context.kind == "gradient":
        node = data.get(context.name)
        return node is not None and not _turned_round(node)
    node = made.get(context.name)
    return node is not None and _turned_round(node)


def _turned_round(node: Node) -> bool:
    return node.geometry is not None and node.geometry.transposed


def scatters(context: Context) -> bool:
    """The same, or a gradient further down: where a stride puts zeros between elements."""
    names = {name for _, name, _ in kernels(context)}
    return in_closed_flip(context) or (context.kind == "gradient" and context.name not in names)


def gathers(context: Context) -> bool:
    """Everywhere else."""
    return not scatters(context)


def plain_flip(context: Context) -> bool:
    """In a closed form with a flip, of an operation without one."""
    return in_closed_flip(context) and not_flipped(context)


def one_flip(context: Context) -> bool:
    """Where a kernel has to be flipped once: by the operation or by its closed gradient."""
    return in_closed_flip(context) is not is_flipped(context)


def flipped_and_direct(context: Context) -> bool:
    """A result or a kernel's gradient of an operation that flips its kernel."""
    return is_flipped(context) and not in_closed_flip(context)
