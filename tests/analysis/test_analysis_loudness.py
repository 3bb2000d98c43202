"""The cases of EBU Tech 3341, synthesised here, and what a streamed meter must keep besides."""

from __future__ import annotations

import numpy as np
import pytest
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st

from aidj.analysis import integrated_loudness, levels_loudness, measure_loudness, true_peaks
from aidj.analysis.loudness import LoudnessMeter, album_loudness, short_term_lufs
from aidj.analysis.weighting import biquads

RATE = 48000


def tone(parts: list[tuple[float, float]], rate: int = RATE) -> np.ndarray:
    """A stereo sine of 1 kHz whose level follows (dBFS, seconds)."""
    gains = np.concatenate([np.full(round(seconds * rate), 10 ** (level / 20)) for level, seconds in parts])
    wave = gains * np.sin(2 * np.pi * 1000 * np.arange(len(gains)) / rate)
    return np.stack([wave, wave], axis=1).astype(np.float32)


CASES = {
    1: ([(-23, 20)], -23.0),
    2: ([(-33, 20)], -33.0),
    3: ([(-36, 10), (-23, 60), (-36, 10)], -23.0),
    4: ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0),
    5: ([(-26, 20), (-20, 20.1), (-26, 20)], -23.0),
}


@pytest.mark.parametrize("case", CASES)
def test_loudness_cases(case: int) -> None:
    parts, expected = CASES[case]
    assert integrated_loudness(tone(parts), RATE) == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("rate", [8000, 22050, 44100, 96000, 192000])
def test_loudness_at_every_rate(rate: int) -> None:
    assert integrated_loudness(tone([(-23, 5)], rate), rate) == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize(
    ("divisor", "phase", "amplitude", "expected"),
    [(4, 0, 0.5, -6.0), (4, 45, 0.5, -6.0), (6, 60, 0.5, -6.0), (8, 67.5, 0.5, -6.0), (4, 45, 1.41, 3.0)],
)
def test_true_peak_cases(divisor: int, phase: float, amplitude: float, expected: float) -> None:
    n = np.arange(RATE)
    fade = np.minimum(1.0, np.minimum(n, n[::-1]) / 480)  # an abrupt edge would ring above the tone itself
    wave = fade * amplitude * np.sin(2 * np.pi * n / divisor + np.radians(phase))
    measured = measure_loudness(wave.astype(np.float32)[:, None], RATE).true_peak_dbtp
    assert expected - 0.4 <= measured <= expected + 0.2


@pytest.mark.parametrize("again", [None, 0.0])
def test_true_peaks_agree_with_a_good_resampler(again: float | None) -> None:
    noise = np.random.default_rng(5).standard_normal((RATE, 2))
    music = soxr.resample(soxr.resample(noise, RATE, 24000), 24000, RATE).astype(np.float32)
    peaks = true_peaks(music, look_again_above=again)
    truth = np.abs(soxr.resample(music.astype(np.float64), RATE, 16 * RATE, quality="VHQ")).max(axis=1)
    tiles = len(truth) // 256
    expected = truth[: tiles * 256].reshape(tiles, 256).max(axis=1)
    # A slope across the border of two tiles belongs to the peak behind it: judged where the peaks themselves are.
    at = np.arange(10, tiles - 10)
    at = at[(expected[at] > expected[at - 1]) & (expected[at] > expected[at + 1])]
    difference_db = 20 * np.log10(peaks[at] / expected[at])
    assert np.abs(difference_db).max() < (0.4 if again is None else 0.1)
    assert peaks.max() == pytest.approx(expected.max(), rel=0.02)


def test_a_second_look_finds_what_the_first_misses() -> None:
    n = np.arange(4096)
    wave = (0.9 * np.sin(2 * np.pi * 0.43 * n))[:, None].astype(np.float32)
    once, twice = (true_peaks(wave, look_again_above=above)[20:-20].max() for above in (None, 0.5))
    assert once <= twice == pytest.approx(0.9, rel=0.02)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(1, 40_000), min_size=1, max_size=12))
def test_the_meter_does_not_see_the_blocks(sizes: list[int]) -> None:
    samples = np.random.default_rng(sum(sizes)).standard_normal((sum(sizes), 2)).astype(np.float32) * 0.1
    whole = measure_loudness(samples, 44100)
    meter = LoudnessMeter(44100)
    at = 0
    for size in sizes:
        meter.add(samples[at : at + size])
        at += size
    parts = meter.finish()
    np.testing.assert_array_equal(parts.energies, whole.energies)
    np.testing.assert_array_equal(parts.peaks, whole.peaks)
    np.testing.assert_array_equal(parts.moments_db, whole.moments_db)
    assert len(whole.peaks) == len(whole.energies) == -(-len(samples) // 4410)


def test_levels_tell_when() -> None:
    loudness = measure_loudness(tone([(-20, 1), (-40, 1), (-120, 1)]), RATE)
    assert loudness.levels_lufs[2:9] == pytest.approx(-20, abs=0.1)
    assert loudness.levels_lufs[12:19] == pytest.approx(-40, abs=0.1)
    assert (loudness.levels_lufs[22:] < -100).all()
    assert loudness.peaks_dbtp[2:9] == pytest.approx(-20, abs=0.1)
    assert loudness.peaks_dbtp[12:19] == pytest.approx(-40, abs=0.1)
    assert levels_loudness(loudness.levels_lufs) == pytest.approx(loudness.integrated_lufs, abs=0.01)


def test_the_loudest_peak_keeps_its_place_even_at_the_very_end() -> None:
    for n_frames in (4800, 4801, 9599, 48_000 + 7):
        samples = np.zeros((n_frames, 2), np.float32)
        samples[-1] = 0.5
        loudness = measure_loudness(samples, RATE)
        assert loudness.peaks.argmax() == len(loudness.peaks) - 1
        assert loudness.peaks.max() >= 0.5


def test_silence_has_no_loudness() -> None:
    loudness = measure_loudness(np.zeros((RATE, 2), np.float32), RATE)
    assert loudness.integrated_lufs == loudness.true_peak_dbtp == float("-inf")
    assert integrated_loudness(np.zeros((0, 2), np.float32), RATE) == float("-inf")


@pytest.mark.parametrize("n_frames", [1, 100, 4799, 9600])
def test_a_moment_of_sound_is_measured(n_frames: int) -> None:
    loudness = measure_loudness(tone([(-20, 1)])[10 : 10 + n_frames], RATE)
    assert len(loudness.levels_lufs) == len(loudness.peaks_dbtp) == -(-n_frames // 4800)
    assert not np.isnan(loudness.integrated_lufs)


def test_one_channel_counts_as_heard_from_both_speakers() -> None:
    stereo = tone([(-23, 2)])
    assert integrated_loudness(stereo[:, :1], RATE) == pytest.approx(integrated_loudness(stereo, RATE), abs=1e-6)


RANGES = {
    1: ([(-20, 20), (-30, 20)], 10.0),
    2: ([(-20, 20), (-15, 20)], 5.0),
    3: ([(-40, 20), (-20, 20)], 20.0),
    4: ([(-50, 20), (-35, 20), (-20, 20), (-35, 20), (-50, 20)], 15.0),
}
"""The first cases of EBU Tech 3342."""


@pytest.mark.parametrize("case", RANGES)
def test_loudness_range_cases(case: int) -> None:
    parts, expected = RANGES[case]
    assert measure_loudness(tone(parts), RATE).loudness_range_lu == pytest.approx(expected, abs=1.0)


def test_what_is_short_or_silent_has_no_range() -> None:
    assert measure_loudness(tone([(-20, 1), (-40, 1)]), RATE).loudness_range_lu == 0.0
    assert measure_loudness(np.zeros((5 * RATE, 2), np.float32), RATE).loudness_range_lu == 0.0


def test_short_term_loudness_is_of_three_seconds() -> None:
    levels = measure_loudness(tone([(-20, 5), (-40, 5)]), RATE).levels_lufs
    short_term = short_term_lufs(levels)
    assert len(short_term) == len(levels) - 29
    assert short_term[:20] == pytest.approx(-20, abs=0.1)
    assert short_term[35] == pytest.approx(-20 - 10 * np.log10(3 / 1.5), abs=0.3)
    assert short_term[50:] == pytest.approx(-40, abs=0.1)
    assert len(short_term_lufs(levels[:29])) == 0


def test_an_album_is_gated_as_one() -> None:
    loud, soft = (measure_loudness(tone([(level, 20)]), RATE).levels_lufs for level in (-14, -34))
    assert album_loudness([loud, loud]) == pytest.approx(-14, abs=0.1)
    assert album_loudness([soft, loud, soft]) == pytest.approx(-14, abs=0.1)  # 20 LU below: a quiet interlude
    middle = measure_loudness(tone([(-20, 20)]), RATE).levels_lufs
    energy = (10**-1.4 + 10**-2.0) / 2
    assert album_loudness([loud, middle]) == pytest.approx(10 * np.log10(energy), abs=0.1)
    assert album_loudness([loud[:2]]) == pytest.approx(levels_loudness(loud[:2]))
    assert album_loudness([]) == album_loudness([np.full(50, -120.0)]) == float("-inf")


def judged_energies(samples: np.ndarray, rate: int) -> np.ndarray:
    """K-weighted energies per 100 ms by a recursive filter in double precision."""
    signal = pytest.importorskip("scipy.signal")
    weighted = samples.astype(np.float64)
    for b, a in biquads(rate):
        weighted = signal.lfilter(b, a, weighted, axis=0)
    count = rate // 10
    return (weighted[: len(samples) // count * count].reshape(-1, count, 2) ** 2).sum(axis=2).mean(axis=1)


@pytest.mark.parametrize("rate", [8000, 11025, 44100, 96000])
def test_levels_are_those_of_the_recursive_filter(rate: int) -> None:
    rng = np.random.default_rng(rate)
    t = np.arange(6 * rate) / rate
    swell = 10 ** (-3 * np.abs(np.sin(np.pi * t / 3)))
    rumble = 0.1 * np.sin(2 * np.pi * 30 * t)
    samples = (0.2 + (0.3 * rng.standard_normal(len(t)) * swell + rumble)[:, None] * [1.0, 0.5]).astype(np.float32)
    loudness = measure_loudness(samples, rate)
    if rate % 10 == 0:
        judged = judged_energies(samples, rate)
        np.testing.assert_allclose(10 * np.log10(loudness.energies[: len(judged)] / judged), 0.0, atol=0.02)
    assert np.isfinite(loudness.levels_lufs).all()


def test_an_offset_is_not_heard() -> None:
    clean = tone([(-20, 2), (-120, 1), (-40, 2)])
    levels = measure_loudness(clean + np.float32(0.2), RATE).levels_lufs
    np.testing.assert_allclose(levels[3:19], -20, atol=0.1)
    np.testing.assert_allclose(levels[33:], -40, atol=0.1)
    assert (levels[23:29] < -80).all()


@pytest.mark.parametrize("rate", [11025, 44100, 48000])
def test_peaks_of_windows_are_found_where_they_matter(rate: int) -> None:
    rng = np.random.default_rng(rate)
    window = round(rate / 10)
    n = 40 * window
    noise = soxr.resample(rng.standard_normal((n, 2)), rate, rate * 0.7)
    gains_db = np.interp(np.arange(n), np.arange(0, n, 2 * window), rng.uniform(-30, 0, n // window // 2))
    noise = soxr.resample(noise, rate * 0.7, rate)[:n] * 10 ** (gains_db / 20)[:, None]
    samples = np.clip(0.3 * noise, -1, 1).astype(np.float32)
    loudness = measure_loudness(samples, rate)
    fine = np.abs(true_peaks(samples))
    assert loudness.true_peak_dbtp == pytest.approx(20 * np.log10(fine.max()), abs=0.01)
    tiles = np.arange(len(fine)) * 16 // window
    # A tile at the border of two windows may hold the peak of either.
    whole = (np.arange(len(fine)) * 16 + 15) // window == tiles
    least = np.array([fine[(tiles == w) & whole].max() for w in range(n // window)])
    judged = least > 0.25 * min(1.0, fine.max())
    assert judged.sum() >= 5
    difference_db = 20 * np.log10(loudness.peaks[: n // window] / least)
    assert (difference_db[judged] > -0.1).all()
    assert (loudness.peaks[: n // window] >= np.abs(samples).reshape(-1, window, 2).max(axis=(1, 2)) - 1e-7).all()
