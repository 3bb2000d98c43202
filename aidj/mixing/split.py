"""A source in two bands that add up to it: what is low is cut out by a linear-phase filter, the rest is high.

Frames are numbered as in the source. The filter works in chunks counted from frame 0, so what is asked for, and in
which order, does not matter.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from aidj.audio import CHANNELS
from aidj.mixing.ahead import Ahead

SPLIT_HZ = 700.0
_TRANSITION_HZ = 160.0
SHARED_HZ = 750.0
"""What lies below this is in both bands, or in the low one alone; in the low one it is 40 dB weaker from here on."""
_STOP_DB = 110.0
_HIGHEST_LOW_HZ = 1200.0
"""Whatever is low lies well below this."""
_CHUNK = 8192
_SIZE = 2 * _CHUNK
"""Of a transform: a chunk and what the filter hears on both sides of it."""


def low_step(rate: int) -> int:
    """Return how many frames one may step at once in the low band without losing anything; a power of two."""
    return 1 << max(0, math.floor(math.log2(rate / (2 * _HIGHEST_LOW_HZ))))


def first_heard(frame: int) -> int:
    """Return the first frame of the source that has to be there when the bands are wanted from a frame on."""
    return frame // _CHUNK * _CHUNK - _CHUNK // 2


class Split:
    """Gives frames of a source's bands, in an order that goes forwards on the whole.

    Parameters
    ----------
    source : Ahead
        The source, which has to be held from `first_heard` of the earliest frame asked for.
    rate : int
        Frames per second.
    keep_frames : int
        How far behind the latest request one may still look.
    """

    def __init__(self, source: Ahead, rate: int, keep_frames: int) -> None:
        taps = _low_pass(rate)
        self._half = len(taps) // 2
        self._response = np.fft.fft(taps, _SIZE).astype(np.complex64)
        self._source = source
        self._keep_chunks = -(-keep_frames // _CHUNK)
        self._first_chunk = 0
        self._low = np.zeros((CHANNELS, 0), np.float32)
        self._high = np.zeros((CHANNELS, 0), np.float32)

    def low(self, start: int, stop: int) -> NDArray[np.float32]:
        """Return the low band from one frame to another, shape (2, n). Not to be written to."""
        held = self._hold(start, stop)
        return self._low[:, held]

    def high(self, start: int, stop: int) -> NDArray[np.float32]:
        """Return the high band from one frame to another, shape (2, n). Not to be written to."""
        held = self._hold(start, stop)
        return self._high[:, held]

    def _hold(self, start: int, stop: int) -> slice:
        first, last = start // _CHUNK, -(-stop // _CHUNK)
        held = self._low.shape[1] // _CHUNK
        if first < self._first_chunk or first > self._first_chunk + held:  # somewhere else altogether
            self._first_chunk, held = first, 0
            self._low, self._high = self._low[:, :0], self._high[:, :0]
        if last > self._first_chunk + held:
            fresh = [self._chunk(chunk) for chunk in range(self._first_chunk + held, last)]
            drop = min(held, max(0, first - self._keep_chunks - self._first_chunk))
            self._first_chunk += drop
            self._low = np.concatenate([self._low[:, drop * _CHUNK :], *(low for low, _ in fresh)], axis=1)
            self._high = np.concatenate([self._high[:, drop * _CHUNK :], *(high for _, high in fresh)], axis=1)
        offset = self._first_chunk * _CHUNK
        return slice(start - offset, stop - offset)

    def _chunk(self, chunk: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        start = chunk * _CHUNK - _CHUNK // 2
        around = self._source.get(start, start + _SIZE)
        # Left and right ride through one complex FFT: the filter is real, so they do not mix.
        both = np.empty(_SIZE, np.complex64)
        both.real, both.imag = around[:, 0], around[:, 1]
        filtered = np.fft.ifft(np.fft.fft(both) * self._response)
        middle = slice(_CHUNK // 2, _CHUNK // 2 + _CHUNK)
        delayed = filtered[middle.start + self._half : middle.stop + self._half]
        low = np.stack([delayed.real, delayed.imag]).astype(np.float32, copy=False)
        return low, around[middle].T - low


def _low_pass(rate: int) -> NDArray[np.float64]:
    """Return a symmetric low-pass of odd length (Kaiser's design formulas)."""
    half = math.ceil((_STOP_DB - 7.95) / (2.285 * 2 * math.pi * _TRANSITION_HZ / rate) / 2)
    half = min(half, _CHUNK // 2)
    taps = np.sinc(2 * SPLIT_HZ / rate * np.arange(-half, half + 1)) * np.kaiser(
        2 * half + 1, 0.1102 * (_STOP_DB - 8.7)
    )
    return np.asarray(taps / taps.sum())
