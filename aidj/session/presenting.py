"""The presenter of a session: how they talk, and how what they say becomes speech."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path

from aidj.errors import AidjError, ConfigError, ScriptError, VoiceError
from aidj.home import Home
from aidj.model import Plan, Speech, TalkSettings
from aidj.names import match_key
from aidj.script import Lines, Recent, Writer, load_lines, session_key, untrue
from aidj.session.foreign import called, failure
from aidj.session.link_writing import Telling
from aidj.voice import (
    SILENT,
    Presenter,
    PresenterVoice,
    Voice,
    can_say,
    check_name,
    estimate_speech_s,
    load_presenter,
    load_pronunciation,
    make_voice,
    presenter_names,
    wrong_speech,
)

_NAMES_KEPT = 4096

Warn = Callable[[str], None]
"""Told what had to be left out, and why."""

_log = logging.getLogger(__name__)


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
    private: bool = False
    """Whether nothing that is said is kept on the disk."""
    gives_up: Callable[[float], bool] = lambda waited_s: False
    """Asked again and again, with how many seconds it has taken so far, while there is speech to be waited for: whether
    to do without it for the time being."""


def once_each(warn: Warn) -> Warn:
    """Return what tells each thing once, however often it is told it: a plan is laid out again and again."""
    told: set[str] = set()

    def tell(text: str) -> None:
        if text not in told:
            told.add(text)
            warn(text)

    return tell


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
        can_say=_can_say(presenter),
        writer=speaking.writer,
    )


def spoken_by(voice: Voice, text: str) -> Speech | VoiceError:
    """Return the speech of a text as the voice made it, or why there is none.

    What only captions could be made of counts as not spoken: nobody would hear it, and the music would wait for it.
    Only of a voice that is silent on purpose the silence counts as said.
    """
    try:
        speech = voice.speak(text)
    except VoiceError as error:
        return error
    except BaseException as error:  # a voice of the embedding program: its mistake is not to stop the music
        _log.warning("A voice has failed", exc_info=True)
        return VoiceError(f"The {called('voice', voice)} failed ({failure(error)})")
    if wrong := wrong_speech(speech):
        return VoiceError(f"The {called('voice', voice)} returned {wrong}")
    if not is_silent(speech):
        return speech
    if keeps_silent(voice):
        return replace(speech, synthetic=False)
    return VoiceError(f"No speech engine could say it: {speech.text}")


def usable_voice(home: Home, presenter: Presenter, speaking: Speaking, warn: Warn) -> Voice | None:
    """Return who speaks in a session; None, and a warning, where nobody can."""
    voice, why_not = speaking.voice, None
    try:
        if voice is None:
            voice = make_voice(presenter, None if speaking.private else home.speech_folder)
        why_not = _why_not(voice) or _nobody_heard(voice, presenter)
    except VoiceError as error:
        why_not = str(error)
    if why_not or voice is None:
        warn(f"Nothing is said in this session: {why_not}")
        return None
    return voice


def _why_not(voice: Voice) -> str | None:
    """Return why a voice cannot be used."""
    try:
        keeps_silent(voice)  # needs its name
        return voice.probe()
    except VoiceError:
        raise
    except BaseException as error:  # see `spoken_by`
        _log.warning("A voice has failed", exc_info=True)
        return f"The {called('voice', voice)} failed ({failure(error)})."


def _can_say(presenter: Presenter) -> Callable[[str], bool]:
    """Return what tells whether a presenter's voice can say a name."""
    files = _files(presenter.folders, "pronunciation/*.y*ml")
    return _read_sayings(presenter.language, presenter.folders, files)


def _nobody_heard(voice: Voice, presenter: Presenter) -> str | None:
    """Return why only captions are left, where the presenter file does not ask for them."""
    if not isinstance(voice, PresenterVoice) or not keeps_silent(voice) or SILENT.intersection(presenter.engines):
        return None
    return " ".join(dict.fromkeys(voice.left_out.values())) or "no speech engine can be used"


def keeps_silent(voice: Voice) -> bool:
    """Return whether a voice makes silence in place of speech."""
    return voice.name in SILENT


def is_silent(speech: Speech) -> bool:
    """Return whether a speech is silence on purpose: made for its captions only."""
    return speech.engine.split(" ")[0] in SILENT


def without_ducking(talk: TalkSettings) -> TalkSettings:
    """Return how links are laid out that nobody hears: no music is lowered for them."""
    return replace(talk, duck_db=0.0, dip_db=0.0)


def check_presenter(home: Home, presenter: Presenter) -> None:
    """Refuse a presenter who bears the name of an artist in the library.

    Raises
    ------
    ConfigError
        If so; it says who can speak instead.
    """
    artists = home.library.artist_names()
    try:
        check_name(presenter, artists)
    except ConfigError as error:
        other = _another(home, presenter, {match_key(name) for name in artists})
        take = f"take another one with --presenter {other}" if other else "choose another presenter with --presenter"
        hint = f"{take}, or give this one another name in its file"
        raise ConfigError(error.what, where=error.where, cause=error.cause, hint=hint) from error


def _another(home: Home, presenter: Presenter, taken: set[str]) -> str | None:
    """Return the name of a presenter whom no artist is called like, of the same language."""
    folders = (home.voices_folder,)
    for name in presenter_names(folders):
        try:
            other = load_presenter(name, folders)
        except AidjError:
            continue
        if other.language == presenter.language and match_key(other.name) not in taken:
            return name
    return None


# A session is rehearsed many times before it is planned: what files say of a language is read once, and again only when
# one of them has changed.

_Files = tuple[tuple[Path, int], ...]


def _files(folders: Sequence[Path], pattern: str) -> _Files:
    """Return the files below some folders, each with what changes when it does."""
    files = [file for folder in folders for file in sorted(folder.glob(pattern))]
    return tuple((file, file.stat().st_mtime_ns) for file in files)


def _lines(language: str, folder: Path) -> Lines:
    return _read_lines(language, folder, _files((folder,), "lines/*/*.y*ml"))


@lru_cache(4)
def _read_lines(language: str, folder: Path, files: _Files) -> Lines:
    return load_lines(language, extra_folders=(folder,))


@lru_cache(4)
def _read_sayings(language: str, folders: tuple[Path, ...], files: _Files) -> Callable[[str], bool]:
    try:
        pronunciation = load_pronunciation(language, folders)
    except VoiceError:  # the voice will say so itself
        pronunciation = None
    return lru_cache(_NAMES_KEPT)(partial(can_say, language=language, pronunciation=pronunciation))
