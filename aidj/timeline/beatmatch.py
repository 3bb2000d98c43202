"""Laying one song's beats on another's: where, how much faster or slower, and back to its own tempo.

Conventions: seconds on each song's own clock; a rate is seconds of the next song's file per second of the session.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aidj.model import STEADY_CONFIDENCE, Analysis, Rhythm
from aidj.timeline.seams import Seam, overlap_limit_s
from aidj.timeline.tempo import TempoMap

MAX_STRETCH = 0.08
"""How far the next song's tempo may be bent."""
GLIDE_STEP = 0.005
"""On the way back to its own tempo it changes by so much at once: half a percent is not heard as a step."""
GLIDE_BEATS = 2
MIN_DOWNBEAT_CONFIDENCE = 0.5
BARS = (4, 8, 16)
FADED_SHARE = 0.7
"""Of the overlap: the next song fades in over its first part, the one before fades out over its last."""
MAX_WOBBLE_S = 0.012
"""How far beats may lie off the straight line through them, at most, over the overlap."""
_BAR_NEAR_S = 0.05
_LATEST_ENTRY_S = 20.0
"""A downbeat of the next song to enter on lies at most so far into it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A straight line through the beats around a seam."""

    first_s: float
    """Where the line puts the beat that was asked for."""
    period_s: float


def why_not(before: Analysis, after: Analysis) -> str | None:
    """Say why two songs cannot be laid beat on beat, in a few words; None if they can."""
    ours, theirs = before.rhythm, after.rhythm
    for name, rhythm in (("the first", ours), ("the second", theirs)):
        if rhythm is None or rhythm.confidence < STEADY_CONFIDENCE:
            return f"{name} has no steady beat"
        if rhythm.downbeat_confidence < MIN_DOWNBEAT_CONFIDENCE or len(rhythm.downbeats) < max(BARS):
            return f"{name} does not show its bars"
    assert ours is not None
    assert theirs is not None
    if ours.beats_per_bar != theirs.beats_per_bar:
        return f"{ours.beats_per_bar} beats to the bar against {theirs.beats_per_bar}"
    rate, _ = fold(ours.bpm, theirs.bpm)
    if abs(rate - 1) > MAX_STRETCH:
        return f"{ours.bpm:.0f} BPM against {theirs.bpm:.0f}"
    return None


def fold(before_bpm: float, after_bpm: float) -> tuple[float, float]:
    """Return by which rate the next song meets the tempo, and how many beats of the song before one of its beats is.

    Half and double time count as the same: 70 BPM is laid on 140 with 2 beats under each.
    """
    pairs = [(before_bpm / (after_bpm * beats), beats) for beats in (0.5, 1.0, 2.0)]
    return min(pairs, key=lambda pair: abs(np.log(pair[0])))


def beatmixes(before: Analysis, after: Analysis) -> Iterator[Seam]:
    """Yield the ways to lay the next song's beats on this one's, downbeat on downbeat; none where it cannot be.

    The overlap ends on a downbeat near the end of the song before, and lasts 4, 8 or 16 of its bars.
    """
    if why_not(before, after) is not None:
        return
    assert before.rhythm is not None
    assert after.rhythm is not None
    ours, theirs = before.rhythm, after.rhythm
    limit_s = overlap_limit_s(before, after)
    for entry in _entries(after, theirs):
        for last in _exits(before, ours):
            for bars in BARS:
                first = last - bars * ours.beats_per_bar
                if first >= 0 and (seam := _laid(before, after, first, last, entry, limit_s)) is not None:
                    yield seam


def _entries(after: Analysis, rhythm: Rhythm) -> list[int]:
    """Return the downbeats on which the next song may enter: the first one, and the first that begins a phrase."""
    begun = rhythm.beats_s[rhythm.downbeats] >= after.cue_in_s - _BAR_NEAR_S
    downbeats = rhythm.downbeats[begun & (rhythm.beats_s[rhythm.downbeats] < after.cue_in_s + _LATEST_ENTRY_S)]
    phrases = [int(beat) for beat in rhythm.phrases if beat in downbeats]
    return sorted({*(int(beat) for beat in downbeats[:1]), *phrases[:1]})


def _exits(before: Analysis, rhythm: Rhythm) -> list[int]:
    """Return the downbeats, or where the next would be, on which the song before may be over: the last few."""
    grid_s = rhythm.beats_s[rhythm.downbeats]
    ending_s = before.cue_out_s if before.fade_starts_s is None else before.start_next_s
    near = rhythm.downbeats[(grid_s <= ending_s + _BAR_NEAR_S) & (grid_s > before.cue_in_s)]
    phrases = [int(beat) for beat in rhythm.phrases if near.size and beat <= near[-1]]
    return sorted({*(int(beat) for beat in near[-5:]), *phrases[-3:]})


def _laid(before: Analysis, after: Analysis, first: int, last: int, entry: int, limit_s: float) -> Seam | None:
    assert before.rhythm is not None
    assert after.rhythm is not None
    ours = _line(before.rhythm.beats_s, first, last)
    _, beats_under = fold(before.rhythm.bpm, after.rhythm.bpm)
    theirs = _line(after.rhythm.beats_s, entry, entry + round((last - first) / beats_under))
    if ours is None or theirs is None:
        return None
    rate = theirs.period_s / (ours.period_s * beats_under)
    if abs(rate - 1) > MAX_STRETCH:
        return None
    beat_s = ours.period_s
    length_s = (last - first) * beat_s
    pickup_s = max(0.0, theirs.first_s - after.cue_in_s) / rate
    starts_s, ends_s = ours.first_s - pickup_s, ours.first_s + length_s
    if ends_s - starts_s > limit_s or ends_s > before.cue_out_s + _BAR_NEAR_S:
        return None
    from_s = after.cue_in_s if theirs.first_s >= after.cue_in_s else theirs.first_s
    middle = last - round((ends_s - starts_s) / 2 / beat_s)
    middle -= (middle - first) % before.rhythm.beats_per_bar
    swap_s = ours.first_s + (middle - first) * beat_s
    lasts_bars = (ends_s - starts_s) / beat_s / before.rhythm.beats_per_bar
    return Seam(
        kind="beatmix",
        next_starts_s=starts_s,
        next_from_s=from_s,
        ends_s=ends_s,
        # One of the two basses is always missing: full fades would sag on top of that.
        fade_out_s=FADED_SHARE * (ends_s - starts_s),
        fade_in_s=FADED_SHARE * (ends_s - starts_s),
        tempo=_glide(rate, ends_s - starts_s, theirs.period_s),
        swap_s=(swap_s - beat_s / 2, swap_s + beat_s / 2),
        bars=lasts_bars,
        why=_reasons(before.rhythm, after.rhythm, lasts_bars, rate),
    )


def _line(beats_s: NDArray[np.float64], first: int, last: int) -> Fit | None:
    """Fit a straight line through beats, from the first to the last; None where they wobble, or are not there."""
    if first < 0 or last > len(beats_s) or last - first < 4:
        return None
    stretch = beats_s[first : last + 1]
    numbers = np.arange(len(stretch))
    period_s, first_s = np.polyfit(numbers, stretch, 1)
    if np.abs(stretch - (first_s + period_s * numbers)).max() > MAX_WOBBLE_S:
        return None
    return Fit(first_s=float(first_s), period_s=float(period_s))


def _glide(rate: float, matched_s: float, period_s: float) -> TempoMap:
    """Hold a rate while both songs sound, then go back to the native tempo by steps."""
    if abs(rate - 1) < 1e-6:
        return TempoMap()
    starts_s, rates = [0.0], [rate]
    at_s, step = matched_s, GLIDE_STEP if rate < 1 else -GLIDE_STEP
    while abs(rates[-1] - 1) > GLIDE_STEP:
        starts_s.append(at_s)
        rates.append(rates[-1] + step)
        at_s += GLIDE_BEATS * period_s / rates[-1]
    return TempoMap((*starts_s, at_s), (*rates, 1.0))


def _reasons(ours: Rhythm, theirs: Rhythm, bars: float, rate: float) -> tuple[str, ...]:
    bent = f", the second by {100 * (rate - 1):+.1f} %" if abs(rate - 1) >= 0.0005 else ""
    return (f"beat on beat for {bars:.0f} bars: {ours.bpm:.1f} and {theirs.bpm:.1f} BPM{bent}",)


def off_phrase(before: Analysis, after: Analysis, seam: Seam) -> float:
    """Return how far a beatmix misses the songs' phrases: 0, or 0.5 for each song whose phrases are known."""
    missed = 0.0
    for rhythm, at_s in ((before.rhythm, seam.ends_s), (after.rhythm, seam.next_from_s)):
        if rhythm is not None and len(rhythm.phrases):
            phrases_s = rhythm.beats_s[rhythm.phrases]
            missed += 0.5 * bool(np.abs(phrases_s - at_s).min() > 2 * 60 / rhythm.bpm)
    return missed
