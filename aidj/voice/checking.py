"""Sound from outside is looked at once, before anybody relies on it: voices and engines may be foreign code."""

from __future__ import annotations

import math

import numpy as np

from aidj.model import Speech, Word

_RATES = range(8000, 192_001)
_MOST = 10.0
"""Samples beyond this are of another scale than -1.0 to 1.0, and not only somewhat too loud."""


def wrong_sound(samples: object, rate: object) -> str | None:
    """Return what is wrong with what is to be mono sound, such as "a rate of 0"; None if nothing is."""
    if not isinstance(rate, int | np.integer) or rate not in _RATES:
        return f"a rate of {rate!r:.20}"
    if not isinstance(samples, np.ndarray) or samples.dtype.kind != "f":
        return "samples that are no array of floats"
    if samples.ndim != 1:
        return f"samples of the shape {samples.shape} in place of one channel"
    if not len(samples):
        return "no samples"
    if not np.isfinite(samples).all():
        return "samples that are no numbers"
    return None


def wrong_speech(speech: object) -> str | None:
    """Return what is wrong with what is to be a `Speech`, such as "a rate of 0"; None if nothing is."""
    if not isinstance(speech, Speech):
        return f"{type(speech).__name__} in place of Speech"
    if not all(isinstance(name, str) for name in (speech.text, speech.engine, speech.voice)):
        return "a text, an engine or a voice that is no string"
    if not isinstance(speech.words, tuple) or not all(map(_is_word, speech.words)):
        return "words that are none"
    if wrong := wrong_sound(speech.samples, speech.rate):
        return wrong
    peak = float(np.abs(speech.samples).max())
    return f"samples up to {peak:g} in place of 1" if peak > _MOST else None


def _is_word(word: object) -> bool:
    return (
        isinstance(word, Word)
        and isinstance(word.start_s, int | float | np.number)
        and math.isfinite(word.start_s)
        and isinstance(word.start_char, int | np.integer)
        and isinstance(word.length, int | np.integer)
    )
