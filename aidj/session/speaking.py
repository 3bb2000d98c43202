"""What the links of a session sound like: spoken once each, all of one voice at one level."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from aidj.home import Home
from aidj.model import Speech, TalkSettings
from aidj.session.presenting import Speaking, Warn, as_spoken, keeps_silent, usable_voice, without_ducking
from aidj.voice import Presenter, SilentVoice, Voice, VoiceLevel, prepare_speech, voice_level

Spoken = Callable[[int], None]
"""Called with how many texts have been spoken."""


class LinkSpeech(Protocol):
    """How texts become speech that is ready for the mix."""

    def of(self, texts: Mapping[int, str], presenter: Presenter, target_lufs: float) -> dict[int, Speech]:
        """Return the speech of each text that could be spoken, by the same numbers.

        Parameters
        ----------
        target_lufs : float
            The loudness of the songs.
        """

    def placing(self, talk: TalkSettings) -> TalkSettings:
        """Return how the links are laid out."""


class SpokenLinks:
    """Speech of a presenter's voice. What was spoken is kept until it is forgotten.

    A voice is levelled once, over the first that it says in a session: what follows is not known yet while that is
    heard, and a session that is rendered sounds as one that is played.
    """

    def __init__(self, home: Home, speaking: Speaking, *, rate: int, warn: Warn, progress: Spoken) -> None:
        self._home = home
        self._speaking = speaking
        self._rate = rate
        self._warn = warn
        self._progress = progress
        self._voice: Voice | None = None
        self._asked_for_voice = False
        self._levels: dict[tuple[str, str], VoiceLevel] = {}
        self._speeches: dict[str, Speech | None] = {}

    def of(self, texts: Mapping[int, str], presenter: Presenter, target_lufs: float) -> dict[int, Speech]:
        """Speak what was not spoken before; see `LinkSpeech`."""
        new = {number: text for number, text in texts.items() if text not in self._speeches}
        if new and not self._asked_for_voice:
            self._voice = usable_voice(self._home, presenter, self._speaking, self._warn)
            self._asked_for_voice = True
        if new and self._voice is not None:
            raw = as_spoken(self._voice, new, self._warn, self._progress)
            for number, text in new.items():
                speech = raw.get(number)
                self._speeches[text] = self._ready(speech, presenter, target_lufs) if speech else None
        return {number: speech for number, text in texts.items() if (speech := self._speeches.get(text)) is not None}

    def _ready(self, speech: Speech, presenter: Presenter, target_lufs: float) -> Speech:
        voice = speech.engine, speech.voice
        if voice not in self._levels:
            self._levels[voice] = voice_level([speech], rate=self._rate, target_lufs=target_lufs, sound=presenter.sound)
        return prepare_speech(
            speech, rate=self._rate, target_lufs=target_lufs, sound=presenter.sound, level=self._levels[voice]
        )

    def placing(self, talk: TalkSettings) -> TalkSettings:
        """Return the settings; without ducking for a voice that nobody hears."""
        return without_ducking(talk) if self._voice is not None and keeps_silent(self._voice) else talk

    def forget(self, kept: set[str]) -> None:
        """Let go of the speech of all texts but some."""
        self._speeches = {text: speech for text, speech in self._speeches.items() if text in kept}


class RehearsedLinks:
    """Silence, as long as each text will take to say: enough to know how long a session becomes."""

    def __init__(self, rate: int) -> None:
        self._rate = rate

    def of(self, texts: Mapping[int, str], presenter: Presenter, target_lufs: float) -> dict[int, Speech]:
        """See `LinkSpeech`."""
        voice = SilentVoice(pace_wpm=presenter.pace_wpm, rate=self._rate)
        return {number: voice.speak(text) for number, text in texts.items()}

    def placing(self, talk: TalkSettings) -> TalkSettings:
        """Return the settings as they are."""
        return talk

    def forget(self, kept: set[str]) -> None:
        """Keep nothing."""
