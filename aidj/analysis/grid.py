"""A beat grid from what is set by hand: tempo, a first beat, beats per bar."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from aidj.errors import ConfigError
from aidj.model import Analysis, Rhythm

USUAL_BEATS_PER_BAR = 4
_OFF_S = 0.05
_SAME = 0.04
"""A tempo within so much of the one measured, or of its half or double, is the same pulse."""


def with_rhythm(
    analysis: Analysis, *, bpm: float | None, first_beat_s: float | None, per_bar: int | None, where: str
) -> Analysis:
    """Return an analysis with a hand-set tempo, first beat or metre; None leaves each as it is.

    Tempo and first beat together make a constant grid over the whole recording, with confidence 1. A tempo alone only
    says which octave of the measured pulse is meant; where it fits none, the tempo stays and nothing can be laid on
    it. A first beat alone moves the measured beats onto it.

    Raises
    ------
    ConfigError
        If there is a first beat, or beats per bar, but no tempo, neither here nor measured.
    """
    if bpm is None and first_beat_s is None and per_bar is None:
        return analysis
    rhythm = analysis.rhythm
    if bpm is not None and first_beat_s is not None:
        per_bar = per_bar or (rhythm.beats_per_bar if rhythm else USUAL_BEATS_PER_BAR)
        return replace(analysis, rhythm=constant_grid(bpm, first_beat_s, per_bar, analysis.duration_s))
    if bpm is None and rhythm is None:
        field = "first_beat_s" if first_beat_s is not None else "beats_per_bar"
        raise ConfigError(
            f"'{field}' needs a tempo, and none is heard in this recording",
            where=where,
            hint="set bpm and first_beat_s together",
        )
    if bpm is not None:
        rhythm = _at_tempo(rhythm, bpm)
    assert rhythm is not None
    if first_beat_s is not None and len(rhythm.beats_s):
        nearest = int(np.argmin(np.abs(rhythm.beats_s - first_beat_s)))
        moved_s = rhythm.beats_s + (first_beat_s - rhythm.beats_s[nearest])
        inside = (moved_s >= 0) & (moved_s <= analysis.duration_s)
        first = nearest - int(np.argmax(inside))
        rhythm = _barred(replace(rhythm, beats_s=moved_s[inside]), first, per_bar or rhythm.beats_per_bar)
    elif per_bar is not None:
        first = int(rhythm.downbeats[0]) if len(rhythm.downbeats) else 0
        rhythm = _barred(rhythm, first, per_bar)
    return replace(analysis, rhythm=rhythm)


def constant_beats(rhythm: Rhythm) -> bool:
    """Tell whether one tempo and one first beat would describe the beats: none is further than 50 ms from its place."""
    beats_s = rhythm.beats_s
    if len(beats_s) < 2 or not len(rhythm.downbeats):
        return False
    first_s = beats_s[rhythm.downbeats[0]]
    places = (beats_s - first_s) * rhythm.bpm / 60
    return bool(np.max(np.abs(places - np.round(places))) * 60 / rhythm.bpm <= _OFF_S)


def constant_grid(bpm: float, first_beat_s: float, beats_per_bar: int, duration_s: float) -> Rhythm:
    """Return beats at one tempo through a whole recording, with a bar beginning at a given beat."""
    beat_s = 60.0 / bpm
    before = int(first_beat_s / beat_s)
    after = max(0, int((duration_s - first_beat_s) / beat_s))
    beats_s = first_beat_s + np.arange(-before, after + 1, dtype=np.float64) * np.float64(beat_s)
    rhythm = Rhythm(
        bpm=bpm,
        beats_s=beats_s,
        beats_per_bar=beats_per_bar,
        downbeats=np.zeros(0, np.int32),
        phrases=np.zeros(0, np.int32),
        confidence=1.0,
        downbeat_confidence=1.0,
    )
    return _barred(rhythm, before, beats_per_bar)


def _barred(rhythm: Rhythm, first: int, per_bar: int) -> Rhythm:
    """Return a rhythm whose bars begin at a beat and every so many before and after it."""
    downbeats = np.arange(first % per_bar, len(rhythm.beats_s), per_bar, dtype=np.int32)
    return replace(
        rhythm,
        beats_per_bar=per_bar,
        downbeats=downbeats,
        phrases=np.intersect1d(rhythm.phrases, downbeats).astype(np.int32),
        downbeat_confidence=1.0,
    )


def _at_tempo(rhythm: Rhythm | None, bpm: float) -> Rhythm:
    empty = np.zeros(0, np.int32)
    if rhythm is not None:
        for factor, beats_s in (
            (1.0, rhythm.beats_s),
            (2.0, _with_halves(rhythm.beats_s)),
            (0.5, rhythm.beats_s[int(rhythm.downbeats[0]) % 2 if len(rhythm.downbeats) else 0 :: 2]),
        ):
            if abs(bpm / (rhythm.bpm * factor) - 1) > _SAME:
                continue
            if factor == 1.0:
                return replace(rhythm, bpm=bpm)
            at = {2.0: rhythm.downbeats * 2, 0.5: rhythm.downbeats // 2}[factor]
            first = int(at[0]) if len(at) else 0
            other = replace(rhythm, bpm=bpm, beats_s=beats_s, phrases=empty)
            return replace(
                _barred(other, first, rhythm.beats_per_bar), downbeat_confidence=rhythm.downbeat_confidence / 2
            )
    return Rhythm(
        bpm=bpm,
        beats_s=np.zeros(0, np.float64),
        beats_per_bar=rhythm.beats_per_bar if rhythm else USUAL_BEATS_PER_BAR,
        downbeats=empty,
        phrases=empty,
        confidence=0.0,
        downbeat_confidence=0.0,
    )


def _with_halves(beats_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return beats with one more in the middle between any two."""
    if len(beats_s) < 2:
        return beats_s
    between = (beats_s[:-1] + beats_s[1:]) / 2
    doubled = np.empty(2 * len(beats_s) - 1)
    doubled[0::2], doubled[1::2] = beats_s, between
    return doubled
