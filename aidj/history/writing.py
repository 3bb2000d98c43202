"""How listens and play counts come into the tables."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable

from aidj.history.counts import CountRow, write_counts
from aidj.history.importer import PlayCount
from aidj.history.matching import recording_key
from aidj.history.reading import HistoryFile
from aidj.model import Listen, ListenKind
from aidj.names import KEY_VERSION, match_key, split_artists

KINDS: tuple[ListenKind, ...] = ("listen", "skip", "short", "podcast", "audiobook")
"""What is stored, by the number it is stored as; incognito plays are not."""
OWN_SOURCE = "aidj"
"""The source of what aidj itself has played."""

_Names = tuple[str, str, str, float, str, str, str]


class Writer:
    """Puts listens into the tables; remembers what was heard, so that most rows cost one statement."""

    def __init__(self, db: sqlite3.Connection):
        self._db = db
        self._heard: dict[_Names, int] = {}
        self._sources: dict[str, int] = {row[1]: row[0] for row in db.execute("SELECT id, name FROM listen_sources")}
        self.by_kind: Counter[ListenKind] = Counter()
        self.first_s: int | None = None
        self.last_s: int | None = None
        self.n_counts = 0

    def write(self, listens: Iterable[Listen | PlayCount], file: HistoryFile) -> None:
        """Store some rows; what cannot be stored is reported to their file."""
        rows = []
        counts: list[CountRow] = []
        for listen in listens:
            if isinstance(listen, PlayCount):
                counts.append(self._count_row(listen))
                continue
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
                (
                    self._heard_id(_names(listen)),
                    at_s,
                    KINDS.index(listen.kind),
                    listen.played_s,
                    self._source(listen.source),
                )
            )
        # Of two records of the same second the one that says more for the music stays, in whatever order they come.
        # But what a listener says of our own mixes is a correction: there the newest word counts.
        own = self._sources.get(OWN_SOURCE, -1)
        self._db.executemany(
            "INSERT INTO listens (heard_id, listened_at, kind, played_s, source_id) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (heard_id, listened_at) DO UPDATE SET"
            " kind = excluded.kind, played_s = excluded.played_s, source_id = excluded.source_id"
            " WHERE (excluded.kind, -COALESCE(excluded.played_s, 0)) < (kind, -COALESCE(played_s, 0))"
            f" OR (excluded.source_id = {own:d} AND source_id = {own:d})",
            rows,
        )
        write_counts(self._db, counts)
        self.n_counts += len(counts)

    def _count_row(self, count: PlayCount) -> CountRow:
        last_s = int(count.last_played.timestamp()) if count.last_played else None
        return self._heard_id(_names(count)), self._source(count.source), count.plays, last_s, count.rating

    def _heard_id(self, names: _Names) -> int:
        if (known := self._heard.get(names)) is not None:
            return known
        stored = self._db.execute(
            "SELECT id FROM heard WHERE artist = ? AND title = ? AND album = ? AND duration_s = ?"
            " AND recording_mbid = ? AND isrc = ? AND spotify_id = ?",
            names,
        ).fetchone()
        if stored:
            self._heard[names] = int(stored[0])
            return self._heard[names]
        cursor = self._db.execute(
            "INSERT INTO heard (artist, title, album, duration_s, recording_mbid, isrc, spotify_id,"
            " artist_key, lead_key, recording_key, key_version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*names, *keys_of(*names[:3]), KEY_VERSION),
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


def _names(listen: Listen | PlayCount) -> _Names:
    more = (listen.isrc or "", listen.spotify_id or "") if isinstance(listen, Listen) else ("", "")
    return (
        listen.artist,
        listen.title,
        listen.album or "",
        float(listen.duration_s or 0.0),
        listen.recording_mbid or "",
        *more,
    )


def keys_of(artist: str, title: str, album: str) -> tuple[str, str, str]:
    """Return the keys under which a recording heard is matched: the credit's, the lead artist's, the recording's."""
    mains, _ = split_artists(artist)
    return match_key(artist), match_key(mains[0]) if mains else "", recording_key(title, album)
