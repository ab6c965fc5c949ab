"""Functions that nothing is known of: what they leave alone."""

from __future__ import annotations

import ast

from symconv.syntax.code.arrays import Array
from symconv.syntax.code.assigning import Assigning
from symconv.syntax.code.calling import FUNCTIONS
from symconv.syntax.code.changing import bound_anyhow, own_names
from symconv.syntax.code.handing import Tame, is_fixed, is_tame, root_of, unknown_function
from symconv.syntax.code.source import CodeError
from symconv.syntax.code.values import Handle, Lost, Named, Routine, Value


class Strangers(Assigning):
    """Tells which calls may change arrays that the code holds."""

    def held(self) -> dict[str, Value]:
        """What names stand for now."""
        return {**self.memory.known, **self.memory.env}

    def stranger(self, function: ast.expr) -> bool:
        """Whether nothing is known of a function, neither by the code nor by its name."""
        root = root_of(function)
        own = self.memory.env.get(root)
        if own is None and root in self.memory.known:
            return False
        if not unknown_function(function, own) or (own is None and self.given(root)):
            return False
        full = f"{own.name}{ast.unparse(function)[len(root) :]}" if isinstance(own, Named) else ""
        return full not in FUNCTIONS

    def passed_over(self, node: ast.expr) -> CodeError | None:
        """The problem of a call that changes nothing: a stranger, given plain numbers and texts.

        None for anything else.  Errors: `CodeError` where what it is given cannot be read.
        """
        if not isinstance(node, ast.Call) or not self.stranger(node.func):
            return None
        parts = [*node.args, *(k.value for k in node.keywords)]
        acting = ast.Call | ast.Starred | ast.NamedExpr | ast.Lambda
        if any(isinstance(n, acting) for part in parts for n in ast.walk(part)):
            return None
        if any(k.arg is None for k in node.keywords) or not all(map(self._plain, parts)):
            return None
        text = f"{ast.unparse(node.func)} is not known here"
        return CodeError(text, node.lineno, node.col_offset + 1, f"def {root_of(node.func)}(…)")

    def _plain(self, node: ast.expr) -> bool:
        """Whether the value of an expression can neither be changed in place nor be called."""
        value = self.value(node)
        if is_fixed(value):
            return not isinstance(value, Routine)
        if not isinstance(node, ast.Subscript) or _dots(node.slice):
            return False
        owner = self.value(node.value)  # an element is a number, and no view
        number = isinstance(value, Handle | Array) and not value.shape
        return number and not self.memory.listed(owner)

    def tame(self, node: ast.AST) -> Tame:
        """Which functions change none of their arguments, in a part of the code."""
        held = self.held()
        own = own_names(node) if isinstance(node, ast.FunctionDef) else set()
        if not isinstance(node, ast.Assign | ast.AnnAssign):
            own |= bound_anyhow(node)
        held |= dict.fromkeys(own, Lost("it is set here"))
        return lambda function: is_tame(function, held)


def _dots(node: ast.AST) -> bool:
    return any(isinstance(n, ast.Constant) and n.value is Ellipsis for n in ast.walk(node))
