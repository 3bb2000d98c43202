"""How a recording ends, where the next song may come in, and where a mastered fade begins.

Conventions: levels are K-weighted, one per 100 ms, shape (n,), in LUFS; positions are indices into them.

An ending is the last fall of the level from that of the music to silence. Its speed and its shape tell what it is: a
cut falls at once; a reverberation or a held chord falls ever more slowly, evenly in decibels at best; a mastered fade
begins gently and falls ever faster, as the gain goes to nothing, and the music plays on in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aidj.analysis.loudness import LEVELS_PER_SECOND
from aidj.model import Ending

START_NEXT_LU = -8.0
LONG_TAIL_S = 12.0
"""From 8 LU below to inaudible, at 42 LU: a decay of 15 s in all."""
LONG_TAIL_LU = -15.0
_COLD_TAIL_S = 0.35
_SHORTEST_FADE_S = 1.5
_SHORTEST_EVEN_FADE_S = 3.0
"""What falls no faster towards its end, and shorter, is a room that rings on."""
_PLATEAU_S = 6.0
_PLATEAU_LU = 2.0
"""What falls by less in 6 s is played, even if far below the loudness: a soft ending is no tail."""
_BENT = 1.3
"""A fall whose first half takes so much longer than its second falls ever faster; the other way round, ever slower."""
_BEND_LU = 24.0
"""So much of the fall tells its shape; below, a mastering engineer may have cut a decay short."""
_LEAST_FALL_LU = 10.0
_PLAYS_ON = 0.5
_EVEN_LU = 0.3
"""Where levels move by more than this, and in the tail by less than half as much, the music has stopped."""
_FASTEST_FADE_LU_PER_S = 6.0
_BODY_S = 25.0
_LAWS = (1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)
"""Powers of the falling straight line that faders follow."""

Levels = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """The end of a recording."""

    ending: Ending
    start_next_s: float
    fade_starts_s: float | None


def find_tail(levels: Levels, loudness_lufs: float, begins_s: float, ends_s: float) -> Tail:
    """Find the ending of a recording that sounds from `begins_s` to `ends_s`."""
    begins = int(begins_s * LEVELS_PER_SECOND)
    ends = min(len(levels), max(begins + 1, int(np.ceil(ends_s * LEVELS_PER_SECOND - 1e-6))))
    sound = np.maximum(levels[:ends].astype(np.float64), -120.0)
    sound[:begins] = -120.0
    from_here_on = np.maximum.accumulate(_smooth(sound, LEVELS_PER_SECOND)[::-1])[::-1]
    body = _last_plateau(from_here_on, loudness_lufs)
    start_next = _last_above(sound, body + START_NEXT_LU)
    tail_s = ends_s - start_next / LEVELS_PER_SECOND
    ending = _ending(sound, start_next, tail_s)
    fade = _fade_start(sound, start_next) if ending == "fade" else None
    if ending == "long_tail":
        start_next = _last_above(sound, body + LONG_TAIL_LU)
    return Tail(
        ending=ending,
        start_next_s=min(ends_s, max(start_next / LEVELS_PER_SECOND, (begins_s + ends_s) / 2)),
        fade_starts_s=None if fade is None else max(begins_s, fade / LEVELS_PER_SECOND),
    )


def _last_plateau(from_here_on: NDArray[np.float64], loudness_lufs: float) -> float:
    """Return the level the ending falls from: of the last stretch that is played, at most the loudness."""
    length = int(_PLATEAU_S * LEVELS_PER_SECOND)
    if len(from_here_on) <= length:
        return loudness_lufs
    flat = np.flatnonzero(from_here_on[:-length] - from_here_on[length:] < _PLATEAU_LU)
    return min(loudness_lufs, float(from_here_on[flat[-1]])) if len(flat) else loudness_lufs


def _ending(sound: NDArray[np.float64], start_next: int, tail_s: float) -> Ending:
    if tail_s < _COLD_TAIL_S:
        return "cold"
    if tail_s < _SHORTEST_FADE_S:
        return "sustained"
    if tail_s > LONG_TAIL_S:
        return "fade" if _bend(sound, start_next) > _BENT else "long_tail"
    return "fade" if _is_fade(sound, start_next) else "sustained"


def _is_fade(sound: NDArray[np.float64], start_next: int) -> bool:
    """Whether a fall of some seconds was made at the mixing desk rather than by an instrument or a room."""
    if _bend(sound, start_next) > _BENT:
        return True
    tail = sound[start_next:]
    body = _movement(sound[max(0, start_next - 10 * LEVELS_PER_SECOND) : start_next])
    if len(tail) < _SHORTEST_EVEN_FADE_S * LEVELS_PER_SECOND:
        return False
    if _bend(sound, start_next) < 1 / _BENT or (body > _EVEN_LU and _movement(tail) < _PLAYS_ON * body):
        return False
    return bool((tail[0] - tail[-1]) / len(tail) * LEVELS_PER_SECOND < _FASTEST_FADE_LU_PER_S)


def _movement(levels: NDArray[np.float64]) -> float:
    """Return how far levels move around their course over a second, as a standard deviation in LU."""
    if len(levels) < LEVELS_PER_SECOND:
        return 0.0
    return float(np.median(np.abs(levels - _smooth(levels, LEVELS_PER_SECOND))))


def _bend(sound: NDArray[np.float64], start_next: int) -> float:
    """Return how much longer the first 12 LU of the fall take than the next 12.

    Above 1 it falls ever faster; 0 stands for no fall, or one too quick for a fade.
    """
    course = np.maximum.accumulate(_smooth(sound, LEVELS_PER_SECOND // 2)[::-1])[::-1][start_next:]
    depth = min(_BEND_LU, course[0] - course[-1])
    halfway, down = (int(np.argmax(course <= course[0] - share * depth)) for share in (0.5, 1.0))
    if depth < _LEAST_FALL_LU or down < _SHORTEST_FADE_S * LEVELS_PER_SECOND:
        return 0.0
    return halfway / max(1, down - halfway)


def _fade_start(sound: NDArray[np.float64], start_next: int) -> int:
    """Return where a fade begins: where the fader's law that fits the levels best leaves the level before it."""
    first = max(0, start_next - int(_BODY_S * LEVELS_PER_SECOND))
    course = _smooth(sound, LEVELS_PER_SECOND)[first:]
    n = len(course)
    at = np.arange(n)
    starts = np.arange(0, start_next - first + 1, 2)[:, None]
    depth = np.median(course[: start_next - first]) - sound[-1] if start_next > first else 0.0
    best, found = np.inf, start_next
    for power in _LAWS:
        # The fader is down where the law, having passed the last level, would reach nothing.
        left = 10 ** (-max(depth, 20.0) / (20 * power))
        down = (n - left * starts) / (1 - left)
        gain = 20 * power * np.log10(np.clip((down - at) / (down - starts), 1e-4, 1.0))
        body = np.median(course - gain, axis=1, keepdims=True)
        error = np.minimum(np.abs(course - gain - body), 6.0).mean(axis=1)
        if error.min() < best:
            best, found = float(error.min()), first + int(starts[error.argmin(), 0])
    return found


def _last_above(levels: NDArray[np.float64], threshold: float) -> int:
    loud = np.flatnonzero(levels > threshold)
    return int(loud[-1]) + 1 if len(loud) else len(levels)


def _smooth(levels: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Return the mean power around each level, shape as given."""
    power = np.pad(10 ** (levels / 10), (count // 2, count - 1 - count // 2), mode="edge")
    sums = np.cumsum(np.concatenate([[0.0], power]))
    return np.asarray(10 * np.log10(np.maximum((sums[count:] - sums[:-count]) / count, 1e-12)))
