"""Where a link is spoken: over an instrumental opening, across the seam, or in the gap.

Conventions: seconds on the session's clock, unless a name says otherwise. Nothing is ever spoken over a song whose
first singing is unknown, nor over an ending that can still be heard.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aidj.model import Analysis
from aidj.timeline.seams import STEP_S, body_s

TALK_FLOOR_DB = -15.0
"""An ending below this, relative to the target (or to the song, if that stays below the target), is quiet enough to
speak over without lowering it."""
QUIET_OPENING_DB = -18.0
"""An opening below this, relative to the same, counts as not begun yet."""

DUCK_DB = -12.0
"""Music under speech."""
BEFORE_POST_S = 0.8
"""Speech ends at least so long before the first singing."""
MIN_OVERLAP_S = 1.5
"""Less than this over an opening is not worth ducking for."""
MAX_OVERLAP_S = 10.0
CLEAN_OPENING_S = 1.6
"""Music alone before the presenter comes in over it."""
PAUSE_S = 0.25
"""Between the end of a song and the first word, and between the last word and a song."""
DUCK_ATTACK_S = 0.6
DUCK_RELEASE_S = 0.8
DUCK_MARGIN_S = 0.1
"""The duck is complete so long before the first word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkPlace:
    """Where a link and the song after it begin."""

    speech_starts_s: float
    song_starts_s: float
    """When the song's cue-in sounds."""
    ducked: bool
    """Whether the song sounds under the speech and is lowered."""


def place_talk(
    speech_s: float,
    after: Analysis,
    after_db: float,
    *,
    free_from_s: float,
    joins_at_s: float,
) -> TalkPlace:
    """Choose the place of a link before a song.

    Parameters
    ----------
    speech_s : float
        Length of the speech.
    after : Analysis
        The song that follows.
    after_db : float
        Its gain minus the target loudness, dB.
    free_from_s : float
        When the song before has become quiet enough to speak.
    joins_at_s : float
        When the song would begin if nothing were said.
    """
    speaks_s = free_from_s + PAUSE_S
    runway_s = _runway_s(after)
    if runway_s >= MIN_OVERLAP_S:
        # The whole link over the opening, with a moment of music alone before it.
        at_s = max(speaks_s, joins_at_s + CLEAN_OPENING_S)
        if at_s + speech_s <= joins_at_s + runway_s and speech_s <= MAX_OVERLAP_S:
            return TalkPlace(speech_starts_s=at_s, song_starts_s=joins_at_s, ducked=True)
        # Its head in the gap, its tail over the opening.
        overlap_s = min(runway_s, MAX_OVERLAP_S, speech_s * 0.6)
        if overlap_s >= MIN_OVERLAP_S:
            song_s = max(joins_at_s, speaks_s + speech_s - overlap_s)
            return TalkPlace(speech_starts_s=speaks_s, song_starts_s=song_s, ducked=True)
    # In the gap; an opening that is too quiet to be heard may begin under the last words.
    song_s = speaks_s + speech_s + PAUSE_S - min(quiet_opening_s(after, after_db), speech_s)
    return TalkPlace(speech_starts_s=speaks_s, song_starts_s=max(joins_at_s, song_s), ducked=False)


def _runway_s(analysis: Analysis) -> float:
    """Return how much of the opening may be spoken over, from the cue-in; 0 where the post is unknown."""
    if analysis.intro_end_s is None:
        return 0.0
    return max(0.0, analysis.intro_end_s - analysis.cue_in_s - BEFORE_POST_S)


def quiet_end_s(analysis: Analysis, gain_db: float) -> float:
    """Return when a song's ending has become quiet enough to speak, on its own clock."""
    loud = np.flatnonzero(analysis.levels_lufs + gain_db > TALK_FLOOR_DB + _shortfall_db(analysis, gain_db))
    end_s = (loud[-1] + 1) * STEP_S if len(loud) else analysis.cue_out_s
    return float(min(max(end_s, analysis.cue_in_s), analysis.cue_out_s))


def quiet_opening_s(analysis: Analysis, gain_db: float) -> float:
    """Return how long a song's opening has not really begun, counted from its cue-in."""
    first = round(analysis.cue_in_s / STEP_S)
    floor_db = QUIET_OPENING_DB + _shortfall_db(analysis, gain_db)
    loud = np.flatnonzero(analysis.levels_lufs[first:] + gain_db > floor_db)
    return float(loud[0] * STEP_S) if len(loud) else body_s(analysis)


def _shortfall_db(analysis: Analysis, gain_db: float) -> float:
    """Return how far a song stays below the target, 0 or less: what is quiet in it begins so much lower."""
    return min(0.0, analysis.loudness_lufs + gain_db) if np.isfinite(analysis.loudness_lufs) else 0.0
