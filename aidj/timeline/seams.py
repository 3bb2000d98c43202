"""How one song becomes the next: where the next one begins, and what fades.

Conventions: seconds on the files' own clocks; levels are per 100 ms, relative to the session's target loudness, in dB.

A seam is judged by the summed level of both songs. The next song begins where the ending has fallen by 8 LU; if its own
opening is so quiet that a hole would open between the two, it begins earlier.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aidj.analysis import LEVELS_PER_SECOND, levels_loudness
from aidj.model import Analysis, Transition

MAX_OVERLAP_S = 10.0
CUT_FADE_S = 4.0
"""Longest fade of an ending that is cut short."""
CROSSFADE_S = 6.0
"""Of a crossfade that is wished for without a length."""
GAP_S = 2.0
"""Of a gap that is wished for without a length."""
MAX_BOOST_DB = 12.0
PEAK_CEILING_DBTP = -1.0
MAX_LIMITED_DB = 15.0
"""How far a boost may lift the highest peaks over the ceiling."""
LIMITER_SHARE = 0.65
"""How much of a peak's excess the limiter takes off the level of its 100 ms (it recovers within them)."""
HOLE_DB = -18.0
"""A summed level below this, relative to the target, is a hole."""
HOLE_S = 0.4
"""Holes up to this length are breath, not dead air."""
TALK_FLOOR_DB = -15.0
"""An ending below this, relative to the target (or to the song, if that stays below the target), is quiet enough to
speak over without lowering it."""
QUIET_OPENING_DB = -18.0
"""An opening below this, relative to the same, counts as not begun yet."""

_STEP_S = 1 / LEVELS_PER_SECOND
_EARLIER_S = 8.0
_WINDOW_S = 20.0


def song_gain_db(analysis: Analysis, target_lufs: float, ceiling_dbtp: float = PEAK_CEILING_DBTP) -> float:
    """Return the gain that brings a song to the target, what the limiter will take off its peaks included.

    A boost ends at +12 dB, or where the highest peaks pass the ceiling by 15 dB.
    """
    if not np.isfinite(analysis.loudness_lufs):
        return 0.0
    gain_db = target_lufs - analysis.loudness_lufs
    if analysis.true_peak_dbtp + gain_db <= ceiling_dbtp:
        return min(gain_db, MAX_BOOST_DB)
    low_db = gain_db
    high_db = max(low_db, min(MAX_BOOST_DB, ceiling_dbtp + MAX_LIMITED_DB - analysis.true_peak_dbtp))
    if low_db >= high_db:
        return min(low_db, MAX_BOOST_DB)
    while high_db - low_db > 0.05:
        middle_db = (low_db + high_db) / 2
        if _limited_loudness(analysis, middle_db, ceiling_dbtp) < target_lufs:
            low_db = middle_db
        else:
            high_db = middle_db
    return float(low_db + high_db) / 2


def _limited_loudness(analysis: Analysis, gain_db: float, ceiling_dbtp: float) -> float:
    """Return about how loud a song comes out of the limiter."""
    over_db = np.maximum(0.0, analysis.peaks_dbtp + gain_db - ceiling_dbtp)
    return levels_loudness(analysis.levels_lufs + gain_db - LIMITER_SHARE * over_db)


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
    gapless: bool = False
    """Whether the two are cut together without any fade, not even one against clicks."""

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
    limit_s = _limit_s(before, after)
    starts_s = max(before.start_next_s, before.cue_in_s + _body_s(before) / 2)
    starts_s = _without_hole(before, before_db, after, after_db, starts_s, limit_s)
    ends_s = min(before.cue_out_s, starts_s + limit_s)
    overlap_s = ends_s - starts_s
    if before.ending == "sustained" and overlap_s > 0:
        return Seam(next_starts_s=starts_s, ends_s=ends_s, fade_out_s=overlap_s, fade_in_s=overlap_s)
    return join_at(before, after, starts_s)


def join_at(before: Analysis, after: Analysis, next_starts_s: float) -> Seam:
    """Return the seam of two songs where the beginning of the next one is given, on the clock of the one before.

    A mastered fade, a decay and a cold end have their shape already: only what is cut short gets a fade.
    """
    ends_s = min(before.cue_out_s, next_starts_s + _limit_s(before, after))
    cut_short = ends_s < before.cue_out_s - _STEP_S
    fade_out_s = min(ends_s - next_starts_s, CUT_FADE_S) if cut_short else 0.0
    return Seam(next_starts_s=next_starts_s, ends_s=ends_s, fade_out_s=fade_out_s, fade_in_s=0.0)


def join_as_wished(
    before: Analysis, before_db: float, after: Analysis, after_db: float, wish: Transition | None
) -> Seam:
    """Choose the seam between two songs as the plan wishes it; parameters as for `join`.

    ``gapless`` cuts them together at their cue points; ``segue`` begins the next one where the ending allows it, and
    lets the ending be; ``crossfade`` takes the wished length, at most half the shorter song; ``gap`` keeps silence.
    """
    if wish is None:
        return join(before, before_db, after, after_db)
    ends_s = before.cue_out_s
    if wish.kind == "segue":
        return join_at(before, after, join(before, before_db, after, after_db).next_starts_s)
    if wish.kind == "crossfade":
        return crossfade(before, after, ends_s - crossfade_s(before, after, wish))
    gapless = wish.kind == "gapless"
    starts_s = ends_s + wished_gap_s(wish)
    return Seam(next_starts_s=starts_s, ends_s=ends_s, fade_out_s=0.0, fade_in_s=0.0, gapless=gapless)


def crossfade(before: Analysis, after: Analysis, next_starts_s: float, length_s: float | None = None) -> Seam:
    """Return an equal-power crossfade from a moment of the song before: of a length, or to that song's end."""
    left_s = before.cue_out_s - next_starts_s
    length_s = max(0.0, left_s if length_s is None else min(length_s, left_s))
    ends_s = min(before.cue_out_s, next_starts_s + length_s)
    return Seam(next_starts_s=next_starts_s, ends_s=ends_s, fade_out_s=length_s, fade_in_s=length_s)


def crossfade_s(before: Analysis, after: Analysis, wish: Transition) -> float:
    """Return the length that a wished crossfade gets: at most half the shorter song, so that never three sound."""
    wished_s = CROSSFADE_S if wish.length_s is None else wish.length_s
    return min(wished_s, _body_s(before) / 2, _body_s(after) / 2)


def wished_gap_s(wish: Transition | None) -> float:
    """Return the silence that is wished for; 0 where none is."""
    if wish is None or wish.kind != "gap":
        return 0.0
    return GAP_S if wish.length_s is None else wish.length_s


def cut_at(before: Analysis, ends_s: float, next_starts_s: float) -> Seam:
    """Return the seam of a song that has to end early, both moments on its own clock: it is faded out before."""
    ends_s = min(ends_s, before.cue_out_s)
    cut_short = ends_s < before.cue_out_s - _STEP_S
    fade_out_s = min(CUT_FADE_S, ends_s - before.cue_in_s) if cut_short else 0.0
    return Seam(next_starts_s=next_starts_s, ends_s=ends_s, fade_out_s=fade_out_s, fade_in_s=0.0)


def _limit_s(before: Analysis, after: Analysis) -> float:
    # Half of the shorter song, so that never more than two sound at once.
    return min(MAX_OVERLAP_S, _body_s(before) / 2, _body_s(after) / 2)


def quiet_end_s(analysis: Analysis, gain_db: float) -> float:
    """Return when a song's ending has become quiet enough to speak, on its own clock."""
    loud = np.flatnonzero(analysis.levels_lufs + gain_db > TALK_FLOOR_DB + _shortfall_db(analysis, gain_db))
    end_s = (loud[-1] + 1) * _STEP_S if len(loud) else analysis.cue_out_s
    return float(min(max(end_s, analysis.cue_in_s), analysis.cue_out_s))


def quiet_opening_s(analysis: Analysis, gain_db: float) -> float:
    """Return how long a song's opening has not really begun, counted from its cue-in."""
    first = round(analysis.cue_in_s / _STEP_S)
    floor_db = QUIET_OPENING_DB + _shortfall_db(analysis, gain_db)
    loud = np.flatnonzero(analysis.levels_lufs[first:] + gain_db > floor_db)
    return float(loud[0] * _STEP_S) if len(loud) else _body_s(analysis)


def _shortfall_db(analysis: Analysis, gain_db: float) -> float:
    """Return how far a song stays below the target, 0 or less: what is quiet in it begins so much lower."""
    return min(0.0, analysis.loudness_lufs + gain_db) if np.isfinite(analysis.loudness_lufs) else 0.0


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
    start = round(from_s / _STEP_S)
    first = max(start, 0)
    stop = min(len(analysis.levels_lufs), round(analysis.cue_out_s / _STEP_S), start + count)
    levels = analysis.levels_lufs[first : max(first, stop)].astype(np.float64) + gain_db
    power = np.zeros(count)
    power[first - start : first - start + len(levels)] = 10 ** (levels / 10)
    return power
