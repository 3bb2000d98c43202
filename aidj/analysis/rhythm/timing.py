"""From a fitted grid to the time of any beat, and to how far it can be trusted.

Where the phasors of a recording agree to within a few milliseconds it was made to a click: its beats are exactly even.
Where they turn slowly a band plays a little unevenly, and the beats follow it. Anything else is no grid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aidj.analysis.rhythm.grid import MULTIPLES, Grid
from aidj.analysis.rhythm.onsets import Onsets

_EVEN_S = 0.005
"""Phasors that stray less than this stand still: what is left is the noise of changing patterns."""
_NEAR_S, _NEAR_SHARE = 0.015, 0.6
"""Music of which so much lies so near an even pulse is even as well, if its multiples do not stray together."""
_TOGETHER = 0.6
"""How far two multiples may differ, against what they stray, for the straying to be the band's."""
_FREE_SLOPE, _WORST_SLOPE = 0.003, 0.010
"""Of tempo against the mean: up to the first a band counts as steady, from the second on as not steady at all."""
_PRESENT = 0.4
_BESIDE_S = 8.0
_SLOPE_S = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """An even pulse bent to a recording."""

    period_frames: float
    at_frames: NDArray[np.float64]
    delays_frames: NDArray[np.float64]
    """How far the music is behind the even pulse at `at_frames`, shape (n,); zeros for music made to a click."""
    strays_s: float
    """Standard deviation of the music against an even pulse."""
    even: bool
    """Whether it was made to a click."""
    confidence: float
    """How sure it is that the music lies on this grid, 0 to 1."""

    def straighten(self, frames: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where frames would be if the pulse were even."""
        return np.asarray(frames - np.interp(frames, self.at_frames, self.delays_frames), dtype=np.float64)

    def bend(self, frames: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where moments of the even pulse are heard: the inverse of `straighten`."""
        return np.asarray(
            np.interp(frames, self.straighten(self.at_frames), self.at_frames) if not self.even else frames
        )


def follow(grid: Grid, onsets: Onsets) -> Timing:
    """Bend a fitted grid to the recording, or find that it needs no bending."""
    fps = onsets.frames_per_s
    size = max(1, len(grid.at_frames))
    loud = _means(np.minimum(onsets.gain, 1.0), grid.at_frames)
    first, second = np.argsort(-np.abs(grid.sums))[:2]
    amplitude = float(np.abs(grid.phasors[first]).mean())
    weights = loud * np.abs(grid.phasors[first])
    delays_s = _delays(grid, int(first)) / fps
    others_s = _delays(grid, int(second)) / fps
    strays_s = _rms(delays_s, weights)
    near = float(np.sum(weights * (np.abs(delays_s) < _NEAR_S)) / max(float(np.sum(weights)), 1e-9))
    # A band that hurries takes all its notes along; a pattern that changes moves one multiple and not the other.
    together = _rms(delays_s - others_s, weights) < _TOGETHER * strays_s
    even = strays_s <= _EVEN_S or (near >= _NEAR_SHARE and not together)
    if even:
        delays = np.zeros(size)
        steadiness = 1.0 if strays_s <= _EVEN_S else _ramp(near, 0.5, 0.8)
        returning = float(np.abs(grid.sums[first])) / size
        turned = grid.phasors[first] * np.exp(-1j * np.angle(grid.sums[first]))
        covered = turned.real > _PRESENT * amplitude
        # A clear pulse that lies beside the grid for long is another tempo.
        beside = (np.abs(turned) > _PRESENT * amplitude) & (turned.real < 0.5 * np.abs(turned)) & (loud > 0.2)
        steadiness *= 1.0 - _ramp(_longest_s(beside, grid.at_frames, fps), _BESIDE_S, 2 * _BESIDE_S)
    else:
        covered = np.abs(grid.phasors[first]) > _PRESENT * amplitude
        delays = _unwrapped(grid, int(first), np.flatnonzero(covered))
        slope = _steepest(delays, grid.at_frames, weights, fps)
        steadiness = 1.0 - _ramp(slope, _FREE_SLOPE, _WORST_SLOPE)
        returning = amplitude
    coverage = float(np.sum(loud * covered)) / max(float(np.sum(loud)), 1e-9)
    pulse = returning**2 / max(grid.noise, 1e-12)
    lasts_s = float(np.sum(loud > 0.2)) * (grid.at_frames[1] - grid.at_frames[0] if size > 1 else 0.0) / fps
    confidence = steadiness * _ramp(coverage, 0.5, 0.8) * _ramp(pulse, 1.2, 3.0) * _ramp(lasts_s, 10.0, 30.0)
    confidence *= _ramp(onsets.rise_db, 0.8, 1.0)
    return Timing(
        period_frames=grid.period_frames,
        at_frames=grid.at_frames,
        delays_frames=delays,
        strays_s=strays_s,
        even=even,
        confidence=confidence,
    )


def _longest_s(flags: NDArray[np.bool_], at_frames: NDArray[np.float64], frames_per_s: float) -> float:
    """Return how long flags hold for most of a stretch: the longest window with seven of ten set."""
    if len(at_frames) < 2:
        return 0.0
    step_s = float(at_frames[1] - at_frames[0]) / frames_per_s
    sums = np.concatenate([[0], np.cumsum(flags)])
    for length in range(len(flags), 0, -1):
        if length * step_s <= 2 * _BESIDE_S and (sums[length:] - sums[:-length]).max() >= 0.7 * length:
            return length * step_s
    return 0.0


def _delays(grid: Grid, row: int) -> NDArray[np.float64]:
    """Return how many frames each phasor of a multiple is behind their sum, within half a turn; shape (n,)."""
    turned = grid.phasors[row] * np.exp(-1j * np.angle(grid.sums[row]))
    return np.asarray(-np.angle(turned) * grid.period_frames / (2 * np.pi * MULTIPLES[row]), dtype=np.float64)


def _unwrapped(grid: Grid, row: int, known: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the delays of a multiple followed past half a turn, read where it is `known`; shape (n,)."""
    delays = _delays(grid, row)
    if not len(known):
        return np.zeros(len(delays))
    turn = grid.period_frames / MULTIPLES[row]
    return np.interp(np.arange(len(delays)), known, np.unwrap(delays[known], period=turn))


def _rms(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.sum(weights * np.square(values)) / max(float(np.sum(weights)), 1e-12)))


def _ramp(value: float, low: float, high: float) -> float:
    return float(np.clip((value - low) / (high - low), 0.0, 1.0))


def _means(values: NDArray[np.float32], at_frames: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of values around each bin's middle."""
    size = round(at_frames[1] - at_frames[0]) if len(at_frames) > 1 else len(values)
    padded = np.zeros(size * len(at_frames))
    padded[: len(values)] = values[: len(padded)]
    return np.asarray(padded.reshape(-1, size).mean(axis=1), dtype=np.float64)


def _steepest(
    delays: NDArray[np.float64], at_frames: NDArray[np.float64], weights: NDArray[np.float64], frames_per_s: float
) -> float:
    """Return how far the tempo strays from the mean, as a share of it, over all but the worst twentieth."""
    step = at_frames[1] - at_frames[0] if len(at_frames) > 1 else 1.0
    apart = max(1, round(_SLOPE_S * frames_per_s / step))
    if len(delays) <= apart:
        return 1.0
    slopes = np.abs(delays[apart:] - delays[:-apart]) / (apart * step)
    weights = np.sqrt(weights[apart:] * weights[:-apart])
    order = np.argsort(slopes)
    reached = np.cumsum(weights[order])
    return float(slopes[order][np.searchsorted(reached, 0.95 * reached[-1])])
