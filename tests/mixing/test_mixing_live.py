"""The live mixer gives what `mix` gives, and goes on with another timeline as if it had been that one all along."""

from __future__ import annotations

import logging
import threading
import tracemalloc
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from aidj.audio import RunReader, StereoReader
from aidj.mixing import LiveMixer, mix
from aidj.mixing.live import LIVE_BLOCK_FRAMES
from aidj.model import Speech
from aidj.output import write_audio_file
from aidj.timeline import Band, Clip, Ramp, TempoStep, Timeline

RATE = 44100
LENGTH = 8 * RATE
MOST_COMMITTED = 2300


@dataclass(frozen=True)
class Sources:
    """Files whose frames can be reached exactly, some that have to be resampled, and a speech."""

    exact: tuple[Path, ...]
    resampled: tuple[Path, ...]
    speech: Speech


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Sources:
    folder = tmp_path_factory.mktemp("songs")

    def made(name: str, seed: int, rate: int = RATE) -> Path:
        rng = np.random.default_rng(seed)
        samples = (0.1 * rng.standard_normal((round(2.5 * rate), 2))).clip(-0.9, 0.9).astype(np.float32)
        path = folder / name
        if path.suffix in (".wav", ".ogg"):
            soundfile.write(path, samples, rate)
        else:
            write_audio_file(path, [samples], rate=rate, n_frames=len(samples))
        return path

    said = (0.2 * np.sin(np.arange(RATE) / 20)).astype(np.float32)
    return Sources(
        exact=(made("a.flac", 1), made("b.wav", 2), made("c.mp3", 3), made("d.ogg", 4)),
        resampled=(made("e.flac", 5, 48000), made("f.mp3", 6, 22050)),
        speech=Speech(text="words", samples=said, rate=RATE, engine="made", voice="up"),
    )


# -- random timelines -------------------------------------------------------------------------------------------------


class Making:
    """Makes random timelines, and others that are the same up to a frame."""

    def __init__(self, rng: np.random.Generator, sources: Sources, *, shaped: bool) -> None:
        self._rng = rng
        self._sources = sources
        self._shaped = shaped
        """Whether clips may be resampled, stretched and filtered."""

    def timeline(self) -> Timeline:
        return self._ordered([self._clip(0) for _ in range(self._rng.integers(1, 7))])

    def changed(self, timeline: Timeline, frame: int) -> Timeline:
        """Another timeline that sounds the same up to a frame."""
        clips = [self._clip_changed(clip, frame) for clip in timeline.clips if clip.start_frames < frame]
        return self._ordered(clips + [self._clip(frame) for _ in range(self._rng.integers(0, 4))])

    def _ordered(self, clips: list[Clip]) -> Timeline:
        clips = sorted(clips, key=lambda clip: clip.start_frames)
        return Timeline(rate=RATE, n_frames=max([LENGTH, *(clip.end_frames for clip in clips)]), clips=tuple(clips))

    def _ramp(self, first: int) -> Ramp:
        """A ramp that changes nothing before a frame."""
        start = int(self._rng.integers(first, first + RATE))
        end = start + int(self._rng.integers(1, RATE))
        shape = self._rng.choice(["quarter_sine", "linear", "smooth_db"])
        return Ramp(start, end, 1.0, float(self._rng.choice([0.0, 0.25, 2.0])), shape)

    def _band(self, first: int) -> Band:
        kind, hz = (("low_shelf", 180.0), ("peak", 1800.0), ("high_shelf", 5000.0))[self._rng.integers(3)]
        ramp = self._ramp(first)
        return Band(filter=kind, frequency_hz=hz, width_octaves=2.0, ramps=(ramp,))

    def _clip(self, first: int) -> Clip:
        rng = self._rng
        start = int(rng.integers(first, max(first + 1, LENGTH - RATE)))
        if rng.random() < 0.2:
            speech = self._sources.speech
            return Clip(source=speech, lane="voice", start_frames=start, n_frames=len(speech.samples))
        files = self._sources.exact + (self._sources.resampled if self._shaped else ())
        source = files[rng.integers(len(files))]
        tempo = ()
        if self._shaped and rng.random() < 0.3:
            stop = start + int(rng.integers(RATE // 2, RATE))
            tempo = (TempoStep(start, float(rng.choice([0.96, 1.03]))), TempoStep(stop, 1.0))
        return Clip(
            source=source,
            lane="music",
            start_frames=start,
            n_frames=int(rng.integers(0, 2 * RATE)),
            source_start_frames=int(rng.choice([0, rng.integers(0, RATE // 3)])),
            gain=float(rng.uniform(0.3, 3.0)),
            ramps=tuple(self._ramp(start) for _ in range(rng.integers(0, 3))),
            tempo=tempo,
            bands=tuple(self._band(start) for _ in range(rng.integers(0, 3))) if self._shaped else (),
        )

    def _clip_changed(self, clip: Clip, frame: int) -> Clip:
        """The same clip up to a frame; it may be shorter, longer, followed by other files, faded and filtered later."""
        rng = self._rng
        if clip.end_frames <= frame or rng.random() < 0.3:
            return clip
        if rng.random() < 0.5:
            clip = replace(clip, n_frames=int(rng.integers(frame, frame + RATE)) - clip.start_frames)
        if rng.random() < 0.5:
            clip = replace(clip, ramps=(*clip.ramps, self._ramp(frame)))
        if isinstance(clip.source, Speech):
            return clip
        if self._shaped and rng.random() < 0.5:
            clip = replace(clip, bands=(*clip.bands, self._band(frame)))
        if rng.random() < 0.4 and not clip.tempo and clip.source in self._sources.exact:
            others = tuple(self._sources.exact[i] for i in rng.integers(0, 4, rng.integers(1, 3)))
            clip = replace(clip, then=(*clip.then, *others), n_frames=clip.n_frames + 3 * RATE)
        return clip


def mixed(timeline: Timeline, ceiling_dbtp: float | None = -1.0) -> np.ndarray:
    return np.concatenate(list(mix(timeline, ceiling_dbtp=ceiling_dbtp)))


def read(mixer: LiveMixer, n_frames: int, rng: np.random.Generator) -> np.ndarray:
    """Read so many frames in blocks of random sizes."""
    parts = [np.zeros((0, 2), np.float32)]
    while n_frames > 0:
        part = mixer.read(min(n_frames, int(rng.choice([1, 441, 1024, 3000, 20_000]))))
        assert part.dtype == np.float32
        parts.append(part)
        n_frames -= len(part)
        assert 0 <= mixer.committed_frames <= MOST_COMMITTED
    return np.concatenate(parts)


@pytest.mark.parametrize("shaped", [False, True], ids=["plain", "shaped"])
def test_it_gives_what_mix_gives(sources: Sources, shaped: bool) -> None:
    @settings(max_examples=12, deadline=None)
    @given(st.integers(0, 10**6), st.sampled_from([None, -1.0, -20.0]), st.sampled_from([512, 1024, 2048]))
    def check(seed: int, ceiling_dbtp: float | None, block_frames: int) -> None:
        rng = np.random.default_rng(seed)
        timeline = Making(rng, sources, shaped=shaped).timeline()
        with LiveMixer(timeline, block_frames=block_frames, ceiling_dbtp=ceiling_dbtp) as mixer:
            parts = [np.zeros((0, 2), np.float32)]
            while mixer.frame < timeline.n_frames + 5000:
                parts.append(mixer.read(int(rng.integers(0, 9000))))
        out = np.concatenate(parts)
        assert (out[: timeline.n_frames] == mixed(timeline, ceiling_dbtp)).all()
        assert not out[timeline.n_frames :].any()

    check()


@pytest.mark.parametrize("shaped", [False, True], ids=["plain", "shaped"])
def test_it_goes_on_as_if_it_had_been_the_new_timeline_all_along(sources: Sources, shaped: bool) -> None:
    @settings(max_examples=25, deadline=None)
    @given(st.integers(0, 10**6))
    def check(seed: int) -> None:
        rng = np.random.default_rng(seed)
        making = Making(rng, sources, shaped=shaped)
        timeline = making.timeline()
        with LiveMixer(timeline) as mixer:
            for _ in range(rng.integers(1, 4)):
                read(mixer, int(rng.integers(0, 3 * RATE)), rng)
                timeline = making.changed(timeline, mixer.frame + mixer.committed_frames)
                frame, first = mixer.frame, mixer.frame + mixer.committed_frames
                assert mixer.replace(timeline) == first
                assert (mixer.frame, mixer.committed_frames) == (frame, first - frame)
            at = mixer.frame
            out = read(mixer, max(0, timeline.n_frames - at), rng)
        wanted = mixed(timeline)[at:]
        if shaped:
            np.testing.assert_allclose(out, wanted, atol=2e-5)
        else:
            assert (out == wanted).all()

    check()


def test_the_same_timeline_again_changes_nothing(sources: Sources) -> None:
    rng = np.random.default_rng(5)
    for _ in range(4):
        timeline = Making(rng, sources, shaped=True).timeline()
        with LiveMixer(timeline) as mixer:
            parts = []
            while mixer.frame < timeline.n_frames:
                parts.append(mixer.read(int(rng.integers(1, 30_000))))
                mixer.replace(replace(timeline, clips=tuple(replace(clip) for clip in timeline.clips)))
        assert (np.concatenate(parts)[: timeline.n_frames] == mixed(timeline)).all()


# -- what a listener would expect -------------------------------------------------------------------------------------


def clip(source: Path | Speech, start_s: float, seconds: float, **more: object) -> Clip:
    lane = "music" if isinstance(source, Path) else "voice"
    return Clip(source=source, lane=lane, start_frames=round(start_s * RATE), n_frames=round(seconds * RATE), **more)  # type: ignore[arg-type]


def timeline_of(*clips: Clip, seconds: float = 8.0) -> Timeline:
    return Timeline(rate=RATE, n_frames=round(seconds * RATE), clips=clips)


def test_a_cut_never_clicks(tmp_path: Path) -> None:
    """No step at the cut is larger than the tones' own, nor is anything lost of the song that comes."""
    t = np.arange(6 * RATE) / RATE
    tones = []
    for hz in (110.0, 170.0):
        tones.append(tmp_path / f"{hz}.flac")
        tone = (0.5 * np.sin(2 * np.pi * hz * t)).astype(np.float32)
        write_audio_file(tones[-1], [np.stack([tone, tone], axis=1)], rate=RATE, n_frames=len(tone))
    own = 0.5 * 2 * np.pi * 170 / RATE
    rng = np.random.default_rng(1)
    for _ in range(10):
        first = clip(tones[0], 0.0, 6.0, ramps=(Ramp(0, 1000, 0.0, 1.0, "quarter_sine"),))
        with LiveMixer(timeline_of(first)) as mixer:
            before = read(mixer, int(rng.integers(RATE, 4 * RATE)), rng)
            cut = mixer.frame + mixer.committed_frames
            end = cut + RATE // 5
            faded = replace(first, n_frames=end, ramps=(*first.ramps, Ramp(cut, end, 1.0, 0.0, "quarter_sine")))
            second = clip(tones[1], cut / RATE, 3.0, ramps=(Ramp(cut, end, 0.0, 1.0, "quarter_sine"),))
            mixer.replace(timeline_of(faded, second))
            out = np.concatenate([before, read(mixer, 2 * RATE, rng)])
        steps = np.abs(np.diff(out, axis=0)).max(axis=1)
        near = steps[cut - 100 : end + 100]
        assert near.max() <= 1.25 * 1.5 * own  # both sound for a moment, at 1.41 times one of them
        assert steps[end + 100 :].max() <= 1.1 * own


def counted(monkeypatch: pytest.MonkeyPatch) -> tuple[list[object], list[object]]:
    opened: list[object] = []
    closed: list[object] = []
    for kind in (StereoReader, RunReader):
        begin, close = kind.__init__, kind.close

        def beginning(self: object, *args: object, begin=begin) -> None:  # type: ignore[no-untyped-def]
            begin(self, *args)
            opened.append(self)

        def closing(self: object, close=close) -> None:  # type: ignore[no-untyped-def]
            close(self)
            closed.append(self)

        monkeypatch.setattr(kind, "__init__", beginning)
        monkeypatch.setattr(kind, "close", closing)
    return opened, closed


def test_what_goes_on_is_not_opened_again_and_all_is_closed(sources: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, closed = counted(monkeypatch)
    first = clip(sources.exact[0], 0.0, 2.4)
    coming = clip(sources.exact[1], 2.4, 2.0)
    with LiveMixer(timeline_of(first, coming)) as mixer:
        mixer.read(RATE // 2)
        swap = Band(filter="low_shelf", frequency_hz=180.0, ramps=(Ramp(RATE, 2 * RATE, 1.0, 0.1, "smooth_db"),))
        mixer.replace(timeline_of(replace(first, bands=(swap,), gain=1.0), coming))
        mixer.read(RATE)
        mixer.replace(timeline_of(replace(first, n_frames=2 * RATE), replace(coming, gain=0.5)))
        mixer.read(RATE)
        mixer.read(RATE)
        assert len(opened) == 2
        for start_s in (5.0, 6.0, 7.0):  # changed again and again before it is heard
            mixer.replace(timeline_of(coming, clip(sources.exact[2], start_s, 1.0)))
    assert {id(reader) for reader in opened} <= {id(reader) for reader in closed}


def test_an_album_goes_on_where_a_song_was_alone(sources: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, _ = counted(monkeypatch)
    a, b, c = sources.exact[0], sources.exact[1], sources.exact[3]
    alone = clip(a, 0.0, 2.5)
    run = replace(alone, then=(b, c), n_frames=round(6.5 * RATE))
    with LiveMixer(timeline_of(alone)) as mixer:
        parts = [mixer.read(RATE)]
        mixer.replace(timeline_of(replace(alone, then=(b,), n_frames=5 * RATE)))
        parts.append(mixer.read(RATE))
        mixer.replace(timeline_of(alone))  # the second is skipped after all
        parts.append(mixer.read(1000))
        mixer.replace(timeline_of(run))
        assert sum(isinstance(reader, RunReader) for reader in opened) == 0
        parts.append(mixer.read(5 * RATE))
    out = np.concatenate(parts)
    assert (out == mixed(timeline_of(run))[: len(out)]).all()


def test_another_song_of_the_album_instead(sources: Sources) -> None:
    a, b, c = sources.exact[0], sources.exact[1], sources.exact[3]
    alone = clip(a, 0.0, 2.5)
    other = replace(alone, then=(c,), n_frames=5 * RATE)
    with LiveMixer(timeline_of(replace(alone, then=(b,), n_frames=5 * RATE))) as mixer:
        parts = [mixer.read(RATE)]
        mixer.replace(timeline_of(alone))
        parts.append(mixer.read(1000))
        mixer.replace(timeline_of(other))
        parts.append(mixer.read(5 * RATE))
    out = np.concatenate(parts)
    assert (out == mixed(timeline_of(other))[: len(out)]).all()


def test_a_file_that_is_gone_is_silent_and_the_rest_plays(
    sources: Sources, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    good = clip(sources.exact[1], 1.0, 1.0)
    with caplog.at_level(logging.WARNING), LiveMixer(timeline_of(clip(tmp_path / "gone.flac", 0, 1), good)) as mixer:
        before = mixer.read(RATE // 2)
        mixer.replace(timeline_of(clip(tmp_path / "gone.flac", 0, 5), good))
        out = np.concatenate([before, mixer.read(2 * RATE)])
    assert not out[:RATE].any()
    assert out[RATE:].any()
    assert len([record for record in caplog.records if "gone.flac" in record.message]) == 1


def test_a_timeline_at_another_rate_is_refused(sources: Sources) -> None:
    with LiveMixer(timeline_of()) as mixer, pytest.raises(ValueError, match="48000"):
        mixer.replace(Timeline(rate=48000, n_frames=0, clips=()))


def test_a_block_is_a_multiple_of_what_the_limiter_looks_at() -> None:
    with pytest.raises(ValueError, match="multiple"):
        LiveMixer(timeline_of(), block_frames=1000)


def test_little_is_committed(sources: Sources) -> None:
    with LiveMixer(timeline_of(clip(sources.exact[0], 0, 2))) as mixer:
        assert mixer.committed_frames == 0
        most = 0
        for n_frames in (1, 1024, 1024, 700, 3, 44_100):
            mixer.read(n_frames)
            most = max(most, mixer.committed_frames)
        assert LIVE_BLOCK_FRAMES < most <= MOST_COMMITTED


def test_it_can_be_replaced_while_another_thread_reads(sources: Sources) -> None:
    song = clip(sources.exact[0], 0.0, 2.5)
    timeline = timeline_of(song, clip(sources.exact[1], 2.0, 2.5), clip(sources.speech, 3.0, 1.0))
    parts: list[np.ndarray] = []
    with LiveMixer(timeline) as mixer:
        reading = threading.Thread(target=lambda: parts.extend(mixer.read(441) for _ in range(600)))
        reading.start()
        while reading.is_alive():
            mixer.replace(timeline)
        reading.join()
    out = np.concatenate(parts)
    assert (out == mixed(timeline)[: len(out)]).all()


def test_memory_stays_the_same_however_long_the_session(sources: Sources) -> None:
    def peak_bytes(n_clips: int) -> int:
        clips = tuple(clip(sources.exact[0], 2.0 * number, 2.1, gain=1.5) for number in range(n_clips))
        tracemalloc.start()
        with LiveMixer(timeline_of(*clips)) as mixer:
            while mixer.frame < 2 * n_clips * RATE:
                mixer.read(30_000)
                mixer.replace(timeline_of(*clips))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    peak_bytes(6)
    # Two threads do not always hold most at the same moment; each clip that were kept would be a megabyte.
    short, long = peak_bytes(8), peak_bytes(20)
    assert long < short + 4_000_000
