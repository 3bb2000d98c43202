from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st

from aidj.analysis import measure_loudness
from aidj.mixing import Limiter

RATE = 44100
N = RATE


def limited(samples: np.ndarray, sizes: Sequence[int] = (16384,), **options: float) -> np.ndarray:
    def blocks():
        at, turn = 0, 0
        while at < len(samples):
            size = sizes[turn % len(sizes)]
            yield samples[at : at + size]
            at, turn = at + size, turn + 1

    parts = list(Limiter(RATE, **options).run(blocks()))
    return np.concatenate(parts) if parts else np.zeros((0, 2), np.float32)


def stereo(left: np.ndarray, right: np.ndarray | None = None) -> np.ndarray:
    return np.stack([left, left if right is None else right], axis=1).astype(np.float32)


def peak_dbtp(samples: np.ndarray) -> float:
    """The judge: eight times oversampled by another library."""
    peaks = [
        np.abs(soxr.resample(samples[:, side].astype(np.float64), RATE, 8 * RATE, quality="VHQ")) for side in (0, 1)
    ]
    return 20 * np.log10(max(peak.max() for peak in peaks))


def noise(scale: float) -> np.ndarray:
    """Noise up to 20 kHz, as encoders and converters leave it."""
    wide = np.random.default_rng(7).standard_normal((N, 2))
    spectrum = np.fft.rfft(wide, axis=0)
    spectrum[np.fft.rfftfreq(N, 1 / RATE) > 20_000] = 0
    return (scale * np.fft.irfft(spectrum, N, axis=0)).astype(np.float32)


t = np.arange(N) / RATE
HOT = {
    "warm noise": noise(0.3),
    "hot noise": noise(4.0),
    "square bursts": stereo(1.5 * np.sign(np.sin(2 * np.pi * 200 * t)) * ((t * 8) % 1 < 0.3)),
    "peaks between samples": stereo(1.2 * np.sin(2 * np.pi * RATE / 4 * t + np.pi / 4)),
    "15 kHz": stereo(1.3 * np.sin(2 * np.pi * 15_000 * t + 0.3)),
    "19 kHz": stereo(1.3 * np.sin(2 * np.pi * 19_001 * t)),
    "bass under hiss": stereo(1.4 * np.sin(2 * np.pi * 50 * t)) + noise(0.2),
    "one side only": stereo(2.0 * np.sin(2 * np.pi * 440 * t), 0 * t),
    "lonely clicks": stereo(np.where(np.arange(N) % 3000 == 1500, 3.0, 0.0)),
    "a song scaled as 16 bit": noise(10_000.0),
}


@pytest.mark.parametrize("name", HOT)
def test_no_true_peak_passes_the_ceiling(name: str) -> None:
    out = limited(HOT[name])
    assert out.shape == HOT[name].shape
    assert out.dtype == np.float32
    assert peak_dbtp(out) <= -1.0


def test_another_ceiling() -> None:
    assert -7.0 < peak_dbtp(limited(HOT["warm noise"], ceiling_dbtp=-6.0)) <= -6.0


def test_white_noise_up_to_half_the_rate_holds_by_the_standard_meter() -> None:
    white = np.random.default_rng(3).standard_normal((N, 2)).astype(np.float32)
    assert measure_loudness(limited(white), RATE).true_peak_dbtp <= -1.0


def test_quiet_material_passes_bit_for_bit() -> None:
    quiet = (0.2 * np.random.default_rng(1).standard_normal((N, 2))).clip(-0.4, 0.4).astype(np.float32)
    assert (limited(quiet) == quiet).all()
    assert (limited(quiet * np.float32(1e-6)) == quiet * np.float32(1e-6)).all()


def test_what_lies_away_from_a_peak_passes_bit_for_bit() -> None:
    samples = (0.1 * np.random.default_rng(1).standard_normal((3 * N, 2))).astype(np.float32)
    samples[N : N + 10] = 2.0
    out = limited(samples)
    assert (out[: N - RATE // 50] == samples[: N - RATE // 50]).all()
    assert (out[N + RATE :] == samples[N + RATE :]).all()
    assert not (out[N - 50 : N + 50] == samples[N - 50 : N + 50]).all()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 9000), min_size=1, max_size=6), st.sampled_from(["warm noise", "square bursts"]))
def test_the_blocks_do_not_matter(sizes: list[int], name: str) -> None:
    samples = HOT[name][:9000]
    assert (limited(samples, sizes) == limited(samples, [9000])).all()


def in_chunks(samples: np.ndarray, chunk_frames: int) -> np.ndarray:
    return np.concatenate(list(Limiter(RATE, chunk_frames=chunk_frames).run([samples])))


@pytest.mark.parametrize("name", HOT)
def test_the_chunks_do_not_matter(name: str) -> None:
    edges = HOT[name] * np.repeat([0.05, 1.0, 0.05], N // 3)[:, None].astype(np.float32)
    for samples in (HOT[name], edges, 0.3 * HOT[name]):
        whole = in_chunks(samples, 16384)
        for chunk_frames in (512, 1024, 2048):
            assert (in_chunks(samples, chunk_frames) == whole).all()


def test_it_tells_what_it_holds() -> None:
    limiter = Limiter(RATE, chunk_frames=1024)
    assert limiter.held_frames == 0
    missing = limiter.missing_frames
    assert not list(limiter.put(HOT["warm noise"][: missing - 1]))
    assert (limiter.held_frames, limiter.missing_frames) == (missing - 1, 1)
    assert [len(chunk) for chunk in limiter.put(HOT["warm noise"][missing - 1 : missing])] == [1024]
    assert limiter.held_frames == missing - 1024 < 600


@pytest.mark.parametrize("n_frames", [0, 1, 15, 16, 17, 300, 4096])
def test_any_length_is_kept(n_frames: int) -> None:
    out = limited(HOT["hot noise"][:n_frames])
    assert out.shape == (n_frames, 2)
    assert np.abs(out).max(initial=0.0) <= 10 ** (-1 / 20)


def test_the_gain_never_steps() -> None:
    """A steady 1 shows the gain itself: the other side carries the peaks."""
    loud = np.where((np.arange(N) // 2000) % 3 == 1, 4.0, 0.1) * np.sin(2 * np.pi * 1000 * t)
    gain = limited(stereo(np.full(N, 0.05), loud))[:, 0] / np.float32(0.05)
    assert gain.min() < 0.3
    assert gain.max() <= 1.0
    assert np.abs(np.diff(gain)).max() < 0.02
    assert np.abs(np.diff(gain, 2)).max() < 0.004


def test_both_sides_get_one_gain_and_nothing_is_shifted() -> None:
    samples = HOT["warm noise"] * np.array([1.0, 0.3], np.float32)
    out = limited(samples)
    clear = np.abs(samples).min(axis=1) > 0.01
    gains = out[clear] / samples[clear]
    assert np.abs(gains[:, 0] - gains[:, 1]).max() < 1e-5
    assert (gains > 0).all()
    assert (gains <= 1 + 1e-6).all()


def test_a_loud_beginning_is_held_from_the_first_frame() -> None:
    out = limited(np.full((RATE, 2), 3.0, np.float32) * np.sin(2 * np.pi * 300 * t + 1)[:, None].astype(np.float32))
    assert np.abs(out).max() <= 10 ** (-1 / 20)
