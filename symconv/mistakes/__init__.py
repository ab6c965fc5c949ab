"""The diagnosis: known mistakes are made on the true formula, until one gives what was written.

``explain`` takes a claim and ``explain_numbers`` the values of code that was run; the mistakes are
the rows of ``MISTAKES``.
"""

from symconv.mistakes.explain import explain
from symconv.mistakes.model import Mistake
from symconv.mistakes.numbers import explain_numbers
from symconv.mistakes.table import MISTAKES

__all__ = ["MISTAKES", "Mistake", "explain", "explain_numbers"]
