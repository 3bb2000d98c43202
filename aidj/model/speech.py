"""A spoken text."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Word:
    """When one word of a speech sounds."""

    start_s: float
    start_char: int
    """Offset into the spoken text."""
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """A spoken text. Made by a voice."""

    text: str
    samples: NDArray[np.float32] = field(compare=False, repr=False)
    """Mono, shape (n_frames,), range -1.0 to 1.0."""
    rate: int
    words: tuple[Word, ...] = ()
    """Empty where the engine gives no word times."""
    engine: str
    voice: str
    synthetic: bool = True

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate
