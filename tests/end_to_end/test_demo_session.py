"""The whole way on the demo library, judged by the decoded audio."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from listening import Heard, assert_loudness, assert_no_clicks, assert_no_dead_air, listen_to

from aidj.cli import main
from aidj.home import open_home
from aidj.mixing import mix
from aidj.model import Plan
from aidj.plan import load_plan
from aidj.session import Realised, realise
from aidj.timeline import Timeline

pytestmark = pytest.mark.slow

WHEN = "2026-11-21T20:00:00+00:00"


def run_demo(demo_data: Path, out: Path, *arguments: str) -> Path:
    """Run `aidj demo` with a data folder of its own, the songs composed before."""
    data = out / "data"
    shutil.copytree(demo_data, data)
    assert main(["demo", "--out", str(out), "--data", str(data), "--date", WHEN, "--quiet", *arguments]) == 0
    return next(out.glob("session.*[34acgsv]"))


@pytest.fixture(scope="module")
def session(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Heard, Plan, Realised]:
    out = tmp_path_factory.mktemp("demo") / "aidj-demo"
    run_demo(demo_data, out, "--format", "flac")
    plan = load_plan(out / "session.plan.yaml")
    with open_home(out / "data" / "demo-home") as home:
        realised = realise(home, plan, rate=44100)
    return out, out / "session.flac", listen_to(out / "session.flac"), plan, realised


def test_about_six_minutes_with_links(session: tuple[Path, Path, Heard, Plan, Realised]) -> None:
    _, _, heard, plan, _ = session
    assert abs(heard.duration_s - 360) <= 30
    assert sum(link.speech_s is not None for link in plan.links()) >= 2
    assert len({item.track.artist for item in plan.items()}) == len(plan.items())


def test_the_plan_renders_to_what_it_says(session: tuple[Path, Path, Heard, Plan, Realised]) -> None:
    _, _, heard, plan, realised = session
    assert heard.duration_s == pytest.approx(realised.timeline.duration_s, abs=1e-6)
    assert realised.plan == plan, "a rendered plan, rendered again, is the same"
    assert not realised.warnings


def test_levels(session: tuple[Path, Path, Heard, Plan, Realised]) -> None:
    _, _, heard, plan, realised = session
    assert_loudness(heard, plan, realised.timeline)


def test_no_dead_air(session: tuple[Path, Path, Heard, Plan, Realised]) -> None:
    _, _, heard, plan, realised = session
    assert_no_dead_air(heard, plan, realised.timeline)
    assert not heard.quiet_stretches(-40.0, 1.0), "nowhere in the demo"


def test_no_clicks(session: tuple[Path, Path, Heard, Plan, Realised]) -> None:
    _, _, heard, _, realised = session
    assert_no_clicks(heard, realised.timeline)


def test_the_voice_is_where_the_transcript_says(session: tuple[Path, Path, Heard, Plan, Realised]) -> None:
    out, _, heard, plan, realised = session
    timeline = realised.timeline
    voice_only = Timeline(
        rate=timeline.rate,
        n_frames=timeline.n_frames,
        clips=tuple(clip for clip in timeline.clips if clip.lane == "voice"),
    )
    voice = np.concatenate(list(mix(voice_only)))
    transcript = (out / "session.vtt").read_text()
    for link in plan.links():
        assert link.text
        assert link.text.split()[0] in transcript
        assert link.starts_s is not None
        assert link.speech_s is not None
        start, end = (round(t * timeline.rate) for t in (link.starts_s, link.starts_s + link.speech_s))
        mixed, spoken = heard.samples[start:end].mean(axis=1), voice[start:end].mean(axis=1)
        alike = float(np.dot(mixed, spoken) / np.sqrt(np.dot(mixed, mixed) * np.dot(spoken, spoken)))
        assert alike > 0.7, f"{link.kind}: the mix holds the speech at {alike:.2f}"


def test_no_voice_over_singing(session: tuple[Path, Path, Heard, Plan, Realised]) -> None:
    out, _, _, _, realised = session
    truth = json.loads((out / "data/demo/truth.json").read_text())
    sung = {name: song["sung_s"] for name, song in truth["songs"].items()}
    music = out / "data/demo/music"
    songs = [mark for mark in realised.timeline.marks if mark.kind == "song"]
    clips = {clip.source: clip for clip in realised.timeline.clips if clip.lane == "music"}
    for link in (mark for mark in realised.timeline.marks if mark.kind == "link"):
        for song in songs:
            assert song.path is not None
            clip = clips[song.path]
            offset_s = (clip.start_frames - clip.source_start_frames) / realised.timeline.rate
            for start_s, end_s in sung[song.path.relative_to(music).as_posix()]:
                at_s, until_s = offset_s + start_s, offset_s + end_s
                assert until_s <= link.start_s or at_s >= link.end_s, f"speech over singing in {song.title}"


@pytest.mark.parametrize("format_", ["mp3", "opus", "m4a"])
def test_every_format_holds_the_same_session(
    session: tuple[Path, Path, Heard, Plan, Realised], tmp_path: Path, format_: str
) -> None:
    out, _, reference, plan, realised = session
    mix_path = tmp_path / f"tonight.{format_}"
    assert (
        main(
            [
                "render",
                str(out / "session.plan.yaml"),
                "--data",
                str(out / "data" / "demo-home"),
                "-q",
                "-o",
                str(mix_path),
            ]
        )
        == 0
    )
    heard = listen_to(mix_path)
    assert heard.duration_s == pytest.approx(reference.duration_s, abs=0.03)
    assert_loudness(heard, plan, realised.timeline)
    assert_no_dead_air(heard, plan, realised.timeline)
    starts = [mark.start_s for mark in realised.timeline.marks if mark.kind == "song"]
    with av.open(str(mix_path)) as container:
        chapters = [float(c["start"] * c["time_base"]) for c in container.chapters()]
        assert "synthetic" in " ".join(container.metadata.values()).lower() or any(
            "synthetic" in " ".join(stream.metadata.values()).lower() for stream in container.streams
        )
    assert len(chapters) == len(starts)
    assert chapters[0] == 0
    assert chapters[1:] == pytest.approx(starts[1:], abs=0.1)
    assert {path.name for path in tmp_path.iterdir()} == {
        f"tonight{suffix}" for suffix in (f".{format_}", ".plan.yaml", ".cue", ".vtt", ".m3u8", ".tracks.json")
    }


def test_the_same_seed_gives_the_same_samples(
    session: tuple[Path, Path, Heard, Plan, Realised], demo_data: Path, tmp_path: Path
) -> None:
    out, _, _, _, _ = session
    again = tmp_path / "again"
    run_demo(demo_data, again, "--format", "wav")
    assert main(["render", str(out / "session.plan.yaml"), "--data", str(out / "data" / "demo-home"), "-q", "-o",
                 str(tmp_path / "first.wav")]) == 0  # fmt: skip
    assert (tmp_path / "first.wav").read_bytes() == (again / "session.wav").read_bytes()
    first, second = (load_plan(folder / "session.plan.yaml") for folder in (out, again))
    assert [replace(item, track=replace(item.track, path=None)) for item in first.items()] == [
        replace(item, track=replace(item.track, path=None)) for item in second.items()
    ]
    assert first.links() == second.links()


def test_music_under_a_presenter_who_wants_it_flat_has_no_dip(
    session: tuple[Path, Path, Heard, Plan, Realised],
) -> None:
    realised = session[4]
    assert realised.plan.presenter == "ella"
    ducked = [clip for clip in realised.timeline.clips if clip.lane == "music" and len(clip.ramps) > 2]
    assert ducked
    assert not [band for clip in ducked for band in clip.bands if band.filter == "peak"]
