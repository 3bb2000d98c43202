from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aidj.mixing.ahead import Ahead
from aidj.mixing.split import SHARED_HZ, SPLIT_HZ, Split, first_heard, low_step

RATE = 44100


class Array:
    def __init__(self, samples: np.ndarray) -> None:
        self.samples, self.at = samples, 0

    def read(self, n_frames: int) -> np.ndarray:
        block = self.samples[self.at : self.at + n_frames]
        self.at += len(block)
        return block

    def close(self) -> None: ...


def split(samples: np.ndarray, rate: int = RATE, first: int = 0) -> Split:
    """Split samples whose first one has a number."""
    return Split(Ahead(Array(samples), first, 60_000), rate, 8192)


def noise(seconds: float, rate: int = RATE) -> np.ndarray:
    return (0.1 * np.random.default_rng(1).standard_normal((round(seconds * rate), 2))).astype(np.float32)


def tone(frequency: float, rate: int = RATE) -> np.ndarray:
    wave = np.sin(2 * np.pi * frequency * np.arange(rate) / rate)
    return np.stack([wave, 0.5 * wave], axis=1).astype(np.float32)


def level_db(sides: np.ndarray) -> float:
    return float(10 * np.log10((sides.astype(np.float64) ** 2).mean() + 1e-20))


def test_the_bands_add_up_to_the_source() -> None:
    samples = noise(1.0)
    bands = split(samples)
    whole = bands.low(-500, RATE + 500) + bands.high(-500, RATE + 500)
    np.testing.assert_allclose(whole[:, 500:-500], samples.T, atol=1e-7)
    assert not whole[:, :500].any()
    assert not whole[:, -500:].any()


@pytest.mark.parametrize("rate", [22050, 44100, 48000])
def test_each_tone_is_in_its_band_and_stands_where_it_stood(rate: int) -> None:
    heard = slice(rate // 4, 3 * rate // 4)
    for frequency, band in ((50.0, "low"), (600.0, "low"), (800.0, "high"), (6000.0, "high")):
        samples = tone(frequency, rate)
        bands = split(samples, rate)
        found = {"low": bands.low(0, rate)[:, heard], "high": bands.high(0, rate)[:, heard]}
        np.testing.assert_allclose(found.pop(band), samples.T[:, heard], atol=1e-4)
        assert level_db(found.popitem()[1]) < -95
    # In between it is in both.
    bands = split(tone(SPLIT_HZ, rate), rate)
    assert level_db(bands.low(0, rate)[:, heard]) == pytest.approx(level_db(bands.high(0, rate)[:, heard]), abs=0.2)
    assert level_db(split(tone(SHARED_HZ, rate), rate).low(0, rate)[:, heard]) < level_db(tone(SHARED_HZ)) - 35


@pytest.mark.parametrize("rate", [8000, 22050, 44100, 96000])
def test_what_is_low_may_be_looked_at_in_steps(rate: int) -> None:
    """Nothing of noise is left above half the rate of the steps."""
    low = split(noise(2.0, rate), rate).low(0, 2 * rate)[0, rate // 2 : -rate // 2]
    spectrum = np.abs(np.fft.rfft(low.astype(np.float64) * np.blackman(len(low)))) ** 2
    limit = len(low) // (2 * low_step(rate))
    assert spectrum[limit:].sum() < 1e-10 * spectrum.sum() if low_step(rate) > 1 else len(low)
    assert 1000 < rate / low_step(rate) / 2 < 3000


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(1, 30_000), min_size=1, max_size=6), st.integers(0, 40_000))
def test_what_is_asked_for_before_does_not_matter(moves: list[int], start: int) -> None:
    samples = noise(3.0)
    whole = split(samples).low(0, 4 * RATE)
    later = first_heard(start)
    bands = split(samples[max(0, later) :], first=max(0, later))
    at = start
    for move in moves:
        np.testing.assert_array_equal(bands.low(at, at + 4096), whole[:, at : at + 4096] if at + 4096 < 4 * RATE else 0)
        at += move
        if at > 3 * RATE:
            break
        bands.high(max(start, at - 4096), at + 2048)
