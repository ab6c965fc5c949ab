"""A node in PyTorch's calls: torch.nn.functional forward, torch.nn.grad and its like back."""

from __future__ import annotations

from collections.abc import Callable

from symconv.codegen.frameworks import pointwise
from symconv.codegen.frameworks.parts import Piece, Scene, Window, listed, one_or_all, option
from symconv.geometry import Axis
from symconv.graph import Node
from symconv.index import Index, add, minus, tidy

MODES = {"circular": "circular", "replicate": "replicate", "reflect": "reflect"}
SEVERAL = "PyTorch's {call} pads both ends of an axis alike, so the padding is a call of its own."


def conv(scene: Scene, node: Node, g: str) -> Piece:
    """conv1d … conv3d, convolve and correlate: ``F.conv`` and ``torch.nn.grad``."""
    window = scene.window(node)
    _check_circular(window)
    piece = Piece()
    x = window.lifted(scene.tensor(node.tensors[0]))
    by_hand = window.padded and not (window.even and window.geometry.padding_mode == "zeros")
    if by_hand:
        x = _named(piece, scene, "padded", _pad(window, x))
        if window.geometry.padding_mode == "zeros":
            piece.notes.append(SEVERAL.format(call=f"conv{window.rank}d"))
    w = _kernel(window, piece)
    options = _options(window, padding=not by_hand)
    call = f"F.conv{window.rank}d({', '.join([x, w, *_bias(window), *options])})"
    piece.forward.append(f"{scene.tensor(node.target)} = {call}{window.dropped}")
    upstream = window.lifted(g)
    rest = ", ".join(["", *options])
    dx = f"torch.nn.grad.conv{window.rank}d_input({x}.shape, {w}, {upstream}{rest})"
    if by_hand:
        dx = _unpad(window, dx, scene.tensor(node.tensors[0]), piece)
    dw = f"torch.nn.grad.conv{window.rank}d_weight({x}, {w}.shape, {upstream}{rest})"
    piece.gradients = [dx + window.dropped, _kernel_back(window, dw), *_bias_back(window, g)]
    return piece


def transposed(scene: Scene, node: Node, g: str) -> Piece:
    """conv_transpose1d … 3d; its gradient is the convolution that it turns round."""
    window = scene.window(node)
    piece = Piece()
    x, w = window.lifted(scene.tensor(node.tensors[0])), _kernel(window, piece)
    y, rank = scene.tensor(node.target), window.rank
    options = _options(window, padding=window.even)
    if window.even:
        if window.differ(lambda a: a.output_padding, 0):
            options.append(f"output_padding={one_or_all(window.each(lambda a: a.output_padding))}")
        made = f"F.conv_transpose{rank}d({', '.join([x, w, *_bias(window), *options])})"
    else:
        piece.notes.append(SEVERAL.format(call=f"conv_transpose{rank}d"))
        made = f"F.conv_transpose{rank}d({', '.join([x, w, *options])})"
        made = f"F.pad({made}, {_ends(window, _cut_before, _cut_after)})"
        made += "".join(f" + {b}{_spread(window)}" for b in _bias_name(window))
    piece.forward.append(f"{y} = {_grouped(made, window.dropped)}")
    upstream = window.lifted(g)
    if window.padded or window.differ(lambda a: a.output_padding, 0):
        laid = f"F.pad({upstream}, {_ends(window, lambda a: a.before, _lay_after)})"
        upstream = scene.fresh("whole")
        piece.before.append(f"{upstream} = {laid}")
    plain = _options(window, padding=False)
    rest = ", ".join(["", *plain])
    dx = f"F.conv{rank}d({', '.join([upstream, w, *plain])})"
    dw = f"torch.nn.grad.conv{rank}d_weight({upstream}, {w}.shape, {x}{rest})"
    piece.gradients = [dx + window.dropped, _kernel_back(window, dw), *_bias_back(window, g)]
    return piece


def pool(scene: Scene, node: Node, g: str) -> Piece:
    """avg_pool and max_pool; PyTorch has no public call for their gradients."""
    window = scene.window(node)
    largest = node.keyword.startswith("max")
    piece = Piece(own=False)
    if not window.even and window.geometry.axes[0].ceil_mode:
        raise window.refuse(
            "PyTorch cannot round the number of windows up over a padding that differs at the ends",
            option="ceil_mode",
            hint="--for numpy, or one padding for both ends",
        )
    x = scene.tensor(node.tensors[0])
    if not window.even:
        piece.notes.append(SEVERAL.format(call=node.keyword))
    piece.forward.append(f"{scene.tensor(node.target)} = {_pooled(window, x, largest)}")
    piece.gradients = [f"torch.func.vjp(lambda v: {_pooled(window, 'v', largest)}, {x})[1]({g})[0]"]
    return piece


def _pooled(window: Window, v: str, largest: bool) -> str:
    """The pooling of `v` as one expression."""
    node = window.node
    call = f"F.{node.keyword}"
    kernel = one_or_all(window.each(lambda a: a.kernel))
    options = [f"stride={one_or_all(window.each(lambda a: a.stride))}"]
    if window.padded and window.even:
        options.append(f"padding={one_or_all(window.each(lambda a: a.before))}")
    if window.differ(lambda a: a.dilation, 1):
        options.append(f"dilation={one_or_all(window.each(lambda a: a.dilation))}")
    if window.geometry.axes[0].ceil_mode:
        options.append("ceil_mode=True")
    include = largest or bool(option(node, "count_include_pad"))
    if not include and window.even:
        options.append("count_include_pad=False")
    rest = ", ".join([kernel, *options])
    if window.even:
        return f"{call}({window.lifted(v)}, {rest}){window.dropped}"
    value = ", value=-torch.inf" if largest else ""
    ends = _ends(window, lambda a: a.before, lambda a: a.after)
    made = f"{call}(F.pad({window.lifted(v)}, {ends}{value}), {rest})"
    if not include:
        ones = f"F.pad(torch.ones_like({window.lifted(v)}), {ends})"
        made = f"({made} / {call}({ones}, {rest}))"
    return made + window.dropped


def unfold(scene: Scene, node: Node, g: str) -> Piece:
    """Unfold by ``F.unfold``, and back by ``F.fold``."""
    window = scene.window(node)
    piece = Piece()
    _check_plane(window)
    x = scene.tensor(node.tensors[0])
    made, gradient = _unfolded(window, x), _folded(window, g, window.extra < 2)
    drop = "[0]" * (window.extra < 2)
    piece.forward.append(f"{scene.tensor(node.target)} = {made}{drop}")
    piece.gradients = [gradient + window.dropped]
    return piece


def fold(scene: Scene, node: Node, g: str) -> Piece:
    """Fold by ``F.fold``, and back by ``F.unfold``."""
    found = scene.window(node)
    batch = len(scene.graph.shapes[node.tensors[0]]) == 3
    window = Window(scene, node, found.geometry, 2 if batch else 1)
    piece = Piece()
    _check_plane(window)
    made = _folded(window, scene.tensor(node.tensors[0]), not batch)
    piece.forward.append(f"{scene.tensor(node.target)} = {made}{window.dropped}")
    piece.gradients = [_unfolded(window, g) + ("" if batch else "[0]")]
    return piece


def points(scene: Scene, node: Node, g: str) -> Piece:
    """Every element on its own, and the losses."""
    return pointwise.spell(scene, node, g, pointwise.TORCH)


# --- layout -------------------------------------------------------------------------------------


def _kernel(window: Window, piece: Piece) -> str:
    """The kernel in four axes (for images), turned where the operation flips it."""
    w = window.scene.tensor(window.node.tensors[1])
    if window.extra == 0:
        w += "[None, None]"
    if not window.geometry.flipped:
        return w
    axes = listed([str(axis + 2) for axis in range(window.rank)])
    return _named(piece, window.scene, "flipped", f"{w}.flip({axes})")


def _kernel_back(window: Window, dw: str) -> str:
    if window.geometry.flipped:
        dw += f".flip({listed([str(axis + 2) for axis in range(window.rank)])})"
    return dw + "[0, 0]" * (window.extra == 0)


def _bias_name(window: Window) -> list[str]:
    return [window.scene.tensor(name) for name in window.node.tensors[2:]]


def _bias(window: Window) -> list[str]:
    return [f"{b}.reshape(1)" if window.extra == 0 else b for b in _bias_name(window)]


def _spread(window: Window) -> str:
    """The bias's index that lays it along the channels."""
    return f"[:, {', '.join(['None'] * window.rank)}]" if window.extra else ".reshape(1)"


def _bias_back(window: Window, g: str) -> list[str]:
    axes = [str(n) for n in range(window.extra + window.rank) if n != window.extra - 1]
    if window.extra:
        return [f"{g}.sum({listed(axes)})" for _ in _bias_name(window)]
    return [f"{g}.sum().reshape({b}.shape)" for b in _bias_name(window)]


def _named(piece: Piece, scene: Scene, hint: str, value: str) -> str:
    name = scene.fresh(hint)
    piece.forward.append(f"{name} = {value}")
    return name


def _grouped(made: str, drop: str) -> str:
    return f"({made}){drop}" if drop and " + " in made else made + drop


# --- numbers ------------------------------------------------------------------------------------


def _options(window: Window, *, padding: bool) -> list[str]:
    found = []
    for name, of, default in (
        ("stride", lambda a: a.stride, 1),
        ("padding", lambda a: a.before, 0),
        ("dilation", lambda a: a.dilation, 1),
    ):
        if (name != "padding" or padding) and window.differ(of, default):
            found.append(f"{name}={one_or_all(window.each(of))}")
    return found + ([f"groups={window.groups}"] if window.geometry.groups != 1 else [])


def _ends(window: Window, before: Callable[[Axis], Index], after: Callable[[Axis], Index]) -> str:
    """``F.pad``'s widths: the last axis comes first."""
    pairs = zip(window.each(before), window.each(after), strict=True)
    return f"({', '.join(', '.join(pair) for pair in reversed(list(pairs)))})"


def _pad(window: Window, x: str) -> str:
    mode = window.geometry.padding_mode
    named = "" if mode == "zeros" else f', mode="{MODES[mode]}"'
    return f"F.pad({x}, {_ends(window, lambda a: a.before, lambda a: a.after)}{named})"


def _cut_before(axis: Axis) -> Index:
    return tidy(minus(axis.before))


def _cut_after(axis: Axis) -> Index:
    return tidy(add(axis.output_padding, minus(axis.after)))


def _lay_after(axis: Axis) -> Index:
    return tidy(add(axis.after, minus(axis.output_padding)))


def _unpad(window: Window, dx: str, x: str, piece: Piece) -> str:
    """Back through the padding: cells of zeros are cut off, copies are added up."""
    if window.geometry.padding_mode == "zeros":
        return f"F.pad({dx}, {_ends(window, _cut_before, lambda a: tidy(minus(a.after)))})"
    piece.notes.append(
        f'The gradient of F.pad with mode="{window.geometry.padding_mode}" has no call of its own '
        "and is left to torch.func.vjp."
    )
    return f"torch.func.vjp(lambda v: {_pad(window, 'v')}, {window.lifted(x)})[1]({dx})[0]"


# --- unfold and fold ----------------------------------------------------------------------------


def _columns(window: Window, *, padding: bool) -> str:
    """The options of F.unfold; one spatial axis becomes the last of two."""
    line = window.rank == 1
    kernel = window.each(lambda a: a.kernel)
    found = [listed(["1", *kernel] if line else kernel)]
    for name, of, default in (
        ("dilation", lambda a: a.dilation, 1),
        ("padding", lambda a: a.before, 0),
        ("stride", lambda a: a.stride, 1),
    ):
        if (name != "padding" or padding) and window.differ(of, default):
            values = [str(default), *window.each(of)] if line else window.each(of)
            found.append(f"{name}={listed(values)}")
    return ", ".join(found)


def _unfolded(window: Window, x: str) -> str:
    x = window.lifted(x)
    if not window.even:
        x = f"F.pad({x}, {_ends(window, lambda a: a.before, lambda a: a.after)})"
    plane = "[:, :, None]" if window.rank == 1 else ""
    return f"F.unfold({x}{plane}, {_columns(window, padding=window.even)})"


def _folded(window: Window, columns: str, single: bool) -> str:
    """With batch and channels in front."""
    sizes = window.each(lambda a: a.size if window.even else a.padded)
    size = listed(["1", *sizes] if window.rank == 1 else sizes)
    lifted = columns + ("[None]" if single else "")
    made = f"F.fold({lifted}, {size}, {_columns(window, padding=window.even)})"
    made += "[:, :, 0]" if window.rank == 1 else ""
    if window.even:
        return made
    return f"F.pad({made}, {_ends(window, _cut_before, lambda a: tidy(minus(a.after)))})"


# --- what PyTorch cannot say --------------------------------------------------------------------


def _check_plane(window: Window) -> None:
    if window.rank == 3:
        raise window.refuse(
            f"PyTorch's {window.node.keyword} knows images only",
            option="kernel_size",
            hint="--for numpy (or --for jax), or a kernel_size of one or two numbers",
        )


def _check_circular(window: Window) -> None:
    if window.geometry.padding_mode != "circular":
        return
    for axis in window.geometry.axes:
        sides = [p for p in (axis.before, axis.after) if isinstance(p, int)]
        if isinstance(axis.size, int) and any(side > axis.size for side in sides):
            raise window.refuse(
                "PyTorch's circular padding goes round the input once at most",
                option="mode" if window.node.keyword in ("convolve", "correlate") else "padding",
                hint="--for numpy, or a kernel no longer than the input",
            )


RULES: dict[str, Callable[[Scene, Node, str], Piece]] = {
    **{f"conv{rank}d": conv for rank in (1, 2, 3)},
    **{f"conv_transpose{rank}d": transposed for rank in (1, 2, 3)},
    **dict.fromkeys(("convolve", "correlate"), conv),
    **{f"{kind}_pool{rank}d": pool for kind in ("avg", "max") for rank in (1, 2, 3)},
    "unfold": unfold,
    "fold": fold,
    **dict.fromkeys(pointwise.TORCH, points),
}
