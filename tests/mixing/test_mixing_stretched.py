from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aidj.errors import AudioError
from aidj.mixing.stretched import FrameMap, Stretched, window_frames
from aidj.timeline import TempoStep

RATE = 44100
AWAY = 1.7
"""Seconds after the last step by which the samples are the source's own again."""


class Array:
    """A source in memory that may break off."""

    def __init__(self, samples: np.ndarray, at: int, breaks: bool = False) -> None:
        self.samples, self.at, self.breaks = samples, at, breaks

    def read(self, n_frames: int) -> np.ndarray:
        block = self.samples[self.at : self.at + n_frames]
        self.at += len(block)
        if self.breaks and not len(block):
            raise AudioError("broken")
        return block

    def close(self) -> None: ...


def steps(*pairs: tuple[float, float]) -> list[TempoStep]:
    return [TempoStep(round(seconds * RATE), rate) for seconds, rate in pairs]


def glide(start_s: float, rate: float, hold_s: float, every_s: float = 0.4) -> list[TempoStep]:
    """A tempo held for a while, then taken back in steps of half a percent."""
    count = round(abs(rate - 1) / 0.005)
    sign = 1 if rate > 1 else -1
    later = [(start_s + hold_s + i * every_s, 1 + sign * 0.005 * (count - 1 - i)) for i in range(count)]
    return steps((start_s, rate), *((at, 1.0 if abs(r - 1) < 1e-9 else r) for at, r in later))


def stretched(
    samples: np.ndarray, tempo: Sequence[TempoStep], start: int = 0, sizes: Sequence[int] = (10**7,), first: int = 0
) -> np.ndarray:
    reader = Stretched(lambda at: Array(samples, at), FrameMap(tempo, start), RATE, first)
    parts, turn = [], 0
    while len(part := reader.read(sizes[turn % len(sizes)])):
        parts.append(part)
        turn += 1
    return np.concatenate(parts)


def stereo(left: np.ndarray, right: np.ndarray | None = None) -> np.ndarray:
    return np.stack([left, left if right is None else right], axis=1).astype(np.float32)


def noise(seconds: float, seed: int = 0) -> np.ndarray:
    return (0.1 * np.random.default_rng(seed).standard_normal((round(seconds * RATE), 2))).astype(np.float32)


def test_the_map_is_the_integral_of_the_rates() -> None:
    tempo = steps((1, 1.04), (3, 1.02), (4, 1.0), (10, 0.95))
    lookup = FrameMap(tempo, 500)
    frames = np.arange(0, 12 * RATE)
    rates = np.ones(len(frames))
    for step in tempo:
        rates[step.start_frames :] = step.rate
    exact = 500 + np.concatenate([[0.0], np.cumsum(rates)[:-1]])
    found = [lookup.source_frame(int(frame)) for frame in frames[::997]]
    assert np.abs(found - exact[::997]).max() <= 0.5 + 1e-6
    # At the native tempo, frame for frame.
    assert [lookup.source_frame(5 * RATE + i) - i for i in range(0, 4 * RATE, 999)] == [
        lookup.source_frame(5 * RATE)
    ] * 177


def test_a_tempo_that_holds_before_the_clip_holds_in_its_lead() -> None:
    lookup = FrameMap(steps((-3, 0.9), (-1, 1.1), (2, 1.0)), 1000)
    assert lookup.source_frame(0) == 1000
    assert lookup.source_frame(-100) == 890
    assert lookup.source_frame(100) == 1110
    assert not lookup.is_native
    assert FrameMap(steps((-3, 0.9), (-1, 1.0)), 1000).is_native


@pytest.mark.parametrize("rate", [0.92, 0.96, 1.0005, 1.04, 1.08])
def test_clicks_stay_where_the_map_has_them_through_a_glide(rate: float) -> None:
    seconds = 16
    rng = np.random.default_rng(3)
    click = (np.exp(-np.arange(60) / 10) * rng.standard_normal(60)).astype(np.float32)
    at = np.arange(3000, (seconds - 1) * RATE, 5513)
    samples = stereo(0.02 * np.sin(2 * np.pi * 220 * np.arange(seconds * RATE) / RATE))
    for place in at:
        samples[place : place + 60] += click[:, None]
    tempo = glide(1.0, rate, 3.0)
    out = stretched(samples, tempo, 777)
    lookup = FrameMap(tempo, 777)
    sources = np.array([lookup.source_frame(frame) for frame in range(len(out))])
    errors = []
    for place in at[(at > sources[0] + 2000) & (at < sources[-1] - 2000)]:
        expected = int(np.searchsorted(sources, place))
        around = out[expected - 500 : expected + 560, 0]
        match = np.abs(np.correlate(around, click, "valid"))
        errors.append(int(match.argmax()) - 500)
        assert match.max() > 0.4 * (click**2).sum()
    assert np.abs(errors).max() <= 0.001 * RATE
    if tempo[-1].rate == 1.0:
        assert errors[-1] == 0


def drum(kind: str) -> np.ndarray:
    """A hit of 0.18 s that begins at its first frame."""
    n = np.arange(8000)
    rustle = np.random.default_rng(3).standard_normal(8001)
    if kind == "click":
        return np.asarray(np.exp(-n / 10) * rustle[1:])
    if kind == "snare":
        return np.asarray(0.3 * np.exp(-n / 1500) * rustle[1:])
    if kind == "hat":
        return np.asarray(0.2 * np.exp(-n / 800) * np.diff(rustle))
    sweep = np.cumsum(45 + 110 * np.exp(-n / 900)) / RATE
    return np.asarray(0.6 * np.exp(-n / 2500) * np.sin(2 * np.pi * sweep))


@pytest.mark.parametrize("rate", [0.95, 1.04, 1.08])
@pytest.mark.parametrize("kind", ["click", "snare", "hat", "kick"])
def test_a_drum_keeps_its_shape(kind: str, rate: float) -> None:
    """It begins when it begins, without an echo before, and looks as it looked."""
    hit = drum(kind)
    at = np.arange(20_000, 7 * RATE, 21_013)
    wave = np.zeros(8 * RATE)
    for place in at:
        wave[place : place + len(hit)] += hit
    out = stretched(stereo(wave), steps((0, rate)))[:, 0].astype(np.float64)
    before, shapes, late = [], [], []
    for place in at[1:-1]:
        begin = round(place / rate)
        after = (out[begin : begin + 882] ** 2).mean()
        before.append((out[begin - 882 : begin - 22] ** 2).mean() / after)
        match = np.correlate(out[begin - 100 : begin + 1600], hit[:1500], "valid") / (hit[:1500] ** 2).sum()
        shapes.append(match.max())
        late.append(abs(int(match.argmax()) - 100))
    assert 10 * np.log10(np.median(before)) < -25
    assert 10 * np.log10(np.max(before)) < -20
    assert max(late) < 0.001 * RATE
    assert min(shapes) > 0.8
    assert max(shapes) < 1.1


@pytest.mark.parametrize("rate", [0.96, 1.05])
def test_drums_over_a_chord_stay_sharp_and_the_chord_stays(rate: float) -> None:
    t = np.arange(9 * RATE) / RATE
    tones = (55.0, 110.0, 220.5, 331.0, 405.0, 556.0, 700.0, 881.0)
    chord = sum(0.04 * np.sin(2 * np.pi * f * t) for f in tones)
    samples = np.asarray(chord).copy()
    snare = drum("snare")
    at = np.arange(RATE, 8 * RATE, RATE // 3)
    for place in at:
        samples[place : place + len(snare)] += snare
    out = stretched(stereo(samples), steps((0, rate)))[:, 0].astype(np.float64)
    for place in at[2:-2]:
        begin = round(place / rate)
        match = np.correlate(out[begin - 100 : begin + 1600], snare[:1500], "valid") / (snare[:1500] ** 2).sum()
        assert match.max() > 0.7
        assert abs(int(match.argmax()) - 100) < 0.001 * RATE
    # Each tone keeps its level from drum to drum: also where the two bands share it.
    window = np.hanning(RATE // 2)
    for frequency in tones:
        carrier = out * np.exp(-2j * np.pi * frequency * np.arange(len(out)) / RATE)
        parts = np.lib.stride_tricks.sliding_window_view(carrier[2 * RATE : 7 * RATE], len(window))[::2000]
        level = 2 * np.abs(parts @ window) / window.sum()
        assert abs(20 * np.log10(level.mean() / 0.04)) < 0.7


def test_bass_keeps_its_harmonics() -> None:
    t = np.arange(10 * RATE) / RATE
    out = stretched(stereo(sum(0.1 / k * np.sin(2 * np.pi * 41 * k * t + k) for k in range(1, 12))), steps((0, 1.04)))
    heard = out[2 * RATE : 8 * RATE, 0]
    t = np.arange(len(heard)) / RATE
    waves = np.stack([wave(2 * np.pi * 41 * k * t) for k in range(1, 12) for wave in (np.sin, np.cos)], axis=1)
    found = np.linalg.lstsq(waves, heard.astype(np.float64), rcond=None)[0].reshape(-1, 2)
    for k, pair in enumerate(found, 1):
        assert abs(20 * np.log10(np.hypot(*pair) / (0.1 / k))) < 1


@pytest.mark.parametrize("rate", [0.95, 1.04])
def test_two_tones_stay_pure_and_loud(rate: float) -> None:
    t = np.arange(8 * RATE) / RATE
    out = stretched(stereo(0.3 * np.sin(2 * np.pi * 440 * t) + 0.3 * np.sin(2 * np.pi * 1100 * t)), steps((0, rate)))
    heard = out[2 * RATE : 5 * RATE, 0].astype(np.float64)
    t = np.arange(len(heard)) / RATE
    waves = np.stack([wave(2 * np.pi * f * t) for f in (440, 1100) for wave in (np.sin, np.cos)], axis=1)
    found = np.linalg.lstsq(waves, heard, rcond=None)[0]
    rest = heard - waves @ found
    assert 10 * np.log10((heard**2).mean() / (rest**2).mean()) > 60
    for pair in found.reshape(2, 2):
        assert abs(20 * np.log10(np.hypot(*pair) / 0.3)) < 0.05


@pytest.mark.parametrize("frequency", [55.0, 220.7, 881.0, 5000.0])
def test_the_level_of_a_tone_holds_into_a_stretch_and_out_of_it(frequency: float) -> None:
    t = np.arange(12 * RATE) / RATE
    out = stretched(stereo(0.2 * np.sin(2 * np.pi * frequency * t)), glide(2.0, 1.05, 2.0, 0.2))
    carrier = out[:, 0] * np.exp(-2j * np.pi * frequency * np.arange(len(out)) / RATE)
    window = np.hanning(2205)
    level = 2 * np.abs(np.convolve(carrier, window / window.sum(), "same"))[4000:-8000:100]
    assert np.abs(20 * np.log10(level / 0.2)).max() < 0.1


def test_music_like_sound_keeps_its_level() -> None:
    samples = noise(8.0)
    t = np.arange(len(samples)) / RATE
    samples += stereo(
        0.3 * sum(np.sin(2 * np.pi * f * t) for f in (110, 277, 415)) * (0.6 + 0.4 * np.cos(4 * np.pi * t))
    )
    out = stretched(samples, steps((0, 1.05)))
    level = [10 * np.log10((part[RATE : 6 * RATE].astype(np.float64) ** 2).mean()) for part in (samples, out)]
    assert abs(level[1] - level[0]) < 0.2


def test_a_constant_offset_is_no_sound_and_stays() -> None:
    out = stretched(noise(6.0) * 0 + np.float32(0.25), steps((0, 1.05)))
    assert np.abs(out[RATE : 4 * RATE] - 0.25).max() < 0.01


def test_what_is_native_is_untouched_bit_for_bit() -> None:
    samples = noise(24.0)
    tempo = [*glide(3.0, 1.04, 1.0, 0.2), *glide(14.0, 0.97, 1.0, 0.2)]
    out = stretched(samples, tempo, 5000)
    lookup = FrameMap(tempo, 5000)
    first_end, second_end = (step.start_frames for step in tempo if step.rate == 1.0)
    margin = 2 * window_frames(RATE)
    for start, stop in (
        (0, 3 * RATE - margin),
        (first_end + round(AWAY * RATE), 14 * RATE - margin),
        (second_end + round(AWAY * RATE), len(out)),
    ):
        place = lookup.source_frame(start)
        np.testing.assert_array_equal(out[start:stop], samples[place : place + stop - start])
    # And just before a stretch begins, all but: within the rounding of two transforms.
    near = slice(3 * RATE - margin, 3 * RATE - margin // 4)
    assert np.abs(out[near] - samples[near.start + 5000 : near.stop + 5000]).max() < 1e-6
    # The stretch does something.
    place = lookup.source_frame(4 * RATE)
    assert np.abs(out[4 * RATE : 5 * RATE] - samples[place : place + RATE]).max() > 0.05


@pytest.mark.parametrize("tempo", [steps((0, 1.04)), glide(0.5, 1.02, 0.5, 0.1), glide(0.5, 0.96, 0.2, 0.1)])
@pytest.mark.parametrize("start", [0, 12_345])
def test_nothing_is_dropped_or_doubled(tempo: list[TempoStep], start: int) -> None:
    samples = noise(4.0)
    out = stretched(samples, tempo, start)
    lookup = FrameMap(tempo, start)
    assert lookup.source_frame(len(out)) >= len(samples)
    assert lookup.source_frame(len(out) - 1) < len(samples)


def test_a_stretch_that_has_begun_before_the_clip_is_settled_at_its_first_frame() -> None:
    t = np.arange(6 * RATE) / RATE
    samples = stereo(0.2 * np.sin(2 * np.pi * 300 * t))
    out = stretched(samples, steps((0, 1.05)), 2 * RATE)
    heard = out[: RATE // 2, 0].astype(np.float64)
    t = t[: len(heard)]
    waves = np.stack([np.sin(2 * np.pi * 300 * t), np.cos(2 * np.pi * 300 * t)], axis=1)
    rest = heard - waves @ np.linalg.lstsq(waves, heard, rcond=None)[0]
    assert np.abs(rest).max() < 0.001


def test_both_sides_keep_their_places() -> None:
    t = np.arange(6 * RATE) / RATE
    tone = np.sin(2 * np.pi * 300 * t) + np.sin(2 * np.pi * 705 * t)
    out = stretched(stereo(0.2 * tone, 0.1 * tone), steps((0, 1.06)))[RATE : 4 * RATE]
    assert np.abs(out[:, 0] - 2 * out[:, 1]).max() < 1e-4


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(300, 30_000), min_size=1, max_size=5), st.integers(0, 40_000))
def test_the_reads_do_not_matter(sizes: list[int], start: int) -> None:
    samples = noise(2.5)
    tempo = steps((0.2, 1.03), (0.7, 1.015), (1.0, 1.0))
    np.testing.assert_array_equal(stretched(samples, tempo, start, sizes), stretched(samples, tempo, start))


@pytest.mark.parametrize("lead", [1, 700, 5000])
def test_a_lead_is_what_comes_before(lead: int) -> None:
    samples = noise(4.0)
    tempo = steps((0.5, 1.03))
    whole = stretched(samples, tempo, 20_000)
    np.testing.assert_array_equal(stretched(samples, tempo, 20_000, first=-lead)[lead:], whole)


def test_a_source_that_breaks_off_is_heard_up_to_there() -> None:
    samples = noise(2.0)
    reader = Stretched(lambda at: Array(samples, at, breaks=True), FrameMap(steps((0, 1.04)), 0), RATE)
    assert len(reader.read(10**7)) == pytest.approx(2 * RATE / 1.04, abs=1)
    with pytest.raises(AudioError):
        reader.read(1)


def test_silence_stays_silence() -> None:
    assert not stretched(noise(3.0) * 0, steps((0.5, 1.04))).any()
