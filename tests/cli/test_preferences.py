"""The settings as they are shown, and what is said of a mix that was heard."""

from __future__ import annotations

import argparse
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from songs import make_library

from aidj.cli import main
from aidj.cli.preferences import heard
from aidj.cli.screen import Screen
from aidj.config import parse_settings
from aidj.errors import ConfigError
from aidj.plan import load_plan
from aidj.selection import MixSettings

WHEN = ["--date", "2024-11-21T20:00:00+00:00"]


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A plan of four minutes, and a data folder that does not know of it yet."""
    base = tmp_path_factory.mktemp("preferences")
    music = make_library(base / "music")
    path = base / "s.yaml"
    code = main(["plan", "--music", str(music), "--data", str(base / "planning"), "--minutes", "4", *WHEN, "-q",
                 "-o", str(path)])  # fmt: skip
    assert code == 0
    return path, base / "planning"


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """Everything printed, on one line: where lines break is not the point."""
    out, err = capsys.readouterr()
    return " ".join((out + err).split())


def kinds(data: Path) -> list[int]:
    """The kind of each stored listen in the order heard: 0 a listen, 1 a skip."""
    with closing(sqlite3.connect(data / "aidj.sqlite3")) as db:
        return [kind for (kind,) in db.execute("SELECT kind FROM listens ORDER BY listened_at")]


def test_what_was_said_last_of_a_mix_counts(
    planned: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, _ = planned
    songs = len(load_plan(path).items())
    call = ["heard", str(path), "--data", str(tmp_path)]
    assert main(call) == 0
    assert kinds(tmp_path) == [0] * songs
    capsys.readouterr()
    assert main([*call, "--skipped", "2"]) == 0
    assert f"{songs - 1} songs" in (text := said(capsys))
    assert f"1 as skipped; {songs} of them were known before." in text
    assert kinds(tmp_path) == [0, 1] + [0] * (songs - 2)
    assert main(call) == 0
    assert kinds(tmp_path) == [0] * songs


@pytest.mark.parametrize(
    ("date", "words"),
    [
        pytest.param((datetime.now(UTC) + timedelta(days=2)).isoformat(), "still to come", id="the day after tomorrow"),
        ("8999-12-31", "still to come"),
        ("1975-01-01", "too long ago"),
    ],
)
def test_a_mix_is_heard_neither_tomorrow_nor_long_before_its_time(
    planned: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], date: str, words: str
) -> None:
    data = tmp_path / "data"
    assert main(["heard", str(planned[0]), "--data", str(data), "--date", date]) == 1
    text = said(capsys)
    assert "Error: --date: A mix cannot have been heard at" in text
    assert words in text
    assert "What to do: say with --date when you began to listen" in text
    assert not data.exists()


@pytest.mark.parametrize("hours", [-12, 0, 12])
@pytest.mark.parametrize("end", [datetime.min, datetime.max])  # noqa: DTZ901 (the zone is given below)
def test_the_ends_of_the_calendar_are_no_overflow(
    planned: tuple[Path, Path], tmp_path: Path, end: datetime, hours: int
) -> None:
    moment = end.replace(tzinfo=timezone(timedelta(hours=hours)))
    options = argparse.Namespace(plan=planned[0], data=tmp_path, skipped=[], date=moment)
    with pytest.raises(ConfigError, match="A mix cannot have been heard at"):
        heard(options, Screen())


def test_a_plan_for_tomorrow_needs_the_date_of_today(
    planned: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = planned[0].read_text()
    line = next(line for line in text.splitlines() if line.startswith("planned_at:"))
    path = tmp_path / "plan.yaml"
    path.write_text(text.replace(line, f"planned_at: '{datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}'"))
    call = ["heard", str(path), "--data", str(tmp_path / "data")]
    assert main(call) == 1
    assert "plan.yaml: A mix cannot have been heard at" in said(capsys)
    assert main([*call, *WHEN]) == 0


def test_a_song_number_that_the_plan_has_not(
    planned: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["heard", str(planned[0]), "--data", str(tmp_path), "--skipped", "99"]) == 1
    assert "The plan has no song 99" in said(capsys)


def test_settings_show_how_the_file_looks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["settings", "--data", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    example = out[out.index("mix:\n") :]
    assert "rules_off: [holiday]" in example
    settings = parse_settings(example).mix
    assert "holiday" in MixSettings().hygiene
    assert "holiday" not in settings.hygiene
    (tmp_path / "config.yaml").write_text(example)
    assert main(["settings", "--data", str(tmp_path)]) == 0
    table = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["rule:", "holiday", "off"] in [words[:3] for words in table]
    assert ["talk:", "level", "chatty"] in [words[:3] for words in table]


def test_a_renamed_music_folder_is_found_where_it_is_now(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    music = make_library(tmp_path / "old name", count=8)
    data = ["--data", str(tmp_path / "data")]
    plan = ["plan", *data, "--minutes", "2", *WHEN, "--force", "-o", str(tmp_path / "s.yaml")]
    assert main([*plan, "--music", str(music)]) == 0
    now_at = music.rename(tmp_path / "new name")
    capsys.readouterr()
    assert main(["scan", str(now_at), *data]) == 0
    text = said(capsys)
    assert "8 tracks can be played" in text
    assert "8 moved" in text
    assert main(["render", str(tmp_path / "s.yaml"), *data, "--silent", "-q", "-o", str(tmp_path / "m.wav")]) == 0
    assert main(plan) == 0
    paths = [item.track.path for item in load_plan(tmp_path / "s.yaml").items()]
    assert paths
    assert all(path is not None and path.is_relative_to(now_at) and path.is_file() for path in paths)
