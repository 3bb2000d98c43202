"""What is stored, and that it is stored once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import track as made_up_track

from aidj import names
from aidj.database import open_database
from aidj.errors import HistoryError
from aidj.history import TABLES, History, HistoryFile, read_history
from aidj.history import store as store_module
from aidj.model import Listen

DATA = Path(__file__).parent.parent / "data" / "history"
START = datetime(2024, 3, 1, 20, tzinfo=UTC)


def listen(title: str = "Song", minute: float = 0, **more: object) -> Listen:
    base = Listen(listened_at=START + timedelta(minutes=minute), artist="Ada", title=title, source="test")
    return replace(base, **more)  # type: ignore[arg-type]


def file_of(listens: Iterable[Listen]) -> HistoryFile:
    return HistoryFile(label="made here", format="test", listens=listens)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = open_database(tmp_path, TABLES)
    yield connection
    connection.close()


def dump(db: sqlite3.Connection) -> list[tuple[object, ...]]:
    return sorted(
        tuple(row)
        for row in db.execute(
            "SELECT artist, title, album, listened_at, kind, played_s, name FROM listens"
            " JOIN heard ON heard.id = heard_id JOIN listen_sources ON listen_sources.id = source_id"
        )
    )


def test_what_an_import_reports(db: sqlite3.Connection) -> None:
    report = History(db).add(read_history(DATA / "Streaming_History_Audio_2023-2024_0.json"))
    assert (report.n_read, report.n_added, report.n_already_there, report.n_left_out) == (7, 6, 0, 3)
    assert report.by_kind == {"listen": 1, "skip": 2, "short": 1, "podcast": 1, "audiobook": 1, "incognito": 1}
    assert report.first_at == START
    assert report.last_at == datetime(2024, 3, 2, 9, 15, tzinfo=UTC)
    assert len(report.problems) == 3
    summary = History(db).summary()
    assert summary.n_plays == 6
    assert summary.by_source == {"spotify-extended": 6}


def test_incognito_plays_leave_no_trace(db: sqlite3.Connection) -> None:
    History(db).add(read_history(DATA / "Streaming_History_Audio_2023-2024_0.json"))
    everything = "\n".join(db.iterdump())
    assert "Glass Orchard" in everything
    assert not any(secret in everything for secret in ("Guilty", "192.0.2.7", "listener-one", "Toaster"))


@pytest.mark.parametrize("path", sorted(DATA.iterdir()), ids=lambda path: path.name)
def test_twice_is_as_good_as_once(db: sqlite3.Connection, path: Path) -> None:
    first = History(db).add(read_history(path))
    before = dump(db)
    second = History(db).add(read_history(path))
    assert dump(db) == before
    assert second.n_added == 0
    assert second.n_already_there == first.n_added + first.n_already_there


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.builds(
            listen,
            title=st.sampled_from(["A", "B", "a", "B (Live)"]),
            minute=st.integers(0, 4),
            album=st.sampled_from([None, "X"]),
            played_s=st.sampled_from([None, 10.0, 50.0]),
            kind=st.sampled_from(["listen", "skip", "short", "podcast", "incognito"]),
        ),
        max_size=12,
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_rows_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, listens: list[Listen], random: object
) -> None:
    shuffled = list(listens)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    dumps = []
    for rows in (listens, shuffled, listens + shuffled):
        connection = open_database(tmp_path_factory.mktemp("data"), TABLES)
        report = History(connection).add(file_of(rows))
        dumps.append(dump(connection))
        assert report.n_added == len(dumps[-1])
        connection.close()
    assert dumps[0] == dumps[1] == dumps[2]


def test_a_file_that_fails_midway_adds_nothing_and_loses_nothing(db: sqlite3.Connection) -> None:
    History(db).add(file_of([listen()]))
    before = dump(db)

    def broken() -> Iterator[Listen]:
        yield from (listen("New", n) for n in range(10))
        raise HistoryError("it broke")

    with pytest.raises(HistoryError):
        History(db).add(file_of(broken()))
    assert dump(db) == before


def test_a_data_file_that_cannot_be_written(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA query_only = ON")
    with pytest.raises(HistoryError, match="unharmed"):
        History(db).add(file_of([listen()]))


def test_hostile_names_are_only_text(db: sqlite3.Connection) -> None:
    History(db).add(file_of([listen("'); DROP TABLE listens; --"), listen("{0.__class__}", 1)]))
    assert {row[1] for row in dump(db)} == {"'); DROP TABLE listens; --", "{0.__class__}"}


def test_listens_of_others_are_checked(db: sqlite3.Connection) -> None:
    report = History(db).add(file_of([listen(listened_at=datetime(2024, 3, 1)), listen(""), listen("Good")]))  # noqa: DTZ001
    assert (report.n_added, report.n_left_out) == (1, 2)


def test_an_empty_history(db: sqlite3.Connection) -> None:
    report = History(db).add(file_of([]))
    assert (report.n_read, report.first_at) == (0, None)
    assert History(db).summary().n_plays == 0
    assert len(History(db).plays([]).track) == 0


def test_keys_are_made_again_when_their_rules_change(db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    History(db).add(file_of([listen()]))
    db.execute("UPDATE heard SET recording_key = 'old', key_version = 0")
    monkeypatch.setattr(store_module, "KEY_VERSION", names.KEY_VERSION + 1)
    History(db).plays([])
    row = db.execute("SELECT recording_key, key_version FROM heard").fetchone()
    assert tuple(row) == ("song", names.KEY_VERSION + 1)


def test_the_plays_of_a_few_are_those_among_the_plays_of_all(db: sqlite3.Connection) -> None:
    history = History(db)
    history.add(
        file_of(
            listen(f"Song {number}", minute=60 * number + hour * 1000, kind="skip" if hour == 2 else "listen")
            for number in range(30)
            for hour in range(4)
        )
    )
    history.add(file_of([listen("SONG 3 (Remastered 2009)", minute=99_000), listen("Song 4 (Live)", minute=99_060)]))
    tracks = tuple(made_up_track(number, artist="Ada", title=f"Song {number}") for number in range(30))
    few = tracks[3:6]
    every, some = history.plays(tracks), history.plays_of_few(few)
    ours = (every.track >= 3) & (every.track < 6)
    assert ours.sum() == 13
    np.testing.assert_array_equal(some.track, every.track[ours] - 3)
    np.testing.assert_array_equal(some.listened_at, every.listened_at[ours])
    np.testing.assert_array_equal(some.skipped, every.skipped[ours])
    assert len(history.plays_of_few(()).track) == 0
    assert len(history.plays_of_few((made_up_track(99, artist="Nobody", title="Never heard"),)).track) == 0
