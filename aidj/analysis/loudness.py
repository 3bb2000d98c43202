"""Loudness and true peak after ITU-R BS.1770-4, streamed, with numpy alone.

Conventions: samples are float32, shape (n_frames, n_channels), one or two channels; loudness in LUFS, peaks in dBTP.

The K-weighting is applied in the frequency domain by overlap-save: both biquads have decayed below 1e-18 within the
overlap, so the result is that of the recursive filter, at the speed of an FFT.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

LEVELS_PER_SECOND = 10
"""Levels are kept for every 100 ms."""

_ABSOLUTE_GATE_LUFS = -70.0
_RELATIVE_GATE_LU = -10.0
_OFFSET_DB = -0.691
_OVERSAMPLING = 4
_TAPS = 24
_FINE_OVERSAMPLING = 8
_FINE_TAPS = 64
_TILE = 16
_CONTEXT = 32
"""Frames on either side that a true peak may depend on, a multiple of the tile."""


def _biquads(rate: int) -> tuple[tuple[NDArray[np.float64], NDArray[np.float64]], ...]:
    """Return the two K-weighting filters of BS.1770 for any rate, as (numerator, denominator).

    The standard prints coefficients for 48 kHz; these are the analogue prototypes behind them, transformed bilinearly.
    """
    k = np.tan(np.pi * 1681.974450955533 / rate)
    q, gain = 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    edge = gain**0.4996667741545416
    shelf_b = np.array([gain + edge * k / q + k * k, 2 * (k * k - gain), gain - edge * k / q + k * k])
    shelf_a = np.array([1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k])
    k, q = np.tan(np.pi * 38.13547087602444 / rate), 0.5003270373238773
    a0 = 1 + k / q + k * k
    pass_b = np.array([1.0, -2.0, 1.0])
    pass_a = np.array([1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0])
    return (shelf_b / shelf_a[0], shelf_a / shelf_a[0]), (pass_b, pass_a)


@lru_cache(maxsize=8)
def _response(rate: int, size: int) -> NDArray[np.complex64]:
    """K-weighting on the full frequency grid of a complex FFT, shape (size,)."""
    z = np.exp(-2j * np.pi * np.fft.fftfreq(size))
    response = np.ones(size, np.complex128)
    for b, a in _biquads(rate):
        response *= (b[0] + b[1] * z + b[2] * z * z) / (a[0] + a[1] * z + a[2] * z * z)
    return response.astype(np.complex64)


@lru_cache(maxsize=2)
def _interpolator(oversampling: int, taps: int) -> NDArray[np.float32]:
    """Matrix from a tile of input to the frames between its own, shape (TILE + taps, (oversampling - 1) * TILE)."""
    offsets = np.arange(taps) - (taps // 2 - 1)
    matrix = np.zeros((_TILE + taps, (oversampling - 1) * _TILE))
    for column in range(oversampling - 1):
        distance = offsets - (column + 1) / oversampling
        weights = np.sinc(distance) * np.cos(np.pi * distance / taps) ** 2
        weights /= weights.sum()
        for frame in range(_TILE):
            matrix[frame : frame + taps, column * _TILE + frame] = weights
    return matrix.astype(np.float32)


def true_peaks(
    samples: NDArray[np.float32], *, skip_below: float = 0.0, look_again_above: float | None = None
) -> NDArray[np.float32]:
    """Return the largest true peak of each tile of 16 frames over all channels, as a linear amplitude.

    Four times oversampled windowed sinc (24 taps), as BS.1770-4 annex 2 asks; shape (ceil(n / 16),). That can miss a
    decibel of what lies near half the sample rate: tiles with a peak above `look_again_above` are measured once more,
    eight times oversampled with 64 taps. Tiles whose own and neighbouring samples all lie below `skip_below` are not
    oversampled: for who only asks what is above a level.
    """
    n_frames, channels = samples.shape
    tiles = -(-n_frames // _TILE)
    padded = np.zeros((_CONTEXT + tiles * _TILE + _CONTEXT + 1, channels), np.float32)
    padded[_CONTEXT : _CONTEXT + n_frames] = samples
    peaks: NDArray[np.float32] = np.abs(padded[_CONTEXT : _CONTEXT + tiles * _TILE]).reshape(tiles, -1).max(axis=1)
    lines = [np.ascontiguousarray(padded[:, channel]) for channel in range(channels)]
    around = np.pad(peaks, 1)
    asked = np.flatnonzero(np.maximum(np.maximum(around[:-2], around[2:]), peaks) >= skip_below)
    for line in lines:
        peaks[asked] = np.maximum(peaks[asked], _between(line, asked, _OVERSAMPLING, _TAPS))
    if look_again_above is not None and len(again := np.flatnonzero(peaks > look_again_above)):
        for line in lines:
            peaks[again] = np.maximum(peaks[again], _between(line, again, _FINE_OVERSAMPLING, _FINE_TAPS))
    return peaks


def _between(line: NDArray[np.float32], tiles: NDArray[np.intp], oversampling: int, taps: int) -> NDArray[np.float32]:
    """Return the largest magnitude between the frames of these tiles of one padded channel, shape (len(tiles),)."""
    first = _CONTEXT - (taps // 2 - 1)
    windows = np.lib.stride_tricks.sliding_window_view(line[first:], _TILE + taps)[::_TILE][tiles]
    between = np.abs(windows @ _interpolator(oversampling, taps)).max(axis=1)
    return np.asarray(between, dtype=np.float32)


class LoudnessMeter:
    """Measures a recording while it streams by, in constant memory but for one level per 100 ms.

    Parameters
    ----------
    rate : int
        Frames per second.
    """

    _SIZE = 32768
    _OVERLAP = 8192

    def __init__(self, rate: int) -> None:
        # The filters' memory lasts equally long at every rate, so at a higher one it spans more frames.
        scale = max(1, round(rate / 48000))
        self._size, self._overlap = self._SIZE * scale, self._OVERLAP * scale
        self._response = _response(rate, self._size)
        self._window_frames = max(1, round(rate / LEVELS_PER_SECOND))
        self._buffer = np.zeros((self._overlap, 2), np.float32)
        self._squares = np.zeros(0, np.float32)
        self._energies: list[NDArray[np.float64]] = []
        self._tail = np.zeros((2 * _CONTEXT, 2), np.float32)
        self._window_peaks = np.zeros(0, np.float32)
        self._measured_frames = -_CONTEXT

    def add(self, samples: NDArray[np.float32]) -> None:
        """Measure the next samples, shape (n, 1) or (n, 2); one channel counts as heard from both speakers."""
        if samples.shape[1] == 1:
            samples = np.repeat(samples, 2, axis=1)
        self._add_peak(samples)
        self._buffer = np.concatenate([self._buffer, samples])
        while len(self._buffer) >= self._size:
            self._weigh(self._buffer[: self._size], self._size - self._overlap)
            self._buffer = self._buffer[self._size - self._overlap :]

    def _add_peak(self, samples: NDArray[np.float32]) -> None:
        # A peak depends on the frames around it: those at either edge wait until their neighbours are there.
        joined = np.concatenate([self._tail, samples])
        tiles = (len(joined) - 2 * _CONTEXT) // _TILE
        if tiles <= 0:
            self._tail = joined
            return
        skip = _CONTEXT // _TILE
        peaks = true_peaks(joined)[skip : skip + tiles]
        windows = np.maximum(self._measured_frames + _TILE * np.arange(tiles), 0) // self._window_frames
        missing = int(windows[-1]) + 1 - len(self._window_peaks)
        if missing > 0:
            self._window_peaks = np.concatenate([self._window_peaks, np.zeros(missing, np.float32)])
        np.maximum.at(self._window_peaks, windows, peaks)
        self._measured_frames += tiles * _TILE
        self._tail = joined[tiles * _TILE :]

    def _weigh(self, frames: NDArray[np.float32], n_valid: int) -> None:
        # Left and right ride through one complex FFT: the filter is real, so they do not mix.
        both = np.zeros(self._size, np.complex64)
        both[: len(frames)] = frames[:, 0] + 1j * frames[:, 1]
        weighted = np.fft.ifft(np.fft.fft(both) * self._response)[self._overlap : self._overlap + n_valid]
        squares = weighted.real**2 + weighted.imag**2
        self._squares = np.concatenate([self._squares, squares.astype(np.float32, copy=False)])
        whole = len(self._squares) // self._window_frames * self._window_frames
        if whole:
            windows = self._squares[:whole].reshape(-1, self._window_frames)
            self._energies.append(windows.mean(axis=1, dtype=np.float64))
            self._squares = self._squares[whole:]

    def finish(self) -> Loudness:
        """Return what was measured; the meter is used up."""
        self._add_peak(np.zeros((2 * _CONTEXT, 2), np.float32))
        rest = len(self._buffer) - self._overlap
        if rest > 0:
            self._weigh(self._buffer, rest)
        self._buffer = self._buffer[:0]
        if len(self._squares):  # the last, shorter window counts as if the file went on in silence
            self._energies.append(np.array([self._squares.sum(dtype=np.float64) / self._window_frames]))
            self._squares = self._squares[:0]
        energies = np.concatenate(self._energies) if self._energies else np.zeros(0)
        # The last tile may begin behind the last frame: what rings on there belongs to the last window.
        peaks = np.zeros(max(len(energies), len(self._window_peaks)), np.float32)
        peaks[: len(self._window_peaks)] = self._window_peaks
        if 0 < len(energies) < len(peaks):
            peaks[len(energies) - 1] = peaks[len(energies) - 1 :].max()
        return Loudness(energies, peaks[: len(energies)])


class Loudness:
    """What a meter has measured."""

    def __init__(self, energies: NDArray[np.float64], peaks: NDArray[np.float32]) -> None:
        self.energies = energies
        """Mean square of the K-weighted signal over each 100 ms, summed over channels, shape (n,)."""
        self.peaks = peaks
        """Largest true peak within each 100 ms, a linear amplitude, shape (n,)."""

    @property
    def true_peak_dbtp(self) -> float:
        """The largest true peak of the whole; -inf for silence."""
        return _decibels(float(self.peaks.max(initial=0.0)) ** 2)

    @property
    def peaks_dbtp(self) -> NDArray[np.float32]:
        """True peak of each 100 ms, shape (n,); -120 stands for digital silence."""
        return np.asarray(20 * np.log10(np.maximum(self.peaks, 1e-6)), dtype=np.float32)

    @property
    def integrated_lufs(self) -> float:
        """Gated loudness of the whole (400 ms blocks every 100 ms, gates at -70 LUFS and -10 LU); -inf for silence."""
        return gated_loudness(self.energies)

    @property
    def levels_lufs(self) -> NDArray[np.float32]:
        """Level of each 100 ms, shape (n,); -120 stands for digital silence."""
        return np.asarray(_OFFSET_DB + 10 * np.log10(np.maximum(self.energies, 1e-12)), dtype=np.float32)


def _decibels(power: float) -> float:
    return 10 * float(np.log10(power)) if power > 0 else float("-inf")


def gated_loudness(energies: NDArray[np.float64]) -> float:
    """Return the integrated loudness of K-weighted energies per 100 ms, shape (n,), in LUFS; -inf for silence."""
    e = energies
    if len(e) == 0:
        return float("-inf")
    # Shorter than one gating block: measured as one block, which the standard leaves open.
    blocks = (e[:-3] + e[1:-2] + e[2:-1] + e[3:]) / 4 if len(e) >= 4 else np.array([e.mean()])
    loud = blocks[blocks > 10 ** ((_ABSOLUTE_GATE_LUFS - _OFFSET_DB) / 10)]
    if len(loud) == 0:
        return float("-inf")
    gated = loud[loud > loud.mean() * 10 ** (_RELATIVE_GATE_LU / 10)]
    return _OFFSET_DB + _decibels(float(gated.mean()))


def levels_loudness(levels_lufs: NDArray[np.floating[Any]]) -> float:
    """Return the integrated loudness of levels per 100 ms, shape (n,), in LUFS."""
    return gated_loudness(10 ** ((levels_lufs.astype(np.float64) - _OFFSET_DB) / 10))


def measure_loudness(samples: NDArray[np.float32], rate: int) -> Loudness:
    """Measure a whole array, shape (n_frames, 1 or 2)."""
    meter = LoudnessMeter(rate)
    for start in range(0, len(samples), 1 << 18):
        meter.add(samples[start : start + (1 << 18)])
    return meter.finish()


def integrated_loudness(samples: NDArray[np.float32], rate: int) -> float:
    """Return the integrated loudness of an array in LUFS, shape (n_frames, 1 or 2); -inf for silence."""
    return measure_loudness(samples, rate).integrated_lufs
