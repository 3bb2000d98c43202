"""The system's own voices, through pyttsx3: NSSpeech on macOS, SAPI5 on Windows, espeak-ng on Linux."""

from __future__ import annotations

import importlib.metadata
import io
import logging
import platform
import sys
import tempfile
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from aidj.errors import VoiceError
from aidj.model import SpokenText
from aidj.voice.espeak import MAIN_VARIANTS, main_code
from aidj.voice.estimate import estimate_speech_s
from aidj.voice.protocol import Delivery, Sound
from aidj.voice.worker import Answer, Worker, python_worker

_ON_ESPEAK = sys.platform not in ("darwin", "win32")
_LOG = logging.getLogger(__name__)
_EXTRA_PATIENCE_S = 8.0  # beside what every engine has: loading a system's voice takes seconds now and then


class Pyttsx3Engine:
    """Speaks with pyttsx3, each utterance in a fresh process of its own; without word times, for it gives none.

    A voice is an id, or a part of a name, of what the system has; on Linux a language of espeak-ng with a variant.
    There a fresh process with a fixed seed says the same text with the same samples every time.

    Parameters
    ----------
    worker : sequence of str, optional
        The command of another worker, for tests.
    """

    name = "pyttsx3"

    def __init__(self, worker: Sequence[str] | None = None) -> None:
        self._worker = Worker(worker or python_worker("pyttsx3_worker.py"))
        self._system: Mapping[str, Sequence[str]] | None = None

    def version(self) -> str:
        """Return the versions of pyttsx3 and of what speaks below it."""
        try:
            own = importlib.metadata.version("pyttsx3")
        except importlib.metadata.PackageNotFoundError:
            own = "unknown"
        if not _ON_ESPEAK:
            return f"{own} ({platform.system()} {platform.release()})"
        try:
            return f"{own} (espeakng-loader {importlib.metadata.version('espeakng-loader')})"
        except importlib.metadata.PackageNotFoundError:
            return f"{own} (the system's espeak-ng)"

    def languages(self) -> tuple[str, ...]:
        """Return the codes of the languages that the system's voices speak."""
        try:
            return tuple(sorted({code for codes in self._voices().values() for code in codes}))
        except VoiceError:
            return ()

    def voices(self, language: str) -> tuple[str, ...]:
        """Return the ids of the system's voices for a language: its own country's first."""
        code = main_code(language)
        try:
            found = self._voices().items()
        except VoiceError:
            return ()
        exact = [name for name, codes in found if code in codes or name.endswith(f"/{code}")]
        near = [name for name, codes in found if name not in exact and code.split("-")[0] in _main_parts(codes)]
        return (*exact, *near)

    def probe(self, delivery: Delivery) -> str | None:
        """Start the system's engine once and choose the voice."""
        try:
            self._ask({"text": None, "voice": self._voice(delivery), "pace_wpm": delivery.pace_wpm}, 10.0)
        except VoiceError as problem:
            return str(problem)
        return None

    def synthesise(self, spoken: SpokenText, delivery: Delivery) -> Sound:
        """Say a text; phonemes are passed over, and pitch too where the system's voices cannot change it."""
        request = {
            "text": spoken.text,
            "voice": self._voice(delivery),
            "pace_wpm": round(delivery.pace_wpm),
            "pitch_st": delivery.pitch_st,
        }
        expected_s = estimate_speech_s(spoken.text, delivery.pace_wpm)
        answer = self._ask(request, 2.0 + _EXTRA_PATIENCE_S + 0.5 * expected_s)
        if answer.header.get("note"):
            _LOG.warning("%s", answer.header["note"])
        samples, rate = _decode(answer.body)
        return Sound(samples=samples, rate=rate, voice=str(answer.header.get("voice") or ""))

    def close(self) -> None:
        """End a process that still runs."""
        self._worker.close()

    def _ask(self, request: Mapping[str, object], timeout_s: float) -> Answer:
        with tempfile.TemporaryDirectory(prefix="aidj-voice-", ignore_cleanup_errors=True) as folder:
            return self._worker.ask({**request, "folder": folder}, timeout_s=timeout_s)

    def _voices(self) -> Mapping[str, Sequence[str]]:
        if self._system is None:
            listed = self._ask({"list": True}, 10.0).header.get("voices")
            self._system = {str(name): [str(code) for code in codes] for name, codes in _pairs(listed)}
        return self._system

    def _voice(self, delivery: Delivery) -> str | None:
        if delivery.voice:
            return delivery.voice
        found = self.voices(delivery.language)
        if not found:
            self._voices()  # says why, where there are none at all
            raise VoiceError(
                f"This system has no voice for the language “{delivery.language}”", hint="install one in its settings"
            )
        # espeak-ng takes variants with the name of a voice's file only.
        return f"{found[0].rpartition('/')[2]}+{MAIN_VARIANTS[0]}" if _ON_ESPEAK else found[0]


def _pairs(listed: object) -> list[tuple[object, list[object]]]:
    return [(name, codes) for name, codes in listed] if isinstance(listed, list) else []


def _main_parts(codes: Sequence[str]) -> set[str]:
    return {code.split("-")[0] for code in codes}


def _decode(sound: bytes) -> tuple[NDArray[np.float32], int]:
    import soundfile

    try:
        samples, rate = soundfile.read(io.BytesIO(sound), dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, RuntimeError, TypeError) as problem:
        raise VoiceError("The speech engine made no readable sound", cause=str(problem)) from problem
    return np.ascontiguousarray(samples[:, 0]), int(rate)
