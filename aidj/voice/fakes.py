"""Voices that say nothing: for tests, for machines without a speech engine, and for whoever only wants the captions."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from aidj.errors import VoiceError
from aidj.model import Speech, Word
from aidj.voice.estimate import char_duration_s, estimate_words


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentVoice:
    """Silence, as long as the text would take to say, with the time of each word."""

    voice: str = "silent"
    pace_wpm: int = 155
    rate: int = 22050

    @property
    def name(self) -> str:
        """The engine."""
        return "silent"

    def speak(self, text: str) -> Speech:
        """Return the silence; a `VoiceError` for an empty text."""
        words, duration_s = _timed(text, self.pace_wpm)
        silence = np.zeros(round(duration_s * self.rate), np.float32)
        return Speech(text=text, samples=silence, rate=self.rate, words=words, engine=self.name, voice=self.voice)

    def probe(self) -> str | None:
        """Return None: silence is always possible."""
        return None

    def request(self, text: str) -> dict[str, str | int | float | None]:
        """Return what the silence depends on."""
        return {"engine": self.name, "voice": self.voice, "pace_wpm": self.pace_wpm, "rate": self.rate, "spoken": text}


@dataclass(frozen=True, slots=True, kw_only=True)
class ToneVoice:
    """One soft tone for each word, its pitch given by the word: the same text always sounds the same.

    Loud enough to be measured (-20 dBFS RMS while it sounds) and silent between words.
    """

    voice: str = "tone"
    pace_wpm: int = 155
    rate: int = 22050

    @property
    def name(self) -> str:
        """The engine."""
        return "tone"

    def speak(self, text: str) -> Speech:
        """Return the tones; a `VoiceError` for an empty text."""
        words, duration_s = _timed(text, self.pace_wpm)
        samples = np.zeros(round(duration_s * self.rate), np.float32)
        char_s = char_duration_s(self.pace_wpm)
        for word in words:
            start = round(word.start_s * self.rate)
            n_frames = round(word.length * char_s * self.rate)
            spelled = text[word.start_char : word.start_char + word.length]
            pitch_hz = 200 + zlib.crc32(spelled.encode("utf-8", "surrogatepass")) % 400
            t = np.arange(n_frames) / self.rate
            edge = np.clip(np.minimum(t, t[::-1]) / 0.005, 0.0, 1.0)
            tone = 0.1 * np.sqrt(2) * np.sin(2 * np.pi * pitch_hz * t) * edge
            samples[start : start + n_frames] = tone[: len(samples) - start]
        return Speech(text=text, samples=samples, rate=self.rate, words=words, engine=self.name, voice=self.voice)

    def probe(self) -> str | None:
        """Return None: tones are always possible."""
        return None

    def request(self, text: str) -> dict[str, str | int | float | None]:
        """Return what the tones depend on."""
        return {"engine": self.name, "voice": self.voice, "pace_wpm": self.pace_wpm, "rate": self.rate, "spoken": text}


def _timed(text: str, pace_wpm: int) -> tuple[tuple[Word, ...], float]:
    words, duration_s = estimate_words(text, pace_wpm)
    if not words:
        raise VoiceError("There is nothing to say", cause="the text is empty")
    return words, duration_s
