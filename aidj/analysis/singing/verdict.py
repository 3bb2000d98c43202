"""From log odds to stretches of singing, and to whether the first of them is the post.

A presenter must never talk over singing, so the post is given only where three things agree: the opening sounds like
nobody sings, what follows sounds very much like singing, and the whole recording falls clearly into the two, with
little between them. The bounds are chosen so that on composed songs and on real recordings with voices laid over them,
none of which the weights had seen, no post came late (`scripts/fit_singing` counts). Early ones do no harm: an
instrument that plays like a singer may end the talk too soon.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aidj.model import POST_CONFIDENCE, Singing

_OPENS, _LASTS = 2.0, 0.5
"""A stretch must reach the first log odds somewhere, and lasts while they are above the second."""
_BREATH_S = 0.6
_SHORTEST_S = 0.4
_SHORTEST_RECORDING_S = 8.0

_BEGINS = -1.0
_RISES = 1.0
_RISE_S = 1.0
_STILL_QUIET = -3.0
"""The first stretch begins where the odds first rise: above this value, and up to a second earlier where they are
already so much above what nine tenths of the opening have, unless they still say clearly that nobody sings."""

_UNCLEAR, _MOST_UNCLEAR = (-1.0, 1.5), 0.25
"""Log odds that say neither, and how large a part of the recording may have them."""
_QUIET, _NEVER = -3.0, -0.5
"""What the opening may sound like on average, and at no time."""
_LOUD = 3.0
"""What the first seconds of singing must reach in their best fifth."""
_FIRST_S, _EDGE_S = 2.0, 0.25
_LATEST_S, _LEAST = 60.0, 0.08
"""A later post is none, nor one where less than this part of the recording is sung: what sang until then was missed."""
_WITHOUT_BREATH_S = 40.0
"""Nobody sings for so long without a pause: it is an instrument."""
_NOBODY = -1.5
"""A recording without singing stays below this throughout. Growling over distorted guitars, which it does not take for
singing, comes to 0.5."""
_STEEPNESS = 1.5
"""How quickly the confidence grows and falls with the margin by which the bounds are kept."""


def singing_of(odds: NDArray[np.float64], hop_s: float) -> Singing | None:
    """Return where somebody sings, from the log odds of each frame; None where there is too little to tell by."""
    if len(odds) * hop_s < _SHORTEST_RECORDING_S or not np.isfinite(odds).all():
        return None
    ranges = _ranges(odds, hop_s)
    if len(ranges):
        rise = _last_below(odds[: ranges[0, 0]], _BEGINS)
        ranges[0, 0] = _first_rise(odds, hop_s, rise)
        margin = _post_margin(odds, hop_s, int(ranges[0, 0]), rise)
        share = float((ranges[:, 1] - ranges[:, 0]).sum()) / len(odds)
        longest_s = float((ranges[:, 1] - ranges[:, 0]).max()) * hop_s
        margin = min(margin, (share - _LEAST) / 0.05, _LATEST_S - ranges[0, 0] * hop_s, _WITHOUT_BREATH_S - longest_s)
    else:
        margin = _NOBODY - float(odds.max())
    at_even = np.log(POST_CONFIDENCE / (1 - POST_CONFIDENCE))
    confidence = 1 / (1 + np.exp(-np.clip(_STEEPNESS * margin + at_even, -30, 30)))
    return Singing(ranges_s=np.asarray(ranges * hop_s, np.float64), confidence=float(confidence), source="detected")


def post_of(singing: Singing) -> float | None:
    """Return the post in seconds, the beginning of the first singing; None where it is not known well enough."""
    if singing.confidence < POST_CONFIDENCE or not len(singing.ranges_s):
        return None
    return float(singing.ranges_s[0, 0])


def is_instrumental(singing: Singing) -> bool:
    """Return whether it is as good as certain that nobody sings at all."""
    return singing.confidence >= POST_CONFIDENCE and not len(singing.ranges_s)


def _ranges(odds: NDArray[np.float64], hop_s: float) -> NDArray[np.int64]:
    """Return first frame and end of each stretch, shape (n, 2)."""
    edges = np.diff(np.concatenate([[0], (odds > _LASTS).astype(np.int8), [0]]))
    ranges: list[list[int]] = []
    for start, end in zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True):
        if odds[start:end].max() <= _OPENS:
            continue
        if ranges and (start - ranges[-1][1]) * hop_s < _BREATH_S:
            ranges[-1][1] = end
        else:
            ranges.append([start, end])
    long_enough = [span for span in ranges if (span[1] - span[0]) * hop_s >= _SHORTEST_S]
    return np.array(long_enough, np.int64).reshape(-1, 2)


def _last_below(odds: NDArray[np.float64], bound: float) -> int:
    """Return the frame behind the last one that is not above a bound; 0 where all are."""
    below = np.flatnonzero(odds <= bound)
    return int(below[-1]) + 1 if len(below) else 0


def _first_rise(odds: NDArray[np.float64], hop_s: float, rise: int) -> int:
    reach = max(0, rise - round(_RISE_S / hop_s))
    if not reach:
        return rise
    usual = float(np.percentile(odds[:reach], 90))
    return max(reach, _last_below(odds[:rise], min(_BEGINS, max(usual + _RISES, _STILL_QUIET))))


def _post_margin(odds: NDArray[np.float64], hop_s: float, start: int, rise: int) -> float:
    """Return by how much the weakest of the signs holds; below 0 it does not."""
    unclear = float(np.mean((odds > _UNCLEAR[0]) & (odds < _UNCLEAR[1])))
    loud = float(np.percentile(odds[rise : rise + round(_FIRST_S / hop_s)], 80))
    margins = [(_MOST_UNCLEAR - unclear) / 0.1, loud - _LOUD]
    opening = odds[: max(0, start - round(_EDGE_S / hop_s))]
    if len(opening):
        margins += [_QUIET - float(opening.mean()), _NEVER - float(opening.max())]
    return min(margins)
