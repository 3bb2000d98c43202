"""Voices and writers of the embedding program that break their promise: a link is lost and told, the music goes on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from aidj.home import open_home
from aidj.model import Plan, Speech
from aidj.session import Ended, Event, LinkStarted, Problem, Session, TrackStarted, plan_session
from aidj.voice import ToneVoice

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
RATE = 8000


@pytest.fixture
def plan(folder: Path) -> Plan:
    with open_home(folder) as home:
        return plan_session(home, minutes=3, now=NOW, seed=3)


def heard(folder: Path, plan: Plan, **own: object) -> list[Event]:
    events = list[Event]()
    with Session(folder, plan, clock=lambda: NOW, rate=RATE, **own) as session:  # type: ignore[arg-type]
        while not session.ended:
            session.read(RATE, wait=True)
            events += session.events()
    return events


def fails(speech: Speech) -> object:
    raise RuntimeError("out of breath")


@pytest.mark.parametrize(
    ("spoils", "told"),
    [
        (fails, "RuntimeError: out of breath"),
        (lambda speech: None, "NoneType in place of Speech"),
        (lambda speech: replace(speech, rate=0), "a rate of 0"),
        (lambda speech: replace(speech, samples=np.zeros((9, 2), np.float32)), "the shape (9, 2)"),
        (lambda speech: replace(speech, samples=np.full(99, np.nan, np.float32)), "no numbers"),
        (lambda speech: replace(speech, samples=1000 * speech.samples), "in place of 1"),
    ],
)
def test_a_voice_that_breaks_its_promise_costs_its_links(
    folder: Path, plan: Plan, spoils: Callable[[Speech], object], told: str
) -> None:
    class Broken(ToneVoice):
        def speak(self, text: str) -> Speech:
            return spoils(super().speak(text))  # type: ignore[return-value]

    events = heard(folder, plan, voice=Broken())
    problems = [event.text for event in events if isinstance(event, Problem)]
    assert problems
    assert all(told in text and "voice “tone”" in text for text in problems)
    assert not [event for event in events if isinstance(event, LinkStarted)]
    songs = [event.track.id for event in events if isinstance(event, TrackStarted)]
    assert songs == [item.track.id for item in plan.items()]
    assert [event.reason for event in events if isinstance(event, Ended)] == ["the plan is over"]


def test_a_voice_that_cannot_be_probed_says_nothing(folder: Path, plan: Plan) -> None:
    class Broken(ToneVoice):
        def probe(self) -> str | None:
            raise ZeroDivisionError

    events = heard(folder, plan, voice=Broken())
    (problem,) = (event.text for event in events if isinstance(event, Problem))
    assert problem.startswith("Nothing is said in this session: The voice “tone” failed (ZeroDivisionError")
    assert [type(event) for event in events if isinstance(event, LinkStarted | Ended)] == [Ended]


@pytest.mark.parametrize("wrong", [ZeroDivisionError("in the writer"), SystemExit(3), 5])
def test_where_a_writer_fails_the_lines_speak(folder: Path, plan: Plan, wrong: object) -> None:
    class Broken:
        name = "broken"

        def write(self, *unused: object, **named: object) -> object:
            if isinstance(wrong, BaseException):
                raise wrong
            return wrong

    events = heard(folder, plan, voice=ToneVoice(), writer=Broken())
    problems = [event.text for event in events if isinstance(event, Problem)]
    assert problems
    assert len(set(problems)) == len(problems), "each is told once"
    assert all("writer “broken”" in text for text in problems)
    said = [event.link.text for event in events if isinstance(event, LinkStarted)]
    assert said


@pytest.mark.parametrize("hangs", ["speak", "probe"])
def test_a_voice_that_hangs_is_not_waited_for(folder: Path, plan: Plan, hangs: str) -> None:
    released = threading.Event()

    class Hanging(ToneVoice):
        def speak(self, text: str) -> Speech:
            assert hangs != "speak" or released.wait(60)
            return super().speak(text)

        def probe(self) -> str | None:
            assert hangs != "probe" or released.wait(60)
            return super().probe()

    session = Session(folder, plan, voice=Hanging(), clock=lambda: NOW, rate=RATE)
    events = list[Event]()
    try:
        until_s = time.monotonic() + 40
        while not any(isinstance(event, TrackStarted) for event in events):
            assert time.monotonic() < until_s
            session.read(RATE // 50)  # in its own time, waiting for nothing
            events += session.events()
            time.sleep(0.02)
        closed_s = time.monotonic()
        session.close()
        assert time.monotonic() - closed_s < 20, "nor when it is closed"
    finally:
        released.set()
        session.close()
    assert not any(isinstance(event, LinkStarted) for event in events)
