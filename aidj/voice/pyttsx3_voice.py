"""The system's own voices, through pyttsx3: espeak-ng on Linux, NSSpeech on macOS, SAPI5 on Windows."""

from __future__ import annotations

import importlib.metadata
import io
import logging
import platform
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aidj.errors import VoiceError
from aidj.model import Speech
from aidj.voice.cleaning import CLEANING_VERSION, clean_text, split_text, unreadable
from aidj.voice.estimate import estimate_speech_s
from aidj.voice.pronunciation import Pronunciation
from aidj.voice.worker import Answer, run_worker

_LOG = logging.getLogger(__name__)

DEFAULT_PACE_WPM = 155
_WORKER_VERSION = 1  # goes up when the worker makes other sounds of the same text
_DEFAULT_ESPEAK_VOICE = "en-us+m6"
_MAX_PIECE_CHARS = 1000
_MIN_PEAK = 1e-3


class Pyttsx3Voice:
    """Speaks with pyttsx3, each utterance in a fresh process of its own.

    A fresh process with a fixed seed says the same text with the same samples every time, and whatever happens in
    there (a hang, a crash, an exit from C) costs that utterance only.

    Parameters
    ----------
    voice : str, optional
        For espeak-ng a language with a variant, such as ``en-us+f2``; elsewhere a voice's id or a part of its name.
        None is ``en-us+m6``, or the system's own voice.
    pace_wpm : int
        Words per minute.
    timeout_s : float, optional
        How long one piece of at most 1,000 characters may take; None is 10 s and half of its estimated length.
    language : str
        What the voice speaks; texts with letters it cannot read are refused.
    pronunciation : Pronunciation, optional
        How names are said.
    worker : sequence of str, optional
        The command of another worker, for tests.
    """

    def __init__(
        self,
        voice: str | None = None,
        pace_wpm: int = DEFAULT_PACE_WPM,
        *,
        timeout_s: float | None = None,
        language: str = "en",
        pronunciation: Pronunciation | None = None,
        worker: Sequence[str] | None = None,
    ) -> None:
        on_espeak = sys.platform not in ("darwin", "win32")
        self._wanted = voice or (_DEFAULT_ESPEAK_VOICE if on_espeak else None)
        self._pace_wpm = int(pace_wpm)
        self._timeout_s = timeout_s
        self._language = language
        self._pronunciation = pronunciation or Pronunciation()
        self._worker = tuple(worker) if worker else None

    @property
    def name(self) -> str:
        """The engine."""
        return "pyttsx3"

    @property
    def voice(self) -> str:
        """The voice that was asked for; ``system`` is the system's own."""
        return self._wanted or "system"

    def spoken(self, text: str) -> str:
        """Return what the engine is given for a text: names respelled, signs as words."""
        return clean_text(self._pronunciation.apply(text))

    def request(self, text: str) -> dict[str, str | int | float | None]:
        """Return everything that the sound of a text depends on."""
        return {
            "engine": self.name,
            "version": _versions(),
            "voice": self._wanted,
            "pace_wpm": self._pace_wpm,
            "cleaning": CLEANING_VERSION,
            "worker": _WORKER_VERSION,
            "spoken": self.spoken(text),
        }

    def speak(self, text: str) -> Speech:
        """Speak a text; without word times, for pyttsx3 gives none.

        Raises
        ------
        VoiceError
            If there is nothing to say, it cannot be read, or the engine fails, hangs, or makes no plausible sound.
        """
        spoken = self.spoken(text)
        if not spoken:
            raise VoiceError("There is nothing to say", cause="the text is empty, or signs and pictures only")
        if strange := unreadable(spoken, self._language):
            raise VoiceError(
                f"A voice of the language “{self._language}” cannot read “{strange[:20]}”",
                hint=f"say how it is pronounced in pronunciation/{self._language}.yaml",
            )
        pieces = [self._say(piece) for piece in split_text(spoken, _MAX_PIECE_CHARS)]
        samples, rates, voices = zip(*pieces, strict=True)
        if len(set(rates)) > 1:
            raise VoiceError("The speech engine changed its sample rate between two pieces of a text")
        return Speech(
            text=text, samples=np.concatenate(samples), rate=rates[0], engine=self.name, voice=voices[0] or self.voice
        )

    def probe(self) -> str | None:
        """Start the engine once and choose the voice; None if that works, otherwise why not."""
        try:
            self._ask(None, self._timeout_s or 20.0)
        except VoiceError as problem:
            return str(problem)
        return None

    def _say(self, piece: str) -> tuple[NDArray[np.float32], int, str]:
        expected_s = estimate_speech_s(piece, self._pace_wpm)
        answer = self._ask(piece, self._timeout_s or 10.0 + 0.5 * expected_s)
        if answer.header.get("note"):
            _LOG.warning("%s", answer.header["note"])
        samples, rate = _decode(answer.sound)
        length_s = len(samples) / rate
        if not expected_s / 8 < length_s < 10 + 8 * expected_s:
            raise VoiceError(f"The speech lasts {length_s:.1f} s, about {expected_s:.1f} s were expected")
        if np.abs(samples).max() < _MIN_PEAK:
            raise VoiceError("The speech is silent", cause="the voice has no sounds for these letters")
        return samples, rate, str(answer.header.get("voice") or "")

    def _ask(self, piece: str | None, timeout_s: float) -> Answer:
        request = {"text": piece, "voice": self._wanted, "pace_wpm": self._pace_wpm}
        return run_worker(self._worker or _own_worker(), request, timeout_s=timeout_s)


def _own_worker() -> tuple[str, ...]:
    if not sys.executable:
        raise VoiceError("There is no Python interpreter to speak in", cause="this program embeds Python")
    # By path, so that it runs wherever this package was imported from; -P keeps its folder out of the imports.
    return (sys.executable, "-P", str(Path(__file__).with_name("pyttsx3_worker.py")))


def _versions() -> str:
    found = [f"{platform.system()} {platform.release() if sys.platform in ('darwin', 'win32') else ''}".strip()]
    for package in ("pyttsx3", "espeakng-loader"):
        try:
            found.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return ", ".join(found)


def _decode(sound: bytes | None) -> tuple[NDArray[np.float32], int]:
    import soundfile

    try:
        samples, rate = soundfile.read(io.BytesIO(sound or b""), dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, RuntimeError, TypeError) as problem:
        raise VoiceError("The speech engine made no readable sound", cause=str(problem)) from problem
    if not len(samples) or not np.isfinite(samples).all():
        raise VoiceError("The speech engine made an empty or broken sound")
    return np.ascontiguousarray(samples[:, 0]), int(rate)
