"""Sources of live sound for the tests of outputs."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray


class Tone:
    """A sine of 440 Hz, left and right, endless or `n_frames` long; a read may be made slow."""

    def __init__(self, *, rate: int = 44100, n_frames: int | None = None, read_s: float = 0.0):
        self.rate = rate
        self.n_frames = n_frames
        self.read_s = read_s
        self._at = 0

    @property
    def ended(self) -> bool:
        return self._at == self.n_frames

    def read(self, n_frames: int) -> NDArray[np.float32]:
        if self.read_s:
            time.sleep(self.read_s)
        if self.n_frames is not None:
            n_frames = min(n_frames, self.n_frames - self._at)
        block = self.samples(n_frames, self._at)
        self._at += n_frames
        return block

    def samples(self, n_frames: int, start: int = 0) -> NDArray[np.float32]:
        wave = 0.5 * np.sin(2 * np.pi * 440 * (start + np.arange(n_frames)) / self.rate)
        return np.repeat(wave.astype(np.float32)[:, None], 2, axis=1)


class Counting:
    """Another source, counted; `when` calls something as soon as so many frames have been read."""

    def __init__(self, source: Tone):
        self._source = source
        self.rate = source.rate
        self.n_frames = 0
        self.when: tuple[int, Callable[[], None]] | None = None

    @property
    def ended(self) -> bool:
        return self._source.ended

    def read(self, n_frames: int) -> NDArray[np.float32]:
        block = self._source.read(n_frames)
        self.n_frames += len(block)
        if self.when is not None and self.n_frames >= self.when[0]:
            self.when[1]()
        return block
