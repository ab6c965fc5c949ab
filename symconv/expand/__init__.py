"""Forms at concrete sizes: integer index arrays, and the values they give.

`products` lists which product goes to which output; `values` works the numbers out.
"""

from symconv.expand.products import MOST_PRODUCTS, Expansion, Ints, Products, expand
from symconv.expand.values import ARRAY_FUNCTIONS, Choice, at_sizes, evaluate_arrays, values_of

__all__ = [
    "ARRAY_FUNCTIONS",
    "MOST_PRODUCTS",
    "Choice",
    "Expansion",
    "Ints",
    "Products",
    "at_sizes",
    "evaluate_arrays",
    "expand",
    "values_of",
]
