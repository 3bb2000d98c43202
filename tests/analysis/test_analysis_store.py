from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile

from aidj.analysis import TABLES, Analyses, analyse_file, store
from aidj.database import open_database
from aidj.model import Analysis, Track

RATE = 8000


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = open_database(tmp_path / "data", TABLES)
    yield connection
    connection.close()


def make_track(folder: Path, name: str, *, silent: bool = False) -> Track:
    path = folder / f"{name}.wav"
    noise = np.random.default_rng(len(name)).standard_normal((2 * RATE, 2)) * (0.0 if silent else 0.1)
    soundfile.write(path, noise, RATE)
    return Track(
        id=name, path=path, title=name, artist="Nobody", duration_s=2.0, added_at=datetime(2026, 1, 1, tzinfo=UTC)
    )


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were measured."""
    paths: list[Path] = []

    def counted(path: Path) -> Analysis:
        paths.append(path)
        return analyse_file(path)

    monkeypatch.setattr(store, "analyse_file", counted)
    return paths


def test_each_file_is_measured_once(tmp_path: Path, connection: sqlite3.Connection, measured: list[Path]) -> None:
    tracks = [make_track(tmp_path, f"song{number}") for number in range(9)]
    seen: list[tuple[int, int, str]] = []
    analyses, failures = Analyses(connection).of(
        [*tracks, tracks[0]], progress=lambda done, of, track: seen.append((done, of, track.id))
    )
    assert set(analyses) == {track.id for track in tracks}
    assert not failures
    assert [(done, of) for done, of, _ in seen] == [(number, 9) for number in range(1, 10)]
    assert len(measured) == 9
    again, _ = Analyses(connection).of(tracks)
    assert len(measured) == 9
    for track in tracks:
        assert again[track.id] == analyses[track.id]
        np.testing.assert_array_equal(again[track.id].levels_lufs, analyses[track.id].levels_lufs)
        np.testing.assert_array_equal(again[track.id].peaks_dbtp, analyses[track.id].peaks_dbtp)


def test_silence_is_stored_as_silence(tmp_path: Path, connection: sqlite3.Connection) -> None:
    track = make_track(tmp_path, "silence", silent=True)
    first = Analyses(connection).of([track])[0]["silence"]
    stored = Analyses(connection).stored(track)
    assert stored == first
    assert stored is not None
    assert stored.loudness_lufs == float("-inf")


def test_another_version_is_measured_again(
    tmp_path: Path, connection: sqlite3.Connection, measured: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    track = make_track(tmp_path, "song")
    Analyses(connection).of([track])
    connection.execute("UPDATE analyses SET version = version - 1, cue_in_s = 77")
    assert Analyses(connection).stored(track) is None
    analyses, _ = Analyses(connection).of([track])
    assert len(measured) == 2
    assert analyses["song"].cue_in_s == 0
    assert connection.execute("SELECT count(*) FROM analyses").fetchone()[0] == 1


def test_a_file_that_fails_costs_only_itself(
    tmp_path: Path, connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    good, gone, junk, strange = (make_track(tmp_path, name) for name in ("good", "gone", "junk", "strange"))
    gone.path.unlink()
    junk.path.write_bytes(b"no music" * 100)

    def measure(path: Path) -> Analysis:
        if path == strange.path:
            raise ZeroDivisionError("a mistake")
        return analyse_file(path)

    monkeypatch.setattr(store, "analyse_file", measure)
    analyses, failures = Analyses(connection).of([gone, good, junk, strange])
    assert set(analyses) == {"good"}
    assert set(failures) == {"gone", "junk", "strange"}
    for track in (gone, junk, strange):
        assert str(track.path) in str(failures[track.id])
        assert Analyses(connection).stored(track) is None
    assert "a mistake" in caplog.text


def test_an_interrupted_pass_keeps_what_it_had(
    tmp_path: Path, connection: sqlite3.Connection, measured: list[Path]
) -> None:
    tracks = [make_track(tmp_path, f"song{number:02}") for number in range(20)]

    def interrupt(done: int, of: int, track: Track) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Analyses(connection).of(tracks, progress=interrupt)
    assert len(measured) < 20
    kept = [track for track in tracks if Analyses(connection).stored(track)]
    assert len(kept) == 5
    before = len(measured)
    analyses, _ = Analyses(connection).of(tracks)
    assert len(analyses) == 20
    assert len(measured) - before == 15


def test_the_post_is_read_anew_each_time(tmp_path: Path, connection: sqlite3.Connection) -> None:
    track = make_track(tmp_path, "song")
    analyses = Analyses(connection, lambda track_id: "[00:01.50]la" if track_id == "song" else None)
    assert analyses.of([track])[0]["song"].intro_end_s == 1.5
    (tmp_path / "song.lrc").write_text("[00:01.00]la")
    stored = analyses.stored(track)
    assert stored is not None
    assert stored.intro_end_s == 1.0
    assert stored.marker_sources["intro_end"] == "lyrics"
