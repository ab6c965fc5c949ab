"""What a piece of code calls the tensors of its operation."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from symconv.index import Symbol
from symconv.syntax.code.naming import Bindings
from symconv.syntax.formula.views import View


def identifiers(body: Iterable[ast.AST]) -> list[str]:
    """Names, parameters and attributes, in the order in which they come."""
    found: dict[str, None] = {}
    for part in body:
        for node in ast.walk(part):
            match node:
                case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name):
                    found[name] = None
    return [*found]


def called(bindings: Bindings, names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The tensors that go by another name here, and that name; a gradient without is ∂L/∂it."""
    found: dict[str, str] = {}
    for name in names:
        view = _view(bindings, name)
        if view is not None and _plain(view):
            kept = found.setdefault(view.tensor, name)
            if name == view.tensor != kept:
                found[view.tensor] = name
    for tensor, gradient in bindings.lexicon.gradients.items():
        if gradient and gradient not in found:
            found[gradient] = f"(∂L/∂{found.get(tensor, tensor)})"
    return tuple((tensor, name) for tensor, name in found.items() if tensor != name)


def _view(bindings: Bindings, name: str) -> View | None:
    subject = bindings.subject(name)
    return subject[1] if subject is not None else bindings.input(name) or bindings.seed(name)


def _plain(view: View) -> bool:
    """Whether a name is the tensor as it is, in its own axes."""
    return not view.padded and tuple(view.at) == tuple(map(Symbol, view.letters))
