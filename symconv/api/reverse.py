"""Reverse mode of an operation, for all its gradients, each part worked out when it is needed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from symconv.adjoints import turned
from symconv.expand import Expansion, expand
from symconv.gradients import backward, consumers, upstream_names
from symconv.graph import Graph
from symconv.terms import Form


@dataclass(frozen=True)
class Reverse:
    """What the gradients of one operation have in common."""

    program: Graph

    @cached_property
    def names(self) -> dict[str, str]:
        """The name of every tensor's gradient."""
        return upstream_names(self.program)

    @cached_property
    def consumers(self) -> dict[str, tuple[Form, ...]]:
        """The equations that read a tensor, for each tensor that has a gradient."""
        return consumers(self.program)

    @cached_property
    def forms(self) -> tuple[Form, ...]:
        """The equations of reverse mode."""
        return backward(self.program)

    @cached_property
    def _expansions(self) -> dict[str, Expansion]:
        return {}

    def expansion(self, tensor: str) -> Expansion:
        """The index arrays of a gradient, by those of the equations that read the tensor."""
        pairs = [(self.expanded(form), self.names[form.name]) for form in self.consumers[tensor]]
        return turned(pairs, tensor, self.names[tensor])

    def expanded(self, form: Form) -> Expansion:
        """The index arrays of an equation, made once."""
        if form.name not in self._expansions:
            self._expansions[form.name] = expand(form)
        return self._expansions[form.name]
