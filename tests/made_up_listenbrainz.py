"""A real HTTP server in this process that behaves like ListenBrainz: as strict as its documentation, and as unlucky as
a test wants it.

Listens are told apart as there: by second, artist, title, album and duration, letter case aside; one that is known is
taken with "ok" and not kept twice.
"""

from __future__ import annotations

import json
import re
import threading
import time
import uuid
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN = "0f7d2a4c-made-up-token-9b1e"
PATH = "/1/submit-listens"
MAX_LISTEN_SIZE = 10_240
MAX_LISTENS = 1000
EARLIEST = 1_033_430_400
FUTURE_S = 3600

FAULTS = (
    *("offline", "lost", "half", "noise", "portal", "portal_stored", "empty", "error", "error_stored", "unavailable"),
    *("limited", "proxy_400", "array"),
)
"""What may befall a request, once each; those of ``NEVER_ALONE`` are for tests of their own."""
NEVER_ALONE = ("hold", "hold_stored", "drip", "huge", "redirect", "teapot")
STORING = ("lost", "half", "portal_stored", "error_stored", "hold_stored")
"""Of these the listens are kept, and the answer is none."""

_TEXTS = ("media_player", "media_player_version", "submission_client", "submission_client_version", "isrc")
_IDS = ("recording_mbid", "release_mbid", "release_group_mbid", "track_mbid")


def problem_of(body: bytes) -> str | None:
    """Return why ListenBrainz answers 400, or None; stricter than that where its documentation is."""
    if len(body) > MAX_LISTEN_SIZE * MAX_LISTENS:
        return "Payload too large."
    try:
        data = json.loads(body.decode("utf-8"))
    except ValueError:
        return "Cannot parse JSON document."
    if not isinstance(data, dict) or set(data) != {"listen_type", "payload"}:
        return "Invalid JSON document submitted."
    kind, payload = data["listen_type"], data["payload"]
    if kind not in ("single", "playing_now", "import"):
        return "JSON document requires a valid listen_type key."
    if not isinstance(payload, list) or not payload:
        return "JSON document does not contain any listens."
    if len(payload) > (MAX_LISTENS if kind == "import" else 1):
        return "Too many listens."
    if len(body) > len(payload) * MAX_LISTEN_SIZE:
        return f"JSON document is too large. Each listens may not be larger than {MAX_LISTEN_SIZE} bytes."
    return next((problem for listen in payload if (problem := _problem_of_listen(listen, kind))), None)


def _problem_of_listen(listen: object, kind: str) -> str | None:
    if not isinstance(listen, dict):
        return "Listen is empty and cannot be validated."
    if set(listen) != {"track_metadata"} | (set() if kind == "playing_now" else {"listened_at"}):
        return "JSON document may only contain listened_at and track_metadata top level keys"
    if kind != "playing_now":
        at = listen["listened_at"]
        if type(at) is not int:
            return "JSON document must contain an int value for listened_at."
        if at < EARLIEST:
            return "Value for key listened_at is too low."
        if at >= time.time() + FUTURE_S:
            return "Value for key listened_at is too high."
    metadata = listen["track_metadata"]
    if not isinstance(metadata, dict) or not {"artist_name", "track_name"} <= set(metadata):
        return "JSON document does not contain required field."
    if set(metadata) - {"artist_name", "track_name", "release_name", "additional_info"}:
        return "An unknown field in track_metadata."
    if "\\u0000" in json.dumps(listen):
        return "contains a unicode null"
    for name in ("artist_name", "track_name", "release_name"):
        if name in metadata and (not isinstance(metadata[name], str) or not metadata[name].strip()):
            return f"field track_metadata.{name} is empty."
    return _problem_of_info(metadata.get("additional_info", {}))


def _problem_of_info(info: dict) -> str | None:
    for name, value in info.items():
        if name in _TEXTS:
            if not isinstance(value, str) or not value:
                return f"{name} is empty."
        elif name in _IDS:
            try:
                uuid.UUID(value)
            except (ValueError, AttributeError):
                return f"{name} MBID format invalid."
        elif name == "duration_ms":
            if type(value) is not int or not 0 < value <= 24 * 24 * 3600 * 1000:
                return "Value for duration_ms is invalid, should be a positive integer."
        else:
            return f"An unknown field {name}."
    return None


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def titles(self) -> list[str]:
        return [listen["track_metadata"]["track_name"] for listen in json.loads(self.body)["payload"]]

    @property
    def kind(self) -> str:
        return json.loads(self.body)["listen_type"]


class ListenBrainz:
    """The server. `faults` befall the next requests, one each; `refused` are titles that it takes for wrong."""

    def __init__(self, *, token: str = TOKEN) -> None:
        self.token = token
        self.faults: deque[str] = deque()
        self.refused: set[str] = set()
        self.requests: list[Received] = []
        self.stored: list[dict] = []
        self.playing: list[dict] = []
        self.points_to = ""
        self.limit: int | None = None
        """Requests in a window of one second; None for many."""
        self.held = threading.Event()
        self.going_on = threading.Event()
        self._known: set[tuple[object, ...]] = set()
        self._lock = threading.Lock()
        self._window: deque[float] = deque()
        self._server = _Server(("127.0.0.1", 0), _handler(self), bind_and_activate=False)
        self._server.server_bind()  # from here on the port is ours, and refuses connections until we listen
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def titles(self) -> list[str]:
        """The titles of what is kept, in the order in which it came."""
        return [listen["track_metadata"]["track_name"] for listen in self.stored]

    def go_online(self) -> None:
        self._server.server_activate()
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True, name="made-up-listenbrainz"
        )
        self._thread.start()

    def close(self) -> None:
        self.going_on.set()
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    # What the handler asks ----------------------------------------------------------------------------------------

    def verdict(self, request: Received) -> tuple[int, dict]:
        """Answer as ListenBrainz does, and keep what is new."""
        if request.path != PATH:
            return 404, _error(404, "The requested URL was not found on the server.")
        match = re.fullmatch(r"Token (\S+)", request.headers.get("Authorization", ""))
        if match is None:
            return 401, _error(401, "You need to provide an Authorization header.")
        if match[1] != self.token:
            return 401, _error(401, f"Invalid authorization token {match[1]}.")
        assert request.headers["Content-Type"] == "application/json"
        assert re.match(r"\S+/\d", request.headers["User-Agent"])
        if problem := problem_of(request.body):
            return 400, _error(400, problem)
        payload = json.loads(request.body)["payload"]
        if bad := next((title for title in request.titles if title in self.refused), None):
            return 400, _error(400, f"track_metadata.track_name {bad} is not liked here.")
        if request.kind == "playing_now":
            self.playing += payload
        else:
            self._keep(payload)
        return 200, {"status": "ok"}

    def _keep(self, payload: list[dict]) -> None:
        with self._lock:
            for listen in payload:
                metadata = listen["track_metadata"]
                names = (metadata.get(name, "").lower() for name in ("artist_name", "track_name", "release_name"))
                key = (listen["listened_at"], *names, metadata.get("additional_info", {}).get("duration_ms"))
                if key not in self._known:
                    self._known.add(key)
                    self.stored.append(listen)

    def remaining(self) -> int:
        """Count a request; return how many more may come in this window, -1 where this one is too many."""
        if self.limit is None:
            return 49
        with self._lock:
            now = time.monotonic()
            while self._window and self._window[0] <= now - 1.0:
                self._window.popleft()
            if len(self._window) >= self.limit:
                return -1
            self._window.append(now)
            return self.limit - len(self._window)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        pass


def _error(code: int, text: str) -> dict:
    return {"code": code, "error": text}


def _handler(service: ListenBrainz) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = Received(
                self.path, dict(self.headers), self.rfile.read(int(self.headers.get("Content-Length", "0")))
            )
            fault = service.faults.popleft() if service.faults else ""
            if fault == "offline":
                return
            service.requests.append(request)
            if fault in STORING:
                service.verdict(request)
            with suppress(OSError):  # whoever asked may have given up
                self._answer(request, fault)

        do_GET = do_POST  # noqa: N815

        def _answer(self, request: Received, fault: str) -> None:
            page = b"<html><body>Please log in to this network.</body></html>"
            if fault == "lost":
                pass
            elif fault in ("hold", "hold_stored"):
                service.held.set()
                assert service.going_on.wait(60)
            elif fault == "half":
                self._send(200, b'{"sta', length=15)
            elif fault == "noise":
                self.wfile.write(b"\x16\x03\x01\x02 this is no HTTP\r\n\r\n")
            elif fault in ("portal", "portal_stored"):
                self._send(200, page, kind="text/html")
            elif fault == "empty":
                self._send(200, b"")
            elif fault == "array":
                self._send(200, b'["ok"]')
            elif fault in ("error", "error_stored"):
                self._send(500, json.dumps(_error(500, "Something went wrong. Please try again.")).encode())
            elif fault == "unavailable":
                self._send(503, page, kind="text/html")
            elif fault == "limited":
                self._send(429, json.dumps(_error(429, "Too many requests.")).encode())
            elif fault == "proxy_400":
                self._send(400, page, kind="text/html")
            elif fault == "teapot":
                self._send(418, page, kind="text/html")
            elif fault == "redirect":
                self._send(307, b"", more={"Location": service.points_to})
            elif fault == "huge":
                self._send(200, b'{"status": "ok", "more": "' + b"x" * (1 << 20), length=1 << 40)
            elif fault == "drip":
                self._send(200, b"", length=1 << 20)
                while not service.going_on.wait(0.05):
                    self.wfile.write(b" ")
                    self.wfile.flush()
            else:
                remaining = service.remaining()
                limits = {"X-RateLimit-Limit": "50", "X-RateLimit-Remaining": str(max(remaining, 0))}
                limits["X-RateLimit-Reset-In"] = "1"
                if remaining < 0:
                    self._send(429, json.dumps(_error(429, "Too many requests.")).encode(), more=limits)
                    return
                status, said = service.verdict(request)
                self._send(status, json.dumps(said).encode(), more=limits)

        def _send(
            self,
            status: int,
            body: bytes,
            *,
            kind: str = "application/json",
            length: int | None = None,
            more: dict[str, str] | None = None,
        ) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body) if length is None else length))
            for name, value in (more or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

        def log_message(self, *args: object) -> None:
            pass

    return Handler


@contextmanager
def listenbrainz(*, online: bool = True, token: str = TOKEN) -> Iterator[ListenBrainz]:
    """Serve as long as the block runs."""
    service = ListenBrainz(token=token)
    if online:
        service.go_online()
    try:
        yield service
    finally:
        service.close()
