"""What the neural engines have in common: a package that may be missing, and voices that are files of the user's."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from aidj.errors import VoiceError
from aidj.model import SpokenText
from aidj.voice.estimate import estimate_speech_s
from aidj.voice.protocol import EVERY_LANGUAGE, Delivery, Sound
from aidj.voice.voice_files import voice_file
from aidj.voice.worker import Worker, python_worker

USUAL_PACE_WPM = 155
"""How fast such a voice speaks if it is left alone."""
_LOAD_S = 30.0


class NeuralEngine(ABC):
    """Speaks in a worker process that answers with samples of float32 and, in the header, their ``rate``."""

    name: str
    """What presenter files call it, and the extra of aidj that brings it."""
    package: str
    """What PyPI calls it."""
    module: str
    """What it is imported as, in the worker."""
    beside: str
    """What a voice needs beside its file, as the error begins: "The settings of the voice"."""

    def __init__(self) -> None:
        self._worker = Worker(python_worker(f"{self.name}_worker.py"), start_s=_LOAD_S)

    def version(self) -> str:
        """Return that of the package."""
        try:
            return importlib.metadata.version(self.package)
        except importlib.metadata.PackageNotFoundError:
            return "missing"

    def languages(self) -> tuple[str, ...]:
        """Return that of every language: which one it is, is the voice's own affair."""
        return (EVERY_LANGUAGE,) if importlib.util.find_spec(self.module) else ()

    def voices(self, language: str) -> tuple[str, ...]:
        """Return none: voices are the user's files."""
        return ()

    def probe(self, delivery: Delivery) -> str | None:
        """Look whether the package is installed and the voice's files are there; it is not loaded."""
        try:
            self._voice(delivery)
        except VoiceError as problem:
            return str(problem)
        return None

    def synthesise(self, spoken: SpokenText, delivery: Delivery) -> Sound:
        """Say a text."""
        path, speaker = self._voice(delivery)
        request = {"voice": str(path), "speaker": speaker, **self._said(spoken, delivery)}
        expected_s = estimate_speech_s(spoken.text, delivery.pace_wpm)
        answer = self._worker.ask(request, timeout_s=_LOAD_S + 3 * expected_s)
        try:
            rate = int(str(answer.header["rate"]))
        except (KeyError, ValueError) as problem:
            raise VoiceError(f"The {self.name} worker answered something else than speech") from problem
        samples = np.frombuffer(answer.body[: len(answer.body) // 4 * 4], "<f4").astype(np.float32)
        return Sound(samples=samples, rate=rate, voice=str(delivery.voice))

    def close(self) -> None:
        """End the worker, and let go of its voice."""
        self._worker.close()

    @abstractmethod
    def _said(self, spoken: SpokenText, delivery: Delivery) -> Mapping[str, object]:
        """Return what the worker is told of a text and its pace."""

    @abstractmethod
    def _other_file(self, path: Path) -> Path:
        """Return the file that a voice needs beside its own."""

    def _voice(self, delivery: Delivery) -> tuple[Path, int]:
        """Return a voice's file and speaker. Raises VoiceError where it cannot be used."""
        if importlib.util.find_spec(self.module) is None:
            raise VoiceError(f"{self.package} is not installed", hint=f'pip install "aidj[{self.name}]"')
        path, speaker = voice_file(delivery.voice)
        other = self._other_file(path)
        if not other.is_file():
            raise VoiceError(f"{self.beside} are missing", where=str(other), hint="put them beside it")
        return path, speaker
