"""What a voice is, for whoever wants to add one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from aidj.model import Speech


class Voice(Protocol):
    """Something that speaks.

    An engine of another package is offered through the entry point group ``aidj.voices``: a callable that takes a
    `aidj.voice.Presenter` and returns a voice, under the name that presenter files give as their ``engine``.
    """

    @property
    def name(self) -> str:
        """The engine, such as ``pyttsx3``."""

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


@runtime_checkable
class RepeatableVoice(Voice, Protocol):
    """A voice whose speech can be kept, because it knows what the sound depends on."""

    def request(self, text: str) -> Mapping[str, str | int | float | None]:
        """Return everything that the sound of this text depends on: engine, version, voice, pace, spoken text."""
