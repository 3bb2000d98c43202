"""What the listener says is kept in names, and the newest word on a thing holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aidj.database import Tables, open_database
from aidj.errors import HistoryError
from aidj.history import TABLES, History
from aidj.model import Opinion

NOW = datetime(2026, 3, 1, 20, tzinfo=UTC)


def opinion(
    verdict: str = "like", artist: str = "Ada", title: str | None = None, album: str | None = None, **more: object
) -> Opinion:
    base = Opinion(verdict=verdict, artist=artist, title=title, album=album, said_at=NOW)  # type: ignore[arg-type]
    return replace(base, **more)  # type: ignore[arg-type]


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    connection = open_database(tmp_path, TABLES)
    yield History(connection)
    connection.close()


def test_an_opinion_comes_back_as_it_was_said(history: History) -> None:
    said = (
        opinion("ban", "Ada"),
        opinion("like", "Ada feat. Bo", "Song (Live)", "Album", said_at=NOW + timedelta(microseconds=250)),
        opinion("rest", "Cy", album="Album", said_at=NOW + timedelta(hours=1), until=NOW + timedelta(days=30)),
    )
    for one in reversed(said):
        history.say(one)
    assert history.opinions(NOW) == said


def test_opinions_outlive_the_program(tmp_path: Path) -> None:
    connection = open_database(tmp_path, TABLES)
    History(connection).say(opinion("ban"))
    connection.close()
    connection = open_database(tmp_path, TABLES)
    assert History(connection).opinions(NOW) == (opinion("ban"),)
    connection.close()


def test_a_data_folder_from_before_takes_opinions(tmp_path: Path) -> None:
    old = open_database(tmp_path, Tables("history", TABLES.steps[:1]))
    old.execute("INSERT INTO heard VALUES (1, 'Ada', 'Song', '', 0, '', '', '', 'ada', 'ada', 'song', 1)")
    old.execute("INSERT INTO listen_sources VALUES (1, 'test')")
    old.execute("INSERT INTO listens VALUES (1, 1000000000, 0, NULL, 1)")
    old.close()
    connection = open_database(tmp_path, TABLES)
    history = History(connection)
    history.say(opinion())
    assert history.opinions(NOW) == (opinion(),)
    assert history.summary().n_plays == 1
    connection.close()


@pytest.mark.parametrize(
    ("one", "same"),
    [
        (opinion(artist="Ada", title="Song"), opinion(artist="ADA", title="Song (Live) [2011 Remaster]")),
        (opinion(artist="Ada", title="Song"), opinion(artist="Ada feat. Bo", title="Song", album="Album")),
        (opinion(artist="The Ada", album="Album"), opinion(artist="Ada", album="Album (Deluxe Edition)")),
        (opinion(artist="Ada"), opinion(artist="ada!")),
    ],
)
def test_the_newest_opinion_on_one_thing_holds(history: History, one: Opinion, same: Opinion) -> None:
    newer = replace(same, verdict="ban", said_at=NOW + timedelta(days=1))
    history.say(one)
    history.say(newer)
    assert history.opinions(NOW) == (newer,)
    history.say(one)  # said earlier, stored later
    assert history.opinions(NOW) == (newer,)


def test_a_song_an_album_and_an_artist_are_three_things(history: History) -> None:
    said = {opinion(), opinion(title="Same"), opinion(album="Same"), opinion(title="Other"), opinion(artist="Bo")}
    for one in said:
        history.say(one)
    assert set(history.opinions(NOW)) == said
    assert history.take_back("Ada", album="same") == 1
    assert history.take_back("Ada", album="same") == 0
    assert set(history.opinions(NOW)) == said - {opinion(album="Same")}
    assert history.take_back("Ada") == 1
    assert history.take_back("Ada", "SAME - Live") == 1
    assert set(history.opinions(NOW)) == {opinion(title="Other"), opinion(artist="Bo")}


def test_a_rest_is_over_at_its_end(history: History) -> None:
    end = NOW + timedelta(days=30)
    history.say(opinion("rest", until=end))
    assert len(history.opinions(end - timedelta(seconds=1))) == 1
    assert history.opinions(end) == ()


def test_what_cannot_be_kept(history: History) -> None:
    with pytest.raises(ValueError, match="artist"):
        history.say(opinion(artist=" "))
    with pytest.raises(ValueError, match="zone"):
        history.say(opinion(said_at=datetime(2026, 3, 1)))  # noqa: DTZ001
    assert history.opinions(NOW) == ()


def test_a_data_file_that_cannot_be_written(tmp_path: Path) -> None:
    connection = open_database(tmp_path, TABLES)
    connection.execute("PRAGMA query_only = ON")
    with pytest.raises(HistoryError, match="unharmed"):
        History(connection).say(opinion())
    connection.close()


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.builds(
            opinion,
            st.sampled_from(["like", "ban"]),
            artist=st.sampled_from(["Ada", "ADA", "Bo"]),
            title=st.sampled_from([None, "Song", "Song (Live)"]),
            said_at=st.integers(0, 5).map(lambda day: NOW + timedelta(days=day)),
        ),
        max_size=10,
        unique_by=lambda one: one.said_at,
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_storing_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, said: list[Opinion], random: object
) -> None:
    shuffled = list(said)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    found = []
    for rows in (said, shuffled):
        connection = open_database(tmp_path_factory.mktemp("data"), TABLES)
        for one in rows:
            History(connection).say(one)
        found.append(History(connection).opinions(NOW))
        connection.close()
    assert found[0] == found[1]
