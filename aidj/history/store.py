"""The stored history: what was heard, and when, and what else is known of the listener."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aidj.database import transaction
from aidj.history import offers, opinions
from aidj.history.counts import standing_of
from aidj.history.importer import RowProblem
from aidj.history.matching import (
    Heard,
    Index,
    MatchReport,
    Unmatched,
    assign,
    merged_plays,
    recording_key,
    report_of,
)
from aidj.history.reading import HistoryFile
from aidj.history.tables import using_history
from aidj.history.writing import KINDS, OWN_SOURCE, Writer, keys_of
from aidj.model import Listen, ListenKind, Offers, Opinion, Plan, Plays, Standing, Track
from aidj.names import KEY_VERSION, title_key

_BATCH = 5000
_AT_ONCE = 500  # SQLite takes no more than 999 parameters where it is old
_HEARD = (
    "SELECT id, artist, title, album, duration_s, recording_mbid, isrc, artist_key, lead_key, recording_key FROM heard"
)


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
    n_counts: int = 0
    """Songs of which the file knows a play count or a rating instead of single plays."""


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
        self._last: tuple[Sequence[Track], Index] | None = None

    def add(self, file: HistoryFile) -> ImportReport:
        """Store a file's listens: all of them or, if it turns out to be unreadable, none. Twice is as good as once.

        Raises
        ------
        HistoryError
            If the file cannot be read, or the data file not be written.
        """
        with using_history(file.label), transaction(self._db):
            writer = Writer(self._db)
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
            n_counts=writer.n_counts,
        )

    def log(self, listens: Iterable[Listen]) -> int:
        """Store what aidj itself has played, as source ``aidj``; return how many are new.

        By the rules of an import, except that the newest word on the same song and second counts: a listen logged
        before can be made a skip, and back. What was imported from elsewhere is not changed so.
        """
        own = (replace(listen, source=OWN_SOURCE) for listen in listens)
        return self.add(HistoryFile(label="play log", format=OWN_SOURCE, listens=own)).n_added

    def plays(self, tracks: Sequence[Track]) -> Plays:
        """Return the plays that belong to these tracks, as `aidj.history.matching` decides, oldest first.

        The listens of what belongs to none of them are in `elsewhere`. Podcasts and audiobooks are left out. A play
        that two sources recorded counts once.
        """
        with using_history("history"):
            heard = self._heard()
            index = self._index(tracks)
            track_of = assign(index, heard)
            columns = self._listens()
        strangers = {i: (index.lead(heard[i]), heard[i].recording_key) for i in np.flatnonzero(track_of < 0).tolist()}
        return merged_plays(columns, [row.id for row in heard], track_of, strangers)

    def plays_of_few(self, tracks: Sequence[Track]) -> Plays:
        """Return the plays that belong to these tracks and bear their titles, as fast as a few tracks can be looked up.

        As `plays`, but a listen known by its id alone is not found, and nothing is told of what was heard elsewhere.
        """
        titles = {(track.title, track.album or "") for track in tracks}
        keys = sorted({title_key(title) for title, _ in titles} | {recording_key(*names) for names in titles})
        heard: list[Heard] = []
        columns: list[tuple[int, int, int, int]] = []
        with using_history("history"):
            for first in range(0, len(keys), _AT_ONCE):
                some = keys[first : first + _AT_ONCE]
                heard += map(
                    Heard._make,
                    self._cursor(f"{_HEARD} WHERE recording_key IN ({', '.join('?' * len(some))}) ORDER BY id", some),
                )
            track_of = assign(self._index(tracks), heard)
            ours = [row.id for row, track in zip(heard, track_of, strict=True) if track >= 0]
            for first in range(0, len(ours), _AT_ONCE):
                ids = ours[first : first + _AT_ONCE]
                columns += self._cursor(
                    "SELECT heard_id, listened_at, kind, source_id FROM listens"
                    f" WHERE kind < 3 AND heard_id IN ({', '.join('?' * len(ids))})",
                    ids,
                )
        packed = np.array(columns, np.int64).reshape(-1, 4)
        return merged_plays(packed, [row.id for row in heard], track_of)

    def say(self, opinion: Opinion) -> None:
        """Keep what the listener says of a song, an album or an artist; see `aidj.history.opinions`."""
        with using_history("opinions"):
            opinions.say(self._db, opinion)

    def opinions(self, now: datetime) -> tuple[Opinion, ...]:
        """Return the opinions that hold at a moment, in the order in which they were said; a rest may be over."""
        with using_history("opinions"):
            return opinions.opinions_at(self._db, now)

    def take_back(self, artist: str, title: str | None = None, album: str | None = None) -> int:
        """Forget the opinion on exactly this song, album or artist; return how many were removed."""
        with using_history("opinions"):
            return opinions.take_back(self._db, artist, title, album)

    def remember(self, plan: Plan) -> str:
        """Keep which songs a plan offers, in place of an earlier plan of the same moment, seed and length.

        Returns the key for `forget`, see `aidj.history.plan_key`. Twice is as good as once.
        """
        with using_history("offers"):
            return offers.remember(self._db, plan)

    def forget(self, plan_key: str) -> bool:
        """Forget what a plan offered; return whether anything was kept of it."""
        with using_history("offers"):
            return offers.forget(self._db, plan_key)

    def offers(self, tracks: Sequence[Track], *, before: datetime) -> Offers:
        """Return which of these tracks sessions offered that were planned for an earlier moment, oldest first.

        Strictly earlier ones only, so that planning the same moment again gives the same plan.
        """
        with using_history("offers"):
            return offers.offers_of(self._db, tracks, before)

    def offers_of_few(self, tracks: Sequence[Track], *, before: datetime) -> Offers:
        """Return as `offers` does, as fast as a few tracks can be looked up: tracks are known by their ids alone."""
        with using_history("offers"):
            return offers.offers_of(self._db, tracks, before, by_name=False)

    def standing(self, tracks: Sequence[Track]) -> Standing | None:
        """Return what tags and imported players say of these tracks, see `aidj.history.counts`; None for nothing."""
        with using_history("play counts"):
            counted = list(
                self._cursor(
                    "SELECT heard_id, source_id, play_count, last_played, rating FROM player_counts"
                    " ORDER BY heard_id, source_id"
                )
            )
            heard = self._heard("player_counts WHERE heard_id = id") if counted else []
        track_of = dict(zip((row.id for row in heard), assign(self._index(tracks), heard), strict=True))
        return standing_of(tracks, counted, np.array([track_of[row[0]] for row in counted], np.int32))

    def match_report(self, tracks: Sequence[Track], limit: int = 20) -> MatchReport:
        """Return how much of the history these tracks cover, and the most-played of what they do not."""
        with using_history("history"):
            heard = self._heard()
            counts = dict(self._cursor("SELECT heard_id, COUNT(*) FROM listens WHERE kind = 0 GROUP BY heard_id"))
        return report_of(heard, assign(self._index(tracks), heard), counts, limit)

    def unmatched(self, tracks: Sequence[Track], limit: int = 20) -> tuple[Unmatched, ...]:
        """Return what was listened to most and is not among these tracks."""
        return self.match_report(tracks, limit).unmatched

    def summary(self) -> HistorySummary:
        """Return how much is stored, of which kinds and from where."""
        with using_history("history"):
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

    def _index(self, tracks: Sequence[Track]) -> Index:
        """Return the tracks by name; the last index is kept, since one session asks for several things about them."""
        if self._last is None or not isinstance(tracks, tuple) or self._last[0] is not tracks:
            self._last = tracks, Index(tracks)
        return self._last[1]

    def _listens(self) -> NDArray[np.int64]:
        """Return all listens but those of podcasts and audiobooks, as `merged_plays` takes them."""
        # As one text for all listens of a recording: making a million Python numbers would be most of the work.
        rows = list(
            self._cursor(
                "SELECT heard_id, COUNT(*), group_concat((listened_at << 24) | (source_id << 2) | kind)"
                " FROM listens WHERE kind < 3 GROUP BY heard_id"
            )
        )
        if not rows:
            return np.zeros((0, 4), np.int64)
        ids, counts, texts = zip(*rows, strict=True)
        packed = np.fromstring(",".join(texts), np.int64, sep=",")
        heard_id = np.repeat(np.array(ids, np.int64), counts)
        return np.stack((heard_id, packed >> 24, packed & 3, (packed >> 2) & 0x3FFFFF), axis=1)

    def _count(self) -> int:
        return int(next(self._cursor("SELECT COUNT(*) FROM listens"))[0])

    def _cursor(self, sql: str, values: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        cursor = self._db.cursor()
        cursor.row_factory = None  # plain tuples: there may be a million
        return cursor.execute(sql, values)

    def _heard(self, used_by: str = "listens WHERE heard_id = id AND kind < 3") -> list[Heard]:
        """Return what was heard and a table uses; keys that an older version of the rules made are made again first."""
        if stale := list(
            self._cursor(f"SELECT artist, title, album, id FROM heard WHERE key_version <> {KEY_VERSION:d}")
        ):
            with transaction(self._db):
                self._db.executemany(
                    "UPDATE heard SET artist_key = ?, lead_key = ?, recording_key = ?, key_version = ? WHERE id = ?",
                    ((*keys_of(*names), KEY_VERSION, heard_id) for *names, heard_id in stale),
                )
        return [
            Heard._make(row) for row in self._cursor(f"{_HEARD} WHERE EXISTS (SELECT 1 FROM {used_by}) ORDER BY id")
        ]


def _utc(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
