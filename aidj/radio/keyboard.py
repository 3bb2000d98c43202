"""Where keys come from: a terminal of POSIX or of Windows, or nowhere, behind one small protocol."""

from __future__ import annotations

import os
import sys
import time
from typing import Protocol

from aidj.radio.keys import KeyDecoder, Press

ESCAPE_S = 0.1
"""How long the rest of a key may take: an Esc that stands alone so long is the key of that name."""
_READ_BYTES = 4096


class Keyboard(Protocol):
    """Gives the keys that are pressed."""

    def read(self, timeout_s: float) -> list[Press]:
        """Return what was pressed, as soon as something is, or nothing after so long. Raises OSError if it is gone."""

    def by_line(self, wanted: bool) -> None:
        """Have the terminal itself show and edit what is typed, until Enter; or have every key at once again."""

    def begin(self) -> None:
        """Have keys given singly and not shown."""

    def end(self) -> None:
        """Leave the terminal as it was. May be called twice, and without `begin`."""


class NoKeyboard:
    """No keys: input from a file, a pipe, or nothing at all."""

    def read(self, timeout_s: float) -> list[Press]:
        """See `Keyboard.read`."""
        time.sleep(timeout_s)
        return []

    def by_line(self, wanted: bool) -> None:
        """See `Keyboard.by_line`."""

    def begin(self) -> None:
        """See `Keyboard.begin`."""

    def end(self) -> None:
        """See `Keyboard.end`."""


if sys.platform != "win32":
    import select
    import termios
    from contextlib import suppress

    class PosixKeyboard:
        """Keys of a terminal, read from a file descriptor."""

        def __init__(self, fd: int) -> None:
            self._fd = fd
            self._decoder = KeyDecoder()
            self._before: list[object] | None = None

        def read(self, timeout_s: float) -> list[Press]:
            """See `Keyboard.read`."""
            wait_s = min(timeout_s, ESCAPE_S) if self._decoder.is_waiting else timeout_s
            readable, _, _ = select.select([self._fd], [], [], max(0.0, wait_s))
            if not readable:
                return self._decoder.flush() if self._decoder.is_waiting else []
            data = os.read(self._fd, _READ_BYTES)
            if not data:
                raise OSError("the terminal has been closed")
            return self._decoder.feed(data)

        def by_line(self, wanted: bool) -> None:
            """See `Keyboard.by_line`."""
            if self._before is not None:
                self._set(self._before if wanted else _single_keys(self._before))

        def begin(self) -> None:
            """See `Keyboard.begin`."""
            if self._before is None:
                self._before = termios.tcgetattr(self._fd)
            self._set(_single_keys(self._before))

        def end(self) -> None:
            """See `Keyboard.end`."""
            if self._before is not None:
                before, self._before = self._before, None
                with suppress(termios.error, OSError):  # a terminal that is gone needs nothing
                    # What was typed and not read is not for the shell.
                    termios.tcsetattr(self._fd, termios.TCSAFLUSH, before)  # type: ignore[arg-type]

        def _set(self, attributes: list[object]) -> None:
            termios.tcsetattr(self._fd, termios.TCSADRAIN, attributes)  # type: ignore[arg-type]

    def _single_keys(before: list[object]) -> list[object]:
        """Return a terminal's attributes with keys given at once and not shown; Ctrl-C and Ctrl-Z stay signals."""
        input_modes, output, control, local, ispeed, ospeed, characters = before
        assert isinstance(input_modes, int)
        assert isinstance(local, int)
        assert isinstance(characters, list)
        characters = list(characters)
        characters[termios.VMIN], characters[termios.VTIME] = 1, 0
        local &= ~(termios.ICANON | termios.ECHO | termios.IEXTEN)
        return [input_modes & ~termios.IXON, output, control, local, ispeed, ospeed, characters]


_WINDOWS_KEYS = {"H": "up", "P": "down", "K": "left", "M": "right", "G": "home", "O": "end", "S": "delete"}
_POLL_S = 0.02


def windows_press(first: str, second: str = "") -> list[Press]:
    """Return the key of what Windows' console gives: a character, or one of two marks and a letter behind it."""
    if first in ("\x00", "\xe0") and second:
        name = _WINDOWS_KEYS.get(second)
        return [Press(name)] if name else []
    if first == "\x1b":
        return [Press("escape")]
    return KeyDecoder().feed(first.encode("utf-8", "ignore"))


if sys.platform == "win32":
    import msvcrt

    class WindowsKeyboard:
        """Keys of the console."""

        def read(self, timeout_s: float) -> list[Press]:
            """See `Keyboard.read`."""
            until_s = time.monotonic() + timeout_s
            while not msvcrt.kbhit():
                left_s = until_s - time.monotonic()
                if left_s <= 0:
                    return []
                time.sleep(min(_POLL_S, left_s))
            presses: list[Press] = []
            while msvcrt.kbhit():
                first = msvcrt.getwch()
                if first == "\x03":
                    raise KeyboardInterrupt
                presses += windows_press(first, msvcrt.getwch() if first in ("\x00", "\xe0") else "")
            return presses

        def by_line(self, wanted: bool) -> None:
            """See `Keyboard.by_line`: the console shows nothing by itself; the caller does."""

        def begin(self) -> None:
            """See `Keyboard.begin`."""

        def end(self) -> None:
            """See `Keyboard.end`."""


def keyboard_of(file: object) -> Keyboard:
    """Return the keyboard behind an input such as `sys.stdin`; none where it is no terminal."""
    try:
        fd = file.fileno()  # type: ignore[attr-defined]
        if not os.isatty(fd):
            return NoKeyboard()
    except (AttributeError, OSError, ValueError):
        return NoKeyboard()
    if sys.platform == "win32":
        return WindowsKeyboard()
    return PosixKeyboard(fd)
