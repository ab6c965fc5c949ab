"""Makes the fonts in symconv/writers/fonts from STIX Two Math 2.11.

    pip install 'fonttools[woff]' 'ziamath==0.13'
    python tests/writers/make_fonts.py

The package ziamath carries the font (SIL Open Font License 1.1); only the file is taken from it.
"""

from __future__ import annotations

import string
from importlib.util import find_spec
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from symconv.writers import fonts
from symconv.writers.alphabets import styled
from symconv.writers.commands import DELIMITERS, SYMBOLS, UNICODE

SOURCE = "fonts/STIXTwoMath-Regular.ttf"
TARGET = Path(fonts.__file__).parent
STYLES = ("mathbf", "mathit", "boldsymbol", "mathsf", "mathtt", "mathbb", "mathcal")
LETTERS = string.ascii_letters + string.digits
GREEK = "".join(map(chr, [*range(0x391, 0x3A2), *range(0x3A3, 0x3AA), *range(0x3B1, 0x3CA)]))
ITALIC_GREEK = [*range(0x1D6E2, 0x1D71C)]
"""What a browser draws for a Greek letter alone in its ``mi``."""
SIGNS = "\u00a0−′″‴⁗∗‾→˙¨√⏞⏟\u0302\u0303\u0304\u0305\u0307\u0308\u20d7"
"""What the writers put in besides the dialect's characters."""
ACCENTED = [*range(0xC0, 0xD7), *range(0xD8, 0xF7), *range(0xF8, 0x100)]
"""Letters for words within formulas."""


def characters() -> set[str]:
    """Every character that a formula of the dialect may show."""
    found = set(map(chr, range(0x20, 0x7F))) | set(SIGNS) | set(UNICODE)
    found |= {letter for symbol in SYMBOLS.values() for letter in symbol.text}
    found |= {letter for sign in DELIMITERS.values() for letter in sign}
    found |= {letter for style in STYLES for letter in styled(style, LETTERS)}
    return found | set(styled("boldsymbol", GREEK)) | set(map(chr, ITALIC_GREEK + ACCENTED))


def wanted(file: str) -> set[str]:
    """The characters that this file has: the second all that the first lacks."""
    return set(fonts.CHARACTERS) if file == fonts.USUAL else characters() - fonts.CHARACTERS


def source() -> Path:
    """The whole font, as installed with ziamath."""
    found = find_spec("ziamath")
    assert found is not None and found.origin is not None, "pip install ziamath==0.13"
    return Path(found.origin).with_name("fonts") / Path(SOURCE).name


def make(file: str, whole: Path, to: Path) -> None:
    """The subset, without hints and features, under a name of its own."""
    options = subset.Options(
        layout_features=[],
        hinting=False,
        notdef_outline=True,
        bidi_closure=False,
        name_IDs=[0, 7, 13, 14],
    )
    options.drop_tables += ["DSIG", "GPOS", "GSUB", "GDEF"]
    font = TTFont(whole, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=sorted(map(ord, wanted(file))))
    subsetter.subset(font)
    plain = fonts.FAMILY.replace(" ", "")
    named = {1: fonts.FAMILY, 2: "Regular", 3: f"{plain}-subset", 4: fonts.FAMILY, 6: plain}
    named[5] = "Version 2.11, a subset"
    named[10] = "A subset of STIX Two Math 2.11 made for symconv"
    for number, text in named.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    font.flavor = "woff2"
    font.save(to)


if __name__ == "__main__":
    for file in (fonts.USUAL, fonts.MORE):
        make(file, source(), TARGET / file)
        print(file, (TARGET / file).stat().st_size)
