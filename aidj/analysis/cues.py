"""The markers of a recording: where it really begins and ends, and where the next song may come in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aidj.analysis.endings import find_tail
from aidj.analysis.silence import find_sounding
from aidj.model import Ending


@dataclass(frozen=True, slots=True, kw_only=True)
class Cues:
    """The markers of one recording, in seconds from the start of its file."""

    cue_in_s: float
    cue_out_s: float
    start_next_s: float
    """Where the ending has fallen far enough for the next song to begin; never before the recording's middle."""
    ending: Ending
    fade_starts_s: float | None = None
    """Where a mastered fade begins; None where the recording has none."""
    blank_s: tuple[float, float] | None = None
    """The silence before a hidden track: the recording ends before it."""


def find_cues(
    levels_lufs: NDArray[np.float32],
    loudness_lufs: float,
    duration_s: float,
    *,
    moments_db: NDArray[np.float32] | None = None,
) -> Cues:
    """Find the markers of a recording.

    A recording without any sound is all tail: its cue-in is 0 and the rest its end.

    Parameters
    ----------
    levels_lufs : ndarray
        K-weighted level of each 100 ms, shape (n,).
    loudness_lufs : float
        Integrated loudness.
    duration_s : float
        Length of the file.
    moments_db : ndarray, optional
        Unweighted levels of the moments of each 100 ms, shape (n, moments), as `Loudness.moments_db` has them: with
        them cue-in and cue-out are exact to about 10 ms instead of 100 ms.
    """
    sounding = find_sounding(levels_lufs, loudness_lufs, moments_db)
    if sounding is None:
        return Cues(cue_in_s=0.0, cue_out_s=duration_s, start_next_s=duration_s, ending="cold")
    cue_in_s, cue_out_s = min(sounding.begins_s, duration_s), min(sounding.ends_s, duration_s)
    tail = find_tail(levels_lufs, loudness_lufs, cue_in_s, cue_out_s)
    return Cues(
        cue_in_s=cue_in_s,
        cue_out_s=cue_out_s,
        start_next_s=tail.start_next_s,
        ending=tail.ending,
        fade_starts_s=tail.fade_starts_s,
        blank_s=sounding.blank_s,
    )
