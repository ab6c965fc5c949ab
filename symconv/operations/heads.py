"""The axes in front of the spatial ones: batch and channels, as in PyTorch.

With d spatial axes, x has d axes (one channel), d + 1 (channels) or d + 2 (batch and channels).
"""

from __future__ import annotations

from collections.abc import Sequence

from symconv.index import FloorDiv, Index, Mod, Product, Symbol, add, same, tidy
from symconv.operations.base import Request, shown
from symconv.operations.options import as_index, at_least
from symconv.terms import Range, Read, Shape, Term
from symconv.values import dataclass


@dataclass(frozen=True, slots=True)
class Layout:
    """Which axes of x are batch and channels, by the number of axes."""

    rank: int
    channels: bool
    batch: bool


@dataclass(frozen=True, slots=True)
class Heads:
    """What comes before the spatial indices: of the output, of each read, and the sums."""

    out: tuple[Range, ...] = ()
    x: tuple[Index, ...] = ()
    w: tuple[Index, ...] = ()
    sums: tuple[Range, ...] = ()


def layout(request: Request, rank: int) -> Layout:
    """Read the layout off the rank of x, refusing one that does not fit."""
    x = request.shape(0)
    extra = len(x) - rank
    if extra not in (0, 1, 2):
        raise request.error(
            f"{request.names[0]} has {len(x)} {'axis' if len(x) == 1 else 'axes'}",
            expected=f"{rank} (one channel), {rank + 1} (channels first) or {rank + 2} (batch, "
            "channels)",
            got=shown(x),
            hint=_elements(request.names[0], x),
        )
    return Layout(rank, channels=extra > 0, batch=extra == 2)


def _elements(name: str, shape: Sequence[Index]) -> str:
    """Letters that look like elements, not sizes: ``x[a,b,c,d]`` for ``x=[a,b,c,d]``."""
    small = all(isinstance(size, Symbol) and size.name.islower() for size in shape)
    inside = ",".join(map(str, shape))
    return f"{name}=[{inside}] for elements with these names" if small and shape else ""


def check_kernel(request: Request, kind: Layout) -> None:
    """Refuse a kernel whose number of axes does not go with x."""
    x, w = request.shape(0), request.shape(1)
    wanted = kind.rank + (2 if kind.channels else 0)
    if len(w) != wanted:
        raise request.error(
            f"{request.names[1]} has {len(w)} {'axis' if len(w) == 1 else 'axes'}",
            expected=f"{wanted} to go with {request.names[0]} of shape {shown(x)}",
            got=shown(w),
        )


def batch(request: Request, kind: Layout) -> Heads:
    """The batch axis alone, if there is one."""
    if not kind.batch:
        return Heads()
    n = Range(request.letter("n"), request.shape(0)[0])
    return Heads((n,), (Symbol(n.name),))


def kept(request: Request, kind: Layout) -> Heads:
    """Batch and channels, each output its own: pooling and unfold."""
    heads = batch(request, kind)
    if not kind.channels:
        return heads
    c = Range(request.letter("c"), request.shape(0)[-kind.rank - 1])
    return Heads((*heads.out, c), (*heads.x, Symbol(c.name)))


# --- channels and groups ------------------------------------------------------------------------


def in_group(f: Index, outputs: Index, c: Index, inputs: Index) -> Index:
    """The channel that is `c`-th in f's group: ``(f // outputs)·inputs + c``, both per group."""
    return tidy(add(Product((FloorDiv(f, outputs), inputs)), c))


def check_equal(request: Request, left: Index, right: Index, message: str, hint: str = "") -> None:
    """Refuse two numbers that should agree and do not; symbols are compared as written."""
    if isinstance(left, int) and isinstance(right, int) and left != right:
        raise request.error(message, expected=str(left), got=str(right), hint=hint)
    if not (isinstance(left, int) or isinstance(right, int)) and not same(left, right):
        raise request.error(message, expected=str(left), got=str(right), hint=hint)


def groups_of(request: Request, kind: Layout) -> Index:
    """The option "groups", at least 1, and 1 where there are no channels to divide."""
    groups = as_index(request, "groups", request.options["groups"])
    at_least(request, "groups", [groups], 1)
    if groups != 1 and not kind.channels:
        raise request.error(
            "there are no channels to divide",
            option="groups",
            expected="1, or channels in front of the spatial axes",
            got=str(groups),
        )
    return groups


def check_groups(request: Request, groups: Index, **channels: Index) -> None:
    """Refuse channel counts that the groups do not divide."""
    for name, count in channels.items():
        rest = tidy(Mod(count, groups))
        if isinstance(count, int) and isinstance(groups, int) and rest != 0:
            fits = [str(g) for g in range(1, count + 1) if count % g == 0]
            raise request.error(
                f"{count} {name} channels cannot be divided into {groups} groups",
                option="groups",
                expected="a divisor: " + ", ".join(fits),
                got=str(groups),
            )


def bias_term(request: Request, heads: Heads, kind: Layout) -> tuple[Term, ...]:
    """The bias as a term, if there is one; its shape is (F,), or () or (1,) without channels."""
    if len(request.names) < 3:
        return ()
    wanted: Shape = (heads.out[-1].size,) if kind.channels else ()
    shape = request.shapes[2]
    if shape is None:
        shape = request.shapes[2] = wanted
    fits = len(shape) == 1 if kind.channels else shape in ((), (1,))
    if not fits:
        raise request.error(
            f"{request.names[2]} has the wrong shape",
            expected=shown(wanted) if kind.channels else "(1,)",
            got=shown(shape),
        )
    if not kind.channels:
        return (Term((Read(request.names[2], (0,) * len(shape)),)),)
    check_equal(
        request, wanted[0], shape[0], f"{request.names[2]} needs one entry per output channel"
    )
    return (Term((Read(request.names[2], (Symbol(heads.out[-1].name),)),)),)
