"""The queue on disk: who is in it, once, in which state, and who may send it."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aidj.database import open_database, transaction
from aidj.errors import HistoryError
from aidj.home import open_home
from aidj.model import Listen, ListenKind
from aidj.scrobbling import TABLES, Counts, Queue
from aidj.scrobbling.queue import LEASE_S

WHEN = datetime(2025, 11, 21, 20, 0, tzinfo=UTC)


def listen(number: int = 0, *, kind: ListenKind = "listen", **fields: object) -> Listen:
    usual = {
        "listened_at": WHEN + timedelta(minutes=3 * number),
        "artist": "Nobody",
        "title": f"Song {number}",
        "source": "aidj",
        "kind": kind,
    }
    return Listen(**(usual | fields))  # type: ignore[arg-type]


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    opened = open_database(tmp_path, TABLES)
    yield opened
    opened.close()


@pytest.fixture
def queue(connection: sqlite3.Connection) -> Queue:
    return Queue(connection)


def titles(queue: Queue) -> list[str]:
    return [each.title for each in queue.waiting()]


def test_a_listen_waits_once_however_often_it_is_noted(queue: Queue) -> None:
    half = listen(played_s=100.0)
    assert queue.add(half)
    assert not queue.add(listen(played_s=200.0))  # its end, after its half
    assert not queue.add(listen(listened_at=WHEN + timedelta(milliseconds=300)))  # the same second
    assert queue.add(listen(listened_at=WHEN + timedelta(seconds=1)))  # begun again is heard again
    assert queue.add(listen(artist="Somebody"))
    assert queue.counts() == Counts(pending=3, sent=0, refused=0, forgotten=0)


def test_what_was_sent_is_never_queued_again(queue: Queue) -> None:
    queue.add(listen())
    queue.mark_sent(queue.waiting())
    assert not queue.add(listen())
    assert queue.counts() == Counts(pending=0, sent=1, refused=0, forgotten=0)


@pytest.mark.parametrize("kind", ["skip", "short", "podcast", "audiobook", "incognito"])
def test_only_what_counts_is_queued(queue: Queue, kind: ListenKind) -> None:
    assert not queue.add(listen(kind=kind))
    assert queue.counts().pending == 0


def test_a_skip_that_becomes_a_listen_is_queued_then(queue: Queue) -> None:
    assert not queue.add(listen(kind="short"))
    assert queue.add(listen())


@pytest.mark.parametrize("fields", [{"artist": ""}, {"title": " \x00\t"}, {"title": "\ud800"}])
def test_a_song_without_a_name_cannot_be_told(queue: Queue, fields: dict[str, str]) -> None:
    assert not queue.add(listen(**fields))
    assert queue.counts() == Counts(pending=0, sent=0, refused=0, forgotten=0)


def test_what_would_never_be_taken_is_set_aside_at_once(queue: Queue) -> None:
    assert not queue.add(listen(listened_at=datetime(1970, 1, 1, 0, 5, tzinfo=UTC)))
    assert not queue.add(listen(title="x" * 11_000))
    assert [each.reason.split(":")[0] for each in queue.refused()] == [
        "it is dated before October 2002",
        "its names are too long",
    ]
    assert not queue.waiting()


def test_the_oldest_waits_first(queue: Queue) -> None:
    for number in (5, 1, 3):
        queue.add(listen(number))
    assert titles(queue) == ["Song 1", "Song 3", "Song 5"]
    assert [each.title for each in queue.waiting(2)] == ["Song 1", "Song 3"]
    assert queue.waiting()[0].listened_at == WHEN + timedelta(minutes=3)


def test_refused_does_not_wait_and_can_be_tried_again(queue: Queue) -> None:
    for number in range(2):
        queue.add(listen(number))
    queue.mark_refused(queue.waiting()[0], "HTTP 400: no such thing")
    assert titles(queue) == ["Song 1"]
    assert [(each.title, each.reason) for each in queue.refused()] == [("Song 0", "HTTP 400: no such thing")]
    assert queue.retry() == 1
    assert titles(queue) == ["Song 0", "Song 1"]
    assert not queue.refused()


def test_what_is_forgotten_stays_so_and_holds_nothing_more(queue: Queue, connection: sqlite3.Connection) -> None:
    for number in range(3):
        queue.add(listen(number))
    queue.mark_sent(queue.waiting(1))
    queue.mark_refused(queue.waiting(1)[0], "no")
    assert queue.forget() == 2
    assert not queue.add(listen(2))  # the end of a song whose half was forgotten
    assert queue.retry() == 0
    assert queue.counts() == Counts(pending=0, sent=1, refused=0, forgotten=2)
    assert not connection.execute("SELECT 1 FROM scrobbles WHERE state = 'forgotten' AND document != ''").fetchone()


def test_a_yes_that_comes_after_forgetting_is_true_all_the_same(queue: Queue) -> None:
    queue.add(listen())
    on_its_way = queue.waiting()
    queue.forget()
    queue.mark_sent(on_its_way)
    assert queue.counts().sent == 1
    queue.mark_refused(on_its_way[0], "late")  # and a later no changes nothing
    assert queue.counts().sent == 1


def test_one_program_sends_at_a_time(tmp_path: Path) -> None:
    here, there = open_database(tmp_path, TABLES), open_database(tmp_path, TABLES)
    one, other = Queue(here), Queue(there)
    assert one.lease("one", 1000.0)
    assert not other.lease("other", 1001.0)
    assert one.lease("one", 1100.0)  # it goes on
    assert not other.lease("other", 1000.0 + LEASE_S + 1)
    assert other.lease("other", 1100.0 + LEASE_S)  # one was killed
    assert not one.lease("one", 1100.0 + LEASE_S + 1)
    one.release("one")  # what is not one's own is not given back
    assert not one.lease("one", 1100.0 + LEASE_S + 1)
    other.release("other")
    assert one.lease("one", 1100.0 + LEASE_S + 1)
    assert other.lease("other", 1000.0)  # the clock was set back by hours: nobody waits for them
    here.close()
    there.close()


def test_it_is_part_of_a_transaction_that_goes_on(queue: Queue, connection: sqlite3.Connection) -> None:
    with contextlib.suppress(KeyboardInterrupt), transaction(connection):
        assert queue.add(listen(0))
        raise KeyboardInterrupt
    assert not queue.waiting()
    with transaction(connection):
        assert queue.add(listen(1))
    assert titles(queue) == ["Song 1"]


def test_what_was_queued_outlives_a_kill(tmp_path: Path) -> None:
    program = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from aidj.home import open_home
from aidj.model import Listen
home = open_home(Path(sys.argv[1]))
assert home.scrobbles.add(
    Listen(listened_at=datetime(2025, 11, 21, tzinfo=UTC), artist="Nobody", title="Last", source="aidj")
)
os.kill(os.getpid(), signal.SIGKILL)
"""
    killed = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    assert killed.returncode == -9
    with open_home(tmp_path) as home:
        assert titles(home.scrobbles) == ["Last"]


def test_a_data_file_that_cannot_be_written_is_an_error_of_ours(queue: Queue, connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA query_only = ON")
    with pytest.raises(HistoryError, match="your history is not harmed"):
        queue.add(listen())
    connection.execute("PRAGMA query_only = OFF")
    connection.execute("DROP TABLE scrobbles")
    for read in (queue.waiting, queue.refused, queue.counts, queue.retry, queue.forget):
        with pytest.raises(HistoryError):
            read()
