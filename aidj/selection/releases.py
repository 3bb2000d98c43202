"""What is new? From release dates, as exact as tags have them, and from when the library first saw a file.

A release is new for some days after it came out, unless tags betray an old recording in a new edition. A file newly
added is new to its owner whatever its age, unless it came with the bulk of the library. An album or two in
a day is news; more is a collection copied over from another machine, and says nothing. Nor does the library's first
day, which is every file's if a first scan finds no older times.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from aidj.model import PartialDate, Track
from aidj.names import version_hints

DAY_S = 86400
BATCH_TRACKS = 25
BATCH_SHARE = 0.05
"""More tracks added on one day than both of these are a move, not a find."""

_NO_DAY = 0
_EPOCH = date(1970, 1, 1).toordinal()
_PRECISIONS = {"year": 1, "month": 2, "day": 3}
_YEAR, _MONTH = 1, 2
_LAST_MONTH_OF_A_BARE_YEAR = 3
_OLD_HINTS = re.compile(
    r"\b(?:anniversary|jubilee|best of|greatest hits|essential|anthology|collected|complete (?:recordings|works)|"
    r"re-?issue|box ?set|\d+(?:th|st|nd|rd) edition)\b",
    re.IGNORECASE,
)
_SOFT_HINTS = re.compile(
    r"\b(?:deluxe|expanded|legacy|collector'?s|special) (?:\w+ )?(?:edition|version)\b|\bdeluxe\b", re.I
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Releases:
    """When each track came out and was added, as columns of shape (n_tracks,); days are ordinals of `date`."""

    released: NDArray[np.int64] = field(compare=False)
    """The first day that the release date can mean; 0 where there is none."""
    precision: NDArray[np.int8] = field(compare=False)
    """0 no date, 1 a year, 2 a month, 3 a day."""
    first_released: NDArray[np.int64] = field(compare=False)
    """The last day that the first release can mean; 0 where no tag says."""
    old: NDArray[np.bool_] = field(compare=False)
    """Surely an old recording: a remaster, an anniversary edition, a compilation."""
    perhaps_old: NDArray[np.bool_] = field(compare=False)
    """An expanded edition, old unless a first release date says otherwise."""
    added: NDArray[np.int64] = field(compare=False)
    """The day (UTC) on which the library first saw it."""
    in_bulk: NDArray[np.bool_] = field(compare=False)
    """Added on the library's first day, or on one with more than 25 tracks and more than a twentieth of it."""

    @classmethod
    def of(cls, tracks: Sequence[Track], hints: Sequence[frozenset[str]]) -> Releases:
        """Read the tags; `hints` are the `aidj.names.version_hints` of each title."""
        n_tracks = len(tracks)
        albums: dict[str | None, tuple[bool, bool]] = {}
        old, perhaps = np.zeros(n_tracks, np.bool_), np.zeros(n_tracks, np.bool_)
        for i, (track, said) in enumerate(zip(tracks, hints, strict=True)):
            if track.album not in albums:
                albums[track.album] = _hints(track.album or "")
            surely, maybe = albums[track.album]
            old[i] = surely or track.compilation or "remaster" in said
            perhaps[i] = maybe
        released = [track.released for track in tracks]
        added = np.fromiter((track.added_at.timestamp() for track in tracks), np.float64, n_tracks)
        added_day = (added // DAY_S).astype(np.int64) + _EPOCH
        return cls(
            released=_each(released, lambda when: when.earliest().toordinal()),
            precision=_each(released, lambda when: _PRECISIONS[when.precision]).astype(np.int8),
            first_released=_each([track.first_released for track in tracks], lambda when: latest(when).toordinal()),
            old=old,
            perhaps_old=perhaps,
            added=added_day,
            in_bulk=_in_bulk(added_day),
        )


def days_since_release(releases: Releases, today: date, new_days: int) -> NDArray[np.float64]:
    """Return the days since each new release came out, at most; inf for what is not new, not sure, or a re-issue.

    A bare year counts only in its first three months; a bare month at least as long as it lasts.

    Returns
    -------
    ndarray, shape (n_tracks,)
        0 for today, never negative.
    """
    now = today.toordinal()
    days = now - releases.released
    new = (releases.precision > 0) & (days >= 0)
    this_month = (releases.precision == _MONTH) & (releases.released == today.replace(day=1).toordinal())
    new &= (days <= new_days) | this_month
    if today.month > _LAST_MONTH_OF_A_BARE_YEAR:
        new &= releases.precision != _YEAR
    dated = releases.first_released != _NO_DAY
    new &= ~(dated & (releases.released - releases.first_released > new_days))
    new &= ~releases.old & ~(releases.perhaps_old & ~dated)
    return np.where(new, days, np.inf)


def days_since_added(releases: Releases, now: datetime, new_days: int) -> NDArray[np.float64]:
    """Return the days since each new file was added; inf for what is not new, or came with the bulk.

    Returns
    -------
    ndarray, shape (n_tracks,)
        0 for today (UTC), never negative.
    """
    days = int(now.timestamp() // DAY_S) + _EPOCH - releases.added
    new = (days >= 0) & (days <= new_days) & ~releases.in_bulk
    return np.where(new, days, np.inf)


def latest(when: PartialDate) -> date:
    """Return the last day that a date can mean."""
    if when.day:
        return when.earliest()
    month = when.month or 12
    return date(when.year, month, monthrange(when.year, month)[1])


def _hints(album: str) -> tuple[bool, bool]:
    """Tell whether an album's title says that it is surely, or perhaps, an old one again."""
    surely = "remaster" in version_hints(album) or bool(_OLD_HINTS.search(album))
    return surely, not surely and bool(_SOFT_HINTS.search(album))


def _each(dates: Sequence[PartialDate | None], meaning: Callable[[PartialDate], int]) -> NDArray[np.int64]:
    """Return what each date means, 0 for none; it is worked out once for all tracks that share a date's object."""
    known = {id(when): meaning(when) if when else _NO_DAY for when in {id(when): when for when in dates}.values()}
    return np.fromiter((known[id(when)] for when in dates), np.int64, len(dates))


def _in_bulk(added: NDArray[np.int64]) -> NDArray[np.bool_]:
    if len(added) == 0:
        return np.zeros(0, np.bool_)
    _, batch, sizes = np.unique(added, return_inverse=True, return_counts=True)
    moved = sizes[batch] > max(BATCH_TRACKS, BATCH_SHARE * len(added))
    return np.asarray(moved | (added == added.min()))
