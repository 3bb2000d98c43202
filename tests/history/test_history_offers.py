"""What sessions offered is kept by plan: planning again replaces, and never sees itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from made_up import track

from aidj.database import open_database
from aidj.history import TABLES, History, plan_key
from aidj.model import Item, Link, Plan, Set, Track, TrackRef

NOW = datetime(2026, 3, 1, 20, tzinfo=UTC)
TRACKS = tuple(track(n) for n in range(6))


def item(song: Track) -> Item:
    return Item(track=TrackRef(id=song.id, artist=song.artist, title=song.title), rotation="deep_cut", propensity=0.25)


def plan(songs: Sequence[Track], *, at: datetime = NOW, seed: int = 0, minutes: float = 60) -> Plan:
    half = len(songs) // 2
    sets = tuple(
        Set(theme="songs", entries=(Link(kind="intro"), *map(item, part))) for part in (songs[:half], songs[half:])
    )
    return Plan(title="made up", planned_at=at, seed=seed, minutes=minutes, presenter="nobody", sets=sets)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    connection = open_database(tmp_path, TABLES)
    yield History(connection)
    connection.close()


def offered(history: History, before: datetime, tracks: Sequence[Track] = TRACKS) -> list[tuple[int, int]]:
    found = history.offers(tracks, before=before)
    assert (found.track.dtype, found.offered_at.dtype) == (np.int32, np.int64)
    assert (np.diff(found.offered_at) >= 0).all()
    return [
        (i, int(at - NOW.timestamp())) for i, at in zip(found.track.tolist(), found.offered_at.tolist(), strict=True)
    ]


def test_earlier_sessions_count_and_the_planned_one_does_not(history: History) -> None:
    assert offered(history, NOW) == []
    history.remember(plan([TRACKS[3], TRACKS[1]]))
    history.remember(plan([TRACKS[0]], at=NOW - timedelta(days=1)))
    history.remember(plan([TRACKS[5]], at=NOW + timedelta(days=1)))
    assert offered(history, NOW) == [(0, -86400)]
    assert offered(history, NOW + timedelta(seconds=0.9)) == [(0, -86400)]
    assert offered(history, NOW + timedelta(seconds=1)) == [(0, -86400), (3, 0), (1, 0)]


def test_remembering_again_replaces(history: History) -> None:
    first = history.remember(plan([TRACKS[0], TRACKS[1]]))
    assert history.remember(plan([TRACKS[0], TRACKS[1]])) == first
    assert offered(history, NOW + timedelta(days=1)) == [(0, 0), (1, 0)]
    assert history.remember(plan([TRACKS[2]])) == first
    assert offered(history, NOW + timedelta(days=1)) == [(2, 0)]
    assert history.remember(plan([TRACKS[4]], seed=1)) != first
    assert history.remember(plan([TRACKS[4]], minutes=30)) != first
    assert len(offered(history, NOW + timedelta(days=1))) == 3


def test_one_moment_has_one_key_in_every_zone() -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=5)))
    assert plan_key(plan([], at=elsewhere)) == plan_key(plan([]))


def test_what_is_forgotten_was_never_offered(history: History) -> None:
    key = history.remember(plan([TRACKS[0]]))
    history.remember(plan([TRACKS[1]], seed=1))
    assert history.forget(key)
    assert not history.forget(key)
    assert offered(history, NOW + timedelta(days=1)) == [(1, 0)]


def test_a_file_that_changed_is_found_by_its_names(history: History) -> None:
    history.remember(plan(TRACKS[:3]))
    tracks = [TRACKS[2], replace(TRACKS[1], id="f" * 16, title=TRACKS[1].title.upper()), TRACKS[5]]
    assert offered(history, NOW + timedelta(days=1), tracks) == [(1, 0), (0, 0)]
    nameless = Item(track=TrackRef(path=Path("gone.flac")))
    history.remember(replace(plan([], seed=9), sets=(Set(theme="", entries=(nameless,)),)))
    assert offered(history, NOW + timedelta(days=1), tracks) == [(1, 0), (0, 0)]
