"""Time-stretching by a phase vocoder whose windows may stand anywhere in the source.

Each output window is the source's window at the mapped place, its phases turned so that it joins the windows before it.
The turn follows from the source itself: from its spectrum where the window before it stood and its spectrum one hop
before where this one stands (Puckette 1995). At the native tempo these are the same spectrum, the turn stays as it is,
and while it is none the output is the input. The bins around a peak turn together (Laroche & Dolson 1999).

An attack would be smeared by that: it is a matter of many bins at once. As long as a window holds one, the bins where
it entered turn by the pure delay that puts it where the map wants it (after Röbel 2003), so that it keeps its
shape; tones that sound on go their way.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

OVERLAP = 4
"""Windows that cover each frame."""

_STILL_BINS = 2
"""What lies below any hearing, and a constant offset above all, has no phase to turn: it is just laid over itself."""
_GROWTH = 4.0
"""A region of bins whose energy grows by so much from window to window holds something new."""
_ATTACK_SHARE = 0.3
"""Where so much of the spectrum grows at once, the new is an attack, not a tone."""
_HEARD = 1e-8
"""A region that is weaker than the strongest by more than this (80 dB) does not count."""
_PASSED = 0.25
"""An attack is held until it lies so far behind the middle of a window, as a share of its length."""
_SAME = 1024
"""Two estimates of where an attack lies agree within this part of a window."""
_RETURN_S = 1.5
"""How long the turn takes to go back to none at the native tempo: less than 1/3 Hz of detuning."""

Sides = Callable[[int, int], NDArray[np.float32]]
"""Source frames from one to another, shape (2, n)."""


class Vocoder:
    """Makes output windows one after the other.

    Parameters
    ----------
    sides : Sides
        Where the source is read.
    size : int
        Frames of a window: long windows tell low tones apart, short ones follow what moves. A power of two.
    rate : int
        Frames per second.
    step : int
        The source is looked at in every step-th frame only: it has nothing above rate / (2 * step).
    below : Vocoder, optional
        A vocoder of longer windows that has the band below. Where its windows stand, this one makes its own later.
    shared_hz : float
        What lies below this turns as it does there: what is in both bands must not cancel out.
    """

    def __init__(
        self,
        sides: Sides,
        size: int,
        rate: int,
        *,
        step: int = 1,
        below: Vocoder | None = None,
        shared_hz: float = 0.0,
    ) -> None:
        self.size = size
        self.hop = size // OVERLAP
        self._return_windows = round(_RETURN_S * rate / self.hop)
        self.return_frames = (self._return_windows + 1) * self.hop
        """So many frames at the native tempo after others, the output is the input again."""
        self._sides = sides
        self._step = step
        self._below = below
        self._shared = round(shared_hz * size / rate)
        self._made: deque[tuple[int, NDArray[np.complex64]]] = deque(maxlen=OVERLAP)
        """The places and turns of the latest windows."""
        window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)
        self._window = window[::step].astype(np.float32)
        self._slanted = (window * (np.arange(size) - size // 2))[::step].astype(np.float32)
        # Hann twice, in and out: four overlapping squares add up to 1.5 everywhere.
        self._synthesis = (window * step / 1.5).astype(np.float32)
        self._bins = size // step // 2 + 1
        self._slopes = (-2j * np.pi * np.arange(self._bins) / size).astype(np.complex64)
        self.forget()

    def forget(self) -> None:
        """Begin anew: the next window is the source's own."""
        self._turn = np.ones(self._bins, np.complex64)
        self._angles: NDArray[np.float32] | None = None
        self._returned = self._return_windows
        self._place = 0
        self._spectrum = np.zeros((2, self._bins), np.complex64)
        self._energy = np.zeros(self._bins, np.float32)
        self._begun = False
        self._made.clear()
        self._attack: int | None = None
        """The source frame of the attack that is held."""
        self._delay = 0
        """How much later than in the source's window it has to come, in frames."""
        self._new = np.zeros(self._bins, np.bool_)
        """The bins where it entered: tones that sound on turn on as before."""

    def window(self, place: int, native: bool) -> NDArray[np.float32]:
        """Return the next output window, to be added to those before; shape (2, size).

        Parameters
        ----------
        place : int
            The source frame in its middle.
        native : bool
            Whether the tempo has been native since the window before.
        """
        spectrum = self._look(place, self._window)
        energy = _both(spectrum.real**2 + spectrum.imag**2)
        if not self._begun:
            self._begun = True
        elif native:
            self._come_home(energy, place)
        else:
            self._advance(spectrum, energy, place)
        self._made.append((place, self._turn))
        self._place, self._spectrum, self._energy = place, spectrum, energy
        out = np.fft.irfft(spectrum * self._turn, self.size)
        out *= self._synthesis
        return np.asarray(out, dtype=np.float32)

    def _look(self, place: int, window: NDArray[np.float32]) -> NDArray[np.complex64]:
        start = place - self.size // 2
        return np.asarray(np.fft.rfft(self._sides(start, start + self.size)[:, :: self._step] * window), np.complex64)

    def _advance(self, spectrum: NDArray[np.complex64], energy: NDArray[np.float32], place: int) -> None:
        self._angles, self._returned = None, 0
        shift = place - self.hop - self._place
        peaks, edges = _regions(energy)
        self._follow_attack(spectrum, energy, edges, place, shift)
        before = self._look(place - self.hop, self._window) if shift else self._spectrum
        # Both sides turn together, so that the stereo image stays.
        turn = self._turn * _both(self._spectrum * before.conj())
        size = np.abs(turn)
        turn = np.where(size > 0, turn / np.maximum(size, np.float32(1e-30)), self._turn)
        if len(peaks):
            turn = turn[np.repeat(peaks, np.diff(edges))]
        self._share(turn, place)
        if self._attack is not None:
            turn[self._new] = np.exp(self._slopes[self._new] * np.float32(self._delay))
        turn[:_STILL_BINS] = 1
        self._turn = turn

    def _share(self, turn: NDArray[np.complex64], place: int) -> None:
        """Turn as the band below does in its window at a place, if it has one there."""
        if self._below is not None:
            for made_at, made in self._below._made:
                if made_at == place:
                    turn[: self._shared] = made[:: self._below.size // self.size][: self._shared]

    def _follow_attack(
        self,
        spectrum: NDArray[np.complex64],
        energy: NDArray[np.float32],
        edges: NDArray[np.intp],
        place: int,
        shift: int,
    ) -> None:
        """Find out whether the window holds an attack, and by how much it has to be delayed."""
        self._delay += shift
        if self._attack is not None and self._attack < place - _PASSED * self.size:
            self._attack = None
            self._new[:] = False
        entering = _entering(energy, self._energy, edges)
        if entering is None:
            return
        # Where each region's energy lies, in frames from the middle of the window (time reassignment).
        slanted = self._look(place, self._slanted)
        moment = _both(slanted.real * spectrum.real + slanted.imag * spectrum.imag)
        energies = np.add.reduceat(energy, edges[:-1])[entering]
        late = float(np.median(np.add.reduceat(moment, edges[:-1])[entering] / energies))
        # What lies late / rate after the middle of the output's window, lies late after that of the source's. In whole
        # frames, and never moved by a few of them, so that the attack keeps its shape.
        delay = -round(late * shift / (shift + self.hop))
        if self._attack is None or abs(delay - self._delay) > self.size // _SAME:
            self._delay = delay
        self._attack = place + round(late)
        self._new |= np.repeat(entering, np.diff(edges))
        self._new[: self._shared] = False

    def _come_home(self, energy: NDArray[np.float32], place: int) -> None:
        """At the native tempo: turn back little by little, and at once where an attack hides it."""
        self._attack = None
        self._new[:] = False
        if self._returned < self._return_windows:
            if self._angles is None:
                self._angles = np.angle(self._turn).astype(np.float32)
            edges = _regions(energy)[1]
            entering = _entering(energy, self._energy, edges)
            if entering is not None:
                new = np.repeat(entering, np.diff(edges))
                new[: self._shared] = False
                self._angles[new] = 0
            self._returned += 1
            left = np.float32((1 + np.cos(np.pi * self._returned / self._return_windows)) / 2)
            self._turn = np.exp(1j * (left * self._angles)).astype(np.complex64)
        if self._below is not None:
            self._turn = self._turn.copy()
            self._share(self._turn, place)


def _both(sides: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(sides[0] + sides[1])


def _regions(energy: NDArray[np.float32]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the peaks of a spectrum, and the edges between their regions (one more, from 0 to the last bin)."""
    middle = energy[1:-1]
    peaks = np.flatnonzero((middle > energy[:-2]) & (middle >= energy[2:])) + 1
    between = (peaks[1:] + peaks[:-1] + 1) // 2
    return peaks, np.concatenate([[0], between, [len(energy)]])


def _entering(
    energy: NDArray[np.float32], before: NDArray[np.float32], edges: NDArray[np.intp]
) -> NDArray[np.bool_] | None:
    """Return in which regions something enters, if in so many that it is an attack."""
    now, then = np.add.reduceat(energy, edges[:-1]), np.add.reduceat(before, edges[:-1])
    heard = now > _HEARD * now.max()
    entering = heard & (now > _GROWTH * then)
    widths = np.diff(edges)
    return entering if widths[entering].sum() > _ATTACK_SHARE * widths[heard].sum() else None
