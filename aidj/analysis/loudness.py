"""Loudness and true peak after ITU-R BS.1770-4, loudness range after EBU Tech 3342, streamed, with numpy alone.

Conventions: samples are float32, shape (n_frames, n_channels), one or two channels; loudness in LUFS, peaks in dBTP;
levels are one per 100 ms.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aidj.analysis.true_peak import CONTEXT, window_peaks
from aidj.analysis.weighting import TILE, KWeighting

LEVELS_PER_SECOND = 10
"""Levels are kept for every 100 ms."""

_ABSOLUTE_GATE_LUFS = -70.0
_RELATIVE_GATE_LU = -10.0
_RANGE_GATE_LU = -20.0
_RANGE_PERCENTILES = (10, 95)
_OFFSET_DB = -0.691
_SHORT_TERM_LEVELS = 3 * LEVELS_PER_SECOND
_CHUNK_FRAMES = 1 << 16
_MOMENTS = 10
"""Into so many moments each 100 ms is divided, or into as many as its frames can be divided."""
_PEAK_MATTERS = 0.2
"""True peaks are looked for where samples reach within 14 dB of full scale or of the highest yet: 12 dB are promised,
and a true peak can lie 2 dB above its samples."""


class LoudnessMeter:
    """Measures a recording while it streams by, in constant memory but for one level and one peak per 100 ms.

    The sound is measured in chunks of whole windows that are counted from the first frame, so the result does not
    depend on the blocks it comes in.

    Parameters
    ----------
    rate : int
        Frames per second.
    """

    def __init__(self, rate: int) -> None:
        self._window_frames = _window_frames(rate)
        self._chunk = _chunk_frames(rate)
        self._weighting = KWeighting(rate, 2)
        # The frames just measured, a chunk, and the frames after it, as a peak depends on those around it.
        self._lines = np.zeros((2, CONTEXT + self._chunk + CONTEXT), np.float32)
        self._filled = CONTEXT
        self._weighted = np.empty((2, self._chunk), np.float32)
        self._n_frames = 0
        self._highest = 0.0
        self._moments = next(count for count in range(_MOMENTS, 0, -1) if self._window_frames % count == 0)
        self._energies: list[NDArray[np.float64]] = []
        self._powers: list[NDArray[np.float32]] = []
        self._peaks: list[NDArray[np.float32]] = []

    def add(self, samples: NDArray[np.float32]) -> None:
        """Measure the next samples, shape (n, 1) or (n, 2); one channel counts as heard from both speakers."""
        self._n_frames += len(samples)
        at = 0
        while at < len(samples):
            count = min(self._lines.shape[1] - self._filled, len(samples) - at)
            self._lines[:, self._filled : self._filled + count] = samples[at : at + count].T
            self._filled += count
            at += count
            if self._filled == self._lines.shape[1]:
                self._measure()

    def _measure(self) -> None:
        lines = self._lines[:, CONTEXT : CONTEXT + self._chunk]
        self._weighting.weigh(lines, out=self._weighted)
        windows = self._weighted.reshape(2, -1, self._window_frames)
        self._energies.append(_window_energies(windows))
        moments = lines.reshape(2, len(windows[0]), self._moments, -1)
        offsets = moments.mean(axis=(2, 3))
        powers = np.einsum("cwmf,cwmf->cwm", moments, moments) / moments.shape[3] - offsets[:, :, None] ** 2
        self._powers.append(np.maximum(powers.sum(axis=0), 0.0))
        peaks = window_peaks(self._lines, self._window_frames, _PEAK_MATTERS * min(1.0, self._highest))
        self._highest = max(self._highest, float(peaks.max()))
        self._peaks.append(peaks)
        self._lines[:, : 2 * CONTEXT] = self._lines[:, self._chunk :]
        self._filled = 2 * CONTEXT

    def finish(self) -> Loudness:
        """Return what was measured; the meter is used up."""
        n_windows = -(-self._n_frames // self._window_frames)
        while len(self._energies) * self._chunk < self._n_frames:  # the last window ends as if in silence
            self._lines[:, self._filled :] = 0.0
            self._measure()
        nothing = np.zeros(0)
        energies = np.concatenate([nothing, *self._energies])[:n_windows]
        peaks = np.concatenate([nothing, *self._peaks], dtype=np.float32)[:n_windows]
        powers = np.concatenate([np.zeros((0, self._moments), np.float32), *self._powers])[:n_windows]
        return Loudness(energies, peaks, powers)


class Loudness:
    """What a meter has measured."""

    def __init__(self, energies: NDArray[np.float64], peaks: NDArray[np.float32], powers: NDArray[np.float32]) -> None:
        self.energies = energies
        """Mean square of the K-weighted signal over each 100 ms, summed over channels, shape (n,)."""
        self.peaks = peaks
        """Largest true peak of each 100 ms, a linear amplitude, shape (n,): within 0.1 dB of what full four times
        oversampling finds wherever it lies within 12 dB of full scale or of the recording's highest; elsewhere the
        highest sample, as no decision hangs on it."""
        self.powers = powers
        """Mean square of the unweighted signal over moments of 10 ms or a little more, less any offset, summed over
        channels, shape (n, moments per 100 ms): for edges that are finer than 100 ms."""

    @property
    def true_peak_dbtp(self) -> float:
        """The largest true peak of the whole; -inf for silence."""
        return _decibels(float(self.peaks.max(initial=0.0)) ** 2)

    @property
    def peaks_dbtp(self) -> NDArray[np.float32]:
        """True peak of each 100 ms, shape (n,), as exact as `peaks`; -120 stands for digital silence."""
        return np.asarray(20 * np.log10(np.maximum(self.peaks, 1e-6)), dtype=np.float32)

    @property
    def integrated_lufs(self) -> float:
        """Gated loudness of the whole (400 ms blocks every 100 ms, gates at -70 LUFS and -10 LU); -inf for silence."""
        return gated_loudness(self.energies)

    @property
    def loudness_range_lu(self) -> float:
        """How far soft and loud passages lie apart (EBU Tech 3342); 0 for what is shorter than 3 s or silent."""
        return _loudness_range(self.energies)

    @property
    def moments_db(self) -> NDArray[np.float32]:
        """Unweighted level of each moment of about 10 ms, shape (n, moments per 100 ms); -120 for silence."""
        return np.asarray(10 * np.log10(np.maximum(self.powers, 1e-12)), dtype=np.float32)

    @property
    def levels_lufs(self) -> NDArray[np.float32]:
        """Level of each 100 ms, shape (n,); -120 stands for digital silence."""
        return np.asarray(_OFFSET_DB + 10 * np.log10(np.maximum(self.energies, 1e-12)), dtype=np.float32)


def _decibels(power: float) -> float:
    return 10 * float(np.log10(power)) if power > 0 else float("-inf")


def gated_loudness(energies: NDArray[np.float64]) -> float:
    """Return the integrated loudness of K-weighted energies per 100 ms, shape (n,), in LUFS; -inf for silence."""
    return _gated(_gating_blocks(energies))


def _gating_blocks(energies: NDArray[np.float64]) -> NDArray[np.float64]:
    e = energies
    if len(e) >= 4:
        return np.asarray((e[:-3] + e[1:-2] + e[2:-1] + e[3:]) / 4)
    # Shorter than one gating block: measured as one block, which the standard leaves open.
    return np.array([e.mean()]) if len(e) else np.zeros(0)


def _gated(blocks: NDArray[np.float64]) -> float:
    loud = blocks[blocks > _energy(_ABSOLUTE_GATE_LUFS)]
    if len(loud) == 0:
        return float("-inf")
    gated = loud[loud > loud.mean() * 10 ** (_RELATIVE_GATE_LU / 10)]
    return _OFFSET_DB + _decibels(float(gated.mean()))


def _energy(lufs: float | NDArray[np.float64]) -> Any:
    return 10 ** ((lufs - _OFFSET_DB) / 10)


def _energies(levels_lufs: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    return np.asarray(_energy(levels_lufs.astype(np.float64)))


def levels_loudness(levels_lufs: NDArray[np.floating[Any]]) -> float:
    """Return the integrated loudness of levels per 100 ms, shape (n,), in LUFS."""
    return gated_loudness(_energies(levels_lufs))


def album_loudness(tracks: Iterable[NDArray[np.floating[Any]]]) -> float:
    """Return the loudness of an album from each track's levels per 100 ms, in LUFS; -inf for silence.

    The tracks' blocks are gated together, as if they were one recording, so that a quiet interlude of a loud album
    counts no more than a quiet passage of a song. (EBU R 128 s1 measures an album as one programme.)
    """
    blocks = [_gating_blocks(_energies(levels_lufs)) for levels_lufs in tracks]
    return _gated(np.concatenate([np.zeros(0), *blocks]))


def short_term_lufs(levels_lufs: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
    """Return the short-term loudness (EBU Tech 3341): of each 3 s, every 100 ms, shape (max(0, n - 29),).

    Value k is of the 3 s that begin with level k.
    """
    return np.asarray(_OFFSET_DB + 10 * np.log10(_short_term(_energies(levels_lufs))), dtype=np.float32)


def _short_term(energies: NDArray[np.float64]) -> NDArray[np.float64]:
    if len(energies) < _SHORT_TERM_LEVELS:
        return np.zeros(0)
    windows = np.lib.stride_tricks.sliding_window_view(np.maximum(energies, 1e-12), _SHORT_TERM_LEVELS)
    return np.asarray(windows.mean(axis=1))


def _loudness_range(energies: NDArray[np.float64]) -> float:
    loud = _short_term(energies)
    loud = loud[loud > _energy(_ABSOLUTE_GATE_LUFS)]
    if len(loud) == 0:
        return 0.0
    gated = loud[loud > loud.mean() * 10 ** (_RANGE_GATE_LU / 10)]
    soft, strong = np.percentile(10 * np.log10(gated), _RANGE_PERCENTILES)
    return float(strong - soft)


def measure_loudness(samples: NDArray[np.float32], rate: int) -> Loudness:
    """Measure a whole array, shape (n_frames, 1 or 2)."""
    meter = LoudnessMeter(rate)
    for start in range(0, len(samples), 1 << 18):
        meter.add(samples[start : start + (1 << 18)])
    return meter.finish()


def integrated_loudness(samples: NDArray[np.float32], rate: int) -> float:
    """Return the integrated loudness of an array in LUFS, shape (n_frames, 1 or 2); -inf for silence.

    As a meter has it, which measures much more besides.
    """
    n_frames, channels = samples.shape
    weighting, chunk, window_frames = KWeighting(rate, channels), _chunk_frames(rate), _window_frames(rate)
    lines = np.empty((channels, chunk), np.float32)
    weighted = np.empty_like(lines)
    energies = [np.zeros(0)]
    for start in range(0, n_frames, chunk):
        count = min(chunk, n_frames - start)
        lines[:, :count] = samples[start : start + count].T
        lines[:, count:] = 0.0
        weighting.weigh(lines, out=weighted)
        energies.append(_window_energies(weighted.reshape(channels, -1, window_frames)))
    return gated_loudness(np.concatenate(energies)[: -(-n_frames // window_frames)] * (2 / channels))


def _window_frames(rate: int) -> int:
    return max(1, round(rate / LEVELS_PER_SECOND))


def _chunk_frames(rate: int) -> int:
    """Return how many frames are weighted at once: whole windows, and whole tiles of the filter."""
    unit = math.lcm(_window_frames(rate), TILE)
    return unit * max(1, _CHUNK_FRAMES // unit)


def _window_energies(windows: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the mean square of each window, summed over channels; shape (channels, n, frames of a window) to (n,)."""
    squares = np.einsum("cwf,cwf->cw", windows, windows)
    return np.asarray(squares.sum(axis=0, dtype=np.float64) / windows.shape[2])
