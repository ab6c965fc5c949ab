"""Conditions in words: short, exact, in the letters of the claim."""

from __future__ import annotations

import re
from collections.abc import Sequence

from symconv.index import Condition, Index, text

RELATIONS = {"==": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}
_AFTER_NUMBER = re.compile(r"(?<![\w.])(\d+)\*")


def shown(index: Index) -> str:
    """``N + 2P − D(K − 1)``: as written, with products drawn together."""
    plain = _AFTER_NUMBER.sub(r"\1", text(index)).replace("*(", "(")
    return plain.replace("*", "·").replace(" - ", " − ").replace("-", "−")


def compared(condition: Condition) -> str:
    """``S ≥ K``."""
    return f"{shown(condition.left)} {RELATIONS[condition.relation]} {shown(condition.right)}"


def listed(parts: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``, each part once."""
    once = list(dict.fromkeys(parts))
    if len(once) < 2:
        return "".join(once)
    return f"{', '.join(once[:-1])} and {once[-1]}"
