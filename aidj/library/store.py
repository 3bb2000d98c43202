"""The list of all tracks, kept in the data file and brought up to date by scanning folders."""

from __future__ import annotations

import os
import random
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from aidj.errors import LibraryError
from aidj.library.folders import absolute, outermost, range_below
from aidj.library.report import ScanReport
from aidj.library.scan import run_scan
from aidj.library.tables import PRESENT, TRACK_COLUMNS, from_lines, to_track
from aidj.model import Track

_ID = re.compile(r"[0-9a-f]{16}")


class Library:
    """The tracks on this machine.

    Parameters
    ----------
    connection : sqlite3.Connection
        From `aidj.database.open_database`, with this room's `TABLES`. It stays the caller's to close, and like every
        SQLite connection it serves the thread that opened it.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._last: tuple[int, Sequence[tuple[bytes, bytes]] | None, tuple[Track, ...]] | None = None
        """What was last read: at which change, below which folders, and what."""

    def scan(
        self,
        folders: Sequence[Path],
        *,
        now: datetime,
        progress: Callable[[int, int, Path], None] | None = None,
    ) -> ScanReport:
        """Bring the list up to date with what lies below some folders.

        A file whose size and time have not changed is not opened. Files that are gone are remembered as missing, not
        forgotten. A file that is found to lie elsewhere now keeps what is known of it, also if its old place is not
        below these folders. What was read is kept if the scan is interrupted.

        Parameters
        ----------
        folders : sequence of Path
            Where to look; what the list knows of other places stays as it is.
        now : datetime
            The time to note for files seen for the first time; with a time zone.
        progress : callable, optional
            Called with (files done, files in all, path) after each file.

        Raises
        ------
        LibraryError
            If none of the folders can be looked into, or the list cannot be written.
        """
        if now.tzinfo is None:
            raise ValueError("now needs a time zone")
        with _stored():
            return run_scan(self._connection, folders, now, progress)

    def tracks(self, folders: Sequence[Path] | None = None) -> tuple[Track, ...]:
        """Return the tracks that are there, in order of path; of equal files only the first.

        Asked for the same again, it returns the same tuple for as long as no file was added, changed or lost.

        Parameters
        ----------
        folders : sequence of Path, optional
            Only what lies below these.
        """
        ranges = None if folders is None else _ranges(folders)
        with _stored():
            # Read before the tracks are: whatever changes while they are read counts as a change later.
            change = int(self._connection.execute("SELECT number FROM library_changes").fetchone()[0])
            if self._last is not None and self._last[:2] == (change, ranges):
                return self._last[2]
            tracks = tuple(self._read(ranges))
        # What is still to be committed may be taken back, and another change then have its number.
        self._last = None if self._connection.in_transaction else (change, ranges, tracks)
        return tracks

    def _read(self, ranges: Sequence[tuple[bytes, bytes]] | None) -> Iterator[Track]:
        seen: set[str] = set()
        cursor = self._connection.cursor()
        cursor.row_factory = None  # plain tuples: there may be many
        for low, high in [(b"", None)] if ranges is None else ranges:
            rows = cursor.execute(
                f"SELECT {TRACK_COLUMNS} FROM library_files WHERE {PRESENT} AND path >= ?"
                f"{' AND path < ?' if high else ''} ORDER BY path",
                (low, high) if high else (low,),
            )
            for row in rows:
                if row[1] not in seen:
                    seen.add(row[1])
                    yield to_track(row)

    def sample(self, size: int, *, seed: int, folders: Sequence[Path] | None = None) -> tuple[Track, ...]:
        """Return about so many of the tracks that are there, drawn evenly, in order of path; all of a small library.

        However large the library is, it takes no longer. The same library and seed give the same tracks.

        Parameters
        ----------
        size : int
            How many are drawn, some of them perhaps twice, or not below the folders: then there are fewer.
        folders : sequence of Path, optional
            Only what lies below these.
        """
        rng = random.Random(seed)
        with _stored():
            has_more = self._connection.execute("SELECT 1 FROM library_files LIMIT 1 OFFSET ?", (size,)).fetchone()
            if not has_more:
                return self.tracks(folders)
            # The ids are as good as random themselves: what comes behind a number at random is a track at random.
            drawn = (
                self._connection.execute(
                    f"SELECT {TRACK_COLUMNS} FROM library_files WHERE id >= ? AND {PRESENT} ORDER BY id, path LIMIT 1",
                    (f"{rng.getrandbits(64):016x}",),
                ).fetchone()
                for _ in range(size)
            )
            rows = {row[1]: row for row in drawn if row}
        ranges = None if folders is None else _ranges(folders)
        inside = [row for row in rows.values() if ranges is None or any(low <= row[0] < high for low, high in ranges)]
        return tuple(to_track(row) for row in sorted(inside, key=lambda row: bytes(row[0])))

    def artist_names(self) -> frozenset[str]:
        """Return the names of all main artists of the tracks that are there."""
        with _stored():
            rows = self._connection.execute(f"SELECT DISTINCT artists FROM library_files WHERE {PRESENT}")
            return frozenset(name for row in rows for name in from_lines(row[0]))

    def find(self, path_or_id: str | os.PathLike[str]) -> Track | None:
        """Return the track with this id or at this path; None if there is none, or it is missing now."""
        with _stored():
            if isinstance(path_or_id, str) and _ID.fullmatch(path_or_id):
                row = self._connection.execute(
                    f"SELECT {TRACK_COLUMNS} FROM library_files WHERE id = ? AND {PRESENT} ORDER BY path LIMIT 1",
                    (path_or_id,),
                ).fetchone()
                if row:
                    return to_track(row)
            row = self._connection.execute(
                f"SELECT {TRACK_COLUMNS} FROM library_files WHERE path = ? AND {PRESENT}", (absolute(path_or_id),)
            ).fetchone()
        return to_track(row) if row else None

    def lyrics(self, track_id: str) -> str | None:
        """Return the lyrics in a track's tags, plain or with LRC times; None if it has none."""
        with _stored():
            row = self._connection.execute(
                "SELECT text FROM library_lyrics JOIN library_files USING (path) WHERE id = ? "
                "ORDER BY missing, path LIMIT 1",
                (track_id,),
            ).fetchone()
        return row[0] if row else None

    def markers(self, track_id: str) -> Mapping[str, str]:
        """Return the tags of a track in which a radio program keeps cue points, such as ``liqcuein``, as they stand."""
        with _stored():
            row = self._connection.execute(
                "SELECT text FROM library_markers JOIN library_files USING (path) WHERE id = ? "
                "ORDER BY missing, path LIMIT 1",
                (track_id,),
            ).fetchone()
        pairs = (line.partition("=") for line in from_lines(row[0] if row else None))
        return {name: value for name, _, value in pairs}


def _ranges(folders: Sequence[Path]) -> list[tuple[bytes, bytes]]:
    """Return where the paths below some folders lie, in order."""
    return sorted(range_below(folder) for folder in outermost([absolute(folder) for folder in folders]))


@contextmanager
def _stored() -> Iterator[None]:
    """Turn SQLite's complaints into ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise LibraryError(
            f"The list of tracks cannot be used ({error})",
            cause="another program holds the data file, the disk is full, or the file is damaged",
            hint="close other programs that use it and try again; what was stored before is still there",
        ) from error
