"""Piper, a neural engine (``pip install aidj[piper]``): a voice is a file that the user has."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from pathlib import Path

import numpy as np

from aidj.errors import VoiceError
from aidj.model import SpokenText
from aidj.voice.estimate import estimate_speech_s
from aidj.voice.plain import plain_text
from aidj.voice.protocol import EVERY_LANGUAGE, Delivery, Sound
from aidj.voice.voice_files import voice_file
from aidj.voice.worker import Worker, python_worker

_LOAD_S = 30.0


class PiperEngine:
    """Speaks with piper-tts, in a worker process: the same text has the same samples every time.

    A voice is a file ``NAME.onnx`` with ``NAME.onnx.json`` beside it; of one with several speakers, ``NAME.onnx#3`` is
    the fourth. Takes phonemes; has no pitch and no word times.
    """

    name = "piper"

    def __init__(self) -> None:
        self._worker: Worker | None = None

    def version(self) -> str:
        """Return that of piper-tts."""
        try:
            return importlib.metadata.version("piper-tts")
        except importlib.metadata.PackageNotFoundError:
            return "missing"

    def languages(self) -> tuple[str, ...]:
        """Return that of every language: which one it is, is the voice's own affair."""
        return (EVERY_LANGUAGE,) if importlib.util.find_spec("piper") else ()

    def voices(self, language: str) -> tuple[str, ...]:
        """Return none: voices are the user's files."""
        return ()

    def probe(self, delivery: Delivery) -> str | None:
        """Look whether piper-tts is installed and the voice's files are there; it is not loaded."""
        try:
            self._voice(delivery)
        except VoiceError as problem:
            return str(problem)
        return None

    def synthesise(self, spoken: SpokenText, delivery: Delivery) -> Sound:
        """Say a text."""
        path, speaker = self._voice(delivery)
        request = {
            "voice": str(path),
            "speaker": speaker,
            "text": _with_phonemes(spoken),
            "stretch": 155 / delivery.pace_wpm,
        }
        expected_s = estimate_speech_s(spoken.text, delivery.pace_wpm)
        answer = self._asked().ask(request, timeout_s=_LOAD_S + 3 * expected_s)
        try:
            rate = int(str(answer.header["rate"]))
        except (KeyError, ValueError) as problem:
            raise VoiceError("The piper worker answered something else than speech") from problem
        samples = np.frombuffer(answer.body[: len(answer.body) // 4 * 4], "<f4").astype(np.float32)
        return Sound(samples=samples, rate=rate, voice=str(delivery.voice))

    def close(self) -> None:
        """End the worker, and let go of its voice."""
        if self._worker is not None:
            self._worker.close()

    def _asked(self) -> Worker:
        if self._worker is None:
            self._worker = Worker(python_worker("piper_worker.py"), start_s=_LOAD_S)
        return self._worker

    def _voice(self, delivery: Delivery) -> tuple[Path, int]:
        if importlib.util.find_spec("piper") is None:
            raise VoiceError("piper-tts is not installed", hint='pip install "aidj[piper]"')
        path, speaker = voice_file(delivery.voice)
        settings = path.with_name(f"{path.name}.json")
        if not settings.is_file():
            raise VoiceError("The settings of the voice are missing", where=str(settings), hint="put them beside it")
        return path, speaker


def _with_phonemes(spoken: SpokenText) -> str:
    """Return the text as piper takes it: phonemes in double brackets, and no other brackets."""
    parts: list[str] = []
    at = 0
    for part in spoken.phonemes:
        ipa = plain_text(part.ipa).strip()
        if part.start_char >= at and ipa:
            parts += [plain_text(spoken.text[at : part.start_char]), f"[[{ipa}]]"]
            at = part.start_char + part.length
    return "".join([*parts, plain_text(spoken.text[at:])])
