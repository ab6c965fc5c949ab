"""What the code made, stated as claims: results and gradients, single elements, sizes."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from symconv.calls import Place
from symconv.claims import AnyClaim, Claim, Size
from symconv.graph import Graph
from symconv.index import Index
from symconv.syntax.code.arrays import Array, letters
from symconv.syntax.code.claiming import (
    claim_about,
    element_of,
    form_of,
    needed,
    size_claim,
    true_form,
)
from symconv.syntax.code.facts import canon
from symconv.syntax.code.naming import Bindings
from symconv.syntax.code.parts import Part, part_of, said_by
from symconv.syntax.code.source import CodeError, Problem
from symconv.syntax.code.statements import Machine, place_of
from symconv.syntax.code.values import Handle, Lost, Value, Whole
from symconv.syntax.formula.views import View

LONGEST_TEXT = 200


class Stating:
    """States claims about what a machine has read."""

    def __init__(self, text: str, graph: Graph, bindings: Bindings) -> None:
        self.text, self.graph, self.bindings = text, graph, bindings

    # --- results and gradients ------------------------------------------------------------------

    def _claim(
        self,
        machine: Machine,
        name: str,
        value: Value,
        place: Place,
        part: Part | None = None,
    ) -> list[AnyClaim]:
        """A claim, if the name is a result's or a gradient's; `part` is its part of the line."""
        known = self.bindings.subject(name)
        if known is None:
            return []
        subject, view = known
        cell = machine.memory.cells[value.cell] if isinstance(value, Handle) else None
        if cell is not None and cell.lost is not None:
            value = Lost(*cell.lost)
        if isinstance(value, Lost):
            if not any(name in problem.names for problem in machine.problems):
                line = value.line or place.line
                machine.problems.append(Problem(line, 1, value.reason, "", (name,)))
            return []
        try:
            if not isinstance(value, Handle | Array):
                raise CodeError(f"{name} is no array")
            memory = machine.memory
            array = memory.load(value) if isinstance(value, Handle) else value
            seed = self._seed(machine, array, place)
            said = self._text(place.line, machine, name, part)
            place = place if part is None else place_of(part.target)
            return [claim_about(self.graph, subject, view, array, memory, seed, said, place)]
        except CodeError as error:
            line = error.line or place.line
            reason = f"{name}: {error.message}"
            machine.problems.append(Problem(line, place.column, reason, error.hint, (name,)))
            return []

    def _seed(self, machine: Machine, array: Array, place: Place) -> Array | None:
        """The gradient from above that the code sets itself, unless the declared one is read."""
        memory = machine.memory
        for name, value in memory.env.items():
            view = self.bindings.seed(name)
            if view is None or not isinstance(value, Handle) or name not in machine.places:
                continue
            if any(r.tensor == view.tensor for t in array.terms for r in t.reads):
                return None
            last = max(memory.cells[value.cell].place, place_of(machine.places[name]), key=_line)
            if last.line > place.line:
                raise CodeError(f"{name} is changed later, in line {last.line}")
            content = memory.load(value)
            if not any(r.tensor == view.tensor for t in content.terms for r in t.reads):
                if view.at != letters(content.rank):
                    raise CodeError("a gradient from above in other axes is not read")
                return content
        return None

    def _text(self, line: int, machine: Machine, name: str = "", part: Part | None = None) -> str:
        lines = self.text.split("\n")
        said = lines[line - 1].strip() if 0 < line <= len(lines) else ""
        said = said if part is None else said_by(part, name, self.text, said)
        ways = machine.memory.assumed
        more = f"  (for {', '.join(map(str, ways))})" if ways else ""
        return said[:LONGEST_TEXT] + more

    def _elements(self, machine: Machine) -> list[AnyClaim]:
        """Elements that were written out one by one."""
        found: list[AnyClaim] = []
        for node, name, at, array in machine.elements:
            place = place_of(node)
            try:
                found.append(self._element(machine, name, at, array, place))
            except CodeError as error:
                problem = Problem(place.line, place.column, error.message, error.hint, (name,))
                machine.problems.append(problem)
        return found

    def _element(
        self, machine: Machine, name: str, at: Sequence[Index], array: Array, place: Place
    ) -> Claim:
        known = self.bindings.subject(name)
        assert known is not None
        subject, view = known
        if len(at) != len(view.letters):
            raise CodeError(f"{name} has {len(view.letters)} axes, not {len(at)}")
        whole: list[Index] = []
        for index, size in zip(at, view.shape, strict=True):
            below = isinstance(index, int) and index < 0
            index = canon(size + index) if below else index
            memory = machine.memory
            memory.need(0, "<=", index, f"{name} has no element {index}")
            memory.need(index, "<", size, f"{name} has no element {index}")
            whole.append(index)
        position = view.read(whole)
        left = element_of(true_form(self.graph, subject), position)
        right = form_of(array, left, {}, self.graph, machine.memory)
        base = machine.memory
        claim = claim_about(
            self.graph,
            subject,
            _pointed(view, position),
            array,
            base,
            self._seed(machine, array, place),
            self._text(place.line, machine),
            place,
        )
        before = needed((left, right), claim.before)
        return replace(claim, before=before or claim.before)

    # --- sizes ----------------------------------------------------------------------------------

    def _sizes(self, machine: Machine) -> list[AnyClaim]:
        """Sizes that are declared, or that make the shape of a result."""
        shaped = self._shaped(machine)
        found: list[AnyClaim] = []
        for item in machine.sizes:
            declared = self.bindings.size(item.name)
            left = declared.value if isinstance(declared, Whole) else shaped.get(item.name)
            if left is None:
                continue
            right = (
                Size(item.value.value)
                if isinstance(item.value, Whole)
                else Size(item.value.top, item.value.bottom)
            )
            part = part_of(item.node, item.name)
            place = place_of(item.node if part is None else part.target)
            said = self._text(place.line, machine, item.name, part)
            found.append(size_claim(left, right, machine.memory, said, place))
        return found

    def _shaped(self, machine: Machine) -> dict[str, Index]:
        """Names that stand bare in the shape of a result or gradient."""
        found: dict[str, Index] = {}
        for name, node in machine.shapes:
            known = self.bindings.subject(name)
            if known is None or not isinstance(node, ast.Tuple):
                continue
            shape = known[1].shape
            if len(node.elts) == len(shape):
                for part, size in zip(node.elts, shape, strict=True):
                    if isinstance(part, ast.Name):
                        found.setdefault(part.id, size)
        return found


def _line(place: Place) -> int:
    return place.line


def _pointed(view: View, position: Sequence[Index]) -> View:
    return View(view.tensor, (), tuple(position), ())
