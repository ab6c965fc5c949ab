r"""Names as keys: ``\delta^{l+1}``, ``W_{out}``, ``a^{'}``, ``K[m,n,c,f]`` taken apart."""

from __future__ import annotations

import re

from symconv.values import dataclass

FONTS = tuple(
    "mathbf boldsymbol mathcal bm mathscr mathfrak mathbb mathrm mathit mathsf text textit texttt "
    "textrm operatorname pmb".split()
)
_FONT = re.compile(rf"\\(?:{'|'.join(FONTS)})(?![A-Za-z])")
_ACCENT = re.compile(r"\\(?:hat|bar|tilde|widehat|widetilde|overline|vec)(?![A-Za-z])")
_ATOM = re.compile(r"\\[A-Za-z]+|[A-Za-z]+|\d+|_")
_WORDS = re.compile(r"\\(?:text|mathrm|mathit|mathsf|texttt|textrm|operatorname)\s*\{([\w\s]+)\}")
_PRIMES = re.compile(r"(?:'|′|’|\\prime)+")
CLOSING = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Key:
    """A declared name: `name` with its primes and accents, its layer label, what hangs below.

    `below` is the subscript as written ("out", "f"), `indices` the letters in brackets.
    """

    base: str
    label: str = ""
    below: str = ""
    indices: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name as the reader spells it: ``W_{out}`` is W_out."""
        return f"{self.base}_{self.below}" if self.below else self.base

    @property
    def spelled(self) -> str:
        """The name with its label."""
        return labelled(self.name, self.label)


def labelled(name: str, label: str) -> str:
    """One text for a name and its label."""
    return f"{name}^{label}" if label else name


def plain_label(text: str) -> str:
    """A label without its brackets: ``(l)``, ``[l]`` and ``l`` are one."""
    return re.sub(r"[\s{}()\[\]\\]|\\text", "", _FONT.sub("", text))


def canonical(text: str) -> str:
    r"""Braces, fonts and backslashes gone: ``\mathbf{w}`` is w, ``\tilde{x}`` tildex."""
    return re.sub(r"[\\{}\s]", "", _FONT.sub("", text))


def parse_key(text: str) -> Key:
    """A name as written in ``names(…)`` or ``upstream=``.

    Errors: ValueError for a text that is no name.
    """
    left = _WORDS.sub(lambda found: "_".join(found[1].split()), text.strip().replace(r"\_", "_"))
    base, label, below, primes = "", "", "", ""
    indices: tuple[str, ...] = ()
    while left:
        sign, rest = left[0], left[1:]
        primed = _PRIMES.match(left)
        if primed:
            primes += "'" * _count(primed[0])
            left = left[primed.end() :]
        elif sign == "^":
            group, left = _group(rest)
            if _PRIMES.fullmatch(group.strip()):
                primes += "'" * _count(group)
            elif label:
                raise ValueError(f"{text!r} has two labels")
            else:
                label = plain_label(group)
        elif sign == "_" and base and not below:
            group, left = _group(rest)
            below = canonical(group)
        elif sign in "[(" and base and not indices:
            inside, left = _bracketed(left)
            indices = tuple(canonical(part) for part in inside.split(","))
        elif below or indices:
            raise ValueError(f"{text!r} is no name")
        else:
            base += sign
            left = rest
    base = canonical(base) + primes
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*'*", base) or not re.fullmatch(r"[\w,]*", below):
        raise ValueError(f"{text!r} is no name")
    return Key(base, label, below, indices)


def _count(primes: str) -> int:
    return len(primes.replace("\\prime", "'").replace(" ", ""))


def _group(text: str) -> tuple[str, str]:
    """What a subscript or superscript takes: braces, a command, a run of letters or digits."""
    text = text.lstrip()
    if text.startswith("{"):
        return _bracketed(text)
    found = re.match(r"\\[A-Za-z]+\s*\{\w+\}|\\[A-Za-z]+|\([^()]*\)|\[[^\[\]]*\]|\w+|'+", text)
    if found is None:
        raise ValueError(f"nothing hangs on _ or ^ in {text!r}")
    return found[0], text[found.end() :]


def _bracketed(text: str) -> tuple[str, str]:
    depth, closing = 0, CLOSING[text[0]]
    for place, sign in enumerate(text):
        depth += (sign == text[0]) - (sign == closing)
        if depth == 0:
            return text[1:place], text[place + 1 :]
    raise ValueError(f"{text!r} is not closed")


def spelling(text: str) -> tuple[str, str] | None:
    r"""A pattern for a name of several pieces (``p\delta``, ``w1``), with the name; else None.

    Letters beside a command or a digit would otherwise be read one by one.
    """
    head = re.split(r"[\^'_\[(]", _FONT.sub("", text.strip().replace(r"\_", "_")), maxsplit=1)[0]
    if _ACCENT.search(head):
        return None
    atoms = _ATOM.findall(head)
    if len(atoms) < 2:
        return None
    pattern = r"\s*".join(re.escape(atom) for atom in atoms)
    return pattern + r"(?![A-Za-z0-9])", canonical(head)
