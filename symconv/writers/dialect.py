"""Formulas read into a small tree: the one reader of LaTeX that all writers share."""

from __future__ import annotations

import difflib
import re
from functools import lru_cache

from symconv.errors import SymconvError
from symconv.writers.commands import (
    ARGUMENTS,
    CHARACTERS,
    DELIMITERS,
    SIZES,
    SPACES,
    SYMBOLS,
    UNICODE,
    WORDS,
)
from symconv.writers.nodes import (
    Call,
    Char,
    Colour,
    Command,
    Fence,
    Group,
    Node,
    Scripts,
    Sized,
    Space,
    Stack,
    Words,
)

__all__ = [
    "Call",
    "Char",
    "Colour",
    "Command",
    "Fence",
    "Group",
    "Node",
    "Scripts",
    "Sized",
    "Space",
    "Stack",
    "Words",
    "parse",
]

_TOKEN = re.compile(r"\\operatorname\*|\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|.", re.DOTALL)
_LETTERS = re.compile(r"[A-Za-z0-9 .,:+*/()\-]*")
_RAW = {"\\ ": " ", "\\_": "_", "\\&": "&", "\\%": "%", "\\#": "#", "\\$": "$"} | {
    "\\{": "{",
    "\\}": "}",
}
_DEEPEST = 60
_REFUSED = {
    "begin": "rows and matrices are blocks of their own (Equation rows, Grid), not environments",
    "\\": "give each line as a row of its own",
    "&": "give each column as a cell of its own",
    "$": "a formula comes without dollars",
}


@lru_cache(maxsize=4096)
def parse(latex: str) -> Group:
    r"""Read one formula of the dialect; anything outside it raises and names the formula.

    Examples
    --------
    >>> parse(r"x_k").items[0].sub
    Group(items=(Char(text='k', kind='ord'),))
    """
    return _Reader(latex).formula()


class _Reader:
    """Recursive descent over the tokens of one formula."""

    def __init__(self, latex: str) -> None:
        self.latex = latex
        self.tokens = _TOKEN.findall(latex)
        self.at = 0
        self.depth = 0

    def refusal(self, message: str, hint: str = "") -> SymconvError:
        return SymconvError(message, where=f"formula {self.latex!r}", hint=hint)

    def peek(self) -> str:
        """The next token that is not white space, or ""."""
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        token = self.peek()
        if not token or (expected and token != expected):
            raise self.refusal(f"{expected or 'something'} is missing, got {token or 'the end'}")
        self.at += 1
        return token

    def formula(self) -> Group:
        items = self.items(())
        if self.peek():
            raise self.refusal(f"unmatched {self.peek()}")
        return items

    def items(self, stops: tuple[str, ...]) -> Group:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.refusal("the formula is nested too deeply")
        out: list[Node] = []
        while (token := self.peek()) and token not in (*stops, "}", "\\right"):
            if token in ("^", "_", "'"):
                base = out.pop() if out and not isinstance(out[-1], Space) else Group(())
                out.append(self.scripts(base))
            else:
                out.append(self.node())
        self.depth -= 1
        return Group(tuple(out))

    def scripts(self, base: Node) -> Scripts:
        if isinstance(base, Scripts):
            raise self.refusal("a second script on the same base", "braces around the first")
        sub: Group | None = None
        sup: Group | None = None
        primes = 0
        while (token := self.peek()) in ("^", "_", "'"):
            self.at += 1
            if token == "'":
                primes += 1
            elif token == "_" and sub is None:
                sub = self.argument()
            elif token == "^" and sup is None:
                sup = self.argument()
            else:
                raise self.refusal(f"two {token} on the same base", "braces around the first")
        if primes and sup is not None:
            raise self.refusal("a prime and a superscript", "braces around what has the prime")
        return Scripts(base, sub, sup, primes)

    def argument(self) -> Group:
        """``{…}``, or one token as TeX takes it (one digit of a number)."""
        if self.peek() == "{":
            return self.braced()
        token = self.peek()
        if token[:1].isdigit() and len(token) > 1:
            self.tokens[self.at] = token[1:]
            return Group((Char(token[0]),))
        return Group((self.node(),))

    def braced(self) -> Group:
        self.take("{")
        body = self.items(())
        self.take("}")
        return body

    def node(self) -> Node:
        token = self.take()
        if token == "{":
            self.at -= 1
            return self.braced()
        if token.startswith("\\"):
            return self.command(token[1:])
        return self.character(token)

    def character(self, token: str) -> Node:
        if token.isascii() and (token[0].isdigit() or token.isalpha()):
            return Char(token)
        if token in CHARACTERS:
            return Char(token, CHARACTERS[token])
        if token in UNICODE:
            name = UNICODE[token]
            return Char(name, CHARACTERS[name]) if name in CHARACTERS else Command(name)
        raise self.refusal(f"{token!r} has no place in a formula", _REFUSED.get(token, ""))

    def command(self, name: str) -> Node:
        if name in SYMBOLS:
            return Command(name)
        if name in SPACES:
            return Space(name)
        if name in ARGUMENTS:
            return self.call(name)
        if name in WORDS:
            return self.words(name)
        if name in SIZES:
            return Sized(name, self.delimiter())
        match name:
            case "left":
                left = self.delimiter()
                body = self.items(())
                self.take("\\right")
                return Fence(left, body, self.delimiter())
            case "substack":
                return self.stack()
            case "textcolor":
                return self.colour()
            case _:
                close = difflib.get_close_matches(name, [*SYMBOLS, *ARGUMENTS, *WORDS], 1)
                hint = _REFUSED.get(name) or (f"\\{close[0]}" if close else "")
                raise self.refusal(f"the command \\{name} is not in the dialect of formulas", hint)

    def call(self, name: str) -> Call:
        if name == "sqrt" and self.peek() == "[":
            self.at += 1
            index = self.items(("]",))
            self.take("]")
            return Call("root", (index, self.argument()))
        args = tuple(self.argument() for _ in range(ARGUMENTS[name]))
        if name in ("boldsymbol", "bm") and not _is_letter(args[0]):
            raise self.refusal(f"\\{name} takes one letter", f"\\{name} around each letter")
        return Call(name, args)

    def words(self, style: str) -> Words:
        text = self.raw()
        if not style.startswith("text") and not _LETTERS.fullmatch(text.replace("_", "")):
            raise self.refusal(f"\\{style} takes letters and digits", "\\text for words")
        return Words(style, text if style.startswith("text") else text.replace(" ", ""))

    def raw(self) -> str:
        """The plain text between braces; only escapes of single characters are commands here."""
        self.take("{")
        out: list[str] = []
        while self.at < len(self.tokens) and (token := self.tokens[self.at]) != "}":
            self.at += 1
            if token in _RAW:
                token = _RAW[token]
            elif token.startswith("\\") or token in ("{", "$"):
                raise self.refusal(f"{token} within words", "the formula outside the words")
            out.append(token)
        self.take("}")
        return "".join(out)

    def delimiter(self) -> str:
        token = self.take()
        token = "\\" + UNICODE[token] if token in UNICODE else token
        if token not in DELIMITERS:
            raise self.refusal(f"{token} is not a delimiter")
        return token

    def stack(self) -> Stack:
        self.take("{")
        lines = [self.items(("\\\\",))]
        while self.peek() == "\\\\":
            self.at += 1
            lines.append(self.items(("\\\\",)))
        self.take("}")
        return Stack(tuple(lines))

    def colour(self) -> Colour:
        rgb = self.raw()
        if not re.fullmatch(r"#[0-9A-Fa-f]{6}", rgb):
            raise self.refusal(f"{rgb!r} is not a colour", "\\textcolor{#rrggbb}{…}")
        return Colour(rgb, self.braced())


def _is_letter(group: Group) -> bool:
    return len(group.items) == 1 and isinstance(group.items[0], Char | Command)
