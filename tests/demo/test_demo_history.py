"""The invented history: a real export's shape, and a story that makes sense."""

import json
import re
import zipfile
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from aidj.demo import SONGS
from aidj.demo.history import FOLDER, invent_history, write_history

TODAY = date(2026, 11, 22)
LENGTHS_S = {song.spec.slug: 80.0 for song in SONGS}
FIELDS = [
    "ts",
    "platform",
    "ms_played",
    "conn_country",
    "ip_addr",
    "master_metadata_track_name",
    "master_metadata_album_artist_name",
    "master_metadata_album_album_name",
    "spotify_track_uri",
    "episode_name",
    "episode_show_name",
    "spotify_episode_uri",
    "audiobook_title",
    "audiobook_uri",
    "audiobook_chapter_uri",
    "audiobook_chapter_title",
    "reason_start",
    "reason_end",
    "shuffle",
    "skipped",
    "offline",
    "offline_timestamp",
    "incognito_mode",
]


@pytest.fixture(scope="module")
def rows():
    return invent_history(SONGS, LENGTHS_S, today=TODAY)


def ended(row):
    return datetime.strptime(row["ts"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def full_plays(rows, title):
    days = [
        (TODAY - ended(row).date()).days
        for row in rows
        if row["master_metadata_track_name"] == title and row["ms_played"] > 40_000
    ]
    return sorted(days)


def test_rows_have_the_fields_of_an_export(rows):
    assert 2500 <= len(rows) <= 8000
    for row in rows:
        assert list(row) == FIELDS
        assert row["ip_addr"].startswith("192.0.2.")
        assert (row["spotify_track_uri"] is None) != (row["spotify_episode_uri"] is None)
        uri = row["spotify_track_uri"] or row["spotify_episode_uri"]
        assert re.fullmatch(r"spotify:(track|episode):[0-9A-Za-z]{22}", uri)
    kinds = Counter(row["reason_end"] for row in rows)
    assert kinds["trackdone"] > 0.7 * len(rows)
    assert kinds["fwdbtn"] > 50
    assert sum(row["incognito_mode"] for row in rows) >= 3
    assert sum(row["episode_name"] is not None for row in rows) >= 10
    assert {row["skipped"] for row in rows} == {None, True, False}
    assert any(row["offline_timestamp"] and row["offline_timestamp"] > 10**12 for row in rows)


def test_it_spans_five_years_in_order_and_nothing_overlaps(rows):
    assert (ended(rows[-1]) - ended(rows[0])).days > 4.8 * 365
    assert ended(rows[-1]).date() < TODAY
    for before, after in pairwise(rows):
        assert ended(after) - timedelta(milliseconds=after["ms_played"]) >= ended(before) - timedelta(seconds=1)


def test_favourites_are_forgotten_current_new_and_rare(rows):
    for title, least, silent in (
        ("Neon Umbrella", 30, 365),
        ("Carry the Pancakes Home", 20, 365),
        ("Café Without Chairs", 25, 90),
        ("Left Shoe Shuffle", 20, 90),
    ):
        days = full_plays(rows, title)
        assert len(days) >= least
        assert days[0] > silent
    for title in ("Kitchen Floor Philosophy", "Bread Crumbs to Bergamot", "Boss Fight at the Bakery"):
        days = full_plays(rows, title)
        assert sum(day <= 90 for day in days) >= 10
        assert days[0] < 20
    for title in ("Paper Boats at Midnight", "Elevator to the Moon Garage", "Homework in the Rain"):
        assert not full_plays(rows, title)
    for title in ("Where the Fog Keeps Its Keys", "Lullaby for Radiators"):
        assert 1 <= len(full_plays(rows, title)) <= 3


def test_most_of_it_is_not_in_the_library(rows):
    titles = {song.title for song in SONGS}
    own = sum(row["master_metadata_track_name"] in titles for row in rows)
    assert 0.03 < own / len(rows) < 0.3


def test_the_zip_is_as_downloaded_and_repeatable(rows, tmp_path):
    write_history(tmp_path / "a.zip", rows)
    write_history(tmp_path / "b.zip", invent_history(SONGS, LENGTHS_S, today=TODAY))
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        names = archive.namelist()
        assert all(re.fullmatch(FOLDER + r"/Streaming_History_Audio_\d{4}(-\d{4})?_\d+\.json", name) for name in names)
        assert [row for name in names for row in json.loads(archive.read(name))] == rows
