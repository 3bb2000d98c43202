"""Raise and lower a part of the spectrum over time, without turning its phase.

A linear-phase filter h cuts the part out, and its gain g is applied to it alone: y = x + (g - 1) (h * x). Where g is 1
the input passes bit for bit; where g moves, nothing else can. The filter is a Kaiser-windowed sinc, applied by
overlap-save in chunks counted from the clip's first frame, so the reads do not matter; its delay is taken back by
reading ahead.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from aidj.mixing.ahead import Ahead, Reader
from aidj.timeline import Band
from aidj.timeline.model import Filter

_TRANSITION = 0.8
"""Width of a transition, as a share of its corner frequency: from 0.6 to 1.4 times of it."""
_STOP_DB = 60.0
_MAX_TAPS = 16385
_MIN_SIZE = 16384
"""Of a transform."""


def lead_frames(band: Band, rate: int) -> int:
    """Return how many frames before the first one heard the band's filter wants to hear."""
    return len(_taps(band.filter, band.frequency_hz, band.width_octaves, rate)) // 2


def chunk_frames(band: Band, rate: int) -> int:
    """Return in chunks of how many frames, counted from the first one read, a band is filtered."""
    n_taps = len(_taps(band.filter, band.frequency_hz, band.width_octaves, rate))
    return _size(n_taps) - n_taps + 1


class Banded:
    """Reads a stream with a band of it raised or lowered.

    Parameters
    ----------
    reader : Reader
        The stream, from `lead_frames` before the first frame read here.
    band : Band
        The part of the spectrum, and its gain on the timeline.
    rate : int
        Frames per second.
    start_frames : int
        The frame of the timeline that is read first.
    """

    def __init__(self, reader: Reader, band: Band, rate: int, start_frames: int) -> None:
        self._taps = _taps(band.filter, band.frequency_hz, band.width_octaves, rate)
        self._half = len(self._taps) // 2
        self._size = _size(len(self._taps))
        self._chunk = self._size - 2 * self._half
        self._ramps = band.ramps
        self._at = start_frames
        self._source = Ahead(reader, start_frames - self._half, 0)
        self._ready = np.zeros((0, 2), np.float32)

    def read(self, n_frames: int) -> NDArray[np.float32]:
        """Return the next n_frames frames, shape (m, 2); fewer at the end, then none.

        Raises
        ------
        AudioError
            If the stream breaks off; whatever came before has been returned by then.
        """
        parts = [self._ready]
        have = len(self._ready)
        while have < n_frames and len(part := self._next_chunk()):
            parts.append(part)
            have += len(part)
        joined = np.concatenate(parts)
        out, self._ready = joined[:n_frames], joined[n_frames:]
        if len(out) == 0 and n_frames > 0 and self._source.failure is not None:
            raise self._source.failure
        return out

    def _next_chunk(self) -> NDArray[np.float32]:
        start, stop = self._at, self._at + self._chunk
        around = self._source.get(start - self._half, stop + self._half)
        if self._source.end_frame is not None:
            stop = max(start, min(stop, self._source.end_frame))
        self._at = stop
        n_frames = stop - start
        out = around[self._half : self._half + n_frames]
        constants = [gain for ramp in self._ramps if (gain := ramp.constant(start, n_frames)) is not None]
        # Down by one ramp and up by another is as if nothing had been.
        if n_frames == 0 or (len(constants) == len(self._ramps) and math.isclose(math.prod(constants), 1.0)):
            return out
        gains = np.ones(n_frames, np.float32)
        for ramp in self._ramps:
            gains *= ramp.gains(start, n_frames)
        return out + (gains - np.float32(1.0))[:, None] * self._part(around)[:n_frames]

    def _part(self, around: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the band of a chunk, shape (chunk, 2), given also half a filter on both sides of it."""
        # Left and right ride through one complex FFT: the filter is real, so they do not mix.
        both = np.empty(self._size, np.complex64)
        both.real, both.imag = around[:, 0], around[:, 1]
        filtered = np.fft.ifft(np.fft.fft(both) * _response(self._taps.tobytes(), self._size))
        valid = filtered[2 * self._half :]
        return np.stack([valid.real, valid.imag], axis=1).astype(np.float32, copy=False)

    def close(self) -> None:
        """Give the source back."""
        self._source.close()


def _size(n_taps: int) -> int:
    return max(_MIN_SIZE, 1 << (4 * n_taps).bit_length())


@lru_cache(maxsize=8)
def _response(taps: bytes, size: int) -> NDArray[np.complex64]:
    return np.asarray(np.fft.fft(np.frombuffer(taps, np.float64), size), dtype=np.complex64)


@lru_cache(maxsize=16)
def _taps(kind: Filter, frequency_hz: float, width_octaves: float, rate: int) -> NDArray[np.float64]:
    """Return the symmetric filter that cuts a band out; its length is odd."""
    if kind == "low_shelf":
        return _low_pass(frequency_hz, rate)
    if kind == "high_shelf":
        return _difference(_impulse(), _low_pass(frequency_hz, rate))
    edge = 2 ** (width_octaves / 2)
    return _difference(_low_pass(frequency_hz * edge, rate), _low_pass(frequency_hz / edge, rate))


def _low_pass(corner_hz: float, rate: int) -> NDArray[np.float64]:
    """Return a low-pass that is at half its amplitude at the corner (Kaiser's design formulas)."""
    if corner_hz >= rate / 2:
        return _impulse()
    width = _TRANSITION * min(corner_hz, rate / 2 - corner_hz)
    half = math.ceil((_STOP_DB - 7.95) / (2.285 * 2 * math.pi * width / rate) / 2)
    half = max(1, min(half, _MAX_TAPS // 2))
    beta = 0.1102 * (_STOP_DB - 8.7)
    taps = np.sinc(2 * corner_hz / rate * np.arange(-half, half + 1)) * np.kaiser(2 * half + 1, beta)
    return np.asarray(taps / taps.sum())


def _impulse() -> NDArray[np.float64]:
    return np.ones(1)


def _difference(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    out = np.zeros(max(len(a), len(b)))
    for taps, sign in ((a, 1), (b, -1)):
        at = (len(out) - len(taps)) // 2
        out[at : at + len(taps)] += sign * taps
    return out
