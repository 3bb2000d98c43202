"""Engines and voices that say nothing: for tests, for machines without speech, for whoever only wants captions."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from aidj.errors import VoiceError
from aidj.model import Speech, SpokenText
from aidj.voice.estimate import char_duration_s, estimate_words
from aidj.voice.protocol import EVERY_LANGUAGE, Delivery, Sound


@dataclass(frozen=True, slots=True)
class SilentEngine:
    """Silence, as long as the text would take to say, with the time of each word."""

    name: str = "silent"
    rate: int = 22050

    def version(self) -> str:
        """Return ``1``."""
        return "1"

    def languages(self) -> tuple[str, ...]:
        """Return that of every language: nothing is said in each of them."""
        return (EVERY_LANGUAGE,)

    def voices(self, language: str) -> tuple[str, ...]:
        """Return the one there is."""
        return (self.name,)

    def probe(self, delivery: Delivery) -> str | None:
        """Return None: this is always possible."""
        return None

    def synthesise(self, spoken: SpokenText, delivery: Delivery) -> Sound:
        """Return the silence."""
        words, duration_s = estimate_words(spoken.text, delivery.pace_wpm)
        if not words:
            raise VoiceError("There is nothing to say", cause="the text is empty")
        silence = np.zeros(round(duration_s * self.rate), np.float32)
        return Sound(samples=silence, rate=self.rate, words=words, voice=delivery.voice or self.name)

    def close(self) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class ToneEngine(SilentEngine):
    """One soft tone for each word, its pitch given by the word: the same text always sounds the same.

    Loud enough to be measured (-20 dBFS RMS while it sounds) and silent between words.
    """

    name: str = "tone"

    def synthesise(self, spoken: SpokenText, delivery: Delivery) -> Sound:
        """Return the tones."""
        sound = SilentEngine.synthesise(self, spoken, delivery)
        char_s = char_duration_s(delivery.pace_wpm)
        for word in sound.words:
            start = round(word.start_s * self.rate)
            n_frames = round(word.length * char_s * self.rate)
            spelled = spoken.text[word.start_char : word.start_char + word.length]
            pitch_hz = 200 + zlib.crc32(spelled.encode("utf-8", "surrogatepass")) % 400
            t = np.arange(n_frames) / self.rate
            edge = np.clip(np.minimum(t, t[::-1]) / 0.005, 0.0, 1.0)
            tone = 0.1 * np.sqrt(2) * np.sin(2 * np.pi * pitch_hz * t) * edge
            sound.samples[start : start + n_frames] = tone[: len(sound.samples) - start]
        return sound


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentVoice:
    """A voice of silence: says every text as it is shown."""

    voice: str = "silent"
    pace_wpm: int = 155
    rate: int = 22050

    @property
    def name(self) -> str:
        """The engine."""
        return self._engine().name

    def speak(self, text: str) -> Speech:
        """Return the sound; a `VoiceError` for an empty text."""
        delivery = Delivery(language="en", voice=self.voice, pace_wpm=self.pace_wpm)
        sound = self._engine().synthesise(SpokenText(text=text), delivery)
        return Speech(
            text=text,
            samples=sound.samples,
            rate=sound.rate,
            words=sound.words,
            engine=self.name,
            voice=self.voice,
        )

    def probe(self) -> str | None:
        """Return None: this is always possible."""
        return None

    def _engine(self) -> SilentEngine:
        return SilentEngine(rate=self.rate)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToneVoice(SilentVoice):
    """A voice of tones, one for each word; see `ToneEngine`."""

    voice: str = "tone"

    def _engine(self) -> SilentEngine:
        return ToneEngine(rate=self.rate)
