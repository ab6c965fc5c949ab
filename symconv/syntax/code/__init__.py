"""Python and NumPy read from the syntax tree into forms; no code is run.

``read_code`` gives the claims of a piece of code, for all sizes, with everything that must hold
for it to run as it was read.
"""

from symconv.syntax.code.knowing import UNSURE
from symconv.syntax.code.reading import CodeReading, CodeState, read_code
from symconv.syntax.code.source import CodeError, Problem

__all__ = ["UNSURE", "CodeError", "CodeReading", "CodeState", "Problem", "read_code"]
