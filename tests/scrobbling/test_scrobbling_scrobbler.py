"""In the background: nothing waits for it, nothing is lost by it, and little is said of it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_listenbrainz import TOKEN, ListenBrainz, listenbrainz

from aidj.errors import ConfigError
from aidj.home import Home, open_home
from aidj.model import Listen
from aidj.scrobbling import Account, Counts, Scrobbler
from aidj.scrobbling.scrobbler import FIRST_REST_S, MAX_REST_S, rest_s

WHEN = datetime(2025, 11, 21, 20, 0, tzinfo=UTC)


def listen(number: int) -> Listen:
    return Listen(
        listened_at=WHEN + timedelta(minutes=3 * number),
        artist="Nobody",
        title=f"Song {number}",
        duration_s=180.0,
        source="aidj",
    )


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with open_home(tmp_path) as opened:
        yield opened


@pytest.fixture
def server() -> Iterator[ListenBrainz]:
    with listenbrainz() as served:
        yield served


def scrobbler(home: Home, server: ListenBrainz, warned: list[str] | None = None, **more: object) -> Scrobbler:
    usual: dict[str, object] = {"timeout_s": 30.0, "pace_s": 0.0, "first_rest_s": 0.05}
    account = more.pop("account", Account(token=TOKEN, url=server.url))
    warn = (warned if warned is not None else []).append
    return Scrobbler(home.folder, account, warn=warn, **(usual | more))  # type: ignore[arg-type]


def until(done: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.01)


def test_a_listen_is_sent_as_it_is_queued(home: Home, server: ListenBrainz) -> None:
    running = scrobbler(home, server)
    for number in range(3):
        assert home.scrobbles.add(listen(number))
        running.wake()
        until(lambda number=number: home.scrobbles.counts().sent == number + 1)  # type: ignore[misc]
    running.close()
    assert server.titles == ["Song 0", "Song 1", "Song 2"]


def test_what_an_earlier_session_has_left_is_sent_first(home: Home, server: ListenBrainz) -> None:
    home.scrobbles.add(listen(0))
    running = scrobbler(home, server)
    until(lambda: home.scrobbles.counts().sent == 1)
    running.close()


def test_offline_it_stays_queued_and_is_sent_when_the_network_is_back(home: Home) -> None:
    with listenbrainz(online=False) as server:
        warned: list[str] = []
        running = scrobbler(home, server, warned)
        for number in range(3):
            home.scrobbles.add(listen(number))
            running.wake()
            running.playing_now(listen(number + 1))
        time.sleep(0.2)
        assert home.scrobbles.counts() == Counts(pending=3, sent=0, refused=0, forgotten=0)
        server.go_online()
        until(lambda: home.scrobbles.counts().sent == 3)
        running.close()
        assert server.titles == ["Song 0", "Song 1", "Song 2"]
        assert len(warned) <= 1


def test_the_next_session_sends_what_this_one_could_not(home: Home) -> None:
    with listenbrainz(online=False) as server:
        running = scrobbler(home, server)
        home.scrobbles.add(listen(0))
        running.wake()
        running.close()
        assert home.scrobbles.counts().pending == 1
        server.go_online()
        running = scrobbler(home, server)
        until(lambda: home.scrobbles.counts().sent == 1)
        running.close()
        assert server.titles == ["Song 0"]


def test_a_long_outage_is_told_once(home: Home, server: ListenBrainz) -> None:
    server.faults.extend(["unavailable"] * 9)
    warned: list[str] = []
    home.scrobbles.add(listen(0))
    running = scrobbler(home, server, warned, first_rest_s=0.001)
    until(lambda: home.scrobbles.counts().sent == 1)
    running.close()
    assert len(warned) == 1
    assert "stays queued and is sent later" in warned[0]


def test_a_wrong_token_is_told_once_and_not_tried_again(
    home: Home, server: ListenBrainz, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    warned: list[str] = []
    home.scrobbles.add(listen(0))
    wrong = Account(token="no-good-token-5", url=server.url)
    running = scrobbler(home, server, warned, account=wrong)
    until(lambda: bool(warned))
    for number in range(1, 5):
        home.scrobbles.add(listen(number))
        running.wake()
        running.playing_now(listen(number))
    running.close()
    assert len(server.requests) == 1
    assert len(warned) == 1
    assert "does not accept the token" in warned[0]
    assert "no-good-token-5" not in warned[0] + caplog.text
    assert home.scrobbles.counts().pending == 5
    running = scrobbler(home, server)  # started again, with the right one
    until(lambda: home.scrobbles.counts().sent == 5)
    running.close()


def test_a_wrong_address_is_told_once(home: Home, server: ListenBrainz) -> None:
    warned: list[str] = []
    home.scrobbles.add(listen(0))
    account = Account(token=TOKEN, url=f"{server.url}/elsewhere")
    running = scrobbler(home, server, warned, account=account, first_rest_s=0.001)
    until(lambda: len(server.requests) > 2)
    running.close()
    assert len(warned) == 1
    assert "There is no ListenBrainz at" in warned[0]
    assert home.scrobbles.counts().pending == 1


def test_the_first_listen_that_is_refused_is_told(home: Home, server: ListenBrainz) -> None:
    server.refused = {"Song 0", "Song 1"}
    warned: list[str] = []
    for number in range(3):
        home.scrobbles.add(listen(number))
    running = scrobbler(home, server, warned)
    until(lambda: home.scrobbles.counts().pending == 0)
    running.close()
    assert home.scrobbles.counts() == Counts(pending=0, sent=1, refused=2, forgotten=0)
    assert len(warned) == 1
    assert "Nobody – Song 0" in warned[0]


def test_what_is_playing_is_told_while_it_can_be(home: Home, server: ListenBrainz) -> None:
    running = scrobbler(home, server)
    running.playing_now(listen(1))
    until(lambda: len(server.playing) == 1)
    server.faults.append("offline")
    running.playing_now(listen(2))  # lost, and nobody minds
    until(lambda: not server.faults)
    running.playing_now(listen(3))
    until(lambda: len(server.playing) == 2)
    running.close()
    assert [each["track_metadata"]["track_name"] for each in server.playing] == ["Song 1", "Song 3"]
    assert home.scrobbles.counts() == Counts(pending=0, sent=0, refused=0, forgotten=0)


def test_a_song_that_is_over_is_not_told_as_playing(home: Home, server: ListenBrainz) -> None:
    server.faults.append("unavailable")
    home.scrobbles.add(listen(0))
    running = scrobbler(home, server, first_rest_s=0.5)
    until(lambda: not server.faults)
    running.playing_now(replace(listen(1), duration_s=1e-9))  # over before the rest is
    until(lambda: home.scrobbles.counts().sent == 1)
    running.close()
    assert not server.playing


def test_nothing_waits_for_a_server_that_does_not_answer(home: Home, server: ListenBrainz) -> None:
    server.faults.extend(["hold"] * 3)
    running = scrobbler(home, server)
    home.scrobbles.add(listen(0))
    running.wake()
    assert server.held.wait(60)
    began_s = time.monotonic()
    for number in range(1, 200):
        home.scrobbles.add(listen(number))
        running.wake()
        running.playing_now(listen(number))
    running.close(patience_s=0.2)
    assert time.monotonic() - began_s < 25  # its own time-out is 30
    until(lambda: not [thread for thread in threading.enumerate() if thread.name == "aidj-scrobbler"])
    assert home.scrobbles.counts().pending == 200


def test_at_the_end_what_was_queued_last_is_still_sent(home: Home, server: ListenBrainz) -> None:
    running = scrobbler(home, server)
    home.scrobbles.add(listen(0))
    running.wake()
    running.close(patience_s=60.0)
    assert server.titles == ["Song 0"]
    assert home.scrobbles.counts().sent == 1


def test_two_sessions_at_once(home: Home, server: ListenBrainz) -> None:
    both = [scrobbler(home, server) for _ in range(2)]
    for number in range(60):
        home.scrobbles.add(listen(number))
        both[number % 2].wake()
    both[0].close(patience_s=30.0)
    both[1].close(patience_s=30.0)
    rest = scrobbler(home, server)  # one may have left it to the other, which was just ending
    until(lambda: home.scrobbles.counts().sent == 60)
    rest.close()
    assert server.titles == [f"Song {number}" for number in range(60)]
    assert sum(len(request.titles) for request in server.requests) == 60


def test_an_account_that_cannot_be_used_is_told_at_once(home: Home) -> None:
    with pytest.raises(ConfigError):
        Scrobbler(home.folder, Account(token=TOKEN, url="http://somewhere.example"))
    assert not [thread for thread in threading.enumerate() if thread.name == "aidj-scrobbler"]


def test_a_data_file_that_is_none_ends_it_and_nothing_else(tmp_path: Path, server: ListenBrainz) -> None:
    (tmp_path / "aidj.sqlite3").write_text("no database, but a text that is long enough to be taken for one " * 20)
    warned: list[str] = []
    running = Scrobbler(tmp_path, Account(token=TOKEN, url=server.url), warn=warned.append)
    until(lambda: bool(warned))
    running.wake()
    running.close()
    assert "Nothing is scrobbled in this session" in warned[0]


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_rests_double_up_to_a_quarter_of_an_hour(failures: int, chance: float) -> None:
    rest = rest_s(failures, chance)
    assert FIRST_REST_S / 2 <= rest <= MAX_REST_S
    assert rest <= rest_s(failures + 1, chance) <= 2 * rest + 1e-9
    assert rest_s(failures, 0.0) <= rest <= rest_s(failures, 1.0) == 2 * rest_s(failures, 0.0)
    assert rest_s(10_000, 1.0) == MAX_REST_S
