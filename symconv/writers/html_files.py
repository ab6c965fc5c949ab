"""Files that a page offers to save: small ones as links, large ones packed, for the script.

A packed file is its bytes compressed (zlib), in base64; the script of the page unpacks it into a
link when it is asked for, so that a large matrix does not weigh on the page.
"""

from __future__ import annotations

import zlib
from base64 import b64encode

from markupsafe import Markup

from symconv.document import File

SMALL = 2_000
"""Bytes up to which a file is a link that works without scripts."""
_LINK = Markup('<a download="{}" href="data:{};base64,{}">{}</a>')
_BUTTON = Markup(
    '<button type="button" class="packed" data-name="{}" data-media="{}" data-packed="{}" hidden>'
    "{}</button>"
)
_NOTE = Markup("<noscript>Larger files need scripts: {}.</noscript>")


def downloads(items: tuple[File, ...]) -> Markup:
    """One line of links and buttons; nothing for no files."""
    if not items:
        return Markup("")
    shown = Markup(" ").join(_one(item) for item in items)
    large = ", ".join(item.label for item in items if len(item.content) > SMALL)
    return Markup('<p class="downloads"><span>Save as</span> {}{}</p>').format(
        shown, _NOTE.format(large) if large else ""
    )


def packs(items: tuple[File, ...]) -> bool:
    """Whether one of them is large enough to need the script."""
    return any(len(item.content) > SMALL for item in items)


def _one(item: File) -> Markup:
    if len(item.content) <= SMALL:
        data = b64encode(item.content).decode()
        return _LINK.format(item.name, item.media, data, item.label)
    packed = b64encode(zlib.compress(item.content, 9)).decode()
    return _BUTTON.format(item.name, item.media, packed, item.label)
