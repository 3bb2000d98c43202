"""Which track a listen was of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aidj.database import open_database
from aidj.history import TABLES, History, HistoryFile
from aidj.history.matching import Heard, assign, in_order, merged_plays, recording_key
from aidj.model import Listen, Track
from aidj.names import match_key, split_artists

START = datetime(2024, 3, 1, 20, tzinfo=UTC)
MBID = "00000000-0000-4000-8000-00000000000"


def track(title: str, artist: str = "Ada", album: str | None = None, **more: object) -> Track:
    path = Path("/music") / artist.replace("/", "_") / (album or "loose") / f"{title.replace('/', '_')}.flac"
    base = Track(id=str(path), path=path, title=title, artist=artist, album=album, duration_s=200.0, added_at=START)
    return replace(base, **more)  # type: ignore[arg-type]


def heard(title: str, artist: str = "Ada", album: str = "", **more: object) -> Heard:
    lead = split_artists(artist)[0][0]
    row = Heard(1, artist, title, album, 0.0, "", "", match_key(artist), match_key(lead), recording_key(title, album))
    return row._replace(**more)


def found(tracks: list[Track], row: Heard) -> int:
    return int(assign(tracks, [row])[0])


@pytest.mark.parametrize(
    ("own", "listened"),
    [
        (track("Song"), heard("SONG!")),
        (track("Song"), heard("Song - 2011 Remaster")),
        (track("Song (Deluxe Edition)"), heard("Song")),
        (track("Song (feat. Bo)"), heard("Song", "Ada feat. Bo")),
        (track("Song", "Ada feat. Bo"), heard("Song (feat. Bo)", "Ada")),
        (track("Song", "Ada & Bo", artists=("Ada", "Bo")), heard("Song", "Ada, Bo")),
        (track("Song", "Ada; Bo", artists=("Ada", "Bo")), heard("Song", "Ada & Bo")),
        (track("Song", "Bo", album_artist="Ada"), heard("Song", "Ada")),
        (track("Song (Live)"), heard("Song - Live at the Mill")),
        (track("Song", album="Live at the Mill"), heard("Song - Live", album="Live at the Mill")),
        (track("Song", album="Live at the Mill"), heard("Song")),
        (track("Ros\u00e9"), heard("Rose\u0301")),
        (track("東京"), heard("東京")),
        (track("Anything", "Anyone", recording_mbid=MBID + "1"), heard("Song", recording_mbid=MBID + "1")),
        (track("Anything", "Anyone", isrc="XX-A11-24-00001"), heard("Song", isrc="XXA112400001")),
        (track("Song", duration_s=200.0), heard("Song", duration_s=215.0)),
        (track("Song", duration_s=300.0), heard("Song (Radio Edit)", duration_s=180.0)),
    ],
)
def test_the_same_recording(own: Track, listened: Heard) -> None:
    assert found([track("Other"), own], listened) == 1


@pytest.mark.parametrize(
    ("own", "listened"),
    [
        (track("Song"), heard("Song (Live)")),
        (track("Song (Live)"), heard("Song")),
        (track("Song"), heard("Song", album="Live at the Mill")),
        (track("Song"), heard("Song (Bo Remix)")),
        (track("Song (Cy Remix)"), heard("Song (Bo Remix)")),
        (track("Song"), heard("Song - Acoustic")),
        (track("Song"), heard("Song (Instrumental)")),
        (track("Song"), heard("Song", "Bo")),
        (track("Song", "Bo", album_artist="Various Artists"), heard("Song", "Various Artists")),
        (track("Song", duration_s=200.0), heard("Song", duration_s=600.0)),
    ],
)
def test_another_recording(own: Track, listened: Heard) -> None:
    assert found([own], listened) == -1


def test_a_credit_of_two_is_its_lead_where_the_library_knows_both() -> None:
    assert found([track("Song", "Ada"), track("Other", "Bo")], heard("Song", "Ada & Bo")) == 0
    assert found([track("Song", "Ada")], heard("Song", "Ada & Nobody")) == -1


def test_of_several_the_album_then_the_version_then_the_length_then_the_path_decides() -> None:
    tracks = [
        track("Song", album="B", duration_s=200.0),
        track("Song - Remastered", album="C", duration_s=205.0),
        track("Song", album="A", duration_s=190.0),
    ]
    for order in ([0, 1, 2], [2, 0, 1], [1, 2, 0]):
        mixed = [tracks[i] for i in order]

        def choice(row: Heard, mixed: list[Track] = mixed) -> str | None:
            return mixed[found(mixed, row)].album

        assert choice(heard("Song", album="B (Deluxe Edition)")) == "B"
        assert choice(heard("Song", album="C")) == "C"
        assert choice(heard("Song (2011 Remaster)")) == "C"
        assert choice(heard("Song", duration_s=199.0)) == "B"
        assert choice(heard("Song")) == "A"


def test_the_id_decides_before_the_name() -> None:
    tracks = [track("Song"), track("Song (Live)", recording_mbid=MBID + "1")]
    assert found(tracks, heard("Song", recording_mbid=MBID + "1")) == 1
    assert found(tracks, heard("Song", recording_mbid=MBID + "2")) == 0


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    connection = open_database(tmp_path, TABLES)
    yield History(connection)
    connection.close()


def listen(title: str, second: int, **more: object) -> Listen:
    base = Listen(listened_at=START + timedelta(seconds=second), artist="Ada", title=title, source="one")
    return replace(base, **more)  # type: ignore[arg-type]


def add(history: History, *listens: Listen) -> None:
    history.add(HistoryFile(label="here", format="test", listens=listens))


def columns(history: History, *tracks: Track) -> list[tuple[int, int, bool, bool]]:
    plays = history.plays(tracks)
    start = int(START.timestamp())
    assert plays.track.dtype == np.int32
    assert plays.listened_at.dtype == np.int64
    return list(
        zip(
            plays.track.tolist(),
            (plays.listened_at - start).tolist(),
            plays.skipped.tolist(),
            plays.heard.tolist(),
            strict=True,
        )
    )


def test_plays_are_in_order_and_say_how_they_count(history: History) -> None:
    add(
        history,
        listen("B", 900),
        listen("A", 600, kind="short"),
        listen("A", 300, kind="skip"),
        listen("A", 0),
        listen("Elsewhere", 100),
        listen("A", 1200, kind="podcast"),
    )
    assert columns(history, track("A"), track("B")) == [
        (0, 0, False, True),
        (0, 300, True, False),
        (0, 600, False, False),
        (1, 900, False, True),
    ]


def test_what_two_sources_recorded_is_one_play(history: History) -> None:
    add(history, listen("A", 0), listen("A", 600, kind="skip"), listen("A", 1200, kind="skip"))
    add(history, listen("A - Remastered", 25, source="two"), listen("A", 610, source="two"))
    add(history, listen("A", 1205, kind="skip"), listen("A", 1300, source="two"))
    assert columns(history, track("A")) == [
        (0, 0, False, True),
        (0, 600, False, True),
        (0, 1200, True, False),  # skipped twice, by one and the same source
        (0, 1205, True, False),
        (0, 1300, False, True),
    ]


def elsewhere(history: History, *tracks: Track) -> list[tuple[str, int]]:
    found = history.plays(tracks).elsewhere
    assert (found.artist.dtype, found.listened_at.dtype) == (np.int32, np.int64)
    assert list(found.names) == sorted(set(found.names))
    at = (found.listened_at - int(START.timestamp())).tolist()
    return [(found.names[i], second) for i, second in zip(found.artist.tolist(), at, strict=True)]


def test_what_belongs_to_no_track_is_kept_by_artist(history: History) -> None:
    add(
        history,
        listen("Own", 0),
        listen("Far", 400, artist="The Bo feat. Ada"),
        listen("Far", 300),
        listen("Far", 500, kind="skip"),
        listen("Far", 600, kind="short"),
        listen("Far", 700, kind="podcast"),
        listen("Own (Live)", 800),
        listen("Duet", 900, artist="Ada & Bo"),
    )
    add(history, listen("FAR", 310, source="two"))  # what two sources recorded is one play here too
    expect = [("ada", 300), ("bo", 400), ("ada", 800), ("adaandbo", 900)]
    assert elsewhere(history, track("Own")) == expect
    assert columns(history, track("Own")) == [(0, 0, False, True)]
    # Where the library knows both, a credit of two is its lead's.
    assert elsewhere(history, track("Own"), track("X", "Bo"))[-1] == ("ada", 900)
    assert elsewhere(history) == [("ada", 0), *expect]
    assert elsewhere(history, track("Own"), track("Far"), track("Far", "Bo"), track("Own (Live)")) == [("ada", 900)]


def test_a_history_of_nothing_else(history: History) -> None:
    add(history, listen("Own", 0), listen("Own", 300, kind="skip"), listen("Gone", 600, kind="skip"))
    assert elsewhere(history, track("Own")) == []


def test_the_own_play_log_is_history_like_any_other(history: History) -> None:
    played = [listen("Own", 0, played_s=180.0), listen("Own", 300, kind="skip"), listen("Gone", 600)]
    assert history.log(played) == 3
    assert history.log(played) == 0
    assert columns(history, track("Own")) == [(0, 0, False, True), (0, 300, True, False)]
    add(history, listen("Own", 10, source="scrobbled"))
    assert len(columns(history, track("Own"))) == 2
    assert history.summary().by_source == {"aidj": 3, "scrobbled": 1}


def test_of_the_own_play_log_the_newest_word_counts(history: History) -> None:
    assert history.log([listen("Own", 0, played_s=180.0)]) == 1
    assert history.log([listen("Own", 0, kind="skip", played_s=10.0)]) == 0
    assert columns(history, track("Own")) == [(0, 0, True, False)]
    history.log([listen("Own", 0, played_s=90.0)])
    assert columns(history, track("Own")) == [(0, 0, False, True)]
    assert history._db.execute("SELECT played_s FROM listens").fetchone()[0] == 90.0


def test_the_own_play_log_corrects_no_imported_listen(history: History) -> None:
    add(history, listen("Own", 0, source="scrobbled"))
    history.log([listen("Own", 0, kind="skip", played_s=10.0)])
    assert columns(history, track("Own")) == [(0, 0, False, True)]
    assert history.summary().by_source == {"scrobbled": 1}


def test_an_import_keeps_what_says_more_whatever_comes_last(history: History) -> None:
    history.log([listen("Own", 300)])
    add(history, listen("Own", 0), listen("Own", 0, kind="skip"), listen("Own", 300, kind="skip"))
    assert columns(history, track("Own")) == [(0, 0, False, True), (0, 300, False, True)]


def test_another_tuple_of_tracks_is_matched_anew(history: History) -> None:
    add(history, listen("A", 0))
    one, two = (track("A"),), (track("B"), track("A"))
    assert [history.plays(tracks).track.tolist() for tracks in (one, two, one)] == [[0], [1], [0]]
    changing = [track("B")]
    assert history.plays(changing).track.tolist() == []
    changing[0] = track("A")
    assert history.plays(changing).track.tolist() == [0]


def test_what_the_library_does_not_have(history: History) -> None:
    add(
        history,
        *(listen("Lost", 1000 * n) for n in range(3)),
        listen("LOST!", 5000),
        listen("Gone", 6000),
        listen("Gone", 7000, kind="skip"),
        listen("Kept", 8000),
        listen("Talk", 9000, kind="podcast"),
    )
    report = history.match_report([track("Kept")], limit=1)
    assert (report.matched_listens, report.unmatched_listens) == (1, 5)
    assert (report.matched_names, report.unmatched_names) == (1, 2)
    assert [(u.artist, u.title, u.listens) for u in report.unmatched] == [("Ada", "Lost", 4)]
    assert [u.title for u in history.unmatched([track("Kept")])] == ["Lost", "Gone"]


_rows = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 200), st.integers(0, 2), st.integers(1, 2)), max_size=20, unique=True
)


@settings(deadline=None)
@given(_rows, st.randoms(use_true_random=False))
def test_merging_loses_no_track_and_knows_no_order(rows: list[tuple[int, int, int, int]], random: object) -> None:
    track_of = np.array([0, 1, -1, 0], np.int32)
    table = np.array(rows, np.int64).reshape(-1, 4)
    plays = merged_plays(table, [1, 2, 3, 4], track_of)
    random.shuffle(rows)  # type: ignore[attr-defined]
    again = merged_plays(np.array(rows, np.int64).reshape(-1, 4), [1, 2, 3, 4], track_of)
    for column in ("track", "listened_at", "skipped", "heard"):
        assert np.array_equal(getattr(plays, column), getattr(again, column))
    assert (np.diff(plays.listened_at) >= 0).all()
    assert not (plays.heard & plays.skipped).any()
    assert set(plays.track.tolist()) == {int(track_of[row[0] - 1]) for row in rows} - {-1}
    for i in set(plays.track.tolist()):
        times = plays.listened_at[plays.track == i]
        assert times[0] == min(row[1] for row in rows if track_of[row[0] - 1] == i)


_numbers = st.one_of(st.integers(0, 3), st.integers(-(2**62), 2**62))


@given(st.lists(st.tuples(_numbers, _numbers, _numbers), min_size=1, max_size=12))
def test_rows_are_put_in_order_whatever_their_numbers(rows: list[tuple[int, int, int]]) -> None:
    table = np.array(rows, np.int64)
    assert table[in_order(*table.T)].tolist() == sorted(map(list, rows))
