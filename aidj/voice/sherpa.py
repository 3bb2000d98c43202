"""Sherpa-ONNX, a neural engine (``pip install aidj[sherpa]``): a voice is a file that the user has."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from aidj.errors import VoiceError
from aidj.model import SpokenText
from aidj.voice.espeak import main_code
from aidj.voice.neural import USUAL_PACE_WPM, NeuralEngine
from aidj.voice.phonemes import espeak_phonemes
from aidj.voice.plain import plain_text
from aidj.voice.protocol import Delivery

_SENTENCE = re.compile(r".*?(?:[.?!]+(?=\s|$)|$)", re.DOTALL)
_CLAUSE = re.compile(r"([,;:.?!]+)(?=\s|$)")
_OTHER_LANGUAGE = re.compile(r"\([a-z-]+\)")


class SherpaEngine(NeuralEngine):
    """Speaks with sherpa-onnx, in a worker process; what it says may sound a little different each time.

    A voice is a file ``NAME.onnx`` of the VITS kind, such as one of Piper's made ready for sherpa, with ``tokens.txt``
    beside it; of one with several speakers, ``NAME.onnx#3`` is the fourth. It is told in phonemes how words sound, and
    espeak-ng makes those. Has no pitch and no word times.
    """

    name = "sherpa"
    package = "sherpa-onnx"
    module = "sherpa_onnx"
    beside = "The tokens of the voice"

    def __init__(self) -> None:
        super().__init__()
        self._spoken: set[str] = set()

    def probe(self, delivery: Delivery) -> str | None:
        """Look whether sherpa-onnx is installed, the voice's files are there, and the language has phonemes."""
        problem = super().probe(delivery)
        code = main_code(delivery.language)
        if problem is None and code not in self._spoken:
            try:
                _phonemes(["a"], code)
            except VoiceError as error:
                return str(error)
            self._spoken.add(code)
        return problem

    def _said(self, spoken: SpokenText, delivery: Delivery) -> Mapping[str, object]:
        return {"sentences": _sentences(spoken, delivery.language), "speed": delivery.pace_wpm / USUAL_PACE_WPM}

    def _other_file(self, path: Path) -> Path:
        return path.with_name("tokens.txt")


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
