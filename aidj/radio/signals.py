"""What the system tells a program that runs in a terminal, kept until it is asked for.

Handlers only take a note: whatever the program is writing at that moment, it finishes first.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self

_ENDS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGBREAK")
_BY_FORCE = 3
"""So many requests to end, and it ends wherever it is."""


class Signals:
    """Takes note of signals while it is entered; on the main thread only, elsewhere it does nothing."""

    def __init__(self) -> None:
        self.ends = 0
        """How often something asked the program to end: Ctrl-C, a closed window, `kill`."""
        self.suspends = False
        """Whether Ctrl-Z was pressed; to be answered with `suspend`."""
        self.is_back = False
        """Whether the program was stopped and goes on: the screen is somebody else's by now. To be reset."""
        self._before: dict[int, signal._HANDLER] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for name in _ENDS:
                self._take(name, self._on_end)
            self._take("SIGTSTP", self._on_suspend)
            self._take("SIGCONT", self._on_back)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before = {}

    def suspend(self) -> None:
        """Stop here, as Ctrl-Z asked for, until the shell says to go on."""
        self.suspends = False
        if sys.platform == "win32":
            return
        ours = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        try:
            # To this thread: it goes no further before it stops. A whole process may be stopped a little later.
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTSTP)
        finally:
            signal.signal(signal.SIGTSTP, ours)

    def _take(self, name: str, handler: Callable[[int, FrameType | None], None]) -> None:
        number = getattr(signal, name, None)
        if number is None or signal.getsignal(number) is None:  # not here, or taken by somebody who is not Python
            return
        if (
            name == "SIGHUP" and signal.getsignal(number) is signal.SIG_IGN
        ):  # nohup: it is meant to outlive its terminal
            return
        self._before[number] = signal.signal(number, handler)

    def _on_end(self, number: int, frame: FrameType | None) -> None:
        self.ends += 1
        if self.ends >= _BY_FORCE:
            raise KeyboardInterrupt

    def _on_suspend(self, number: int, frame: FrameType | None) -> None:
        self.suspends = True

    def _on_back(self, number: int, frame: FrameType | None) -> None:
        self.is_back = True


def is_in_foreground(fd: int) -> bool:
    """Return whether this program may use the terminal: one started with `&` may not."""
    if sys.platform == "win32":
        return True
    try:
        return os.tcgetpgrp(fd) == os.getpgrp()
    except OSError:
        return True
