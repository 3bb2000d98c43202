from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aidj.errors import AudioError
from aidj.mixing.banded import Banded, lead_frames
from aidj.timeline import Band, Ramp

RATE = 44100


class Array:
    def __init__(self, samples: np.ndarray, breaks: bool = False) -> None:
        self.samples, self.at, self.breaks = samples, 0, breaks

    def read(self, n_frames: int) -> np.ndarray:
        block = self.samples[self.at : self.at + n_frames]
        self.at += len(block)
        if self.breaks and not len(block):
            raise AudioError("broken")
        return block

    def close(self) -> None: ...


def constant(gain: float) -> tuple[Ramp, ...]:
    return (Ramp(-2, -1, gain, gain, "smooth_db"),)


def banded(samples: np.ndarray, band: Band, sizes: Sequence[int] = (10**7,)) -> np.ndarray:
    lead = np.zeros((lead_frames(band, RATE), 2), np.float32)
    reader = Banded(Array(np.concatenate([lead, samples])), band, RATE, 0)
    parts, turn = [], 0
    while len(part := reader.read(sizes[turn % len(sizes)])):
        parts.append(part)
        turn += 1
    return np.concatenate(parts)


def response_db(band: Band, frequencies: Sequence[float]) -> np.ndarray:
    """What a pulse in the middle of silence becomes, at some frequencies; its phase must be none."""
    pulse = np.zeros((2 * 32768, 2), np.float32)
    pulse[32768] = 1
    out = banded(pulse, band)
    assert out.shape == pulse.shape
    np.testing.assert_allclose(out[32768 - 20_000 : 32768], out[32768 + 20_000 : 32768 : -1], atol=1e-6)
    waves = np.exp(-2j * np.pi * np.outer(frequencies, np.arange(len(out)) - 32768) / RATE)
    return 20 * np.log10(np.maximum(np.abs(waves @ out[:, 0].astype(np.float64)), 1e-6))


def noise(n_frames: int, seed: int = 0) -> np.ndarray:
    return (0.1 * np.random.default_rng(seed).standard_normal((n_frames, 2))).astype(np.float32)


def test_a_bass_swap_takes_the_bass_and_leaves_the_rest() -> None:
    cut = Band(filter="low_shelf", frequency_hz=180.0, ramps=constant(0.001))
    low = response_db(cut, np.geomspace(20, 90, 30))
    assert low.max() < -30
    high = response_db(cut, np.geomspace(400, 20_000, 60))
    assert np.abs(high).max() < 0.5
    assert response_db(cut, [180.0])[0] == pytest.approx(-6, abs=0.3)
    # With what the other song gives back at the corner, the sum is whole.
    boost = Band(filter="low_shelf", frequency_hz=180.0, ramps=constant(2.0))
    assert response_db(boost, [30.0])[0] == pytest.approx(6.02, abs=0.1)


def test_a_high_shelf_and_a_peak_take_their_parts() -> None:
    high = Band(filter="high_shelf", frequency_hz=5000.0, ramps=constant(0.01))
    assert response_db(high, [9000, 15_000]).max() < -30
    assert np.abs(response_db(high, [50, 500, 2500])).max() < 0.2
    peak = Band(filter="peak", frequency_hz=1000.0, width_octaves=2.0, ramps=constant(0.01))
    assert response_db(peak, [1000])[0] < -30
    assert np.abs(response_db(peak, [50, 250, 4000, 15_000])).max() < 0.2


@pytest.mark.parametrize("frequency", [20.0, 60.0, 15_000.0, 21_900.0, 30_000.0])
@pytest.mark.parametrize("kind", ["low_shelf", "peak", "high_shelf"])
def test_any_frequency_is_allowed(kind: str, frequency: float) -> None:
    band = Band(filter=kind, frequency_hz=frequency, ramps=constant(0.5))  # type: ignore[arg-type]
    out = banded(noise(30_000), band)
    assert out.shape == (30_000, 2)
    assert np.isfinite(out).all()
    assert np.abs(out).max() < 1


def test_where_the_gain_is_one_nothing_is_touched() -> None:
    samples = noise(200_000)
    ramps = (Ramp(60_000, 70_000, 1.0, 0.001, "smooth_db"), Ramp(110_000, 120_000, 0.001, 1.0, "smooth_db"))
    # Two ramps multiply: the second takes the first back.
    back = (Ramp(60_000, 70_000, 1.0, 0.001, "smooth_db"), Ramp(110_000, 120_000, 1.0, 1000.0, "smooth_db"))
    for given_ramps in (back, ramps[1:]):
        out = banded(samples, Band(filter="low_shelf", frequency_hz=180.0, ramps=given_ramps))
        np.testing.assert_array_equal(out[150_000:], samples[150_000:])
        if given_ramps is back:
            np.testing.assert_array_equal(out[:40_000], samples[:40_000])
        assert np.abs(out[80_000:100_000] - samples[80_000:100_000]).max() > 0.005


def test_the_gain_moves_without_a_step() -> None:
    t = np.arange(3 * RATE) / RATE
    bass = (0.5 * np.sin(2 * np.pi * 50 * t)).astype(np.float32)
    ramp = Ramp(RATE, round(1.1 * RATE), 1.0, 0.001, "smooth_db")
    out = banded(np.stack([bass, bass], axis=1), Band(filter="low_shelf", frequency_hz=180.0, ramps=(ramp,)))
    expected = bass * ramp.gains(0, len(bass))
    assert np.abs(out[RATE // 2 : -RATE // 2, 0] - expected[RATE // 2 : -RATE // 2]).max() < 0.002


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(1, 30_000), min_size=1, max_size=5).filter(lambda sizes: max(sizes) > 300))
def test_the_reads_do_not_matter(sizes: list[int]) -> None:
    samples = noise(60_001)
    band = Band(filter="low_shelf", frequency_hz=180.0, ramps=(Ramp(10_000, 30_000, 1.0, 0.01, "smooth_db"),))
    out = banded(samples, band, sizes)
    assert len(out) == 60_001
    np.testing.assert_array_equal(out, banded(samples, band))


def test_a_stream_that_breaks_off_is_heard_up_to_there() -> None:
    band = Band(filter="low_shelf", frequency_hz=180.0, ramps=constant(0.5))
    lead = lead_frames(band, RATE)
    reader = Banded(Array(noise(20_000 + lead), breaks=True), band, RATE, 0)
    assert len(reader.read(10**6)) == 20_000
    with pytest.raises(AudioError):
        reader.read(1)
