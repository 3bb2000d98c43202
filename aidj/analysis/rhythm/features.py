"""What the rhythm is read from: the levels of some bands, and of the twelve pitch classes, as the sound streams by.

Conventions: a frame's time is that of its middle. Level frame k stands at ``k * level_hop / rate`` seconds, tone frame
k at ``k * tone_hop / rate``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

BAND_EDGES_HZ = (30, 75, 120, 180, 260, 360, 500, 700, 1000, 1400, 2000, 2800, 4000, 5600, 7800)
"""Neighbouring edges bound a band; those above half the rate are left out."""
PITCH_CLASSES = 12

_LEVEL_HOP_S = 0.0116
_TONE_HOP_S = 0.093
_TONE_RATE = 5500
_BATCH = 128
"""Frames made at once, always as many: the result must not depend on how the sound was cut into blocks."""
_SILENCE = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """A recording as the rhythm detector keeps it, about 3 kB per second."""

    rate: float
    """Of the samples."""
    level_hop: int
    """Samples from one level frame to the next."""
    levels_db: NDArray[np.float16]
    """Power in each band, dB, shape (n_frames, n_bands)."""
    tone_hop: int
    """Samples from one tone frame to the next."""
    tones: NDArray[np.float32]
    """Amplitude of each pitch class: of all octaves, then of the bass alone; shape (m_frames, 24)."""
    level_sums: NDArray[np.float64]
    """`levels_db` added up from the first frame on, shape (n_frames + 1, n_bands): means over any stretch."""
    tone_sums: NDArray[np.float64]
    """The same of `tones`, shape (m_frames + 1, 24)."""

    @property
    def frames_per_s(self) -> float:
        """Level frames per second."""
        return self.rate / self.level_hop


class FeatureMeter:
    """Makes `Features` of middle and side as they stream by.

    Parameters
    ----------
    rate : float
        Frames per second of the blocks.
    """

    def __init__(self, rate: float) -> None:
        self._rate = rate
        # A multiple of 64 keeps the transform's length a product of small primes.
        self._hop = 64 * max(1, round(rate * _LEVEL_HOP_S / 64))
        self._levels = _Frames(self._hop)
        self._factor = max(1, round(rate / _TONE_RATE))
        self._tone_hop = 64 * max(1, round(rate / self._factor * _TONE_HOP_S / 64))
        self._tones = _Frames(self._tone_hop)
        self._undecimated = np.zeros(0, np.float32)
        self._level_parts: list[NDArray[np.float16]] = []
        self._tone_parts: list[NDArray[np.float32]] = []

    def add(self, middle_side: NDArray[np.float32]) -> None:
        """Take the next frames, shape (n, 2)."""
        middle = np.ascontiguousarray(middle_side[:, 0])
        self._level_parts += [self._measure_levels(frames) for frames in self._levels.add(middle)]
        # A moving average lets a little through that folds down, far too little to move a chord.
        joined = np.concatenate([self._undecimated, middle])
        whole = len(joined) // self._factor * self._factor
        self._undecimated = joined[whole:]
        low = joined[:whole].reshape(-1, self._factor) @ np.full(self._factor, 1 / self._factor, np.float32)
        self._tone_parts += [self._measure_tones(frames) for frames in self._tones.add(low)]

    def finish(self) -> Features:
        """Return what was measured; the meter is used up."""
        frames, n_levels = self._levels.finish()
        self._level_parts += [self._measure_levels(part) for part in frames]
        frames, n_tones = self._tones.finish()
        self._tone_parts += [self._measure_tones(part) for part in frames]
        n_bands = _bands(2 * self._hop, self._rate).shape[1]
        levels_db = np.concatenate([np.zeros((0, n_bands), np.float16), *self._level_parts])[:n_levels]
        tones = np.concatenate([np.zeros((0, 2 * PITCH_CLASSES), np.float32), *self._tone_parts])[:n_tones]
        return Features(
            rate=self._rate,
            level_hop=self._hop,
            levels_db=levels_db,
            tone_hop=self._tone_hop * self._factor,
            tones=tones,
            level_sums=_sums(levels_db),
            tone_sums=_sums(tones),
        )

    def _measure_levels(self, frames: NDArray[np.float32]) -> NDArray[np.float16]:
        parts = np.fft.rfft(frames).view(np.float32)  # real and imaginary parts in turn
        np.square(parts, out=parts)
        in_bands = parts @ _bands(2 * self._hop, self._rate)
        return np.asarray(10 * np.log10(np.maximum(in_bands, _SILENCE)), dtype=np.float16)

    def _measure_tones(self, frames: NDArray[np.float32]) -> NDArray[np.float32]:
        amplitude = np.abs(np.fft.rfft(frames))
        return np.asarray(amplitude @ _pitch_classes(2 * self._tone_hop, self._rate / self._factor), dtype=np.float32)


def _sums(rows: NDArray[Any]) -> NDArray[np.float64]:
    sums = np.zeros((len(rows) + 1, rows.shape[1]))
    np.cumsum(rows, axis=0, dtype=np.float64, out=sums[1:])
    return sums


class _Frames:
    """Cuts a stream into windowed frames of two hops, in batches of one size; the first frame's middle is sample 0."""

    def __init__(self, hop: int) -> None:
        self._hop = hop
        self._pending = np.zeros(hop, np.float32)
        window = np.hanning(2 * hop + 1)[:-1]
        self._window = (window / window.sum()).astype(np.float32)
        self._n_samples = 0
        self._n_frames = 0

    def add(self, samples: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        self._n_samples += len(samples)
        return self._cut(samples)

    def _cut(self, samples: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        self._pending = np.concatenate([self._pending, samples])
        batches = []
        step = _BATCH * self._hop
        start = 0
        while len(self._pending) - start >= step + self._hop:
            halves = self._pending[start : start + step + self._hop].reshape(_BATCH + 1, self._hop)
            frames = np.empty((_BATCH, 2 * self._hop), np.float32)
            np.multiply(halves[:-1], self._window[: self._hop], out=frames[:, : self._hop])
            np.multiply(halves[1:], self._window[self._hop :], out=frames[:, self._hop :])
            batches.append(frames)
            start += step
        self._n_frames += _BATCH * len(batches)
        self._pending = self._pending[start:]
        return batches

    def finish(self) -> tuple[list[NDArray[np.float32]], int]:
        """Return the last batch, filled up with silence, and the number of frames whose middle lies in the sound."""
        n_frames = -(-self._n_samples // self._hop)
        missing = n_frames - self._n_frames
        if missing <= 0:
            return [], n_frames
        step = _BATCH * self._hop
        return self._cut(np.zeros(step + self._hop - len(self._pending), np.float32)), n_frames


@lru_cache(maxsize=8)
def _bands(size: int, rate: float) -> NDArray[np.float32]:
    """Matrix from the squared parts of a spectrum to the power in the bands, shape (size + 2, n_bands)."""
    edges = [edge for edge in BAND_EDGES_HZ if edge < 0.47 * rate]
    f = np.arange(size // 2 + 1) * rate / size
    matrix = np.zeros((len(f), len(edges) - 1))
    for band, (low, high) in enumerate(pairwise(edges)):
        # Bins share their width between the bands they touch, as the lowest bands are about a bin wide.
        half = rate / size / 2
        matrix[:, band] = np.clip((np.minimum(f + half, high) - np.maximum(f - half, low)) / (2 * half), 0, 1)
    return matrix.repeat(2, axis=0).astype(np.float32)


@lru_cache(maxsize=8)
def _pitch_classes(size: int, rate: float) -> NDArray[np.float32]:
    """Matrix from an amplitude spectrum to pitch classes of all octaves and of the bass, shape (size / 2 + 1, 24)."""
    f = np.arange(size // 2 + 1) * rate / size
    midi = 69 + 12 * np.log2(np.maximum(f, 1.0) / 440.0)
    matrix = np.zeros((len(f), 2 * PITCH_CLASSES))
    for pitch_class in range(PITCH_CLASSES):
        distance = np.abs((midi - pitch_class + 6) % 12 - 6)
        near = np.clip(1 - distance, 0, 1)
        matrix[:, pitch_class] = near * ((f > 100) & (f < min(1800, 0.42 * rate)))
        matrix[:, PITCH_CLASSES + pitch_class] = near * ((f > 38) & (f < 220))
    return matrix.astype(np.float32)
