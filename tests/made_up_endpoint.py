"""A real HTTP server in this process that speaks the chat-completions protocol, well or badly as a test wants it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Answer:
    """What the server sends back."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    drip_s: float = 0.0
    """Between any two bytes of the body."""
    raw: bytes | None = None
    """Sent instead of any HTTP."""


def completion(content: object, **more: object) -> Answer:
    """Return a whole answer of the protocol with this content of its message."""
    choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"} | more
    return Answer(json.dumps({"id": "x", "object": "chat.completion", "choices": [choice]}).encode())


def says(text: str) -> Answer:
    """Return an answer that says a text, as it should be said."""
    return completion(json.dumps({"text": text}))


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def asked(self) -> dict:
        """The JSON of the message that holds the facts."""
        return json.loads(json.loads(self.body)["messages"][1]["content"])


class Endpoint:
    """The server: `url` is where its API begins, `requests` what it was asked."""

    def __init__(self, answer: Callable[[Request], Answer]) -> None:
        self.requests: list[Request] = []
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                request = Request(self.path, dict(self.headers), body)
                endpoint.requests.append(request)
                try:
                    self._send(answer(request))
                except OSError:
                    self.close_connection = True  # whoever asked has given up

            do_GET = do_POST  # noqa: N815

            def _send(self, answer: Answer) -> None:
                time.sleep(answer.delay_s)
                if answer.raw is not None:
                    self.wfile.write(answer.raw)
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                headers = {"Content-Type": "application/json", "Content-Length": str(len(answer.body))}
                for name, value in (headers | answer.headers).items():
                    self.send_header(name, value)
                self.end_headers()
                if not answer.drip_s:
                    self.wfile.write(answer.body)
                    return
                for byte in answer.body:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(answer.drip_s)

            def log_message(self, *args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, request: object, client_address: object) -> None:
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v1"


@contextmanager
def endpoint(answer: Answer | Callable[[Request], Answer]) -> Iterator[Endpoint]:
    """Serve as long as the block runs: one answer for all, or one for each request."""
    served = Endpoint(answer if callable(answer) else lambda request: answer)
    thread = threading.Thread(target=served.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        served.server.shutdown()
        served.server.server_close()
        thread.join()
