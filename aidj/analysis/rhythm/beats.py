"""The beats themselves: where in each period they lie, and from which to which moment there are any."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aidj.analysis.rhythm.onsets import Onsets
from aidj.analysis.rhythm.timing import Timing

_BINS = 96
"""Parts of a period."""
_WIDTH_S = 0.012
_AUDIBLE = 0.05
_LATE_FRAMES = 0.42
"""How much later than an onset its rise is seen: between that of clicks (0.3) and that of composed drums (0.55)."""


def place_beats(onsets: Onsets, timing: Timing) -> NDArray[np.float64]:
    """Return the time of each beat, in seconds, ascending; empty where nothing sounds."""
    fps = onsets.frames_per_s
    heard = np.flatnonzero(onsets.all * onsets.gain > _AUDIBLE * max(1e-9, float(np.max(onsets.all * onsets.gain))))
    if not len(heard):
        return np.zeros(0)
    period = timing.period_frames
    phase = _beat_phase(onsets, timing)
    ends = timing.straighten(np.array([heard[0] - 0.3 * period, heard[-1] + 0.3 * period]))
    first, last = np.ceil(ends[0] / period - phase), np.floor(ends[1] / period - phase)
    frames = timing.bend((np.arange(first, last + 1) + phase) * period) - _LATE_FRAMES
    beats_s = frames / fps
    return np.asarray(beats_s[(beats_s >= 0.0) & (beats_s <= len(onsets.all) / fps)], dtype=np.float64)


def _beat_phase(onsets: Onsets, timing: Timing) -> float:
    """Return where in a period the beat lies, 0 to 1: where most begins, above all kick and snare."""
    positions = timing.straighten(np.arange(len(onsets.all), dtype=np.float64)) / timing.period_frames
    bins = (np.floor(positions * _BINS)).astype(np.int64) % _BINS
    counts = np.maximum(np.bincount(bins, minlength=_BINS), 1)
    everything = np.bincount(bins, onsets.all, _BINS) / counts
    low = np.bincount(bins, onsets.low, _BINS) / counts
    bin_s = timing.period_frames / onsets.frames_per_s / _BINS
    kernel = _bump(_WIDTH_S / bin_s)
    snare = np.bincount(bins, onsets.snare, _BINS) / counts
    weight = _around(low + snare + 0.5 * everything, kernel)
    best = int(np.argmax(weight))
    # The moment within the peak: its centre of gravity in the sum of all bands, 25 ms to either side.
    reach = max(1, round(0.025 / bin_s))
    offsets = np.arange(-reach, reach + 1)
    sharp = np.bincount(bins, onsets.power, _BINS) / counts
    near = sharp[(best + offsets) % _BINS]
    near = np.maximum(near - near.min(), 0) ** 2
    shift = float(np.sum(near * offsets) / max(float(np.sum(near)), 1e-9))
    return float((best + 0.5 + shift) / _BINS) % 1.0


def _bump(width_bins: float) -> NDArray[np.float64]:
    reach = max(1, int(np.ceil(2 * width_bins)))
    return np.asarray(np.exp(-0.5 * (np.arange(-reach, reach + 1) / width_bins) ** 2), dtype=np.float64)


def _around(values: NDArray[np.float64], kernel: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a circular convolution."""
    reach = len(kernel) // 2
    wrapped = np.concatenate([values[-reach:], values, values[:reach]])
    return np.convolve(wrapped, kernel, "valid")
