"""A look-ahead true-peak limiter that leaves ordinary material alone, bit for bit.

The gain needed is worked out for tiles of 16 frames: the ceiling over the tile's true peak. The lowest need within the
look-ahead is held, recovers slowly, and is smoothed over the look-ahead; so the gain arrives before the peak does and
never jumps. Chunks and tiles are counted from the first frame of the session, so the blocks do not matter.
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

CHUNK_FRAMES = 16384
_TILE = 16
_CONTEXT = 48
"""Frames on either side of a tile that tell its true peak, a multiple of the tile."""
_STRETCH = 512
"""So many frames are looked at together, counted from the first frame of the session."""
_SAFETY_DB = 0.15
"""Eight times oversampling can miss so much of a peak; smoothing between tiles adds a little."""
_FAR_BELOW = 0.5
"""No true peak lies 6 dB above the samples around it: what is so far below the ceiling needs no closer look."""
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
    chunk_frames : int
        So many frames are limited together, a multiple of 512: long chunks go faster, short ones are there sooner. The
        samples are the same.
    """

    def __init__(self, rate: int, ceiling_dbtp: float = CEILING_DBTP, *, chunk_frames: int = CHUNK_FRAMES) -> None:
        if chunk_frames < _STRETCH or chunk_frames % _STRETCH:
            raise ValueError(f"a chunk has a multiple of {_STRETCH} frames")
        self._ceiling = 10 ** ((ceiling_dbtp - _SAFETY_DB) / 20)
        self._ahead = max(2, round(rate * LOOK_AHEAD_S / _TILE))
        self._recover = 1 - math.exp(-_TILE / (rate * RELEASE_S))
        self._held = 1.0
        self._previous = 1.0
        self._first = True
        self._smoothing = np.hanning(self._ahead + 2)[1:-1]
        self._smoothing /= self._smoothing.sum()
        self._chunk = chunk_frames
        # A line is the context that the peaks of its first tile depend on, a chunk, and what has to be known ahead.
        n_ahead = -(-self._ahead * _TILE // _STRETCH) * _STRETCH
        self._n_line = _CONTEXT + chunk_frames + n_ahead + _CONTEXT
        self._needs = np.ones(self._ahead - 1)
        """The held gains of the tiles before the line."""
        self._parts: list[NDArray[np.float32]] = [np.zeros((_CONTEXT, 2), np.float32)]
        """The beginning of the line."""
        self._n_parts = _CONTEXT

    @property
    def missing_frames(self) -> int:
        """How many frames have to be put in before the next chunk comes out."""
        return self._n_line - self._n_parts

    @property
    def held_frames(self) -> int:
        """How many frames were put in that have not come out."""
        return self._n_parts - _CONTEXT

    def run(self, blocks: Iterable[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
        """Yield the same number of frames, limited; blocks are float32, shape (n, 2)."""
        for block in blocks:
            yield from self.put(block)
        line = np.concatenate(self._parts)
        while len(line) > _CONTEXT:
            padded = np.zeros((self._n_line, 2), np.float32)
            padded[: len(line)] = line[: self._n_line]
            yield self._limit(padded)[: len(line) - _CONTEXT]
            line = line[self._chunk :]

    def put(self, block: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
        """Take the next frames and yield the chunks that are known by them."""
        self._parts.append(block)
        self._n_parts += len(block)
        if self._n_parts < self._n_line:
            return
        line = np.concatenate(self._parts)
        while len(line) >= self._n_line:
            out = self._limit(line[: self._n_line])
            line = line[self._chunk :]
            self._parts, self._n_parts = [line], len(line)
            yield out

    def _limit(self, line: NDArray[np.float32]) -> NDArray[np.float32]:
        """Limit the chunk in a line."""
        chunk = line[_CONTEXT : _CONTEXT + self._chunk]
        tiles = self._chunk // _TILE
        peaks = self._peaks(line)
        idle = self._needs.min() == 1.0 and self._held == 1.0 and self._previous == 1.0
        if idle and (peaks is None or peaks.max() <= self._ceiling):
            self._first = False
            return chunk
        need = np.ones(tiles + self._ahead)
        if peaks is not None:
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
            self._needs = np.full_like(self._needs, held[0])
            self._previous = float(held[0])
        self._first = False
        joined = np.concatenate([self._needs, held])
        self._needs = joined[-(self._ahead - 1) :]
        smooth = np.convolve(joined, self._smoothing, mode="valid")
        smooth[smooth > 1.0 - 1e-9] = 1.0  # no rounding where nothing is done
        # One gain per tile boundary, straight lines between them.
        edges = np.concatenate([[self._previous], smooth])
        self._previous = float(smooth[-1])
        steps = np.arange(1, _TILE + 1) / _TILE
        gains = (edges[:-1, None] + (edges[1:] - edges[:-1])[:, None] * steps).reshape(-1)
        return np.asarray(chunk * gains[:, None].astype(np.float32), dtype=np.float32)

    def _peaks(self, line: NDArray[np.float32]) -> NDArray[np.float32] | None:
        """Return the true peak of each tile of the chunk and of what lies ahead, 0 where it is far below the ceiling.

        None if it is so everywhere.
        """
        far_below = _FAR_BELOW * self._ceiling
        if line.max() < far_below and line.min() > -far_below:
            return None
        # Stretches of some tiles: those with a loud sample in them, or in the tile before or after, are looked at
        # together, each with the frames around it that its first and last tile depend on.
        n_stretches = len(line) // _STRETCH
        loud = np.abs(line) >= far_below
        own, before, after = (
            loud[_CONTEXT + shift :][: n_stretches * _STRETCH].reshape(n_stretches, -1) for shift in (0, -_TILE, _TILE)
        )
        wanted = own.any(axis=1) | before[:, : 2 * _TILE].any(axis=1) | after[:, -2 * _TILE :].any(axis=1)
        windows = np.lib.stride_tricks.sliding_window_view(line, _STRETCH + 2 * _CONTEXT, axis=0)[::_STRETCH][wanted]
        peaks = np.zeros((n_stretches, _STRETCH // _TILE), np.float32)
        if not len(windows):  # what is loud is only context of another chunk
            return peaks.reshape(-1)[: self._chunk // _TILE + self._ahead]
        found = true_peaks(
            np.ascontiguousarray(windows.transpose(0, 2, 1)).reshape(-1, 2),
            skip_below=far_below,
            look_again_above=_LOOK_AGAIN * self._ceiling,
        )
        skip = _CONTEXT // _TILE
        peaks[wanted] = found.reshape(len(windows), -1)[:, skip:-skip]
        return peaks.reshape(-1)[: self._chunk // _TILE + self._ahead]
