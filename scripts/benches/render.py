"""Rendering a planned session, beside a plain decode and encode of the same songs; memory at two lengths."""

from __future__ import annotations

import statistics
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from measuring import Cost, Row, cost_of

from aidj.audio import StereoReader
from aidj.demo import make_demo_library
from aidj.history import read_history
from aidj.home import open_home
from aidj.output import write_audio_file
from aidj.plan import load_plan, save_plan
from aidj.session import plan_session

HERE = str(Path(__file__).resolve())
RATE = 44100
SONGS = 24
ROUNDS = 3
NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)


def rows() -> list[Row]:
    """Measure; the songs are the demo's, three at a time in one file, so that an hour of them is there."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        cost_of(HERE, "library", str(work))  # not here: a child's peak memory counts what its parent held
        found: list[Row] = []
        for suffix, reach in ((".mp3", 1.15), (".flac", 1.6)):
            found += _beside_plain_encode(work, suffix, reach)
        return found + _memory(work)


def _beside_plain_encode(work: Path, suffix: str, reach: float) -> list[Row]:
    plan, mix = work / "plan15.yaml", work / f"mix{suffix}"
    render = ("-m", "aidj", "render", str(plan), "--data", str(work / "data"), "-q", "-o", str(mix))
    plain = (HERE, "encode", str(plan), str(work / f"plain{suffix}"))
    cost_of(*render)  # the speech is made here once
    pairs = [(cost_of(*render), cost_of(*plain)) for _ in range(ROUNDS)]
    result = []
    for what in ("cpu_s", "wall_s"):
        ours, theirs = (statistics.median(getattr(cost, what) for cost in costs) for costs in zip(*pairs, strict=True))
        ratio = statistics.median(getattr(a, what) / getattr(b, what) for a, b in pairs)
        name = f"{what.removesuffix('_s')}, 15 min to {suffix[1:]}: ratio to the peer (we took {ours:.1f} s)"
        result.append(
            Row(name, ratio, "x", f"<= {reach}", "decode + encode of the same songs, s", theirs, ratio <= reach)
        )
    return result


def _memory(work: Path) -> list[Row]:
    peaks = {}
    for minutes in (15, 60):
        mix = work / f"memory{minutes}.flac"
        plan = work / f"plan{minutes}.yaml"
        cost: Cost = cost_of("-m", "aidj", "render", str(plan), "--data", str(work / "data"), "-q", "-o", str(mix))
        peaks[minutes] = cost.peak_mb
    return [
        Row("peak memory, 15-minute session", peaks[15], "MB", "<= 150", "", None, peaks[15] <= 150),
        Row(
            "peak memory, 60-minute session",
            peaks[60],
            "MB",
            "<= 1.1 x that of 15 minutes",
            "15-minute session, MB",
            peaks[15],
            peaks[60] <= 1.1 * peaks[15],
        ),
    ]


def _make_library(work: Path) -> None:
    demo = make_demo_library(work / "demo", today=NOW.date())
    songs = []
    for path in sorted(path for path in demo.music_folder.rglob("*") if path.suffix in (".flac", ".mp3")):
        reader = StereoReader(path, RATE)
        songs.append(reader.read(150 * RATE))
        reader.close()
    music = work / "music"
    music.mkdir()
    for number in range(SONGS):
        parts = [songs[(number * step + step) % len(songs)] for step in (1, 5, 7)]
        samples = np.concatenate(parts)
        tags = {"artist": f"Bench Artist {number % 12}", "title": f"Bench Song {number}", "album": "Bench"}
        path = music / f"{number:02d}.flac"
        write_audio_file(path, [samples], rate=RATE, n_frames=len(samples), tags=tags)
    with open_home(work / "data") as home:
        home.library.scan([music], now=NOW)
        home.history.add(read_history(demo.history_file))
        for minutes in (15, 60):
            save_plan(plan_session(home, minutes=minutes, now=NOW), work / f"plan{minutes}.yaml")


def _plain_encode(plan: Path, path: Path) -> None:
    """The peer: every song of the plan decoded and encoded, one after the other, nothing else."""
    from aidj.audio import open_source, to_stereo

    n_frames = 0
    files = [item.track.path for item in load_plan(plan).items()]
    for file in files:
        assert file is not None
        source = open_source(file)
        n_frames += source.n_frames or 0
        source.close()

    def samples():  # type: ignore[no-untyped-def]
        for file in files:
            source = open_source(file)
            while len(block := source.read(16384)):
                yield to_stereo(block)
            source.close()

    write_audio_file(path, samples(), rate=RATE, n_frames=n_frames)


if __name__ == "__main__":
    if sys.argv[1] == "library":
        _make_library(Path(sys.argv[2]))
    else:
        _plain_encode(Path(sys.argv[2]), Path(sys.argv[3]))
