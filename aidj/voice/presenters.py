"""Who speaks: presenter files."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from aidj.errors import ConfigError
from aidj.model import MANNERS, Manner
from aidj.names import match_key
from aidj.script import Entry, nearest, read_document, voices_folder

SCHEMA = "aidj.presenter/2"

AUTO = "auto"
"""The engine that suits this system best."""

_KEYS = ("schema", "name", "language", "licence", "origin")
_OPTIONAL_KEYS = ("engine", "voice", "pace_wpm", "pitch_st", "manner", "character", "sound")
_SYSTEMS = {"linux": "linux", "darwin": "macos", "win32": "windows"}

_DEFAULTS = {"en": "ella", "es": "elsa", "de": "ada", "fr": "anne", "pt": "ema", "it": "emi"}
"""Who speaks a language where nobody is named."""

SoundPreset = Literal["formant", "natural"]
Duck = Literal["dip", "flat"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechSound:
    """How a voice is brought into the mix."""

    preset: SoundPreset = "natural"
    """``formant`` for computed voices, which need no more brilliance; ``natural`` for all others."""
    level_db: float = 0.0
    """Louder or softer than other voices, -6 to 6."""
    duck: Duck = "dip"
    """Whether music is lowered most where consonants are, or everywhere alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presenter:
    """Who speaks, and how."""

    name: str
    """What the presenter is called on air. Never the name of a person."""
    engines: tuple[str, ...] = (AUTO,)
    """The speech engines that may say it, the best first; the usual ones follow where none of them can."""
    voices: Mapping[str, str] = field(default_factory=dict)
    """Names of voices by engine, or, for the voices that a system brings, by system; under "" for the first engine."""
    language: str
    """A code such as ``en``."""
    pace_wpm: int = 155
    """Words per minute, 80 to 300."""
    pitch_st: float = 0.0
    """Semitones above the voice's own pitch, -12 to 12."""
    manner: Manner = "warm"
    """Which lines suit."""
    character: str = ""
    """How the presenter talks, in a few words, for whoever writes for them."""
    sound: SpeechSound = SpeechSound()
    licence: str
    """On which terms the voice may be used."""
    origin: str
    """Where the voice comes from, and with whose consent if it comes from a person."""
    folders: tuple[Path, ...] = ()
    """The user's folders in which the presenter was looked for; pronunciations are read from them too."""

    def voice_for(self, engine: str) -> str | None:
        """Return the voice that an engine is to use on this system; None is the engine's own choice."""
        if engine in self.voices:
            return self.voices[engine]
        system = _SYSTEMS.get(sys.platform, "linux")
        if engine == "pyttsx3" and system in self.voices:
            return self.voices[system]
        if engine == "pyttsx3" and system == "linux":  # there espeak-ng is what speaks
            engine = "espeak"
        own = first_engine(self)
        is_own = engine == own or (engine == "espeak" and own == "pyttsx3" and system == "linux")
        return self.voices.get(engine) or (self.voices.get("") if is_own else None)


def first_engine(presenter: Presenter) -> str:
    """Return the engine that a presenter speaks with where all is well."""
    return _usual_engine() if presenter.engines[0] == AUTO else presenter.engines[0]


def _usual_engine() -> str:
    return "pyttsx3" if sys.platform in ("darwin", "win32") else "espeak"


def _usual_preset(engine: str) -> SoundPreset:
    """Return what suits an engine: on some systems pyttsx3 has recorded voices, on others espeak-ng's."""
    is_formant = engine == "espeak" or (engine in (AUTO, "pyttsx3") and _usual_engine() == "espeak")
    return "formant" if is_formant else "natural"


def presenter_names(extra_folders: Sequence[Path] = ()) -> tuple[str, ...]:
    """Return the names under which presenters can be loaded, sorted."""
    roots = (voices_folder(), *extra_folders)
    return tuple(sorted({path.stem for root in roots for path in (root / "presenters").glob("*.yaml")}))


def presenter_for(language: str, extra_folders: Sequence[Path] = ()) -> str:
    """Return the name of the presenter who speaks a language where nobody is named.

    One in a user's folder counts where none that comes with aidj speaks the language.

    Raises
    ------
    ConfigError
        If nobody speaks it, or a presenter file has a mistake.
    """
    code = language.lower()
    main = code.split("-")[0]
    if main in _DEFAULTS:
        return _DEFAULTS[main]
    for name in presenter_names(extra_folders):
        if load_presenter(name, extra_folders).language.split("-")[0] == main:
            return name
    raise ConfigError(
        f"No presenter speaks the language “{language}”",
        where="presenters",
        cause=f"presenters come with aidj for {', '.join(sorted(_DEFAULTS))}",
        hint="write a presenter file, or choose one of these languages",
    )


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
    for key, what in (("licence", "no licence"), ("origin", "no origin")):
        if key not in top.values:
            raise top.fail(
                f"The voice has {what}",
                cause="it is unknown whose voice it is and on which terms it may be used; such a voice is not used",
                hint="add licence: with the terms, and origin: with where the voice comes from",
            )
    top.check_keys(_KEYS, _OPTIONAL_KEYS)
    engines = _engines(top)
    return Presenter(
        name=top.text("name", max_chars=60),
        engines=engines,
        voices=_voices(top),
        language=_language(top),
        pace_wpm=top.whole("pace_wpm", 80, 300) if "pace_wpm" in top.values else 155,
        pitch_st=_number(top, "pitch_st", -12, 12),
        manner=_manner(top),
        character=top.text("character", required=False),
        sound=_sound(top, _usual_preset(engines[0])),
        licence=top.text("licence"),
        origin=top.text("origin"),
        folders=tuple(extra_folders),
    )


def check_name(presenter: Presenter, artist_names: Iterable[str]) -> None:
    """Refuse a presenter who bears the name of an artist in the library: nobody is to be imitated.

    Raises
    ------
    ConfigError
        If a name is the presenter's, however it is written.
    """
    own = match_key(presenter.name)
    for artist in artist_names:
        if match_key(artist) == own:
            raise ConfigError(
                f"The presenter “{presenter.name}” bears the name of an artist in the library (“{artist}”)",
                where="name of the presenter",
                cause="a synthetic voice under an artist's name could be taken for theirs",
                hint="choose another presenter, or give this one another name in its file",
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


def _engines(top: Entry) -> tuple[str, ...]:
    given = top.value("engine")
    names = given if isinstance(given, list) else [AUTO if given is None else given]
    if not names or not all(isinstance(name, str) and re.fullmatch(r"[\w.-]{1,60}", name) for name in names):
        raise top.fail("“engine” must be the name of an engine, or a list of names", key="engine", hint="engine: auto")
    return tuple(dict.fromkeys(str(name) for name in names))


def _language(top: Entry) -> str:
    language = top.text("language", max_chars=20)
    if not re.fullmatch(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*", language):
        raise top.fail(f"“{language}” is no language code", key="language", hint="language: en")
    return language.lower()


def _voices(top: Entry) -> Mapping[str, str]:
    several = top.mapping("voice")
    if several is None:
        one = top.text("voice", max_chars=200, required=False)
        return {"": one} if one else {}
    return {key: several.text(key, max_chars=200) for key in several.values}


def _manner(top: Entry) -> Manner:
    given = top.text("manner", required=False) or "warm"
    for manner in MANNERS:
        if given == manner:
            return manner
    raise top.fail(
        f"“manner” must be one of {', '.join(MANNERS)}, not “{given}”",
        key="manner",
        hint="how a presenter talks in words of your own goes under character:",
    )


def _sound(top: Entry, preset: SoundPreset) -> SpeechSound:
    entry = top.mapping("sound")
    if entry is None:
        if top.value("sound") is not None:
            raise top.fail("“sound” must be a mapping", key="sound", hint="sound: {preset: natural, duck: dip}")
        return SpeechSound(preset=preset)
    entry.check_keys((), ("preset", "level_db", "duck"))
    duck: Duck = "dip"
    for choice in get_args(SoundPreset):
        preset = choice if entry.value("preset") == choice else preset
    for choice in get_args(Duck):
        duck = choice if entry.value("duck") == choice else duck
    for key, taken, choices in (("preset", preset, get_args(SoundPreset)), ("duck", duck, get_args(Duck))):
        if entry.value(key) not in (None, taken):
            raise entry.fail(f"“{key}” must be {' or '.join(choices)}", key=key, hint=f"{key}: {taken}")
    return SpeechSound(preset=preset, level_db=_number(entry, "level_db", -6, 6), duck=duck)


def _number(entry: Entry, key: str, low: float, high: float) -> float:
    value = entry.value(key)
    if value is None:
        return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise entry.fail(f"“{key}” must be a number from {low:g} to {high:g}, not {value!r}", key=key)
    return float(value)
