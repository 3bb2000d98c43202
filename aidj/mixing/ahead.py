"""Read a stream ahead of where it is heard, and look back a little: what every filter needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from aidj.audio import CHANNELS
from aidj.errors import AudioError

_CHUNK_FRAMES = 16384


class Reader(Protocol):
    """Stereo samples, read forwards."""

    def read(self, n_frames: int) -> NDArray[np.float32]:
        """Return the next n_frames frames, shape (m, 2); fewer at the end, then none. AudioError where it breaks."""
        ...

    def close(self) -> None:
        """Give the source back."""
        ...


OpenAt = Callable[[int], Reader]
"""Opens a source at one of its frames, 0 or more."""


class Ahead:
    """A stream whose frames can be asked for by their number, in an order that goes forwards on the whole.

    Parameters
    ----------
    reader : Reader
        The stream.
    first_frame : int
        The number of the frame it delivers next. Frames before it count as silence.
    keep_frames : int
        How far behind the latest request one may still look.
    """

    def __init__(self, reader: Reader, first_frame: int, keep_frames: int) -> None:
        self._reader = reader
        self._keep = keep_frames
        self._first = first_frame
        self._held = np.zeros((0, CHANNELS), np.float32)
        self.end_frame: int | None = None
        """The first frame that does not exist; None until it has been reached."""
        self.failure: AudioError | None = None
        """Why it ends there, where it breaks off."""

    @property
    def first_frame(self) -> int:
        """The earliest frame that can still be asked for."""
        return self._first

    def go_on(self) -> None:
        """Read on behind an end that has been reached, where the source has been given more."""
        if self.failure is None:
            self.end_frame = None

    def get(self, start: int, stop: int) -> NDArray[np.float32]:
        """Return the frames from start to stop, shape (stop - start, 2), silence where there are none. Not to be
        written to."""
        self._fill(start, stop)
        a, b = start - self._first, stop - self._first
        if a >= 0 and b <= len(self._held):
            return self._held[a:b]
        out = np.zeros((stop - start, CHANNELS), np.float32)
        found = self._held[max(a, 0) : max(b, 0)]
        at = max(0, -a)
        out[at : at + len(found)] = found
        return out

    def _fill(self, start: int, stop: int) -> None:
        have = self._first + len(self._held)
        if self.end_frame is not None or have >= stop:
            return
        parts = [self._held]
        if (drop := start - self._keep - self._first) > 0:
            parts, self._first = [self._held[drop:]], self._first + min(drop, len(self._held))
        while have < stop:
            try:
                block = self._reader.read(max(_CHUNK_FRAMES, stop - have))
            except AudioError as error:
                self.failure = error
                block = np.zeros((0, CHANNELS), np.float32)
            if len(block) == 0:
                self.end_frame = have
                break
            parts.append(block)
            have += len(block)
        self._held = np.concatenate(parts)

    def close(self) -> None:
        """Give the source back."""
        self._reader.close()


class AheadReader:
    """Reads a stream forwards from one of the frames that are held; the stream stays open."""

    def __init__(self, source: Ahead, start: int) -> None:
        self._source = source
        self._at = start

    def read(self, n_frames: int) -> NDArray[np.float32]:
        """Return the next n_frames frames, shape (m, 2); fewer at the end, then none. Not to be written to.

        Raises
        ------
        AudioError
            If the stream breaks off; whatever came before has been returned by then.
        """
        block = self._source.get(self._at, self._at + n_frames)
        end = self._source.end_frame
        if end is not None:
            block = block[: max(0, end - self._at)]
        if len(block) == 0 and n_frames > 0 and self._source.failure is not None:
            raise self._source.failure
        self._at += len(block)
        return block

    def close(self) -> None:
        """Leave the stream to who opened it."""


def open_with_lead(open_at: OpenAt, start_frame: int) -> Reader:
    """Open a source at a frame that may lie before its first one: what is missing is silence."""
    if start_frame >= 0:
        return open_at(start_frame)
    return _Led(open_at(0), -start_frame)


class _Led:
    def __init__(self, reader: Reader, silent_frames: int) -> None:
        self._reader = reader
        self._silent = silent_frames

    def read(self, n_frames: int) -> NDArray[np.float32]:
        if self._silent == 0:
            return self._reader.read(n_frames)
        n_silent = min(self._silent, n_frames)
        self._silent -= n_silent
        return np.zeros((n_silent, CHANNELS), np.float32)

    def close(self) -> None:
        self._reader.close()
