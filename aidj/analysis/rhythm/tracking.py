"""Beats of music whose tempo moves: the likeliest way through the onsets, by dynamic programming.

D. Ellis (2007), "Beat tracking by dynamic programming". The best chain of beats that ends at a frame depends only on
frames at least half a period earlier, so frames are worked out half a period at a time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aidj.analysis.rhythm.onsets import Onsets

_TIGHTNESS = 40.0
"""How much a change of period by a factor of e would cost, in onsets."""


def track_beats(onsets: Onsets, period_frames: float) -> NDArray[np.float64]:
    """Return the level frame of each beat, shape (n,), ascending, about a period apart."""
    shortest, longest = max(1, int(period_frames / 2)), max(2, int(2 * period_frames))
    lags = np.arange(longest, shortest - 1, -1)
    costs = (_TIGHTNESS * np.log(lags / period_frames) ** 2).astype(np.float32)
    n_frames = len(onsets.all)
    strength = np.convolve(onsets.all, [0.25, 0.5, 1.0, 0.5, 0.25], "same").astype(np.float32)
    best = np.zeros(longest + n_frames + shortest, np.float32)  # a beat before the first frame costs nothing
    back = np.zeros(n_frames + shortest, np.int64)
    for first in range(0, n_frames, shortest):
        # Row i holds what a beat at frame first + i could follow, the earliest first.
        window = best[first : first + shortest - 1 + len(lags)]
        chains = np.lib.stride_tricks.sliding_window_view(window, len(lags)) - costs
        chosen = np.argmax(chains, axis=1)
        here = strength[first : first + shortest]
        rows = np.arange(len(here))
        best[longest + first : longest + first + len(here)] = here + chains[rows, chosen[: len(here)]]
        back[first : first + len(here)] = first + rows - lags[chosen[: len(here)]]
    scores = best[longest : longest + n_frames]
    last = max(0, n_frames - longest)
    at = last + int(np.argmax(scores[last:]))
    beats = []
    while at >= 0:
        beats.append(at)
        at = int(back[at])
    return np.array(beats[::-1], dtype=np.float64)
