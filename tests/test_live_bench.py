"""The bench of live sessions: its libraries are what they seem to be, and it counts as it should."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
from bench_modules import bench_module

from aidj.audio import open_source
from aidj.home import open_home
from aidj.session.committing import unopenable

live = bench_module("live")
live_library = bench_module("live_library")
live_processes = bench_module("live_processes")
live_songs = bench_module("live_songs")

TRACKS = 24


@pytest.fixture(scope="module")
def listeners(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live_library, "SONGS", 2)  # two are composed and measured, not twelve
        made = live_library.make(tmp_path_factory.mktemp("bench") / "live", TRACKS)
    return SimpleNamespace(measured=made.measured, scanned=made.scanned)


def test_a_song_of_recurrences_is_decoded_to_what_was_composed(tmp_path: Path) -> None:
    notes = live_songs.notes_of(7)[:3]
    path = tmp_path / "song.flac"
    path.write_bytes(live_songs.flac_of(live_songs.frames_of(notes), len(notes), {"TITLE": "Ringing"}))
    composed = live_songs.samples_of(notes)
    decoded, rate = soundfile.read(path, dtype="int16")
    assert rate == live_songs.RATE
    assert np.array_equal(decoded, composed)
    assert 3000 < np.abs(composed).max() < 16000
    assert path.stat().st_size < 300
    source = open_source(path)
    assert source.n_frames == len(composed)
    source.close()


def test_every_track_of_a_made_up_library_plays_and_was_heard(listeners: SimpleNamespace) -> None:
    with open_home(listeners.measured) as home:
        tracks = home.library.tracks()
        assert len(tracks) == TRACKS
        assert unopenable(tracks) == {}
        assert home.analyses.missing(tracks) == ()
        assert all(home.analyses.stored(track).duration_s == track.duration_s for track in tracks)  # type: ignore[union-attr]
        assert len(home.history.plays(tracks).track) == 10 * TRACKS
        assert len(home.history.offers(tracks, before=datetime.now(UTC)).track) > 100
    with open_home(listeners.scanned) as home:
        assert len(home.analyses.missing(home.library.tracks())) == TRACKS


def test_a_session_over_a_made_up_library_sounds(listeners: SimpleNamespace) -> None:
    program = [sys.executable, live.LISTENER, "first", str(listeners.measured), "1"]
    told = json.loads(subprocess.run(program, check=True, capture_output=True, timeout=300).stdout)
    assert told["cpu_s"] > 0
    assert told["frame"] > 0


def test_what_children_take_counts_also_when_they_have_ended() -> None:
    if not Path("/proc/self/task").exists():
        pytest.skip("there is no /proc")
    child = "sum(range(3_000_000))"
    program = (
        f"import subprocess, sys, time; subprocess.run([sys.executable, '-c', {child!r}]); print(); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-uc", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        taken = live_processes.taken_by(process.pid)
        process.kill()
    assert taken.all_s > taken.own_s
    assert taken.own_s >= taken.main_thread_s > 0
    assert taken.at_s <= time.monotonic()


def test_shares_are_of_the_time_that_was_watched() -> None:
    def taken(all_s: float, main_s: float, at_s: float) -> object:
        return live_processes.Taken(all_s=all_s, own_s=all_s, main_thread_s=main_s, at_s=at_s)

    ours = live_processes.Watched(begun_s=100.0, settled=taken(8.0, 1.0, 120.0), end=taken(11.0, 1.5, 150.0))
    assert (ours.share, ours.settled_share) == pytest.approx((0.22, 0.1))
    assert ours.settled_main_share == pytest.approx(0.5 / 30)
    theirs = live_processes.Watched(begun_s=100.0, settled=taken(2.0, 1.0, 120.0), end=taken(4.0, 1.0, 150.0))
    rows = live.share_rows("two songs", ours, theirs)
    assert [(row.value, row.ok) for row in rows if row.unit == "x"] == [
        (pytest.approx(2.75), False),
        (pytest.approx(1.5), True),
    ]
    (screen,) = live.screen_rows(ours)
    assert screen.value == pytest.approx(100 * 0.5 / 30)
    assert screen.ok


def test_skips_are_counted_in_blocks() -> None:
    told = {"frames": [[1024, 2048], [3072, 4096], [10240, 20480]], "underruns": 1, "problems": 0}
    rows = {row.measure: row for row in live.skip_rows("few", told)}
    assert rows["few: skip() until the song is left, median of 3"].value == 3.0
    assert rows["few: skip() until the next song begins, worst of 3"].value == 20.0
    assert not rows["few: underruns meanwhile"].ok
    assert rows["few: problems meanwhile"].ok
