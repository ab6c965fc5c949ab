"""What an expression over tensors means: a list of pieces, each a product under its sums."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction

from symconv.functions import FUNCTIONS
from symconv.index import Condition, Index, Symbol, add, polynomial, symbols, tidy
from symconv.syntax.formula.chainrule import local_derivative, reaches
from symconv.syntax.formula.choosing import Choices, seen
from symconv.syntax.formula.curves import curve
from symconv.syntax.formula.dotted import gathered
from symconv.syntax.formula.largest import Window, masked, stepped
from symconv.syntax.formula.measures import WORDS
from symconv.syntax.formula.pieces import Piece, closed, multiplied
from symconv.syntax.formula.ranges import ranged
from symconv.syntax.formula.scalars import Env
from symconv.syntax.formula.softmaxes import (
    inverse,
    letters_of,
    matched,
    positive,
    powers_named,
)
from symconv.syntax.formula.source import MOST_FACTORS, MOST_PIECES
from symconv.syntax.formula.trees import (
    Add,
    Apply,
    Bound,
    Cases,
    Chain,
    Dots,
    Largest,
    Node,
    Number,
    Over,
    Partial,
    Power,
    Ref,
    Summed,
    Test,
    Times,
    parts,
)
from symconv.terms import Equation, Form, Range, Read, Selection, substitute_read


@dataclass(slots=True)
class Values(Choices):
    """Evaluates nodes to pieces; every bound index gets a name of its own.

    `place` is the position on the left, and `outer` the ranges of its letters; `made` are equations
    for largest values and for divisors.
    """

    place: tuple[Index, ...] = ()
    outer: tuple[Range, ...] = ()
    made: list[Equation] = field(default_factory=list)

    # --- expressions ----------------------------------------------------------------------------

    def pieces(self, node: Node, env: Env) -> list[Piece]:
        """The pieces of an expression."""
        if self.is_scalar(node):
            return self._number(node, env)
        match node:
            case Add(terms) if any(isinstance(term, Dots) for _, term in terms):
                found = self._dotted(node, env)
            case Add(terms):
                found = [_scaled(p, s) for s, term in terms for p in self.pieces(term, env)]
            case Times(factors):
                factors, frame, env = self._chain(factors, env)
                found = [frame]
                for factor in factors:
                    found = self.product(found, self.pieces(factor, env), node)
            case Power(base, exponent):
                found = [Piece()]
                for _ in range(exponent):
                    found = self.product(found, self.pieces(base, env), node)
            case Over(kind, top, bottom):
                found = self._quotient(kind, top, bottom, env, node)
            case Summed():
                found = self._summed(node, env)
            case Largest():
                found = self._largest(node, env)
            case Test(where):
                found = self.tested(where, env, node)
            case Cases():
                found = self.cases(node, env)
            case Apply():
                found = self._applied(node, env)
            case Partial():
                found = self._partial(node, env)
            case Ref():
                found = [self.read(node, env)]
            case _:
                raise self.error(node, "this cannot be applied to tensors")
        if len(found) > MOST_PIECES:
            raise self.error(node, "too many terms", f"at most {MOST_PIECES}")
        return found

    def _dotted(self, node: Add, env: Env) -> list[Piece]:
        """A sum with terms left out, where the others show which."""
        places = [n for n, (_, term) in enumerate(node.terms) if isinstance(term, Dots)]
        sides = (node.terms[: places[0]], node.terms[places[-1] + 1 :])
        before, after = (
            [_scaled(p, s) for s, term in side for p in self.pieces(term, env)] for side in sides
        )
        found = gathered(before, after, self.fresh("n")) if len(places) == 1 else None
        if found is None:
            dots = node.terms[places[0]][1]
            raise self.error(dots, "the terms beside these dots show no pattern", r"\sum_{k}")
        self.notes.append("the dots are read as a sum in equal steps")
        return found

    def is_scalar(self, node: Node) -> bool:
        """Whether only sizes, indices and numbers are written here."""
        match node:
            case Ref():
                return not self.scalars.lexicon.is_tensor(node)
            case Number():
                return True
            case Partial() | Test() | Summed() | Cases() | Largest():
                return False
            case Apply(word, _) if word in WORDS:
                return True
        return all(self.is_scalar(part) for part in parts(node))

    def product(self, left: list[Piece], right: list[Piece], node: Node) -> list[Piece]:
        """Every piece with every other."""
        if len(left) * len(right) > MOST_PIECES:
            raise self.error(node, "too many terms", f"at most {MOST_PIECES}")
        found = [multiplied(a, b) for a in left for b in right]
        if any(len(p.reads) > MOST_FACTORS or len(p.sums) > MOST_FACTORS for p in found):
            raise self.error(node, "too many factors", f"at most {MOST_FACTORS}")
        if any(
            max(abs(p.coefficient.numerator), p.coefficient.denominator) > 10**15 for p in found
        ):
            raise self.error(node, "a number too large")
        return found

    def _number(self, node: Node, env: Env) -> list[Piece]:
        """A size as a factor: K is ``Σ_{j<K} 1``, as sizes are at least 0."""
        top, bottom = self.scalars.as_factor().ratio(node, env).parts
        under = () if isinstance(bottom, int) else (bottom,)
        number = Fraction(1, bottom) if isinstance(bottom, int) else Fraction(1)
        found = []
        for monomial, times in polynomial(top).items():
            sizes = {p.name for p in self.scalars.lexicon.graph.parameters}
            if not all(isinstance(a, Symbol) and a.name in sizes for a in monomial):
                raise self.error(node, "an index or a rounded size as a factor is not supported")
            sums = tuple(Range(self.fresh("j"), atom) for atom in monomial)
            found.append(Piece((), sums, (), times * number, under))
        return found

    def _quotient(self, kind: str, top: Node, bottom: Node, env: Env, node: Node) -> list[Piece]:
        if kind != "/":
            raise self.error(node, "tensors are neither floored nor reduced by a modulus")
        squashed = curve(top, bottom)
        if squashed is not None:
            return self.pieces(squashed, env)
        if not self.is_scalar(bottom):
            return self.product(self.pieces(top, env), [self._inverse(bottom, env)], node)
        a, b = self.scalars.as_factor().ratio(bottom, env).parts
        self.scalars.oblige(a, bottom)
        if b != 1:
            raise self.error(bottom, "a fraction in a divisor is not supported")
        if isinstance(a, int):
            return [_scaled(p, Fraction(1, a)) for p in self.pieces(top, env)]
        return [replace(p, divisors=(*p.divisors, a)) for p in self.pieces(top, env)]

    def named(self, pieces: list[Piece]) -> list[Piece]:
        """The pieces with exponentials beside a quotient as the loss's own."""
        known = [e for e in self.scalars.lexicon.graph.equations if isinstance(e, Form)]
        return [
            replace(p, reads=tuple(powers_named(r, known) for r in p.reads))
            if any(r.function == "reciprocal" for r in p.reads)
            else p
            for p in pieces
        ]

    def _inverse(self, bottom: Node, env: Env) -> Piece:
        """One over a sum of exponentials, which is read as an equation of its own."""
        lexicon = self.scalars.lexicon
        pieces = self.pieces(bottom, env)
        if len(pieces) == 1 and self._probability(pieces[0]):
            return inverse(pieces[0].reads[0])
        if not positive(pieces):
            raise self.error(bottom, "dividing by a tensor is not supported", "a size or a number")
        known = [e for e in lexicon.graph.equations if isinstance(e, Form)]
        named = [replace(p, reads=tuple(powers_named(r, known) for r in p.reads)) for p in pieces]
        terms, open_name = closed(named, self.outer, lexicon.shapes)
        ranges = letters_of(terms, self.outer)
        loose = {s for t in terms for r in t.reads for s in symbols(*r.at)}
        bound = {r.name for r in ranges} | {r.name for t in terms for r in t.sums}
        if open_name or not loose <= bound | set(lexicon.sizes):
            raise self.error(bottom, "this divisor is not clear: over what is it summed?")
        read = dict.fromkeys(r.tensor for t in terms for r in t.reads)
        name = self.fresh("total")
        shapes = tuple((t, lexicon.shapes[t]) for t in read)
        form = Form(name, ranges, tuple(terms), shapes)
        found = matched(form, known)
        if found is None:
            lexicon.shapes[name] = form.shape
            self.made.append(form)
            found = Read(name, tuple(Symbol(r.name) for r in ranges))
        return inverse(found)

    def _probability(self, piece: Piece) -> bool:
        """Whether this is one value of a sigmoid or of a softmax, which is never 0."""
        if len(piece.reads) != 1 or piece.sums or piece.where or piece.coefficient != 1:
            return False
        (read,) = piece.reads
        if read.function or piece.divisors:
            return False
        lexicon = self.scalars.lexicon
        copies = [v.copy for v in lexicon.views.values() if v.tensor == read.tensor]
        reads = [r for c in copies if isinstance(c, Form) for t in c.terms for r in t.reads]
        softmax = any(r.function == "reciprocal" for r in reads)
        made = [n for n in lexicon.graph.nodes if n.target == read.tensor]
        return softmax or any(node.keyword == "sigmoid" for node in made)

    # --- sums and tests -------------------------------------------------------------------------

    def _summed(self, node: Summed, env: Env) -> list[Piece]:
        inner = dict(env)
        letters = [(b.letter, b.at) for b in node.bounds]
        implied = [n for r in node.where for n in self.letters(r.left) + self.letters(r.right)]
        written = {letter for letter, _ in letters}
        for ref in implied:
            if ref.name not in written and ref.name not in env:
                letters.append((ref.name, ref.at))
                written.add(ref.name)
        names: dict[str, str] = {}
        for letter, at in letters:
            source, lexicon = self.scalars.source, self.scalars.lexicon
            if letter in env or letter in names:
                raise source.error(at, f"{letter} is already bound here", "a letter of its own")
            if letter in lexicon.sizes:
                raise source.error(at, f"{letter} is a size and cannot be summed over")
            names[letter] = self.fresh(letter)
            self.bind(letter, at)
            lexicon.bound.add(letter)
            inner[letter] = Symbol(names[letter])
        frame = Piece(where=tuple(c for r in node.where for c in self.scalars.condition(r, inner)))
        bounded = {b.letter for b in node.bounds}
        for name in (n for n in names if n not in bounded):
            frame = replace(frame, open=(*frame.open, names[name]))
        for b in node.bounds:
            name = names[b.letter]
            b = self._stated(b)
            if b.first is None:
                frame = replace(frame, open=(*frame.open, name))
                continue
            if b.last is None and not isinstance(b.first, Number):
                raise self.scalars.source.error(b.at, f"where does {b.letter} end?", "^{…}")
            first = self.scalars.whole(b.first, inner)
            last = None if b.last is None else self.scalars.whole(b.last, inner)
            bound = set(names.values()) | {s for v in env.values() for s in symbols(v)}
            inside = symbols(first) | (symbols(last) if last is not None else set())
            if last is not None and not inside & bound:
                frame = replace(frame, sums=(*frame.sums, Range(name, tidy(add(last, 1)), first)))
                continue
            low = _condition(first, "<=", Symbol(name))
            high = () if last is None else _condition(Symbol(name), "<=", last)
            frame = replace(frame, open=(*frame.open, name), where=(*frame.where, *low, *high))
            if self.strict and last is not None:
                frame = replace(frame, limits=(*frame.limits, (name, first, last)))
        return [multiplied(frame, p) for p in self.pieces(node.body, inner)]

    def _stated(self, bound: Bound) -> Bound:
        """A binder with the range that is stated behind the formula."""
        said = self.stated.get(bound.letter)
        if said is None or said.first is said.last is None:
            return bound
        if said.first is None or said.last is None:
            raise self.scalars.source.error(said.at, f"the other end of {bound.letter} is missing")
        if bound.first is not None:
            raise self.scalars.source.error(said.at, f"the range of {bound.letter} is stated twice")
        return replace(bound, first=said.first, last=said.last)

    def letters(self, node: Node) -> list[Ref]:
        """The names in an expression of indices that are no sizes."""
        if isinstance(node, Ref):
            return [] if node.name in self.scalars.lexicon.sizes else [node]
        return [ref for part in parts(node) for ref in self.letters(part)]

    # --- tensors --------------------------------------------------------------------------------

    def _applied(self, node: Apply, env: Env) -> list[Piece]:
        arguments = list(node.arguments)
        name = node.function
        if name == "max" and len(arguments) > 1 and all(isinstance(a, Ref) for a in arguments):
            return self._largest_of(arguments, env, node)
        if name == "max" and len(arguments) == 2:
            arguments = [a for a in arguments if not (isinstance(a, Number) and a.value == 0)]
            name = "relu"
        prime = name.endswith("'")
        name = name.rstrip("'")
        one = len(arguments) == 1 and isinstance(arguments[0], Ref)
        if not one or name not in FUNCTIONS:
            raise self.error(node, f"{name} takes one tensor at a position")
        read = self.read(arguments[0], env)  # type: ignore[arg-type]
        if not prime:
            return [seen(read, (name,))]
        return [_scaled(seen(read, row), number) for number, row in FUNCTIONS[name].derivative]

    def _largest(self, node: Largest, env: Env) -> list[Piece]:
        """The largest element of a window that is written with its limits."""
        said = ranged(Chain((), (), where=node.where), self.scalars.lexicon.sizes)
        letters = {s.letter: (s.first, s.last) for s in said.stated}
        letters |= {b.letter: (b.first, b.last) for b in node.bounds if b.letter not in letters}
        own = self._own_window(node, set(letters))
        inner = dict(env)
        window: list[Range] = []
        for letter, (first, last) in letters.items():
            if own and first is last is None and not said.where:
                name = self.fresh(letter)
                self.bind(letter, node.at)
                inner[letter] = tidy(add(Symbol(name), self.base))
                window.append(replace(own[len(window)], name=name))
                self.notes.append(f"{letter} runs over the window, {window[-1].size} positions")
                continue
            if first is None or last is None or said.where:
                raise self.error(node, f"over which {letter} is this the largest?", r"0 \le k < K")
            name = self.fresh(letter)
            self.bind(letter, node.at)
            inner[letter] = Symbol(name)
            stop = tidy(add(self.scalars.whole(last, env), 1))
            window.append(Range(name, stop, self.scalars.whole(first, env)))
        if not isinstance(node.body, Ref) or not window:
            raise self.error(node, "the largest of one tensor at a position is understood")
        return self._masked(self.read(node.body, inner), tuple(window), node)

    def _own_window(self, node: Largest, letters: set[str]) -> tuple[Range, ...]:
        """The window of the one operation that looks for the largest of this tensor."""
        lexicon = self.scalars.lexicon
        body = node.body
        masks = [e for e in lexicon.graph.equations if isinstance(e, Selection)]
        if not isinstance(body, Ref) or len(masks) != 1 or len(masks[0].window) != len(letters):
            return ()
        read = {ref.name for item in body.items or () for ref in self.letters(item)}
        known = lexicon.array(body.name) == masks[0].read.tensor and letters <= read
        return masks[0].window if known else ()

    def _largest_of(self, arguments: list[Node], env: Env, node: Apply) -> list[Piece]:
        r"""``\max(x_{2o}, x_{2o+1})``: elements in equal steps."""
        pieces = [self.read(a, env) for a in arguments]  # type: ignore[arg-type]
        reads = [p.reads[0] for p in pieces]
        letter = self.fresh("k")
        at = stepped([r.at for r in reads], letter)
        if at is None or len({r.tensor for r in reads}) != 1 or any(p.where for p in pieces):
            raise self.error(node, "these are not elements of one tensor in equal steps")
        piece = Piece((Read(reads[0].tensor, at),))
        return self._masked(piece, (Range(letter, len(reads)),), node)

    def _masked(self, piece: Piece, window: tuple[Range, ...], node: Node) -> list[Piece]:
        (read,) = piece.reads
        known = [e for e in self.scalars.lexicon.graph.equations if isinstance(e, Selection)]
        if piece.where or not self.place:
            raise self.error(node, "a largest value is understood on the right of a result")
        shape = self.scalars.lexicon.shapes[read.tensor]
        letters = Window(read, window, self.place)
        self.taken |= {*self.scalars.lexicon.shapes, *(e.name for e in known)}
        made = masked(letters, known, self.outer, self.fresh("M"), shape)
        if made is None:
            raise self.error(node, "this is not the operation's own window")
        mask, reads, sums = made
        self.scalars.lexicon.shapes[mask.name] = mask.shape
        self.made.append(mask)
        self.notes.append("outside the tensor nothing is the largest")
        names: dict[str, Index] = {r.name: Symbol(self.fresh(r.name)) for r in sums}
        renamed = tuple(Range(str(names[r.name]), r.stop, r.start) for r in sums)
        return [Piece(tuple(substitute_read(r, names) for r in reads), renamed)]

    # --- derivatives ----------------------------------------------------------------------------

    def _partial(self, node: Partial, env: Env) -> list[Piece]:
        lexicon = self.scalars.lexicon
        below = replace(node.bottom, gradient=False)
        if node.top is None:
            if self.view(below).tensor == lexicon.graph.output and not lexicon.seed:
                return [Piece()]
            return [self.read(replace(below, gradient=True), env)]
        over, under = self.view(node.top), self.view(below)
        form = next((e for e in lexicon.graph.equations if e.name == over.tensor), None)
        if not isinstance(form, Form):
            raise self.error(node, f"{node.top.name} is no result that can be differentiated")
        tensor = under.tensor
        if reaches(lexicon.graph, form.name, tensor) or tensor not in form.tensors:
            raise self.error(node, f"{form.name} does not read {tensor} directly and only so")
        if over.padded or under.padded:
            raise self.error(node, "a derivative of a padded copy is not supported")
        out, first = self.position(node.top, over, env)
        at, second = self.position(below, under, env)
        found = local_derivative(form, tensor, out, at, self.fresh)
        return [replace(p, where=(*first, *second, *p.where)) for p in found]

    def _chain(self, factors: tuple[Node, ...], env: Env) -> tuple[tuple[Node, ...], Piece, Env]:
        """``∂L/∂y ∂y/∂w_f`` without indices on y: summed over all of y."""
        made, frame, inner = list(factors), Piece(), dict(env)
        for n, b in enumerate(made[1:]):
            a = made[n]
            if not (isinstance(a, Partial) and isinstance(b, Partial)) or b.top is None:
                continue
            shape = self.view(b.top).shape
            same = b.top.name == a.bottom.name and b.top.items is None and a.bottom.items is None
            if not same or not shape:
                continue
            names = [self.fresh("o") for _ in shape]
            inner |= {
                name: add(Symbol(name), self.base) if self.base else Symbol(name) for name in names
            }
            items = tuple(Ref(name, None, "", b.at) for name in names)
            made[n] = replace(a, bottom=replace(a.bottom, items=items))
            made[n + 1] = replace(b, top=replace(b.top, items=items))
            sums = tuple(Range(name, size) for name, size in zip(names, shape, strict=True))
            frame = multiplied(frame, Piece(sums=sums))
            self.notes.append(f"{b.top.name} has no indices here: summed over all of it")
        return tuple(made), frame, inner


def _scaled(piece: Piece, by: Fraction | int) -> Piece:
    return replace(piece, coefficient=piece.coefficient * by)


def _condition(left: Index, sign: str, right: Index) -> tuple[Condition, ...]:
    return (Condition(left, sign, right),)
