"""Derivations, step by step: each step is data, and each equality is checked before it is shown.

Definition, chain rule, local derivative, which terms survive, re-indexing, bounds, closed form.
The sides of a step are formulas that can be evaluated; `derive` evaluates both at generic sizes
and data, exactly, and a step whose sides differ cannot be made.
"""

from symconv.steps.data import Derivation, Formula, Step, StepError
from symconv.steps.making import derive
from symconv.steps.wording import describe_closed, with_auxiliary

__all__ = [
    "Derivation",
    "Formula",
    "Step",
    "StepError",
    "derive",
    "describe_closed",
    "with_auxiliary",
]
