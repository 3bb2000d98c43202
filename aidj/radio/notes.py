"""What the library logs while the radio runs, kept until there is a place to show it."""

from __future__ import annotations

import logging
import threading
from collections import deque


class Notes(logging.Handler):
    """Keeps warnings, and the crashes of threads, while it is entered. Nothing else logs anywhere meanwhile."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._texts: deque[str] = deque(maxlen=100)
        self._others: list[logging.Handler] = []
        self._hook = threading.excepthook

    def __enter__(self) -> Notes:
        root = logging.getLogger()
        self._others, root.handlers = root.handlers, [self]
        self._hook, threading.excepthook = threading.excepthook, self._on_crash
        return self

    def __exit__(self, *unused: object) -> None:
        logging.getLogger().handlers = self._others
        threading.excepthook = self._hook

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one message."""
        self._texts.append(record.getMessage())

    def taken(self) -> list[str]:
        """Return what was logged since the last time."""
        texts: list[str] = []
        while self._texts:
            texts.append(self._texts.popleft())
        return texts

    def _on_crash(self, crash: threading.ExceptHookArgs) -> None:
        name = crash.thread.name if crash.thread else "a thread"
        self._texts.append(f"Something unexpected went wrong in {name}: {crash.exc_value!r}")
