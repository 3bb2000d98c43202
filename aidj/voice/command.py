"""Any program that writes a WAV file: Flite, Festival, RHVoice, SVOX Pico, or one that a user tells of in a file."""

from __future__ import annotations

import hashlib
import logging
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from aidj.errors import VoiceError
from aidj.model import SpokenText
from aidj.voice.estimate import estimate_speech_s
from aidj.voice.languages import of_language
from aidj.voice.plain import ascii_text, plain_text
from aidj.voice.protocol import EVERY_LANGUAGE, Delivery, Sound
from aidj.voice.wav import read_wav
from aidj.voice.worker import Worker, python_worker

ENCODINGS = ("utf-8", "latin-1", "ascii")

PLACEHOLDER = re.compile(r"\{(text|out|voice|language|pace|stretch|speed|percent)\}")
"""What is filled in: the text (else it goes to the program's input), the file to write (else its output is taken), the
voice, the language, words per minute, and the pace against the program's own: as a stretch, a factor, a percentage.
"""

_SAFE_VOICE = re.compile(r"[\w/][\w./+ -]*")
_ASK_S = 5.0
_MOST_TOLD_BYTES = 100_000
_LOG = logging.getLogger(__name__)
_START_S = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """How a program is asked to speak."""

    command: tuple[str, ...]
    """The program and its arguments, with placeholders; no shell ever sees them."""
    encoding: str = "utf-8"
    """In which letters it takes the text."""
    pace_wpm: int = 155
    """What its own pace is."""
    voices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Names of voices by language, the best first; empty where it is not known which it has."""
    list_command: tuple[str, ...] = ()
    """A command whose output holds the names of the voices that are installed."""
    folders: tuple[Path, ...] = ()
    """Folders which hold a folder for each voice that is installed."""
    version_command: tuple[str, ...] = ()
    install: str = ""
    """How one gets it."""


class CommandEngine:
    """Speaks with a program, which is started for each text by a worker process, in a folder of its own.

    It has no word times, no phonemes and no pitch.

    Parameters
    ----------
    name : str
        What presenter files call it.
    program : Program
        What is run.
    """

    def __init__(self, name: str, program: Program) -> None:
        self._name = name
        self._program = program
        self._worker = Worker(python_worker("command_worker.py"))

    @property
    def name(self) -> str:
        """The file's name, such as ``flite``."""
        return self._name

    def version(self) -> str:
        """Return the program's version, if it tells one, and a digest of the program and of how it is asked."""
        return self._version

    def languages(self) -> tuple[str, ...]:
        """Return the languages of the voices that are installed."""
        if self._missing() is not None:
            return ()
        return tuple(sorted(self._installed)) if self._program.voices else (EVERY_LANGUAGE,)

    def voices(self, language: str) -> tuple[str, ...]:
        """Return the installed voices of a language."""
        if self._missing() is not None:
            return ()
        return of_language(self._installed, language)

    def probe(self, delivery: Delivery) -> str | None:
        """Look whether the program is there, and has the voice; it is asked once what it has."""
        try:
            self._voice(delivery)
        except VoiceError as problem:
            return str(problem)
        return None

    def synthesise(self, spoken: SpokenText, delivery: Delivery) -> Sound:
        """Say a text."""
        voice = self._voice(delivery)
        text = plain_text(spoken.text)
        if self._program.encoding == "ascii":
            text = ascii_text(text)
        if not any(char.isalnum() for char in text):
            raise VoiceError(f"{self.name} cannot read these letters")
        with tempfile.TemporaryDirectory(prefix="aidj-voice-", ignore_cleanup_errors=True) as folder:
            request = {**self._request(text, voice, delivery), "folder": folder}
            answer = self._worker.ask(request, timeout_s=_START_S + estimate_speech_s(text, delivery.pace_wpm))
        samples, rate = read_wav(answer.body)
        return Sound(samples=samples, rate=rate, voice=voice)

    def close(self) -> None:
        """End the worker."""
        self._worker.close()

    def _request(self, text: str, voice: str, delivery: Delivery) -> Mapping[str, object]:
        """Return what the worker is to run; only arguments that are to be filled in change."""
        program = self._program
        speed = delivery.pace_wpm / program.pace_wpm
        filled = {
            # No program takes what begins with a blank for one of its options.
            "text": f" {text}",
            "out": "said.wav",
            "voice": voice,
            "language": delivery.language,
            "pace": str(delivery.pace_wpm),
            "stretch": f"{1 / speed:.3f}",
            "speed": f"{speed:.3f}",
            "percent": str(round(100 * speed)),
        }
        arguments = [PLACEHOLDER.sub(lambda match: filled[match[1]], argument) for argument in program.command[1:]]
        return {
            "command": [self._path(), *arguments],
            "encoding": program.encoding,
            "text": None if "{text}" in program.command else f"{text}\n",
            "out": filled["out"] if any("{out}" in argument for argument in program.command) else None,
        }

    def _voice(self, delivery: Delivery) -> str:
        missing = self._missing()
        if missing is not None:
            raise missing
        if not re.fullmatch(r"[a-z0-9-]{2,30}", delivery.language.lower()):
            raise VoiceError(f"“{delivery.language}” is no language")
        if not self._program.voices:
            if delivery.voice and not _SAFE_VOICE.fullmatch(delivery.voice):
                raise VoiceError(f"“{delivery.voice}” cannot be the name of a voice")
            return delivery.voice or ""
        known = self.voices(delivery.language)
        if delivery.voice:
            if any(delivery.voice in voices for voices in self._installed.values()):
                return delivery.voice
            raise VoiceError(
                f"{self.name} has no voice “{delivery.voice}” here",
                hint=f"choose one of {', '.join(known)}" if known else self._program.install or None,
            )
        if not known:
            raise VoiceError(
                f"{self.name} has no voice for the language “{delivery.language}” here",
                hint=self._program.install or None,
            )
        return known[0]

    def _missing(self) -> VoiceError | None:
        if self._path() is not None:
            return None
        return VoiceError(
            f"The program {self._program.command[0]} is not installed", hint=self._program.install or None
        )

    def _path(self) -> str | None:
        return shutil.which(str(Path(self._program.command[0]).expanduser()))

    @cached_property
    def _installed(self) -> Mapping[str, tuple[str, ...]]:
        """By language, the voices that are here; all where the program does not tell."""
        program = self._program
        if not program.list_command and not program.folders:
            return program.voices
        here = set(re.split(r"[\s()]+", self._said_by(program.list_command)))
        for folder in program.folders:
            if folder.is_dir():
                here |= {path.name.lower() for path in folder.iterdir()}
        found = {code: tuple(voice for voice in voices if voice in here) for code, voices in program.voices.items()}
        return {code: voices for code, voices in found.items() if voices}

    @cached_property
    def _version(self) -> str:
        path = self._path()
        stat = Path(path).stat() if path else None
        identity = [_how(self._program), [stat.st_size, stat.st_mtime_ns] if stat else []]
        digest = hashlib.sha256(repr(identity).encode("utf-8", "replace")).hexdigest()[:8]
        told = re.search(r"\d+(\.\d+)+", self._said_by(self._program.version_command))
        return f"{told[0]}-{digest}" if told else digest

    def _said_by(self, command: Sequence[str]) -> str:
        """Return what a program tells of itself; nothing where it cannot be asked."""
        path = shutil.which(str(Path(command[0]).expanduser())) if command else None
        if path is None:
            return ""
        with tempfile.TemporaryDirectory(prefix="aidj-voice-", ignore_cleanup_errors=True) as folder:
            request = {"command": [path, *command[1:]], "encoding": "utf-8", "text": None, "folder": folder}
            try:
                answer = self._worker.ask({**request, "tells": True}, timeout_s=_ASK_S)
            except VoiceError as problem:
                _LOG.warning("%s does not tell what it has: %s", self.name, problem)
                return ""
        return answer.body[:_MOST_TOLD_BYTES].decode("utf-8", "replace")


def _how(program: Program) -> str:
    """Return how a program is asked, as a text that changes with it."""
    return repr((program.command, program.encoding, program.pace_wpm))
