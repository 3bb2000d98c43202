"""How driving a recording is, second by second: what an order of songs rises and falls by.

Loudness does not tell: a ballad mastered loud is calm, and a quiet copy of a driving song drives. What does is how much
happens. Five things are measured, all but the last relative to the recording itself, and so blind to its gain:

- movement: by how many decibels the bands of the spectrum rise per second (a spectral flux of log-compressed bands, as
  onset detectors use it: Klapuri 1999; Böck and Widmer 2013), which notes of any strength add to;
- strokes: how often most bands rise together, as they do under drums and plucked or hammered notes, bass included;
- brightness: the share of what lies above 2 kHz, where cymbals, distortion and shouting are;
- density: how far that share comes up to all of it, as in a wall of distorted guitars and cymbals, which leaves no
  room for strokes to stand out;
- loudness relative to full scale, weakly.

The weights were set by ear and eye on some sixty recordings (ambient, orchestral, dance music, death metal).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FRAMES_PER_SECOND = 43
_BATCH_FRAMES = 8
"""Frames that are transformed together: always as many, so that the blocks they come in leave no trace."""
_EDGES_HZ = (30, 60, 120, 240, 480, 960, 1920, 3840, 7680, 12000)
_BRIGHT_BANDS = 3
_SOFTEST = 1e-5
"""Share of the recording's usual power below which a band's changes are not heard: 50 dB."""
_STROKE_DB = 3.0
"""By so much the bands rise on average within two frames under a stroke."""
_AROUND_S = 3
"""Seconds over which things are counted: about a bar."""
_EDGE_S = 15.0

# What counts as nothing and as full: movement in dB per second, strokes per second, decibels
# of the bright share for brightness and for density, LUFS.
_MOVEMENT_DB = (21.0, 77.0)
_STROKES = (1.0, 9.0)
_BRIGHTNESS_DB = (-25.0, -6.0)
_DENSITY_DB = (-11.0, -6.5)
_LOUDNESS_LUFS = (-32.0, -8.0)
_WEIGHTS = (0.25, 0.35, 0.30, 0.20, 0.10)
_CALM, _DRIVING = 0.12, 0.80
"""Sums of the weighted parts that stand for 0 and 1."""


class EnergyMeter:
    """Measures energy while a recording streams by, keeping nine numbers per frame of 23 ms.

    Parameters
    ----------
    rate : float
        Frames per second, about 22 050 (`Reducer.rate`).
    """

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._hop = max(1, round(rate / _FRAMES_PER_SECOND))
        self._size = 1 << max(4, (2 * self._hop - 1).bit_length())
        self._window = np.hanning(self._size).astype(np.float32)
        self._pending = np.zeros(0, np.float32)
        self._bands: list[NDArray[np.float32]] = []

    def add(self, middle_side: NDArray[np.float32]) -> None:
        """Measure the next frames, shape (n, 2): middle, side; the side is not looked at."""
        self._pending = np.concatenate([self._pending, middle_side[:, 0]])
        step = _BATCH_FRAMES * self._hop
        needed = step - self._hop + self._size
        while len(self._pending) >= needed:
            self._transform(self._pending[:needed])
            self._pending = self._pending[step:]

    def _transform(self, line: NDArray[np.float32]) -> None:
        frames = np.lib.stride_tricks.sliding_window_view(line, self._size)[:: self._hop]
        spectrum = np.fft.rfft(frames * self._window, axis=1).astype(np.complex64, copy=False)
        parts = spectrum.view(np.float32)  # real and imaginary parts in turn
        np.square(parts, out=parts)
        self._bands.append(parts @ _band_matrix(self._size, self._rate))

    def finish(self, levels_lufs: NDArray[np.float32], loudness_lufs: float) -> NDArray[np.float32]:
        """Return the energy of each second, 0 (calm) to 1 (driving), shape (ceil(n / 10),); the meter is used up.

        Parameters
        ----------
        levels_lufs : ndarray
            K-weighted level of each 100 ms of the recording, shape (n,).
        loudness_lufs : float
            Its integrated loudness; -inf for silence, which is calm.
        """
        seconds = -(-len(levels_lufs) // 10)
        if len(self._pending) >= self._hop:
            missing = self._size + (_BATCH_FRAMES - 1) * self._hop - len(self._pending)
            self._transform(np.pad(self._pending, (0, missing)))
        if seconds == 0 or not self._bands or not np.isfinite(loudness_lufs):
            return np.zeros(seconds, np.float32)
        bands = np.concatenate(self._bands)
        second = ((np.arange(len(bands)) * self._hop + self._size / 2) / self._rate).astype(np.int64)
        bands, second = bands[second < seconds], second[second < seconds]
        return _energy(bands, second, levels_lufs, seconds)


def _energy(
    bands: NDArray[np.float32], second: NDArray[np.int64], levels_lufs: NDArray[np.float32], seconds: int
) -> NDArray[np.float32]:
    power = bands.sum(axis=1)
    usual = float(power[power > 1e-3 * power.mean()].mean()) if power.any() else 1.0
    decibels = 10 * np.log10(bands / usual + _SOFTEST)
    rises = np.maximum(np.diff(decibels, axis=0, prepend=decibels[:1]), 0.0).mean(axis=1)
    over_two = np.maximum(decibels[2:] - decibels[:-2], 0.0).mean(axis=1)
    stroke = np.concatenate([[False, False], over_two > _STROKE_DB])
    bright = 10 * np.log10(bands[:, -_BRIGHT_BANDS:].sum(axis=1) / usual + 1e-6)
    loudness = np.array([levels_lufs[at * 10 : at * 10 + 10].max() for at in range(seconds)])

    def around(values: NDArray[Any] | None = None) -> NDArray[np.float64]:
        """Sum what frames have, 1 each by default, over some seconds around each second."""
        sums = np.bincount(second, weights=values, minlength=seconds)
        return np.convolve(sums, np.ones(_AROUND_S))[_AROUND_S // 2 :][:seconds]

    counts = np.maximum(around(), 1.0)
    parts = (
        _share(around(rises) / counts * _FRAMES_PER_SECOND, _MOVEMENT_DB),
        _share(around(stroke) / counts * _FRAMES_PER_SECOND, _STROKES),
        _share(around(bright) / counts, _BRIGHTNESS_DB),
        _share(around(bright) / counts, _DENSITY_DB),
        _share(loudness, _LOUDNESS_LUFS),
    )
    total = sum(weight * part for weight, part in zip(_WEIGHTS, parts, strict=True))
    return np.asarray(np.clip((total - _CALM) / (_DRIVING - _CALM), 0.0, 1.0), np.float32)


def _share(values: NDArray[np.float64], limits: tuple[float, float]) -> NDArray[np.float64]:
    return np.asarray(np.clip((values - limits[0]) / (limits[1] - limits[0]), 0.0, 1.0))


@lru_cache(maxsize=4)
def _band_matrix(size: int, rate: float) -> NDArray[np.float32]:
    """Return which bin, twice each, belongs to which band, shape (size + 2, bands)."""
    bins_hz = np.fft.rfftfreq(size, 1 / rate).repeat(2)
    bands = [(bins_hz >= low) & (bins_hz < high) for low, high in pairwise(_EDGES_HZ)]
    return np.stack(bands, axis=1).astype(np.float32)


def opening_energy(energy: NDArray[np.float32], cue_in_s: float) -> float:
    """Return the energy that a recording comes in with: the median of the 15 s from its cue-in on; 0 if it has none."""
    return _middle(energy, cue_in_s, cue_in_s + _EDGE_S)


def closing_energy(energy: NDArray[np.float32], start_next_s: float) -> float:
    """Return the energy that it hands over: the median of the 15 s before `start_next_s`; 0 if it has none."""
    return _middle(energy, start_next_s - _EDGE_S, start_next_s)


def _middle(energy: NDArray[np.float32], from_s: float, to_s: float) -> float:
    part = energy[max(0, int(from_s)) : max(1, int(np.ceil(to_s)))]
    return float(np.median(part)) if len(part) else 0.0
