"""The world of a simulated year: a library that grows as a history did, the past before the year, and its sittings.

A real history is cut a year before its end. The library is every recording of it, one track each, and grows as it did:
a recording that was first heard after the cut is added on that day. What a history does not say is drawn: lengths,
years, genres, tempi, loudness.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aidj.library.credits import lone_names, names_of
from aidj.model import PartialDate, Track
from aidj.names import match_key, song_key
from aidj.sequencing import Features, features_of
from aidj.sequencing.rules import artists_of

DAY_S = 86400
YEAR_DAYS = 365
SESSIONS_A_YEAR = 1000
MINUTES = (30, 45, 60, 90)
HOURS = (8, 13, 19)
"""When sessions begin, each up to 90 minutes later."""
SCAN_DAYS = 3
"""The library is scanned so often; a recording's own day stays the day it was added on."""
SEED = 3
GENRES = 14

Row = tuple[int, str, str, str]
"""When (unix seconds), artist, album, title."""


def read_rows(path: Path) -> list[Row]:
    """Read a history with the columns ``ts,artist,album,track``, oldest first."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        rows = [
            (int(float(row["ts"])), row["artist"], row.get("album") or "", row["track"])
            for row in csv.DictReader(file)
            if not row.get("ms_played") or float(row["ms_played"]) >= 30_000
        ]
    return sorted(rows, key=lambda row: row[0])


def made_up_rows(seed: int = 1, days: int = 1100) -> list[Row]:
    """Return the history of a listener nobody is: new albums all the time, the best of them again and again."""
    rng = np.random.default_rng(seed)
    albums = 1600
    love = rng.pareto(1.2, albums) + 0.2
    found = np.sort(rng.integers(0, days, albums) * (rng.random(albums) < 0.7))
    heat = np.zeros(albums)
    rows: list[Row] = []
    for day in range(days):
        heat *= 0.93
        known = love * (found <= day)
        heat[rng.choice(albums, 3, p=known / known.sum())] += 1.0
        for hour in HOURS:
            at = (15000 + day) * DAY_S + hour * 3600 + int(rng.integers(3600))
            album = int(rng.choice(albums, p=heat / heat.sum()))
            for song in np.unique((10 * rng.random(7) ** 2).astype(int)).tolist():
                rows.append((at, f"Made-up Artist {album // 3}", f"Album {album}", f"Song {album} {song}"))
                at += 230
    return rows


@dataclass(frozen=True)
class World:
    """A library as it will be at the end of the year, in the order in which it grows, and the past before the year."""

    name: str
    tracks: tuple[Track, ...]
    added_s: NDArray[np.int64] = field(compare=False)
    features: dict[str, Features] = field(compare=False)
    song: NDArray[np.int64] = field(compare=False)
    """The song of each track, all versions being one, shape (n_tracks,)."""
    artists: tuple[frozenset[str], ...]
    heard: NDArray[np.int32] = field(compare=False)
    """The real listens before the year: of which track, shape (n,) ..."""
    heard_at: NDArray[np.int64] = field(compare=False)
    """... and when, unix seconds, ascending."""
    begins_s: int

    @classmethod
    def of(cls, name: str, rows: Sequence[Row], seed: int = SEED) -> World:
        """Build it; everything that is drawn depends on the history and the seed alone."""
        begins_s = -(-(rows[-1][0] - YEAR_DAYS * DAY_S) // DAY_S) * DAY_S  # the next midnight
        known = lone_names({artist for _, artist, _, _ in rows})
        numbers: dict[tuple[str, str], int] = {}
        firsts: list[Row] = []
        heard = np.zeros(len(rows), np.int32)
        for i, row in enumerate(rows):
            number = heard[i] = numbers.setdefault((match_key(row[1]), match_key(row[3])), len(numbers))
            if number == len(firsts):
                firsts.append(row)
            elif row[2] and not firsts[number][2]:
                firsts[number] = (*firsts[number][:2], row[2], firsts[number][3])
        drawn = _Drawn(np.random.default_rng(seed))
        tracks = tuple(_track(number, row, drawn, known) for number, row in enumerate(firsts))
        energy = np.clip(drawn.rng.normal(0.62, 0.15, len(tracks)), 0, 1)
        songs: dict[tuple[str, str, str], int] = {}
        past = int(np.searchsorted([row[0] for row in rows], begins_s))
        return cls(
            name=name,
            tracks=tracks,
            added_s=np.array([row[0] for row in firsts], np.int64),
            features={
                track.id: replace(features_of(track, None), energy=float(energy[i])) for i, track in enumerate(tracks)
            },
            song=np.array([songs.setdefault(_song(track), len(songs)) for track in tracks]),
            artists=tuple(artists_of(track) for track in tracks),
            heard=heard[:past],
            heard_at=np.array([row[0] for row in rows[:past]], np.int64),
            begins_s=begins_s,
        )

    def size_on(self, at_s: float) -> int:
        """Return how many tracks the library has at a moment: the first so many, those before the last scan."""
        scanned_s = at_s - (at_s - self.begins_s) % (SCAN_DAYS * DAY_S)
        return int(np.searchsorted(self.added_s, scanned_s))


_NO_SONG = frozenset(("intro", "outro", "interlude", "prelude", "skit", "untitled"))
"""Titles that say nothing: two of one artist are the same recording only on one album."""


def _song(track: Track) -> tuple[str, str, str]:
    """Return a key under which all versions of a recording are one: a judge's own, not the program's."""
    title = song_key(track.title)
    return (
        match_key(track.lead),
        title,
        (match_key(track.album or "") if title in _NO_SONG else ""),
    )


class _Drawn:
    """What is drawn once per album or artist."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self._years: dict[str, int | None] = {}
        self._genres: dict[str, tuple[str, ...]] = {}

    def year(self, album: str, latest: int) -> int | None:
        """Two albums in ten have none; recordings are older than their first listen, some much older."""
        if album not in self._years:
            known = self.rng.random() < 0.8
            age = 1 + int(self.rng.exponential(9.0))
            self._years[album] = max(1955, latest - age) if known else None
        return self._years[album]

    def genre(self, artist: str) -> tuple[str, ...]:
        if artist not in self._genres:
            number = int(GENRES * self.rng.random() ** 2)
            self._genres[artist] = (f"Genre {number}",) if self.rng.random() < 0.7 else ()
        return self._genres[artist]


def _track(number: int, row: Row, drawn: _Drawn, known: frozenset[str]) -> Track:
    at, artist, album, title = row
    main, guests = names_of(artist, title, known=known)
    added_at = datetime.fromtimestamp(at, UTC)
    year = drawn.year(f"{artist}\0{album}", added_at.year) if album else None
    return Track(
        id=f"{number * 0x9E3779B97F4A7C15 % (1 << 64):016x}{number:016x}",  # in another order than they were added
        path=Path(f"/music/{number:06d}.flac"),
        title=title,
        artist=artist,
        artists=main,
        guests=guests,
        album=album or None,
        genres=drawn.genre(artist),
        released=PartialDate(year) if year else None,
        bpm=float(np.clip(drawn.rng.normal(118, 26), 60, 200)) if drawn.rng.random() < 0.3 else None,
        duration_s=round(float(np.clip(235 * np.exp(0.35 * drawn.rng.normal()), 35, 1500)), 2),
        added_at=added_at,
    )


@dataclass(frozen=True)
class Sitting:
    """When somebody sits down to listen, and for how long."""

    number: int
    at_s: int
    minutes: int

    @property
    def now(self) -> datetime:
        """The moment of planning."""
        return datetime.fromtimestamp(self.at_s, UTC)

    @property
    def seed(self) -> int:
        """What the program takes where no seed is named: the date."""
        return int(self.now.strftime("%Y%m%d"))


def sittings(world: World, sessions: int = SESSIONS_A_YEAR, seed: int = SEED) -> list[Sitting]:
    """Return a year's sittings, 2.7 a day; with fewer sessions the year ends earlier."""
    rng = np.random.default_rng(seed)
    days = max(1, -(-sessions * YEAR_DAYS // SESSIONS_A_YEAR))
    slots = np.sort(rng.choice(len(HOURS) * days, sessions, replace=False)).tolist()
    return [
        Sitting(
            number=number,
            at_s=world.begins_s
            + slot // len(HOURS) * DAY_S
            + HOURS[slot % len(HOURS)] * 3600
            + int(rng.integers(90 * 60)),
            minutes=int(rng.choice(MINUTES)),
        )
        for number, slot in enumerate(slots)
    ]
