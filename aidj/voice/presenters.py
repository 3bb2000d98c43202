"""Who speaks: presenter files, and the voice that each of them names."""

from __future__ import annotations

import importlib.metadata
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aidj.errors import ConfigError
from aidj.script import Entry, nearest, read_document, voices_folder
from aidj.voice.cache import CachedVoice
from aidj.voice.fakes import SilentVoice, ToneVoice
from aidj.voice.pronunciation import load_pronunciation
from aidj.voice.protocol import RepeatableVoice, Voice
from aidj.voice.pyttsx3_voice import Pyttsx3Voice

SCHEMA = "aidj.presenter/1"
ENTRY_POINTS = "aidj.voices"

_KEYS = ("schema", "name", "engine", "language", "pace_wpm", "licence", "origin")
_OPTIONAL_KEYS = ("voice", "manner")
_SYSTEMS = {"linux": "linux", "darwin": "macos", "win32": "windows"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Presenter:
    """Who speaks, and how."""

    name: str
    """What the presenter is called on air. Never the name of a person."""
    engine: str
    """The speech engine: ``pyttsx3``, ``silent``, ``tone``, or one that another package offers."""
    voice: str | None = None
    """The engine's voice on this system; None is the engine's own choice."""
    language: str
    """A code such as ``en``."""
    pace_wpm: int
    """Words per minute, 80 to 300."""
    manner: str = ""
    """How the presenter talks, in a few words."""
    licence: str
    """On which terms the voice may be used."""
    origin: str
    """Where the voice comes from, and with whose consent if it comes from a person."""
    folders: tuple[Path, ...] = ()
    """The user's folders in which the presenter was looked for; pronunciations are read from them too."""


def presenter_names(extra_folders: Sequence[Path] = ()) -> tuple[str, ...]:
    """Return the names under which presenters can be loaded, sorted."""
    roots = (voices_folder(), *extra_folders)
    return tuple(sorted({path.stem for root in roots for path in (root / "presenters").glob("*.yaml")}))


def load_presenter(name_or_path: str | Path, extra_folders: Sequence[Path] = ()) -> Presenter:
    """Read a presenter file.

    Parameters
    ----------
    name_or_path : str or Path
        The name of a file in ``presenters/`` (a later folder wins, the ones that come with aidj are asked last), or
        the path of a file that ends in ``.yaml`` or ``.yml``.
    extra_folders : sequence of Path
        The user's own voices folders.

    Raises
    ------
    ConfigError
        If there is none of this name, or its file has a mistake; the message names file and line.
    """
    path = _find(name_or_path, extra_folders)
    top = read_document(path, SCHEMA, ConfigError)
    if "licence" not in top.values:
        raise top.fail(
            "The voice has no licence",
            cause="it is unknown on which terms the voice may be used, and such a voice is not used",
            hint="add licence: with the terms, and origin: with where the voice comes from",
        )
    top.check_keys(_KEYS, _OPTIONAL_KEYS)
    return Presenter(
        name=top.text("name", max_chars=60),
        engine=top.text("engine", max_chars=60),
        voice=_voice_here(top),
        language=_language(top),
        pace_wpm=top.whole("pace_wpm", 80, 300),
        manner=top.text("manner", required=False),
        licence=top.text("licence"),
        origin=top.text("origin"),
        folders=tuple(extra_folders),
    )


def _find(name_or_path: str | Path, extra_folders: Sequence[Path]) -> Path:
    path = Path(name_or_path)
    if isinstance(name_or_path, Path) or path.suffix in (".yaml", ".yml"):
        return path
    if re.fullmatch(r"[\w -]{1,60}", name_or_path):
        for root in (*reversed(extra_folders), voices_folder()):
            path = root / "presenters" / f"{name_or_path}.yaml"
            if path.is_file():
                return path
    known = presenter_names(extra_folders)
    like = nearest(name_or_path, known)
    raise ConfigError(
        f"There is no presenter “{name_or_path}”",
        where="presenters",
        cause="a typing mistake" if like else None,
        hint=f"did you mean “{like}”?" if like else f"choose one of {', '.join(known)}",
    )


def _language(top: Entry) -> str:
    language = top.text("language", max_chars=20)
    if not re.fullmatch(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*", language):
        raise top.fail(f"“{language}” is no language code", key="language", hint="language: en")
    return language.lower()


def _voice_here(top: Entry) -> str | None:
    by_system = top.mapping("voice")
    if by_system is None:
        return top.text("voice", max_chars=200, required=False) or None
    by_system.check_keys((), _SYSTEMS.values())
    for key in by_system.values:
        by_system.text(key, max_chars=200)
    return by_system.text(_SYSTEMS.get(sys.platform, "linux"), max_chars=200, required=False) or None


def _pyttsx3(presenter: Presenter) -> Voice:
    pronunciation = load_pronunciation(presenter.language, presenter.folders)
    return Pyttsx3Voice(presenter.voice, presenter.pace_wpm, language=presenter.language, pronunciation=pronunciation)


_ENGINES: Mapping[str, Callable[[Presenter], Voice]] = {
    "pyttsx3": _pyttsx3,
    "silent": lambda presenter: SilentVoice(pace_wpm=presenter.pace_wpm),
    "tone": lambda presenter: ToneVoice(pace_wpm=presenter.pace_wpm),
}


def make_voice(presenter: Presenter, cache_folder: Path | None = None) -> Voice:
    """Return the voice of a presenter; whether it can be used here is for `Voice.probe` to say.

    Parameters
    ----------
    presenter : Presenter
        Who speaks.
    cache_folder : Path, optional
        Where speech is kept; None keeps none.

    Raises
    ------
    ConfigError
        If no engine of this name is known, or the one that another package offers cannot be loaded.
    """
    voice = (_ENGINES.get(presenter.engine) or _offered(presenter.engine))(presenter)
    if cache_folder is not None and isinstance(voice, RepeatableVoice):
        return CachedVoice(voice, cache_folder)
    return voice


def _offered(engine: str) -> Callable[[Presenter], Voice]:
    offers = {point.name: point for point in importlib.metadata.entry_points(group=ENTRY_POINTS)}
    if engine not in offers:
        known = sorted({*_ENGINES, *offers})
        like = nearest(engine, known)
        raise ConfigError(
            f"There is no speech engine “{engine}”",
            where="engine of the presenter",
            cause="a typing mistake, or the package that offers it is not installed",
            hint=f"did you mean “{like}”?" if like else f"known engines are {', '.join(known)}",
        )
    try:
        maker: Callable[[Presenter], Voice] = offers[engine].load()
    except Exception as problem:
        raise ConfigError(
            f"The speech engine “{engine}” cannot be loaded ({problem})",
            where=f"entry point {offers[engine].value}",
            cause="the package that offers it, or something that it needs, is broken or missing",
        ) from problem
    return maker
