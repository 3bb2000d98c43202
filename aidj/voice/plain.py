"""A text in which nothing is a command, for engines that are foreign code."""

from __future__ import annotations

import unicodedata

_COMMANDS = frozenset("<>[]{}\\^|~`$")
_UNSAID = ("Cc", "Cf", "Cs", "Co", "Cn")


def plain_text(text: str) -> str:
    """Return a text of the same length with blanks for signs of markup, control characters and whatever is no sign."""
    return "".join(" " if char in _COMMANDS or unicodedata.category(char) in _UNSAID else char for char in text)


def ascii_text(text: str) -> str:
    """Return a text without accents, and without letters that have no plain one, for engines that know no others."""
    for fancy, plain in _SPELLED.items():
        text = text.replace(fancy, plain)
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")


_SPELLED = {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "ß": "ss", "ø": "o", "Ø": "O", "æ": "ae",
            "Æ": "AE", "œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "þ": "th"}  # fmt: skip
