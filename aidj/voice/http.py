"""A speech server on this machine, at home or elsewhere, that speaks OpenAI's protocol: ``POST {url}/audio/speech``."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from aidj.endpoints import parse_endpoint
from aidj.errors import ConfigError, VoiceError
from aidj.model import SpokenText
from aidj.voice.languages import of_language
from aidj.voice.plain import plain_text
from aidj.voice.protocol import EVERY_LANGUAGE, Delivery, Sound
from aidj.voice.wav import read_pcm, read_wav
from aidj.voice.worker import Worker, python_worker

FORMATS = ("wav", "pcm")

_EXAMPLE = "http://localhost:8880/v1"
_SPEEDS = (0.25, 4.0)
_EXTRA_PATIENCE_S = 5.0
_USUAL_VOICE = "alloy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where a speech server is, and what it has."""

    url: str
    """Where its API begins, such as ``http://localhost:8880/v1``."""
    model: str
    form: str = "wav"
    """What it is asked for: ``wav``, or ``pcm`` of 16 bits."""
    rate: int = 24_000
    """Of its ``pcm``."""
    key_env: str | None = None
    """The environment variable that holds its key."""
    timeout_s: float = 30.0
    """For one piece of text, from the request to the last sample."""
    pace_wpm: int = 155
    """What its own pace is."""
    voices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Names of voices by language, the best first; empty where it is not known which it has."""


def server_problem(server: Server) -> ConfigError | None:
    """Return the error that says why nothing should be sent to a server, or None: see `aidj.endpoints`."""
    try:
        parse_endpoint(server.url, told="What is said", with_key=bool(server.key_env), example=_EXAMPLE)
    except ConfigError as problem:
        return problem
    return None


class HttpEngine:
    """Asks a server to speak; what it says may sound different each time. Without word times, phonemes and pitch.

    The exchange happens in a worker process: whatever a server does ends with the time that it is given.

    Parameters
    ----------
    name : str
        What presenter files call it.
    server : Server
        Who is asked.
    """

    def __init__(self, name: str, server: Server) -> None:
        self._name = name
        self._server = server
        self._worker = Worker(python_worker("http_worker.py"))

    @property
    def name(self) -> str:
        """The file's name."""
        return self._name

    def version(self) -> str:
        """Return the model's name, and a digest of what is asked of whom."""
        server = self._server
        asked = repr((server.url, server.model, server.form, server.rate, server.pace_wpm))
        return f"{server.model} {hashlib.sha256(asked.encode('utf-8', 'replace')).hexdigest()[:8]}"

    def languages(self) -> tuple[str, ...]:
        """Return those that the file tells of, or that of every language."""
        return tuple(sorted(self._server.voices)) or (EVERY_LANGUAGE,)

    def voices(self, language: str) -> tuple[str, ...]:
        """Return those that the file tells of."""
        return of_language(self._server.voices, language)

    def probe(self, delivery: Delivery) -> str | None:
        """Look whether somebody listens at the address, and whether there is a key and a voice; no text is sent."""
        try:
            self._voice(delivery)
            request = {"probe": True, "url": self._server.url, "patience_s": 2.0}
            _ = self._key()
            self._worker.ask(request, timeout_s=2.0 + _EXTRA_PATIENCE_S)
        except VoiceError as problem:
            return str(problem)
        return None

    def synthesise(self, spoken: SpokenText, delivery: Delivery) -> Sound:
        """Say a text."""
        server = self._server
        voice = self._voice(delivery)
        speed = min(max(delivery.pace_wpm / server.pace_wpm, _SPEEDS[0]), _SPEEDS[1])
        text = " ".join(plain_text(spoken.text).split())
        if not any(char.isalnum() for char in text):
            raise VoiceError("There is nothing to say", cause="the text is empty, or signs only")
        body = {
            "model": server.model,
            "voice": voice,
            "input": text,
            "response_format": server.form,
            "speed": round(speed, 3),
        }
        request = {
            "url": f"{server.url}/audio/speech",
            "key": self._key(),
            "body": body,
            "patience_s": server.timeout_s,
        }
        answer = self._worker.ask(request, timeout_s=server.timeout_s + _EXTRA_PATIENCE_S)
        samples, rate = read_wav(answer.body) if server.form == "wav" else read_pcm(answer.body, server.rate)
        return Sound(samples=samples, rate=rate, voice=voice)

    def close(self) -> None:
        """End the worker."""
        self._worker.close()

    def _voice(self, delivery: Delivery) -> str:
        if delivery.voice:
            return delivery.voice
        own = self.voices(delivery.language)
        if own:
            return own[0]
        if self._server.voices:
            raise VoiceError(f"{self.name} has no voice for the language “{delivery.language}”")
        return _USUAL_VOICE

    def _key(self) -> str | None:
        name = self._server.key_env
        if name is None:
            return None
        key = os.environ.get(name, "").strip()
        if not key or not key.isascii() or not key.isprintable():
            raise VoiceError(f"The environment variable {name} holds no key", hint=f"export {name}=…")
        return key
