"""espeak-ng, straight through the library that PyPI ships: quick, small, in a hundred languages, with word times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from aidj.errors import VoiceError
from aidj.model import SpokenText, Word
from aidj.voice.estimate import estimate_speech_s
from aidj.voice.protocol import Delivery, Sound
from aidj.voice.worker import Worker, python_worker

_MAIN_CODES = {"en": "en-us", "pt": "pt-br"}
"""Which of a language's voices is meant where none is named."""

MAIN_VARIANTS = ("m6", "f2")
"""A man's and a woman's; the ones that a recogniser understands best."""


def main_code(language: str) -> str:
    """Return a language's code as espeak-ng has it; of several countries the one that is meant where none is named."""
    code = language.lower().replace("_", "-")
    return _MAIN_CODES.get(code, code)


class EspeakEngine:
    """Speaks with espeak-ng, in a worker process.

    A voice is a language code with a variant: ``en-us+f2``, ``de+m6``. The same text has the same samples in every
    process, whatever was said before.

    Parameters
    ----------
    worker : sequence of str, optional
        The command of another worker, for tests.
    """

    name = "espeak"

    def __init__(self, worker: Sequence[str] | None = None) -> None:
        self._worker = Worker(worker or python_worker("espeak_worker.py"))

    def version(self) -> str:
        """Return the library's, such as ``1.52.0``."""
        return str(self._worker.hello().get("version"))

    def languages(self) -> tuple[str, ...]:
        """Return the codes of its languages; none where the library is missing."""
        try:
            return tuple(sorted(self._codes()))
        except VoiceError:
            return ()

    def voices(self, language: str) -> tuple[str, ...]:
        """Return the voices of a language, the most intelligible first."""
        try:
            base = self._base(language)
        except VoiceError:
            return ()
        if base is None:
            return ()
        variants = [str(name) for name in _list(self._worker.hello().get("variants"))]
        best = [name for name in MAIN_VARIANTS if name in variants]
        others = [name for name in variants if name not in best]
        return (*(f"{base}+{name}" for name in best), base, *(f"{base}+{name}" for name in others))

    def probe(self, delivery: Delivery) -> str | None:
        """Start the worker, if it does not run yet, and look whether it has the voice."""
        try:
            voice = self._voice(delivery)
            known = self._worker.hello()
        except VoiceError as problem:
            return str(problem)
        base, plus, variant = voice.partition("+")
        if base.lower() not in self._codes() or (plus and variant not in _list(known.get("variants"))):
            return f"espeak-ng has no voice “{voice}”"
        return None

    def synthesise(self, spoken: SpokenText, delivery: Delivery) -> Sound:
        """Say a text, with the times of most of its words."""
        expected_s = estimate_speech_s(spoken.text, delivery.pace_wpm)
        answer = self._worker.ask(
            {
                "text": spoken.text,
                "phonemes": [[part.start_char, part.length, part.ipa] for part in spoken.phonemes],
                "voice": self._voice(delivery),
                "pace_wpm": round(delivery.pace_wpm),
                "pitch_st": delivery.pitch_st,
            },
            timeout_s=2.0 + 0.5 * expected_s,
        )
        samples = np.frombuffer(answer.body[: len(answer.body) // 2 * 2], "<i2").astype(np.float32) / np.float32(32768)
        try:
            rate = int(str(answer.header["rate"]))
            words = tuple(_word(spoken.text, *entry) for entry in _list(answer.header["words"]))
        except (KeyError, TypeError, ValueError) as problem:
            raise VoiceError("The espeak worker answered something else than speech", cause=str(problem)) from problem
        return Sound(samples=samples, rate=rate, words=words, voice=str(answer.header.get("voice") or ""))

    def close(self) -> None:
        """End the worker."""
        self._worker.close()

    def _codes(self) -> Mapping[str, object]:
        codes = self._worker.hello().get("languages")
        return codes if isinstance(codes, dict) else {}

    def _base(self, language: str) -> str | None:
        """Return the code that espeak-ng has for a language: its own, or the one that is nearest to it."""
        code = main_code(language)
        for one in (code, main_code(code.split("-")[0])):
            if one in self._codes():
                return one
        return None

    def _voice(self, delivery: Delivery) -> str:
        if delivery.voice:
            return delivery.voice
        base = self._base(delivery.language)
        if base is None:
            raise VoiceError(f"espeak-ng does not speak the language “{delivery.language}”")
        return f"{base}+{MAIN_VARIANTS[0]}"


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _word(text: str, start_s: float, start_char: int) -> Word:
    rest = text[start_char:].split(maxsplit=1)
    return Word(float(start_s), int(start_char), len(rest[0]) if rest and not text[start_char].isspace() else 0)
