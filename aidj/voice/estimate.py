"""How long a text takes to say, and when its words begin, where nobody has said it or nobody has told."""

from __future__ import annotations

import re
from collections.abc import Sequence

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


def complete_words(text: str, told: Sequence[Word], *, start_s: float, end_s: float) -> tuple[Word, ...]:
    """Return every word of a text with its time; those that an engine has not told lie evenly between those it has.

    What an engine calls a word may be a part of one, or a number said in three: the earliest counts. Times never go
    back, and lie between the first sound and the last.

    Parameters
    ----------
    told : sequence of Word
        What the engine gave, offsets into the text, in any order; empty where it gives none.
    start_s, end_s : float
        When the first word begins and the last one ends.
    """
    guessed, length_s = estimate_words(text)
    anchors: list[tuple[float, float]] = [(0.0, start_s)]  # (guessed, told)
    for word in guessed:
        ours = [w.start_s for w in told if word.start_char <= w.start_char < word.start_char + word.length]
        if ours and word is not guessed[0]:
            anchors.append((word.start_s, min(max(min(ours), anchors[-1][1]), end_s)))
    anchors.append((max(length_s, anchors[-1][0]), end_s))
    times = _along([word.start_s for word in guessed], anchors)
    return tuple(Word(round(time, 4), word.start_char, word.length) for word, time in zip(guessed, times, strict=True))


def _along(places: Sequence[float], anchors: Sequence[tuple[float, float]]) -> list[float]:
    import numpy as np

    return [float(time) for time in np.interp(places, *np.array(anchors).T)]
