"""Voices that are files of the user's own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from aidj.errors import VoiceError

_VOICE = re.compile(r"(.+\.onnx)(?:#(\d{1,4}))?", re.IGNORECASE)


def found_voice_file(voice: str | None, folders: Sequence[Path]) -> str | None:
    """Return a voice as it is, or, if it is a file that one of the voices folders has, with its whole path."""
    match = _VOICE.fullmatch(voice or "")
    if match is None or voice is None:
        return voice
    path = Path(match[1]).expanduser()
    for folder in reversed(folders):
        if (folder / path).is_file():
            path = (folder / path).resolve()
            break
    return f"{path}#{match[2]}" if match[2] else str(path)


def voice_file(voice: str | None) -> tuple[Path, int]:
    """Return the file of a voice, and the number of its speaker: ``NAME.onnx``, or ``NAME.onnx#3``.

    Raises
    ------
    VoiceError
        If it names no file that is there.
    """
    match = _VOICE.fullmatch(voice or "")
    if match is None:
        raise VoiceError(
            f"“{voice}” is no file of a voice" if voice else "The presenter names no voice",
            hint="voice: NAME.onnx, a file in your voices folder, or its whole path",
        )
    path = Path(match[1]).expanduser()
    if not path.is_absolute() or not path.is_file():
        raise VoiceError("The file of the voice is missing", where=str(path), hint="put it into your voices folder")
    return path, int(match[2] or 0)


def file_identity(voice: str | None) -> list[int]:
    """Return what changes when another voice is put into the same file; nothing for a voice that is no file."""
    match = _VOICE.fullmatch(voice or "")
    try:
        stat = Path(match[1]).stat() if match else None
    except OSError:
        stat = None
    return [stat.st_size, stat.st_mtime_ns] if stat else []
