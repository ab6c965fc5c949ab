"""Reading names: decorations, labels, primes, subscripts in all spellings, partial derivatives."""

from __future__ import annotations

import re
from fractions import Fraction

from symconv.names import GREEK
from symconv.syntax.formula.cursor import Cursor
from symconv.syntax.formula.keys import labelled, plain_label
from symconv.syntax.formula.lexicon import LOSSES
from symconv.syntax.formula.trees import Apply, Node, Number, Partial, Power, Ref, Times

ACCENTS = frozenset(r"\hat \bar \tilde \widehat \widetilde \overline \vec".split())
FONTS = frozenset(r"\mathbf \boldsymbol \mathcal \bm \mathscr \mathfrak \mathbb".split())
_LABEL = re.compile(r"[lL](?:[+-]\d+)?|\((?:[lL](?:[+-]\d+)?|\d+)\)|\[(?:[lL](?:[+-]\d+)?|\d+)\]")


class NameReader(Cursor):
    """References and derivatives; expressions are read by the class that builds on this."""

    def expression(self) -> Node:
        """An expression, read by the parser above."""
        raise NotImplementedError

    def array_mark(self) -> bool:
        """Whether a transpose or a flip comes next, which the parser above reads."""
        return False

    def starts_name(self) -> bool:
        """Whether a name comes next."""
        text = self.peek()
        return self.kind() == "name" or text in ACCENTS or text in FONTS or text[1:] in GREEK

    def base(self) -> str:
        """A name without what hangs on it."""
        text = self.peek()
        if text in ACCENTS or text in FONTS:
            self.take("accent" if text in ACCENTS else "font")
            braced = self.peek() == "{"
            if braced:
                self.take("bracket")
            self.enter()
            inner = self.base()
            self.leave()
            if braced:
                self.expect("}", "bracket")
            return text[1:] + inner if text in ACCENTS else inner
        if self.kind() == "name":
            return self.take("name").text
        if text.startswith("\\") and text[1:] in GREEK:
            return self.take("name").text[1:]
        raise self.error(f"{text or 'the end'} stands where a name should", "a name")

    def reference(self) -> Node:
        """A name with its label, primes and subscripts, and a whole power of it."""
        if self._apart():
            return self._apart_gradient()
        at = self.offset
        name = self.base()
        declared = self.lexicon.array(f"grad_{self.peek(1)}")
        if name == "grad" and self.peek() == "_" and not declared:
            return self._grad_word(at)
        gradient = self.lexicon.gradient_word(name)
        if gradient:
            return self.hang(Ref(gradient, None, "", at, gradient=True))
        found = self.hang(Ref(name, None, "", at))
        entry = isinstance(found, Ref) and found.items and self._matrix(found)
        return entry or found

    def _matrix(self, ref: Ref) -> Partial | None:
        """``A_{o,i}`` of a declared matrix: the derivative of an output by an input."""
        pair = self.lexicon.matrices.get(labelled(ref.name, ref.label))
        if pair is None or self.lexicon.array(ref.name):
            return None
        views = [self.lexicon.view(name) for name in pair]
        ranks = [len(view.letters) for view in views if view is not None]
        items = ref.items or ()
        if len(items) == 1 and isinstance(items[0], Times):
            items = items[0].factors
        if len(ranks) != 2 or len(items) != sum(ranks):
            why = f"{ref.name} is written with {len(items)} indices and has {sum(ranks)}"
            raise self.error(why, "those of the result, then those of the input", ref.at)
        top = Ref(pair[0], items[: ranks[0]], "", ref.at)
        return Partial(top, Ref(pair[1], items[ranks[0] :], "", ref.at), ref.at, ref.name)

    def _apart(self) -> bool:
        r"""Whether ``d\mathbf{w}`` or ``d\theta`` comes next, and ``d`` is no name of its own."""
        following = self.peek(1)
        if self.peek() != "d" or not (following in FONTS or following[1:] in GREEK):
            return False
        lexicon = self.lexicon
        if "d" in lexicon.sizes or "d" in lexicon.bound or "d" in lexicon.elements:
            return False
        if lexicon.array("d"):
            return False
        mark = self.mark()
        self.take("derivative")
        name = lexicon.tensor(self.base())
        self.back(mark)
        return bool(name)

    def _apart_gradient(self) -> Node:
        self.take("derivative")
        at = self.offset
        return self.hang(Ref(self.lexicon.tensor(self.base()), None, "", at, gradient=True))

    def _grad_word(self, at: int) -> Node:
        self.take("gradient of")
        braced = self.peek() == "{"
        if braced:
            self.take("bracket")
        inner_at = self.offset
        name = self.lexicon.tensor(self.base())
        if not name:
            raise self.error("this is no tensor of the operation", at=inner_at)
        ref = self.hang(Ref(name, None, "", at, gradient=True))
        if braced:
            self.expect("}", "bracket")
            ref = self.hang(ref) if isinstance(ref, Ref) else ref
        return ref

    def hang(self, ref: Ref) -> Node:
        """What hangs on a name: ``'``, ``^{l}``, ``_{i,j}``, ``[i][j]``, ``(i,j)``, ``^2``."""
        name, label = ref.name, ref.label
        items = ref.items
        while True:
            sign = self.peek()
            if sign == "'" and items is None:
                if ref.gradient:
                    raise self.error("a prime behind a gradient is not understood")
                self.take("prime")
                name += "'"
            elif sign == "^" and name == "e" and items is None and self._exponential():
                return self._power_of_e(ref.at)
            elif sign == "^" and self.array_mark():
                return Ref(name, items, label, ref.at, ref.gradient)
            elif sign == "^":
                at = self.offset
                power = self._power_or_label()
                if isinstance(power, int):
                    return Power(Ref(name, items, label, ref.at, ref.gradient), power, ref.at)
                if power == "'" and ref.gradient:
                    raise self.error("a prime behind a gradient is not understood", at=at)
                if power == "'":
                    name += "'"
                elif label:
                    raise self.error("this name has two labels", at=at)
                else:
                    label = power
            elif sign == "_":
                self.take("subscript")
                name, items = self._subscript(ref, name, items)
            elif sign in ("[", "(") and self._indexes(ref, name, items, sign):
                items = (*(items or ()), *self._bracketed(sign))
            else:
                return Ref(name, items, label, ref.at, ref.gradient)

    def _exponential(self) -> bool:
        """Whether ``e^{`` is the exponential: e is no name of the operation's or the note's."""
        lexicon = self.lexicon
        graph = lexicon.graph
        named = {t.name for t in graph.inputs} | {n.target for n in graph.nodes} | {*lexicon.views}
        known = "e" in named or "e" in lexicon.sizes or "e" in lexicon.bound
        ahead = 2 + (self.peek(2) == "-")
        plain = self.kind(ahead) == "name" and self.peek(ahead + 1) in ("_", "[", "(")
        return not known and "e" not in lexicon.elements and self.peek(1) == "{" and plain

    def _power_of_e(self, at: int) -> Node:
        self.take("superscript")
        self.take("bracket")
        inner = self.expression()
        self.expect("}", "bracket")
        return Apply("exp", (inner,), at)

    def _indexes(self, ref: Ref, name: str, items: tuple[Node, ...] | None, sign: str) -> bool:
        matrix = labelled(name, ref.label) in self.lexicon.matrices
        array = ref.gradient or bool(self.lexicon.array(name)) or matrix
        if sign == "[" and items is None and self.lexicon.is_setting(Ref(name, None, "", ref.at)):
            return self.kind(1) == "number" and self.peek(2) == "]"
        before = self.tokens[self.here - 1].text
        return array and (items is None or (sign == "[" and before == "]"))

    def _bracketed(self, sign: str) -> tuple[Node, ...]:
        self.take("subscript")
        found = self.items()
        self.expect("]" if sign == "[" else ")", "subscript")
        return found

    def items(self) -> tuple[Node, ...]:
        """A comma list of expressions."""
        self.enter()
        found = [self.expression()]
        while self.peek() == ",":
            self.take("comma")
            found.append(self.expression())
        self.leave()
        return tuple(found)

    def _subscript(
        self, ref: Ref, name: str, items: tuple[Node, ...] | None
    ) -> tuple[str, tuple[Node, ...] | None]:
        if items is not None:
            raise self.error("this name has two subscripts")
        braced = self.peek() == "{"
        count = 0
        while self.kind(braced + count) in ("name", "number") and (braced or not count):
            count += 1
        single = count > 0 and (not braced or self.peek(1 + count) == "}")
        word = "".join(self.peek(braced + n) for n in range(count))
        matrix = labelled(name, ref.label) in self.lexicon.matrices
        array = ref.gradient or bool(self.lexicon.array(name)) or matrix
        whole = f"{name}_{word}"
        lexicon = self.lexicon
        known = lexicon.array(whole) or whole in lexicon.sizes or whole in lexicon.elements
        if single and not ref.gradient and (known or not (array or name == "delta")):
            if braced:
                self.take("bracket")
            for _ in range(count):
                self.take("part of the name")
            if braced:
                self.expect("}", "bracket")
            return whole, items
        if not array and not (name == "delta"):
            raise self.error(f"{name} is no tensor of the operation", at=ref.at)
        if not braced:
            at = self.offset
            if self.kind() == "number":
                token = self.take("index")
                return name, (Number(Fraction(token.text), at),)
            return name, (Ref(self.base(), None, "", at),)
        self.take("subscript")
        found = self.items()
        self.expect("}", "subscript")
        return name, found

    def _power_or_label(self) -> int | str:
        at = self.offset
        self.take("superscript")
        braced = self.peek() == "{"
        if braced:
            self.take("bracket")
        texts: list[str] = []
        while self.peek() and (self.peek() != "}" if braced else not texts):
            if self.peek() in ("{", "row") or len(texts) > 8:
                break
            texts.append(self.take("label").text)
        if braced:
            self.expect("}", "bracket")
        joined = "".join(texts)
        if joined == "'":
            return "'"
        if joined.isascii() and joined.isdigit():
            if not 1 <= int(joined) <= 9 or len(joined) > 1:
                raise self.error("this power is not one from 1 to 9", at=at)
            return int(joined)
        label = plain_label(joined)
        declared = any(key.endswith(f"^{label}") for key in self.lexicon.views)
        if _LABEL.fullmatch(joined) or (declared and label):
            return label
        raise self.error(
            f"the superscript {joined} is neither a power nor a layer label",
            "a whole number, l, (l) or [l]",
            at,
        )

    # --- derivatives ----------------------------------------------------------------------------

    def starts_partial(self) -> bool:
        r"""Whether ``\partial`` comes next, or ``\frac`` of a differential."""
        if self.peek() == "\\partial":
            return True
        first = self.peek(2) in ("\\partial", "d") or (
            self.peek(2)[:1] == "d" and self.peek(2)[1:] in LOSSES
        )
        return self.peek() == "\\frac" and self.peek(1) == "{" and (first or self._varied())

    def _varied(self) -> bool:
        r"""Whether ``\frac{\delta L}{\delta w_k}`` comes next: below it stands the same sign."""
        if self.peek(2) != "\\delta" or self.peek(3) in ("_", "^", "[", "(", "'", "}"):
            return False
        depth, ahead = 1, 2
        while depth and self.peek(ahead):
            depth += (self.peek(ahead) == "{") - (self.peek(ahead) == "}")
            ahead += 1
        below = [self.peek(ahead), self.peek(ahead + 1)]
        return below == ["{", "\\delta"] and self.peek(ahead + 2) not in ("_", "^", "[", "(", "}")

    def partial(self) -> Node:
        r"""``\frac{∂L}{∂w_k}``, ``∂L / ∂w_k``, with the subscript behind where it stands there."""
        at = self.offset
        fraction = self.peek() == "\\frac"
        sign = "\\delta" if fraction and self._varied() else "\\partial"
        if fraction:
            self.take("derivative")
            self.expect("{", "bracket")
        top = self._differential(sign, loss=True)
        if fraction:
            self.expect("}", "bracket")
            self.expect("{", "bracket")
        elif self.peek() in ("/", "\\over"):
            self.take("derivative")
        elif top is not None:
            self.lexicon.remarks[f"∂{top.name} is read as ∂L/∂{top.name}"] = None
            return Partial(None, top, at)
        else:
            self.expect("/", "derivative")
        bottom = self._differential(sign, loss=False)
        if fraction:
            self.expect("}", "bracket")
        if bottom is None:
            raise self.error("nothing is differentiated by here", at=at)
        return self.behind(Partial(top, bottom, at))

    def nabla(self) -> Node:
        r"""``\nabla_{w_k} L``, ``\partial_{w_k} L``."""
        at = self.offset
        self.take("derivative")
        self.expect("_", "subscript")
        braced = self.peek() == "{"
        if braced:
            self.take("bracket")
        start = self.offset
        found = self._varying() if braced else Ref(self.base(), None, "", start)
        if braced:
            self.expect("}", "bracket")
        bottom = self._target(found, loss=False, at=at)
        font = self.peek() in FONTS
        if self.peek(2 * font) not in LOSSES or bottom is None:
            raise self.error("a gradient of what?", r"\nabla_{w_k} L")
        for _ in range(4 if font else 1):
            self.take("loss")
        return Partial(None, bottom, at)

    def behind(self, node: Partial) -> Node:
        """A derivative with the subscripts that stand behind the fraction."""
        bottom = node.bottom
        if bottom.items is None and self.peek() in ("_", "["):
            hung = self.hang(Ref(bottom.name, None, bottom.label, bottom.at, gradient=True))
            if not isinstance(hung, Ref):
                raise self.error("a power of a derivative", at=node.at)
            bottom = Ref(hung.name, hung.items, hung.label, hung.at)
        return Partial(node.top, bottom, node.at)

    def _differential(self, sign: str, loss: bool) -> Ref | None:
        at = self.offset
        word = self.peek()
        if word in (sign, "d"):
            self.take("derivative")
        elif word[:1] == "d" and (word[1:] in LOSSES or self.lexicon.gradient_word(word)):
            self.take("derivative")
            found = self.hang(Ref(word[1:], None, "", at))
            return self._target(found, loss, at)
        else:
            raise self.error(f"{word or 'the end'} stands where ∂ should", r"\partial")
        braced = self.peek() == "{"
        if braced:
            self.take("bracket")
        found = self._varying()
        if braced:
            self.expect("}", "bracket")
        return self._target(found, loss, at)

    def _varying(self) -> Node:
        """What is differentiated, or by: a capital does where it is clear."""
        at, text = self.offset, self.peek()
        small = self.kind() == "name" and not self.lexicon.array(text) and text not in LOSSES
        near = self.lexicon.tensor(text) if small else ""
        whole = f"{text}_{self.peek(2)}"
        if not near or self.lexicon.array(whole) or whole in self.lexicon.elements:
            return self.reference()
        self.take("name")
        return self.hang(Ref(near, None, "", at))

    def _target(self, found: Node, loss: bool, at: int) -> Ref | None:
        if not isinstance(found, Ref) or found.gradient:
            raise self.error("a derivative by something that is no tensor", at=at)
        if loss and found.items is None and found.name in LOSSES | {self.lexicon.graph.output}:
            scalar = not self.lexicon.seed
            if scalar == (found.name == self.lexicon.graph.output) and (
                scalar or not self.lexicon.array(found.name)
            ):
                for token in self.tokens[: self.here]:
                    if token.start >= found.at and token.meaning in ("name", "accent", "font"):
                        token.meaning = "loss"
                return None
        tensor = self.lexicon.tensor(found.name)
        if not tensor:
            raise self.error(f"{found.name} is no tensor of the operation", at=at)
        return Ref(tensor, found.items, found.label, found.at)
