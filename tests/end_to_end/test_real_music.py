"""The whole way on songs that nobody here made, judged by the decoded audio."""

from __future__ import annotations

import csv
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from listening import assert_loudness, assert_no_clicks, assert_no_dead_air, listen_to

from aidj.cli import main
from aidj.home import open_home
from aidj.plan import load_plan
from aidj.session import realise

pytestmark = [pytest.mark.slow, pytest.mark.real_music]

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)


def write_history(path: Path, data: Path) -> None:
    """Invent a history of these songs, as the Last.fm exporter at lastfm.ghan.nl writes it."""
    chance = random.Random(4)
    rows = []
    with open_home(data) as home:
        for number, track in enumerate(home.library.tracks()):
            silent_days = (0, 120, 500)[number % 3]
            for _ in range(chance.randint(0, 25)):
                at = NOW - timedelta(days=silent_days + chance.uniform(1, 600))
                rows.append((int(at.timestamp()), track.artist, track.album or "", track.title))
    rows.sort()
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(["uts", "utc_time", "artist", "artist_mbid", "album", "album_mbid", "track", "track_mbid"])
        for at, artist, album, title in rows:
            time = datetime.fromtimestamp(at, UTC).strftime("%d %b %Y, %H:%M")
            writer.writerow([at, time, artist, "", album, "", title, ""])


@pytest.fixture(scope="module")
def scanned(real_music: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("real") / "data"
    assert main(["scan", str(real_music), "--data", str(data), "-q"]) == 0
    history = data.parent / "listens.csv"
    write_history(history, data)
    assert main(["import", str(history), "--data", str(data), "-q"]) == 0
    return data


def test_all_formats_are_there(scanned: Path) -> None:
    with open_home(scanned) as home:
        suffixes = {track.path.suffix for track in home.library.tracks()}
    assert {".ogg", ".mp3", ".flac", ".m4a"} <= suffixes, "CI adds copies in the formats that the songs do not have"


@pytest.mark.parametrize(("name", "minutes", "seed"), [("tonight.flac", 32, 1), ("tonight.mp3", 20, 2)])
def test_a_session_of_real_songs(scanned: Path, tmp_path: Path, name: str, minutes: int, seed: int) -> None:
    path = tmp_path / name
    arguments = ["--minutes", str(minutes), "--seed", str(seed), "--date", NOW.isoformat(), "--data", str(scanned)]
    assert main(["render", *arguments, "-q", "-o", str(path)]) == 0
    plan = load_plan(path.with_suffix(".plan.yaml"))
    heard = listen_to(path)
    with open_home(scanned) as home:
        realised = realise(home, plan, rate=44100)
    assert not realised.warnings
    assert heard.duration_s == pytest.approx(realised.timeline.duration_s, abs=0.03)
    assert abs(heard.duration_s - minutes * 60) <= 30
    assert sum(link.speech_s is not None for link in plan.links()) >= 2
    assert_loudness(heard, plan, realised.timeline)
    assert_no_dead_air(heard, plan, realised.timeline)
    if path.suffix == ".flac":
        assert_no_clicks(heard, realised.timeline)
