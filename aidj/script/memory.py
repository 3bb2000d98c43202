"""What was said in earlier sessions, so that it is not said again: kept in the data file, and clearable.

Only what was really spoken is kept, by session: rendering a session again replaces what it said. What counts for a
session is what others said before the moment it was planned for, so that it says the same again whatever was rendered
since.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from aidj.database import Tables, storing, transaction
from aidj.errors import ScriptError
from aidj.model import LinkKind, Plan

LINES_REST_LINKS = 40
"""No line is said twice within so many links."""
FACTS_REST_DAYS = 14
"""No fact of the kind that is told once is told twice within so many days."""
BEGINNINGS_REST_LINKS = 3
"""A link begins with other words than so many before it, where there is a choice."""

TABLES = Tables(
    "script",
    (
        # Times are unix seconds UTC. lines and facts hold keys, one per row, in the order in which they were said.
        """
        CREATE TABLE said (
            id INTEGER PRIMARY KEY,
            session TEXT NOT NULL,
            said_at REAL NOT NULL,
            kind TEXT NOT NULL,
            beginning TEXT NOT NULL,
            disclosed INTEGER NOT NULL
        );
        CREATE INDEX said_by_time ON said (said_at);
        CREATE TABLE said_lines (
            said_id INTEGER NOT NULL REFERENCES said (id) ON DELETE CASCADE,
            place INTEGER NOT NULL,
            line TEXT NOT NULL,
            PRIMARY KEY (said_id, place)
        ) WITHOUT ROWID;
        CREATE TABLE said_facts (
            said_id INTEGER NOT NULL REFERENCES said (id) ON DELETE CASCADE,
            fact TEXT NOT NULL,
            PRIMARY KEY (said_id, fact)
        ) WITHOUT ROWID;
        """,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One link, as far as the next ones need to know of it."""

    said_at: datetime
    kind: LinkKind
    lines: tuple[str, ...] = ()
    """Keys of the lines it was made from, as `aidj.script.line_key` has them; empty for a text of one's own."""
    facts: frozenset[str] = frozenset()
    """Keys of the facts in it that are told once, such as ``listens@`` and the song."""
    beginning: str = ""
    """Its first two words."""
    disclosed: bool = False
    """Whether it said that the voice is synthetic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """What was said lately, at one moment."""

    links: tuple[Said, ...] = ()
    """The last ones, the newest last; at most `LINES_REST_LINKS`."""
    facts: frozenset[str] = frozenset()
    """Facts that were told within `FACTS_REST_DAYS`."""
    openers: tuple[str, ...] = ()
    """Every line that ever opened a session, the one used last at the end."""
    disclosed: bool = False
    """Whether it was ever said that the voice is synthetic."""

    @property
    def lines(self) -> frozenset[str]:
        """The lines that are not said again yet."""
        return frozenset(line for link in self.links for line in link.lines)

    @property
    def beginnings(self) -> frozenset[str]:
        """The first words of the last links."""
        return frozenset(link.beginning for link in self.links[-BEGINNINGS_REST_LINKS:])

    def after(self, said: Said) -> Recent:
        """Return what is recent once one more link has been said."""
        opened = said.lines if said.kind == "opening" else ()
        return replace(
            self,
            links=(*self.links, said)[-LINES_REST_LINKS:],
            facts=self.facts | said.facts,
            openers=(*(line for line in self.openers if line not in opened), *opened),
            disclosed=self.disclosed or said.disclosed,
        )


def session_key(plan: Plan) -> str:
    """Return the name under which a session's links are remembered: its moment and seed."""
    return f"{plan.planned_at.astimezone(UTC).isoformat()} seed {plan.seed}"


class Memory:
    """What was said in earlier sessions.

    Every method raises `ScriptError` where the data file cannot be read or written.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def recent(self, before: datetime, session: str = "") -> Recent:
        """Return what other sessions said before a moment.

        Parameters
        ----------
        before : datetime
            With its zone; as a rule the moment that a session is planned for.
        session : str
            The key of the session that asks: what an earlier rendering of it said does not count.
        """
        with self._using():
            others = "said_at < ? AND session != ?"
            asked = (before.timestamp(), session)
            rows = self._db.execute(
                f"SELECT * FROM said WHERE {others} ORDER BY said_at DESC, id DESC LIMIT {LINES_REST_LINKS}", asked
            ).fetchall()
            facts = self._db.execute(
                "SELECT DISTINCT fact FROM said_facts JOIN said ON said.id = said_id"
                f" WHERE {others} AND said_at >= ? ORDER BY fact",
                (*asked, (before - timedelta(days=FACTS_REST_DAYS)).timestamp()),
            ).fetchall()
            openers = self._db.execute(
                "SELECT line, MAX(said_at) AS last FROM said_lines JOIN said ON said.id = said_id"
                f" WHERE {others} AND kind = 'opening' GROUP BY line ORDER BY last, line",
                asked,
            ).fetchall()
            disclosed = self._db.execute(f"SELECT 1 FROM said WHERE {others} AND disclosed LIMIT 1", asked).fetchone()
            links = tuple(self._link(row) for row in reversed(rows))
        return Recent(
            links=links,
            facts=frozenset(row["fact"] for row in facts),
            openers=tuple(row["line"] for row in openers),
            disclosed=disclosed is not None,
        )

    def record(self, session: str, links: Sequence[Said]) -> None:
        """Remember what a session said, in place of what an earlier rendering of it said."""
        with self._using(), transaction(self._db):
            self._db.execute("DELETE FROM said WHERE session = ?", (session,))
            for link in links:
                said_id = self._db.execute(
                    "INSERT INTO said (session, said_at, kind, beginning, disclosed) VALUES (?, ?, ?, ?, ?)",
                    (session, link.said_at.timestamp(), link.kind, _stored(link.beginning), link.disclosed),
                ).lastrowid
                self._db.executemany(
                    "INSERT INTO said_lines (said_id, place, line) VALUES (?, ?, ?)",
                    [(said_id, place, _stored(line)) for place, line in enumerate(link.lines)],
                )
                self._db.executemany(
                    "INSERT INTO said_facts (said_id, fact) VALUES (?, ?)",
                    [(said_id, fact) for fact in sorted({_stored(fact) for fact in link.facts})],
                )

    def forget(self, since: datetime) -> int:
        """Forget what was said from a moment on; return how many links that were."""
        with self._using(), transaction(self._db):
            return self._db.execute("DELETE FROM said WHERE said_at >= ?", (since.timestamp(),)).rowcount

    def clear(self) -> int:
        """Forget everything, also that it was ever said that the voice is synthetic; return how many links it was."""
        with self._using(), transaction(self._db):
            return self._db.execute("DELETE FROM said").rowcount

    def count(self) -> int:
        """Return how many links are remembered."""
        with self._using():
            return int(self._db.execute("SELECT COUNT(*) FROM said").fetchone()[0])

    def _link(self, row: sqlite3.Row) -> Said:
        lines = self._db.execute("SELECT line FROM said_lines WHERE said_id = ? ORDER BY place", (row["id"],))
        facts = self._db.execute("SELECT fact FROM said_facts WHERE said_id = ?", (row["id"],))
        return Said(
            said_at=datetime.fromtimestamp(row["said_at"], UTC),
            kind=row["kind"],
            lines=tuple(line["line"] for line in lines),
            facts=frozenset(fact["fact"] for fact in facts),
            beginning=row["beginning"],
            disclosed=bool(row["disclosed"]),
        )

    def _using(self) -> AbstractContextManager[None]:
        return storing(
            ScriptError,
            "The memory of what was said cannot be used",
            where="the data file",
            unharmed="nothing else is harmed",
        )


def _stored(text: str) -> str:
    """SQLite takes no lone surrogates, which a name from a broken tag may hold."""
    return text.encode("utf-8", "replace").decode("utf-8")
