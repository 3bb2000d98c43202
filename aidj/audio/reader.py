"""A file as stereo at the session's rate, from any frame on."""

from __future__ import annotations

import math
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aidj.audio.decode import open_source
from aidj.audio.source import Source
from aidj.audio.stereo import CHANNELS, to_stereo
from aidj.errors import AudioError

_CHUNK_FRAMES = 16384
_PREROLL_FRAMES = 4096
"""Frames of the file that the resampler hears before the first one wanted, so that its filter has settled."""


class StereoReader:
    """Reads a sound file forwards as float32 stereo at one rate.

    The file is always decoded and resampled in chunks of one size, whatever the size of the reads: so the samples do
    not depend on how the caller divides them.

    Parameters
    ----------
    source : Path or Source
        The file; or an open source, which is read from where it stands and closed with the reader.
    rate : int
        Frames per second wanted.
    start_frames : int
        Where to begin, in frames of that rate.

    Raises
    ------
    AudioError
        If the file cannot be opened, or breaks off before `start_frames`; `read` raises it where the data break off.
    """

    def __init__(self, source: Path | Source, rate: int, start_frames: int = 0) -> None:
        self._source = open_source(source) if isinstance(source, Path) else source
        self._resampler: Any = None
        self._pending: deque[NDArray[np.float32]] = deque()
        self._ready = 0
        self._ended = False
        self._failure: AudioError | None = None
        try:
            self._go_to(start_frames, rate)
        except BaseException:
            self.close()
            raise

    def _go_to(self, start_frames: int, rate: int) -> None:
        native = self._source.rate
        if native == rate:
            self._source.skip(start_frames)
            return
        import soxr

        # Start on a frame that both rates share.
        common = math.gcd(native, rate)
        period_out, period_in = rate // common, native // common
        period = max(0, start_frames // period_out - math.ceil(_PREROLL_FRAMES / period_in))
        self._source.skip(period * period_in)
        self._resampler = soxr.ResampleStream(native, rate, CHANNELS, dtype="float32", quality="HQ")
        missing = start_frames - period * period_out
        while missing > 0 and (block := self.read(min(missing, _CHUNK_FRAMES))).size:
            missing -= len(block)

    def read(self, n_frames: int) -> NDArray[np.float32]:
        """Return the next n_frames frames, shape (m, 2); fewer at the end, then none.

        Raises
        ------
        AudioError
            If the data cannot be decoded any further; whatever came before has been returned by then.
        """
        while self._ready < n_frames and not self._ended:
            self._decode_chunk()
        taken: list[NDArray[np.float32]] = []
        missing = min(n_frames, self._ready)
        self._ready -= missing
        while missing > 0:
            block = self._pending.popleft()
            if len(block) > missing:
                self._pending.appendleft(block[missing:])
                block = block[:missing]
            taken.append(block)
            missing -= len(block)
        if not taken and self._failure is not None and n_frames > 0:
            raise self._failure
        if len(taken) == 1:
            return taken[0]
        return np.concatenate(taken) if taken else np.zeros((0, CHANNELS), np.float32)

    def _decode_chunk(self) -> None:
        try:
            block = to_stereo(self._source.read(_CHUNK_FRAMES))
        except AudioError as error:
            self._failure = error
            block = np.zeros((0, CHANNELS), np.float32)
        self._ended = len(block) == 0
        if self._resampler is not None:
            block = np.asarray(self._resampler.resample_chunk(block, last=self._ended), dtype=np.float32)
        if len(block):
            self._pending.append(block)
            self._ready += len(block)

    def close(self) -> None:
        """Give the file back."""
        self._source.close()
