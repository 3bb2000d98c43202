"""Which track of the library a listen was of. Pure: names, ids and lengths in, indices out.

A listen belongs to a track that has its recording id, else its ISRC, else one of its artists and its title under
`aidj.names.title_key`: spelling, guests and remasters do not matter, while a live, acoustic or remixed version is not
the studio recording. The work is done once for each distinct recording heard, not for each play.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from aidj.history.rules import isrc
from aidj.model import Elsewhere, Plays, Track
from aidj.names import SAME_RECORDING, match_key, split_artists, title_key, version_hints

DOUBLE_S = 30
"""Two records of one track this close are one play: nothing is heard again so soon."""

_COLLECTIVE = frozenset({"variousartists", "various", "va", "soundtrack", "originalsoundtrack", "unknownartist", ""})
_PERHAPS_SEVERAL = re.compile(r"[,&+/]|\b(?:and|und|y|et|e|x|vs)\b", re.IGNORECASE)


class Heard(NamedTuple):
    """A distinct recording of the history, as its source named it; empty text and 0 where something is unknown."""

    id: int
    artist: str
    title: str
    album: str
    duration_s: float
    recording_mbid: str
    isrc: str
    artist_key: str
    lead_key: str
    recording_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmatched:
    """Something that was listened to and is not among the tracks."""

    artist: str
    title: str
    listens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchReport:
    """How much of a history some tracks cover. Names count by artist and title; podcasts do not count."""

    matched_listens: int
    unmatched_listens: int
    matched_names: int
    unmatched_names: int
    unmatched: tuple[Unmatched, ...]
    """The most-played first, as many as were asked for."""


def recording_key(title: str, album: str) -> str:
    """Return `title_key`, where a plain title on a live album is the live version."""
    key = title_key(title)
    if album and _is_live(album) and version_hints(title) <= SAME_RECORDING:
        return f"{key}live"
    return key


@lru_cache(1 << 14)
def _is_live(album: str) -> bool:
    return "live" in version_hints(f"x ({album})")


def assign(tracks: Sequence[Track] | Index, heard: Sequence[Heard]) -> NDArray[np.int32]:
    """Return the index of the track that each recording heard belongs to, shape (len(heard),); -1 for none."""
    index = tracks if isinstance(tracks, Index) else Index(tracks)
    return np.fromiter((index.find(row) for row in heard), np.int32, len(heard))


_Found = tuple[tuple[int, int], ...]
_Key = TypeVar("_Key")


def _add(index: dict[_Key, _Found], key: _Key, rank: int, i: int) -> None:
    index[key] = (*index.get(key, ()), (rank, i))


class Index:
    """The tracks by id and by name. Each name leads to (rank, index): rank 0 for the credit and the lead artist."""

    def __init__(self, tracks: Sequence[Track]):
        self._tracks = tracks
        # Tuples, not lists: the garbage collector stops looking at them, which halves the time for a large library.
        self._by_mbid: dict[str, _Found] = {}
        self._by_isrc: dict[str, _Found] = {}
        self._by_name: dict[tuple[str, str], _Found] = {}
        self._live_albums: dict[tuple[str, str], _Found] = {}
        self._artists: set[str] = set()
        self._leads: dict[str, str] = {}
        credits_: dict[tuple[object, ...], tuple[tuple[str, int], ...]] = {}  # most tracks share theirs with others
        for i, track in enumerate(tracks):
            if track.recording_mbid:
                _add(self._by_mbid, track.recording_mbid.lower(), 0, i)
            if code := isrc(track.isrc):
                _add(self._by_isrc, code, 0, i)
            plain, key = title_key(track.title), recording_key(track.title, track.album or "")
            printed = (track.artist, track.artists, track.album_artist)
            if printed not in credits_:
                credits_[printed] = tuple(_artist_keys(track).items())
                self._artists.update(artist for artist, _ in credits_[printed])
            for artist, rank in credits_[printed]:
                _add(self._by_name, (artist, key), rank, i)
                if key != plain:
                    _add(self._live_albums, (artist, plain), rank, i)

    def find(self, row: Heard) -> int:
        """Return the index of the track that a recording heard belongs to; -1 for none."""
        for same_id in (self._by_mbid.get(row.recording_mbid), self._by_isrc.get(row.isrc)):
            if same_id:
                return self._best(row, same_id)
        found = (
            self._by_name.get((row.artist_key, row.recording_key))
            or self._by_name.get((row.lead_key, row.recording_key))
            or self._by_name.get((self._lead(row), row.recording_key))
        )
        if not found and not row.album:  # it may have been on a live album; nothing says that it was not
            found = self._live_albums.get((row.artist_key, row.recording_key))
        found = tuple(one for one in found or () if _lengths_agree(row, self._tracks[one[1]]))
        return self._best(row, found) if found else -1

    def lead(self, row: Heard) -> str:
        """Return the key of a listen's lead artist: of "A & B" that is A where the library knows both."""
        lead = self._lead(row)
        return lead if lead != row.artist_key else row.lead_key

    def _lead(self, row: Heard) -> str:
        """Return the lead of a credit like "A & B" where the library knows both as artists, else the whole credit."""
        if row.artist not in self._leads:
            lead = row.artist_key
            if _PERHAPS_SEVERAL.search(row.artist):
                mains, _ = split_artists(row.artist, known=self._artists)
                lead = match_key(mains[0]) if mains else lead
            self._leads[row.artist] = lead
        return self._leads[row.artist]

    def _best(self, row: Heard, found: _Found) -> int:
        if len(found) == 1:
            return found[0][1]
        album = title_key(row.album)
        hints = version_hints(row.title)

        def distance(candidate: tuple[int, int]) -> tuple[bool, int, int, float, str]:
            rank, i = candidate
            track = self._tracks[i]
            return (
                not album or title_key(track.album or "") != album,
                rank,
                len(hints ^ version_hints(track.title)),
                abs(track.duration_s - row.duration_s) if row.duration_s else 0.0,
                track.path.as_posix(),
            )

        return min(found, key=distance)[1]


def _artist_keys(track: Track) -> dict[str, int]:
    mains = track.artists or split_artists(track.artist)[0]
    keys = {match_key(track.artist): 0}
    for n, artist in enumerate(mains):
        keys.setdefault(match_key(artist), min(n, 1))
    if len(mains) > 1:
        keys.setdefault(match_key(" & ".join(mains)), 0)
        keys.setdefault(match_key(", ".join(mains)), 0)
    if track.album_artist:
        keys.setdefault(match_key(track.album_artist), 1)
    return {key: rank for key, rank in keys.items() if key not in _COLLECTIVE}


def _lengths_agree(row: Heard, track: Track) -> bool:
    """Tell whether two lengths can be of one recording; edits may be of any length."""
    if row.duration_s <= 0 or track.duration_s <= 0:
        return True
    longer = max(row.duration_s, track.duration_s)
    if abs(row.duration_s - track.duration_s) <= max(20.0, 0.2 * longer):
        return True
    return "edit" in version_hints(row.title) | version_hints(track.title)


def merged_plays(
    columns: NDArray[np.int64],
    heard_ids: Sequence[int],
    track_of: NDArray[np.int32],
    strangers: Mapping[int, tuple[str, str]] = MappingProxyType({}),
) -> Plays:
    """Make plays of the stored listens.

    Parameters
    ----------
    columns : NDArray[np.int64]
        Shape (n, 4): id of what was heard, start, kind (0 listen, 1 skip, 2 short), source.
    heard_ids, track_of
        What was heard, and the track it belongs to or -1.
    strangers : mapping
        (lead artist, song) of what belongs to no track, by place in `heard_ids`: its listens come back as `elsewhere`.

    Two records of one track less than 30 s apart are one play if they are from different sources, or if both are
    listens (one cannot be over so soon); it starts with the first, and is a listen if one of them is.
    """
    if not len(columns) or not len(heard_ids):
        return Plays.none()
    # What belongs to no track is numbered on behind the tracks, one number for each song.
    first_stranger = int(track_of.max()) + 1
    songs = {name: first_stranger + n for n, name in enumerate(dict.fromkeys(strangers.values()))}
    group_of = track_of.astype(np.int64)
    group_of[list(strangers)] = [songs[name] for name in strangers.values()]
    lookup = np.full(max(int(columns[:, 0].max()), max(heard_ids)) + 1, -1, np.int64)
    lookup[np.asarray(heard_ids)] = group_of

    group = lookup[columns[:, 0]]
    kept = group >= 0
    group, (at, kind, source) = group[kept], columns[kept, 1:].T
    if not len(group):
        return Plays.none()
    order = in_order(group, at, kind, source)
    group, at, kind, source = group[order], at[order], kind[order], source[order]
    gap = np.diff(at)
    either = (source[1:] != source[:-1]) | ((kind[1:] == 0) & (kind[:-1] == 0)) | (gap == 0)
    first = np.flatnonzero(np.r_[True, ~((group[1:] == group[:-1]) & (gap < DOUBLE_S) & either)])
    heard = np.logical_or.reduceat(kind == 0, first)
    skipped = np.logical_or.reduceat(kind == 1, first) & ~heard
    group, at = group[first], at[first]
    order = in_order(at, group)
    group, at, heard, skipped = group[order], at[order], heard[order], skipped[order]

    own = group < first_stranger
    other = ~own & heard
    return Plays(
        track=group[own].astype(np.int32),
        listened_at=at[own],
        skipped=skipped[own],
        heard=heard[own],
        elsewhere=_elsewhere(group[other] - first_stranger, at[other], [lead for lead, _ in songs]),
    )


def in_order(*columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the order of some rows by their first column, then by the next one, and so on; equal rows in any order."""
    key = np.zeros(len(columns[0]), np.int64)
    n_keys = 1
    for column in columns:
        low, n_values = int(column.min()), int(column.max()) - int(column.min()) + 1
        n_keys *= n_values
        if n_keys > np.iinfo(np.int64).max:  # times of a clock gone mad
            return np.lexsort(columns[::-1])
        key = key * n_values + (column - low)
    return np.argsort(key)  # one number for each row is sorted several times faster than columns


def _elsewhere(song: NDArray[np.int64], at: NDArray[np.int64], leads: Sequence[str]) -> Elsewhere:
    """Return the listens of songs by whom they are; `leads` names the artist of each song."""
    names = tuple(sorted({leads[i] for i in np.unique(song).tolist()}))
    place = {name: i for i, name in enumerate(names)}
    artist_of = np.array([place.get(lead, -1) for lead in leads], np.int32)
    return Elsewhere(artist=artist_of[song], listened_at=at, names=names)


def report_of(
    heard: Iterable[Heard], track_of: NDArray[np.int32], listens: Mapping[int, int], limit: int
) -> MatchReport:
    """Sum up how many listens were matched; ``listens`` says how many there are of each id heard."""
    matched: set[tuple[str, str]] = set()
    counts: dict[tuple[str, str], int] = defaultdict(int)
    shown: dict[tuple[str, str], tuple[int, str, str]] = {}
    matched_listens = 0
    for row, track in zip(heard, track_of.tolist(), strict=True):
        n = listens.get(row.id, 0)
        name = (row.lead_key, row.recording_key)
        if not n:
            continue
        if track >= 0:
            matched.add(name)
            matched_listens += n
        else:
            counts[name] += n
            shown[name] = min(shown.get(name, (0, "", "")), (-n, row.artist, row.title))
    ranked = sorted(counts, key=lambda name: (-counts[name], shown[name][1:]))
    return MatchReport(
        matched_listens=matched_listens,
        unmatched_listens=sum(counts.values()),
        matched_names=len(matched),
        unmatched_names=len(counts.keys() - matched),
        unmatched=tuple(
            Unmatched(artist=shown[name][1], title=shown[name][2], listens=counts[name])
            for name in ranked[: max(0, limit)]
        ),
    )
