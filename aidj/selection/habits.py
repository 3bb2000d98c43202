"""What a history says about each track: numbers per track, as columns.

Conventions: every column has shape (n_tracks,); times are unix seconds UTC; a track without a listen has 0 listens and
NaN where a moment is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aidj.model import Plays

DAY_S = 86400
HOUR_S = 3600
EARLIEST_S = 631_152_000  # 1990-01-01: an older play is of a device without a clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """One listener's habits, track by track, up to one moment."""

    listens: NDArray[np.int64] = field(compare=False)
    days_heard: NDArray[np.int64] = field(compare=False)
    """Distinct days (UTC) with a listen: a day of forty repeats counts once."""
    first_heard: NDArray[np.float64] = field(compare=False)
    last_heard: NDArray[np.float64] = field(compare=False)
    last_played: NDArray[np.float64] = field(compare=False)
    """The last play of any kind, skips included."""
    last_was_skip: NDArray[np.bool_] = field(compare=False)
    skips: NDArray[np.int64] = field(compare=False)
    """How often it was skipped by hand."""
    days_silent: NDArray[np.float64] = field(compare=False)
    """Days since the last listen; inf where there was none."""


def known_plays(plays: Plays, place: NDArray[np.int64], now: datetime) -> Plays:
    """Return the plays that can be true: not after `now`, not before players kept dates, and no record twice.

    Parameters
    ----------
    place : ndarray, shape (n_tracks,)
        The new number of each track: the plays come back with those, and of one second in their order.
    """
    at = plays.listened_at
    kept = (at >= EARLIEST_S) & (at <= now.timestamp())
    track, at = place[plays.track[kept]], at[kept]
    skipped, heard = plays.skipped[kept], plays.heard[kept]
    # One number per play, sorted: they are in order of time already but for those of one second.
    key = ((at - EARLIEST_S) * max(len(place), 1) + track) * 4 + skipped * 2 + heard
    order = np.argsort(key, kind="stable")
    if len(key):
        order = order[np.diff(key[order], prepend=-1) != 0]
    return Plays(
        track=track[order].astype(np.int32),
        listened_at=at[order],
        skipped=skipped[order],
        heard=heard[order],
        elsewhere=plays.elsewhere,
    )


def habits_of(plays: Plays, n_tracks: int, now: datetime) -> Habits:
    """Count a history up to `now`; plays after it (a wrong clock) are left out."""
    at = plays.listened_at
    past = at <= now.timestamp()
    track, at, skipped, heard = plays.track[past], at[past], plays.skipped[past], plays.heard[past]
    listens = np.bincount(track[heard], minlength=n_tracks).astype(np.int64)
    first_heard = np.full(n_tracks, np.nan)
    last_heard = np.full(n_tracks, np.nan)
    last_played = np.full(n_tracks, np.nan)
    last_was_skip = np.zeros(n_tracks, np.bool_)
    # Plays are in order of time: the last write wins, and the first one when written backwards.
    last_heard[track[heard]] = at[heard]
    first_heard[track[heard][::-1]] = at[heard][::-1]
    last_played[track] = at
    last_was_skip[track] = skipped
    days_heard = np.bincount(distinct_days(track[heard], at[heard])[0], minlength=n_tracks).astype(np.int64)
    days_silent = (now.timestamp() - last_heard) / DAY_S
    return Habits(
        listens=listens,
        days_heard=days_heard,
        first_heard=first_heard,
        last_heard=last_heard,
        last_played=last_played,
        last_was_skip=last_was_skip,
        skips=np.bincount(track[skipped], minlength=n_tracks).astype(np.int64),
        days_silent=np.where(np.isnan(days_silent), np.inf, days_silent),
    )


def distinct_days(
    group: NDArray[np.integer[Any]], at: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Keep the first play of each group on each day (UTC), in order of group, then time."""
    if len(at) == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    origin = int(at.min()) // DAY_S * DAY_S
    span = (int(at.max()) - origin) // DAY_S * DAY_S + DAY_S
    key = np.sort(group.astype(np.int64) * span + (at - origin))  # one sort of plain numbers is the fastest way
    day = key // DAY_S
    first = np.ones(len(key), np.bool_)
    first[1:] = day[1:] != day[:-1]
    key = key[first]
    return key // span, key % span + origin


def day_base_level(
    group: NDArray[np.integer[Any]], at: NDArray[np.int64], n_groups: int, now: datetime, decay: float
) -> NDArray[np.float64]:
    """Return the base-level activation of each group (tracks, artists), days counted once.

    ``B = ln sum over distinct days of (hours since + 1) ** -decay``, after the ACT-R memory model as Reiter-Haas et
    al. (RecSys 2021) use it for relistening; with the days of a group counted once, and a decay near 1, it ranks
    returns after a long silence better than counts do.

    Parameters
    ----------
    group : ndarray, shape (n_plays,)
        Which group each play belongs to.
    at : ndarray, shape (n_plays,)
        When it began, unix seconds, not after `now`.
    decay : float
        About 1 for returns after a long silence, about 0.5 for the coming week.

    Returns
    -------
    ndarray, shape (n_groups,)
        -inf for a group without plays.
    """
    return base_level(*distinct_days(group, at), n_groups, now, decay)


def base_level(
    group: NDArray[np.int64], at: NDArray[np.int64], n_groups: int, now: datetime, decay: float
) -> NDArray[np.float64]:
    """Return `day_base_level` of plays that are `distinct_days` already."""
    weights = ((now.timestamp() - at) / HOUR_S + 1.0) ** -decay
    sums = np.bincount(group, weights=weights, minlength=n_groups)
    with np.errstate(divide="ignore"):
        return np.log(sums)


def z_scores(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Standardise over the given values and clip to ±4, so that weights mean the same in every library.

    Values that are not finite (an artist never heard) count as one less than the smallest finite one.
    """
    finite = values[np.isfinite(values)]
    if len(finite) == 0:
        return np.zeros_like(values)
    filled = np.where(np.isfinite(values), values, finite.min() - 1.0)
    spread = filled.std()
    if spread == 0:
        return np.zeros_like(filled)
    return np.asarray(np.clip((filled - filled.mean()) / spread, -4.0, 4.0))
