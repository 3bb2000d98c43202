"""A library as numbers: what never changes between two choices, worked out once.

Everything here is in the catalogue's own order, by the id of the tracks, so that neither the order of the library nor
the place of its files reaches a result. `Catalogue.place` leads from a track's index in the library to its number.

Which files are one song? Those that share a recording id, an ISRC, or one of their artists and the title under
`aidj.names.song_key`; chains of such pairs are followed to their end (union-find), so that a live version, a remaster
and an edit are one song even where no two of them share all three.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from aidj.model import Track
from aidj.names import SAME_RECORDING, match_key, song_key, title_key, version_hints
from aidj.selection.releases import Releases

_ISRC = re.compile(r"[a-z]{2}[a-z0-9]{3}\d{7}")
_NO_TITLE = re.compile(
    r"(?:intro(?:duction)?|outro|interlude|prelude|skit|untitled|unknown(?:title)?|silence|hiddentrack|bonustrack|"
    r"(?:audio)?track\d*)"
)
"""Titles that name no song: two of one artist are one song only on one album."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The tracks of a library as columns of shape (n_tracks,), in the order of their ids.

    Artists, songs, albums and works are numbered from 0 in the order in which they first appear.
    """

    tracks: tuple[Track, ...]
    """In the order of their ids."""
    place: NDArray[np.int64] = field(compare=False)
    """The number of each track of the library, by its index there: ``catalogue.tracks[place[i]] is library[i]``."""
    number: Mapping[str, int] = field(compare=False)
    """The number of each track, by its id."""

    artist: NDArray[np.int64] = field(compare=False)
    """The lead artist of each track."""
    artist_keys: tuple[str, ...] = field(compare=False)
    """The `match_key` of each artist; empty for whoever is not named."""
    artist_number: Mapping[str, int] = field(compare=False)
    """The number of each artist, by key."""
    credited: tuple[tuple[int, ...], ...] = field(compare=False)
    """Everybody credited on each track, guests included, the lead first; empty where nobody is named."""
    credit_track: NDArray[np.int64] = field(compare=False)
    """The same as two columns of shape (n_credits,): the track …"""
    credit_artist: NDArray[np.int64] = field(compare=False)
    """… and the artist."""

    song: NDArray[np.int64] = field(compare=False)
    """The song that each track is a version of."""
    n_songs: int
    other_version: NDArray[np.bool_] = field(compare=False)
    """Its title says that it is not the studio recording: live, a remix, a demo …"""
    album: NDArray[np.int64] = field(compare=False)
    """The album of each track, all its editions and discs being one; -1 for none."""
    n_albums: int
    work: NDArray[np.int64] = field(compare=False)
    """The work of several movements that each track is part of, as recorded on its album; -1 for none."""
    n_works: int

    duration_s: NDArray[np.float64] = field(compare=False)
    releases: Releases = field(compare=False)
    rating: NDArray[np.float64] = field(compare=False)
    """The listener's own as the tags keep it, 0 to 1; NaN where unknown."""
    play_count: NDArray[np.int64] = field(compare=False)
    """As a player counted in the tags; 0 where unknown."""
    kept: dict[object, NDArray[np.bool_]] = field(default_factory=dict, compare=False, repr=False)
    """A place for what others worked out of these tracks alone, so that the next choice need not."""

    @classmethod
    def of(cls, tracks: Sequence[Track]) -> Catalogue:
        """Work a library out; a second or two for 100,000 tracks."""
        ids = [track.id for track in tracks]
        order = sorted(range(len(tracks)), key=ids.__getitem__)
        if len(set(ids)) < len(tracks):  # the same content twice
            order.sort(key=lambda i: (tracks[i].id, str(tracks[i].path)))
        ordered = tuple(tracks[i] for i in order)
        n_tracks = len(ordered)
        place = np.zeros(n_tracks, np.int64)
        place[order] = np.arange(n_tracks)
        leads = [match_key(track.lead) for track in ordered]
        numbers: dict[str, int] = {}
        artist = _numbered(leads, numbers)
        everybody: dict[tuple[object, ...], tuple[int, ...]] = {}  # most tracks share theirs with others
        credited = []
        for track in ordered:
            printed = (track.artists, track.guests, track.artist)
            if printed not in everybody:
                everybody[printed] = tuple(numbers.setdefault(key, len(numbers)) for key in _credit_keys(track))
            credited.append(everybody[printed])
        sizes = np.fromiter(map(len, credited), np.int64, n_tracks)
        albums: dict[tuple[str, str], int] = {}
        album_keys: dict[tuple[object, ...], tuple[str, str] | None] = {}
        on_albums = []
        for track, lead in zip(ordered, leads, strict=True):
            named = (track.album, track.album_artist, track.compilation, lead)
            if named not in album_keys:
                album_keys[named] = album_key(track, lead)
            on_albums.append(album_keys[named])
        album = _numbered(on_albums, albums)
        works: dict[tuple[str, int], int] = {}
        work = _numbered(
            [
                (match_key(track.work), number) if track.work else None
                for track, number in zip(ordered, album.tolist(), strict=True)
            ],
            works,
        )
        song, n_songs = _songs(ordered, credited, album.tolist())
        hints = [version_hints(track.title) for track in ordered]
        return cls(
            tracks=ordered,
            place=place,
            number={track.id: i for i, track in enumerate(ordered)},
            artist=artist,
            artist_keys=tuple(numbers),
            artist_number=numbers,
            credited=tuple(credited),
            credit_track=np.repeat(np.arange(n_tracks), sizes),
            credit_artist=np.fromiter(chain.from_iterable(credited), np.int64, int(sizes.sum())),
            song=song,
            n_songs=n_songs,
            other_version=np.fromiter((not said <= SAME_RECORDING for said in hints), np.bool_, n_tracks),
            album=album,
            n_albums=len(albums),
            work=work,
            n_works=len(works),
            duration_s=np.fromiter((track.duration_s for track in ordered), np.float64, n_tracks),
            releases=Releases.of(ordered, hints),
            rating=np.array([np.nan if track.rating is None else track.rating for track in ordered], np.float64),
            play_count=np.fromiter((track.play_count or 0 for track in ordered), np.int64, n_tracks),
        )

    def __len__(self) -> int:
        return len(self.tracks)

    def describes(self, tracks: Sequence[Track]) -> bool:
        """Tell whether this is the catalogue of these tracks, as far as a glance shows."""
        n_tracks = len(tracks)
        if n_tracks != len(self.tracks):
            return False
        looked_at = {0, n_tracks // 2, n_tracks - 1} if n_tracks else set()
        return all(self.tracks[int(self.place[i])].id == tracks[i].id for i in looked_at)


def album_key(track: Track, lead_key: str) -> tuple[str, str] | None:
    """Return the key under which editions and discs of an album are one; None for a track without an album."""
    if not track.album:
        return None
    whose = match_key(track.album_artist) if track.album_artist else "" if track.compilation else lead_key
    return whose, title_key(track.album)


def _credit_keys(track: Track) -> Iterable[str]:
    names = (*(track.artists or (track.artist,)), *track.guests)
    return dict.fromkeys(key for name in names if (key := match_key(name)))


_Key = TypeVar("_Key")


def _numbered(keys: Sequence[_Key | None], numbers: dict[_Key, int]) -> NDArray[np.int64]:
    """Number keys as they appear, into `numbers`; -1 for None."""
    return np.fromiter(
        (-1 if key is None else numbers.setdefault(key, len(numbers)) for key in keys), np.int64, len(keys)
    )


def _songs(
    tracks: Sequence[Track], credited: Sequence[tuple[int, ...]], album: Sequence[int]
) -> tuple[NDArray[np.int64], int]:
    """Return the song of each track, and how many songs there are."""
    parent = list(range(len(tracks)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    first_with: dict[tuple[object, ...], int] = {}
    for i, track in enumerate(tracks):
        for key in _song_keys(track, credited[i], album[i]):
            j = first_with.setdefault(key, i)
            if i != j:
                one, other = root(i), root(j)
                parent[max(one, other)] = min(one, other)
    for i, above in enumerate(parent):  # a root is the first of its song, and all before have found theirs
        parent[i] = parent[above]
    roots, song = np.unique(np.array(parent, np.int64), return_inverse=True)
    return song, len(roots)


def _song_keys(track: Track, credited: tuple[int, ...], album: int) -> Iterable[tuple[object, ...]]:
    """Yield keys of which any one that two tracks share makes them one song."""
    title = song_key(track.title)
    where: tuple[object, ...] | None = ()
    if track.work:  # every symphony has its Allegro, and some have two
        where = (match_key(track.work), track.movement_number, track.movement)
    elif not credited or _NO_TITLE.fullmatch(title):
        where = (album,) if album >= 0 else None
    if title and where is not None:
        for artist in credited[: len(track.artists) or 1] or (-1,):
            yield artist, title, *where
    if track.recording_mbid and (mbid := track.recording_mbid.strip().casefold()):
        yield "mbid", mbid
    if track.isrc and _ISRC.fullmatch(isrc := match_key(track.isrc)):
        yield "isrc", isrc
