"""Each format: what a row becomes, and what is left out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aidj.errors import HistoryError
from aidj.history import read_history
from aidj.history.rules import BadRow, kind_of, written_time
from aidj.model import Listen

DATA = Path(__file__).parent.parent / "data" / "history"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def read(name: str, **options: str) -> tuple[list[Listen], list[str], tuple[str, ...], str]:
    file = read_history(DATA / name, **options)
    listens = list(file.listens)
    return listens, [problem.why for problem in file.problems], file.notes, file.format


def test_spotify_extended() -> None:
    listens, problems, _, form = read("Streaming_History_Audio_2023-2024_0.json")
    assert form == "spotify-extended"
    assert [listen.kind for listen in listens] == [
        "listen", "skip", "skip", "short", "podcast", "audiobook", "incognito",
    ]  # fmt: skip
    first = listens[0]
    assert first.listened_at == at("2024-03-01 20:00")  # the end, less what was played
    assert (first.artist, first.title, first.album) == ("The Paper Lanterns", "Harbour Lights", "Slow Tide")
    assert (first.played_s, first.spotify_id) == (240.0, "0000000000000000000001")
    assert (listens[4].artist, listens[4].title) == ("Small Green Things", "On Moss")
    assert problems == [
        "no artist (the track was withdrawn)",
        "no ms_played",
        "no object with fields",
    ]


def test_nothing_about_the_person_is_kept() -> None:
    listens, problems, notes, _ = read("Streaming_History_Audio_2023-2024_0.json")
    text = repr((listens, problems, notes))
    assert not any(secret in text for secret in ("192.0.2.7", "listener-one", "Toaster"))


def test_spotify_account_data() -> None:
    listens, problems, notes, form = read("StreamingHistory_music_0.json")
    assert form == "spotify-account"
    assert [(listen.title, listen.kind) for listen in listens] == [
        ("Harbour Lights", "listen"),
        ("Glass Orchard", "skip"),
    ]
    assert abs(listens[0].listened_at - at("2024-03-01 20:00")) <= timedelta(seconds=30)
    assert problems == ["no title"]
    assert "minute" in notes[0]
    podcast, *_ = read("StreamingHistory_podcast_0.json")[0]
    assert (podcast.kind, podcast.artist, podcast.title) == ("podcast", "Small Green Things", "On Moss")


def test_listenbrainz() -> None:
    listens, problems, _, form = read("listenbrainz-2024-3.jsonl")
    assert form == "listenbrainz"
    first, second, third = listens
    assert first.listened_at == at("2024-03-01 20:00")
    assert first.duration_s == 240.5
    assert first.isrc == "XXA112400001"
    assert first.recording_mbid == "00000000-0000-4000-8000-000000000001"  # as submitted, not as mapped
    assert second.recording_mbid == "00000000-0000-4000-8000-000000000003"
    assert (second.duration_s, second.played_s, second.album) == (181.0, 170.0, None)
    assert (third.recording_mbid, third.duration_s) == (None, None)
    assert problems == ["no time", "no complete JSON"]


def test_listenbrainz_as_one_array(tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    path.write_text('[{"listened_at": 1709323200, "track_metadata": {"artist_name": "Ada", "track_name": "B"}}]')
    assert [listen.title for listen in read_history(path).listens] == ["B"]


def test_listenbrainz_feedback_is_counted() -> None:
    listens, _, notes, _ = read("listenbrainz-feedback.jsonl")
    assert listens == []
    assert notes[0].startswith("2 loved")


@pytest.mark.parametrize(
    "name",
    [
        "lastfm-full.csv",
        "lastfm-reduced.csv",
        "lastfm-to-csv.csv",
        "lastfm-backup.csv",
        "lastfmstats.csv",
        "lastfmstats.json",
        "ts-artist-album-track.csv",
    ],
)
def test_lastfm_in_its_shapes(name: str) -> None:
    listens, _, _, form = read(name)
    assert form == "lastfm"
    first = listens[0]
    assert (first.artist, first.title, first.kind) == ("The Paper Lanterns", "Harbour Lights", "listen")
    assert first.listened_at == at("2024-03-01 20:00")
    assert first.album == (None if name == "lastfm-backup.csv" else "Slow Tide")


def test_lastfm_rows_that_cannot_be_used() -> None:
    listens, problems, _, _ = read("lastfm-full.csv")
    assert listens[0].recording_mbid == "00000000-0000-4000-8000-000000000001"
    assert listens[1].title == 'Glass "Orchard"'
    assert problems == ["no usable time (the device or service had no clock)", "no title"]
    assert read("lastfm-to-csv.csv")[1] == ["no time; it was playing when the file was made"]


def test_scrobbler_log() -> None:
    listens, problems, notes, form = read("device.scrobbler.log")
    assert form == "scrobbler-log"
    assert [(listen.title, listen.kind, listen.duration_s) for listen in listens] == [
        ("Harbour Lights", "listen", 240.0),
        ("Glass Orchard", "skip", 181.0),
    ]
    assert listens[0].listened_at == at("2024-03-01 20:00")
    assert listens[1].album is None
    assert problems == ["the file had no tags", "no usable time (the device or service had no clock)"]
    assert "read as UTC" in notes[0]


def test_scrobbler_log_of_a_device_in_a_zone() -> None:
    listens, _, notes, _ = read("device.scrobbler.log", device_zone="Asia/Tokyo")
    assert listens[0].listened_at == at("2024-03-01 11:00")
    assert "Asia/Tokyo" in notes[0]
    with pytest.raises(HistoryError, match="time zone"):
        read("device.scrobbler.log", device_zone="../../etc/passwd")


@pytest.mark.parametrize(
    ("played_s", "options", "kind"),
    [
        (None, {}, "listen"),
        (30.0, {}, "listen"),
        (29.0, {"by_hand": True}, "skip"),
        (29.0, {}, "short"),
        (120.0, {"duration_s": 240.0, "by_hand": True}, "listen"),
        (119.0, {"duration_s": 240.0, "by_hand": True}, "skip"),
        (119.0, {"duration_s": 240.0}, "short"),
        (240.0, {"duration_s": 2400.0, "by_hand": True}, "listen"),
        (12.0, {"finished": True}, "listen"),
        (0.0, {"finished": True}, "short"),
    ],
)
def test_how_a_play_counts(played_s: float | None, options: dict[str, float], kind: str) -> None:
    assert kind_of(played_s, **options) == kind  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "1709323200", "1709323200000", "2024-03-01T20:00:00Z", "2024-03-01 20:00:00 UTC", "01 Mar 2024, 20:00",
        "1 March 2024 20:00:00", "2024-03-01T21:00:00+01:00",
    ],
)  # fmt: skip
def test_times_as_they_are_written(text: str) -> None:
    assert written_time(text) == at("2024-03-01 20:00")


@pytest.mark.parametrize(
    "text", ["", "soon", "0", "31 Feb 2024 20:00", "01 Xyz 2024 20:00", "99999-01-01", "1e99", "١"]
)
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(BadRow):
        written_time(text)
