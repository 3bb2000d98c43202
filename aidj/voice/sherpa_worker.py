"""Speaks with sherpa-onnx; run by `serving`, needs nothing else of aidj.

Request: ``voice`` (a file, with ``tokens.txt`` beside it), ``speaker``, ``sentences`` (in phonemes), ``speed``. Answer:
samples as 32-bit floats, ``rate``. A file with a mistake may end this process from within the library.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

_voice: tuple[list[Any], Any, set[str]] | None = None
"""The voice that spoke last: which it is, the library's object, and the phonemes that it knows."""


class _RefusedError(Exception):
    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.hint = hint


def start() -> dict[str, Any]:
    """Import the library."""
    try:
        import sherpa_onnx  # noqa: F401
    except ImportError as problem:
        raise _RefusedError(f"sherpa-onnx cannot be loaded ({problem})", 'pip install "aidj[sherpa]"') from problem
    return {}


def answer(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Speak one text."""
    import numpy as np
    import sherpa_onnx

    path = Path(request["voice"])
    engine, known = _loaded(path)
    speaker = int(request["speaker"])
    if speaker and speaker >= engine.num_speakers:
        raise _RefusedError(f"{path.name} has {engine.num_speakers} speakers, counted from 0")
    sentences = [[ord(sign) for sign in sentence if sign in known] for sentence in request["sentences"]]
    sentences = [sentence for sentence in sentences if sentence]
    if not sentences:
        raise _RefusedError(f"{path.name} has no sounds for these letters")
    config = sherpa_onnx.GenerationConfig()
    config.sid = speaker
    config.speed = float(request["speed"])
    config.phoneme_codepoints = sentences
    audio = engine.generate("-", config)
    samples = np.asarray(audio.samples, "<f4")
    if not len(samples):
        raise _RefusedError("sherpa-onnx made no sound")
    return {"rate": int(audio.sample_rate)}, samples.tobytes()


def _loaded(path: Path) -> tuple[Any, set[str]]:
    global _voice
    tokens = path.with_name("tokens.txt")
    identity: list[Any] = [str(path)]
    for file in (path, tokens):
        stat = file.stat()
        identity += [stat.st_size, stat.st_mtime_ns]
    if _voice is None or _voice[0] != identity:
        import sherpa_onnx

        _voice = None
        vits = sherpa_onnx.OfflineTtsVitsModelConfig(model=str(path), tokens=str(tokens))
        config = sherpa_onnx.OfflineTtsConfig(model=sherpa_onnx.OfflineTtsModelConfig(vits=vits))
        if not config.validate():
            raise _RefusedError(f"{path.name} is no voice that sherpa-onnx can use")
        _voice = identity, sherpa_onnx.OfflineTts(config), _signs(tokens)
    return _voice[1], _voice[2]


def _signs(tokens: Path) -> set[str]:
    """Return the phonemes of one sign each; a line is a sign and its number, and the sign may be a blank."""
    lines = tokens.read_text(encoding="utf-8", errors="replace").splitlines()
    return {line[0] for line in lines if len(line.rpartition(" ")[0]) == 1}
