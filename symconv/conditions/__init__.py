"""Conditions under which a claim that is false as stated holds: from a fixed family, and proved."""

from symconv.conditions.corners import corner_note
from symconv.conditions.search import condition_for

__all__ = ["condition_for", "corner_note"]
