"""Energy: what happens counts, not how loud it was mastered."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aidj.analysis.energy import EnergyMeter, closing_energy, opening_energy
from aidj.analysis.loudness import measure_loudness

RATE = 22050


def pad(seconds: float) -> np.ndarray:
    """A held chord that hardly moves."""
    t = np.arange(round(seconds * RATE)) / RATE
    return 0.1 * sum(np.sin(2 * np.pi * hz * t + hz) for hz in (110.0, 165.0, 220.0, 277.0))


def drums(seconds: float, bpm: float = 140.0) -> np.ndarray:
    """Kick, snare and hi-hat over a pumping bass."""
    rng = np.random.default_rng(1)
    t = np.arange(round(seconds * RATE)) / RATE
    beat = t * bpm / 60
    kick = np.sin(2 * np.pi * 55 * t) * np.exp(-(beat % 1) * 8)
    snare = rng.standard_normal(len(t)) * np.exp(-((beat + 1) % 2) * 9)
    hat = np.diff(rng.standard_normal(len(t) + 1)) * np.exp(-(beat % 0.5) * 16)
    bass = np.sign(np.sin(2 * np.pi * 82 * t)) * (beat % 0.5 < 0.4)
    return 0.4 * kick + 0.15 * snare + 0.12 * hat + 0.1 * bass


def energy_of(mono: np.ndarray, blocks: list[int] | None = None) -> np.ndarray:
    samples = np.stack([mono, mono], axis=1).astype(np.float32)
    loudness = measure_loudness(samples, RATE)
    meter = EnergyMeter(float(RATE))
    middle_side = np.stack([mono, np.zeros_like(mono)], axis=1).astype(np.float32)
    at = 0
    for size in blocks or []:
        meter.add(middle_side[at : at + size])
        at += size
    meter.add(middle_side[at:])
    return meter.finish(loudness.levels_lufs, loudness.integrated_lufs)


def test_what_drives_and_what_is_calm() -> None:
    calm, driving = energy_of(pad(20)), energy_of(drums(20))
    assert len(calm) == len(driving) == 20
    assert np.median(calm) < 0.35
    assert np.median(driving) > 0.6


def test_a_ballad_mastered_loud_is_calm_and_a_soft_copy_of_a_driving_song_drives() -> None:
    assert np.median(energy_of(pad(15) * 2.4)) < 0.35
    assert np.median(energy_of(drums(15) * 0.1)) > 0.55


@pytest.mark.parametrize("make", [pad, drums])
def test_gain_hardly_matters(make: object) -> None:
    samples = make(12)  # type: ignore[operator]
    np.testing.assert_allclose(energy_of(samples * 10 ** (-8 / 20)), energy_of(samples), atol=0.1)


def test_the_curve_follows_the_song() -> None:
    energy = energy_of(np.concatenate([pad(20), drums(20), pad(20)]))
    assert energy[22:38].min() > energy[3:17].max() + 0.3
    assert energy[22:38].min() > energy[43:57].max() + 0.3
    assert opening_energy(energy, 0.0) < 0.35 < opening_energy(energy, 20.0)
    assert closing_energy(energy, 60.0) < 0.35 < closing_energy(energy, 40.0)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(0, 20_000), max_size=10))
def test_blocks_leave_no_trace(blocks: list[int]) -> None:
    samples = drums(4)
    np.testing.assert_array_equal(energy_of(samples, blocks), energy_of(samples))


@pytest.mark.parametrize("n_frames", [0, 1, 300, 5000])
def test_moments_and_silence_have_a_value(n_frames: int) -> None:
    for samples in (np.zeros(n_frames), drums(1)[:n_frames]):
        energy = energy_of(samples)
        assert len(energy) == -(-n_frames // RATE)
        assert ((energy >= 0) & (energy <= 1)).all()
    assert (energy_of(np.zeros(3 * RATE)) == 0).all()
    assert opening_energy(np.zeros(0, np.float32), 0.0) == closing_energy(np.zeros(0, np.float32), 5.0) == 0.0


@pytest.mark.parametrize("rate", [8000.0, 22050.0, 24000.0])
def test_any_rate(rate: float) -> None:
    meter = EnergyMeter(rate)
    noise = np.random.default_rng(2).standard_normal((round(5 * rate), 2)).astype(np.float32)
    meter.add(0.1 * noise)
    energy = meter.finish(np.full(50, -20.0, np.float32), -20.0)
    assert len(energy) == 5
    assert np.isfinite(energy).all()
