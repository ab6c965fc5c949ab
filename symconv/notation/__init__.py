"""Forms as LaTeX, in the order in which they were written and with textbook letters.

The dialect is small (see `document`): one formula per string, no environments.
"""

from symconv.notation.forms import (
    equation_latex,
    form_latex,
    last_latex,
    left_latex,
    ranges_latex,
    read_latex,
    selection_latex,
    shape_latex,
    size_names,
    tensor_latex,
    term_latex,
)
from symconv.notation.indices import (
    PLAIN,
    Style,
    bound_name,
    condition_latex,
    conditions_latex,
    fraction_latex,
    index_latex,
    size_latex,
)

__all__ = [
    "PLAIN",
    "Style",
    "bound_name",
    "condition_latex",
    "conditions_latex",
    "equation_latex",
    "form_latex",
    "fraction_latex",
    "index_latex",
    "last_latex",
    "left_latex",
    "ranges_latex",
    "read_latex",
    "selection_latex",
    "shape_latex",
    "size_latex",
    "size_names",
    "tensor_latex",
    "term_latex",
]
