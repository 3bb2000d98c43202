"""What music players keep about each song, instead of single plays: how often, when last, how many stars.

Apple's ``Library.xml`` (iTunes, Music: File > Library > Export Library), Rhythmbox' ``rhythmdb.xml``, and the SQLite
files of Strawberry and Clementine. Everything in them is data from outside, and is read so: no XML entity is ever
expanded, and of a database only plain columns of one plain table are asked.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime
from typing import Any
from xml.parsers import expat

from aidj.errors import HistoryError
from aidj.history.documents import Document, reading
from aidj.history.importer import Findings, PlayCount
from aidj.history.plist import ERRORS, EntityError, parse_plist, refuse_entities
from aidj.history.rules import (
    MAX_PLAYED_S,
    BadRow,
    epoch,
    from_epoch,
    mbid,
    name,
    number,
    optional_name,
    optional_number,
)

MAX_BYTES = 256 * 2**20
MOST_PLAYS = 1_000_000
SQLITE_HEAD = "SQLite format 3\0"
_CHUNK_BYTES = 1 << 16
_MAX_FIELD_CHARS = 10_000


class AppleLibrary:
    """A property list with a dictionary of tracks; times are UTC, lengths ms, ratings 0 to 100."""

    name = "apple-library"

    def sniff(self, head: str) -> bool:
        """Tell by the beginning of a property list of a music library."""
        return "<plist" in head[:2000] and "<key>Tracks</key>" in head

    def read(self, document: Document, findings: Findings) -> Iterator[PlayCount]:
        """Yield what is known of each song; podcasts, films and spoken books are left aside.

        A song with a count that is none is reported; one with another bad value is taken without that value.
        """
        try:
            library = parse_plist(_content(document))
            tracks = library.get("Tracks") if isinstance(library, dict) else None
            if not isinstance(tracks, dict):
                raise ValueError("it lists no tracks")
        except EntityError:
            raise _entities(document) from None
        except ERRORS as error:
            raise _damaged(document, error) from None
        for n, row in enumerate(tracks.values(), 1):
            try:
                if isinstance(row, dict) and not _is_no_music(row) and (found := self._count(row)):
                    yield found
            except BadRow as problem:
                findings.problem(f"{document.label}, track {n}", str(problem))

    def _count(self, row: Mapping[str, Any]) -> PlayCount | None:
        # A computed rating is the album's; a loved song without stars has them all.
        stars = None if row.get("Rating Computed") else _rating(row.get("Rating"), most=100)
        if stars is None and (row.get("Loved") is True or row.get("Favorited") is True):
            stars = 1.0
        return _play_count(
            self.name,
            artist=row.get("Artist") or row.get("Album Artist"),
            title=row.get("Name"),
            album=row.get("Album"),
            duration_s=optional_number(row.get("Total Time"), most=MAX_PLAYED_S, unit_s=0.001),
            plays=row.get("Play Count"),
            last_played=_moment(row.get("Play Date UTC")),
            rating=stars,
        )


def _is_no_music(row: Mapping[str, Any]) -> bool:
    kind = row.get("Kind")
    return any(row.get(flag) is True for flag in ("Podcast", "Movie", "TV Show", "Has Video", "Audiobooks")) or (
        isinstance(kind, str) and "audiobook" in kind.casefold()
    )


def _moment(value: object) -> datetime | None:
    """Return a time, None for anything else: a player without a clock has still counted well."""
    try:
        return from_epoch(value.timestamp()) if isinstance(value, datetime) else None
    except BadRow:
        return None


class Rhythmbox:
    """``rhythmdb.xml``: entries of type song; times are unix time, lengths s, ratings 0 to 5."""

    name = "rhythmbox"

    def sniff(self, head: str) -> bool:
        """Tell by the outermost element."""
        return "<rhythmdb" in head[:1000]

    def read(self, document: Document, findings: Findings) -> Iterator[PlayCount]:
        """Yield what is known of each song."""
        for n, row in enumerate(_song_entries(document), 1):
            try:
                last = optional_number(row.get("last-played"), most=1e11)
                found = _play_count(
                    self.name,
                    artist=row.get("artist"),
                    title=row.get("title"),
                    album=None if row.get("album") == "Unknown" else row.get("album"),
                    duration_s=optional_number(row.get("duration"), most=MAX_PLAYED_S),
                    plays=row.get("play-count"),
                    last_played=epoch(last) if last else None,
                    rating=_rating(row.get("rating"), most=5),
                    recording_mbid=mbid(row.get("mb-trackid")),
                )
            except BadRow as problem:
                findings.problem(f"{document.label}, song {n}", str(problem))
            else:
                if found:
                    yield found


def _song_entries(document: Document) -> Iterator[dict[str, str]]:
    """Yield the fields of each song, as the file is read."""
    done: list[dict[str, str]] = []
    entry: dict[str, str] | None = None
    field: str | None = None

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal entry, field
        if tag == "entry":
            entry = {} if attributes.get("type") == "song" else None
        field = tag

    def text(data: str) -> None:
        if entry is not None and field is not None and len(entry.get(field, "")) < _MAX_FIELD_CHARS:
            entry[field] = entry.get(field, "") + data

    def end(tag: str) -> None:
        nonlocal entry, field
        if tag == "entry" and entry is not None:
            done.append(entry)
            entry = None
        field = None

    parser = expat.ParserCreate()
    refuse_entities(parser)
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = text
    with reading(document.label), document.opener() as raw:
        while chunk := raw.read(_CHUNK_BYTES):
            try:
                parser.Parse(chunk, False)
            except EntityError:
                raise _entities(document) from None
            except expat.ExpatError as error:
                yield from done
                raise _damaged(document, error) from None
            yield from done
            done.clear()
    try:
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise _damaged(document, error) from None


class Strawberry:
    """The database of Strawberry or Clementine; times are unix time, lengths ns, ratings 0 to 1, -1 for none."""

    name = "strawberry"

    def sniff(self, head: str) -> bool:
        """Tell by the table of songs that an SQLite file declares."""
        return head.startswith(SQLITE_HEAD) and "CREATE TABLE songs" in head and "playcount" in head

    def read(self, document: Document, findings: Findings) -> Iterator[PlayCount]:
        """Yield what is known of each song."""
        content = bytearray(_content(document))
        # A copy in memory has no write-ahead log beside it; what the player has not yet moved from there is missing.
        content[18:20] = b"\x01\x01"
        with closing(sqlite3.connect(":memory:")) as db:
            try:
                db.deserialize(bytes(content))
                db.execute("PRAGMA trusted_schema = OFF")
                if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'songs' AND type = 'table'").fetchone():
                    raise sqlite3.DatabaseError("no table of songs")
                have = {row[1] for row in db.execute("PRAGMA table_info(songs)")}
                rows = db.execute(
                    "SELECT artist, title, album, length, playcount, lastplayed, rating, "
                    + ("musicbrainz_recording_id" if "musicbrainz_recording_id" in have else "NULL")
                    + " FROM songs"
                ).fetchall()
            except sqlite3.Error as error:
                raise _damaged(document, error) from None
        for n, (artist, title, album, length, plays, last, rating, recording) in enumerate(rows, 1):
            try:
                found = _play_count(
                    self.name,
                    artist=artist,
                    title=title,
                    album=album,
                    duration_s=optional_number(length, most=MAX_PLAYED_S, unit_s=1e-9),
                    plays=plays,
                    last_played=epoch(last) if isinstance(last, int) and last > 0 else None,
                    rating=_rating(rating, most=1),
                    recording_mbid=mbid(recording),
                )
            except BadRow as problem:
                findings.problem(f"{document.label}, song {n}", str(problem))
            else:
                if found:
                    yield found


def _play_count(
    source: str,
    *,
    artist: object,
    title: object,
    album: object,
    duration_s: float | None,
    plays: object,
    last_played: datetime | None,
    rating: float | None,
    recording_mbid: str | None = None,
) -> PlayCount | None:
    """Return what a player says of a song; None where it says nothing, or the song has no names."""
    count = int(number(plays, "play count", most=MOST_PLAYS)) if plays not in (None, "") else 0
    if not (count or rating):
        return None
    return PlayCount(
        artist=name(artist, "artist"),
        title=name(title, "title"),
        album=optional_name(album),
        duration_s=duration_s,
        recording_mbid=recording_mbid,
        plays=count,
        last_played=last_played,
        rating=rating,
        source=source,
    )


def _rating(value: object, *, most: float) -> float | None:
    stars = optional_number(value, most=most)
    return stars / most if stars else None


def _content(document: Document) -> bytes:
    with reading(document.label), document.opener() as raw:
        content = raw.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise HistoryError(
            f"It is larger than {MAX_BYTES // 2**20} MiB",
            where=document.label,
            cause="it is no list of songs, or of more songs than a person has",
        )
    return content


def _damaged(document: Document, error: Exception) -> HistoryError:
    return HistoryError(
        f"It cannot be read to its end ({str(error)[:100] or type(error).__name__})",
        where=document.label,
        cause="the copy was cut off, the player was just writing it, or it was edited by hand",
        hint="close the player, and copy or export it again",
    )


def _entities(document: Document) -> HistoryError:
    return HistoryError(
        "It cannot be read: it defines entities, which no player writes",
        where=document.label,
        cause="it was made to do harm, or another program has changed it",
        hint="export the library again in the player itself",
    )
