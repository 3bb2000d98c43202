"""Open a sound file and read it forwards, block by block.

libsndfile (through soundfile) reads WAV, AIFF, FLAC, MP3, Ogg Vorbis and Opus; FFmpeg's libraries (through PyAV) read
M4A, whatever else people own, and what libsndfile would get wrong.
"""

from __future__ import annotations

import stat
from pathlib import Path

from aidj.audio.ffmpeg import FfmpegSource
from aidj.audio.libsndfile import LibsndfileSource
from aidj.audio.source import Source, printable
from aidj.errors import AudioError

_LIBSNDFILE_SUFFIXES = frozenset({".wav", ".aif", ".aiff", ".flac", ".mp3", ".ogg", ".oga", ".opus"})


def open_source(path: Path) -> Source:
    """Open a sound file for reading.

    Raises
    ------
    AudioError
        If the file is missing, unreadable, or in no format that can be decoded.
    """
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        raise AudioError(
            f"The file cannot be opened ({getattr(error, 'strerror', None) or error})",
            where=printable(path),
            cause="it was moved, renamed or deleted, or its drive is not connected",
            hint="scan the library again",
        ) from error
    if not stat.S_ISREG(status.st_mode):
        raise AudioError("This is no file", where=printable(path), cause="a folder or a device has this name")
    if status.st_size == 0:
        raise AudioError(
            "The file is empty",
            where=printable(path),
            cause="a copy or download that did not finish",
            hint="copy it again",
        )
    if path.suffix.lower() in _LIBSNDFILE_SUFFIXES:
        try:
            return LibsndfileSource(path)
        except AudioError:
            # A wrong suffix is common, and FFmpeg reads some variants that libsndfile does not.
            return FfmpegSource(path)
    return FfmpegSource(path)
