"""Separation: what may not stand next to what, and in which order the rules give way when nothing else is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from aidj.model import Candidate, Track
from aidj.names import match_key, song_key

ARTIST_GAP = 8
"""Songs from one of an artist to the next, where the library has artists enough."""
ALBUM_GAP = 8
"""The same for albums."""

NEW_AFTER_NEW, FORGOTTEN_RUN, ALBUM_NEAR, ARTIST_NEAR, RESTING, ARTIST_IN_SET, ARTIST_RUNNING = range(7)

RELAXATIONS: tuple[str, ...] = (
    "a song never heard follows another one",
    "a forgotten favourite follows another one",
    "the same album again within {album_gap} songs",
    "the same artist again within {artist_gap} songs",
    "again sooner than it should be",
    "the same artist twice in a set",
    "the same artist twice running",
)
"""What is given up, first to last. A song is never played twice in a session."""


def artists_of(track: Track) -> frozenset[str]:
    """Return the keys of everybody credited, guests included."""
    names = (*(track.artists or (track.artist,)), *track.guests)
    return frozenset(key for name in names if (key := match_key(name)))


def lead_of(track: Track) -> str:
    """Return the key of the lead artist."""
    return match_key(track.lead)


def albums_of(track: Track) -> frozenset[str]:
    """Return the key of the album; empty for a track on none."""
    album = match_key(track.album or "")
    return frozenset({f"{match_key(track.album_artist or '')}\0{album}"}) if album else frozenset()


def songs_of(track: Track) -> frozenset[str]:
    """Return keys of which any one that two tracks share makes them the same song.

    Versions (live, remastered, edited ones) are the same song, and so is a recording that another file credits
    otherwise but with the same identifier. Movements of one work are told apart by their titles.
    """
    song = song_key(track.title)
    keys = {f"song {match_key(name)}\0{song}" for name in track.artists or (track.artist,)}
    if track.recording_mbid:
        keys.add(f"mbid {track.recording_mbid.strip().casefold()}")
    if track.isrc:
        keys.add(f"isrc {match_key(track.isrc)}")
    return frozenset(keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A candidate with what the rules ask about it, worked out once."""

    candidate: Candidate
    artists: frozenset[str]
    albums: frozenset[str]
    songs: frozenset[str]
    forgotten: bool
    unheard: bool
    resting: bool

    @classmethod
    def of(cls, candidate: Candidate) -> Contender:
        """Look a candidate up, with all the tracks it stands for."""
        tracks = candidate.tracks
        return cls(
            candidate=candidate,
            artists=frozenset(chain.from_iterable(map(artists_of, tracks))),
            albums=frozenset(chain.from_iterable(map(albums_of, tracks))),
            songs=frozenset(chain.from_iterable(map(songs_of, tracks))),
            forgotten=candidate.rotation == "forgotten_favourite",
            unheard=candidate.terms.get("listens") == 0 and candidate.rotation in ("new_release", "deep_cut"),
            resting="resting" in candidate.terms,
        )

    @property
    def id(self) -> str:
        """The id of its track."""
        return self.candidate.track.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The separation rules, scaled to what there is to choose from."""

    artist_gap: int = ARTIST_GAP
    album_gap: int = ALBUM_GAP
    known_first: bool = True
    """Whether a song never heard should come after a known one; off where nothing is known."""

    @classmethod
    def for_pool(cls, pool: Sequence[Contender]) -> Rules:
        """Scale the gaps to the number of artists and albums: half of them at most."""
        artists = {lead_of(contender.candidate.track) for contender in pool}
        albums = frozenset().union(*(contender.albums for contender in pool))
        return cls(
            artist_gap=min(ARTIST_GAP, len(artists) // 2),
            album_gap=min(ALBUM_GAP, len(albums) // 2),
            known_first=any(not contender.unheard for contender in pool),
        )

    def broken_by(self, contender: Contender, before: Sequence[Contender], in_set: int) -> tuple[int, ...]:
        """Return which of `RELAXATIONS` a song would need in this place, as indices, ascending.

        Of the three that concern its artists, only the last one needed: it says what the others do, and more.

        Parameters
        ----------
        before : sequence of Contender
            All songs so far.
        in_set : int
            How many of them belong to the current set.
        """
        broken: set[int] = set()
        if contender.unheard and self.known_first and (not before or before[-1].unheard):
            broken.add(NEW_AFTER_NEW)
        if contender.forgotten and before and before[-1].forgotten:
            broken.add(FORGOTTEN_RUN)
        if contender.resting:
            broken.add(RESTING)
        if any(not contender.albums.isdisjoint(other.albums) for other in _last(before, self.album_gap - 1)):
            broken.add(ALBUM_NEAR)
        for songs_ago, other in enumerate(reversed(_last(before, max(self.artist_gap - 1, in_set, 1))), start=1):
            if not contender.artists.isdisjoint(other.artists):
                broken.add(ARTIST_RUNNING if songs_ago == 1 else ARTIST_IN_SET if songs_ago <= in_set else ARTIST_NEAR)
                break
        return tuple(sorted(broken))

    def in_words(self, broken: Sequence[int], contender: Contender) -> tuple[str, ...]:
        """Return what `broken_by` said in words."""
        words = []
        for index in broken:
            text = RELAXATIONS[index].format(artist_gap=self.artist_gap, album_gap=self.album_gap)
            rests = contender.candidate.terms.get("resting")
            words.append(f"{text}: {rests}" if index == RESTING and isinstance(rests, str) else text)
        return tuple(words)


def _last(songs: Sequence[Contender], count: int) -> Sequence[Contender]:
    return songs[-count:] if count > 0 else ()
