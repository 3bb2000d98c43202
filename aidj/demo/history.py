"""An invented listener's five years, as the ZIP that Spotify sends on request (extended streaming history).

Field names and their traps: the importer's reference. Names are made up, addresses are from the documentation range
(RFC 5737).
"""

from __future__ import annotations

import json
import string
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from aidj.demo.songs import DemoSong

FOLDER = "Spotify Extended Streaming History"
_DAYS = 1826
_ROWS_PER_FILE = 1500
_FIRST = (
    "Damp",
    "Electric",
    "Reluctant",
    "Quiet",
    "Magnetic",
    "Borrowed",
    "Velvet",
    "Accidental",
    "Nocturnal",
    "Plywood",
)
_SECOND = ("Trombones", "Librarians", "Lampshades", "Pelicans", "Staircases", "Turnips", "Satellites", "Raincoats")
_TITLE_A = (
    "Postcard from",
    "Dancing with",
    "Nobody Told",
    "Seven Ways to",
    "Letter to",
    "Running Past",
    "The Return of",
    "Asleep in",
)
_TITLE_B = (
    "the Lighthouse",
    "My Umbrella",
    "a Small Volcano",
    "the Spare Room",
    "Tuesday",
    "an Honest Robot",
    "the Last Biscuit",
    "Gravity",
)
_SHOWS = (("Spoons Through the Ages", "The Ladle Question"), ("Ask a Lighthouse", "Do Gulls Plan Ahead"))


@dataclass(frozen=True, slots=True)
class _Song:
    title: str
    artist: str
    album: str
    uri: str
    length_ms: int
    eras: tuple[tuple[int, int, int], ...]
    loved: bool


def _uri(rng: np.random.Generator, kind: str) -> str:
    letters = string.digits + string.ascii_letters
    return f"spotify:{kind}:" + "".join(letters[i] for i in rng.integers(0, 62, 22))


def _others(rng: np.random.Generator) -> list[_Song]:
    """Make up the rest of what was heard: artists who are not in the library, each with an era or two."""
    songs = []
    for number in range(26):
        artist = f"The {_FIRST[number % 10]} {_SECOND[number * 3 % 8]}"
        album = f"{_TITLE_A[number * 5 % 8]} {_TITLE_B[number * 7 % 8]}"
        found = _DAYS if number % 6 == 0 else int(rng.integers(200, _DAYS))
        for k in range(6):
            title = f"{_TITLE_A[(number + k) % 8]} {_TITLE_B[(number * 3 + k) % 8]}"
            eras = []
            for era in range(int(rng.integers(1, 4))):
                start = found if era == 0 else int(rng.integers(20, found + 1))
                eras.append((start, max(1, start - int(rng.integers(20, 220))), int(rng.integers(4, 22))))
            length_ms = int(rng.integers(148_000, 291_000))
            songs.append(_Song(title, artist, album, _uri(rng, "track"), length_ms, tuple(eras), False))
    return songs


def _row(ended: datetime, ms_played: int, rng: np.random.Generator, age: float) -> dict[str, Any]:
    """Return a row's fields that do not depend on what was played. `age` is 1 for the oldest row, 0 for today."""
    stamp = int(ended.timestamp()) - ms_played // 1000
    return {
        "ts": ended.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "platform": "android" if rng.random() < 0.7 else "web_player",
        "ms_played": ms_played,
        "conn_country": "ZZ",
        "ip_addr": f"192.0.2.{int(rng.integers(1, 255))}",
        "master_metadata_track_name": None,
        "master_metadata_album_artist_name": None,
        "master_metadata_album_album_name": None,
        "spotify_track_uri": None,
        "episode_name": None,
        "episode_show_name": None,
        "spotify_episode_uri": None,
        "audiobook_title": None,
        "audiobook_uri": None,
        "audiobook_chapter_uri": None,
        "audiobook_chapter_title": None,
        "reason_start": "trackdone",
        "reason_end": "trackdone",
        "shuffle": bool(rng.random() < 0.6),
        "skipped": None if age > 0.6 else False,
        "offline": False,
        "offline_timestamp": stamp * 1000 if age > 0.6 else stamp if rng.random() < 0.9 else None,
        "incognito_mode": False,
    }


def _played(song: _Song, start: datetime, rng: np.random.Generator, age: float) -> tuple[dict[str, Any], datetime]:
    chance = rng.random()
    skip, short = (0.04, 0.06) if song.loved else (0.11, 0.17)
    if chance < skip:
        ms_played, reason = int(rng.integers(1_500, 26_000)), "fwdbtn"
    elif chance < short:
        ms_played, reason = int(song.length_ms * rng.uniform(0.2, 0.45)), "endplay"
    else:
        ms_played, reason = song.length_ms, "trackdone"
    ended = start + timedelta(milliseconds=ms_played)
    row = _row(ended, ms_played, rng, age)
    row |= {
        "master_metadata_track_name": song.title,
        "master_metadata_album_artist_name": song.artist,
        "master_metadata_album_album_name": song.album,
        "spotify_track_uri": song.uri,
        "reason_end": reason,
    }
    if reason == "fwdbtn" and age <= 0.6:  # older exports leave it null, skips and all
        row["skipped"] = True
    return row, ended


def _podcast(start: datetime, rng: np.random.Generator, age: float) -> tuple[dict[str, Any], datetime]:
    show, episode = _SHOWS[int(rng.integers(len(_SHOWS)))]
    ended = start + timedelta(seconds=int(rng.integers(400, 2400)))
    row = _row(ended, int((ended - start).total_seconds()) * 1000, rng, age)
    row |= {
        "episode_name": f"{episode}, Part {int(rng.integers(1, 40))}",
        "episode_show_name": show,
        "spotify_episode_uri": _uri(rng, "episode"),
        "reason_start": "clickrow",
        "reason_end": "endplay",
    }
    return row, ended


def invent_history(songs: Sequence[DemoSong], lengths_s: Mapping[str, float], *, today: date) -> list[dict[str, Any]]:
    """Invent the rows of five years up to yesterday, oldest first.

    Parameters
    ----------
    songs : sequence of DemoSong
        Each is heard as its `heard` says, and never before its release.
    lengths_s : mapping
        Length of each song by its spec's slug.
    today : date
        The day before which it ends. The rows are the same for the same day.
    """
    rng = np.random.default_rng(20260105)
    known = [
        _Song(
            song.title,
            song.artist,
            song.album,
            _uri(rng, "track"),
            int(lengths_s[song.spec.slug] * 1000),
            song.heard,
            True,
        )
        for song in songs
    ]
    by_day: dict[int, list[_Song]] = {}
    for song in known + _others(rng):
        for start, end, plays in song.eras:
            # More in the first weeks of an era than towards its end, unless it has not ended.
            days = start - (start - end) * rng.beta(1.1, 1.8 if end > 7 else 0.9, plays)
            for day in np.rint(days).astype(int):
                by_day.setdefault(int(np.clip(day, 1, _DAYS)), []).append(song)
    rows: list[dict[str, Any]] = []
    for day in sorted(by_day, reverse=True):
        age = day / _DAYS
        midnight = datetime.combine(today - timedelta(days=day), datetime.min.time(), UTC)
        shuffled = [by_day[day][i] for i in rng.permutation(len(by_day[day]))]
        cuts = np.sort(rng.integers(0, len(shuffled) + 1, 2))
        at = midnight
        for hour, part in zip(
            (7.2, 12.3, 18.0), (shuffled[: cuts[0]], shuffled[cuts[0] : cuts[1]], shuffled[cuts[1] :]), strict=True
        ):
            at = max(at, midnight + timedelta(hours=hour + float(rng.uniform(0, 2.5))))
            private = rng.random() < 0.01
            if hour > 12.5 and rng.random() < 0.05:
                row, at = _podcast(at, rng, age)
                rows.append(row)
            for number, song in enumerate(part):
                row, ended = _played(song, at, rng, age)
                if number == 0:
                    row["reason_start"] = "clickrow"
                row["incognito_mode"] = bool(private)
                rows.append(row)
                at = ended + timedelta(milliseconds=int(rng.integers(300, 4000)))
    return rows


def write_history(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the rows as the ZIP they come in: several JSON files in one folder. The same rows give the same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, first in enumerate(range(0, len(rows), _ROWS_PER_FILE)):
            part = rows[first : first + _ROWS_PER_FILE]
            years = sorted({str(part[0]["ts"])[:4], str(part[-1]["ts"])[:4]})
            name = f"{FOLDER}/Streaming_History_Audio_{'-'.join(years)}_{number}.json"
            entry = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, json.dumps(part, indent=2, ensure_ascii=False))
