"""`aidj analyze` and `aidj cue` as a person calls them."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from rich.text import Text
from songs import make_library, pulse, write_song

from aidj.analysis import Analyses, read_sidecar, sidecar_of
from aidj.cli import main
from aidj.cli.waveform import Label, View, draw
from aidj.home import open_home
from aidj.model import Analysis, Key, Singing


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A music folder and a data folder that knows it."""
    base = tmp_path_factory.mktemp("analysing")
    music = make_library(base / "music", count=5, seconds=8)
    assert main(["scan", str(music), "--data", str(base / "data"), "-q"]) == 0
    return music, base / "data"


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """Everything printed, on one line: where lines break is not the point."""
    out, err = capsys.readouterr()
    return " ".join((out + err).split())


# analyze --------------------------------------------------------------------------------------------------------------


def test_measuring_a_library(scanned: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    music, data = scanned
    assert main(["analyze", "--data", str(data), str(music / "00.flac"), str(music / "01.flac")]) == 0
    assert "2 recordings measured" in said(capsys)
    assert main(["analyze", "--data", str(data), "--workers", "2"]) == 0
    text = said(capsys)
    assert "3 recordings measured (" in text
    assert "2 measured before" in text
    assert "Of 5 recordings:" in text
    assert "with a steady beat" in text
    assert main(["analyze", "--data", str(data)]) == 0
    assert "5 recordings measured before" in said(capsys)
    with open_home(data) as home:
        assert len(home.analyses.summaries()) == 5


def test_measuring_again(scanned: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    music, data = scanned
    assert main(["analyze", "--data", str(data), "-q"]) == 0
    capsys.readouterr()
    assert main(["analyze", "--data", str(data), "--again", str(music / "02.flac")]) == 0
    assert "1 recording measured" in said(capsys)


def test_what_cannot_be_measured_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    music, data = make_library(tmp_path / "music", count=3, seconds=4), tmp_path / "data"
    assert main(["scan", str(music), "--data", str(data), "-q"]) == 0
    (music / "01.flac").write_bytes(b"fLaC" + b"\0" * 5000)
    capsys.readouterr()
    assert main(["analyze", "--data", str(data)]) == 0
    text = said(capsys)
    assert "2 recordings measured" in text
    assert "1 recording could not be measured" in text
    assert str(music / "01.flac") in text
    assert main(["analyze", "--data", str(tmp_path / "other")]) == 1
    assert "aidj scan" in said(capsys)


def test_a_folder_is_scanned_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    music = make_library(tmp_path / "music", count=2, seconds=4)
    assert main(["analyze", "--data", str(tmp_path / "data"), str(music)]) == 0
    text = said(capsys)
    assert "2 tracks can be played" in text
    assert "2 recordings measured" in text


def test_nonsense_numbers_of_processes(capsys: pytest.CaptureFixture[str]) -> None:
    for workers in ("0", "-1", "many", "1000"):
        with pytest.raises(SystemExit):
            main(["analyze", "--workers", workers])
        assert "no number of processes" in said(capsys)


# cue ------------------------------------------------------------------------------------------------------------------


def test_a_song_of_the_library_by_its_words(scanned: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    music, data = scanned
    for asked in (["Test Song 3"], ["test artist 1 - test song 3"], ["artist", "song", "3"], [str(music / "03.flac")]):
        assert main(["cue", "--data", str(data), *asked]) == 0, asked
        text = said(capsys)
        assert "Test Artist 1 – Test Song 3" in text
        assert "cue in 0.00 s detected" in text
        assert "LUFS" in text
        assert "█" in text


def test_what_is_not_found(scanned: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    music, data = scanned
    assert main(["cue", "--data", str(data), "Test Song"]) == 1
    text = said(capsys)
    assert "may mean 5 recordings" in text
    assert "Test Artist 0 – Test Song 0" in text
    assert main(["cue", "--data", str(data), "Tset Sogn 3"]) == 1
    assert "did you mean 'Test Song 3'" in said(capsys)
    assert main(["cue", "--data", str(data), "Zzz"]) == 1
    assert "There is no file and no song 'Zzz'" in said(capsys)
    note = music.parent / "note.txt"
    note.write_text("no music")
    assert main(["cue", "--data", str(data), str(note)]) == 1
    assert "cannot be read" in said(capsys)
    assert main(["cue", "--data", str(data), "\0"]) == 1


def test_a_file_outside_of_the_library_with_its_tags(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    song = write_song(
        tmp_path / "song.flac", pulse(40.0), artist="A", title="B", liq_cue_in="1.5", lyrics="[00:09.00]la la\n"
    )
    assert main(["cue", "--data", str(tmp_path / "data"), str(song), "--plain"]) == 0
    out = capsys.readouterr().out
    assert out.isascii() or out.replace("–", "").isascii()
    assert "The opening" in out
    assert "The ending" in out
    text = " ".join(out.split())
    assert "cue in 1.50 s tag" in text
    assert "post 9.00 s lyrics" in text


def test_setting_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    song = write_song(tmp_path / "song.flac", pulse(20.0), artist="A", title="B")
    call = ["cue", "--data", str(tmp_path / "data"), str(song)]
    assert main([*call, "--set", "cue_in=1.2", "--set", "intro_end_s=14", "--set", "key=Am"]) == 0
    text = said(capsys)
    assert f"Written: {sidecar_of(song)}" in text
    assert "cue in 1.20 s sidecar" in text
    assert "post 14.00 s sidecar" in text
    assert "A minor (8A) sidecar 100%" in text
    assert main([*call, "--set", "cue_in=2", "--set", "gain=-1.5", "--set", "leave_alone=true"]) == 0
    hand = read_sidecar(song)
    assert hand is not None
    assert (hand.cue_in_s, hand.intro_end_s, hand.key, hand.gain_db) == (2.0, 14.0, Key(8, minor=True), -1.5)
    assert "never stretched" in said(capsys)
    before = sidecar_of(song).read_text()
    for wrong, words in (
        ("cue_in=30", "only 20.00 s long"),
        ("cue_out=1", "should come after cue_in_s (2)"),
        ("cue_in=soon", "'cue_in_s' should be a number"),
        ("cue_inn=1", "did you mean cue_in=…?"),
        ("cue_in", "write it as NAME=VALUE"),
        ("ending=slow", "'ending' should be one of"),
    ):
        assert main([*call, "--set", wrong]) == 1
        assert words in said(capsys), wrong
        assert sidecar_of(song).read_text() == before
    assert main([*call, "--set", "cue_in=3", "--force"]) == 0
    found = read_sidecar(song)
    assert found is not None
    assert (found.cue_in_s, found.gain_db) == (3.0, None)


def test_writing_what_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    song = write_song(tmp_path / "song.flac", pulse(20.0, fade_s=6.0), artist="A", title="B")
    call = ["cue", "--data", str(tmp_path / "data"), str(song)]
    assert main([*call, "--write"]) == 0
    text = sidecar_of(song).read_text()
    assert "\n#cue_in_s: 0\n" in text
    assert not read_sidecar(song)
    assert main([*call, "--write"]) == 1
    assert "--force" in said(capsys)
    edited = text.replace("#cue_in_s: 0", "cue_in_s: 0.4")
    sidecar_of(song).write_text(edited)
    assert main(call) == 0
    assert "cue in 0.40 s sidecar" in said(capsys)


def test_a_broken_sidecar_is_said_and_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    song = write_song(tmp_path / "song.flac", pulse(10.0), artist="A", title="B")
    sidecar_of(song).write_text("cue_in_s: 1\ncue_out: 5\n")
    assert main(["cue", "--data", str(tmp_path / "data"), str(song)]) == 0
    text = said(capsys)
    assert "The sidecar is not used" in text
    assert "song.flac.aidj.yaml, line 2" in text
    assert "did you mean 'cue_out_s'?" in text
    assert "cue in 0.00 s detected" in text


def test_a_session_heeds_the_sidecar(
    tmp_path: Path, scanned: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    music, data = shutil.copytree(scanned[0], tmp_path / "music"), tmp_path / "data"
    assert main(["scan", str(music), "--data", str(data), "-q"]) == 0
    sidecar_of(music / "01.flac").write_text("cue_in_s: 2.5\nleave_alone: yes\n")
    with open_home(data) as home:
        track = home.library.find(music / "01.flac")
        assert track is not None
        assert isinstance(home.analyses, Analyses)
        analysis = home.analyses.of([track])[0][track.id]
    assert (analysis.cue_in_s, analysis.leave_alone) == (2.5, True)


# The picture ----------------------------------------------------------------------------------------------------------


def made_up(levels_lufs: list[float]) -> Analysis:
    levels = np.array(levels_lufs, np.float32)
    return Analysis(
        version=1,
        duration_s=len(levels) / 10,
        loudness_lufs=-10.0,
        true_peak_dbtp=-1.0,
        cue_in_s=0.0,
        cue_out_s=len(levels) / 10,
        start_next_s=len(levels) / 10,
        ending="cold",
        levels_lufs=levels,
        peaks_dbtp=levels,
        singing=Singing(ranges_s=np.array([[2.0, 3.0]]), confidence=1.0, source="detected"),
    )


def lines_of(analysis: Analysis, *labels: Label, columns: int, to_s: float | None = None, rows: int = 2) -> list[str]:
    view = View(from_s=0.0, to_s=to_s or analysis.duration_s, columns=columns, rows=rows, halving_lu=10.0)
    return [line.plain.rstrip() for line in draw(analysis, view, labels, beats=False)]


def test_the_waveform_follows_the_levels() -> None:
    lines = lines_of(made_up([-10.0] * 20 + [-20.0] * 20 + [-100.0] * 20), columns=6)
    assert lines[0] == "level   ██"
    assert lines[1] == "        ████"
    assert "sung    " + "  ━" in lines
    wide = lines_of(made_up([-10.0] * 20), columns=50)  # columns narrower than a level, and partly behind the end
    assert wide[1] == "        " + "█" * 50
    assert lines_of(made_up([-10.0] * 20), columns=8, to_s=4.0)[1] == "        " + "█" * 4
    assert lines_of(made_up([]), columns=5, to_s=1.0)[1].strip() == ""


def test_labels_never_overlap() -> None:
    analysis = made_up([-10.0] * 300)
    rng = np.random.default_rng(4)
    for _ in range(60):
        times_s = [*rng.uniform(0, 12, 2), *rng.uniform(20, 30, rng.integers(1, 4))]
        labels = [Label(float(at_s), f"mark{number} 0:{at_s:04.1f}") for number, at_s in enumerate(times_s)]
        columns = [int(at_s / 30 * 40) for at_s in times_s]
        lines = lines_of(analysis, *labels, columns=40)
        first = next(number for number, line in enumerate(lines) if "▲" in line)
        assert len(lines[first]) <= 48
        for label in labels:
            row = next(number for number, line in enumerate(lines) if label.text in line)
            column = 8 + int(label.at_s / 30 * 40)
            assert lines[first][column] == "▲"
            if columns.count(column - 8) == 1:
                assert {line[column] for line in lines[first + 1 : row]} <= {"│"}, "a line leads from it to its moment"


def test_a_line_is_a_text() -> None:
    view = View(from_s=0.0, to_s=3.0, columns=10, rows=3, halving_lu=10.0, ascii_only=True)
    lines = draw(made_up([-10.0] * 30), view, [], beats=True)
    assert all(isinstance(line, Text) and line.plain.isascii() for line in lines)
