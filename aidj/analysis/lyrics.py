"""The post from synced lyrics: when the first line is sung."""

from __future__ import annotations

import re

_STAMP = re.compile(r"\[(\d{1,3}):(\d{2}(?:[.:,]\d{1,3})?)\]")
_WORD_STAMP = re.compile(r"<\d{1,3}:\d{2}(?:[.:,]\d{1,3})?>")
_OFFSET = re.compile(r"\[offset:\s*([+-]?\d{1,9})\s*\]", re.IGNORECASE)
_SECTION = r"(?:intro|verse|pre-?chorus|chorus|refrain|bridge|outro|instrumental|interlude|solo|hook|guitar solo|break)"
_LABEL = re.compile(rf"\W*{_SECTION}[\W\d]*|\[\s*{_SECTION}\b[^\]]*\]\s*", re.IGNORECASE)
"""A line that is nothing but the name of a section, or a square bracket that begins with one ("[Verse 1: both]")."""


def first_sung_s(lyrics: str) -> float | None:
    """Return when singing starts according to LRC text, in seconds; None where the lyrics carry no times.

    Section labels ("[Chorus]"), music notes and empty lines are not singing. ``[offset:+500]`` moves all stamps
    earlier by that many milliseconds, as the format's players do.
    """
    offset = _OFFSET.search(lyrics)
    offset_s = int(offset[1]) / 1000 if offset else 0.0
    first: float | None = None
    for line in lyrics.splitlines():
        stamps = _STAMP.findall(line)
        if not stamps or not _is_sung(_WORD_STAMP.sub("", _STAMP.sub("", line))):
            continue
        for minutes, seconds in stamps:
            at_s = max(0.0, int(minutes) * 60 + float(re.sub("[:,]", ".", seconds)) - offset_s)
            first = at_s if first is None else min(first, at_s)
    return first


def _is_sung(text: str) -> bool:
    return any(character.isalpha() for character in text) and not _LABEL.fullmatch(text.strip())
