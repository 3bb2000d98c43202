"""The listens that are to be told, in the data file: each has one state, and changes it in one transaction.

``pending`` until the service has said yes (``sent``) or no (``refused``, with its reason); ``forgotten`` where the
listener has thought better of it. A listen is identified by its second, its artist and its title; one that was ever
queued is not queued again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime

from aidj.database import storing, transaction
from aidj.errors import HistoryError
from aidj.model import Listen
from aidj.scrobbling.payload import clean, document_of, unsendable

LEASE_S = 120.0
"""How long one program may send without a word before another takes over; longer than any request may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrobble:
    """A listen in the queue."""

    id: int
    listened_at: datetime
    artist: str
    title: str
    document: str
    """What is sent of it, JSON."""
    reason: str
    """Why it was refused; empty otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many listens are in which state."""

    pending: int
    sent: int
    refused: int
    forgotten: int


class Queue:
    """The queue of one data file. Every method raises `HistoryError` where that cannot be read or written.

    Parameters
    ----------
    connection : sqlite3.Connection
        From `aidj.database.open_database`, with `TABLES`.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, listen: Listen) -> bool:
        """Queue a listen if it counts and can be told; return whether it waits to be sent now.

        Skips and what was heard too shortly are not taken, nor a song without artist or title, nor what was queued
        before. One that the service would never take is kept as refused. One statement: part of a transaction that
        goes on, or whole by itself.
        """
        artist, title = clean(listen.artist), clean(listen.title)
        if listen.kind != "listen" or not artist or not title:
            return False
        document = document_of(listen)
        reason = unsendable(listen, document)
        with self._using():
            added = self._db.execute(
                "INSERT OR IGNORE INTO scrobbles (listened_at, artist, title, document, state, reason)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    int(listen.listened_at.timestamp()),
                    artist,
                    title,
                    document,
                    "refused" if reason else "pending",
                    reason,
                ),
            ).rowcount
        return added == 1 and not reason

    def waiting(self, limit: int = -1) -> tuple[Scrobble, ...]:
        """Return what is to be sent, the oldest first; all of it by default."""
        return self._in_state("pending", limit)

    def refused(self) -> tuple[Scrobble, ...]:
        """Return what was refused, the oldest first."""
        return self._in_state("refused", -1)

    def mark_sent(self, scrobbles: Iterable[Scrobble]) -> None:
        """Note that the service has taken these."""
        with self._using(), transaction(self._db):
            self._db.executemany(
                "UPDATE scrobbles SET state = 'sent', reason = '' WHERE id = ?", [(each.id,) for each in scrobbles]
            )

    def mark_refused(self, scrobble: Scrobble, reason: str) -> None:
        """Note that the service does not take this one, and why."""
        with self._using(), transaction(self._db):
            self._db.execute(
                "UPDATE scrobbles SET state = 'refused', reason = ? WHERE id = ? AND state = 'pending'",
                (reason, scrobble.id),
            )

    def retry(self) -> int:
        """Have what was refused sent once more; return how many listens that are."""
        with self._using(), transaction(self._db):
            return self._db.execute(
                "UPDATE scrobbles SET state = 'pending', reason = '' WHERE state = 'refused'"
            ).rowcount

    def forget(self) -> int:
        """Have what waits or was refused never be sent; return how many listens that are."""
        with self._using(), transaction(self._db):
            return self._db.execute(
                "UPDATE scrobbles SET state = 'forgotten', document = '', reason = ''"
                " WHERE state IN ('pending', 'refused')"
            ).rowcount

    def counts(self) -> Counts:
        """Return how many listens are in which state."""
        with self._using():
            found = dict(self._db.execute("SELECT state, COUNT(*) FROM scrobbles GROUP BY state").fetchall())
        return Counts(
            pending=found.get("pending", 0),
            sent=found.get("sent", 0),
            refused=found.get("refused", 0),
            forgotten=found.get("forgotten", 0),
        )

    # Who sends --------------------------------------------------------------------------------------------------------

    def lease(self, holder: str, now_s: float) -> bool:
        """Take or keep the right to send, for `LEASE_S`; return False where another program has it.

        Two programs that sent at once would send the same, and out of order.

        Parameters
        ----------
        holder : str
            Whoever asks, by a name of its own.
        now_s : float
            Unix seconds.
        """
        with self._using(), transaction(self._db):
            # A lease from far in the future is one from before the clock was set back.
            return (
                self._db.execute(
                    "INSERT INTO scrobble_lease (only, holder, until) VALUES (1, ?, ?) ON CONFLICT (only) DO UPDATE"
                    " SET holder = excluded.holder, until = excluded.until"
                    " WHERE holder = excluded.holder OR until <= ? OR until > ?",
                    (holder, now_s + LEASE_S, now_s, now_s + 2 * LEASE_S),
                ).rowcount
                == 1
            )

    def release(self, holder: str) -> None:
        """Give the right to send back."""
        with self._using(), transaction(self._db):
            self._db.execute("DELETE FROM scrobble_lease WHERE holder = ?", (holder,))

    def _in_state(self, state: str, limit: int) -> tuple[Scrobble, ...]:
        with self._using():
            rows = self._db.execute(
                "SELECT id, listened_at, artist, title, document, reason FROM scrobbles WHERE state = ?"
                " ORDER BY listened_at, id LIMIT ?",
                (state, limit),
            ).fetchall()
        return tuple(
            Scrobble(
                id=row["id"],
                listened_at=datetime.fromtimestamp(row["listened_at"], UTC),
                artist=row["artist"],
                title=row["title"],
                document=row["document"],
                reason=row["reason"],
            )
            for row in rows
        )

    def _using(self) -> AbstractContextManager[None]:
        return storing(
            HistoryError,
            "The listens to be scrobbled cannot be read or stored",
            where="the data file",
            unharmed="your history is not harmed",
        )
