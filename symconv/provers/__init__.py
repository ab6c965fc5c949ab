"""Provers: a claim goes in, a verdict comes out, the strongest method first.

`by_sets` and `by_lengths` prove for all sizes, `by_strides` for all strides too, `by_grid` at every
point of a grid of strides, `by_numbers` checks cases; `decide` asks them in this order and says
what each could not do.
"""

from symconv.provers.decide import decide
from symconv.provers.grid import by_grid
from symconv.provers.guarded import decide_guarded, end_guarded
from symconv.provers.isl import NoLibrary, NotAffine, Undecided
from symconv.provers.lengths import by_lengths
from symconv.provers.numeric import by_numbers
from symconv.provers.sets import by_sets
from symconv.provers.strides import by_strides
from symconv.provers.words import sensible

__all__ = [
    "NoLibrary",
    "NotAffine",
    "Undecided",
    "by_grid",
    "by_lengths",
    "by_numbers",
    "by_sets",
    "by_strides",
    "decide",
    "decide_guarded",
    "end_guarded",
    "sensible",
]
