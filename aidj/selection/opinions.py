"""What the listener said of songs, albums and artists, brought to the tracks it holds for.

Opinions are in names. A song's holds for all its versions, an album's for all its editions, an artist's wherever the
artist is credited, as a guest too. Of two opinions on the same thing the later one counts; of opinions that meet on one
track (a liked song by a banned artist) the ban does, then the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from aidj.model import Opinion
from aidj.names import match_key, song_key, split_artists, title_key
from aidj.selection.catalogue import Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """Opinions by track, as columns of shape (n_tracks,) in the order of the catalogue."""

    liked: NDArray[np.bool_] = field(compare=False)
    banned: NDArray[np.bool_] = field(compare=False)
    rests_until: NDArray[np.float64] = field(compare=False)
    """Unix seconds UTC until which the listener asked to rest it; inf for always, NaN where nothing is said."""

    @classmethod
    def of(cls, opinions: Sequence[Opinion], catalogue: Catalogue, now: datetime) -> Verdicts:
        """Look up what each opinion holds for; a rest that is over by `now` says nothing any more."""
        n_tracks = len(catalogue)
        liked, banned = np.zeros(n_tracks, np.bool_), np.zeros(n_tracks, np.bool_)
        rests_until = np.full(n_tracks, np.nan)
        for opinion in _last_words(opinions):
            if opinion.verdict == "rest" and opinion.until is not None and opinion.until <= now:
                continue
            concerned = _concerned(opinion, catalogue)
            if opinion.verdict == "like":
                liked[concerned] = True
            elif opinion.verdict == "ban":
                banned[concerned] = True
            else:
                until = np.inf if opinion.until is None else opinion.until.timestamp()
                rests_until[concerned] = np.fmax(rests_until[concerned], until)
        return cls(liked=liked, banned=banned, rests_until=rests_until)


def _last_words(opinions: Sequence[Opinion]) -> Iterable[Opinion]:
    last: dict[tuple[str, str | None, str | None], Opinion] = {}
    for opinion in sorted(opinions, key=lambda opinion: opinion.said_at):  # stable: of one moment, the last in order
        what = (
            match_key(opinion.artist),
            song_key(opinion.title) if opinion.title else None,
            title_key(opinion.album) if opinion.album and not opinion.title else None,
        )
        last[what] = opinion
    return last.values()


def _concerned(opinion: Opinion, catalogue: Catalogue) -> NDArray[np.int64]:
    """Return the numbers of the tracks that an opinion holds for."""
    by_them = _credited_to(opinion.artist, catalogue)
    if opinion.title:
        wanted = song_key(opinion.title)
        named = [i for i in by_them if song_key(catalogue.tracks[i].title) == wanted]
        return np.flatnonzero(np.isin(catalogue.song, catalogue.song[named]))
    if opinion.album:
        wanted = title_key(opinion.album)
        whose = match_key(opinion.artist)
        named = [i for i in by_them if title_key(catalogue.tracks[i].album or "") == wanted]
        # An album may be credited to whom none of its tracks names: "Various Artists", a series, an ensemble.
        named = named or [
            i
            for i, track in enumerate(catalogue.tracks)
            if track.album_artist and match_key(track.album_artist) == whose and title_key(track.album or "") == wanted
        ]
        albums = catalogue.album[named]
        return np.flatnonzero(np.isin(catalogue.album, albums[albums >= 0]))
    return np.array(by_them, np.int64)


def _credited_to(artist: str, catalogue: Catalogue) -> list[int]:
    """Return the tracks on which a name, or each of the names in a credit, is credited."""
    names = [match_key(artist)]
    if names[0] not in catalogue.artist_number:
        names = [match_key(name) for name in split_artists(artist, known=catalogue.artist_number)[0]]
    numbers = [catalogue.artist_number.get(name, -1) for name in names]
    if not numbers or min(numbers) < 0:
        return []
    found: NDArray[np.int64] = np.unique(catalogue.credit_track[catalogue.credit_artist == numbers[0]])
    for number in numbers[1:]:
        found = np.intersect1d(found, catalogue.credit_track[catalogue.credit_artist == number])
    return [int(i) for i in found]
