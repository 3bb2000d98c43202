"""Files that go on one after the other without a break, as one stream.

Files of one rate are joined before anything is resampled, so that a run has no seam; a file of another rate is
resampled on its own, and begins within half a frame of where it should.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aidj.audio.decode import open_source
from aidj.audio.libsndfile import LibsndfileSource
from aidj.audio.reader import StereoReader
from aidj.audio.source import Source, printable
from aidj.audio.stereo import CHANNELS, to_stereo
from aidj.errors import AudioError

_UNHEARD_S = 0.05
"""What an encoder may have left out at the end of a file."""
_log = logging.getLogger(__name__)


class Joined:
    """Files of one rate as one source, in stereo; it ends before the first file that has another.

    A file that breaks off is silent for the rest of the length it states; what cannot be opened is left out.

    Parameters
    ----------
    source : Source
        The first file, opened; its name is `path`.
    paths : list of Path
        The files that follow; those that were begun are taken out of it.
    """

    channels = CHANNELS
    n_frames: int | None = None

    def __init__(self, source: Source, path: Path, paths: list[Path]) -> None:
        self.rate = source.rate
        self.next: tuple[Source, Path] | None = None
        """The file that follows and has another rate, opened."""
        self.joined_frames = 0
        """Frames delivered or left out so far."""
        self._source = source
        self._path = path
        self._paths = paths
        self._at = 0
        self._silent = 0
        self._ended = False

    def read(self, n_frames: int) -> NDArray[np.float32]:
        """See `Source.read`; shorter only where it ends."""
        parts: list[NDArray[np.float32]] = []
        missing = n_frames
        while missing > 0 and not self._ended:
            block = self._read(missing)
            if len(block) == 0:
                self._go_on()
            parts.append(block)
            missing -= len(block)
        self.joined_frames += n_frames - missing
        return parts[0] if len(parts) == 1 else np.concatenate([np.zeros((0, CHANNELS), np.float32), *parts])

    def _read(self, n_frames: int) -> NDArray[np.float32]:
        if self._silent == 0:
            try:
                block = to_stereo(self._source.read(n_frames))
                self._at += len(block)
                if len(block):
                    return block
                self._silent = self._missing()
                if self._silent:
                    seconds = self._silent / self.rate
                    _log.warning("%s: It ends %.1f s early. That long it is silent.", printable(self._path), seconds)
            except AudioError as error:
                _log.warning("%s It is silent for the rest of its length.", error)
                self._silent = max(0, (self._source.n_frames or 0) - self._at)
            self._at += self._silent
        n_silent = min(n_frames, self._silent)
        self._silent -= n_silent
        return np.zeros((n_silent, CHANNELS), np.float32)

    def _missing(self) -> int:
        if not isinstance(self._source, LibsndfileSource):
            return 0  # what FFmpeg states may be an estimate
        missing = (self._source.n_frames or 0) - self._at
        return missing if missing > _UNHEARD_S * self.rate else 0

    def _go_on(self) -> None:
        """Open the file that follows."""
        while self._paths:
            path = self._paths.pop(0)
            try:
                source = open_source(path)
            except AudioError as error:
                _log.warning("%s It is left out.", error)
                continue
            if source.rate != self.rate:
                self.next = (source, path)
                break
            self._source.close()
            self._source, self._path, self._at = source, path, 0
            return
        self._ended = True

    def skip(self, n_frames: int) -> None:
        """See `Source.skip`."""
        while n_frames > 0 and len(block := self.read(min(n_frames, 65536))):
            n_frames -= len(block)

    def close(self) -> None:
        """Give the files back."""
        self._source.close()


class RunReader:
    """Reads files forwards, one after the other, as float32 stereo at one rate; see `StereoReader`.

    Parameters
    ----------
    paths : Sequence of Path
        The files, at least one.
    rate : int
        Frames per second wanted.
    start_frames : int
        Where in the first file to begin, in frames of that rate; what lies behind its end is in those that follow.

    Raises
    ------
    AudioError
        If none of the files can be opened. Those that cannot are logged and left out.
    """

    def __init__(self, paths: Sequence[Path], rate: int, start_frames: int = 0) -> None:
        self._rate = rate
        self._paths = list(paths)
        source, path = self._open_first()
        if path != paths[0]:
            start_frames = 0
        self._begin(source, path, start_frames)

    def _open_first(self) -> tuple[Source, Path]:
        while True:
            path = self._paths.pop(0)
            try:
                return open_source(path), path
            except AudioError as error:
                if not self._paths:
                    raise
                _log.warning("%s It is left out.", error)

    def _begin(self, source: Source, path: Path, start_frames: int) -> None:
        self._start = start_frames
        self._joined = Joined(source, path, self._paths)
        self._reader = StereoReader(self._joined, self._rate, start_frames)

    def read(self, n_frames: int) -> NDArray[np.float32]:
        """Return the next n_frames frames, shape (m, 2); fewer at the end, then none."""
        parts = [self._reader.read(n_frames)]
        missing = n_frames - len(parts[0])
        while missing > 0 and self._joined.next is not None:
            self._reader.close()
            # The resampler rounds a length to the nearest frame: so does this.
            joined_frames = round(self._joined.joined_frames * self._rate / self._joined.rate)
            self._begin(*self._joined.next, max(0, self._start - joined_frames))
            parts.append(self._reader.read(missing))
            missing -= len(parts[-1])
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def close(self) -> None:
        """Give the files back."""
        self._reader.close()
        if self._joined.next is not None:
            self._joined.next[0].close()
