"""A node in JAX's calls: lax.conv_general_dilated for every convolution and its gradients."""

from __future__ import annotations

from collections.abc import Callable

from symconv.codegen.frameworks import pointwise
from symconv.codegen.frameworks.parts import (
    Piece,
    Scene,
    Window,
    after_of,
    before_of,
    dilation_of,
    last_padding,
    listed,
    option,
    stride_of,
    zero_of,
)
from symconv.geometry import Axis
from symconv.graph import Node
from symconv.index import Index, add, minus, simplify, tidy

LETTERS = {1: "W", 2: "HW", 3: "DHW"}
NUMPY_MODES = {"circular": "wrap", "replicate": "edge", "reflect": "reflect"}
Side = Callable[[Axis], Index]


def conv(scene: Scene, node: Node, g: str) -> Piece:
    """conv1d … conv3d, convolve and correlate."""
    window = scene.window(node)
    piece = Piece()
    x, before, after = window.lifted(scene.tensor(node.tensors[0])), before_of, after_of
    mode = window.geometry.padding_mode
    if mode != "zeros" and window.padded:
        widths = ", ".join(["(0, 0)", "(0, 0)", *_pairs(window, before, after)])
        pad = f'jnp.pad({{0}}, ({widths}), mode="{NUMPY_MODES[mode]}")'
        plain = x
        x = _named(piece, scene, "padded", pad.format(x))
        before = after = zero_of
    w = _kernel(window, piece)
    y = _general(window, x, w, stride=stride_of, before=before, after=after)
    piece.forward.append(f"{scene.tensor(node.target)} = {y}{window.dropped}{_bias(window)}")
    up, turned = window.lifted(g), f"turn({w}, {window.groups})"

    def front(axis: Axis) -> Index:
        return _sum(axis.span, -1, minus(before(axis)))

    def end(axis: Axis) -> Index:
        return _sum(axis.span, -1, minus(after(axis)), axis.left_over())

    dx = _general(window, up, turned, before=front, after=end, spread=stride_of)
    if x != window.lifted(scene.tensor(node.tensors[0])):
        dx = f"jax.vjp(lambda v: {pad.format('v')}, {plain})[1]({dx})[0]"
        piece.notes.append(
            f'The gradient of jnp.pad with mode="{NUMPY_MODES[mode]}", is jax.vjp\'s.'
        )

    def cut(axis: Axis) -> Index:
        return _sum(after(axis), minus(axis.left_over()))

    dw = _kernel_gradient(window, x, up, before, cut)
    piece.gradients = [dx + window.dropped, _kernel_back(window, dw), *_bias_back(window, g)]
    return piece


def transposed(scene: Scene, node: Node, g: str) -> Piece:
    """conv_transpose1d … 3d: zeros between the inputs, the kernel turned round."""
    window = scene.window(node)
    piece = Piece()
    x, w = window.lifted(scene.tensor(node.tensors[0])), _kernel(window, piece)

    def front(axis: Axis) -> Index:
        return _sum(axis.span, -1, minus(axis.before))

    def end(axis: Axis) -> Index:
        return _sum(axis.span, -1, minus(axis.after), axis.output_padding)

    def back(axis: Axis) -> Index:
        return _sum(axis.after, minus(axis.output_padding))

    turned = f"turn({w}, {window.groups})"
    y = _general(window, x, turned, before=front, after=end, spread=stride_of)
    piece.forward.append(f"{scene.tensor(node.target)} = {y}{window.dropped}{_bias(window)}")
    up = window.lifted(g)
    dx = _general(window, up, w, stride=stride_of, before=before_of, after=back)
    dw = _kernel_gradient(window, up, x, before_of, back)
    piece.gradients = [dx + window.dropped, _kernel_back(window, dw), *_bias_back(window, g)]
    return piece


def pool(scene: Scene, node: Node, g: str) -> Piece:
    """avg_pool and max_pool: lax.reduce_window; its gradient is automatic."""
    window = scene.window(node)
    largest = node.keyword.startswith("max")
    if largest and window.differ(dilation_of, 1):
        raise window.refuse(
            "JAX cannot differentiate a maximum over dilated windows",
            option="dilation",
            hint="--for torch or --for numpy",
        )
    x = scene.tensor(node.tensors[0])
    piece = Piece(own=False)
    piece.forward.append(f"{scene.tensor(node.target)} = {_pooled(window, x, largest)}")
    piece.gradients = [f"jax.vjp(lambda v: {_pooled(window, 'v', largest)}, {x})[1]({g})[0]"]
    return piece


def _pooled(window: Window, v: str, largest: bool) -> str:
    sizes = listed(["1", "1", *window.each(lambda a: a.kernel)])
    strides = listed(["1", "1", *window.each(stride_of)])
    lifted = window.lifted(v)
    if largest:
        pads = listed(["(0, 0)", "(0, 0)", *_pairs(window, before_of, last_padding)])
        call = f"lax.reduce_window({lifted}, -jnp.inf, lax.max, {sizes}, {strides}, {pads})"
        return call + window.dropped
    pads = listed(["(0, 0)", "(0, 0)", *_pairs(window, before_of, last_padding)])
    total = f"lax.reduce_window({lifted}, 0.0, lax.add, {sizes}, {strides}, {pads})"
    include = bool(option(window.node, "count_include_pad"))
    if not window.geometry.axes[0].ceil_mode and (include or not window.padded):
        factors = " * ".join(f"({k})" if " " in k else k for k in window.each(lambda a: a.kernel))
        return f"{total}{window.dropped} / ({factors})"
    ones = f"jnp.ones_like({lifted})"
    if include:
        inside = listed(["(0, 0)", "(0, 0)", *_pairs(window, before_of, after_of)])
        ones = f"jnp.pad({ones}, {inside}, constant_values=1)"
        more = _pairs(window, zero_of, lambda a: _sum(last_padding(a), minus(a.after)))
        pads = listed(["(0, 0)", "(0, 0)", *more])
    count = f"lax.reduce_window({ones}, 0.0, lax.add, {sizes}, {strides}, {pads})"
    return f"({total} / {count}){window.dropped}"


def unfold(scene: Scene, node: Node, g: str) -> Piece:
    """Unfold by ``lax.conv_general_dilated_patches``; back by its transpose."""
    window = scene.window(node)
    x = scene.tensor(node.tensors[0])
    piece = Piece()
    piece.forward.append(f"{scene.tensor(node.target)} = {_patches(window, x)}")
    piece.gradients = [f"jax.vjp(lambda v: {_patches(window, 'v')}, {x})[1]({g})[0]"]
    piece.own = False
    return piece


def fold(scene: Scene, node: Node, g: str) -> Piece:
    """Fold is the transpose of unfold, and ``jax.linear_transpose`` says just that."""
    found = scene.window(node)
    batch = len(scene.graph.shapes[node.tensors[0]]) == 3
    window = Window(scene, node, found.geometry, 2 if batch else 1)
    columns = scene.tensor(node.tensors[0])
    cells = " * ".join(f"({k})" if " " in k else k for k in window.each(lambda a: a.kernel))
    lead = [f"{columns}.shape[0]"] * batch
    rows = f"{columns}.shape[{1 if batch else 0}] // ({cells})"
    shape = listed([*lead, rows, *window.each(lambda a: a.size)])
    like = f"jax.ShapeDtypeStruct({shape}, {columns}.dtype)"
    made = f"jax.linear_transpose(lambda v: {_patches(window, 'v')}, {like})({columns})[0]"
    return Piece([f"{scene.tensor(node.target)} = {made}"], [], [_patches(window, g)])


def points(scene: Scene, node: Node, g: str) -> Piece:
    """Every element on its own, and the losses."""
    return pointwise.spell(scene, node, g, pointwise.JAX)


# --- the one call -------------------------------------------------------------------------------


def _general(
    window: Window,
    x: str,
    w: str,
    *,
    before: Side,
    after: Side,
    stride: Side | None = None,
    spread: Side | None = None,
) -> str:
    """``lax.conv_general_dilated`` in the layout of PyTorch."""
    strides = listed(window.each(stride) if stride else ["1"] * window.rank)
    options = [strides, listed(_pairs(window, before, after))]
    if spread and window.differ(spread, 1):
        options.append(f"lhs_dilation={listed(window.each(spread))}")
    if window.differ(dilation_of, 1):
        options.append(f"rhs_dilation={listed(window.each(dilation_of))}")
    letters = LETTERS[window.rank]
    options.append(f'dimension_numbers=("NC{letters}", "OI{letters}", "NC{letters}")')
    if window.geometry.groups != 1:
        options.append(f"feature_group_count={window.groups}")
    return f"lax.conv_general_dilated({x}, {w}, {', '.join(options)})"


def _kernel_gradient(window: Window, x: str, g: str, before: Side, after: Side) -> str:
    """The kernel's gradient: batch and channels change places, stride and dilation too."""
    options = [listed(window.each(dilation_of)), listed(_pairs(window, before, after))]
    if window.differ(stride_of, 1):
        options.append(f"rhs_dilation={listed(window.each(stride_of))}")
    letters = LETTERS[window.rank]
    options.append(f'dimension_numbers=("CN{letters}", "IO{letters}", "CN{letters}")')
    if window.geometry.groups != 1:
        options.append(f"batch_group_count={window.groups}")
    return f"lax.conv_general_dilated({x}, {g}, {', '.join(options)})"


def _patches(window: Window, v: str) -> str:
    """Y's rows and columns; batch in front if there is one."""
    options = [
        listed(window.each(lambda a: a.kernel)),
        listed(window.each(stride_of)),
        listed(_pairs(window, before_of, after_of)),
    ]
    if window.differ(dilation_of, 1):
        options.append(f"rhs_dilation={listed(window.each(dilation_of))}")
    made = f"lax.conv_general_dilated_patches({window.lifted(v)}, {', '.join(options)})"
    return f"columns({made})" + ("[0]" if window.extra < 2 else "")


# --- layout and numbers -------------------------------------------------------------------------


def _sum(*parts: Index) -> Index:
    return simplify(tidy(add(*parts)))


def _pairs(window: Window, before: Side, after: Side) -> list[str]:
    pairs = zip(window.each(before), window.each(after), strict=True)
    return [f"({first}, {last})" for first, last in pairs]


def _kernel(window: Window, piece: Piece) -> str:
    w = window.scene.tensor(window.node.tensors[1])
    if window.extra == 0:
        w += "[None, None]"
    if not window.geometry.flipped:
        return w
    axes = listed([str(axis + 2) for axis in range(window.rank)])
    return _named(piece, window.scene, "flipped", f"jnp.flip({w}, {axes})")


def _kernel_back(window: Window, dw: str) -> str:
    if window.geometry.flipped:
        dw = f"jnp.flip({dw}, {listed([str(axis + 2) for axis in range(window.rank)])})"
    return dw + "[0, 0]" * (window.extra == 0)


def _bias(window: Window) -> str:
    names = [window.scene.tensor(name) for name in window.node.tensors[2:]]
    spread = f"[:, {', '.join(['None'] * window.rank)}]" if window.extra else ".reshape(())"
    return "".join(f" + {name}{spread}" for name in names)


def _bias_back(window: Window, g: str) -> list[str]:
    names = [window.scene.tensor(name) for name in window.node.tensors[2:]]
    axes = [str(n) for n in range(window.extra + window.rank) if n != window.extra - 1]
    if window.extra:
        return [f"{g}.sum({listed(axes)})" for _ in names]
    return [f"{g}.sum().reshape({name}.shape)" for name in names]


def _named(piece: Piece, scene: Scene, hint: str, value: str) -> str:
    name = scene.fresh(hint)
    piece.forward.append(f"{name} = {value}")
    return name


RULES: dict[str, Callable[[Scene, Node, str], Piece]] = {
    **{f"conv{rank}d": conv for rank in (1, 2, 3)},
    **{f"conv_transpose{rank}d": transposed for rank in (1, 2, 3)},
    **dict.fromkeys(("convolve", "correlate"), conv),
    **{f"{kind}_pool{rank}d": pool for kind in ("avg", "max") for rank in (1, 2, 3)},
    "unfold": unfold,
    "fold": fold,
    **dict.fromkeys(pointwise.JAX, points),
}
HELPERS = {
    "turn": '''def turn(w, groups):
    """The kernel flipped, its input and output channels swapped within each group."""
    w = jnp.flip(w, range(2, w.ndim))
    parts = w.reshape(groups, -1, *w.shape[1:]).swapaxes(1, 2)
    return parts.reshape(-1, *parts.shape[2:])''',
    "columns": '''def columns(patches):
    """One column for each window."""
    return patches.reshape(*patches.shape[:2], -1)''',
}
