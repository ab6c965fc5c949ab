"""Python names for tensors, sizes and indices: all different, none a word of Python or NumPy."""

from __future__ import annotations

import builtins
import keyword
import unicodedata

from symconv.errors import SymconvError

RESERVED = frozenset(
    {
        *keyword.kwlist,
        *keyword.softkwlist,
        *dir(builtins),
        *("np", "forward", "backward", "intermediate"),
        *("relu", "step", "sigmoid"),
    }
) - {"_"}
"""The words that generated code gives another meaning."""


class Names:
    """Gives each tensor, size and index a Python name; an underscore is added to one in use."""

    def __init__(self) -> None:
        self._taken: set[str] = {*RESERVED, "_"}
        self._given: dict[tuple[str, str], str] = {}

    def claim(self, kind: str, name: str) -> str:
        """The Python name of a thing of some kind (``tensor``, ``size``, ``index``)."""
        if (kind, name) not in self._given:
            self._given[kind, name] = self.fresh(name)
        return self._given[kind, name]

    def fresh(self, name: str) -> str:
        """A Python name that nothing has yet, as near to `name` as can be.

        Python reads identifiers in the normal form NFKC, so names are compared in it.
        """
        chosen = unicodedata.normalize("NFKC", name)
        if not chosen.isidentifier():
            raise SymconvError(
                f"{name!r} cannot be a name in Python", expected="letters, digits and underscores"
            )
        while chosen in self._taken:
            chosen += "_"
        self._taken.add(chosen)
        return chosen

    def local(self) -> Names:
        """A copy for one function, whose own names do not disturb the others."""
        copy = Names()
        copy._taken, copy._given = set(self._taken), dict(self._given)
        return copy
