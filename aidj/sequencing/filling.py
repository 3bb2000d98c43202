"""Fill one set for one theme: again and again the best song of the rotation furthest behind its share.

A song for which no rule has to give way comes before any for which one has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from aidj.model import Rotation
from aidj.sequencing.rules import (
    ALBUM_NEAR,
    ARTIST_IN_SET,
    ARTIST_NEAR,
    FORGOTTEN_RUN,
    NEW_AFTER_NEW,
    RESTING,
    Contender,
    Rules,
)

FEWEST_SET_SONGS, MOST_SET_SONGS = 4, 6

_WORTH_A_SET = 2.5
"""Time for so many songs is worth a set of four shorter ones."""
_LONG = 2.5
"""Songs so many times the usual length need no company in their set."""
_LATE_IN_SET = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the songs before a set keep away from it."""

    artists: frozenset[str]
    """Who was in the last two sets."""
    too_near: frozenset[str]
    """Who comes too soon again wherever in the next set."""
    albums: frozenset[str]
    after_forgotten: bool
    """The song before the set is a forgotten favourite."""
    after_unheard: bool
    """It was never heard, or there is none."""

    @classmethod
    def of(cls, played: Sequence[Contender], sets: Sequence[Sequence[Contender]], n_songs: int, rules: Rules) -> Around:
        """Look back from a set of so many songs.

        Parameters
        ----------
        played : sequence of Contender
            What was played before the session, or before it was planned anew.
        sets : sequence of sequences of Contender
            The sets so far, about in the order they will have.
        """
        before = [*played, *(song for songs in sets for song in songs)]
        gap = rules.artist_gap
        since: dict[str, int] = {}
        for songs_ago, song in enumerate(reversed(before[-gap - n_songs :]), start=1):
            for artist in song.artists:
                since.setdefault(artist, songs_ago)
        # The order of the sets before is not final: who was in the last two of them may still move nearer.
        last_two = [song for songs in sets[-2:] for song in songs]
        reach = last_two if len(sets) > 1 else [*played[-max(gap - 1, 1) :], *last_two]
        late = n_songs - 1
        return cls(
            artists=frozenset().union(*(song.artists for song in reach)),
            too_near=frozenset(a for a, songs_ago in since.items() if songs_ago == 1 or songs_ago + late < gap),
            albums=frozenset().union(*(song.albums for song in reach)) if rules.album_gap > 1 else frozenset(),
            after_forgotten=bool(before) and before[-1].forgotten,
            after_unheard=not before or before[-1].unheard,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much a set may take."""

    budget_s: float
    """The time it should fill."""
    left_s: float
    """The time there is to the end of the session."""
    typical_s: float
    """The length of a usual song."""
    is_first: bool
    """The first set of a session has one song at least, if there is any."""


def fill(
    shelves: Mapping[Rotation, Sequence[Contender]],
    *,
    owed: Mapping[Rotation, float],
    shares: Mapping[Rotation, float],
    room: Room,
    around: Around,
    rules: Rules,
    length_s: Callable[[Contender], float],
) -> list[Contender]:
    """Return the songs of a set, four to six where time and songs allow.

    Parameters
    ----------
    shelves : mapping of rotation to contenders
        What may be chosen, best first.
    owed : mapping of rotation to float
        How many songs each rotation is behind its share.
    shares : mapping of rotation to float
        Each rotation's part of the songs; together 1.
    """
    owed = dict(owed)
    songs: list[Contender] = []
    filled_s = 0.0
    while len(songs) < MOST_SET_SONGS:
        few = len(songs) < FEWEST_SET_SONGS and not are_long(songs, length_s, room.typical_s)
        enough_s = (room.left_s if few else room.budget_s) - room.typical_s / 2
        if few and not room.is_first and room.left_s >= _WORTH_A_SET * room.typical_s:
            enough_s = room.left_s + room.typical_s  # four songs make a set: the length is fitted afterwards
        if filled_s >= enough_s and (songs or not room.is_first):
            break
        for rotation, share in shares.items():
            owed[rotation] += share
        order = sorted(owed, key=lambda rotation: -owed[rotation])
        if len(songs) >= FEWEST_SET_SONGS - 1 and len({song.candidate.rotation for song in songs}) == 1:
            order.sort(key=lambda rotation: rotation == songs[0].candidate.rotation)  # two rotations in each set
        longest_s = room.left_s - filled_s + room.typical_s / 2
        if few and not room.is_first:
            longest_s += room.typical_s / 2
        found = _next_song(
            [c for rotation in order for c in shelves[rotation] if length_s(c) <= longest_s], songs, around, rules
        )
        if found is None:
            break
        songs.append(found)
        filled_s += length_s(found)
        owed[found.candidate.rotation] -= 1.0
    return songs


def are_long(songs: Sequence[Contender], length_s: Callable[[Contender], float], typical_s: float) -> bool:
    """Tell whether few songs make a set all the same: a symphony needs no company."""
    return bool(songs) and sum(map(length_s, songs)) >= _LONG * typical_s * len(songs)


def most_of(n_songs: int, after_one: bool) -> int:
    """Return how many of a set's songs may be of a kind of which none should follow another."""
    return max(1, n_songs // 2 if after_one else (n_songs + 1) // 2)


def _next_song(
    ranked: Sequence[Contender], songs: Sequence[Contender], around: Around, rules: Rules
) -> Contender | None:
    """Return the first song for which the least has to give way."""
    taken = frozenset().union(*(song.songs for song in songs))
    artists = frozenset().union(*(song.artists for song in songs))
    albums = around.albums.union(*(song.albums for song in songs))
    forgotten = sum(song.forgotten for song in songs)
    unheard = sum(song.unheard for song in songs)
    most_forgotten = most_of(len(songs) + 1, around.after_forgotten)
    most_unheard = most_of(len(songs) + 1, around.after_unheard)
    best: tuple[float, Contender] | None = None
    for each in ranked:
        if not each.songs.isdisjoint(taken):
            continue
        needed = 0.0
        if not each.artists.isdisjoint(artists):
            needed = ARTIST_IN_SET + 1
        elif each.resting:
            needed = RESTING + 1
        elif not each.artists.isdisjoint(around.too_near):
            needed = ARTIST_NEAR + 1
        elif not each.albums.isdisjoint(albums):
            needed = ALBUM_NEAR + 1
        elif each.forgotten and forgotten >= most_forgotten:
            needed = FORGOTTEN_RUN + 1
        elif each.unheard and rules.known_first and unheard >= most_unheard:
            needed = NEW_AFTER_NEW + 1
        elif not each.artists.isdisjoint(around.artists):
            needed = _LATE_IN_SET  # far enough away, if it comes late in the set
        if needed == 0:
            return each
        if best is None or needed < best[0]:
            best = needed, each
    return best[1] if best else None
