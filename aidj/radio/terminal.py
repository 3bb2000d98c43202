"""The terminal while the radio has it: taken over, and given back as it was, whatever happens in between."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from collections import deque
from contextlib import suppress
from types import TracebackType
from typing import Self

from rich.console import Console

from aidj.radio.keyboard import Keyboard

_PASTES_ARE_MARKED, _PASTES_ARE_NOT_MARKED = "\x1b[?2004h", "\x1b[?2004l"
_KEPT_LINES = 40


class Terminal:
    """A terminal taken over between `__enter__` and `__exit__`.

    Parameters
    ----------
    console : Console
        Where is written.
    keyboard : Keyboard
        Where keys come from.
    full_screen : bool
        Show the alternate screen, without a cursor; what was there before comes back in the end.
    """

    def __init__(self, console: Console, keyboard: Keyboard, *, full_screen: bool) -> None:
        self._console = console
        self._keyboard = keyboard
        self._full_screen = full_screen
        self._is_taken = False

    def __enter__(self) -> Self:
        atexit.register(self.give_back)
        self.take()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.give_back()
        atexit.unregister(self.give_back)

    def take(self) -> None:
        """Take the terminal over; once more after somebody else had it."""
        self._is_taken = True
        self._keyboard.begin()
        if self._full_screen:
            self._console.set_alt_screen(True)
            self._console.show_cursor(False)
            self._write(_PASTES_ARE_MARKED)

    def give_back(self) -> None:
        """Leave everything as it was. May be called at any time, and twice."""
        if not self._is_taken:
            return
        self._is_taken = False
        # Each by itself: whatever cannot be done any more does not keep the rest from being done.
        if self._full_screen:
            with suppress(OSError, ValueError):
                self._write(_PASTES_ARE_NOT_MARKED)
            with suppress(OSError, ValueError):
                self._console.show_cursor(True)
            with suppress(OSError, ValueError):
                self._console.set_alt_screen(False)
        self._keyboard.end()

    def size(self) -> tuple[int, int]:
        """Return (columns, lines) as they are now, whatever the environment says."""
        with suppress(OSError, ValueError, AttributeError):
            columns, lines = os.get_terminal_size(self._console.file.fileno())
            if columns > 0 and lines > 0:
                self._console.size = (columns, lines)
                return columns, lines
        return self._console.size

    def _write(self, text: str) -> None:
        if not self._console.legacy_windows:
            self._console.file.write(text)
            self._console.file.flush()


class ErrorsAside:
    """Keeps what is written to standard error off the screen while it is entered, and the last lines of it at hand.

    Not only Python writes there: decoders in C complain of odd files in the middle of a song.

    Parameters
    ----------
    show : bool
        Write the last lines of it where they belong in the end.
    """

    def __init__(self, *, show: bool = False) -> None:
        self._show = show
        self._lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self._lock = threading.Lock()
        self._kept: int | None = None

    def __enter__(self) -> Self:
        sys.stderr.flush()
        try:
            self._kept = os.dup(2)
        except OSError:
            return self  # there is no standard error
        reading, writing = os.pipe()
        os.dup2(writing, 2)
        os.close(writing)
        # A child that inherited the other end may keep it open for longer than we live: nobody waits for this thread.
        threading.Thread(target=self._read, args=(reading,), name="aidj-stderr", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._kept is not None:
            with suppress(OSError, ValueError):
                sys.stderr.flush()
            os.dup2(self._kept, 2)
            os.close(self._kept)
            self._kept = None
            if self._show:
                sys.stderr.writelines(f"{line}\n" for line in self.lines)

    @property
    def lines(self) -> tuple[str, ...]:
        """The last lines."""
        with self._lock:
            return tuple(self._lines)

    def _read(self, fd: int) -> None:
        with os.fdopen(fd, encoding="utf-8", errors="replace") as file, suppress(OSError, ValueError):
            for line in file:
                with self._lock:
                    self._lines.append(line.rstrip("\n"))
