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

from aidj.errors import AidjError, ConfigError

FILE_NAME = "aidj.sqlite3"
_WAIT_S = 30.0


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
        If the folder cannot be made, the file is no database, another program holds it, or a newer aidj wrote it. What
        is stored stays as it is.
    """
    path = folder / FILE_NAME
    connection = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=_WAIT_S, isolation_level=None)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        for tables in rooms:
            _bring_up_to_date(connection, tables, path)
    except BaseException as error:
        if connection is not None:
            connection.close()
        if isinstance(error, OSError | sqlite3.Error | ValueError):
            raise _unusable(path, error) from error
        raise
    return connection


@contextmanager
def storing(kind: type[AidjError], what: str, *, where: str, unharmed: str) -> Iterator[None]:
    """Turn SQLite's complaints into ours.

    Parameters
    ----------
    kind : type of AidjError
        What is raised.
    what : str
        What happened, as "The stored history cannot be used".
    where : str
        What of it.
    unharmed : str
        What is as it was: "what was stored before is unharmed".
    """
    try:
        yield
    except sqlite3.Error as error:
        cause, hint = why_not_stored(error)
        raise kind(f"{what} ({error})", where=where, cause=cause, hint=f"{hint}; {unharmed}") from error


def why_not_stored(error: sqlite3.Error) -> tuple[str, str]:
    """Return the likely cause of an error while data are stored, and what to do next."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return "the data folder is read-only, or you may not write there", "choose another folder with --data DIR"
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return "another aidj is writing to the same data folder", "wait until it has finished, and try again"
    return "the disk is full, or the data file is damaged", "make room, or try again"


def _unusable(path: Path, error: Exception) -> ConfigError:
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return ConfigError(
            f"The data file is in use ({error})",
            where=str(path),
            cause="another aidj has been writing to it for a long while, such as a scan of a large library",
            hint="wait until that has finished, or choose another folder with --data DIR",
        )
    return ConfigError(
        f"The data file cannot be used ({error})",
        where=str(path),
        cause="the folder is not writable, or the file is damaged or belongs to another program",
        hint="choose another folder with --data DIR, or move the file away: it is only a list of your music "
        "and listens and can be made again",
    )


def _bring_up_to_date(connection: sqlite3.Connection, tables: Tables, path: Path) -> None:
    if _version(connection, tables, path) == len(tables.steps):
        return  # no need to wait for whoever is writing now
    with transaction(connection):
        connection.execute("CREATE TABLE IF NOT EXISTS rooms (room TEXT PRIMARY KEY, version INTEGER NOT NULL)")
        for step in tables.steps[_version(connection, tables, path) :]:
            for statement in _statements(step):
                connection.execute(statement)
        connection.execute(
            "INSERT INTO rooms (room, version) VALUES (?, ?) "
            "ON CONFLICT (room) DO UPDATE SET version = excluded.version",
            (tables.room, len(tables.steps)),
        )


def _version(connection: sqlite3.Connection, tables: Tables, path: Path) -> int:
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'rooms'").fetchone():
        return 0
    row = connection.execute("SELECT version FROM rooms WHERE room = ?", (tables.room,)).fetchone()
    version = int(row["version"]) if row else 0
    if version > len(tables.steps):
        raise ConfigError(
            f"The {tables.room} tables are of version {version}; this aidj knows {len(tables.steps)}",
            where=str(path),
            cause="a newer aidj wrote them",
            hint="upgrade aidj, or choose another folder with --data DIR",
        )
    return version


def _statements(step: str) -> Iterator[str]:
    """Cut SQL into statements. Not `executescript`, which would commit the transaction it runs in."""
    statement = ""
    for piece in step.split(";"):
        statement += piece + ";"
        if sqlite3.complete_statement(statement):
            if statement.strip(" \t\r\n;"):
                yield statement
            statement = ""
    if statement.strip(" \t\r\n;"):
        yield statement


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of it or none of it; within another one, a part of that, which is kept if the whole is."""
    is_part = connection.in_transaction
    connection.execute("SAVEPOINT part" if is_part else "BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("RELEASE part" if is_part else "COMMIT")
    except BaseException:
        if connection.in_transaction:  # after some errors, such as a full disk, SQLite has rolled back by itself
            if is_part:
                connection.execute("ROLLBACK TO part")
                connection.execute("RELEASE part")
            else:
                connection.execute("ROLLBACK")
        raise
