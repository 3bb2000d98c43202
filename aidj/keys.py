"""Musical keys: how they are written, and how well two of them go together.

The value itself is `aidj.model.Key`, a place on the Camelot wheel; ``str(key)`` is its Camelot name. Pitch classes are
counted from C, 0 to 11.
"""

from __future__ import annotations

import re
from functools import lru_cache

from aidj.model import Key

# --- names ------------------------------------------------------------------------------------------------------------

_MAJOR_NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_MINOR_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")
"""By pitch class, each as it is spelt most often: with the fewest accidentals."""


def key_of(tonic: int, *, minor: bool) -> Key:
    """Return the key on a tonic, a pitch class from 0 (C) to 11 (B)."""
    fifths = 7 * (tonic + 3 if minor else tonic)  # a minor key stands beside its relative major
    return Key((fifths + 7) % 12 + 1, minor=minor)


def tonic_of(key: Key) -> int:
    """Return the pitch class of a key's tonic, 0 (C) to 11 (B)."""
    return (7 * (key.number - 8) - (3 if key.minor else 0)) % 12


def name_of(key: Key) -> str:
    """Return the plain name of a key: ``A minor``, ``Eb major``."""
    names = _MINOR_NAMES if key.minor else _MAJOR_NAMES
    return f"{names[tonic_of(key)]} {'minor' if key.minor else 'major'}"


def open_key_of(key: Key) -> str:
    """Return a key in Open Key notation: ``1d`` for C major, ``1m`` for A minor."""
    return f"{(key.number + 4) % 12 + 1}{'m' if key.minor else 'd'}"


# --- how they go together ---------------------------------------------------------------------------------------------

NEUTRAL = 0.5
"""The compatibility with a key that is not known: above that of a clash, below that of a match."""
CLASH = 0.1


def compatibility(a: Key | None, b: Key | None) -> float:
    """Return how well music in one key goes over, or right after, music in another, 0.1 to 1.

    The same key has 1.0; a neighbour on the wheel, or the relative, 0.9; two steps 0.55; one step and the other mode
    0.45; all others 0.1, for further away is not worse. Where a key is not known it is `NEUTRAL`, which neither
    recommends a pair nor speaks against it. Symmetric.
    """
    if a is None or b is None:
        return NEUTRAL
    around = abs(a.number - b.number)
    around = min(around, 12 - around)
    if a.minor == b.minor:
        return {0: 1.0, 1: 0.9, 2: 0.55}.get(around, CLASH)
    return {0: 0.9, 1: 0.45}.get(around, CLASH)


# --- as taggers write them --------------------------------------------------------------------------------------------

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


@lru_cache(1024)  # a library has few ways to write its keys
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
    return key_of(pitch % 12, minor=minor)
