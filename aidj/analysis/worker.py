"""Measuring in a process of its own: one file after the other, until its input ends.

It says that it is ready; then a request is a path, an answer an `Answer`: see `aidj.processes`. A process and not a
thread, because the detectors hold the interpreter lock for much of their time, and because decoders are foreign code:
what crashes here costs one file and not the session.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from aidj.errors import AudioError
from aidj.model import Analysis
from aidj.processes import answering, requests, send


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a file, and what was logged on the way: level, logger, message."""

    result: Analysis | AudioError
    log: tuple[tuple[int, str, str], ...]


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[tuple[int, str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append((record.levelno, record.name, record.getMessage()))


def main() -> None:
    """Answer requests from standard input on standard output."""
    answers = answering()
    kept = _Kept()
    logging.basicConfig(level=logging.INFO, handlers=[kept])

    from aidj.analysis.measuring import measure_here

    send(answers, "ready")
    path: Path
    for path in requests():
        kept.lines.clear()
        result = measure_here(path)
        try:
            send(answers, Answer(result, tuple(kept.lines)))
        except OSError:
            return
