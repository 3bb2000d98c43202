"""How much louder or softer each song is played: one loudness for the whole session.

Conventions: gains in dB; loudness in LUFS; true peaks in dBTP.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from aidj.analysis import LEVELS_PER_SECOND, levels_loudness
from aidj.model import Analysis

MAX_BOOST_DB = 6.0
PEAK_CEILING_DBTP = -1.0
MAX_LIMITED_DB = 6.0
"""How far a boost may lift the very highest peaks over the ceiling, where the limiter meets them."""
MAX_MADE_UP_DB = 0.5
"""How much of what the limiter takes off is made up for beforehand: more would only feed the limiter."""
MAX_LOWERED_LU = 6.0
"""How far a session may be softer than asked for, for the sake of one song."""
_WHOLE = 0.9
"""Where less than this of a recording lies between its cue points, its loudness is that of the part."""
LIMITER_SHARE = 0.8
"""How much of a peak's excess the limiter takes off the level of its 100 ms (it recovers within them)."""


def song_gain_db(analysis: Analysis, target_lufs: float, ceiling_dbtp: float = PEAK_CEILING_DBTP) -> float:
    """Return the gain that brings a song to the target, what the limiter will take off its peaks included.

    A gain set by hand is taken as it is. A boost ends at +6 dB, or where the highest peaks pass the ceiling by 6 dB:
    beyond that a very dynamic recording stays softer than the others.
    """
    if analysis.gain_db is not None:
        return analysis.gain_db
    return _gain_db([analysis], target_lufs, ceiling_dbtp)


def run_gain_db(run: Sequence[Analysis], target_lufs: float, ceiling_dbtp: float = PEAK_CEILING_DBTP) -> float:
    """Return the one gain of songs that run on from each other: what is soft among them was meant to be softer.

    Their loudness is measured over all of them together, as that of an album is.
    """
    return _gain_db(run, target_lufs, ceiling_dbtp)


def _gain_db(songs: Sequence[Analysis], target_lufs: float, ceiling_dbtp: float) -> float:
    levels, peaks = _played(songs)
    whole = len(songs) == 1 and len(levels) > _WHOLE * len(songs[0].levels_lufs)
    # The stored loudness of a single song is exact; several, and parts, are gated anew.
    loudness_lufs = songs[0].loudness_lufs if whole else levels_loudness(levels)
    true_peak_dbtp = float(peaks.max(initial=-120.0))
    if not np.isfinite(loudness_lufs):
        return 0.0
    gain_db = target_lufs - loudness_lufs
    if true_peak_dbtp + gain_db <= ceiling_dbtp:
        return min(gain_db, MAX_BOOST_DB)
    low_db = gain_db
    high_db = min(MAX_BOOST_DB, ceiling_dbtp + MAX_LIMITED_DB - true_peak_dbtp, gain_db + MAX_MADE_UP_DB)
    high_db = max(low_db, high_db)
    if low_db >= high_db:
        return _capped_db(gain_db, true_peak_dbtp, ceiling_dbtp)
    while high_db - low_db > 0.02:
        middle_db = (low_db + high_db) / 2
        over_db = np.maximum(0.0, peaks + middle_db - ceiling_dbtp)
        if levels_loudness(levels + middle_db - LIMITER_SHARE * over_db) < target_lufs:
            low_db = middle_db
        else:
            high_db = middle_db
    return _capped_db(float(low_db + high_db) / 2, true_peak_dbtp, ceiling_dbtp)


def _played(songs: Sequence[Analysis]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return levels and peaks between the cue points: what is cut off there is not heard, and does not count."""
    spans = [
        slice(int(song.cue_in_s * LEVELS_PER_SECOND), math.ceil(song.cue_out_s * LEVELS_PER_SECOND)) for song in songs
    ]
    levels = np.concatenate([song.levels_lufs[span] for song, span in zip(songs, spans, strict=True)])
    peaks = np.concatenate([song.peaks_dbtp[span] for song, span in zip(songs, spans, strict=True)])
    return levels, peaks


def _capped_db(gain_db: float, true_peak_dbtp: float, ceiling_dbtp: float) -> float:
    if gain_db <= 0:
        return gain_db  # a cut is never limited: it only makes peaks smaller
    return min(gain_db, MAX_BOOST_DB, max(0.0, ceiling_dbtp + MAX_LIMITED_DB - true_peak_dbtp))


def common_target_lufs(
    runs: Sequence[Sequence[Analysis]], target_lufs: float, ceiling_dbtp: float = PEAK_CEILING_DBTP
) -> float:
    """Return the loudness that all songs of a session can be brought to: the target, or up to 6 LU less.

    A very soft or very dynamic recording cannot be lifted to the target without crushing its peaks; rather than have it
    stand out, the others come down to it.

    Parameters
    ----------
    runs : sequence of sequences of Analysis
        Songs that share one gain; a song on its own is a run of one.
    """
    reached = [_reached_lufs(run, target_lufs, ceiling_dbtp) for run in runs]
    return max(target_lufs - MAX_LOWERED_LU, min([target_lufs, *reached]))


def _reached_lufs(run: Sequence[Analysis], target_lufs: float, ceiling_dbtp: float) -> float:
    if any(song.gain_db is not None for song in run):
        return target_lufs  # set by hand: the listener knows
    levels, peaks = _played(run)
    gain_db = _gain_db(run, target_lufs, ceiling_dbtp)
    over_db = np.maximum(0.0, peaks + gain_db - ceiling_dbtp)
    reached = levels_loudness(levels + gain_db - LIMITER_SHARE * over_db)
    # The stored levels gate a hair differently than the samples did; only a real shortfall counts.
    return reached if np.isfinite(reached) and reached < target_lufs - 0.2 else target_lufs
