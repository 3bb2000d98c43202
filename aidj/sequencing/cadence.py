"""Where the presenter speaks: how often, by the level that the listener has chosen.

======  ==========================================================================================================
silent  nowhere
rare    at the opening, at every second change of set, and at the closing
normal  at each change of set, and once within a set that is long, or where something in it is worth telling
chatty  within all sets, about every second song: what is worth telling first
======  ==========================================================================================================

A place is before a song, or before the first of several tracks that belong together: never between those.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from aidj.model import LinkKind, Rotation, TalkSettings
from aidj.sequencing.facts import anniversary_of
from aidj.sequencing.sets import Chosen, ChosenSet

SONGS_APART = {"normal": 2, "chatty": 1}
"""So many songs at least stand before a link within a set since the last one said."""
APART_S = {"normal": 330.0, "chatty": 150.0}
"""And so much music, on both sides of it: short songs are not talked away."""
CHATTY_EACH_S = 310.0
"""Chatty speaks once in so much music, at most."""
LONG_SET_S = 720.0
"""A set of so much music bears a link in its middle."""

_WORTH_TELLING: tuple[Rotation, ...] = ("new_release", "forgotten_favourite")

Places = dict[int, LinkKind]
"""Links of a set: before which of its songs, and of which kind; the closing stands behind the last."""


def link_places(
    sets: Sequence[ChosenSet],
    lengths_s: Mapping[str, float],
    *,
    talk: TalkSettings,
    today: date,
    rng: np.random.Generator,
) -> list[Places]:
    """Return where something is said in each set.

    Parameters
    ----------
    lengths_s : mapping of track id to float
        How long each track sounds before the next one begins.
    today : date
        The day of the session, in its own zone.
    rng : numpy.random.Generator
        Chooses between places where as much is worth telling.
    """
    if talk.level == "silent":
        return [{} for _ in sets]
    cadence = _Cadence(talk, today, rng)
    places = [
        cadence.of_set(
            number, part.songs, [sum(lengths_s[track.id] for track in song.candidate.tracks) for song in part.songs]
        )
        for number, part in enumerate(sets)
    ]
    if places and "closing" not in talk.kinds_off:
        places[-1][len(sets[-1].songs)] = "closing"
    return places


class _Cadence:
    """Goes through the sets in order, and remembers how long nothing has been said."""

    def __init__(self, talk: TalkSettings, today: date, rng: np.random.Generator) -> None:
        self._level = talk.level
        self._kinds: list[LinkKind] = [kind for kind in ("intro", "back_announce") if kind not in talk.kinds_off]
        self._off = talk.kinds_off
        self._today = today
        self._rng = rng
        self._songs_since = 0
        self._s_since = 0.0
        self._last_kind: LinkKind = "intro"

    def of_set(self, number: int, songs: Sequence[Chosen], music_s: Sequence[float]) -> Places:
        """Return the places of the next set; `music_s` is how long each of its songs sounds."""
        places: Places = {}
        kind: LinkKind = "set_change" if number else "opening"
        if kind not in self._off and not (self._level == "rare" and number % 2):
            places[0] = kind
            self._songs_since, self._s_since = 0, 0.0
        telling = [self._worth_telling(song) for song in songs]
        within = self._within(music_s, telling, announced=bool(places))
        for place in within:
            places[place] = self._kind(telling[place])
        last = max(places, default=None)
        self._songs_since = len(songs) - last if last is not None else self._songs_since + len(songs)
        self._s_since = sum(music_s[last:]) if last is not None else self._s_since + sum(music_s)
        return places

    def _worth_telling(self, song: Chosen) -> bool:
        """Tell whether a song is new, back after a long time, or came out in this week years ago."""
        candidate = song.candidate
        return candidate.rotation in _WORTH_TELLING or anniversary_of(candidate.tracks[0], self._today) is not None

    def _within(self, music_s: Sequence[float], telling: Sequence[bool], *, announced: bool) -> list[int]:
        """Return before which songs of a set but the first something is said."""
        if not self._kinds or self._level == "rare":
            return []
        if self._level == "chatty":
            return self._often(music_s, telling, round(sum(music_s) / CHATTY_EACH_S) - announced)
        is_long = sum(music_s) >= LONG_SET_S
        apart_s = APART_S["normal"]
        free = [
            place
            for place in range(1, len(music_s))
            if self._songs_since + place >= SONGS_APART["normal"]
            and self._s_since + sum(music_s[:place]) >= apart_s
            and sum(music_s[place:]) >= apart_s
        ]
        if best := [place for place in free if telling[place]]:
            return [int(self._rng.choice(best))]
        if free and is_long:
            return [min(free, key=lambda place: (abs(sum(music_s[:place]) - sum(music_s[place:])), -place))]
        return []

    def _often(self, music_s: Sequence[float], telling: Sequence[bool], most: int) -> list[int]:
        """Return so many places at most, each as soon as it may be, or a song later where that has more to tell."""
        found: list[int] = []
        songs_since, s_since = self._songs_since, self._s_since
        for place in range(1, len(music_s)):
            songs_since, s_since = songs_since + 1, s_since + music_s[place - 1]
            if len(found) >= most or sum(music_s[place:]) < APART_S["chatty"]:
                break
            if songs_since < SONGS_APART["chatty"] or s_since < APART_S["chatty"]:
                continue
            waits = songs_since == SONGS_APART["chatty"] and not telling[place] and any(telling[place + 1 : place + 2])
            if not waits:
                found.append(place)
                songs_since, s_since = 0, 0.0
        return found

    def _kind(self, telling: bool) -> LinkKind:
        """Return what a link within a set is for: to introduce what is worth it, and else both by turns."""
        wanted: LinkKind = "intro" if telling or self._last_kind == "back_announce" else "back_announce"
        self._last_kind = wanted if wanted in self._kinds else self._kinds[0]
        return self._last_kind
