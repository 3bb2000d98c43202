"""Open a sound file and read it forwards, block by block.

libsndfile (through soundfile) reads WAV, AIFF, FLAC, MP3, Ogg Vorbis and Opus with exact gapless trimming; FFmpeg's
libraries (through PyAV) read M4A and whatever else people own.
"""

from __future__ import annotations

import os
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from aidj.errors import AudioError

_SOUNDFILE_SUFFIXES = frozenset({".wav", ".aif", ".aiff", ".flac", ".mp3", ".ogg", ".oga", ".opus"})
_SKIP_FRAMES = 65536


class Source(Protocol):
    """An open sound file."""

    rate: int
    """Frames per second."""
    channels: int
    n_frames: int | None
    """Length as the file states it; None where it does not."""

    def read(self, n_frames: int) -> NDArray[np.float32]:
        """Return up to n_frames more frames, shape (m, channels); an empty array at the end.

        Raises
        ------
        AudioError
            If the data cannot be decoded any further.
        """
        ...

    def skip(self, n_frames: int) -> None:
        """Leave out the next n_frames frames."""
        ...

    def close(self) -> None:
        """Give the file back."""
        ...


def open_source(path: Path) -> Source:
    """Open a sound file for reading.

    Raises
    ------
    AudioError
        If the file is missing, unreadable, or in no format that can be decoded.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise AudioError(
            f"The file cannot be opened ({error.strerror or error})",
            where=str(path),
            cause="it was moved, renamed or deleted, or its drive is not connected",
            hint="scan the library again",
        ) from error
    if size == 0:
        raise AudioError(
            "The file is empty", where=str(path), cause="a copy or download that did not finish", hint="copy it again"
        )
    if path.suffix.lower() in _SOUNDFILE_SUFFIXES:
        try:
            return _SoundFileSource(path)
        except AudioError:
            # A wrong suffix is common, and FFmpeg reads some variants that libsndfile does not.
            return _AvSource(path)
    return _AvSource(path)


def _damaged(path: Path, error: Exception) -> AudioError:
    return AudioError(
        f"The file cannot be decoded ({str(error).strip() or type(error).__name__})",
        where=str(path),
        cause="it is damaged, cut short, or not an audio file",
        hint="play it in another program; if that fails as well, replace the file",
    )


def _exact(path: Path) -> str | bytes:
    # Names that are no valid text reach libsndfile only as bytes; on Windows there are none.
    return str(path) if os.name == "nt" else os.fsencode(path)


class _Base:
    """What both kinds of source share."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        raise NotImplementedError

    def read(self, n_frames: int) -> NDArray[np.float32]:
        raise NotImplementedError

    def skip(self, n_frames: int) -> None:
        # Reading and dropping is exact for every format; seeking is not (MP3 without a Xing tag, AAC, Vorbis).
        while n_frames > 0:
            block = self.read(min(n_frames, _SKIP_FRAMES))
            if len(block) == 0:
                return
            n_frames -= len(block)


class _SoundFileSource(_Base):
    def __init__(self, path: Path) -> None:
        import soundfile

        self._path = path
        self._error = soundfile.SoundFileError
        try:
            self._file: Any = soundfile.SoundFile(_exact(path))
        except (soundfile.SoundFileError, OSError, TypeError) as error:
            raise _damaged(path, error) from error
        self.rate = int(self._file.samplerate)
        self.channels = int(self._file.channels)
        self.n_frames: int | None = int(self._file.frames)

    def read(self, n_frames: int) -> NDArray[np.float32]:
        try:
            block: NDArray[np.float32] = self._file.read(n_frames, dtype="float32", always_2d=True)
        except (self._error, RuntimeError) as error:
            raise _damaged(self._path, error) from error
        return block

    def close(self) -> None:
        self._file.close()


class _AvSource(_Base):
    def __init__(self, path: Path) -> None:
        import av

        self._path = path
        self._error = av.FFmpegError
        try:
            self._container = av.open(f"file:{path}", metadata_errors="ignore")
        except (av.FFmpegError, OSError, ValueError) as error:
            raise _damaged(path, error) from error
        if not self._container.streams.audio:
            self._container.close()
            raise AudioError("The file holds no sound", where=str(path), cause="it is a picture, a video or a text")
        stream = self._container.streams.audio[0]
        self.rate = int(stream.codec_context.sample_rate)
        self.channels = int(stream.codec_context.channels)
        self.n_frames: int | None = None
        if stream.duration and stream.time_base:
            self.n_frames = round(stream.duration * stream.time_base * self.rate)
        self._resampler = av.AudioResampler(format="fltp")  # only the sample format changes
        self._frames = self._container.decode(stream)
        self._blocks: deque[NDArray[np.float32]] = deque()
        self._ready = 0
        if self.rate <= 0 or self.channels <= 0:
            self._container.close()
            raise _damaged(path, ValueError("no sample rate or channels"))

    def _fill(self, n_frames: int) -> None:
        while self._ready < n_frames:
            try:
                frame = next(self._frames, None)
                converted = self._resampler.resample(frame) if frame is not None else []
            except (self._error, ValueError, OSError) as error:
                raise _damaged(self._path, error) from error
            if frame is None:
                return
            for piece in converted:
                block = np.ascontiguousarray(piece.to_ndarray().T, dtype=np.float32)
                self._blocks.append(block)
                self._ready += len(block)

    def read(self, n_frames: int) -> NDArray[np.float32]:
        self._fill(n_frames)
        taken: list[NDArray[np.float32]] = []
        missing = n_frames
        while missing > 0 and self._blocks:
            block = self._blocks.popleft()
            if len(block) > missing:
                self._blocks.appendleft(block[missing:])
                block = block[:missing]
            taken.append(block)
            missing -= len(block)
        self._ready -= n_frames - missing
        return np.concatenate(taken) if taken else np.zeros((0, self.channels), np.float32)

    def close(self) -> None:
        self._container.close()
