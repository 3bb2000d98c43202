from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from aidj.analysis import ANALYSER_VERSION, TABLES, Analyses, measuring, write_sidecar
from aidj.analysis.analyse import analyse_file
from aidj.analysis.markers import HandSet
from aidj.analysis.measuring import measure
from aidj.analysis.tables import mean_energy
from aidj.database import open_database
from aidj.errors import AudioError
from aidj.model import Analysis, Key, Rhythm, Singing, Tonality, Track

RATE = 8000
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = open_database(tmp_path / "data", TABLES)
    yield connection
    connection.close()


def make_track(folder: Path, name: str, *, silent: bool = False, duration_s: float = 2.0) -> Track:
    path = folder / f"{name}.wav"
    noise = np.random.default_rng(len(name)).standard_normal((2 * RATE, 2)) * (0.0 if silent else 0.1)
    soundfile.write(path, noise, RATE)
    return Track(
        id=name,
        path=path,
        title=name,
        artist="Nobody",
        duration_s=duration_s,
        added_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are equal in all they hold, arrays too, which `==` leaves out."""
    if isinstance(one, np.ndarray):
        return bool(one.dtype == other.dtype and one.shape == other.shape and np.array_equal(one, other))
    if hasattr(one, "__dataclass_fields__"):
        return type(one) is type(other) and all(same(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    return bool(one == other)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were measured in this process."""
    paths: list[Path] = []

    def counted(path: Path) -> Analysis:
        paths.append(path)
        return analyse_file(path)

    monkeypatch.setattr(measuring, "analyse_file", counted)
    return paths


# What is kept ---------------------------------------------------------------------------------------------------------

numbers = st.floats(-1e6, 1e6)
moments = st.floats(0, 1e5)
shares = st.floats(0, 1)
keys = st.none() | st.builds(Key, st.integers(1, 12), minor=st.booleans())


def arrays(kind: type, values: st.SearchStrategy[Any], size: int = 8) -> st.SearchStrategy[Any]:
    return st.lists(values, max_size=size).map(lambda found: np.array(found, kind))


rhythms = st.builds(
    Rhythm,
    bpm=st.floats(20, 400),
    beats_s=arrays(np.float64, moments),
    beats_per_bar=st.sampled_from([3, 4]),
    downbeats=arrays(np.int32, st.integers(0, 1000)),
    phrases=arrays(np.int32, st.integers(0, 1000)),
    confidence=shares,
    downbeat_confidence=shares,
)
tonalities = st.builds(
    Tonality,
    key=keys,
    confidence=shares,
    opening=keys,
    opening_confidence=shares,
    closing=keys,
    closing_confidence=shares,
)
singings = st.builds(
    Singing,
    ranges_s=st.lists(st.tuples(moments, moments), max_size=4).map(lambda r: np.array(r, np.float64).reshape(-1, 2)),
    confidence=shares,
    source=st.just("detected"),
)
analyses_made_up = st.builds(
    Analysis,
    version=st.just(ANALYSER_VERSION),
    duration_s=moments,
    rate=st.sampled_from([8000, 44100, 192000]),
    loudness_lufs=numbers | st.just(float("-inf")),
    loudness_range_lu=shares,
    true_peak_dbtp=numbers | st.just(float("-inf")),
    cue_in_s=moments,
    cue_out_s=moments,
    start_next_s=moments,
    ending=st.sampled_from(["cold", "fade", "sustained", "long_tail"]),
    fade_starts_s=st.none() | moments,
    intro_end_s=st.none() | moments,
    marker_sources=st.sets(st.sampled_from(["cue_in", "cue_out", "fade_starts", "intro_end"])).map(
        lambda names: dict.fromkeys(names, "detected")
    ),
    levels_lufs=arrays(np.float32, st.floats(-200, 0, width=32) | st.just(float("-inf"))),
    peaks_dbtp=arrays(np.float32, st.floats(-200, 0, width=32)),
    energy=arrays(np.float32, st.floats(0, 1, width=32)),
    rhythm=st.none() | rhythms,
    tonality=st.none() | tonalities,
    singing=st.none() | singings,
)


@settings(max_examples=150, deadline=None)
@given(analysis=analyses_made_up)
def test_what_goes_in_comes_out(analysis: Analysis, tmp_path_factory: pytest.TempPathFactory) -> None:
    track = Track(
        id="a", path=Path("a.flac"), title="", artist="", duration_s=1, added_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.row_factory = sqlite3.Row
    for step in TABLES.steps:
        connection.executescript(step)
    analyses = Analyses(connection)
    analyses.store(track, analysis)
    found = analyses.detected(track)
    assert same(found, analysis)
    summary = analyses.summaries()["a"]
    for name in ("duration_s", "loudness_lufs", "true_peak_dbtp", "cue_in_s", "cue_out_s", "start_next_s", "ending"):
        assert getattr(summary, name) == getattr(analysis, name)
    rhythm, tonality, singing = analysis.rhythm, analysis.tonality, analysis.singing
    assert summary.bpm == (rhythm.bpm if rhythm else None)
    assert summary.rhythm_confidence == (rhythm.confidence if rhythm else None)
    assert summary.beats_per_bar == (rhythm.beats_per_bar if rhythm else None)
    assert (summary.key, summary.closing_key) == ((tonality.key, tonality.closing) if tonality else (None, None))
    assert summary.opening_key_confidence == (tonality.opening_confidence if tonality else None)
    assert (summary.sung_s is None) == (singing is None)
    connection.close()


def test_the_means_of_the_energy() -> None:
    energy = np.arange(10, dtype=np.float32)
    assert mean_energy(energy, 0, 10) == 4.5
    assert mean_energy(energy, 2.5, 4.1) == 3.0  # the seconds that are touched
    assert mean_energy(energy, -10, 2) == 0.5
    assert mean_energy(energy, 40, 50) is None
    assert mean_energy(energy[:0], 0, 1) is None


def test_only_what_was_detected_is_stored(tmp_path: Path, connection: sqlite3.Connection) -> None:
    track = make_track(tmp_path, "song")
    analysis = analyse_file(track.path)
    for source in ("tag", "sidecar", "lyrics"):
        with pytest.raises(ValueError, match="detected"):
            Analyses(connection).store(track, replace(analysis, marker_sources={"cue_in": source}))
    assert Analyses(connection).detected(track) is None


def test_silence_is_stored_as_silence(tmp_path: Path, connection: sqlite3.Connection) -> None:
    track = make_track(tmp_path, "silence", silent=True)
    Analyses(connection).of([track])
    stored = Analyses(connection).stored(track)
    assert stored is not None
    assert stored.loudness_lufs == float("-inf")


def test_older_tables_are_replaced(tmp_path: Path) -> None:
    older = replace(TABLES, steps=TABLES.steps[:1])
    with open_database(tmp_path, older) as connection:
        connection.execute("INSERT INTO analyses VALUES ('song', 1, 2, -20, -1, 0, 2, 2, 'cold', x'', x'')")
    connection.close()
    connection = open_database(tmp_path, TABLES)
    track = make_track(tmp_path, "song")
    assert Analyses(connection).stored(track) is None
    assert Analyses(connection).of([track])[0]["song"].duration_s == 2
    connection.close()


# The pass -------------------------------------------------------------------------------------------------------------


def test_each_file_is_measured_once(tmp_path: Path, connection: sqlite3.Connection, measured: list[Path]) -> None:
    tracks = [make_track(tmp_path, f"song{number}") for number in range(9)]
    seen: list[tuple[int, int, str]] = []
    analyses, failures = Analyses(connection).of(
        [*tracks, tracks[0]], progress=lambda done, of, track: seen.append((done, of, track.id)), workers=0
    )
    assert list(analyses) == [track.id for track in tracks]
    assert not failures
    assert [(done, of) for done, of, _ in seen] == [(number, 9) for number in range(1, 10)]
    assert len(measured) == 9
    again, _ = Analyses(connection).of(tracks)
    assert len(measured) == 9
    assert same(dict(again), dict(analyses)) or all(same(again[key], analyses[key]) for key in analyses)
    Analyses(connection).forget(tracks[:2])
    assert Analyses(connection).missing(tracks) == tuple(tracks[:2])
    assert connection.execute("SELECT count(*) FROM analysis_arrays").fetchone()[0] == 7


def test_processes_measure_the_same(tmp_path: Path, connection: sqlite3.Connection) -> None:
    tracks = [make_track(tmp_path, f"song{number}") for number in range(4)]
    analyses, failures = Analyses(connection).of(tracks, workers=2)
    assert list(analyses) == [track.id for track in tracks]
    assert not failures
    for track in tracks:
        assert same(analyses[track.id], analyse_file(track.path))


def test_long_files_come_first(tmp_path: Path) -> None:
    tracks = [make_track(tmp_path, f"song{n}", duration_s=length_s) for n, length_s in enumerate((100, 4000, 90, 700))]
    assert [track.id for track, _ in measure(tracks, workers=0)] == ["song1", "song3", "song0", "song2"]


def test_another_version_is_measured_again(
    tmp_path: Path, connection: sqlite3.Connection, measured: list[Path]
) -> None:
    track = make_track(tmp_path, "song")
    Analyses(connection).of([track])
    connection.execute("UPDATE analyses SET version = version - 1, cue_in_s = 77")
    assert Analyses(connection).stored(track) is None
    assert Analyses(connection).summaries() == {}
    analyses, _ = Analyses(connection).of([track])
    assert len(measured) == 2
    assert analyses["song"].cue_in_s == 0
    assert connection.execute("SELECT count(*) FROM analyses").fetchone()[0] == 1
    assert connection.execute("SELECT count(*) FROM analysis_arrays").fetchone()[0] == 1


@pytest.mark.parametrize("workers", [0, 2])
def test_a_file_that_fails_costs_only_itself(
    tmp_path: Path,
    connection: sqlite3.Connection,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    workers: int,
) -> None:
    good, gone, junk, strange = (make_track(tmp_path, name) for name in ("good", "gone", "junk", "strange"))
    gone.path.unlink()
    junk.path.write_bytes(b"no music" * 100)
    monkeypatch.setattr(measuring, "START", START_THAT_FAILS)

    def measure_or_fail(path: Path) -> Analysis:
        if path == strange.path:
            raise ZeroDivisionError("a mistake")
        return analyse_file(path)

    monkeypatch.setattr(measuring, "analyse_file", measure_or_fail)
    analyses, failures = Analyses(connection).of([gone, good, junk, strange], workers=workers)
    assert set(analyses) == {"good"}
    assert set(failures) == {"gone", "junk", "strange"}
    for track in (gone, junk, strange):
        assert str(track.path) in str(failures[track.id])
        assert Analyses(connection).stored(track) is None
    assert "a mistake" in str(failures["strange"])
    assert "strange.wav: the analysis failed" in caplog.text


START_THAT_FAILS = """
import os, sys, time
import aidj.analysis.measuring as measuring
from aidj.analysis.worker import main
real = measuring.analyse_file
def measure(path):
    if "strange" in path.name:
        raise ZeroDivisionError("a mistake")
    if "never" in path.name:
        time.sleep(600)
    if "crash" in path.name:
        os.abort()
    if "once" in path.name and not path.with_suffix(".tried").exists():
        path.with_suffix(".tried").touch()
        os.abort()
    return real(path)
measuring.analyse_file = measure
main()
"""
"""What a worker runs, with files that fail in it, or take the process with them."""


@posix
def test_a_file_that_ends_its_worker_costs_only_itself(
    tmp_path: Path, connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "START", START_THAT_FAILS)
    tracks = [make_track(tmp_path, name) for name in ("crash1", "a", "crash2", "once", "b", "c")]
    analyses, failures = Analyses(connection).of(tracks, workers=2)
    assert list(analyses) == ["a", "once", "b", "c"]
    assert (tmp_path / "once.tried").exists()
    assert set(failures) == {"crash1", "crash2"}
    assert "SIGABRT" in str(failures["crash1"])
    assert str(tracks[0].path) in str(failures["crash1"])


def test_where_no_process_can_be_had_it_is_measured_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, measured: list[Path]
) -> None:
    tracks = [make_track(tmp_path, name) for name in ("a", "b", "c")]
    monkeypatch.setattr(measuring, "START", "raise SystemExit(3)")
    assert {track.id for track, result in measure(tracks, workers=2) if isinstance(result, Analysis)} == {"a", "b", "c"}
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    assert not any(isinstance(result, AudioError) for _, result in measure(tracks, workers=2))
    assert len(measured) == 6


@pytest.mark.parametrize("workers", [0, 2])
def test_an_interrupted_pass_keeps_what_it_had(tmp_path: Path, connection: sqlite3.Connection, workers: int) -> None:
    tracks = [make_track(tmp_path, f"song{number:02}") for number in range(12)]

    def interrupt(done: int, of: int, track: Track) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Analyses(connection).of(tracks, progress=interrupt, workers=workers)
    assert not [thread for thread in threading.enumerate() if thread.name == "aidj-analysis"]
    kept = [track for track in tracks if Analyses(connection).stored(track)]
    assert len(kept) == 5
    done: list[int] = []
    analyses, _ = Analyses(connection).of(tracks, progress=lambda n, of, track: done.append(of), workers=0)
    assert len(analyses) == 12
    assert done == [7] * 7


def test_a_script_without_a_guard_survives_its_workers(tmp_path: Path) -> None:
    """What multiprocessing would start once more in each of its children."""
    for number in range(3):
        make_track(tmp_path, f"song{number}")
    script = tmp_path / "script.py"
    script.write_text(
        "import pathlib, datetime\n"
        "from aidj.analysis.measuring import measure\n"
        "from aidj.model import Track\n"
        "tracks = [Track(id=p.name, path=p, title='', artist='', duration_s=2, added_at=datetime.datetime.min)\n"
        f"          for p in pathlib.Path({str(tmp_path)!r}).glob('*.wav')]\n"
        "print(len([result for _, result in measure(tracks, workers=2) if hasattr(result, 'cue_in_s')]))\n"
    )
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout.split() == ["3"]


def test_in_the_background(tmp_path: Path, connection: sqlite3.Connection) -> None:
    tracks = [make_track(tmp_path, f"song{number}") for number in range(3)]
    (tmp_path / "junk.wav").write_bytes(b"no music" * 100)
    junk = replace(tracks[0], id="junk", path=tmp_path / "junk.wav")
    analyses = Analyses(connection)
    analyses.of(tracks[:1])
    with analyses.in_background([*tracks, junk]) as background:
        assert background.of == 3
        assert background.wait(60)
        assert background.done == 3
    assert all(analyses.stored(track) for track in tracks)
    assert analyses.missing([*tracks, junk]) == (junk,)


def test_the_background_stops_when_it_is_told(
    tmp_path: Path, connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "START", START_THAT_FAILS)
    never, track = make_track(tmp_path, "never"), make_track(tmp_path, "song")
    background = Analyses(connection).in_background([never, track])
    time.sleep(0.5)
    background.close()
    background.close()
    assert background.wait(0)
    assert background.done == 0
    assert Analyses(connection).missing([never, track]) == (never, track)


# What is laid over ----------------------------------------------------------------------------------------------------


def test_what_is_set_by_hand_is_read_anew_each_time(
    tmp_path: Path, connection: sqlite3.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    track = make_track(tmp_path, "song")
    tags = {"liqcuein": "0.25", "liqcueout": "1.75 s"}
    analyses = Analyses(
        connection, lambda track_id: "[00:01.50]la" if track_id == "song" else None, lambda track_id: tags
    )
    made = analyses.of([track])[0]["song"]
    assert made.intro_end_s == 1.5
    assert (made.cue_in_s, made.cue_out_s) == (0.25, 1.75)
    assert (made.marker_sources["cue_in"], made.marker_sources["intro_end"]) == ("tag", "lyrics")
    (tmp_path / "song.lrc").write_text("[00:01.00]la")
    beside = write_sidecar(track.path, HandSet(cue_in_s=0.5))
    stored = analyses.stored(track)
    assert stored is not None
    assert stored.intro_end_s == 1.0
    assert (stored.cue_in_s, stored.cue_out_s) == (0.5, 1.75)
    assert (stored.marker_sources["cue_in"], stored.marker_sources["cue_out"]) == ("sidecar", "tag")
    beside.write_text("cue_in_s: soon\n")
    assert analyses.stored(track) == made or analyses.stored(track).cue_in_s == 0.25  # type: ignore[union-attr]
    assert f"{beside}, line 1" in caplog.text
    detected = analyses.detected(track)
    assert detected is not None
    assert detected.cue_in_s == 0
    assert set(detected.marker_sources.values()) <= {"detected"}


def test_measuring_again_keeps_the_old_analysis_until_the_new_one_is_there(
    tmp_path: Path, connection: sqlite3.Connection
) -> None:
    tracks = [make_track(tmp_path, f"song{number}") for number in range(3)]
    store = Analyses(connection)
    store.of(tracks, workers=0)

    def stop(done: int, of: int, track: Track) -> None:
        assert of == 3
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.measure(tracks, again=True, progress=stop, workers=0)
    assert store.missing(tracks) == ()


def test_what_cannot_be_stored_is_used_all_the_same(
    connection: sqlite3.Connection, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tracks = [make_track(tmp_path, "one"), make_track(tmp_path, "another")]
    connection.execute("PRAGMA query_only = ON")
    analyses = Analyses(connection)
    for _ in range(2):
        found, failures = analyses.of(tracks)
        assert found.keys() == {"one", "another"}
        assert not failures
    assert [record.message.count("cannot be stored") for record in caplog.records] == [1]
    assert analyses.missing(tracks) == tuple(tracks)
    with pytest.raises(AudioError, match="cannot be stored"):
        analyses.measure(tracks)
