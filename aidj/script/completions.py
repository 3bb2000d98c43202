"""A language model behind any endpoint that speaks the chat-completions protocol of OpenAI: one request, one answer.

The endpoint is not trusted: it has its time and no more, is followed nowhere else, and what it answers is only text.
"""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress

from aidj.endpoints import Endpoint, parse_endpoint
from aidj.errors import ConfigError
from aidj.model import WriterSettings

MAX_ANSWER_BYTES = 1 << 18
_PATH = "/chat/completions"
_EXAMPLE = "http://localhost:11434/v1"
_HINTS = {
    401: ", the key is not accepted",
    403: ", the key is not accepted",
    404: ", no such model or address there; the url ends in /v1 as a rule",
    429: ", too many requests",
}


def chat_body(
    settings: WriterSettings, messages: Sequence[Mapping[str, str]], *, temperature: float, max_tokens: int
) -> bytes:
    """Return the body of a request to a model, as it is sent: UTF-8 JSON of the chat-completions protocol.

    Parameters
    ----------
    messages : sequence of mapping
        Each with its ``role`` and ``content``.
    max_tokens : int
        How long the answer may be, which is one JSON object.
    """
    body = {
        "model": settings.model,
        "messages": messages,
        "temperature": temperature,
        "max_tokens": max_tokens,
        "response_format": {"type": "json_object"},
        "stream": False,
    }
    return as_json(body).encode("utf-8", errors="replace")


def as_json(value: object) -> str:
    """Return a value as a model is shown it."""
    return json.dumps(value, ensure_ascii=False)


class NoAnswerError(Exception):
    """The endpoint gave nothing that can be used; the message says why, and never holds the key."""


class ChatModel:
    """A language model that can be asked.

    Parameters
    ----------
    settings : WriterSettings
        Where it is.
    told : str
        What it is told, as an error begins: "What you ask for".

    Raises
    ------
    ConfigError
        If nothing can or should be sent there: see `aidj.endpoints`.
    """

    def __init__(self, settings: WriterSettings, *, told: str) -> None:
        self._endpoint = parse_endpoint(
            settings.url,
            told=told,
            with_key=settings.key_env is not None,
            example=_EXAMPLE,
            where="talk.writer.url",
        )
        self._key = _key(settings)
        self._timeout_s = settings.timeout_s

    def ask(self, body: bytes) -> str:
        """Send the body of a request, and return the text that the model answers with.

        Raises
        ------
        NoAnswerError
            If there is no such text within the settings' time.
        """
        return _content_of(self._exchanged(body))

    def _exchanged(self, body: bytes) -> bytes:
        """Send a request and return the answer's body, all within the settings' time."""
        exchange = _Exchange(self._endpoint, self._key, body, self._timeout_s)
        # A time limit of a socket is one per read: an answer that drips would never end. And names are looked up
        # without any limit. So the whole exchange happens aside, and is given up when its time is over.
        worker = threading.Thread(target=exchange.run, name="aidj-chat", daemon=True)
        worker.start()
        worker.join(self._timeout_s)
        if worker.is_alive():
            exchange.give_up()
            raise NoAnswerError(f"no whole answer within {self._timeout_s:g} s")
        if exchange.problem is not None:
            raise NoAnswerError(exchange.problem)
        return exchange.answer


class _Exchange:
    """One request and its answer."""

    def __init__(self, endpoint: Endpoint, key: str | None, body: bytes, timeout_s: float) -> None:
        self._path = endpoint.path + _PATH
        self._key = key
        self._body = body
        import http.client  # brings ssl and email, for which nobody waits who has no writer

        connect = http.client.HTTPSConnection if endpoint.is_https else http.client.HTTPConnection
        self._connection = connect(endpoint.host, endpoint.port, timeout=timeout_s)
        self._sock: socket.socket | None = None
        self._is_over = False
        self.answer = b""
        self.problem: str | None = None

    def run(self) -> None:
        import http.client

        try:
            self.answer = self._exchanged()
        except NoAnswerError as problem:
            self.problem = str(problem)
        except TimeoutError:
            self.problem = "no answer in time"
        except (OSError, http.client.HTTPException, ValueError) as problem:
            self.problem = f"{type(problem).__name__}: {problem}"
        finally:
            self._connection.close()

    def give_up(self) -> None:
        """Cut the connection, so that the other thread comes to its end."""
        self._is_over = True
        if (sock := self._sock) is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _exchanged(self) -> bytes:
        headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "aidj"}
        if self._key is not None:
            headers["Authorization"] = f"Bearer {self._key}"
        self._connection.connect()
        self._sock = self._connection.sock  # the connection lets go of it when the answer begins
        if self._is_over:
            raise NoAnswerError("no connection in time")
        self._connection.request("POST", self._path, self._body, headers)
        response = self._connection.getresponse()
        if 300 <= response.status < 400:
            raise NoAnswerError(f"HTTP {response.status}: it points elsewhere, and nothing is sent elsewhere")
        if response.status != 200:
            raise NoAnswerError(f"HTTP {response.status}{_HINTS.get(response.status, '')}")
        answer = response.read(MAX_ANSWER_BYTES + 1)
        if len(answer) > MAX_ANSWER_BYTES:
            raise NoAnswerError(f"the answer is longer than {MAX_ANSWER_BYTES:,} bytes")
        return answer


def _key(settings: WriterSettings) -> str | None:
    if settings.key_env is None:
        return None
    key = os.environ.get(settings.key_env, "").strip()
    if not key:
        raise ConfigError(
            f"The environment variable {settings.key_env} is not set, or is empty",
            where="talk.writer.key_env",
            hint=f"put the key into it, or leave key_env out: export {settings.key_env}=…",
        )
    if not key.isascii() or not key.isprintable():
        raise ConfigError(
            f"The environment variable {settings.key_env} holds signs that no key has", where="talk.writer.key_env"
        )
    return key


def _content_of(answer: bytes) -> str:
    """Return the text of the message that an answer holds."""
    try:
        outer = json.loads(answer.decode("utf-8"))
        choice = outer["choices"][0]
        content = choice["message"]["content"]
    except (UnicodeDecodeError, ValueError, KeyError, IndexError, TypeError, RecursionError) as problem:
        raise NoAnswerError("the answer is no chat completion") from problem
    if choice.get("finish_reason") == "length":
        raise NoAnswerError("the answer was cut short")
    if not isinstance(content, str):
        raise NoAnswerError("the model declined to answer")
    return content
