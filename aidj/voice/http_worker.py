"""Asks a speech server; run by `serving`, needs nothing else of aidj.

Request: ``url``, ``patience_s`` for all of it, ``key`` (or null) and ``body`` (JSON); or ``probe``: nothing is sent.
Answer: the sound as the server sent it.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
import time
from typing import Any
from urllib.parse import urlsplit

_MAX_BYTES = 50_000_000
_KINDS = frozenset(
    {"audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave", "audio/pcm", "audio/l16", "audio/basic"}
    | {"application/octet-stream", "binary/octet-stream"}
)
_HINTS = {
    401: "check the key",
    403: "check the key",
    404: "check the address and the model: the address ends in /v1 as a rule",
    422: "check the names of model and voice",
    429: "wait a little: the server is asked too often",
}


class _RefusedError(Exception):
    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.hint = hint


def answer(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Look whether a server is there, or let it speak."""
    address = urlsplit(str(request["url"]))
    patience_s = float(request["patience_s"])
    until = time.monotonic() + patience_s
    try:
        if request.get("probe"):
            port = address.port or (443 if address.scheme == "https" else 80)
            socket.create_connection((str(address.hostname), port), timeout=patience_s).close()
            return {}, b""
        return {}, _exchanged(request, until)
    except (OSError, http.client.HTTPException, ValueError) as problem:
        if isinstance(problem, TimeoutError) or time.monotonic() >= until:
            raise _RefusedError(f"The speech server gave no whole answer within {patience_s:g} s") from problem
        raise _RefusedError(
            f"The speech server at {address.hostname} cannot be used ({type(problem).__name__}: {problem})",
            "start it, or correct its address",
        ) from problem


def _exchanged(request: dict[str, Any], until: float) -> bytes:
    address = urlsplit(str(request["url"]))
    connect = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    connection = connect(str(address.hostname), address.port, timeout=float(request["patience_s"]))
    headers = {"Content-Type": "application/json", "Accept": "audio/*", "User-Agent": "aidj"}
    if request.get("key"):
        headers["Authorization"] = f"Bearer {request['key']}"
    body = json.dumps(request["body"]).encode("ascii")
    connection.connect()
    # A time limit of a socket is one per read, and a server that drips would never reach it.
    timer = threading.Timer(max(0.0, until - time.monotonic()), _cut, [connection.sock])
    timer.daemon = True
    timer.start()
    try:
        connection.request("POST", address.path, body, headers)
        return _body(connection.getresponse())
    finally:
        timer.cancel()
        connection.close()


def _cut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)  # of an encrypted one, too, what lies below


def _body(response: http.client.HTTPResponse) -> bytes:
    if 300 <= response.status < 400:
        raise _RefusedError("The speech server points elsewhere, and nothing is sent elsewhere")
    if response.status != 200:
        raise _RefusedError(f"The speech server answered {response.status}", _HINTS.get(response.status, ""))
    kind = response.headers.get_content_type()
    if response.headers.get("Content-Type") and kind not in _KINDS:
        raise _RefusedError(f"The speech server answered with {kind}, not with the samples it was asked for")
    body = response.read(_MAX_BYTES + 1)
    if len(body) > _MAX_BYTES:
        raise _RefusedError(f"The speech server's answer is longer than {_MAX_BYTES:,} bytes")
    if response.length:  # read(n) does not complain of it
        raise http.client.IncompleteRead(body, response.length)
    return body
