"""How tracks are kept: one row for each file, by path."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from aidj.database import Tables
from aidj.model import PartialDate, Track

TABLES = Tables(
    "library",
    (
        # path holds the bytes of the name, which need not be valid UTF-8. Lists are kept one item per line.
        # unreadable says in words why a file cannot be played, its other columns are then what was last known.
        """
        CREATE TABLE library_files (
            path BLOB PRIMARY KEY,
            size INTEGER NOT NULL,
            mtime_ns INTEGER NOT NULL,
            reader INTEGER NOT NULL,
            missing INTEGER NOT NULL DEFAULT 0,
            unreadable TEXT,
            names_tagged INTEGER NOT NULL DEFAULT 0,
            id TEXT, title TEXT, artist TEXT, artists TEXT, guests TEXT, album TEXT, album_artist TEXT,
            disc_number INTEGER, track_number INTEGER, genres TEXT, released TEXT, first_released TEXT,
            duration_s REAL, added_at INTEGER, recording_mbid TEXT, release_mbid TEXT, artist_mbids TEXT,
            isrc TEXT, bpm REAL, key TEXT, track_gain_db REAL, album_gain_db REAL, explicit INTEGER,
            composer TEXT, label TEXT, named_by TEXT
        ) WITHOUT ROWID;
        CREATE INDEX library_files_by_id ON library_files (id);
        CREATE TABLE library_lyrics (
            path BLOB PRIMARY KEY REFERENCES library_files (path) ON DELETE CASCADE,
            text TEXT NOT NULL
        )
        """,
        # Files that were read before have nothing here until the next scan reads them again (reader is older then).
        """
        ALTER TABLE library_files ADD COLUMN work TEXT;
        ALTER TABLE library_files ADD COLUMN movement TEXT;
        ALTER TABLE library_files ADD COLUMN movement_number INTEGER;
        ALTER TABLE library_files ADD COLUMN moods TEXT;
        ALTER TABLE library_files ADD COLUMN compilation INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE library_files ADD COLUMN rating REAL;
        ALTER TABLE library_files ADD COLUMN play_count INTEGER
        """,
        # As it stands in the tags, one "name=value" per line.
        """
        CREATE TABLE library_markers (
            path BLOB PRIMARY KEY REFERENCES library_files (path) ON DELETE CASCADE,
            text TEXT NOT NULL
        )
        """,
        # Counts every change, whoever makes it: what was read of the files holds for as long as the number stays.
        # And the names of the artists, without reading what else is known of their files.
        """
        CREATE TABLE library_changes (number INTEGER NOT NULL);
        INSERT INTO library_changes (number) VALUES (0);
        CREATE TRIGGER library_file_added AFTER INSERT ON library_files
            BEGIN UPDATE library_changes SET number = number + 1; END;
        CREATE TRIGGER library_file_changed AFTER UPDATE ON library_files
            BEGIN UPDATE library_changes SET number = number + 1; END;
        CREATE TRIGGER library_file_forgotten AFTER DELETE ON library_files
            BEGIN UPDATE library_changes SET number = number + 1; END;
        CREATE INDEX library_files_by_artists ON library_files (artists, missing, unreadable, id)
        """,
    ),
)

TRACK_COLUMNS = (
    "path, id, title, artist, artists, guests, album, album_artist, disc_number, track_number, genres, released, "
    "first_released, duration_s, added_at, recording_mbid, release_mbid, artist_mbids, isrc, bpm, key, track_gain_db, "
    "album_gain_db, explicit, composer, label, named_by, work, movement, movement_number, moods, compilation, rating, "
    "play_count"
)
PRESENT = "missing = 0 AND unreadable IS NULL AND id IS NOT NULL"
"""Holds for the files that can be played."""


def to_row(track: Track) -> tuple[Any, ...]:
    """Return a track as values for TRACK_COLUMNS."""
    return (
        os.fsencode(track.path),
        track.id,
        track.title,
        track.artist,
        to_lines(track.artists),
        to_lines(track.guests),
        track.album,
        track.album_artist,
        track.disc_number,
        track.track_number,
        to_lines(track.genres),
        str(track.released) if track.released else None,
        str(track.first_released) if track.first_released else None,
        track.duration_s,
        int(track.added_at.timestamp()),
        track.recording_mbid,
        track.release_mbid,
        to_lines(track.artist_mbids),
        track.isrc,
        track.bpm,
        track.key,
        track.track_gain_db,
        track.album_gain_db,
        track.explicit,
        track.composer,
        track.label,
        track.named_by,
        track.work,
        track.movement,
        track.movement_number,
        to_lines(track.moods),
        track.compilation,
        track.rating,
        track.play_count,
    )


def to_track(row: Sequence[Any]) -> Track:
    """Return the track of a row of TRACK_COLUMNS."""
    explicit = row[23]
    return Track(
        path=Path(os.fsdecode(row[0])),
        id=row[1],
        title=row[2],
        artist=row[3],
        artists=from_lines(row[4]),
        guests=from_lines(row[5]),
        album=row[6],
        album_artist=row[7],
        disc_number=row[8],
        track_number=row[9],
        genres=from_lines(row[10]),
        released=_to_date(row[11]),
        first_released=_to_date(row[12]),
        duration_s=row[13],
        added_at=datetime.fromtimestamp(row[14], UTC),
        recording_mbid=row[15],
        release_mbid=row[16],
        artist_mbids=from_lines(row[17]),
        isrc=row[18],
        bpm=row[19],
        key=row[20],
        track_gain_db=row[21],
        album_gain_db=row[22],
        explicit=None if explicit is None else bool(explicit),
        composer=row[24],
        label=row[25],
        named_by=row[26],
        work=row[27],
        movement=row[28],
        movement_number=row[29],
        moods=from_lines(row[30]),
        compilation=bool(row[31]),
        rating=row[32],
        play_count=row[33],
    )


@lru_cache(1 << 14)
def _to_date(text: str | None) -> PartialDate | None:
    return PartialDate.parse(text)


def to_lines(items: tuple[str, ...]) -> str | None:
    """Return items, none of which holds a line end, one per line."""
    return "\n".join(items) or None


@lru_cache(1 << 16)  # the same names and genres come thousands of times
def from_lines(lines: str | None) -> tuple[str, ...]:
    """Return the items of `to_lines`."""
    return tuple(lines.split("\n")) if lines else ()
