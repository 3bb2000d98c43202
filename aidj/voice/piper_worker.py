"""Speaks with piper-tts; run by `serving`, needs nothing else of aidj.

Request: ``voice`` (a file), ``speaker``, ``text`` (phonemes in ``[[…]]``), ``stretch``. Answer: samples as 32-bit
floats, ``rate``.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

_SENTENCE_PAUSE_S = 0.25


class _RefusedError(Exception):
    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.hint = hint


def start() -> dict[str, Any]:
    """Import the library, which is not to tell anybody of it."""
    # Before it is loaded: onnxruntime reports to its makers from the first moment, and keeps an id of the machine.
    os.environ["ORT_DISABLE_TELEMETRY"] = os.environ["ORT_TELEMETRY_DISABLED"] = "1"
    try:
        import onnxruntime
        import piper  # noqa: F401

        onnxruntime.disable_telemetry_events()  # where the system does the reporting
    except ImportError as problem:
        raise _RefusedError(f"piper-tts cannot be loaded ({problem})", 'pip install "aidj[piper]"') from problem
    return {}


def answer(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Speak one text."""
    import numpy as np
    import onnxruntime
    from piper import PiperVoice, SynthesisConfig

    # A voice rolls dice, and they fall from where they lay: so it is loaded anew each time, with the same seed.
    onnxruntime.set_seed(1)
    path = Path(request["voice"])
    try:
        voice = PiperVoice.load(path, download_dir=path.parent)
    except (OSError, KeyError, ValueError, TypeError, AttributeError, json.JSONDecodeError) as problem:
        raise _RefusedError(f"{path.name} is no voice of piper ({type(problem).__name__}: {problem})") from problem
    except Exception as problem:  # onnxruntime's own, which have no common base
        raise _RefusedError(f"{path.name} cannot be loaded ({problem})") from problem
    if voice.config.phoneme_type == "pinyin" and not (path.parent / "g2pW" / "g2pw.onnx").is_file():
        # Else piper would fetch it, now and from the network.
        raise _RefusedError(f"{path.name} needs the file g2pW/g2pw.onnx beside it")
    speaker = int(request["speaker"])
    if speaker and speaker >= voice.config.num_speakers:
        raise _RefusedError(f"{path.name} has {voice.config.num_speakers} speakers, counted from 0")
    rate = voice.config.sample_rate
    config = SynthesisConfig(
        speaker_id=speaker if voice.config.num_speakers > 1 else None,
        length_scale=voice.config.length_scale * float(request["stretch"]),
    )
    pause = np.zeros(round(_SENTENCE_PAUSE_S * rate), np.float32)
    parts = []
    for chunk in voice.synthesize(str(request["text"]), config):
        parts += [np.asarray(chunk.audio_float_array, np.float32).reshape(-1), pause]
    if not parts:
        raise _RefusedError("piper makes no sound of these letters")
    return {"rate": rate}, np.concatenate(parts[:-1]).astype("<f4").tobytes()
