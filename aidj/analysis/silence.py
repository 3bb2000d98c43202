"""What of a recording is sound that matters: where it begins and ends, and the blank before a hidden track.

Conventions: levels are K-weighted, one per 100 ms, shape (n,), in LUFS; positions are indices into them. All
thresholds are relative to the recording's own integrated loudness, so that a quiet recording is not taken for silence.

One threshold alone would cut a pianissimo ending and keep the hiss of an old tape. Three things are told apart: what
lies within 42 LU of the loudness sounds (the threshold the open cue tools have settled on); what is softer sounds if it
is played, that is if its level rises again, as notes do and neither a reverberation nor hiss does; and what hardly
moves and is the softest there is, is noise, however loud.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aidj.analysis.loudness import LEVELS_PER_SECOND

AUDIBLE_LU = -42.0
BLANK_S = 5.0
"""A rest in music is filled by reverberation and seldom lasts 4 s; the cue tools take 5 s of silence for an end too."""
_FLOOR_LUFS = -70.0
"""Nothing softer matters: it is what BS.1770 leaves out as well."""
_PLAYED_LUFS = -80.0
"""Played notes matter down to here; below, dither and rounding begin to show."""
_PLAYED_LU = -60.0
_RISE_LU = 4.0
"""A level that rises by so much within a second is a note."""
_NOISE_LU = -25.0
"""Noise is at least so far below the loudness; music is cut off at its noise plus a margin, never above that."""
_NOISE_MARGIN_LU = 6.0
_NOISE_SPREAD_LU = 2.5
_NOISE_DRIFT_LU = 0.5
_NOISE_SECONDS = 4
_CLICK_LEVELS = 5
_CLICK_LU = -20.0
"""What is shorter than 300 ms amid noise and softer than this is a click in the vinyl."""
_DIGITAL_LUFS = -90.0

_FINER_S = 4.0
"""Around the edge which levels show, the moments are looked at for so long: a slow decay crosses the line gently."""

Levels = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sounding:
    """Where a recording sounds, in seconds from the start of its file."""

    begins_s: float
    ends_s: float
    blank_s: tuple[float, float] | None
    """The silence before a hidden track, which counts as none of the recording."""


def find_sounding(levels: Levels, loudness_lufs: float, moments_db: Levels | None = None) -> Sounding | None:
    """Find where a recording's sound begins and ends; None if it has none.

    Parameters
    ----------
    moments_db : ndarray, optional
        Unweighted levels of the moments of each 100 ms, shape (n, moments), for edges finer than 100 ms.
    """
    floor = max(loudness_lufs + AUDIBLE_LU, _FLOOR_LUFS)
    loud = np.flatnonzero(levels > floor)
    if not np.isfinite(loudness_lufs) or len(loud) == 0:
        return None
    steady = _without_clicks(levels)
    body = np.flatnonzero(steady > max(loudness_lufs + _NOISE_LU, floor))
    body = body if len(body) else loud
    first, last = int(body[0]), int(body[-1])
    blank = _blank(levels, steady, max(floor, _noise_threshold(steady, loudness_lufs)), first, last)
    if blank is not None:
        last = int(body[body < blank[0]][-1])
        before = blank[1] - LEVELS_PER_SECOND // 2  # what follows may begin softly
        levels, steady = levels[:before], steady[:before]
    backwards = slice(first, None, -1)
    begins = first + 1 - _reach(levels[backwards], steady[backwards], loudness_lufs)
    ends = last + _reach(levels[last:], steady[last:], loudness_lufs)
    begins_s, ends_s = begins / LEVELS_PER_SECOND, ends / LEVELS_PER_SECOND
    if moments_db is not None:
        count = moments_db.shape[1]
        moments = np.flatnonzero(moments_db[: len(levels)].reshape(-1) > floor) / (count * LEVELS_PER_SECOND)
        loud = np.flatnonzero(levels > floor)
        # Edges that were set by noise or by soft notes stay: moments know neither.
        if begins == loud[0] and len(near := moments[np.abs(moments - begins_s) <= _FINER_S]):
            begins_s = float(near[0])
        if ends == loud[-1] + 1 and len(near := moments[np.abs(moments - ends_s) <= _FINER_S]):
            ends_s = float(near[-1]) + 1 / (count * LEVELS_PER_SECOND)
    if blank is None:
        return Sounding(begins_s=begins_s, ends_s=ends_s, blank_s=None)
    blank_s = (blank[0] / LEVELS_PER_SECOND, blank[1] / LEVELS_PER_SECOND)
    return Sounding(begins_s=begins_s, ends_s=min(ends_s, blank_s[0]), blank_s=blank_s)


def _reach(levels: Levels, steady: Levels, loudness_lufs: float) -> int:
    """Return how many levels still sound, going outwards from the first, which does."""
    floor = max(loudness_lufs + AUDIBLE_LU, _FLOOR_LUFS)
    noise = _noise_threshold(steady, loudness_lufs)
    if noise > floor:
        # Amid noise a short sound is music only if it is loud; a click is not.
        heard = np.flatnonzero((steady > noise) | (levels > max(noise, loudness_lufs + _CLICK_LU)))
        return int(heard[-1]) + 1 if len(heard) else 1
    heard = np.flatnonzero(levels > floor)
    return max(int(heard[-1]) + 1 if len(heard) else 1, _played(steady, loudness_lufs, noise))


def _played(steady: Levels, loudness_lufs: float, noise: float) -> int:
    """Return how many levels it is, going outwards, to the end of the last note that is softer than the threshold."""
    least = max(loudness_lufs + _PLAYED_LU, _PLAYED_LUFS, noise)
    second = LEVELS_PER_SECOND
    if len(steady) <= second:
        return 0
    lowest = np.lib.stride_tricks.sliding_window_view(steady, second + 1).min(axis=1)
    notes = np.flatnonzero((steady[second:] > least) & (steady[second:] > np.maximum(lowest, least - 1) + _RISE_LU))
    if len(notes) == 0:
        return 0
    at = int(notes[-1]) + second
    silent = np.flatnonzero(steady[at:] <= least)
    return at + (int(silent[0]) if len(silent) else len(steady) - at)


def _blank(levels: Levels, steady: Levels, floor: float, first: int, last: int) -> tuple[int, int] | None:
    """Return the first long silence amid the sound with enough before it to be the recording."""
    silent = np.concatenate([[False], levels[first : last + 1] <= floor, [False]])
    edges = np.flatnonzero(silent[1:] != silent[:-1])
    for start, stop in edges.reshape(-1, 2) + first:
        long_enough = stop - start >= BLANK_S * LEVELS_PER_SECOND
        # A short piece of speech or a prelude before the song is no reason to leave out the song.
        is_the_song = start - first >= (last - stop) / 2
        if long_enough and is_the_song and not _rises(steady[start:stop]):
            return int(start), int(stop)
    return None


def _rises(steady: Levels) -> bool:
    """Whether notes sound in what is softer than the threshold, but for where it begins and ends."""
    second = LEVELS_PER_SECOND
    inner = steady[second // 2 : len(steady) - second // 2]
    if len(inner) <= second:
        return False
    lowest = np.lib.stride_tricks.sliding_window_view(inner, second + 1).min(axis=1)
    return bool(((inner[second:] > lowest + _RISE_LU) & (inner[second:] > _PLAYED_LUFS)).any())


def _noise_threshold(steady: Levels, loudness_lufs: float) -> float:
    """Return below which level there is but noise; -inf where none is found.

    Noise is where the level neither moves nor drifts for four seconds; the softest of such stretches is what it is.
    """
    count = _NOISE_SECONDS * LEVELS_PER_SECOND
    if len(steady) < count:
        return float("-inf")
    stretches = np.lib.stride_tricks.sliding_window_view(steady, count)
    means = stretches.mean(axis=1)
    drift = np.abs(stretches[:, : count // 2].mean(axis=1) - stretches[:, count // 2 :].mean(axis=1))
    still = (np.ptp(stretches, axis=1) < _NOISE_SPREAD_LU) & (drift < _NOISE_DRIFT_LU)
    noise = means[still & (means > _DIGITAL_LUFS) & (means < loudness_lufs + _NOISE_LU)]
    audible = noise[noise > loudness_lufs + AUDIBLE_LU - _NOISE_MARGIN_LU]
    noise = audible if len(audible) else noise
    if len(noise) == 0:
        return float("-inf")
    return min(float(noise.min()) + _NOISE_MARGIN_LU, loudness_lufs + _NOISE_LU)


def _without_clicks(levels: Levels) -> Levels:
    """Return the running median of half a second: what is shorter than 300 ms disappears, edges stay where they are."""
    half = _CLICK_LEVELS // 2
    padded = np.pad(levels, half, mode="edge")
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(padded, _CLICK_LEVELS), axis=1), np.float32)
