"""How the history is kept in the data file.

``heard`` holds each distinct recording as a source named it, with its keys for matching, and ``listens`` one short row
for each play: so a million listens stay small. What players have counted, what the listener said, and what sessions
offered have tables of their own beside them.
"""

from __future__ import annotations

from contextlib import AbstractContextManager

from aidj.database import Tables, storing
from aidj.errors import HistoryError

TABLES = Tables(
    "history",
    (
        """
        CREATE TABLE heard (
            id INTEGER PRIMARY KEY,
            artist TEXT NOT NULL,
            title TEXT NOT NULL,
            album TEXT NOT NULL,
            duration_s REAL NOT NULL,
            recording_mbid TEXT NOT NULL,
            isrc TEXT NOT NULL,
            spotify_id TEXT NOT NULL,
            artist_key TEXT NOT NULL,
            lead_key TEXT NOT NULL,
            recording_key TEXT NOT NULL,
            key_version INTEGER NOT NULL,
            UNIQUE (artist, title, album, duration_s, recording_mbid, isrc, spotify_id)
        );
        CREATE TABLE listen_sources (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
        CREATE TABLE listens (
            heard_id INTEGER NOT NULL REFERENCES heard (id),
            listened_at INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            played_s REAL,
            source_id INTEGER NOT NULL REFERENCES listen_sources (id),
            PRIMARY KEY (heard_id, listened_at)
        ) WITHOUT ROWID;
        """,
        # Times are unix seconds UTC. until is NULL for always; last_played and rating (0 to 1) where unknown.
        """
        CREATE TABLE player_counts (
            heard_id INTEGER NOT NULL REFERENCES heard (id),
            source_id INTEGER NOT NULL REFERENCES listen_sources (id),
            play_count INTEGER NOT NULL,
            last_played INTEGER,
            rating REAL,
            PRIMARY KEY (heard_id, source_id)
        ) WITHOUT ROWID;
        CREATE TABLE opinions (
            id INTEGER PRIMARY KEY,
            verdict TEXT NOT NULL,
            artist TEXT NOT NULL,
            title TEXT,
            album TEXT,
            said_at REAL NOT NULL,
            until REAL
        );
        CREATE TABLE planned (
            id INTEGER PRIMARY KEY,
            plan_key TEXT NOT NULL UNIQUE,
            planned_at INTEGER NOT NULL
        );
        CREATE INDEX planned_by_time ON planned (planned_at);
        CREATE TABLE offers (
            planned_id INTEGER NOT NULL REFERENCES planned (id) ON DELETE CASCADE,
            place INTEGER NOT NULL,
            track_id TEXT,
            artist TEXT NOT NULL,
            title TEXT NOT NULL,
            rotation TEXT NOT NULL,
            propensity REAL,
            PRIMARY KEY (planned_id, place)
        ) WITHOUT ROWID;
        """,
        # What was heard of a few songs, without reading what was heard of all.
        "CREATE INDEX heard_by_recording ON heard (recording_key)",
    ),
)


def using_history(where: str) -> AbstractContextManager[None]:
    """Turn SQLite's complaints about a part of the history into ours."""
    return storing(
        HistoryError,
        "The stored history cannot be used",
        where=where,
        unharmed="what was stored before is unharmed",
    )
