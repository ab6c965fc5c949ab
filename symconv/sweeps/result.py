"""What a sweep gives back for a geometry, and the line of a file that keeps it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from symconv.claims import Verdict
from symconv.values import dataclass

OUTCOMES = ("checked", "refuted", "undecided", "impossible")
GOOD = ("checked", "impossible")


@dataclass(frozen=True, slots=True)
class Swept:
    """One geometry of a sweep: its place in the order, its sizes, how the function did there.

    `outcome` is "checked" (it agrees with the operation), "refuted" (it does not), "undecided" (it
    raised, or gave nothing that can be compared) or "impossible" (no operation has such sizes);
    `evidence` says so in words.  `position`, `right` and `got` are the first wrong entry.
    """

    number: int
    sizes: Mapping[str, int]
    outcome: str
    evidence: str
    position: tuple[int, ...] = ()
    right: str = ""
    got: str = ""

    @property
    def good(self) -> bool:
        """Whether nothing speaks against the function here."""
        return self.outcome in GOOD

    @property
    def fault(self) -> str:
        """Why there is no comparison, or ""."""
        return "" if self.outcome in ("checked", "refuted") else self.evidence


def from_verdict(number: int, sizes: Mapping[str, int], verdict: Verdict) -> Swept:
    """The part of a verdict that a sweep keeps."""
    found = verdict.counterexample
    if found is None:
        return Swept(number, sizes, verdict.outcome, verdict.evidence)
    at, left, right = found.position, found.left, found.right
    return Swept(number, sizes, verdict.outcome, verdict.evidence, at, left, right)


def to_line(key: str, swept: Swept) -> str:
    """A line of JSON, without its end; what is empty is left out."""
    data: dict[str, Any] = {"key": key, "sizes": dict(swept.sizes), "outcome": swept.outcome}
    data["evidence"] = swept.evidence
    if swept.outcome == "refuted":
        data |= {"position": list(swept.position), "right": swept.right, "got": swept.got}
    return json.dumps(data, ensure_ascii=False)


def from_line(line: bytes) -> tuple[str, Swept] | None:
    """The key and the result of a line; None for one that is none of ours (or half of one)."""
    try:
        data = json.loads(line)
        key, sizes = str(data["key"]), {str(n): int(v) for n, v in data["sizes"].items()}
        place = tuple(map(int, data.get("position", ())))
        texts = [str(data.get(name, "")) for name in ("right", "got")]
        found = Swept(0, sizes, str(data["outcome"]), str(data["evidence"]), place, *texts)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return (key, found) if found.outcome in OUTCOMES else None
