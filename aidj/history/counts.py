"""What players have counted, kept beside the listens and brought to the tracks of a library."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from aidj.model import Standing, Track

CountRow = tuple[int, int, int, float | None, float | None]
"""Id of what was heard, id of the source, plays, last played (unix seconds), rating (0 to 1)."""


def write_counts(db: sqlite3.Connection, rows: Iterable[CountRow]) -> None:
    """Store counts; of one song and source the higher count, the later play and the newest rating stay."""
    db.executemany(
        "INSERT INTO player_counts (heard_id, source_id, play_count, last_played, rating) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (heard_id, source_id) DO UPDATE SET play_count = MAX(play_count, excluded.play_count),"
        " last_played = MAX(COALESCE(last_played, excluded.last_played), COALESCE(excluded.last_played, last_played)),"
        " rating = COALESCE(excluded.rating, rating)",
        rows,
    )


def standing_of(tracks: Sequence[Track], counted: Sequence[CountRow], track_of: NDArray[np.int32]) -> Standing | None:
    """Bring together what the tags and the players say; None where they say nothing at all.

    Parameters
    ----------
    tracks : sequence of Track
        With the rating and play count of their tags.
    counted : sequence of CountRow
        What the players counted.
    track_of : NDArray[np.int32]
        The track that each row of `counted` belongs to or -1, shape (len(counted),).

    A rating in the tags comes before those of players; of several the highest counts. One player's counts for several
    files that are one track are added up; of several players, and of the tags, the highest count is taken, because
    they may have counted the same plays.
    """
    rating = np.array([np.nan if track.rating is None else track.rating for track in tracks], np.float64)
    play_count = np.array([track.play_count or 0 for track in tracks], np.int64)
    last_played = np.full(len(tracks), np.nan)
    unrated = np.isnan(rating)
    of_source: dict[tuple[int, int], int] = {}
    for (_, source, plays, last, stars), i in zip(counted, track_of.tolist(), strict=True):
        if i < 0:
            continue
        of_source[i, source] = of_source.get((i, source), 0) + plays
        play_count[i] = max(int(play_count[i]), of_source[i, source])
        if last is not None:
            last_played[i] = np.fmax(last_played[i], last)
        if stars is not None and unrated[i]:
            rating[i] = np.fmax(rating[i], stars)
    if not play_count.any() and np.isnan(rating).all() and np.isnan(last_played).all():
        return None
    return Standing(rating=rating, play_count=play_count, last_played=last_played)
