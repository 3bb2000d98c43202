"""What counts as speech, and what is said of what does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aidj.model import Word
from aidj.voice import ToneVoice, wrong_speech

GOOD = ToneVoice().speak("One two three.")


def test_speech_is_speech() -> None:
    assert wrong_speech(GOOD) is None
    assert wrong_speech(replace(GOOD, samples=GOOD.samples.astype(np.float64) * 1.5, words=())) is None
    assert wrong_speech(replace(GOOD, words=(Word(np.float32(0.5), np.int64(4), np.int64(3)),))) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"rate": 0}, "a rate of 0"),
        ({"rate": "8000"}, "a rate of '8000'"),
        ({"samples": [0.0, 0.1]}, "samples that are no array of floats"),
        ({"samples": (GOOD.samples * 32767).astype(np.int16)}, "samples that are no array of floats"),
        ({"samples": np.stack([GOOD.samples] * 2, axis=1)}, "in place of one channel"),
        ({"samples": GOOD.samples[:0]}, "no samples"),
        ({"samples": np.where(GOOD.samples > 0.1, np.nan, GOOD.samples)}, "samples that are no numbers"),
        ({"samples": GOOD.samples * 32767}, "in place of 1"),
        ({"words": None}, "words that are none"),
        ({"words": ("One",)}, "words that are none"),
        ({"words": (Word(float("nan"), 0, 3),)}, "words that are none"),
        ({"engine": None}, "no string"),
    ],
)
def test_what_is_none_is_described(change: dict[str, object], told: str) -> None:
    assert told in (wrong_speech(replace(GOOD, **change)) or "")  # type: ignore[arg-type]


def test_something_else_is_none() -> None:
    assert wrong_speech(None) == "NoneType in place of Speech"
    assert wrong_speech("speech") == "str in place of Speech"
