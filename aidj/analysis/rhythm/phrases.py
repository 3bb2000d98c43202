"""Where the music begins something new: sections, which as a rule last a multiple of four bars.

Bars before and after each bar line are compared by timbre, loudness and harmony (novelty; Foote 2000). Novelty peaks
where an instrument enters or a verse ends; on which of four bar lines such peaks lie tells the phrase grid.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aidj.analysis.rhythm.metre import BeatFeatures

_BARS = 4
_SHORTEST_BARS = 3
_REGULAR_SHARE = 0.6
_LONG_BARS = 8
_FEWEST_BARS = 12
_MOST_DB = 9.0


def find_phrases(heard: BeatFeatures, downbeats: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return those of the downbeats that begin a phrase; empty where the structure does not show."""
    n_bars = len(downbeats)
    if n_bars < _FEWEST_BARS:
        return np.zeros(0, np.int32)
    novelty = _novelty(_bars(heard, downbeats))
    threshold = float(np.median(novelty) + 0.5 * novelty.std())
    peaks = [
        bar
        for bar in range(1, n_bars - 2)
        if novelty[bar] >= threshold and novelty[bar] == novelty[max(0, bar - 2) : bar + 3].max()
    ]
    if not peaks:
        return np.zeros(0, np.int32)
    weights = np.bincount(np.array(peaks) % _BARS, novelty[peaks], _BARS)
    residue = int(np.argmax(weights))
    if weights[residue] < _REGULAR_SHARE * weights.sum():
        return np.zeros(0, np.int32)
    # Off the grid only what stands out most, as after an odd bar, keeps its place.
    strong = float(np.max(novelty[peaks]))
    kept = [bar for bar in peaks if bar % _BARS == residue or novelty[bar] > 0.9 * strong]
    starts = _spaced([residue if residue < _SHORTEST_BARS or residue in kept else 0, *kept])
    return np.asarray(downbeats[_with_long_ones_divided(starts, n_bars)], dtype=np.int32)


def _bars(heard: BeatFeatures, downbeats: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return timbre, loudness and harmony of each bar, scaled to weigh about the same, shape (n_bars, features)."""
    ends = np.append(downbeats[1:], len(heard.chroma))
    levels = np.array([heard.levels_db[a:b].mean(axis=0) for a, b in zip(downbeats, ends, strict=True)])
    chroma = np.array([heard.chroma[a:b].mean(axis=0) for a, b in zip(downbeats, ends, strict=True)])
    # Entries and exits of single bands matter, not how far down the last sound dies away.
    levels = np.clip(levels - np.median(levels, axis=0), -_MOST_DB, _MOST_DB)
    levels = (levels - levels.mean(axis=0)) / max(float(levels.std()), 1e-9)
    chroma = (chroma - chroma.mean(axis=0)) / max(float(chroma.std()), 1e-9)
    # Chords go round within a section, so that a single bar's harmony tells little: it weighs half.
    return np.concatenate([levels / np.sqrt(levels.shape[1]), 0.5 * chroma / np.sqrt(chroma.shape[1])], axis=1)


def _novelty(bars: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far the next four bars lie from the last four, for each bar line, shape (n_bars,)."""
    sums = np.concatenate([np.zeros((1, bars.shape[1])), np.cumsum(bars, axis=0)])
    at = np.arange(len(bars))
    last, first = np.minimum(at + _BARS, len(bars)), np.maximum(at - _BARS, 0)
    after = (sums[last] - sums[at]) / (last - at)[:, None]
    before = (sums[at] - sums[first]) / np.maximum(at - first, 1)[:, None]
    novelty = np.linalg.norm(after - before, axis=1)
    novelty[0] = 0.0
    # Right at either end there is little to compare with.
    novelty *= np.minimum(1.0, np.minimum(at / 2.0, (len(bars) - at) / _BARS))
    return np.asarray(novelty, dtype=np.float64)


def _spaced(starts: list[int]) -> list[int]:
    spaced: list[int] = []
    for bar in sorted(set(starts)):
        if not spaced or bar - spaced[-1] >= _SHORTEST_BARS:
            spaced.append(bar)
    return spaced


def _with_long_ones_divided(starts: list[int], n_bars: int) -> list[int]:
    """Add a phrase every eight bars to sections of a multiple of that length, and to the last."""
    divided: list[int] = []
    for start, end in zip(starts, [*starts[1:], n_bars], strict=True):
        divided.append(start)
        if end == n_bars or (end - start) % _LONG_BARS == 0:
            divided += range(start + _LONG_BARS, end - _BARS + 1, _LONG_BARS)
    return divided
