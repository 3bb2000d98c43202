"""What cannot be done yet is tried again, for a while that is counted in frames."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from aidj.home import open_home
from aidj.model import Item
from aidj.session import Event, Problem, Session, Skipped, TrackStarted, Underrun, plan_session
from aidj.session.on_air import SONGS_READY, OnAir
from aidj.voice import ToneVoice

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
RATE = 8000
PATIENCE_S = 15.0


@pytest.fixture
def session(folder: Path) -> Iterator[Session]:
    with Session(folder, minutes=3, voice=ToneVoice(), clock=lambda: NOW, rate=RATE, seed=3) as session:
        yield session


def read(session: Session, block_s: float, until: Callable[[list[Event]], bool]) -> list[Event]:
    """Read blocks until something has happened, for ten minutes at most."""
    events: list[Event] = []
    while not until(events):
        assert session.frame < 600 * RATE, events
        assert not session.ended, events
        session.read(max(1, round(block_s * RATE)), wait=True)
        events += session.events()
    return events


def has(kind: type[Event], count: int = 1) -> Callable[[list[Event]], bool]:
    return lambda events: sum(isinstance(event, kind) for event in events) >= count


@pytest.mark.parametrize("block_s", [0.01, 0.3, 1.0])
def test_three_skips_go_three_songs_on_whatever_is_read_at_once(session: Session, block_s: float) -> None:
    read(session, block_s, has(TrackStarted))
    pressed = session.frame
    for _ in range(3):
        session.skip()
    events = read(session, block_s, has(TrackStarted, 3))
    assert has(Skipped, 3)(events)
    assert not has(Problem)(events)
    assert session.frame - pressed < PATIENCE_S * RATE


def test_what_cannot_be_done_is_given_up_after_a_while(folder: Path) -> None:
    """A song that is to fade out anyhow cannot be left; time is counted in frames, however fast they are read."""
    with open_home(folder) as home:
        plan = plan_session(home, minutes=3, now=NOW, seed=3)
    first, *others = plan.sets
    # Without words: those would be hushed at least.
    items = [entry for entry in first.entries if isinstance(entry, Item)]
    entries = [replace(items[0], cut_s=20.0), *items[1:]]
    plan = replace(plan, sets=(replace(first, entries=tuple(entries)), *others))
    with Session(folder, plan, voice=ToneVoice(), clock=lambda: NOW, rate=RATE) as session:
        read(session, 0.1, has(TrackStarted))
        pressed = session.frame
        session.skip()
        events = read(session, 0.1, has(Problem))
        (problem,) = (event for event in events if isinstance(event, Problem))
        assert "Ask again" in problem.text
        assert PATIENCE_S <= (problem.frame - pressed) / RATE < PATIENCE_S + 0.5
        events = read(session, 0.1, has(TrackStarted))  # and nothing is held any more
        assert not has(Skipped)(events)


def test_more_is_laid_out_after_a_second_where_it_could_not_be_done(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out_more = OnAir.lay_out_more
    asked_at: list[int] = []

    def fails_twice(air: OnAir) -> bool:
        asked_at.append(session.frame)
        return len(asked_at) > 2 and lay_out_more(air)

    with open_home(folder) as home:
        plan = plan_session(home, minutes=5, now=NOW, seed=3)
    assert len(plan.items()) > SONGS_READY + 1
    with Session(folder, plan, voice=ToneVoice(), clock=lambda: NOW, rate=RATE) as session:
        monkeypatch.setattr(OnAir, "lay_out_more", fails_twice)
        read(session, 0.1, has(TrackStarted, 2))
        second = session.frame
        events = read(session, 0.1, has(TrackStarted, len(plan.items()) - 2))
    assert asked_at[2] < second  # while the first song is heard
    for earlier, later in pairwise(asked_at[:3]):
        assert later - earlier >= RATE
    assert not has(Underrun)(events)
