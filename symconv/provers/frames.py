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
        self._functions: dict[Index, Any] = {}
        self._assumed: set[Condition] = set()
        kinds = isl.dim_type
        for kind, names in ((kinds.param, parameters), (kinds.set, dimensions)):
            for number, name in enumerate(names):
                self.atoms[name] = isl.Aff.var_on_domain(self.local, kind, number)

    def value(self, number: int) -> Any:
        """A number of the library."""
        return self.isl.Val.int_from_si(self.context, number)

    def constant(self, number: int) -> Any:
        """A number as a function on the frame."""
        aff = self.isl.Aff.val_on_domain(self.local, self.value(number))
        return self.isl.PwAff.from_aff(aff)

    def assume(self, *conditions: Condition) -> None:
        """Keep the points where the conditions hold; linear ones are put in all at once."""
        linear, others = [], []
        points = self.isl.BasicSet.universe(self.space)
        div = self.isl.dim_type.div
        for condition in conditions:
            known = len(self._assumed)
            self._assumed.add(condition)
            if len(self._assumed) == known:
                continue
            excess = self._excess(condition)
            if excess is None:
                others.append(condition)
            elif excess.dim(div):
                points = points.intersect(self._points(excess, condition))
            elif condition.relation == "==":
                linear.append(self.isl.Constraint.equality_from_aff(excess))
            else:
                linear.append(self.isl.Constraint.inequality_from_aff(excess))
        points = points.add_constraints(linear)
        self.domain = self.domain.intersect(self.isl.Set.from_basic_set(points))
        for condition in others:
            self.domain = self.domain.intersect(self.holds(condition))

    def assumes(self, condition: Condition) -> bool:
        """Whether that very condition was assumed before."""
        return condition in self._assumed

    def _points(self, excess: Any, condition: Condition) -> Any:
        zero = self.isl.Aff.zero_on_domain(self.local)
        return (
            excess.eq_basic_set(zero) if condition.relation == "==" else excess.ge_basic_set(zero)
        )

    def _excess(self, condition: Condition) -> Any | None:
        """What is 0 where an equation holds and at least 0 where an inequality does.

        None for other relations, and where a side has cases.
        """
        left, right = self.affine(condition.left), self.affine(condition.right)
        if left is None or right is None:
            return None
        match condition.relation:
            case "==" | ">=":
                return left.sub(right)
            case "<=":
                return right if condition.left == 0 else right.sub(left)
            case "<":
                return right.sub(left).add_constant_val(self.value(-1))
            case ">":
                return left.sub(right).add_constant_val(self.value(-1))
        return None

    def holds(self, condition: Condition) -> Any:
        """The points where a condition holds."""
        excess = self._excess(condition)
        if excess is not None:
            return self.isl.Set.from_basic_set(self._points(excess, condition))
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
        plain = self.affine(index)
        if plain is not None:
            return self.isl.PwAff.from_aff(plain)
        try:
            return self._lower(index)
        except NotAffine:
            collected = simplify(index)
            if collected == index:
                raise
            return self._lower(collected)

    def affine(self, value: Index) -> Any | None:
        """An index as one quasi-affine function, or None where it has cases or is none.

        The library works many times faster on these than on functions by cases.  Errors:
        `Undecided` for a symbol that is not in scope.
        """
        if isinstance(value, Symbol):
            return self._atom(value)
        known = self._functions.get(value, self)
        if known is self:  # nothing known: None is, where a side has cases
            known = self._functions[value] = self._affine(value)
        return known

    def _affine(self, value: Index) -> Any | None:
        if isinstance(value, int):
            return self.isl.Aff.val_on_domain(self.local, self.value(value))
        if isinstance(value, Sum):
            parts = [self.affine(term) for term in value.terms]
            return self._joined(parts, lambda a, b: a.add(b))
        if isinstance(value, Product):
            parts = [self.affine(factor) for factor in value.factors]
            parts.sort(key=lambda part: part is not None and bool(part.is_cst()))
            return self._joined(parts, _scaled)
        if isinstance(value, FloorDiv | Mod):
            number, part = simplify(value.bottom), self.affine(value.top)
            if part is None or not isinstance(number, int) or number < 1:
                return None
            step = self.value(number)
            if isinstance(value, Mod):
                return part.mod_val(step)
            return part.scale_down_val(step).floor()
        return None

    def _joined(self, parts: Sequence[Any], join: Callable[[Any, Any], Any]) -> Any | None:
        """The parts joined one after another; None where one of them is none."""
        total = parts[0]
        for part in parts[1:]:
            total = None if total is None or part is None else join(total, part)
        return total

    def _atom(self, symbol: Symbol) -> Any:
        if symbol.name not in self.atoms:
            raise Undecided(f"{symbol.name} is neither an index nor a symbol in scope")
        return self.atoms[symbol.name]

    def _lower(self, value: Index) -> Any:
        match value:
            case int():
                return self.constant(value)
            case Symbol():
                return self.isl.PwAff.from_aff(self._atom(value))
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


def _scaled(moving: Any, constant: Any) -> Any | None:
    """A product in which one factor at most moves."""
    return moving.mul(constant) if constant.is_cst() else None
