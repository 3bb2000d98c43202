"""Parts of a timeline by themselves, and what the pictures of seams are made of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from songs import RATE, pulse, write_song

from aidj.errors import OutputError
from aidj.mixing import mix
from aidj.model import Analysis, Joined, Rhythm, Singing, Speech
from aidj.output import check_can_draw, draw_seams, seam_views
from aidj.output.seam_excerpts import alone, clock_of, excerpt, file_starts
from aidj.output.seam_views import COLUMNS
from aidj.timeline import Band, Clip, Mark, Ramp, TempoStep, Timeline


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("seams")
    return tuple(write_song(folder / f"{n}.flac", pulse(30, seed=n), title=f"Song {n}") for n in (1, 2))  # type: ignore[return-value]


def frames(seconds: float) -> int:
    return round(seconds * RATE)


def session(songs: tuple[Path, Path]) -> Timeline:
    """20 s of one song, crossfaded over 4 s into the next, and speech over that one's opening."""
    first, second = songs
    said = (0.1 * np.sin(np.arange(frames(3)) / 20)).astype(np.float32)
    speech = Speech(text="This is the second song", samples=said, rate=RATE, engine="made", voice="up")
    out = Ramp(frames(16), frames(20), 1.0, 0.0, "quarter_sine")
    into = Ramp(frames(16), frames(20), 0.0, 1.0, "quarter_sine")
    clips = (
        Clip(source=first, lane="music", start_frames=0, n_frames=frames(20), source_start_frames=frames(5), gain=0.8,
             ramps=(out,), bands=(Band(filter="low_shelf", frequency_hz=180, ramps=(replace(out, to_gain=0.05),)),)),
        Clip(source=second, lane="music", start_frames=frames(16), n_frames=frames(24), gain=1.2, ramps=(into,)),
        Clip(source=speech, lane="voice", start_frames=frames(21), n_frames=len(said)),
    )  # fmt: skip
    marks = (
        Mark(kind="song", start_s=0, end_s=20, title="Song 1", artist="Somebody", path=first),
        Mark(kind="link", start_s=21, end_s=24, title="Presenter", text=speech.text),
        Mark(kind="song", start_s=16, end_s=40, title="Song 2", path=second,
             joined=Joined(kind="crossfade", overlap_s=4.0, why=("it ends on a held chord",))),
    )  # fmt: skip
    return Timeline(rate=RATE, n_frames=frames(40), clips=clips, marks=marks)


def without_bands(timeline: Timeline) -> Timeline:
    return replace(timeline, clips=tuple(replace(clip, bands=()) for clip in timeline.clips))


def rendered(timeline: Timeline) -> np.ndarray:
    return np.concatenate(list(mix(timeline, ceiling_dbtp=None)))


def analysis(path: Path, **more: object) -> Analysis:
    levels = np.full(300, -16.0, np.float32)
    return Analysis(
        version=1, duration_s=30.0, loudness_lufs=-16.0, true_peak_dbtp=-1.0, cue_in_s=0.0, cue_out_s=30.0,
        start_next_s=29.0, ending="cold", levels_lufs=levels, peaks_dbtp=levels, **more,  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.parametrize(("start_s", "length_s"), [(0.0, 40.0), (12.5, 10.0), (18.0, 5.3), (39.0, 1.0)])
def test_an_excerpt_is_that_part_of_the_mix(songs: tuple[Path, Path], start_s: float, length_s: float) -> None:
    timeline = without_bands(session(songs))
    start, n_frames = frames(start_s), frames(length_s)
    part = rendered(excerpt(timeline, start, n_frames))
    assert np.array_equal(part, rendered(timeline)[start : start + n_frames])


def test_a_song_alone_has_its_gain_and_no_fade_and_goes_on(songs: tuple[Path, Path]) -> None:
    timeline = session(songs)
    sound = alone(timeline.clips[0], songs[0], RATE, frames(14), frames(14))
    source = pulse(30, seed=1)[frames(19) :]
    assert sound[: frames(11)] == pytest.approx(source * 0.8, abs=1e-4)
    assert not sound[frames(11) :].any()  # the file is over


def test_before_it_begins_a_song_alone_is_silent(songs: tuple[Path, Path]) -> None:
    sound = alone(session(songs).clips[1], songs[1], RATE, frames(15), frames(3))
    assert not sound[: frames(1)].any()
    assert sound[frames(1) :] == pytest.approx(1.2 * pulse(30, seed=2)[: frames(2)], abs=1e-4)


def test_a_run_of_files_in_one_clip_is_taken_apart(songs: tuple[Path, Path]) -> None:
    clip = Clip(source=songs[0], then=(songs[1],), lane="music", start_frames=frames(1), n_frames=frames(55),
                source_start_frames=frames(2))  # fmt: skip
    assert file_starts(clip, RATE) == {songs[0]: 0, songs[1]: frames(30)}
    first = alone(clip, songs[0], RATE, frames(25), frames(10))
    second = alone(clip, songs[1], RATE, frames(25), frames(10))
    assert first[: frames(4)] == pytest.approx(pulse(30, seed=1)[frames(26) :], abs=1e-4)
    assert not first[frames(4) :].any()
    assert not second[: frames(4)].any()
    assert second[frames(4) :] == pytest.approx(pulse(30, seed=2)[: frames(6)], abs=1e-4)


steps = st.lists(st.tuples(st.integers(1, 10**7), st.floats(0.9, 1.1)), max_size=6, unique_by=lambda step: step[0])


@given(
    steps=steps,
    start=st.integers(0, 10**6),
    source=st.integers(0, 10**6),
    at=st.lists(st.integers(0, 10**8), min_size=1),
)
def test_the_clock_of_a_clip_goes_both_ways(steps, start: int, source: int, at: list[int]) -> None:
    tempo = tuple(TempoStep(start + frame, rate) for frame, rate in sorted(steps))
    clip = Clip(
        source=Path("x"), lane="music", start_frames=start, n_frames=10**8, source_start_frames=source, tempo=tempo
    )
    clock = clock_of(clip)
    moments = np.sort(np.array(at, dtype=np.float64)) + start
    there = clock.to_source(moments)
    assert (np.diff(there) >= 0).all()
    assert clock.to_timeline(there) == pytest.approx(moments, abs=1e-3)
    assert clock.to_source(np.array([float(start)])) == pytest.approx([source])


def test_a_faster_clip_plays_more_of_its_source() -> None:
    tempo = (TempoStep(1000, 1.05), TempoStep(3000, 1.0))
    clip = Clip(source=Path("x"), lane="music", start_frames=0, n_frames=9000, tempo=tempo)
    assert clock_of(clip).to_source(np.array([500.0, 1000, 2000, 3000, 4000])) == pytest.approx(
        [500, 1000, 2050, 3100, 4100]
    )


def test_a_view_has_everything_on_the_clock_of_the_session(songs: tuple[Path, Path]) -> None:
    beats_s = np.arange(0.5, 30, 0.5)
    rhythm = Rhythm(bpm=120.0, beats_s=beats_s, beats_per_bar=4, downbeats=np.arange(0, 59, 4, dtype=np.int32),
                    phrases=np.array([0, 32], np.int32), confidence=0.9, downbeat_confidence=0.8)  # fmt: skip
    singing = Singing(ranges_s=np.array([[6.0, 9.0]]), confidence=0.9, source="detected")
    known = {songs[0]: analysis(songs[0], rhythm=rhythm), songs[1]: analysis(songs[1], singing=singing)}
    (view,) = seam_views(session(songs), known, target_lufs=-16.0)
    assert (view.kind, view.overlap_s, view.why) == ("crossfade", 4.0, ("it ends on a held chord",))
    assert view.talks == ((21.0, 24.0, "This is the second song"),)
    assert view.start_s == pytest.approx(8.0)
    assert view.end_s == pytest.approx(32.0)
    assert view.before.beats_s[:2] == pytest.approx([-4.5, -4.0])  # the clip begins 5 s into its file
    assert view.before.downbeats_s[1] == pytest.approx(-2.5)
    assert view.before.phrases_s == pytest.approx([-4.5, 11.5])
    assert view.after.sung_s == pytest.approx(np.array([[22.0, 25.0]]))
    assert "120.0 bpm" in view.before.about
    assert "ends cold" in view.before.about
    at = np.linspace(view.start_s, view.end_s, COLUMNS, endpoint=False)
    middle = int(np.searchsorted(at, 18.0))
    assert view.before.gains[middle] == pytest.approx(np.cos(np.pi / 4), abs=0.01)
    assert view.after.gains[middle] == pytest.approx(np.sin(np.pi / 4), abs=0.01)
    assert set(view.before.bands) == {"bass"}
    assert not view.before.gains[at > 20.01].any()
    # Two pulses at about -15 dBFS: the sum is heard throughout.
    assert (view.levels_lufs > -40).all()
    assert view.level_times_s[0] == pytest.approx(view.start_s + 0.2)


def test_how_a_seam_looks_where_the_timeline_does_not_say(songs: tuple[Path, Path]) -> None:
    timeline = session(songs)
    silent = replace(timeline, marks=tuple(replace(mark, joined=None) for mark in timeline.marks))
    (view,) = seam_views(silent, {}, target_lufs=-16.0)
    assert (view.kind, view.overlap_s) == ("crossfade", 4.0)
    assert len(view.before.beats_s) == 0


@pytest.mark.parametrize(("name", "magic"), [("a.png", b"\x89PNG"), ("a.SVG", b"<?xml"), ("a.pdf", b"%PDF")])
def test_pictures_are_drawn_in_every_format(songs: tuple[Path, Path], tmp_path: Path, name: str, magic: bytes) -> None:
    views = list(seam_views(session(songs), {}, target_lufs=-16.0))
    (path,) = draw_seams(views, tmp_path / name, title="Tonight & <tomorrow>")
    assert path == tmp_path / name
    data = path.read_bytes()
    assert data.startswith(magic)
    assert len(data) > 20_000
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_a_long_session_goes_on_to_further_pages(songs: tuple[Path, Path], tmp_path: Path) -> None:
    (view,) = seam_views(session(songs), {}, target_lufs=-16.0)
    files = draw_seams([view] * 5, tmp_path / "seams.png", title="Tonight")
    assert [file.name for file in files] == ["seams.png", "seams-2.png"]
    assert files[1].stat().st_size < files[0].stat().st_size
    (book,) = draw_seams([view] * 5, tmp_path / "seams.pdf", title="Tonight")
    assert book.read_bytes().count(b"/Type /Page ") == 2


def test_one_song_has_no_seam(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no seam to draw"):
        draw_seams([], tmp_path / "a.png", title="Tonight")
    assert not list(tmp_path.iterdir())


def test_other_suffixes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"\.png, \.svg or \.pdf"):
        check_can_draw(tmp_path / "a.mp3")


def test_a_folder_that_is_not_there_is_named(songs: tuple[Path, Path], tmp_path: Path) -> None:
    views = seam_views(session(songs), {}, target_lufs=-16.0)
    with pytest.raises(OutputError, match="does not exist"):
        draw_seams(views, tmp_path / "none" / "a.png", title="Tonight")


def test_without_matplotlib_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(OutputError) as error:
        check_can_draw(tmp_path / "a.png")
    assert 'pip install "aidj[plot]"' in str(error.value)
