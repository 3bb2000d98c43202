"""How long a text takes to say, before anybody has said it."""

from __future__ import annotations

import re

from aidj.model import Word

_WORD = re.compile(r"\S+")
_CHAR_S_AT_155_WPM = 0.062  # measured: espeak-ng, 155 words per minute, radio sentences
_PAUSES = {".": 0.25, "?": 0.25, "!": 0.25, ",": 0.1, ";": 0.15, ":": 0.15}


def char_duration_s(pace_wpm: int) -> float:
    """Return how long one letter takes to say, in seconds."""
    return _CHAR_S_AT_155_WPM * 155 / pace_wpm


def estimate_words(text: str, pace_wpm: int = 155) -> tuple[tuple[Word, ...], float]:
    """Return each word of a text with the time at which it would start, and the length of the whole in seconds."""
    char_s = char_duration_s(pace_wpm)
    words: list[Word] = []
    at_s = 0.0
    for match in _WORD.finditer(text):
        words.append(Word(round(at_s, 3), match.start(), len(match[0])))
        at_s += (len(match[0]) + 1) * char_s + _PAUSES.get(match[0][-1], 0.0) * 155 / pace_wpm
    return tuple(words), at_s


def estimate_speech_s(text: str, pace_wpm: int = 155) -> float:
    """Return about how many seconds a text takes to say."""
    return estimate_words(text, pace_wpm)[1]
