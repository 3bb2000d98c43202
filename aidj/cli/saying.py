"""Hearing how something is said, and setting how a name is."""

from __future__ import annotations

import argparse
from pathlib import Path

from aidj.cli.screen import Screen
from aidj.cli.sources import home_of
from aidj.errors import ConfigError, VoiceError
from aidj.files import cannot_write, replacing
from aidj.home import Home
from aidj.model import Speech
from aidj.script import voices_folder
from aidj.session import DEFAULT_PRESENTER
from aidj.voice import (
    SILENT,
    Presenter,
    Saying,
    Spoken,
    espeak_phonemes,
    forget_saying,
    keep_saying,
    load_presenter,
    load_pronunciation,
    make_voice,
    presenter_for,
    spoken_text,
)

_MAX_NAME_CHARS = 100


def say(options: argparse.Namespace, screen: Screen) -> int:
    """Say a text into a WAV file; keep or forget how a name is said before that."""
    text = " ".join(options.text).strip()
    if options.out.suffix.lower() != ".wav":
        raise VoiceError("Speech is written as WAV", where=str(options.out), hint="choose a name that ends in .wav")
    with home_of(options) as home:
        presenter = _presenter(options, home)
        own_file = home.voices_folder / "pronunciation" / f"{presenter.language.split('-')[0]}.yaml"
        if options.forget:
            _forget(own_file, text, screen)
        elif options.fix or options.ipa:
            _keep(own_file, text, options, screen)
    pronunciation = load_pronunciation(presenter.language, presenter.folders)
    spoken = spoken_text(text, language=presenter.language, pronunciation=pronunciation)
    _show(spoken, presenter, screen)
    voice = make_voice(presenter)
    speech = voice.speak(text)
    _write(speech, presenter, options.out)
    if _is_silent(speech):
        screen.problem(
            f"Nobody says it: {options.out} holds {speech.duration_s:.1f} s of silence ({speech.engine}). "
            + " ".join(dict.fromkeys(voice.left_out.values()))
        )
    else:
        screen.say(f"{presenter.name} says it in {options.out} ({speech.duration_s:.1f} s; {speech.engine}).")
    return 0


def _presenter(options: argparse.Namespace, home: Home) -> Presenter:
    folders = (home.voices_folder,)
    name = presenter_for(options.language, folders) if options.language else options.presenter or DEFAULT_PRESENTER
    return load_presenter(name, folders)


def _keep(path: Path, name: str, options: argparse.Namespace, screen: Screen) -> None:
    if len(name) > _MAX_NAME_CHARS:
        raise ConfigError(
            f"This is longer than a name ({len(name)} characters; {_MAX_NAME_CHARS} are allowed)",
            hint="give only the name that is said wrongly",
        )
    for option, value in (("--fix", options.fix), ("--ipa", options.ipa)):
        if value is not None and not any(char.isalnum() for char in value):
            raise ConfigError("There is nothing in this that can be said", where=option)
    keep_saying(path, Saying(name=name, say=" ".join((options.fix or "").split()), ipa=options.ipa or ""))
    screen.say(f"Kept in {path}")


def _forget(path: Path, name: str, screen: Screen) -> None:
    if not forget_saying(path, name):
        raise ConfigError(
            f"You have not said how “{name}” is said",
            where=str(path),
            cause="it is written in another way there, or it came with aidj",
            hint="what comes with aidj is not forgotten, but yours wins over it: use --fix",
        )
    screen.say(f"Forgotten in {path}")


def _show(spoken: Spoken, presenter: Presenter, screen: Screen) -> None:
    screen.say(f"spoken:    {spoken.text.text}")
    phonemes = espeak_phonemes([spoken.text.text], presenter.language)
    if phonemes:
        screen.say(f"phonemes:  {phonemes[0]}")
    for saying in spoken.sayings:
        said = saying.say or (f"by the rules of {saying.language}" if saying.language else "")
        ipa = f"/{saying.ipa}/" if saying.ipa else ""
        screen.say(f"{saying.name}: {' '.join(part for part in (said, ipa) if part)}, from {_source(saying)}")
    for word in spoken.left_out:
        screen.note(
            f"Left out: {word}. A voice that speaks “{presenter.language}” cannot tell how it is said; "
            f'say so with: aidj say "{word}" --fix "a word that sounds like it"'
        )


def _source(saying: Saying) -> str:
    if saying.source is not None and saying.source.is_relative_to(voices_folder()):
        return "what comes with aidj"
    return str(saying.source)


def _is_silent(speech: Speech) -> bool:
    return speech.engine.split(" ")[0] in SILENT


def _write(speech: Speech, presenter: Presenter, path: Path) -> None:
    import soundfile

    with replacing(path, kind=VoiceError) as partial:
        try:
            with soundfile.SoundFile(
                partial, "w", samplerate=speech.rate, channels=1, format="WAV", subtype="PCM_16"
            ) as file:
                file.title = speech.text[:200].encode("utf-8", "ignore").decode("utf-8")
                kind = "Silence in place of speech" if _is_silent(speech) else "Synthetic speech"
                file.comment = f"{kind} by {presenter.name} ({speech.engine})"
                file.software = "aidj"
                file.write(speech.samples)
        except (OSError, RuntimeError) as error:
            raise cannot_write(path, error, kind=VoiceError) from error
