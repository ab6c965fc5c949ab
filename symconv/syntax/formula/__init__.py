"""Formulas as people write them in LaTeX, read into forms: nothing guessed, nothing dropped."""

from symconv.syntax.formula.claiming import claim_of
from symconv.syntax.formula.reading import (
    Reading,
    read_assumptions,
    read_formula,
    read_formulas,
)
from symconv.syntax.formula.repairs import Repair
from symconv.syntax.formula.source import FormulaError
from symconv.syntax.formula.tokens import Token

__all__ = [
    "FormulaError",
    "Reading",
    "Repair",
    "Token",
    "claim_of",
    "read_assumptions",
    "read_formula",
    "read_formulas",
]
