"""Where a recording really begins and ends, and where the next song may come in.

Conventions: levels are K-weighted, one per 100 ms, shape (n,), in LUFS; all thresholds are relative to the recording's
own integrated loudness, so that a quiet recording is not taken for silence. The thresholds are those which the open
cue tools have settled on (-42 LU for silence, -8 LU for the start of the next song, and some more under a long tail).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aidj.analysis.loudness import LEVELS_PER_SECOND
from aidj.model import Ending

SILENCE_LU = -42.0
START_NEXT_LU = -8.0
LONG_TAIL_S = 15.0
LONG_TAIL_LU = -15.0
COLD_TAIL_S = 1.5
FADE_TAIL_S = 3.0
_FLOOR_LUFS = -70.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cues:
    """The markers of one recording, in seconds from the start of its file."""

    cue_in_s: float
    cue_out_s: float
    start_next_s: float
    ending: Ending


def find_cues(levels_lufs: NDArray[np.float32], loudness_lufs: float, duration_s: float) -> Cues:
    """Find the markers in the levels of a recording.

    A recording without any sound is all tail: its cue-in is 0 and the rest its end.
    """
    audible = _above(levels_lufs, max(loudness_lufs + SILENCE_LU, _FLOOR_LUFS))
    if not np.isfinite(loudness_lufs) or len(audible) == 0:
        return Cues(cue_in_s=0.0, cue_out_s=duration_s, start_next_s=duration_s, ending="cold")
    cue_in_s = float(audible[0]) / LEVELS_PER_SECOND
    cue_out_s = min(duration_s, (float(audible[-1]) + 1) / LEVELS_PER_SECOND)
    start_next_s = _last_above(levels_lufs, loudness_lufs + START_NEXT_LU, cue_in_s, cue_out_s)
    tail_s = cue_out_s - start_next_s
    ending: Ending
    if tail_s > LONG_TAIL_S:
        ending = "long_tail"
        start_next_s = _last_above(levels_lufs, loudness_lufs + LONG_TAIL_LU, cue_in_s, cue_out_s)
    elif tail_s < COLD_TAIL_S:
        ending = "cold"
    else:
        ending = "fade" if tail_s >= FADE_TAIL_S else "sustained"
    return Cues(cue_in_s=cue_in_s, cue_out_s=cue_out_s, start_next_s=start_next_s, ending=ending)


def _above(levels_lufs: NDArray[np.float32], threshold_lufs: float) -> NDArray[np.intp]:
    return np.flatnonzero(levels_lufs > threshold_lufs)


def _last_above(levels_lufs: NDArray[np.float32], threshold_lufs: float, cue_in_s: float, cue_out_s: float) -> float:
    loud = _above(levels_lufs, threshold_lufs)
    end_s = (loud[-1] + 1) / LEVELS_PER_SECOND if len(loud) else cue_in_s
    return float(min(max(end_s, cue_in_s), cue_out_s))
