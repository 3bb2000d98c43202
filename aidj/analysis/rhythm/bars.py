"""Which pulse is the beat, how many beats make a bar, and where bars begin: three questions with one answer.

Every pulse found is tried with bars of three and of four and with every place a bar could begin, on a beat or half a
beat off it (what is loudest may be the off-beat, as in ska and reggae). A trial scores by how well its pulse would do
as the beat, and by how much its average bar sounds like a bar: `FOUR` and `THREE` say what is to be expected at each
half beat, such as new chords and a kick drum on the first and a snare drum on the second and fourth. The scores are
log-likelihoods but for a constant (conditional logit: McFadden 1974, "Conditional logit analysis of qualitative choice
behavior"), so that their exponentials tell how likely each trial is. The weights were fitted, with a penalty on large
ones, to 180 composed songs of 21 styles, the demo's and bare clicks; other styles were kept aside to judge them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aidj.analysis.rhythm.grid import Grid
from aidj.analysis.rhythm.metre import BARS_TRIED, downbeat_lead, metre_evidence
from aidj.analysis.rhythm.tempo import Pulse

FOUR = np.array(
    (
        (1.97, 0.39, 0.11, 2.04, -0.27, -0.06),
        (1.51, -0.23, 0.31, -1.39, -0.03, 0.04),
        (-0.56, -1.74, -1.02, -0.79, 0.21, 0.87),
        (-0.19, -0.58, -0.36, -0.17, -0.15, 0.68),
        (-0.66, 0.04, 0.11, 0.67, -0.22, -0.59),
        (-1.35, 0.93, 0.07, 0.09, 0.02, -0.44),
        (-0.65, 1.63, 0.90, -0.68, 0.31, 0.03),
        (-0.04, -0.45, -0.11, 0.20, 0.16, -0.51),
    )
)
"""What speaks for a bar of four, at each half beat from its first; columns as `metre.ACCENTS`, shape (8, 6)."""
THREE = np.array(
    (
        (0.94, 0.70, 0.21, 0.45, 0.43, 0.50),
        (0.32, 0.44, 0.00, -0.05, -0.23, -0.21),
        (-0.16, -0.23, 0.20, -0.42, 0.07, 0.04),
        (-0.73, -0.50, -0.09, -0.02, -0.17, -0.14),
        (-0.37, -0.18, -0.25, 0.04, 0.09, 0.03),
        (-0.02, -0.22, -0.08, 0.00, -0.20, -0.21),
    )
)
"""The same for a bar of three, shape (6, 6)."""

_SCORE = 6.0
_MISSING = 3.62
"""For each power of ten by which less returns with a pulse than with one that cannot go with it."""
_TOLERATED = 0.15
_DRUMS = np.array((1.48, 15.66, 0.65, -11.59))
"""For snare drum and then kick or bass returning after one beat and after two; columns as `Pulse.drums`."""
_EVIDENCE = 0.89
_LEAST_EVIDENCE = 0.02
_METRE = {4: 0.0, 3: -0.66, 5: 2.47}
"""Five stands for bars that are neither: their template is empty, and nothing is said about where they begin."""
_FOLLOWED = 3.0
"""For a pulse that the music follows throughout, by `Timing.confidence`."""
_TAPPED_BPM, _FASTER = 190.0, -30.0
"""Hardly anybody taps faster; for each octave above."""
_SAME_S = 0.07
_CALIBRATION = 0.6
"""So that of what comes out above 0.5, 19 in 20 are right, for songs of styles the weights were not fitted to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A pulse that may be the beat, with what is heard at its half beats."""

    pulse: Pulse
    grid: Grid
    halves_s: NDArray[np.float64]
    """Beats and what lies half-way between them, shape (n,), the first one a beat."""
    accents: NDArray[np.float64]
    """As `metre.measure_accents` gives them, shape (n, 6)."""
    followed: float
    """How sure it is that the music lies on the pulse, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """The answer."""

    trial: int
    """Which of the trials has the beat."""
    beats_per_bar: int
    first_half: int
    """The half beat on which the first whole bar begins; an odd one where beats lie between those of the trial."""
    confidence: float
    """How sure it is that bars begin there, 0 to 1."""


@dataclass(frozen=True, slots=True)
class _Reading:
    trial: int
    beats_per_bar: int
    first_half: int
    score: float


def find_bars(trials: Sequence[Trial], frames_per_s: float) -> Bars:
    """Return the likeliest reading of at least one trial.

    A reading at half or double the tempo whose bars begin on the same beats does not contradict it: then the bars are
    sure even where the octave is not.
    """
    beat_scores = _beat_scores(trials, frames_per_s)
    readings = [
        reading for i, trial in enumerate(trials) for reading in _readings(i, float(beat_scores[i]), trial.accents)
    ]
    scores = np.array([reading.score for reading in readings])
    likely = np.exp(scores - scores.max())
    likely /= likely.sum()
    best = readings[int(np.argmax(scores))]
    if best.beats_per_bar not in BARS_TRIED:
        return Bars(trial=best.trial, beats_per_bar=4, first_half=0, confidence=0.0)
    # Two witnesses: the template, and the plain count of what changes on first beats, which knows nothing of styles.
    beats = trials[best.trial].accents[best.first_half % 2 :: 2]
    lead = downbeat_lead(beats, best.beats_per_bar, best.first_half // 2)
    agreed = sum(float(p) for p, other in zip(likely, readings, strict=True) if _agree(trials, best, other))
    return Bars(
        trial=best.trial,
        beats_per_bar=best.beats_per_bar,
        first_half=best.first_half,
        confidence=float((agreed * lead) ** _CALIBRATION),
    )


def _beat_scores(trials: Sequence[Trial], frames_per_s: float) -> NDArray[np.float64]:
    """Return how well each pulse would do as the beat, whatever its bars."""
    periods = np.array([trial.grid.period_frames for trial in trials])
    strengths = np.array([trial.grid.strength for trial in trials])
    octaves = np.log2(periods)
    apart = octaves[:, None] - octaves
    related = np.abs(apart - np.round(apart)) < 0.05
    # A pulse that goes three against four of the real beat meets the music every few pulses only, so that next to
    # nothing returns with it. With half and double much does; anything else is measured against the strongest.
    rivals = np.where(related, 0.0, strengths).max(axis=1)
    missing = np.maximum(0.0, np.log10((rivals + 1e-9) / (strengths + 1e-9)) - _TOLERATED)
    drums = np.array([trial.pulse.drums for trial in trials])
    followed = np.array([trial.followed for trial in trials])
    faster = np.maximum(0.0, np.log2(60.0 * frames_per_s / periods / _TAPPED_BPM))
    scores = _SCORE * np.array([trial.pulse.score for trial in trials]) - _MISSING * missing
    return np.asarray(scores + drums @ _DRUMS + _FOLLOWED * followed + _FASTER * faster, dtype=np.float64)


def _readings(trial: int, beat_score: float, accents: NDArray[np.float64]) -> list[_Reading]:
    evidence = metre_evidence(accents[::2])
    total = sum(evidence.values()) + 1e-9
    known = {
        n: beat_score + bias + _EVIDENCE * float(np.log(evidence[n] / total + _LEAST_EVIDENCE))
        for n, bias in _METRE.items()
    }
    readings = [_Reading(trial, 5, 0, known[5])]
    for beats_per_bar, template in ((4, FOUR), (3, THREE)):
        n = len(template)
        bar = np.array([accents[phase::n].mean(axis=0) for phase in range(n)])
        for phase in range(n):
            fits = float(np.sum(template * np.roll(bar, -phase, axis=0)))
            readings.append(_Reading(trial, beats_per_bar, phase, known[beats_per_bar] + fits))
    return readings


def _agree(trials: Sequence[Trial], one: _Reading, other: _Reading) -> bool:
    """Return whether the bars of two readings begin together, those of one perhaps twice as often."""
    if one.beats_per_bar != other.beats_per_bar:
        return False
    if one.trial == other.trial:
        return one.first_half == other.first_half
    ours, theirs = trials[one.trial].halves_s, trials[other.trial].halves_s
    our_half_s, their_half_s = float(np.median(np.diff(ours))), float(np.median(np.diff(theirs)))
    octaves = float(np.log2(our_half_s / their_half_s))
    if abs(octaves) > 1.02 or abs(octaves - round(octaves)) > 0.015:
        return False
    bar_s = 2 * one.beats_per_bar * min(our_half_s, their_half_s)
    apart = float(theirs[other.first_half] - ours[one.first_half]) / bar_s
    return abs(apart - round(apart)) * bar_s < _SAME_S
