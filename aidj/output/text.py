"""Titles from anywhere, made safe to stand on one line of a file."""

from __future__ import annotations

import re
import unicodedata

MAX_CHARS = 200
"""Longest title that is written; what is longer is no title."""

# Left-to-right and right-to-left embeddings, overrides and isolates: invisible, and they turn around what follows them
# in the file. Letters of right-to-left scripts carry their own direction and stay as they are.
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff]")
_SPACES = re.compile(r"\s+")


def one_line(text: str, limit: int = MAX_CHARS) -> str:
    """Return a text on one line: no control characters, no lone surrogates, no more than `limit` characters."""
    text = _DIRECTION.sub("", text)
    text = "".join(" " if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") else char for char in text)
    text = _SPACES.sub(" ", text).strip()
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def many_lines(text: str) -> str:
    """Return a text that may have several lines, free of NULs, other control characters and lone surrogates."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(one_line(line, max(1, len(line))) for line in lines).strip()


def heading(artist: str, title: str, limit: int = MAX_CHARS) -> str:
    """Return ``Artist - Title``, or what there is of it; never empty."""
    return one_line(" - ".join(part for part in (one_line(artist), one_line(title)) if part), limit) or "Untitled"


def clock(seconds: float, *, mark: str = ".") -> str:
    """Return a time as ``HH:MM:SS.mmm``; `mark` stands between seconds and milliseconds."""
    total_ms = max(0, round(seconds * 1000))
    minutes, ms = divmod(total_ms, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{ms // 1000:02d}{mark}{ms % 1000:03d}"
