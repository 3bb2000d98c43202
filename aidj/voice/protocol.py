"""What a voice is, and what an engine is, for whoever wants to add one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from aidj.model import Speech, SpokenText, Word

EVERY_LANGUAGE = "mul"
"""What an engine that does not care says instead of language codes (ISO 639's word for "multiple languages")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How a text is to be said."""

    language: str
    """A code such as ``en`` or ``pt-br``."""
    voice: str | None = None
    """In the engine's own words; None is the engine's choice for the language."""
    pace_wpm: int = 155
    """Words per minute, 80 to 300."""
    pitch_st: float = 0.0
    """Semitones above the voice's own pitch, -12 to 12; an engine that cannot change it says as it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """What an engine has made of a text."""

    samples: NDArray[np.float32] = field(compare=False, repr=False)
    """Mono, shape (n_frames,), range -1.0 to 1.0."""
    rate: int
    words: tuple[Word, ...] = ()
    """When words begin, offsets into the spoken text; not every word needs one, and empty is allowed."""
    voice: str = ""
    """What really spoke, in the engine's own words."""


class Engine(Protocol):
    """A speech engine: words in, samples out. How names sound, whose turn it is and what is kept are not its task.

    An engine of another package is offered through the entry point group ``aidj.voices``: a callable without arguments
    that returns an engine, under the name that presenter files give as their ``engine``.
    """

    @property
    def name(self) -> str:
        """What presenter files call it, such as ``espeak``."""

    def version(self) -> str:
        """Return what the sound of a text depends on besides text and delivery: versions of engine and data."""

    def languages(self) -> tuple[str, ...]:
        """Return the codes of the languages it can speak here, sorted; empty where it cannot be used."""

    def voices(self, language: str) -> tuple[str, ...]:
        """Return its voices for a language, the best first; what `Delivery.voice` can be."""

    def probe(self, delivery: Delivery) -> str | None:
        """Return None if it can speak so here, otherwise a sentence saying why not.

        MUST be cheap and MUST NOT raise.
        """

    def synthesise(self, spoken: SpokenText, delivery: Delivery) -> Sound:
        """Say a text. MUST raise `aidj.errors.VoiceError`, and nothing else, where it cannot.

        Called from several threads. `aidj.voice.synthesise`, which asks for a presenter, hands over pieces of at most
        1,000 characters without pauses, and joins what it gets; phonemes may be passed over.
        """

    def close(self) -> None:
        """Let go of processes and files; the engine may be used again afterwards."""


class Voice(Protocol):
    """Somebody who speaks: what a session asks to say its links."""

    @property
    def name(self) -> str:
        """The engine, such as ``espeak``."""

    @property
    def voice(self) -> str:
        """Which of the engine's voices, in the engine's own words."""

    def speak(self, text: str) -> Speech:
        """Speak a text as it is shown; how it is said is the voice's own affair.

        MUST return a `Speech` whose ``text`` is this text and whose word offsets, if any, refer to it. MUST raise
        `aidj.errors.VoiceError`, and nothing else, where it cannot.
        """

    def probe(self) -> str | None:
        """Return None if the voice can be used here, otherwise a sentence saying why not.

        MUST be cheap and MUST NOT raise.
        """
