"""From frames to how much each moment sounds like singing, as log odds.

What is measured frame by frame is averaged over a second around each frame, and a small network weighs it, both as it
is and against the recording's median: 24 units with tanh, and one sum. `scripts/fit_singing.py` has fitted its weights,
`weights.json`, on music that is composed for it (tests/made_up_voices.py), and says how well they do on other songs.
"""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from aidj.analysis.singing.features import Frames

_SECOND_S = 1.0
_SYLLABLE_S, _PHRASE_S = 0.13, 0.6
"""Between these two lengths the timbre changes as vowels and consonants do."""
_RANGES = (slice(0, 4), slice(3, 8), slice(6, 10))
"""Bands of the fluctogram: below 630 Hz, up to 2300 Hz, and above 1320 Hz."""
_FITS = 0.75
"""Correlation from which a band is taken to hold the same tones as in the frame before."""
_STEPS_MOVED = 2.5
"""Bands that seem to move farther have jumped: another note."""
_FLOOR = 4.0
"""Powers of ten below the recording's median; what is softer counts as that."""
_N_AVERAGES = 35
_GLIDE, _TIMBRE, _HISS = (22, 23), slice(24, 28), (32, 33)
"""Columns of the averages: mean and mean square, logarithms to be, mean and mean square."""


class Weights(NamedTuple):
    """A network: standardising, one hidden layer, one output."""

    mean: NDArray[np.float64]
    spread: NDArray[np.float64]
    inner: NDArray[np.float64]
    """Shape (n_features, n_units)."""
    inner_bias: NDArray[np.float64]
    outer: NDArray[np.float64]
    outer_bias: float


def averages(frames: Frames, hop_s: float) -> NDArray[np.float64]:
    """Return what the network weighs, shape (n_frames, n_features).

    The second half is the first, less its median over the recording: a voice stands out from what plays all along.
    """
    if not len(frames.shift):
        return np.zeros((0, 2 * _N_AVERAGES))
    shift, fit, contrast = (part.astype(np.float64) for part in (frames.shift, frames.fit, frames.contrast))
    middle = float(np.median(frames.energy[:, 2:9].mean(axis=1)))
    energy = np.maximum(frames.energy.astype(np.float64), middle - _FLOOR)
    side = np.clip(frames.side[:, 4:8].astype(np.float64), -3, 0.5).mean(axis=1)
    within = np.abs(shift) < _STEPS_MOVED
    tonal = fit > _FITS
    moved = np.where(tonal & within, np.abs(shift), 0.0)
    gain = np.clip(fit - frames.unmoved_fit, 0, 1)
    still = tonal & (np.abs(shift) < 0.25)
    moving = tonal & within & (np.abs(shift) > 0.4)
    columns = [part[:, band].mean(axis=1) for part in (moved, gain, fit, contrast, still, moving) for band in _RANGES]
    # Do the bands move together?
    trust = np.where(tonal & within, fit, 0.0) * np.clip(contrast, 0, 1)
    steps = np.where(trust > 0, shift, 0.0)
    pull = (trust * steps).sum(axis=1)
    effort = (trust * np.abs(steps)).sum(axis=1)
    agreement = steps[:, 1:] * steps[:, :-1] * np.sqrt(trust[:, 1:] * trust[:, :-1])
    glide = pull / (trust.sum(axis=1) + 0.3)
    columns += [np.abs(pull) / (effort + 0.3) * np.minimum(1, np.abs(pull)), np.abs(pull)]
    columns += [agreement.mean(axis=1), agreement[:, 4:].mean(axis=1), glide, glide**2]
    # Does the timbre change at the pace of syllables?
    timbre = energy - energy[:, 2:9].mean(axis=1, keepdims=True)
    spoken = (_mean_over(timbre, _SYLLABLE_S / hop_s) - _mean_over(timbre, _PHRASE_S / hop_s)) ** 2
    columns += [spoken[:, low:high].mean(axis=1) for low, high in ((2, 5), (5, 8), (7, 9), (9, 12))]
    # Where it lies in the spectrum and in the stereo image, and how it hisses and begins.
    level = energy[:, 2:9].mean(axis=1)
    hiss = energy[:, 10:12].mean(axis=1) - energy[:, 6:9].mean(axis=1)
    columns += [
        energy[:, 4:8].mean(axis=1) - middle,
        energy[:, 5:9].mean(axis=1) - energy[:, 1:4].mean(axis=1),
        side,
        side - np.median(side),
        hiss,
        hiss**2,
        np.maximum(0, np.diff(level, prepend=level[:1])),
    ]
    found = _mean_over(np.stack(columns, axis=1), _SECOND_S / hop_s)
    for value, square in (_GLIDE, _HISS):  # means and mean squares become spreads
        found[:, square] = np.sqrt(np.maximum(found[:, square] - found[:, value] ** 2, 0))
    found[:, _TIMBRE] = np.log10(found[:, _TIMBRE] + 1e-4)
    return np.concatenate([found, found - np.median(found, axis=0)], axis=1)


def log_odds(features: NDArray[np.float64], weights: Weights) -> NDArray[np.float64]:
    """Return how much each frame sounds like singing, shape (n_frames,); 0 is even odds."""
    scaled = np.clip((features - weights.mean) / weights.spread, -4, 4)
    odds: NDArray[np.float64] = np.tanh(scaled @ weights.inner + weights.inner_bias) @ weights.outer
    return odds + weights.outer_bias


@lru_cache(maxsize=1)
def fitted() -> Weights:
    """Return the fitted weights."""
    text = files("aidj.analysis.singing").joinpath("weights.json").read_text("utf-8")
    document = json.loads(text)
    mean, spread, inner, inner_bias, outer = (np.array(document[name], np.float64) for name in Weights._fields[:-1])
    return Weights(mean, spread, inner, inner_bias, outer, float(document["outer_bias"]))


def _mean_over(values: NDArray[np.float64], n_frames: float) -> NDArray[np.float64]:
    """Return the centred moving mean of columns over an odd number of frames; fewer at the edges."""
    half = max(int(n_frames), 1) // 2
    sums = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
    at = np.arange(len(values))
    low, high = np.maximum(at - half, 0), np.minimum(at + half + 1, len(values))
    return np.asarray((sums[high] - sums[low]) / (high - low)[:, None])
