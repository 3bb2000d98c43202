"""What the order of songs is judged by: tempo, key, energy and year, each None where it is not known."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from aidj.model import Analysis, Key, Track

SLOWEST_BPM, FASTEST_BPM = 40.0, 250.0
"""Tempi outside are mistakes of a tagger."""
QUIETEST_LUFS, LOUDEST_LUFS = -30.0, -6.0
GAIN_REFERENCE_LUFS = -18.0
"""What a track's gain tag would bring it to (ReplayGain 2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What is known of a song that matters beside its neighbours; None is neutral."""

    bpm: float | None = None
    key: Key | None = None
    energy: float | None = None
    """0 (calm) to 1 (driving)."""
    year: int | None = None
    """When the recording first came out."""


def features_of(track: Track, analysis: Analysis | None) -> Features:
    """Gather what tags and analysis say of a song.

    The energy is a stand-in: the integrated loudness, -30 LUFS as 0 and -6 LUFS as 1. That tells a ballad from a rock
    song of one era well enough, but it also tells a quiet master from a loud one of the same song. A song that was not
    measured has the loudness that its gain tag implies, if it has one.
    """
    released = track.first_released or track.released
    bpm = track.bpm
    return Features(
        bpm=bpm if bpm is not None and SLOWEST_BPM <= bpm <= FASTEST_BPM else None,
        key=parse_key(track.key),
        energy=_energy(_loudness_lufs(track, analysis)),
        year=released.year if released else None,
    )


def _loudness_lufs(track: Track, analysis: Analysis | None) -> float | None:
    if analysis is not None:
        return analysis.loudness_lufs
    return None if track.track_gain_db is None else GAIN_REFERENCE_LUFS - track.track_gain_db


def _energy(loudness_lufs: float | None) -> float | None:
    if loudness_lufs is None or not math.isfinite(loudness_lufs):
        return None
    return min(1.0, max(0.0, (loudness_lufs - QUIETEST_LUFS) / (LOUDEST_LUFS - QUIETEST_LUFS)))


# --- keys -------------------------------------------------------------------------------------------------------------

_PITCHES = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11, "h": 11}
_ACCIDENTALS = {"": 0, "#": 1, "♯": 1, "is": 1, "sharp": 1, "b": -1, "♭": -1, "es": -1, "s": -1, "flat": -1}
_MINOR = frozenset({"m", "min", "minor", "mol", "moll"})
_MAJOR = frozenset({"", "maj", "major", "dur"})
_GERMAN = frozenset({"dur", "mol", "moll"})

_ON_A_WHEEL = re.compile(r"0?([1-9]|1[0-2])\s*([abdm])", re.IGNORECASE)
_NOTE = re.compile(
    r"([a-h])(?:[\s-]*(sharp|flat)|([#♯b♭]|is|(?<=[cdfgh])es|(?<=[ae])s))?[\s:_-]*([a-z]*)", re.IGNORECASE
)
_SEVERAL = re.compile(r"[/|,;()\[\]]|\s-\s")


def parse_key(text: str | None) -> Key | None:
    """Read a key as taggers write it; None where it is none, or could be two.

    Understood are Camelot ("8A", "08b"), Open Key ("1d", "6m"), and note names with or without a mode ("Am", "A minor",
    "F#m", "Bbmaj", "C♯", "E flat major", "A:min", "fis-Moll"; beside "Dur" and "Moll" a B is B flat, as it is where one
    says so). A note without a mode is major, but a lone small letter is None: to some it means minor. Of several keys
    ("8A/7A", "Am (8A)") the first counts.
    """
    for part in _SEVERAL.split(text or ""):
        if part.strip():
            return _on_a_wheel(part.strip()) or _by_note(part.strip())
    return None


def _on_a_wheel(text: str) -> Key | None:
    if not (match := _ON_A_WHEEL.fullmatch(text)):
        return None
    number, letter = int(match[1]), match[2].casefold()
    if letter in "dm":  # Open Key turns the same wheel: 1d is 8B
        return Key((number + 6) % 12 + 1, minor=letter == "m")
    return Key(number, minor=letter == "a")


def _by_note(text: str) -> Key | None:
    if not (match := _NOTE.fullmatch(text)):
        return None
    letter, mode = match[1].casefold(), match[4]
    accidental = (match[2] or match[3] or "").casefold()
    if not mode and match[1].islower():
        return None
    minor = mode.casefold() in _MINOR and mode != "M"
    if not minor and mode != "M" and mode.casefold() not in _MAJOR:
        return None
    pitch = _PITCHES[letter] + _ACCIDENTALS[accidental]
    if letter == "b" and not accidental and mode.casefold() in _GERMAN:
        pitch -= 1
    fifths = 7 * (pitch + 3 if minor else pitch)  # a minor key stands beside its relative major
    return Key((fifths + 7) % 12 + 1, minor=minor)
