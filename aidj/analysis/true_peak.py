"""True peaks: how high the sound goes between its samples (ITU-R BS.1770-4, annex 2).

Conventions: peaks are linear amplitudes; oversampling is a windowed sinc, worked out for tiles of 16 frames at a time
as a product of matrices.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

CONTEXT = 32
"""Frames on either side that a true peak may depend on, a multiple of the tile."""
TILE = 16
_OVERSAMPLING = 4
_TAPS = 24
_FINE_OVERSAMPLING = 8
_FINE_TAPS = 64
_SIDE_BY_SIDE = 32
_NEAR_THE_TOP = 0.7
"""Only around samples within 3 dB of the highest of their window, a higher true peak is looked for."""


@lru_cache(maxsize=2)
def _interpolator(oversampling: int, taps: int) -> NDArray[np.float32]:
    """Matrix from a tile of input to the frames between its own, shape ((oversampling - 1) * TILE, TILE + taps)."""
    offsets = np.arange(taps) - (taps // 2 - 1)
    matrix = np.zeros((TILE + taps, (oversampling - 1) * TILE))
    for column in range(oversampling - 1):
        distance = offsets - (column + 1) / oversampling
        weights = np.sinc(distance) * np.cos(np.pi * distance / taps) ** 2
        weights /= weights.sum()
        for frame in range(TILE):
            matrix[frame : frame + taps, column * TILE + frame] = weights
    return np.ascontiguousarray(matrix.T, np.float32)


def true_peaks(
    samples: NDArray[np.float32], *, skip_below: float = 0.0, look_again_above: float | None = None
) -> NDArray[np.float32]:
    """Return the largest true peak of each tile of 16 frames over all channels, as a linear amplitude.

    Four times oversampled windowed sinc (24 taps), as BS.1770-4 annex 2 asks; shape (ceil(n / 16),). That can miss a
    decibel of what lies near half the sample rate: tiles with a peak above `look_again_above` are measured once more,
    eight times oversampled with 64 taps. Tiles whose own and neighbouring samples all lie below `skip_below` are not
    oversampled: for who only asks what is above a level.
    """
    n_frames, channels = samples.shape
    if n_frames == 0:
        return np.zeros(0, np.float32)
    tiles = -(-n_frames // TILE)
    padded = np.zeros((CONTEXT + tiles * TILE + CONTEXT + 1, channels), np.float32)
    padded[CONTEXT : CONTEXT + n_frames] = samples
    peaks: NDArray[np.float32] = np.abs(padded[CONTEXT : CONTEXT + tiles * TILE]).reshape(tiles, -1).max(axis=1)
    lines = [np.ascontiguousarray(padded[:, channel]) for channel in range(channels)]
    around = np.pad(peaks, 1)
    asked = np.flatnonzero(np.maximum(np.maximum(around[:-2], around[2:]), peaks) >= skip_below)
    for line in lines:
        peaks[asked] = np.maximum(peaks[asked], _between(line, asked, _OVERSAMPLING, _TAPS))
    if look_again_above is not None and len(again := np.flatnonzero(peaks > look_again_above)):
        for line in lines:
            peaks[again] = np.maximum(peaks[again], _between(line, again, _FINE_OVERSAMPLING, _FINE_TAPS))
    return peaks


def window_peaks(lines: NDArray[np.float32], window_frames: int, skip_below: float) -> NDArray[np.float32]:
    """Return the largest true peak of each window over all channels, shape (windows,).

    Four times oversampled like `true_peaks`, but only around samples within 3 dB of the window's highest: what lies
    between lower ones would have to overshoot its neighbours by more than 3 dB to matter, which neither music nor
    noise does where it is not at the top anyway. A window whose samples all lie below `skip_below` is
    given its sample peak, which can be 3 dB low, more for what lies near half the sample rate.

    Parameters
    ----------
    lines : ndarray
        The windows one after the other, `CONTEXT` frames before them and as many after, shape (channels, frames); the
        windows together must be whole tiles.
    """
    channels = len(lines)
    magnitudes = np.abs(lines[:, CONTEXT : lines.shape[1] - CONTEXT])
    by_window = magnitudes.reshape(channels, -1, window_frames)
    highest = by_window.max(axis=2)
    peaks = np.asarray(highest.max(axis=0))
    limits = np.where(peaks >= max(skip_below, 1e-9), _NEAR_THE_TOP * peaks, np.inf).astype(np.float32)
    if not np.isfinite(limits).any():
        return peaks
    near_the_top = (by_window >= limits[:, None]).reshape(channels, -1, TILE)
    for line, near in zip(lines, near_the_top, strict=True):
        # Eight flags make one number. The frames between a tile's last and the next one's first belong to the tile.
        flags = near.view(np.uint64)
        wanted = (flags[:, 0] | flags[:, 1]) != 0
        wanted[:-1] |= near[1:, 0]
        asked = np.flatnonzero(wanted)
        np.maximum.at(peaks, asked * TILE // window_frames, _between(line, asked, _OVERSAMPLING, _TAPS))
    return peaks


def _between(line: NDArray[np.float32], tiles: NDArray[np.intp], oversampling: int, taps: int) -> NDArray[np.float32]:
    """Return the largest magnitude between the frames of these tiles of one padded channel, shape (len(tiles),)."""
    first = CONTEXT - (taps // 2 - 1)
    # Always so many tiles at a time: products of other shapes are rounded otherwise, and a tile's peak must not depend
    # on how many others are asked for.
    filled = np.zeros(-(-len(tiles) // _SIDE_BY_SIDE) * _SIDE_BY_SIDE, np.intp)
    filled[: len(tiles)] = tiles
    windows = np.lib.stride_tricks.sliding_window_view(line[first:], TILE + taps)[::TILE][filled]
    windows = windows.reshape(-1, _SIDE_BY_SIDE, TILE + taps).transpose(0, 2, 1)
    between = _interpolator(oversampling, taps) @ windows  # tiles side by side: their maxima go much faster
    return np.asarray(np.abs(between, out=between).max(axis=1), dtype=np.float32).reshape(-1)[: len(tiles)]
