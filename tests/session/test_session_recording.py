"""What was heard is in the history and in the queue of scrobbles, or in neither, whenever it is killed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from made_up import NOW, track
from made_up_listenbrainz import TOKEN, ListenBrainz, listenbrainz

from aidj.home import Home, open_home
from aidj.scrobbling import Account
from aidj.session.recording import Recording

SONG = track(1)
PROGRAM = """
import os, signal, sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from aidj.home import open_home
from aidj.model import Track
from aidj.scrobbling import Account, Queue
from aidj.session.recording import Recording

folder, url, where = sys.argv[1:]

class Dies(Queue):
    def add(self, listen):
        if where == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        super().add(listen)
        if where == "after":
            os.kill(os.getpid(), signal.SIGKILL)

home = open_home(Path(folder))
home = replace(home, scrobbles=Dies(home.connection))
recording = Recording(home, private=False, warn=print, scrobble=Account(token="made-up", url=url))
for number in range(1_000_000):
    at = datetime(2026, 11, 21, 20, 0, tzinfo=UTC) + timedelta(minutes=3 * number)
    song = Track(id=str(number), path=Path("x.flac"), title=f"Made-up Song {number}", artist="Nobody",
                 duration_s=200.0, added_at=at)
    recording.heard(song, at, 200.0)
    print(number, flush=True)
"""
POSIX_ONLY = pytest.mark.skipif(os.name != "posix", reason="nothing is killed outright elsewhere")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with open_home(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def server() -> Iterator[ListenBrainz]:
    with listenbrainz() as served:
        yield served


def start(folder: Path, url: str, where: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", PROGRAM, str(folder), url, where], stdout=subprocess.PIPE)


def in_history(home: Home) -> list[int]:
    return [row[0] for row in home.connection.execute("SELECT listened_at FROM listens ORDER BY 1")]


def in_queue(home: Home) -> list[int]:
    return [row[0] for row in home.connection.execute("SELECT listened_at FROM scrobbles ORDER BY 1")]


def break_queue(connection: sqlite3.Connection) -> None:
    connection.execute(
        "CREATE TRIGGER broken BEFORE INSERT ON scrobbles BEGIN SELECT RAISE(ABORT, 'the disk makes noises'); END"
    )


@POSIX_ONLY
@pytest.mark.parametrize("where", ["before", "after"])
def test_killed_between_the_history_and_the_queue_nothing_is_halved(where: str, home: Home) -> None:
    with listenbrainz(online=False) as server, start(home.folder, server.url, where) as running:
        assert running.wait(60) == -signal.SIGKILL
        assert running.stdout is not None
        assert running.stdout.read() == b""
    assert in_history(home) == in_queue(home) == []
    # Nothing stands in the way of the next one.
    assert home.history.log([]) == 0


@POSIX_ONLY
@pytest.mark.parametrize("songs", [1, 7, 40])
def test_killed_at_any_time_all_that_was_recorded_is_in_both(songs: int, home: Home) -> None:
    with listenbrainz(online=False) as server, start(home.folder, server.url, "never") as running:
        assert running.stdout is not None
        for _ in range(songs):
            assert running.stdout.readline()
        running.kill()
    heard = in_history(home)
    assert len(heard) >= songs
    assert heard == in_queue(home)


def test_what_a_queue_does_not_take_stays_in_the_history_and_is_queued_at_the_songs_end(
    home: Home, server: ListenBrainz
) -> None:
    break_queue(home.connection)
    warned: list[str] = []
    account = Account(token=TOKEN, url=server.url)
    recording = Recording(home, private=False, warn=warned.append, scrobble=account)
    recording.heard(SONG, NOW, 100.0)
    assert len(in_history(home)) == 1
    assert in_queue(home) == []
    assert len(warned) == 1
    assert warned[0].startswith("A listen to be scrobbled is not remembered.")
    home.connection.execute("DROP TRIGGER broken")
    recording.heard(SONG, NOW, 200.0)
    recording.heard(SONG, NOW, 200.0)
    assert in_history(home) == in_queue(home) == [int(NOW.timestamp())]
    recording.close()


def test_what_the_history_does_not_take_is_scrobbled_all_the_same(home: Home) -> None:
    home.connection.execute(
        "CREATE TRIGGER broken BEFORE INSERT ON listens BEGIN SELECT RAISE(ABORT, 'the disk makes noises'); END"
    )
    warned: list[str] = []
    with listenbrainz(online=False) as server:
        account = Account(token=TOKEN, url=server.url)
        recording = Recording(home, private=False, warn=warned.append, scrobble=account)
        recording.heard(SONG, NOW, 200.0)
        recording.close()
    assert len(warned) == 1
    assert warned[0].startswith("A listen is not remembered.")
    assert "the disk makes noises" in warned[0]
    assert (in_history(home), len(in_queue(home))) == ([], 1)
    assert home.connection.execute("SELECT COUNT(*) FROM heard").fetchone()[0] == 0, "nothing of a part that failed"


def test_a_data_file_that_cannot_be_written_is_told_and_costs_nothing_else(home: Home) -> None:
    home.connection.execute("PRAGMA query_only = ON")
    warned: list[str] = []
    recording = Recording(home, private=False, warn=warned.append)
    recording.heard(SONG, NOW, 200.0)
    home.connection.execute("PRAGMA query_only = OFF")
    assert len(warned) == 1
    assert warned[0].startswith("A listen is not remembered.")
    recording.heard(SONG, NOW, 200.0)
    assert len(in_history(home)) == 1


def test_each_is_told_once_however_often_it_is_noted(home: Home, server: ListenBrainz) -> None:
    warned: list[str] = []

    def open_recording() -> Recording:
        account = Account(token=TOKEN, url=server.url)
        return Recording(home, private=False, warn=warned.append, scrobble=account)

    recording = open_recording()
    for number in range(3):
        at = NOW - timedelta(days=365, minutes=-3 * number)
        recording.heard(track(number), at, 30.0, "short")
        recording.heard(track(number), at, 100.0)
        recording.heard(track(number), at, 200.0)
    recording.heard(track(9), NOW - timedelta(days=300), 20.0, "skip")
    recording.close()
    for _ in range(20):  # what one session could not send in its last seconds, the next one does
        if not home.scrobbles.counts().pending:
            break
        open_recording().close()
    assert server.titles == [f"Made-up Song {number}" for number in range(3)]
    assert sum(len(request.titles) for request in server.requests) == 3
    assert home.history.summary().by_kind == {"listen": 3, "skip": 1}
    assert warned == []


def test_a_private_session_writes_nothing(home: Home, server: ListenBrainz) -> None:
    account = Account(token=TOKEN, url=server.url)
    recording = Recording(home, private=True, warn=pytest.fail, scrobble=account)
    recording.began(SONG, NOW)
    recording.heard(replace(SONG, id="other"), NOW, 200.0)
    recording.close()
    assert in_history(home) == in_queue(home) == []
    assert server.requests == []
