from __future__ import annotations

import logging
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from aidj.audio import RunReader, StereoReader
from aidj.mixing import mix
from aidj.model import Speech
from aidj.output import write_audio_file
from aidj.timeline import Band, Clip, Ramp, TempoStep, Timeline

RATE = 44100


def write(path: Path, seconds: float, *, rate: int = RATE, seed: int = 1, scale: float = 0.05) -> Path:
    samples = (scale * np.random.default_rng(seed).standard_normal((round(seconds * rate), 2))).astype(np.float32)
    if path.suffix == ".wav":
        soundfile.write(path, samples, rate, subtype="FLOAT")
    else:
        write_audio_file(path, [samples], rate=rate, n_frames=len(samples))
    return path


def speech(seconds: float) -> Speech:
    samples = (0.1 * np.sin(np.arange(round(seconds * RATE)) / 20)).astype(np.float32)
    return Speech(text="words", samples=samples, rate=RATE, engine="made", voice="up")


def music(source: Path, start_s: float, seconds: float, **more: object) -> Clip:
    return Clip(
        source=source,
        lane="music",
        start_frames=round(start_s * RATE),
        n_frames=round(seconds * RATE),
        **more,  # type: ignore[arg-type]
    )


def mixed(timeline: Timeline, block_frames: int = 16384, ceiling_dbtp: float | None = None) -> np.ndarray:
    blocks = list(mix(timeline, block_frames=block_frames, ceiling_dbtp=ceiling_dbtp))
    return np.concatenate(blocks) if blocks else np.zeros((0, 2), np.float32)


def reference(timeline: Timeline) -> np.ndarray:
    """The same sum, written down plainly, in double precision."""
    total = np.zeros((timeline.n_frames, 2))
    for clip in timeline.clips:
        if isinstance(clip.source, Path):
            source = StereoReader(clip.source, timeline.rate).read(10**9)
        else:
            source = np.repeat(clip.source.samples[:, None], 2, axis=1)
        samples = source[clip.source_start_frames :][: clip.n_frames].astype(np.float64) * clip.gain
        frames = np.arange(clip.start_frames, clip.start_frames + len(samples))
        for ramp in clip.ramps:
            x = np.clip((frames - ramp.start_frames) / (ramp.end_frames - ramp.start_frames), 0, 1)
            if ramp.shape == "quarter_sine":
                gains = np.sin(x * np.pi / 2) if ramp.to_gain else np.cos(x * np.pi / 2)
            else:
                gains = ramp.from_gain * (ramp.to_gain / ramp.from_gain) ** ((1 - np.cos(x * np.pi)) / 2)
            samples *= gains[:, None]
        total[clip.start_frames : clip.start_frames + len(samples)] += samples
    return total


@pytest.fixture(scope="module")
def timeline(tmp_path_factory: pytest.TempPathFactory) -> Timeline:
    folder = tmp_path_factory.mktemp("songs")
    at = lambda seconds: round(seconds * RATE)  # noqa: E731
    first = music(
        write(folder / "a.wav", 1.2),
        0.1,
        1.0,
        source_start_frames=777,
        gain=0.7,
        ramps=(
            Ramp(at(0.1), at(0.105), 0.0, 1.0, "quarter_sine"),
            Ramp(at(0.8), at(1.1), 1.0, 0.0, "quarter_sine"),
        ),
    )
    second = music(
        write(folder / "b.flac", 1.5, rate=48000, seed=2),
        0.8,
        1.2,
        source_start_frames=12_345,
        gain=1.4,
        ramps=(
            Ramp(at(0.8), at(1.1), 0.0, 1.0, "quarter_sine"),
            Ramp(at(1.2), at(1.3), 1.0, 0.25, "smooth_db"),
            Ramp(at(1.6), at(1.7), 1.0, 4.0, "smooth_db"),
        ),
    )
    spoken = Clip(source=speech(0.3), lane="voice", start_frames=at(1.3), n_frames=at(0.3))
    third = music(write(folder / "c.mp3", 0.5, seed=3), 2.0, 0.4, gain=0.5)
    return Timeline(rate=RATE, n_frames=at(2.5) + 7, clips=(first, second, spoken, third))


def test_the_sum_is_the_sum(timeline: Timeline) -> None:
    out = mixed(timeline)
    assert out.dtype == np.float32
    assert out.shape == (timeline.n_frames, 2)
    assert np.abs(out - reference(timeline)).max() < 2e-6


def test_the_blocks_do_not_matter(timeline: Timeline) -> None:
    plain, hot = mixed(timeline), mixed(timeline, ceiling_dbtp=-20.0)
    assert np.abs(hot - plain).max() > 0.01

    @settings(max_examples=12, deadline=None)
    @given(st.integers(500, 200_000))
    def check(block_frames: int) -> None:
        assert (mixed(timeline, block_frames) == plain).all()
        assert (mixed(timeline, block_frames, -20.0) == hot).all()

    check()


def test_quiet_sums_pass_the_limiter_untouched(timeline: Timeline) -> None:
    assert (mixed(timeline, ceiling_dbtp=-1.0) == mixed(timeline)).all()


def test_every_block_but_the_last_has_its_length(timeline: Timeline) -> None:
    lengths = [len(block) for block in mix(timeline, block_frames=10_000, ceiling_dbtp=None)]
    assert set(lengths[:-1]) == {10_000}
    assert sum(lengths) == timeline.n_frames
    with pytest.raises(ValueError, match="block"):
        mix(timeline, block_frames=0)


def test_an_empty_timeline() -> None:
    assert len(mixed(Timeline(rate=RATE, n_frames=0, clips=()))) == 0
    silence = mixed(Timeline(rate=RATE, n_frames=1000, clips=()), ceiling_dbtp=-1.0)
    assert silence.shape == (1000, 2)
    assert not silence.any()


def test_a_speech_is_not_changed_by_being_mixed() -> None:
    said = speech(0.5)
    before = said.samples.copy()
    ramp = Ramp(0, 5000, 0.0, 1.0, "quarter_sine")
    clip = Clip(source=said, lane="voice", start_frames=0, n_frames=len(before), gain=0.5, ramps=(ramp,))
    mixed(Timeline(rate=RATE, n_frames=len(before), clips=(clip,)))
    np.testing.assert_array_equal(said.samples, before)


@pytest.mark.parametrize("kind", ["gone", "junk", "folder"])
def test_a_song_that_cannot_be_opened_is_silent_and_the_rest_plays(
    tmp_path: Path, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    bad = tmp_path / "bad.flac"
    if kind == "junk":
        bad.write_bytes(b"not music" * 1000)
    elif kind == "folder":
        bad.mkdir()
    good = write(tmp_path / "good.wav", 1.0)
    timeline = Timeline(rate=RATE, n_frames=2 * RATE, clips=(music(bad, 0, 1), music(good, 1, 1)))
    with caplog.at_level(logging.WARNING):
        out = mixed(timeline)
    assert not out[:RATE].any()
    np.testing.assert_array_equal(out[RATE:], StereoReader(good, RATE).read(RATE))
    assert len([record for record in caplog.records if "bad.flac" in record.message]) == 1


@pytest.mark.parametrize("suffix", [".flac", ".mp3", ".wav"])
def test_a_song_that_breaks_off_plays_up_to_there(
    tmp_path: Path, suffix: str, caplog: pytest.LogCaptureFixture
) -> None:
    broken = write(tmp_path / f"broken{suffix}", 4.0)
    data = broken.read_bytes()
    broken.write_bytes(data[: len(data) // 2])
    good = write(tmp_path / "good.wav", 4.0, seed=2)
    clips = (music(broken, 0, 4), music(good, 0, 4))
    with caplog.at_level(logging.WARNING, logger="aidj.mixing"):
        out = mixed(Timeline(rate=RATE, n_frames=4 * RATE, clips=clips))
    alone = out - StereoReader(good, RATE).read(4 * RATE)
    heard = np.flatnonzero(np.abs(alone).max(axis=1) > 0.01)
    assert 1.7 * RATE < heard[-1] < 2.3 * RATE
    warnings = [record.getMessage() for record in caplog.records if record.name.startswith("aidj.mixing")]
    assert len(warnings) == 1
    assert "stays silent in the mix" in warnings[0]


def test_a_file_a_frame_too_short_is_no_news(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    song = write(tmp_path / "song.wav", 1.0)
    out = mixed(Timeline(rate=RATE, n_frames=RATE + 3, clips=(music(song, 0, 1 + 3 / RATE),)))
    assert len(out) == RATE + 3
    assert not caplog.records


def test_memory_stays_the_same_however_long_the_session(tmp_path: Path) -> None:
    song = write(tmp_path / "song.wav", 4.0, rate=8000, scale=0.3)

    def peak_bytes(n_clips: int) -> int:
        clips = tuple(
            Clip(source=song, lane="music", start_frames=number * 30_000, n_frames=32_000, gain=1.5)
            for number in range(n_clips)
        )
        timeline = Timeline(rate=8000, n_frames=n_clips * 30_000, clips=clips)
        tracemalloc.start()
        for _ in mix(timeline):
            pass
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    peak_bytes(2)
    short, long = peak_bytes(5), peak_bytes(100)
    assert long < short * 1.2 + 100_000


def test_an_abandoned_mix_gives_its_files_back(
    tmp_path: Path, timeline: Timeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[StereoReader] = []
    close = StereoReader.close

    def counted(self: StereoReader) -> None:
        closed.append(self)
        close(self)

    monkeypatch.setattr(StereoReader, "close", counted)
    blocks: Iterator[np.ndarray] = mix(timeline, block_frames=10_000)
    next(blocks)
    blocks.close()  # type: ignore[attr-defined]
    del blocks
    assert len(closed) == 1


def test_an_album_run_is_the_files_apart_from_the_one_gain(tmp_path: Path) -> None:
    samples = (0.2 * np.random.default_rng(4).standard_normal((3 * RATE, 2))).clip(-0.8, 0.8).astype(np.float32)
    paths = []
    for number, part in enumerate(np.split(samples, [33_333, 88_888])):
        paths.append(tmp_path / f"{number}.flac")
        write_audio_file(paths[-1], [part], rate=RATE, n_frames=len(part))
    whole = np.concatenate([StereoReader(path, RATE).read(10**9) for path in paths])
    assert len(whole) == len(samples)
    run = music(paths[0], 0.5, 3.0, then=tuple(paths[1:]), gain=0.9)
    out = mixed(Timeline(rate=RATE, n_frames=4 * RATE, clips=(run,)), ceiling_dbtp=-1.0)
    at = RATE // 2
    np.testing.assert_array_equal(out[at : at + 3 * RATE], whole * np.float32(0.9))
    assert not out[:at].any()
    assert not out[at + 3 * RATE :].any()


def test_runs_tempo_bands_and_ramps_together_whatever_the_blocks(tmp_path: Path) -> None:
    at = lambda seconds: round(seconds * RATE)  # noqa: E731
    swap = Band(filter="low_shelf", frequency_hz=180.0, ramps=(Ramp(at(0.6), at(1.0), 1.0, 0.001, "smooth_db"),))
    bright = Band(filter="high_shelf", frequency_hz=6000.0, ramps=(Ramp(at(0.2), at(0.4), 0.5, 1.0, "smooth_db"),))
    first = music(
        write(tmp_path / "a.flac", 0.7),
        0.1,
        1.9,
        then=(write(tmp_path / "b.flac", 0.4, seed=2), write(tmp_path / "c.wav", 1.2, rate=48000, seed=3)),
        source_start_frames=3000,
        tempo=(TempoStep(at(0.5), 1.03), TempoStep(at(1.2), 1.02), TempoStep(at(1.4), 1.0)),
        bands=(swap, bright),
        ramps=(Ramp(at(1.5), at(1.9), 1.0, 0.0, "linear"),),
    )
    second = music(
        write(tmp_path / "d.mp3", 1.5, seed=4), 1.2, 0.9, tempo=(TempoStep(0, 0.95),), bands=(swap,), gain=0.7
    )
    timeline = Timeline(rate=RATE, n_frames=at(2.2) + 3, clips=(first, second))
    plain, hot = mixed(timeline), mixed(timeline, ceiling_dbtp=-25.0)
    assert plain.shape == hot.shape == (timeline.n_frames, 2)
    # Until a band or the tempo moves, the files stand as they are.
    start = at(0.1) + at(0.3)
    np.testing.assert_array_equal(
        plain[start : at(0.45)], RunReader([first.source, *first.then], RATE, 3000 + at(0.3)).read(at(0.45) - start)
    )
    assert np.abs(plain[at(1.1) : at(2.0)]).max(axis=1).min() >= 0
    assert (plain[at(1.1) : at(1.95)] ** 2).mean() > 1e-4

    @settings(max_examples=8, deadline=None)
    @given(st.integers(700, 100_000))
    def check(block_frames: int) -> None:
        assert (mixed(timeline, block_frames) == plain).all()
        assert (mixed(timeline, block_frames, -25.0) == hot).all()

    check()


def test_a_stretched_clip_is_faster_by_its_rate(tmp_path: Path) -> None:
    path = tmp_path / "clicks.wav"
    samples = np.zeros((4 * RATE, 2), np.float32)
    samples[RATE // 2 :: RATE // 2] = 0.8
    soundfile.write(path, samples, RATE, subtype="FLOAT")
    clip = music(path, 1.0, 3.0, source_start_frames=5000, tempo=(TempoStep(RATE, 1.05),))
    out = mixed(Timeline(rate=RATE, n_frames=4 * RATE, clips=(clip,)))
    for number in range(1, 6):
        expected = RATE + round((number * (RATE // 2) - 5000) / 1.05)
        around = np.abs(out[expected - 400 : expected + 400, 0])
        assert abs(int(around.argmax()) - 400) <= 0.001 * RATE


def test_a_stretched_file_that_breaks_off_is_logged_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    broken = write(tmp_path / "broken.flac", 4.0)
    data = broken.read_bytes()
    broken.write_bytes(data[: len(data) // 2])
    swap = Band(filter="low_shelf", frequency_hz=180.0, ramps=(Ramp(0, RATE, 1.0, 0.01, "smooth_db"),))
    clip = music(broken, 0, 3.9, tempo=(TempoStep(0, 1.02),), bands=(swap,))
    with caplog.at_level(logging.WARNING, logger="aidj.mixing"):
        out = mixed(Timeline(rate=RATE, n_frames=4 * RATE, clips=(clip,)))
    heard = np.flatnonzero(np.abs(out).max(axis=1) > 0.01)
    assert 1.6 * RATE < heard[-1] < 2.3 * RATE
    assert len([record for record in caplog.records if record.name.startswith("aidj.mixing")]) == 1
