"""What the listener said of songs, albums and artists, kept in names: it survives new files and new editions.

There are tens of opinions, not thousands: they are compared in Python with the keys of `aidj.names` as they are now,
so that nothing stored can go stale.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime

from aidj.database import transaction
from aidj.model import Opinion
from aidj.names import lead_key, song_key

Subject = tuple[str, str, str]
"""What an opinion is of: the kind (``song``, ``album`` or ``artist``), the artist's key, and the song's or album's."""


def subject_of(artist: str, title: str | None = None, album: str | None = None) -> Subject:
    """Return what an opinion on these names is of; opinions of one subject replace each other.

    A song is the same on every album and in every version; an album the same in every edition. Of an artist credit
    the lead artist counts.
    """
    if title:
        return "song", lead_key(artist), song_key(title)
    if album:
        return "album", lead_key(artist), song_key(album)
    return "artist", lead_key(artist), ""


def say(db: sqlite3.Connection, opinion: Opinion) -> None:
    """Store an opinion in place of older ones on the same subject; of two, the one said later stays.

    Raises
    ------
    ValueError
        If it has no artist, or one of its times has no zone.
    """
    if not opinion.artist.strip():
        raise ValueError("an opinion needs an artist")
    if opinion.said_at.tzinfo is None or (opinion.until and opinion.until.tzinfo is None):
        raise ValueError("the times of an opinion need a zone")
    subject = _subject(opinion)
    with transaction(db):
        same = [(row_id, known) for row_id, known in _stored(db) if _subject(known) == subject]
        if any(known.said_at > opinion.said_at for _, known in same):
            return
        db.executemany("DELETE FROM opinions WHERE id = ?", [(row_id,) for row_id, _ in same])
        db.execute(
            "INSERT INTO opinions (verdict, artist, title, album, said_at, until) VALUES (?, ?, ?, ?, ?, ?)",
            (
                opinion.verdict,
                opinion.artist,
                opinion.title,
                opinion.album,
                opinion.said_at.timestamp(),
                opinion.until.timestamp() if opinion.until else None,
            ),
        )


def opinions_at(db: sqlite3.Connection, now: datetime) -> tuple[Opinion, ...]:
    """Return what holds at a moment, in the order in which it was said."""
    found = [opinion for _, opinion in _stored(db) if opinion.until is None or opinion.until > now]
    return tuple(sorted(found, key=lambda opinion: (opinion.said_at, _subject(opinion))))


def take_back(db: sqlite3.Connection, artist: str, title: str | None = None, album: str | None = None) -> int:
    """Forget the opinion on exactly this song, album or artist; return how many were removed."""
    subject = subject_of(artist, title, album)
    with transaction(db):
        same = [(row_id,) for row_id, known in _stored(db) if _subject(known) == subject]
        db.executemany("DELETE FROM opinions WHERE id = ?", same)
    return len(same)


def _subject(opinion: Opinion) -> Subject:
    return subject_of(opinion.artist, opinion.title, opinion.album)


def _stored(db: sqlite3.Connection) -> Iterator[tuple[int, Opinion]]:
    rows = db.execute("SELECT id, verdict, artist, title, album, said_at, until FROM opinions ORDER BY id").fetchall()
    for row_id, verdict, artist, title, album, said_at, until in rows:
        yield (
            row_id,
            Opinion(
                verdict=verdict,
                artist=artist,
                title=title,
                album=album,
                said_at=datetime.fromtimestamp(said_at, UTC),
                until=None if until is None else datetime.fromtimestamp(until, UTC),
            ),
        )
