"""Everything known of each song, all its versions together: what a person loves is a song, not a file.

Columns have shape (n_songs,), in the numbers of the catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from aidj.model import Listener, Plays
from aidj.selection.catalogue import Catalogue
from aidj.selection.habits import DAY_S, Habits, habits_of
from aidj.selection.hygiene import binges
from aidj.selection.opinions import Verdicts
from aidj.selection.releases import days_since_added, days_since_release
from aidj.selection.resting import Offered, unasked
from aidj.selection.settings import MixSettings
from aidj.selection.standing import SongStanding

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Songs:
    """The songs of a library as one listener knows them at one moment."""

    face: NDArray[np.int64] = field(compare=False)
    """The track that stands for the song; -1 where none of its versions may be chosen."""
    any_track: NDArray[np.int64] = field(compare=False)
    """Some track of the song, admitted or not: whose it is, and on which album."""
    versions: NDArray[np.int64] = field(compare=False)
    """How many tracks of the library are this song."""
    habits: Habits
    binge: Mask = field(compare=False)
    """Only ever heard within two days; all False where that rule is off."""
    standing: SongStanding
    offered: Offered
    unasked: Mask = field(compare=False)
    """Which of the plays no session had offered, shape (n_plays,)."""
    liked: Mask = field(compare=False)
    last_played: NDArray[np.float64] = field(compare=False)
    """The last play of any kind as far as history or a player tells, unix seconds UTC; NaN where there was none."""
    last_heard: NDArray[np.float64] = field(compare=False)
    """The same without skips and short plays."""
    days_silent: NDArray[np.float64] = field(compare=False)
    """Days since then; inf where there was none."""
    new: Mask = field(compare=False)
    """Lately released or added in every version, not heard, skipped or played yet, and not offered too often."""
    released_days: NDArray[np.float64] = field(compare=False)
    """Days since the face came out, where that is lately; else inf."""
    added_days: NDArray[np.float64] = field(compare=False)
    """Days since the face was added, where that is lately; else inf."""

    @classmethod
    def of(
        cls,
        catalogue: Catalogue,
        plays: Plays,
        listener: Listener,
        verdicts: Verdicts,
        *,
        admitted: Mask,
        listens: NDArray[np.int64],
        now: datetime,
        settings: MixSettings,
    ) -> Songs:
        """Gather it all.

        Parameters
        ----------
        plays : Plays
            Those of `known_plays`, by catalogue number.
        admitted : ndarray of bool, shape (n_tracks,)
            The tracks that may stand for their song.
        listens : ndarray, shape (n_tracks,)
            Of each track.
        """
        n_songs = catalogue.n_songs
        of_songs = replace(plays, track=catalogue.song[plays.track].astype(np.int32))
        habits = habits_of(of_songs, n_songs, now)
        standing = SongStanding.of(listener.standing, catalogue, now)
        by_itself = unasked(of_songs.track.astype(np.int64), of_songs.listened_at, listener.offers, catalogue)
        own = of_songs.heard & by_itself
        offered = Offered.of(
            listener.offers, catalogue, now, song=of_songs.track[own].astype(np.int64), at=of_songs.listened_at[own]
        )
        last_heard = np.fmax(habits.last_heard, standing.last_played)
        silent = (now.timestamp() - last_heard) / DAY_S
        released = days_since_release(catalogue.releases, now.date(), settings.new_days)
        added = days_since_added(catalogue.releases, now, settings.new_days)
        lately = np.isfinite(_longest(released, catalogue)) | np.isfinite(_longest(added, catalogue))
        untouched = (habits.listens == 0) & (habits.skips == 0)
        untouched &= (standing.play_count == 0) & np.isnan(standing.last_played)
        face, any_track = faces(catalogue, admitted, listens)
        binge = binges(of_songs, n_songs, now) if "binge" in settings.hygiene else np.zeros(n_songs, np.bool_)
        return cls(
            face=face,
            any_track=any_track,
            versions=np.bincount(catalogue.song, minlength=n_songs),
            habits=habits,
            binge=binge,
            standing=standing,
            offered=offered,
            unasked=by_itself,
            liked=np.bincount(catalogue.song, weights=verdicts.liked, minlength=n_songs) > 0,
            last_played=np.fmax(habits.last_played, standing.last_played),
            last_heard=last_heard,
            days_silent=np.where(np.isnan(silent), np.inf, silent),
            new=lately & untouched & (offered.count < settings.new_offers),
            released_days=released[any_track],
            added_days=added[any_track],
        )


def faces(
    catalogue: Catalogue, admitted: Mask, listens: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the track that stands for each song (-1 for none), and the same where all tracks are admitted.

    Of several versions the one heard most, else the studio recording, else the first by id.
    """
    order = np.lexsort((catalogue.other_version, -listens, ~admitted, catalogue.song))
    first = np.ones(len(order), np.bool_)
    first[1:] = np.diff(catalogue.song[order]) != 0
    any_track = order[first]
    return np.where(admitted[any_track], any_track, -1), any_track


def _longest(days: NDArray[np.float64], catalogue: Catalogue) -> NDArray[np.float64]:
    """Return the most of each song's versions: one old version makes an old song."""
    most = np.zeros(catalogue.n_songs)
    np.maximum.at(most, catalogue.song, days)
    return most
