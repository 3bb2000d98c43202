"""What is sent of a listen."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from made_up_listenbrainz import problem_of

from aidj import __version__
from aidj.database import open_database
from aidj.model import Listen
from aidj.scrobbling import TABLES, Queue, document_of, playing_now_body, submission_body
from aidj.scrobbling.payload import MAX_LISTENS

MBID = "8F3471B5-7E6A-48DA-86A9-C1C07A0F47AE"
WHEN = datetime(2025, 11, 21, 20, 0, 0, 999_999, tzinfo=UTC)


def listen(**fields: object) -> Listen:
    usual = {"listened_at": WHEN, "artist": "Nobody 1", "title": "Made-up Song", "source": "aidj"}
    return Listen(**(usual | fields))  # type: ignore[arg-type]


def test_all_that_is_known_is_sent_and_no_more() -> None:
    full = listen(
        album="Made-up Album",
        duration_s=217.4,
        played_s=108.7,
        recording_mbid=MBID,
        isrc="QZAAA2600001",
        spotify_id="x",
    )
    assert json.loads(submission_body([document_of(full)])) == {
        "listen_type": "single",
        "payload": [
            {
                "listened_at": 1763755200,
                "track_metadata": {
                    "artist_name": "Nobody 1",
                    "track_name": "Made-up Song",
                    "release_name": "Made-up Album",
                    "additional_info": {
                        "media_player": "aidj",
                        "media_player_version": __version__,
                        "submission_client": "aidj",
                        "submission_client_version": __version__,
                        "duration_ms": 217400,
                        "recording_mbid": MBID.lower(),
                        "isrc": "QZAAA2600001",
                    },
                },
            }
        ],
    }


def test_what_is_unknown_or_malformed_is_left_out() -> None:
    bare = listen(album=" \x00 ", duration_s=0.0, recording_mbid="not-an-id", isrc="QZ-AAA-26-00001")
    metadata = json.loads(document_of(bare))["track_metadata"]
    assert "release_name" not in metadata
    assert set(metadata["additional_info"]) == {
        *("media_player", "media_player_version", "submission_client", "submission_client_version")
    }


def test_what_is_playing_has_no_time() -> None:
    body = playing_now_body(listen(duration_s=200.0))
    assert problem_of(body) is None
    (playing,) = json.loads(body)["payload"]
    assert set(playing) == {"track_metadata"}


def test_several_are_an_import() -> None:
    documents = [document_of(listen(title=f"Song {number}")) for number in range(MAX_LISTENS)]
    assert problem_of(submission_body(documents)) is None
    assert json.loads(submission_body(documents))["listen_type"] == "import"


names = (
    st.text(max_size=40)
    | st.text('\x00\t \n\ud800\u202e"\\é漢🎵', max_size=12)
    | st.text("漢", min_size=3000, max_size=4000)
)


@given(
    st.datetimes(datetime(1970, 1, 2), datetime(2026, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    *(names, names, st.none() | names, st.none() | st.floats(allow_nan=False, min_value=-1, max_value=1e9)),
    *(st.none() | names | st.just(MBID), st.none() | names | st.just("QZAAA2600001")),
)
def test_whatever_a_file_says_what_is_queued_is_taken(
    at: datetime,
    artist: str,
    title: str,
    album: str | None,
    duration_s: float | None,
    mbid: str | None,
    isrc: str | None,
) -> None:
    heard = listen(
        listened_at=at, artist=artist, title=title, album=album, duration_s=duration_s, recording_mbid=mbid, isrc=isrc
    )
    connection = open_database_in_memory()
    queue = Queue(connection)
    queued = queue.add(heard)
    waiting, refused = queue.waiting(), queue.refused()
    assert len(waiting) == queued
    for each in waiting:
        assert problem_of(submission_body([each.document])) is None
        assert problem_of(playing_now_body(heard)) is None
    for each in refused:  # and nothing is kept back that would be taken
        assert problem_of(submission_body([each.document])) is not None or len(each.document.encode()) > 10_000
    connection.close()


def open_database_in_memory():  # type: ignore[no-untyped-def]
    import sqlite3

    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.executescript(TABLES.steps[0])
    return connection


def test_the_tables_are_those_of_a_data_file(tmp_path: Path) -> None:
    connection = open_database(tmp_path, TABLES)
    assert Queue(connection).add(listen())
    connection.close()
    connection = open_database(tmp_path, TABLES)
    assert [each.title for each in Queue(connection).waiting()] == ["Made-up Song"]
    connection.close()
