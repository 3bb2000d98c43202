"""Separation: what may not stand next to what, and in which order the rules give way when nothing else is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

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


@lru_cache(maxsize=65536)
def artists_of(track: Track) -> frozenset[str]:
    """Return the keys of everybody credited, guests included."""
    names = (*(track.artists or (track.artist,)), *track.guests)
    return frozenset(key for name in names if (key := match_key(name)))


@lru_cache(maxsize=65536)
def song_of(track: Track) -> str:
    """Return the key of the song in all its versions, live, remastered and edited ones included."""
    lead = match_key(track.artists[0] if track.artists else track.artist)
    return f"{lead}\0{song_key(track.title)}"


@dataclass(frozen=True, slots=True)
class Rules:
    """The separation rules, scaled to what there is to choose from."""

    artist_gap: int

    @classmethod
    def for_pool(cls, candidates: Sequence[Candidate]) -> Rules:
        """Scale the artist gap to the number of artists: half of them at most."""
        artists = {min(artists_of(c.track), default="") for c in candidates}
        return cls(artist_gap=min(ARTIST_GAP, max(0, len(artists) // 2)))

    def allows(self, candidate: Candidate, before: Sequence[Candidate], in_set: int, relaxed: int) -> bool:
        """Say whether a candidate may come next.

        Parameters
        ----------
        before : sequence of Candidate
            All songs so far.
        in_set : int
            How many of them belong to the current set.
        relaxed : int
            How many of `RELAXATIONS` are given up, from the first on.
        """
        if song_of(candidate.track) in {song_of(other.track) for other in before}:
            return False
        artists = artists_of(candidate.track)

        def repeats(songs: int) -> bool:
            return songs > 0 and any(artists & artists_of(other.track) for other in before[-songs:])

        return (
            (relaxed >= 1 or not self._follows_forgotten(candidate, before))
            and (relaxed >= 2 or not repeats(self.artist_gap))
            and (relaxed >= 3 or not repeats(in_set))
            and (relaxed >= 4 or not repeats(1))
        )

    @staticmethod
    def _follows_forgotten(candidate: Candidate, before: Sequence[Candidate]) -> bool:
        return (
            bool(before)
            and candidate.rotation == "forgotten_favourite"
            and before[-1].rotation == "forgotten_favourite"
        )

    def broken_by(self, relaxed: int) -> tuple[str, ...]:
        """Return the last rule that gave way, in words."""
        return (RELAXATIONS[relaxed - 1].format(gap=self.artist_gap),) if relaxed else ()
