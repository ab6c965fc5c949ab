"""Functions and classes that the code defines: what they return, read with declared names."""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence

from symconv.calls import Place
from symconv.claims import AnyClaim
from symconv.graph import Graph
from symconv.syntax.code.naming import Bindings
from symconv.syntax.code.parts import Part, part_of, within
from symconv.syntax.code.source import CodeError, Parsed, Problem
from symconv.syntax.code.statements import Ended, Machine, Returned, place_of
from symconv.syntax.code.stating import Stating
from symconv.syntax.code.values import Blueprint, Handle, Lost, Routine, Row, Unknown, Value


class Routines(Stating):
    """Reads functions by themselves, their parameters bound by name."""

    def __init__(
        self,
        text: str,
        source: Parsed,
        graph: Graph,
        bindings: Bindings,
        gives: tuple[str, ...],
        function: str,
    ) -> None:
        super().__init__(text, graph, bindings)
        self.source, self.gives, self.function = source, gives, function

    # --- functions ------------------------------------------------------------------------------

    def _functions(self, machine: Machine) -> list[AnyClaim]:
        """What functions return, their parameters bound by name."""
        memory = machine.memory
        routines = [v for v in memory.env.values() if isinstance(v, Routine)]
        called = {
            n.func.id
            for s in self.source.body
            for n in ast.walk(s)
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
        }
        classes = [v for v in memory.env.values() if isinstance(v, Blueprint)]
        if classes and (not routines or "." in self.function):
            return [claim for one in classes for claim in self._methods(machine, one)]
        if self.function:
            routines = [r for r in routines if r.node.name == self.function]
            if not routines:
                raise CodeError(f"there is no function {self.function}")
        elif self.gives:
            routines = [r for r in routines if r is routines[-1] or self._says(r)]
        else:
            routines = [r for r in routines if r.node.name not in called]
        if self.gives and not routines:
            raise CodeError("there is no function to give anything")
        return [claim for routine in routines for claim in self._routine(machine, routine)]

    def _says(self, routine: Routine) -> bool:
        """Whether a function returns, wherever it returns, what `gives` names by those names."""
        returned = [n.value for n in ast.walk(routine.node) if isinstance(n, ast.Return)]
        parts = [[*r.elts] if isinstance(r, ast.Tuple) else [r] for r in returned]
        names = [[n.id for n in part if isinstance(n, ast.Name)] for part in parts]
        return bool(names) and all(own == [*self.gives] for own in names)

    def _methods(self, machine: Machine, one: Blueprint) -> list[AnyClaim]:
        """What a class's methods return and keep, each behind those above it."""
        wanted, _, method = self.function.rpartition(".")
        if wanted not in ("", one.name):
            return []
        memory = machine.memory
        kept, known, cells = memory.env, memory.known, memory.cells
        memory.env, memory.known = dict(kept), dict(known)
        memory.cells = {n: copy.copy(c) for n, c in cells.items()}
        found: list[AnyClaim] = []
        for routine in one.methods:
            owner = routine.node.args.args[0].arg
            memory.env |= {f"{owner}.{r.node.name}": r for r in one.methods if r is not routine}
            if routine.node.name == "__init__":
                self._set_up(machine, routine)
                continue
            claims = self._routine(machine, routine, alone=False)
            if method in ("", routine.node.name):
                found += claims
        memory.env, memory.known, memory.cells = kept, known, cells
        return found

    def _set_up(self, machine: Machine, routine: Routine) -> None:
        """Attributes that `__init__` sets; where it is not read, they go by their names."""
        kept = len(machine.problems)
        self._routine(machine, routine, alone=False)
        del machine.problems[kept:]
        env = machine.memory.env
        for name in [n for n, value in env.items() if "." in n and isinstance(value, Lost)]:
            del env[name]

    def _routine(self, machine: Machine, routine: Routine, alone: bool = True) -> list[AnyClaim]:
        memory = machine.memory
        given = self._parameters(machine, routine)
        kept, known, cells = memory.env, memory.known, memory.cells
        if alone:
            memory.known, memory.cells = dict(known), {n: copy.copy(c) for n, c in cells.items()}
        places, machine.places = machine.places, {}
        home = machine.home
        try:
            machine.enter(routine, given)
        except CodeError as error:
            machine.problems.append(Problem(routine.node.lineno, 1, error.message))
            found = []
        else:
            found = self._body(machine, routine, alone) + self._elements(machine)
            found += self._attributes(machine)
        machine.elements = []
        attributes = {n: v for n, v in memory.env.items() if "." in n and not alone}
        memory.env, machine.places, machine.home = {**kept, **attributes}, places, home
        if alone:
            memory.known, memory.cells = known, cells  # each function is judged by itself
        return found

    def _attributes(self, machine: Machine) -> list[AnyClaim]:
        """Gradients that a method keeps: ``self.dw``."""
        found: list[AnyClaim] = []
        if self.gives:
            return found
        for key, value in [*machine.memory.env.items()]:
            owner, _, name = key.rpartition(".")
            if owner and key in machine.places:
                place = place_of(machine.places[key])
                if isinstance(value, Handle):
                    last = machine.memory.cells[value.cell].place
                    place = max((last, place), key=lambda p: (p.line, p.column))
                found += self._claim(machine, name, value, place)
        return found

    def _body(self, machine: Machine, routine: Routine, alone: bool) -> list[AnyClaim]:
        """What a function returns."""
        try:
            machine.run(routine.node.body)
        except Returned as result:
            return self._returned(machine, routine, result)
        except Ended as end:
            if not self._ended(machine, end.error):
                machine.problems.append(self._problem(end.error))
        except CodeError as error:
            machine.problems.append(self._problem(error))
        else:
            if not alone:
                return []
            reason = f"{routine.node.name} returns nothing"
            machine.problems.append(Problem(routine.node.lineno, 1, reason))
        memory = machine.memory
        del memory.loops[:], memory.guards[:], memory.masks[:]
        return []

    def _problem(self, error: CodeError) -> Problem:
        """A problem with all that the function should give."""
        names = tuple(n for n in self.gives if self.bindings.subject(n) is not None)
        return Problem(error.line, error.column, error.message, error.hint, names)

    def _parameters(self, machine: Machine, routine: Routine) -> dict[str, Value]:
        arguments = routine.node.args
        names = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
        given: dict[str, Value] = {}
        for name in names:
            known = machine.given(name)
            if known is None:
                known = routine.defaults.get(name)
            given[name] = known if known is not None else Unknown(name)
        return given

    def _returned(self, machine: Machine, routine: Routine, result: Returned) -> list[AnyClaim]:
        value, node = result.value, result.node
        parts: tuple[Value, ...] = value.items if isinstance(value, Row) else (value,)
        nodes: list[ast.expr | None] = [node.value]
        if isinstance(node.value, ast.Tuple):
            nodes = [*node.value.elts]
        names = self._names(parts, nodes)
        if self.gives and len(self.gives) != len(parts):
            reason = f"{routine.node.name} returns {len(parts)} values, not {len(self.gives)}"
            machine.problems.append(Problem(node.lineno, node.col_offset + 1, reason))
            return []
        found: list[AnyClaim] = []
        pieces = nodes if len(nodes) == len(parts) > 1 else [None] * len(parts)
        for name, part, piece in zip(names, parts, pieces, strict=True):
            if name in ("", "_"):
                continue
            if self.gives and self.bindings.subject(name) is None:
                reason = f"{name} is no result and no gradient of the operation"
                hint = f"names({name}=…)"
                machine.problems.append(Problem(node.lineno, 1, reason, hint))
                continue
            place = place_of(node)
            if isinstance(part, Handle):
                last = machine.memory.cells[part.cell].place
                place = last if last.line else place
            own = self._own_part(machine, name, piece, place, node)
            found += self._claim(machine, name, part, place, own)
        return found

    @staticmethod
    def _own_part(
        machine: Machine, name: str, piece: ast.expr | None, place: Place, node: ast.Return
    ) -> Part | None:
        """The part of its line that a returned value was made by, where others are in it too."""
        if isinstance(piece, ast.Name):
            return part_of(machine.places.get(piece.id), piece.id, place.line)
        own = piece is not None and within(node, place.line)
        return Part(piece, piece) if own and piece is not None else None

    def _names(self, parts: Sequence[Value], nodes: Sequence[ast.expr | None]) -> list[str]:
        if self.gives:
            return [*self.gives]
        if len(nodes) != len(parts):
            return [""] * len(parts)
        return [node.id if isinstance(node, ast.Name) else "" for node in nodes]

    @staticmethod
    def _ended(machine: Machine, error: CodeError) -> bool:
        """Note that the code ends for some sizes; False where it does for all."""
        where = ", ".join(map(str, machine.memory.assumed))
        if where:
            machine.memory.notes[f"line {error.line}: {error.message} for {where}"] = None
        return bool(where)
