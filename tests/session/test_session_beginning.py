"""A session that is not planned yet: it begins at once, goes on after a crash, and finds its music while it plays."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from songs import make_library

from aidj.home import open_home
from aidj.plan import load_plan
from aidj.session import Answered, Ended, Event, Problem, Session, TrackStarted, Underrun
from aidj.session.live import Session as LiveSession
from aidj.voice import ToneVoice

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
RATE = 22050
BLOCK = RATE // 10


@pytest.fixture
def music(measured_home: Path) -> Path:
    return measured_home.parent / "music"


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[..., Session]]:
    begun: list[Session] = []

    def begin(**fields: object) -> Session:
        options = {"voice": ToneVoice(), "clock": lambda: NOW, "rate": RATE, "seed": 3, **fields}
        begun.append(LiveSession(options.pop("home", folder), **options))  # type: ignore[arg-type]
        return begun[-1]

    yield begin
    for session in begun:
        session.close()


def heard_until(session: Session, wanted: Callable[[list[Event]], bool], seconds: float = 600.0) -> list[Event]:
    """Read, faster than it sounds, until something has happened."""
    events: list[Event] = []
    until = session.frame + seconds * RATE
    while not wanted(events):
        assert session.frame < until, events[-5:]
        assert not session.ended, events[-5:]
        session.read(BLOCK, wait=True)
        events += session.events()
    return events


def songs(events: list[Event]) -> list[str]:
    return [event.track.title for event in events if isinstance(event, TrackStarted)]


def at_least(count: int) -> Callable[[list[Event]], bool]:
    return lambda events: len(songs(events)) >= count


def test_it_begins_with_one_song_and_is_planned_on_meanwhile(start: Callable[..., Session]) -> None:
    session = start()
    events = heard_until(session, at_least(6))
    assert len(set(songs(events))) == 6
    assert not [event for event in events if isinstance(event, Problem | Underrun)]
    assert session.plan
    links = [link.kind for link in session.plan.links() if link.starts_s is not None]
    assert links[0] == "opening"
    assert links.count("opening") == 1
    assert "minutes" not in session.plan.links()[0].facts


def test_with_a_length_it_ends_about_then_and_says_goodbye(start: Callable[..., Session]) -> None:
    session = start(minutes=10.0)
    events = heard_until(session, lambda events: any(isinstance(event, Ended) for event in events), 1200)
    assert abs(session.frame / RATE - 600) < 45
    assert session.plan
    assert [link.kind for link in session.plan.links()][-1] == "closing"
    assert len(songs(events)) == len(set(songs(events))) > 10


@pytest.mark.parametrize("count", [1, 3])
def test_a_tiny_library_is_played_through_and_perhaps_again_without_toil(
    count: int, tmp_path: Path, start: Callable[..., Session]
) -> None:
    music = make_library(tmp_path / "tiny", count=count)
    with open_home(tmp_path / "new") as home:
        home.library.scan([music], now=NOW)
        home.analyses.of(home.library.tracks())
    session = start(home=tmp_path / "new")
    heard: list[Event] = []
    while not session.ended and session.frame < 600 * RATE:
        session.read(BLOCK, wait=True)
        heard += session.events()
    assert len(set(songs(heard))) == count
    assert all(first != second for first, second in pairwise(songs(heard)))
    assert not [event for event in heard if isinstance(event, Underrun)]
    assert session.plan
    assert len(session.plan.items()) < len(songs(heard)) + 20


def test_whoever_skips_at_once_does_not_wait_for_the_plan(start: Callable[..., Session]) -> None:
    session = start()
    heard = heard_until(session, at_least(1))
    for _ in range(3):
        session.skip()
        heard += heard_until(session, at_least(1))
    assert len(set(songs(heard))) == 4
    assert not [event for event in heard if isinstance(event, Underrun)]


def test_the_same_day_begins_with_the_same_song(start: Callable[..., Session]) -> None:
    first, second = (songs(heard_until(start(), at_least(1))) for _ in range(2))
    assert first == second


def test_a_request_in_words_is_answered_and_followed(start: Callable[..., Session]) -> None:
    session = start()
    heard_until(session, at_least(2))
    session.request("Test Artist 3")
    events = heard_until(session, lambda events: any(isinstance(event, Answered) for event in events))
    (answer,) = [event for event in events if isinstance(event, Answered)]
    assert answer.asked == "Test Artist 3"
    assert "Test Artist 3" in answer.text
    after = heard_until(session, at_least(2))
    artists = [event.track.artist for event in after if isinstance(event, TrackStarted)]
    assert "Test Artist 3" in artists


def test_what_is_not_understood_changes_nothing(start: Callable[..., Session]) -> None:
    session = start()
    heard_until(session, at_least(2))
    heard_until(session, lambda events: session.plan is not None and len(session.plan.items()) > 5)
    assert session.plan
    before = [item.track for item in session.plan.items()]
    session.request("qwxv zzkrt [bold]{0}%s ../../etc")
    events = heard_until(session, lambda events: any(isinstance(event, Answered) for event in events))
    assert not songs(events)
    assert [item.track for item in session.plan.items()][: len(before)] == before


def test_when_all_files_vanish_it_ends_and_says_why(tmp_path: Path, start: Callable[..., Session]) -> None:
    music = make_library(tmp_path / "going", count=6)
    with open_home(tmp_path / "new") as home:
        home.library.scan([music], now=NOW)
        home.analyses.of(home.library.tracks())
    session = start(home=tmp_path / "new")
    heard = heard_until(session, lambda events: session.plan is not None and len(session.plan.items()) > 3)
    heard += heard_until(session, at_least(1)) if not songs(heard) else []
    shutil.rmtree(music)
    session.skip()
    while not session.ended and session.frame < 900 * RATE:
        session.read(BLOCK, wait=True)
        heard += session.events()
    assert session.ended
    assert any(isinstance(event, Problem) for event in heard)
    assert len(songs(heard)) < 7


def test_a_ban_is_of_the_song_that_was_shown(folder: Path, start: Callable[..., Session]) -> None:
    session = start()
    first, second = [event for event in heard_until(session, at_least(2)) if isinstance(event, TrackStarted)]
    session.ban("recording", days=None, track_id=first.track.id)
    heard_until(session, at_least(1))
    session.close()
    with open_home(folder) as home:
        assert [opinion.title for opinion in home.history.opinions(NOW)] == [first.track.title]
    assert second.track.title != first.track.title


def test_a_library_that_was_never_measured_begins_with_a_song_that_was_only_glanced_at(
    tmp_path: Path, start: Callable[..., Session]
) -> None:
    music = make_library(tmp_path / "scanned")
    with open_home(tmp_path / "new") as home:
        home.library.scan([music], now=NOW)
        shortest = min(home.library.tracks(), key=lambda track: (track.duration_s, track.path))
        shortest.path.write_bytes(b"no music any more")  # what would have been first
    session = start(home=tmp_path / "new")
    first = heard_until(session, at_least(1))
    (begun,) = [event for event in first if isinstance(event, TrackStarted)]
    assert begun.track.path != shortest.path
    events = heard_until(session, at_least(4))
    assert len(set(songs(first + events))) == 5
    assert not [event for event in events if isinstance(event, Underrun)]
    with open_home(tmp_path / "new") as home:
        later = [event.track for event in events if isinstance(event, TrackStarted)]
        assert not home.analyses.missing(later)


def test_it_finds_its_music_while_it_plays(music: Path, tmp_path: Path, start: Callable[..., Session]) -> None:
    session = start(home=tmp_path / "new", music=[music], folders=[music])
    events = heard_until(session, at_least(4))
    assert len(set(songs(events))) == 4
    with open_home(tmp_path / "new") as home:
        assert len(home.library.tracks()) == 16


def test_without_any_music_it_says_so_and_ends(tmp_path: Path, start: Callable[..., Session]) -> None:
    (tmp_path / "empty").mkdir()
    session = start(home=tmp_path / "new", music=[tmp_path / "empty"], folders=[tmp_path / "empty"])
    for _ in range(600):
        session.read(BLOCK, wait=True)
        if session.ended:
            break
    (problem, *_) = [event for event in session.events() if isinstance(event, Problem)]
    assert "no music" in problem.text.lower() or "nothing" in problem.text.lower()


# Broken off -----------------------------------------------------------------------------------------------------------

PLAYS = """
import sys, time
from pathlib import Path
from aidj.session import Session
from aidj.voice import ToneVoice
session = Session(Path(sys.argv[1]), rate=22050, voice=ToneVoice(), seed=3)
while True:
    session.read(2205, wait=True)
    for event in session.events():
        if type(event).__name__ == "TrackStarted":
            print(event.track.title, flush=True)
            time.sleep(0.3)
"""


def test_killed_in_the_middle_nothing_is_lost_and_it_goes_on(folder: Path, start: Callable[..., Session]) -> None:
    process = subprocess.Popen([sys.executable, "-c", PLAYS, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    heard = [process.stdout.readline().strip() for _ in range(5)]
    time.sleep(0.2)
    os.kill(process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    process.wait()
    process.stdout.close()
    left = load_plan(folder / "unfinished.plan.yaml")
    with open_home(folder) as home:
        plays = home.history.plays(home.library.tracks())
        assert plays.heard.sum() >= 3
        assert home.history.summary().n_plays >= 4
    assert left.items()
    session = start(resume=True, seed=None)
    again = songs(heard_until(session, at_least(3)))
    assert again == [item.track.title for item in left.items()][:3]
    assert again[0] in (heard[-1], heard[-2])
    assert not set(again[1:]) & set(heard)


def test_with_nothing_broken_off_there_is_nothing_to_go_on_with(start: Callable[..., Session]) -> None:
    session = start(resume=True)
    while not session.ended:
        session.read(BLOCK, wait=True)
    events = session.events()
    assert any(isinstance(event, Problem) and "no session to go on with" in event.text for event in events)


def test_what_was_played_to_its_end_is_not_gone_on_with(folder: Path, start: Callable[..., Session]) -> None:
    session = start(minutes=3.0)
    heard_until(session, at_least(2))  # what became audible is written down before the next block is read
    assert (folder / "unfinished.plan.yaml").exists()
    heard_until(session, lambda events: any(isinstance(event, Ended) for event in events))
    session.close()
    assert not (folder / "unfinished.plan.yaml").exists()


def test_a_private_session_leaves_nothing_behind(folder: Path, start: Callable[..., Session]) -> None:
    session = start(private=True)
    heard_until(session, at_least(3))
    session.close()
    assert not (folder / "unfinished.plan.yaml").exists()
    with open_home(folder) as home:
        assert home.history.summary().n_plays == 0
        assert not home.said.recent(NOW + timedelta(days=1)).links


def test_who_stops_before_the_first_song_hears_nothing_and_no_complaint(start: Callable[..., Session]) -> None:
    session = start()
    session.stop()
    while not session.ended:
        session.read(BLOCK, wait=True)
    events = session.events()
    assert not [event for event in events if isinstance(event, Problem | TrackStarted)]
    assert isinstance(events[-1], Ended)
    assert events[-1].reason == "stopped"


def test_nothing_sounds_behind_the_end(start: Callable[..., Session]) -> None:
    session = start(minutes=2.0)
    blocks = []
    while not session.ended:
        blocks.append(session.read(BLOCK, wait=True))
    assert not session.read(BLOCK).any()
    assert np.abs(np.concatenate(blocks[-5:])).max() < 0.5
