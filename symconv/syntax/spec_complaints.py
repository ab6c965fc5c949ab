"""What the grammar did not understand, in words."""

from __future__ import annotations

import re

from lark import Token
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from symconv.errors import SpecError
from symconv.syntax.spec_text import Source, shown

WORDS = {
    "PM": "an operator",
    "MUL": "an operator",
    "POW": "an operator",
    "EQUAL": "'='",
    "RANGE": "'..'",
    "COMMA": "','",
    "RPAR": "')'",
    "RSQB": "']'",
    "REL": "a comparison",
    "FOR": "'for'",
    "WITH": "'with'",
    "_SEP": "the end of the statement",
    "$END": "the end of the statement",
}
"""What may follow a complete value, in words."""

SIGNS = {
    "^": "** for a power",
    ":": ".. for a range, k=0..K-1",
    "…": ".. for a range, k=0..K-1",
    ".": ".. for a range, k=0..K-1, and 0.5 for a decimal",
    "–": "- for a minus, .. for a range",
    "—": "- for a minus, .. for a range",
    "∑": "sum(…, k=0..K-1)",
    "⌊": "a//b for the whole part of a quotient",
    "÷": "/ for a quotient",
    "∗": "* for a product",
    "!": "!= for different",
    "&": "a comma between conditions",
    "|": "a comma between conditions",
    "{": "[ ] or ( )",
    "}": "[ ] or ( )",
    "√": "numbers, tensors and functions",
    "²": "x[i]**2",
    "³": "x[i]**3",
}
SIGNS |= dict.fromkeys("“”„«»‘’‚`´", 'straight quotation marks, "same"')
SIGNS |= dict.fromkeys("₀₁₂₃₄₅₆₇₈₉", "x_1 for a subscript")


def complaint(problem: UnexpectedInput, text: str, source: Source) -> SpecError:
    """The error in words; `text` is the cleaned text that the grammar saw."""
    if isinstance(problem, UnexpectedCharacters):
        return _character(problem.pos_in_stream or 0, text, source)
    if not isinstance(problem, UnexpectedToken):
        raise TypeError(f"not an error of this grammar: {problem!r}")
    token = problem.token
    if token.type == "$END" or token.type == "_SEP":
        return _too_early(problem, token, text, source)
    return _unexpected(problem, token, text, source)


def _character(offset: int, text: str, source: Source) -> SpecError:
    sign = text[offset]
    if sign == "\\":
        return source.error(
            offset,
            "this is the spec language, not LaTeX",
            expected="a text such as y = conv1d(x[4], w[3])",
            got=shown(sign),
        )
    if text[max(0, offset - 1) : offset + 1] in ("..", "…."):
        offset -= 1
    if text[offset : offset + 3] == "...":
        sign = "..."
    return source.error(
        offset,
        f"{shown(sign)} is not a sign of the spec language",
        expected="letters, digits and the signs of arithmetic",
        got=shown(sign) if sign.isprintable() and not sign.isspace() else f"U+{ord(sign[0]):04X}",
        hint=SIGNS.get(sign[0], ""),
    )


def _expected(accepted: set[str]) -> str:
    """What might have stood there: a value, or what may follow one."""
    if "NAME" in accepted:
        return "a number, a name or a bracket" if "NUMBER" in accepted else "a name"
    words = list(dict.fromkeys(word for name, word in WORDS.items() if name in accepted))
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _too_early(problem: UnexpectedToken, token: Token, text: str, source: Source) -> SpecError:
    """The statement stops; the caret stands behind its last sign."""
    end = len(text) if token.type == "$END" else token.start_pos or 0
    offset = len(text[:end].rstrip(" \n;"))
    return source.error(
        offset,
        "the statement ends too early",
        expected=_expected(problem.accepts),
        got="the end of the text" if not text[end:].strip(" \n;") else "the end of the statement",
    )


def _unexpected(problem: UnexpectedToken, token: Token, text: str, source: Source) -> SpecError:
    offset = token.start_pos or 0
    found = shown(source.text[offset : offset + len(token)])
    before = text[:offset].rstrip(" ")
    tail = _TAIL_BEFORE.search(before)
    if tail:  # the word was read as a name, since a value had to stand there
        return source.error(
            tail.start(),
            f"a value is missing before '{tail[0]}'",
            expected="a number, a name or a bracket",
            got=f"'{tail[0]}'",
        )
    missing = "NAME" in problem.accepts
    return source.error(
        offset,
        f"a value is missing before {found}" if missing else f"{found} does not fit here",
        expected=_expected(problem.accepts),
        got=found,
        hint=_hint(token, before, text[offset:], problem.accepts),
    )


_TAIL_BEFORE = re.compile(r"(?<!\w)(for|with)$")
_NUMBER_BEFORE = re.compile(r"(?<![\w.])([0-9]+(?:\.[0-9]+)?)$")


def _hint(token: Token, before: str, after: str, accepted: set[str]) -> str:
    """What was probably meant."""
    number = _NUMBER_BEFORE.search(before)
    if re.search(r"(?<!\w)(if|where|when)$", before) or token in ("if", "where", "when"):
        return "the condition alone, inside the sum: sum(…, k=0..K-1, k != 1)"
    if token.type == "NAME" and token in ("in", "from"):
        return "o = 0..O-1"
    if number and re.match(r"[eE][0-9]", after):
        return "the number written out, 0.001 for 1e-3"
    if number and token.type in ("NAME", "LPAR"):
        return f"{number[1]}*{token}" + ("…)" if token.type == "LPAR" else "")
    if token.type == "REL" and token == "==":
        return "= to name a result or an option"
    if token.type == "RANGE":
        return "k = 0..K-1, with one ="
    if token.type == "EQUAL" and "REL" in accepted:
        return "== to compare"
    if token.type == "LSQB" and before.endswith("]"):
        return "x[i,j] for two indices"
    if token.type == "NAME" and {"EQUAL", "_SEP"} <= accepted:
        return f"= before {token}"
    if token.type == "NAME" and re.match(r"\w+(\[[^\]]*\])? *=", after) and "_SEP" in accepted:
        return "a new line or ; between statements"
    if token.type in ("NAME", "NUMBER", "LSQB", "LPAR") and "COMMA" in accepted:
        return "a comma or *"
    return ""
