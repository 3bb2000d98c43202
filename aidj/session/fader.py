"""A gain that changes without a click: what a pause and the volume do to the blocks that are read."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Fader:
    """A gain that moves in a straight line.

    Parameters
    ----------
    gain : float
        The one to begin with, 0 to 1.
    fade_frames : int
        How long it takes from silence to the full level.
    """

    def __init__(self, gain: float, fade_frames: int) -> None:
        self._gain = self._target = gain
        self._step = 1.0 / max(1, fade_frames)

    @property
    def is_silent(self) -> bool:
        """Whether nothing is heard, and nothing is to be."""
        return self._gain == 0.0 == self._target

    @property
    def frames_left(self) -> int:
        """How long it still moves."""
        return int(np.ceil(abs(self._target - self._gain) / self._step))

    def to(self, gain: float) -> None:
        """Move to another gain from here on."""
        self._target = gain

    def finish(self) -> None:
        """Be there at once: nobody hears it."""
        self._gain = self._target

    def apply(self, block: NDArray[np.float32]) -> None:
        """Change a block, shape (n_frames, n_channels), in place."""
        if self._gain == self._target:
            if self._gain != 1.0:
                block *= np.float32(self._gain)
            return
        way = self._target - self._gain
        moved = np.minimum(np.arange(1, len(block) + 1) * self._step, abs(way)) * np.sign(way)
        block *= (self._gain + moved).astype(np.float32)[:, None]
        self._gain = self._target if len(block) >= self.frames_left else self._gain + float(moved[-1])
