"""A look-ahead true-peak limiter that leaves ordinary material alone, bit for bit.

The gain needed is worked out for tiles of 16 frames: the ceiling over the tile's true peak. The lowest need within the
look-ahead is held, recovers slowly, and is smoothed over the look-ahead; so the gain arrives before the peak does and
never jumps. Tiles are counted from the first frame of the session, so the result does not depend on the blocks.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from aidj.analysis import true_peaks
from aidj.timeline import PEAK_CEILING_DBTP

CEILING_DBTP = PEAK_CEILING_DBTP
LOOK_AHEAD_S = 0.005
RELEASE_S = 0.08

_TILE = 16
_PEAK_TAPS = 32
"""Frames on either side that the true peak of a tile may depend on, a multiple of the tile."""
_SAFETY_DB = 0.15
"""Eight times oversampling can miss so much of a peak; smoothing between tiles adds a little."""
_FAR_BELOW = 0.35
"""No true peak lies 9 dB above the samples around it: what is so far below the ceiling needs no closer look."""
_LOOK_AGAIN = 0.8
"""Above this share of the ceiling, four times oversampling, which is quicker, is not trusted: it can miss 1 dB."""


class Limiter:
    """Keeps the true peak of a stream below a ceiling.

    Parameters
    ----------
    rate : int
        Frames per second.
    ceiling_dbtp : float
        The true peak not to be passed, dBTP.
    """

    def __init__(self, rate: int, ceiling_dbtp: float = CEILING_DBTP) -> None:
        self._ceiling = 10 ** ((ceiling_dbtp - _SAFETY_DB) / 20)
        self._ahead = max(2, round(rate * LOOK_AHEAD_S / _TILE))
        self._recover = 1 - math.exp(-_TILE / (rate * RELEASE_S))
        self._held = 1.0
        self._previous = 1.0
        self._first = True
        self._smoothing = np.hanning(self._ahead + 2)[1:-1]
        self._smoothing /= self._smoothing.sum()

    def run(self, blocks: Iterable[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
        """Yield the same number of frames, limited; blocks are float32, shape (n, 2)."""
        # Frames whose gain is not known yet stay in `pending`; `before` are the frames just passed on, which the true
        # peak of the first pending tile depends on.
        latency = (self._ahead + 1) * _TILE + _PEAK_TAPS
        pending = np.zeros((0, 2), np.float32)
        before = np.zeros((_PEAK_TAPS, 2), np.float32)
        needs = np.ones(self._ahead - 1)
        for block in blocks:
            pending = np.concatenate([pending, block])
            ready = (len(pending) - latency) // _TILE * _TILE
            if ready > 0:
                out, needs = self._limit(before, pending, ready, needs)
                before = np.concatenate([before, pending[:ready]])[-_PEAK_TAPS:]
                pending = pending[ready:]
                yield out
        if len(pending):
            padding = np.zeros((latency + _TILE, 2), np.float32)
            ready = -(-len(pending) // _TILE) * _TILE
            out, _ = self._limit(before, np.concatenate([pending, padding]), ready, needs)
            yield out[: len(pending)]

    def _limit(
        self,
        before: NDArray[np.float32],
        pending: NDArray[np.float32],
        ready: int,
        held_needs: NDArray[np.float64],
    ) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """Limit the first `ready` frames; `held_needs` are the held gains of the tiles before them."""
        tiles = ready // _TILE
        seen = tiles + self._ahead
        peaks = self._peaks(before, pending, seen)
        idle = held_needs.min() == 1.0 and self._held == 1.0 and self._previous > 1.0 - 1e-9
        if idle and peaks.max() <= self._ceiling:
            self._first, self._previous = False, 1.0
            return pending[:ready].copy(), held_needs
        need = np.minimum(1.0, self._ceiling / np.maximum(peaks, 1e-9))
        # The lowest need from here to the end of the look-ahead, then a slow recovery.
        lowest = np.lib.stride_tricks.sliding_window_view(need, self._ahead + 1).min(axis=1)[:tiles]
        held = np.empty(tiles)
        value = self._held
        for index, floor in enumerate(lowest.tolist()):
            value = min(floor, value + (1.0 - value) * self._recover)
            if value > 0.99999:
                value = 1.0
            held[index] = value
        self._held = value
        if self._first:  # nothing came before: a loud beginning is held from its first frame on
            held_needs = np.full_like(held_needs, held[0])
            self._previous = float(held[0])
        self._first = False
        line = np.concatenate([held_needs, held])
        smooth = np.convolve(line, self._smoothing, mode="valid")
        # One gain per tile boundary, straight lines between them.
        edges = np.concatenate([[self._previous], smooth])
        self._previous = float(smooth[-1])
        steps = np.arange(1, _TILE + 1) / _TILE
        gains = (edges[:-1, None] + (edges[1:] - edges[:-1])[:, None] * steps).reshape(-1)
        limited = pending[:ready] * gains[:, None].astype(np.float32)
        return limited, line[-(self._ahead - 1) :]

    def _peaks(self, before: NDArray[np.float32], pending: NDArray[np.float32], tiles: int) -> NDArray[np.float32]:
        frames = tiles * _TILE
        stretch = np.concatenate([before, pending[: frames + _PEAK_TAPS]])
        skip = _PEAK_TAPS // _TILE
        peaks = true_peaks(stretch, skip_below=_FAR_BELOW * self._ceiling, look_again_above=_LOOK_AGAIN * self._ceiling)
        return peaks[skip : skip + tiles]
