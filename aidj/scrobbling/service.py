"""One request to ListenBrainz and what its answer means.

The server is not trusted: it has its time and no more, is followed nowhere else, and what it says is only a text for
the listener, out of which the token is taken.
"""

from __future__ import annotations

import json
import math
import threading
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from aidj import __version__
from aidj.scrobbling.account import SUBMIT_PATH, Account, address_of, endpoint_of, token_of

if TYPE_CHECKING:
    import http.client
    import socket

MAX_ANSWER_BYTES = 1 << 16
MAX_WAIT_S = 3600.0
"""No server's wish to be left alone is followed for longer than this."""
TIMEOUT_S = 30.0

_MAX_WHY_CHARS = 200
_TOO_LARGE = 413

Verdict = Literal["accepted", "refused", "unauthorised", "elsewhere", "later"]
"""Taken; this is wrong and will be; the token is not accepted; this is not the API's address; try again later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came of a request."""

    verdict: Verdict
    why: str = ""
    """A reason for the listener, one line; never holds the token."""
    wait_s: float = 0.0
    """How long the server wants to be left alone, 0 to `MAX_WAIT_S`."""


class Service:
    """A ListenBrainz server and one account there.

    Parameters
    ----------
    account : Account
        Where, and with which token.
    timeout_s : float
        How long a request may take from its first byte to the answer's last.

    Raises
    ------
    ConfigError
        If nothing can or should be sent there, see `check_account`.
    """

    def __init__(self, account: Account, *, timeout_s: float = TIMEOUT_S) -> None:
        self.address = address_of(account)
        self._endpoint = endpoint_of(account)
        self._token = token_of(account)
        self._timeout_s = timeout_s
        self._sock: socket.socket | None = None
        self._is_over = False
        self._is_closed = False

    def submit(self, body: bytes) -> Reply:
        """Send a request's body and return what came of it; never raises.

        Where the verdict is ``later`` the server may have taken it all the same: its answer was lost.
        """
        import http.client  # brings ssl and email, for which nobody waits who does not scrobble

        endpoint = self._endpoint
        connect = http.client.HTTPSConnection if endpoint.is_https else http.client.HTTPConnection
        connection = connect(endpoint.host, endpoint.port, timeout=self._timeout_s)
        # A time limit of a socket is one per read: an answer that drips would never end.
        watch = threading.Timer(self._timeout_s, self._cut_request)
        watch.daemon = True
        self._is_over = False
        watch.start()
        try:
            connection.connect()
            self._sock = connection.sock  # the connection lets go of it when the answer begins
            if self._is_over or self._is_closed:
                return Reply(verdict="later", why="no connection in time")
            return self._asked(connection, body)
        except TimeoutError:
            return Reply(verdict="later", why="no answer in time")
        except (OSError, http.client.HTTPException, ValueError) as problem:
            why = "no answer in time" if self._is_over else f"{type(problem).__name__}: {problem}"
            return Reply(verdict="later", why=self._safe(why))
        finally:
            watch.cancel()
            self._sock = None
            connection.close()

    def close(self) -> None:
        """Give up the request that is under way, and let no other begin; from any thread."""
        self._is_closed = True
        self._cut_request()

    def _cut_request(self) -> None:
        import socket

        self._is_over = True
        if (sock := self._sock) is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _asked(self, connection: http.client.HTTPConnection, body: bytes) -> Reply:
        headers = {
            "Authorization": f"Token {self._token}",
            "Content-Type": "application/json",
            "Accept": "application/json",
            "User-Agent": f"aidj/{__version__}",
        }
        connection.request("POST", self._endpoint.path + SUBMIT_PATH, body, headers)
        response = connection.getresponse()
        answer = response.read(MAX_ANSWER_BYTES + 1)
        status = response.status
        said = _object(answer) if len(answer) <= MAX_ANSWER_BYTES else {}
        why = self._safe(f"HTTP {status}" + (f": {error}" if isinstance(error := said.get("error"), str) else ""))
        wait_s = _wait_s(response.headers, limited=status == 429)
        if status == 200 and said.get("status") == "ok":
            return Reply(verdict="accepted", wait_s=wait_s)
        if status == 200:
            return Reply(verdict="later", why="the answer is not one of ListenBrainz", wait_s=wait_s)
        if 300 <= status < 400 or status in (404, 405):
            return Reply(verdict="elsewhere", why=why, wait_s=wait_s)
        if status in (401, 403):
            return Reply(verdict="unauthorised", why=why, wait_s=wait_s)
        if status == _TOO_LARGE or (status == 400 and said):
            return Reply(verdict="refused", why=why, wait_s=wait_s)
        return Reply(verdict="later", why=why, wait_s=wait_s)

    def _safe(self, text: str) -> str:
        """Return a text from elsewhere as one line that may be shown and logged."""
        text = text.replace(self._token, "…")
        kept = "".join(c if unicodedata.category(c)[0] not in "CZ" else " " for c in text)
        return " ".join(kept.split())[:_MAX_WHY_CHARS]


def _object(answer: bytes) -> Mapping[str, object]:
    """Return the JSON object of an answer; empty where it is none."""
    try:
        said = json.loads(answer.decode("utf-8"))
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _wait_s(headers: http.client.HTTPMessage, *, limited: bool) -> float:
    """Return how long a server wants to be left alone, by whichever of its headers says so."""
    waits = [_retry_after_s(headers.get("Retry-After", ""))]
    if limited or headers.get("X-RateLimit-Remaining", "").strip() == "0":
        waits.append(_seconds(headers.get("X-RateLimit-Reset-In", "")))
    return min(max(waits), MAX_WAIT_S)


def _retry_after_s(text: str) -> float:
    """Read a number of seconds, or a date."""
    from email.utils import parsedate_to_datetime

    if seconds := _seconds(text):
        return seconds
    try:
        moment = parsedate_to_datetime(text)
        return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        return 0.0
    return seconds if math.isfinite(seconds) and seconds > 0 else 0.0
