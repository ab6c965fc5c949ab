"""Conditions under which a claim that is false as stated holds: from a fixed family, and proved."""
