"""The one SQLite file that the library, the history and the analysis keep their lists in.

A room brings its own tables (`Tables`) and asks for a connection; this module opens the file, brings those tables up
to date, and turns SQLite's complaints into ours. Nothing here knows what is stored.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from aidj.errors import ConfigError

FILE_NAME = "aidj.sqlite3"


@dataclass(frozen=True, slots=True)
class Tables:
    """One room's tables.

    ``steps[i]`` is the SQL that leads from version i to version i + 1; a step that has been published is never
    changed, a new one is added behind it.
    """

    room: str
    steps: tuple[str, ...]


def open_database(folder: Path, *rooms: Tables) -> sqlite3.Connection:
    """Open (or make) the database in a data folder, with the tables of these rooms up to date.

    Raises
    ------
    ConfigError
        If the folder cannot be made, the file is no database, or a newer aidj wrote it.
    """
    path = folder / FILE_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=30, isolation_level=None)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("CREATE TABLE IF NOT EXISTS rooms (room TEXT PRIMARY KEY, version INTEGER NOT NULL)")
        for tables in rooms:
            _bring_up_to_date(connection, tables, path)
    except (OSError, sqlite3.Error) as error:
        raise ConfigError(
            f"The data file cannot be used ({error})",
            where=str(path),
            cause="the folder is not writable, or the file is damaged or belongs to another program",
            hint="choose another folder with --data DIR, or move the file away: it is only a list of your music "
            "and listens and can be made again",
        ) from error
    return connection


def _bring_up_to_date(connection: sqlite3.Connection, tables: Tables, path: Path) -> None:
    with transaction(connection):
        row = connection.execute("SELECT version FROM rooms WHERE room = ?", (tables.room,)).fetchone()
        version = row["version"] if row else 0
        if version > len(tables.steps):
            raise ConfigError(
                f"The {tables.room} tables are of version {version}; this aidj knows {len(tables.steps)}",
                where=str(path),
                cause="a newer aidj wrote them",
                hint="upgrade aidj, or choose another folder with --data DIR",
            )
        for step in tables.steps[version:]:
            for statement in step.split(";"):
                if statement.strip():
                    connection.execute(statement)
        connection.execute(
            "INSERT INTO rooms (room, version) VALUES (?, ?) "
            "ON CONFLICT (room) DO UPDATE SET version = excluded.version",
            (tables.room, len(tables.steps)),
        )


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of it or none of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
