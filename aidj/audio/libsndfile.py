"""Sound files through libsndfile: WAV, AIFF, FLAC, MP3, Ogg Vorbis and Opus, with exact gapless trimming."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aidj.audio.ffmpeg import FfmpegSource
from aidj.audio.source import BaseSource, damaged

_ID3_HEADER_BYTES = 10
_MAX_ID3_TAGS = 8
_FIRST_FRAME_BYTES = 4096
_log = logging.getLogger(__name__)


class LibsndfileSource(BaseSource):
    """A sound file opened by libsndfile. Where its decoder gives up in the middle, FFmpeg's goes on.

    Raises
    ------
    AudioError
        If libsndfile cannot open the file, or would read it wrongly.
    """

    def __init__(self, path: Path) -> None:
        import soundfile

        super().__init__(path)
        self._error = soundfile.SoundFileError
        self._at = 0
        self._rest: FfmpegSource | None = None
        try:
            self._file: Any = soundfile.SoundFile(_exact(path))
        except (soundfile.SoundFileError, OSError, TypeError) as error:
            raise damaged(path, error) from error
        self.rate = int(self._file.samplerate)
        self.channels = int(self._file.channels)
        self.n_frames = int(self._file.frames)
        try:
            self._check_format()
            self._check_reading()
        except BaseException:
            self._file.close()
            raise

    def _check_reading(self) -> None:
        if self._file.format == "MP3" and not _states_length(self.path):
            # The length is then guessed from the first frame, and nothing behind the guess is ever read.
            raise damaged(self.path, "an MP3 without a length")
        if self._file.format == "OGG" and self.channels > 2:
            raise damaged(self.path, "Ogg surround comes in an order of its own")

    def _read(self, n_frames: int) -> NDArray[np.float32]:
        if self._rest is not None:
            return self._rest.read(n_frames)
        try:
            block: NDArray[np.float32] = self._file.read(n_frames, dtype="float32", always_2d=True)
        except (self._error, RuntimeError) as error:
            return self._hand_over(error).read(n_frames)
        self._at += len(block)
        return block

    def _hand_over(self, error: Exception) -> FfmpegSource:
        rest = FfmpegSource(self.path)
        if (rest.rate, rest.channels) != (self.rate, self.channels):
            rest.close()
            raise damaged(self.path, error) from error
        _log.debug("%r: libsndfile gives up (%s), FFmpeg goes on", self.path, error)
        self._rest = rest
        rest.skip(self._at)
        return rest

    def close(self) -> None:
        """Give the file back."""
        self._file.close()
        if self._rest is not None:
            self._rest.close()


def _exact(path: Path) -> str | bytes:
    # Names that are no valid text reach libsndfile only as bytes; on Windows there are none.
    return str(path) if os.name == "nt" else os.fsencode(path)


def _states_length(path: Path) -> bool:
    """Tell whether an MP3 has a Xing, Info or VBRI header in its first frame."""
    try:
        with path.open("rb") as file:
            at = 0
            for _ in range(_MAX_ID3_TAGS):
                file.seek(at)
                head = file.read(_ID3_HEADER_BYTES)
                if len(head) < _ID3_HEADER_BYTES or head[:3] != b"ID3":
                    break
                size = 0
                for byte in head[6:]:
                    size = size << 7 | byte & 0x7F
                at += _ID3_HEADER_BYTES + size + (_ID3_HEADER_BYTES if head[5] & 0x10 else 0)
            file.seek(at)
            first = file.read(_FIRST_FRAME_BYTES)
    except OSError as error:
        raise damaged(path, error) from error
    return any(tag in first for tag in (b"Xing", b"Info", b"VBRI"))
