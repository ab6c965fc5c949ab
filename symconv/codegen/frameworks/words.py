"""What differs from framework to framework, in sentences: one row a feature, one column a name."""

from __future__ import annotations

from collections.abc import Callable

from symconv.codegen.frameworks.parts import option
from symconv.graph import Graph, Node
from symconv.index import same
from symconv.values import dataclass

ORDER = ("torch", "jax", "scipy", "matlab")


@dataclass(frozen=True, slots=True)
class Feature:
    """When a feature is there, and what to say of it for `ORDER`."""

    holds: Callable[[Graph, Node], bool]
    says: tuple[str, str, str, str]


def sentences(graph: Graph, framework: str) -> list[str]:
    """What a reader of the code must know, each sentence once."""
    place = ORDER.index(framework)
    found = [
        feature.says[place]
        for node in graph.nodes
        for feature in FEATURES
        if feature.holds(graph, node)
    ]
    caveats = [caveat for node in graph.nodes for caveat in node.caveats]
    return list(dict.fromkeys(filter(None, [*found, *caveats])))


def _is(*starts: str) -> Callable[[Graph, Node], bool]:
    return lambda graph, node: node.keyword.startswith(starts)


def _extra(graph: Graph, node: Node) -> int:
    rank = node.geometry.rank if node.geometry else 0
    return len(graph.shapes[node.tensors[0]]) - rank


def _conv(node: Node) -> bool:
    return node.keyword.startswith("conv") and node.keyword != "convolve"


def _heads(*extras: int) -> Callable[[Graph, Node], bool]:
    return lambda graph, node: _conv(node) and _extra(graph, node) in extras


def _named(name: str) -> Callable[[Graph, Node], bool]:
    return lambda graph, node: dict(node.options).get("padding") == name


def _uneven(graph: Graph, node: Node) -> bool:
    axes = node.geometry.axes if node.geometry else ()
    return not all(same(axis.before, axis.after) for axis in axes)


def _mode(graph: Graph, node: Node) -> bool:
    return node.geometry is not None and node.geometry.padding_mode != "zeros"


def _axis(name: str, default: object) -> Callable[[Graph, Node], bool]:
    return lambda graph, node: (
        node.geometry is not None
        and any(getattr(axis, name) != default for axis in node.geometry.axes)
    )


def _groups(graph: Graph, node: Node) -> bool:
    return node.geometry is not None and node.geometry.groups != 1


def _counts(graph: Graph, node: Node) -> bool:
    return node.keyword.startswith("avg") and not option(node, "count_include_pad")


def _both(*tests: Callable[[Graph, Node], bool]) -> Callable[[Graph, Node], bool]:
    return lambda graph, node: all(test(graph, node) for test in tests)


CALLED = {"torch": "PyTorch", "jax": "JAX", "scipy": "SciPy", "matlab": "MATLAB"}
FEATURES: tuple[Feature, ...] = (
    Feature(
        _is("conv1d", "conv2d", "conv3d"),
        (
            "Flip: F.conv does not flip the kernel either.",
            "Flip: conv_general_dilated does not flip the kernel either.",
            "Flip: signal.correlate does not flip the kernel; signal.convolve would.",
            "Flip: conv2 and convn flip the kernel, so it is turned first (rot90 by 180 degrees).",
        ),
    ),
    Feature(
        _is("convolve"),
        (
            "Flip: F.conv does not flip, so the kernel is turned with .flip.",
            "Flip: conv_general_dilated does not flip, so the kernel is turned with jnp.flip.",
            "Flip: signal.convolve flips the kernel, as wanted.",
            "Flip: conv2 flips the kernel, as wanted.",
        ),
    ),
    Feature(
        _is("correlate"),
        (
            "Flip: neither correlate nor F.conv flips the kernel.",
            "Flip: neither correlate nor conv_general_dilated flips the kernel.",
            "Flip: signal.correlate does not flip the kernel, as wanted.",
            "Flip: conv2 flips the kernel, so it is turned first (rot90 by 180 degrees).",
        ),
    ),
    Feature(
        _is("conv_transpose"),
        (
            "Kernel: (input channels, output channels / groups, …), PyTorch's own layout.",
            "Kernel: JAX has no flag that turns it round for groups: the kernel is flipped, its "
            "channels swapped, and the stride becomes lhs_dilation.",
            "Scatter: zeros are put between the inputs, and signal.convolve (which flips) adds the "
            "overlaps.",
            "Scatter: zeros are put between the inputs, and convn (which flips) adds the overlaps.",
        ),
    ),
    Feature(
        _heads(1, 2),
        (
            "Layout: channels first (N, C, …), PyTorch's own.",
            'Layout: channels first, said by dimension_numbers; Flax layers expect "NHWC", "HWIO".',
            "Layout: SciPy knows no channels: the sum over them is the valid part of a correlation "
            "over the channel axis.",
            "Layout: arrays are indexed (n, c, …) as in the formula; MATLAB's own layers want "
            "(…, c, n).  MATLAB knows no channels: convn's valid part sums over them.",
        ),
    ),
    Feature(
        _heads(0),
        (
            "Layout: PyTorch needs batch and channels, so two axes of one are put in front.",
            "Layout: JAX needs batch and channels, so two axes of one are put in front.",
            "",
            "",
        ),
    ),
    Feature(
        lambda graph, node: any(len(graph.shapes[name]) == 1 for name in node.tensors),
        ("", "", "", "Layout: a tensor of one axis is a column vector."),
    ),
    Feature(
        _named("same"),
        (
            'Padding: F.conv has padding="same" for a stride of 1 alone; here it is in numbers.',
            'Padding: the rule is that of padding="SAME"; here it is in numbers.',
            'Padding: SciPy\'s mode="same" means the middle of the full result, which is not this '
            "rule for even kernels; here the padding is in numbers.",
            "Padding: MATLAB's shape 'same' means the middle of the full result, one cell later "
            "for even kernels; here the padding is in numbers.",
        ),
    ),
    Feature(
        _named("causal"),
        ("Padding: causal means in front only.",) * 4,
    ),
    Feature(
        _both(_is("conv1", "conv2", "conv3", "conv_"), _uneven),
        ("", "Padding: the two ends of an axis may differ: pairs (before, after).", "", ""),
    ),
    Feature(
        _both(lambda graph, node: _conv(node), _mode),
        (
            "Padding: padding_mode belongs to the layer (nn.Conv); F.conv pads with zeros only.",
            "Padding: conv_general_dilated pads with zeros only; jnp.pad does the rest.",
            "Padding: np.pad; SciPy's boundary option covers convolve2d and correlate2d only.",
            "Padding: by indices; padarray would need the Image Processing Toolbox.",
        ),
    ),
    Feature(
        _axis("stride", 1),
        (
            "",
            "",
            "Stride: SciPy computes every position, and a slice keeps every S-th.",
            "Stride: MATLAB computes every position, and 1:S:end keeps every S-th.",
        ),
    ),
    Feature(
        _axis("dilation", 1),
        (
            "",
            "Dilation: rhs_dilation.",
            "Dilation: SciPy has none: zeros are put between the kernel's entries.",
            "Dilation: MATLAB has none: zeros are put between the kernel's entries.",
        ),
    ),
    Feature(
        _groups,
        (
            "",
            "Groups: feature_group_count; the kernel's gradient takes batch_group_count.",
            "Groups: by slices of the channels.",
            "Groups: by ranges of the channels.",
        ),
    ),
    Feature(
        _axis("output_padding", 0),
        (
            "output_padding adds cells at the end; they hold what the padding would have cut off, "
            "and the bias.",
            "output_padding: JAX has none; it is added to the padding at the end.",
            "output_padding: SciPy has none; less is cut off at the end.",
            "output_padding: MATLAB has none; less is cut off at the end.",
        ),
    ),
    Feature(
        _axis("ceil_mode", False),
        (
            "ceil_mode: the rule is PyTorch's own.",
            "ceil_mode: JAX has none; the padding at the end is made large enough.",
            "ceil_mode: SciPy has none; the padding at the end is made large enough.",
            "ceil_mode: MATLAB has none; the padding at the end is made large enough.",
        ),
    ),
    Feature(
        _counts,
        (
            "count_include_pad=False: a mean over the cells inside the input.",
            "count_include_pad=False: JAX has no such option; the cells are counted by a window "
            "over ones.",
            "count_include_pad=False: the cells are counted by a correlation of ones.",
            "count_include_pad=False: the cells are counted by a convolution of ones.",
        ),
    ),
    Feature(
        _is("max_pool"),
        (
            "Ties: PyTorch too gives the whole gradient to the first maximum (on the CPU).",
            "Ties: JAX's reduce_window too gives the whole gradient to the first maximum.",
            "",
            "",
        ),
    ),
    Feature(
        _is("unfold", "fold"),
        (
            "Rows and columns are PyTorch's own.",
            "Rows: conv_general_dilated_patches orders them by channel, then kernel position.",
            "",
            "",
        ),
    ),
    Feature(
        _is("relu"),
        (
            "relu: the derivative at 0 is 0 in PyTorch too.",
            "relu: jax.nn.relu's derivative at 0 is 0; that of jnp.maximum would be 1/2.",
            "",
            "",
        ),
    ),
)
