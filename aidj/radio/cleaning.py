"""Text from outside on its way to a terminal: it may be read, and do nothing else.

A title can hold escape codes, characters that turn the line around, invisible ones, and marks stacked up to the
ceiling. What is left here is what takes up cells from left to right.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_MOST_CHARS = 2000
_MOST_MARKS = 2
"""Combining marks on one letter; writing systems need no more, jokes do."""
_BAD = "\N{REPLACEMENT CHARACTER}"
_FLAG_LETTERS = {0x1F1E6 + n: chr(ord("A") + n) for n in range(26)}
_SKIN_TONES = {0x1F3FB + n: "" for n in range(5)}
_AS_LETTERS = {**_FLAG_LETTERS, **_SKIN_TONES}
"""Of what makes one sign together with its neighbour, terminals do not agree how wide it is."""


@lru_cache(512)
def safe(text: str) -> str:
    """Return a text of one line without anything that steers a terminal; spaces are kept as they are.

    The result of a text's beginning is the beginning of its result: what has been spoken of a text can be cut off by
    its length.
    """
    text = text[:_MOST_CHARS]
    if text.isascii() and text.isprintable():
        return text
    text = text.translate(_AS_LETTERS)
    kept: list[str] = []
    marks = 0
    for char in text:
        kind = unicodedata.category(char)
        is_mark = kind in ("Mn", "Me")
        marks = marks + 1 if is_mark else 0
        if char.isspace() or kind in ("Zl", "Zp"):
            kept.append(" ")
        elif is_mark:
            # Selectors change how wide an emoji is, and terminals do not agree how.
            if marks <= _MOST_MARKS and kept and not unicodedata.name(char, "").startswith("VARIATION SELECTOR"):
                kept.append(char)
        elif kind in ("Cc", "Cs", "Co", "Cn"):
            kept.append(_BAD)
        elif kind != "Cf":  # what only formats, such as a change of direction, has no width and is left out
            kept.append(char)
    return "".join(kept)


def clean(text: str) -> str:
    """Return a text of one line without anything that steers a terminal, spaces made single."""
    return " ".join(safe(text).split())
