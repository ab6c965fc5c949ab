"""Which names statements may change: assigned, written into, or aliases of those."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from symconv.syntax.code.handing import CHANGING, Tame, handed, names_in, wild

ENDING = ("exit", "quit", "sys.exit", "os._exit", "os.abort")
"""Calls behind which no code runs."""


def defaults_of(arguments: ast.arguments) -> dict[str, ast.expr]:
    """The parameters that have a default."""
    positional = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    count = len(positional) - len(arguments.defaults)
    found = dict(zip(positional[count:], arguments.defaults, strict=True))
    for extra, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default is not None:
            found[extra.arg] = default
    return found


def risked(statement: ast.stmt) -> set[str]:
    """Names that calls in a statement may change: ``out=``, ``a.sort()``, ``np.put(a, …)``."""
    found: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Global | ast.Nonlocal):
            found |= set(node.names)
        if not isinstance(node, ast.Call):
            continue
        found |= {n for k in node.keywords if k.arg == "out" for n in names_in(k.value)}
        found |= {n for a in node.args[2:] for n in names_in(a)}
        if isinstance(node.func, ast.Attribute) and node.func.attr in CHANGING:
            found |= {n for a in (node.func.value, *node.args[:1]) for n in names_in(a)}
    return found


def decorators(node: ast.AST) -> list[ast.expr]:
    """The decorators of a definition, which are called."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return node.decorator_list if isinstance(node, kinds) else []


def continues(body: Sequence[ast.stmt]) -> bool:
    """Whether a pass may be cut short (by this loop's own continue)."""
    for statement in body:
        if isinstance(statement, ast.Continue | ast.Break):
            return True
        if isinstance(statement, ast.If) and continues([*statement.body, *statement.orelse]):
            return True
    return False


def own_names(node: ast.FunctionDef) -> set[str]:
    """The names that are a function's own: its parameters and what it binds."""
    every = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
    found = {a.arg for a in every}
    todo: list[ast.AST] = [*node.body]
    inner = ast.Lambda | ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp
    while todo:
        part = todo.pop()
        if isinstance(part, ast.FunctionDef):
            found.add(part.name)
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            found.add(part.id)
        elif not isinstance(part, inner):
            todo += ast.iter_child_nodes(part)
    return found


def plainly_bound(body: Iterable[ast.stmt]) -> set[str]:
    """The names that statements bind otherwise than by ``a += …``."""
    found: set[str] = set()
    for statement in body:
        added_to = {n.target for n in ast.walk(statement) if isinstance(n, ast.AugAssign)}
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found |= set() if node in added_to else {node.id}
    return found


def written_names(body: Iterable[ast.stmt], tame: Tame = wild) -> set[str]:
    """Every name that statements may change: assigned, written into, or an alias of one of them."""
    body = [*body]
    changed = {n for s in body for node in ast.walk(s) for n in _set_by(node)}
    return changed | touched(body, tame)


def _set_by(node: ast.AST) -> set[str]:
    match node:
        case ast.Assign():
            return {n for t in node.targets for n in target_names(t)}
        case ast.AnnAssign() | ast.AugAssign() | ast.For() | ast.NamedExpr():
            return target_names(node.target)
        case ast.withitem(optional_vars=ast.expr() as goal):
            return target_names(goal)
    return set()


def touched(body: Sequence[ast.stmt], tame: Tame = wild) -> set[str]:
    """Names whose arrays statements may write into, by whatever name they do it."""
    seeds = {n for s in body for n in (*stored(s), *risked(s), *handed(s, tame))}
    pairs = [pair for s in body for node in ast.walk(s) for pair in _aliases(node)]
    for _ in range(len(pairs) + 1):
        grown = {n for names, inside in pairs if names & seeds for n in inside} - seeds
        if not grown:
            break
        seeds |= grown
    return seeds


def _aliases(node: ast.AST) -> Iterator[tuple[set[str], set[str]]]:
    """Names that a node binds, and those that they may be other names of."""
    match node:
        case ast.Assign():
            yield {n for t in node.targets for n in bound_names(t)}, names_in(node.value)
        case ast.AnnAssign(value=ast.expr() as value) | ast.NamedExpr(value=value):
            yield target_names(node.target), names_in(value)
        case ast.For() | ast.AsyncFor() | ast.comprehension():
            yield target_names(node.target), names_in(node.iter)
        case ast.withitem(optional_vars=ast.expr() as goal):
            yield target_names(goal), names_in(node.context_expr)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield {node.name}, names_in(node)
        case ast.Match():
            inside = names_in(node.subject)
            yield {n for case in node.cases for n in bound_anyhow(case.pattern)}, inside


def stored(statement: ast.stmt) -> set[str]:
    """The names whose arrays a statement writes into."""
    found: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
            found |= target_names(node)
        elif isinstance(node, ast.AugAssign):
            found |= target_names(node.target)
    return found


def target_names(node: ast.expr) -> set[str]:
    """The names that a target binds or writes into."""
    match node:
        case ast.Name():
            return {node.id}
        case ast.Tuple() | ast.List():
            return {n for part in node.elts for n in target_names(part)}
        case ast.Subscript() | ast.Attribute() | ast.Starred():
            return target_names(node.value)
    return set()


def leaves(statement: ast.stmt) -> bool:
    """Whether a statement may end more than itself: the function, the code, a loop around it."""
    todo: list[tuple[ast.AST, bool]] = [(statement, False)]
    while todo:
        node, looped = todo.pop()
        if isinstance(node, ast.Return | ast.Raise):
            return True
        if isinstance(node, ast.Break | ast.Continue) and not looped:
            return True
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ENDING:
            return True
        if isinstance(node, ast.For | ast.AsyncFor | ast.While):
            todo += ((part, True) for part in node.body)
            todo += ((part, looped) for part in node.orelse)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            todo += ((part, looped) for part in ast.iter_child_nodes(node))
    return False


def bound_anyhow(statement: ast.AST) -> set[str]:
    """Every name that a statement binds or deletes, in whatever way."""
    found: set[str] = set()
    for node in ast.walk(statement):
        match node:
            case ast.Name(ctx=ast.Store() | ast.Del()):
                found.add(node.id)
            case ast.Subscript(ctx=ast.Del()) | ast.Attribute(ctx=ast.Store() | ast.Del()):
                found |= target_names(node)
        found |= _set_aside(node)
    return found


def counted(statement: ast.AST) -> set[str]:
    """Names that a statement binds to the integers of a range alone."""
    found: set[str] = set()
    other: set[str] = set()
    targets: set[ast.expr] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.For | ast.comprehension) and isinstance(node.target, ast.Name):
            if isinstance(node.iter, ast.Call) and ast.unparse(node.iter.func) == "range":
                targets.add(node.target)
                found.add(node.target.id)
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            other |= set() if node in targets else {node.id}
        elif not isinstance(node, ast.Name):
            other |= _set_aside(node)
    return found - other - {"range"}


def _set_aside(node: ast.AST) -> set[str]:
    """Names that a node binds otherwise than by a name in its own right."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return {node.name}
        case ast.alias():
            return {node.asname or node.name.partition(".")[0]}
        case ast.ExceptHandler(name=str() as name) | ast.MatchAs(name=str() as name):
            return {name}
        case ast.MatchStar(name=str() as name) | ast.MatchMapping(rest=str() as name):
            return {name}
    return set()


def bound_names(node: ast.expr) -> set[str]:
    """The names that a target binds, not those that it writes into."""
    if isinstance(node, ast.Tuple | ast.List):
        return {n for part in node.elts for n in bound_names(part)}
    return {node.id} if isinstance(node, ast.Name) else set()


def assigned_names(body: Iterable[ast.stmt]) -> set[str]:
    """The names that statements bind."""
    found: set[str] = set()
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
    return found


def indexes(body: Sequence[ast.stmt], name: str) -> bool:
    """Whether a name stands in a subscript or a range."""
    for statement in body:
        for node in ast.walk(statement):
            inside: ast.AST | None = None
            if isinstance(node, ast.Subscript):
                inside = node.slice
            elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("range", "slice"):
                inside = node
            if inside is not None and name in names_in(inside):
                return True
    return False


def raises(node: ast.If) -> bool:
    """``if …: raise …`` and no more, but for what is printed before."""
    *before, last = node.body
    quiet = all(isinstance(s, ast.Expr) and isinstance(s.value, ast.Call) for s in before)
    printed = all(ast.unparse(s).startswith("print(") for s in before)
    return isinstance(last, ast.Raise) and quiet and printed and not node.orelse


def skips(statement: ast.stmt) -> bool:
    """``if …: continue``."""
    return isinstance(statement, ast.If) and isinstance(statement.body[-1], ast.Continue)
