"""Names on the page: Greek letters, subscripts, upright words."""

from __future__ import annotations

GREEK = frozenset(
    (
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
        "upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
    ).split()
)


def latex_name(name: str) -> str:
    """A name as mathematics: ``K_h`` is K with a subscript, long words are upright."""
    head, _, rest = name.partition("_")
    base = f"\\{head}" if head in GREEK else head if len(head) == 1 else f"\\mathrm{{{head}}}"
    if head.startswith("d") and len(head) == 2:
        base = f"\\mathrm{{d}}{head[1]}"
    if not rest:
        return base
    if len(head) > 2 and head not in GREEK and len(rest) > 1:
        return rf"\text{{{name.replace('_', ' ')}}}"
    lower = ",".join(
        part if len(part) == 1 or part.isdigit() else f"\\mathrm{{{part}}}"
        for part in rest.split("_")
    )
    return f"{base}_{{{lower}}}"


def indexed(latex: str, index: str) -> str:
    """A LaTeX name with a further index; one that carries a subscript already is extended."""
    if latex.endswith("}") and "_{" in latex:
        return f"{latex[:-1]},{index}}}"
    return f"{latex}_{{{index}}}"
