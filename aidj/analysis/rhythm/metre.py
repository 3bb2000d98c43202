"""What is heard at each beat and half-way between beats, from which bars are told.

On a bar's first beat chords and bass notes change, the kick drum sounds and the snare drum does not, and sections
begin. Each of these is measured; what returns every third or every fourth beat tells the metre.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aidj.analysis.rhythm.features import PITCH_CLASSES, Features
from aidj.analysis.rhythm.onsets import Onsets

ACCENTS = ("chord", "bass", "section", "low", "strong", "snare")
BARS_TRIED = (3, 4)
"""Beats to the bar."""
_OTHER_METRES = (5, 7)
_NEAR_S = 0.05
_ON_FIRST = np.array((1.0, 0.8, 0.8, 0.6, 0.3, -0.5))
"""How far each accent speaks for a first beat."""
_SURE_LEAD = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BeatFeatures:
    """What is heard from each beat to the next."""

    chroma: NDArray[np.float64]
    """Pitch classes, length 1, shape (n_beats, 12)."""
    levels_db: NDArray[np.float64]
    """Levels of the bands, shape (n_beats, n_bands)."""


def measure_beats(features: Features, onsets: Onsets, beats_s: NDArray[np.float64]) -> BeatFeatures:
    """Measure what is heard from each of at least two beats to the next."""
    tones, levels = _heard(features, onsets, beats_s)
    # A square root, so that the loudest note is not all there is.
    return BeatFeatures(chroma=_unit(np.sqrt(tones[:, :PITCH_CLASSES])), levels_db=levels)


def with_halves(beats_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return beats and what lies half-way from each to the next, shape (2 n - 1,)."""
    halves = np.empty(2 * len(beats_s) - 1)
    halves[::2], halves[1::2] = beats_s, (beats_s[:-1] + beats_s[1:]) / 2
    return halves


def measure_accents(features: Features, onsets: Onsets, halves_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Measure what begins at each half beat.

    Returns
    -------
    ndarray
        How far chords, bass notes and the whole sound change there, and how strongly kick and bass, anything and the
        snare drum set in: `ACCENTS`, each with mean 0 and variance 1; shape (n, 6).
    """
    tones, levels = _heard(features, onsets, halves_s)
    chroma = _unit(np.sqrt(tones[:, :PITCH_CLASSES]))
    bass = _unit(np.sqrt(tones[:, PITCH_CLASSES:]))
    near = max(1, round(_NEAR_S * onsets.frames_per_s))
    at = np.round(halves_s * onsets.frames_per_s).astype(np.int64)
    columns = {
        "chord": _change(chroma, 4),
        "bass": _change(bass, 2),
        "section": _change(_unit(levels - levels.mean(axis=0)), 8) + _change(chroma, 16),
        "low": _peaks(onsets.low, at, near),
        "strong": _peaks(onsets.all, at, near),
        "snare": _peaks(onsets.snare, at, near),
    }
    return np.stack([_standard(columns[name]) for name in ACCENTS], axis=1)


def metre_evidence(accents: NDArray[np.float64]) -> dict[int, float]:
    """Return for bars of 3, 4, 5 and 7 how much more than by chance accents differ over a bar.

    That is the mean F statistic less 1, not below 0. The accents are those of the beats alone, shape (n_beats, 6).
    """
    return {n: _evidence(accents, n) for n in (*BARS_TRIED, *_OTHER_METRES)}


def downbeat_lead(accents: NDArray[np.float64], beats_per_bar: int, first: int) -> float:
    """Return how far one beat of the bar leads the others in what a first beat brings, 0 to 1.

    The accents are those of the beats alone, shape (n_beats, 6); `first` counts beats from the start. It is 0 where
    another beat leads, or bars of another length show as well.
    """
    evidence = metre_evidence(accents)
    ours = evidence[beats_per_bar]
    other = max(evidence[n] for n in evidence if n != beats_per_bar)
    clear = np.clip((ours - other) / max(ours, 1e-9) / 0.5, 0, 1)
    even = (accents - accents.mean(axis=0)) / np.maximum(accents.std(axis=0), 1e-9)
    total = even @ _ON_FIRST / np.sqrt(np.sum(_ON_FIRST**2))
    # In standard errors.
    scores = np.array(
        [total[k::beats_per_bar].mean() * np.sqrt(len(total[k::beats_per_bar])) for k in range(beats_per_bar)]
    )
    lead = float(scores[first] - np.max(np.delete(scores, first)))
    return float(clear * np.clip(lead / _SURE_LEAD, 0, 1))


def _evidence(accents: NDArray[np.float64], n: int) -> float:
    means = np.array([accents[phase::n].mean(axis=0) for phase in range(n)])
    spread = len(accents) / n * np.sum(np.square(means - accents.mean(axis=0)), axis=0) / (n - 1)
    return float(np.mean(np.maximum(spread - 1.0, 0.0)))


def _heard(
    features: Features, onsets: Onsets, at_s: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return tones and levels from each moment to the next."""
    tones = _between(features.tone_sums, at_s * features.rate / features.tone_hop)
    return tones, _between(features.level_sums, at_s * onsets.frames_per_s)


def _between(sums: NDArray[np.float64], at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of frames from each moment to the next (the last as long as the one before it)."""
    ends = np.append(at, 2 * at[-1] - at[-2])
    n_frames = len(sums) - 1
    whole = np.clip(ends, 0, n_frames)
    low = np.minimum(np.floor(whole).astype(np.int64), n_frames - 1)
    upto = sums[low] + (whole - low)[:, None] * (sums[low + 1] - sums[low])
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
