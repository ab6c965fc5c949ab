r"""What ``names(…)`` and ``layout`` declare: other names of tensors, sizes, elements.

``K[m,n,c,f] = w[f,c,m,n]``, ``\delta^{l+1} = g``, ``a = x[0]``, ``\tilde{x} = pad(x, P)``,
``W = width(x) + 2``, ``S = stride``, ``A = matrix(y, x)``.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from symconv.conventions import Conventions
from symconv.graph import Graph
from symconv.index import Index, Symbol, add, coefficient, minus, symbols, tidy
from symconv.syntax.formula.account import recheck
from symconv.syntax.formula.arrays_axes import padded_copies
from symconv.syntax.formula.keys import Key, labelled, parse_key
from symconv.syntax.formula.labels import axis_labels
from symconv.syntax.formula.layouts import lay_out, name_elements, own_names
from symconv.syntax.formula.lexicon import Lexicon, lexicon, note_spelling
from symconv.syntax.formula.parser import Parser
from symconv.syntax.formula.repairs import repaired
from symconv.syntax.formula.scalars import Scalars
from symconv.syntax.formula.source import LONGEST, FormulaError, Source
from symconv.syntax.formula.tokens import tokenize
from symconv.syntax.formula.trees import Node, Ref, parts
from symconv.syntax.formula.usual import add_usual
from symconv.syntax.formula.views import View, identity, padded
from symconv.terms import Form, Range, Read, Term, fresh, in_range

MOST_NAMES = 100


def lexicon_of(graph: Graph, conventions: Conventions) -> Lexicon:
    """The names of a graph, its elements, and everything that is declared; a copy to write in.

    Errors: `FormulaError` about the declaration, with its text.
    """
    return _lexicon(graph, conventions).copy()


@lru_cache(maxsize=64)
def _lexicon(graph: Graph, conventions: Conventions) -> Lexicon:
    """The same, which nobody writes in."""
    upstream = conventions.upstream
    try:
        found = lexicon(graph, upstream)
    except ValueError as error:
        raise FormulaError(f"upstream: {error}", upstream, 0) from None
    lay_out(found, conventions)
    name_elements(found)
    if len(conventions.names) > MOST_NAMES:
        raise FormulaError("too many names are declared", "", 0, f"at most {MOST_NAMES}")
    own, own_sizes = own_names(found), tuple(found.sizes)
    seen: set[str] = set()
    for written, value in conventions.names:
        try:
            key = parse_key(written[:LONGEST])
            note_spelling(found, written)
        except ValueError as error:
            raise FormulaError(f"names: {error}", written, 0) from None
        if key.spelled in seen:
            raise FormulaError(
                f"{written.strip()} is declared twice: a name used for two things", written, 0
            )
        seen.add(key.spelled)
        try:
            words = replace(
                found,
                views={**found.views, **own},
                sizes={**found.sizes, **{name: Symbol(name) for name in own_sizes}},
                everywhere=True,
            )
            _declare(words, found, key, written, value, conventions.outside)
        except FormulaError as error:
            told = f"names({written.strip()}={value.strip()}): {error.message}"
            raise FormulaError(told, value, error.offset, error.expected, error.hint) from None
    add_usual(found, seen)
    for spelled, copy in tuple(padded_copies(found)):
        strict = conventions.outside == "error"
        found.views[spelled] = _with_cells(found, copy) if strict else copy
    found.finished = {}
    return found


# --- declarations -------------------------------------------------------------------------------


def _declare(
    words: Lexicon, found: Lexicon, key: Key, written: str, value: str, outside: str
) -> None:
    """Read a value among `words` and put it into `found`."""
    source = Source(value)
    special, inside = _called(value)
    if special == "pad":
        view = _pad(words, key, inside, source)
        _store(found, key, _with_cells(found, view) if outside == "error" else view)
        return
    if special == "softmax":
        _store(found, key, _softmax(words, found, inside, source))
        return
    if special == "matrix":
        if len(inside) != 2 or not all(words.array(_plain(i)) for i in inside):
            raise source.error(0, "a matrix is of a result and an input", "matrix(y, x)")
        found.matrices[key.spelled] = (_plain(inside[0]), _plain(inside[1]))
        return
    node = _parsed(words, value)
    view_of = _tensor(words, key, node, source)
    if view_of is not None:
        _store(found, key, view_of)
        return
    if key.indices:
        raise source.error(0, f"{written.strip()} has indices and {value.strip()} has none")
    ratio = Scalars(words, source).ratio(node, {})
    if ratio.bottom != 1:
        raise source.error(0, f"{value.strip()} is not whole", "a floor or a ceiling")
    if key.label:
        raise source.error(0, "a size has no layer label")
    found.sizes[key.name] = ratio.whole


def _store(found: Lexicon, key: Key, view: View) -> None:
    """A view under its key; a name without axes is an element."""
    name = key.base if _indexes(key, view) else key.name
    if not view.letters and view.at:
        found.elements[labelled(name, key.label)] = view
        return
    found.views[labelled(name, key.label)] = view
    if key.label:
        found.labelled.add(name)


def _indexes(key: Key, view: View) -> bool:
    """Whether what hangs below the key is an index: ``w_f = w[0,f,0,0]``."""
    below = key.below != "" and not key.indices
    return bool(view.letters) and below and view.letters == _subscripts(key)


def _subscripts(key: Key) -> tuple[str, ...]:
    if key.indices:
        return key.indices
    return tuple(key.below.split(",")) if "," in key.below else tuple(key.below)


def _called(value: str) -> tuple[str, list[str]]:
    """``pad(…)``, ``matrix(…)``, ``softmax(…)`` with their arguments, split at outer commas."""
    text = value.strip()
    name, bracket, rest = text.partition("(")
    if not bracket or name.strip() not in ("pad", "matrix", "softmax") or not rest.endswith(")"):
        return "", []
    return name.strip(), _split(rest[:-1])


def _split(text: str) -> list[str]:
    depth, parts = 0, [""]
    for sign in text:
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts]


def _plain(text: str) -> str:
    try:
        return parse_key(text).spelled
    except ValueError:
        return ""


def _parsed(words: Lexicon, value: str) -> Node:
    """The tree of a declared value."""
    source = Source(value)
    cleaned = repaired(source)
    tokens = tokenize(cleaned, source, words.known, words.spellings)
    parser = Parser(tokens, source, words)
    node = parser.expression()
    parser.finished()
    recheck(tokens, (node,), source)
    return node


def _tensor(found: Lexicon, key: Key, node: Node, source: Source) -> View | None:
    """A tensor, a gradient, or one of them read at positions in the key's letters."""
    if not isinstance(node, Ref):
        return None
    view = found.gradient(node.name, node.label) if node.gradient else _value(found, node)
    if view is None or (view.tensor == "" and not node.gradient):
        return None
    if not view.tensor:
        raise source.error(0, f"the gradient of {node.name} is not needed here")
    if node.items is None:
        if key.indices:
            raise source.error(0, f"{source.text.strip()} has no indices", "w[f,c,m,n]")
        return view
    return _placed(found, key, node, identity(view.tensor, found.shapes[view.tensor]), source)


def _value(found: Lexicon, node: Ref) -> View | None:
    view = found.view(node.name, node.label)
    if view is None and node.items is None:
        return found.elements.get(labelled(node.name, node.label))
    return view


def _placed(found: Lexicon, key: Key, node: Ref, view: View, source: Source) -> View:
    """``K[m,n,c,f] = w[f,c,m,n]``: in the tensor's own order, whatever the layout."""
    items = node.items or ()
    if len(items) != len(view.at):
        raise source.error(
            0, f"{node.name} is written with {len(items)} indices and has {len(view.at)} axes"
        )
    clash = [letter for letter in key.indices if letter in found.sizes]
    if clash:
        raise source.error(0, f"{clash[0]} is a size and an index: a name used for two things")
    loose = {ref.name for item in items for ref in _letters(found, item)}
    letters = _subscripts(key) if loose else ()
    if set(letters) != loose or len(set(letters)) != len(letters):
        raise source.error(0, "the indices on both sides are not the same letters")
    scalars, env = Scalars(found, source), {name: Symbol(name) for name in letters}
    at = tuple(tidy(scalars.whole(item, env)) for item in items)
    shape = tuple(
        _extent(name, at, found.shapes[view.tensor], set(letters), source) for name in letters
    )
    return View(view.tensor, letters, at, shape)


def _letters(found: Lexicon, node: Node) -> list[Ref]:
    if isinstance(node, Ref):
        return [] if node.name in found.sizes else [node]
    return [ref for part in parts(node) for ref in _letters(found, part)]


def _extent(
    name: str, at: tuple[Index, ...], shape: tuple[Index, ...], letters: set[str], source: Source
) -> Index:
    """How many values a letter takes: those at which the tensor is read inside."""
    for index, size in zip(at, shape, strict=True):
        parts = coefficient(index, name)
        if parts is None or symbols(parts[1]) & letters:
            continue
        if parts[0] == 1:
            return tidy(add(size, minus(parts[1])))
        if parts[0] == -1:
            return tidy(add(parts[1], 1))
    raise source.error(0, f"how far {name} goes is not clear", "an index of its own")


# --- softmax ---------------------------------------------------------------------------------


def _softmax(words: Lexicon, found: Lexicon, inside: list[str], source: Source) -> View:
    """``softmax(z)``: the exponentials of a loss over their sum."""
    tensor = words.array(_plain(inside[0])) if len(inside) == 1 else ""
    for node in found.graph.nodes:
        forms = [e for e in node.equations if isinstance(e, Form)]
        if node.keyword != "cross_entropy" or node.tensors[0] != tensor or len(forms) != 3:
            continue
        powers, total, _ = forms
        name = fresh(f"softmax_{tensor}", {*found.shapes, *found.sizes})
        at = tuple(Symbol(r.name) for r in powers.ranges)
        kept = tuple(Symbol(r.name) for r in total.ranges)
        reads = (Read(powers.name, at), Read(total.name, kept, "reciprocal"))
        shapes = ((powers.name, powers.shape), (total.name, total.shape))
        form = Form(name, powers.ranges, (Term(reads),), shapes)
        found.shapes[name] = form.shape
        return replace(identity(name, form.shape), copy=form)
    raise source.error(0, "a softmax is that of the scores of a cross_entropy", "softmax(z)")


# --- padded copies ------------------------------------------------------------------------------


def _pad(words: Lexicon, key: Key, inside: list[str], source: Source) -> View:
    if len(inside) < 2:
        raise source.error(0, "a padded copy needs an amount", "pad(x, P)")
    node = _parsed(words, inside[0])
    view = _tensor(words, replace(key, indices=()), node, source)
    if view is None or view.padded or not view.letters:
        raise source.error(0, f"{inside[0]} is no tensor that can be padded")
    amounts = [_amount(words, text, source) for text in _amounts(inside[1:])]
    axes = _padded_axes(words, view, len(amounts), source)
    if len(amounts) == 1:
        amounts = amounts * len(axes)
    return padded(view, dict(zip(axes, amounts, strict=True)))


def _amounts(texts: list[str]) -> list[str]:
    if len(texts) == 1 and texts[0].startswith("(") and texts[0].endswith(")"):
        parts = _split(texts[0][1:-1])
        return parts if len(parts) > 1 else texts
    return texts


def _amount(found: Lexicon, text: str, source: Source) -> tuple[Index, Index]:
    """Cells before and after: ``P``, or ``(P, Q)`` inside a tuple."""
    pair = _amounts([text])
    if len(pair) > 2:
        raise source.error(0, f"{text} is no amount of padding", "P, or (before, after)")
    made = [Scalars(found, Source(t)).whole(_parsed(found, t), {}) for t in pair]
    return made[0], made[-1]


def _padded_axes(found: Lexicon, view: View, count: int, source: Source) -> list[int]:
    """The axes that amounts belong to: the spatial ones for one, else the last."""
    images, _ = axis_labels(found.graph)
    forward = {g: t for t, g in found.gradients.items()}.get(view.tensor, view.tensor)
    rank = len(view.at)
    labels = images.get(forward, "")
    spatial = [n for n, name in enumerate(labels) if name not in "NC"] or list(range(rank))
    if not labels and rank > 1 and count == 1:
        raise source.error(0, "which axes are padded is not clear", "pad(x, (P, Q))")
    if count == 1:
        return spatial
    if count > rank:
        raise source.error(0, f"{count} amounts of padding for {rank} axes")
    return list(range(rank - count, rank))


def _with_cells(found: Lexicon, made: View) -> View:
    """A padded copy as an equation of its own: its zeros may be read, what is beyond may not."""
    taken = {*found.shapes, *found.sizes, *(v.tensor for v in found.views.values())}
    name = fresh(f"pad_{made.tensor}", taken)
    letters = [fresh(f"i_{n}", set(found.sizes)) for n in range(len(made.letters))]
    at = made.read([Symbol(letter) for letter in letters])
    shape = found.shapes[made.tensor]
    where = tuple(c for index, size in zip(at, shape, strict=True) for c in in_range(index, size))
    ranges = tuple(Range(n, size) for n, size in zip(letters, made.shape, strict=True))
    form = Form(name, ranges, (Term((Read(made.tensor, at),), (), where),), ((made.tensor, shape),))
    found.shapes[name] = made.shape
    return replace(identity(name, made.shape), padded=True, copy=form)
