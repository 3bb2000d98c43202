"""How one song becomes the next: where the next one begins, and what fades.

Conventions: seconds on the files' own clocks; levels are per 100 ms, relative to the session's target loudness, in dB.

A seam is judged by the summed level of both songs. The next song begins where the ending has fallen by 8 LU; if its own
opening is so quiet that a hole would open between the two, it begins earlier.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aidj.model import Analysis

MAX_OVERLAP_S = 10.0
MAX_BOOST_DB = 12.0
PEAK_CEILING_DBTP = -1.0
HOLE_DB = -20.0
"""A summed level below this, relative to the target, is a hole."""
HOLE_S = 0.4
"""Holes up to this length are breath, not dead air."""
TALK_FLOOR_DB = -20.0
"""Music below this, relative to the target, is quiet enough to speak over without lowering it."""

_STEP_S = 0.1
_EARLIER_S = 8.0
_WINDOW_S = 20.0


def song_gain_db(analysis: Analysis, target_lufs: float) -> float:
    """Return the gain that brings a song to the target; a boost ends at +12 dB or where its peaks reach -1 dBTP."""
    if not np.isfinite(analysis.loudness_lufs):
        return 0.0
    gain_db = target_lufs - analysis.loudness_lufs
    if gain_db <= 0:
        return gain_db
    return min(gain_db, MAX_BOOST_DB, max(0.0, PEAK_CEILING_DBTP - analysis.true_peak_dbtp))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seam:
    """A transition without speech."""

    next_starts_s: float
    """When the next song's cue-in sounds, on the clock of the song before."""
    ends_s: float
    """When the song before is over, on its own clock."""
    fade_out_s: float
    """Length of its equal-power fade, ending at `ends_s`; 0 where it ends by itself."""
    fade_in_s: float
    """Length of the next song's equal-power fade; 0 where it begins at full level."""

    @property
    def overlap_s(self) -> float:
        """How long both sound."""
        return self.ends_s - self.next_starts_s


def join(before: Analysis, before_db: float, after: Analysis, after_db: float) -> Seam:
    """Choose the seam between two songs.

    Parameters
    ----------
    before, after : Analysis
        The two songs.
    before_db, after_db : float
        Their gain minus the target loudness, dB: added to a level in LUFS it gives the level relative to the target.
    """
    limit_s = min(MAX_OVERLAP_S, _body_s(before) / 2, _body_s(after) / 2)
    starts_s = max(before.start_next_s, before.cue_in_s + _body_s(before) / 2)
    starts_s = _without_hole(before, before_db, after, after_db, starts_s, limit_s)
    ends_s = min(before.cue_out_s, starts_s + limit_s)
    overlap_s = ends_s - starts_s
    if before.ending == "sustained" and overlap_s > 0:
        return Seam(next_starts_s=starts_s, ends_s=ends_s, fade_out_s=overlap_s, fade_in_s=overlap_s)
    # A mastered fade, a decay and a cold end have their shape already: only what is cut short gets a fade.
    cut_short = ends_s < before.cue_out_s - _STEP_S
    return Seam(
        next_starts_s=starts_s, ends_s=ends_s, fade_out_s=min(overlap_s, 4.0) if cut_short else 0.0, fade_in_s=0.0
    )


def quiet_end_s(analysis: Analysis, gain_db: float) -> float:
    """Return when a song's ending has become quiet enough to speak, on its own clock."""
    loud = np.flatnonzero(analysis.levels_lufs + gain_db > TALK_FLOOR_DB)
    end_s = (loud[-1] + 1) * _STEP_S if len(loud) else analysis.cue_out_s
    return float(min(max(end_s, analysis.cue_in_s), analysis.cue_out_s))


def quiet_opening_s(analysis: Analysis, gain_db: float) -> float:
    """Return how long a song's opening stays quiet enough to be spoken over, counted from its cue-in."""
    first = round(analysis.cue_in_s / _STEP_S)
    loud = np.flatnonzero(analysis.levels_lufs[first:] + gain_db > TALK_FLOOR_DB)
    return float(loud[0] * _STEP_S) if len(loud) else _body_s(analysis)


def _body_s(analysis: Analysis) -> float:
    return max(0.0, analysis.cue_out_s - analysis.cue_in_s)


def _without_hole(
    before: Analysis, before_db: float, after: Analysis, after_db: float, starts_s: float, limit_s: float
) -> float:
    """Begin the next song as much earlier as is needed for the sum never to sag; where nothing helps, least of all."""
    earliest_s = max(before.cue_in_s + _body_s(before) / 2, before.cue_out_s - limit_s, starts_s - _EARLIER_S)
    best_s, best_hole_s = starts_s, _hole_s(before, before_db, after, after_db, starts_s)
    candidate_s = starts_s
    while best_hole_s > HOLE_S and candidate_s - _STEP_S >= earliest_s:
        candidate_s -= _STEP_S
        hole_s = _hole_s(before, before_db, after, after_db, candidate_s)
        if hole_s < best_hole_s:
            best_s, best_hole_s = candidate_s, hole_s
    return best_s


def _hole_s(before: Analysis, before_db: float, after: Analysis, after_db: float, starts_s: float) -> float:
    """Return the longest stretch around the seam in which the sum lies below the hole level."""
    ending = _power(before, before_db, starts_s - 2.0)
    opening = _power(after, after_db, after.cue_in_s)
    total = ending.copy()
    lead = round(2.0 / _STEP_S)
    total[lead:] += opening[: len(total) - lead]
    low = 10 * np.log10(np.maximum(total, 1e-12)) < HOLE_DB
    # Only what the seam can help counts: up to where the next song has really begun.
    begun = np.flatnonzero(opening >= 10 ** (HOLE_DB / 10))
    low = low[: lead + (int(begun[0]) if len(begun) else len(opening))]
    longest = run = 0
    for hole in low:
        run = run + 1 if hole else 0
        longest = max(longest, run)
    return longest * _STEP_S


def _power(analysis: Analysis, gain_db: float, from_s: float) -> NDArray[np.float64]:
    """Return the power of a song from a moment on, relative to the target, one value per 100 ms of a window."""
    count = round(_WINDOW_S / _STEP_S)
    start = max(0, round(from_s / _STEP_S))
    stop = min(len(analysis.levels_lufs), round(analysis.cue_out_s / _STEP_S))
    levels = analysis.levels_lufs[start : min(stop, start + count)].astype(np.float64) + gain_db
    power = np.zeros(count)
    power[: len(levels)] = 10 ** (levels / 10)
    return power
