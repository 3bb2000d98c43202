"""When somebody sings, from synced lyrics.

The text is LRC: a line of words behind one stamp ``[mm:ss.xx]`` or several, where the line comes again; between its
words there may be more stamps, ``<mm:ss.xx>`` or in square brackets. Lyrics out of an ID3 SYLT frame have the same form
once the tags are read, with a line for each stamped syllable. A stamp tells where a line begins; where it ends is told
by a stamp behind its last word or by an empty line, and estimated from its syllables otherwise.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_STAMP = re.compile(r"\[(\d{1,3}):(\d{1,2}(?:[.:,]\d{1,3})?)\]", re.ASCII)
_ANY_STAMP = re.compile(r"[\[<](\d{1,3}):(\d{1,2}(?:[.:,]\d{1,3})?)[\]>]", re.ASCII)
_OFFSET = re.compile(r"\[offset:\s*([+-]?\d{1,9})\s*\]", re.IGNORECASE | re.ASCII)

_SECTION = r"(?:intro|verse|pre-?chorus|chorus|refrain|bridge|outro|instrumental|interlude|solo|hook|guitar solo|break)"
_LABEL = re.compile(rf"\W*{_SECTION}[\W\d]*|\[\s*{_SECTION}\b[^\]]*\]\s*", re.IGNORECASE)
"""A line that is nothing but the name of a section, or a square bracket that begins with one ("[Verse 1: both]")."""
_INSTRUMENT = (
    r"(?:guitar|piano|keyboard|synth|organ|bass|drum|sax(?:ophone)?|trumpet|violin|fiddle|flute|harmonica|musical)"
)
_NO_WORDS = re.compile(
    rf"\W*[(\[*（【](?:(?:{_INSTRUMENT}s?\s+)*(?:solo|instrumental|interlude|break|riff|intro|outro)|music|applause|silence"
    r"|whistling|musik|musique|música|间奏|間奏|前奏|尾奏|伴奏)[\W\d]*",
    re.IGNORECASE,
)
"""Brackets around what is played: "(piano solo)", "[Music]"."""
_CREDIT = re.compile(
    r"(?:lyrics?|words|music|written|composed|produced|arranged|lyricist|composer|producer|作词|作詞|作曲|编曲|編曲|制作人)"
    r"(?: by)?\s*[:：].*",
    re.IGNORECASE,
)
"""Who made the song, which some write above the words, with stamps."""

_SYLLABLE_S = 0.4
"""An unhurried pace of singing, where the lyrics do not tell the song's own."""
_PACES_S = (0.15, 0.7)
_LAST_HELD_S = 0.8
"""The last syllable of a line is held longer than the rest."""
_BREATH_S = 0.6
"""Shorter rests do not part two stretches of singing."""
_OTHER_VERSION_S = 5.0


@dataclass(frozen=True, slots=True)
class _Line:
    start_s: float
    syllables: int
    """0 where nothing is sung: the line only ends the one before."""
    end_s: float | None = None
    """None where no stamp tells."""


def first_sung_s(lyrics: str) -> float | None:
    """Return when singing starts according to LRC text, in seconds; None where the lyrics carry no times.

    Section labels ("[Chorus]"), music notes and empty lines are not singing. ``[offset:+500]`` moves all stamps
    earlier by that many milliseconds, as the format's players do.
    """
    return min((line.start_s for line in _lines(lyrics) if line.syllables), default=None)


def sung_ranges_s(lyrics: str, duration_s: float) -> NDArray[np.float64]:
    """Return where somebody sings according to LRC text.

    A line lasts until the stamp behind its last word; without one, as long as its syllables take at the song's own
    pace (the median over its lines), and at most until the next line. Rests below 0.6 s do not part a stretch.

    Parameters
    ----------
    lyrics : str
        LRC text; plain text without stamps gives no ranges.
    duration_s : float
        Length of the recording. Lyrics whose stamps lie more than 5 s behind its end are those of another version,
        whose opening may be longer as well: they give no ranges.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        Start and end of each stretch, in seconds from the file's start, ascending, not overlapping.
    """
    lines = sorted(_lines(lyrics), key=lambda line: line.start_s)
    sung = [line for line in lines if line.syllables]
    if not sung or not duration_s > 0 or sung[-1].start_s > duration_s + _OTHER_VERSION_S:
        return np.zeros((0, 2))
    starts_s = np.unique([line.start_s for line in lines])
    pace_s = _pace_s(sung, starts_s)
    ranges: list[list[float]] = []
    for line in sung:
        estimate_s = line.start_s + line.syllables * pace_s + _LAST_HELD_S
        end_s = min(estimate_s if line.end_s is None else line.end_s, _next_s(starts_s, line.start_s), duration_s)
        if ranges and line.start_s - ranges[-1][1] < _BREATH_S:
            ranges[-1][1] = max(ranges[-1][1], end_s)
        elif end_s > line.start_s:
            ranges.append([line.start_s, end_s])
    return np.array(ranges, np.float64).reshape(-1, 2)


def _pace_s(sung: list[_Line], starts_s: NDArray[np.float64]) -> float:
    """Return seconds per syllable: the median over lines, from their beginning to the next (breath and all)."""
    paces = [(_next_s(starts_s, line.start_s) - line.start_s) / line.syllables for line in sung]
    paces = [pace for pace in paces if np.isfinite(pace)]
    return float(np.clip(np.median(paces), *_PACES_S)) if len(paces) >= 4 else _SYLLABLE_S


def _next_s(starts_s: NDArray[np.float64], at_s: float) -> float:
    # Lines with one and the same stamp are sung together, or are a translation.
    following = int(np.searchsorted(starts_s, at_s, side="right"))
    return float(starts_s[following]) if following < len(starts_s) else float("inf")


def _lines(lyrics: str) -> Iterator[_Line]:
    offset = _OFFSET.search(lyrics)
    offset_s = int(offset[1]) / 1000 if offset else 0.0
    for text in lyrics.splitlines():
        text = text.strip().lstrip("\ufeff")
        repeats_s = []
        while stamp := _STAMP.match(text):
            repeats_s.append(_seconds(stamp))
            text = text[stamp.end() :].lstrip()
        if not repeats_s:
            continue
        words = _ANY_STAMP.sub("", text)
        syllables = _syllables(words) if _is_sung(words) else 0
        length_s = _told_length_s(text, repeats_s[0])
        for at_s in repeats_s:
            start_s = max(0.0, at_s - offset_s)
            end_s = None if length_s is None else max(0.0, at_s + length_s - offset_s)
            yield _Line(start_s, syllables, end_s)


def _seconds(stamp: re.Match[str]) -> float:
    return int(stamp[1]) * 60 + float(stamp[2].replace(":", ".").replace(",", "."))


def _told_length_s(text: str, start_s: float) -> float | None:
    """Return how long a line lasts by the stamp behind its last word; None without one."""
    stamps = list(_ANY_STAMP.finditer(text))
    if not stamps or stamps[-1].end() < len(text.rstrip()):
        return None
    length_s = _seconds(stamps[-1]) - start_s
    return length_s if length_s > 0 else None


def _is_sung(text: str) -> bool:
    text = text.strip()
    return any(character.isalpha() for character in text) and not any(
        pattern.fullmatch(text) for pattern in (_LABEL, _NO_WORDS, _CREDIT)
    )


def _syllables(text: str) -> int:
    """Count syllables roughly: groups of vowels, characters where each is one, half the letters of other scripts."""
    count = 0
    for word in text.split():
        plain = unicodedata.normalize("NFD", word.lower())
        wide = sum(unicodedata.east_asian_width(character) in "WF" and character.isalpha() for character in word)
        vowels = len(re.findall("[aeiouyœæøаеиоуыэюяієαεηιουω]+", plain))
        letters = sum(character.isalpha() for character in word)
        count += wide or vowels or (letters + 1) // 2
    return max(1, count)
