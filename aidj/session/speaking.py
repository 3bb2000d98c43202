"""What the links of a session sound like: spoken once each, all of one voice at one level."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, wait
from functools import partial
from typing import Protocol, TypeVar

from aidj.errors import VoiceError
from aidj.home import Home
from aidj.model import Speech, TalkSettings
from aidj.session.presenting import Speaking, Warn, keeps_silent, spoken_by, usable_voice, without_ducking
from aidj.voice import Presenter, SilentVoice, Voice, VoiceProcessor

T = TypeVar("T")

_SPEAKERS = 2
_LOOK_S = 0.05
"""While something is waited for, it is asked so often whether to go on."""

Spoken = Callable[[int], None]
"""Called with how many texts have been spoken."""


class LinkSpeech(Protocol):
    """How texts become speech that is ready for the mix."""

    def get_ready(self, presenter: Presenter) -> None:
        """Begin to find out who can speak, beside whatever else is done."""

    def of(
        self, texts: Mapping[int, str], presenter: Presenter, target_lufs: float, *, wait_for: Collection[int]
    ) -> dict[int, Speech]:
        """Return the speech of each text that has been spoken, by the same numbers.

        Parameters
        ----------
        target_lufs : float
            The loudness of the songs.
        wait_for : collection of int
            The numbers of those that are waited for, until `Speaking.gives_up` says otherwise.
        """

    def coming(self, texts: Mapping[int, str]) -> frozenset[int]:
        """Return the numbers of the texts that are still being spoken."""

    def has_spoken(self) -> bool:
        """Return whether one of the texts that were still being spoken has been."""

    def placing(self, talk: TalkSettings) -> TalkSettings:
        """Return how the links are laid out."""

    def forget(self, kept: set[str]) -> None:
        """Let go of the speech of all texts but some."""

    def close(self) -> None:
        """Wait for nothing any more."""


class _Speakers:
    """Threads that speak, and that nobody waits for in the end: a voice of the embedding program may hang for ever."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: deque[Callable[[], None]] = deque()
        self._threads = 0

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Have something done, in the order of asking; what it raises, its result raises too."""
        future: Future[T] = Future()
        with self._lock:
            self._left.append(lambda: _do(work, future))
            if self._threads < _SPEAKERS:
                self._threads += 1
                threading.Thread(target=self._run, name="aidj-voice", daemon=True).start()
        return future

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._left:
                    self._threads -= 1
                    return
                task = self._left.popleft()
            task()


def _do(work: Callable[[], T], future: Future[T]) -> None:
    if future.set_running_or_notify_cancel():
        try:
            future.set_result(work())
        except BaseException as error:  # whoever asked is told
            future.set_exception(error)


class SpokenLinks:
    """Speech of a presenter's voice. What was spoken is kept until it is forgotten.

    A voice is levelled once, over the first that it says in a session: what follows is not known yet while that is
    heard, and a session that is rendered sounds as one that is played.

    Parameters
    ----------
    progress : callable
        Called with how many of the texts that are waited for have been spoken.
    changed : callable
        Called, on some thread, when a text has been spoken.
    """

    def __init__(
        self,
        home: Home,
        speaking: Speaking,
        *,
        rate: int,
        warn: Warn,
        progress: Spoken,
        changed: Callable[[], None],
    ) -> None:
        self._home = home
        self._speaking = speaking
        self._rate = rate
        self._warn = warn
        self._progress = progress
        self._changed = changed
        self._finding_voice: Future[Voice | None] | None = None
        self._sought_since_s = 0.0
        self._processor: VoiceProcessor | None = None
        self._speeches: dict[str, Speech | None] = {}
        self._coming: dict[str, Future[Speech | VoiceError | None]] = {}
        """In the order in which they were asked for."""
        self._speakers = _Speakers()

    def get_ready(self, presenter: Presenter) -> None:
        """See `LinkSpeech`; the first presenter it is told stays."""
        self._voice_of(presenter)

    def of(
        self, texts: Mapping[int, str], presenter: Presenter, target_lufs: float, *, wait_for: Collection[int]
    ) -> dict[int, Speech]:
        """Have spoken what was not spoken before; see `LinkSpeech`."""
        since_s = time.monotonic()
        new = [text for text in texts.values() if text not in self._speeches and text not in self._coming]
        if new:
            finding = self._voice_of(presenter)
            if not self._has_come(finding, self._sought_since_s) or finding.result() is not None:
                for text in dict.fromkeys(new):
                    self._coming[text] = self._speakers.submit(partial(_said, finding, text))
                    self._coming[text].add_done_callback(lambda future: self._changed())
        self._take_in(presenter, target_lufs, {texts[number] for number in wait_for if number in texts}, since_s)
        return {number: speech for number, text in texts.items() if (speech := self._speeches.get(text)) is not None}

    def _voice_of(self, presenter: Presenter) -> Future[Voice | None]:
        """Return who speaks, as soon as that is known; None where nobody can."""
        if self._finding_voice is None:
            self._sought_since_s = time.monotonic()
            find = partial(usable_voice, self._home, presenter, self._speaking, self._warn)
            self._finding_voice = self._speakers.submit(find)
        return self._finding_voice

    def _has_come(self, awaited: Future[T], since_s: float) -> bool:
        """Wait for something; return False if it was given up for the time being."""
        while not awaited.done() and not self._speaking.gives_up(time.monotonic() - since_s):
            wait([awaited], _LOOK_S)
        return awaited.done()

    def _take_in(self, presenter: Presenter, target_lufs: float, waited_for: set[str], since_s: float) -> None:
        """Make ready what has been spoken: in the order of asking, so that the first one sets the level."""
        last = max((n for n, text in enumerate(self._coming, 1) if text in waited_for), default=0)
        for number, (text, future) in enumerate(list(self._coming.items()), 1):
            if not future.done() and (number > last or not self._has_come(future, since_s)):
                return
            result = future.result()
            del self._coming[text]
            if isinstance(result, Speech):
                if self._processor is None:
                    self._processor = VoiceProcessor(rate=self._rate, target_lufs=target_lufs, sound=presenter.sound)
                self._speeches[text] = self._processor.ready(result)
            else:
                self._speeches[text] = None
                if result is not None:
                    self._warn(f"A link is left out. {result}")
            self._progress(number)

    def coming(self, texts: Mapping[int, str]) -> frozenset[int]:
        """Return the numbers of the texts that are still being spoken."""
        return frozenset(number for number, text in texts.items() if text in self._coming)

    def has_spoken(self) -> bool:
        """See `LinkSpeech`. What was asked for first is taken in first."""
        first = next(iter(self._coming.values()), None)
        return first is not None and first.done()

    def placing(self, talk: TalkSettings) -> TalkSettings:
        """Return the settings; without ducking for a voice that nobody hears."""
        voice = self._finding_voice.result() if self._finding_voice and self._finding_voice.done() else None
        return without_ducking(talk) if voice is not None and keeps_silent(voice) else talk

    def forget(self, kept: set[str]) -> None:
        """Let go of all texts but some: what nobody has begun to speak is not spoken, nothing is waited for."""
        self._speeches = {text: speech for text, speech in self._speeches.items() if text in kept}
        for text in [text for text in self._coming if text not in kept]:
            self._coming.pop(text).cancel()

    def close(self) -> None:
        """Wait for nothing any more."""
        self.forget(set())


def _said(finding: Future[Voice | None], text: str) -> Speech | VoiceError | None:
    """Return the speech of a text, or why there is none; None where there is no voice."""
    voice = finding.result()
    return None if voice is None else spoken_by(voice, text)


class RehearsedLinks:
    """Silence, as long as each text will take to say: enough to know how long a session becomes."""

    def __init__(self, rate: int) -> None:
        self._rate = rate

    def get_ready(self, presenter: Presenter) -> None:
        """Do nothing."""

    def of(
        self, texts: Mapping[int, str], presenter: Presenter, target_lufs: float, *, wait_for: Collection[int]
    ) -> dict[int, Speech]:
        """See `LinkSpeech`."""
        voice = SilentVoice(pace_wpm=presenter.pace_wpm, rate=self._rate)
        return {number: voice.speak(text) for number, text in texts.items()}

    def coming(self, texts: Mapping[int, str]) -> frozenset[int]:
        """Return none: nothing is spoken."""
        return frozenset()

    def has_spoken(self) -> bool:
        """Return no."""
        return False

    def placing(self, talk: TalkSettings) -> TalkSettings:
        """Return the settings as they are."""
        return talk

    def forget(self, kept: set[str]) -> None:
        """Keep nothing."""

    def close(self) -> None:
        """Do nothing."""
