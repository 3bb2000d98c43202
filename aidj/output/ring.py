"""Frames on their way to a sound device: put in by one thread, taken out by another in real time, never with a click.

Conventions: frames are float32, shape (n_frames, 2). Wherever the sound has to break off (a pause, nothing left), it is
faded out and later faded in again over `RAMP_S`.
"""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from aidj.audio import CHANNELS

RAMP_S = 0.01


class Ring:
    """A ring of frames between the thread that mixes and the thread that sounds.

    Parameters
    ----------
    n_frames : int
        How many it holds.
    rate : int
        Hz; for the length of the ramps.
    """

    def __init__(self, n_frames: int, rate: int):
        self._frames: NDArray[np.float32] = np.zeros((n_frames, CHANNELS), np.float32)
        self._n_ramp = max(1, round(RAMP_S * rate))
        self._tail: NDArray[np.float32] = np.zeros((0, CHANNELS), np.float32)
        self._last: NDArray[np.float32] = np.zeros(CHANNELS, np.float32)
        self._changed = threading.Condition()
        self._read_at = 0
        self._held = 0
        self._sounding = False
        self._filling = True
        self._paused = False
        self._finished = False
        self.taken = 0
        """Frames handed out so far."""
        self.underruns = 0
        """How often there was nothing, or too little, to hand out while more was expected."""

    @property
    def n_frames(self) -> int:
        """How many frames it holds at most."""
        return len(self._frames)

    @property
    def held(self) -> int:
        """Frames put in and not yet handed out."""
        return self._held

    @property
    def paused(self) -> bool:
        """Whether nothing is handed out for now. To be set from any thread."""
        return self._paused

    @paused.setter
    def paused(self, paused: bool) -> None:
        with self._changed:
            self._paused = paused

    def wait_for_room(self, n_frames: int, timeout_s: float) -> bool:
        """Wait until so many frames fit in, at most for so long; return whether they do.

        More than it can ever hold raises ValueError.
        """
        if n_frames > len(self._frames):
            raise ValueError(f"a ring of {len(self._frames)} frames cannot take {n_frames} at once")
        with self._changed:
            return self._changed.wait_for(lambda: len(self._frames) - self._held >= n_frames, timeout_s)

    def put(self, frames: NDArray[np.float32]) -> None:
        """Put in frames for which there is room (see `wait_for_room`), else ValueError."""
        with self._changed:
            if len(frames) > len(self._frames) - self._held:
                raise ValueError("there is no room in the ring for these frames")
            start = (self._read_at + self._held) % len(self._frames)
            first = min(len(frames), len(self._frames) - start)
            self._frames[start : start + first] = frames[:first]
            self._frames[: len(frames) - first] = frames[first:]
            self._held += len(frames)
            if 2 * self._held >= len(self._frames):
                self._filling = False  # half full: enough to begin with, or to go on with after an underrun

    def finish(self) -> None:
        """Say that nothing more is put in: what is left is handed out, and the end is no underrun."""
        with self._changed:
            self._finished = True
            self._filling = False

    def take(self, n_frames: int) -> tuple[NDArray[np.float32], int]:
        """Return exactly so many frames, and how many of them, from the first on, came out of the ring.

        The others are silence, but for the end of a ramp. Never waits for anything but the lock.
        """
        out = np.zeros((n_frames, CHANNELS), np.float32)
        with self._changed:
            self._add_tail(out)
            if self._filling or (self._paused and not self._sounding):
                return out, 0
            wanted = min(n_frames, self._n_ramp) if self._paused else n_frames
            n_taken = min(wanted, self._held)
            frames = self._pull(n_taken)
            if n_taken and not self._sounding:
                frames[: self._n_ramp] *= _rise(min(n_taken, self._n_ramp))
                self._sounding = True
            if n_taken:
                self._last = frames[-1].copy()
            if self._paused:
                frames *= 1.0 - _rise(n_taken)
            out[:n_taken] += frames
            if self._paused or n_taken < n_frames:
                self._break_off(out[n_taken:], starved=n_taken < wanted)
            self._changed.notify_all()
            return out, n_taken

    def _pull(self, n_frames: int) -> NDArray[np.float32]:
        first = min(n_frames, len(self._frames) - self._read_at)
        frames = np.concatenate([self._frames[self._read_at : self._read_at + first], self._frames[: n_frames - first]])
        self._read_at = (self._read_at + n_frames) % len(self._frames)
        self._held -= n_frames
        self.taken += n_frames
        return frames

    def _break_off(self, rest: NDArray[np.float32], *, starved: bool) -> None:
        if starved and self._sounding:
            # The music that would have been faded is not here: its last value sinks to zero instead.
            self._tail = self._last * (1.0 - _rise(self._n_ramp))
            self._add_tail(rest)
        if not self._paused and not self._finished:
            self.underruns += 1
            self._filling = True
        self._sounding = False

    def _add_tail(self, out: NDArray[np.float32]) -> None:
        n_frames = min(len(out), len(self._tail))
        out[:n_frames] += self._tail[:n_frames]
        self._tail = self._tail[n_frames:]


def _rise(n_frames: int) -> NDArray[np.float32]:
    ramp: NDArray[np.float32] = np.arange(1, n_frames + 1, dtype=np.float32)[:, None] / np.float32(max(1, n_frames))
    return ramp
