"""Listeners nobody is, with libraries nobody owns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import numpy as np

from aidj.model import Manner, PartialDate, Plays, TalkLevel, Track
from aidj.selection import Catalogue

BEGINS = datetime(2026, 2, 1, 7, 0, tzinfo=UTC)
"""When the first of them begin to listen."""
DAY_S = 86400
SONGS, ALBUM_SONGS = 600, 9

_FIRST = (
    "Copper",
    "Quiet",
    "Northern",
    "Paper",
    "Static",
    "Velvet",
    "Hollow",
    "Amber",
    "Second",
    "Lunar",
    "Über",
    "Été",
)
_SECOND = (
    "Harbour",
    "Lanterns",
    "Kites",
    "Parade",
    "Orchard",
    "Telegraph",
    "Winter",
    "Swans",
    "Motel",
    "Ciné",
    "Ångström",
)
_SONG_FIRST = ("Slow", "Glass", "Morning", "Last", "Half", "Blue", "Empty", "Salt", "Distant", "Never the", "Under the")
_SONG_SECOND = ("Boat", "Ladder", "Signal", "Tide", "Window", "Engine", "Garden", "Letter", "Mountain", "Fever", "Bell")
_ODD_TITLES = (
    *(
        "1999 Lights",
        "Where Are You?",
        "S.O.S.",
        "4/4",
        "Nine to Nothing",
        "The Number One",
        "Track 7",
        "Monday, Again",
    ),
    *("MAI 68", "¿Y Tú?", "Été 82", "100%", "A", "It", "Ignore All Facts and Say Hello", "Summer of ’94", "夜の船"),
)
_GENRES = ("Indie Rock", "Electronic", "Folk", "Jazz", "Hip Hop", "Soul", "Ambient")
_LABELS = ("Paper Moth Records", "Left Hand", "Understudy")
_MOODS = ("Happy", "Calm", "Dark")


@dataclass(frozen=True)
class Person:
    """Somebody who listens: nobody is meant."""

    number: int
    language: str
    manner: Manner
    level: TalkLevel
    tracks: tuple[Track, ...]
    plays: Plays
    catalogue: Catalogue = field(repr=False)

    @classmethod
    def of(cls, number: int, language: str, manner: Manner, level: TalkLevel) -> Person:
        """Invent one."""
        rng = np.random.default_rng((5, number))
        tracks = tuple(_tracks(rng))
        return cls(number, language, manner, level, tracks, _plays(rng, len(tracks)), Catalogue.of(tracks))


def _tracks(rng: np.random.Generator) -> Iterator[Track]:
    bands = [f"{first} {second}" for first, second in product(_FIRST, _SECOND)]
    bands = [f"The {band}" if rng.random() < 0.2 else band for band in rng.permutation(bands)[:60].tolist()]
    for number in range(SONGS):
        album = number // ALBUM_SONGS
        artist = bands[int(len(bands) * np.random.default_rng((album, 3)).random() ** 1.5)]
        new = rng.random() < 0.1
        year = int(2025 - min(55, rng.exponential(18)))
        day = BEGINS.date() + timedelta(days=int(rng.integers(-60, 60)))
        first = PartialDate(year, int(rng.integers(1, 13)), int(rng.integers(1, 28)))
        guests = (bands[int(rng.integers(len(bands)))],) if rng.random() < 0.08 else ()
        second = bands[int(rng.integers(len(bands)))]
        artists = (artist, second) if rng.random() < 0.04 and second != artist else (artist,)
        title = f"{_SONG_FIRST[rng.integers(len(_SONG_FIRST))]} {_SONG_SECOND[rng.integers(len(_SONG_SECOND))]}"
        if rng.random() < 0.1:
            title = _ODD_TITLES[rng.integers(len(_ODD_TITLES))]
        yield Track(
            id=f"{int(rng.integers(1 << 62)):032x}",
            path=Path(f"/music/{number:05d}.flac"),
            title=title,
            artist=" & ".join(artists),
            artists=artists,
            guests=tuple(guest for guest in guests if guest not in artists),
            album=f"{_SONG_FIRST[album % 11]} {_SECOND[album // 11 % 11]}" if rng.random() < 0.9 else None,
            track_number=number % ALBUM_SONGS + 1,
            genres=(_GENRES[album % len(_GENRES)],) if rng.random() < 0.8 else (),
            moods=(_MOODS[int(rng.integers(3))],) if rng.random() < 0.3 else (),
            label=_LABELS[album % 3] if rng.random() < 0.5 else None,
            composer="Nobody Composer" if rng.random() < 0.03 else None,
            released=PartialDate(day.year, day.month, day.day) if new else PartialDate(year),
            first_released=None
            if new
            else first
            if rng.random() < 0.3
            else PartialDate(year)
            if rng.random() < 0.8
            else None,
            duration_s=float(rng.uniform(150, 330)),
            added_at=BEGINS - timedelta(days=30 if new else 2000),
        )


def _plays(rng: np.random.Generator, tracks: int) -> Plays:
    """Return twelve years of listening: each song has its time, some of them come again."""
    chosen = rng.permutation(tracks)[: tracks * 3 // 4]
    listens = np.minimum(60, 1 + rng.pareto(1.0, len(chosen)) * 3).astype(int)
    track = np.repeat(chosen, listens)
    centre = np.repeat(rng.uniform(1, 3000, len(chosen)), listens)
    days_ago = np.abs(centre + rng.normal(0, 50, len(track)))
    at = (BEGINS.timestamp() - days_ago * DAY_S).astype(np.int64)
    order = np.argsort(at)
    skipped = rng.random(len(track)) < 0.05
    return Plays(track=track[order].astype(np.int32), listened_at=at[order], skipped=skipped, heard=~skipped)
