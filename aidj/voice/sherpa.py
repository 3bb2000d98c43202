"""Sherpa-ONNX, a neural engine (``pip install aidj[sherpa]``): a voice is a file that the user has."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from aidj.errors import VoiceError
from aidj.model import SpokenText
from aidj.voice.espeak import main_code
from aidj.voice.estimate import estimate_speech_s
from aidj.voice.phonemes import espeak_phonemes
from aidj.voice.plain import plain_text
from aidj.voice.protocol import EVERY_LANGUAGE, Delivery, Sound
from aidj.voice.voice_files import voice_file
from aidj.voice.worker import Worker, python_worker

_LOAD_S = 30.0
_SENTENCE = re.compile(r".*?(?:[.?!]+(?=\s|$)|$)", re.DOTALL)
_CLAUSE = re.compile(r"([,;:.?!]+)(?=\s|$)")
_OTHER_LANGUAGE = re.compile(r"\([a-z-]+\)")


class SherpaEngine:
    """Speaks with sherpa-onnx, in a worker process; what it says may sound a little different each time.

    A voice is a file ``NAME.onnx`` of the VITS kind, such as one of Piper's made ready for sherpa, with ``tokens.txt``
    beside it; of one with several speakers, ``NAME.onnx#3`` is the fourth. It is told in phonemes how words sound, and
    espeak-ng makes those. Has no pitch and no word times.
    """

    name = "sherpa"

    def __init__(self) -> None:
        self._worker: Worker | None = None
        self._spoken: set[str] = set()

    def version(self) -> str:
        """Return that of sherpa-onnx."""
        try:
            return importlib.metadata.version("sherpa-onnx")
        except importlib.metadata.PackageNotFoundError:
            return "missing"

    def languages(self) -> tuple[str, ...]:
        """Return that of every language: which one it is, is the voice's own affair."""
        return (EVERY_LANGUAGE,) if importlib.util.find_spec("sherpa_onnx") else ()

    def voices(self, language: str) -> tuple[str, ...]:
        """Return none: voices are the user's files."""
        return ()

    def probe(self, delivery: Delivery) -> str | None:
        """Look whether sherpa-onnx is installed, the voice's files are there, and the language has phonemes."""
        try:
            self._voice(delivery)
            code = main_code(delivery.language)
            if code not in self._spoken:
                _phonemes(["a"], code)
                self._spoken.add(code)
        except VoiceError as problem:
            return str(problem)
        return None

    def synthesise(self, spoken: SpokenText, delivery: Delivery) -> Sound:
        """Say a text."""
        path, speaker = self._voice(delivery)
        request = {
            "voice": str(path),
            "speaker": speaker,
            "sentences": _sentences(spoken, delivery.language),
            "speed": delivery.pace_wpm / 155,
        }
        expected_s = estimate_speech_s(spoken.text, delivery.pace_wpm)
        answer = self._asked().ask(request, timeout_s=_LOAD_S + 3 * expected_s)
        try:
            rate = int(str(answer.header["rate"]))
        except (KeyError, ValueError) as problem:
            raise VoiceError("The sherpa worker answered something else than speech") from problem
        samples = np.frombuffer(answer.body[: len(answer.body) // 4 * 4], "<f4").astype(np.float32)
        return Sound(samples=samples, rate=rate, voice=str(delivery.voice))

    def close(self) -> None:
        """End the worker, and let go of its voice."""
        if self._worker is not None:
            self._worker.close()

    def _asked(self) -> Worker:
        if self._worker is None:
            self._worker = Worker(python_worker("sherpa_worker.py"), start_s=_LOAD_S)
        return self._worker

    def _voice(self, delivery: Delivery) -> tuple[Path, int]:
        if importlib.util.find_spec("sherpa_onnx") is None:
            raise VoiceError("sherpa-onnx is not installed", hint='pip install "aidj[sherpa]"')
        path, speaker = voice_file(delivery.voice)
        tokens = path.with_name("tokens.txt")
        if not tokens.is_file():
            raise VoiceError("The tokens of the voice are missing", where=str(tokens), hint="put them beside it")
        return path, speaker


def _sentences(spoken: SpokenText, language: str) -> list[str]:
    """Return each sentence in phonemes, with the signs that a voice makes pauses and tunes of."""
    asked: list[str] = []
    plan: list[list[tuple[str, int]]] = []  # of each sentence: what is known, or where among the asked it stands
    for start, end in _spans(spoken):
        sentence: list[tuple[str, int]] = []
        for text, ipa in _parts(spoken, start, end):
            if ipa:
                sentence.append((f" {text} ", -1))
                continue
            for piece in _CLAUSE.split(text):
                if _CLAUSE.fullmatch(piece):
                    sentence.append((piece[0], -1))
                elif piece.strip():
                    sentence.append(("", len(asked)))
                    asked.append(piece)
        plan.append(sentence)
    said = _phonemes(asked, main_code(language)) if asked else []
    told = [
        "".join(known if at < 0 else f" {_OTHER_LANGUAGE.sub('', said[at])}" for known, at in sentence)
        for sentence in plan
    ]
    return [" ".join(sentence.split()) for sentence in told if any(char.isalpha() for char in sentence)]


def _phonemes(texts: Sequence[str], language: str) -> list[str]:
    said = espeak_phonemes(texts, language)
    if said is None:
        raise VoiceError(
            f"There are no phonemes for the language “{language}”",
            cause="espeak-ng, which makes them, does not know the language, or is missing",
            hint="pip install espeakng-loader",
        )
    return said


def _spans(spoken: SpokenText) -> list[tuple[int, int]]:
    """Return where each sentence begins and ends; phonemes are never cut."""
    within = [(part.start_char, part.start_char + part.length) for part in spoken.phonemes]
    found, start = [], 0
    for match in _SENTENCE.finditer(spoken.text):
        if match.end() > start and not any(low < match.end() < high for low, high in within):
            found.append((start, match.end()))
            start = match.end()
    return found


def _parts(spoken: SpokenText, start: int, end: int) -> list[tuple[str, bool]]:
    """Return the parts of a sentence: letters, or phonemes."""
    parts: list[tuple[str, bool]] = []
    at = start
    for part in spoken.phonemes:
        if at <= part.start_char and part.start_char + part.length <= end and part.ipa.strip():
            parts += [(plain_text(spoken.text[at : part.start_char]), False), (plain_text(part.ipa).strip(), True)]
            at = part.start_char + part.length
    return [*parts, (plain_text(spoken.text[at:end]), False)]
