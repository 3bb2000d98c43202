"""A mistake in what is asked of a session is told at once; a mistake of ours costs a command, not the session."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aidj.session import Ended, Event, Problem, Session, TrackStarted, Wishes
from aidj.session.commands import Ban, Skip
from aidj.session.obeying import Asked, Obeying
from aidj.session.sharing import SHARED, Hold
from aidj.voice import ToneVoice

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
RATE = 22050
OPTIONS: dict[str, Any] = {"minutes": 4, "voice": ToneVoice(), "clock": lambda: NOW, "rate": RATE, "seed": 3}


@pytest.fixture
def session(folder: Path) -> Iterator[Session]:
    with Session(folder, **OPTIONS) as begun:
        yield begun


def until(session: Session, wanted: Callable[[Event], bool]) -> list[Event]:
    """Read on until something happens; return all that happened."""
    events: list[Event] = []
    while not session.ended and not any(map(wanted, events)) and session.frame < 600 * RATE:
        session.read(RATE // 10, wait=True)
        events += session.events()
    assert any(map(wanted, events)), events[-5:]
    return events


# Commands -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "arguments", "error", "said"),
    [
        ("request", (5,), TypeError, "str or Query or Wishes"),
        ("request", (None,), TypeError, "str or Query or Wishes"),
        ("request", (b"x",), TypeError, "str or Query or Wishes"),
        ("request", ({},), TypeError, "str or Query or Wishes"),
        ("request", (Wishes(minutes=0),), ValueError, "at most 1440"),
        ("request", (Wishes(minutes=math.nan),), ValueError, "at most 1440"),
        ("like", (5,), TypeError, "track_id is str or None"),
        ("dislike", ([],), TypeError, "track_id is str or None"),
        ("ban", ("artist", 30, 5), TypeError, "track_id is str or None"),
        ("ban", ("song",), ValueError, "artist, recording"),
        ("ban", ([],), ValueError, "artist, recording"),
        ("ban", ("artist", 0), ValueError, "from 1 to 36500"),
        ("ban", ("artist", 10**9), ValueError, "from 1 to 36500"),
        ("ban", ("recording", 3_000_000), ValueError, "from 1 to 36500"),
        ("ban", ("artist", math.nan), TypeError, "from 1 to 36500"),
        ("ban", ("artist", 1.5), TypeError, "from 1 to 36500"),
        ("talk_level", ("loud",), ValueError, "silent, rare, normal, chatty"),
        ("talk_level", (None,), ValueError, "silent, rare, normal, chatty"),
        ("volume", (math.nan,), ValueError, "at most 0 dB"),
        ("volume", (1,), ValueError, "at most 0 dB"),
        ("volume", ("loud",), TypeError, "a number"),
        ("stop", ("soon",), ValueError, "song, set, now"),
        ("stop", (None,), ValueError, "song, set, now"),
    ],
)
def test_a_command_that_makes_no_sense(
    session: Session, name: str, arguments: tuple[object, ...], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        getattr(session, name)(*arguments)


def test_whole_numbers_may_be_numpys() -> None:
    assert type(Ban("artist", np.int64(36_500)).days) is int  # type: ignore[arg-type]


def test_the_longest_ban_is_obeyed(session: Session) -> None:
    until(session, lambda event: isinstance(event, TrackStarted))
    session.ban("recording", 36_500)
    events = until(session, lambda event: isinstance(event, TrackStarted))
    assert not [event for event in events if isinstance(event, Problem | Ended)]


def test_a_mistake_of_ours_costs_the_command_and_not_the_session(
    session: Session, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    obey = Obeying.obey

    def obey_wrongly(self: Obeying, asked: Asked) -> object:
        return 1 // 0 if isinstance(asked.command, Skip) else obey(self, asked)

    monkeypatch.setattr(Obeying, "obey", obey_wrongly)
    until(session, lambda event: isinstance(event, TrackStarted))
    session.skip()
    with caplog.at_level(logging.ERROR, "aidj.session.inbox"):
        (problem,) = [e for e in until(session, lambda e: isinstance(e, Problem)) if isinstance(e, Problem)]
    assert "a mistake in aidj" in problem.text
    assert "ZeroDivisionError" in problem.text
    (record,) = caplog.records
    assert record.exc_info
    session.ban("recording", 1)  # it goes on, and obeys
    until(session, lambda event: isinstance(event, TrackStarted))


# What a session is made of --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "error", "said"),
    [
        ({"home": "somewhere"}, TypeError, "pathlib.Path, or a callable"),
        ({"home": None}, TypeError, "pathlib.Path, or a callable"),
        ({"plan": "session.yaml"}, TypeError, "plan is Plan or None"),
        ({"rate": -1}, ValueError, "from 8000 to 384000"),
        ({"rate": 0}, ValueError, "from 8000 to 384000"),
        ({"rate": 44100.0}, TypeError, "from 8000 to 384000"),
        ({"minutes": math.nan}, ValueError, "at most 1440"),
        ({"minutes": -1}, ValueError, "at most 1440"),
        ({"minutes": "60"}, TypeError, "a number"),
        ({"minutes": None, "wishes": Wishes(minutes=-1)}, ValueError, "at most 1440"),
        ({"wishes": "rock"}, TypeError, "wishes is Wishes"),
        ({"seed": "x"}, TypeError, "seed is"),
        ({"seed": 1.5}, TypeError, "seed is"),
        ({"music": "music"}, TypeError, "a list of pathlib.Path"),
        ({"folders": ["music"]}, TypeError, "a list of pathlib.Path"),
        ({"presenter": None}, TypeError, "presenter is str"),
        ({"talk": "rare"}, TypeError, "talk is TalkSettings"),
    ],
)
def test_a_session_that_cannot_be(folder: Path, fields: dict[str, Any], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        Session(**{"home": folder, **OPTIONS, **fields})


# Two sessions on one data folder --------------------------------------------------------------------------------------


def test_a_second_session_says_so_and_plays(folder: Path, session: Session) -> None:
    with Session(folder, **OPTIONS) as second:
        events = until(second, lambda event: isinstance(event, TrackStarted))
    assert [event.text for event in events if isinstance(event, Problem)] == [SHARED]
    events = until(session, lambda event: isinstance(event, TrackStarted))
    assert not [event for event in events if isinstance(event, Problem)]


def test_a_folder_is_let_go_of(folder: Path) -> None:
    first, second = Hold(folder), Hold(folder)
    assert (first.is_shared, second.is_shared) == (False, True)
    first.close()
    second.close()
    again = Hold(folder)
    assert not again.is_shared
    again.close()


def test_a_folder_that_cannot_be_made_is_nobodys(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    hold = Hold(tmp_path / "file" / "data")
    assert not hold.is_shared
    hold.close()
