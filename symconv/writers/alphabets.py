"""Letters in mathematical styles as Unicode characters, for MathML Core and for terminals."""

from __future__ import annotations

_STARTS = {
    "mathbf": (0x1D400, 0x1D41A, 0x1D7CE),
    "mathit": (0x1D434, 0x1D44E, 0),
    "boldsymbol": (0x1D468, 0x1D482, 0x1D7CE),
    "mathsf": (0x1D5A0, 0x1D5BA, 0x1D7E2),
    "mathtt": (0x1D670, 0x1D68A, 0x1D7F6),
    "mathbb": (0x1D538, 0x1D552, 0x1D7D8),
    "mathcal": (0x1D49C, 0x1D4B6, 0),
}
"""Where a style's capitals, small letters and digits begin (0: it has none)."""

_ELSEWHERE = {
    "mathit": dict(zip("h", "ℎ", strict=True)),
    "mathbb": dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True)),
    "mathcal": dict(zip("BEFHILMRego", "ℬℰℱℋℐℒℳℛℯℊℴ", strict=True)),
}
"""Letters that Unicode had before it had the alphabets."""


def styled(style: str, text: str) -> str:
    """The text in a style; characters that the style lacks stay as they are.

    Examples
    --------
    >>> styled("mathbb", "1Z")
    '𝟙ℤ'
    """
    if style not in _STARTS:
        return text
    return "".join(_letter(style, letter) for letter in text)


def _letter(style: str, letter: str) -> str:
    capital, small, digit = _STARTS[style]
    known = _ELSEWHERE.get(style, {})
    if letter in known:
        return known[letter]
    if "A" <= letter <= "Z":
        return chr(capital + ord(letter) - ord("A"))
    if "a" <= letter <= "z":
        return chr(small + ord(letter) - ord("a"))
    if "0" <= letter <= "9" and digit:
        return chr(digit + ord(letter) - ord("0"))
    if style == "boldsymbol" and "α" <= letter <= "ω":
        return chr(0x1D736 + ord(letter) - ord("α"))
    if style == "boldsymbol" and "Α" <= letter <= "Ω":
        return chr(0x1D71C + ord(letter) - ord("Α"))
    return letter
