"""Where in the listener's own past a song belongs: its season, its year, and whose year that was.

A season has three months and is numbered through, ``(12 * year + month) // 3`` with January as month 1: December begins
the first season of the following year. Days are UTC, as everywhere in this room: a listen at midnight more or less does
not move a season.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from aidj.model import Plays
from aidj.selection.catalogue import Catalogue
from aidj.selection.habits import DAY_S, distinct_days

MIN_DAYS_IN_SEASON = 2
MIN_DAYS_IN_YEAR = 3
MIN_SHARE = 0.4
"""So much of a song's days must lie in its season or year, else it belongs to no one time."""
MIN_AGO_DAYS = 300
"""A time is past when so many days have gone since its last day with a listen."""
MIN_LISTENS_OF_ARTIST = 20
"""So many listens make an artist the artist of a year."""
COMEBACK_DAYS = 30
COMEBACK_SILENCE_DAYS = 180
"""An artist came back who was heard within the last 30 days, and before that not for 180."""

_NORTH = ("winter", "spring", "summer", "autumn")
_SOUTH = ("summer", "autumn", "winter", "spring")


@dataclass(frozen=True, slots=True, kw_only=True)
class Belonging:
    """When a song was played most; None where no one time stands out."""

    season: str | None = None
    """``summer 2016``; one that goes beyond the end of a year names both: ``winter 2015/2016``."""
    year: int | None = None
    year_artist: str | None = None
    """Whom the listener played most in that year."""
    artist_listens: int = 0
    """Listens of its lead artist, of all songs, owned or not."""
    came_back: bool = False
    """Its lead artist has just come back after a long silence."""

    def terms(self) -> dict[str, float | int | str]:
        """Return what is known, as terms of a candidate."""
        terms: dict[str, float | int | str] = {}
        if self.season:
            terms["season"] = self.season
        if self.year:
            terms["heard_most_in"] = self.year
        if self.year_artist:
            terms["year_artist"] = self.year_artist
        if self.artist_listens:
            terms["artist_listens"] = self.artist_listens
        if self.came_back:
            terms["artist_came_back"] = 1
        return terms


def belonging_of(
    catalogue: Catalogue,
    plays: Plays,
    faces: NDArray[np.int64],
    *,
    now: datetime,
    hemisphere: Literal["north", "south"] = "north",
) -> list[Belonging]:
    """Return where in the past each of some songs belongs, all versions of it together.

    Parameters
    ----------
    plays : Plays
        With the catalogue's numbers of tracks.
    faces : ndarray, shape (n,)
        The numbers of the tracks that stand for the songs.
    """
    past = plays.heard & (plays.listened_at <= now.timestamp())
    track, at = plays.track[past], plays.listened_at[past]
    songs = catalogue.song[faces]
    wanted = np.zeros(catalogue.n_songs, np.bool_)
    wanted[songs] = True
    song = catalogue.song[track]
    song, day_at = distinct_days(song[wanted[song]], at[wanted[song]])
    until = now.timestamp() - MIN_AGO_DAYS * DAY_S
    seasons = _peaks(song, _season_of(day_at), day_at, MIN_DAYS_IN_SEASON, until)
    years = _peaks(song, _year_of(day_at), day_at, MIN_DAYS_IN_YEAR, until)
    artist, artist_at, n_artists = _artist_plays(plays, catalogue, now)
    top = _top_artists(artist, artist_at, n_artists)
    names = _spellings(catalogue, set(top.values()))
    of_artist = np.bincount(artist, minlength=n_artists)
    back = _came_back(artist, artist_at, n_artists, now)
    words = _SOUTH if hemisphere == "south" else _NORTH
    found = []
    for number, lead in zip(songs.tolist(), catalogue.artist[faces].tolist(), strict=True):
        year = years.get(number)
        found.append(
            Belonging(
                season=_season_name(seasons[number], words) if number in seasons else None,
                year=year,
                year_artist=names.get(top.get(year, -1)) if year else None,
                artist_listens=int(of_artist[lead]) if catalogue.artist_keys[lead] else 0,
                came_back=bool(back[lead]) and bool(catalogue.artist_keys[lead]),
            )
        )
    return found


def _months(at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return months since year 0: 12 * year + month - 1."""
    return at.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64) + 1970 * 12


def _season_of(at: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.asarray((_months(at) + 1) // 3)


def _year_of(at: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.asarray(_months(at) // 12)


def _season_name(season: int, names: Sequence[str]) -> str:
    year, part = divmod(season, 4)
    return f"{names[part]} {year - 1}/{year}" if part == 0 else f"{names[part]} {year}"


def _peaks(
    song: NDArray[np.int64], time: NDArray[np.int64], at: NDArray[np.int64], min_days: int, until: float
) -> dict[int, int]:
    """Return the time (season, year) in which each song was heard on most days, where it stands out and is past."""
    if len(song) == 0:
        return {}
    origin, span = int(time.min()), int(time.max() - time.min()) + 1
    key, inverse, days = np.unique(song * span + (time - origin), return_inverse=True, return_counts=True)
    last = np.zeros(len(key))
    np.maximum.at(last, inverse, at)
    owner, when = key // span, key % span + origin
    order = np.lexsort((-when, -days, owner))  # of equals the latest time
    first = order[np.r_[True, owner[order][1:] != owner[order][:-1]]]
    total = np.bincount(owner, weights=days)
    good = (days[first] >= min_days) & (days[first] >= MIN_SHARE * total[owner[first]]) & (last[first] <= until)
    return dict(zip(owner[first[good]].tolist(), when[first[good]].tolist(), strict=True))


def _artist_plays(
    plays: Plays, catalogue: Catalogue, now: datetime
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Return artist and time of every listen, owned or not, and how many artists that are."""
    elsewhere = plays.elsewhere
    numbers = dict(catalogue.artist_number)
    by_name = np.array([numbers.setdefault(key, len(numbers)) for key in elsewhere.names], np.int64)
    artist = np.concatenate((catalogue.artist[plays.track[plays.heard]], by_name[elsewhere.artist]))
    at = np.concatenate((plays.listened_at[plays.heard], elsewhere.listened_at))
    past = at <= now.timestamp()
    return artist[past], at[past], len(numbers)


def _top_artists(artist: NDArray[np.int64], at: NDArray[np.int64], n_artists: int) -> dict[int, int]:
    """Return whom the listener played most in each year; none where two are level, or nobody was played much."""
    if len(artist) == 0:
        return {}
    year = _year_of(at)
    origin, span = int(year.min()), int(year.max() - year.min()) + 1
    counts = np.bincount((year - origin) * n_artists + artist, minlength=span * n_artists).reshape(span, n_artists)
    found = {}
    for row, of_year in enumerate(counts):
        best = int(of_year.argmax())
        if of_year[best] >= MIN_LISTENS_OF_ARTIST and np.count_nonzero(of_year == of_year[best]) == 1:
            found[origin + row] = best
    return found


def _spellings(catalogue: Catalogue, wanted: set[int]) -> dict[int, str]:
    """Return how artists are written, of those of whom there is music to play and who have a name."""
    spellings: dict[int, str] = {}
    for number in np.flatnonzero(np.isin(catalogue.artist, list(wanted))).tolist():
        lead, track = int(catalogue.artist[number]), catalogue.tracks[number]
        if catalogue.artist_keys[lead]:
            name = track.lead
            spellings[lead] = min(name, spellings.get(lead, name))
    return spellings


def _came_back(artist: NDArray[np.int64], at: NDArray[np.int64], n_artists: int, now: datetime) -> NDArray[np.bool_]:
    recent_from = now.timestamp() - COMEBACK_DAYS * DAY_S
    first_recent = np.full(n_artists, np.inf)
    np.minimum.at(first_recent, artist[at >= recent_from], at[at >= recent_from].astype(float))
    last_before = np.full(n_artists, -np.inf)
    np.maximum.at(last_before, artist[at < recent_from], at[at < recent_from].astype(float))
    silent = first_recent - last_before
    return np.asarray(np.isfinite(silent) & (silent >= COMEBACK_SILENCE_DAYS * DAY_S))
