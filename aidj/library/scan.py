"""One scan: compare what lies in the folders with what is stored, read what differs, write it down."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aidj.database import transaction
from aidj.errors import LibraryError
from aidj.library.credits import lone_names, may_be_list, names_of
from aidj.library.folders import FoundFile, Walk, range_below, to_path, to_unreadable, walk
from aidj.library.problems import UnusableFileError
from aidj.library.reading import READER_VERSION, ReadFile, read_file
from aidj.library.report import ScanReport
from aidj.library.tables import PRESENT, TRACK_COLUMNS, from_lines, to_lines, to_row

logger = logging.getLogger(__name__)

_BATCH_FILES = 100
_READ_AGAIN = -1
"""Stands for the time of a file that should be opened again although it has not changed."""

_COLUMNS = f"size, mtime_ns, reader, names_tagged, {TRACK_COLUMNS}"
_UPSERT = (
    f"INSERT INTO library_files ({_COLUMNS}) VALUES ({', '.join('?' * len(_COLUMNS.split(',')))}) "
    "ON CONFLICT (path) DO UPDATE SET missing = 0, unreadable = NULL, "
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS.split(", ") if name != "path")
)

Progress = Callable[[int, int, Path], None]


@dataclass(frozen=True, slots=True)
class _Known:
    size: int
    mtime_ns: int
    reader: int
    missing: bool
    track_id: str | None

    def same(self, found: FoundFile) -> bool:
        return (self.size, self.mtime_ns, self.reader) == (found.size, found.mtime_ns, READER_VERSION)


def run_scan(
    connection: sqlite3.Connection, folders: Sequence[Path], now: datetime, progress: Progress | None
) -> ScanReport:
    """Scan; see `aidj.library.Library.scan`."""
    found = walk(folders)
    if not found.roots:
        raise _nothing_to_scan(found)
    scan = _Scan(connection, found)
    scan.mark_missing()
    scan.read_files(now, progress)
    scan.mark_vanished()
    if scan.counts["added"] or scan.counts["updated"]:
        _split_credits(connection)
    return scan.report()


def _nothing_to_scan(found: Walk) -> LibraryError:
    reasons = ", ".join(f"{os.fsdecode(path)} ({reason})" for path, reason in found.unreachable)
    return LibraryError(
        "No music folder can be looked into",
        where=reasons or None,
        cause="a name is misspelt, or a drive is not connected" if reasons else "no folder was named",
        hint="name a folder that holds your music; what is known of it so far stays as it is",
    )


class _Scan:
    """One scan on its way."""

    def __init__(self, connection: sqlite3.Connection, found: Walk) -> None:
        self.counts: Counter[str] = Counter()
        self._connection = connection
        self._found = found
        self._known: dict[bytes, _Known] = {
            row[0]: _Known(row[1], row[2], row[3], bool(row[4]), row[5])
            for row in self._rows("path, size, mtime_ns, reader, missing, id")
        }
        self._present = {file.path for file in found.files}
        self._gone: set[bytes] = set()
        self._results: list[tuple[FoundFile, ReadFile | UnusableFileError | None]] = []

    def _rows(self, columns: str, condition: str = "1") -> Iterator[Any]:
        for root in self._found.roots:
            yield from self._connection.execute(
                f"SELECT {columns} FROM library_files WHERE path >= ? AND path < ? AND {condition} ORDER BY path",
                range_below(root),
            )

    def mark_missing(self) -> None:
        """Note which known files were not found, in folders that could be looked into."""
        gone = [
            (path, row.track_id)
            for path, row in self._known.items()
            if not row.missing and path not in self._present and self._found.knows(path)
        ]
        if not gone:
            return
        self._gone = {path for path, track_id in gone if track_id is not None}
        with transaction(self._connection):
            self._connection.executemany(
                "UPDATE library_files SET missing = 1 WHERE path = ?", [(path,) for path in self._gone]
            )
            # What could never be played has nothing worth remembering.
            self._connection.executemany(
                "DELETE FROM library_files WHERE path = ?", [(path,) for path, track_id in gone if track_id is None]
            )

    def read_files(self, now: datetime, progress: Progress | None) -> None:
        """Read the files that are new or have changed."""
        files = self._found.files
        try:
            for done, file in enumerate(files, 1):
                self._look_at(file, now)
                if len(self._results) >= _BATCH_FILES:
                    self._write()
                if progress:
                    progress(done, len(files), to_path(file.path))
        finally:
            # Also on the way out of an interrupted scan: what has been read need not be read again.
            self._write()

    def _look_at(self, file: FoundFile, now: datetime) -> None:
        row = self._known.get(file.path)
        if row and row.same(file):
            self.counts["unchanged"] += 1
            if row.missing:
                self.counts["returned"] += 1
                self._results.append((file, None))
            return
        try:
            self._results.append((file, read_file(file, now)))
        except UnusableFileError as problem:
            logger.info("%s: %s", os.fsdecode(file.path), problem.reason)
            self._results.append((file, problem))
        self.counts["updated" if row else "added"] += 1

    def _write(self) -> None:
        results, self._results = self._results, []
        if not results:
            return
        with transaction(self._connection):
            for file, result in results:
                if result is None:
                    self._connection.execute("UPDATE library_files SET missing = 0 WHERE path = ?", (file.path,))
                elif isinstance(result, UnusableFileError):
                    self._write_problem(file, result)
                else:
                    self._write_track(file, result)

    def _write_problem(self, file: FoundFile, problem: UnusableFileError) -> None:
        mtime_ns = file.mtime_ns if problem.lasting else _READ_AGAIN
        self._connection.execute(
            "INSERT INTO library_files (path, size, mtime_ns, reader, unreadable) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (path) DO UPDATE SET size = excluded.size, mtime_ns = excluded.mtime_ns, "
            "reader = excluded.reader, unreadable = excluded.unreadable, missing = 0",
            (file.path, file.size, mtime_ns, READER_VERSION, problem.reason),
        )

    def _write_track(self, file: FoundFile, read: ReadFile) -> None:
        same = self._connection.execute(
            "SELECT path, missing, added_at FROM library_files WHERE id = ? AND path != ? ORDER BY path",
            (read.track.id, file.path),
        ).fetchall()
        own = self._connection.execute(
            "SELECT added_at FROM library_files WHERE path = ? AND added_at IS NOT NULL", (file.path,)
        ).fetchone()
        times = [row[2] for row in same] or ([own[0]] if own else [])
        track = replace(read.track, added_at=datetime.fromtimestamp(min(times), UTC)) if times else read.track
        # A folder may have been renamed, and the old name is not among those being scanned.
        old_place = next((row[0] for row in same if row[1] or self._vanished(row[0])), None)
        if old_place is not None:
            self.counts["moved"] += 1
            self.counts["updated" if file.path in self._known else "added"] -= 1
            self._gone.discard(old_place)
            self._connection.execute("DELETE FROM library_files WHERE path = ?", (old_place,))
        self._connection.execute(_UPSERT, (file.size, file.mtime_ns, READER_VERSION, read.names_tagged, *to_row(track)))
        self._connection.execute("DELETE FROM library_lyrics WHERE path = ?", (file.path,))
        if read.lyrics:
            self._connection.execute("INSERT INTO library_lyrics VALUES (?, ?)", (file.path, read.lyrics))
        self._connection.execute("DELETE FROM library_markers WHERE path = ?", (file.path,))
        if read.markers:
            lines = to_lines(tuple(f"{name}={value}" for name, value in read.markers))
            self._connection.execute("INSERT INTO library_markers VALUES (?, ?)", (file.path, lines))

    def mark_vanished(self) -> None:
        """Note which files of the same content as those found here are no longer where they were, outside the roots.

        Otherwise a path that leads nowhere could stand for a track that is there. Only other places of what was found
        are looked at, not all that the list knows.
        """
        gone = []
        for root in self._found.roots:
            others = self._connection.execute(
                "SELECT DISTINCT other.path FROM library_files AS found JOIN library_files AS other USING (id) "
                "WHERE found.path >= ? AND found.path < ? AND found.missing = 0 AND found.unreadable IS NULL "
                "AND other.path != found.path AND other.missing = 0",
                range_below(root),
            )
            gone += [path for (path,) in others if self._vanished(path)]
        if gone:
            self._gone.update(gone)
            with transaction(self._connection):
                self._connection.executemany(
                    "UPDATE library_files SET missing = 1 WHERE path = ?", [(path,) for path in gone]
                )

    def _vanished(self, path: bytes) -> bool:
        """Tell whether a known file is certainly not there; what cannot be looked at may be."""
        if path in self._present:
            return False
        try:
            os.stat(path)  # noqa: PTH116 (bytes paths throughout)
        except (FileNotFoundError, NotADirectoryError):
            return True
        except OSError:
            return False
        return False

    def report(self) -> ScanReport:
        """Say what was found, by this scan and by those before."""
        ids = [row[0] for row in self._rows("id", PRESENT)]
        unreadable = list(self._rows("path, unreadable", "missing = 0 AND unreadable IS NOT NULL"))
        return ScanReport(
            added=self.counts["added"],
            updated=self.counts["updated"],
            unchanged=self.counts["unchanged"],
            missing=len(self._gone),
            returned=self.counts["returned"],
            moved=self.counts["moved"],
            playable=len(ids),
            duplicates=len(ids) - len(set(ids)),
            unreadable=to_unreadable([*map(tuple, unreadable), *self._found.broken]),
            named_by_path=tuple(to_path(row[0]) for row in self._rows("path", f"{PRESENT} AND named_by = 'path'")),
            unreachable=to_unreadable(self._found.unreachable),
        )


def _split_credits(connection: sqlite3.Connection) -> None:
    """Split credits such as "A & B" again, now that it is known which names stand alone in the library."""
    known = lone_names(
        name
        for (names,) in connection.execute(f"SELECT DISTINCT artists FROM library_files WHERE {PRESENT}")
        for name in from_lines(names)
    )
    changes = []
    for path, credit, title, artists, guests in connection.execute(
        "SELECT path, artist, title, artists, guests FROM library_files "
        f"WHERE {PRESENT} AND names_tagged = 0 AND artists IS NOT NULL"
    ):
        if may_be_list(credit):
            names = tuple(map(to_lines, names_of(credit, title, known=known)))
            if names != (artists, guests):
                changes.append((*names, path))
    if changes:
        with transaction(connection):
            connection.executemany("UPDATE library_files SET artists = ?, guests = ? WHERE path = ?", changes)
