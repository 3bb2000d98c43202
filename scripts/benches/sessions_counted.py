"""What can be counted in a simulated year: how near songs come to their like, shares of the rotations, lengths."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sessions_lived import Session
from sessions_world import DAY_S, YEAR_DAYS, World

from aidj.model import Rotation
from aidj.names import match_key

ARTIST_GAP, ALBUM_GAP, REPEAT_DAYS = 8, 8, 30
RULES = (
    "never heard follows",
    "forgotten favourite follows",
    "same album again",
    "same artist again",
    "again sooner",
    "twice in a set",
    "twice running",
)
"""What each of `aidj.sequencing.rules.RELAXATIONS` says, in the same order."""
_NEW, _FORGOTTEN, _ALBUM, _ARTIST, _REST, _IN_SET, _RUNNING = RULES
_ARTIST_RULES = (_ARTIST, _IN_SET, _RUNNING)


@dataclass(frozen=True)
class Break:
    """A rule that does not hold in a place, and no relaxation recorded there says so."""

    rule: str
    session: int
    place: int
    """Of the later song."""
    size: float
    """Songs or days between the two."""


@dataclass(frozen=True)
class Gaps:
    """How near songs come to their like: each a smallest distance where no rule was recorded, and what broke."""

    artist: int
    album: int
    repeats: int
    """Songs whose recording, in any version, an earlier session had within 30 days, unrecorded."""
    breaks: tuple[Break, ...]


def gaps(world: World, sessions: Sequence[Session]) -> Gaps:
    """Hold every session against the separation rules, by its songs alone."""
    breaks: list[Break] = []
    last: dict[int, int] = {}
    smallest = {"artist": 10**6, "album": 10**6}
    for session in sessions:
        at_s, number = session.sitting.at_s, session.sitting.number
        set_of = np.repeat(np.arange(len(session.sets)), session.sets).tolist() or list(range(len(session.tracks)))
        here: set[int] = set()
        for place, track in enumerate(session.tracks):
            recorded = " ".join(session.rules[place]) if session.rules else ""
            song = int(world.song[track])
            if song in here:
                breaks.append(Break("twice in a session", number, place, 0))
            elif song in last and at_s - last[song] < REPEAT_DAYS * DAY_S and _REST not in recorded:
                breaks.append(Break("within 30 days", number, place, (at_s - last[song]) / DAY_S))
            here.add(song)
            if (distance := _nearest(session.tracks, place, lambda i: world.artists[i])) and not any(
                rule in recorded for rule in _ARTIST_RULES
            ):
                smallest["artist"] = min(smallest["artist"], distance)
                if distance < ARTIST_GAP:
                    breaks.append(Break("artist gap", number, place, distance))
                if set_of[place] == set_of[place - distance] and session.sets:
                    breaks.append(Break("artist twice in a set", number, place, distance))
            if (distance := _nearest(session.tracks, place, lambda i: _album(world, i))) and _ALBUM not in recorded:
                smallest["album"] = min(smallest["album"], distance)
                if distance < ALBUM_GAP:
                    breaks.append(Break("album gap", number, place, distance))
            if session.rotations and place:
                pair = session.rotations[place - 1 : place + 1]
                if pair == ("forgotten_favourite",) * 2 and _FORGOTTEN not in recorded:
                    breaks.append(Break("forgotten after forgotten", number, place, 1))
                if all(session.unheard[place - 1 : place + 1]) and _NEW not in recorded:
                    breaks.append(Break("new after new", number, place, 1))
        last.update(dict.fromkeys(here, at_s))
    repeats = sum(each.rule in ("twice in a session", "within 30 days") for each in breaks)
    return Gaps(artist=smallest["artist"], album=smallest["album"], repeats=repeats, breaks=tuple(breaks))


def _album(world: World, track: int) -> frozenset[str]:
    found = world.tracks[track]
    # As the rules have it: an album is its title and its album artist, and a history knows no album artist.
    return frozenset({match_key(found.album)}) - {""} if found.album else frozenset()


def _nearest(tracks: Sequence[int], place: int, keys: Callable[[int], frozenset[str]]) -> int:
    """Return how many songs ago something with one of the same keys was played; 0 for never."""
    own = keys(tracks[place])
    for songs_ago in range(1, place + 1):
        if not own.isdisjoint(keys(tracks[place - songs_ago])):
            return songs_ago
    return 0


def relaxed(sessions: Sequence[Session]) -> dict[str, int]:
    """Return in how many sessions each rule is recorded to have given way."""
    found = Counter(
        rule for session in sessions for rule in RULES if any(rule in text for texts in session.rules for text in texts)
    )
    return {rule: found[rule] for rule in RULES}


@dataclass(frozen=True)
class Month:
    """A twelfth of the year: what part of the songs each rotation had, and should have had, in percent."""

    had: dict[Rotation, float]
    target: dict[Rotation, float]
    pools: dict[Rotation, float]
    """The mean number of songs to choose from."""
    songs: int

    def off(self, rotation: Rotation) -> float:
        """Return how far a rotation was from its target, in points."""
        return self.had[rotation] - self.target[rotation]


def months(world: World, sessions: Sequence[Session]) -> list[Month]:
    """Return the shares of each twelfth; the target is the mean of the selections', weighted by their songs."""
    parts: dict[int, list[Session]] = {}
    for session in sessions:
        parts.setdefault((session.sitting.at_s - world.begins_s) * 12 // (YEAR_DAYS * DAY_S), []).append(session)
    found = []
    for _, part in sorted(parts.items()):
        songs = sum(len(session.tracks) for session in part)
        rotations = sorted({rotation for session in part for rotation in session.shares})
        had = Counter(rotation for session in part for rotation in session.rotations)
        found.append(
            Month(
                had={rotation: 100 * had[rotation] / songs for rotation in rotations},
                target={
                    rotation: 100 * sum(s.shares.get(rotation, 0.0) * len(s.tracks) for s in part) / songs
                    for rotation in rotations
                },
                pools={rotation: float(np.mean([s.pools.get(rotation, 0) for s in part])) for rotation in rotations},
                songs=songs,
            )
        )
    return found


def minutes_errors_s(sessions: Sequence[Session]) -> NDArray[np.float64]:
    """Return how far each session is from the time asked for, seconds, shape (n_sessions,)."""
    return np.array([abs(sum(s.lengths_s) - 60 * s.sitting.minutes) for s in sessions])


def distinct_artists(world: World, session: Session) -> int:
    """Return how many artists have the lead in a session."""
    return len({match_key(t.lead) for t in (world.tracks[i] for i in session.tracks)})
