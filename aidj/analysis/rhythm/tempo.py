"""How fast the beat goes, to within a few percent, at the octave at which people tap.

Periodicities are peaks of a comb laid on the autocorrelation of the onset strength; which of them is the beat is
settled by what a beat is like: near two beats a second, two or so onsets to a beat, and drums that alternate within a
bar rather than from beat to beat.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aidj.analysis.rhythm.onsets import Onsets

SLOWEST_BPM, FASTEST_BPM = 50.0, 216.0

_WINDOW_S = 16.0
_STEPS_PER_OCTAVE = 96
_COMBS = (((1, 2, 4, 8), 0.0), ((1, 2, 3, 6), 0.03), ((1, 2, 5, 10), 0.05))
_TAPPED_BPM = 105.0
"""What people tap is nearer to this than its half and its double are."""
_ONSETS_PER_BEAT = 1.75
_STRONG_ONSET = 1.5
_APART_FRAMES = 4
_WEAKEST_SHARE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """A periodicity that may be the beat."""

    period_frames: float
    """Level frames from beat to beat."""
    clarity: float
    """How much of the onsets returns with it, up to 1."""
    score: float
    """How well it would do as the beat, by itself."""
    drums: tuple[float, ...]
    """How far the snare drum returns after one period and after two, and kick and bass likewise; shape (4,)."""


def find_pulses(onsets: Onsets) -> list[Pulse]:
    """Return the periodicities of a recording that may be its beat, the likeliest first; none in silence."""
    fps = onsets.frames_per_s
    low, snare = autocorrelation(onsets.low, fps), autocorrelation(onsets.snare, fps)
    everything = np.mean([autocorrelation(onsets.all, fps), low, autocorrelation(onsets.high, fps)], axis=0)
    # Kick and bass against snare and cymbals: what alternates within a bar.
    drums = autocorrelation(_smooth(onsets.low) - _smooth(onsets.high), fps)
    octaves = np.log2(FASTEST_BPM / SLOWEST_BPM)
    bpm = SLOWEST_BPM * 2 ** np.linspace(0, octaves, round(octaves * _STEPS_PER_OCTAVE))
    periods = 60.0 * fps / bpm
    # A beat returns with its bars: after 4 and 8 of it, or else 3 and 6, or 5 and 10.
    combs = [_comb(everything, periods, multiples) - handicap for multiples, handicap in _COMBS]
    comb = np.max(combs, axis=0)
    peaks = 1 + np.flatnonzero((comb[1:-1] > comb[:-2]) & (comb[1:-1] >= comb[2:]))
    if not len(peaks) or comb[peaks].max() <= 0.0:
        return []
    peaks = peaks[comb[peaks] >= _WEAKEST_SHARE * comb[peaks].max()]
    drums_at = {k: _at(drums, k * periods) for k in (1, 2, 3, 4, 5)}
    alternate = np.maximum(drums_at[3], drums_at[4]) - np.maximum(drums_at[1], 0)
    alternate += 0.5 * (drums_at[2] - drums_at[1])
    # Only where the beats themselves return: three quarters of a beat alternates with anything.
    alternate = np.clip(alternate, 0.0, 0.5) * np.clip(_at(everything, periods) / comb[peaks].max(), 0.0, 1.0)
    per_beat = _onsets_per_s(onsets) * 60.0 / bpm
    score = (
        0.6 * comb / comb[peaks].max()
        + 0.7 * alternate
        - 0.3 * np.log2(bpm / _TAPPED_BPM) ** 2
        - 0.2 * np.log2(np.maximum(per_beat, 0.1) / _ONSETS_PER_BEAT) ** 2
    )
    after = np.stack([_at(part, k * periods) for part in (snare, low) for k in (1, 2)], axis=1)
    pulses = [
        Pulse(period_frames=period, clarity=clarity, score=value, drums=tuple(drums))
        for period, clarity, value, drums in zip(
            periods[peaks].tolist(), comb[peaks].tolist(), score[peaks].tolist(), after[peaks].tolist(), strict=True
        )
    ]
    return sorted(pulses, key=lambda pulse: -pulse.score)


def autocorrelation(strength: NDArray[np.float32], frames_per_s: float) -> NDArray[np.float64]:
    """Return the autocorrelation over windows of 16 s, averaged by their energy; 1 at lag 0; lags to 12 s."""
    size = round(_WINDOW_S * frames_per_s)
    padded = np.pad(strength, (0, max(0, size - len(strength))))
    windows = np.lib.stride_tricks.sliding_window_view(padded, size)[:: size // 2]
    total = np.zeros(size)
    for first in range(0, len(windows), 32):  # an hour at once would need a hundred megabytes
        part = windows[first : first + 32]
        spectrum = np.fft.rfft(part - part.mean(axis=1, keepdims=True), 2 * size, axis=1)
        power = np.square(spectrum.real) + np.square(spectrum.imag)
        total += np.fft.irfft(power.sum(axis=0, dtype=np.float64))[:size]
    total /= np.arange(size, 0, -1) / size
    return np.asarray(total[: size * 3 // 4] / max(total[0], 1e-9), dtype=np.float64)


def _comb(values: NDArray[np.float64], lags: NDArray[np.float64], multiples: tuple[int, ...]) -> NDArray[np.float64]:
    return np.asarray(np.mean([_at(values, k * lags) for k in multiples], axis=0), dtype=np.float64)


def _smooth(strength: NDArray[np.float32]) -> NDArray[np.float32]:
    smooth = np.convolve(strength, np.hanning(7).astype(np.float32), "same")
    return np.asarray(smooth / (np.sqrt(np.mean(np.square(smooth))) + 1e-9), dtype=np.float32)


def _at(values: NDArray[np.float64], lags: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.interp(lags, np.arange(len(values)), values)


def _onsets_per_s(onsets: Onsets) -> float:
    # The strings of one strum are one onset: only what is the strongest for some 50 ms counts.
    padded = np.pad(onsets.all, _APART_FRAMES)
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * _APART_FRAMES + 1)
    peaks = (onsets.all > _STRONG_ONSET) & (onsets.all >= around.max(axis=1))
    return float(peaks.sum()) * onsets.frames_per_s / max(1, len(onsets.all))
