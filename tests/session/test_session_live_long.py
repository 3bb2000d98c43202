"""Hours of a live session in a moment, with commands from several threads: nothing breaks, nothing is played twice.

The songs are made up: minutes of a tone each, at a low rate, so that hours of them are mixed quickly. How long it goes
on can be set from outside: AIDJ_LIVE_HOURS.
"""

from __future__ import annotations

import gc
import os
import random
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from queue import SimpleQueue

import numpy as np
import pytest
import soundfile

from aidj.home import open_home
from aidj.model import Speech
from aidj.selection import Query
from aidj.session import Ended, Event, Problem, Session, SetChanged, Skipped, TrackStarted, Underrun
from aidj.voice import ToneVoice

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
RATE = 8000
HOURS = float(os.environ.get("AIDJ_LIVE_HOURS", "0.6"))
COMMANDS = round(62.5 * HOURS)
SONG_S = 150.0
QUIET = 1e-4
GAP_S = 0.6


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that lasts: songs of two and a half minutes, all of them measured like the first."""
    folder = tmp_path_factory.mktemp("long")
    count = round(40 + 70 * HOURS)  # many are skipped, and whole artists banned
    t = np.arange(round(SONG_S * RATE)) / RATE
    pulse = 0.5 + 0.5 * np.cos(2 * np.pi * 1.7 * t)
    for number in range(count):
        samples = 0.15 * pulse * np.sin(2 * np.pi * (100 + 2.9 * number) * t)
        with soundfile.SoundFile(folder / f"{number:03d}.flac", "w", RATE, 1) as file:
            file.title, file.artist = f"Long Song {number}", f"Long Artist {number % 40}"
            file.album, file.date = f"Long Album {number // 3}", str(1970 + number % 50)
            file.write(samples.astype(np.float32))
    with open_home(folder / "home") as home:
        home.library.scan([folder], now=NOW)
        tracks = home.library.tracks()
        (one,) = home.analyses.of(tracks[:1])[0].values()
        for track in tracks:
            home.analyses.store(track, one)
        assert len(tracks) == count
    return folder / "home"


class Remote:
    """Presses keys from several threads, one at a time in a random order, and waits for none of them."""

    def __init__(self, session: Session, rng: random.Random) -> None:
        self._session = session
        self._rng = rng
        self.replayed = 0

    def press(self) -> None:
        session, rng = self._session, self._rng
        keys = [session.skip] * 6 + [session.hush] * 4 + [session.like] * 2
        keys += [session.previous, session.dislike, session.change_set]
        keys += [
            lambda: session.ban(rng.choice(["artist", "recording"]), days=rng.choice([1, 30, None])),
            lambda: session.request(Query(years=(1970 + rng.randrange(10), 2019))),
            lambda: session.talk_level(rng.choice(["silent", "rare", "normal", "chatty"])),
            lambda: session.volume(rng.choice([0.0, -6.0, -12.0])),
        ]
        key = rng.choice(keys)
        self.replayed += key == session.previous
        key()


@contextmanager
def hands(remote: Remote, count: int) -> Iterator[SimpleQueue[bool]]:
    """Threads that press a key for each True they are given."""
    asked: SimpleQueue[bool] = SimpleQueue()
    failures: list[BaseException] = []

    def work() -> None:
        try:
            while asked.get():
                remote.press()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield asked
    finally:
        for _ in threads:
            asked.put(False)
        for thread in threads:
            thread.join()
    assert not failures


def _held_s(speech: Speech) -> float:
    return speech.duration_s if speech.samples.strides != (0,) else 0.0


def test_bursts_of_keys_are_all_obeyed(folder: Path, tmp_path: Path) -> None:
    """Keys pressed faster than songs can follow each other, and while a slow presenter announces one."""
    rng = random.Random(3)
    events: list[Event] = []
    home = shutil.copytree(folder, tmp_path / "home")
    with Session(home, voice=ToneVoice(pace_wpm=50), clock=lambda: NOW, rate=RATE, seed=3) as session:
        keys = [session.skip, session.skip, session.skip, session.dislike, session.change_set, session.previous]
        for _ in range(14):
            for key in rng.choices(keys, k=rng.choice([1, 2, 3])):
                key()
            until = session.frame + rng.choice([0.3, 1, 5, 20]) * RATE
            while session.frame < until:
                session.read(RATE // 10, wait=True)
            events += session.events()
        plan = session.plan
    assert plan is not None
    assert not any(isinstance(event, Problem | Underrun) for event in events)
    songs = [event.item.track.id for event in events if isinstance(event, TrackStarted)]
    assert songs == [item.track.id for item in plan.items()[: len(songs)]]
    assert len([event for event in events if isinstance(event, Skipped)]) > 14


def test_hours_with_many_commands(folder: Path) -> None:
    rng = random.Random(6)
    moments = sorted(rng.randrange(round(60 * RATE), round(HOURS * 3600 * RATE)) for _ in range(COMMANDS))
    events: list[Event] = []
    gaps: list[tuple[float, float]] = []
    quiet_frames = 0
    held_s: list[float] = []
    with Session(folder, voice=ToneVoice(), clock=lambda: NOW, rate=RATE, seed=6) as session:
        remote = Remote(session, rng)
        with hands(remote, 4) as asked:
            while session.frame < HOURS * 3600 * RATE and not session.ended:
                while moments and moments[0] <= session.frame:
                    moments.pop(0)
                    asked.put(True)
                block = session.read(RATE // 10, wait=True)
                begun = any(isinstance(event, TrackStarted) for event in events[:50])
                if np.abs(block).max() > QUIET:
                    if quiet_frames > GAP_S * RATE and begun:
                        gaps.append((session.frame / RATE, quiet_frames / RATE))
                    quiet_frames = 0
                else:
                    quiet_frames += len(block)
                events += session.events()
                if session.frame % (600 * RATE) < RATE // 10:
                    gc.collect()
                    held_s.append(sum(_held_s(thing) for thing in gc.get_objects() if isinstance(thing, Speech)))
        plan = session.plan
    assert not any(isinstance(event, Underrun | Ended) for event in events)
    problems = [event.text for event in events if isinstance(event, Problem)]
    # No key has to be pressed again. Only a request may come to nothing: there are no more songs of those years.
    assert not [text for text in problems if not text.startswith("There is no more of what was asked for")]
    assert gaps == []
    assert [event.frame for event in events] == sorted(event.frame for event in events)
    assert len([event for event in events if isinstance(event, Skipped)]) > COMMANDS / 5
    assert len([event for event in events if isinstance(event, SetChanged)]) > 1

    assert max(held_s) < 300  # of speech: what was said is let go

    songs = [event for event in events if isinstance(event, TrackStarted)]
    assert plan is not None
    assert [event.item.track.id for event in songs] == [item.track.id for item in plan.items()[: len(songs)]]
    for event, item in zip(songs, plan.items(), strict=False):
        assert item.starts_s is not None
        assert abs(event.frame / RATE - item.starts_s) < 0.001
    chosen = [event for event in songs if event.item.why != "asked for again"]
    assert len({event.track.id for event in chosen}) == len(chosen)
    for before, after in pairwise(chosen):
        assert before.track.artist != after.track.artist or after.item.rules
