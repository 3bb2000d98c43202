"""The stored history: what was heard, and when.

Two tables, so that a million listens stay small: ``heard`` holds each distinct recording as a source named it, with its
keys for matching; ``listens`` one short row for each play.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Any

import numpy as np

from aidj.database import Tables, transaction
from aidj.errors import HistoryError
from aidj.history.importer import RowProblem
from aidj.history.matching import Heard, MatchReport, Unmatched, assign, merged_plays, recording_key, report_of
from aidj.history.reading import HistoryFile
from aidj.model import Listen, ListenKind, Plays, Track
from aidj.names import KEY_VERSION, match_key, split_artists

KINDS: tuple[ListenKind, ...] = ("listen", "skip", "short", "podcast", "audiobook")
"""What is stored, by the number it is stored as; incognito plays are not."""

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
    ),
)

_BATCH = 5000
_Names = tuple[str, str, str, float, str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did."""

    format: str
    n_read: int
    """Plays in the file, of every kind."""
    n_added: int
    n_already_there: int
    """Plays that were stored before, or stand in the file twice."""
    n_left_out: int
    """Rows that could not be used; the first of them are in ``problems``."""
    by_kind: Mapping[ListenKind, int]
    """Plays in the file by kind; those of kind ``incognito`` were counted here and not kept."""
    problems: tuple[RowProblem, ...] = ()
    notes: tuple[str, ...] = ()
    first_at: datetime | None = None
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistorySummary:
    """What is stored."""

    n_plays: int
    by_kind: Mapping[ListenKind, int]
    by_source: Mapping[str, int]
    first_at: datetime | None
    last_at: datetime | None


class History:
    """The stored listening history.

    Parameters
    ----------
    connection : sqlite3.Connection
        From `aidj.database.open_database`, with `TABLES`.
    """

    def __init__(self, connection: sqlite3.Connection):
        self._db = connection

    def add(self, file: HistoryFile) -> ImportReport:
        """Store a file's listens: all of them or, if it turns out to be unreadable, none. Twice is as good as once.

        Raises
        ------
        HistoryError
            If the file cannot be read, or the data file not be written.
        """
        with _storing(file.label), transaction(self._db):
            writer = _Writer(self._db)
            before = self._count()
            while batch := list(islice(file.listens, _BATCH)):
                writer.write(batch, file)
            n_added = self._count() - before
        n_kept = sum(writer.by_kind.values()) - writer.by_kind["incognito"]
        return ImportReport(
            format=file.format,
            n_read=writer.by_kind.total(),
            n_added=n_added,
            n_already_there=n_kept - n_added,
            n_left_out=file.n_problems,
            by_kind=dict(writer.by_kind),
            problems=file.problems,
            notes=file.notes,
            first_at=_utc(writer.first_s),
            last_at=_utc(writer.last_s),
        )

    def plays(self, tracks: Sequence[Track]) -> Plays:
        """Return the plays that belong to these tracks, as `aidj.history.matching` decides, oldest first.

        Podcasts and audiobooks are left out. A play that two sources recorded counts once.
        """
        with _storing("history"):
            heard = self._heard()
            track_of = assign(tracks, heard)
            # Two numbers a play instead of four: making a million Python integers is most of the work.
            packed = np.fromiter(
                chain.from_iterable(
                    self._cursor(
                        "SELECT heard_id, (listened_at << 24) | (source_id << 2) | kind FROM listens WHERE kind < 3"
                    )
                ),
                np.int64,
            ).reshape(-1, 2)
        heard_id, rest = packed.T
        columns = np.stack((heard_id, rest >> 24, rest & 3, (rest >> 2) & 0x3FFFFF), axis=1)
        return merged_plays(columns, [row.id for row in heard], track_of)

    def match_report(self, tracks: Sequence[Track], limit: int = 20) -> MatchReport:
        """Return how much of the history these tracks cover, and the most-played of what they do not."""
        with _storing("history"):
            heard = self._heard()
            counts = dict(self._cursor("SELECT heard_id, COUNT(*) FROM listens WHERE kind = 0 GROUP BY heard_id"))
        return report_of(heard, assign(tracks, heard), counts, limit)

    def unmatched(self, tracks: Sequence[Track], limit: int = 20) -> tuple[Unmatched, ...]:
        """Return what was listened to most and is not among these tracks."""
        return self.match_report(tracks, limit).unmatched

    def summary(self) -> HistorySummary:
        """Return how much is stored, of which kinds and from where."""
        with _storing("history"):
            kinds = list(
                self._cursor("SELECT kind, COUNT(*), MIN(listened_at), MAX(listened_at) FROM listens GROUP BY kind")
            )
            sources = self._cursor(
                "SELECT name, COUNT(*) FROM listens JOIN listen_sources ON id = source_id GROUP BY name ORDER BY name"
            )
            by_source = dict(sources)
        return HistorySummary(
            n_plays=sum(row[1] for row in kinds),
            by_kind={KINDS[row[0]]: row[1] for row in kinds},
            by_source=by_source,
            first_at=_utc(min((row[2] for row in kinds), default=None)),
            last_at=_utc(max((row[3] for row in kinds), default=None)),
        )

    def _count(self) -> int:
        return int(next(self._cursor("SELECT COUNT(*) FROM listens"))[0])

    def _cursor(self, sql: str) -> Iterator[tuple[Any, ...]]:
        cursor = self._db.cursor()
        cursor.row_factory = None  # plain tuples: there may be a million
        return cursor.execute(sql)

    def _heard(self) -> list[Heard]:
        """Return what was heard; keys that an older version of the rules made are made again first."""
        if stale := list(
            self._cursor(f"SELECT artist, title, album, id FROM heard WHERE key_version <> {KEY_VERSION:d}")
        ):
            with transaction(self._db):
                self._db.executemany(
                    "UPDATE heard SET artist_key = ?, lead_key = ?, recording_key = ?, key_version = ? WHERE id = ?",
                    ((*_keys(*names), KEY_VERSION, heard_id) for *names, heard_id in stale),
                )
        return [
            Heard._make(row)
            for row in self._cursor(
                "SELECT id, artist, title, album, duration_s, recording_mbid, isrc, artist_key, lead_key,"
                " recording_key FROM heard WHERE id IN (SELECT heard_id FROM listens WHERE kind < 3) ORDER BY id"
            )
        ]


class _Writer:
    """Puts listens into the tables; knows what was heard already, so that a row costs one statement."""

    def __init__(self, db: sqlite3.Connection):
        self._db = db
        self._heard: dict[_Names, int] = {
            tuple(row[1:]): row[0]
            for row in db.execute(
                "SELECT id, artist, title, album, duration_s, recording_mbid, isrc, spotify_id FROM heard"
            )
        }
        self._sources: dict[str, int] = {row[1]: row[0] for row in db.execute("SELECT id, name FROM listen_sources")}
        self.by_kind: Counter[ListenKind] = Counter()
        self.first_s: int | None = None
        self.last_s: int | None = None

    def write(self, listens: Iterable[Listen], file: HistoryFile) -> None:
        rows = []
        for listen in listens:
            if listen.listened_at.tzinfo is None or not (listen.artist and listen.title):
                file.leave_out(file.label, "a listen without zone, artist or title")
                continue
            self.by_kind[listen.kind] += 1
            if listen.kind == "incognito":
                continue
            at_s = int(listen.listened_at.timestamp())
            self.first_s = at_s if self.first_s is None else min(self.first_s, at_s)
            self.last_s = at_s if self.last_s is None else max(self.last_s, at_s)
            rows.append(
                (self._heard_id(listen), at_s, KINDS.index(listen.kind), listen.played_s, self._source(listen.source))
            )
        # Of two records of the same second the one that says more for the music stays, in whatever order they come.
        self._db.executemany(
            "INSERT INTO listens (heard_id, listened_at, kind, played_s, source_id) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (heard_id, listened_at) DO UPDATE SET"
            " kind = excluded.kind, played_s = excluded.played_s, source_id = excluded.source_id"
            " WHERE (excluded.kind, -COALESCE(excluded.played_s, 0)) < (kind, -COALESCE(played_s, 0))",
            rows,
        )

    def _heard_id(self, listen: Listen) -> int:
        names = (
            listen.artist,
            listen.title,
            listen.album or "",
            float(listen.duration_s or 0.0),
            listen.recording_mbid or "",
            listen.isrc or "",
            listen.spotify_id or "",
        )
        if (known := self._heard.get(names)) is not None:
            return known
        cursor = self._db.execute(
            "INSERT INTO heard (artist, title, album, duration_s, recording_mbid, isrc, spotify_id,"
            " artist_key, lead_key, recording_key, key_version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*names, *_keys(*names[:3]), KEY_VERSION),
        )
        assert cursor.lastrowid is not None
        self._heard[names] = cursor.lastrowid
        return cursor.lastrowid

    def _source(self, name: str) -> int:
        if name not in self._sources:
            cursor = self._db.execute("INSERT INTO listen_sources (name) VALUES (?)", (name,))
            assert cursor.lastrowid is not None
            self._sources[name] = cursor.lastrowid
        return self._sources[name]


def _keys(artist: str, title: str, album: str) -> tuple[str, str, str]:
    mains, _ = split_artists(artist)
    return match_key(artist), match_key(mains[0]) if mains else "", recording_key(title, album)


def _utc(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


@contextmanager
def _storing(where: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise HistoryError(
            f"The stored history cannot be used ({error})",
            where=where,
            cause="the disk is full, or another aidj is writing to the same data folder",
            hint="make room, or try again; what was stored before is unharmed",
        ) from error
