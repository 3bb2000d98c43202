"""Separation: what may not stand next to what, and in which order the rules give way when nothing else is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aidj.model import Candidate, Track
from aidj.names import match_key, song_key

ARTIST_GAP = 8
"""Songs between two of one artist, where the library has artists enough."""

RELAXATIONS: tuple[str, ...] = (
    "a forgotten favourite follows another one",
    "the same artist again after less than {gap} songs",
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
    return match_key(track.artists[0] if track.artists else track.artist)


def songs_of(track: Track) -> frozenset[str]:
    """Return keys of which any one that two tracks share makes them the same song.

    Versions (live, remastered, edited ones) are the same song, and so is a recording that another file credits
    otherwise but with the same identifier.
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
    songs: frozenset[str]
    forgotten: bool
    resting: bool

    @classmethod
    def of(cls, candidate: Candidate) -> Contender:
        """Look a candidate up."""
        return cls(
            candidate=candidate,
            artists=artists_of(candidate.track),
            songs=songs_of(candidate.track),
            forgotten=candidate.rotation == "forgotten_favourite",
            resting="resting" in candidate.terms,
        )


@dataclass(frozen=True, slots=True)
class Rules:
    """The separation rules, scaled to what there is to choose from."""

    artist_gap: int

    @classmethod
    def for_pool(cls, pool: Sequence[Contender]) -> Rules:
        """Scale the artist gap to the number of artists: half of them at most."""
        artists = {lead_of(contender.candidate.track) for contender in pool}
        return cls(artist_gap=min(ARTIST_GAP, len(artists) // 2))

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
        broken: tuple[int, ...] = ()
        if contender.forgotten and before and before[-1].forgotten:
            broken = (0,)
        window = max(self.artist_gap, in_set, 1)
        for songs_ago, other in enumerate(reversed(before[-window:]), start=1):
            if contender.artists.isdisjoint(other.artists):
                continue
            return (*broken, 3 if songs_ago == 1 else 2 if songs_ago <= in_set else 1)
        return broken

    def relaxation(self, contender: Contender, before: Sequence[Contender], in_set: int) -> int:
        """Return how many of `RELAXATIONS` must be given up, from the first on, for a song in this place."""
        broken = self.broken_by(contender, before, in_set)
        return broken[-1] + 1 if broken else 0

    def in_words(self, broken: Sequence[int]) -> tuple[str, ...]:
        """Return what `broken_by` said in words."""
        return tuple(RELAXATIONS[index].format(gap=self.artist_gap) for index in broken)
