"""The words and signs of whole-array statements, and what each spelling means."""

from __future__ import annotations

STARS: dict[str, str] = {
    "*": "*", "\\ast": "*", "∗": "*", "\\star": "*", "⋆": "*", "\\circledast": "*", "⊛": "*",
    "\\otimes": "*", "⊗": "*", "\\odot": "odot", "⊙": "odot", "\\circ": "odot", "∘": "odot",
    "@": "@", "\\cdot": ".", "·": ".", "⋅": ".", "\\times": ".", "×": ".",
}  # fmt: skip
"""Signs between whole arrays: ``*`` as declared, elementwise, a product of matrices."""
SIGNS = frozenset(sign for sign, kind in STARS.items() if kind != "." and sign not in "*∗\\ast")
"""Those that are never signs between numbers."""
OVER = frozenset(["\\overset", "\\underset", "\\stackrel"])
MODES = {"full": "full", "valid": "valid", "same": "same", "f": "full", "v": "valid", "s": "same"}

FUNCTIONS: dict[str, tuple[str, str]] = {
    "rot180": ("flip", ""), "rot": ("flip", ""), "flip": ("flip", ""), "reverse": ("flip", ""),
    "fliplr": ("fliplr", ""), "flipud": ("flipud", ""),
    "full": ("star", "full"), "valid": ("star", "valid"), "same": ("star", "same"),
    "conv": ("star", ""), "conv_full": ("star", "full"), "conv_valid": ("star", "valid"),
    "conv_same": ("star", "same"), "fullconv": ("star", "full"), "validconv": ("star", "valid"),
    "convolve": ("convolve", ""), "correlate": ("correlate", ""), "xcorr": ("correlate", ""),
    "convolve_full": ("convolve", "full"), "convolve_valid": ("convolve", "valid"),
    "correlate_full": ("correlate", "full"), "correlate_valid": ("correlate", "valid"),
    "pad": ("pad", ""), "crop": ("crop", ""), "dilate": ("dilate", ""),
    "upsample": ("dilate", ""), "insert_zeros": ("zeros", ""), "zero_insert": ("zeros", ""),
    "transpose": ("transpose", ""), "vec": ("vec", ""), "flatten": ("vec", ""),
    "ravel": ("vec", ""), "dot": ("dot", ""), "matmul": ("dot", ""), "sum": ("sum", ""),
    "shape": ("shape", ""),
}  # fmt: skip
"""What each word does, and the mode that it has by name."""
ARRAY_WORDS = frozenset(FUNCTIONS) - {"sum"}
ALIKE = {"star": ("full", "valid", "same"), "convolve": ("full", "valid", "same"),
         "correlate": ("full", "valid", "same")}  # fmt: skip
MATRICES = frozenset("pmatrix bmatrix vmatrix Vmatrix Bmatrix matrix smallmatrix array".split())
BEGINS = frozenset(f"\\begin{{{name}}}" for name in MATRICES)
ENDS = frozenset(f"\\end{{{name}}}" for name in MATRICES)
DOTS = frozenset(["\\dots", "\\vdots", "\\ddots", "\\iddots", "\\hdots", "⋮", "⋱"])
TOP = frozenset(["T", "\\top", "\\intercal", "⊤", "\\mathsf", "\\mathrm", "\\textsf", "\\rm"])
FLIPPED = frozenset(["rot180", "flip", "rot"])
