"""A file as stereo at the session's rate, from any frame on."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aidj.audio.decode import open_source

CHANNELS = 2
"""Everything is mixed in stereo."""

_CHUNK_FRAMES = 16384
_PREROLL_PERIODS = 64
_MINUS_3_DB = math.sqrt(0.5)


def to_stereo(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Fold any number of channels to two; shape (n, channels) to (n, 2).

    Surround channels in the order L R C LFE Ls Rs … follow ITU-R BS.775: centre and surrounds at -3 dB, no LFE.
    """
    channels = samples.shape[1]
    if channels == CHANNELS:
        return samples
    if channels == 1:
        return np.repeat(samples, CHANNELS, axis=1)
    left, right = samples[:, 0].copy(), samples[:, 1].copy()
    centre = samples[:, 2] * _MINUS_3_DB
    left += centre
    right += centre
    surrounds = samples[:, 4:] if channels > 4 else samples[:, 3:]
    for index in range(surrounds.shape[1]):
        side = left if index % 2 == 0 else right
        side += surrounds[:, index] * _MINUS_3_DB
    return np.stack([left, right], axis=1).astype(np.float32, copy=False)


class StereoReader:
    """Reads a sound file forwards as float32 stereo at one rate.

    The file is always decoded and resampled in chunks of one size, whatever the size of the reads: so the samples do
    not depend on how the caller divides them.

    Parameters
    ----------
    path : Path
        The file.
    rate : int
        Frames per second wanted.
    start_frames : int
        Where to begin, in frames of that rate.

    Raises
    ------
    AudioError
        If the file cannot be opened; `read` raises it where the data break off.
    """

    def __init__(self, path: Path, rate: int, start_frames: int = 0) -> None:
        self._source = open_source(path)
        self._resampler = None
        self._pending: list[NDArray[np.float32]] = []
        self._ready = 0
        self._ended = False
        native = self._source.rate
        if native == rate:
            self._source.skip(start_frames)
            return
        import soxr

        # Start on a frame that both rates share, early enough for the filter to have settled.
        common = math.gcd(native, rate)
        period_out, period_in = rate // common, native // common
        period = max(0, start_frames // period_out - _PREROLL_PERIODS)
        self._source.skip(period * period_in)
        self._resampler = soxr.ResampleStream(native, rate, CHANNELS, dtype="float32", quality="HQ")
        self.read(start_frames - period * period_out)

    def read(self, n_frames: int) -> NDArray[np.float32]:
        """Return the next n_frames frames, shape (m, 2); fewer at the end, then none."""
        while self._ready < n_frames and not self._ended:
            self._decode_chunk()
        taken: list[NDArray[np.float32]] = []
        missing = min(n_frames, self._ready)
        self._ready -= missing
        while missing > 0:
            block = self._pending[0]
            if len(block) > missing:
                self._pending[0] = block[missing:]
                block = block[:missing]
            else:
                self._pending.pop(0)
            taken.append(block)
            missing -= len(block)
        if len(taken) == 1:
            return taken[0]
        return np.concatenate(taken) if taken else np.zeros((0, CHANNELS), np.float32)

    def _decode_chunk(self) -> None:
        block = self._source.read(_CHUNK_FRAMES)
        self._ended = len(block) == 0
        block = to_stereo(block)
        if not np.isfinite(block).all():  # float WAV files can hold anything
            block = np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0)
        if self._resampler is not None:
            block = np.asarray(self._resampler.resample_chunk(block, last=self._ended), dtype=np.float32)
        if len(block):
            self._pending.append(block)
            self._ready += len(block)

    def close(self) -> None:
        """Give the file back."""
        self._source.close()
