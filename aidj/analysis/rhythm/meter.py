"""The pulse of one recording, from its sound as it streams by to a `Rhythm`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aidj.analysis.rhythm.beats import place_beats
from aidj.analysis.rhythm.features import FeatureMeter
from aidj.analysis.rhythm.grid import Grid, fit_grid
from aidj.analysis.rhythm.metre import find_metre, measure_beats
from aidj.analysis.rhythm.onsets import find_onsets
from aidj.analysis.rhythm.phrases import find_phrases
from aidj.analysis.rhythm.tempo import Pulse, find_pulses
from aidj.analysis.rhythm.timing import Timing, follow
from aidj.analysis.rhythm.tracking import track_beats
from aidj.model import Rhythm

STEADY_CONFIDENCE = 0.6
"""From this `Rhythm.confidence` on another recording can be laid on the beats."""

_FOLLOWED = 0.3
"""Below this confidence beats are tracked one by one rather than laid on a grid."""
_TRIED = 6
_FEWEST_BEATS = 8
_APART = 4
_LEAST_CLARITY, _LEAST_RISE_DB = 0.03, 0.8
"""Noise returns less with any period, and a drone rises less from frame to frame, than music with any pulse."""
_METRE_KNOWN = 0.2
"""Without a metre one could rely on, its bars tell nothing about phrases."""
_TOLERATED = 0.15
"""By how many powers of ten less may return with a pulse than with the strongest."""


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
        grids = [fit_grid(onsets, pulse.period_frames) for pulse in pulses]
        best = _best(pulses, grids)
        timing = follow(grids[best], onsets)
        if timing.confidence >= _FOLLOWED:
            beats_s = place_beats(onsets, timing)
        else:
            beats_s = track_beats(onsets, pulses[best].period_frames) / onsets.frames_per_s
        if len(beats_s) < _FEWEST_BEATS:
            return None
        heard = measure_beats(features, onsets, beats_s)
        metre = find_metre(heard)
        downbeats = np.arange(metre.first, len(beats_s), metre.beats_per_bar, dtype=np.int32)
        return Rhythm(
            bpm=_bpm(timing, beats_s, onsets.frames_per_s),
            beats_s=beats_s,
            beats_per_bar=metre.beats_per_bar,
            downbeats=downbeats,
            phrases=find_phrases(heard, downbeats) if metre.confidence >= _METRE_KNOWN else np.zeros(0, np.int32),
            confidence=round(timing.confidence, 3),
            downbeat_confidence=round(metre.confidence, 3),
        )


def _best(pulses: list[Pulse], grids: list[Grid]) -> int:
    """Return which pulse is the beat: the likeliest of those that the music follows throughout.

    A pulse that goes three against four of the real beat, or two against three, meets the music every few pulses only,
    so that next to nothing returns with it.
    """
    strengths = np.array([grid.strength for grid in grids])
    octaves = np.log2([grid.period_frames for grid in grids])
    apart = octaves[:, None] - octaves
    related = np.abs(apart - np.round(apart)) < 0.05
    # Half and double are settled by the score alone, as both return; anything else is measured against the strongest.
    rivals = np.where(related, 0.0, strengths).max(axis=1)
    missing = np.maximum(0.0, np.log10((rivals + 1e-9) / (strengths + 1e-9)) - _TOLERATED)
    return int(np.argmax([pulse.score for pulse in pulses] - 0.5 * missing))


def _bpm(timing: Timing, beats_s: NDArray[np.float64], frames_per_s: float) -> float:
    if timing.confidence >= _FOLLOWED:
        return 60.0 * frames_per_s / timing.period_frames
    # Tracked beats lie on whole level frames: over several of them that matters less.
    return float(60.0 * _APART / np.median(beats_s[_APART:] - beats_s[:-_APART]))
