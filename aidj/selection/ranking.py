"""What speaks for each song on its shelf: the parts of its score, named, already weighted, and simply added up.

z-scores are over the songs of one shelf, so that a weight means the same in every library.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from aidj.model import Elsewhere, Plays, Rotation
from aidj.selection.catalogue import Catalogue
from aidj.selection.habits import DAY_S, EARLIEST_S, day_base_level, z_scores
from aidj.selection.relistening import Past, rediscovery_scores, relisten_scores
from aidj.selection.songs import Songs

Column = NDArray[np.float64]
Parts = Mapping[str, Column]
"""Named parts of a score, each of shape (n_members,)."""

LIKED = 0.5
STANDING = 0.3
"""Weight of what ratings and play counts say beside listens."""
RECENCY = 0.5
ALBUM = 0.5
FIRST_PLAYS_HALF_DAYS = 60.0
_FEWEST_FIRST_PLAYS = 0.01
_IN_FRONT = 3.0
_LAST = -10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Loves:
    """How much artists and albums are in the listener's mind, -inf for those never heard."""

    artist: Column = field(compare=False)
    """Day base level, decay 0.5, of each artist; listens of songs that are not in the library count."""
    new_by: Column = field(compare=False)
    """How likely the listener plays something new by each artist: the same, plus how much of theirs was first heard
    lately."""
    album: Column = field(compare=False)
    """Day base level, decay 0.5, of each album."""

    @classmethod
    def of(cls, catalogue: Catalogue, plays: Plays, songs: Songs, now: datetime) -> Loves:
        """Work them out from the listens."""
        track, at = plays.track[plays.heard], plays.listened_at[plays.heard]
        n_artists = len(catalogue.artist_keys)
        elsewhere, elsewhere_at = _known_artists(plays.elsewhere, catalogue, now)
        artist = day_base_level(
            np.concatenate([catalogue.artist[track], elsewhere]),
            np.concatenate([at, elsewhere_at]),
            n_artists,
            now,
            decay=0.5,
        )
        heard = songs.habits.listens > 0
        age_days = (now.timestamp() - songs.habits.first_heard[heard]) / DAY_S
        first_plays = np.bincount(
            catalogue.artist[songs.any_track[heard]],
            weights=np.exp2(-age_days / FIRST_PLAYS_HALF_DAYS),
            minlength=n_artists,
        )
        album = catalogue.album[track]
        on_album = album >= 0
        return cls(
            artist=artist,
            new_by=artist + 0.5 * np.log(first_plays + _FEWEST_FIRST_PLAYS),
            album=day_base_level(album[on_album], at[on_album], catalogue.n_albums, now, decay=0.5),
        )


def parts_of(
    rotation: Rotation,
    members: NDArray[np.int64],
    *,
    catalogue: Catalogue,
    songs: Songs,
    loves: Loves,
    past: Past,
    half_life_days: float,
    shelved: NDArray[np.bool_],
) -> dict[str, Column]:
    """Return the parts of the members' scores on their shelf.

    Parameters
    ----------
    members : ndarray, shape (n_members,)
        Numbers of songs.
    shelved : ndarray of bool, shape (n_members,)
        False for what was heard often and is no favourite all the same: it comes last among deep cuts.
    """
    track = songs.any_track[members]
    strength = songs.standing.strength[members]
    known = songs.habits.listens[members] > 0
    parts: dict[str, Column] = {}
    if rotation == "new_release":
        # Reference: day base level + .5 log(first plays) found the artists of whom something new is played next best.
        parts["artist"] = z_scores(loves.new_by[catalogue.artist[track]])
        parts["recency"] = RECENCY * z_scores(-np.minimum(songs.released_days, songs.added_days)[members])
    elif rotation == "deep_cut":
        album = catalogue.album[track]
        levels = np.append(loves.album, -np.inf)[album]  # -1, no album, is the last one
        parts["artist"] = z_scores(loves.artist[catalogue.artist[track]])
        parts["album"] = ALBUM * z_scores(levels)
        parts["no_favourite"] = np.where(shelved, 0.0, _LAST)
        parts["standing"] = np.where(~known & songs.standing.favourite[members], _IN_FRONT, 0.0)
    elif known.any():
        if rotation == "forgotten_favourite":
            scores = rediscovery_scores(past, members[known])
        else:
            scores = relisten_scores(past, members[known], half_life_days=half_life_days)
        for name, values in scores.terms.items():
            parts[name] = np.zeros(len(members))
            parts[name][known] = values
    # A favourite by its ratings alone stands among the others by how good they are.
    alone = ~known if rotation in ("forgotten_favourite", "current_favourite") else np.zeros(len(members), np.bool_)
    parts["standing"] = parts.get("standing", 0.0) + np.where(alone, strength - 1.0, STANDING * strength)
    parts["liked"] = np.where(songs.liked[members], LIKED, 0.0)
    return parts


def _known_artists(
    elsewhere: Elsewhere, catalogue: Catalogue, now: datetime
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return artist and time of the listens elsewhere whose artist is in the library."""
    numbers = np.array([catalogue.artist_number.get(name, -1) for name in elsewhere.names] or [-1], np.int64)
    if len(elsewhere.artist) == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    artist = numbers[elsewhere.artist]
    at = elsewhere.listened_at
    kept = (artist >= 0) & (at >= EARLIEST_S) & (at <= now.timestamp())
    return artist[kept], at[kept]
