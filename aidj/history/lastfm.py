"""Last.fm as other people's tools export it: five shapes of CSV and one of JSON, and what else is shaped like them.

Last.fm takes a play only if it was a listen, so every row is one. Times are starts, in UTC.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aidj.errors import HistoryError
from aidj.history.documents import Document
from aidj.history.importer import Findings
from aidj.history.rules import BadRow, epoch, mbid, name, optional_name, written_time
from aidj.model import Listen

_TIME = ("uts", "ts", "timestamp", "unix_time", "listened_at", "utc_time", "datetime", "time", "date")
_TITLE = ("track", "title", "song", "track_name", "name")
_ARTIST = ("artist", "artist_name")
_ALBUM = ("album", "album_name", "release")
_CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_WRITTEN = re.compile(r"\d{1,2} [A-Z][a-z]{2} \d{4},? \d{1,2}:\d{2}")


@dataclass(frozen=True, slots=True)
class _Shape:
    """Which column holds what."""

    delimiter: str
    has_header: bool
    artist: int
    title: int
    when: tuple[int, ...]
    """One column, or one with the day and one with the clock."""
    album: int | None = None
    mbid: int | None = None


def _shape(head: str) -> _Shape | None:
    lines = [line for line in head.splitlines()[:40] if line.strip() and not line.startswith("#")]
    for delimiter in ",;\t":
        try:
            rows = list(csv.reader(lines[:20], delimiter=delimiter))
        except csv.Error:
            continue
        if rows and (shape := _by_header(rows[0], delimiter) or _by_content(rows, delimiter)):
            return shape
    return None


def _by_header(header: Sequence[str], delimiter: str) -> _Shape | None:
    # lastfmstats.com writes the user's name behind the last column's: "Date#name".
    names = [cell.partition("#")[0].strip().lower() for cell in header]

    def find(wanted: Sequence[str]) -> int | None:
        return next((names.index(name) for name in wanted if name in names), None)

    artist, title, when = find(_ARTIST), find(_TITLE), find(_TIME)
    if artist is None or title is None or when is None or len(set(names)) != len(names):
        return None
    both = "date" in names and "time" in names and names[when] in ("date", "time")
    columns = (names.index("date"), names.index("time")) if both else (when,)
    return _Shape(delimiter, True, artist, title, columns, find(_ALBUM), find(("track_mbid", "recording_mbid")))


def _by_content(rows: Sequence[Sequence[str]], delimiter: str) -> _Shape | None:
    """Recognise the two shapes without a header: artist, album, track, date; and day, clock, artist, title."""
    whole = [row for row in rows if len(row) == 4]
    if delimiter != "," or len(whole) < max(1, len(rows) - 2):
        return None
    dated = [row for row in whole if row[3].strip()]
    if dated and all(_WRITTEN.fullmatch(row[3].strip()) for row in dated):
        return _Shape(delimiter, False, 0, 2, (3,), 1)
    if all(_ISO_DAY.fullmatch(row[0]) and _CLOCK.fullmatch(row[1]) for row in whole):
        return _Shape(delimiter, False, 2, 3, (0, 1))
    return None


class LastFmCsv:
    """CSV with the columns of a known exporter, found by their header or, without one, by their content."""

    name = "lastfm"

    def sniff(self, head: str) -> bool:
        """Tell by the header's names, or by where the dates stand."""
        return _shape(head) is not None

    def read(self, document: Document, findings: Findings) -> Iterator[Listen]:
        """Yield the listens; a row without a time is the one that was playing, and is left out."""
        shape = _shape(document.head)
        if shape is None:
            raise HistoryError("It is no table of listens", where=document.label)
        lines = (line for line in document.lines() if not line.startswith("#"))
        reader = csv.reader(lines, delimiter=shape.delimiter)
        header_to_come = shape.has_header
        n = 0
        while True:
            n += 1
            try:
                row = next(reader, None)
                if row is None:
                    return
                if not row:
                    continue
                if header_to_come:
                    header_to_come = False
                    continue
                yield self._listen(row, shape)
            except (BadRow, csv.Error) as error:
                why = str(error) if isinstance(error, BadRow) else "a quotation mark that is never closed"
                findings.problem(f"{document.label}, row {n}", why)

    def _listen(self, row: Sequence[str], shape: _Shape) -> Listen:
        needed = max(shape.artist, shape.title, *shape.when)
        if len(row) <= needed:
            raise BadRow(f"{len(row)} columns instead of {needed + 1} or more")
        when = " ".join(row[column] for column in shape.when).strip()
        if not when:
            raise BadRow("no time; it was playing when the file was made")
        return Listen(
            listened_at=written_time(when),
            artist=name(row[shape.artist], "artist"),
            title=name(row[shape.title], "title"),
            album=_cell(row, shape.album),
            recording_mbid=mbid(_cell(row, shape.mbid)),
            source=self.name,
        )


def _cell(row: Sequence[str], column: int | None) -> str | None:
    return optional_name(row[column]) if column is not None and column < len(row) else None


class LastFmStatsJson:
    """``{"username": ..., "scrobbles": [{"track", "artist", "album", "date"}]}`` of lastfmstats.com; dates in ms."""

    name = "lastfm"

    def sniff(self, head: str) -> bool:
        """Tell by the names of the fields."""
        return head.lstrip().startswith("{") and all(
            f'"{field}"' in head for field in ("scrobbles", "track", "artist", "date")
        )

    def read(self, document: Document, findings: Findings) -> Iterator[Listen]:
        """Yield the listens."""
        content = document.json()
        rows = content.get("scrobbles") if isinstance(content, dict) else None
        if not isinstance(rows, list):
            raise HistoryError("It holds no list of scrobbles", where=document.label, cause="the file was edited")
        for n, row in enumerate(rows, 1):
            try:
                if not isinstance(row, dict):
                    raise BadRow("no object with fields")
                yield Listen(
                    listened_at=epoch(row.get("date")),
                    artist=name(row.get("artist"), "artist"),
                    title=name(row.get("track"), "title"),
                    album=optional_name(row.get("album")),
                    source=self.name,
                )
            except BadRow as error:
                findings.problem(f"{document.label}, row {n}", str(error))
