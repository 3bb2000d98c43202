"""Measuring in a process of its own: one file after the other, until its input ends.

Run as ``python -c START [NICENESS]``; it says that it is ready. Then a request is a pickled path, an answer a pickled
`Answer`, both with their length in front. A process and not a thread, because the detectors hold the interpreter lock
for much of their time, and because decoders are foreign code: what crashes here costs one file and not the session.
"""

from __future__ import annotations

import logging
import os
import pickle
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from aidj.errors import AudioError
from aidj.model import Analysis

START = f"import sys; from {__name__} import main; main(sys.argv[1:])"
"""The program. Not ``-m``: what is pickled there would belong to a module that nobody else has."""

_LENGTH_BYTES = 8


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a file, and what was logged on the way: level, logger, message."""

    result: Analysis | AudioError
    log: tuple[tuple[int, str, str], ...]


def send(stream: IO[bytes], message: object) -> None:
    """Write one message. Raises OSError if nobody reads any more."""
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(len(data).to_bytes(_LENGTH_BYTES, "big") + data)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Return the next message. Raises EOFError if there is none, or only a part of it."""
    head = stream.read(_LENGTH_BYTES)
    size = int.from_bytes(head, "big")
    data = stream.read(size) if len(head) == _LENGTH_BYTES else b""
    if len(head) < _LENGTH_BYTES or len(data) < size:
        raise EOFError
    return pickle.loads(data)


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[tuple[int, str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append((record.levelno, record.name, record.getMessage()))


def main(arguments: list[str]) -> None:
    """Answer requests from standard input on standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; whoever started us decides
    if arguments and hasattr(os, "nice"):
        os.nice(int(arguments[0]))
    # The answers keep the way out to themselves: what a decoder prints goes elsewhere.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    kept = _Kept()
    logging.basicConfig(level=logging.INFO, handlers=[kept])

    from aidj.analysis.measuring import measure_here

    send(answers, "ready")
    while True:
        try:
            path: Path = receive(sys.stdin.buffer)
        except EOFError:
            return
        kept.lines.clear()
        result = measure_here(path)
        try:
            send(answers, Answer(result, tuple(kept.lines)))
        except OSError:
            return
