"""A live session as a stream for one listener on this machine: WAV over HTTP, with the titles that web radios send.

Nothing of Mopidy is in here; any player that can play an internet radio can play it.
"""

from __future__ import annotations

import io
import logging
import re
import secrets
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, BinaryIO, Self, cast

import numpy as np
from numpy.typing import NDArray

from aidj.errors import OutputError
from aidj.output import PcmSink, WavSink, play
from aidj.session import Ended, Problem, Session, TrackStarted

log = logging.getLogger(__name__)

TITLE_BYTES = 16384
"""So many bytes of sound come between two places for a title: about a tenth of a second."""

_MOST_TITLE_BYTES = 1024
_CHECK_S = 0.5
_KEPT_BYTES = 1 << 20
"""For a connection that breaks: about six seconds."""
_ENDLESS_BYTES = 1 << 62


class Stream:
    """A session that is streamed to whoever asked last at `url`. Every method may be called from any thread.

    Parameters
    ----------
    session : Session
        What plays; closed with the stream.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.path = f"/{secrets.token_urlsafe(16)}.wav"  # other users of the machine cannot guess it
        self._lock = threading.Lock()
        self._listening = threading.Lock()
        self._leave: Callable[[], None] = _nobody
        self._sink: PcmSink | None = None
        self._sound: _Sound | None = None
        self._paused = False
        self._title = ""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        serve = self._server.serve_forever
        threading.Thread(target=serve, args=(_CHECK_S,), name="aidj-stream", daemon=True).start()

    @property
    def url(self) -> str:
        """Where it is heard."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{self.path}"

    @property
    def title(self) -> str:
        """Artist and title of the song; while the presenter speaks, too. Empty before the first one."""
        return self._title

    @property
    def ended(self) -> bool:
        """Whether the session is over."""
        return self.session.ended

    def pause(self) -> None:
        """Send nothing, so that nothing is lost, until `resume`."""
        with self._lock:
            self._paused = True
            if self._sink is not None:
                self._sink.pause()

    def resume(self) -> None:
        """Go on after `pause`."""
        with self._lock:
            self._paused = False
            if self._sink is not None:
                self._sink.resume()

    def close(self) -> None:
        """Let whoever listens go, and end the session; what was heard is written down."""
        self._leave()
        self._server.shutdown()
        self._server.server_close()
        self.session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # One listener ----------------------------------------------------------------------------------------------------

    @property
    def rate(self) -> int:
        """Frames per second, as `play` wants to know."""
        return self.session.rate

    def read(self, n_frames: int) -> NDArray[np.float32]:
        """Return the next frames of the session, fewer at its end; what happens in them is told."""
        block = self.session.read(n_frames)
        for event in self.session.events():
            if isinstance(event, TrackStarted):
                self._title = " - ".join(part for part in (event.track.artist, event.track.title) if part)
            elif isinstance(event, Problem):
                log.warning("aidj: %s", event.text)
            elif isinstance(event, Ended):
                log.info("aidj: the session is over: %s", event.reason)
        return block

    def send_to(self, listener: socket.socket, request: Request, begin: Callable[[int | None], None]) -> None:
        """Send the session until it ends or somebody else listens.

        From where it is; or from where a connection broke off, if it is the last one and not long ago. GStreamer does
        that when it goes on after a pause.

        Parameters
        ----------
        listener : socket
            Who listens.
        request : Request
            What is asked for.
        begin : callable
            Sends what comes before the first byte; told which one of a broken connection it is, None for a new one.
        """
        stop = threading.Event()

        def leave() -> None:
            stop.set()
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)  # it may stand in the middle of sending to somebody who is paused

        with self._lock:
            self._leave()
            self._leave = leave
        with self._listening:
            goes_on = self._sound is not None and self._sound.holds(request)
            sound = self._sound if goes_on and self._sound is not None else _Sound(request, lambda: self._title)
            self._sound = sound
            target = cast(BinaryIO, sound)
            sink = PcmSink(target) if goes_on else WavSink(target)
            with self._lock:
                self._sink = sink
                if self._paused:
                    sink.pause()
            try:
                begin(request.from_byte if goes_on else None)
                sound.begin(listener, request.from_byte if goes_on else 0)
                play(self, sink, stop=stop)
            except (OSError, OutputError) as error:
                log.debug("aidj: a listener has gone: %s", error)


@dataclass(frozen=True, slots=True)
class Request:
    """What a listener asks for."""

    titles: bool
    """Whether titles are to come between the sound."""
    from_byte: int
    """Where to go on; 0 for a new connection."""


class _Sound(io.RawIOBase):
    """A file that is a listener: what is written to it is sent, with titles in between if there are to be any.

    The last of it is kept, for a listener whose connection breaks.
    """

    def __init__(self, request: Request, title: Callable[[], str]) -> None:
        self._titles = request.titles
        self._title = title
        self._told = ""
        self._until_title = TITLE_BYTES
        self._listener: socket.socket | None = None
        self._kept = bytearray()
        self._n_bytes = 0

    def holds(self, request: Request) -> bool:
        """Return whether a listener can go on with it."""
        back = self._n_bytes - request.from_byte
        return request.from_byte > 0 and request.titles == self._titles and 0 <= back <= len(self._kept)

    def begin(self, listener: socket.socket, from_byte: int) -> None:
        """Send what is kept from a byte on; from then on, what is written."""
        self._listener = listener
        listener.sendall(self._kept[len(self._kept) - (self._n_bytes - from_byte) :])

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        """Send all of it; waits as long as the listener does."""
        assert self._listener is not None
        sent = self._with_titles(data) if self._titles else bytes(data)
        self._n_bytes += len(sent)
        self._kept = (self._kept + sent)[-_KEPT_BYTES:]
        try:
            self._listener.sendall(sent)
        except OSError as error:
            raise BrokenPipeError from error
        return len(data)

    def _with_titles(self, data: bytes) -> bytes:
        parts = []
        while data:
            parts.append(data[: self._until_title])
            data = data[self._until_title :]
            self._until_title -= len(parts[-1])
            if not self._until_title:
                parts.append(self._block(self._title()))
                self._until_title = TITLE_BYTES
        return b"".join(parts)

    def _block(self, title: str) -> bytes:
        """Return a title as it is sent: empty where it is the same as before."""
        if title == self._told:
            return b"\0"
        self._told = title
        return title_block(title)


def title_block(title: str) -> bytes:
    """Return a title in the form of web radios: a byte with its length in units of 16 bytes, then so many."""
    one_line = re.sub(r"[\0-\x1f\x7f]", " ", title).replace("';", "\u2019;")  # that would end it
    text = one_line.encode("utf-8", "replace")[:_MOST_TITLE_BYTES].decode("utf-8", "ignore").encode()
    told = b"StreamTitle='" + text + b"';"
    units = -(-len(told) // 16)
    return bytes([units]) + told.ljust(16 * units, b"\0")


def _nobody() -> None:
    """Nobody listens yet."""


def _handler(stream: Stream) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            if self._knows_the_way():
                self._begin(None)

        def do_GET(self) -> None:
            if self._knows_the_way():
                goes_on = re.fullmatch(r"bytes=(\d{1,18})-", self.headers.get("Range", ""))
                request = Request(titles=self._wants_titles, from_byte=int(goes_on[1]) if goes_on else 0)
                stream.send_to(self.connection, request, self._begin)

        def _knows_the_way(self) -> bool:
            if secrets.compare_digest(self.path.encode(), stream.path.encode()):
                return True
            self.send_error(404)
            return False

        def _begin(self, from_byte: int | None) -> None:
            self.send_response(200 if from_byte is None else 206)
            self.send_header("Content-Type", "audio/x-wav")
            if from_byte is not None:
                self.send_header("Content-Range", f"bytes {from_byte}-{_ENDLESS_BYTES - 1}/*")
            self.send_header("Cache-Control", "no-store")
            self.send_header("Connection", "close")
            if self._wants_titles:
                self.send_header("icy-name", "aidj")
                self.send_header("icy-metaint", str(TITLE_BYTES))
            self.end_headers()
            self.wfile.flush()
            self.close_connection = True

        @property
        def _wants_titles(self) -> bool:
            return self.headers.get("Icy-MetaData") == "1"

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name it has there
            log.debug("aidj stream: " + format, *args)

    return Handler
