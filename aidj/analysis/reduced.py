"""Sound as the musical detectors hear it: middle and side at about half the rate, as it streams by.

What tells beats, keys and voices apart lies below 10 kHz; at 22 050 or 24 000 Hz there is half as much to compute. The
sum of the channels carries the music; their difference tells what stands in the middle, as a singer does.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

HIGHEST_RATE = 24000
_TILE = 32
"""Frames that are made by one multiplication."""
_TAPS_PER_FACTOR = 16


class Reducer:
    """Turns stereo blocks at a file's rate into blocks of middle and side at a lower one.

    Only every `factor`-th frame is kept, after a linear-phase low-pass (Kaiser window, 60 dB); its delay is taken out,
    so frame k of the result stands at frame ``k * factor`` of the file.

    Parameters
    ----------
    rate : int
        Frames per second of the file.
    """

    def __init__(self, rate: int) -> None:
        self.factor = max(1, -(-rate // HIGHEST_RATE))
        self.rate = rate / self.factor
        """Frames per second of the result."""
        self._half = _TAPS_PER_FACTOR * self.factor if self.factor > 1 else 0
        self._pending = _lines(self._half)
        self._pending[:] = 0.0

    def add(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take stereo frames, shape (n, 2), and return what of the result is ready, shape (m, 2): middle, side."""
        middle_side = _lines(len(samples))
        np.add(samples[:, 0], samples[:, 1], out=middle_side[:, 0])
        np.subtract(samples[:, 0], samples[:, 1], out=middle_side[:, 1])
        middle_side *= np.float32(0.5)
        if self.factor == 1:
            return middle_side
        self._pending = np.concatenate([self._pending, middle_side])
        step = _TILE * self.factor
        tiles = (len(self._pending) - 2 * self._half) // step
        if tiles <= 0:
            return np.zeros((0, 2), np.float32)
        reduced = self._filter(tiles)
        self._pending = self._pending[tiles * step :]
        return reduced

    def finish(self) -> NDArray[np.float32]:
        """Return the rest, shape (m, 2); the reducer is used up."""
        left = -(-(len(self._pending) - self._half) // self.factor)
        if self.factor == 1 or left <= 0:
            return np.zeros((0, 2), np.float32)
        step = _TILE * self.factor
        tiles = -(-left // _TILE)
        padding = tiles * step + 2 * self._half - len(self._pending)
        self._pending = np.pad(self._pending, ((0, max(0, padding)), (0, 0)))
        return self._filter(tiles)[:left]

    def _filter(self, tiles: int) -> NDArray[np.float32]:
        step = _TILE * self.factor
        matrix = _low_pass(self.factor)
        reduced = _lines(tiles * _TILE)
        for channel in range(2):
            line = np.ascontiguousarray(self._pending[:, channel])
            windows = np.lib.stride_tricks.sliding_window_view(line, len(matrix))[::step][:tiles]
            reduced[:, channel] = (windows @ matrix).reshape(-1)
        return reduced


def _lines(n: int) -> NDArray[np.float32]:
    """Return room for n frames, shape (n, 2), each channel in one piece of memory: every detector reads a channel."""
    return np.empty((2, n), np.float32).T


@lru_cache(maxsize=4)
def _low_pass(factor: int) -> NDArray[np.float32]:
    """Matrix from a window of the input to a tile of the output, shape (2 * half + TILE * factor, TILE)."""
    half = _TAPS_PER_FACTOR * factor
    at = np.arange(-half, half + 1)
    cutoff = 0.46 / factor  # of the rate: passes to 0.42 / factor, stops what would fold back below that
    taps = 2 * cutoff * np.sinc(2 * cutoff * at) * np.kaiser(len(at), 5.65)
    taps /= taps.sum()
    matrix = np.zeros((2 * half + _TILE * factor, _TILE))
    for frame in range(_TILE):
        start = frame * factor
        stop = min(start + len(taps), len(matrix))
        matrix[start:stop, frame] = taps[: stop - start]
    return matrix.astype(np.float32)
