r"""TeX: mathematics in all its delimiters, ``% symconv:`` comments, listings, simple macros."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from symconv.syntax.sources.passage import Lines, Passage

DISPLAYS = ("equation", "align", "gather", "multline", "eqnarray", "displaymath", "flalign",
            "alignat", "math")  # fmt: skip
LISTINGS = ("verbatim", "lstlisting", "minted", "Verbatim", "python", "pythoncode")
_TOKEN = re.compile(
    r"\\begin\{(?P<begin>[A-Za-z]+)\*?\}|\\(?P<open>[\[(])|(?P<dollars>\$\$?)|%(?P<comment>[^\n]*)"
    r"|\\(?P<other>.)",
    re.DOTALL,
)
_DECLARED = re.compile(r"\s*symconv:\s?(.*)")
_MORE = re.compile(r"[ \t]*%:?[ \t]?(.*)")
_MACRO = re.compile(
    r"\\(?:newcommand|renewcommand|providecommand|DeclareMathOperator)\*?\s*\{?\\([A-Za-z]+)\}?"
    r"(?:\[(\d)\])?\s*\{"
)
_NOISE = re.compile(
    r"\\label\s*\{[^{}]*\}|\\tag\*?\s*\{[^{}]*\}|\\(?:nonumber|notag|displaystyle|limits)\b"
    r"|(?<!\\)%[^\n]*"
)
ROUNDS = 8
LARGEST = 50_000


def read_tex(text: str) -> Iterator[Passage]:
    """The passages of a TeX file."""
    lines = Lines(text)
    macros = macros_of(text)
    at = 0
    while True:
        token = _TOKEN.search(text, at)
        if token is None:
            return
        at = token.end()
        if token["comment"] is not None:
            found = _DECLARED.fullmatch(token["comment"])
            if found:
                at, said = _continued(text, at, found[1])
                yield Passage("declaration", said, *lines.place(token.start()))
            continue
        if token["other"]:
            continue
        end, stop = _end(text, token)
        if end < 0:
            continue
        inside = text[at:end]
        name = token["begin"] or ""
        if name in LISTINGS:
            body = inside.split("\n", 1)[1] if "\n" in inside else inside
            line = lines.place(at)[0] + ("\n" in inside)
            yield Passage("code", body, line)
        elif not name or name in DISPLAYS:
            inline = token["dollars"] == "$" or token["open"] == "("
            yield Passage("formula", cleaned(inside, macros), *lines.place(at), inline)
        else:
            continue
        at = stop


def _end(text: str, token: re.Match[str]) -> tuple[int, int]:
    """Where the mathematics or the listing ends, and where reading goes on."""
    if token["begin"]:
        name = token["begin"]
        if name not in (*DISPLAYS, *LISTINGS):
            return -1, token.end()
        star = "\\*" if token[0].endswith("*}") else ""
        stop = re.compile(rf"\\end\{{{name}{star}\}}").search(text, token.end())
    elif token["open"]:
        closing = {"[": r"\\\]", "(": r"\\\)"}[token["open"]]
        stop = re.compile(closing).search(text, token.end())
    else:
        sign = re.escape(token["dollars"])
        stop = re.compile(rf"(?<!\\){sign}").search(text, token.end())
    return (stop.start(), stop.end()) if stop else (-1, token.end())


def _continued(text: str, at: int, said: str) -> tuple[int, str]:
    """A declaration that goes on in the next comment where its line ends in a backslash."""
    parts = [said]
    while parts[-1].rstrip().endswith("\\"):
        end = text.find("\n", at + 1)
        more = _MORE.fullmatch(text[at + 1 : end if end >= 0 else len(text)])
        parts[-1] = parts[-1].rstrip()[:-1]
        if more is None:
            break
        parts.append(more[1])
        at = end if end >= 0 else len(text)
    return at, "\n".join(parts).strip()


def macros_of(text: str) -> dict[str, tuple[int, str]]:
    """The macros that the file defines: name, number of arguments, body."""
    found: dict[str, tuple[int, str]] = {}
    for macro in _MACRO.finditer(text):
        end = _balanced(text, macro.end())
        if end > 0 and len(found) < 500:
            body = text[macro.end() : end]
            if "DeclareMathOperator" in macro[0]:
                body = f"\\operatorname{{{body}}}"
            found[macro[1]] = (int(macro[2] or 0), body)
    return found


def _balanced(text: str, start: int) -> int:
    depth = 1
    for place in range(start, min(len(text), start + 2000)):
        depth += (text[place] == "{") - (text[place] == "}")
        if not depth:
            return place
    return -1


def cleaned(text: str, macros: Mapping[str, tuple[int, str]]) -> str:
    """A formula without labels and comments, its macros put in (a bounded number of times)."""
    text = _NOISE.sub(lambda noise: " " * len(noise[0]), text)
    for _ in range(ROUNDS):
        new = _expanded(text, macros)
        if new == text or len(new) > LARGEST:
            break
        text = new
    return text


def _expanded(text: str, macros: Mapping[str, tuple[int, str]]) -> str:
    for name, (count, body) in macros.items():
        use = re.compile(rf"\\{name}(?![A-Za-z])")
        at = 0
        while (found := use.search(text, at)) is not None:
            end, arguments = found.end(), []
            for _ in range(count):
                start = end + len(text[end:]) - len(text[end:].lstrip())
                if text[start : start + 1] != "{" or (stop := _balanced(text, start + 1)) < 0:
                    break
                arguments.append(text[start + 1 : stop])
                end = stop + 1
            if len(arguments) < count:
                at = found.end()
                continue
            put = body
            for number, argument in enumerate(arguments, 1):
                put = put.replace(f"#{number}", argument)
            text = f"{text[: found.start()]}{put}{text[end:]}"
            at = found.start() + len(put)
            if len(text) > LARGEST:
                return text
    return text
