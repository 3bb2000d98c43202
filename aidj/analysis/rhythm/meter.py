"""The pulse of one recording, from its sound as it streams by to a `Rhythm`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from aidj.analysis.rhythm.bars import Trial, find_bars
from aidj.analysis.rhythm.beats import place_beats
from aidj.analysis.rhythm.features import FeatureMeter, Features
from aidj.analysis.rhythm.grid import fit_grid
from aidj.analysis.rhythm.metre import measure_accents, measure_beats, with_halves
from aidj.analysis.rhythm.onsets import Onsets, find_onsets
from aidj.analysis.rhythm.phrases import find_phrases
from aidj.analysis.rhythm.tempo import Pulse, find_pulses
from aidj.analysis.rhythm.timing import Timing, follow
from aidj.analysis.rhythm.tracking import track_beats
from aidj.model import Rhythm

_FOLLOWED = 0.3
"""Below this confidence beats are tracked one by one rather than laid on a grid."""
_TRIED = 6
_FEWEST_BEATS = 8
_APART = 4
_LEAST_CLARITY, _LEAST_RISE_DB = 0.03, 0.8
"""Noise returns less with any period, and a drone rises less from frame to frame, than music with any pulse."""
_METRE_KNOWN = 0.2
"""Without a metre one could rely on, its bars tell nothing about phrases."""


class RhythmMeter:
    """Finds tempo, beats, bars and phrases of a recording while it streams by, keeping about 3 kB per second of it.

    Parameters
    ----------
    rate : float
        Frames per second of the blocks, 16000 to 24000 (lower ones work, less exactly).
    """

    def __init__(self, rate: float) -> None:
        self._meter = FeatureMeter(rate)

    def add(self, middle_side: NDArray[np.float32]) -> None:
        """Take the next frames as the `Reducer` makes them, shape (n, 2): middle, side."""
        self._meter.add(middle_side)

    def finish(self) -> Rhythm | None:
        """Return what was found, None where there is no pulse at all; the meter is used up."""
        features = self._meter.finish()
        if len(features.levels_db) < 2:
            return None
        onsets = find_onsets(features)
        pulses = find_pulses(onsets)[:_TRIED]
        if not pulses or pulses[0].clarity < _LEAST_CLARITY or onsets.rise_db < _LEAST_RISE_DB:
            return None
        trials, timings = _try(features, onsets, pulses)
        if not trials:
            return None
        bars = find_bars(trials, onsets.frames_per_s)
        trial, timing = trials[bars.trial], timings[bars.trial]
        halves_s = trial.halves_s
        if timing.confidence < _FOLLOWED:
            beats_s = track_beats(onsets, trial.pulse.period_frames) / onsets.frames_per_s
            if len(beats_s) < _FEWEST_BEATS:
                return None
            halves_s = with_halves(beats_s)
            bars = find_bars(
                [replace(trial, halves_s=halves_s, accents=measure_accents(features, onsets, halves_s))],
                onsets.frames_per_s,
            )
        beats_s = halves_s[bars.first_half % 2 :: 2]
        downbeats = np.arange(bars.first_half // 2, len(beats_s), bars.beats_per_bar, dtype=np.int32)
        phrases = np.zeros(0, np.int32)
        if bars.confidence >= _METRE_KNOWN:
            phrases = find_phrases(measure_beats(features, onsets, beats_s), downbeats)
        return Rhythm(
            bpm=_bpm(timing, beats_s, onsets.frames_per_s),
            beats_s=beats_s,
            beats_per_bar=bars.beats_per_bar,
            downbeats=downbeats,
            phrases=phrases,
            confidence=round(timing.confidence, 3),
            downbeat_confidence=round(bars.confidence, 3),
        )


def _try(features: Features, onsets: Onsets, pulses: list[Pulse]) -> tuple[list[Trial], list[Timing]]:
    """Lay each pulse on the recording and measure what is heard there; those with too few beats are left out."""
    trials, timings = [], []
    for pulse in pulses:
        grid = fit_grid(onsets, pulse.period_frames)
        timing = follow(grid, onsets)
        beats_s = place_beats(onsets, timing)
        if len(beats_s) >= _FEWEST_BEATS:
            halves_s = with_halves(beats_s)
            accents = measure_accents(features, onsets, halves_s)
            trials.append(Trial(pulse=pulse, grid=grid, halves_s=halves_s, accents=accents, followed=timing.confidence))
            timings.append(timing)
    return trials, timings


def _bpm(timing: Timing, beats_s: NDArray[np.float64], frames_per_s: float) -> float:
    if timing.confidence >= _FOLLOWED:
        return 60.0 * frames_per_s / timing.period_frames
    # Tracked beats lie on whole level frames: over several of them that matters less.
    return float(60.0 * _APART / np.median(beats_s[_APART:] - beats_s[:-_APART]))
