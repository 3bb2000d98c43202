"""Where it is certain that nobody sings, and where a song's edges can hardly be heard: what a link may stand over.

Conventions: seconds on the song's own clock; levels relative to the session's target, or to the song where it stays
below the target.
"""

from __future__ import annotations

import math

import numpy as np

from aidj.model import POST_CONFIDENCE, Analysis
from aidj.timeline.judging import Side
from aidj.timeline.seams import STEP_S, body_s

TALK_FLOOR_DB = -15.0
"""An ending below this has rung out: whatever it was, it is over."""
QUIET_OPENING_DB = -18.0
"""An opening below this counts as not begun yet."""

BEFORE_POST_S = 0.8
"""Speech that is timed to the post ends so long before it: the music is back up as the singing begins."""
CLEAN_OPENING_S = 1.6
"""Music alone before the presenter comes in over it."""
MIN_OVERLAP_S = 1.5
"""Less than this over a song is not worth lowering it for."""
MAX_OVERLAP_S = 10.0
"""Nobody talks longer over a song in full swing."""
MAX_BED_S = 30.0
"""Nor longer over one that only begins to move."""
BED_DB = -6.0
"""An opening that stays so far below the song's own loudness is a bed: made to be under something."""


def unsung_until_s(analysis: Analysis) -> float | None:
    """Return until when it is certain that nobody sings: to the post, or to the end; None where nobody knows."""
    moments = [] if analysis.intro_end_s is None else [analysis.intro_end_s]
    singing = analysis.singing
    if singing is not None and singing.confidence >= POST_CONFIDENCE:
        later = singing.ranges_s[singing.ranges_s[:, 1] > analysis.cue_in_s]
        moments.append(float(later[0, 0]) if len(later) else math.inf)
    return min(moments, default=None)


def unsung_from_s(analysis: Analysis) -> float | None:
    """Return from when on it is certain that nobody sings any more; None where nobody knows."""
    singing = analysis.singing
    if singing is None or singing.confidence < POST_CONFIDENCE:
        return None
    return float(singing.ranges_s[-1, 1]) if len(singing.ranges_s) else 0.0


def may_be_sung(analysis: Analysis, start_s: float, end_s: float) -> bool:
    """Return whether anything, however unsure, says that somebody sings between two moments."""
    if analysis.singing is None:
        return False
    ranges_s = analysis.singing.ranges_s
    return bool(np.any((ranges_s[:, 0] < end_s) & (ranges_s[:, 1] > start_s)))


def runway_s(analysis: Analysis) -> float:
    """Return how much of the opening, from the cue-in, may be spoken over; 0 where the post is unknown."""
    until_s = unsung_until_s(analysis)
    if until_s is None:
        return 0.0
    return max(0.0, min(until_s, analysis.cue_out_s) - analysis.cue_in_s - BEFORE_POST_S)


def bed_s(analysis: Analysis) -> float:
    """Return how long the opening, from the cue-in, stays far below the song's own loudness and unsung."""
    first = round(analysis.cue_in_s / STEP_S)
    full = np.flatnonzero(analysis.levels_lufs[first:] > analysis.loudness_lufs + BED_DB)
    calm_s = float(full[0] * STEP_S) if len(full) else body_s(analysis)
    return min(calm_s, runway_s(analysis))


def room_s(after: Analysis, *, untouched: bool = False) -> float:
    """Return how long a link before a song may be to stand wholly over its opening; 0 where it has to stand elsewhere.

    Parameters
    ----------
    after : Analysis
        The song that follows.
    untouched : bool
        Whether it is to be left alone.
    """
    if untouched:
        return 0.0
    room = max(min(runway_s(after) - CLEAN_OPENING_S, MAX_OVERLAP_S), min(bed_s(after) - CLEAN_OPENING_S, MAX_BED_S))
    return room if room >= MIN_OVERLAP_S else 0.0


def rung_out_s(side: Side, *, alone: bool = False) -> float:
    """Return when a song's ending is as good as over: what is left of it may be spoken over.

    Parameters
    ----------
    alone : bool
        Whether nothing may be spoken over it at all.
    """
    analysis = side.analysis
    if alone:
        return analysis.cue_out_s
    loud = np.flatnonzero(analysis.levels_lufs + side.level_db > TALK_FLOOR_DB + shortfall_db(side))
    end_s = (loud[-1] + 1) * STEP_S if len(loud) else analysis.cue_out_s
    end_s = float(min(max(end_s, analysis.cue_in_s), analysis.cue_out_s))
    return analysis.cue_out_s if may_be_sung(analysis, end_s, analysis.cue_out_s) else end_s


def quiet_opening_s(side: Side) -> float:
    """Return how long a song's opening has not really begun, counted from its cue-in."""
    first = round(side.analysis.cue_in_s / STEP_S)
    loud = np.flatnonzero(side.analysis.levels_lufs[first:] + side.level_db > QUIET_OPENING_DB + shortfall_db(side))
    return float(loud[0] * STEP_S) if len(loud) else body_s(side.analysis)


def loudest_db(side: Side, start_s: float, end_s: float) -> float:
    """Return the highest level between two moments; -inf where there is none."""
    first, last = max(0, math.floor(start_s / STEP_S + 1e-6)), max(0, math.ceil(end_s / STEP_S - 1e-6))
    levels = side.analysis.levels_lufs[first:last]
    return float(levels.max()) + side.level_db - shortfall_db(side) if len(levels) else -math.inf


def shortfall_db(side: Side) -> float:
    """Return how far a song stays below the target, 0 or less: what is quiet in it begins so much lower."""
    loudness_lufs = side.analysis.loudness_lufs
    return min(0.0, loudness_lufs + side.level_db) if np.isfinite(loudness_lufs) else 0.0
