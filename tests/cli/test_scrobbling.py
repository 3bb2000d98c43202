"""What `aidj scrobbles` shows of what leaves the machine, and what it does with it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from made_up_listenbrainz import TOKEN, ListenBrainz, listenbrainz, problem_of

from aidj.cli.screen import Screen
from aidj.cli.scrobbling import scrobbles
from aidj.errors import ConfigError
from aidj.home import open_home
from aidj.model import Listen
from aidj.scrobbling import Counts

WHEN = datetime(2025, 11, 21, 20, 0, tzinfo=UTC)


def call(data: Path, *flags: str) -> int:
    options = argparse.Namespace(data=data, forget=False, retry=False, show_payload=False, send=False)
    for flag in flags:
        setattr(options, flag, True)
    return scrobbles(options, Screen())


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Iterator[object]:
    def both() -> str:
        out, err = capsys.readouterr()
        assert TOKEN not in out + err
        return " ".join((out + err).split())

    return both  # type: ignore[return-value]


@pytest.fixture
def server() -> Iterator[ListenBrainz]:
    with listenbrainz() as served:
        yield served


@pytest.fixture
def data(tmp_path: Path, server: ListenBrainz) -> Path:
    (tmp_path / "config.yaml").write_text(
        f"scrobble: {{listenbrainz: {{token_file: token.txt, url: '{server.url}'}}}}", encoding="utf-8"
    )
    (tmp_path / "token.txt").write_text(TOKEN, encoding="utf-8")
    return tmp_path


def heard(data: Path, count: int) -> None:
    with open_home(data) as home:
        for number in range(count):
            at = WHEN + timedelta(minutes=number)
            title = f"[bold]Song\x1b[31m {number}"
            home.scrobbles.add(Listen(listened_at=at, artist="Nobody", title=title, source="aidj"))


def counts(data: Path) -> Counts:
    with open_home(data) as home:
        return home.scrobbles.counts()


def test_without_an_account_it_says_how(tmp_path: Path, said) -> None:  # type: ignore[no-untyped-def]
    assert call(tmp_path) == 0
    text = said()
    assert "Nothing is told to ListenBrainz" in text
    assert "token_file" in text
    with pytest.raises(ConfigError, match="No account"):
        call(tmp_path, "send")


def test_it_shows_what_waits_and_what_was_refused(data: Path, server: ListenBrainz, said) -> None:  # type: ignore[no-untyped-def]
    heard(data, 25)
    with open_home(data) as home:
        home.scrobbles.mark_refused(home.scrobbles.waiting()[3], "HTTP 400: [red]no")
    assert call(data) == 0
    text = said()
    assert f"{server.url}/1/submit-listens" in text
    assert "Sent: 0. Waiting: 24. Refused: 1." in text
    assert "Nobody – [bold]Song [31m 0" in text
    assert "\x1b" not in text
    assert "and 4 more" in text
    assert "HTTP 400: [red]no" in text
    assert not server.requests


def test_a_token_that_is_missing_is_told_beside_the_list(data: Path, said) -> None:  # type: ignore[no-untyped-def]
    heard(data, 1)
    (data / "token.txt").unlink()
    assert call(data) == 0
    text = said()
    assert "Waiting: 1" in text
    assert "cannot be read" in text


def test_what_would_be_sent_is_what_is_sent(
    data: Path, server: ListenBrainz, capsys: pytest.CaptureFixture[str]
) -> None:
    heard(data, 3)
    assert call(data, "show_payload") == 0
    out, err = capsys.readouterr()
    assert TOKEN not in out + err
    assert f"POST {server.url}/1/submit-listens" in err
    assert not server.requests
    assert call(data, "send") == 0
    assert json.loads(out) == json.loads(server.requests[0].body)


def test_an_example_where_nothing_waits(data: Path, server: ListenBrainz, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(data, "show_payload") == 0
    first, second = capsys.readouterr().out.replace("}\n{", "}\n\0{").split("\0")
    assert json.loads(first)["listen_type"] == "playing_now"
    assert json.loads(second)["listen_type"] == "single"
    assert problem_of(first.encode()) is None
    assert not server.requests


def test_sending_now(data: Path, server: ListenBrainz, said) -> None:  # type: ignore[no-untyped-def]
    heard(data, 2)
    server.faults.append("unavailable")
    assert call(data, "send") == 1
    text = said()
    assert "Sent: 0 listens." in text
    assert "2 listens still waiting (HTTP 503). Try again later" in text
    assert call(data, "send") == 0
    assert "Sent: 2 listens." in said()
    assert len(server.stored) == 2


def test_a_token_that_is_not_accepted(data: Path, server: ListenBrainz, said) -> None:  # type: ignore[no-untyped-def]
    heard(data, 1)
    server.token = "another"
    assert call(data, "send") == 1
    assert "1 listen still waiting (HTTP 401: Invalid authorization token ….). The token is not accepted" in said()


def test_refused_and_tried_again(data: Path, server: ListenBrainz, said) -> None:  # type: ignore[no-untyped-def]
    heard(data, 2)
    server.refused = {"[bold]Song [31m 0"}
    assert call(data, "send") == 0
    assert "ListenBrainz does not take Nobody – [bold]Song [31m 0" in said()
    assert counts(data) == Counts(pending=0, sent=1, refused=1, forgotten=0)
    server.refused = set()
    assert call(data, "retry", "send") == 0
    assert "Queued once more: 1 listen. Sent: 1 listen." in said()


def test_forgetting(data: Path, server: ListenBrainz, said) -> None:  # type: ignore[no-untyped-def]
    heard(data, 2)
    assert call(data, "forget") == 0
    assert "Forgotten: 2 listens." in said()
    assert call(data, "send") == 0
    assert not server.requests
