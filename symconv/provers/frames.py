"""A frame of integer sets: symbols as parameters, indices as dimensions, trees as functions.

A user's names never reach the library; dimensions go by number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from symconv.index import (
    Condition,
    FloorDiv,
    Index,
    Max,
    Min,
    Mod,
    Product,
    Sum,
    Symbol,
    simplify,
    symbols,
    text,
)
from symconv.provers.isl import NotAffine, Undecided

QUOTIENTS = (1, 4)
"""How far from 0 the quotient by a symbolic divisor may be, tried in this order."""


class Frame:
    """``[parameters] -> { [dimensions] }`` and the set of points that are spoken of so far."""

    def __init__(
        self, isl: Any, context: Any, parameters: Sequence[str], dimensions: Sequence[str]
    ) -> None:
        self.isl = isl
        self.context = context
        self.parameters = tuple(parameters)
        self.space = isl.Space.create_from_names(
            context,
            set=[f"v{n}" for n in range(len(dimensions))],
            params=[f"p{n}" for n in range(len(parameters))],
        )
        self.local = isl.LocalSpace.from_space(self.space)
        self.domain = isl.Set.universe(self.space)
        self.atoms: dict[str, Any] = {}
        kinds = isl.dim_type
        for kind, names in ((kinds.param, parameters), (kinds.set, dimensions)):
            for number, name in enumerate(names):
                aff = isl.Aff.var_on_domain(self.local, kind, number)
                self.atoms[name] = isl.PwAff.from_aff(aff)

    def value(self, number: int) -> Any:
        """A number of the library."""
        return self.isl.Val.int_from_si(self.context, number)

    def constant(self, number: int) -> Any:
        """A number as a function on the frame."""
        aff = self.isl.Aff.val_on_domain(self.local, self.value(number))
        return self.isl.PwAff.from_aff(aff)

    def assume(self, *conditions: Condition) -> None:
        """Keep the points where the conditions hold."""
        for condition in conditions:
            self.domain = self.domain.intersect(self.holds(condition))

    def holds(self, condition: Condition) -> Any:
        """The points where a condition holds."""
        left, right = self.function(condition.left), self.function(condition.right)
        compare: Mapping[str, Callable[[], Any]] = {
            "==": lambda: left.eq_set(right),
            "!=": lambda: left.ne_set(right),
            "<": lambda: left.lt_set(right),
            "<=": lambda: left.le_set(right),
            ">": lambda: left.gt_set(right),
            ">=": lambda: left.ge_set(right),
        }
        return compare[condition.relation]()

    def function(self, index: Index) -> Any:
        """An index as a piecewise quasi-affine function of the frame.

        Errors: `NotAffine`; `Undecided` where a divisor may be 0.
        """
        try:
            return self._lower(index)
        except NotAffine:
            collected = simplify(index)
            if collected == index:
                raise
            return self._lower(collected)

    def _lower(self, value: Index) -> Any:
        match value:
            case int():
                return self.constant(value)
            case Symbol(name):
                if name not in self.atoms:
                    raise Undecided(f"{name} is neither an index nor a symbol in scope")
                return self.atoms[name]
            case Sum(terms):
                return self._fold([self._lower(t) for t in terms], lambda a, b: a.add(b))
            case Product(factors):
                return self._product(value, factors)
            case Min(args):
                return self._fold([self._lower(a) for a in args], lambda a, b: a.min(b))
            case Max(args):
                return self._fold([self._lower(a) for a in args], lambda a, b: a.max(b))
            case FloorDiv(top, bottom) | Mod(top, bottom):
                return self._quotient(value, self._lower(top), bottom)
        raise TypeError(f"not an index expression: {value!r}")

    @staticmethod
    def _fold(parts: Sequence[Any], join: Callable[[Any, Any], Any]) -> Any:
        total = parts[0]
        for part in parts[1:]:
            total = join(total, part)
        return total

    def _product(self, value: Index, factors: Sequence[Index]) -> Any:
        lowered = [self._lower(factor) for factor in factors]
        moving = [n for n, part in enumerate(lowered) if not part.is_cst()]
        if len(moving) > 1:
            raise NotAffine(f"{text(value)} is a product of symbols", tuple(symbols(value)))
        total = lowered[moving[0]] if moving else self.constant(1)
        for number, part in enumerate(lowered):
            if number not in moving:
                total = total.mul(part)
        return total

    def _quotient(self, value: FloorDiv | Mod, top: Any, bottom: Index) -> Any:
        divisor = self._lower(bottom)
        if isinstance(simplify(bottom), int):
            number = simplify(bottom)
            assert isinstance(number, int)
            if number < 1:
                raise Undecided(f"the divisor {text(bottom)} is not at least 1")
            step = self.value(number)
            if isinstance(value, Mod):
                return top.mod_val(step)
            return top.scale_down_val(step).floor()
        self.require_positive(bottom, divisor)
        for most in QUOTIENTS:
            found = self._by_cases(top, divisor, most, remainder=isinstance(value, Mod))
            if self.domain.is_subset(found.domain()):
                return found
        raise NotAffine(f"{text(value)} has a symbolic divisor", tuple(symbols(bottom)))

    def require_positive(self, index: Index, function: Any = None) -> None:
        """Errors: `Undecided` where an index may be 0 or less."""
        function = self.function(index) if function is None else function
        if not self.domain.is_subset(function.ge_set(self.constant(1))):
            raise Undecided(f"the divisor {text(index)} may be 0 or less")

    def _by_cases(self, top: Any, divisor: Any, most: int, *, remainder: bool) -> Any:
        """``top // divisor`` where it lies in ``-most … most``; each quotient is a case."""
        total = None
        for quotient in range(-most, most + 1):
            low = divisor.scale_val(self.value(quotient))
            here = low.le_set(top).intersect(top.lt_set(low.add(divisor)))
            result = top.sub(low) if remainder else self.constant(quotient)
            piece = result.intersect_domain(here)
            total = piece if total is None else total.union_add(piece)
        return total
