"""Index expressions: small frozen trees that never rewrite themselves.

An index is an ``int`` or a tree of :class:`Symbol`, :class:`Sum`, :class:`Product`,
:class:`FloorDiv`, :class:`Mod`, :class:`Min` and :class:`Max`.  What a person wrote (``S*o + D*k -
P``) stays as written; :func:`tidy` folds constants and :func:`simplify` collects like terms, and
both happen only where somebody asks.  The verbs live here (substitute, evaluate, compile,
compare); other rooms read the trees as LaTeX, SymPy or integer sets.

The trees are our own, not pymbolic's, because printing must follow the written order, and
because two compiled dependencies and 0.15 s of start-up are dear for 200 lines.
"""

from symconv.index.evaluation import compiled, concrete, evaluate
from symconv.index.folding import (
    leaves,
    negated,
    put_in,
    substitute,
    substitute_condition,
    symbols,
    tidy,
)
from symconv.index.polynomials import (
    Monomial,
    Polynomial,
    coefficient,
    from_polynomial,
    polynomial,
    same,
    simplify,
)
from symconv.index.trees import (
    RELATIONS,
    Condition,
    FloorDiv,
    Index,
    Max,
    Min,
    Mod,
    Product,
    Sum,
    Symbol,
    Tree,
    add,
    children,
    is_negative,
    minus,
    rebuild,
    text,
)

__all__ = [
    "RELATIONS",
    "Condition",
    "FloorDiv",
    "Index",
    "Max",
    "Min",
    "Mod",
    "Monomial",
    "Polynomial",
    "Product",
    "Sum",
    "Symbol",
    "Tree",
    "add",
    "children",
    "coefficient",
    "compiled",
    "concrete",
    "evaluate",
    "from_polynomial",
    "is_negative",
    "leaves",
    "minus",
    "negated",
    "polynomial",
    "put_in",
    "rebuild",
    "same",
    "simplify",
    "substitute",
    "substitute_condition",
    "symbols",
    "text",
    "tidy",
]
