"""Provers: a claim goes in, a verdict comes out, the strongest method first.

`by_sets` proves for all sizes, `by_grid` at every point of a grid of strides, `by_numbers` checks
cases; `decide` asks them in this order and says what each could not do.
"""

from symconv.provers.decide import decide
from symconv.provers.grid import by_grid
from symconv.provers.isl import NoLibrary, NotAffine, Undecided
from symconv.provers.numeric import by_numbers
from symconv.provers.sets import by_sets

__all__ = ["NoLibrary", "NotAffine", "Undecided", "by_grid", "by_numbers", "by_sets", "decide"]
