"""What is stored of scrobbling."""

from __future__ import annotations

from aidj.database import Tables

TABLES = Tables(
    "scrobbling",
    (
        # Times are unix seconds UTC. A document is one element of a request's payload, and never changes: sent again
        # because an answer was lost, it has to be the same for the service to know it. It is empty where forgotten.
        """
        CREATE TABLE scrobbles (
            id INTEGER PRIMARY KEY,
            listened_at INTEGER NOT NULL,
            artist TEXT NOT NULL,
            title TEXT NOT NULL,
            document TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'refused', 'forgotten')),
            reason TEXT NOT NULL DEFAULT '',
            UNIQUE (listened_at, artist, title)
        );
        CREATE INDEX scrobbles_by_state ON scrobbles (state, listened_at, id);
        CREATE TABLE scrobble_lease (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            holder TEXT NOT NULL,
            until REAL NOT NULL
        );
        """,
    ),
)
