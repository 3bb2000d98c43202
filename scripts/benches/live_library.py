"""Data folders of made-up listeners, with libraries of any size in which every file is there and plays.

A library of 100,000 tracks takes 400 MB of files and 1.2 GB of data, and minutes to make: it is kept between runs, in
the system's temporary folder or in AIDJ_BENCH_FOLDER.
"""

from __future__ import annotations

import getpass
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import numpy as np
from live_songs import flac_of, frames_of, notes_of
from plan import library as made_up
from rich.console import Console

from aidj.analysis.analyse import analyse_file
from aidj.analysis.glance import ANALYSER_VERSION
from aidj.analysis.store import _ARRAYS, _PLAIN
from aidj.analysis.tables import to_rows
from aidj.database import FILE_NAME, transaction
from aidj.history import HistoryFile
from aidj.home import Home, open_home
from aidj.library import content_id
from aidj.library.reading import READER_VERSION
from aidj.library.tables import TRACK_COLUMNS, to_row
from aidj.model import Item, Listen, Opinion, Plan, Plays, Set, Track, TrackRef
from aidj.model.listening import Verdict
from aidj.names import KEY_VERSION

SONGS = 12
"""So many different ones are composed; files differ in their tags beside."""
SESSIONS, SONGS_A_SESSION = 300, 30
"""What earlier sessions offered."""
OPINIONS = 60

_VERSION = 1
_FILES_A_FOLDER = 1000
_BATCH = 2000
_INSERT = f"INSERT INTO library_files (size, mtime_ns, reader, {TRACK_COLUMNS}) VALUES (?, ?, ?, {{}})"


@dataclass(frozen=True)
class Listeners:
    """Two data folders over the same music."""

    measured: Path
    """All songs are analysed."""
    scanned: Path
    """None is."""


def kept_folder() -> Path:
    """Return the folder of what is kept between runs."""
    named = os.environ.get("AIDJ_BENCH_FOLDER")
    return Path(named) if named else Path(tempfile.gettempdir()) / f"aidj-bench-{getpass.getuser()}"


def listeners_of(size: int) -> Listeners:
    """Return a library of so many tracks and ten times as many listens, made before or now."""
    folder = kept_folder() / f"live-{size}"
    note, made_of = folder / "made.json", [_VERSION, ANALYSER_VERSION, READER_VERSION, KEY_VERSION, SONGS]
    if not note.exists() or json.loads(note.read_text(encoding="utf-8")) != made_of:
        Console(stderr=True).print(f"making a library of {size:,} tracks in {folder} …", highlight=False)
        shutil.rmtree(folder, ignore_errors=True)
        make(folder, size)
        note.write_text(json.dumps(made_of), encoding="utf-8")
    listeners = Listeners(measured=folder / "measured", scanned=folder / "scanned")
    for kept in (listeners.measured, listeners.scanned):
        with open_home(kept) as home:  # its tables may be older than this aidj's: what is timed is no first start of it
            home.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return listeners


def make(folder: Path, size: int) -> Listeners:
    """Make a library of so many tracks, and a listener who has heard each ten times."""
    tracks, plays = made_up(size)
    composed = [notes_of(seed) for seed in range(SONGS)]
    frames = [frames_of(notes) for notes in composed]
    written = []
    rows = []
    for number, track in enumerate(tracks):
        seconds = len(composed[number % SONGS])
        path = folder / "music" / f"{number // _FILES_A_FOLDER:03d}" / f"{number:06d}.flac"
        if number % _FILES_A_FOLDER == 0:
            path.parent.mkdir(parents=True)
        tags = {"TITLE": track.title, "ARTIST": track.artist, "ALBUM": track.album or "", "NUMBER": str(number)}
        file = flac_of(frames[number % SONGS], seconds, tags)
        path.write_bytes(file)
        track_id = content_id(BytesIO(file), len(file))
        written.append(replace(track, id=track_id, path=path, duration_s=float(seconds)))
        rows.append((len(file), path.stat().st_mtime_ns, READER_VERSION, *to_row(written[-1])))
    scanned, measured = folder / "scanned", folder / "measured"
    with open_home(scanned) as home:
        with transaction(home.connection):
            home.connection.executemany(_INSERT.format(", ".join("?" * len(TRACK_COLUMNS.split(",")))), rows)
        _live(home, written, plays)
        home.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    measured.mkdir()
    shutil.copyfile(scanned / FILE_NAME, measured / FILE_NAME)
    with open_home(measured) as home:
        _measure(home, written)
        home.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Listeners(measured=measured, scanned=scanned)


def _live(home: Home, tracks: Sequence[Track], plays: Plays) -> None:
    """Put years of listening into a data folder."""

    def listens() -> Iterator[Listen]:
        for number, at_s, skipped in zip(
            plays.track.tolist(), plays.listened_at.tolist(), plays.skipped.tolist(), strict=True
        ):
            track = tracks[number]
            yield Listen(
                listened_at=datetime.fromtimestamp(at_s, UTC),
                artist=track.artist,
                title=track.title,
                album=track.album,
                kind="skip" if skipped else "listen",
                source="made-up",
            )

    home.history.add(HistoryFile(label="a made-up history", format="made-up", listens=listens()))
    rng = np.random.default_rng(len(tracks))
    until = max(datetime.fromtimestamp(at_s, UTC) for at_s in plays.listened_at[-1:].tolist())
    for back in range(SESSIONS, 0, -1):
        home.history.remember(_session(rng, tracks, until - timedelta(days=back)))
    for number in rng.integers(0, len(tracks), OPINIONS).tolist():
        track = tracks[number]
        verdict: Verdict = "like" if number % 3 else "ban"
        home.history.say(Opinion(verdict=verdict, artist=track.artist, title=track.title, said_at=until))


def _session(rng: np.random.Generator, tracks: Sequence[Track], at: datetime) -> Plan:
    """Return what a session may have offered."""
    drawn = (tracks[number] for number in rng.integers(0, len(tracks), SONGS_A_SESSION).tolist())
    entries = tuple(Item(track=TrackRef(id=t.id, path=t.path, artist=t.artist, title=t.title)) for t in drawn)
    return Plan(
        title="", planned_at=at, seed=1, minutes=60.0, presenter="ella", sets=(Set(theme="songs", entries=entries),)
    )


def _measure(home: Home, tracks: Sequence[Track]) -> None:
    """Analyse each song once, for all the files that sound the same."""
    analyses = [analyse_file(track.path) for track in tracks[:SONGS]]
    for first in range(0, len(tracks), _BATCH):
        pairs = [
            to_rows(track.id, analyses[number % SONGS])
            for number, track in enumerate(tracks[first : first + _BATCH], start=first)
        ]
        with transaction(home.connection):
            home.connection.executemany(_PLAIN, [plain for plain, _ in pairs])
            home.connection.executemany(_ARRAYS, [arrays for _, arrays in pairs])
