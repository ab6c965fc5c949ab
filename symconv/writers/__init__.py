"""One file per page format: HTML, LaTeX, plain text; formulas go through one small reader."""
