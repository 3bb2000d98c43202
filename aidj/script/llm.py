"""A language model words the links: any endpoint that speaks the chat-completions protocol of OpenAI.

It is optional, it is asked for one link at a time, and it is not trusted: whatever it answers is read strictly, held
against the facts (`untrue`), and dropped where it does not hold. Whatever goes wrong costs the link its wording, never
the session a sound: a line is said instead.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import logging
import os
import re
import socket
import ssl
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from aidj.errors import ConfigError
from aidj.model import LinkKind, Manner, WriterSettings
from aidj.script.facts import Facts, without_personal
from aidj.script.lines import Lines
from aidj.script.payload import max_chars_of, request_body
from aidj.script.truth import untrue

_log = logging.getLogger(__name__)

MAX_ANSWER_BYTES = 1 << 18
_FAILURES_BEFORE_REST = 2
_PATH = "/chat/completions"
_HOME_NETWORKS = (".local", ".lan", ".home", ".home.arpa", ".internal", ".localdomain")
_END = re.compile(r"[.?…][”“»’\"]?$")
_SIGNS = re.compile(r"[{}\[\]<>|#*_`~^\\=@!]|https?:|www\.")
_NAMED: dict[LinkKind, tuple[str, ...]] = {
    "intro": ("artist", "title"),
    "jump": ("artist", "title"),
    "back_announce": ("previous_artist", "previous_title"),
}
"""Of these a link of a kind names one at least, where they are known: else it says nothing of its songs."""


class _NoAnswerError(Exception):
    """The endpoint gave nothing that can be used; the message says why, and never holds the key."""


@dataclass(frozen=True, slots=True)
class _Endpoint:
    """Where requests go."""

    is_https: bool
    host: str
    port: int
    path: str
    key: str | None


class LlmWriter:
    """Words links by a language model; a `Writer`.

    After two failures of its endpoint it rests for as long as it lives: one writer serves one session.

    Parameters
    ----------
    settings : WriterSettings
        Where the model is.
    personal : bool
        Whether it may be told what the listener's history tells.

    Raises
    ------
    ConfigError
        If nothing can or should be sent there: see `check_writer`.
    """

    def __init__(self, settings: WriterSettings, *, personal: bool = True) -> None:
        self._settings = settings
        self._personal = personal
        self._endpoint = _endpoint(settings)
        self._failures = 0

    @property
    def name(self) -> str:
        """The model's name, in signs that an id may have."""
        return re.sub(r"[^\w.:-]+", "-", self._settings.model) or "llm"

    def body(
        self, kind: LinkKind, facts: Facts, *, lines: Lines, manner: Manner | None, seconds: tuple[float, float]
    ) -> bytes:
        """Return the body of the first request that `write` sends for these arguments; nothing is sent."""
        return request_body(self._settings, kind, self._may_know(facts), lines=lines, manner=manner, seconds=seconds)

    def write(
        self, kind: LinkKind, facts: Facts, *, lines: Lines, manner: Manner | None, seconds: tuple[float, float]
    ) -> str | None:
        """Return a text that holds against the facts, or None.

        It comes back after at most two requests, each within the settings' time, and never raises.
        """
        if self._failures >= _FAILURES_BEFORE_REST:
            return None
        known = self._may_know(facts)
        refused: tuple[str, Sequence[str]] | None = None
        for _ in range(2):
            try:
                body = request_body(
                    self._settings, kind, known, lines=lines, manner=manner, seconds=seconds, refused=refused
                )
                text = _text_of(self._ask(body))
                reasons = list(problems_of_text(text, kind, known, lines, max_chars_of(seconds)))
            except _NoAnswerError as problem:
                self._fail(str(problem))
                return None
            except Exception as problem:  # whatever an answer does to us, the session goes on
                self._fail(f"{type(problem).__name__}: {problem}")
                return None
            if not reasons:
                return text
            _log.info("%s wrote what cannot be said: %s: %r", self.name, "; ".join(reasons), text)
            refused = (text, reasons)
        _log.warning("%s wrote nothing that holds against the facts; a line is said instead.", self.name)
        return None

    def _may_know(self, facts: Facts) -> Facts:
        return facts if self._personal else without_personal(facts)

    def _fail(self, why: str) -> None:
        self._failures += 1
        rests = "; it is not asked again in this session" if self._failures >= _FAILURES_BEFORE_REST else ""
        _log.warning("The writer %s gave no text (%s); a line is said instead%s.", self.name, why, rests)

    def _ask(self, body: bytes) -> bytes:
        """Send a request and return the answer's body, all within the settings' time."""
        exchange = _Exchange(self._endpoint, body, self._settings.timeout_s)
        # A time limit of a socket is one per read: an answer that drips would never end. And names are looked up
        # without any limit. So the whole exchange happens aside, and is given up when its time is over.
        worker = threading.Thread(target=exchange.run, name="aidj-writer", daemon=True)
        worker.start()
        worker.join(self._settings.timeout_s)
        if worker.is_alive():
            exchange.give_up()
            raise _NoAnswerError(f"no whole answer within {self._settings.timeout_s:g} s")
        if exchange.problem is not None:
            raise _NoAnswerError(exchange.problem)
        return exchange.answer


class _Exchange:
    """One request and its answer."""

    def __init__(self, endpoint: _Endpoint, body: bytes, timeout_s: float) -> None:
        self._endpoint = endpoint
        self._body = body
        connect = http.client.HTTPSConnection if endpoint.is_https else http.client.HTTPConnection
        self._connection = connect(endpoint.host, endpoint.port, timeout=timeout_s)
        self.answer = b""
        self.problem: str | None = None

    def run(self) -> None:
        try:
            self.answer = self._exchanged()
        except _NoAnswerError as problem:
            self.problem = str(problem)
        except TimeoutError:
            self.problem = "no answer in time"
        except (OSError, http.client.HTTPException, ssl.SSLError, ValueError) as problem:
            self.problem = f"{type(problem).__name__}: {problem}"
        finally:
            self._connection.close()

    def give_up(self) -> None:
        """Cut the connection, so that the other thread comes to its end."""
        sock = self._connection.sock
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _exchanged(self) -> bytes:
        headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "aidj"}
        if self._endpoint.key is not None:
            headers["Authorization"] = f"Bearer {self._endpoint.key}"
        self._connection.request("POST", self._endpoint.path, self._body, headers)
        response = self._connection.getresponse()
        if 300 <= response.status < 400:
            raise _NoAnswerError(f"HTTP {response.status}: it points elsewhere, and nothing is sent elsewhere")
        if response.status != 200:
            raise _NoAnswerError(f"HTTP {response.status}{_HINTS.get(response.status, '')}")
        answer = response.read(MAX_ANSWER_BYTES + 1)
        if len(answer) > MAX_ANSWER_BYTES:
            raise _NoAnswerError(f"the answer is longer than {MAX_ANSWER_BYTES:,} bytes")
        return answer


_HINTS = {
    401: ", the key is not accepted",
    403: ", the key is not accepted",
    404: ", no such model or address there; the url ends in /v1 as a rule",
    429: ", too many requests",
}


def check_writer(settings: WriterSettings) -> None:
    """Raise ConfigError if nothing can or should be sent to this endpoint.

    What would be sent tells of the listener. It goes unencrypted only to this machine and to the home network, and a
    key goes unencrypted to this machine only.
    """
    _endpoint(settings)


def _endpoint(settings: WriterSettings) -> _Endpoint:
    where = "talk.writer.url"
    try:
        parts = urlsplit(settings.url)
        host, port = parts.hostname, parts.port
    except ValueError as problem:
        raise ConfigError(f"“{settings.url}” is no address ({problem})", where=where, hint=_URL_HINT) from problem
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\s\x00-\x1f\x7f]", settings.url):
        raise ConfigError(f"“{settings.url}” is no address of an API", where=where, hint=_URL_HINT)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ConfigError(
            "The address may hold no user, password, query or fragment",
            where=where,
            hint="put a key into an environment variable, and name that one as key_env",
        )
    is_here, is_https = _is_this_machine(host), parts.scheme == "https"
    if not is_https and settings.key_env and not is_here:
        raise ConfigError(
            f"The key would go unencrypted to {host}",
            where=where,
            hint="write https://, or leave key_env out where the endpoint needs no key",
        )
    if not is_https and not is_here and not _is_home_network(host):
        raise ConfigError(f"What you listen to would go unencrypted to {host}", where=where, hint="write https://")
    port = port or (443 if is_https else 80)  # else http.client looks for it in an IPv6 address
    return _Endpoint(is_https, host, port, parts.path.rstrip("/") + _PATH, _key(settings))


_URL_HINT = "write the address where its API begins, such as http://localhost:11434/v1"


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


def _is_this_machine(host: str) -> bool:
    address = _address(host)
    return host.lower() == "localhost" if address is None else address.is_loopback


def _is_home_network(host: str) -> bool:
    address = _address(host)
    if address is not None:
        return address.is_private and not address.is_unspecified
    name = host.lower().rstrip(".")
    return "." not in name or name.endswith(_HOME_NETWORKS)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


# --- reading an answer ------------------------------------------------------------------------------------------------


def _text_of(answer: bytes) -> str:
    """Return the text that an answer holds, without control characters."""
    try:
        outer = json.loads(answer.decode("utf-8"))
        choice = outer["choices"][0]
        content = choice["message"]["content"]
    except (UnicodeDecodeError, ValueError, KeyError, IndexError, TypeError, RecursionError) as problem:
        raise _NoAnswerError("the answer is no chat completion") from problem
    if choice.get("finish_reason") == "length":
        raise _NoAnswerError("the answer was cut short")
    if not isinstance(content, str):
        raise _NoAnswerError("the model declined to answer")
    try:
        inner = json.loads(content)
    except (ValueError, RecursionError) as problem:
        raise _NoAnswerError('the model did not answer with {"text": …}') from problem
    if not isinstance(inner, dict) or set(inner) != {"text"} or not isinstance(inner["text"], str):
        raise _NoAnswerError('the model did not answer with {"text": …} alone')
    kept = "".join(c if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn") else " " for c in inner["text"])
    return " ".join(kept.split())


def problems_of_text(text: str, kind: LinkKind, facts: Facts, lines: Lines, max_chars: int) -> Iterator[str]:
    """Yield why a text from elsewhere cannot be said: its form, and what in it the facts do not hold."""
    if not text:
        yield "it is empty"
        return
    if len(text) > max_chars:
        yield f"it has {len(text)} characters; {max_chars} are allowed"
        return
    if not _END.search(text) and not any(text.endswith(name) for name in _names(facts) if name.endswith("!")):
        yield "it does not end with the end of a sentence"
    own = text
    for name in sorted(_names(facts), key=len, reverse=True):
        own = own.replace(name, " ")
    if found := _SIGNS.search(own):
        yield f"it holds “{found.group()}”"
    if any(unicodedata.category(c) == "So" for c in own):
        yield "it holds a symbol that cannot be said"
    names = _names({fact: facts[fact] for fact in _NAMED.get(kind, ()) if fact in facts})
    if names and not any(name in text for name in names):
        yield f"it names neither {' nor '.join(f'“{name}”' for name in names)}"
    yield from untrue(text, facts, lines)


def _names(facts: Facts) -> list[str]:
    return [name for value in facts.values() if isinstance(value, str) and (name := " ".join(value.split()))]
