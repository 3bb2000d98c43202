"""What players have counted: read from their own files, kept by names, and brought to tracks."""

from __future__ import annotations

import plistlib
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import track

from aidj.database import open_database
from aidj.errors import HistoryError
from aidj.history import TABLES, History, HistoryFile, PlayCount, read_history
from aidj.history.plist import parse_plist
from aidj.model import Listen, Standing

LAST = datetime(2024, 3, 1, 20, tzinfo=UTC)
MBID = "00000000-0000-4000-8000-000000000001"


def counts(path: Path, **more: object) -> list[PlayCount]:
    found = list(read_history(path, **more).listens)  # type: ignore[arg-type]
    assert all(isinstance(one, PlayCount) for one in found)
    return found  # type: ignore[return-value]


def count(title: str, plays: int, rating: float | None = None, **more: object) -> PlayCount:
    base = PlayCount(artist="Ada", title=title, plays=plays, rating=rating, source="apple-library")
    return replace(base, **more)  # type: ignore[arg-type]


def apple(folder: Path, *rows: object) -> Path:
    path = folder / "anything.xml"
    content = {
        "Application Version": "1.4",
        "Tracks": {str(n): row for n, row in enumerate(rows, 100)},
        "Playlists": [],
    }
    path.write_bytes(plistlib.dumps(content, sort_keys=False))
    return path


def test_an_apple_library(tmp_path: Path) -> None:
    base = {"Name": "Song", "Artist": "Ada", "Play Count": 12}
    path = apple(
        tmp_path,
        {**base, "Album": "Album", "Total Time": 200_500, "Play Date UTC": LAST.replace(tzinfo=None), "Rating": 80},
        {**base, "Name": "Computed", "Rating": 60, "Rating Computed": True},
        {**base, "Name": "Loved", "Play Count": 0, "Loved": True},
        {"Name": "Rated", "Album Artist": "Bo", "Rating": 20},
        {**base, "Name": "Never", "Play Count": 0},
        {**base, "Name": "Talk", "Podcast": True},
        {**base, "Name": "Book", "Kind": "Audiobook file"},
        {**base, "Name": "", "Artist": "Ada"},
        {**base, "Play Count": "many"},
        "no track",
    )
    file = read_history(path)
    assert (file.format, list(file.listens)) == (
        "apple-library",
        [
            count("Song", 12, 0.8, album="Album", duration_s=200.5, last_played=LAST),
            count("Computed", 12),
            count("Loved", 0, 1.0),
            count("Rated", 0, 0.2, artist="Bo"),
        ],
    )
    assert [problem.why for problem in file.problems] == ["no title", "no play count"]
    assert "track 8" in file.problems[0].where


def test_one_bad_value_in_an_apple_library_costs_itself_only(tmp_path: Path) -> None:
    base = {"Artist": "Ada", "Play Count": 3}
    names = ("Month", "Year", "Early", "Stars", "Length", "Count", "Data", "Good")
    path = apple(tmp_path, *({**base, "Name": name, "Artwork": "@"} for name in names))
    bad = {
        "Month": "<key>Play Date UTC</key><date>2024-13-01T00:00:00Z</date>",
        "Year": "<key>Play Date UTC</key><date>0000-01-01T00:00:00Z</date>",
        "Early": "<key>Play Date UTC</key><date>1904-01-01T00:00:00Z</date>",
        "Stars": "<key>Rating</key><integer>NaN</integer>",
        "Length": "<key>Total Time</key><real>nan</real>",
        "Count": "<key>Play Count</key><integer>NaN</integer>",
        "Data": "<key>Art</key><data>no base 64 *</data>",
        "Good": f"<key>Play Date UTC</key><date>{LAST:%Y-%m-%dT%H:%M:%SZ}</date>",
    }
    before, *songs = path.read_text().split("<key>Artwork</key>")
    assert len(songs) == len(names)
    songs = [song.replace("<string>@</string>", bad[name], 1) for name, song in zip(names, songs, strict=True)]
    path.write_text(before + "".join(songs))
    file = read_history(path)
    assert list(file.listens) == [
        count(name, 3, last_played=LAST if name == "Good" else None) for name in names if name != "Count"
    ]
    assert [(problem.where, problem.why) for problem in file.problems] == [("anything.xml, track 6", "no play count")]


@pytest.mark.parametrize(
    "body",
    [
        "<key>Tracks</key><array/>",
        "<key>Tracks</key><string>1</string>",
        "<key>Tracks</key><key>Tracks</key><dict/>",
        "<key>Tracks</key>",
        "<key>Tracks</key><dict><string>1</string></dict>",
        "<array><key>Tracks</key></array>",
    ],
)
def test_an_apple_library_of_another_structure_is_a_clear_error(tmp_path: Path, body: str) -> None:
    path = tmp_path / "Library.xml"
    path.write_text(f'<?xml version="1.0"?><plist version="1.0"><dict>{body}</dict></plist>')
    with pytest.raises(HistoryError, match="It cannot be read to its end"):
        list(read_history(path).listens)


def test_the_own_reader_of_property_lists_reads_what_others_write() -> None:
    value = {
        "text": "A &amp; <B> – ü",
        "numbers": [0, -5, 2**40, 1.5, -0.25],
        "flags": [True, False],
        "deep": {"empty": {}, "list": [], "more": [{"a": [[1]]}]},
    }
    assert parse_plist(plistlib.dumps(value)) == value
    assert parse_plist(plistlib.dumps({"at": LAST.replace(tzinfo=None)})) == {"at": LAST}
    assert parse_plist(plistlib.dumps([b"bytes"])) == [None]
    assert parse_plist(b"<plist><integer>0xff</integer></plist>") == 255


RHYTHMDB = """<?xml version="1.0" standalone="yes"?>
<rhythmdb version="2.0">
  <entry type="song">
    <title>Song &amp; Dance</title><genre>Pop</genre><artist>Ada</artist><album>Unknown</album>
    <duration>200</duration><location>file:///a%20b.flac</location><first-seen>1600000000</first-seen>
    <last-played>{last}</last-played><rating>4</rating><play-count>7</play-count><mb-trackid>{mbid}</mb-trackid>
  </entry>
  <entry type="iradio"><title>Station</title><artist>Nobody</artist><play-count>3</play-count></entry>
  <entry type="song"><title>Never</title><artist>Ada</artist><date>0</date></entry>
  <entry type="song"><artist>Ada</artist><play-count>3</play-count></entry>
</rhythmdb>
"""


def test_a_rhythmbox_database(tmp_path: Path) -> None:
    path = tmp_path / "rhythmdb.xml"
    path.write_text(RHYTHMDB.format(last=int(LAST.timestamp()), mbid=MBID))
    file = read_history(path)
    assert list(file.listens) == [
        count("Song & Dance", 7, 0.8, duration_s=200, last_played=LAST, recording_mbid=MBID, source="rhythmbox")
    ]
    assert [problem.why for problem in file.problems] == ["no title"]


@pytest.mark.parametrize("clementine", [False, True])
def test_a_strawberry_database(tmp_path: Path, clementine: bool) -> None:
    path = tmp_path / "strawberry.db"
    columns = "title TEXT, artist TEXT, album TEXT, length INTEGER, playcount INTEGER, lastplayed INTEGER, rating REAL"
    rows = [
        ("Song", "Ada", "Album", 200_500_000_000, 12, int(LAST.timestamp()), 0.8),
        ("Never", "Ada", "", 1, 0, -1, -1.0),
        ("Rated", "Ada", "", None, 0, -1, 0.5),
        ("", "Ada", "", None, 1, -1, -1),
    ]
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute(f"CREATE TABLE songs ({columns}{'' if clementine else ', musicbrainz_recording_id TEXT'})")
        extra = () if clementine else (MBID,)
        marks = ", ".join("?" * (7 + len(extra)))
        db.executemany(f"INSERT INTO songs VALUES ({marks})", [(*row, *extra) for row in rows])
        db.commit()
    same = {"source": "strawberry", "recording_mbid": None if clementine else MBID}
    file = read_history(path)
    assert list(file.listens) == [
        count("Song", 12, 0.8, album="Album", duration_s=200.5, last_played=LAST, **same),
        count("Rated", 0, 0.5, **same),
    ]
    assert file.n_problems == 1


def test_they_are_found_in_a_folder_and_a_zip(tmp_path: Path) -> None:
    apple(tmp_path, {"Name": "Song", "Artist": "Ada", "Play Count": 1})
    (tmp_path / "rhythmdb.xml").write_text(RHYTHMDB.format(last=1_600_000_000, mbid=""))
    (tmp_path / "other.xml").write_text("<?xml version='1.0'?><note/>")
    assert [one.source for one in counts(tmp_path)] == ["apple-library", "rhythmbox"]
    packed = tmp_path / "all.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(tmp_path / "anything.xml", "Library.xml")
    assert [one.title for one in counts(packed)] == ["Song"]


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize("kind", ["rhythmbox", "apple"])
@pytest.mark.parametrize("harm", ["entities", "cut off", "a file from outside"])
def test_damaged_and_hostile_xml_is_a_clear_error(tmp_path: Path, kind: str, harm: str) -> None:
    text = RHYTHMDB.format(last=1_600_000_000, mbid="")
    if kind == "apple":
        text = apple(tmp_path, {"Name": "Song", "Artist": "Ada", "Play Count": 1}).read_text()
        text = text.replace(text[text.index("<!DOCTYPE") : text.index("<plist")], "")
    head, _, body = text.partition("?>")
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    outside = f'<!DOCTYPE x [<!ENTITY b SYSTEM "{secret.as_uri()}">]>'
    path = tmp_path / "file.xml"
    path.write_text(
        {
            "entities": f"{head}?>{BOMB}{body.replace('Song', '&b;', 1)}",
            "a file from outside": f"{head}?>{outside}{body.replace('Song', '&b;', 1)}",
            "cut off": text[: text.index("Song")],
        }[harm]
    )
    with pytest.raises(HistoryError, match="cannot be read") as caught:
        list(read_history(path).listens)
    assert ("it defines entities, which no player writes" in str(caught.value)) == (harm != "cut off")
    assert ("cut off" in str(caught.value)) == (harm == "cut off")


@pytest.mark.parametrize("harm", ["a view", "cut off", "no columns"])
def test_damaged_and_hostile_databases_are_a_clear_error(tmp_path: Path, harm: str) -> None:
    path = tmp_path / "file.db"
    columns = "title, artist, album, length, playcount, lastplayed, rating"
    with closing(sqlite3.connect(path)) as db:
        if harm == "a view":
            db.execute("CREATE TABLE songs_ (playcount)")
            db.execute(f"CREATE VIEW songs ({columns}) AS SELECT 'Song', 'Ada', '', 1, 1, 1, 1")
        else:
            db.execute(f"CREATE TABLE songs ({columns if harm == 'cut off' else 'playcount'})")
            db.executemany("INSERT INTO songs (playcount) VALUES (?)", [("9" * 500,)] * 100)
        db.commit()
    if harm == "cut off":
        path.write_bytes(path.read_bytes()[:9000])
    with pytest.raises(HistoryError, match="cannot be read"):
        list(read_history(path).listens)


@settings(deadline=None, max_examples=50)
@given(
    st.dictionaries(
        st.sampled_from(["Name", "Artist", "Album", "Play Count", "Rating", "Total Time", "Play Date UTC", "Loved"]),
        st.one_of(
            st.booleans(),
            st.integers(-10, 2**40),
            st.floats(allow_nan=True),
            st.text(st.characters(min_codepoint=32, max_codepoint=500), max_size=10),
            st.datetimes(datetime(1904, 1, 1), datetime(2200, 1, 1)).map(lambda at: at.replace(microsecond=0)),  # noqa: DTZ001
            st.lists(st.integers(0, 5), max_size=2),
        ),
    )
)
def test_any_values_give_a_count_a_problem_or_nothing(
    tmp_path_factory: pytest.TempPathFactory, row: dict[str, object]
) -> None:
    file = read_history(apple(tmp_path_factory.mktemp("any"), row))
    found = list(file.listens)
    assert len(found) + file.n_problems <= 1
    for one in found:
        assert isinstance(one, PlayCount)
        assert one.artist
        assert one.title
        assert one.plays > 0 or one.rating
        assert one.rating is None or 0 < one.rating <= 1


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    connection = open_database(tmp_path / "data", TABLES)
    yield History(connection)
    connection.close()


def add(history: History, *rows: PlayCount | Listen) -> None:
    history.add(HistoryFile(label="here", format="test", listens=rows))


TRACKS = tuple(track(n, artist="Ada", title=title) for n, title in enumerate(["Song", "Other", "Quiet"]))


def rows_of(standing: Standing | None) -> list[tuple[float | None, int, float | None]]:
    assert standing is not None
    assert (standing.rating.dtype, standing.play_count.dtype, standing.last_played.dtype) == (
        np.float64,
        np.int64,
        np.float64,
    )
    return [
        (None if np.isnan(rating) else rating, plays, None if np.isnan(last) else last)
        for rating, plays, last in zip(
            standing.rating.tolist(), standing.play_count.tolist(), standing.last_played.tolist(), strict=True
        )
    ]


def test_nothing_said_is_no_standing(history: History) -> None:
    assert history.standing(TRACKS) is None
    add(history, count("Elsewhere", 5, 0.4), Listen(listened_at=LAST, artist="Ada", title="Song", source="test"))
    assert history.standing(TRACKS) is None


def test_tags_alone(history: History) -> None:
    tracks = [TRACKS[0], replace(TRACKS[1], rating=0.6), replace(TRACKS[2], play_count=4)]
    assert rows_of(history.standing(tracks)) == [(None, 0, None), (0.6, 0, None), (None, 4, None)]


def test_tags_and_players_together(history: History) -> None:
    add(
        history,
        count("Song", 5, 0.4, last_played=LAST),
        count("SONG (2011 Remaster)", 3, 0.8, last_played=LAST - timedelta(days=9)),
        count("Song", 6, source="rhythmbox"),
        count("Other", 2, 1.0),
        count("Nowhere", 99, 1.0),
    )
    tracks = (TRACKS[0], replace(TRACKS[1], rating=0.2, play_count=7), TRACKS[2])
    at = LAST.timestamp()
    assert rows_of(history.standing(tracks)) == [(0.8, 8, at), (0.2, 7, None), (None, 0, None)]


def test_a_second_import_brings_counts_up_to_date(history: History) -> None:
    for rows in ((count("Song", 5, 0.4, last_played=LAST),), (count("Song", 5, 0.4, last_played=LAST),)):
        add(history, *rows)
    assert rows_of(history.standing(TRACKS))[0] == (0.4, 5, LAST.timestamp())
    add(history, count("Song", 9, 0.6, last_played=LAST + timedelta(days=1)))
    add(history, count("Song", 1))
    assert rows_of(history.standing(TRACKS))[0] == (0.6, 9, (LAST + timedelta(days=1)).timestamp())


def test_counts_are_no_listens(history: History, tmp_path: Path) -> None:
    path = apple(tmp_path, *({"Name": f"Song {n}", "Artist": "Ada", "Play Count": 3} for n in range(4)))
    report = history.add(read_history(path))
    assert (report.format, report.n_counts, report.n_read, report.n_added) == ("apple-library", 4, 0, 0)
    assert history.summary().n_plays == 0
    plays = history.plays(TRACKS)
    assert (len(plays.track), len(plays.elsewhere.artist)) == (0, 0)
    assert history.match_report(TRACKS).unmatched_names == 0


def test_the_future_is_left_out(tmp_path: Path) -> None:
    base = {"Name": "Song", "Artist": "Ada", "Play Count": 1}
    path = apple(tmp_path, {**base, "Play Date UTC": LAST.replace(tzinfo=None) + timedelta(days=9)}, base)
    assert [one.last_played for one in counts(path, now=LAST)] == [None]
