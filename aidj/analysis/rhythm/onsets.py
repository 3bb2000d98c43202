"""How strongly something begins, frame by frame: the rise of the level in bands (log-band spectral flux).

Böck, Krebs and Schedl (2012), "Evaluating the online capabilities of onset detection methods", compare such functions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aidj.analysis.rhythm.features import BAND_EDGES_HZ, Features

_RANGE_DB = 50.0
"""What lies so far below a band's loudest counts as silence."""
_LARGEST_RISE_DB = 15.0
"""One crash after silence must not outweigh a bar of music."""
_MEAN_S = 0.8
_GAIN_S = 8.0
_LOW_BELOW_HZ = 130
_HIGH_FROM_HZ = 2000
_MIDDLE_HZ = (180, 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Onsets:
    """Onset strength at each level frame, each of shape (n,), its loudness evened out over some seconds."""

    frames_per_s: float
    all: NDArray[np.float32]
    low: NDArray[np.float32]
    """Of kick drum and bass."""
    high: NDArray[np.float32]
    """Of snare drum, claps and cymbals."""
    snare: NDArray[np.float32]
    """Of what begins in the middle and high bands at once: snare drum and claps more than hi-hats or chords."""
    power: NDArray[np.float32]
    """Rise of power rather than of level: weaker at telling what begins, but symmetrical about the moment it does."""
    rise_db: float
    """Root mean square of the rise from frame to frame, over all bands: under 1 dB for what only swells."""
    gain: NDArray[np.float32]
    """How loud the surroundings of each frame are against the whole: about 1, and 0 in silence."""


def find_onsets(features: Features) -> Onsets:
    """Return the onset strength of a recording with at least one frame."""
    levels_db = features.levels_db.astype(np.float32)
    loudest_db = np.percentile(levels_db, 98, axis=0, method="nearest")
    np.maximum(levels_db, loudest_db - _RANGE_DB, out=levels_db)
    rises = np.zeros_like(levels_db)
    np.clip(np.diff(levels_db, axis=0), 0, _LARGEST_RISE_DB, out=rises[1:])
    lower_edges = np.array(BAND_EDGES_HZ[: levels_db.shape[1]])
    fps = features.frames_per_s
    everything = rises.mean(axis=1)
    strength, gain = _even(everything, fps)
    high = rises[:, lower_edges >= _HIGH_FROM_HZ].mean(axis=1)
    middle = rises[:, (lower_edges >= _MIDDLE_HZ[0]) & (lower_edges < _MIDDLE_HZ[1])].mean(axis=1)
    return Onsets(
        frames_per_s=fps,
        all=strength,
        low=_even(rises[:, lower_edges < _LOW_BELOW_HZ].mean(axis=1), fps)[0],
        high=_even(high, fps)[0],
        snare=_even(np.sqrt(middle * high), fps)[0],
        power=_power_rises(levels_db, loudest_db),
        rise_db=float(np.sqrt(np.mean(np.square(everything)))),
        gain=gain,
    )


def _power_rises(levels_db: NDArray[np.float32], loudest_db: NDArray[np.float32]) -> NDArray[np.float32]:
    power = np.exp((levels_db - loudest_db) * np.float32(np.log(10) / 10))
    np.minimum(power, 4.0, out=power)
    rises = np.zeros(len(power), np.float32)
    np.mean(np.maximum(np.diff(power, axis=0), 0), axis=1, out=rises[1:])
    return rises


def _even(rises: NDArray[np.float32], frames_per_s: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Take the local mean away, and bring quiet stretches near the loud ones; return the result and what was heard."""
    peaks = np.maximum(rises - moving_mean(rises, round(_MEAN_S * frames_per_s)), 0)
    local = np.sqrt(moving_mean(np.square(peaks), round(_GAIN_S * frames_per_s)))
    whole = float(np.sqrt(np.mean(np.square(peaks)))) + 1e-9
    gain = np.asarray(local / whole, dtype=np.float32)
    return np.asarray(peaks / (whole * (0.25 + 0.75 * gain)), dtype=np.float32), gain


def moving_mean(values: NDArray[np.float32], width: int) -> NDArray[np.float32]:
    """Return the mean over `width` values around each, fewer at either end."""
    half = max(1, width // 2)
    sums = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    at = np.arange(len(values))
    first, last = np.maximum(at - half, 0), np.minimum(at + half + 1, len(values))
    return np.asarray((sums[last] - sums[first]) / (last - first), dtype=np.float32)
