"""A text as it is said, and the sound of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Pause:
    """A silence within a spoken text."""

    at_char: int
    """Offset into the spoken text."""
    length_s: float


@dataclass(frozen=True, slots=True)
class Phonemes:
    """How a part of a spoken text sounds, for engines that take phonemes; others say its letters."""

    start_char: int
    """Offset into the spoken text."""
    length: int
    ipa: str
    """In the International Phonetic Alphabet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenText:
    """What an engine is given: words to be said, without a sign that it could take for a command.

    This is the one neutral markup: pauses and phonemes are beside the text, never in it.
    """

    text: str
    """Letters, digits and plain punctuation; names respelled, abbreviations written out."""
    pauses: tuple[Pause, ...] = ()
    phonemes: tuple[Phonemes, ...] = ()
    """In order, without overlap."""


@dataclass(frozen=True, slots=True)
class Word:
    """When one word of a speech sounds."""

    start_s: float
    start_char: int
    """Offset into the text."""
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """A spoken text. Made by a voice."""

    text: str
    samples: NDArray[np.float32] = field(compare=False, repr=False)
    """Mono, shape (n_frames,), range -1.0 to 1.0."""
    rate: int
    words: tuple[Word, ...] = ()
    """Empty where the engine gives no word times; the offsets refer to `text`."""
    engine: str
    voice: str
    synthetic: bool = True

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate
