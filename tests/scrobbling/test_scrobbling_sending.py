"""All that waits arrives, once and in order, whatever befalls the requests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_listenbrainz import FAULTS, STORING, TOKEN, ListenBrainz, listenbrainz

from aidj.database import open_database
from aidj.model import Listen
from aidj.scrobbling import BATCH, TABLES, Account, Counts, Queue, Sender, Service
from aidj.scrobbling.sending import Trouble

WHEN = datetime(2025, 11, 21, 20, 0, tzinfo=UTC)


def listen(number: int, **fields: object) -> Listen:
    usual = {
        "listened_at": WHEN + timedelta(minutes=3 * number),
        "artist": "Nobody",
        "title": f"Song {number}",
        "album": "Made-up Album",
        "duration_s": 180.0 + number,
        "source": "aidj",
    }
    return Listen(**(usual | fields))  # type: ignore[arg-type]


@contextmanager
def queue_in(folder: Path) -> Iterator[Queue]:
    connection = open_database(folder, TABLES)
    try:
        yield Queue(connection)
    finally:
        connection.close()


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    with queue_in(tmp_path) as opened:
        yield opened


@pytest.fixture
def server() -> Iterator[ListenBrainz]:
    with listenbrainz() as served:
        yield served


def sender(queue: Queue, server: ListenBrainz, *, token: str = TOKEN, told: list[str] | None = None) -> Sender:
    service = Service(Account(token=token, url=server.url), timeout_s=30.0)
    told = told if told is not None else []
    return Sender(queue, service, pause=lambda seconds: True, pace_s=0.0, tell=told.append)


def songs(numbers: Sequence[int]) -> list[str]:
    return [f"Song {number}" for number in numbers]


def test_all_that_waits_is_sent_in_batches_in_order(queue: Queue, server: ListenBrainz) -> None:
    count = 2 * BATCH + 7
    for number in reversed(range(count)):
        queue.add(listen(number))
    assert sender(queue, server).send_all() is None
    assert server.titles == songs(range(count))
    assert [len(request.titles) for request in server.requests] == [BATCH, BATCH, 7]
    assert {request.kind for request in server.requests} == {"import"}
    assert queue.counts() == Counts(pending=0, sent=count, refused=0, forgotten=0)
    assert sender(queue, server).send_all() is None
    assert len(server.requests) == 3  # nothing waits: nothing is asked


def test_one_song_is_a_single(queue: Queue, server: ListenBrainz) -> None:
    queue.add(listen(1))
    assert sender(queue, server).send_all() is None
    assert [request.kind for request in server.requests] == ["single"]


@pytest.mark.parametrize("bad", [{0}, {6}, {3}, {0, 1}, {2, 5}, set(range(7))])
def test_a_listen_that_is_wrong_stands_in_nobodys_way(queue: Queue, server: ListenBrainz, bad: set[int]) -> None:
    server.refused = set(songs(sorted(bad)))
    for number in range(7):
        queue.add(listen(number))
    told: list[str] = []
    assert sender(queue, server, told=told).send_all() is None
    assert server.titles == songs([number for number in range(7) if number not in bad])
    assert [each.title for each in queue.refused()] == songs(sorted(bad))
    assert all("is not liked here" in each.reason for each in queue.refused())
    assert len(told) == len(bad)
    assert queue.counts().pending == 0
    server.refused = set()
    queue.retry()
    assert sender(queue, server).send_all() is None
    assert sorted(server.titles) == songs(range(7))


@pytest.mark.parametrize("fault", FAULTS)
def test_after_each_fault_it_waits_and_is_then_there_once(queue: Queue, server: ListenBrainz, fault: str) -> None:
    for number in range(3):
        queue.add(listen(number))
    server.faults.append(fault)
    trouble = sender(queue, server).send_all()
    assert trouble is not None
    assert trouble.kind == "later"
    assert server.titles == (songs(range(3)) if fault in STORING else [])
    assert queue.counts().pending == 3
    queue.add(listen(3))
    assert sender(queue, server).send_all() is None
    assert server.titles == songs(range(4))


def test_what_is_sent_again_is_the_same_to_the_byte(queue: Queue, server: ListenBrainz) -> None:
    queue.add(listen(1))
    server.faults.append("lost")
    sender(queue, server).send_all()
    queue.add(listen(1, album="Renamed Meanwhile", duration_s=300.0))  # the file was tagged anew
    assert sender(queue, server).send_all() is None
    first, second = server.requests
    assert first.body == second.body
    assert server.titles == songs([1])


def test_what_was_taken_before_a_fault_is_not_sent_again(queue: Queue, server: ListenBrainz) -> None:
    for number in range(BATCH + 5):
        queue.add(listen(number))
    server.faults.extend(["", "unavailable"])
    trouble = sender(queue, server).send_all()
    assert trouble is not None
    assert queue.counts().sent == BATCH
    assert sender(queue, server).send_all() is None
    assert [len(request.titles) for request in server.requests] == [BATCH, 5, 5]


def test_a_wrong_token_keeps_everything(queue: Queue, server: ListenBrainz) -> None:
    queue.add(listen(1))
    trouble = sender(queue, server, token="somebody-elses").send_all()
    assert trouble is not None
    assert trouble.kind == "unauthorised"
    assert "somebody-elses" not in repr(trouble)  # the server has repeated it
    assert queue.counts() == Counts(pending=1, sent=0, refused=0, forgotten=0)


def test_another_address_keeps_everything(queue: Queue, server: ListenBrainz) -> None:
    queue.add(listen(1))
    service = Service(Account(token=TOKEN, url=f"{server.url}/elsewhere"))
    trouble = Sender(queue, service, pause=lambda seconds: True).send_all()
    assert trouble is not None
    assert trouble.kind == "elsewhere"
    assert queue.counts().pending == 1


def test_no_more_than_the_server_allows(queue: Queue, server: ListenBrainz) -> None:
    server.limit = 2
    server.refused = set(songs(range(3)))  # many requests for few listens
    for number in range(3):
        queue.add(listen(number))
    pauses: list[float] = []
    service = Service(Account(token=TOKEN, url=server.url))
    gate = threading.Event()

    def pause(seconds: float) -> bool:
        pauses.append(seconds)
        gate.wait(seconds)  # really
        return True

    for _ in range(20):
        if Sender(queue, service, pause=pause, pace_s=0.0).send_all() is None:
            break
        gate.wait(1.0)
    assert queue.counts() == Counts(pending=0, sent=0, refused=3, forgotten=0)
    assert any(0.5 < seconds <= 1.0 for seconds in pauses)


def test_the_pace_is_kept_and_stopping_stops(queue: Queue, server: ListenBrainz) -> None:
    for number in range(2 * BATCH):
        queue.add(listen(number))
    pauses: list[float] = []

    def pause(seconds: float) -> bool:
        pauses.append(seconds)
        return False

    service = Service(Account(token=TOKEN, url=server.url))
    trouble = Sender(queue, service, pause=pause, pace_s=100.0).send_all()
    assert trouble is not None
    assert trouble.kind == "stopped"
    assert len(pauses) == 1
    assert 50 < pauses[0] <= 100
    assert queue.counts().pending == BATCH
    assert Sender(queue, service, pause=pause).send_all() is None  # and the right to send was given back


def test_what_is_playing_is_told_and_not_kept(queue: Queue, server: ListenBrainz) -> None:
    assert sender(queue, server).playing_now(listen(1)) is None
    assert [each["track_metadata"]["track_name"] for each in server.playing] == songs([1])
    server.faults.append("offline")
    trouble = sender(queue, server).playing_now(listen(2))
    assert trouble is not None
    assert sender(queue, server).playing_now(listen(3, artist="")) is None  # refused: not worth a word
    assert not server.stored
    assert queue.counts() == Counts(pending=0, sent=0, refused=0, forgotten=0)


def test_two_programs_at_once_send_each_once(tmp_path: Path, server: ListenBrainz) -> None:
    count = 4 * BATCH
    with queue_in(tmp_path) as queue:
        for number in range(count):
            queue.add(listen(number))
    outcomes: list[Trouble | None] = []
    together = threading.Barrier(2)

    def program() -> None:
        with queue_in(tmp_path) as own:
            mine = sender(own, server)
            together.wait(30)
            for _ in range(1000):
                outcomes.append(mine.send_all())
                if outcomes[-1] is None:
                    return
                threading.Event().wait(0.01)

    threads = [threading.Thread(target=program) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert {trouble.kind for trouble in outcomes if trouble} <= {"busy"}
    assert server.titles == songs(range(count))
    assert sum(len(request.titles) for request in server.requests) == count  # no request held what another held


def test_while_one_program_sends_another_waits(tmp_path: Path, server: ListenBrainz) -> None:
    with queue_in(tmp_path) as queue:
        queue.add(listen(1))
        server.faults.append("hold")
        done: list[Trouble | None] = []

        def program() -> None:
            with queue_in(tmp_path) as own:
                done.append(sender(own, server).send_all())

        thread = threading.Thread(target=program)
        thread.start()
        assert server.held.wait(30)
        trouble = sender(queue, server).send_all()
        assert trouble is not None
        assert trouble.kind == "busy"
        assert len(server.requests) == 1
        server.going_on.set()
        thread.join(30)
        assert done[0] is not None  # held, and then without an answer
        assert sender(queue, server).send_all() is None
        assert server.titles == songs([1])


def test_killed_between_the_sending_and_the_answer(tmp_path: Path, server: ListenBrainz) -> None:
    program = """
import sys
from pathlib import Path
from aidj.home import open_home
from aidj.scrobbling import Account, Sender, Service
home = open_home(Path(sys.argv[1]))
Sender(home.scrobbles, Service(Account(token_env="TOKEN", url=sys.argv[2])), pause=lambda s: True).send_all()
"""
    with queue_in(tmp_path) as queue:
        for number in range(3):
            queue.add(listen(number))
        server.faults.append("hold_stored")
        running = subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path), server.url], env=os.environ | {"TOKEN": TOKEN}
        )
        assert server.held.wait(60)
        running.send_signal(signal.SIGKILL)
        running.wait(30)
        assert server.titles == songs(range(3))
        assert queue.counts().pending == 3
        trouble = sender(queue, server).send_all()
        assert trouble is not None
        assert trouble.kind == "busy"  # for two minutes nobody knows that it is dead
        queue._db.execute("UPDATE scrobble_lease SET until = until - 120")
        assert sender(queue, server).send_all() is None
        assert server.titles == songs(range(3))
        assert queue.counts().sent == 3


actions = st.one_of(
    st.just(("add", False)),
    st.just(("add", False)),
    st.just(("add", True)),  # one that the server refuses
    st.tuples(st.just("fault"), st.sampled_from(FAULTS)),
    st.just(("again", None)),  # noted once more, as at the end of a song
    st.just(("send", None)),
    st.just(("restart", None)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(actions, max_size=30))
def test_whatever_befalls_them_each_is_there_once_and_in_order(doings: list[tuple[str, object]]) -> None:
    with tempfile.TemporaryDirectory() as folder, listenbrainz() as server:
        good: list[int] = []
        bad: list[int] = []
        opened = queue_in(Path(folder))
        queue = opened.__enter__()
        mine = sender(queue, server)
        for what, detail in doings:
            number = len(good) + len(bad)
            if what == "add":
                (bad if detail else good).append(number)
                if detail:
                    server.refused.add(f"Song {number}")
                assert queue.add(listen(number))
            elif what == "again" and number:
                assert not queue.add(listen(number - 1))
            elif what == "fault":
                server.faults.append(str(detail))
            elif what == "send":
                before = queue.counts().pending
                trouble = mine.send_all()
                assert (trouble is None) == (queue.counts().pending == 0)
                assert queue.counts().pending <= before
            elif what == "restart":
                opened.__exit__(None, None, None)
                opened = queue_in(Path(folder))
                queue = opened.__enter__()
                mine = sender(queue, server)
            assert server.titles == songs(good)[: len(server.titles)]  # nothing overtakes, nothing is there twice
        for _ in range(len(server.faults) + 1):
            if mine.send_all() is None:
                break
        assert server.titles == songs(good)
        assert [each.title for each in queue.refused()] == songs(bad)
        assert queue.counts() == Counts(pending=0, sent=len(good), refused=len(bad), forgotten=0)
        opened.__exit__(None, None, None)
