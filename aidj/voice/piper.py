"""Piper, a neural engine (``pip install aidj[piper]``): a voice is a file that the user has."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from aidj.model import SpokenText
from aidj.voice.neural import USUAL_PACE_WPM, NeuralEngine
from aidj.voice.plain import plain_text
from aidj.voice.protocol import Delivery


class PiperEngine(NeuralEngine):
    """Speaks with piper-tts, in a worker process: the same text has the same samples every time.

    A voice is a file ``NAME.onnx`` with ``NAME.onnx.json`` beside it; of one with several speakers, ``NAME.onnx#3`` is
    the fourth. Takes phonemes; has no pitch and no word times.
    """

    name = "piper"
    package = "piper-tts"
    module = "piper"
    beside = "The settings of the voice"

    def _said(self, spoken: SpokenText, delivery: Delivery) -> Mapping[str, object]:
        return {"text": _with_phonemes(spoken), "stretch": USUAL_PACE_WPM / delivery.pace_wpm}

    def _other_file(self, path: Path) -> Path:
        return path.with_name(f"{path.name}.json")


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
