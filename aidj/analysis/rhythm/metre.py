"""Which beats begin a bar, and whether bars have three beats or four.

On a bar's first beat chords and bass notes change, the kick drum sounds and the snare drum does not, and sections
begin. Each of these is measured at every beat; what returns every third or every fourth beat tells the metre, and where
it lies tells the first beat.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aidj.analysis.rhythm.features import PITCH_CLASSES, Features
from aidj.analysis.rhythm.onsets import Onsets

_WEIGHTS = {"chord": 1.0, "bass": 0.8, "section": 0.8, "low": 0.6, "strong": 0.3, "snare": -0.5}
_NEAR_S = 0.05
_OTHER_METRES = (5, 7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metre:
    """How beats make bars."""

    beats_per_bar: int
    first: int
    """The first beat that begins a bar."""
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BeatFeatures:
    """What is heard at each beat, all of shape (n_beats, ...)."""

    accents: NDArray[np.float64]
    """The features of `_WEIGHTS`, each with mean 0 and variance 1, shape (n_beats, 6)."""
    chroma: NDArray[np.float64]
    """Pitch classes from this beat to the next, length 1, shape (n_beats, 12)."""
    levels_db: NDArray[np.float64]
    """Levels of the bands from this beat to the next, shape (n_beats, n_bands)."""


def measure_beats(features: Features, onsets: Onsets, beats_s: NDArray[np.float64]) -> BeatFeatures:
    """Measure what is heard at each of at least two beats."""
    tones = _between(features.tones.astype(np.float64), beats_s * features.rate / features.tone_hop)
    levels = _between(features.levels_db.astype(np.float64), beats_s * onsets.frames_per_s)
    # A square root, so that the loudest note is not all there is.
    chroma = _unit(np.sqrt(tones[:, :PITCH_CLASSES]))
    bass = _unit(np.sqrt(tones[:, PITCH_CLASSES:]))
    near = max(1, round(_NEAR_S * onsets.frames_per_s))
    at = np.round(beats_s * onsets.frames_per_s).astype(np.int64)
    columns = {
        "chord": _change(chroma, 2),
        "bass": _change(bass, 1),
        "section": _change(_unit(levels - levels.mean(axis=0)), 4) + _change(chroma, 8),
        "low": _peaks(onsets.low, at, near),
        "strong": _peaks(onsets.all, at, near),
        "snare": _peaks(onsets.snare, at, near),
    }
    accents = np.stack([_standard(columns[name]) for name in _WEIGHTS], axis=1)
    return BeatFeatures(accents=accents, chroma=chroma, levels_db=levels)


def find_metre(heard: BeatFeatures) -> Metre:
    """Tell threes from fours, and where the bars begin."""
    evidence = {n: _evidence(heard.accents, n) for n in (3, 4, *_OTHER_METRES)}
    beats_per_bar = 3 if evidence[3] > evidence[4] else 4
    other = max(evidence[n] for n in evidence if n != beats_per_bar)
    scores = _phase_scores(heard.accents, beats_per_bar)
    first = int(np.argmax(scores))
    lead = float(scores[first] - np.max(np.delete(scores, first)))
    clear = np.clip((evidence[beats_per_bar] - other) / max(evidence[beats_per_bar], 1e-9) / 0.5, 0, 1)
    return Metre(beats_per_bar=beats_per_bar, first=first, confidence=float(clear * np.clip(lead / 6.0, 0, 1)))


def _phase_scores(accents: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """Return for each beat of a bar of n how much the music speaks for its being the first, in standard errors."""
    weights = np.array(list(_WEIGHTS.values()))
    total = accents @ weights / np.sqrt(np.sum(weights**2))
    return np.array([total[phase::n].mean() * np.sqrt(len(total[phase::n])) for phase in range(n)])


def _evidence(accents: NDArray[np.float64], n: int) -> float:
    """Return how much more than by chance the features differ over a bar of n beats (mean F statistic less 1)."""
    means = np.array([accents[phase::n].mean(axis=0) for phase in range(n)])
    spread = len(accents) / n * np.sum(np.square(means - accents.mean(axis=0)), axis=0) / (n - 1)
    return float(np.mean(np.maximum(spread - 1.0, 0.0)))


def _between(frames: NDArray[np.float64], at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of frames from each moment to the next (the last as long as the one before it)."""
    ends = np.append(at, 2 * at[-1] - at[-2])
    sums = np.concatenate([np.zeros((1, frames.shape[1])), np.cumsum(frames, axis=0)])
    whole = np.clip(ends, 0, len(frames))
    low = np.minimum(np.floor(whole).astype(np.int64), len(frames) - 1)
    upto = sums[low] + (whole - low)[:, None] * frames[low]
    return np.asarray(np.diff(upto, axis=0) / np.maximum(np.diff(ends), 1e-9)[:, None], dtype=np.float64)


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), dtype=np.float64)


def _change(rows: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Return how much the next `width` beats differ from the last ones, 0 to 2, shape (n,)."""
    sums = np.concatenate([np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0)])
    at = np.arange(len(rows))
    after = _unit(sums[np.minimum(at + width, len(rows))] - sums[at])
    before = _unit(sums[at] - sums[np.maximum(at - width, 0)])
    change = 1.0 - np.sum(after * before, axis=1)
    change[0] = change[1:].mean()
    return np.asarray(change, dtype=np.float64)


def _peaks(strength: NDArray[np.float32], at: NDArray[np.int64], near: int) -> NDArray[np.float64]:
    indices = np.clip(at[:, None] + np.arange(-near, near + 1), 0, len(strength) - 1)
    return np.asarray(strength[indices].max(axis=1), dtype=np.float64)


def _standard(column: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray((column - column.mean()) / max(float(column.std()), 1e-9), dtype=np.float64)
