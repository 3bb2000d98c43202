"""The facts that a candidate carries: what its sentence, the presenter's lines and the plan are made from.

They are of the song, all its versions together:

- ``listens``, ``days_heard``, ``first_heard``, ``last_heard``, ``days_silent``: from the history; ``last_heard`` and
  ``days_silent`` also as a player tells. Without ``listens`` it is not known how often it was heard: a player has
  not counted, or there is no history at all;
- ``new_days`` (days since the release), ``released`` (where no day is known), ``added_days``: while that is lately;
- ``rating`` (0 to 1), ``play_count``, ``said_by`` (``player``; tags otherwise);
- ``versions``: tracks of the library that are this song, where there are several;
- ``offers``: how often earlier sessions offered it; ``liked``, ``skipped_last`` (the last play was a skip), ``binge``
  (only ever heard within two days): 1 where it is so;
- ``resting``: why it rests, in words;
- ``season``, ``heard_most_in``, ``year_artist``, ``artist_came_back``, ``artist_listens`` (of all its artist's
  songs): where in the past it belongs, see `aidj.selection.seasons`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from aidj.selection import wording
from aidj.selection.catalogue import Catalogue
from aidj.selection.resting import REASONS, Resting
from aidj.selection.songs import Songs


def facts_of(
    song: NDArray[np.int64], catalogue: Catalogue, songs: Songs, rests: Resting
) -> list[dict[str, float | int | str]]:
    """Return what is known of some songs; a name is missing where nothing is known.

    Parameters
    ----------
    song : ndarray, shape (n,)
        Numbers of songs.

    Returns
    -------
    list of dict, of length n
    """
    habits, standing = songs.habits, songs.standing
    history = bool(habits.listens.any())
    columns = zip(
        song.tolist(),
        habits.listens[song].tolist(),
        habits.days_heard[song].tolist(),
        habits.first_heard[song].tolist(),
        songs.last_heard[song].tolist(),
        songs.days_silent[song].tolist(),
        standing.rating[song].tolist(),
        standing.play_count[song].tolist(),
        songs.released_days[song].tolist(),
        songs.added_days[song].tolist(),
        strict=True,
    )
    found = []
    for number, listens, days, first, last, silent, rating, played, released, added in columns:
        terms: dict[str, float | int | str] = {}
        if listens or (history and not (played or isfinite(last))):  # not known is not the same as "0 listens"
            terms["listens"] = listens
        if listens:
            terms |= {"days_heard": days, "first_heard": day_of(first)}
        if isfinite(last):
            terms |= {"days_silent": int(silent), "last_heard": day_of(last)}
        if isfinite(released):
            track = catalogue.tracks[int(songs.any_track[number])]
            assert track.released is not None
            if track.released.precision == "day":
                terms["new_days"] = int(released)
            else:
                terms["released"] = str(track.released)
        if isfinite(added):
            terms["added_days"] = int(added)
        if isfinite(rating):
            terms["rating"] = round(rating, 3)
        if played:
            terms["play_count"] = played
        if (isfinite(rating) or played) and standing.of_a_player:
            terms["said_by"] = "player"
        if songs.versions[number] > 1:
            terms["versions"] = int(songs.versions[number])
        if songs.offered.count[number]:
            terms["offers"] = int(songs.offered.count[number])
        if habits.last_was_skip[number]:
            terms["skipped_last"] = 1
        if songs.liked[number]:
            terms["liked"] = 1
        if songs.binge[number]:
            terms["binge"] = 1
        if reason := int(rests.reason[number]):
            terms["resting"] = wording.rests_because(REASONS[reason], float(rests.since_s[number]))
        found.append(terms)
    return found


def day_of(seconds: float) -> str:
    """Return the day (UTC) of a moment."""
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
