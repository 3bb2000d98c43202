"""The presenter of a session: how they talk, and how what they say becomes speech."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

from aidj.errors import ScriptError, VoiceError
from aidj.home import Home
from aidj.model import Plan, Speech, TalkSettings
from aidj.script import Lines, Recent, Writer, load_lines, session_key, untrue
from aidj.session.link_writing import Telling
from aidj.voice import Presenter, SilentVoice, Voice, estimate_speech_s, make_voice, prepare_speeches

_SPEAKERS = 2

Warn = Callable[[str], None]
"""Told what had to be left out, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaking:
    """How the links of a session are to be written and spoken, as far as its presenter does not say."""

    talk: TalkSettings
    disclose: bool | None = None
    """Whether the first link says that the voice is synthetic; None goes by `talk` and by what was said before."""
    voice: Voice | None = None
    """Who speaks instead of the presenter's own voice."""
    writer: Writer | None = None
    """Who words the links before the lines are asked."""


def telling_of(home: Home, plan: Plan, presenter: Presenter, speaking: Speaking, warn: Warn) -> Telling:
    """Return how a presenter talks in a session, from what was said in those before it.

    Raises
    ------
    ScriptError
        If there are no lines in the presenter's language, or they have a mistake.
    """
    try:
        recent = home.said.recent(plan.planned_at, session_key(plan))
    except ScriptError as error:
        warn(f"Something may be said again. {error}")
        recent = Recent()
    talk = speaking.talk
    return Telling(
        presenter=presenter.name,
        lines=_lines(presenter.language, home.voices_folder),
        manner=presenter.manner,
        length_s=partial(estimate_speech_s, pace_wpm=presenter.pace_wpm),
        talk=talk,
        recent=recent,
        disclose=talk.disclose and not recent.disclosed if speaking.disclose is None else speaking.disclose,
        complaints=untrue,
        writer=speaking.writer,
    )


def rehearsed(texts: Mapping[int, str], presenter: Presenter, rate: int) -> dict[int, Speech]:
    """Return silence, as long as each text will take to say."""
    voice = SilentVoice(pace_wpm=presenter.pace_wpm, rate=rate)
    return {number: voice.speak(text) for number, text in texts.items()}


def spoken(
    home: Home,
    texts: Mapping[int, str],
    presenter: Presenter,
    speaking: Speaking,
    *,
    rate: int,
    target_lufs: float,
    warn: Warn,
    progress: Callable[[int], None],
) -> dict[int, Speech]:
    """Return the speech of each text that could be spoken, ready for the mix.

    Parameters
    ----------
    rate : int
        Frames per second of the mix.
    target_lufs : float
        The loudness of the songs.
    progress : callable
        Called with how many texts have been spoken.
    """
    voice = usable_voice(home, presenter, speaking, warn) if texts else None
    if voice is None:
        return {}
    speeches = as_spoken(voice, texts, warn, progress)
    ready = prepare_speeches(list(speeches.values()), rate=rate, target_lufs=target_lufs, sound=presenter.sound)
    return dict(zip(speeches, ready, strict=True))


def as_spoken(
    voice: Voice, texts: Mapping[int, str], warn: Warn, progress: Callable[[int], None] = lambda done: None
) -> dict[int, Speech]:
    """Return the speech of each text that could be spoken, as the voice made it."""

    def speak(text: str) -> Speech | VoiceError:
        try:
            return voice.speak(text)
        except VoiceError as error:
            return error

    speeches: dict[int, Speech] = {}
    with ThreadPoolExecutor(_SPEAKERS, thread_name_prefix="aidj-voice") as pool:
        for done, (number, result) in enumerate(zip(texts, pool.map(speak, texts.values()), strict=True), start=1):
            if isinstance(result, VoiceError):
                warn(f"A link is left out. {result}")
            else:
                speeches[number] = result
            progress(done)
    return speeches


def usable_voice(home: Home, presenter: Presenter, speaking: Speaking, warn: Warn) -> Voice | None:
    """Return who speaks in a session; None, and a warning, where nobody can."""
    try:
        voice = speaking.voice or make_voice(presenter, home.speech_folder)
        why_not = voice.probe()
    except VoiceError as error:
        why_not = str(error)
    if why_not:
        warn(f"Nothing is said in this session: {why_not}")
        return None
    return voice


def _lines(language: str, folder: Path) -> Lines:
    """Return the lines of a language, read once: a session is rehearsed many times before it is planned."""
    files = sorted(folder.glob("lines/*/*.y*ml"))
    return _read_lines(language, folder, tuple((file, file.stat().st_mtime_ns) for file in files))


@lru_cache(4)
def _read_lines(language: str, folder: Path, files: tuple[tuple[Path, int], ...]) -> Lines:
    return load_lines(language, extra_folders=(folder,))
