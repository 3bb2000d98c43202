from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from aidj.radio.meter import SILENCE, Metered

RATE = 8000


class Fixed:
    """A source of the samples it is given."""

    rate = RATE

    def __init__(self, samples: NDArray[np.float32]) -> None:
        self.samples = samples
        self.at = 0

    @property
    def ended(self) -> bool:
        return self.at == len(self.samples)

    def read(self, n_frames: int, /) -> NDArray[np.float32]:
        block = self.samples[self.at : self.at + n_frames]
        self.at += len(block)
        return block


def stereo(mono: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.repeat(mono.astype(np.float32)[:, None], 2, axis=1)


def sine(seconds: float, amplitude: float) -> NDArray[np.float64]:
    return amplitude * np.sin(2 * np.pi * 100 * np.arange(round(seconds * RATE)) / RATE)


def test_what_is_read_passes_unchanged() -> None:
    samples = stereo(sine(1, 0.5))
    metered = Metered(Fixed(samples))
    blocks = [metered.read(n) for n in (1, 7, 1024, 3000, 10_000)]
    assert metered.rate == RATE
    assert np.array_equal(np.concatenate(blocks), samples)
    assert len(metered.read(5)) == 0


def test_a_sine_has_its_level() -> None:
    metered = Metered(Fixed(stereo(sine(2, 0.5))))
    metered.read(2 * RATE)
    level = metered.level(2 * RATE)
    assert level.rms_db == pytest.approx(20 * math.log10(0.5) - 3.01, abs=0.05)
    assert level.peak_db == pytest.approx(20 * math.log10(0.5), abs=0.05)


def test_the_level_is_that_of_the_frame_heard_not_of_the_one_read() -> None:
    samples = np.concatenate([np.zeros(2 * RATE), sine(2, 1.0)])
    metered = Metered(Fixed(stereo(samples)))
    metered.read(4 * RATE)
    assert metered.level(2 * RATE) == SILENCE
    assert metered.level(4 * RATE).rms_db == pytest.approx(-3.01, abs=0.05)
    assert metered.level(2 * RATE + 2).peak_db > -20


def test_a_peak_is_held_for_a_while_and_then_gone() -> None:
    samples = np.zeros(5 * RATE)
    samples[RATE] = 1.0
    metered = Metered(Fixed(stereo(samples)))
    metered.read(5 * RATE)
    assert metered.level(2 * RATE).peak_db == 0.0
    assert metered.level(2 * RATE) != SILENCE
    assert metered.level(4 * RATE) == SILENCE


def test_nothing_is_known_of_what_was_not_read() -> None:
    metered = Metered(Fixed(stereo(sine(1, 1.0))))
    assert metered.level(0) == SILENCE
    metered.read(RATE)
    assert metered.level(0) == SILENCE
    assert metered.level(10 * RATE) == SILENCE


def test_rubbish_samples_do_no_harm() -> None:
    samples = stereo(np.full(RATE, np.inf))
    samples[::2] = np.nan
    metered = Metered(Fixed(samples))
    metered.read(RATE)
    assert metered.level(RATE).rms_db == -math.inf


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=12), st.floats(0.01, 1.0))
def test_the_size_of_the_blocks_does_not_matter(sizes: list[int], amplitude: float) -> None:
    samples = stereo(sine(1, amplitude))
    one, many = Metered(Fixed(samples)), Metered(Fixed(samples))
    total = min(sum(sizes), RATE)
    one.read(total)
    for size in sizes:
        many.read(size)
    assert many.level(total).peak_db == pytest.approx(one.level(total).peak_db, abs=1e-6)
    assert many.level(total).rms_db == pytest.approx(one.level(total).rms_db, abs=1e-3)
