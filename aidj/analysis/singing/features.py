"""What in a spectrum tells a voice: measured frame by frame as the sound streams by.

A singer's partials never stand still, and they move together; a piano's or a synthesiser's stand. The timbre changes
with every vowel, consonants hiss between them, and a singer stands in the middle of the stereo image. After:

- L. Regnier, G. Peeters, "Singing voice detection in music tracks using direct voice vibrato detection", ICASSP 2009:
  partials that move in parallel.
- B. Lehner, R. Sonnleitner, G. Widmer, "Towards light-weight, real-time-capable singing voice detection", ISMIR 2013,
  and B. Lehner, G. Widmer, R. Sonnleitner, "On the reduction of false positives in singing voice detection", ICASSP
  2014: the fluctogram (how far each band's spectrum has moved along the logarithmic frequency axis since the frame
  before), spectral contraction, and the variance of the timbre ("vocal variance").
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_WINDOW_S = 0.0853
_SIZES = np.array([1024, 1152, 1280, 1440, 1536, 1600, 1728, 1800, 1920, 2000, 2048, 2160])
"""FFT lengths without large prime factors."""
_TILE = 64
"""Frames computed at once, always so many: the same sound then gives the same values in blocks of any size."""

N_BANDS = 10
"""Of the fluctogram."""
_STEPS = 24
_STEP_CENTS = 20
_REACH = 3
"""How many steps a band may have moved either way since the frame before."""
_LOWEST_HZ = 250.0
EDGES_HZ = (120, 200, 320, 480, 700, 1000, 1400, 2000, 2800, 4000, 5500, 7500, 9800)
"""Of the bands whose energies are kept."""
N_ENERGIES = len(EDGES_HZ) - 1
LOWEST_RATE = 2.0 * EDGES_HZ[-1]
"""Below it some of the bands are missing in which consonants hiss."""


class Frames(NamedTuple):
    """What is kept of each frame; one row per frame, float32."""

    shift: NDArray[np.float32]
    """How far each band has moved, in steps of 20 cents, shape (n, N_BANDS)."""
    fit: NDArray[np.float32]
    """Correlation with the frame before, moved so far, -1 to 1."""
    unmoved_fit: NDArray[np.float32]
    """The same, not moved."""
    contrast: NDArray[np.float32]
    """Spread over mean of the (compressed) magnitudes within each band: tones stand out, noise does not."""
    energy: NDArray[np.float32]
    """log10 of the power of the middle in each band of `EDGES_HZ`, shape (n, N_ENERGIES)."""
    side: NDArray[np.float32]
    """log10 of the side's power over the middle's."""


class _Plan:
    """Indices and windows for one rate."""

    def __init__(self, rate: float) -> None:
        self.size = int(_SIZES[np.argmin(np.abs(_SIZES - rate * _WINDOW_S))])
        self.hop = self.size // 2
        self.window = np.hanning(self.size + 1)[:-1].astype(np.float32)
        self.side_window = np.hanning(self.hop + 1)[:-1].astype(np.float32)
        steps = np.arange(-_REACH, N_BANDS * _STEPS + _REACH)
        at = _LOWEST_HZ * 2.0 ** (steps * _STEP_CENTS / 1200) / (rate / self.size)
        self.below = at.astype(np.int64)
        self.blend = (at - self.below).astype(np.float32)
        self.highest = int(self.below[-1]) + 2
        edges = np.array(EDGES_HZ) / rate
        self.edges = np.minimum((edges * self.size).astype(np.int64), self.size // 2)
        self.side_edges = np.minimum((edges * self.hop).astype(np.int64), self.hop // 2)
        # So that noise of one power in both gives 0: windows and numbers of bins differ.
        self.side_scale = np.float32(2 * np.sum(self.window**2) / np.sum(self.side_window**2))


@lru_cache(maxsize=4)
def _plan(rate: float) -> _Plan:
    return _Plan(rate)


class FrameMeter:
    """Measures middle and side as they stream by; frame k is centred at ``k * hop_s``."""

    def __init__(self, rate: float) -> None:
        self._plan = _plan(rate)
        self.hop_s = self._plan.hop / rate
        self._pending = [np.zeros((self._plan.hop, 2), np.float32)]
        self._n_pending = self._plan.hop
        self._n_samples = 0
        self._before: NDArray[np.float32] | None = None
        self._done: list[Frames] = []

    def add(self, middle_side: NDArray[np.float32]) -> None:
        """Take samples, shape (n, 2)."""
        self._pending.append(middle_side)
        self._n_pending += len(middle_side)
        self._n_samples += len(middle_side)
        if self._n_pending >= self._tile_samples:
            self._measure_tiles()

    def finish(self) -> Frames:
        """Return all frames; one for each started hop."""
        n_frames = -(-self._n_samples // self._plan.hop)
        missing = n_frames - len(self._done) * _TILE
        if missing > 0:
            self._pending.append(np.zeros((self._tile_samples, 2), np.float32))
            self._n_pending += self._tile_samples
            self._measure_tiles()
        if not self._done:
            return Frames(*(np.zeros((0, n), np.float32) for n in (*(N_BANDS,) * 4, N_ENERGIES, N_ENERGIES)))
        return Frames(*(np.concatenate(parts)[:n_frames] for parts in zip(*self._done, strict=True)))

    @property
    def _tile_samples(self) -> int:
        return (_TILE + 1) * self._plan.hop

    def _measure_tiles(self) -> None:
        pending = np.concatenate(self._pending)
        step = _TILE * self._plan.hop
        at = 0
        while len(pending) - at >= self._tile_samples:
            self._done.append(self._measure(pending[at : at + self._tile_samples]))
            at += step
        self._pending = [pending[at:]]
        self._n_pending = len(pending) - at

    def _measure(self, samples: NDArray[np.float32]) -> Frames:
        plan = self._plan
        middle, side = np.ascontiguousarray(samples.T)
        halves = middle.reshape(-1, plan.hop)
        windowed = np.concatenate([halves[:-1], halves[1:]], axis=1)
        windowed *= plan.window
        power = _power(windowed, int(plan.edges[-1]) + 1)
        energy = np.add.reduceat(power, plan.edges, axis=1)[:, :-1] + np.float32(1e-9)
        # Where somebody stands changes slowly: the side is heard half as long, in every other frame.
        start = plan.hop // 2
        inner = side[start : start + _TILE * plan.hop].reshape(_TILE, plan.hop)[::2] * plan.side_window
        energy_side = np.add.reduceat(_power(inner, int(plan.side_edges[-1]) + 1), plan.side_edges, axis=1)[:, :-1]
        energy_side = energy_side.repeat(2, axis=0) * plan.side_scale + np.float32(1e-9)
        log_energy = np.log10(energy)
        shift, fit, unmoved_fit, contrast = self._movement(power[:, : plan.highest])
        return Frames(shift, fit, unmoved_fit, contrast, log_energy, np.log10(energy_side) - log_energy)

    def _movement(self, power: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Return shift, fit, unmoved fit and contrast of each band."""
        plan = self._plan
        magnitude = np.sqrt(np.sqrt(power))
        low = magnitude[:, plan.below]
        spectrum = magnitude[:, plan.below + 1]
        spectrum -= low
        spectrum *= plan.blend
        spectrum += low
        before = np.concatenate([spectrum[:1] if self._before is None else self._before, spectrum[:-1]])
        self._before = spectrum[-1:]
        n = len(spectrum)
        bands = spectrum[:, _REACH:-_REACH].reshape(n, N_BANDS, _STEPS)
        mean = bands.mean(axis=2)
        spread = np.sqrt(np.maximum(_inner(bands, bands) - _STEPS * mean**2, 0))
        past = before[:, _REACH:-_REACH].reshape(n, N_BANDS, _STEPS)
        past = past - past.mean(axis=2, keepdims=True)
        norm = np.sqrt(_inner(past, past)) * spread + np.float32(1e-9)
        fits = np.empty((2 * _REACH + 1, n, N_BANDS), np.float32)
        for step in range(2 * _REACH + 1):
            moved = spectrum[:, step : step + N_BANDS * _STEPS].reshape(n, N_BANDS, _STEPS)
            fits[step] = _inner(moved, past)  # `past` has no mean, so that of `moved` drops out
        fits /= norm
        best = fits.argmax(axis=0)
        centre = np.clip(best, 1, 2 * _REACH - 1)
        row, band = np.ogrid[:n, :N_BANDS]
        left, top, right = fits[centre - 1, row, band], fits[centre, row, band], fits[centre + 1, row, band]
        peak = np.clip((left - right) / (2 * (left - 2 * top + right) - np.float32(1e-6)), -1, 1)
        shift = np.where(centre == best, centre + peak, best) - np.float32(_REACH)
        contrast = spread / (np.float32(np.sqrt(_STEPS)) * mean + np.float32(1e-9))
        return [shift.astype(np.float32), np.minimum(fits.max(axis=0), 1), np.minimum(fits[_REACH], 1), contrast]


def _inner(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    product: NDArray[np.float32] = np.einsum("ijk,ijk->ij", a, b)
    return product


def _power(windowed: NDArray[np.float32], n_bins: int) -> NDArray[np.float32]:
    spectrum = np.fft.rfft(windowed, axis=1)[:, :n_bins]
    power = np.square(spectrum.real)
    power += np.square(spectrum.imag)
    return np.asarray(power, np.float32)
