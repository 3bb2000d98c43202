"""Time-stretching by a phase vocoder whose windows may stand anywhere in the source.

Each output window is the source's window at the mapped place, its phases turned so that it joins the windows before it.
The turn follows from the source itself: from its spectrum where the window before it stood and its spectrum one hop
before where this one stands (Puckette 1995). At the native tempo these are the same spectrum, the turn stays as it is,
and while it is none the output is the input. Bins around a peak turn together (Laroche & Dolson 1999); where energy
enters, the turn is the pure delay that puts it where the map wants it (after Röbel 2003), so that attacks stay sharp.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

WINDOW_S = 0.093
OVERLAP = 4
"""Windows that cover each frame."""

_LOBE_BINS = 4
"""The bins on either side that belong to a peak: what a Hann window makes of a steady tone, and a little more."""
_STILL_BINS = 2
"""What lies below any hearing, and a constant offset above all, has no phase to turn: it is just laid over itself."""
_ENTERING = 10.0
"""A region whose energy grows by so much from window to window holds something new."""
_RETURN_S = 1.5
"""How long the turn takes to go back to none at the native tempo: less than 1/3 Hz of detuning."""

Frames = Callable[[int, int], NDArray[np.float32]]
"""Source frames from one to another, shape (n, 2)."""


def window_frames(rate: int) -> int:
    """Return the length of a window at a sample rate, a power of two."""
    return 1 << round(math.log2(WINDOW_S * rate))


class Vocoder:
    """Makes output windows one after the other.

    Parameters
    ----------
    frames : Frames
        Where the source is read.
    rate : int
        Frames per second.
    """

    def __init__(self, frames: Frames, rate: int) -> None:
        self.size = window_frames(rate)
        self.hop = self.size // OVERLAP
        self.return_windows = round(_RETURN_S * rate / self.hop)
        """So many windows at the native tempo after others, the output is the input again."""
        self._frames = frames
        self._window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(self.size) / self.size)).astype(np.float32)
        self._slanted = self._window * (np.arange(self.size, dtype=np.float32) - self.size // 2)
        # Hann twice, in and out: four overlapping squares add up to 1.5 everywhere.
        self._synthesis = self._window / np.float32(1.5)
        self._bins = np.arange(self.size // 2 + 1)
        self._slopes = (-2j * np.pi * self._bins / self.size).astype(np.complex64)
        self.forget()

    def forget(self) -> None:
        """Begin anew: the next window is the source's own."""
        self._turn = np.ones(len(self._bins), np.complex64)
        self._angles: NDArray[np.float32] | None = None
        self._returned = self.return_windows
        self._place = 0
        self._spectrum = np.zeros((2, len(self._bins)), np.complex64)
        self._energy = np.zeros(len(self._bins), np.float32)
        self._begun = False

    def window(self, place: int, native: bool) -> NDArray[np.float32]:
        """Return the next output window, to be added to those before; shape (size, 2).

        Parameters
        ----------
        place : int
            The source frame in its middle.
        native : bool
            Whether the tempo has been native since the window before.
        """
        spectrum = self._look(place, self._window)
        energy = _energy(spectrum)
        if not self._begun:
            self._begun = True
        elif native:
            self._come_home(energy)
        else:
            shift = place - self.hop - self._place
            before = self._look(place - self.hop, self._window) if shift else self._spectrum
            self._advance(spectrum, energy, before, place, 1 + shift / self.hop)
        self._place, self._spectrum, self._energy = place, spectrum, energy
        out = np.fft.irfft(spectrum * self._turn, self.size)
        out *= self._synthesis
        return np.asarray(out.T, dtype=np.float32)

    def _look(self, place: int, window: NDArray[np.float32]) -> NDArray[np.complex64]:
        start = place - self.size // 2
        sides = np.empty((2, self.size), np.float32)  # each in one piece: a transform over strides is slow
        np.multiply(self._frames(start, start + self.size).T, window, out=sides)
        return np.asarray(np.fft.rfft(sides), dtype=np.complex64)

    def _advance(
        self,
        spectrum: NDArray[np.complex64],
        energy: NDArray[np.float32],
        before: NDArray[np.complex64],
        place: int,
        rate: float,
    ) -> None:
        self._angles, self._returned = None, 0
        # Both sides turn together, so that the stereo image stays.
        advance = _both(self._spectrum * before.conj())
        size = np.abs(advance)
        turn = self._turn * np.where(size > 0, advance / np.maximum(size, np.float32(1e-30)), np.complex64(1))
        turn /= np.maximum(np.abs(turn), np.float32(1e-6))  # rounding must not add up
        peaks, edges = _regions(energy)
        if len(peaks):
            peak_of = np.repeat(peaks, np.diff(edges))
            turn = turn[np.where(np.abs(peak_of - self._bins) <= _LOBE_BINS, peak_of, self._bins)]
            now, then = np.add.reduceat(energy, edges[:-1]), np.add.reduceat(self._energy, edges[:-1])
            entering = now > _ENTERING * then
            if entering.any():
                late = self._delays(spectrum, place, edges, now) * np.float32(1 / rate - 1)
                new = np.repeat(entering, np.diff(edges))
                turn[new] = np.exp(self._slopes[new] * np.repeat(late, np.diff(edges))[new])
        turn[:_STILL_BINS] = 1
        self._turn = turn

    def _delays(
        self, spectrum: NDArray[np.complex64], place: int, edges: NDArray[np.intp], energy: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Return where in the window each region's energy lies, in frames from its middle (time reassignment)."""
        slanted = self._look(place, self._slanted)
        moment = _both(slanted.real * spectrum.real + slanted.imag * spectrum.imag)
        return np.asarray(np.add.reduceat(moment, edges[:-1]) / np.maximum(energy, np.float32(1e-20)), np.float32)

    def _come_home(self, energy: NDArray[np.float32]) -> None:
        """At the native tempo: turn back little by little, and at once where something new enters."""
        if self._returned >= self.return_windows:
            return
        if self._angles is None:
            self._angles = np.angle(self._turn).astype(np.float32)
        peaks, edges = _regions(energy)
        if len(peaks):
            entering = np.add.reduceat(energy, edges[:-1]) > _ENTERING * np.add.reduceat(self._energy, edges[:-1])
            self._angles[np.repeat(entering, np.diff(edges))] = 0
        self._returned += 1
        x = min(1.0, self._returned / self.return_windows)
        left = np.float32((1 + np.cos(np.pi * x)) / 2)
        self._turn = np.exp(1j * (left * self._angles)).astype(np.complex64)


def _both(sides: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(sides[0] + sides[1])


def _energy(spectrum: NDArray[np.complex64]) -> NDArray[np.float32]:
    return np.asarray(_both(spectrum.real**2 + spectrum.imag**2), dtype=np.float32)


def _regions(energy: NDArray[np.float32]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the peaks of a spectrum, and the edges between their regions (one more, from 0 to the last bin)."""
    middle = energy[1:-1]
    peaks = np.flatnonzero((middle > energy[:-2]) & (middle >= energy[2:])) + 1
    between = (peaks[1:] + peaks[:-1] + 1) // 2
    return peaks, np.concatenate([[0], between, [len(energy)]])
