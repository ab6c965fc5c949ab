"""The operation's own names as a note writes them: axis orders, and elements with names."""

from __future__ import annotations

from symconv.calls import Elements
from symconv.conventions import Conventions
from symconv.syntax.formula.labels import axis_labels, order_of
from symconv.syntax.formula.lexicon import Lexicon, note_spelling
from symconv.syntax.formula.source import FormulaError
from symconv.syntax.formula.views import View, identity, permuted


def own_names(found: Lexicon) -> dict[str, View]:
    """The operation's own names, which come first in a declared value; g is from above."""
    own = {name: found.view(name) or identity(name, ()) for name in found.forward}
    if "g" not in own and found.seed:
        own["g"] = own[found.graph.output].of(found.seed)
    return own


def lay_out(found: Lexicon, conventions: Conventions) -> None:
    """Images and kernels in the order of axes that the conventions declare.

    Errors: `FormulaError` for an order that is none, or does not fit a tensor.
    """
    images, kernels = axis_labels(found.graph)
    rows = (
        ("layout", conventions.layout, images),
        ("kernel_layout", conventions.kernel_layout, kernels),
    )
    for option, layout, labels in rows:
        allowed = "NCDHWL" if option == "layout" else "OIDHWL"
        if layout and (set(layout) - set(allowed) or len(set(layout)) != len(layout)):
            raise FormulaError(f"{option} {layout} is not understood", layout, 0, f"like {allowed}")
        for tensor, native in labels.items() if layout else ():
            order = order_of(layout, native)
            if order is None:
                raise FormulaError(f"{option} {layout} does not fit {tensor} ({native})", layout, 0)
            view = permuted(tensor, found.shapes[tensor], order)
            found.views[tensor] = view
            if tensor == found.graph.output and found.seed:
                for key in [k for k, v in found.views.items() if v.tensor == found.seed]:
                    found.views[key] = view.of(found.seed)
                if found.upstream not in found.labelled:
                    found.views.setdefault(found.upstream, view.of(found.seed))


def name_elements(found: Lexicon) -> None:
    """Elements that were named in the operation: ``x=[a,b]`` makes a and b names."""
    for tensor in found.graph.inputs:
        if tensor.elements is not None:
            _walk(found, tensor.name, tensor.elements, ())


def _walk(found: Lexicon, tensor: str, elements: Elements, at: tuple[int, ...]) -> None:
    for place, item in enumerate(elements):
        if isinstance(item, tuple):
            _walk(found, tensor, item, (*at, place))
        elif isinstance(item, str):
            found.elements.setdefault(item, View(tensor, (), (*at, place), ()))
            note_spelling(found, item)
