"""What the author of a note means by it: the conventions that a declaration states.

A convention that is left unsaid has the default below, and a verdict prints the ones it rests on.
"""

from __future__ import annotations

from symconv.errors import SymconvError
from symconv.values import dataclass

CHOICES: dict[str, tuple[str, ...]] = {
    "star": ("", "convolution", "correlation"),
    "outside": ("zero", "error"),
    "division": ("exact", "floor", "true"),
    "sums": ("explicit", "implied"),
    "expect": ("", "proved", "conditional", "refuted", "checked", "undecided", "not_understood"),
}
"""The options that are one of some words; the first is the default."""


@dataclass(frozen=True, slots=True)
class Conventions:
    r"""How formulas and code are meant.

    Parameters
    ----------
    upstream : the note's letter for the gradient that comes from above, ``dL/dy``.
    index_base : 0 or 1, where indices start.
    layout, kernel_layout : the axis order of images (``NHWC``, ``HWC``) and kernels (``HWIO``)
        where it is not the operation's own.
    star : what ``*`` between whole arrays means, "convolution" or "correlation".
    names : what the note's names mean, as written: ``("W", "width(x)")``,
        ``("K[m,n,c,f]", "w[f,c,m,n]")``, ``(r"\tilde{x}", "pad(x, P)")``.
    outside : a read outside a tensor counts as zero, or is an error.
    division : a fraction of sizes is exact, floored (``floor``: Python 2, C), or Python 3's
        ``true`` division.
    sums : "implied" where an index that stands twice in a product is summed over unsaid.
    assume : conditions on the sizes, as written (``"N > K, P < K"``).
    expect : the outcome that the author expects ("refuted" for a deliberate mistake).
    """

    upstream: str = "g"
    index_base: int = 0
    layout: str = ""
    kernel_layout: str = ""
    star: str = ""
    names: tuple[tuple[str, str], ...] = ()
    outside: str = "zero"
    division: str = "exact"
    sums: str = "explicit"
    assume: str = ""
    expect: str = ""

    def __post_init__(self) -> None:
        if self.index_base not in (0, 1):
            raise SymconvError("index_base is 0 or 1", got=str(self.index_base))
        for option, allowed in CHOICES.items():
            value = getattr(self, option)
            if value not in allowed:
                expected = ", ".join(filter(None, allowed))
                raise SymconvError(
                    f"{option} has no choice {value!r}", expected=expected, got=str(value)
                )


PLAIN = Conventions()
"""Nothing declared."""
