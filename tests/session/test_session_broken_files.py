"""Files that turn bad while a session plays: it is told, and the music goes on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from songs import make_library, make_measured_home

from aidj.home import open_home
from aidj.model import Plan, Track
from aidj.session import Ended, Event, Problem, Session, Skipped, TrackStarted, Underrun, plan_session
from aidj.voice import SilentVoice

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
RATE = 22050
BLOCK = RATE // 20


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder of eight songs of its own, all of them measured."""
    return make_measured_home(tmp_path / "home", make_library(tmp_path / "music", count=8), now=NOW)


@pytest.fixture
def plan(folder: Path) -> Plan:
    with open_home(folder) as home:
        return plan_session(home, minutes=4, now=NOW, seed=3)


def truncate(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 3)


def overwrite(path: Path) -> None:
    path.write_bytes(b"no music any more")


def put_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def listens(folder: Path, track: Track) -> float:
    """How many listens of a song are known."""
    with open_home(folder) as home:
        plays = home.history.plays([track])
        return float(np.sum(plays.heard))


def gaps_s(blocks: list[np.ndarray]) -> list[float]:
    loud = np.flatnonzero(np.abs(np.concatenate(blocks)).max(axis=1) > 1e-4)
    return [float(gap) / RATE for gap in np.diff(loud) if gap > 0.3 * RATE]


def test_a_song_whose_file_breaks_off_is_left(folder: Path, plan: Plan) -> None:
    blocks, events = [], list[Event]()
    with Session(folder, plan, voice=SilentVoice(), clock=lambda: NOW, rate=RATE) as session:
        while not session.ended:
            blocks.append(session.read(BLOCK, wait=True))
            events += session.events()
            if session.frame // BLOCK == 100:
                first = next(event.track for event in events if isinstance(event, TrackStarted))
                truncate(first.path)
    told = [event for event in events if isinstance(event, Problem)]
    assert [first.path.name in event.text for event in told] == [True]
    assert [event.item.track.id for event in events if isinstance(event, Skipped)] == [first.id]
    started = [event.track.id for event in events if isinstance(event, TrackStarted)]
    assert started == [item.track.id for item in plan.items()]
    assert not [event for event in events if isinstance(event, Underrun)]
    assert max(gaps_s(blocks), default=0.0) < 0.6
    assert listens(folder, first) == 0


@pytest.mark.parametrize("spoil", [truncate, overwrite, put_a_folder, Path.unlink])
def test_a_song_that_comes_later_is_left_out(folder: Path, plan: Plan, spoil: Callable[[Path], None]) -> None:
    blocks, events = [], list[Event]()
    last = plan.items()[-1].track.path
    assert last is not None
    with Session(folder, plan, voice=SilentVoice(), clock=lambda: NOW, rate=RATE) as session:
        while not session.ended:
            blocks.append(session.read(BLOCK, wait=True))
            events += session.events()
            if session.frame // BLOCK == 100:
                spoil(last)
    assert any(last.name in event.text for event in events if isinstance(event, Problem))
    started = [event.track.path for event in events if isinstance(event, TrackStarted)]
    assert started == [item.track.path for item in plan.items()][:-1]
    assert max(gaps_s(blocks), default=0.0) < 0.6
    shutil.rmtree(last, ignore_errors=True)


def test_where_all_files_are_gone_it_can_be_gone_on_with_when_they_are_back(folder: Path, tmp_path: Path) -> None:
    events = list[Event]()
    with Session(folder, voice=SilentVoice(), clock=lambda: NOW, rate=RATE, seed=3) as session:
        while not session.ended:
            session.read(BLOCK, wait=True)
            events += session.events()
            if session.frame // BLOCK == 100:
                (tmp_path / "music").rename(tmp_path / "elsewhere")
    (ended,) = (event for event in events if isinstance(event, Ended))
    assert "drive is not connected" in ended.reason
    assert ended.reason in [event.text for event in events if isinstance(event, Problem)]
    (tmp_path / "elsewhere").rename(tmp_path / "music")
    with Session(folder, resume=True, voice=SilentVoice(), clock=lambda: NOW, rate=RATE) as session:
        session.read(BLOCK * 40, wait=True)
        assert [type(event) for event in session.events() if isinstance(event, TrackStarted | Ended)] == [TrackStarted]
