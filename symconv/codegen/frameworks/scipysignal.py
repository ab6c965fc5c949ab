"""SciPy: scipy.signal's correlate and convolve, with slices, zeros and channels round them."""

from __future__ import annotations

from collections.abc import Sequence

from symconv.codegen.frameworks import pointwise
from symconv.codegen.frameworks.filtering import Rules
from symconv.codegen.frameworks.parts import listed

MODES = {"zeros": "constant", "circular": "wrap", "replicate": "edge", "reflect": "reflect"}


class SciPy:
    """See `filtering.Dialect`."""

    table = pointwise.SCIPY
    first_axis = 0

    def filter(self, a: str, b: str, mode: str, axes: int, *, flip: bool) -> str:
        """The direct method: the transform would round."""
        name = "convolve" if flip else "correlate"
        return f'signal.{name}({a}, {b}, mode="{mode}", method="direct")'

    def flipped(self, w: str, axes: int) -> str:
        """Every axis turned round."""
        return f"np.flip({w})"

    def lifted(self, x: str) -> str:
        """An axis of one in front."""
        return f"{x}[None]"

    def dropped(self, y: str) -> str:
        """Without the first axis."""
        return f"({y})[0]" if " + " in y else f"{y}[0]"

    def dilate(self, v: str, lead: int, steps: Sequence[str]) -> str:
        """Zeros between the entries of the last axes."""
        return f"dilate({v}, {listed(steps)})"

    def every(self, v: str, lead: int, steps: Sequence[str]) -> str:
        """A slice with steps."""
        slices = [":" if step == "1" else f"::{step}" for step in steps]
        return f"{v}[{', '.join(['...'] * bool(lead) + slices)}]"

    def part(self, v: str, lead: int, starts: Sequence[str], counts: Sequence[str]) -> str:
        """A part of the last axes."""
        return f"part({v}, {listed(starts)}, {listed(counts)})"

    def pad(self, v: str, lead: int, ends: Sequence[tuple[str, str]], mode: str) -> str:
        """NumPy's pad."""
        widths = [*["(0, 0)"] * lead, *(f"({first}, {last})" for first, last in ends)]
        named = "" if mode == "zeros" else f', mode="{MODES[mode]}"'
        return f"np.pad({v}, {listed(widths)}{named})"

    def unpad(self, g: str, lead: int, ends: Sequence[tuple[str, str]], mode: str) -> str:
        """Every copy's gradient goes to its original."""
        widths = listed([f"({first}, {last})" for first, last in ends])
        return f'unpad({g}, {widths}, mode="{MODES[mode]}")'

    def ones(self, sizes: Sequence[str]) -> str:
        """An array of ones."""
        return f"np.ones({listed(sizes)})"

    def bias(self, b: str, rank: int) -> str:
        """Along the channels."""
        return f"{b}[:, {', '.join(['None'] * rank)}]"

    def bias_gradient(self, up: str, b: str, rank: int, *, channels: bool) -> str:
        """The sum over all but the channels."""
        if not channels:
            return f"{up}.sum().reshape({b}.shape)"
        return f"{up}.sum({listed([str(n) for n in range(rank + 2) if n != 1])})"

    def divided(self, a: str, b: str) -> str:
        """Element by element."""
        return f"{a} / {b}"


RULES = Rules(SciPy()).table()
HELPERS = {
    "dilate": '''def dilate(v, steps):
    """v with step - 1 zeros between its entries along each of the last axes."""
    lead = v.ndim - len(steps)
    sizes = [step * (n - 1) + 1 for step, n in zip(steps, v.shape[lead:])]
    made = np.zeros((*v.shape[:lead], *sizes), v.dtype)
    made[(..., *(slice(None, None, step) for step in steps))] = v
    return made''',
    "part": '''def part(v, starts, counts):
    """The part of v that begins at starts, along its last axes; zeros beyond v."""
    lead = v.ndim - len(starts)
    ends = list(zip(starts, counts, v.shape[lead:]))
    widths = [(max(-start, 0), max(start + count - n, 0)) for start, count, n in ends]
    v = np.pad(v, [(0, 0)] * lead + widths)
    return v[(..., *(slice(max(s, 0), max(s, 0) + n) for s, n in zip(starts, counts)))]''',
    "unpad": '''def unpad(g, widths, mode):
    """The gradient of np.pad: what a cell's copies got is added to the cell."""
    for axis, (before, after) in enumerate(widths, g.ndim - len(widths)):
        n = g.shape[axis] - before - after
        source = np.pad(np.arange(n), (before, after), mode=mode)
        made = np.zeros((n, *np.delete(g.shape, axis)), g.dtype)
        np.add.at(made, source, np.moveaxis(g, axis, 0))
        g = np.moveaxis(made, 0, axis)
    return g''',
    "group": '''def group(x, f, filters, groups):
    """The channels that output channel f of `filters` reads."""
    size = x.shape[1] // groups
    first = f // (filters // groups) * size
    return x[:, first : first + size]''',
    "correlate_channels": '''def correlate_channels(x, w, groups):
    """The correlation of (N, C, ...) with (F, C / groups, ...), summed over channels."""
    return np.concatenate([
        signal.correlate(group(x, f, len(w), groups), w[f : f + 1], "valid", "direct")
        for f in range(len(w))
    ], axis=1)''',
    "spread_channels": '''def spread_channels(g, w, groups):
    """The adjoint of correlate_channels: every g[n, f] times w[f], overlaps added."""
    each = len(w) // groups
    laid = [
        signal.convolve(g[:, f : f + 1], w[f : f + 1], "full", "direct") for f in range(len(w))
    ]
    return np.concatenate(
        [sum(laid[first : first + each]) for first in range(0, len(w), each)], axis=1
    )''',
    "kernel_gradient": '''def kernel_gradient(x, g, groups):
    """The gradient of correlate_channels for w: x correlated with g, summed over n."""
    filters = g.shape[1]
    return np.concatenate([
        signal.correlate(group(x, f, filters, groups), g[:, f : f + 1], "valid", "direct")
        for f in range(filters)
    ])''',
}
