"""Where exactly the pulse lies through a whole recording, and how steady it is.

The onset strength is multiplied with sinusoids at the beat's rate and its multiples and summed over half seconds: what
is left of each is a slow phasor whose angle says how far the music is ahead of an even grid there. Over a recording
made to a click all phasors of one multiple point the same way, so that their sum gives the tempo to a hundredth of a
beat per minute (the longer the recording, the sharper); where a band breathes they turn slowly, and where there is no
pulse they turn at random.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aidj.analysis.rhythm.onsets import Onsets

MULTIPLES = (1, 2, 3, 4)
"""Of the beat's rate: beats, halves, triplets, quarters."""

_BIN_S = 0.5
_SMOOTHING_S = 9.0
_SEARCH = 0.02
"""How far the tempo may lie from the first estimate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """An even pulse fitted to a recording."""

    period_frames: float
    """Level frames from beat to beat."""
    at_frames: NDArray[np.float64]
    """Where the phasors stand, shape (n,)."""
    phasors: NDArray[np.complex128]
    """Smoothed over 9 s, turned so that an even pulse stands still, one row for each multiple; shape (4, n)."""
    sums: NDArray[np.complex128]
    """Of the phasors over the recording, shape (4,)."""
    noise: float
    """Mean square of a phasor where nothing recurs."""

    @property
    def strength(self) -> float:
        """Power that returns at the beat and its halves and quarters."""
        power = np.abs(self.sums / max(1, len(self.at_frames))) ** 2
        return float(power[0] + power[1] + power[3])


def fit_grid(onsets: Onsets, period_frames: float) -> Grid:
    """Fit an even pulse near a period to a recording."""
    at_frames, bins = _demodulate(onsets, period_frames)
    detune = _best_detuning(at_frames, bins, period_frames)
    turned = bins * np.exp(-2j * np.pi * np.outer(MULTIPLES, detune * at_frames))
    fitted = period_frames / (1 + detune * period_frames)
    window = np.hanning(min(round(_SMOOTHING_S / _BIN_S), len(at_frames)) + 2)[1:-1]
    window /= window.sum()
    smooth = np.array([np.convolve(row, window, "same") for row in turned])
    frames_per_bin = _BIN_S * onsets.frames_per_s
    noise = float(np.var(onsets.all)) * frames_per_bin * float(np.sum(np.square(window)))
    return Grid(period_frames=fitted, at_frames=at_frames, phasors=smooth, sums=smooth.sum(axis=1), noise=noise)


def _demodulate(onsets: Onsets, period_frames: float) -> tuple[NDArray[np.float64], NDArray[np.complex128]]:
    size = max(1, round(_BIN_S * onsets.frames_per_s))
    n_bins = -(-len(onsets.all) // size)
    strength = np.zeros(n_bins * size, np.float32)
    strength[: len(onsets.all)] = onsets.all - onsets.all.mean()
    inside = np.arange(size)
    starts = size * np.arange(n_bins, dtype=np.float64)
    bins = np.empty((len(MULTIPLES), n_bins), np.complex128)
    for row, multiple in enumerate(MULTIPLES):
        turn = -2j * np.pi * multiple / period_frames
        bins[row] = (strength.reshape(n_bins, size) @ np.exp(turn * inside)) * np.exp(turn * starts)
    return starts + (size - 1) / 2, bins


def _best_detuning(at_frames: NDArray[np.float64], bins: NDArray[np.complex128], period_frames: float) -> float:
    """Return by how many beats per frame the pulse is faster than 1 / period."""
    n_bins = len(at_frames)
    size = 1 << int(np.ceil(np.log2(16 * n_bins)))
    spectrum = np.abs(np.fft.fft(bins, size, axis=1)) ** 2
    hop = at_frames[1] - at_frames[0] if n_bins > 1 else 1.0
    # Bin j of the transform is j / (size * hop) cycles per frame; multiple k turns k times as fast as the beat.
    step = 1.0 / (size * hop * MULTIPLES[-1])
    reach = int(_SEARCH / period_frames / step)
    tried = np.arange(-reach, reach + 1)
    total = np.zeros(len(tried))
    for row, multiple in enumerate(MULTIPLES):
        position = tried * multiple / MULTIPLES[-1]
        low = np.floor(position).astype(np.int64)
        part = position - low
        total += (1 - part) * spectrum[row, low % size] + part * spectrum[row, (low + 1) % size]
    best = int(np.argmax(total))
    shift = 0.0
    if 0 < best < len(total) - 1:
        left, middle, right = total[best - 1 : best + 2]
        shift = 0.5 * (left - right) / min(left - 2 * middle + right, -1e-12)
    return float((tried[best] + shift) * step)
